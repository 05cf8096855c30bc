"""Which candidates' footprints do meet: the last and exact test of a pair."""

from typing import Final

import numpy as np
import shapely

from stafftalks.deconflict.earth import Bools, Floats, Ints, ragged
from stafftalks.deconflict.faces import FACES, drawn
from stafftalks.deconflict.footprints import LINE, RING, SPOT, Footprints, Geometries, offsets
from stafftalks.deconflict.nearness import edges_meet, spots_meet

_MANY: Final = 100
"""Places from which on a shape is prepared before it is compared."""
_TOUCHING: Final = 1.2e-7
"""How near areas come on a face that touch: three times the errors of their two edges, as the scale is there; 0.77 m where it is least."""


def meet(one: Footprints, ones: Ints, other: Footprints, others: Ints, face: Ints) -> Bools:
    """Whether the footprints of each pair meet, where `face` is a face that both reach; closed, and so that nothing that touches is missed."""
    found = np.zeros(len(ones), bool)
    form, their = one.form[ones], other.form[others]
    spots = (form == SPOT) & (their == SPOT)
    found[spots] = spots_meet(one, ones[spots], other, others[spots])
    # Areas, if one of them lies on the face as a whole, so that this is where they touch.
    areas = (form == RING) & (their == RING) & ~(one.spread(ones) & other.spread(others))
    shapes = _shapes(one, ones[areas], face[areas]), _shapes(other, others[areas], face[areas])
    found[areas] = shapely.dwithin(*shapes, _TOUCHING)
    # What lies inside an area, or crosses, is told on the face; points, circles and lines have no inside.
    within = (form == SPOT) & (their == RING) & ~other.wide(others)
    found[within] = _inside(one, ones[within], other, others[within], face[within])
    around = (form == RING) & (their == SPOT) & ~one.wide(ones)
    found[around] = _inside(other, others[around], one, ones[around], face[around])
    apart = (form != RING) & (their != RING) & ~((form == LINE) & (their == LINE))
    rest = np.flatnonzero(~(spots | areas | within | around | apart))
    found[rest] = _crossing(one, ones[rest], other, others[rest], face[rest])
    if one.cut or other.cut:  # of what is too wide, a face shows a part only
        for each in range(FACES):
            rest = rest[~found[rest]]
            wide = rest[one.wide(ones[rest]) | other.wide(others[rest])]
            found[wide] = _crossing(one, ones[wide], other, others[wide], np.full(len(wide), each))
    # What neither crosses nor lies inside is measured, edge against edge.
    rest = np.flatnonzero(~found & ~spots & ~areas)
    if len(rest):
        found[rest] = edges_meet(one, ones[rest], other, others[rest])
    return found


def _inside(spots: Footprints, spot: Ints, rings: Footprints, ring: Ints, face: Ints) -> Bools:
    """Whether each spot lies inside a ring: a line from it along the face crosses the ring's edges an odd number of times. At the edge itself either may be told."""
    if not len(spot):
        return np.zeros(0, bool)
    at_x, at_y, along = drawn(spots.places[spots.first[spot]], face)
    keys, turn = np.unique(ring * 8 + face, return_inverse=True)
    row, number = ragged(rings.counts(keys // 8))
    x, y, _along = drawn(rings.places[rings.first[keys // 8][row] + number], (keys % 8)[row])
    first = offsets(rings.counts(keys // 8))
    last = np.concatenate([np.flatnonzero(np.diff(row)), [len(row) - 1]])
    to_x, to_y = _following(x, first, last), _following(y, first, last)
    pair, number = ragged(rings.counts(ring))
    edge = first[turn[pair]] + number
    over = y[edge] > at_y[pair]
    crossing = np.flatnonzero(over != (to_y[edge] > at_y[pair]))
    pair, edge = pair[crossing], edge[crossing]
    slope = (to_x[edge] - x[edge]) / (to_y[edge] - y[edge])
    right = x[edge] + (at_y[pair] - y[edge]) * slope > at_x[pair]
    return np.asarray((np.bincount(pair[right], minlength=len(spot)) % 2 == 1) & (along > 0))


def _following(column: Floats, first: Ints, last: Ints) -> Floats:
    """For each place of rings the next one's."""
    found = np.roll(column, -1)
    found[last] = column[first[:-1]]
    return found


def _crossing(one: Footprints, ones: Ints, other: Footprints, others: Ints, face: Ints) -> Bools:
    return np.asarray(shapely.intersects(_shapes(one, ones, face), _shapes(other, others, face)), bool)


def _shapes(made: Footprints, items: Ints, faces: Ints) -> Geometries:
    keys, turn = np.unique(items * 8 + faces, return_inverse=True)
    shapes = made.geometries(keys // 8, keys % 8)
    shapely.prepare(shapes[made.counts(keys // 8) >= _MANY])
    return shapes[turn]
