"""What is typed about third parties and about what became of a text here: asking for consent, answering, drawing on it, telling its author."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.planning.talk import Verdict
from stafftalks.values.relative_time import Instant
from stafftalks.web.forms.accord import area

_TEXT = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Choices = Sequence[tuple[str, str]]


def instant(day: date) -> Instant:
    """The day as a term is written: it counts through that whole day, UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Instant((at - _EPOCH) // timedelta(seconds=1))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"],
        help_text=_("A day, by UTC; it counts through that day."),
    )  # fmt: skip


def _parts(label: Any, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Note to the disclosure officer"), required=False, max_length=_TEXT, widget=area(2),
        help_text=_("It stays at home."),
    )  # fmt: skip


class AskConsentForm(forms.Form):
    """A request that an exact text may be passed on."""

    recipient = forms.CharField(
        label=_("To whom it would go on"), max_length=500, help_text=_("A party’s code, as XPA, or a name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "list": "known-parties"}),
    )  # fmt: skip
    portions = _parts(_("Which parts"), _("None ticked: all of it."))
    until = _day(_("Until"))
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=_TEXT, widget=area(3), help_text=_("The originator reads it.")
    )
    note = _note()

    def __init__(self, *args: Any, portions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["portions"], portions)


class AnswerConsentForm(forms.Form):
    """Our answer to a request for consent; nothing is chosen beforehand but the parts and the day that were asked for."""

    verdict = forms.ChoiceField(
        label=_("Our answer"), widget=forms.RadioSelect,
        choices=((Verdict.GRANTED.value, _("Granted: it may be passed on")), (Verdict.REFUSED.value, _("Refused"))),
    )  # fmt: skip
    portions = _parts(
        _("Which parts"),
        _("Fewer may be granted than were asked for. Where all of it was asked for, none ticked grants all of it."),
    )
    until = _day(_("Until"))
    conditions = forms.CharField(
        label=_("Conditions"), required=False, max_length=_TEXT, widget=area(3), help_text=_("Who asked reads them.")
    )
    note = _note()

    def __init__(self, *args: Any, portions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["portions"], portions)


class DrawForm(forms.Form):
    """What of a text is drawn on, and where to: a new element of a kind, or one that we have."""

    parts = _parts(_("Which parts"), _("None ticked: all of it."))
    onto = forms.ChoiceField(label=_("Into"), widget=forms.Select)

    def __init__(self, *args: Any, parts: Choices, onto: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["parts"], parts)
        _offer(self.fields["onto"], onto)


class TellForm(forms.Form):
    """What its author is told of a text that reached us."""

    readers = forms.ChoiceField(label=_("What they are told"), widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("Statement"), required=False, max_length=_TEXT, widget=area(3), help_text=_("The author reads it.")
    )
    note = _note()

    def __init__(self, *args: Any, readers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["readers"], readers)


def _offer(field: forms.Field, choices: Sequence[Any]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)
