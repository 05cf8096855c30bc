"""The keys of many activities as columns: what each side puts in for what they cover, and what for all that holds it.

For a footprint's cells and a window's nodes, R are the pairs of the two within the grid's boxes; T the pairs with longer nodes that hold those, S with larger cells, U with both.
The proposer puts in R and T under the tags (0, 0), R under (0, 1), S and U under (1, 0), S under (1, 1): space tag first. The partner puts in R and S, T and U, R, and T. So where a cell of the one
holds or is a cell of the other, and a node likewise, exactly one tag of each sort matches.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict.covers_cells import held, of_level
from stafftalks.deconflict.covers_grid import UNIT_S, Grid, Role
from stafftalks.deconflict.covers_space import Cells
from stafftalks.deconflict.covers_time import Nodes
from stafftalks.deconflict.earth import Ints, ragged
from stafftalks.deconflict.footprints import offsets

TAGS: Final = ((0, 0), (0, 1), (1, 0), (1, 1))


class Rows(msgspec.Struct, frozen=True):
    """Keys as columns: of which volume; a cell or, for a claim, the number of a resource; a node; a band; and of the largest cell and node that may hold them the levels."""

    item: Ints
    level: Ints
    code: Ints
    node_level: Ints
    node: Ints
    band: Ints
    roof: Ints
    node_roof: Ints

    def chosen(self, wanted: Ints) -> "Rows":
        """Only these."""
        return Rows(*(column[wanted] for column in msgspec.structs.astuple(self)))


def together(parts: Sequence[Rows]) -> Rows:
    """All of these, one behind the other."""
    return Rows(*(np.concatenate(column) for column in zip(*map(msgspec.structs.astuple, parts), strict=True)))


def pairs(cells: Cells, nodes: Nodes, low: Ints, high: Ints, grid: Grid) -> Rows:
    """R: each cell of a volume with each of its nodes and each of its bands `low` to `high`, as far as they lie in boxes where the grid has such."""
    count = len(low)
    counts = np.bincount(nodes.item, minlength=count)
    row, number = ragged(counts[cells.item])
    at = offsets(counts)[cells.item[row]] + number
    row_of_band, step = ragged((high - low + 1)[cells.item[row]])
    cell, at = row[row_of_band], at[row_of_band]
    item = cells.item[cell]
    roof = _roofs(cells, grid)[cell]
    node_roof = np.full(len(item), grid.last_time_level)
    found = Rows(
        item, cells.level[cell], cells.code[cell], nodes.level[at], nodes.number[at], low[item] + step, roof, node_roof
    )
    return found if grid.boxes[0].node is None else _boxed(found, grid)


def claimed(resource: Ints, item: Ints, nodes: Nodes, count: int, grid: Grid) -> Rows:
    """R of claims: each claim with each node of its volume."""
    counts = np.bincount(nodes.item, minlength=count)
    row, number = ragged(counts[item])
    at = offsets(counts)[item[row]] + number
    nothing = np.zeros(len(row), np.int64)
    node_roof = np.full(len(row), grid.last_time_level)
    return Rows(item[row], nothing, resource[row], nodes.level[at], nodes.number[at], nothing, nothing, node_roof)


def _roofs(cells: Cells, grid: Grid) -> Ints:
    """The level of the area's cell in which each lies."""
    found = np.zeros(len(cells.item), np.int64)
    for outer in sorted({level for level, _code in grid.area}):
        own = of_level(grid.area, outer)
        for level in np.unique(cells.level[cells.level >= outer]).tolist():
            here = np.flatnonzero(cells.level == level)
            found[here[held(level, cells.code[here], outer, own)]] = outer
    return found


def put_in(found: Rows, role: Role, *, place: bool) -> Iterator[tuple[int, int, Rows]]:
    """What a side puts in for R: space tag, time tag and rows. Claims have no space tag but 0."""
    longer, larger = _longer(found), _larger(found)
    both = _larger(longer)
    parts: tuple[tuple[Rows, ...], ...]
    if role == "proposer":
        parts = (found, longer), (found,), (larger, both), (larger,)
    else:
        parts = (found, larger), (longer, both), (found,), (longer,)
    for (space, time), rows in zip(TAGS, parts, strict=True):
        if place or not space:
            yield space, time, together(rows)


