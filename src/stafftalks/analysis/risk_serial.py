"""When everything ends in each draw where resources are limited: a serial scheme, draw by draw.

Tasks are placed one by one in the problem's order, each at the earliest tick after what it waits for at which all that it uses is free from its start to its end. What ends at a
tick has freed what it held at that tick. The order is the same in every draw. What can never be placed ends at `NEVER`, and so does all that comes after.

A task is critical where its end was waited for: by arc as without limits, and by resource where it held, until the very tick at which another started, some of what that one lacked
before. The profile of what is free grows as far as draws need; compiled and plain schemes give the same numbers.
"""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from stafftalks.analysis.compiling import COMPILED, compiled, inner
from stafftalks.analysis.risk_columns import NEVER, Columns, Problem
from stafftalks.analysis.risk_distributions import Floats, Ints, Variables
from stafftalks.analysis.risk_draws import Words, fill, values
from stafftalks.analysis.risk_passes import Counts

BLOCK: Final = 64
_ROOM: Final = 4096
_SHORT: Final = 64
_ONE: Final = np.uint64(1)
_SEQUENCE: Final = np.uint64(0x03F79D71B4CB0A89)
_PLACES: Final = np.zeros(64, np.int64)
_PLACES[[(int(_SEQUENCE) << place & (1 << 64) - 1) >> 58 for place in range(64)]] = np.arange(64)


Bits = npt.NDArray[np.uint64]


class Room(NamedTuple):
    """Where draws are reckoned in: what there is and what is free by resource and tick, the same as bits by 64 ticks and row of amounts (whether so much is free), what ended at each tick (as linked lists), and by task when it began and ended."""

    capacity: Ints
    free: Ints
    would_fit: Bits
    fits: Bits
    last: Ints
    before: Ints
    begun: Counts
    ended: Counts
    lacked: Ints
    seen: Counts
    stack: Counts


def limited(
    problem: Problem, first: int, count: int, goal: int, *, plain: bool = not COMPILED
) -> tuple[Floats, Counts]:
    """The tick of each closure (rows) in draws `first` and on, and in how many of them each task was critical for the closure `goal`."""
    closed = np.empty((count, len(problem.closures)), np.float32)
    critical = np.zeros(len(problem.tasks), np.int64)
    place = _plain_place if plain else _place
    numbers, length = np.arange(len(problem.drawn)), _whole(min(_ROOM, problem.horizon + 1))
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
                length = _whole(min(2 * length, problem.horizon + 1))
                room = _room(problem, length)
    return closed.T.copy(), critical


