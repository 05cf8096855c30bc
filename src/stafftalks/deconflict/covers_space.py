"""Which cells cover footprints within an area: few, each no finer than agreed, and never less than the footprint.

The steps: 1. from the faces down to the area's cells, keeping those that a footprint reaches. 2. Level by level they are divided in four while no more than `most` are left of them for
a footprint; what lies wholly inside it is not divided. 3. Where the next level would be too many, only those of it are taken that spare most: cells of which fewer of the
four are reached. 4. Four that fill a cell become that cell.

A cell is kept where any arc of the footprint comes within its angle of it, or where none does and its middle lies inside the area. What all corners of a cell are far from is far from
the cell, as cells have four sides that are planes through the centre. Arcs are handed down: a cell is held only against those that come near the cell it lies in.
"""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import shapely

from stafftalks.deconflict.covers_cells import held, line, of_level, sides
from stafftalks.deconflict.covers_shapes import Arcs, Shapes
from stafftalks.deconflict.earth import Bools, Floats, Ints, ragged
from stafftalks.deconflict.footprints import RING, SPOT, Geometries, offsets


class Cells(msgspec.Struct, frozen=True):
    """Cells of many footprints: of which one, their level and number, in this order."""

    item: Ints
    level: Ints
    code: Ints


class _Rows(msgspec.Struct, frozen=True):
    """Cells of one level: of which footprint, number, whether wholly inside it; and which arcs come near which row, by row."""

    item: Ints
    code: Ints
    sure: Bools
    row: Ints
    arc: Ints

    def chosen(self, wanted: Bools) -> "_Rows":
        """Only these rows."""
        number = np.cumsum(wanted) - 1
        kept = wanted[self.row]
        return _Rows(self.item[wanted], self.code[wanted], self.sure[wanted], number[self.row[kept]], self.arc[kept])

    def divided(self) -> "_Rows":
        """The four cells in each, with the arcs that came near it."""
        count = len(self.item)
        counts = np.bincount(self.row, minlength=count)
        first = offsets(counts)
        parent = np.repeat(np.arange(count), 4)
        row, number = ragged(counts[parent])
        code = (self.code[:, None] * 4 + np.arange(4)).ravel()
        return _Rows(self.item[parent], code, self.sure[parent], row, self.arc[first[parent[row]] + number])


