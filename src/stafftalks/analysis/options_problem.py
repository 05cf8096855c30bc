"""What could be committed, for what, in which scenarios: as given, and as columns.

Quantities, weights and costs are whole numbers, so that optima are exact; the caller chooses the scale. A force serves a requirement where it has the capability, where
it can be there by the requirement's start if it is committed at the time of decision, and where offers are given only as offered. It serves one requirement at a time: two whose
windows overlap exclude each other, wherever they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeVar

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.values.errors import MisuseError

LARGEST: Final = 10**9
"""Beyond, sums of products would not be exact in the solver's numbers."""


class Force(msgspec.Struct, frozen=True):
    """What one party could commit. `notice` is how many ticks after the decision it can be there; `lift` what each of its employments takes of the scenario's lift."""

    id: str
    party: str
    capabilities: Mapping[str, int]
    cost: int = 0
    lift: int = 0
    notice: int = 0


class Requirement(msgspec.Struct, frozen=True):
    """What is needed: how much of a capability, and how much each unit that is short weighs. Ticks include both ends; None is open."""

    id: str
    capability: str
    quantity: int
    weight: int = 1
    start: int | None = None
    end: int | None = None


class Scenario(msgspec.Struct, frozen=True):
    """One way things go. Likelihoods are relative, by party, and may differ. `needs` are quantities that differ here, 0 for not needed; `present` what share of a force is there in hundredths; `lift` is None for no limit."""

    id: str
    likelihood: Mapping[str, int] = msgspec.field(default_factory=dict)
    branch: str = ""
    needs: Mapping[str, int] = msgspec.field(default_factory=dict)
    present: Mapping[str, int] = msgspec.field(default_factory=dict)
    lift: int | None = None


class Limit(msgspec.Struct, frozen=True):
    """The most that a party will commit in all, of forces or of cost."""

    party: str
    forces: int | None = None
    cost: int | None = None


class Offer(msgspec.Struct, frozen=True):
    """This force is offered for this requirement."""

    force: str
    requirement: str


_Row = TypeVar("_Row", Force, Requirement, Scenario)


class Choice(msgspec.Struct, frozen=True):
    """The whole question. Where `offers` is None, every force counts for everything that it can do. `budget` bounds the cost of all."""

    forces: tuple[Force, ...]
    requirements: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    limits: tuple[Limit, ...] = ()
    offers: tuple[Offer, ...] | None = None
    budget: int | None = None