def _whole(length: int) -> int:
    return -(-length // 64) * 64


def _room(problem: Problem, length: int) -> Room:
    count, capacity = len(problem.tasks), problem.columns.capacity
    within = np.minimum(np.arange(length), capacity.shape[1] - 1)
    there = np.ascontiguousarray(capacity[:, within])
    columns = problem.columns
    resources = np.repeat(np.arange(len(there)), np.diff(columns.rows))
    fitting = np.zeros((len(resources), length + 64), bool)
    fitting[:, :length] = there[resources] >= columns.row_amount[:, None]
    bits = np.packbits(fitting, axis=1, bitorder="little").view("<u8").T.astype(np.uint64, order="C")
    return Room(
        there,
        np.zeros_like(there),
        bits,
        np.zeros_like(bits),
        np.full(length + 1, -1, np.int32),
        np.full(count, -1, np.int32),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.full(count, -1, np.int32),
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
        _refill(columns, room, row)
        if not _place_all(columns, room, row):
            return draw
        for closure in range(closed.shape[1]):
            most = 0
            for member in range(columns.closing[closure], columns.closing[closure + 1]):
                most = max(most, room.ended[columns.closes[member]])
            closed[draw, closure] = most
        _mark(columns, room, goal, int(closed[draw, goal]), critical)
    return len(drawn)


@inner
def _refill(columns: Columns, room: Room, row: Ints) -> None:
    """What is free before anything is placed."""
    length = room.free.shape[1]
    for resource in range(columns.opens.shape[0]):
        shut = 0 if columns.opens[resource] < 0 else min(int(row[columns.opens[resource]]), length)
        free, there = room.free[resource], room.capacity[resource]
        for tick in range(length):
            free[tick] = 0 if tick < shut else there[tick]
        low, high = columns.rows[resource], columns.rows[resource + 1]
        for word in range(room.fits.shape[0]):
            kept = ~np.uint64(0)
            if word <= shut >> 6:
                kept = kept << np.uint64(shut & 63) if word == shut >> 6 else np.uint64(0)
            for level in range(low, high):
                room.fits[word, level] = room.would_fit[word, level] & kept
    for tick in range(room.last.shape[0]):
        room.last[tick] = -1


@inner
def _place_all(columns: Columns, room: Room, row: Ints) -> bool:
    """Whether the profile was long enough to place every task. Columns are named first: taking one out of a tuple costs more than a step."""
    after, before, lag, ready = columns.after, columns.before, columns.lag, columns.ready
    uses, sorts, sort_resource, sort_amount = columns.uses, columns.sort, columns.sort_resource, columns.sort_amount
    sort_row, rows, units, row_amount = columns.sort_row, columns.rows, columns.unit, columns.row_amount
    frees, fits, ended = room.free, room.fits, room.ended
    begun, lack, last, earlier_there = room.begun, room.lacked, room.last, room.before
    length, never = frees.shape[1], NEVER
    for task in range(ended.shape[0]):
        least = 0 if ready[task] < 0 else int(row[ready[task]])
        for arc in range(after[task], after[task + 1]):
            there = int(ended[before[arc]])
            least = max(least, there if there >= never else there + int(lag[arc]))
        start, span, lacked, low, high = least, int(row[task]), -1, uses[task], uses[task + 1]
        if span > 0 and start < never and low < high:
            start = _earliest(fits, sorts, sort_row, low, high, start, span, length)
            if start + span > length:
                if length <= columns.capacity.shape[1]:
                    return False
                for use in range(low, high):
                    if room.capacity[sort_resource[sorts[use]], length - 1] < sort_amount[sorts[use]]:
                        start = never
                if start < never:
                    return False
            elif start > least:
                tick = start - 1
                for use in range(high - 1, low - 1, -1):
                    if not (fits[tick >> 6, sort_row[sorts[use]]] >> np.uint64(tick & 63)) & _ONE:
                        lacked = int(sort_resource[sorts[use]])
        end = min(start + span, never)
        begun[task], ended[task], lack[task] = start, end, lacked
        if end < last.shape[0]:
            earlier_there[task] = last[end]
            last[end] = task
        if start < never and span > 0:
            for use in range(low, high):
                resource = sort_resource[sorts[use]]
                first, beyond = rows[resource], rows[resource + 1]
                if units[resource]:
                    # Where so much is taken, each amount is free where it and that together were.
                    taken = sort_row[sorts[use]] - first + 1
                    for word in range(start >> 6, (end - 1 >> 6) + 1):
                        mask = ~np.uint64(0)
                        if word == start >> 6:
                            mask &= mask << np.uint64(start & 63)
                        if word == end - 1 >> 6:
                            mask &= ~np.uint64(0) >> np.uint64(63 - (end - 1 & 63))
                        for level in range(first, beyond - taken):
                            fits[word, level] &= ~mask | fits[word, level + taken]
                        for level in range(max(first, beyond - taken), beyond):
                            fits[word, level] &= ~mask
                    continue
                for tick in range(start, end):
                    frees[resource, tick] -= sort_amount[sorts[use]]
                for level in range(first, beyond):
                    _unfit(fits, frees, level, resource, row_amount[level], start, end)
    return True


@inner
def _earliest(fits: Bits, sorts: Ints, sort_row: Ints, low: int, high: int, start: int, span: int, length: int) -> int:
    """The first tick from `start` on from which all sorts fit for so many ticks; one after which the profile is too short, where there is none."""
    while start + span <= length and span <= _SHORT:
        window = _window(fits, sorts, sort_row, low, high, start)
        # A bit stays set where as many follow it as the two halves that are laid over each other have together. Six rounds are enough for 64, and idle ones cost less than asking.
        have = 1
        for _ in range(6):
            step = min(have, span - have)
            window &= window >> np.uint64(step)
            have += step
        if window:
            return start + _lowest(window)
        start += 65 - span
    while start + span <= length:
        reached, ones = start, 64
        while ones == _SHORT and reached < start + span:
            missing = ~_window(fits, sorts, sort_row, low, high, reached)
            ones = _lowest(missing) if missing else 64
            reached += ones
        if reached >= start + span:
            return start
        start = reached + 1
    return start


@inner
def _window(fits: Bits, sorts: Ints, sort_row: Ints, low: int, high: int, start: int) -> np.uint64:
    """The 64 ticks from `start` on, the first as the lowest bit: set where all sorts fit."""
    word, offset = start >> 6, np.uint64(start & 63)
    window = ~np.uint64(0)
    for use in range(low, high):
        level = sort_row[sorts[use]]
        # Shifted by one and then by the rest, because a shift by 64 has no meaning.
        upper = (fits[word + 1, level] << np.uint64(1)) << (np.uint64(63) - offset)
        window &= (fits[word, level] >> offset) | upper
    return window


@inner
def _lowest(bits: np.uint64) -> int:
    """The place of the lowest bit that is set, by a sequence in which every six bits stand once."""
    return int(_PLACES[((bits & (~bits + _ONE)) * _SEQUENCE) >> np.uint64(58)])


@inner
def _unfit(fits: Bits, frees: Ints, level: int, resource: int, amount: int, start: int, end: int) -> None:
    """Clears the ticks at which less is free than the sort needs."""
    for word in range(start >> 6, (end - 1 >> 6) + 1):
        gone = np.uint64(0)
        for tick in range(max(start, word << 6), min(end, (word + 1) << 6)):
            gone |= np.uint64(frees[resource, tick] < amount) << np.uint64(tick & 63)
        fits[word, level] &= ~gone


@inner
def _mark(columns: Columns, room: Room, goal: int, closed: int, critical: Counts) -> None:
    uses, sorts, sort_resource = columns.uses, columns.sort, columns.sort_resource
    begun, ended, seen, stack = room.begun, room.ended, room.seen, room.stack
    for task in range(seen.shape[0]):
        seen[task] = 0
    waiting = 0
    for member in range(columns.closing[goal], columns.closing[goal + 1]):
        task = int(columns.closes[member])
        if ended[task] == closed:
            seen[task], stack[waiting] = 1, task
            waiting += 1
    while waiting:
        waiting -= 1
        task = stack[waiting]
        critical[task] += 1
        start, lacked = begun[task], room.lacked[task]
        for arc in range(columns.after[task], columns.after[task + 1]):
            earlier = int(columns.before[arc])
            there = ended[earlier]
            if seen[earlier] == 0 and (there if there >= NEVER else there + int(columns.lag[arc])) == start:
                seen[earlier], stack[waiting] = 1, earlier
                waiting += 1
        if lacked < 0 or start >= room.last.shape[0]:
            continue
        earlier = int(room.last[start])
        while earlier >= 0:
            held = False
            for use in range(uses[earlier], uses[earlier + 1]):
                held = held or sort_resource[sorts[use]] == lacked
            if held and seen[earlier] == 0 and earlier < task and begun[earlier] < start:
                seen[earlier], stack[waiting] = 1, earlier
                waiting += 1
            earlier = int(room.before[earlier])


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
    least = int(row[columns.ready[task]]) if columns.ready[task] >= 0 else 0
    for arc in range(columns.after[task], columns.after[task + 1]):
        there = ended[columns.before[arc]]
        least = max(least, there if there >= NEVER else there + int(columns.lag[arc]))
    start, span, lacked, length = least, int(row[task]), -1, room.free.shape[1]
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
                start, moved = start + int(short[-1]) + 1, True
                break
    if start + span > length:
        if length > columns.capacity.shape[1] and any(
            room.capacity[resource, -1] < amount for resource, amount in needs
        ):
            return NEVER, lacked
        return None
    if start > least:
        lacked = next(resource for resource, amount in needs if room.free[resource, start - 1] < amount)
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
