"""A problem as columns of numbers, as the search and the solver read it; ids stand aside.

Ticks are counted from the problem's start and made as coarse as everything in it allows. What there is of the renewable resources at a tick is packed into whole numbers
of 62 bits, a field with a guard bit for each resource: one subtraction says whether an activity fits, whatever it uses.
"""

import itertools
import math
from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec
import numpy as np

from stafftalks.analysis.schedule import Problem, Resource
from stafftalks.analysis.schedule_modes import Ints, modes_of

_BITS: Final = 62
MAX_CELLS: Final = 40_000_000
"""Ticks of the horizon, times words a tick: about 300 MB. A problem beyond it needs coarser ticks."""


class Net(NamedTuple):
    """What compiled loops read. `…_first[i]` to `…_first[i + 1]` are the rows that belong to `i`.

    `free` is what there is at each tick, packed (tick, word); `need` what each mode takes, in the same fields; `guard` the guard bits.
    `stock` is what there is of each non-renewable resource, `draw` what each mode takes of it. `tail` is how long it takes at least from an activity's start to the end.
    `work` is how much of the resources each mode ties up for how long.
    `topological` has the activities in an order that keeps every arc; `rank` is each one's place in it.
    """

    horizon: int
    mode_first: Ints
    duration: Ints
    need: Ints
    guard: Ints
    free: Ints
    draw: Ints
    stock: Ints
    before_first: Ints
    before: Ints
    before_lag: Ints
    after_first: Ints
    after: Ints
    after_lag: Ints
    span_first: Ints
    span_start: Ints
    span_end: Ints
    phase_first: Ints
    phase_member: Ints
    due: Ints
    weight: Ints
    hard: Ints
    tail: Ints
    work: Ints
    topological: Ints
    rank: Ints


class Columns(msgspec.Struct, frozen=True):
    """A sound problem, its columns, and how their ticks are turned back: `tick * scale + start`. `modes` are the numbers each kept mode has in its activity."""

    problem: Problem
    net: Net
    scale: int
    modes: Ints
    renewable: tuple[Resource, ...]
    use: Ints

    @property
    def count(self) -> int:
        """How many activities there are."""
        return len(self.problem.activities)

    def tick(self, at: int) -> int:
        """The problem's own tick."""
        return at * self.scale + self.problem.start


