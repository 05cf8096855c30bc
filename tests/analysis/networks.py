"""Small networks of activities, made by chance."""

import random

from stafftalks.analysis.risk_distributions import Distribution, Empirical, Fixed, Pert, Triangular
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use


def some(rng: random.Random, scale: int = 1) -> Distribution:
    low = scale * rng.randint(0, 6)
    likely = low + scale * rng.randint(0, 6)
    high = likely + scale * rng.randint(0, 12)
    return rng.choice(
        (
            Fixed(low),
            Triangular(low, likely, high),
            Pert(low, likely, high),
            Empirical((low, likely, likely, high)),
        )
    )


def network(count: int, seed: int, *, scale: int = 1, much: int = 1) -> Network:
    """Activities A0, A1, ... with arcs, lags, readiness and uses of two resources, one of which opens at an uncertain time; `scale` makes it last longer, `much` need and have more."""
    rng = random.Random(seed)
    supplies = (
        Supply("quay", (Step(0, 3 * much), Step(30 * scale, 5 * much))),
        Supply("lift", (Step(4, 4), Step(20 * scale, 1), Step(28 * scale, 6)), Triangular(0, 4, 12 * scale)),
    )
    tasks = []
    for number in range(count):
        before = rng.sample(range(number), min(number, rng.choice((0, 1, 1, 2))))
        after = tuple(Link(f"A{other}", rng.choice((0, 0, 0, 2, -1))) for other in before)
        uses = tuple(
            Use(name, rng.randint(1, 3 * much if name == "quay" else 3))
            for name in ("quay", "lift")
            if rng.random() < 0.6
        )
        tasks.append(
            Task(f"A{number}", some(rng, scale), after, uses, some(rng, scale) if rng.random() < 0.2 else None)
        )
    return Network(tuple(tasks), supplies, (Closure("first half", tuple(f"A{n}" for n in range(count // 2))),))
