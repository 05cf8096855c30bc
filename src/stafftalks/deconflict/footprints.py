"""Footprints as columns: spots, lines and rings of places, each with how far it reaches beyond them.

A point is a spot, a circle a spot with its radius, a corridor a line with its half-width, an area a ring. Nothing is widened to a polygon: two footprints meet
where their spots, lines and rings come as near as the two reaches allow, so a circle is a circle. An area is the smaller side of its ring.

Each footprint is entered on every face of the cube that it reaches, with a box there that is never too small.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from stafftalks.deconflict.earth import Bools, Floats, Ints, ragged
from stafftalks.deconflict.faces import FACES, WIDE, drawn

TOLERANCE_M: Final = 0.5
"""What comes as near as this is taken to touch: more than all errors of the geometry together, so that nothing that touches is missed."""
TOLERANCE_PART: Final = 1.5e-6
"""And this part of the two reaches, for the error of long distances."""
SPOT: Final = 0
LINE: Final = 1
RING: Final = 2
NOWHERE: Final = -1
"""The forms: nowhere is the form of what has no footprint."""

Geometries = npt.NDArray[np.object_]
Forms = npt.NDArray[np.int8]


class Entries(msgspec.Struct, frozen=True):
    """Which footprints reach which face, and the box around each there (least x, y, most x, y): by item, then face. `item` numbers footprints."""

    item: Ints
    face: Ints
    box: Floats

    @classmethod
    def of(cls, item: Ints, face: Ints, box: Floats) -> "Entries":
        """These entries in their order."""
        order = np.argsort(item * 8 + face)
        return cls(item[order], face[order], box[order])

    def several(self, count: int) -> Bools:
        """Which of the first `count` items reach more than one face."""
        return np.bincount(self.item, minlength=count) > 1

    def on(self, items: Ints, face: int) -> Ints:
        """The rows of these items on one face; -1 where they do not reach it."""
        # Each reaches a face or more, so its row on this one is among the few that follow its first.
        row = np.searchsorted(self.item, items)
        found = np.full(len(items), -1)
        for step in range(FACES):
            here = np.minimum(row + step, len(self.item) - 1)
            found = np.where((self.item[here] == items) & (self.face[here] == face), here, found)
        return found


class Footprints(msgspec.Struct, frozen=True):
    """Many footprints. Number i has the places `first[i]` to `first[i + 1]`; `cut` holds what is too wide to be drawn whole on a face, by number and face."""

    form: Forms
    reach_m: Floats
    first: Ints
    places: Floats
    entries: Entries
    cut: Mapping[tuple[int, int], shapely.Geometry]

    def counts(self, items: Ints) -> Ints:
        """How many places each has."""
        return self.first[items + 1] - self.first[items]

    def spread(self, items: Ints) -> Bools:
        """Which of these reach more than one face."""
        return self.entries.several(len(self.form))[items]

    def wide(self, items: Ints) -> Bools:
        """Which of these are too wide for some face that they reach."""
        return np.isin(items, sorted({item for item, _face in self.cut})) if self.cut else np.zeros(len(items), bool)

    def geometries(self, items: Ints, faces: Ints) -> Geometries:
        """What each of these is on a face, without its reach: a point, a line or polygons; None where nothing of it can be drawn there."""
        found = np.empty(len(items), object)
        counts = self.counts(items)
        row, number = ragged(counts)
        x, y, along = drawn(self.places[self.first[items][row] + number], faces[row])
        far = np.zeros(len(items), bool)
        far[row[along < WIDE]] = True
        flat = np.stack([x, y], axis=1)
        form = self.form[items]
        for wanted, make in ((SPOT, _points), (LINE, _lines), (RING, _polygons)):
            chosen = np.flatnonzero((form == wanted) & ~far)
            if len(chosen):
                mine = np.zeros(len(items), bool)
                mine[chosen] = True
                found[chosen] = make(flat[mine[row]], counts[chosen])
        for at in np.flatnonzero(far):
            found[at] = self.cut.get((int(items[at]), int(faces[at])))
        return found

    def chosen(self, items: Ints) -> "Footprints":
        """Only these, in this order; none of them twice."""
        row, number = ragged(self.counts(items))
        number_of = np.full(len(self.form), -1)
        number_of[items] = np.arange(len(items))
        kept = number_of[self.entries.item] >= 0
        entries = Entries.of(number_of[self.entries.item[kept]], self.entries.face[kept], self.entries.box[kept])
        cut = {(int(number_of[item]), face): shape for (item, face), shape in self.cut.items() if number_of[item] >= 0}
        return Footprints(
            self.form[items],
            self.reach_m[items],
            offsets(self.counts(items)),
            self.places[self.first[items][row] + number],
            entries,
            cut,
        )


def together(parts: Sequence[Footprints]) -> Footprints:
    """All of these, one behind the other."""
    counts = offsets(np.array([len(part.form) for part in parts], np.int64))[:-1].tolist()
    places = offsets(np.array([len(part.places) for part in parts], np.int64))[:-1].tolist()
    return Footprints(
        np.concatenate([part.form for part in parts]),
        np.concatenate([part.reach_m for part in parts]),
        np.concatenate([np.zeros(1, np.int64), *(part.first[1:] + at for part, at in zip(parts, places, strict=True))]),
        np.concatenate([part.places for part in parts]),
        Entries(
            np.concatenate([part.entries.item + at for part, at in zip(parts, counts, strict=True)]),
            np.concatenate([part.entries.face for part in parts]),
            np.concatenate([part.entries.box for part in parts]),
        ),
        {
            (item + at, face): shape
            for part, at in zip(parts, counts, strict=True)
            for (item, face), shape in part.cut.items()
        },
    )


def offsets(counts: Ints) -> Ints:
    """Where each row begins that has so many parts, and behind the last where all end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _points(flat: Floats, counts: Ints) -> Geometries:
    del counts  # one each
    return np.asarray(shapely.points(flat), object)


def _lines(flat: Floats, counts: Ints) -> Geometries:
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.LINESTRING, flat, (offsets(counts),)), object)


def _polygons(flat: Floats, counts: Ints) -> Geometries:
    """Each ring closed by its first place again."""
    row, number = ragged(counts + 1)
    first = offsets(counts)[:-1]
    closed = flat[first[row] + np.where(number == counts[row], 0, number)]
    rings = offsets(counts + 1), np.arange(len(counts) + 1)
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.POLYGON, closed, rings), object)