def _longer(found: Rows) -> Rows:
    """T: the same with each longer node that holds one of theirs, each once."""
    parts, rows, level = [found.chosen(np.zeros(0, np.int64))], found, int(found.node_level.min(initial=0))
    while len(rows.item):
        here = (rows.node_level == level) & (rows.node_level < rows.node_roof)
        above = rows.chosen(np.flatnonzero(here))
        above = _once(msgspec.structs.replace(above, node_level=above.node_level + 1, node=above.node >> 1))
        parts.append(above)
        rows = together([rows.chosen(np.flatnonzero(rows.node_level > level)), above])
        level += 1
    return together(parts)


def _larger(found: Rows) -> Rows:
    """S (or U): the same with each larger cell of the area that holds one of theirs, each once."""
    parts, rows, level = [found.chosen(np.zeros(0, np.int64))], found, int(found.level.max(initial=0))
    while len(rows.item):
        here = (rows.level == level) & (rows.level > rows.roof)
        above = rows.chosen(np.flatnonzero(here))
        above = _once(msgspec.structs.replace(above, level=above.level - 1, code=above.code >> 2))
        parts.append(above)
        rows = together([rows.chosen(np.flatnonzero(rows.level < level)), above])
        level -= 1
    return together(parts)


def _once(found: Rows) -> Rows:
    """Each row once."""
    if not len(found.item):
        return found
    _values, first = np.unique(numbered(list(msgspec.structs.astuple(found))), return_index=True)
    return found.chosen(first)


def numbered(columns: Sequence[Ints]) -> Ints:
    """One number for each row, in the same order as the rows; the columns are counted from their least value, and fit together into 63 bits or are ranked."""
    whole = np.zeros(len(columns[0]), np.int64)
    bits = 0
    for column in columns:
        least = int(column.min(initial=0)) if len(column) == 0 else int(column.min())
        width = (int(column.max()) - least).bit_length() if len(column) else 0
        values = column - least
        if bits + width > 62:
            _unique, whole = np.unique(whole, return_inverse=True)
            bits = int(whole.max()).bit_length()
        if bits + width > 62:
            _unique, values = np.unique(values, return_inverse=True)
            width = int(values.max()).bit_length()
        whole = whole << width | values
        bits += width
    return whole


def _boxed(found: Rows, grid: Grid) -> Rows:
    """What of these lies in each of the grid's boxes: of a row and a box the smaller cell, the shorter node and the bands of both."""
    by_level: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for box in grid.boxes:
        if box.node is not None:
            for band in banded(box.low_m, box.high_m, grid):
                by_level.setdefault((box.level, box.node[0]), []).append((box.code, box.node[1], band))
    parts = [found.chosen(np.zeros(0, np.int64))]
    levels = np.unique(np.stack([found.level, found.node_level], axis=1), axis=0).tolist() if len(found.item) else []
    for (level, node_level), listed in by_level.items():
        box_code, box_node, box_band = np.array(listed, np.int64).T
        for at, node_at in levels:
            here = np.flatnonzero((found.level == at) & (found.node_level == node_at))
            upper, longer = min(level, at), max(node_level, node_at)
            first = grid.start // (UNIT_S << longer)
            theirs = _cornered(box_code >> 2 * (level - upper), (box_node >> longer - node_level) - first, box_band)
            own = _cornered(
                found.code[here] >> 2 * (at - upper), (found.node[here] >> longer - node_at) - first, found.band[here]
            )
            order = np.argsort(theirs, kind="stable")
            begins = np.searchsorted(theirs[order], own)
            row, number = ragged(np.searchsorted(theirs[order], own, side="right") - begins)
            box = order[begins[row] + number]
            row = here[row]
            parts.append(
                Rows(
                    found.item[row],
                    np.full(len(row), max(at, level)),
                    found.code[row] if at >= level else box_code[box],
                    np.full(len(row), min(node_at, node_level)),
                    found.node[row] if node_at <= node_level else box_node[box],
                    found.band[row],
                    np.full(len(row), level),
                    np.full(len(row), node_level),
                )
            )
    return together(parts)


def banded(low_m: int | None, high_m: int | None, grid: Grid) -> range:
    """The bands of a grid that hold heights from `low_m` to `high_m`, both included, None where open; none where these lie outside."""
    if grid.ceiling_m is not None and low_m is not None and low_m > grid.ceiling_m:
        return range(0)
    if grid.floor_m is not None and high_m is not None and high_m < grid.floor_m:
        return range(0)
    last = grid.bands - 1
    low = 0 if low_m is None else min(max((low_m - grid.lowest_m) // grid.band_m, 0), last)
    high = last if high_m is None else min(max((high_m - grid.lowest_m) // grid.band_m, 0), last)
    return range(low, high + 1)


def _cornered(code: Ints, node: Ints, band: Ints) -> Ints:
    return code << 26 | node << 6 | band
