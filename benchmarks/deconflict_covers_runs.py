"""Covers of the private check, one way a process: `python -m benchmarks.deconflict_covers_runs VERB COUNT`."""

import gc

import msgspec
import numpy as np

from benchmarks import children
from benchmarks.deconflict_world import DAY, volumes_of, world
from stafftalks.deconflict import covers, exact
from stafftalks.deconflict.covers import COARSE, Covered, Grid
from stafftalks.deconflict.covers_grid import BUDGETS
from stafftalks.deconflict.covers_shapes import shapes
from stafftalks.deconflict.covers_space import covered
from stafftalks.deconflict.placing import footprints
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.place import Area, LonLat

DAYS = 16
_THEATRE = ((30, 22), (50, 22), (50, 31), (50, 40), (30, 40), (30, 31))


class Covering(msgspec.Struct):
    """Milliseconds of CPU for each activity: cells alone, and keys with all that they need; keys on average and at most for one activity."""

    cells_ms: float
    keys_ms: float
    keys: float
    most: int


class Stage(msgspec.Struct):
    """One stage: activities a side, pairs that overlap, pairs told and pairs missed, keys a side (the more of the two), points a side as padded, buckets over their caps, and CPU seconds for the keys of both."""

    activities: int
    true: int
    told: int
    missed: int
    keys: int
    points: int
    over: int
    cpu_s: float


def cover(count: str) -> Covering:
    """All cells of so many activities, and all keys."""
    found, on = plan(int(count), 1, "a"), grid(int(count))
    _keys(found[:20], on)  # what is made once
    gc.collect()
    with children.cost() as spent:
        places = [volume.place for volume in found]
        covered(shapes(places, footprints(places)[0]), on.area, on.finest, BUDGETS[COARSE][0])
    cells_ms = spent.cpu_s
    gc.collect()
    with children.cost() as spent:
        made = _keys(found, on)
    counts = np.zeros(len(found), np.int64)
    for filled in made.filled:
        counts += np.bincount(filled.owner, minlength=len(found))
    each = 1000 / len(found)
    return Covering(cells_ms * each, spent.cpu_s * each, float(counts.mean()), int(counts.max()))


def stages(count: str) -> list[Stage]:
    """The check and its finer stage, held against the exact engine."""
    one, other, on = plan(int(count), 1, "a"), plan(int(count), 2, "b"), grid(int(count))
    first, told, hits = _stage(one, other, on)
    ours, theirs = {a for a, _ in told}, {b for _, b in told}
    one = [volume for volume in one if volume.activity in ours]
    other = [volume for volume in other if volume.activity in theirs]
    closer = covers.finer(on, hits, activities=min(1000, max(len(one), len(other)) * 5 // 4))
    second, _told, _hits = _stage(one, other, closer)
    return [first, second]


def plan(count: int, seed: int, name: str) -> list[Volume]:
    """So many activities of the world, all begun within some weeks."""
    made = world(count, seed, count)
    start = made.start % (DAYS * DAY)
    return list(volumes_of(msgspec.structs.replace(made, start=start, end=made.end - made.start + start), name))


def grid(count: int) -> Grid:
    theatre = Area(ring=tuple(LonLat(lon * 1_000_000, lat * 1_000_000) for lon, lat in _THEATRE))
    return Grid(
        cells=covers.area_cells(theatre, 8),
        start=0,
        end=DAYS * DAY - 1,
        floor_m=0,
        ceiling_m=12_000,
        finest=8,
        granule_s=1800,
        band_m=2000,
        resources=True,
        activities=count,
    )


def _keys(found: list[Volume], on: Grid) -> Covered:
    return covers.keys(found, on, "partner")


def _stage(one: list[Volume], other: list[Volume], on: Grid) -> tuple[Stage, set[tuple[str, str]], list[bytes]]:
    with children.cost() as spent:
        own, theirs = covers.keys(one, on, "proposer"), covers.keys(other, on, "partner")
    told: set[tuple[str, str]] = set()
    hits = []
    for bucket, (mine, yours) in enumerate(zip(own.filled, theirs.filled, strict=True)):
        place = {key: at for at, key in enumerate(yours.keys)}
        for at, key in enumerate(mine.keys):
            if key in place:
                hits.append(key)
                told.update((a, b) for a in own.owners(bucket, at) for b in theirs.owners(bucket, place[key]))
    true = overlapping(one, other, on)
    count = max(sum(len(each.keys) for each in side.filled) for side in (own, theirs))
    stage = Stage(
        max(len(one), len(other)),
        len(true),
        len(told),
        len(true - told),
        count,
        covers.size(on),
        len(own.over) + len(theirs.over),
        spent.cpu_s,
    )
    return stage, told, hits


def overlapping(one: list[Volume], other: list[Volume], on: Grid) -> set[tuple[str, str]]:
    """The pairs that overlap within the window; the world lies within the area and bands but for its rim."""
    a, b = volumes(one)[0], volumes(other)[0]
    found = set()
    for block in exact.between(a, b):
        late = np.flatnonzero((block.start <= on.end) & (block.low <= 12_000))
        found |= {(a.activities[x], b.activities[y]) for x, y in zip(block.one[late], block.other[late], strict=True)}
    return found


if __name__ == "__main__":
    children.answer({verb.__name__: verb for verb in (cover, stages)})
