"""A whole private check of activities, from plans to what is flagged: `python -m benchmarks.deconflict_whole VERB COUNT`."""

import resource
import time
from collections.abc import Callable, Iterator

import msgspec

from benchmarks import children
from benchmarks.deconflict_covers_runs import DAYS, grid, overlapping, plan
from benchmarks.deconflict_private_runs import Side, between
from benchmarks.lines import Line, below
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Covered
from stafftalks.deconflict.private import work
from stafftalks.links.workers import ProcessWorkers


class Whole(msgspec.Struct):
    """Both sides in one process with two to help: points a side, seconds, the most memory, the proposer's activities flagged, and those that collide and are not."""

    points: int
    cpu_s: float
    wall_s: float
    peak_mb: float
    flagged: int
    missed: int


def measure(count: int, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    tell(f"private check of {count:,} x {count:,} activities")
    found = msgspec.convert(children.run("benchmarks.deconflict_whole", "whole", count), Whole)
    what = f"private check, {count:,} x {count:,} activities in {DAYS} days, default cover"
    of = f"{found.points:,} points a side, {found.flagged:,} activities flagged"
    yield Line(f"{what}, both sides learn which: {of}", found.cpu_s, "CPU s")
    yield Line(f"{what}: on the clock, two processes", found.wall_s, "s")
    yield below(f"{what}: peak memory of both sides together", found.peak_mb, "MB", 2000.0)
    yield below(f"{what}: activities that collide and are not flagged", found.missed, "activities", 1)


def whole(count: str) -> Whole:
    """From volumes to what each side is told, and whether that holds all that the exact engine finds."""
    one, other, on = plan(int(count), 1, "a"), plan(int(count), 2, "b"), grid(int(count))
    workers = ProcessWorkers(2)
    begun, spent = time.perf_counter(), time.process_time()
    mine, yours = covers.keys(one, on, "proposer"), covers.keys(other, on, "partner")
    caps = [[bucket.cap(role) for bucket in covers.buckets(on)] for role in ("proposer", "partner")]
    sides = (
        Side(
            "a", [filled.keys for filled in mine.filled], caps[0], caps[1], lambda pieces: workers.run(work.run, pieces)
        ),
        Side(
            "b",
            [filled.keys for filled in yours.filled],
            caps[1],
            caps[0],
            lambda pieces: workers.run(work.run, pieces),
        ),
    )
    found, by_other = between(*sides, both=True)
    if len(found) != len(by_other):
        raise RuntimeError("The two sides do not find the same.")
    flagged = _owners(mine, found)
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    workers.close()
    helped = resource.getrusage(resource.RUSAGE_CHILDREN)
    missed = {a for a, _ in overlapping(one, other, on)} - flagged
    return Whole(
        covers.size(on), cpu + helped.ru_utime + helped.ru_stime, wall, children.peak_mb(), len(flagged), len(missed)
    )


def _owners(side: Covered, found: tuple[tuple[int, int], ...]) -> set[str]:
    return {name for bucket, key in found for name in side.owners(bucket, key)}


if __name__ == "__main__":
    children.answer({"whole": whole})
