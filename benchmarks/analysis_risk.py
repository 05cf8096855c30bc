"""Monte Carlo over 2,000 activities: beside SimPy, a loop a draw in Python, and what the machine's memory allows."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.lines import Line, at_least, at_most, below, skipped
from stafftalks.analysis.risk import Question, draw, judge
from stafftalks.analysis.risk_columns import Columns, Problem, problem
from stafftalks.analysis.risk_distributions import Triangular
from stafftalks.analysis.risk_draws import values
from stafftalks.analysis.risk_network import Link, Network, Step, Supply, Task, Use
from stafftalks.analysis.risk_passes import unlimited
from stafftalks.analysis.risk_serial import limited

TASKS, DRAWS = 2000, 10_000
_BACK = 120


def network(count: int, seed: int = 1) -> Network:
    """Activities that come after one to three of the 120 before them, and mostly need some of four resources."""
    rng = random.Random(seed)
    supplies = tuple(Supply(f"R{number}", (Step(0, 8), Step(100, 12))) for number in range(4))
    tasks = []
    for number in range(count):
        low = rng.randint(2, 8)
        likely = low + rng.randint(0, 8)
        duration = Triangular(low, likely, likely + rng.randint(1, 15))
        start = max(0, number - _BACK)
        before = rng.sample(range(start, number), min(number - start, rng.choice((1, 2, 2, 3))))
        uses = tuple(Use(f"R{r}", rng.randint(1, 4)) for r in rng.sample(range(4), rng.choice((0, 1, 1, 2))))
        tasks.append(Task(f"A{number}", duration, tuple(Link(f"A{other}") for other in before), uses))
    return Network(tuple(tasks), supplies)


def lines(*, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    made, _ = problem(network(TASKS), 1)
    arcs = len(made.columns.before)
    size = f"{TASKS:,} activities, {arcs:,} arcs, {DRAWS:,} draws"
    tell(f"Monte Carlo, {size}")
    unlimited(made, 0, 512, 0)
    ours = best(lambda: unlimited(made, 0, DRAWS, 0), 5)
    name = f"nothing short, {size}, with criticality, warm"
    yield below(f"{name}: compiled, one core", ours, "CPU s", 0.15)
    bound = stream((arcs + 2 * TASKS) * DRAWS * 4)
    alone = best(lambda: unlimited(made, 0, DRAWS, -1), 5)
    name_alone = f"nothing short, {size}, sampling and pass, warm"
    yield at_most(f"{name_alone}: beside the memory", alone, "CPU s", "its arrays streamed once", alone / bound, 5)
    plain = best(lambda: unlimited(made, 0, DRAWS // 10, 0, plain=True), 1) * 10
    yield Line(f"{name}: without numba", plain, "CPU s", "compiled", plain / ours)
    question = Question(policy="unconstrained")
    part = draw(made, question, 0, DRAWS)
    judge(made, question, [part])
    yield Line(
        "quantiles, S-curve, criticality and tornado from it", best(lambda: judge(made, question, [part]), 2), "CPU s"
    )
    once = _simpy(made, resources=False, draws=2 if quick else 10, tell=tell)
    if once is None:
        yield skipped("SimPy on the same network", "CPU s", "SimPy is not installed")
    else:
        yield Line("SimPy on the same network, a draw", once, "CPU s")
        yield at_least(f"{name}: beside SimPy", ours, "CPU s", "times faster", once * DRAWS / ours, 1000)
    yield from _limited(made, quick=quick, tell=tell)


def _limited(made: Problem, *, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    draws = DRAWS // 10 if quick else DRAWS
    tell(f"with resources, {draws:,} draws")
    limited(made, 0, 8, 0)
    ours = best(lambda: limited(made, 0, draws, 0), 1)
    name = f"resources limited (the default), {TASKS:,} activities, {draws:,} draws, with criticality"
    yield Line(f"{name}: compiled, one core", ours, "CPU s")
    tell("with resources, a loop a draw in Python")
    few = 3 if quick else 10
    in_python = best(lambda: limited(made, 0, few, 0, plain=True), 1) / few
    yield Line("the same draw by draw in Python and numpy (the way without numba), a draw", in_python, "CPU s")
    yield at_least(f"{name}: beside it", ours, "CPU s", "times faster", in_python * draws / ours, 100)
    rows = values(made.variables, np.arange(len(made.drawn)), 0, few).T.astype(int).tolist()
    found, _ = limited(made, 0, few, 0)
    if [in_lists(made.columns, row) for row in rows] != found[0].tolist():
        raise RuntimeError("the loop over lists and the compiled one differ")
    in_python = best(lambda: [in_lists(made.columns, row) for row in rows], 2) / few
    what = f"{name}: beside lists in Python without sampling and criticality"
    yield Line(what, ours, "CPU s", "times faster", in_python * draws / ours)
    once = _simpy(made, resources=True, draws=1 if quick else 3, tell=tell)
    if once is None:
        yield skipped("SimPy with containers on the same network", "CPU s", "SimPy is not installed")
    else:
        yield Line(f"{name}: beside SimPy with containers", ours, "CPU s", "times faster", once * draws / ours)
    free, _ = unlimited(made, 0, draws, 0)
    limits, _ = limited(made, 0, 1000, 0)
    tick, later = (float(np.quantile(row[0], 0.9)) for row in (free, limits))
    yield Line("closed in 90 % of draws, resources limited", later, "ticks", "nothing short", later / tick)


def in_lists(columns: Columns, row: list[int]) -> int:
    """The closure of one draw by the serial scheme as one would write it in Python."""
    horizon = 4096
    flat = columns.capacity.shape[1]
    free = [[int(levels[min(tick, flat - 1)]) for tick in range(horizon)] for levels in columns.capacity]
    after, before, uses, sorts = (
        column.tolist() for column in (columns.after, columns.before, columns.uses, columns.sort)
    )
    resources, amounts = columns.sort_resource.tolist(), columns.sort_amount.tolist()
    ended: list[int] = []
    for task in range(len(after) - 1):
        start = max((ended[one] for one in before[after[task] : after[task + 1]]), default=0)
        needs = [(free[resources[sort]], amounts[sort]) for sort in sorts[uses[task] : uses[task + 1]]]
        span = row[task]
        moved = True
        while moved:
            moved = False
            for level, amount in needs:
                for tick in range(start + span - 1, start - 1, -1):
                    if level[tick] < amount:
                        start, moved = tick + 1, True
                        break
                if moved:
                    break
        for level, amount in needs:
            for tick in range(start, start + span):
                level[tick] -= amount
        ended.append(start + span)
    return max(ended)


def best(run: Callable[[], Any], times: int) -> float:
    """The least processor time of so many runs."""
    spent = []
    for _ in range(times):
        before = time.process_time()
        run()
        spent.append(time.process_time() - before)
    return min(spent)


def stream(count_bytes: int) -> float:
    """Seconds to read and write so many bytes in all, by an addition of long arrays."""
    one, other, out = (np.ones(20_000_000, np.float32) for _ in range(3))
    return best(lambda: np.add(one, other, out=out), 7) * count_bytes / (3 * one.nbytes)


def _simpy(made: Problem, *, resources: bool, draws: int, tell: Callable[[str], None]) -> float | None:
    try:
        import simpy
    except ImportError:
        return None
    tell("SimPy with containers" if resources else "SimPy")
    columns = made.columns
    after, before, uses, sorts = (
        column.tolist() for column in (columns.after, columns.before, columns.uses, columns.sort)
    )
    held = list(zip(columns.sort_resource.tolist(), columns.sort_amount.tolist(), strict=True))
    drawn = values(made.variables, np.arange(len(made.tasks)), 0, draws).T.tolist()

    def one(row: list[float]) -> float:
        env = simpy.Environment()
        stores = [simpy.Container(env, capacity=int(level.max()), init=int(level[0])) for level in columns.capacity]

        def more(store: Any, level: Any) -> Any:
            for tick in range(1, len(level)):
                if level[tick] > level[tick - 1]:
                    yield env.timeout(tick - env.now)
                    yield store.put(int(level[tick] - level[tick - 1]))

        def run(task: int) -> Any:
            yield env.all_of([ended[other] for other in before[after[task] : after[task + 1]]])
            needs = [held[sort] for sort in sorts[uses[task] : uses[task + 1]]] if resources else []
            for resource, amount in sorted(needs):
                yield stores[resource].get(amount)
            yield env.timeout(row[task])
            for resource, amount in needs:
                yield stores[resource].put(amount)

        if resources:
            for store, level in zip(stores, columns.capacity, strict=True):
                env.process(more(store, level))
        ended: list[Any] = []
        for task in range(len(after) - 1):
            ended.append(env.process(run(task)))
        env.run()
        return float(env.now)

    return best(lambda: [one(row) for row in drawn], 1) / draws
