"""Whether two footprints come as near to each other as their reaches allow, for many pairs at once.

Only spots, lines and the edges of rings are looked at: whether one lies inside the other is asked elsewhere, before. The steps for each pair: 1. pieces of the one
that are far from all of the other are dropped. 2. Of the rest, each two pieces are compared by their middles and half lengths: most are far, some are surely
near. 3. Ends against pieces, by the angle and the local scale. 4. Where that leaves doubt, by metres along the ground. Each step works on blocks of at most BLOCK rows.
"""

from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict.earth import LEAST_SCALE_M, Bools, Floats, Ints, lengths, radius_of, ragged
from stafftalks.deconflict.footprints import LINE, TOLERANCE_M, TOLERANCE_PART, Footprints, offsets

BLOCK: Final = 1 << 18
_MOST_SCALE_M: Final = 6_399_700.0
"""No radian along the ground is more metres than this."""
_BULGE: Final = 1e-5
"""How far a piece may lie beside the straight line between its ends, in radians."""


class _Arcs(msgspec.Struct, frozen=True):
    """The pieces of some footprints, item by item: their ends, middles, and how far anything of them is from the middle. A tail ends where no other begins."""

    start: Floats
    end: Floats
    tail: Bools
    middle: Floats
    half: Floats
    first: Ints
    heart: Floats
    size: Floats


def reach(one: Footprints, ones: Ints, other: Footprints, others: Ints) -> Floats:
    """Metres within which each pair's spots, lines or rings must come for the footprints to meet."""
    return TOLERANCE_M + (one.reach_m[ones] + other.reach_m[others]) * (1 + TOLERANCE_PART)


def spots_meet(one: Footprints, ones: Ints, other: Footprints, others: Ints) -> Bools:
    """Whether points and circles meet, pair by pair."""
    apart = lengths(one.places[one.first[ones]], other.places[other.first[others]])
    return apart <= reach(one, ones, other, others)


def edges_meet(one: Footprints, ones: Ints, other: Footprints, others: Ints) -> Bools:
    """Whether the edges of footprints of any form come near enough, pair by pair; edges that cross are to be known before."""
    found = np.zeros(len(ones), bool)
    counts = _arc_counts(one, ones)
    ends = np.cumsum(counts)
    start = 0
    while start < len(ones):
        end = max(int(np.searchsorted(ends, (ends[start - 1] if start else 0) + BLOCK)), start + 1)
        found[start:end] = _block(one, ones[start:end], other, others[start:end])
        start = end
    return found


def _block(one: Footprints, ones: Ints, other: Footprints, others: Ints) -> Bools:
    """As `edges_meet`, for pairs whose first footprints have not too many pieces together."""
    limit = reach(one, ones, other, others)
    angle = limit / LEAST_SCALE_M
    own, own_at = np.unique(ones, return_inverse=True)
    their, their_at = np.unique(others, return_inverse=True)
    a, b = _arcs(one, own), _arcs(other, their)
    # 1. Each piece of the first against the whole of the second.
    pair, number = ragged(np.diff(a.first)[own_at])
    piece = a.first[own_at[pair]] + number
    whole = their_at[pair]
    near = _apart(a.middle[piece], b.heart[whole]) <= angle[pair] + a.half[piece] + b.size[whole]
    pair, piece = pair[near], piece[near]
    # 2. to 4., in blocks: one piece against each of the other footprint.
    found = np.zeros(len(ones), bool)
    counts = np.diff(b.first)[their_at[pair]]
    ends = np.cumsum(counts)
    start = 0
    while start < len(pair):
        end = max(int(np.searchsorted(ends, (ends[start - 1] if start else 0) + BLOCK)), start + 1)
        row, number = ragged(counts[start:end])
        row += start
        _compare(a, piece[row], b, b.first[their_at[pair[row]]] + number, pair[row], limit, found)
        start = end
    return found


def _compare(a: _Arcs, ours: Ints, b: _Arcs, theirs: Ints, pair: Ints, limit: Floats, found: Bools) -> None:
    """Marks in `found` the pairs of which some pieces come near enough."""
    open_ = ~found[pair]
    ours, theirs, pair = ours[open_], theirs[open_], pair[open_]
    apart, around = _apart(a.middle[ours], b.middle[theirs]), a.half[ours] + b.half[theirs]
    near = apart <= limit[pair] / LEAST_SCALE_M + around
    ours, theirs, pair, farthest = ours[near], theirs[near], pair[near], (apart + around)[near]
    found[pair[_angle(farthest) * _MOST_SCALE_M <= limit[pair]]] = True
    open_ = ~found[pair]
    ours, theirs, pair = ours[open_], theirs[open_], pair[open_]
    for spots, piece, arcs, beside in ((a, ours, b, theirs), (b, theirs, a, ours)):
        # Against a spot nothing is asked: it is itself held against the other's pieces, ends included.
        asked = (arcs.half[beside] > _BULGE) & ~found[pair]
        at, other, rows = piece[asked], beside[asked], pair[asked]
        _spots_to_arcs(spots.start[at], arcs.start[other], arcs.end[other], rows, limit, found)
        tail = spots.tail[at]
        _spots_to_arcs(spots.end[at[tail]], arcs.start[other[tail]], arcs.end[other[tail]], rows[tail], limit, found)


