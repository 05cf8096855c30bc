"""The second, finer stage of a check: only what lies in the cells, nodes and bands that the first one matched, divided further.

Measured on 1,000 activities a side (`docs/spec/deconfliction.md`), two levels finer, bands half as high and 64 cells for each are where precision stops to be worth its points.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from stafftalks.deconflict import covers_cells
from stafftalks.deconflict.covers_grid import FINE, MAX_BANDS, MAX_CELLS, MAX_NODES, UNIT_S, Box, Grid
from stafftalks.deconflict.covers_keys import box
from stafftalks.deconflict.covers_time import bounds
from stafftalks.values.errors import WrongValueError

FINER_LEVELS: Final = 2
FINER_BANDS: Final = 2


def finer(grid: Grid, hits: Sequence[bytes], *, activities: int) -> Grid:
    """The grid of a second, finer check on the keys of places that a first one matched. Raises WrongValueError where there are none.

    Cells and nodes are FINER_LEVELS levels finer where there are such, bands FINER_BANDS times; claims are not compared again, as nothing finer can be said of them.
    """
    boxes = {found for key in hits if (found := box(key, grid)) is not None}
    if not boxes:
        raise WrongValueError("There is nothing to look at more finely: no place was matched.")
    kept = _outermost(boxes)
    while len(kept) > MAX_CELLS:  # longer nodes, so that several become one
        shortest = min(each.node[0] for each in kept if each.node)
        kept = _outermost({_longer(each) if each.node and each.node[0] == shortest else each for each in kept})
    windows = [bounds(*each.node) for each in kept if each.node]
    start = max(grid.start, min(window[0] for window in windows))
    end = min(grid.end, max(window[1] for window in windows))
    granule_s = max(UNIT_S, grid.granule_s >> FINER_LEVELS)
    while end // granule_s - start // granule_s >= MAX_NODES:
        granule_s *= 2
    return Grid(
        cells=tuple(sorted(map(str, kept))),
        start=start,
        end=end,
        floor_m=grid.floor_m,
        ceiling_m=grid.ceiling_m,
        finest=min(grid.finest + FINER_LEVELS, covers_cells.FINEST),
        granule_s=granule_s,
        band_m=max(-(-grid.band_m // FINER_BANDS), -(-grid.band_m * grid.bands // MAX_BANDS)),
        resources=False,
        activities=activities,
        cover=FINE,
    )


def _longer(found: Box) -> Box:
    level, number = found.node or (0, 0)
    return msgspec.structs.replace(found, node=(level + 1, number >> 1))


def _outermost(boxes: Collection[Box]) -> set[Box]:
    """Those that lie in no other of the same heights."""
    known = {(each.level, each.code, each.node, each.low_m, each.high_m) for each in boxes}
    top = max(each.node[0] for each in boxes if each.node)
    return {each for each in boxes if not any(outer in known for outer in _around(each, top))}


def _around(found: Box, top: int) -> Iterator[tuple[int, int, tuple[int, int], int | None, int | None]]:
    """All boxes of the same heights that hold this one, with nodes up to level `top`."""
    level, number = found.node or (0, 0)
    for up in range(found.level + 1):
        for at in range(level, top + 1):
            if up or at > level:
                node = at, number >> at - level
                yield found.level - up, found.code >> 2 * up, node, found.low_m, found.high_m
