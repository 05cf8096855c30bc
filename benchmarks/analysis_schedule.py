"""How near schedules come to the best known, beside CP-SAT used plainly and PyJobShop, on the same machine for the same time; and made deployments beside CP-SAT."""

import csv
import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.analysis_deployment import deployment
from benchmarks.lines import Line, at_most, below, skipped
from stafftalks.analysis import schedule_psplib
from stafftalks.analysis.schedule import Problem, Value
from stafftalks.analysis.schedule_columns import columns
from stafftalks.analysis.schedule_model import Aim, Model
from stafftalks.analysis.schedule_solving import Effort, solve

FOLDER: Final = Path(__file__).parents[2] / "shared" / "data" / "psplib"
WORKERS: Final = 8
_CORES: Final = 2


class Sizes(msgspec.Struct, frozen=True):
    """Seconds for each instance and each way; which instances; the deployments and the seconds for those."""

    seconds: float = 10.0
    sets: tuple[str, ...] = ("j30", "j60")
    most: int = 1000
    movements: tuple[int, ...] = (200, 600)
    deployment_s: float = 30.0
    deployments: int = 3


QUICK: Final = Sizes(1.0, ("j30", "j60"), 1, (60,), 3.0, 1)


class Known(msgspec.Struct, frozen=True):
    """A published instance: its problem, and between what its best makespan is known to lie."""

    name: str
    problem: Problem
    least: int
    best: int


class Result(msgspec.Struct, frozen=True):
    """What one way found in its time: a makespan, the bound it proved, and whether it calls it optimal."""

    value: int | None
    bound: int | None
    optimal: bool


