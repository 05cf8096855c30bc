"""When everything ends in each draw where resources are limited: a serial scheme, draw by draw.

Tasks are placed one by one in the problem's order, each at the earliest tick after what it waits for at which all that it uses is free from its start to its end. What ends at a
tick has freed what it held at that tick. The order is the same in every draw. What can never be placed ends at `NEVER`, and so does all that comes after.

A task is critical where its end was waited for: by arc as without limits, and by resource where it held, until the very tick at which another started, some of what that one lacked
before. The profile of what is free grows as far as draws need; compiled and plain schemes give the same numbers.
"""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from stafftalks.analysis.compiling import COMPILED, compiled
from stafftalks.analysis.risk_columns import NEVER, Columns, Problem
from stafftalks.analysis.risk_distributions import Floats, Ints, Variables
from stafftalks.analysis.risk_draws import Words, fill, values
from stafftalks.analysis.risk_passes import Counts

BLOCK: Final = 64
_ROOM: Final = 4096


class Room(NamedTuple):
    """Where draws are reckoned in: what there is and what is free by resource and tick, what ended at each tick (as linked lists), and by task when it began and ended."""

    capacity: Ints
    free: Ints
    last: Ints
    before: Ints
    begun: Counts
    ended: Counts
    lacked: Ints
    passed: Counts
    known: Counts
    seen: Counts
    stack: Counts


def limited(
    problem: Problem, first: int, count: int, goal: int, *, plain: bool = not COMPILED
) -> tuple[Floats, Counts]:
    """The tick of each closure (rows) in draws `first` and on, and in how many of them each task was critical for the closure `goal`."""
    closed = np.empty((count, len(problem.closures)), np.float32)
    critical = np.zeros(len(problem.tasks), np.int64)
    place = _plain_place if plain else _place
    numbers, length = np.arange(len(problem.drawn)), min(_ROOM, problem.horizon + 1)
    room = _room(problem, length)
    drawn, mixed = np.empty((len(problem.drawn), BLOCK), np.float32), np.empty(BLOCK, np.uint32)
    for start in range(first - first % 4, first + count, BLOCK):
        if plain:
            drawn = values(problem.variables, numbers, start, BLOCK)
        else:
            _draw(problem.variables, start, mixed, drawn)
        low, high = max(start, first) - first, min(start + BLOCK - first, count)
        by_draw = np.ascontiguousarray(drawn.T[low + first - start : high + first - start], np.int32)
        done = low
        while done < high:
            done += place(problem.columns, by_draw[done - low :], room, goal, closed[done:high], critical)
            if done < high:  # it does not fit into the profile: twice as many ticks
                length = min(2 * length, problem.horizon + 1)
                room = _room(problem, length)
    return closed.T.copy(), critical


