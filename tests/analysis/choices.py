"""Small choices made by chance, and their optimum by trying everything."""

import random
from itertools import combinations, product

from stafftalks.analysis.options_problem import Choice, Force, Limit, Offer, Problem, Requirement, Scenario

Goals = tuple[int, int, int]


def choice(seed: int, *, forces: int = 5, requirements: int = 4, scenarios: int = 3) -> Choice:
    rng = random.Random(seed)
    abilities = ("tankers", "engineers")
    own = tuple(
        Force(
            f"F{n}",
            ("ALFA", "BRAVO")[n] if n < 2 else rng.choice(("ALFA", "BRAVO")),
            {name: rng.randint(1, 6) for name in rng.sample(abilities, rng.choice((1, 1, 2)))},
            rng.randint(1, 9),
            rng.randint(0, 3),
            rng.choice((0, 0, 4, 9)),
        )
        for n in range(forces)
    )
    needed = []
    for n in range(requirements):
        start = rng.choice((None, 0, 5, 10))
        end = None if start is None or rng.random() < 0.3 else start + rng.choice((3, 5, 8))
        needed.append(Requirement(f"R{n}", rng.choice(abilities), rng.randint(2, 9), rng.randint(1, 4), start, end))
    ways = tuple(
        Scenario(
            f"S{n}",
            {"ALFA": rng.randint(1, 5), "BRAVO": rng.randint(1, 5)},
            f"B{n % 2}",
            {row.id: rng.randint(0, 9) for row in needed if rng.random() < 0.5},
            {force.id: rng.choice((0, 50)) for force in own if rng.random() < 0.2},
            rng.choice((None, 4, 8)),
        )
        for n in range(scenarios)
    )
    limits = (Limit("ALFA", forces=rng.choice((1, 2, None))), Limit("BRAVO", cost=rng.choice((8, 15, None))))
    offers = tuple(Offer(force.id, row.id) for force in own for row in needed if rng.random() < 0.8)
    budget = rng.choice((None, 12, 20))
    return Choice(own, tuple(needed), ways, limits, offers if rng.random() < 0.5 else None, budget)


def best(made: Problem, among: frozenset[int] | None = None) -> Goals:
    """The lexicographic optimum, by trying every set of forces and every employment."""
    count = len(made.forces)
    least = [_least(made, number) for number in range(len(made.scenarios))]
    found = []
    for size in range(count + 1):
        for chosen in combinations(range(count), size):
            if allowed(made, chosen) and (among is None or set(chosen) <= among):
                shortfalls = [by_mask[sum(1 << force for force in chosen)] for by_mask in least]
                expected = sum(share * short for share, short in zip(made.likelihood, shortfalls, strict=True))
                found.append((max(shortfalls), expected, sum(made.forces[force].cost for force in chosen)))
    return min(found)


def allowed(made: Problem, chosen: tuple[int, ...]) -> bool:
    if made.budget is not None and sum(made.forces[force].cost for force in chosen) > made.budget:
        return False
    for limit in made.limits:
        own = [made.forces[force].cost for force in chosen if made.forces[force].party == limit.party]
        if limit.forces is not None and len(own) > limit.forces:
            return False
        if limit.cost is not None and sum(own) > limit.cost:
            return False
    return True


def _least(made: Problem, number: int) -> list[int]:
    """By set of forces that may be employed (as bits), the least weighted shortfall of a scenario."""
    able: dict[int, list[tuple[int, int]]] = {}
    for force, row, quantity in made.serving[number]:
        able.setdefault(force, []).append((row, quantity))
    ways = []
    for force, rows in able.items():
        own = [()]
        for size in range(1, len(rows) + 1):
            own += [taken for taken in combinations(rows, size) if _apart(made, [row for row, _ in taken])]
        ways.append([(force, taken) for taken in own])
    lift = made.scenarios[number].lift
    least = [10**9] * (1 << len(made.forces))
    for tried in product(*ways):
        left, used, mask = list(made.demand[number]), 0, 0
        for force, taken in tried:
            used += made.forces[force].lift * len(taken)
            mask |= bool(taken) << force
            for row, quantity in taken:
                left[row] -= quantity
        if lift is None or used <= lift:
            short = sum(max(0, one) * row.weight for one, row in zip(left, made.requirements, strict=True))
            least[mask] = min(least[mask], short)
    for bit in range(len(made.forces)):
        for mask in range(len(least)):
            if mask >> bit & 1:
                least[mask] = min(least[mask], least[mask ^ (1 << bit)])
    return least


def _apart(made: Problem, rows: list[int]) -> bool:
    spans = [(made.requirements[row].start, made.requirements[row].end) for row in rows]
    for (low, high), (other_low, other_high) in combinations(spans, 2):
        before = high is not None and other_low is not None and high < other_low
        after = other_high is not None and low is not None and other_high < low
        if not (before or after):
            return False
    return True
