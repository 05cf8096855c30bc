"""The private check's covers: what they cost, how many keys they are, and how closely they tell, at first and in the finer stage."""

from collections.abc import Callable, Iterator

import msgspec

from benchmarks import children
from benchmarks.deconflict_covers_runs import DAYS, Covering, Stage
from benchmarks.lines import Line, below

RUNS = "benchmarks.deconflict_covers_runs"


class Sizes(msgspec.Struct):
    """Activities a side, and how often the covers are made, the best of which counts."""

    count: int = 1_000
    times: int = 3


QUICK = Sizes(300, times=2)


def measure(sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    tell(f"covers of {sizes.count:,} activities")
    runs = [msgspec.convert(children.run(RUNS, "cover", sizes.count), Covering) for _ in range(sizes.times)]
    yield below("cover of an activity by 16 cells", min(run.cells_ms for run in runs), "ms CPU", 0.4)
    yield below(
        "all keys of an activity, cells, nodes and bands with them", min(run.keys_ms for run in runs), "ms CPU", 0.4
    )
    yield Line(f"keys of an activity, mean; {runs[0].most:,} at most", runs[0].keys, "keys")
    tell(f"precision of {sizes.count:,} x {sizes.count:,} activities")
    first, second = msgspec.convert(children.run(RUNS, "stages", sizes.count), list[Stage])
    yield from _stage("check", first)
    yield from _stage("finer stage on what was hit", second)


def _stage(name: str, stage: Stage) -> Iterator[Line]:
    what = f"{name}, {stage.activities:,} activities a side in {DAYS} days: {stage.told:,} pairs told, {stage.true:,} overlap"
    yield Line(f"{what}: precision", (stage.told and stage.true - stage.missed) / max(stage.told, 1), "of 1")
    yield below(f"{name}: pairs missed", stage.missed, "pairs", 1)
    yield Line(f"{name}: points a side, padded", stage.points / stage.activities, "an activity")
    yield Line(f"{name}: buckets over their caps", stage.over, "buckets")
    yield Line(f"{name}: keys a side, before", stage.keys / stage.activities, "an activity")
    yield Line(f"{name}: keys of both sides", stage.cpu_s, "CPU s")
