"""Covers: the keys that stand for activities in a private check, so that two activities with anything in common share at least one.

A key is a cell (or a named resource), a time node and a band of heights, with two tags. Say C is the cover of an activity by cells, and Q all that hold one of C, themselves among them.
Where two activities have a place in common, a cell of the one cover holds, or is, a cell of the other, as all cells are of one tree. So with tag 0 the proposer puts in C and the
partner Q, with tag 1 the proposer what is in Q but not in C, and the partner C. Time is covered in the same way with the two parts exchanged, so that both sides put in about as
much. Keys are compared only within a bucket: (sort, space tag, time tag, space level, time level).

Equal input gives equal keys: nothing here depends on the order of a set, on a clock or on chance, and places are compared by arithmetic that all machines round alike (`covers_space`).
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from stafftalks.deconflict.covers_cells import outline
from stafftalks.deconflict.covers_grid import COARSE, FINE, Grid, Role
from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.volume import Fault, Volume
from stafftalks.values.place import Area, Circle

__all__ = ["COARSE", "FINE", "Bucket", "Covered", "Filled", "Grid", "Over", "Role", "Spot", "outline"]


class Bucket(msgspec.Struct, frozen=True):
    """Keys that are compared with each other. `caps`: how many the proposer and the partner put in, padded to exactly that."""

    number: int
    sort: Literal["place", "resource"]
    space_tag: int
    time_tag: int
    space_level: int
    time_level: int
    caps: tuple[int, int]

    def cap(self, role: Role) -> int:
        """How many keys one side puts in."""
        return self.caps[0 if role == "proposer" else 1]


class Filled(msgspec.Struct, frozen=True):
    """A bucket with the keys of one side in order, each once; key number k stands for the volumes `owner[first[k]:first[k + 1]]`."""

    bucket: Bucket
    keys: tuple[bytes, ...]
    first: Ints
    owner: Ints


class Over(msgspec.Struct, frozen=True):
    """A bucket that holds more than its cap, and which activities fill it most, with how many keys: leave these out, or agree on more activities."""

    bucket: Bucket
    keys: int
    most: tuple[tuple[str, int], ...]
    sentence: str


class Covered(msgspec.Struct, frozen=True):
    """The keys of one side, bucket by bucket as in the grid, also where there are none.

    `activities` and `titles` by number of volume. `faults`: what was left out, and why; `outside`: activities that lie wholly outside the grid; `over`: buckets over their cap, with
    which nothing may be sent.
    """

    grid: Grid
    role: Role
    filled: tuple[Filled, ...]
    activities: tuple[str, ...]
    titles: tuple[str, ...]
    faults: tuple[Fault, ...]
    outside: tuple[str, ...]
    over: tuple[Over, ...]

    def owners(self, bucket: int, key: int) -> tuple[str, ...]:
        """The activities for which key number `key` of a bucket stands."""
        raise NotImplementedError


class Spot(msgspec.Struct, frozen=True):
    """What a key stands for, to be drawn: a cell ("" for a claim), a window in unix seconds and a band in metres, both closed, None where open."""

    cell: str
    start: int
    end: int
    low_m: int | None
    high_m: int | None


def buckets(grid: Grid) -> tuple[Bucket, ...]:
    """The buckets of a grid, in order of number from 0 on."""
    raise NotImplementedError


def size(grid: Grid) -> int:
    """How many points each side sends of its own: the sum of all caps, alike for both."""
    raise NotImplementedError


def keys(activities: Sequence[Volume], grid: Grid, role: Role) -> Covered:
    """The keys of activities for one side of a check."""
    raise NotImplementedError


def spot(key: bytes, grid: Grid) -> Spot:
    """What a key of the grid stands for. Raises WrongValueError where it is none."""
    raise NotImplementedError


def domain(grid: Grid) -> int:
    """How many different keys the grid has room for, over all buckets: what a check could ask at most, for the budget."""
    raise NotImplementedError


def area_cells(place: Area | Circle, finest: int, most: int = 64) -> tuple[str, ...]:
    """Cells that cover an area, in order and no finer than `finest`; at most `most` of them, but for an area that reaches over more faces. Raises WrongValueError."""
    raise NotImplementedError


def finer(grid: Grid, hits: Sequence[bytes], *, activities: int) -> Grid:
    """The grid of a second, finer check on the hits of a first. Raises WrongValueError where there are none."""
    raise NotImplementedError
