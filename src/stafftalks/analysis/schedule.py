"""A scheduling problem and its answer, as values: activities in one of several modes, on limited resources, in their order and windows.

Times are whole ticks, counted from wherever `Ticks` says; windows have been turned to ticks by whoever knows the anchors' dates. Ids are for programs, titles for
people. Nothing here decides: `schedule_checks` says what is wrong with a problem, `schedule_solving` answers it, `schedule_verifying` proves an answer.
"""

from typing import Literal

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.times import Times


class Use(msgspec.Struct, frozen=True):
    """So much of a resource: for as long as the activity lasts, or, of a stock, once and for all."""

    resource: str
    amount: int


class Mode(msgspec.Struct, frozen=True):
    """One way to do an activity, as by sea or by air: how many ticks it takes and what it uses."""

    name: str
    duration: int
    uses: tuple[Use, ...] = ()


class Span(msgspec.Struct, frozen=True):
    """From `start` up to, not including, `end`, in ticks; None leaves that side open."""

    start: int | None = None
    end: int | None = None


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done in exactly one of its modes, without a break, and wholly inside one of its spans where it has some.

    `assumption` names what the spans rest on, as a phase's date: what is in the way is told by such names.
    """

    id: str
    modes: tuple[Mode, ...]
    title: str = ""
    spans: tuple[Span, ...] = ()
    assumption: str = ""


class Arc(msgspec.Struct, frozen=True):
    """`after` starts no earlier than `lag` ticks past the end of `before`; a lag below zero lets them overlap."""

    before: str
    after: str
    lag: int = 0
    assumption: str = ""


class Change(msgspec.Struct, frozen=True):
    """From tick `at` on there is so much."""

    at: int
    capacity: int


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What activities share: so much of it at every tick (`renewable`), with changes in the order of time, or so much in all."""

    id: str
    capacity: int
    title: str = ""
    unit: str = ""
    changes: tuple[Change, ...] = ()
    renewable: bool = True
    assumption: str = ""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """Activities that together close a phase: closed when the last has ended. Each tick past `due` costs `weight`; where `hard`, there may be none."""

    id: str
    activities: tuple[str, ...]
    due: int
    title: str = ""
    weight: int = 1
    hard: bool = False


class Ticks(msgspec.Struct, frozen=True):
    """How ticks are said: `per_day` to a day from the anchor (`C`) at tick 0; without an anchor, as bare numbers. Where `times` are known, as they say it."""

    anchor: str = ""
    per_day: int = 1
    times: Times | None = None

    @property
    def counted(self) -> bool:
        """Whether a tick is a length of time, and not only a number."""
        return bool(self.anchor) or self.times is not None

    def said(self, tick: int) -> str:
        """`C+9`, `C+9/H+6`, a date, or the number."""
        if self.times is not None:
            return self.times.said(tick)
        if not self.anchor:
            return str(tick)
        day, rest = divmod(tick, self.per_day)
        hours = rest * 24 // self.per_day
        return f"{self.anchor}{f'{day:+d}' if day else ''}{f'/H+{hours}' if hours else ''}"

    def lasting(self, ticks: int) -> str:
        """`3 days`, `6 hours`, or the number of ticks."""
        if not self.counted:
            return f"{ticks} {'tick' if ticks == 1 else 'ticks'}"
        day, rest = divmod(ticks, self.per_day)
        hours = rest * 24 // self.per_day
        days = f"{day} {'day' if day == 1 else 'days'}"
        return days if not hours else f"{hours} hours" if not day else f"{days} {hours} hours"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be scheduled. Nothing starts before tick `start`."""

    activities: tuple[Activity, ...]
    arcs: tuple[Arc, ...] = ()
    resources: tuple[Resource, ...] = ()
    phases: tuple[Phase, ...] = ()
    title: str = ""
    start: int = 0
    ticks: Ticks = Ticks()


class Placed(msgspec.Struct, frozen=True):
    """One activity as it is scheduled: the first tick, the tick after the last, and the mode by its number in the activity."""

    activity: str
    mode: int
    start: int
    end: int


class Closure(msgspec.Struct, frozen=True):
    """When a phase closes, when it was due, and the weighted ticks in between that are too many."""

    phase: str
    closes: int
    due: int
    lateness: int


class Value(msgspec.Struct, frozen=True, order=True):
    """What a schedule is measured by: first the weighted lateness of all phases, then the tick at which the last activity ends."""

    lateness: int
    end: int


State = Literal["optimal", "feasible", "infeasible", "unknown"]
"""`optimal`: proven; `feasible`: a schedule, perhaps not the best; `infeasible`: proven that there is none; `unknown`: nothing found in the time given, nothing proven."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The best schedule found, verified, and what is proven about every schedule: no one is better than `bound`.

    `schedules` counts those the search made; `stopped` says that the caller ended it; `faults` are what was left out of the problem, and why.
    """

    state: State
    placed: tuple[Placed, ...] = ()
    value: Value | None = None
    bound: Value | None = None
    closures: tuple[Closure, ...] = ()
    schedules: int = 0
    stopped: bool = False
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """How far the value can at most be from the best, as a share of the value; of lateness where there is some, else of the time from tick 0."""
        if self.value is None or self.bound is None:
            return None
        if self.value.lateness:
            return (self.value.lateness - self.bound.lateness) / self.value.lateness
        return (self.value.end - self.bound.end) / self.value.end if self.value.end > 0 else 0.0