def _room(problem: Problem, length: int) -> Room:
    count, capacity = len(problem.tasks), problem.columns.capacity
    within = np.minimum(np.arange(length), capacity.shape[1] - 1)
    return Room(
        capacity[:, within],
        np.zeros((len(problem.supplies), length), np.int32),
        np.full(length + 1, -1, np.int32),
        np.full(count, -1, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.full(count, -1, np.int32),
        np.zeros(len(problem.columns.sort_resource), np.int64),
        np.zeros(len(problem.supplies) + 1, np.int64),
        np.full(count, -1, np.int64),
        np.zeros(count, np.int64),
    )


@compiled
def _draw(of: Variables, first: int, mixed: Words, drawn: Floats) -> None:
    for number in range(drawn.shape[0]):
        fill(of, number, first, mixed, drawn[number])


@compiled
def _place(columns: Columns, drawn: Ints, room: Room, goal: int, closed: Floats, critical: Counts) -> int:
    """How many of the draws were placed: all, or those before one for which the profile is too short."""
    for draw in range(drawn.shape[0]):
        row = drawn[draw]
        for resource in range(columns.opens.shape[0]):
            shut = 0 if columns.opens[resource] < 0 else row[columns.opens[resource]]
            free, there = room.free[resource], room.capacity[resource]
            for tick in range(free.shape[0]):
                free[tick] = 0 if tick < shut else there[tick]
        room.passed[:] = 0
        room.last[:] = -1
        if not _place_all(columns, room, row):
            return draw
        for closure in range(closed.shape[1]):
            most = np.int64(0)
            for member in range(columns.closing[closure], columns.closing[closure + 1]):
                most = max(most, room.ended[columns.closes[member]])
            closed[draw, closure] = most
        _mark(columns, room, goal, int(closed[draw, goal]), critical)
    return len(drawn)


@compiled
def _place_all(columns: Columns, room: Room, row: Ints) -> bool:
    """Whether the profile was long enough to place every task. Columns are named first: taking one out of a tuple costs more than a step."""
    after, before, lag, ready = columns.after, columns.before, columns.lag, columns.ready
    uses, sorts, sort_resource, sort_amount = columns.uses, columns.sort, columns.sort_resource, columns.sort_amount
    frees, passed, known_until, ended = room.free, room.passed, room.known, room.ended
    length, never = frees.shape[1], np.int64(NEVER)
    for task in range(ended.shape[0]):
        start = np.int64(0) if ready[task] < 0 else np.int64(row[ready[task]])
        for arc in range(after[task], after[task + 1]):
            there = ended[before[arc]]
            start = max(start, there if there >= NEVER else there + np.int64(lag[arc]))
        span, lacked, low, high = np.int64(row[task]), -1, uses[task], uses[task + 1]
        if span > 0 and start < NEVER and low < high:
            for use in range(low, high):
                # Within a draw, what is free at a tick only shrinks: a tick that was too full once stays so.
                sort = sorts[use]
                resource, amount, tick = sort_resource[sort], sort_amount[sort], passed[sort]
                while tick < length and frees[resource, tick] < amount:
                    tick += 1
                passed[sort] = tick
                known_until[use - low] = 0
                if tick > start:
                    start, lacked = np.int64(tick), resource
            use = low
            while use < high and start + span <= length:
                resource, amount = sort_resource[sorts[use]], sort_amount[sorts[use]]
                # From the start up to the tick known there is enough: nothing is looked at twice.
                known = max(start, known_until[use - low])
                known_until[use - low] = start + span
                use += 1
                for tick in range(start + span - 1, known - 1, -1):
                    if frees[resource, tick] < amount:
                        start, lacked, use = np.int64(tick + 1), resource, low
                        break
            if start + span > length:
                if length <= columns.capacity.shape[1]:
                    return False
                for use in range(low, high):
                    if room.capacity[sort_resource[sorts[use]], length - 1] < sort_amount[sorts[use]]:
                        start = never
                if start < NEVER:
                    return False
        end = min(start + span, never)
        room.begun[task], ended[task], room.lacked[task] = start, end, lacked
        if end < room.last.shape[0]:
            room.before[task] = room.last[end]
            room.last[end] = task
        if start < NEVER:
            for use in range(low, high):
                resource, amount = sort_resource[sorts[use]], sort_amount[sorts[use]]
                for tick in range(start, start + span):
                    frees[resource, tick] -= amount
    return True


@compiled
def _mark(columns: Columns, room: Room, goal: int, closed: int, critical: Counts) -> None:
    uses, sorts, sort_resource = columns.uses, columns.sort, columns.sort_resource
    begun, ended, seen, stack = room.begun, room.ended, room.seen, room.stack
    seen[:] = 0
    waiting = 0
    for member in range(columns.closing[goal], columns.closing[goal + 1]):
        task = np.int64(columns.closes[member])
        if ended[task] == closed:
            seen[task], stack[waiting] = 1, task
            waiting += 1
    while waiting:
        waiting -= 1
        task = stack[waiting]
        critical[task] += 1
        start, lacked = begun[task], room.lacked[task]
        for arc in range(columns.after[task], columns.after[task + 1]):
            earlier = np.int64(columns.before[arc])
            there = ended[earlier]
            if seen[earlier] == 0 and (there if there >= NEVER else there + np.int64(columns.lag[arc])) == start:
                seen[earlier], stack[waiting] = 1, earlier
                waiting += 1
        if lacked < 0 or start >= room.last.shape[0]:
            continue
        earlier = np.int64(room.last[start])
        while earlier >= 0:
            held = False
            for use in range(uses[earlier], uses[earlier + 1]):
                held = held or sort_resource[sorts[use]] == lacked
            if held and seen[earlier] == 0 and earlier < task and begun[earlier] < start:
                seen[earlier], stack[waiting] = 1, earlier
                waiting += 1
            earlier = np.int64(room.before[earlier])


def _plain_place(columns: Columns, drawn: Ints, room: Room, goal: int, closed: Floats, critical: Counts) -> int:
    for draw, row in enumerate(drawn):
        room.free[:] = room.capacity
        for resource, opens in enumerate(columns.opens.tolist()):
            if opens >= 0:
                room.free[resource, : row[opens]] = 0
        ended: list[int] = []
        for task in range(len(room.begun)):
            placed = _plain_one(columns, room, row, task, ended)
            if placed is None:
                return draw
            room.begun[task], room.lacked[task] = placed
            ended.append(min(placed[0] + int(row[task]), NEVER))
        room.ended[:] = ended
        closing = columns.closing.tolist()
        for closure, (low, high) in enumerate(pairwise(closing)):
            closed[draw, closure] = room.ended[columns.closes[low:high]].max()
        _plain_mark(columns, room, goal, int(closed[draw, goal]), critical)
    return len(drawn)


def _plain_one(columns: Columns, room: Room, row: Ints, task: int, ended: list[int]) -> tuple[int, int] | None:
    """When a task starts and which resource it lacked a tick before, or None where the profile is too short."""
    start = int(row[columns.ready[task]]) if columns.ready[task] >= 0 else 0
    for arc in range(columns.after[task], columns.after[task + 1]):
        there = ended[columns.before[arc]]
        start = max(start, there if there >= NEVER else there + int(columns.lag[arc]))
    span, lacked, length = int(row[task]), -1, room.free.shape[1]
    sorts = columns.sort[columns.uses[task] : columns.uses[task + 1]]
    needs = [(int(columns.sort_resource[sort]), int(columns.sort_amount[sort])) for sort in sorts]
    if span == 0 or start >= NEVER or not needs:
        return start, lacked
    moved = True
    while moved and start + span <= length:
        moved = False
        for resource, amount in needs:
            short = np.flatnonzero(room.free[resource, start : start + span] < amount)
            if len(short):
                start, lacked, moved = start + int(short[-1]) + 1, resource, True
                break
    if start + span > length:
        if length > columns.capacity.shape[1] and any(
            room.capacity[resource, -1] < amount for resource, amount in needs
        ):
            return NEVER, lacked
        return None
    for resource, amount in needs:
        room.free[resource, start : start + span] -= amount
    return start, lacked


def _plain_mark(columns: Columns, room: Room, goal: int, closed: int, critical: Counts) -> None:
    members = columns.closes[columns.closing[goal] : columns.closing[goal + 1]]
    stack = members[room.ended[members] == closed].tolist()
    seen = set(stack)
    while stack:
        task = stack.pop()
        critical[task] += 1
        start, lacked = int(room.begun[task]), int(room.lacked[task])
        found = []
        for arc in range(columns.after[task], columns.after[task + 1]):
            ended = int(room.ended[columns.before[arc]])
            if ended + (int(columns.lag[arc]) if ended < NEVER else 0) == start:
                found.append(int(columns.before[arc]))
        if lacked >= 0 and start < NEVER:
            freed = np.flatnonzero((room.ended[:task] == start) & (room.begun[:task] < start)).tolist()
            for earlier in freed:
                held = columns.sort[columns.uses[earlier] : columns.uses[earlier + 1]]
                if (columns.sort_resource[held] == lacked).any():
                    found.append(earlier)
        for earlier in found:
            if earlier not in seen:
                seen.add(earlier)
                stack.append(earlier)
