"""Covers: the keys that stand for activities in a private check, so that two activities with anything in common share at least one.

A key is a cell (or a named resource), a time node and a band of heights, with two tags. Say C is the cover of an activity by cells, and Q all that hold one of C, themselves among them.
Where two activities have a place in common, a cell of the one cover holds, or is, a cell of the other, as all cells are of one tree. So with tag 0 the proposer puts in C and the
partner Q, with tag 1 the proposer what is in Q but not in C, and the partner C. Time is covered in the same way with the two parts exchanged, so that both sides put in about as
much (`covers_rows`). Keys are compared only within a bucket: (sort, space tag, time tag, space level, time level).

Equal input gives equal keys: nothing here depends on the order of a set, on a clock or on chance, and places are compared by arithmetic that all machines round alike
(`covers_shapes`). Only whether an area holds a cell far from its edges is asked of GEOS, and whether a ring crosses itself.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict import covers_cells
from stafftalks.deconflict.claims import folded
from stafftalks.deconflict.covers_buckets import Bucket, Columns, buckets, columns, fitting, share
from stafftalks.deconflict.covers_cells import outline
from stafftalks.deconflict.covers_finer import finer
from stafftalks.deconflict.covers_grid import BUDGETS, COARSE, FINE, UNIT_S, Grid, Role
from stafftalks.deconflict.covers_keys import Spot, claim_key, place_keys, spot
from stafftalks.deconflict.covers_rows import Rows, banded, claimed, pairs
from stafftalks.deconflict.covers_shapes import shapes
from stafftalks.deconflict.covers_space import covered
from stafftalks.deconflict.covers_time import nodes
from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.placing import footprints
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volume import Fault, Volume
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import Area, Circle, Corridor, Point

__all__ = [
    "COARSE",
    "FINE",
    "Bucket",
    "Covered",
    "Filled",
    "Grid",
    "Over",
    "Role",
    "Spot",
    "area_cells",
    "buckets",
    "finer",
    "finest_for",
    "keys",
    "outline",
    "share",
    "size",
    "spot",
]
_MOST_NAMED: Final = 5
ENOUGH: Final = 512
"""Finest cells in an area: a circle of 120 km around is compared by cells of 9 km."""
WIDEST: Final = 8
"""The finest cells of large areas: 36 km."""


class Filled(msgspec.Struct, frozen=True):
    """A bucket with the keys of one side in order, each once; key number k stands for the volumes `owner[first[k]:first[k + 1]]`."""

    bucket: Bucket
    keys: tuple[bytes, ...]
    first: Ints
    owner: Ints


class Over(msgspec.Struct, frozen=True):
    """A bucket that holds more than its cap, and which activities fill it most, by name and keys: leave these out, or agree on more activities."""

    bucket: Bucket
    keys: int
    most: tuple[tuple[str, int], ...]
    sentence: str


class Covered(msgspec.Struct, frozen=True):
    """The keys of one side, bucket by bucket as in the grid, also where there are none.

    `activities` and `titles` by number of volume. `faults`: what was left out, and why; `outside`: activities of which nothing lies within the grid; `over`: buckets over their cap, with
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
        """The activities for which key number `key` of a bucket stands, each once and in order."""
        filled = self.filled[bucket]
        found = filled.owner[filled.first[key] : filled.first[key + 1]].tolist()
        return tuple(sorted({self.activities[number] for number in found}))


def size(grid: Grid) -> int:
    """How many points each side sends of its own: the sum of all caps, alike for both."""
    return sum(bucket.cap("proposer") for bucket in buckets(grid))


def keys(activities: Sequence[Volume], grid: Grid, role: Role) -> Covered:
    """The keys of activities for one side of a check. An activity may have several volumes."""
    place, claims, digests, faults = _compared(activities, grid)
    made = columns(place, claims, grid, role)
    known = np.zeros(len(activities), bool)
    known[made.item] = True
    inside = {volume.activity for volume, here in zip(activities, known.tolist(), strict=True) if here}
    faulty = {fault.activity for fault in faults}
    outside = sorted({volume.activity for volume in activities} - inside - faulty)
    filled = _filled(made, digests, buckets(grid))
    over = [each for each in filled if len(each.keys) > each.bucket.cap(role)]
    enough = fitting(grid, [len(each.keys) for each in filled], role) if over else grid.activities
    return Covered(
        grid,
        role,
        filled,
        tuple(volume.activity for volume in activities),
        tuple(volume.title for volume in activities),
        faults,
        tuple(outside),
        tuple(_over(each, role, activities, enough) for each in over),
    )


def area_cells(place: Area | Circle | Corridor | Point, finest: int, most: int = 64) -> tuple[str, ...]:
    """Cells that cover an area, in order and no finer than `finest`; at most `most` of them, but up to six where it reaches over that many faces.

    Raises WrongValueError where it has no footprint.
    """
    made, faults = footprints([place])
    if faults:
        raise WrongValueError(f"The area {faults[0]}.")
    whole = tuple(map(covers_cells.cell, covers_cells.whole_earth()))
    found = covered(shapes([place], made), whole, finest, most)
    spelt = (covers_cells.token(*each) for each in zip(found.level.tolist(), found.code.tolist(), strict=True))
    return covers_cells.normal(spelt)