class _Covering:
    """The work of one call: the footprints, and the cells found."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._drawn: dict[tuple[int, int], shapely.Geometry | None] = {}
        self.found: list[tuple[Ints, Ints, Ints]] = []

    def on_faces(self, faces: Ints) -> _Rows:
        """Every footprint on these faces."""
        count = len(self._shapes.form)
        item = np.repeat(np.flatnonzero(np.diff(self._shapes.first)), len(faces))
        counts = np.diff(self._shapes.first)[item]
        row, number = ragged(counts)
        code = np.tile(faces, len(item) // max(len(faces), 1)) if count else np.zeros(0, np.int64)
        rows = _Rows(item, code, np.zeros(len(item), bool), row, self._shapes.first[item][row] + number)
        return self.reached(0, rows)

    def reached(self, level: int, rows: _Rows) -> _Rows:
        """The rows that their footprints reach, with the arcs that come near."""
        face, across, up = sides(level, rows.code)
        x0, x1, y0, y1 = line(level, across), line(level, across + 1), line(level, up), line(level, up + 1)
        near, inside = _near(self._shapes.arcs, rows, face, x0, x1, y0, y1)
        touched = np.bincount(rows.row[near], minlength=len(rows.item)) > 0
        sure = rows.sure.copy()
        if len(inside):
            form = self._shapes.form[rows.item[rows.row[inside]]]
            sure[rows.row[inside[form == SPOT]]] = True
        asked = np.flatnonzero(~touched & ~sure & (self._shapes.form[rows.item] == RING))
        if len(asked):
            middle_x, middle_y = (x0[asked] + x1[asked]) / 2, (y0[asked] + y1[asked]) / 2
            sure[asked] = self._holds(rows.item[asked], face[asked], middle_x, middle_y)
        found = _Rows(rows.item, rows.code, sure, rows.row[near], rows.arc[near])
        return found.chosen(touched | sure)

    def _holds(self, item: Ints, face: Ints, x: Floats, y: Floats) -> Bools:
        """Whether an area holds a place on a face that is far from all its edges."""
        keys, turn = np.unique(item * 8 + face, return_inverse=True)
        names = [(key >> 3, key & 7) for key in keys.tolist()]
        missing = [name for name in names if name not in self._drawn]
        if missing:
            wanted = np.array(missing, np.int64)
            made: Geometries = self._shapes.made.geometries(wanted[:, 0], wanted[:, 1])
            self._drawn.update(zip(missing, made, strict=True))
        drawn = np.empty(len(names), object)
        drawn[:] = [self._drawn[name] for name in names]
        return np.asarray(shapely.contains_xy(drawn[turn], x, y), bool)

    def keep(self, level: int, item: Ints, code: Ints) -> None:
        """These cells are of the cover."""
        self.found.append((item, np.full(len(item), level), code))


def covered(shapes: Shapes, area: Sequence[tuple[int, int]], finest: int, most: int) -> Cells:
    """The cells that cover each footprint as far as it lies in the area, at most `most` for each, or as many as cells of the area if it reaches more of them."""
    work = _Covering(shapes)
    at_level = dict(_located(work, area))
    total = np.zeros(len(shapes.form), np.int64)
    for rows in at_level.values():
        total += np.bincount(rows.item, minlength=len(total))
    going = total > 0
    rows = _none()
    for level in range(finest + 1):
        rows = _joined(rows, at_level.get(level, _none()))
        if not len(rows.item):
            continue
        divided = ~rows.sure & going[rows.item] & (level < finest)
        work.keep(level, rows.item[~divided], rows.code[~divided])
        parents = rows.chosen(divided)
        rows = work.reached(level + 1, parents.divided()) if divided.any() else _none()
        if not divided.any():
            continue
        count = len(total)
        more = np.bincount(rows.item, minlength=count) - np.bincount(parents.item, minlength=count)
        over = total + more - most
        stops = over > 0
        total += np.where(stops, 0, more)
        going &= ~stops
        ending = stops[rows.item]
        if ending.any():
            _end(work, level + 1, rows.chosen(ending), over)
            rows = rows.chosen(~ending)
    return _filled(work, area)


def _located(work: _Covering, area: Sequence[tuple[int, int]]) -> Iterator[tuple[int, _Rows]]:
    """The area's cells that footprints reach, level by level."""
    deepest = max(level for level, _code in area)
    above = {
        level: np.unique([code >> 2 * (at - level) for at, code in area if at > level]) for level in range(deepest)
    }
    rows = work.on_faces(np.unique([code >> 2 * level for level, code in area]))
    for level in range(deepest + 1):
        here = of_level(area, level)
        chosen = held(level, rows.code, level, here)
        yield level, rows.chosen(chosen)
        if level == deepest:
            return
        rows = rows.chosen(held(level, rows.code, level, above[level].astype(np.int64))).divided()
        wanted = held(level + 1, rows.code, level + 1, of_level(area, level + 1))
        if level + 1 < deepest:
            wanted |= held(level + 1, rows.code, level + 1, above[level + 1].astype(np.int64))
        rows = work.reached(level + 1, rows.chosen(wanted))


def _end(work: _Covering, level: int, rows: _Rows, over: Ints) -> None:
    """Keeps the cells of the last level for these footprints, `over` too many for each: as many as need be become the cell they lie in, of which most of the four are reached first."""
    # Ordered as items and codes are, so cells of one parent stand together.
    order = np.lexsort((rows.code, rows.item))
    item, code = rows.item[order], rows.code[order]
    first = np.flatnonzero(np.concatenate([[True], (item[1:] != item[:-1]) | (code[1:] >> 2 != code[:-1] >> 2)]))
    counts = np.diff(np.concatenate([first, [len(item)]]))
    ranked = np.lexsort((code[first], -counts, item[first]))
    spared = counts[ranked] - 1
    owner = item[first][ranked]
    before = np.cumsum(spared) - spared
    begins = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    before -= np.repeat(before[begins], np.diff(np.concatenate([begins, [len(owner)]])))
    becomes = np.zeros(len(first), bool)
    becomes[ranked] = (before < over[owner]) & (spared > 0)
    work.keep(level - 1, item[first][becomes], code[first][becomes] >> 2)
    left = ~np.repeat(becomes, counts)
    work.keep(level, item[left], code[left])


def _filled(work: _Covering, area: Sequence[tuple[int, int]]) -> Cells:
    """All that was kept, where four that fill a cell of the area are that cell."""
    if not work.found:
        return Cells(*(np.zeros(0, np.int64) for _ in range(3)))
    item, level, code = (np.concatenate(column) for column in zip(*work.found, strict=True))
    coarsest = min(at for at, _code in area)
    parts: list[tuple[Ints, Ints, Ints]] = []
    own = {at: of_level(area, at) for at, _code in area}
    carried = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for at in range(int(level.max(initial=0)), -1, -1):
        here = level == at
        items, codes = np.concatenate([item[here], carried[0]]), np.concatenate([code[here], carried[1]])
        order = np.lexsort((codes, items))
        items, codes = items[order], codes[order]
        carried = np.zeros(0, np.int64), np.zeros(0, np.int64)
        if at > coarsest and len(items) > 3:
            parent = codes >> 2
            four = np.flatnonzero((items[3:] == items[:-3]) & (parent[3:] == parent[:-3]))
            within = np.zeros(len(four), bool)
            for outer, codes_of in own.items():
                if outer < at:
                    within |= held(at - 1, parent[four], outer, codes_of)
            four = four[within]
            carried = items[four], parent[four]
            gone = (four[:, None] + np.arange(4)).ravel()
            items, codes = np.delete(items, gone), np.delete(codes, gone)
        parts.append((items, np.full(len(items), at), codes))
    item, level, code = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((code, level, item))
    return Cells(item[order], level[order], code[order])


