"""How each activity stands in a schedule: what holds it where it is, how much later it could be, and whether the end of something waits for it; and what is used of each resource over time.

It is found out from the problem and the placements alone, whoever made them. “Later” is said of one activity with all others left where they are: two activities may share the same room.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.analysis.schedule import Activity, Placed, Problem, Resource, Use

Hold = Literal["after", "busy", "less", "window", "start", "free"]
"""`after`: what comes before has just ended; `busy`: a resource is only now given back; `less`: only now there is so much of it; `window`: it may not start before; `start`: nothing may; `free`: nothing does."""


class Held(msgspec.Struct, frozen=True):
    """What holds an activity where it is: the activities it waited for, and of `busy` and `less` the resource."""

    how: Hold
    by: tuple[str, ...] = ()
    resource: str = ""


class Standing(msgspec.Struct, frozen=True):
    """How an activity stands. `room`: so many ticks later it alone could start without making anything later that matters. `critical`: the end of all, or of a phase that is not early, waits for it."""

    activity: str
    room: int
    critical: bool
    held: tuple[Held, ...]


class Step(msgspec.Struct, frozen=True):
    """From tick `at` to the next step: how much is used, of how much that there is."""

    at: int
    used: int
    capacity: int


class Profile(msgspec.Struct, frozen=True):
    """A renewable resource over a schedule; `until` is the tick at which the last step ends. `fullest` is the largest share in use while there is any."""

    resource: str
    steps: tuple[Step, ...]
    until: int

    @property
    def fullest(self) -> float:
        """1 where it is used up at some time; 0 where it is never used."""
        return max((step.used / step.capacity for step in self.steps if step.capacity), default=0.0)


class _Steps(NamedTuple):
    edges: list[int]
    used: npt.NDArray[np.int64]
    capacity: npt.NDArray[np.int64]


def profiles(problem: Problem, placed: Sequence[Placed]) -> tuple[Profile, ...]:
    """What is used of each renewable resource that is used at all, in the order of the problem."""
    last = max((each.end for each in placed), default=problem.start)
    found = []
    for name, steps in _steps(problem, placed).items():
        if steps.used.any():
            made = zip(steps.edges, steps.used.tolist(), steps.capacity.tolist(), strict=True)
            found.append(Profile(name, tuple(Step(*each) for each in made), last))
    return tuple(found)


def standings(problem: Problem, placed: Sequence[Placed]) -> tuple[Standing, ...]:
    """Each activity of a schedule, in the order of the placements."""
    look = _Look(problem, placed)
    held = {each.activity: tuple(look.held(each)) for each in placed}
    critical = _critical(problem, placed, held)
    return tuple(
        Standing(each.activity, look.room(each), each.activity in critical, held[each.activity]) for each in placed
    )


def _steps(problem: Problem, placed: Sequence[Placed]) -> dict[str, _Steps]:
    """Of each renewable resource, what is used and what there is from each tick at which either changes."""
    activities = {each.id: each for each in problem.activities}
    changes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in placed:
        for use in activities[each.activity].modes[each.mode].uses:
            if each.end > each.start:
                changes[use.resource][each.start] += use.amount
                changes[use.resource][each.end] -= use.amount
    last = max((each.end for each in placed), default=problem.start)
    found = {}
    for resource in problem.resources:
        if resource.renewable:
            own = changes[resource.id]
            own_edges = {problem.start, *own, *(each.at for each in resource.changes if problem.start < each.at < last)}
            edges = sorted(own_edges)
            used = np.cumsum([own.get(edge, 0) for edge in edges])
            capacity = np.array([_there(resource, edge) for edge in edges], np.int64)
            found[resource.id] = _Steps(edges, used, capacity)
    return found


def _there(resource: Resource, tick: int) -> int:
    held = resource.capacity
    for change in resource.changes:
        if change.at <= tick:
            held = change.capacity
    return held


class _Look:
    def __init__(self, problem: Problem, placed: Sequence[Placed]) -> None:
        self._problem = problem
        self._activities = {each.id: each for each in problem.activities}
        self._at = {each.activity: each for each in placed}
        self._steps = _steps(problem, placed)
        self._ending: dict[tuple[str, int], list[str]] = defaultdict(list)
        for one in placed:
            for use in self._uses(one):
                self._ending[use.resource, one.end].append(one.activity)
        self._before: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._after: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for arc in problem.arcs:
            self._before[arc.after].append((arc.before, arc.lag))
            self._after[arc.before].append((arc.after, arc.lag))
        # No later than the whole ends, nor than each of its phases closes or was to close.
        self._latest = dict.fromkeys(self._at, max((each.end for each in placed), default=problem.start))
        for phase in problem.phases:
            members = [each for each in phase.activities if each in self._at]
            closes = max([phase.due, *(self._at[each].end for each in members)])
            for member in members:
                self._latest[member] = min(self._latest[member], closes)

    def held(self, placed: Placed) -> Iterator[Held]:
        """All that keeps it from starting a tick earlier; `free` where nothing does."""
        found = False
        for one in self._holding(placed):
            found = True
            yield one
        if not found:
            yield Held("free")

    def _holding(self, placed: Placed) -> Iterator[Held]:
        tight = [
            before
            for before, lag in self._before[placed.activity]
            if before in self._at and self._at[before].end + lag == placed.start
        ]
        if tight:
            yield Held("after", tuple(dict.fromkeys(tight)))
        for use in self._uses(placed):
            steps = self._steps.get(use.resource)
            at = -1 if steps is None else bisect_right(steps.edges, placed.start - 1) - 1
            if steps is not None and at >= 0 and steps.used[at] + use.amount > steps.capacity[at]:
                ended = tuple(self._ending.get((use.resource, placed.start), ()))
                yield Held("busy" if ended else "less", ended, use.resource)
        span = self._span(placed)
        if span is not None and span[0] == placed.start > self._problem.start:
            yield Held("window")
        if placed.start <= self._problem.start:
            yield Held("start")

    def room(self, placed: Placed) -> int:
        """How many ticks later it could start with everything else where it is, and nothing that matters later."""
        limits = [self._latest[placed.activity] - placed.end]
        limits.append(_inside(self._activities[placed.activity], placed, limits[0]))
        limits += [
            self._at[after].start - lag - placed.end for after, lag in self._after[placed.activity] if after in self._at
        ]
        for use in self._uses(placed):
            steps = self._steps.get(use.resource)
            if steps is not None:
                first = bisect_left(steps.edges, placed.end)
                full = np.flatnonzero(steps.used[first:] + use.amount > steps.capacity[first:])
                if len(full):
                    limits.append(steps.edges[first + int(full[0])] - placed.end)
        return max(min(limits), 0)

    def _uses(self, placed: Placed) -> tuple[Use, ...]:
        if placed.end <= placed.start:
            return ()
        return self._activities[placed.activity].modes[placed.mode].uses

    def _span(self, placed: Placed) -> tuple[int | None, int | None] | None:
        """The window of it in which it lies."""
        return _lies_in(self._activities[placed.activity], placed)


def _lies_in(activity: Activity, placed: Placed) -> tuple[int | None, int | None] | None:
    for span in activity.spans:
        if (span.start is None or span.start <= placed.start) and (span.end is None or placed.end <= span.end):
            return span.start, span.end
    return None


def _inside(activity: Activity, placed: Placed, most: int) -> int:
    """How many ticks later it still lies wholly inside one of its windows, and at every tick up to there; at most so many."""
    later = 0
    while activity.spans and later <= most:
        start, end = placed.start + later, placed.end + later
        found = _lies_in(activity, Placed(placed.activity, placed.mode, start, end))
        if found is None:
            return later - 1
        if found[1] is None:
            return most
        # The next tick may lie in another window.
        later += found[1] - end + 1
    return most


def _critical(problem: Problem, placed: Sequence[Placed], held: Mapping[str, tuple[Held, ...]]) -> set[str]:
    """What is on a way, of waiting without a pause, to the end of all or of a phase that closes no earlier than it is due."""
    ends = {each.activity: each.end for each in placed}
    last = max(ends.values(), default=problem.start)
    waiting = [name for name, end in ends.items() if end == last]
    for phase in problem.phases:
        closes = max((ends[each] for each in phase.activities if each in ends), default=phase.due - 1)
        if closes >= phase.due:
            waiting += [each for each in phase.activities if ends.get(each) == closes]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [before for one in held[name] for before in one.by]
    return found
