"""An option as an answer: what is committed, who serves what in each scenario, what stays short; made from employments alone, and verified by reckoning anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options_problem import Problem, shares
from stafftalks.values.errors import MisuseError

Method = Literal["exact", "best so far", "greedy"]


class Stage(msgspec.Struct, frozen=True):
    """What one goal came to, a bound that nothing can be below, and whether the two are proven the same."""

    value: float
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        """The part of the value that could at most be gained yet, 0 to 1."""
        return 0.0 if self.proven or not self.value else (self.value - self.bound) / self.value


class Serving(msgspec.Struct, frozen=True):
    """A force that serves a requirement, with so much."""

    force: str
    quantity: int


class Met(msgspec.Struct, frozen=True):
    """How one requirement is met in one scenario; `short` is what is missing, in its own units."""

    requirement: str
    needed: int
    served: tuple[Serving, ...]
    short: int
    weight: int


class Outcome(msgspec.Struct, frozen=True):
    """What one scenario comes to: its weighted shortfall, and each requirement that it has. `lift` is used of `lift_limit`."""

    scenario: str
    branch: str
    shortfall: int
    met: tuple[Met, ...]
    lift: int
    lift_limit: int | None


class Option(msgspec.Struct, frozen=True):
    """One mix of forces, committed before it is known which scenario comes. `expected_by` is the expected shortfall by each party's own likelihoods."""

    committed: tuple[str, ...]
    worst: Stage
    expected: Stage
    cost: Stage
    outcomes: tuple[Outcome, ...]
    expected_by: Mapping[str, float]
    method: Method
    seconds: float
    stopped: bool
    faults: tuple[Fault, ...]
    account: tuple[str, ...]


Employed = Sequence[Collection[int]]
"""By scenario, the places in `Problem.serving` that are employed."""


def shortfall(problem: Problem, number: int, employed: Collection[int]) -> int:
    """The weighted shortfall of a scenario with these employments."""
    left = list(problem.demand[number])
    for place in employed:
        _force, row, quantity = problem.serving[number][place]
        left[row] -= quantity
    return sum(max(0, short) * row.weight for short, row in zip(left, problem.requirements, strict=True))


def outcomes(problem: Problem, employed: Employed) -> tuple[Outcome, ...]:
    """What employments come to in every scenario, in the problem's order."""
    found = []
    for number, scenario in enumerate(problem.scenarios):
        by_row: dict[int, list[Serving]] = {}
        lift = 0
        for place in sorted(employed[number]):
            force, row, quantity = problem.serving[number][place]
            by_row.setdefault(row, []).append(Serving(problem.forces[force].id, quantity))
            lift += problem.forces[force].lift
        met = tuple(
            Met(requirement.id, need, served, max(0, need - sum(one.quantity for one in served)), requirement.weight)
            for row, (requirement, need) in enumerate(zip(problem.requirements, problem.demand[number], strict=True))
            if need
            for served in [tuple(by_row.get(row, ()))]
        )
        shortfall = sum(one.weight * one.short for one in met)
        found.append(Outcome(scenario.id, scenario.branch, shortfall, met, lift, scenario.lift))
    return tuple(found)


def expected_by(problem: Problem, found: Iterable[Outcome]) -> dict[str, float]:
    """The expected weighted shortfall by each party's likelihoods."""
    shortfalls = [one.shortfall for one in found]
    return {
        party: float(sum((share * short for share, short in zip(row, shortfalls, strict=True)), Fraction(0)))
        for party, row in shares(problem.scenarios).items()
    }


def verify_option(problem: Problem, option: Option) -> None:
    """Nothing; raises MisuseError where an option breaks a rule or says something of itself that is not so."""
    forces = {force.id: force for force in problem.forces}
    committed = set(option.committed)
    for limit in problem.limits:
        own = [forces[name] for name in committed if forces[name].party == limit.party]
        _need(limit.forces is None or len(own) <= limit.forces, f"more forces of {limit.party} than its limit")
        _need(
            limit.cost is None or sum(f.cost for f in own) <= limit.cost, f"more cost of {limit.party} than its limit"
        )
    cost = sum(forces[name].cost for name in committed)
    _need(problem.budget is None or cost <= problem.budget, "more cost than the budget")
    _need(round(option.cost.value) == cost, "another cost than its forces have")
    for number, outcome in enumerate(option.outcomes):
        _verify_outcome(problem, number, outcome, committed)
    _need(len(option.outcomes) == len(problem.scenarios), "another number of outcomes than there are scenarios")
    shortfalls = [outcome.shortfall for outcome in option.outcomes]
    _need(round(option.worst.value) == max(shortfalls), "another worst case than its outcomes have")
    total = sum(problem.likelihood)
    expected = sum(share * short for share, short in zip(problem.likelihood, shortfalls, strict=True)) / total
    _need(abs(option.expected.value - expected) < 1e-6 * max(1, expected), "another mean than its outcomes have")
    for stage in (option.worst, option.expected, option.cost):
        _need(stage.bound <= stage.value + 1e-6, "a bound above its value")


def _verify_outcome(problem: Problem, number: int, outcome: Outcome, committed: set[str]) -> None:
    scenario = problem.scenarios[number]
    numbers = {row.id: place for place, row in enumerate(problem.requirements)}
    able = {(problem.forces[f].id, row): quantity for f, row, quantity in problem.serving[number]}
    lift = shortfall = 0
    busy: dict[str, list[int]] = {}
    for met in outcome.met:
        row = numbers[met.requirement]
        for served in met.served:
            _need(served.force in committed, f"{served.force} serves in {scenario.id} and is not committed")
            _need(able.get((served.force, row)) == served.quantity, f"{served.force} cannot serve {met.requirement}")
            busy.setdefault(served.force, []).append(row)
            lift += next(force.lift for force in problem.forces if force.id == served.force)
        short = max(0, problem.demand[number][row] - sum(served.quantity for served in met.served))
        _need(short == met.short, f"another shortage of {met.requirement} in {scenario.id} than what serves it leaves")
        shortfall += short * problem.requirements[row].weight
    for force, rows in busy.items():
        for place, one in enumerate(rows):
            for other in rows[place + 1 :]:
                apart = _apart(problem, one, other) or _apart(problem, other, one)
                _need(apart, f"{force} serves two requirements at once in {scenario.id}")
    listed = {met.requirement for met in outcome.met}
    unlisted = any(
        need and row.id not in listed for row, need in zip(problem.requirements, problem.demand[number], strict=True)
    )
    _need(not unlisted, f"a requirement of {scenario.id} is not accounted for")
    _need(shortfall == outcome.shortfall, f"another shortfall in {scenario.id} than its requirements have")
    _need(scenario.lift is None or lift <= scenario.lift, f"more lift than {scenario.id} has")


def _apart(problem: Problem, one: int, other: int) -> bool:
    end, start = problem.requirements[one].end, problem.requirements[other].start
    return end is not None and start is not None and end < start


def _need(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise MisuseError(f"The option does not hold: {what}.")
