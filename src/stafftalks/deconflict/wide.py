"""Rings and lines that reach so far around the Earth that no face can draw them whole: what of them lies on one face.

A ring divides the Earth in two; its inside is the smaller part, as for every area. On a face its pieces cut the square into patches, and a patch belongs to the
inside where the way from a point of it to the nearest edge arrives there from inside, an even number of crossings apart.
"""

import numpy as np
import shapely

from stafftalks.deconflict.earth import Floats
from stafftalks.deconflict.faces import FACES, WIDE, drawn, raised

_DRAWN = 1.05
"""How far out on a face pieces are drawn; a piece is at most 0.02 long there."""
_SQUARE = 1.02


def fault_of(places: Floats) -> str:
    """What is wrong with a ring of these places, behind "The footprint"; empty where it has one inside."""
    for face in range(FACES):
        line = line_on(np.concatenate([places, places[:1]]), face)
        if line is not None and not shapely.is_simple(line):
            return "crosses or touches itself"
    if abs(_left_of(places) - 2 * np.pi) < 1e-6:
        return "divides the Earth into two halves alike: which of them is meant cannot be told"
    return ""


def line_on(places: Floats, face: int) -> shapely.Geometry | None:
    """The pieces of the line through these places that lie on a face or a little beyond; None where there are none."""
    x, y, along = drawn(places, np.full(len(places), face))
    shown = (along >= WIDE) & (np.abs(x) <= _DRAWN) & (np.abs(y) <= _DRAWN)
    flat = np.stack([x, y], axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]])))
    runs = [flat[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start > 1]
    return shapely.MultiLineString(runs) if runs else None


def ring_on(places: Floats, face: int) -> shapely.Geometry | None:
    """The inside of the ring of these places, on a face or a little beyond; None where there is none of it."""
    square = shapely.box(-_SQUARE, -_SQUARE, _SQUARE, _SQUARE)
    lines = line_on(np.concatenate([places, places[:1]]), face)
    borders = square.boundary if lines is None else shapely.union(lines, square.boundary)
    patches = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    points = shapely.get_coordinates(shapely.point_on_surface(patches))
    found = raised(points[:, 0], points[:, 1], face)
    found /= np.sqrt(np.einsum("ij,ij->i", found, found))[:, None]
    within = np.abs(points).max(axis=1) <= _SQUARE
    left = _left_of(places) < 2 * np.pi
    kept = [
        patch
        for patch, point, near in zip(patches, found, within, strict=True)
        if near and _inside(places, point, left=left)
    ]
    return shapely.union_all(kept) if kept else None


def _left_of(places: Floats) -> float:
    """The part of the unit sphere's 4 pi to the left of the ring: the signed triangles between its pieces and one of the axes, summed."""
    following = np.roll(places, -1, axis=0)
    apexes = np.concatenate([np.eye(3), -np.eye(3)])
    apex = apexes[np.argmax((places @ apexes.T).min(axis=0))]
    volume = np.cross(places, following) @ apex
    spread = 1 + places @ apex + following @ apex + np.einsum("ij,ij->i", places, following)
    return float(np.sum(2 * np.arctan2(volume, spread)) % (4 * np.pi))


def _inside(places: Floats, point: Floats, *, left: bool) -> bool:
    following = np.roll(places, -1, axis=0)
    middles = places + following
    middles /= np.sqrt(np.einsum("ij,ij->i", middles, middles))[:, None]
    edge = int(np.argmax(middles @ point))
    middle = middles[edge]
    plane = np.cross(point, middle)
    one, other = places @ plane, following @ plane
    crossing = (one >= 0) != (other >= 0)
    crossing[edge] = False
    met = places * np.abs(other)[:, None] + following * np.abs(one)[:, None]
    between = (met @ np.cross(plane, point) >= 0) & (met @ np.cross(middle, plane) >= 0)
    from_left = bool(np.cross(places[edge], following[edge]) @ point > 0)
    return (from_left == left) != bool(np.count_nonzero(crossing & between) % 2)