class Problem(msgspec.Struct, frozen=True):
    """The question with numbers for ids. `serving` has by scenario the triples (force, requirement, quantity) that could be; `cliques` the sets of requirements that overlap at some tick."""

    forces: tuple[Force, ...]
    requirements: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    limits: tuple[Limit, ...]
    budget: int | None
    demand: tuple[tuple[int, ...], ...]
    serving: tuple[tuple[tuple[int, int, int], ...], ...]
    cliques: tuple[tuple[int, ...], ...]
    likelihood: tuple[int, ...]
    decided: int = 0

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party that has a force, in order of their forces."""
        return tuple(dict.fromkeys(force.party for force in self.forces))

    def weights(self) -> tuple[int, ...]:
        """What each requirement weighs for each unit that is short."""
        return tuple(requirement.weight for requirement in self.requirements)


def problem(choice: Choice, *, decided: int = 0) -> tuple[Problem, tuple[Fault, ...]]:
    """The question decided at a tick, and what of it could not be reckoned with; raises MisuseError where there is no scenario or requirement left."""
    faults: list[Fault] = []
    forces = _sound(choice.forces, _wrong_force, faults)
    requirements = _sound(choice.requirements, _wrong_requirement, faults)
    scenarios = _sound(choice.scenarios, _wrong_scenario, faults)
    if not scenarios:
        raise MisuseError(
            "The set of scenarios is empty: name at least one, for without any nothing can be held up against it."
        )
    if not requirements:
        raise MisuseError("No requirement is left to be met: name at least one with a quantity of 1 or more.")
    force_of = {force.id: number for number, force in enumerate(forces)}
    row_of = {requirement.id: number for number, requirement in enumerate(requirements)}
    _unknown(scenarios, force_of, row_of, faults)
    parties = {force.party for force in forces}
    limits = []
    for limit in choice.limits:
        if limit.party not in parties:
            faults.append(
                Fault(limit.party, "limits", f"{limit.party[:60]!r} has a limit and no force; it is left out.")
            )
        elif any(most is not None and most < 0 for most in (limit.forces, limit.cost)):
            faults.append(Fault(limit.party, "limits", f"{limit.party[:60]}: a limit below 0 is left out."))
        else:
            limits.append(limit)
    offered = None if choice.offers is None else _offered(choice.offers, force_of, row_of, faults)
    able = [
        (number, row, force.capabilities[requirement.capability])
        for number, force in enumerate(forces)
        for row, requirement in enumerate(requirements)
        if force.capabilities.get(requirement.capability, 0) > 0
        and (offered is None or (number, row) in offered)
        and (requirement.start is None or decided + force.notice <= requirement.start)
    ]
    demand = tuple(tuple(scenario.needs.get(row.id, row.quantity) for row in requirements) for scenario in scenarios)
    serving = tuple(
        tuple(
            (number, row, there)
            for number, row, quantity in able
            if needed[row] > 0 and (there := quantity * scenario.present.get(forces[number].id, 100) // 100) > 0
        )
        for scenario, needed in zip(scenarios, demand, strict=True)
    )
    _need_exact(requirements, demand)
    return (
        Problem(
            forces,
            requirements,
            scenarios,
            tuple(limits),
            choice.budget,
            demand,
            serving,
            _cliques(requirements),
            _likelihoods(scenarios, faults),
            decided,
        ),
        tuple(faults),
    )


def shares(scenarios: Sequence[Scenario]) -> dict[str, tuple[Fraction, ...]]:
    """How likely each scenario is according to each party that says so of all of them; they sum to 1."""
    names = dict.fromkeys(party for scenario in scenarios for party in scenario.likelihood)
    found = {}
    for party in names:
        given = [scenario.likelihood.get(party) for scenario in scenarios]
        if all(part is not None and part >= 0 for part in given) and any(given):
            total = sum(part or 0 for part in given)
            found[party] = tuple(Fraction(part or 0, total) for part in given)
    return found


def _likelihoods(scenarios: Sequence[Scenario], faults: list[Fault]) -> tuple[int, ...]:
    """The mean of the parties' shares in thousandths, at least 1 where it is not 0; the same for all where nobody says."""
    by_party = shares(scenarios)
    for party in dict.fromkeys(party for scenario in scenarios for party in scenario.likelihood):
        if party not in by_party:
            missing = next((s.id for s in scenarios if s.likelihood.get(party, -1) < 0), scenarios[0].id)
            sentence = f"{party[:60]} says for some scenarios how likely they are and gives nothing that can be used for “{missing}”: its likelihoods are left out."
            faults.append(Fault(missing, "likelihood", sentence))
    if not by_party:
        return (1,) * len(scenarios)
    means = [sum(row[number] for row in by_party.values()) / len(by_party) for number in range(len(scenarios))]
    return tuple(max(1, round(mean * 1000)) if mean else 0 for mean in means)


def _sound(given: Iterable[_Row], wrong: Callable[[_Row], tuple[str, str]], faults: list[Fault]) -> tuple[_Row, ...]:
    found: dict[str, _Row] = {}
    for row in given:
        field, reason = wrong(row)
        if row.id in found:
            faults.append(Fault(row.id, "id", f"“{row.id}” stands twice: only the first is counted."))
        elif reason:
            faults.append(Fault(row.id, field, f"“{row.id}”: {reason}; it is left out."))
        else:
            found[row.id] = row
    return tuple(found.values())


