"""A network as columns, in the order in which a serial scheme places: by latest finish on expected durations, never before what must come before."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_distributions import MOST_TICKS, Floats, Ints, Variables, mean, most, variables
from stafftalks.analysis.risk_network import (
    MOST_THERE,
    Network,
    Supply,
    Task,
    usable_supplies,
    usable_tasks,
    without_circles,
)
from stafftalks.values.errors import MisuseError

_LEVELS: Final = 40
NEVER: Final = MOST_TICKS
"""The tick at which ends what can never be done."""


class Columns(NamedTuple):
    """The network in placing order. Task i's duration is variable i; `ready` is the variable of its readiness, or -1; pointers are as in CSR.

    A use is of a sort: so much of one resource; sorts stand by resource, and then by how much. For each resource there are `rows`: amounts of which it is kept at which ticks they are free. They
    are the amounts that are used, or every multiple of `unit` where there are few enough (0 where not).
    """

    after: Ints
    before: Ints
    lag: Floats
    ready: Ints
    uses: Ints
    sort: Ints
    sort_resource: Ints
    sort_amount: Ints
    sort_row: Ints
    rows: Ints
    row_amount: Ints
    unit: Ints
    opens: Ints
    capacity: Ints
    closing: Ints
    closes: Ints


class Problem(NamedTuple):
    """Columns, what is drawn, and the ids that stand for them: variables as (element, field), closures with “all” first."""

    tasks: tuple[str, ...]
    supplies: tuple[str, ...]
    closures: tuple[str, ...]
    drawn: tuple[tuple[str, str], ...]
    columns: Columns
    variables: Variables
    horizon: int
    tick_s: int


def problem(network: Network, seed: int) -> tuple[Problem, tuple[Fault, ...]]:
    """The network as columns, and what of it could not be reckoned with; raises MisuseError where nothing can."""
    faults: list[Fault] = []
    supplies = usable_supplies(network.supplies, faults)
    tasks = usable_tasks(network.tasks, supplies, faults)
    tasks = without_circles(tasks, faults)
    if not tasks:
        raise MisuseError("There is nothing to reckon with: name at least one activity that stands on no circle.")
    order = _placing(tasks)
    return _columns(network, [tasks[name] for name in order], supplies, seed, faults), tuple(faults)


def _placing(tasks: Mapping[str, Task]) -> list[str]:
    """Ids by latest finish on expected durations, each after what comes before it."""
    later: dict[str, list[tuple[str, int]]] = {name: [] for name in tasks}
    waiting = {name: len(task.after) for name, task in tasks.items()}
    for name, task in tasks.items():
        for link in task.after:
            later[link.task].append((name, link.lag))
    ordered = [name for name, count in waiting.items() if not count]
    for name in ordered:
        for after, _lag in later[name]:
            waiting[after] -= 1
            if not waiting[after]:
                ordered.append(after)
    spans = {name: mean(task.duration) for name, task in tasks.items()}
    latest: dict[str, float] = {}
    for name in reversed(ordered):
        latest[name] = min((latest[after] - spans[after] - lag for after, lag in later[name]), default=0.0)
    waiting = {name: len(task.after) for name, task in tasks.items()}
    number = {name: place for place, name in enumerate(tasks)}
    heap = [(latest[name], number[name], name) for name, count in waiting.items() if not count]
    heapq.heapify(heap)
    placed = []
    while heap:
        _, _, name = heapq.heappop(heap)
        placed.append(name)
        for after, _lag in later[name]:
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(heap, (latest[after], number[after], after))
    return placed


def _columns(
    network: Network, tasks: Sequence[Task], supplies: Mapping[str, Supply], seed: int, faults: list[Fault]
) -> Problem:
    place = {task.id: number for number, task in enumerate(tasks)}
    numbers = {name: number for number, name in enumerate(supplies)}
    drawn = [(task.id, "duration", task.duration) for task in tasks]
    ready = np.full(len(tasks), -1, np.int32)
    for number, task in enumerate(tasks):
        if task.ready is not None:
            ready[number] = len(drawn)
            drawn.append((task.id, "ready", task.ready))
    opens = np.full(len(supplies), -1, np.int32)
    for number, supply in enumerate(supplies.values()):
        if supply.opens is not None:
            opens[number] = len(drawn)
            drawn.append((supply.id, "opens", supply.opens))
    closures = _closures(network, place, faults)
    horizon, longest = _horizon(tasks, supplies), MOST_TICKS
    if horizon >= longest:
        raise MisuseError(f"All together may last {horizon:,} ticks, and {longest:,} can be counted: use longer ticks.")
    flat = max((step.tick for supply in supplies.values() for step in supply.steps), default=0) + 1
    capacity = np.zeros((len(supplies), flat), np.int32)
    for number, supply in enumerate(supplies.values()):
        for step in supply.steps:
            capacity[number, step.tick :] = step.amount
    after, links = _rows([[(place[link.task], link.lag) for link in task.after] for task in tasks])
    needs = [[(numbers[use.resource], min(use.amount, MOST_THERE + 1)) for use in task.uses] for task in tasks]
    sorts = {need: sort for sort, need in enumerate(sorted({need for row in needs for need in row}))}
    uses, used = _rows([[(sorts[need], 0) for need in row] for row in needs])
    resources, amounts = (np.array([sort[part] for sort in sorts], np.int32) for part in range(2))
    closing, closes = _rows([[(member, 0) for member in _last(members, tasks, place)] for members in closures.values()])
    columns = Columns(
        after,
        links[0],
        links[1].astype(np.float32),
        ready,
        uses,
        used[0],
        resources,
        amounts,
        *_levels(resources, amounts, capacity),
        opens,
        capacity,
        closing,
        closes[0],
    )
    return Problem(
        tuple(place),
        tuple(supplies),
        tuple(closures),
        tuple((element, field) for element, field, _ in drawn),
        columns,
        variables([(f"{field} {element}", distribution) for element, field, distribution in drawn], seed),
        horizon,
        network.tick_s,
    )


def _closures(network: Network, place: Mapping[str, int], faults: list[Fault]) -> dict[str, tuple[int, ...]]:
    """The places of the tasks that each closure waits for, and `all`."""
    closures = {"all": tuple(place.values())}
    for closure in network.closures:
        members = tuple(place[name] for name in dict.fromkeys(closure.tasks) if name in place)
        if len(members) < len(set(closure.tasks)):
            missing = next(name for name in closure.tasks if name not in place)
            sentence = f"“{closure.name}” is closed by “{missing[:60]}”, which is not there or was left out."
            faults.append(Fault(closure.name, "tasks", f"{sentence} Only the others are counted."))
        if closure.name in closures:
            sentence = f"“{closure.name}” is the name of two closures (“all” is that of everything): only the first is counted."
            faults.append(Fault(closure.name, "name", sentence))
        elif members:
            closures[closure.name] = members
    return closures


def _levels(resources: Ints, amounts: Ints, capacity: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The row of each sort, rows by resource, what amount each row is about, and the unit of each resource."""
    pointer, kept, units = [0], list[int](), list[int]()
    row_of = np.zeros(len(resources), np.int32)
    for resource, levels in enumerate(capacity):
        own = np.flatnonzero(resources == resource)
        unit = int(np.gcd.reduce(np.concatenate([levels, amounts[own]]))) or 1
        most = int(max(levels.max(initial=0), amounts[own].max(initial=0))) // unit
        if most <= _LEVELS:
            units.append(unit)
            row_of[own] = pointer[-1] + amounts[own] // unit - 1
            kept.extend(unit * (level + 1) for level in range(most))
        else:
            units.append(0)
            row_of[own] = pointer[-1] + np.arange(len(own))
            kept.extend(amounts[own].tolist())
        pointer.append(len(kept))
    return row_of, np.array(pointer, np.int32), np.array(kept, np.int32), np.array(units, np.int32)


def _last(members: Sequence[int], tasks: Sequence[Task], place: Mapping[str, int]) -> list[int]:
    """The members after which no other member comes: the others have always ended by then."""
    among = set(members)
    passed = {place[link.task] for member in among for link in tasks[member].after if link.lag >= 0}
    return [member for member in members if member not in passed]


def _rows(rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[Ints, tuple[Ints, Ints]]:
    pointer = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=pointer[1:])
    pairs = np.array([pair for row in rows for pair in row], np.int32).reshape(-1, 2)
    return pointer, (pairs[:, 0].copy(), pairs[:, 1].copy())


def _horizon(tasks: Sequence[Task], supplies: Mapping[str, Supply]) -> int:
    """A tick before which everything has ended, whatever is drawn, unless it never does."""
    spent = sum(
        most(task.duration) + max((link.lag for link in task.after if link.lag > 0), default=0) for task in tasks
    )
    ready = max((most(task.ready) for task in tasks if task.ready is not None), default=0)
    opened = max((most(supply.opens) for supply in supplies.values() if supply.opens is not None), default=0)
    last = max((step.tick for supply in supplies.values() for step in supply.steps), default=0)
    return spent + max(ready, opened, last) + 1