def _spots_to_arcs(spots: Floats, starts: Floats, ends: Floats, pair: Ints, limit: Floats, found: Bools) -> None:
    along = ends - starts
    plane = np.cross(starts, along)
    size = np.sqrt(_dot(plane, plane))
    sure = size > 0
    plane /= np.where(sure, size, 1)[:, None]
    from_start, from_end = spots - starts, spots - ends
    square = _dot(along, along)
    near_start, near_end = _dot(from_start, from_start), _dot(from_end, from_end)
    beside = (
        sure & (_dot(from_start, along) >= square * near_start / 4) & (-_dot(from_end, along) >= square * near_end / 4)
    )
    height = _dot(from_start, plane)
    ends_angle = _angle(np.sqrt(np.minimum(near_start, near_end)))
    angle = np.where(beside, np.arcsin(np.minimum(np.abs(height), 1)), ends_angle)
    metres = angle * radius_of(spots[:, 2])
    doubt = 1e-5 + 1.8e-3 * angle
    wanted = limit[pair]
    found[pair[metres * (1 + doubt) <= wanted]] = True
    unsure = np.flatnonzero((metres * (1 - doubt) <= wanted) & ~found[pair])
    if len(unsure):
        at = np.where(beside[unsure], 0.0, np.where(near_start[unsure] <= near_end[unsure], -1.0, 1.0))
        exact = _metres(spots[unsure], starts[unsure], ends[unsure], plane[unsure], height[unsure], at)
        found[pair[unsure[exact <= wanted[unsure]]]] = True


def _metres(spots: Floats, starts: Floats, ends: Floats, planes: Floats, height: Floats, at: Floats) -> Floats:
    """Metres along the ground from spots to pieces. `at` says where the least angle is: 0 beside the piece, -1 at its start, 1 at its end.

    The least distance is not quite at the least angle, as the scale changes along the piece: three places around it are tried, and the lowest point of the
    parabola through them.
    """
    foot = np.where(at[:, None] == 0, spots - planes * height[:, None], np.where(at[:, None] < 0, starts, ends))
    foot = np.where(at[:, None] == 0, foot - planes * _dot(foot, planes)[:, None], foot)
    foot /= np.sqrt(_dot(foot, foot))[:, None]
    ahead = np.cross(planes, foot)
    angle = _angle(np.sqrt(_dot(spots - foot, spots - foot)))
    step = 0.005 * angle * angle + 1e-9
    whole = _angle(np.sqrt(_dot(ends - starts, ends - starts)))
    gone = _angle(np.sqrt(_dot(foot - starts, foot - starts)))

    def metres(moved: Floats) -> Floats:
        held = np.clip(moved, -gone, np.maximum(whole - gone, -gone))
        return lengths(spots, foot * np.cos(held)[:, None] + ahead * np.sin(held)[:, None])

    before, here, behind = metres(-step), metres(np.zeros(len(step))), metres(step)
    bend = before - 2 * here + behind
    lowest = np.where(bend > 0, (before - behind) / np.where(bend > 0, 2 * bend, 1), 0)
    return np.minimum(np.minimum(before, behind), np.minimum(here, metres(np.clip(lowest, -4, 4) * step)))


def _arc_counts(made: Footprints, items: Ints) -> Ints:
    counts = made.counts(items)
    return np.where((made.form[items] == LINE) & (counts > 1), counts - 1, counts)


def _arcs(made: Footprints, items: Ints) -> _Arcs:
    """A spot is one piece without length; a ring has one more than a line of as many places."""
    counts = _arc_counts(made, items)
    row, number = ragged(counts)
    first = made.first[items][row]
    last = (made.form[items][row] != LINE) & (number == counts[row] - 1)
    start, end = made.places[first + number], made.places[np.where(last, first, first + number + 1)]
    middle = (start + end) / 2
    half = np.sqrt(_dot(end - start, end - start)) / 2 + _BULGE
    where = offsets(counts)
    heart = np.add.reduceat(middle, where[:-1]) / counts[:, None]
    size = np.maximum.reduceat(_apart(middle, heart[row]) + half, where[:-1])
    tail = (made.form[items][row] == LINE) & (number == counts[row] - 1)
    return _Arcs(start, end, tail, middle, half, where, heart, size)


def _apart(one: Floats, other: Floats) -> Floats:
    across = one - other
    return np.sqrt(_dot(across, across))


def _angle(chord: Floats) -> Floats:
    return 2 * np.arcsin(np.minimum(chord / 2, 1))


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", one, other))