def lines(*, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    """All lines of this part."""
    yield from measure(QUICK if quick else Sizes(), tell)


def measure(sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    tell("compiling the search")
    solve(deployment(10, 1), Effort(seconds=1, schedules=3, prove=False), time.monotonic)
    known = [each for name in sizes.sets for each in instances(FOLDER / name, FOLDER / "best_known.csv")[: sizes.most]]
    if known:
        yield from _published(known, sizes, tell)
    else:
        yield skipped("schedules: published instances", "%", f"{FOLDER} is not there")
    for movements in sizes.movements:
        yield from _deployed(movements, sizes, tell)


def instances(folder: Path, best_known: Path) -> list[Known]:
    """The instances in a folder for which a best makespan is known."""
    if not best_known.is_file():
        return []
    with best_known.open() as file:
        rows = {row["instance"]: row for row in csv.DictReader(file)}
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in schedule_psplib.SUFFIXES and path.stem in rows:
            problem = schedule_psplib.read(path.read_text(), path.name)
            row = rows[path.stem]
            found.append(Known(path.stem, problem, int(row["lower_bound"]), int(row["best_known"])))
    return found


def ours(problem: Problem, seconds: float) -> Result:
    found = solve(problem, Effort(seconds=seconds, workers=WORKERS), time.monotonic)
    value, bound = (each.end if each else None for each in (found.value, found.bound))
    return Result(value, bound, found.state == "optimal")


def plain(problem: Problem, seconds: float) -> Result:
    """CP-SAT with the model alone: no hint, no search before it."""
    return _plain(problem, seconds, "end")


def pyjobshop(problem: Problem, seconds: float) -> Result:
    from pyjobshop import Model as PeerModel

    model = PeerModel()
    resources = {each.id: model.add_renewable(each.capacity) for each in problem.resources}
    tasks = {}
    for activity in problem.activities:
        tasks[activity.id] = task = model.add_task()
        for mode in activity.modes:
            uses = {use.resource: use.amount for use in mode.uses}
            model.add_mode(task, [resources[name] for name in uses], mode.duration, list(uses.values()))
    for arc in problem.arcs:
        model.add_end_before_start(tasks[arc.before], tasks[arc.after], arc.lag)
    found = model.solve(solver="ortools", time_limit=seconds, display=False, num_workers=WORKERS)
    optimal = str(found.status.value).lower() == "optimal"
    if found.best is None or not found.best.tasks:
        return Result(None, None, optimal=False)
    return Result(round(found.objective), round(found.lower_bound), optimal)


def _plain(problem: Problem, seconds: float, aim: Aim, clock: Callable[[], float] = time.monotonic) -> Result:
    made = columns(problem)
    until = clock() + seconds
    # Where another clock counts, the solver's own gives it room.
    longest = seconds if clock is time.monotonic else 100 * seconds
    found = Model(made, aim).solve(longest, workers=WORKERS, seed=1, told=lambda _value, _bound: clock() < until)
    if found.value is None:
        return Result(None, None, optimal=False)
    if aim == "lateness":
        return Result(found.value * made.scale, (found.bound or 0) * made.scale, found.status == "optimal")
    return Result(made.tick(found.value), made.tick(found.bound or 0), found.status == "optimal")


def _published(known: list[Known], sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    ways: dict[str, Callable[[Problem, float], Result]] = {"ours": ours, "CP-SAT used plainly": plain}
    missing = "" if importlib.util.find_spec("pyjobshop") else "PyJobShop is not installed"
    if not missing:
        ways["PyJobShop"] = pyjobshop
    found: dict[str, list[Result]] = {way: [] for way in ways}
    for each in known:
        for way, run in ways.items():
            tell(f"{each.name}, {way}")
            found[way].append(run(each.problem, sizes.seconds))
    gaps = {way: [_gap(one, each) for one, each in zip(results, known, strict=True)] for way, results in found.items()}
    count = f"{len(known)} instances of {' and '.join(sizes.sets)}, {sizes.seconds:g} s each"
    for way, results in found.items():
        hits = sum(one.value == each.best for one, each in zip(results, known, strict=True))
        proven = sum(one.optimal for one in results)
        name = f"schedules, {way}: mean gap to the best known, {count}: {hits} at the best known, {proven} proven"
        mean = statistics.mean(gaps[way])
        # The goal is set for the full time.
        if way == "ours" and sizes.seconds >= Sizes().seconds:
            yield below(name, mean, "%", 1.0)
        else:
            yield Line(name, mean, "%")
    if missing:
        yield skipped("schedules, PyJobShop: mean gap to the best known", "%", missing)
    mean = statistics.mean(gaps["ours"])
    for way in [way for way in ways if way != "ours"]:
        ratio = mean / statistics.mean(gaps[way]) if any(gaps[way]) else 1.0 + mean
        # Where neither leaves a gap, they are equal; else ours is to be the smaller.
        yield at_most(f"schedules: our mean gap beside {way}", mean, "%", f"the mean gap of {way}", ratio, 1.0)
    for chosen in sizes.sets:
        of = [at for at, each in enumerate(known) if each.name.startswith(chosen)]
        for way in ways:
            if of:
                yield Line(f"schedules, {way}: {chosen} alone", statistics.mean(gaps[way][at] for at in of), "%")
    wrong = sum(
        one.value is None
        or one.value < each.least
        or (one.optimal and one.value > each.best)
        or (one.bound is not None and one.bound > each.best)
        for one, each in zip(found["ours"], known, strict=True)
    )
    name = "schedules: ours below a lower bound, called optimal above a best known, or with a bound above it"
    yield below(name, wrong, "instances", 1)


def _deployed(movements: int, sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Ours beside CP-SAT used plainly on several deployments, each for the same time of the processor: on a busy machine the clock on the wall would favour whoever is not disturbed."""
    seconds, count = sizes.deployment_s, sizes.deployments
    name = f"deployment, {movements} movements, two sides, three modes, {seconds:g} s of {_CORES} cores, {count} made"
    values: list[tuple[int, int | None]] = []
    bounds = []
    for seed in range(1, count + 1):
        problem = deployment(movements, seed)
        tell(f"{name}: {seed}, CP-SAT used plainly")
        peer = _plain(problem, seconds, "lateness", _busy)
        tell(f"{name}: {seed}, ours")
        until = _busy() + seconds
        found = solve(
            problem, Effort(seconds=seconds, workers=WORKERS), _busy, lambda _at, until=until: _busy() < until
        )
        value, bound = found.value or Value(2**40, 0), found.bound or Value(0, 0)
        values.append((value.lateness, peer.value))
        bounds.append((bound.lateness, peer.bound or 0))
    told = ", ".join(f"{ours:,} (at least {bound:,})" for (ours, _), (bound, _peer) in zip(values, bounds, strict=True))
    yield Line(f"{name}: weighted lateness, ours: {told}", statistics.mean(ours for ours, _ in values), "ticks")
    peers = [peer for _, peer in values if peer is not None]
    if not peers:
        yield skipped(f"{name}: weighted lateness, CP-SAT used plainly", "ticks", "it found no schedule")
        return
    told = ", ".join(
        f"{'none' if peer is None else format(peer, ',')} (at least {bound:,})"
        for (_, peer), (_ours, bound) in zip(values, bounds, strict=True)
    )
    yield Line(f"{name}: weighted lateness, CP-SAT used plainly: {told}", statistics.mean(peers), "ticks")
    ratios = [1.0 if peer == ours else ours / max(peer, 1) for ours, peer in values if peer is not None]
    what = f"{name}: ours beside CP-SAT used plainly"
    yield at_most(
        f"{what}, on average", statistics.mean(ratios), "times", "CP-SAT used plainly", statistics.mean(ratios), 1.0
    )
    yield at_most(f"{what}, at worst", max(ratios), "times", "CP-SAT used plainly", max(ratios), 1.0)


def _busy() -> float:
    """Seconds for which this process has had all cores it may have."""
    return time.process_time() / _CORES


def _gap(result: Result, known: Known) -> float:
    """Percent above the best known; what found nothing counts as twice the best known."""
    return 100.0 * ((result.value or 2 * known.best) - known.best) / known.best
