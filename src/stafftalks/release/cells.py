"""Places told as cells of the H3 grid: which cell holds a place, its outline, and a cell read back from its outline.

A place is told as the outline of one cell, without its name: of the cell at the wanted resolution where that holds all of it, else of the finest
coarser one that does. Several cells would tell more: where three meet is nearly a point. Lines between the corners of an outline are
drawn as any area's; H3 means arcs of great circles, which for the largest cells is not the same line.

Source: H3 4, resolutions 0 (about 4,000,000 square kilometres) to 15 (about one square metre).
"""

import math
from collections.abc import Iterator
from typing import Final

import h3

from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Place, Point

FINEST: Final = 15
_EARTH_M: Final = 6_371_008.8
_AROUND: Final = 48
"""Spots on the rim of a circle that are looked at."""
_MARGIN: Final = 1.01
"""The rim is looked at a little further out, so that what lies between two spots of it is held too."""
_STEP_DEGREES: Final = 0.25
_MOST_STEPS: Final = 64


def cell_of(place: Place, resolution: int) -> str | None:
    """The finest cell, no finer than `resolution`, that holds all of `place`; None where none does, or it is only a name."""
    if isinstance(place, NamedPlace):
        return None
    if isinstance(place, Area) and (told := cell_in(place)) and h3.get_resolution(told) <= resolution:
        return told
    for size in range(resolution, -1, -1):
        if held := _holding(place, size):
            return held
    return None


def outline(cell: str) -> Area:
    """The outline of a cell, without a name."""
    ring = (LonLat(_millionths(lon, 180), _millionths(lat, 90)) for lat, lon in h3.cell_to_boundary(cell))
    return Area(ring=tuple(dict.fromkeys(ring)))


def cell_in(place: Place) -> str | None:
    """The cell whose exact outline `place` is, without a name; None where it is any other place."""
    if not isinstance(place, Area) or place.name or not 5 <= len(place.ring) <= 10:
        return None
    lat, lon = _middle(place.ring)
    for size in range(FINEST + 1):
        cell = h3.latlng_to_cell(lat, lon, size)
        if outline(cell) == place:
            return str(cell)
    return None


def around(place: Area, resolution: int) -> str:
    """The cell of this resolution in which the middle of the place lies."""
    return str(h3.latlng_to_cell(*_middle(place.ring), resolution))


def resolution_of(cell: str) -> int:
    """The cell's resolution, 0 to 15."""
    return int(h3.get_resolution(cell))


def _holding(place: Point | Area | Circle | Corridor, size: int) -> str | None:
    """The cell of this resolution in which every spot of the place's rim lies; None where they lie in several."""
    held = ""
    for lat, lon in _rim(place):
        cell = str(h3.latlng_to_cell(lat, lon, size))
        if held and cell != held:
            return None
        held = cell
    return held


def _rim(place: Point | Area | Circle | Corridor) -> Iterator[tuple[float, float]]:
    """Spots on the edge of a place, as latitude and longitude in degrees, dense enough to tell which cells it touches."""
    match place:
        case Point():
            yield _degrees(place.at)
        case Circle():
            yield _degrees(place.centre)
            yield from _circle(_degrees(place.centre), place.radius_m)
        case Area():
            for one, other in zip(place.ring, (*place.ring[1:], place.ring[0]), strict=True):
                yield from _line(one, other)
        case Corridor():
            for one, other in zip(place.points, place.points[1:], strict=False):
                for spot in _line(one, other):
                    yield spot
                    yield from _circle(spot, place.half_width_m)


def _line(one: LonLat, other: LonLat) -> Iterator[tuple[float, float]]:
    """Spots from one to the other, both among them, the short way round."""
    across = (other.lon_e6 - one.lon_e6 + 180_000_000) % 360_000_000 - 180_000_000
    up = other.lat_e6 - one.lat_e6
    steps = min(max(1, math.ceil(max(abs(across), abs(up)) / 1e6 / _STEP_DEGREES), 8), _MOST_STEPS)
    for step in range(steps + 1):
        lon = (one.lon_e6 + across * step / steps + 180_000_000) % 360_000_000 - 180_000_000
        yield (one.lat_e6 + up * step / steps) / 1e6, lon / 1e6


def _circle(centre: tuple[float, float], radius_m: int) -> Iterator[tuple[float, float]]:
    lat, lon = math.radians(centre[0]), math.radians(centre[1])
    reach = min(radius_m * _MARGIN / _EARTH_M, math.pi)
    for step in range(_AROUND):
        bearing = 2 * math.pi * step / _AROUND
        there = math.asin(_unit(math.sin(lat) * math.cos(reach) + math.cos(lat) * math.sin(reach) * math.cos(bearing)))
        turn = math.atan2(
            math.sin(bearing) * math.sin(reach) * math.cos(lat),
            math.cos(reach) - math.sin(lat) * math.sin(there),
        )
        yield math.degrees(there), (math.degrees(lon + turn) + 180) % 360 - 180


def _middle(ring: tuple[LonLat, ...]) -> tuple[float, float]:
    """The middle of a ring on the sphere, as latitude and longitude in degrees."""
    x = y = z = 0.0
    for spot in ring:
        lat, lon = (math.radians(part) for part in _degrees(spot))
        x, y, z = x + math.cos(lat) * math.cos(lon), y + math.cos(lat) * math.sin(lon), z + math.sin(lat)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _degrees(spot: LonLat) -> tuple[float, float]:
    return spot.lat_e6 / 1e6, spot.lon_e6 / 1e6


def _millionths(degrees: float, most: int) -> int:
    return max(-most * 1_000_000, min(most * 1_000_000, round(degrees * 1e6)))


def _unit(number: float) -> float:
    return max(-1.0, min(1.0, number))
