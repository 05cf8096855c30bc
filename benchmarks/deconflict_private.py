"""The private check's sums: what they cost beside bare multiplications, beside openmined-psi, on two cores beside one, and in memory."""

import statistics
from collections.abc import Callable, Iterator

import msgspec

from benchmarks import children, deconflict_openmined
from benchmarks.deconflict_private_runs import Spent, Wall
from benchmarks.lines import Line, at_most, below, skipped

RUNS = "benchmarks.deconflict_private_runs"


class Sizes(msgspec.Struct):
    """Keys a side: for processor time, for the clock (in whole pieces of work), for memory; how often it is repeated, the best of which counts; the last two less often."""

    cpu: int = 100_000
    wall: int = 49_152
    memory: int = 1_000_000
    times: int = 3
    peer: bool = True


QUICK = Sizes(4_096, 24_576, 20_000, times=2)


def measure(sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    tell(f"private check, {sizes.cpu:,} keys a side")
    ours, both = (_best(verb, sizes) for verb in ("one_learns", "both_learn"))
    against = "4n bare multiplications of the same library in between"
    for spent, who in ((ours, "one side learns"), (both, "both sides learn")):
        what = f"private check, {who} which, {sizes.cpu:,} keys a side, both sides' CPU"
        yield at_most(what, spent.cpu_s, "CPU s", against, spent.cpu_s / spent.floor_s, 1.3)
    yield Line("one bare multiplication", ours.floor_s / (4 * sizes.cpu) * 1e6, "us CPU")
    yield from _beside_openmined(sizes, ours, tell)
    tell(f"private check on one core and on two, {sizes.wall:,} keys a side")
    walls = [
        msgspec.convert(children.run(RUNS, "one_core_and_two", sizes.wall), Wall)
        for _ in range(max(1, sizes.times - 1))
    ]
    ratio = min(wall.two_s / wall.one_s for wall in walls)
    what = f"private check, {sizes.wall:,} keys a side, two processes"
    yield at_most(what, statistics.median(wall.two_s for wall in walls), "s", "one process, on the clock", ratio, 0.6)
    tell(f"private check, memory, {sizes.memory:,} keys a side")
    peak = float(children.run(RUNS, "peak", sizes.memory))
    yield below(f"private check, {sizes.memory:,} keys a side, peak memory of one side", peak, "MB", 1000.0)


def _best(verb: str, sizes: Sizes) -> Spent:
    """The run that took the least beside its own bare multiplications."""
    runs = [msgspec.convert(children.run(RUNS, verb, sizes.cpu), Spent) for _ in range(sizes.times)]
    return min(runs, key=lambda spent: spent.cpu_s / spent.floor_s)


def _beside_openmined(sizes: Sizes, ours: Spent, tell: Callable[[str], None]) -> Iterator[Line]:
    name, why = f"openmined-psi, {sizes.cpu:,} keys a side, both sides' CPU", "not asked for"
    if sizes.peer:
        tell(name)
        found = deconflict_openmined.cpu_s(sizes.cpu, max(1, sizes.times - 1))
        if isinstance(found, float):
            yield Line(name, found, "CPU s")
            what = f"private check, {sizes.cpu:,} keys a side, beside openmined-psi"
            yield at_most(what, ours.cpu_s, "CPU s", "openmined-psi", ours.cpu_s / found, 1.0)
            return
        why = found
    yield skipped(name, "CPU s", why)
