"""What is bought with what: options at growing cost, none of which another beats in all three goals; and the best options for single scenarios, held up against all."""

from typing import Final

import msgspec

from stafftalks.analysis.options import choose, fixed, option
from stafftalks.analysis.options_answer import Option
from stafftalks.analysis.options_problem import Choice, problem
from stafftalks.analysis.watching import Progress, Watch, unwatched

STEPS: Final = 8


class Front(msgspec.Struct, frozen=True):
    """Options by growing cost. `beaten` counts those left out because another was as good in every goal and better in one; `proven` is whether every one is."""

    options: tuple[Option, ...]
    beaten: int
    proven: bool
    stopped: bool


class Single(msgspec.Struct, frozen=True):
    """The best option if one scenario were certain: its shortfall there, and the worst it comes to in any."""

    scenario: str
    committed: tuple[str, ...]
    shortfall: float
    worst: float
    worst_in: str
    proven: bool


def front(choice: Choice, *, steps: int = STEPS, seconds: float = 10.0, watch: Watch = unwatched) -> Front:
    """Options at up to `steps` budgets from nothing to what the best one costs, each within so many seconds."""
    made, faults = problem(choice)
    best = choose(made, seconds)
    found = [option(made, best, faults)]
    dearest, stopped, last = int(found[0].cost.value), False, -1
    for step in range(steps - 1):
        budget = dearest * step // max(1, steps - 1)
        if budget == last or budget >= dearest:
            continue
        last = budget
        if not watch(Progress("budgets", step / steps)):
            stopped = True
            break
        bounded = msgspec.structs.replace(made, budget=budget)
        found.append(option(bounded, choose(bounded, seconds), faults))
    goals = [(one.worst.value, one.expected.value, one.cost.value) for one in found]
    kept = {own: one for one, own in zip(found, goals, strict=True) if not any(_beats(other, own) for other in goals)}
    ordered = tuple(sorted(kept.values(), key=lambda one: (one.cost.value, one.worst.value)))
    return Front(ordered, len(found) - len(ordered), all(one.method == "exact" for one in ordered), stopped)


def singles(choice: Choice, *, seconds: float = 10.0) -> tuple[Single, ...]:
    """For each scenario the best option for it alone, and the worst case of that in all."""
    made, _faults = problem(choice)
    found = []
    for scenario in made.scenarios:
        alone, _ = problem(msgspec.structs.replace(choice, scenarios=(scenario,)))
        chosen = choose(alone, seconds)
        worst, worst_in, proven = -1.0, "", all(stage.proven for stage in chosen.stages)
        for other, beside in enumerate(made.scenarios):
            held = fixed(made, chosen.committed, [other], seconds)
            shortfall = held.value if held.value is not None else held.bound
            proven = proven and held.proven
            if shortfall > worst:
                worst, worst_in = shortfall, beside.id
        names = tuple(made.forces[force].id for force in sorted(chosen.committed))
        found.append(Single(scenario.id, names, chosen.stages[0].value, worst, worst_in, proven))
    return tuple(found)


def _beats(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
