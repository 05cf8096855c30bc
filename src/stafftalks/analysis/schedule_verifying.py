"""Whether a schedule is what its problem asks for, found out tick by tick from the problem itself: nothing here is shared with whatever made the schedule."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule import Activity, Closure, Placed, Problem, Resource, Value
from stafftalks.values.errors import StafftalksError


class UnsoundScheduleError(StafftalksError):
    """A schedule breaks what its problem asks for; `breaches` says where."""

    def __init__(self, breaches: Sequence[Fault]) -> None:
        super().__init__(" ".join(breach.sentence for breach in breaches[:20]))
        self.breaches = tuple(breaches)


def verify_schedule(problem: Problem, placed: Sequence[Placed], value: Value | None = None) -> None:
    """Raises UnsoundScheduleError unless everything is placed once, in its order, windows and resources, and the value is what is said."""
    found = list(breaches(problem, placed))
    if not found and value is not None and value != (measured := value_of(problem, placed)):
        found.append(Fault("", "value", f"The schedule is worth {_said(measured)}, not {_said(value)}."))
    if found:
        raise UnsoundScheduleError(found)


def breaches(problem: Problem, placed: Sequence[Placed]) -> Iterator[Fault]:
    """All that a schedule breaks."""
    known = {activity.id: activity for activity in problem.activities}
    at: dict[str, Placed] = {}
    for each in placed:
        if each.activity not in known:
            yield Fault(each.activity, "activity", f"“{each.activity}” is scheduled and is no activity of the problem.")
        elif each.activity in at:
            yield Fault(each.activity, "activity", f"“{each.activity}” is scheduled twice.")
        else:
            at[each.activity] = each
    for name, activity in known.items():
        if name not in at:
            yield Fault(name, "activity", f"“{name}” is not scheduled.")
        else:
            yield from _own(problem, activity, at[name])
    for arc in problem.arcs:
        one, other = at.get(arc.before), at.get(arc.after)
        if one and other and other.start < one.end + arc.lag:
            yield Fault(
                arc.after,
                "arcs",
                f"“{arc.after}” starts at {other.start}, before {one.end + arc.lag}, which “{arc.before}” demands.",
            )
    uses = _uses(known, at)
    for resource in problem.resources:
        yield from _crowded(resource, uses[resource.id])
    for phase in problem.phases:
        closes = max((at[each].end for each in phase.activities if each in at), default=phase.due)
        if phase.hard and closes > phase.due:
            yield Fault(phase.id, "due", f"“{phase.id}” closes at {closes}, and must by {phase.due}.")


def value_of(problem: Problem, placed: Sequence[Placed]) -> Value:
    """What a schedule is worth: weighted lateness of the phases, and when the last activity ends."""
    lateness = sum(each.lateness for each in closures(problem, placed))
    return Value(lateness, max((each.end for each in placed), default=problem.start))


def closures(problem: Problem, placed: Sequence[Placed]) -> tuple[Closure, ...]:
    """When each phase closes, and how late that is, weighted."""
    ends = {each.activity: each.end for each in placed}
    found = []
    for phase in problem.phases:
        closes = max(ends[each] for each in phase.activities)
        late = 0 if phase.hard else max(closes - phase.due, 0) * phase.weight
        found.append(Closure(phase.id, closes, phase.due, late))
    return tuple(found)


def _own(problem: Problem, activity: Activity, placed: Placed) -> Iterator[Fault]:
    name = activity.id
    if not 0 <= placed.mode < len(activity.modes):
        yield Fault(name, "modes", f"“{name}” has no mode {placed.mode}.")
        return
    if placed.end - placed.start != activity.modes[placed.mode].duration:
        lasts, should = placed.end - placed.start, activity.modes[placed.mode].duration
        yield Fault(name, "duration", f"“{name}” is scheduled for {lasts} ticks and takes {should}.")
    if placed.start < problem.start:
        yield Fault(name, "start", f"“{name}” starts at {placed.start}, before anything may at {problem.start}.")
    inside = [
        span
        for span in activity.spans
        if (span.start is None or span.start <= placed.start) and (span.end is None or placed.end <= span.end)
    ]
    if activity.spans and not inside:
        yield Fault(name, "spans", f"“{name}”, {placed.start} to {placed.end}, lies in none of its windows.")


def _uses(known: dict[str, Activity], at: dict[str, Placed]) -> dict[str, list[tuple[int, int, int, str]]]:
    """Of each resource: from when, until when, how much, by whom."""
    found: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
    for name, placed in at.items():
        if 0 <= placed.mode < len(known[name].modes):
            for use in known[name].modes[placed.mode].uses:
                found[use.resource].append((placed.start, placed.end, use.amount, name))
    return found


def _crowded(resource: Resource, uses: list[tuple[int, int, int, str]]) -> Iterator[Fault]:
    if not resource.renewable:
        total = sum(amount for _start, _end, amount, _name in uses)
        if total > resource.capacity:
            yield Fault(
                resource.id,
                "capacity",
                f"{total} of “{resource.id}” is drawn, and there are {resource.capacity} in all.",
            )
        return
    moments = {start for start, *_ in uses} | {change.at for change in resource.changes}
    for moment in sorted(moments):
        there = resource.capacity
        for change in resource.changes:
            if change.at <= moment:
                there = change.capacity
        now = [(amount, name) for start, end, amount, name in uses if start <= moment < end]
        if sum(amount for amount, _name in now) > there:
            names = ", ".join(f"“{name}”" for _amount, name in now[:5])
            taken = sum(amount for amount, _name in now)
            yield Fault(
                resource.id, "capacity", f"At {moment}, {names} use {taken} of “{resource.id}”, and there are {there}."
            )
            return


def _said(value: Value) -> str:
    return f"{value.lateness} of lateness with the end at {value.end}"
