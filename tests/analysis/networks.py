"""Small networks of activities, made by chance."""

import random

from stafftalks.analysis.risk_distributions import Distribution, Empirical, Fixed, Pert, Triangular
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use


def some(rng: random.Random) -> Distribution:
    low = rng.randint(0, 6)
    likely = low + rng.randint(0, 6)
    high = likely + rng.randint(0, 12)
    return rng.choice(
        (
            Fixed(low),
            Triangular(low, likely, high),
            Pert(low, likely, high),
            Empirical((low, likely, likely, high)),
        )
    )


def network(count: int, seed: int) -> Network:
    """Activities A0, A1, ... with arcs, lags, readiness and uses of two resources, one of which opens at an uncertain time."""
    rng = random.Random(seed)
    supplies = (
        Supply("quay", (Step(0, 3), Step(30, 5))),
        Supply("lift", (Step(4, 4), Step(20, 1), Step(28, 6)), Triangular(0, 4, 12)),
    )
    tasks = []
    for number in range(count):
        before = rng.sample(range(number), min(number, rng.choice((0, 1, 1, 2))))
        after = tuple(Link(f"A{other}", rng.choice((0, 0, 0, 2, -1))) for other in before)
        uses = tuple(Use(name, rng.randint(1, 3)) for name in ("quay", "lift") if rng.random() < 0.6)
        tasks.append(Task(f"A{number}", some(rng), after, uses, some(rng) if rng.random() < 0.2 else None))
    return Network(tuple(tasks), supplies, (Closure("first half", tuple(f"A{n}" for n in range(count // 2))),))
