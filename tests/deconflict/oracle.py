"""A slow second opinion on which footprints meet, by another library and another way: geodesics halved until nothing is in doubt.

The engine cuts edges into pieces, draws them on the faces of a cube and asks GEOS and vectors. Here every place on an edge is asked of GeographicLib, distances are
geodesics, and whether a place lies inside an area is told by how far one turns while looking along its ring.
"""

import heapq
import itertools
from typing import Any

from geographiclib.geodesic import Geodesic

from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Place, Point

EARTH = Geodesic.WGS84
_POSITION = Geodesic.LATITUDE | Geodesic.LONGITUDE
_DISTANCE = Geodesic.DISTANCE
_FINE_M = 0.02
"""Where two pieces are shorter than this, their middles decide."""


class Edge:
    """A geodesic between two places, and any place on it."""

    def __init__(self, one: LonLat, other: LonLat) -> None:
        lat, lon, to_lat, to_lon = (number / 1e6 for number in (one.lat_e6, one.lon_e6, other.lat_e6, other.lon_e6))
        self._line: Any = EARTH.InverseLine(lat, lon, to_lat, to_lon)
        self.length: float = self._line.s13
        self._start = lat, lon

    def at(self, metres: float) -> tuple[float, float]:
        if not self.length:
            return self._start
        found = self._line.Position(metres, _POSITION)
        return found["lat2"], found["lon2"]


def edges(place: Place) -> list[Edge]:
    match place:
        case Point():
            return [Edge(place.at, place.at)]
        case Circle():
            return [Edge(place.centre, place.centre)]
        case Corridor():
            return [Edge(one, other) for one, other in itertools.pairwise(place.points)]
        case Area():
            return [Edge(one, other) for one, other in itertools.pairwise([*place.ring, place.ring[0]])]
        case NamedPlace():
            return []


def reach(place: Place) -> float:
    return place.radius_m if isinstance(place, Circle) else place.half_width_m if isinstance(place, Corridor) else 0


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(EARTH.Inverse(*one, *other, _DISTANCE)["s12"])


def come_within(ones: list[Edge], others: list[Edge], limit: float) -> bool:
    """Whether a place on the one and a place on the other are at most `limit` metres apart: the nearest pieces are halved first."""
    waiting: list[Any] = []
    number = itertools.count()

    def put(one: Edge, start: float, end: float, other: Edge, begin: float, stop: float) -> None:
        apart = metres(one.at((start + end) / 2), other.at((begin + stop) / 2))
        least = apart - (end - start) / 2 - (stop - begin) / 2
        if least <= limit:
            heapq.heappush(waiting, (least, next(number), apart, one, start, end, other, begin, stop))

    for one in ones:
        for other in others:
            put(one, 0, one.length, other, 0, other.length)
    while waiting:
        _least, _number, apart, one, start, end, other, begin, stop = heapq.heappop(waiting)
        if apart <= limit:
            return True
        if max(end - start, stop - begin) < _FINE_M:
            continue
        if end - start >= stop - begin:
            middle = (start + end) / 2
            put(one, start, middle, other, begin, stop)
            put(one, middle, end, other, begin, stop)
        else:
            middle = (begin + stop) / 2
            put(one, start, end, other, begin, middle)
            put(one, start, end, other, middle, stop)
    return False


def holds(area: Area, spot: tuple[float, float]) -> bool:
    """Whether `spot` lies in the area, which must fit into half the globe: turning to follow its ring, one turns once round."""
    turned = 0.0
    for edge in edges(area):
        waiting = [(0.0, edge.length)]
        while waiting:
            start, end = waiting.pop()
            one, other = edge.at(start), edge.at(end)
            near = min(metres(spot, one), metres(spot, other))
            if near < 0.01:
                return True
            if end - start > near / 2 and end - start > _FINE_M:
                waiting += [(start, (start + end) / 2), ((start + end) / 2, end)]
                continue
            change = EARTH.Inverse(*spot, *other)["azi1"] - EARTH.Inverse(*spot, *one)["azi1"]
            turned += (change + 180) % 360 - 180
    return abs(turned) > 180


def meet(one: Place, other: Place, slack: float = 0.0) -> bool:
    """Whether two footprints meet, or come within `slack` metres of it."""
    ones, others = edges(one), edges(other)
    if not ones or not others:
        return False
    if come_within(ones, others, reach(one) + reach(other) + slack):
        return True
    return (isinstance(one, Area) and holds(one, others[0].at(0))) or (
        isinstance(other, Area) and holds(other, ones[0].at(0))
    )
