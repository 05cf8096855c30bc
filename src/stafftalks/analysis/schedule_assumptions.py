"""What a problem rests on, by name: how much there is of a resource, when something is ready, by when it must have ended, a phase's date, an order that was agreed.

Each can be taken away, which makes the problem easier and never harder, or be given a little more. Arcs without a name, durations and modes are taken as they are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule import Activity, Change, Phase, Problem, Resource, Span
from stafftalks.analysis.schedule_columns import horizon_of

Kind = Literal["resource", "ready", "deadline", "windows", "phase", "order"]


class Assumption(msgspec.Struct, frozen=True):
    """One of them: of which kind, its name in the problem, and the ids of what it is about (a resource, activities, a phase, or none for an order)."""

    kind: Kind
    name: str
    about: tuple[str, ...]


class Granted(msgspec.Struct, frozen=True):
    """A change that is taken as given, by the kind and name of the assumption: so much more of it (less, down to none, where below zero), or without it where `amount` is None."""

    kind: Kind
    name: str
    amount: int | None = None


def together(first: Iterable[Granted], then: Iterable[Granted]) -> tuple[Granted, ...]:
    """Changes on top of changes: amounts of the same assumption are added up, and one that is given up stays so."""
    found: dict[tuple[Kind, str], int | None] = {}
    for each in (*first, *then):
        before = found.get((each.kind, each.name), 0)
        found[each.kind, each.name] = None if before is None or each.amount is None else before + each.amount
    return tuple(Granted(kind, name, amount) for (kind, name), amount in found.items())


Amounts = Mapping[Assumption, int]
"""How much more: pieces of a resource, ticks earlier (ready) or later (deadline, phase); an order or windows are given up by any amount."""


def assumptions(problem: Problem) -> tuple[Assumption, ...]:
    """All that the problem rests on."""
    found: dict[tuple[Kind, str], list[str]] = {}
    for resource in problem.resources:
        found.setdefault(("resource", resource.assumption or resource.id), []).append(resource.id)
    for phase in problem.phases:
        if phase.hard:
            found.setdefault(("phase", phase.id), []).append(phase.id)
    for activity in problem.activities:
        for kind in _kinds(activity, problem.start):
            found.setdefault((kind, activity.assumption or activity.id), []).append(activity.id)
    for arc in problem.arcs:
        if arc.assumption:
            found.setdefault(("order", arc.assumption), [])
    return tuple(Assumption(kind, name, tuple(about)) for (kind, name), about in found.items())


def _kinds(activity: Activity, start: int) -> Iterator[Kind]:
    if len(activity.spans) > 1:
        yield "windows"
    elif activity.spans:
        (span,) = activity.spans
        if span.start is not None and span.start > start:
            yield "ready"
        if span.end is not None:
            yield "deadline"


def without(problem: Problem, gone: Collection[Assumption]) -> Problem:
    """The problem as if these did not hold."""
    return relaxed(problem, dict.fromkeys(gone))


def relaxed(problem: Problem, amounts: Mapping[Assumption, int | None]) -> Problem:
    """The problem with so much more of each; None stands for without it."""
    more = {(each.kind, about): amount for each, amount in amounts.items() for about in each.about}
    orders = {each.name for each in amounts if each.kind == "order"}
    plenty = _plenty(problem)
    return msgspec.structs.replace(
        problem,
        resources=tuple(
            _raised(each, more["resource", each.id], plenty) if ("resource", each.id) in more else each
            for each in problem.resources
        ),
        phases=tuple(
            _later(each, more["phase", each.id]) if ("phase", each.id) in more else each for each in problem.phases
        ),
        activities=tuple(_widened(problem, each, more) for each in problem.activities),
        arcs=tuple(arc for arc in problem.arcs if arc.assumption not in orders),
    )


def granting(problem: Problem, grants: Iterable[Granted]) -> tuple[Problem, tuple[Fault, ...]]:
    """The problem with these changes taken as given, and which of them it does not rest on."""
    known = {(each.kind, each.name): each for each in assumptions(problem)}
    amounts: dict[Assumption, int | None] = {}
    faults = []
    for grant in grants:
        assumption = known.get((grant.kind, grant.name))
        if assumption is None:
            sentence = f"“{grant.name[:60]}” was to be taken as changed, and the schedule does not rest on it: nothing is changed by that."
            faults.append(Fault(grant.name, grant.kind, sentence))
        else:
            amounts[assumption] = grant.amount
    return relaxed(problem, amounts), tuple(faults)


def _plenty(problem: Problem) -> dict[str, int]:
    """More of each resource than all activities together can use."""
    found = {resource.id: resource.capacity for resource in problem.resources}
    for activity in problem.activities:
        most: dict[str, int] = {}
        for mode in activity.modes:
            for use in mode.uses:
                most[use.resource] = most.get(use.resource, 0) + use.amount
        for name, amount in most.items():
            # Of a problem that nobody has looked through yet, a use may be of what is not there.
            if name in found:
                found[name] += amount
    return found


def _raised(resource: Resource, amount: int | None, plenty: Mapping[str, int]) -> Resource:
    if amount is None:
        return msgspec.structs.replace(resource, capacity=plenty[resource.id], changes=())
    changes = tuple(Change(change.at, max(change.capacity + amount, 0)) for change in resource.changes)
    return msgspec.structs.replace(resource, capacity=max(resource.capacity + amount, 0), changes=changes)


def _later(phase: Phase, amount: int | None) -> Phase:
    return (
        msgspec.structs.replace(phase, hard=False, weight=0)
        if amount is None
        else msgspec.structs.replace(phase, due=phase.due + amount)
    )


def _widened(problem: Problem, activity: Activity, more: Mapping[tuple[Kind, str], int | None]) -> Activity:
    name = activity.id
    if ("windows", name) in more:
        return msgspec.structs.replace(activity, spans=())
    if len(activity.spans) != 1 or not {("ready", name), ("deadline", name)} & set(more):
        return activity
    (span,) = activity.spans
    begin, end = span.start, span.end
    if ("ready", name) in more and begin is not None:
        by = more["ready", name]
        begin = problem.start if by is None else max(begin - by, problem.start)
    if ("deadline", name) in more and end is not None:
        by = more["deadline", name]
        end = None if by is None else end + by
    return msgspec.structs.replace(activity, spans=(Span(begin, end),))


def most_that_helps(problem: Problem, assumption: Assumption) -> int:
    """More than this of it makes nothing possible that less does not."""
    if assumption.kind == "resource":
        plenty = _plenty(problem)
        return max(plenty[about] for about in assumption.about)
    if assumption.kind == "ready":
        return max(
            (span.start or 0) - problem.start
            for activity in problem.activities
            if activity.id in assumption.about
            for span in activity.spans
        )
    return horizon_of(problem)
