"""What is typed or uploaded about exchange and pairing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_CARD_CHARACTERS = 200_000


class ExportForm(forms.Form):
    """For whom, and from which accord, a bundle is sealed."""

    pair = forms.ChoiceField(label=_("Accord and partner"), help_text=_("Only this partner can open the bundle."))
    part = forms.IntegerField(
        label=_("Part"), required=False, min_value=1, max_value=1_000, initial=1,
        help_text=_(
            "Begin with 1. What does not fit into one file waits in part 2 and so on; the log says so. They are taken in in this order."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, pairs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pair"]
        if isinstance(field, forms.ChoiceField):
            field.choices = pairs


class ImportForm(forms.Form):
    """A bundle that was carried here."""

    bundle = forms.FileField(
        label=_("Sealed bundle"),
        help_text=_("The file that the partner handed over. It is checked before anything is kept."),
    )


class CardForm(forms.Form):
    """A partner's card, as a file or as text."""

    file = forms.FileField(label=_("Card file"), required=False)
    text = forms.CharField(
        label=_("Or the card’s text"), required=False, max_length=MAX_CARD_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "class": "code", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The document's bytes as `document`; one of the two must be given."""
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None and upload.size > MAX_CARD_CHARACTERS:
            raise forms.ValidationError(_("This file is too large to be a card."))
        document = upload.read() if upload is not None else data.get("text", "").strip().encode()
        if not document:
            raise forms.ValidationError(_("Choose the partner’s card file, or paste the card’s text."))
        return {**data, "document": document}


class CompareForm(forms.Form):
    """The fingerprint as the partner read it out, typed as heard: never copied from this page."""

    document = forms.CharField(widget=forms.HiddenInput)
    heard = forms.CharField(
        label=_("The fingerprint you heard"), max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("The 12 words, or the 40 digits, as the partner reads them from its own screen."),
    )  # fmt: skip
