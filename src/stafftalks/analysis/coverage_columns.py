"""What is offered for each requirement in each branch, from tick to tick, as columns: one pass over arrays, whatever the number of elements.

A row is a requirement in a branch; a stretch is a part of its window in which nothing changes. Where several options count on the same party, the most that any of them counts on is taken, so that
nothing is counted twice; parties are added up. All numbers are whole.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Wide = npt.NDArray[np.int64]
ALWAYS: Final = 1 << 40
"""Beyond every tick that can be named: where a window is open."""
GAP, PARTIAL, FILLED, OVER, UNMEASURED = range(5)


class Pairs(NamedTuple):
    """An offer that counts in a row, one a line: its number, the row, party, option, how much of it (0 where unmeasured), and its ticks, the last one not included."""

    offer: Wide
    row: Wide
    party: Wide
    option: Wide
    amount: Wide
    low: Wide
    high: Wide


class Stretches(NamedTuple):
    """Stretches of all rows, row after row: where each row begins among them, when each begins, what is offered, how much of that firmly, and its state."""

    pointer: Wide
    begin: Wide
    offered: Wide
    firm: Wide
    state: Wide


class Dependence(NamedTuple):
    """Where one thing alone keeps a row filled: the stretch, the thing's number, and what would be left without it."""

    stretch: Wide
    thing: Wide
    left: Wide


class _Grid(NamedTuple):
    """Stretches of rows, and for each pair the first and the one after the last stretch that it covers, from its row's first."""

    pointer: Wide
    begin: Wide
    first: Wide
    beyond: Wide


def stretches(low: Wide, high: Wide, needed: Wide, pairs: Pairs, firm: Flags) -> Stretches:
    """What is offered in rows with these windows (the last tick not included) and amounts (-1 where unmeasured); `firm` says it of each pair."""
    grid = _grid(low, high, pairs)
    offered = _summed(grid, pairs, pairs.amount)
    sure = _summed(grid, pairs, np.where(firm, pairs.amount, 0))
    spoken = np.zeros(len(grid.begin) + 1, np.int64)
    np.add.at(spoken, grid.pointer[pairs.row] + grid.first, 1)
    np.add.at(spoken, grid.pointer[pairs.row] + grid.beyond, -1)
    told = np.cumsum(spoken)[:-1] > 0
    need = np.repeat(needed, np.diff(grid.pointer))
    state = np.select(
        [need < 0, offered > need, offered == need, offered > 0],
        [np.where(told, UNMEASURED, GAP), OVER, FILLED, PARTIAL],
        np.where(told, UNMEASURED, GAP),
    )
    return Stretches(grid.pointer, grid.begin, offered, sure, state)


def dependence(
    low: Wide, high: Wide, needed: Wide, pairs: Pairs, found: Stretches, held: tuple[Wide, Wide]
) -> Dependence:
    """Everything without which a row that is filled would not be; `held` are pairs and the things that each hangs on, a line each."""
    grid = _grid(low, high, pairs)
    need = np.repeat(needed, np.diff(grid.pointer))
    # Only where a row is filled somewhere can one thing make the difference.
    filled = np.zeros(len(low), bool)
    filled[np.repeat(np.arange(len(low)), np.diff(grid.pointer))[(found.offered >= need) & (need > 0)]] = True
    pair, thing = held
    kept = filled[pairs.row[pair]] & (pairs.amount[pair] > 0)
    pair, thing = pair[kept], thing[kept]
    if not len(pair):
        return Dependence(*(np.empty(0, np.int64) for _ in range(3)))
    # Without a thing, every party that it serves has the most of what is left in any of its options.
    own = np.unique(np.stack([pairs.row[pair], thing, pairs.party[pair]]), axis=1)
    order = np.argsort(pairs.row << 32 | pairs.party, kind="stable")
    ordered = (pairs.row << 32 | pairs.party)[order]
    wanted = own[0] << 32 | own[2]
    starts, ends = np.searchsorted(ordered, wanted, "left"), np.searchsorted(ordered, wanted, "right")
    line = np.repeat(np.arange(own.shape[1]), ends - starts)
    member = order[ranges(starts, ends)]
    hangs = np.unique(np.stack([pair, thing]), axis=1)
    hung = np.isin(member << 32 | own[1][line], hangs[0] << 32 | hangs[1])
    span = np.diff(grid.pointer)
    lines = np.append(0, np.cumsum(span[own[0]]))
    left = _highest(
        lines,
        line,
        pairs.option[member],
        grid.first[member],
        grid.beyond[member],
        np.where(hung, 0, pairs.amount[member]),
    )
    whole = _highest(lines, line, pairs.option[member], grid.first[member], grid.beyond[member], pairs.amount[member])
    # Added up over the parties that one thing serves in a row.
    one, back = np.unique(np.stack([own[0], own[1]]), axis=1, return_inverse=True)
    sums = np.append(0, np.cumsum(span[one[0]]))
    lost = np.zeros(sums[-1], np.int64)
    within = ranges(np.zeros(own.shape[1], np.int64), span[own[0]])
    np.add.at(lost, np.repeat(sums[back.ravel()], span[own[0]]) + within, whole - left)
    stretch = np.repeat(grid.pointer[one[0]], span[one[0]]) + ranges(np.zeros(one.shape[1], np.int64), span[one[0]])
    remains = found.offered[stretch] - lost
    alone = (need[stretch] > 0) & (found.offered[stretch] >= need[stretch]) & (remains < need[stretch])
    return Dependence(stretch[alone], np.repeat(one[1], span[one[0]])[alone], remains[alone])


