"""What of a problem can be scheduled, and a sentence for each thing that cannot: which activity, arc, resource or phase, which field, and how to mend it.

What is left out takes along what comes after it, for when that could start cannot be told; it is said of each. A circle in the precedence is named, activity by activity.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule import Activity, Arc, Mode, Phase, Problem, Resource, Span
from stafftalks.analysis.schedule_columns import MAX_CELLS, horizon_of
from stafftalks.values.errors import MisuseError

_LARGEST: Final = 2**40
_TIME: Final = 2**31
NEVER: Final = Mode("", -1)
"""Stands for a mode that cannot be had, so that the others keep their numbers, by which answers name them."""


def checked(problem: Problem) -> tuple[Problem, tuple[Fault, ...]]:
    """What of the problem can be scheduled, and why the rest cannot. Raises MisuseError where the whole is too large."""
    faults: list[Fault] = []
    resources = tuple(_resources(problem, faults))
    activities = list(_activities(problem, {resource.id for resource in resources}, faults))
    arcs = tuple(_arcs(problem, {activity.id for activity in problem.activities}, faults))
    gone = {activity.id for activity in problem.activities} - {activity.id for activity in activities}
    titles = {activity.id: activity.title or activity.id for activity in problem.activities}
    for circle in circles([activity.id for activity in activities], arcs):
        way = " → ".join(f"“{titles[each]}”" for each in (*circle, circle[0]))
        faults.append(
            Fault(
                circle[0],
                "arcs",
                f"These wait for each other: {way}. Take one of the arcs away; they are left out till then.",
            )
        )
        gone |= set(circle)
    gone = _with_those_after(gone, arcs, titles, faults)
    kept = {activity.id for activity in activities} - gone
    sound = msgspec.structs.replace(
        problem,
        activities=tuple(activity for activity in activities if activity.id in kept),
        arcs=tuple(arc for arc in arcs if arc.before in kept and arc.after in kept),
        resources=resources,
        phases=tuple(_phases(problem.phases, kept, faults)),
    )
    if (cells := horizon_of(sound)) * max(len(resources), 1) > MAX_CELLS:
        raise MisuseError(
            f"The schedule may reach over {cells:,} ticks, too many to reckon with: count time in coarser ticks."
        )
    return sound, tuple(faults)


def circles(names: Sequence[str], arcs: Iterable[Arc]) -> list[list[str]]:
    """For each knot of activities that wait for each other, one circle through it, in the order of the arcs."""
    after: dict[str, list[str]] = {name: [] for name in names}
    for arc in arcs:
        if arc.before in after and arc.after in after:
            after[arc.before].append(arc.after)
    done: set[str] = set()
    found = []
    for root in names:
        trail: list[str] = []
        steps = [iter([root])]
        while steps:
            name = next(steps[-1], None)
            if name is None:
                steps.pop()
                if trail:
                    done.add(trail.pop())
            elif name in trail:
                # The whole circle is taken out, so that further ones through it are not told again.
                found.append(trail[trail.index(name) :])
                done |= set(trail)
                break
            elif name not in done:
                trail.append(name)
                steps.append(iter(after[name]))
    return found


def _resources(problem: Problem, faults: list[Fault]) -> Iterator[Resource]:
    seen: set[str] = set()
    for resource in problem.resources:
        name = resource.title or resource.id
        if resource.id in seen:
            faults.append(
                Fault(
                    resource.id,
                    "id",
                    f"“{name}”: the id {resource.id!r} is given to two resources; the second is left out.",
                )
            )
            continue
        seen.add(resource.id)
        levels = [resource.capacity, *(change.capacity for change in resource.changes)]
        if any(not 0 <= level <= _LARGEST for level in levels):
            faults.append(
                Fault(
                    resource.id,
                    "capacity",
                    f"“{name}”: there cannot be {min(levels) if min(levels) < 0 else max(levels):,} of it; write a number from 0 to {_LARGEST:,}.",
                )
            )
            continue
        if any(abs(change.at) > _TIME for change in resource.changes):
            faults.append(Fault(resource.id, "changes", f"“{name}”: a change lies more than {_TIME:,} ticks away."))
            continue
        yield msgspec.structs.replace(resource, changes=tuple(sorted(resource.changes, key=lambda change: change.at)))


def _activities(problem: Problem, resources: set[str], faults: list[Fault]) -> Iterator[Activity]:
    seen: set[str] = set()
    for activity in problem.activities:
        name = activity.title or activity.id
        if activity.id in seen:
            faults.append(
                Fault(
                    activity.id,
                    "id",
                    f"“{name}”: the id {activity.id!r} is given to two activities; the second is left out.",
                )
            )
            continue
        seen.add(activity.id)
        before = len(faults)
        modes = tuple(_had(activity, name, mode, resources, faults) for mode in activity.modes)
        spans = tuple(_spans(activity, name, problem.start, faults))
        usable = [mode for mode in modes if mode is not None]
        if not activity.modes:
            faults.append(Fault(activity.id, "modes", f"“{name}” has no mode: say how long it takes and what it uses."))
        elif activity.spans and not spans and len(faults) == before:
            faults.append(Fault(activity.id, "spans", f"“{name}” has no window left in which it could be."))
        elif (
            usable
            and spans
            and all(_length(span, problem.start) < min(mode.duration for mode in usable) for span in spans)
        ):
            shortest = min(mode.duration for mode in usable)
            faults.append(
                Fault(
                    activity.id,
                    "spans",
                    f"“{name}” takes at least {problem.ticks.lasting(shortest)}, and no window of it is as long. Widen one.",
                )
            )
            usable = []
        if usable and (spans or not activity.spans):
            yield msgspec.structs.replace(activity, modes=tuple(mode or NEVER for mode in modes), spans=spans)


def _wrong(mode: Mode, resources: set[str]) -> str:
    if not 0 <= mode.duration < _TIME:
        return f"a duration of {mode.duration:,} ticks is none"
    for use in mode.uses:
        if use.resource not in resources:
            return f"nobody has the resource “{use.resource[:60]}”"
        if not 0 <= use.amount <= _LARGEST:
            return f"it cannot use {use.amount:,} of “{use.resource[:60]}”"
    return ""


def _had(activity: Activity, name: str, mode: Mode, resources: set[str], faults: list[Fault]) -> Mode | None:
    why = _wrong(mode, resources)
    if not why:
        return mode
    of = f", mode “{mode.name}”" if mode.name else ""
    faults.append(Fault(activity.id, "modes", f"“{name}”{of}: {why}; it is left out."))
    return None


def _spans(activity: Activity, name: str, start: int, faults: list[Fault]) -> Iterator[Span]:
    for span in activity.spans:
        if any(abs(moment) > _TIME for moment in (span.start, span.end) if moment is not None):
            faults.append(Fault(activity.id, "spans", f"“{name}”: a window reaches more than {_TIME:,} ticks away."))
        elif span.start is not None and span.end is not None and span.end < span.start:
            faults.append(
                Fault(
                    activity.id,
                    "spans",
                    f"“{name}”: a window ends before it starts, {span.start} to {span.end}. Exchange the two.",
                )
            )
        elif span.end is not None and span.end < start:
            faults.append(
                Fault(
                    activity.id,
                    "spans",
                    f"“{name}”: a window ends at {span.end}, before anything may start at {start}.",
                )
            )
        else:
            yield span


def _length(span: Span, start: int) -> int:
    return _TIME if span.end is None else span.end - max(start, start if span.start is None else span.start)


def _arcs(problem: Problem, names: set[str], faults: list[Fault]) -> Iterator[Arc]:
    for arc in problem.arcs:
        if unknown := [name for name in (arc.before, arc.after) if name not in names]:
            faults.append(
                Fault(
                    unknown[0],
                    "arcs",
                    f"“{arc.after}” is to come after “{arc.before}”, and there is no activity {unknown[0]!r}; the arc is left out.",
                )
            )
        elif abs(arc.lag) > _TIME:
            faults.append(
                Fault(
                    arc.after,
                    "arcs",
                    f"“{arc.after}” after “{arc.before}”: a lag of {arc.lag:,} ticks is too long; the arc is left out.",
                )
            )
        else:
            yield arc


def _with_those_after(gone: set[str], arcs: Sequence[Arc], titles: dict[str, str], faults: list[Fault]) -> set[str]:
    after: dict[str, list[str]] = {}
    for arc in arcs:
        after.setdefault(arc.before, []).append(arc.after)
    all_gone, waiting = set(gone), sorted(gone)
    while waiting:
        name = waiting.pop()
        for other in after.get(name, ()):
            if other not in all_gone:
                all_gone.add(other)
                waiting.append(other)
                faults.append(
                    Fault(
                        other, "arcs", f"“{titles[other]}” comes after “{titles[name]}”, which is left out; so is it."
                    )
                )
    return all_gone


def _phases(phases: Iterable[Phase], kept: set[str], faults: list[Fault]) -> Iterator[Phase]:
    for phase in phases:
        name = phase.title or phase.id
        there = tuple(dict.fromkeys(each for each in phase.activities if each in kept))
        if lost := [each for each in phase.activities if each not in kept]:
            faults.append(
                Fault(
                    phase.id,
                    "activities",
                    f"“{name}” is told without {', '.join(f'“{each}”' for each in lost[:5])}{' and others' if len(lost) > 5 else ''}.",
                )
            )
        if not there:
            faults.append(Fault(phase.id, "activities", f"“{name}” has no activity to close it; it is left out."))
        elif not 0 <= phase.weight <= 1_000_000 or abs(phase.due) > _TIME:
            faults.append(
                Fault(
                    phase.id,
                    "weight",
                    f"“{name}”: a weight from 0 to 1,000,000 and a due tick within {_TIME:,} are needed; it is left out.",
                )
            )
        else:
            yield msgspec.structs.replace(phase, activities=there)
