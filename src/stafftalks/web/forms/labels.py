"""What is typed or uploaded about marking policies, and about our marking beside a partner's text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.formats import spif
from stafftalks.values.label import Marking

MAX_CAVEATS = 50


class PolicyFileForm(forms.Form):
    """A policy file as its authority gives it."""

    file = forms.FileField(
        label=_("Policy file"),
        help_text=_("An Open XML SPIF file of version 2.1 or 2.0. It is read as a whole before anything changes."),
    )

    def clean_file(self) -> bytes:
        """The file's bytes; one byte more than may be read where it is larger, so that it is refused as too large."""
        upload = self.cleaned_data["file"]
        raw: bytes = upload.read(spif.MAX_BYTES + 1)
        return raw


class PlainPolicyForm(forms.Form):
    """The plain policy under a name."""

    name = forms.CharField(
        label=_("Name"), max_length=200,
        help_text=_("As it stands in markings: a partner’s code, as XTV, where its house marks by these words."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class BesideForm(forms.Form):
    """Our marking beside a partner's; all empty takes it back."""

    policy = forms.CharField(
        label=_("Policy"), max_length=200, required=False, help_text=_("Whose rules it follows, as XMR.")
    )
    classification = forms.CharField(label=_("Classification"), max_length=500, required=False)
    caveats = forms.CharField(
        label=_("Caveats"), max_length=25_000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Releasability and handling, one a line."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, proposals in (("policy", "known-policy"), ("classification", "known-level")):
            self.fields[name].widget.attrs["list"] = proposals

    def clean(self) -> dict[str, Any]:
        """The marking as `marking`."""
        data = super().clean() or {}
        caveats = tuple(line.strip() for line in str(data.get("caveats", "")).splitlines() if line.strip())
        if len(caveats) > MAX_CAVEATS or any(len(line) > 500 for line in caveats):
            raise forms.ValidationError(_("At most 50 caveats of 500 characters."))
        marking = Marking(str(data.get("policy", "")).strip(), str(data.get("classification", "")).strip(), caveats)
        return {**data, "marking": marking}
