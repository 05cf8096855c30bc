"""Footprints as covers see them: arcs of great circles, each with an angle around it within which everything lies that could touch.

Nothing that the exact engine calls touching may be missed, so an arc's angle holds, for each side by itself, the footprint's reach, 1 m and 3 millionths of the reach (the engine
takes two footprints to touch up to half of that, for both together), and how far the geodesic between two places can lie beside the great circle: BESIDE of the square of the
straight line between them (measured to 10,000 km: at most 0.54 thousandths of the square of the angle; `tests/deconflict/test_covers_space.py`).

An area is its edges and what lies inside. Places become vectors by sums, products, quotients and roots alone, which all machines round alike.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict.earth import LEAST_SCALE_M, Bools, Floats, Ints, ragged
from stafftalks.deconflict.faces import FACES
from stafftalks.deconflict.footprints import LINE, NOWHERE, RING, SPOT, Footprints, Forms, offsets
from stafftalks.deconflict.placing import footprints
from stafftalks.values.place import Circle, Corridor, Place, corners_of

BESIDE: Final = 6.9e-4
SLACK_M: Final = 1.0
SLACK_PART: Final = 3e-6
_BULGE: Final = 1.00002
_E2: Final = (1 / 298.257223563) * (2 - 1 / 298.257223563)
_QUARTER: Final = 90_000_000
_RADIANS: Final = 1.7453292519943295e-08
"""A millionth of a degree."""
_SINES: Final = tuple((-1) ** n / math.factorial(2 * n + 1) for n in range(1, 9))
_COSINES: Final = tuple((-1) ** n / math.factorial(2 * n) for n in range(1, 9))
_NEAR: Final = 0.01
_WIDE: Final = 0.3
_SPREAD: Final = 3.2
"""A face draws what is within _NEAR of it at most so many times as long as it is."""


class Arcs(msgspec.Struct, frozen=True):
    """Arcs from a place P onwards, each face's coordinates in turn: (FACES, n, 3). A spot is an arc without a normal.

    `start`: P. `normal`: of the arc's plane. `behind`, `beyond`: normals of the planes across its two ends, both pointing ahead. `angle`, and `sine`, which is not smaller
    than its sine. `box`: (FACES, n, 4), least x, y and most x, y, of all on the face within the angle of the arc; infinite where it is not known.
    """

    start: Floats
    normal: Floats
    behind: Floats
    beyond: Floats
    angle: Floats
    sine: Floats
    box: Floats


class Shapes(msgspec.Struct, frozen=True):
    """Many footprints as arcs: number i has the arcs `first[i]` to `first[i + 1]`."""

    form: Forms
    first: Ints
    arcs: Arcs
    made: Footprints


def shapes(places: Sequence[Place | None], made: Footprints) -> Shapes:
    """These footprints, of which `made` says which are none, and of areas what lies inside."""
    kept = [
        () if place is None or form == NOWHERE else corners_of(place)
        for place, form in zip(places, made.form.tolist(), strict=True)
    ]
    counts = np.array([len(corners) for corners in kept], np.int64)
    lon = np.array([spot.lon_e6 for corners in kept for spot in corners], np.int64)
    lat = np.array([spot.lat_e6 for corners in kept for spot in corners], np.int64)
    spots = vectors(lon, lat)
    row, number = ragged(counts)
    first, last = offsets(counts), number == counts[row] - 1
    ring = made.form[row] == RING
    following = np.where(last, np.where(ring, first[row], np.arange(len(row))), np.arange(len(row)) + 1)
    reach = np.array(
        [
            place.radius_m if isinstance(place, Circle) else place.half_width_m if isinstance(place, Corridor) else 0
            for place in places
        ],
        np.float64,
    )
    return Shapes(made.form, first, _arcs(spots, spots[following], reach[row], made.form[row]), made)


def discs(middles: Floats, reach_m: Floats) -> Shapes:
    """Circles around the places in these directions."""
    form = np.full(len(middles), SPOT, np.int8)
    made, _faults = footprints(())
    return Shapes(form, np.arange(len(middles) + 1), _arcs(middles, middles, reach_m, form), made)


def vectors(lon_e6: Ints, lat_e6: Ints) -> Floats:
    """Unit vectors (n, 3) from the centre towards places in millionths of a degree, to the last bit alike on every machine."""
    sine, cosine = _sine_cosine(lat_e6)
    east, north = _sine_cosine(lon_e6)
    x, y, z = cosine * north, cosine * east, (1 - _E2) * sine
    size = np.sqrt(x * x + y * y + z * z)
    return np.stack([x / size, y / size, z / size], axis=1)


def _sine_cosine(angle_e6: Ints) -> tuple[Floats, Floats]:
    """By Taylor's series within 45 degrees of a multiple of 90: true to about 1e-15."""
    turns = (angle_e6 + _QUARTER // 2) // _QUARTER
    x = (angle_e6 - turns * _QUARTER) * _RADIANS
    square = x * x
    sine, cosine = np.zeros(len(x)), np.zeros(len(x))
    for factor in reversed(_SINES):
        sine = (sine + factor) * square
    for factor in reversed(_COSINES):
        cosine = (cosine + factor) * square
    sine, cosine = x + x * sine, 1 + cosine
    turn = turns % 4
    return (
        np.choose(turn, [sine, cosine, -sine, -cosine]),
        np.choose(turn, [cosine, -sine, -cosine, sine]),
    )


def _arcs(start: Floats, end: Floats, reach_m: Floats, form: Forms) -> Arcs:
    across = end - start
    square = across[:, 0] ** 2 + across[:, 1] ** 2 + across[:, 2] ** 2
    normal = _cross(start, across)
    size = np.sqrt(normal[:, 0] ** 2 + normal[:, 1] ** 2 + normal[:, 2] ** 2)
    normal = normal / np.where(size > 0, size, 1)[:, None]
    metres = reach_m * (1 + SLACK_PART) + SLACK_M
    # A line that runs beside another at a distance bulges a little.
    angle = metres / LEAST_SCALE_M * np.where(form == LINE, _BULGE, 1) + BESIDE * square
    cube = angle * angle * angle
    sine = angle - cube / 6 + cube * angle * angle / 120
    on_faces = _on_faces(start)
    return Arcs(
        on_faces,
        _on_faces(normal),
        _on_faces(_cross(normal, start)),
        _on_faces(_cross(normal, end)),
        angle,
        sine,
        _boxes(on_faces, _on_faces(end), angle, sine, size > 0),
    )


def _boxes(start: Floats, end: Floats, angle: Floats, sine: Floats, long: Bools) -> Floats:
    found = np.empty((*start.shape[:2], 4))
    found[..., :2], found[..., 2:] = -np.inf, np.inf
    margin = angle * _SPREAD
    for face in range(FACES):
        one, other = start[face], end[face]
        # Arcs near enough that a face draws all around them at most _SPREAD times as long.
        near = np.flatnonzero(long & (angle < _NEAR) & (one[:, 2] > _WIDE) & (other[:, 2] > _WIDE))
        for at in (0, 1):
            here, there = one[near, at] / one[near, 2], other[near, at] / other[near, 2]
            found[face, near, at] = np.minimum(here, there) - margin[near]
            found[face, near, at + 2] = np.maximum(here, there) + margin[near]
        # Spots: a plane touches a cap where the angle between its normal and the cap's centre has the sine of the radius.
        spot = np.flatnonzero(~long & (one[:, 2] > sine + 1e-6))
        along, least = one[spot, 2], sine[spot] * sine[spot]
        depth = along * along - least
        for at in (0, 1):
            beside = one[spot, at]
            root = sine[spot] * np.sqrt(np.maximum(beside * beside + depth, 0))
            found[face, spot, at] = (beside * along - root) / depth - 1e-12
            found[face, spot, at + 2] = (beside * along + root) / depth + 1e-12
    return found


def _on_faces(found: Floats) -> Floats:
    """Vectors in the coordinates of each face: two across it, and along its axis."""
    turned = np.empty((FACES, len(found), 3))
    for face in range(FACES):
        axis = face % 3
        turned[face, :, 0] = found[:, (axis + 1) % 3]
        turned[face, :, 1] = found[:, (axis + 2) % 3]
        turned[face, :, 2] = found[:, axis] if face < 3 else -found[:, axis]
    return turned


def _cross(one: Floats, other: Floats) -> Floats:
    """The cross product, product by product: a library's own might round sums of products once."""
    x, y, z = one.T
    u, v, w = other.T
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=1)
