"""What is asked when a long analysis is begun: of which elements, what of them, and how long it may take."""

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.analysis.risk import MOST_DRAWS
from stafftalks.services.run_rows import (
    Limits,
    OptionsWanted,
    RiskWanted,
    RunAnalysis,
    RunAsk,
    ScheduleWanted,
    SweepWanted,
    Wanted,
)
from stafftalks.web.forms.checks import Choices

SECONDS = (
    (10, _("10 seconds")),
    (60, _("1 minute")),
    (300, _("5 minutes")),
    (900, _("15 minutes")),
    (3_600, _("1 hour")),
    (14_400, _("4 hours")),
)
MEMORY_MB = ((512, "0.5 GB"), (1_024, "1 GB"), (2_048, "2 GB"), (4_096, "4 GB"), (8_192, "8 GB"), (16_384, "16 GB"))
_LIMITS = ("seconds", "memory_mb")
_MOST_SEED = 2**31 - 1


def _seed() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Seed"), initial=1, min_value=0, max_value=_MOST_SEED, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("Where chance begins. The same seed of the same elements gives the same draws; another shows how much hangs on chance."),
    )  # fmt: skip


class AskForm(forms.Form):
    """What every analysis asks."""

    contingency = forms.ChoiceField(
        label=_("Contingency"), required=False, help_text=_("Whose elements count. Anchors, forces and resources of no contingency always do.")
    )  # fmt: skip
    private = forms.BooleanField(
        label=_("Count our unreleased elements too"), required=False,
        help_text=_("Ours as they stand at home, drafts too. The answer then stays home and says so. Without it, only what is released counts, ours in the version that partners hold."),
    )  # fmt: skip
    seconds = forms.TypedChoiceField(
        label=_("Time"), coerce=int, initial=60, choices=SECONDS,
        help_text=_("After this it ends with the best it has. It ends sooner where nothing is left to find."),
    )  # fmt: skip
    memory_mb = forms.TypedChoiceField(
        label=_("Memory"), coerce=int, initial=2_048, choices=MEMORY_MB,
        help_text=_("The most it may take. Beyond it is ended, and the best so far is kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, contingencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contingency"].choices = list(contingencies)  # type: ignore[attr-defined]

    @property
    def question(self) -> list[forms.BoundField]:
        """What is asked, as the page lists it."""
        return [field for field in self if field.name not in _LIMITS]

    @property
    def limits(self) -> list[forms.BoundField]:
        """How much it may take."""
        return [self[name] for name in _LIMITS]

    def ask(self) -> RunAsk:
        """The question of a form that is valid."""
        said = self.cleaned_data
        limits = Limits(float(said["seconds"]), said["memory_mb"])
        return RunAsk(self._wanted(said), said["contingency"], bool(said["private"]), limits)

    def _wanted(self, said: dict[str, Any]) -> Wanted:
        raise NotImplementedError


class ScheduleForm(AskForm):
    """A schedule of the activities of plans."""

    must = forms.BooleanField(
        label=_("Windows and phases must be kept"), required=False,
        help_text=_("Without it a phase may close late, and each hour counts against the schedule. With it, where they cannot be kept, you are told what stands in the way and what would do."),
    )  # fmt: skip
    seed = _seed()

    field_order = ("contingency", "private", "must", "seed", "seconds", "memory_mb")

    def _wanted(self, said: dict[str, Any]) -> Wanted:
        return ScheduleWanted(must=said["must"], seed=said["seed"])


class OptionsForm(AskForm):
    """A mix of forces for all scenarios."""

    budget = forms.IntegerField(
        label=_("At most so many forces"), required=False, min_value=0, max_value=100_000, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("How many may be committed before it is known which scenario comes. Empty: as many as help."),
    )  # fmt: skip
    all_forces = forms.BooleanField(
        label=_("Forces that were not offered count too"), required=False,
        help_text=_("Each for what it is capable of. Without it, only contributions of options count."),
    )  # fmt: skip
    front = forms.BooleanField(label=_("Also the best with fewer forces"), required=False, initial=True)
    sides = forms.BooleanField(label=_("Also what each party brings"), required=False, initial=True)
    singles = forms.BooleanField(
        label=_("Also the best for each scenario alone"), required=False, initial=True,
        help_text=_("And what it would come to if another one came."),
    )  # fmt: skip

    field_order = (
        "contingency",
        "private",
        "all_forces",
        "budget",
        "front",
        "sides",
        "singles",
        "seconds",
        "memory_mb",
    )

    def _wanted(self, said: dict[str, Any]) -> Wanted:
        return OptionsWanted(
            budget=said["budget"], all_forces=said["all_forces"], front=said["front"], sides=said["sides"], singles=said["singles"]
        )  # fmt: skip


class RiskForm(AskForm):
    """How sure closures are."""

    goal = forms.CharField(
        label=_("What is to be closed"), initial="all", max_length=500, widget=forms.TextInput(attrs={"list": "closures", "autocomplete": "off"}),
        help_text=_("“all”, or a phase as “Plan: Phase”. What is critical and what moves it most is told of this."),
    )  # fmt: skip
    by = forms.CharField(
        label=_("Dates"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The chance that it is closed by then, one a line: C+9, or 2027-05-14."),
    )  # fmt: skip
    draws = forms.IntegerField(
        label=_("Draws"), initial=10_000, min_value=1, max_value=MOST_DRAWS, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("How often everything is played through with durations drawn by chance. With 10,000 a chance is right to one percent."),
    )  # fmt: skip
    error_ticks = forms.FloatField(
        label=_("End once nine in ten is known to so many hours"), required=False, min_value=0.01, max_value=1e6,
        widget=forms.NumberInput(attrs={"class": "short", "step": "any"}), help_text=_("Empty: make all draws."),
    )  # fmt: skip
    unlimited = forms.BooleanField(
        label=_("As if no force or resource were short"), required=False,
        help_text=_("The answer is then too early wherever something is short. It is told beside the other anyway."),
    )  # fmt: skip
    seed = _seed()

    field_order = (
        "contingency", "private", "goal", "by", "draws", "error_ticks", "unlimited", "seed", "seconds", "memory_mb",
    )  # fmt: skip

    def _wanted(self, said: dict[str, Any]) -> Wanted:
        by = tuple(line.strip() for line in said["by"].splitlines() if line.strip())
        return RiskWanted(
            draws=said["draws"], seed=said["seed"], goal=said["goal"], by=by, error_ticks=said["error_ticks"], unlimited=said["unlimited"]
        )  # fmt: skip


class SweepForm(AskForm):
    """An analysis again and again, with other branches, assumptions, forces."""

    of = forms.ChoiceField(
        label=_("Which question is asked again and again"),
        choices=(("coverage", _("Coverage")), ("schedule", _("Schedule")), ("risk", _("Uncertainty")), ("options", _("Options"))),
    )  # fmt: skip
    branches = forms.CharField(
        label=_("Branches, one by one"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("By name, one a line; “each”: every branch by itself. Empty: all together."),
    )  # fmt: skip
    assumptions = forms.CharField(
        label=_("What may be otherwise"), required=False, max_length=8_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One assumption a line, ways in which it does not hold parted by |: “Port Y 50% | Port Y 0%”, “Tankers +2 days”, “Load lasts 150%”, “all lasts 120%”."),
    )  # fmt: skip
    leave_out = forms.CharField(
        label=_("Forces that may be left out"), required=False, initial="each", max_length=8_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("By name, one a line; “each”: every force. A party’s code leaves out all that it brings. Empty: none."),
    )  # fmt: skip
    at_most = forms.IntegerField(
        label=_("At most so many at once"), initial=1, min_value=1, max_value=100, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("With 2 every pair is a point too, and so on: the points grow fast, and 100,000 are the most."),
    )  # fmt: skip
    seeds = forms.IntegerField(
        label=_("Seeds"), initial=1, min_value=1, max_value=1_000, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("Of schedules and uncertainty: how often each point is reckoned with other chance."),
    )  # fmt: skip
    effort = forms.IntegerField(
        label=_("Effort at each point"), initial=2_000, min_value=1, max_value=1_000_000, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("Schedules made, draws, or nodes of the solver: counted and not timed, so that the answer is the same on every machine."),
    )  # fmt: skip
    goal = forms.CharField(
        label=_("What is to be closed"), required=False, initial="all", max_length=500, help_text=_("Of uncertainty: “all”, or a phase as “Plan: Phase”.")
    )  # fmt: skip
    by = forms.CharField(
        label=_("By when"), required=False, max_length=100, help_text=_("Of uncertainty: C+9, or 2027-05-14. Empty: whenever.")
    )  # fmt: skip
    must = forms.BooleanField(label=_("Windows and phases of schedules must be kept"), required=False)
    all_forces = forms.BooleanField(label=_("Of options: forces that were not offered count too"), required=False)

    field_order = (
        "contingency", "private", "of", "branches", "assumptions", "leave_out", "at_most", "seeds", "effort", "goal", "by", "must", "all_forces",
        "seconds", "memory_mb",
    )  # fmt: skip

    def _wanted(self, said: dict[str, Any]) -> Wanted:
        return SweepWanted(
            of=said["of"],
            branches=_lines(said["branches"]),
            assumptions=_lines(said["assumptions"]),
            leave_out=_lines(said["leave_out"]),
            at_most=said["at_most"] if _lines(said["leave_out"]) else 1,
            seeds=said["seeds"],
            must=said["must"],
            all_forces=said["all_forces"],
            goal=said["goal"] or "all",
            by=said["by"],
            effort=said["effort"],
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


FORMS: dict[RunAnalysis, type[AskForm]] = {
    "schedule": ScheduleForm,
    "options": OptionsForm,
    "risk": RiskForm,
    "sweep": SweepForm,
}


def initial_of(ask: RunAsk) -> dict[str, object]:
    """What the form of a question would hold, to be asked again with something changed."""
    said = {
        name: "\n".join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in msgspec.structs.asdict(ask.wanted).items()
    }
    limits = {"seconds": int(ask.limits.seconds), "memory_mb": ask.limits.memory_mb}
    return {**said, "contingency": ask.contingency, "private": ask.private, **limits}
