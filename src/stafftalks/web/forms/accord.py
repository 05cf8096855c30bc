"""What a head of delegation types about an accord: questions, answers, wordings, standing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.accord.bodies import Clause
from stafftalks.values.realm import Realm

DUTIES = (
    ("none", _("No duty")),
    ("inform", _("Inform: tell the others")),
    ("consult", _("Consult: hear the others first, then decide alone")),
)
REALM_WORDS = {
    Realm.INTELLIGENCE: _("Intelligence: reports, assessments, indicators"),
    Realm.SCENARIOS: _("Scenarios: scenarios, plans, requirements, forces, activities"),
    Realm.EXERCISES: _("Exercises: exercises and who takes part"),
    Realm.OPERATIONS: _("Operations: requests, offers, notifications"),
}
_LINE, _TEXT = 500, 20_000


def realm_choices(realms: Iterable[str] = Realm) -> list[tuple[str, Any]]:
    """These realms with what flows in each, in the order of growing commitment."""
    wanted = set(realms)
    return [(realm.value, REALM_WORDS[realm]) for realm in Realm if realm in wanted]


def area(rows: int = 4) -> forms.Textarea:
    """A text of several lines."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class AskForm(forms.Form):
    """A question. `clause` is the hash of the exact wording it hangs on."""

    clause = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Question"), max_length=_TEXT, widget=area(3), help_text=_("The partners read it as you write it.")
    )


class AnswerForm(forms.Form):
    """An answer to one question."""

    text = forms.CharField(
        label=_("Answer"), max_length=_TEXT, widget=area(3), help_text=_("All parties of the accord read it.")
    )


class ClauseForm(forms.Form):
    """One clause's own wording."""

    heading = forms.CharField(label=_("Heading"), max_length=_LINE)
    text = forms.CharField(label=_("Text"), max_length=_TEXT, widget=area(5))
    duty = forms.ChoiceField(label=_("Duty"), choices=DUTIES, widget=forms.RadioSelect, initial="none")

    def clause(self, clause_id: str) -> Clause:
        """The wording typed, under this id."""
        data = self.cleaned_data
        return Clause(clause_id, data["heading"], data["text"], data["duty"])


class MessageForm(forms.Form):
    """Words that go with an act."""

    message = forms.CharField(label=_("Message to the partners"), required=False, max_length=_TEXT, widget=area(3))


class StandForm(forms.Form):
    """A change of standing other than an acceptance."""

    statement = forms.CharField(
        label=_("Statement to the partners"), required=False, max_length=_TEXT, widget=area(4),
        help_text=_("It stands in our record and the partners keep it."),
    )  # fmt: skip
    keeps = forms.CharField(
        label=_("What we keep"), required=False, max_length=_TEXT, widget=area(2),
        help_text=_("What we were given and will keep, said openly. May be left empty."),
    )  # fmt: skip
    recall = forms.BooleanField(
        label=_("Recall everything of ours that stands with the partners, with this act"), required=False,
        help_text=_("Each holder is asked to remove it. Our act takes effect whatever becomes of the recalls."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason for the recalls"), required=False, max_length=2_000, widget=area(2),
        help_text=_("The holders read it with each recall. May be left empty."),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("I have read what happens next, and our party decides this."))

    def __init__(self, *args: Any, keeps: bool = False, recallable: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not keeps:
            del self.fields["keeps"]
        if not (keeps and recallable):
            del self.fields["recall"], self.fields["reason"]


class AcceptForm(forms.Form):
    """An acceptance of realms and clauses, all or fewer."""

    realms = forms.MultipleChoiceField(
        label=_("Realms we open from our side"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("All or fewer. What you leave out stays closed for everyone, and can be accepted later."),
    )  # fmt: skip
    clauses = forms.MultipleChoiceField(
        label=_("Wordings we accept"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The exact words as they stand now. What you leave out stays open; it holds up nothing else."),
    )  # fmt: skip
    statement = forms.CharField(label=_("Statement to the partners"), required=False, max_length=_TEXT, widget=area(3))
    sure = forms.BooleanField(label=_("I have read what happens next, and our party decides this."))

    def __init__(
        self, *args: Any, realms: list[tuple[str, Any]], clauses: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("realms", realms), ("clauses", clauses)):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = choices
