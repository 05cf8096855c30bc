"""Footprints made from places as people wrote them, and a sentence for each that cannot be one.

The steps, each over all at once: 1. places gathered, repeated ones dropped. 2. Edges cut into pieces along the geodesic. 3. Rings looked at: whether they cross
themselves. 4. Each entered on the faces it reaches. What is found wrong has no places and meets nothing; who asks is told so.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import shapely

from stafftalks.deconflict import wide
from stafftalks.deconflict.earth import LEAST_SCALE_M, PIECE_M, Bools, Floats, Ints, degrees, directions, pieced, ragged
from stafftalks.deconflict.faces import FACES, WIDE, boxes, nearest, raised
from stafftalks.deconflict.footprints import (
    LINE,
    NOWHERE,
    RING,
    SPOT,
    TOLERANCE_M,
    TOLERANCE_PART,
    Entries,
    Footprints,
    Forms,
    offsets,
)
from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Place, Point

MAX_REACH_M: Final = 5_000_000
"""The widest circle, and half the widest corridor."""
MAX_PIECES: Final = 20_000
"""Of 40 km each: the edges of one footprint are at most 800,000 km long."""
_AXES: Final = np.concatenate([np.eye(3), -np.eye(3)])
_CORNER: Final = float(np.arccos(3**-0.5)) + 1e-6
"""How far from its middle a face reaches, in radians."""
_EDGE: Final = 1 + 1e-9
_EMPTY: Final = np.array([np.inf, np.inf, -np.inf, -np.inf])
_NONE: Final = Entries(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 4)))
_REASON: Final = re.compile(r"\[(\S+) (\S+)\]")


def footprints(places: Sequence[Place | None]) -> tuple[Footprints, dict[int, str]]:
    """The footprints of these places, and by number what is wrong with each that cannot be one: it is nowhere and meets nothing.

    A sentence begins in the middle, behind "The footprint". None is nowhere, and no fault.
    """
    form, reach, counts, lon, lat, faults = _gathered(places)
    first, lon, lat = _without_repeats(counts, lon, lat)
    form[(form == LINE) & (np.diff(first) == 1)] = SPOT
    spots = directions(lon, lat)
    del lon, lat
    first, spots = _cut_into_pieces(form, first, spots, faults)
    _look_at_rings(form, first, spots, faults)
    if faults:
        first, spots = _without_faulty(form, first, spots, faults)
    entries, cut = _entered(form, reach, first, spots)
    return Footprints(form, reach, first, spots, entries, cut), faults


def _gathered(places: Sequence[Place | None]) -> tuple[Forms, Floats, Ints, Ints, Ints, dict[int, str]]:
    """Form, reach and count of each, and the longitudes and latitudes of all their places."""
    forms, reaches, counts, faults = [], [], [], {}
    lon: list[int] = []
    lat: list[int] = []
    for number, place in enumerate(places):
        form, reach = NOWHERE, 0
        spots: tuple[LonLat, ...] = ()
        match place:
            case Point():
                form, spots = SPOT, (place.at,)
            case Circle():
                form, reach, spots = SPOT, place.radius_m, (place.centre,)
            case Corridor():
                form, reach, spots = LINE, place.half_width_m, place.points
            case Area():
                form, spots = RING, place.ring
            case NamedPlace():
                faults[number] = f"is the name “{place.name[:60]}” alone: give its coordinates"
        if reach > MAX_REACH_M:
            most = f"{MAX_REACH_M // 1000:,} km"
            faults[number] = f"reaches {reach / 1000:,.0f} km around its line or centre; at most {most} can be checked"
            form, reach, spots = NOWHERE, 0, ()
        forms.append(form)
        reaches.append(reach)
        counts.append(len(spots))
        lon.extend([spot.lon_e6 for spot in spots])
        lat.extend([spot.lat_e6 for spot in spots])
    columns = np.array(counts, np.int64), np.array(lon, np.int64), np.array(lat, np.int64)
    return np.array(forms, np.int8), np.array(reaches, np.float64), *columns, faults


def _without_repeats(counts: Ints, lon: Ints, lat: Ints) -> tuple[Ints, Ints, Ints]:
    """Places that stand twice in a row dropped: an edge of no length has no direction."""
    row, number = ragged(counts)
    kept = np.ones(len(row), bool)
    kept[1:] = (number[1:] == 0) | (lon[1:] != lon[:-1]) | (lat[1:] != lat[:-1])
    return offsets(np.bincount(row[kept], minlength=len(counts))), lon[kept], lat[kept]


def _cut_into_pieces(form: Forms, first: Ints, spots: Floats, faults: dict[int, str]) -> tuple[Ints, Floats]:
    counts = np.diff(first)
    row, number = ragged(counts)
    last = number == counts[row] - 1
    following = np.where(last, first[row], first[row] + number + 1)
    edge = (form[row] == RING) | ((form[row] == LINE) & ~last)
    across = np.where(edge[:, None], spots[following] - spots, 0)
    angle = 2 * np.arcsin(np.minimum(np.sqrt(np.einsum("ij,ij->i", across, across)) / 2, 1))
    for item in np.unique(row[angle > np.pi / 2]):
        faults[int(item)] = "has an edge longer than 10,000 km, whose way cannot be told: put points on it"
    pieces = np.bincount(row, np.ceil(angle * LEAST_SCALE_M / PIECE_M), len(form))
    for item in np.flatnonzero(pieces > MAX_PIECES):
        faults.setdefault(int(item), f"has edges of more than {MAX_PIECES * PIECE_M / 1000:,.0f} km in all: divide it")
    edge &= ~np.isin(row, list(faults))
    more, extra = pieced(spots, np.flatnonzero(edge), following[edge])
    if not len(more):
        return first, spots
    added = np.zeros(len(row), np.int64)
    added[edge] = extra
    at = np.arange(len(row)) + np.cumsum(added) - added
    whole = np.empty((len(row) + len(more), 3))
    whole[at] = spots
    owner, step = ragged(added)
    whole[at[owner] + step + 1] = more
    return offsets(counts + np.bincount(row, added, len(form)).astype(np.int64)), whole


def _look_at_rings(form: Forms, first: Ints, spots: Floats, faults: dict[int, str]) -> None:
    """Finds rings that cross or touch themselves."""
    rings = np.flatnonzero(form == RING)
    rings = rings[~np.isin(rings, list(faults))]
    if not len(rings):
        return
    face = nearest(spots[first[rings]])
    drawn_rings = Footprints(form, np.zeros(len(form)), first, spots, _NONE, {}).geometries(rings, face)
    for at in np.flatnonzero(~shapely.is_valid(drawn_rings)):
        item = int(rings[at])
        if drawn_rings[at] is None:
            sentence = wide.fault_of(spots[first[item] : first[item + 1]])
        else:
            sentence = _what_is_wrong(str(shapely.is_valid_reason(drawn_rings[at])), int(face[at]))
        if sentence:
            faults[item] = sentence


def _what_is_wrong(reason: str, face: int) -> str:
    """The sentence for what GEOS says, as `Self-intersection[0.123 0.456]`."""
    match = _REASON.search(reason)
    if match is None:
        return "crosses or touches itself"
    lon, lat = degrees(raised(np.array([float(match[1])]), np.array([float(match[2])]), face))
    return f"crosses or touches itself near {lat[0]:.4f}, {lon[0]:.4f}"


def _without_faulty(form: Forms, first: Ints, spots: Floats, faults: dict[int, str]) -> tuple[Ints, Floats]:
    form[list(faults)] = NOWHERE
    counts = np.diff(first)
    row, _number = ragged(counts)
    return offsets(np.where(form == NOWHERE, 0, counts)), spots[form[row] != NOWHERE]


def _entered(
    form: Forms, reach: Floats, first: Ints, spots: Floats
) -> tuple[Entries, dict[tuple[int, int], shapely.Geometry]]:
    """Every footprint on every face it reaches, and what is drawn of those that are too wide for a face."""
    items = np.flatnonzero(form != NOWHERE)
    if not len(items):
        return _NONE, {}
    row, _number = ragged(np.diff(first)[items])
    # A line that runs beside a piece at a distance bulges: by 5 millionths of the distance for a piece of 40 km.
    angle = (reach * (1 + TOLERANCE_PART) + TOLERANCE_M) / LEAST_SCALE_M * 1.00002
    face = nearest(spots[first[items]])
    axis = _AXES[face]
    far = _any(np.einsum("ij,ij->i", spots, axis[row]) < WIDE, first, items)
    box = _around(boxes(spots, angle[items][row], face[row])[0], first, items)
    whole = ~far & (box[:, :2] >= -1).all(axis=1) & (box[:, 2:] <= 1).all(axis=1)
    parts = [Entries(items[whole], face[whole], box[whole])]
    cut: dict[tuple[int, int], shapely.Geometry] = {}
    rest = items[~whole]
    if len(rest):
        heart, size = _caps(rest, first, spots)
        for number in range(FACES):
            # A ring within a quarter of the globe has its inside there too; of larger ones every face is looked at.
            off = np.arccos(np.clip(heart @ _AXES[number], -1, 1))
            near = (off <= _CORNER + size + angle[rest]) | (size > 1.5)
            if near.any():
                parts.append(_entered_on(number, rest[near], form, angle, first, spots, cut))
    return Entries.of(
        *(np.concatenate(columns) for columns in zip(*map(msgspec.structs.astuple, parts), strict=True))
    ), cut


def _entered_on(
    face: int,
    items: Ints,
    form: Forms,
    angle: Floats,
    first: Ints,
    spots: Floats,
    cut: dict[tuple[int, int], shapely.Geometry],
) -> Entries:
    counts = np.diff(first)[items]
    row, number = ragged(counts)
    these, start = spots[first[items][row] + number], offsets(counts)
    every = np.arange(len(items))
    far = _any(these @ _AXES[face] < WIDE, start, every)
    # Of what is too wide only the pieces that come near are looked at, each from its ends.
    wider = angle[items][row] + np.where(far & (counts > 1), PIECE_M / LEAST_SCALE_M, 0)[row]
    around, reaching = boxes(these, wider, np.full(len(these), face))
    around[far[row] & ~reaching] = _EMPTY
    box = _around(around, start, every)
    for at in np.flatnonzero(far & (form[items] != SPOT)):
        item, own = int(items[at]), these[start[at] : start[at + 1]]
        shape = wide.ring_on(own, face) if form[item] == RING else wide.line_on(own, face)
        if shape is not None:
            cut[item, face] = shape
        if form[item] == RING:
            box[at] = _EMPTY if shape is None else shapely.bounds(shape) + angle[item] * np.array([-4, -4, 4, 4])
    reached = (box[:, :2] <= 1).all(axis=1) & (box[:, 2:] >= -1).all(axis=1)
    return Entries(items[reached], np.full(int(reached.sum()), face), np.clip(box[reached], -_EDGE, _EDGE))


def _caps(items: Ints, first: Ints, spots: Floats) -> tuple[Floats, Floats]:
    """The middle of each item's places, and the angle within which all of them and of the edges between them lie around it."""
    counts = np.diff(first)[items]
    row, number = ragged(counts)
    these, start = spots[first[items][row] + number], offsets(counts)[:-1]
    heart = np.add.reduceat(these, start)
    size = np.sqrt(np.einsum("ij,ij->i", heart, heart))
    heart /= np.where(size > 0, size, 1)[:, None]
    angle = np.arccos(np.clip(np.einsum("ij,ij->i", these, heart[row]), -1, 1))
    return heart, np.where(size > 0, np.maximum.reduceat(angle, start) + PIECE_M / LEAST_SCALE_M, np.pi)


def _around(boxes_of_places: Floats, first: Ints, items: Ints) -> Floats:
    """The box around the boxes of each item's places."""
    starts = first[items]
    least = np.minimum.reduceat(boxes_of_places[:, :2], starts)
    return np.concatenate([least, np.maximum.reduceat(boxes_of_places[:, 2:], starts)], axis=1)


def _any(marks: Bools, first: Ints, items: Ints) -> Bools:
    return np.logical_or.reduceat(marks, first[items])
