"""A schedule as `stafftalks analyse schedule` prints it: one document, or tables and sentences."""

from typing import TYPE_CHECKING

import msgspec

from stafftalks.cli import analyse_basis
from stafftalks.cli.analyse_basis import StandsOn
from stafftalks.cli.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.schedule import Answer, Problem
    from stafftalks.analysis.schedule_answering import Reason, Scheduled
    from stafftalks.analysis.schedule_assumptions import Granted
    from stafftalks.services.analyses_planned import Compared


class HeldLine(msgspec.Struct, frozen=True):
    """What keeps an activity from starting earlier: `how` is after, busy, less, window, start or free; `by` are activities it waited for."""

    how: str
    by: tuple[str, ...]
    resource: str


class ScheduledLine(msgspec.Struct, frozen=True):
    """One activity as it is scheduled; `start` and `end` in ticks, `starts` and `ends` as people write them.

    `room`: so many ticks later it alone could start. `critical`: the end of all, or of a phase that is not early, waits for it. `why` says `held` in words.
    """

    activity: str
    title: str
    mode: str
    start: int
    end: int
    starts: str
    ends: str
    room: int
    critical: bool
    held: tuple[HeldLine, ...]
    why: str


class ClosureLine(msgspec.Struct, frozen=True):
    """When a phase closes and was due, in ticks and as people write it; `lateness` is weighted."""

    phase: str
    title: str
    closes: int
    due: int
    lateness: int
    closes_at: str
    due_at: str


class UseStepLine(msgspec.Struct, frozen=True):
    """From tick `at` on: how much is used, of how much."""

    at: int
    used: int
    capacity: int


class ResourceUseLine(msgspec.Struct, frozen=True):
    """What is used of a resource over time; `fullest` is the largest share in use."""

    resource: str
    title: str
    unit: str
    fullest: float
    steps: tuple[UseStepLine, ...]


class ReasonLine(msgspec.Struct, frozen=True):
    """One of what cannot hold together: of which kind, what it is about, and in words."""

    kind: str
    name: str
    about: tuple[str, ...]
    sentence: str


class GivenLine(msgspec.Struct, frozen=True):
    """A change that `--given` takes as given: so much more of it, or without it where `amount` is null."""

    kind: str
    name: str
    amount: int | None


class ChangeLine(msgspec.Struct, frozen=True):
    """What would do: each list of changes makes a schedule possible; `least` where less was proven not to be enough."""

    sentence: str
    cost: int
    least: bool
    changes: tuple[GivenLine, ...]


class ApartLine(msgspec.Struct, frozen=True):
    """An activity that is scheduled otherwise than plans say now: `sort` is later, earlier, open, gone or new; `by` so many ticks outside its window."""

    activity: str
    title: str
    sort: str
    window: str
    starts: str
    ends: str
    by: int


class UnscheduledLine(msgspec.Struct, frozen=True):
    """What was left out, and why."""

    element: str
    field: str
    sentence: str


class ScheduleFound(msgspec.Struct, frozen=True, kw_only=True):
    """The best schedule found. `state` is optimal, feasible, infeasible or unknown; no schedule is better than `least_lateness`, then `earliest_end`.

    `gap` is the share by which the value may still be too high. `conflict`, `reasons` and `would_do` are told where there is no schedule; `minimal`: left without any one of the reasons, the others can hold
    together. Each of `further` cannot hold together either, whatever becomes of the first. `given` are the changes that were taken as given. `stands_on` is null for files, and `apart` empty.
    """

    title: str
    state: str
    lateness: int | None
    least_lateness: int | None
    end: int | None
    earliest_end: int | None
    ends: str
    earliest_ends: str
    counted_in: str
    gap: float | None
    stopped: bool
    schedules: int
    activities: tuple[ScheduledLine, ...]
    phases: tuple[ClosureLine, ...]
    resources: tuple[ResourceUseLine, ...]
    given: tuple[GivenLine, ...]
    conflict: str
    reasons: tuple[ReasonLine, ...]
    minimal: bool
    further: tuple[tuple[ReasonLine, ...], ...]
    would_do: tuple[ChangeLine, ...]
    apart: tuple[ApartLine, ...]
    stands_on: StandsOn | None
    left_out: tuple[UnscheduledLine, ...]


def found(answered: "Scheduled", grants: "Iterable[Granted]", faults: "Iterable[Fault]") -> ScheduleFound:
    """The document; where there is no schedule, with what stands in the way and what would do."""
    from stafftalks.analysis.schedule_answering import InTheWay

    problem, answer = answered.problem, answered.answer
    phases = {phase.id: phase.title for phase in problem.phases}
    said = problem.ticks.said
    value, bound = answer.value, answer.bound
    told = answered.in_the_way or InTheWay()
    return ScheduleFound(
        title=problem.title,
        state=answer.state,
        lateness=value.lateness if value else None,
        least_lateness=bound.lateness if bound else None,
        end=value.end if value else None,
        earliest_end=bound.end if bound else None,
        ends=said(value.end) if value else "",
        earliest_ends=said(bound.end) if bound else "",
        counted_in=_counted_in(problem),
        gap=None if answer.gap is None else round(answer.gap, 6),
        stopped=answer.stopped,
        schedules=answer.schedules,
        activities=_activities(problem, answer),
        phases=tuple(
            ClosureLine(
                each.phase, phases[each.phase], each.closes, each.due, each.lateness, said(each.closes), said(each.due)
            )
            for each in answer.closures
        ),
        resources=_resources(problem, answer),
        given=_given(grants),
        conflict=told.why,
        reasons=_reasons(told.reasons),
        minimal=told.minimal,
        further=tuple(map(_reasons, told.further)),
        would_do=tuple(
            ChangeLine(each.sentence, each.cost, each.least, _given(each.changes)) for each in told.remedies
        ),
        apart=(),
        stands_on=None,
        left_out=tuple(dict.fromkeys(UnscheduledLine(fault.element, fault.field, fault.sentence) for fault in faults)),
    )


