"""Which time nodes cover windows: seconds of unix time, halved and halved again, so that each node lies wholly in one of the level above.

A window is covered by the nodes that fill it exactly, counted in the shortest nodes for which there are at most `most` of them.
"""

import msgspec
import numpy as np

from stafftalks.deconflict.covers_grid import UNIT_S, Grid
from stafftalks.deconflict.earth import Ints


class Nodes(msgspec.Struct, frozen=True):
    """Time nodes of many windows: of which one, their level and number, in this order."""

    item: Ints
    level: Ints
    number: Ints


def nodes(start: Ints, end: Ints, grid: Grid, most: int) -> Nodes:
    """The nodes that cover each window, none for a window outside the grid's; both ends belong to it."""
    first, last = grid.first_time_level, grid.last_time_level
    item = np.flatnonzero((start <= grid.end) & (end >= grid.start))
    low = np.maximum(start[item], grid.start) // grid.granule_s
    high = np.minimum(end[item], grid.end) // grid.granule_s
    found: list[tuple[Ints, Ints, Ints]] = []
    for level in range(first, last + 1):
        parts = _filling(low >> (level - first), high >> (level - first), level, last)
        counts = np.bincount(np.concatenate([rows for rows, _level, _number in parts]), minlength=len(item))
        few = (counts <= most) if level < last else np.ones(len(item), bool)
        for rows, at, number in parts:
            kept = few[rows]
            found.append((item[rows[kept]], np.full(int(kept.sum()), at), number[kept]))
        item, low, high = item[~few], low[~few], high[~few]
    whole = [np.concatenate(column) for column in zip(*found, strict=True)]
    order = np.lexsort(whole[::-1])
    return Nodes(*(column[order] for column in whole))


def _filling(low: Ints, high: Ints, level: int, last: int) -> list[tuple[Ints, int, Ints]]:
    """The fewest nodes that fill each row's nodes from `low` to `high` of a level: which row, level and number."""
    found: list[tuple[Ints, int, Ints]] = []
    row = np.arange(len(low))
    for at in range(level, last):
        odd, even = low % 2 == 1, high % 2 == 0
        found.append((row[odd], at, low[odd]))
        low, high = low + odd, high - even
        found.append((row[even], at, high[even] + 1))
        left = low <= high
        row, low, high = row[left], low[left] >> 1, high[left] >> 1
    for step in range(2):  # of the last level the grid has two at most
        more = low + step <= high
        found.append((row[more], last, low[more] + step))
    return found


def bounds(level: int, number: int) -> tuple[int, int]:
    """The first and last second of a node."""
    length = UNIT_S << level
    return number * length, (number + 1) * length - 1
