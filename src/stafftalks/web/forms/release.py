"""What is typed where something may leave: requests, decisions, recalls."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.values.ids import PartyId
from stafftalks.values.realm import Realm
from stafftalks.web.forms.accord import REALM_WORDS, area

_TEXT = 20_000


class OpenWay(Protocol):
    """An accord and an open realm in it."""

    @property
    def key(self) -> str:
        """The value of the choice."""

    @property
    def title(self) -> str:
        """The accord's title."""

    @property
    def realm(self) -> Realm:
        """The realm."""

    @property
    def partners(self) -> tuple[PartyId, ...]:
        """The other parties of the accord."""


class AskReleaseForm(forms.Form):
    """A request to release: nothing is chosen beforehand, and an empty audience is refused."""

    way = forms.ChoiceField(
        label=_("Accord and realm"), widget=forms.RadioSelect,
        help_text=_("Only realms that every party has accepted are offered."),
    )  # fmt: skip
    audience = forms.MultipleChoiceField(
        label=_("Who may read it"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose each partner. Nobody is chosen for you, and nobody means that nothing is released."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note to the disclosure officer"), required=False, max_length=_TEXT, widget=area(3),
        help_text=_("It stays at home."),
    )  # fmt: skip

    def __init__(self, *args: Any, ways: Sequence[OpenWay], names: Mapping[PartyId, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way, audience = self.fields["way"], self.fields["audience"]
        partners = sorted({party for one in ways for party in one.partners})
        if isinstance(way, forms.ChoiceField):
            way.choices = [(one.key, f"{one.title}: {REALM_WORDS[one.realm]}") for one in ways]
        if isinstance(audience, forms.MultipleChoiceField):
            audience.choices = [(party, f"{names.get(party, party)} ({party})") for party in partners]


class ReasonForm(forms.Form):
    """A sentence that somebody else will read."""

    reason = forms.CharField(max_length=_TEXT, widget=area(3))

    def __init__(self, *args: Any, label: Any, help_text: Any = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text, field.required = label, help_text, required
