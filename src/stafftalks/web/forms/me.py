"""What a person chooses for itself."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from stafftalks.store.choices import DENSITIES, LOOKS, Choices
from stafftalks.web import keys
from stafftalks.web.templatetags.stafftalks import tr

_LOOKS = {
    "": _("As my system asks"),
    "light": _("Light"),
    "dark": _("Dark"),
    "contrast": _("High contrast"),
}
_DENSITIES = {"": _("Regular"), "compact": _("Compact: more on one screen")}


class ChoicesForm(forms.Form):
    """Language, look, density, and which shortcuts act."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Dates, numbers and the direction of the page follow it."),
    )
    look = forms.ChoiceField(
        label=_("Look"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(name, _LOOKS[name]) for name in LOOKS],
        help_text=_("High contrast is light or dark as your system is."),
    )
    density = forms.ChoiceField(
        label=_("Density"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(name, _DENSITIES[name]) for name in DENSITIES],
    )
    keys_on = forms.MultipleChoiceField(
        label=_("Shortcuts that act"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None acts while you type. Switch off what gets in the way of speech input or other aids."),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.label_suffix = ""
        # Each language is named in itself, so that who reads no other finds it.
        languages = [("", _("As my browser asks")), *settings.LANGUAGES]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        self.fields["keys_on"].choices = [  # type: ignore[attr-defined]
            (one.name, f"{' '.join(one.keys)}: {tr(one.does)}") for one in keys.SHORTCUTS
        ]

    @staticmethod
    def initial_of(chosen: Choices) -> dict[str, object]:
        """What the form shows for choices that were made."""
        on = [one.name for one in keys.SHORTCUTS if one.name not in chosen.keys_off]
        return {"language": chosen.language, "look": chosen.look, "density": chosen.density, "keys_on": on}

    def chosen(self) -> Choices:
        """The choices of a form that is valid."""
        said = self.cleaned_data
        off = keys.NAMES.difference(said["keys_on"])
        return Choices(said["language"], said["look"], said["density"], frozenset(off))
