"""Which candidates' footprints do meet: the last and exact test of a pair."""

import numpy as np
import shapely

from stafftalks.deconflict.earth import Bools, Ints
from stafftalks.deconflict.faces import FACES
from stafftalks.deconflict.footprints import LINE, RING, SPOT, Footprints, Geometries
from stafftalks.deconflict.nearness import edges_meet, spots_meet

_MANY = 40
"""Places from which on a polygon is prepared before it is compared."""


def meet(one: Footprints, ones: Ints, other: Footprints, others: Ints, face: Ints) -> Bools:
    """Whether the footprints of each pair meet, where `face` is a face that both reach; closed, and so that nothing that touches is missed."""
    found = np.zeros(len(ones), bool)
    form_one, form_other = one.form[ones], other.form[others]
    spots = (form_one == SPOT) & (form_other == SPOT)
    found[spots] = spots_meet(one, ones[spots], other, others[spots])
    # Points, circles and lines have no inside; what lies in an area, or crosses, GEOS says of straight lines on the face.
    inside = np.flatnonzero((form_one == RING) | (form_other == RING) | ((form_one == LINE) & (form_other == LINE)))
    if len(inside):
        found[inside] = _crossing(one, ones[inside], other, others[inside], face[inside])
        if one.cut or other.cut:  # of what is too wide, a face shows a part only
            for each in range(FACES):
                rest = inside[~found[inside]]
                wide = rest[_wide(one, ones[rest]) | _wide(other, others[rest])]
                found[wide] = _crossing(one, ones[wide], other, others[wide], np.full(len(wide), each))
    open_ = np.flatnonzero(~found & ~spots)
    if len(open_):
        found[open_] = edges_meet(one, ones[open_], other, others[open_])
    return found


def _crossing(one: Footprints, ones: Ints, other: Footprints, others: Ints, face: Ints) -> Bools:
    return np.asarray(shapely.intersects(_shapes(one, ones, face), _shapes(other, others, face)), bool)


def _wide(made: Footprints, items: Ints) -> Bools:
    return np.isin(items, sorted({item for item, _face in made.cut}))


def _shapes(made: Footprints, items: Ints, faces: Ints) -> Geometries:
    keys, turn = np.unique(items * 8 + faces, return_inverse=True)
    shapes = made.geometries(keys // 8, keys % 8)
    many = made.counts(keys // 8) >= _MANY
    if many.any():
        shapely.prepare(shapes[many])
    return shapes[turn]
