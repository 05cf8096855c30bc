"""The buckets of a grid: which there are, how many different keys each has room for, and how many each side may put in.

A cap follows from the number of activities by a published table (`TABLES`): how many cells and time nodes of each level, and how many that hold those, an activity takes up on average in plans of
several kinds, and the largest of these; times its bands, as often as the activities; three quarters of those that differ where activities are strewn at random, and more where there are few. Never
more than there are. Plans as staffs make them fit; one that asks for the area cell by cell does not. Both sides send as many points in all: the lesser caps are raised evenly until they do.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec
import numpy as np

from stafftalks.deconflict.covers_grid import COARSE, FINE, MAX_ACTIVITIES, UNIT_S, Grid, Role
from stafftalks.deconflict.covers_rows import TAGS, Rows, banded, numbered, put_in
from stafftalks.deconflict.earth import Ints

ROLES: Final[tuple[Role, Role]] = ("proposer", "partner")


class Table(msgspec.Struct, frozen=True):
    """What an activity takes up on average, in hundredths: by level from the finest up (the last figure holds for all beyond) cells of its cover, and cells that hold one of those; by level from
    the shortest up time nodes, and nodes that hold one of those."""

    cells: tuple[int, ...]
    larger: tuple[int, ...]
    nodes: tuple[int, ...]
    longer: tuple[int, ...]


TABLES: Final = {
    COARSE: Table(
        (640, 420, 170, 80, 40, 15, 8, 4),
        (0, 380, 420, 300, 200, 140, 110, 100),
        (46, 60, 73, 70, 72, 79, 79, 62, 30, 10, 5, 3, 2),
        (0, 45, 85, 125, 145, 150, 150, 145, 140, 135, 120, 110, 105, 100),
    ),
    FINE: Table(
        (690, 550, 180, 80, 30, 10, 4),
        (0, 400, 430, 300, 150, 50, 20),
        (5, 9, 13, 28, 38, 59, 64, 81, 54, 34, 16, 5, 1),
        (0, 5, 9, 17, 33, 53, 82, 95, 95, 72, 45, 24, 5),
    ),
}
"""Measured on plans of radii from 14 to 70 km (median) at a finest cell of 36 km and windows of 9 to 90 hours at 30 minutes, cut off towards large cells later than those would need."""
HIGH_M: Final = 2_500
"""How high an activity's band is on average, at most."""
_SHORT: Final = 6
"""A window of at most so many levels is often filled: one node of each level is counted then."""
_TOGETHER: Final = 30
"""So many keys of an activity may stand in one bucket."""
_LEAST: Final = 8
"""A few more, for small checks."""


class Bucket(msgspec.Struct, frozen=True):
    """Keys that are compared with each other. `caps`: how many the proposer and the partner put in, padded to exactly that; `room`: how many there are, 0 for claims, which have no end."""

    number: int
    sort: Literal["place", "resource"]
    space_tag: int
    time_tag: int
    space_level: int
    time_level: int
    room: int
    caps: tuple[int, int]

    def cap(self, role: Role) -> int:
        """How many keys one side puts in."""
        return self.caps[ROLES.index(role)]


class Columns(msgspec.Struct, frozen=True):
    """Keys of one side as columns: the bucket's number, and then as in `Rows`."""

    bucket: Ints
    item: Ints
    code: Ints
    node: Ints
    band: Ints

    def order(self) -> tuple[Ints, Ints]:
        """The columns' places in the order of bucket and key; and where in it each different key begins."""
        whole = numbered([self.bucket, self.code, self.node, self.band])
        order = np.argsort(whole, kind="stable")
        if not len(order):
            return order, order
        turned = whole[order]
        return order, np.flatnonzero(np.concatenate([[True], turned[1:] != turned[:-1]]))


@lru_cache(maxsize=16)
def buckets(grid: Grid) -> tuple[Bucket, ...]:
    """The buckets of a grid, in order of number from 0 on."""
    empty = list(_empty(grid))
    caps = [[_cap(_expected(bucket, role, grid), bucket.room) for bucket in empty] for role in ROLES]
    most = max(map(sum, caps))
    for each in caps:
        _raise(each, most)
    return tuple(
        msgspec.structs.replace(bucket, caps=(own, theirs)) for bucket, own, theirs in zip(empty, *caps, strict=True)
    )


def fitting(grid: Grid, counts: Sequence[int], role: Role) -> int | None:
    """For how many activities a side the buckets must be made to hold so many keys of one side each; None where no check does."""
    low, high = grid.activities, MAX_ACTIVITIES
    if not _fits(msgspec.structs.replace(grid, activities=high), counts, role):
        return None
    while low < high:
        middle = (low + high) // 2
        if _fits(msgspec.structs.replace(grid, activities=middle), counts, role):
            high = middle
        else:
            low = middle + 1
    return low


def _fits(grid: Grid, counts: Sequence[int], role: Role) -> bool:
    return all(count <= bucket.cap(role) for count, bucket in zip(counts, buckets(grid), strict=True))


