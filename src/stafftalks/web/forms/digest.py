"""How often a person wants mail that counts what waits for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.store.digest import EVERY, Choice, Every

_EVERY_WORDS = (("off", _("Never")), ("daily", _("Every day")), ("weekly", _("Every Monday")))


class DigestForm(forms.Form):
    """How often, at which hour, and where to."""

    every = forms.ChoiceField(label=_("Send it"), choices=_EVERY_WORDS, widget=forms.RadioSelect)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02d}:00 UTC") for hour in range(24)]
    )
    email = forms.EmailField(
        label=_("To the address"), required=False,
        help_text=_("Mail passes through machines that are not this headquarters’. It says how many things wait and where, not what they are."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        """What was typed; an address is needed where mail is wanted."""
        said = super().clean() or {}
        if said.get("every") != "off" and not said.get("email") and "email" not in self.errors:
            self.add_error("email", _("Give the address to which the mail should go, or choose “Never”."))
        return said

    @staticmethod
    def initial_of(choice: Choice) -> dict[str, object]:
        """The form's fields as chosen so far."""
        return {"every": choice.every, "hour": choice.hour, "email": choice.email}

    def chosen_every(self) -> Every:
        """How often; the form must be valid."""
        return next((every for every in EVERY if every == self.cleaned_data["every"]), "off")
