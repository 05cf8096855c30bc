"""Two sides' forces, requirements and scenarios, made by chance: what neither side can cover alone, and both together not quite."""

import random

from stafftalks.analysis.options_problem import Choice, Force, Limit, Requirement, Scenario

_CAPABILITIES = tuple(f"C{number}" for number in range(10))


def choice(forces: int, requirements: int, scenarios: int, seed: int) -> Choice:
    """A side has most of some capabilities and few of others; a scenario needs about half of the requirements, some more of them, and a tenth of the forces is not there."""
    rng = random.Random(seed)
    own = []
    for number in range(forces):
        party = ("ALFA", "BRAVO")[number % 2]
        strong = _CAPABILITIES[:6] if party == "ALFA" else _CAPABILITIES[4:]
        names = rng.sample(strong if rng.random() < 0.8 else _CAPABILITIES, rng.choice((1, 1, 2)))
        able = {name: rng.randint(1, 4) for name in names}
        own.append(Force(f"F{number}", party, able, rng.randint(1, 20), rng.randint(1, 4), rng.choice((0, 0, 2, 5))))
    needed = []
    for number in range(requirements):
        start = rng.choice((0, 5, 10))
        end = start + rng.choice((4, 9))
        needed.append(
            Requirement(f"R{number}", rng.choice(_CAPABILITIES), rng.randint(4, 14), rng.randint(1, 9), start, end)
        )
    ways = []
    for number in range(scenarios):
        needs = {
            row.id: 0 if rng.random() < 0.5 else max(1, round(row.quantity * rng.uniform(0.8, 1.5))) for row in needed
        }
        present = {force.id: 0 for force in own if rng.random() < 0.1}
        likelihood = {"ALFA": rng.randint(1, 9), "BRAVO": rng.randint(1, 9)}
        ways.append(Scenario(f"S{number}", likelihood, f"B{number % 5}", needs, present, int(1.4 * forces)))
    limits = tuple(Limit(party, forces=int(0.35 * forces)) for party in ("ALFA", "BRAVO"))
    return Choice(tuple(own), tuple(needed), tuple(ways), limits)
