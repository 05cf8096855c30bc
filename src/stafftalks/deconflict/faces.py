"""The six faces of a cube around the Earth, each a plane in which every piece of an edge is straight.

A place is drawn on a face where the line from the centre through it meets the face's plane (gnomonic): planes through the centre become straight lines, so planar
tests are exact for them. Faces 0 to 2 look along +x, +y, +z, faces 3 to 5 along the opposite. On its own face a place has coordinates from -1 to 1; what reaches
beyond is still true there, up to WIDE. Distances on a face are never shorter, in radians, than on the sphere.
"""

from typing import Final

import numpy as np

from stafftalks.deconflict.earth import Bools, Floats, Ints

FACES: Final = 6
WIDE: Final = 0.3
"""Places whose direction lies less than this far along a face's axis are too far out to be drawn on it: beyond 72.5 degrees."""
_CORNER: Final = float(np.arccos(3**-0.5))
_MARGIN: Final = 1e-9


def nearest(places: Floats) -> Ints:
    """The face on which each place lies."""
    axis = np.argmax(np.abs(places), axis=1)
    return np.asarray(axis + 3 * (np.take_along_axis(places, axis[:, None], 1)[:, 0] < 0), np.int64)


def drawn(places: Floats, face: Ints) -> tuple[Floats, Floats, Floats]:
    """The two coordinates of places on faces, and how far along the face's axis each lies; true only where that is above zero."""
    axis = face % 3
    sign = np.where(face < 3, 1.0, -1.0)
    row = np.arange(len(places))
    along = places[row, axis] * sign
    with np.errstate(divide="ignore", invalid="ignore"):
        return places[row, (axis + 1) % 3] / along, places[row, (axis + 2) % 3] / along, along


def raised(x: Floats, y: Floats, face: int) -> Floats:
    """The directions of points on a face; not of length one."""
    found = np.empty((len(x), 3))
    axis = face % 3
    found[:, axis] = 1.0 if face < 3 else -1.0
    found[:, (axis + 1) % 3] = x
    found[:, (axis + 2) % 3] = y
    return found


def boxes(places: Floats, angle: Floats, face: Ints) -> tuple[Floats, Bools]:
    """Boxes (n, 4: least x, least y, most x, most y) on the faces around all that lies within `angle` radians of each place, and which reach the face at all.

    Never too small; cut to the face. Source: a plane x = t touches a cap where the angle between its normal and the cap's centre has the sine of the radius.
    """
    axis = face % 3
    sign = np.where(face < 3, 1.0, -1.0)
    row = np.arange(len(places))
    along = places[row, axis] * sign
    sine = np.sin(angle)
    found = np.empty((len(places), 4))
    near = along > sine + 1e-6  # the whole cap lies before the face's horizon
    depth = np.where(near, along * along - sine * sine, 1.0)
    for at in (0, 1):
        across = places[row, (axis + 1 + at) % 3]
        root = sine * np.sqrt(np.maximum(across * across + along * along - sine * sine, 0))
        found[:, at] = np.where(near, (across * along - root) / depth, -1.0)
        found[:, at + 2] = np.where(near, (across * along + root) / depth, 1.0)
    found[:, :2] -= _MARGIN
    found[:, 2:] += _MARGIN
    reaches = np.where(
        near,
        (found[:, 0] <= 1) & (found[:, 1] <= 1) & (found[:, 2] >= -1) & (found[:, 3] >= -1),
        np.arccos(np.clip(along, -1, 1)) - angle <= _CORNER,
    )
    return found, reaches
