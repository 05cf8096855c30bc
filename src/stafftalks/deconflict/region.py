"""Where two footprints overlap, for people to look at: what they have in common as a ring of places, drawn within a thousandth of the reaches.

Whether they overlap at all is never told from here.
"""

from typing import Final

import msgspec
import numpy as np
import shapely

from stafftalks.deconflict.earth import Floats, ahead, degrees, directions, lengths
from stafftalks.deconflict.faces import drawn, nearest, raised
from stafftalks.deconflict.footprints import SPOT, Footprints

_CORNERS: Final = 72
_LEAST: Final = 0.05
"""What lies less far along a face's axis is not drawn on it."""
_MOST_PLACES: Final = 500


class Region(msgspec.Struct, frozen=True):
    """A spot in both (degrees), how many metres across the region is, and its ring as longitudes and latitudes, which is empty where it is all but a spot.

    Of a region in several parts the ring is the largest.
    """

    lat: float
    lon: float
    across_m: float
    ring: tuple[tuple[float, float], ...] = ()


def region(one: Footprints, item: int, other: Footprints, their: int) -> Region:
    """What two footprints that overlap have in common, on the first face on which their boxes do."""
    face = _face(one, item, other, their)
    shapes = _outline(one, item, face), _outline(other, their, face)
    common = shapely.intersection(*shapes)
    if common.is_empty:  # they touch within the tolerance
        common = shapely.shortest_line(*shapes)
    largest = max(shapely.get_parts(common), key=lambda part: (part.area, part.length))
    spot = shapely.point_on_surface(largest)
    lat, lon = _degrees(np.array([[spot.x, spot.y]]), face)
    corners = shapely.get_coordinates(shapely.segmentize(largest, 0.02))
    lats, lons = _degrees(corners, face)
    places = directions(np.round(lons * 1e6).astype(np.int64), np.round(lats * 1e6).astype(np.int64))
    across = 2 * float(lengths(places, np.repeat(places.mean(axis=0)[None], len(places), axis=0)).max())
    ring = tuple(zip(lons.tolist(), lats.tolist(), strict=True)) if largest.area > 0 else ()
    return Region(float(lat[0]), float(lon[0]), across, ring)


def _face(one: Footprints, item: int, other: Footprints, their: int) -> int:
    for number in range(6):
        at, beside = one.entries.on(np.array([item]), number)[0], other.entries.on(np.array([their]), number)[0]
        if at >= 0 and beside >= 0:
            box, their_box = one.entries.box[at], other.entries.box[beside]
            if (np.maximum(box[:2], their_box[:2]) <= np.minimum(box[2:], their_box[2:])).all():
                return number
    return int(nearest(one.places[one.first[item] : one.first[item] + 1])[0])


def _outline(made: Footprints, item: int, face: int) -> shapely.Geometry:
    """The footprint with its reach, on a face; cut where it leaves the face far behind."""
    reach = float(made.reach_m[item])
    shape = made.geometries(np.array([item]), np.array([face]))[0]
    if not reach:
        return shape if shape is not None else shapely.Point()
    places = made.places[made.first[item] : made.first[item + 1]]
    if len(places) > _MOST_PLACES:
        places = places[np.linspace(0, len(places) - 1, _MOST_PLACES).astype(int)]
    lon, lat = degrees(places)
    turn = np.arange(_CORNERS) * 360 / _CORNERS
    wider = reach / np.cos(np.pi / _CORNERS)
    to_lon, to_lat = ahead(
        np.repeat(lon, _CORNERS), np.repeat(lat, _CORNERS), np.tile(turn, len(lon)), np.full(_CORNERS * len(lon), wider)
    )
    rims = _drawn(to_lon, to_lat, face).reshape(len(lon), _CORNERS, 2)
    known = np.asarray(~np.isnan(rims).any(axis=(1, 2)), bool)
    if made.form[item] == SPOT or not known.any():
        return shapely.Polygon(rims[0]) if known[0] else shapely.box(-1, -1, 1, 1)
    hulls = [
        shapely.convex_hull(shapely.MultiPoint(np.concatenate([rims[at], rims[at + 1]])))
        for at in range(len(lon) - 1)
        if known[at] and known[at + 1]
    ]
    return shapely.union_all(hulls) if hulls else shapely.Polygon(rims[np.flatnonzero(known)[0]])


def _drawn(lon: Floats, lat: Floats, face: int) -> Floats:
    places = directions(np.round(lon * 1e6).astype(np.int64), np.round(lat * 1e6).astype(np.int64))
    x, y, along = drawn(places, np.full(len(places), face))
    found = np.stack([x, y], axis=1)
    found[along < _LEAST] = np.nan
    return found


def _degrees(flat: Floats, face: int) -> tuple[Floats, Floats]:
    lon, lat = degrees(raised(flat[:, 0], flat[:, 1], face))
    return lat, lon