def _near(arcs: Arcs, rows: _Rows, face: Ints, x0: Floats, x1: Floats, y0: Floats, y1: Floats) -> tuple[Ints, Ints]:
    """Which pairs of row and arc come near, by number; and in which all corners of the cell lie within the arc's start and its angle."""
    box = arcs.box[face[rows.row], rows.arc]
    left, right, low, high = x0[rows.row], x1[rows.row], y0[rows.row], y1[rows.row]
    pair = np.flatnonzero((box[:, 0] <= right) & (box[:, 2] >= left) & (box[:, 1] <= high) & (box[:, 3] >= low))
    left, right, low, high = left[pair], right[pair], low[pair], high[pair]
    at, arc = face[rows.row[pair]], rows.arc[pair]
    start, normal = arcs.start[at, arc], arcs.normal[at, arc]
    angle, sine = arcs.angle[arc], arcs.sine[arc]
    corners = [_unit(x, y) for x in (left, right) for y in (low, high)]
    off = [_dot(normal, corner) for corner in corners]
    least, most = np.minimum.reduce(off), np.maximum.reduce(off)
    beside = (least <= sine) & (most >= -sine)
    behind, beyond = arcs.behind[at, arc], arcs.beyond[at, arc]
    along = np.maximum.reduce([_dot(behind, corner) for corner in corners])
    past = np.minimum.reduce([_dot(beyond, corner) for corner in corners])
    near = beside & (along >= 0) & (past <= 0) & ((normal != 0).any(axis=1))
    asked = np.flatnonzero(beside & ~near)
    near[asked] = _within(start[asked], angle[asked], left[asked], right[asked], low[asked], high[asked])
    square = angle * angle
    farthest = np.maximum.reduce([_square(start - corner) for corner in corners])
    inside = near & (farthest <= square * (1 - square / 12))
    return pair[near], pair[inside]


def _within(start: Floats, angle: Floats, left: Floats, right: Floats, low: Floats, high: Floats) -> Bools:
    """Whether a cell comes within an angle of a place: it holds it, or a place on one of its sides is as near."""
    x, y, along = start.T
    front = along > 0
    found = front & (left * along <= x) & (x <= right * along) & (low * along <= y) & (y <= high * along)
    square = angle * angle
    for side in (left, right):
        found |= _square(start - _unit(side, _foot(x, y, along, side, low, high))) <= square
    for side in (low, high):
        found |= _square(start - _unit(_foot(y, x, along, side, left, right), side)) <= square
    return np.asarray(found, bool)


def _foot(across: Floats, other: Floats, along: Floats, side: Floats, low: Floats, high: Floats) -> Floats:
    """The other coordinate of the place on a side that is nearest: the side lies in a plane, and the foot of the perpendicular on that, held between its ends."""
    off = (across - side * along) / (1 + side * side)
    depth = along + off * side
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = np.where(depth > 0, other / depth, np.where(other > 0, np.inf, -np.inf))
    return np.minimum(np.maximum(foot, low), high)


def _unit(x: Floats, y: Floats) -> Floats:
    size = np.sqrt(x * x + y * y + 1)
    return np.stack([x / size, y / size, 1 / size], axis=1)


def _dot(one: Floats, other: Floats) -> Floats:
    return one[:, 0] * other[:, 0] + one[:, 1] * other[:, 1] + one[:, 2] * other[:, 2]


def _square(found: Floats) -> Floats:
    return found[:, 0] ** 2 + found[:, 1] ** 2 + found[:, 2] ** 2


def _none() -> _Rows:
    empty = np.zeros(0, np.int64)
    return _Rows(empty, empty, np.zeros(0, bool), empty, empty)


def _joined(one: _Rows, other: _Rows) -> _Rows:
    return _Rows(
        np.concatenate([one.item, other.item]),
        np.concatenate([one.code, other.code]),
        np.concatenate([one.sure, other.sure]),
        np.concatenate([one.row, other.row + len(one.item)]),
        np.concatenate([one.arc, other.arc]),
    )
