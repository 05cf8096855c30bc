"""Which pairs of volumes may overlap: those whose windows, bands and boxes on a face do. None that overlaps is left out.

Time is a ladder of levels: a volume stands on the lowest level of whose buckets its window fills few at most, and in each of those. Volumes of a level meet those of
the same or a lower level in the buckets of that level. One tree holds many buckets and faces at once: each bucket and face has a square of its own on
the tree's plane. The tree is made for a stretch of buckets at a time, so memory does not grow with the number of volumes.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import shapely

from stafftalks.deconflict.earth import Bools, Ints, ragged
from stafftalks.deconflict.faces import FACES
from stafftalks.deconflict.footprints import Entries, Geometries

FOREVER: Final = 1 << 40
"""Seconds: beyond any date. An open end of a window is this, or less than nothing by as much."""
STRETCH: Final = 1 << 17
"""How many entries stand in one tree, but for a single bucket that holds more."""
FOUND: Final = 1 << 19
"""About how many pairs are looked at at once."""
MOST_ASKED: Final = 1 << 11
"""How many volumes are asked for at once: each may find all that stand in the tree."""
FEW: Final = 256
"""So many entries are held against all others one by one."""
_SHORT: Final = 0.95
"""The part of all windows that are no longer than a bucket of the lowest level."""
_SPAN: Final = 8
"""How many buckets a volume may fill on its level, and how much longer those of the next level are."""
_SQUARE: Final = 4.0
"""The side of a bucket's square on the tree's plane; a face is 2 wide."""


class Extent(msgspec.Struct, frozen=True):
    """What of many volumes is looked at first: their entries on faces, and by volume the window (seconds, closed) and the band (metres, closed)."""

    entries: Entries
    start: Ints
    end: Ints
    low: Ints
    high: Ints


class Candidates(msgspec.Struct, frozen=True):
    """Pairs that may overlap, each once, and a face on which both are."""

    one: Ints
    other: Ints
    face: Ints


def candidates(one: Extent, other: Extent, *, same: bool = False) -> Iterator[Candidates]:
    """All candidates, in blocks. With `same` both are one set, and of each pair only the one whose first number is smaller comes."""
    if not len(one.entries.item) or not len(other.entries.item):
        return
    if not same and len(one.entries.item) <= FEW:
        all_ = np.ones(len(other.start), bool)
        for found in _one_by_one(other, all_, one, np.arange(len(one.entries.item))):
            yield Candidates(found.other, found.one, found.face)
        return
    begin, widths = _ladder(one, other)
    level_one = np.searchsorted(widths * _SPAN, one.end - one.start)
    level_other = level_one if same else np.searchsorted(widths * _SPAN, other.end - other.start)
    for level, width in enumerate(widths.tolist()):
        for found in _blocks(one, level_one <= level, other, level_other == level, begin, width):
            if same:
                kept = (level_one[found.one] < level) | (found.one < found.other)
                ones, others = found.one[kept], found.other[kept]
                yield Candidates(np.minimum(ones, others), np.maximum(ones, others), found.face[kept])
            else:
                yield found
        if not same:
            for found in _blocks(other, level_other < level, one, level_one == level, begin, width):
                yield Candidates(found.other, found.one, found.face)


def _ladder(one: Extent, other: Extent) -> tuple[int, Ints]:
    """The first second of the first bucket, and the width of the buckets of each level; the last level has one bucket, and holds windows without an end."""
    start, end = np.concatenate([one.start, other.start]), np.concatenate([one.end, other.end])
    dated = np.concatenate([start[start > -FOREVER], end[end < FOREVER]])
    lengths = (end - start)[(start > -FOREVER) & (end < FOREVER)]
    begin = int(dated.min()) if len(dated) else 0
    span = int(dated.max()) - begin + 1 if len(dated) else 1
    width = max(int(np.quantile(lengths, _SHORT)), 1) if len(lengths) else span
    widths: list[int] = []
    while width < span and (not widths or int(np.count_nonzero(end - start > _SPAN * widths[-1])) > FEW):
        widths.append(width)
        width *= _SPAN
    return begin, np.array([*widths, 4 * FOREVER], np.int64)


def _blocks(query: Extent, asked: Bools, held: Extent, standing: Bools, begin: int, width: int) -> Iterator[Candidates]:
    """The candidates of the volumes asked for among those standing on one level."""
    held_entry, held_bucket = _placed(held, standing, begin, width)
    if not len(held_entry) or not asked.any():
        return
    if len(held_entry) <= FEW:
        yield from _one_by_one(query, asked, held, np.unique(held_entry))
        return
    query_entry, query_bucket = _placed(query, asked, begin, width)
    start = 0
    while start < len(held_entry):
        end = min(start + STRETCH, len(held_entry))
        if end < len(held_entry):  # whole buckets only, unless one is larger than that
            whole = int(np.searchsorted(held_bucket, held_bucket[end]))
            end = whole if whole > start else end
        bounds = np.searchsorted(query_bucket, [held_bucket[start], held_bucket[end - 1] + 1])
        these = slice(int(bounds[0]), int(bounds[1]))
        first = held_bucket[start]
        tree = shapely.STRtree(_squares(held, held_entry[start:end], held_bucket[start:end] - first))
        asked_entry, asked_bucket = query_entry[these], query_bucket[these]
        yield from _answers(tree, query, asked_entry, asked_bucket, held, held_entry[start:end], first, begin, width)
        start = end


def _answers(
    tree: shapely.STRtree,
    query: Extent,
    asked: Ints,
    bucket: Ints,
    held: Extent,
    standing: Ints,
    first: int,
    begin: int,
    width: int,
) -> Iterator[Candidates]:
    blocks: list[Candidates] = []
    count, step, start = 0, 64, 0
    item, other = query.entries.item[asked], held.entries.item[standing]
    begun, ended, low, high = (column[item] for column in (query.start, query.end, query.low, query.high))
    their_begun, their_ended = held.start[other], held.end[other]
    while start < len(asked):
        end = min(start + step, len(asked))
        rows, hits = tree.query(_squares(query, asked[start:end], bucket[start:end] - first))
        step = min(max(64, FOUND // 4 * (end - start) // max(len(rows), 1)), 4 * step, MOST_ASKED)
        rows += start
        start = end
        late = np.maximum(begun[rows], their_begun[hits])
        kept = late <= np.minimum(ended[rows], their_ended[hits])
        rows, hits, late = rows[kept], hits[kept], late[kept]
        ones, others = item[rows], other[hits]
        # A pair that shares two buckets is taken in the one where both have begun.
        kept = np.maximum((late - begin) // width, 0) == bucket[rows]
        kept &= (low[rows] <= held.high[others]) & (high[rows] >= held.low[others])
        blocks.append(Candidates(ones[kept], others[kept], query.entries.face[asked[rows[kept]]]))
        count += len(blocks[-1].one)
        if count >= FOUND or (count and start == len(asked)):
            yield _once(query.entries, held.entries, blocks)
            blocks, count = [], 0


def _one_by_one(query: Extent, asked: Bools, held: Extent, standing: Ints) -> Iterator[Candidates]:
    """As `_answers`, for so few that looking at all for each takes less than a tree."""
    item, face, box = query.entries.item, query.entries.face, query.entries.box
    blocks: list[Candidates] = []
    count = 0
    for entry in standing.tolist():
        other, on = int(held.entries.item[entry]), int(held.entries.face[entry])
        least_x, least_y, most_x, most_y = held.entries.box[entry].tolist()
        near = (face == on) & (box[:, 0] <= most_x) & (box[:, 2] >= least_x)
        near &= (box[:, 1] <= most_y) & (box[:, 3] >= least_y)
        ones = item[np.flatnonzero(near)]
        kept = asked[ones] & (query.start[ones] <= held.end[other]) & (query.end[ones] >= held.start[other])
        kept &= (query.low[ones] <= held.high[other]) & (query.high[ones] >= held.low[other])
        ones = ones[kept]
        blocks.append(Candidates(ones, np.full(len(ones), other), np.full(len(ones), on)))
        count += len(ones)
        if count >= FOUND:
            yield _once(query.entries, held.entries, blocks)
            blocks, count = [], 0
    if count:
        yield _once(query.entries, held.entries, blocks)


def _once(one: Entries, other: Entries, blocks: list[Candidates]) -> Candidates:
    """All of the blocks, but a pair that stands on several faces on the first of those only."""
    found = Candidates(*(np.concatenate(part) for part in zip(*map(msgspec.structs.astuple, blocks), strict=True)))
    some = np.flatnonzero(
        one.several(1 + found.one.max())[found.one] & other.several(1 + found.other.max())[found.other]
    )
    kept = np.ones(len(found.one), bool)
    for lower in range(FACES - 1):
        these = some[(found.face[some] > lower) & kept[some]]
        at, beside = one.on(found.one[these], lower), other.on(found.other[these], lower)
        box, their = one.box[at], other.box[beside]
        overlap = (np.maximum(box[:, :2], their[:, :2]) <= np.minimum(box[:, 2:], their[:, 2:])).all(axis=1)
        kept[these[overlap & (at >= 0) & (beside >= 0)]] = False
    return Candidates(found.one[kept], found.other[kept], found.face[kept])


def _placed(extent: Extent, wanted: Bools, begin: int, width: int) -> tuple[Ints, Ints]:
    """The entries of the wanted volumes in their buckets, by bucket: an entry stands once in each."""
    entry = np.flatnonzero(wanted[extent.entries.item])
    item = extent.entries.item[entry]
    early = np.maximum((extent.start[item] - begin) // width, 0)
    late = np.maximum((extent.end[item] - begin) // width, 0)
    row, number = ragged(late - early + 1)
    bucket = early[row] + number
    order = np.argsort(bucket, kind="stable")
    return entry[row[order]], bucket[order]


def _squares(extent: Extent, entry: Ints, bucket: Ints) -> Geometries:
    """A line from corner to corner of each entry's box: all that a tree wants to know of it."""
    box = extent.entries.box[entry]
    corner = np.stack([bucket * _SQUARE, extent.entries.face[entry] * _SQUARE], axis=1)
    corners = np.concatenate([box[:, :2] + corner, box[:, 2:] + corner], axis=1).reshape(-1, 2)
    return shapely.from_ragged_array(shapely.GeometryType.LINESTRING, corners, (np.arange(len(entry) + 1) * 2,))