def columns(problem: Problem, *, like: Problem | None = None, roomy: Collection[str] = ()) -> Columns:
    """The columns of a problem in which `schedule_checks` found no fault.

    Ticks and horizon are those of `like`. Modes that use more than there ever is are left out, unless of resources that are `roomy`: the search cannot have those.
    """
    whole = like or problem
    count = len(problem.activities)
    number = {activity.id: at for at, activity in enumerate(problem.activities)}
    renewable = tuple(resource for resource in problem.resources if resource.renewable)
    stocks = tuple(resource for resource in problem.resources if not resource.renewable)
    scale = _scale(whole)
    most = [max([each.capacity, *(change.capacity for change in each.changes)]) for each in renewable]

    modes = modes_of(problem, renewable, stocks, most, scale, roomy)
    arcs: dict[tuple[int, int], int] = {}
    for arc in problem.arcs:
        pair = number[arc.before], number[arc.after]
        arcs[pair] = max(arcs.get(pair, arc.lag), arc.lag)
    rows = np.array([(one, other, lag // scale) for (one, other), lag in sorted(arcs.items())], np.int64).reshape(-1, 3)
    topological = np.array(topological_order(count, list(arcs)), np.int64)
    horizon = _horizon(whole, scale, [arc.lag // scale for arc in whole.arcs])
    spans = [_spans(activity.spans, problem.start, scale, horizon) for activity in problem.activities]
    flat = np.array([span for each in spans for span in each], np.int64).reshape(-1, 2)
    before_first, before, before_lag = _grouped(rows[:, 1], rows[:, 0], rows[:, 2], count)
    after_first, after, after_lag = _grouped(rows[:, 0], rows[:, 1], rows[:, 2], count)
    free, need, guard = _packed(renewable, most, modes.use, problem, scale, horizon)
    net = Net(
        horizon,
        modes.first,
        modes.duration,
        need,
        guard,
        free,
        modes.draw,
        np.array([stock.capacity for stock in stocks], np.int64),
        before_first,
        before,
        before_lag,
        after_first,
        after,
        after_lag,
        np.cumsum([0, *map(len, spans)]).astype(np.int64),
        flat[:, 0].copy(),
        flat[:, 1].copy(),
        np.cumsum([0, *(len(phase.activities) for phase in problem.phases)]).astype(np.int64),
        np.array([number[each] for phase in problem.phases for each in phase.activities], np.int64),
        np.array([(phase.due - problem.start) // scale for phase in problem.phases], np.int64),
        np.array([phase.weight for phase in problem.phases], np.int64),
        np.array([phase.hard for phase in problem.phases], np.int64),
        np.zeros(count, np.int64),
        _work(most, modes.duration, modes.use.tolist()),
        topological,
        np.argsort(topological, kind="stable").astype(np.int64),
    )
    _fill_tail(net)
    return Columns(
        problem,
        net,
        scale,
        modes.kept,
        renewable,
        modes.use,
    )


def _fill_tail(net: Net) -> None:
    """Fills in how long it takes at least from each activity's start to the end of all."""
    first = net.mode_first.tolist()
    shortest = [int(net.duration[one:other].min()) if other > one else 0 for one, other in itertools.pairwise(first)]
    for at in net.topological[::-1].tolist():
        arcs = range(net.after_first[at], net.after_first[at + 1])
        net.tail[at] = shortest[at] + max([0, *(int(net.after_lag[arc] + net.tail[net.after[arc]]) for arc in arcs)])


def topological_order(count: int, arcs: list[tuple[int, int]]) -> list[int]:
    """Numbers in an order that keeps every arc; those that stand on a cycle, or behind one, are not in it."""
    waiting = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for one, other in arcs:
        waiting[other] += 1
        after[one].append(other)
    found = [at for at in range(count) if not waiting[at]]
    for at in found:
        for other in after[at]:
            waiting[other] -= 1
            if not waiting[other]:
                found.append(other)
    return found


def _scale(problem: Problem) -> int:
    times = [max(mode.duration, 0) for activity in problem.activities for mode in activity.modes]
    times += [arc.lag for arc in problem.arcs]
    moments = [moment for each in problem.activities for span in each.spans for moment in (span.start, span.end)]
    moments += [change.at for resource in problem.resources for change in resource.changes]
    moments += [phase.due for phase in problem.phases]
    times += [moment - problem.start for moment in moments if moment is not None]
    return math.gcd(*times) or 1


def horizon_of(problem: Problem) -> int:
    """Ticks from the problem's start in which every schedule that can be had at all can be had."""
    scale = _scale(problem)
    return _horizon(problem, scale, [arc.lag // scale for arc in problem.arcs]) * scale


def _horizon(problem: Problem, scale: int, lags: list[int]) -> int:
    # A schedule in which nothing can be moved forward has, after the last moment at which anything changes, no gap but a lag.
    moments = [moment for each in problem.activities for span in each.spans for moment in (span.start, span.end)]
    moments += [change.at for resource in problem.resources for change in resource.changes]
    last = max([(moment - problem.start) // scale for moment in moments if moment is not None], default=0)
    work = sum(max(0, *(mode.duration for mode in activity.modes)) // scale for activity in problem.activities)
    return max(last, 0) + work + sum(lag for lag in lags if lag > 0) + 1


def _work(most: list[int], duration: Ints, use: list[list[int]]) -> Ints:
    shares = [sum(1000 * amount // there for amount, there in zip(row, most, strict=True) if there) for row in use]
    return np.array(shares, np.int64) * duration


def _spans(spans: object, start: int, scale: int, horizon: int) -> list[tuple[int, int]]:
    found = []
    for span in spans:  # type: ignore[attr-defined]
        begin = 0 if span.start is None else max((span.start - start) // scale, 0)
        end = horizon if span.end is None else min((span.end - start) // scale, horizon)
        if begin <= end:
            found.append((begin, end))
    return sorted(found) or [(0, horizon)]


def _grouped(key: Ints, value: Ints, lag: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], np.arange(count + 1)).astype(np.int64)
    return first, value[order].copy(), lag[order].copy()


def _packed(
    renewable: tuple[Resource, ...], most: list[int], use: Ints, problem: Problem, scale: int, horizon: int
) -> tuple[Ints, Ints, Ints]:
    """What is free at each tick, what each mode needs, and the guard bits: a word holds as many resources as it has bits for."""
    place: list[tuple[int, int]] = []
    word, bit = 0, 0
    for there in most:
        width = int(there).bit_length() + 1
        if bit + width > _BITS:
            word, bit = word + 1, 0
        place.append((word, bit))
        bit += width
    words = word + 1
    free = np.zeros((horizon, words), np.int64)
    need = np.zeros((len(use), words), np.int64)
    guard = np.zeros(words, np.int64)
    for at, (resource, (word, bit)) in enumerate(zip(renewable, place, strict=True)):
        guard[word] |= 1 << (bit + int(most[at]).bit_length())
        need[:, word] += use[:, at] << bit
        level = np.full(horizon, resource.capacity, np.int64)
        for change in resource.changes:
            level[max((change.at - problem.start) // scale, 0) :] = change.capacity
        free[:, word] += level << bit
    return free, need, guard
