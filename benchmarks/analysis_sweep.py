"""Sweeps: a pool of two processes beside one, on the same schedules in the same run, and what handing out a batch costs."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, NamedTuple

from benchmarks.analysis_deployment import deployment
from benchmarks.lines import Line, at_least, at_most
from stafftalks.analysis import sweep as engine
from stafftalks.analysis.sweep_points import Sweep
from stafftalks.analysis.sweep_values import ScheduleSubject
from stafftalks.links.workers import ProcessWorkers
from stafftalks.services import sweeps
from stafftalks.services.sweep_batches import reckoned_piece
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweeps import About, Kept, Memory


class Sizes(NamedTuple):
    """Movements scheduled at each point, schedules made there, resources left out at once, seeds; and the pool's batches of one point each that nothing is done in."""

    movements: int
    schedules: int
    at_most: int
    seeds: int
    empty: int


FULL: Final = Sizes(60, 400, 2, 10, 400)
QUICK: Final = Sizes(60, 400, 2, 5, 200)
_LEAST: Final = 1.5
"""How much faster two cores are at least than one; beside work that others do at the same time, less is seen."""


class Serial:
    """One core: batches one after the other."""

    def run(self, problem: bytes, spans):
        yield from map(reckoned_piece, ((problem, span.first, span.last) for span in spans))


def nothing(piece: int) -> int:
    """A batch in which nothing is done."""
    return piece


def lines(*, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    sizes = QUICK if quick else FULL
    problem = deployment(sizes.movements, 1)
    names = tuple(resource.id for resource in problem.resources)
    varied = Sweep(forces=names, at_most=sizes.at_most, seeds=sizes.seeds)
    frozen, ready = engine.frozen(ScheduleSubject(problem, sizes.schedules), varied, {})
    ready.row(0)  # compiled now, for all that follow
    tell("sweep on one core")
    alone, one_s = run(begun(frozen, ready), Serial())
    with closing(ProcessWorkers(2)) as workers:
        tell("starting two processes")
        started = time.perf_counter()
        data = engine.encoded(frozen)
        list(workers.run(reckoned_piece, [(data, at, at + 1) for at in range(4)]))
        started = time.perf_counter() - started
        tell("the same sweep on two cores")
        shared, two_s = run(begun(frozen, ready), OnCores(workers))
        tell("batches in which nothing is done")
        empty = time.perf_counter()
        list(workers.run(nothing, range(sizes.empty)))
        batch_ms = (time.perf_counter() - empty) / sizes.empty * 1000
    if alone.result() != shared.result():
        raise RuntimeError("one core and two gave other rows")
    points = alone.manifest.points
    name = f"sweep of {points:,} schedules of {sizes.movements} movements"
    yield Line(f"{name}: one core", one_s, "s")
    yield at_least(f"{name}: two cores, the same bytes", two_s, "s", "one core, times faster", one_s / two_s, _LEAST)
    yield Line("two processes started and made ready, once", started, "s")
    yield at_most(
        "handing out a batch",
        batch_ms,
        "ms",
        "the least a batch takes, hundredths",
        batch_ms / (sweeps.BATCH_S * 10),
        1,
    )


def begun(problem, ready) -> Kept:
    return sweeps.begin(Memory(), problem, ready, About())


def run(kept: Kept, reckoners) -> tuple[Kept, float]:
    begun_at = time.perf_counter()
    sweeps.run(kept, reckoners, time.perf_counter)
    return kept, time.perf_counter() - begun_at
