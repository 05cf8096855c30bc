"""A plain choice that is always there at once: the beginning of the exact search, and the answer, named as such, where that finds nothing in its time.

In each scenario what serves most, weighted and for the lift it takes, is employed first. Committed is what serves most over all scenarios by likelihood, as far as limits allow.
"""

from collections.abc import Collection, Mapping

from stafftalks.analysis.options_problem import Problem


def greedy(problem: Problem, among: Collection[int] | None = None) -> tuple[frozenset[int], tuple[frozenset[int], ...]]:
    """The forces committed out of `among`, all unless given, and by scenario the places in `serving` that are employed."""
    able = frozenset(range(len(problem.forces))) if among is None else frozenset(among)
    worth: dict[int, int] = {}
    for number, share in enumerate(problem.likelihood):
        for place, value in employments(problem, number, able).items():
            force = problem.serving[number][place][0]
            worth[force] = worth.get(force, 0) + max(share, 1) * value
    committed: set[int] = set()
    for force in sorted(worth, key=lambda force: (-worth[force], problem.forces[force].cost, force)):
        if _allowed(problem, committed | {force}):
            committed.add(force)
    kept = frozenset(committed)
    return kept, tuple(frozenset(employments(problem, number, kept)) for number in range(len(problem.scenarios)))


def employments(problem: Problem, number: int, committed: frozenset[int]) -> Mapping[int, int]:
    """Places in `serving` that are employed in a scenario, with what each took off the weighted shortfall."""
    left = list(problem.demand[number])
    lift = problem.scenarios[number].lift
    together = [{other for clique in problem.cliques if row in clique for other in clique} for row in range(len(left))]
    busy: dict[int, set[int]] = {}
    found: dict[int, int] = {}
    open_places = [place for place, (force, _, _) in enumerate(problem.serving[number]) if force in committed]
    while open_places:
        best, best_place, best_value, still = -1.0, -1, 0, []
        for place in open_places:
            force, row, quantity = problem.serving[number][place]
            takes = problem.forces[force].lift
            if row in busy.get(force, ()) or (lift is not None and takes > lift):
                continue
            value = min(quantity, left[row]) * problem.requirements[row].weight
            if value:
                still.append(place)
                if (rate := value / (takes + 1)) > best:
                    best, best_place, best_value = rate, place, value
        if best_place < 0:
            break
        force, row, quantity = problem.serving[number][best_place]
        left[row] = max(0, left[row] - quantity)
        busy.setdefault(force, set()).update(together[row])
        lift = None if lift is None else lift - problem.forces[force].lift
        found[best_place] = best_value
        open_places = [place for place in still if place != best_place]
    return found


def _allowed(problem: Problem, committed: Collection[int]) -> bool:
    if problem.budget is not None and sum(problem.forces[force].cost for force in committed) > problem.budget:
        return False
    for limit in problem.limits:
        own = [problem.forces[force].cost for force in committed if problem.forces[force].party == limit.party]
        if (limit.forces is not None and len(own) > limit.forces) or (limit.cost is not None and sum(own) > limit.cost):
            return False
    return True
