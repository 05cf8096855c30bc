"""`python -m benchmarks.deconflict [--json] [--quick]`: what it costs to find every pair of activities that collide, and to find it without showing them."""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator

import msgspec

from benchmarks import children, deconflict_covers, deconflict_postgis, deconflict_private, deconflict_whole
from benchmarks.deconflict_runs import Result
from benchmarks.lines import Line, at_least, at_most, below, show, skipped


class Sizes(msgspec.Struct):
    """Activities a side; `grown` for the larger sets, as dense as the first; `asked` of PostGIS; how often each run is repeated, the best of which counts; `whole` of a whole private check."""

    count: int = 100_000
    grown: tuple[int, ...] = (300_000, 1_000_000)
    asked: int = 100_000
    times: int = 3
    memory_mb: float = 2500.0
    covers: deconflict_covers.Sizes = msgspec.field(default_factory=deconflict_covers.Sizes)
    private: deconflict_private.Sizes = msgspec.field(default_factory=deconflict_private.Sizes)
    whole: int = 1_000


QUICK = Sizes(
    10_000, (30_000,), 10_000, times=2, covers=deconflict_covers.QUICK, private=deconflict_private.QUICK, whole=10
)


def measure(sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    against = f"{sizes.count:,} x {sizes.count:,} activities over a year"
    tell(f"prototype, {against}")
    prototype = best("prototype", sizes.count, sizes.times)
    what = f"prototype: STRtree in each bucket of two days, flat polygons, {against}"
    yield Line(f"{what}: {prototype.pairs:,} pairs", prototype.cpu_s, "CPU s")
    yield Line("prototype: making the polygons", prototype.made_s, "CPU s")
    tell(f"exact, {against}")
    ours = best("ours", sizes.count, sizes.times)
    what = f"exact, geodesic, closed, with the overlap, {against}"
    yield at_most(
        f"{what}: {ours.pairs:,} pairs", ours.cpu_s, "CPU s", "the prototype", ours.cpu_s / prototype.cpu_s, 2.5
    )
    yield Line("exact: making the volumes from places and times", ours.made_s, "CPU s")
    yield from _postgis(sizes, ours, tell)
    for count in sizes.grown:
        tell(f"exact, {count:,} x {count:,}")
        large = best("ours", count, 1)
        times = (large.cpu_s / count) / (ours.cpu_s / sizes.count)
        what = f"exact, {count:,} x {count:,} as dense: {large.pairs:,} pairs"
        yield at_most(
            what, large.cpu_s, "CPU s", f"so many times as long for each activity as {sizes.count:,}", times, 1.5
        )
        if count == max(sizes.grown):
            yield below(f"{what}: peak memory, both sets in it", large.peak_mb, "MB", sizes.memory_mb)
    tell("one activity changes")
    spent = statistics.median(children.run("benchmarks.deconflict_runs", "one_changes", sizes.count)) * 1000
    yield below(f"one activity of {sizes.count:,} changes, all it overlaps told, median", spent, "ms", 50)
    yield from deconflict_covers.measure(sizes.covers, tell)
    yield from deconflict_private.measure(sizes.private, tell)
    yield from deconflict_whole.measure(sizes.whole, tell)


def best(verb: str, count: int, times: int) -> Result:
    """The run that took the least, each in a fresh process."""
    found = [msgspec.convert(children.run("benchmarks.deconflict_runs", verb, count), Result) for _ in range(times)]
    return min(found, key=lambda result: result.cpu_s)


def _postgis(sizes: Sizes, ours: Result, tell: Callable[[str], None]) -> Iterator[Line]:
    missing = deconflict_postgis.missing()
    for columns, words in deconflict_postgis.COLUMNS.items():
        what = f"PostGIS, GiST over {words}, {sizes.asked:,} x {sizes.asked:,}"
        if missing:
            yield skipped(what, "CPU s", missing)
            continue
        tell(what)
        found = deconflict_postgis.by_postgis(sizes.asked, columns)
        yield Line(f"{what}: {found.pairs:,} pairs", found.cpu_s, "CPU s")
        yield Line(f"{what}: loading and indexing", found.made_s, "CPU s")
        ratio = found.cpu_s / ours.cpu_s
        name = f"exact, against GiST over {words}"
        if columns == "shape":
            yield at_least(name, ours.cpu_s, "CPU s", "times faster than PostGIS", ratio, 20)
        else:
            yield Line(name, ours.cpu_s, "CPU s", "times faster than PostGIS", ratio)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deconflict", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under a minute")
    given = parser.parse_args()
    lines = measure(QUICK if given.quick else Sizes(), lambda what: print(f"... {what}", file=sys.stderr))
    show(lines, as_json=given.json)


if __name__ == "__main__":
    main()
