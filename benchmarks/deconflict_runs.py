"""Finding all pairs, one way a process: `python -m benchmarks.deconflict_runs VERB COUNT`."""

import gc
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks import children
from benchmarks.deconflict_world import DAY, World, corners, volumes_of, world
from stafftalks.deconflict import exact
from stafftalks.deconflict.index import Index
from stafftalks.deconflict.volumes import volumes

Ints = npt.NDArray[np.int64]
_BUCKET_S = 2 * DAY


class Result(msgspec.Struct):
    """How many pairs, what finding them cost, what making the sets cost before, and the most memory the process ever had."""

    pairs: int
    wall_s: float
    cpu_s: float
    made_s: float
    peak_mb: float


def ours(count: str) -> Result:
    """The engine, from volumes in columns to blocks of pairs with what they have in common."""
    with children.cost() as making:
        one, _ = volumes(volumes_of(world(int(count), 1), "a"))
        other, _ = volumes(volumes_of(world(int(count), 2), "b"))
    gc.collect()
    with children.cost() as spent:
        pairs = sum(len(block.one) for block in exact.between(one, other))
    return Result(pairs, spent.wall_s, spent.cpu_s, making.cpu_s, children.peak_mb())


def prototype(count: str) -> Result:
    """The loop over time buckets with an STRtree in each: flat polygons of longitude and latitude, circles of 32 corners."""
    with children.cost() as making:
        one, other = world(int(count), 1), world(int(count), 2)
        ones, others = flat(one), flat(other)
    gc.collect()
    with children.cost() as spent:
        pairs = _by_buckets(one, ones, other, others)
    return Result(pairs, spent.wall_s, spent.cpu_s, making.cpu_s, children.peak_mb())


def one_changes(count: str) -> list[float]:
    """Seconds for each of fifty changes of one activity in a set of so many, told with what it overlaps."""
    held = Index(volumes(volumes_of(world(int(count), 1), "a"))[0])
    found = []
    for volume in volumes_of(world(50, 2, 50), "a"):
        with children.cost() as spent:
            held.take(volume.activity, [volume])
        found.append(spent.wall_s)
    return found


def flat(made: World) -> Any:
    """Polygons of longitude and latitude, as most tools would take them; only sets that stay clear of the antimeridian."""
    shapes = np.empty(len(made.form), object)
    narrow = 111_000 * np.cos(np.radians(made.lat))
    round_, rings, lines = (np.flatnonzero(made.form == form) for form in (0, 1, 2))
    turn = np.linspace(0, 2 * np.pi, 33)[:-1]
    size = made.size_m[round_, None]
    rim = (
        made.lon[round_, None] + size * np.sin(turn) / narrow[round_, None],
        made.lat[round_, None] + size * np.cos(turn) / 111_000,
    )
    shapes[round_] = shapely.polygons(np.stack(rim, axis=-1))
    lon, lat = corners(made)
    shapes[rings] = shapely.polygons(np.stack([lon[rings], lat[rings]], axis=-1))
    ends = [(made.lon[lines], made.lat[lines]), (made.to_lon[lines], made.to_lat[lines])]
    path = shapely.linestrings(np.stack([np.stack(end, axis=-1) for end in ends], axis=1))
    shapes[lines] = shapely.buffer(path, made.size_m[lines] / 10 / 111_000, quad_segs=4)
    return shapes


def _by_buckets(one: World, ones: Any, other: World, others: Any) -> int:
    found = 0
    (item, bucket), (their, theirs) = _bucketed(one), _bucketed(other)
    for number in range(int(max(bucket[-1], theirs[-1])) + 1):
        here = item[slice(*np.searchsorted(bucket, [number, number + 1]))]
        there = their[slice(*np.searchsorted(theirs, [number, number + 1]))]
        if not len(here) or not len(there):
            continue
        x, y = shapely.STRtree(others[there]).query(ones[here])
        x, y = here[x], there[y]
        late = np.maximum(one.start[x], other.start[y])
        kept = (late <= np.minimum(one.end[x], other.end[y])) & (late // _BUCKET_S == number)
        kept &= np.maximum(one.low[x], other.low[y]) <= np.minimum(one.high[x], other.high[y])
        found += int(shapely.intersects(ones[x[kept]], others[y[kept]]).sum())
    return found


def _bucketed(made: World) -> tuple[Ints, Ints]:
    """Each activity in every bucket its window touches, by bucket."""
    first, last = made.start // _BUCKET_S, made.end // _BUCKET_S
    item = np.repeat(np.arange(len(first)), last - first + 1)
    bucket = np.fromiter(chain.from_iterable(map(range, first.tolist(), (last + 1).tolist())), np.int64)
    order = np.argsort(bucket, kind="stable")
    return item[order], bucket[order]


if __name__ == "__main__":
    children.answer({verb.__name__: verb for verb in (ours, prototype, one_changes)})
