"""Schedules at a point of a sweep: the best that a search finds in a given number of schedules, so that the answer is the same on every machine."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule import Activity, Problem, Resource, Span
from stafftalks.analysis.schedule import Change as Level
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.sweep_points import EVERYTHING, Change
from stafftalks.analysis.sweep_rows import Column, Value
from stafftalks.analysis.sweep_values import ScheduleSubject

COLUMNS: Final = (
    Column("lateness", "whole", "The weighted ticks by which phases close too late.", less=True),
    Column("end", "whole", "The tick at which the last activity ends.", less=True),
    Column("least lateness", "whole", "No schedule is less late."),
    Column("earliest end", "whole", "No schedule ends earlier."),
    Column("state", "text", "optimal, feasible, infeasible (proven), or unknown: none was found."),
    Column("schedules", "whole", "How many schedules were made."),
)


class ScheduleReckoner:
    """Schedules of one problem, again and again."""

    columns = COLUMNS
    lasts = True
    draws = True

    def __init__(self, subject: ScheduleSubject) -> None:
        self._problem, self.faults = checked(subject.problem)
        self._subject = subject

    faults: tuple[Fault, ...]

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch there is."""
        return tuple(dict.fromkeys(name for some in self._subject.branches.values() for name in some))

    @property
    def things(self) -> tuple[str, ...]:
        """What can drop out, shrink or come late."""
        return tuple(each.id for each in self._problem.resources)

    @property
    def forces(self) -> tuple[str, ...]:
        """Those of them that are forces. Here any resource may be one."""
        return self.things

    @property
    def activities(self) -> tuple[str, ...]:
        """What can come late or last longer."""
        return tuple(each.id for each in self._problem.activities)

    def moves(self, change: Change) -> bool:
        """Whether a change makes any difference to the problem."""
        return _changed(self._problem, change) != self._problem

    def row(self, branch: str, changes: Sequence[Change], seed: int) -> tuple[bool, tuple[Value, ...]]:
        """Whether there is a schedule in which no phase closes late, and the columns."""
        problem = self._in_branch(branch) if branch else self._problem
        for change in changes:
            problem = _changed(problem, change)
        effort = Effort(seconds=1.0, seed=seed, schedules=self._subject.schedules, prove=False)
        answer = solve(problem, effort, lambda: 0.0)
        value, bound = answer.value, answer.bound
        met = value is not None and value.lateness == 0
        return met, (
            None if value is None else value.lateness,
            None if value is None else value.end,
            None if bound is None else bound.lateness,
            None if bound is None else bound.end,
            answer.state,
            answer.schedules,
        )

    def _in_branch(self, branch: str) -> Problem:
        problem, of = self._problem, self._subject.branches
        kept = {each.id for each in problem.activities if branch in of.get(each.id, ()) or not of.get(each.id)}
        phases = []
        for phase in problem.phases:
            members = tuple(each for each in phase.activities if each in kept)
            phases += [msgspec.structs.replace(phase, activities=members)] if members else []
        return msgspec.structs.replace(
            problem,
            activities=tuple(each for each in problem.activities if each.id in kept),
            arcs=tuple(arc for arc in problem.arcs if arc.before in kept and arc.after in kept),
            phases=tuple(phases),
        )


def _changed(problem: Problem, change: Change) -> Problem:
    return msgspec.structs.replace(
        problem,
        resources=tuple(
            _resource(each, change, problem.start) if each.id == change.name else each for each in problem.resources
        ),
        activities=tuple(
            _activity(each, change, problem.start) if change.name in (each.id, EVERYTHING) else each
            for each in problem.activities
        ),
    )


def _resource(resource: Resource, change: Change, start: int) -> Resource:
    """So much of it, and of one that comes late nothing before."""
    levels = tuple(Level(each.at, each.capacity * change.share // 100) for each in resource.changes)
    capacity = resource.capacity * change.share // 100
    if change.late and resource.renewable:
        opens = start + change.late
        now = next((each.capacity for each in reversed(levels) if each.at <= opens), capacity)
        levels = (Level(opens, now), *(each for each in levels if each.at > opens))
        capacity = 0
    return msgspec.structs.replace(resource, capacity=capacity, changes=levels)


def _activity(activity: Activity, change: Change, start: int) -> Activity:
    modes = tuple(
        msgspec.structs.replace(mode, duration=-(-mode.duration * change.lasts // 100)) for mode in activity.modes
    )
    spans = activity.spans
    if change.late:
        spans = tuple(_later(span, change.late, start) for span in spans or (Span(),))
    return msgspec.structs.replace(activity, modes=modes, spans=spans)


def _later(span: Span, late: int, start: int) -> Span:
    """The span that begins later; one that would be over by then is as short as can be, so that nothing fits in it."""
    begins = max(start, start if span.start is None else span.start) + late
    return Span(begins, span.end if span.end is None else max(span.end, begins))
