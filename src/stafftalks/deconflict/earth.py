"""The WGS84 ellipsoid as numpy sees it: directions from its centre, geodesic edges cut into pieces, metres along the ground.

A place is the unit vector from the centre of the Earth towards it, so there is no antimeridian, and no pole that differs from other places. The plane through
the centre and two places cuts the ellipsoid close to their geodesic: 24 m beside it at most on 600 km, growing with the square of the length. Edges are
therefore cut along the geodesic into pieces of at most PIECE_M, and each piece is taken as such a cut: never more than EDGE_ERROR_M from the geodesic.

Metres along such a cut are the angle times the mean of the ellipsoid's scale on it, by Gauss's rule: within 1 cm of the geodesic for 1,000 km, 0.2 m for 2,000,
2 m for 5,000 and 12 m for 10,000 (measured against GeographicLib over the whole globe; `tests/deconflict/test_earth.py`).
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Geod

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PIECE_M: Final = 40_000.0
EDGE_ERROR_M: Final = 0.12
"""How far a piece may lie beside the geodesic between its ends."""
LEAST_SCALE_M: Final = 6_356_752.0
"""No metre along the ground is a larger angle than one over this, in radians."""
_MOST_SCALE_M: Final = 6_378_200.0
_FLATTENING: Final = 1 / 298.257223563
_POLAR_M: Final = 6_378_137.0 * (1 - _FLATTENING)
_E2: Final = _FLATTENING * (2 - _FLATTENING)
_GEOD: Final = Geod(ellps="WGS84")
_NODES: Final = ((0.5 - 0.15**0.5, 5 / 18), (0.5, 8 / 18), (0.5 + 0.15**0.5, 5 / 18))
"""Gauss's rule for three points between 0 and 1."""


def directions(lon_e6: Ints, lat_e6: Ints) -> Floats:
    """Unit vectors (n, 3) from the centre towards places given in millionths of a degree."""
    return _directions(np.radians(lon_e6 * 1e-6), np.radians(lat_e6 * 1e-6))


def degrees(found: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees of the places in these directions, which need not have length one."""
    flat = np.hypot(found[:, 0], found[:, 1])
    return np.degrees(np.arctan2(found[:, 1], found[:, 0])), np.degrees(np.arctan2(found[:, 2], flat * (1 - _E2)))


def lengths(one: Floats, other: Floats) -> Floats:
    """Metres along the ground between places, row by row."""
    across = other - one
    angle = 2 * np.arcsin(np.minimum(np.sqrt(_dot(across, across)) / 2, 1))
    ahead = across - one * _dot(one, across)[:, None]
    size = np.sqrt(_dot(ahead, ahead))
    ahead /= np.where(size == 0, 1, size)[:, None]
    scale = np.zeros(len(one))
    for at, weight in _NODES:
        cosine, sine = np.cos(angle * at), np.sin(angle * at)
        z = one[:, 2] * cosine + ahead[:, 2] * sine
        scale += weight * _scale(z, ahead[:, 2] * cosine - one[:, 2] * sine)
    return angle * scale


def radius_of(z: Floats) -> Floats:
    """Metres from the centre to the ground for the third component of a unit vector: the scale in every direction, within 6 millionths."""
    return _POLAR_M / np.sqrt(1 - _E2 * (1 - z * z))


def pieced(places: Floats, starts: Ints, ends: Ints) -> tuple[Floats, Ints]:
    """Edges cut into pieces: what is to be put behind each start to reach its end, edge by edge, and how many for each.

    `starts` and `ends` index `places`. Equal edges give equal points, whichever way they are walked, within a nanometre or so.
    """
    one, other = places[starts], places[ends]
    across = other - one
    long = np.flatnonzero(_dot(across, across) * _MOST_SCALE_M**2 > PIECE_M**2 * 0.999)
    count = np.zeros(len(starts), np.int64)
    if not len(long):
        return np.empty((0, 3)), count
    (lon, lat), (to_lon, to_lat) = degrees(one[long]), degrees(other[long])
    azimuth, _back, metres = _GEOD.inv(lon, lat, to_lon, to_lat)
    parts = np.maximum(np.ceil(metres / PIECE_M).astype(np.int64), 1)
    count[long] = parts - 1
    edge, number = ragged(parts - 1)
    at = metres[edge] * (number + 1) / parts[edge]
    found = _GEOD.fwd(lon[edge], lat[edge], azimuth[edge], at)
    return _directions(np.radians(np.asarray(found[0])), np.radians(np.asarray(found[1]))), count


def edge_lengths(one: Floats, other: Floats) -> Floats:
    """Metres of the geodesic between places, row by row, whatever its length."""
    lon, lat = degrees(one)
    to_lon, to_lat = degrees(other)
    return np.asarray(_GEOD.inv(lon, lat, to_lon, to_lat)[2], np.float64)


def ahead(lon: Floats, lat: Floats, azimuth: Floats, metres: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of the places so many metres from others, in degrees from north."""
    found = _GEOD.fwd(lon, lat, azimuth, metres)
    return np.asarray(found[0], np.float64), np.asarray(found[1], np.float64)


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """For rows of so many parts each: the row of every part, and its number in the row."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)


def _directions(longitude: Floats, latitude: Floats) -> Floats:
    flat = np.cos(latitude)
    found = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), (1 - _E2) * np.sin(latitude)], axis=1)
    return found / np.sqrt(_dot(found, found))[:, None]


def _scale(z: Floats, north: Floats) -> Floats:
    """Metres a radian at height `z` of the unit sphere, walking so that `z` grows by `north`."""
    width = 1 - _E2 * (1 - z * z)
    slope = _E2 * z * north / width
    return _POLAR_M / np.sqrt(width) * np.sqrt(1 + slope * slope)


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", one, other))