def columns(place: Rows, claims: Rows, grid: Grid, role: Role) -> Columns:
    """What a side puts in for R of places and of claims (`covers_rows`)."""
    table = _table(grid)
    parts = []
    for sort, found in enumerate((place, claims)):
        for space, time, rows in put_in(found, role, place=sort == 0):
            level = rows.level - grid.coarsest if sort == 0 else rows.level
            bucket = table[sort, space, time, level, rows.node_level - grid.first_time_level]
            # Under a tag for what holds others, the finest have nothing to match.
            kept = np.flatnonzero(bucket >= 0)
            parts.append(tuple(column[kept] for column in (bucket, rows.item, rows.code, rows.node, rows.band)))
    return Columns(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def share(grid: Grid) -> float:
    """Which part of the area, cell by finest cell, over the whole window and all bands, a side that makes up its keys could ask for, from 0 to 1; the worse side counts.

    A longer node asks for more time at once, so of each length as many keys count as its bucket takes, and each for its part of the whole.
    """
    parts = dict.fromkeys(ROLES, 0.0)
    for bucket in buckets(grid):
        if bucket.sort == "place" and bucket.space_level == grid.finest:
            role = ROLES[1 - bucket.time_tag]  # whose keys under this tag are nodes of its own cover
            parts[role] += bucket.cap(role) / max(bucket.room, 1)
    return min(1.0, max(parts.values()))


@lru_cache(maxsize=16)
def _table(grid: Grid) -> Ints:
    """The number of each bucket by sort, tags and levels, counted from the grid's first."""
    shape = 2, 2, 2, grid.finest - grid.coarsest + 1, grid.last_time_level - grid.first_time_level + 1
    found = np.full(shape, -1)
    for bucket in _empty(grid):
        sort = 0 if bucket.sort == "place" else 1
        level = bucket.space_level - grid.coarsest if sort == 0 else 0
        found[sort, bucket.space_tag, bucket.time_tag, level, bucket.time_level - grid.first_time_level] = bucket.number
    return found


def _empty(grid: Grid) -> Iterator[Bucket]:
    """The buckets without caps. A tag of 1 is of cells or nodes that hold others, so the finest are not among them."""
    first, last = grid.first_time_level, grid.last_time_level
    number = 0
    for space, time in TAGS:
        for level in range(grid.coarsest, grid.finest + 1 - space):
            for node_level in range(first + time, last + 1):
                room = _room(grid, level, node_level)
                yield Bucket(number, "place", space, time, level, node_level, room, (0, 0))
                number += 1
    if grid.resources:
        for time in (0, 1):
            for node_level in range(first + time, last + 1):
                yield Bucket(number, "resource", 0, time, 0, node_level, 0, (0, 0))
                number += 1


@lru_cache(maxsize=16)
def _box_sizes(grid: Grid) -> dict[tuple[int, int], int]:
    """How many bands the boxes of each level and node level have together."""
    found: dict[tuple[int, int], int] = {}
    for box in grid.boxes:
        if box.node is not None:
            at = box.level, box.node[0]
            found[at] = found.get(at, 0) + len(banded(box.low_m, box.high_m, grid))
    return found


def _room(grid: Grid, level: int, node_level: int) -> int:
    """How many different keys of these levels lie in the area and window, or at most in the boxes."""
    cells = sum(1 << 2 * (level - outer) for outer, _code in grid.area if outer <= level)
    long = (grid.end // (UNIT_S << node_level)) - (grid.start // (UNIT_S << node_level)) + 1
    whole = cells * long * grid.bands
    sizes = _box_sizes(grid)
    if not sizes:
        return whole
    within = (bands << 2 * max(0, level - at) + max(0, node_at - node_level) for (at, node_at), bands in sizes.items())
    return min(whole, sum(within))


def _expected(bucket: Bucket, role: Role, grid: Grid) -> int:
    """How many keys activities put into a bucket, equal ones counted as often as they come."""
    table = TABLES[grid.cover]
    first, last = grid.first_time_level, grid.last_time_level
    longer = _at(table.longer, bucket.time_level - first)
    short = 100 if last - first <= _SHORT else 0
    nodes = max(_at(table.nodes, bucket.time_level - first), short)
    if bucket.sort == "resource":
        return (
            grid.activities
            * ((nodes, longer) if bucket.time_tag else (nodes + longer, nodes))[ROLES.index(role)]
            // 100
        )
    cells, larger = (
        _at(table.cells, grid.finest - bucket.space_level),
        _at(table.larger, grid.finest - bucket.space_level),
    )
    if role == "proposer":
        keys = (larger if bucket.space_tag else cells) * (nodes if bucket.time_tag else nodes + longer)
    else:
        keys = (cells if bucket.space_tag else cells + larger) * (longer if bucket.time_tag else nodes)
    bands = min(100 * grid.bands, 100 + 100 * HIGH_M // grid.band_m)
    return grid.activities * keys * bands // 1_000_000


def _at(row: tuple[int, ...], step: int) -> int:
    return row[min(step, len(row) - 1)]


def _cap(count: int, room: int) -> int:
    if not room:
        return count + 2 * math.isqrt(_TOGETHER * count) + _LEAST
    # Of keys drawn at random so many differ: room (1 - exp(-count / room)), as a quotient of whole numbers.
    differ = 12 * count * room * room // (12 * room * room + 6 * room * count + count * count)
    differ = differ if count < 3 * room else room
    if count >= room // 2 and room <= 1_000:
        return room
    return min(3 * differ // 4 + 2 * math.isqrt(_TOGETHER * differ) + _LEAST, room)


def _raise(caps: list[int], most: int) -> None:
    """Raises caps in proportion until their sum is `most`."""
    total = sum(caps)
    missing = most - total
    for at, cap in enumerate(list(caps)):
        caps[at] += missing * cap // total
    for at in sorted(range(len(caps)), key=lambda at: -caps[at])[: most - sum(caps)]:
        caps[at] += 1