def _wrong_force(force: Force) -> tuple[str, str]:
    for field, numbers in (
        ("capabilities", force.capabilities.values()),
        ("cost", (force.cost,)),
        ("lift", (force.lift,)),
        ("notice", (force.notice,)),
    ):
        if any(not 0 <= number <= LARGEST for number in numbers):
            return field, f"numbers must lie between 0 and {LARGEST:,}"
    return "", ""


def _wrong_requirement(requirement: Requirement) -> tuple[str, str]:
    if not 0 < requirement.quantity <= LARGEST:
        return "quantity", f"{requirement.quantity} is not a quantity from 1 to {LARGEST:,}"
    if not 0 <= requirement.weight <= LARGEST:
        return "weight", f"{requirement.weight} is not a weight from 0 to {LARGEST:,}"
    if any(tick is not None and abs(tick) >= LARGEST for tick in (requirement.start, requirement.end)):
        return "window", f"its ticks must lie between -{LARGEST:,} and {LARGEST:,}"
    if requirement.start is not None and requirement.end is not None and requirement.end < requirement.start:
        return "window", f"it ends at {requirement.end}, before it starts at {requirement.start}"
    return "", ""


def _wrong_scenario(scenario: Scenario) -> tuple[str, str]:
    if any(not 0 <= quantity <= LARGEST for quantity in scenario.needs.values()):
        return "needs", f"quantities must lie between 0 and {LARGEST:,}"
    if any(not 0 <= share <= 100 for share in scenario.present.values()):
        return "present", "shares that are present must lie between 0 and 100"
    if scenario.lift is not None and scenario.lift < 0:
        return "lift", f"a lift of {scenario.lift} is less than nothing"
    return "", ""


def _unknown(
    scenarios: Sequence[Scenario], forces: Mapping[str, int], rows: Mapping[str, int], faults: list[Fault]
) -> None:
    for scenario in scenarios:
        for field, names, known in (("needs", scenario.needs, rows), ("present", scenario.present, forces)):
            for name in names:
                if name not in known:
                    sentence = f"“{scenario.id}” speaks of “{name[:60]}”, which is not there; this is left out."
                    faults.append(Fault(scenario.id, field, sentence))


def _offered(
    offers: Sequence[Offer], forces: Mapping[str, int], rows: Mapping[str, int], faults: list[Fault]
) -> set[tuple[int, int]]:
    found = set()
    for offer in offers:
        if offer.force in forces and offer.requirement in rows:
            found.add((forces[offer.force], rows[offer.requirement]))
        else:
            sentence = f"“{offer.force[:60]}” is offered for “{offer.requirement[:60]}”, one of which is not there."
            faults.append(Fault(offer.force, "offers", f"{sentence} The offer is left out."))
    return found


def _cliques(requirements: Sequence[Requirement]) -> tuple[tuple[int, ...], ...]:
    """The largest sets of requirements that all hold at one tick: where one starts, everything that holds then."""
    starts = [-LARGEST if row.start is None else row.start for row in requirements]
    ends = [LARGEST if row.end is None else row.end for row in requirements]
    found = {
        tuple(row for row, (low, high) in enumerate(zip(starts, ends, strict=True)) if low <= tick <= high)
        for tick in set(starts)
    }
    largest = [one for one in found if not any(set(one) < set(other) for other in found)]
    return tuple(sorted(largest))


def _need_exact(requirements: Sequence[Requirement], demand: Sequence[Sequence[int]]) -> None:
    worst = max(sum(row.weight * need for row, need in zip(requirements, needs, strict=True)) for needs in demand)
    if worst > LARGEST:
        raise MisuseError(
            f"The weighted shortfall could reach {worst:,}, and {LARGEST:,} can be reckoned exactly: use larger units or smaller weights."
        )