def _grid(low: Wide, high: Wide, pairs: Pairs) -> _Grid:
    rows = np.arange(len(low))
    row = np.concatenate([rows, pairs.row, pairs.row])
    tick = np.concatenate([low, pairs.low, pairs.high])
    kept = tick < high[row]
    order = np.lexsort((tick[kept], row[kept]))
    row, tick = row[kept][order], tick[kept][order]
    new = np.append(True, (row[1:] != row[:-1]) | (tick[1:] != tick[:-1]))[: len(row)]
    row, tick = row[new], tick[new]
    pointer = np.searchsorted(row, np.arange(len(low) + 1))
    # One number by row and tick, so that places can be looked up all at once.
    place = row * (4 * ALWAYS) + tick
    first = np.searchsorted(place, pairs.row * (4 * ALWAYS) + pairs.low) - pointer[pairs.row]
    beyond = np.searchsorted(place, pairs.row * (4 * ALWAYS) + pairs.high) - pointer[pairs.row]
    return _Grid(pointer, tick, first, np.minimum(beyond, np.diff(pointer)[pairs.row]))


def _summed(grid: _Grid, pairs: Pairs, amount: Wide) -> Wide:
    """By stretch, over parties the sum of the most that any option has."""
    span = np.diff(grid.pointer)
    sides, line = np.unique(pairs.row << 32 | pairs.party, return_inverse=True)
    row = sides >> 32
    lines = np.append(0, np.cumsum(span[row]))
    most = _highest(lines, line, pairs.option, grid.first, grid.beyond, amount)
    found = np.zeros(len(grid.begin), np.int64)
    np.add.at(found, np.repeat(grid.pointer[row], span[row]) + ranges(np.zeros(len(row), np.int64), span[row]), most)
    return found


def _highest(lines: Wide, line: Wide, option: Wide, first: Wide, beyond: Wide, amount: Wide) -> Wide:
    """By stretch of each line, the most that any of its options has: sums within an option, by differences; the highest over options."""
    blocks, back = np.unique(line << 32 | option, return_inverse=True)
    of = blocks >> 32
    span = np.diff(lines)[of]
    # One place more than stretches, so that what ends at the end of a block does not run into the next.
    starts = np.append(0, np.cumsum(span + 1))
    change = np.zeros(starts[-1], np.int64)
    np.add.at(change, starts[back] + first, amount)
    np.add.at(change, starts[back] + beyond, -amount)
    level = np.cumsum(change)
    most = np.zeros(lines[-1], np.int64)
    within = ranges(np.zeros(len(of), np.int64), span)
    np.maximum.at(most, np.repeat(lines[of], span) + within, level[np.repeat(starts[:-1], span) + within])
    return most


def ranges(starts: Wide, ends: Wide) -> Wide:
    """The numbers of all ranges, one behind the other."""
    sizes = ends - starts
    total = np.append(0, np.cumsum(sizes))
    return np.arange(total[-1]) - np.repeat(total[:-1] - starts, sizes)