def _activities(problem: "Problem", answer: "Answer") -> tuple[ScheduledLine, ...]:
    from stafftalks.analysis.schedule_standing import standings
    from stafftalks.analysis.schedule_words import held_said

    known = {activity.id: activity for activity in problem.activities}
    stands = {each.activity: each for each in standings(problem, answer.placed)}
    lines = []
    for each in sorted(answer.placed, key=lambda placed: (placed.start, placed.end)):
        activity, standing = known[each.activity], stands[each.activity]
        line = ScheduledLine(
            each.activity,
            activity.title,
            activity.modes[each.mode].name,
            each.start,
            each.end,
            problem.ticks.said(each.start),
            problem.ticks.said(each.end),
            standing.room,
            standing.critical,
            tuple(HeldLine(one.how, one.by, one.resource) for one in standing.held),
            " ".join(held_said(problem, one) for one in standing.held),
        )
        lines.append(line)
    return tuple(lines)


def _resources(problem: "Problem", answer: "Answer") -> tuple[ResourceUseLine, ...]:
    from stafftalks.analysis.schedule_standing import profiles

    known = {resource.id: resource for resource in problem.resources}
    return tuple(
        ResourceUseLine(
            each.resource,
            known[each.resource].title,
            known[each.resource].unit,
            round(each.fullest, 6),
            tuple(UseStepLine(step.at, step.used, step.capacity) for step in each.steps),
        )
        for each in profiles(problem, answer.placed)
    )


def _reasons(reasons: "Iterable[Reason]") -> tuple[ReasonLine, ...]:
    return tuple(
        ReasonLine(each.assumption.kind, each.assumption.name, each.assumption.about, each.sentence) for each in reasons
    )


def _given(changes: "Iterable[Granted]") -> tuple[GivenLine, ...]:
    return tuple(GivenLine(each.kind, each.name, each.amount) for each in changes)


def apart(compared: "Compared", problem: "Problem") -> tuple[ApartLine, ...]:
    """What is scheduled otherwise than plans say now, the furthest first."""
    said = problem.ticks.said
    return tuple(
        ApartLine(
            each.activity,
            each.title,
            each.sort,
            each.window,
            "" if each.start is None else said(each.start),
            "" if each.end is None else said(each.end),
            each.by,
        )
        for each in compared.apart
    )


def tell(call: Call, found: ScheduleFound) -> None:
    """Says it in tables and sentences."""
    screen = call.screen
    _verdict(call, found)
    if found.given:
        screen.heading("Taken as given, and changed in no plan")
        screen.say(*(f"- {each.kind} {each.name}: {_more(each)}" for each in found.given))
    if found.phases:
        screen.heading("Phases")
        lines = [
            (each.title or each.phase, each.closes_at, each.due_at, str(each.lateness) if each.lateness else "")
            for each in found.phases
        ]
        screen.table(("Phase", "Closes", "Due", f"Too late ({found.counted_in})"), lines, empty="")
    if found.apart:
        screen.heading("Otherwise than plans say now")
        rows = [(each.title or each.activity, each.window, each.starts, each.ends, each.sort) for each in found.apart]
        screen.table(("Activity", "Planned", "Starts", "Ends", ""), rows, empty="")
    if found.stands_on is not None:
        analyse_basis.tell_basis(call, found.stands_on, ())
    if found.left_out:
        screen.heading("Left out")
        screen.say(*(f"- {line.sentence}" for line in found.left_out))


def _counted_in(problem: "Problem") -> str:
    """What a tick is."""
    if not problem.ticks.counted:
        return "ticks"
    each = 24 // problem.ticks.per_day
    return {1: "hours", 24: "days"}.get(each, f"times {each} hours")


def _more(given: GivenLine) -> str:
    return "without it" if given.amount is None else f"{given.amount:,} more"


def _verdict(call: Call, found: ScheduleFound) -> None:
    screen = call.screen
    stopped = " It was stopped." if found.stopped else ""
    if found.state == "infeasible":
        screen.say(f"There is no schedule: that is proven.{stopped}")
        screen.say(*([found.conflict] if found.conflict else []))
        for reasons in found.further:
            screen.say(f"Nor can these hold together: {'; '.join(each.sentence for each in reasons)}.")
        if found.would_do:
            screen.heading("What would do, the least first")
            screen.say(*(f"- {each.sentence}" for each in found.would_do))
        return
    if found.end is None:
        screen.say(f"No schedule was found in the time, and none is proven not to be.{stopped}")
        return
    late = ""
    if found.phases and found.lateness:
        late = f"Phases close too late by {found.lateness:,} {found.counted_in} in all, weighted, and by at least {found.least_lateness:,} in any schedule. "
    elif found.phases:
        late = "Every phase closes in time. "
    sure = (
        "No schedule is better: that is proven."
        if found.state == "optimal"
        else f"It may be too high by {found.gap or 0:.1%}."
    )
    screen.say(
        f"{late}The last activity ends at {found.ends}, and in no schedule before {found.earliest_ends}. {sure}{stopped}"
    )
    rows = [
        (
            each.title or each.activity,
            each.mode,
            each.starts,
            each.ends,
            "critical" if each.critical else str(each.room),
        )
        for each in found.activities
    ]
    screen.table(
        ("Activity", "Mode", "Starts", "Ends", f"Room ({found.counted_in})"),
        rows,
        empty="There is nothing to schedule.",
    )
