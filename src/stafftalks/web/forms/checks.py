"""What is typed about private checks: the terms of a proposal, an answer, a budget."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.values.errors import MisuseError
from stafftalks.values.height import whole_metres
from stafftalks.web.forms.accord import area

NUMBERS = (10, 25, 50, 100, 250, 500, 1_000)
"""To how many activities a side can pad."""
DAYS = (1, 3, 7, 14, 30)
_TEXT = 2_000
Choices = Sequence[tuple[str, Any]]


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "short"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip


class HeightField(forms.CharField):
    """A height in metres, feet or flight levels, as whole metres; None where it is left empty. A lower bound is rounded down, an upper one up."""

    def __init__(self, *, upwards: bool, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}), **kwargs
        )
        self._upwards = upwards

    def to_python(self, value: Any) -> Any:
        """The whole metres; raises ValidationError where it is no height."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return whole_metres(text, upwards=self._upwards)
        except MisuseError as error:
            raise forms.ValidationError(str(error)) from error


class Activities(forms.Form):
    """Which of our activities take part."""

    take = forms.ChoiceField(
        label=_("Which of our activities take part"), widget=forms.RadioSelect, initial="all",
        choices=(("all", _("All that lie in the area and the window, drafts too")), ("chosen", _("Only those ticked below"))),
    )  # fmt: skip
    activity = forms.MultipleChoiceField(label=_("Activities"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, offered: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["activity"], offered)

    def clean(self) -> dict[str, Any]:
        """What was typed; ticks that would count for nothing are told."""
        said: dict[str, Any] = super().clean() or {}
        take, ticked = said.get("take"), said.get("activity")
        if take == "all" and ticked:
            self.add_error(
                "take", _("Some are ticked, and all were chosen: choose only those ticked, or take the ticks away.")
            )
        if take == "chosen" and not ticked and "activity" not in self.errors:
            self.add_error("take", _("None is ticked: tick those that take part, or choose all."))
        return said


class TermsForm(Activities):
    """The terms of a private check. The corners of the area stand beside it in a table of their own (`lat`, `lon`)."""

    way = forms.ChoiceField(label=_("With whom, and in which accord"))
    purpose = forms.CharField(
        label=_("Purpose"), max_length=_TEXT, widget=area(2), help_text=_("The partner reads it. Write nothing in it that they must not know.")
    )  # fmt: skip
    area_from = forms.ChoiceField(
        label=_("Area"), widget=forms.RadioSelect, initial="drawn",
        choices=(("drawn", _("As drawn on the map or typed below")), ("own", _("A circle around our own activities in the window: the partner can see from it where they are, roughly"))),
        help_text=_("The partner reads the area. A wide one tells less about where we are, and costs more."),
    )  # fmt: skip
    radius_km = forms.DecimalField(
        label=_("Radius (km)"), required=False, min_value=0, max_value=10_000, decimal_places=3,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}), help_text=_("Only for a circle: then give its centre alone."),
    )  # fmt: skip
    start = _moment(_("From (UTC)"))
    end = _moment(_("To (UTC)"))
    floor_m = HeightField(label=_("Lowest height"), help_text=_("Metres, or as 5000 ft or FL120."), upwards=False)
    ceiling_m = HeightField(label=_("Highest height"), help_text=_("Metres, or as 5000 ft or FL120."), upwards=True)
    resources = forms.BooleanField(
        label=_("Compare claims on named resources too"), required=False,
        help_text=_("Both sides must call the resource by the same name."),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("What comes out"), widget=forms.RadioSelect, initial="which")
    learns = forms.ChoiceField(label=_("Who learns it"), widget=forms.RadioSelect, initial="both")
    number = forms.TypedChoiceField(
        label=_("Number of activities a side"), coerce=int, initial=50, choices=[(number, f"{number:,}") for number in NUMBERS],
        help_text=_("Everything sent is made as large as for so many, so that nobody can tell how many there are. More costs more."),
    )  # fmt: skip
    auditor = forms.CharField(
        label=_("Auditor"), required=False, max_length=200,
        help_text=_("A person or body both trust, who may be shown afterwards what was put in. Nobody, where it is empty."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("Days to answer and to run"), coerce=int, initial=7, choices=[(days, str(days)) for days in DAYS]
    )

    field_order = (
        "way", "purpose", "area_from", "radius_km", "start", "end", "floor_m", "ceiling_m", "resources", "take", "activity", "mode", "learns",
        "number", "auditor", "days",
    )  # fmt: skip

    def __init__(self, *args: Any, ways: Choices, modes: Choices, learns: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("way", ways), ("mode", modes), ("learns", learns)):
            _offer(self.fields[name], choices)

    def clean(self) -> dict[str, Any]:
        """The terms; bounds that stand the wrong way round are told at the second of them."""
        said = super().clean()
        start, end = said.get("start"), said.get("end")
        if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
            self.add_error("end", _("The window ends before it begins."))
        floor, ceiling = said.get("floor_m"), said.get("ceiling_m")
        if floor is not None and ceiling is not None and ceiling < floor:
            self.add_error("ceiling_m", _("The highest height is below the lowest."))
        return said


class FinerForm(forms.Form):
    """A finer check of what a first one found: all but this follows from the first."""

    purpose = forms.CharField(
        label=_("Purpose"), max_length=_TEXT, widget=area(2), help_text=_("The partner reads it.")
    )
    number = forms.TypedChoiceField(
        label=_("Number of activities a side"), coerce=int, choices=[(number, f"{number:,}") for number in NUMBERS]
    )
    days = forms.TypedChoiceField(
        label=_("Days to answer and to run"), coerce=int, choices=[(days, str(days)) for days in DAYS]
    )


class BudgetForm(forms.Form):
    """How much private checks may ask of us, and we of them."""

    checks_a_week = forms.IntegerField(label=_("Checks in seven days"), min_value=0, max_value=100)
    cooldown_h = forms.IntegerField(label=_("Hours between two"), min_value=0, max_value=24 * 60)
    share_percent = forms.IntegerField(
        label=_("Share of its area that one check may feel out (%)"), min_value=1, max_value=100,
        help_text=_("How much of the area one side’s activities could take up at most. The more, the more made-up ones could feel out."),
    )  # fmt: skip


def _offer(field: forms.Field, choices: Choices) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)