def finest_for(place: Area | Circle) -> int:
    """The level of finest cells that suits an area: WIDEST, or the first of which it holds ENOUGH, so that both caps and precision are of use. Raises WrongValueError without a footprint."""
    for level in range(WIDEST, covers_cells.FINEST):
        found = area_cells(place, level, 2 * ENOUGH)
        if sum(4 ** (level + 1 - len(each)) for each in found) >= ENOUGH:
            return level
    return covers_cells.FINEST


def _compared(activities: Sequence[Volume], grid: Grid) -> tuple[Rows, Rows, tuple[bytes, ...], tuple[Fault, ...]]:
    """R of places and of claims, the digests of the resources' names by number, and what cannot be compared."""
    places = [volume.place for volume in activities]
    made, wrong = footprints(places)
    faults = [
        Fault(activities[at].activity, "footprint", f"“{activities[at].title}”: the footprint {sentence}.")
        for at, sentence in wrong.items()
    ]
    most_cells, most_nodes = BUDGETS[grid.cover]
    cells = covered(shapes(places, made), grid.area, grid.finest, most_cells)
    start = np.array([-FOREVER if volume.start is None else volume.start for volume in activities], np.int64)
    end = np.array([FOREVER if volume.end is None else volume.end for volume in activities], np.int64)
    long = nodes(start, end, grid, most_nodes)
    bands = [banded(volume.low_m, volume.high_m, grid) for volume in activities]
    low = np.array([each.start for each in bands], np.int64)
    high = np.array([each.stop - 1 for each in bands], np.int64)
    place = pairs(cells, long, low, high, grid)
    claiming: list[tuple[bytes, int]] = []
    for at, volume in enumerate(activities if grid.resources else ()):
        digests = {hashlib.sha256(folded(claim.resource).encode()).digest() for claim in volume.claims}
        claiming.extend((digest, at) for digest in sorted(digests))
    # Numbered in the order of their digests, whatever the order of the activities.
    known = tuple(sorted({digest for digest, _at in claiming}))
    number = {digest: at for at, digest in enumerate(known)}
    name, item = np.array([(number[digest], at) for digest, at in claiming], np.int64).reshape(-1, 2).T
    claims = claimed(name, item, long, len(activities), grid)
    return place, claims, known, tuple(sorted(faults))


def _filled(made: Columns, digests: Sequence[bytes], into: Sequence[Bucket]) -> tuple[Filled, ...]:
    """The keys as bytes, bucket by bucket."""
    order, first = made.order()
    ends = np.concatenate([first, [len(order)]])
    at = order[first]
    begins = np.searchsorted(made.bucket[at], np.arange(len(into) + 1)).tolist()
    item = made.item[order]
    found = []
    for bucket, begin, end in zip(into, begins, begins[1:], strict=False):
        own = at[begin:end]
        spans = ends[begin : end + 1]
        owner = item[spans[0] : spans[-1]]
        found.append(Filled(bucket, _spelt(bucket, made, own, digests), spans - spans[0], owner))
    return tuple(found)


def _spelt(bucket: Bucket, made: Columns, own: Ints, digests: Sequence[bytes]) -> tuple[bytes, ...]:
    tags, at = bucket.space_tag * 2 + bucket.time_tag, bucket.time_level
    code, node = made.code[own], made.node[own]
    if bucket.sort == "place":
        return place_keys(tags, at, bucket.space_level, code, node, made.band[own])
    return tuple(claim_key(tags, at, digests[row[0]], row[1]) for row in zip(code.tolist(), node.tolist(), strict=True))


def _over(filled: Filled, role: Role, activities: Sequence[Volume], enough: int | None) -> Over:
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for number, keys_of in enumerate(np.bincount(filled.owner).tolist()):
        if keys_of:
            name = activities[number].activity
            counts[name] = counts.get(name, 0) + keys_of
            titles[name] = activities[number].title
    most = sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:_MOST_NAMED]
    bucket = filled.bucket
    what = (
        f"cells of about {covers_cells.FACE_M / 1000 / 2**bucket.space_level:,.0f} km"
        if bucket.sort == "place"
        else "claims on resources"
    )
    mend = f", or agree on {enough:,} activities a side" if enough else ", or agree on larger cells or higher bands"
    sentence = (
        f"{len(filled.keys):,} keys fall on {what} and times of {_length(UNIT_S << bucket.time_level)}, where {bucket.cap(role):,} fit. "
        f"Most are of {', '.join(f'“{titles[name][:60]}” ({keys_of:,})' for name, keys_of in most)}: leave some of them out{mend}."
    )
    return Over(bucket, len(filled.keys), tuple(most), sentence)


def _length(seconds: int) -> str:
    if seconds < 7_200:
        return f"{seconds // 60} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
