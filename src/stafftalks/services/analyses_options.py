"""Options from elements: requirements by scenario and branch, the forces that contributions offer for them, and how likely each branch is to each party.

Shortfalls in different units are made alike: wholly missing, a requirement of the least urgent priority counts `Chosen.whole`, one of the next priority twice that, and so on.
A force costs 1, so that the third goal is the fewest forces.
"""

from collections.abc import Iterator, Mapping
from math import gcd
from typing import Final, Literal

import msgspec

from stafftalks.analysis.amounts import said, scaled, scales
from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options_problem import Choice, Force, Offer, Requirement
from stafftalks.analysis.options_problem import Scenario as Way
from stafftalks.analysis.times import Times
from stafftalks.planning.forces import Force as Unit
from stafftalks.planning.intelligence import Assessment
from stafftalks.planning.options import Contribution, Option, Promise
from stafftalks.planning.scenarios import Requirement as Need
from stafftalks.planning.scenarios import Scenario
from stafftalks.planning.talk import Adoption
from stafftalks.services import analyses, analyses_times
from stafftalks.services.analyses import Ask, Basis, Gathered, key_of
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values import quantity as quantities
from stafftalks.values.ids import PartyId
from stafftalks.values.quantity import Quantity
from stafftalks.values.scale import Likelihood

WHOLE: Final = 100_000
_TICK_S: Final = 3600
_MOST: Final = 4 * 10**8
_HOURS: Final = {quantities.Unit.HOURS: 1, quantities.Unit.DAYS: 24}


class Counted(msgspec.Struct, frozen=True):
    """How the amounts of one requirement are said: one of its numbers is so many parts of its unit."""

    unit: str
    parts: int


class Prepared(msgspec.Struct, frozen=True):
    """The choice, with what it stands on. `whole` is what a requirement of the least urgent priority counts that is wholly missing."""

    gathered: Gathered
    choice: Choice
    whole: int
    counted: Mapping[str, Counted]
    scale: Mapping[str, int]
    times: Times
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]

    @property
    def basis(self) -> Basis:
        """The exact versions that it stands on."""
        return self.gathered.basis

    def said(self, requirement: str, amount: int) -> str:
        """An amount of what a requirement asks for, as people write it."""
        counted = self.counted[requirement]
        return said(amount * counted.parts, counted.unit, self.scale)


class _Offered(msgspec.Struct, frozen=True):
    force: str
    party: PartyId
    need: str
    row: Contribution


def prepared(
    hq: Headquarters,
    *,
    contingency: str = "",
    private: bool = False,
    all_forces: bool = False,
    analysis: Literal["options", "waiting"] = "options",
) -> Prepared:
    """The choice as it stands now. With `all_forces` every force counts for what it is capable of, offered or not; for `waiting` it also stands on what tells of branches."""
    gathered = analyses.gather(hq, Ask(analysis, contingency, private))
    faults: list[Fault] = []
    needs = {piece.key: (piece, content) for piece, content in gathered.of(Need)}
    whole, of = analyses_times.counted(
        gathered, {key: [content.window] for key, (_piece, content) in needs.items()}, tick_s=_TICK_S
    )
    decided = hq.clock.now() // _TICK_S if whole.dated else 0
    spans = {}
    for key, (piece, content) in needs.items():
        start, end, why = of(piece, None).window(content.window)
        if why or content.quantity is None:
            reason = why or "no quantity is given, so it cannot be said what is short"
            field = "window" if why else "quantity"
            faults.append(Fault(key, field, f"“{piece.title}”: {reason}; it is left out."))
            continue
        spans[key] = tuple(None if tick is None else tick - decided for tick in (start, end))
    offered = [each for each in _offered(gathered) if each.need in spans]
    scale = scales(
        [*(content.quantity for _piece, content in needs.values()), *(each.row.quantity for each in offered)]
    )
    able, notices, parties = _able(gathered, {key: needs[key][1] for key in spans}, offered, scale, faults)
    counted = {key: Counted(unit, parts) for key, (unit, parts) in _parts(needs, spans, able, scale).items()}
    # Of one capability in one unit everything is divided alike, so that numbers stay small and exact.
    forces = tuple(
        Force(
            name,
            parties[name],
            {kind: amount // _divisor(kind, counted, needs) for kind, amount in row.items()},
            1,
            0,
            notices.get(name, 0),
        )
        for name, row in able.items()
    )
    weights = _weights({key: needs[key][1].priority for key in spans})
    unit = min(WHOLE, _MOST // max(1, sum(weights.values())))
    requirements = []
    for key, (start, end) in spans.items():
        content = needs[key][1]
        amount = (scaled(content.quantity, scale)[0] or 0) // counted[key].parts
        weight = max(1, round(weights[key] * unit / max(1, amount)))
        requirements.append(Requirement(key, _kind(content), amount, weight, start, end))
    scenarios, titles = _ways(gathered, {key: needs[key][1] for key in spans})
    offers = None if all_forces else tuple(dict.fromkeys(Offer(each.force, each.need) for each in offered))
    choice = Choice(forces, tuple(requirements), scenarios, (), offers)
    named = {each.force: f"{each.row.what} ({each.party})" for each in offered if "#" in each.force}
    every = tuple(gathered.fault(fault) for fault in faults)
    times = msgspec.structs.replace(whole, shift=decided)
    return Prepared(gathered, choice, unit, counted, scale, times, {**named, **gathered.titles, **titles}, every)


def _offered(gathered: Gathered) -> Iterator[_Offered]:
    """Every contribution that names a requirement and was not withdrawn; without a force it stands for itself, and where other options count on it by the same words, once for all of them."""
    named: dict[tuple[PartyId, str, str], str] = {}
    for piece, option in gathered.of(Option):
        for number, row in enumerate(option.contributions):
            if row.requirement is not None and row.promise is not Promise.WITHDRAWN:
                need = key_of(row.requirement)
                own = f"{piece.key}#contributions.{number}"
                if row.force is not None:
                    force = key_of(row.force)
                else:
                    first = named.setdefault((row.party, need, folded(row.what)), own)
                    force = own if first.startswith(f"{piece.key}#") else first
                yield _Offered(force, row.party, need, row)


def _able(
    gathered: Gathered,
    needs: Mapping[str, Need],
    offered: list[_Offered],
    scale: Mapping[str, int],
    faults: list[Fault],
) -> tuple[dict[str, dict[str, int]], dict[str, int], dict[str, PartyId]]:
    """By force, how much of each capability it has, how many hours' notice it needs, and whose it is."""
    able: dict[str, dict[str, int]] = {}
    notices: dict[str, int] = {}
    parties: dict[str, PartyId] = {}
    for piece, unit in gathered.of(Unit):
        parties[piece.key] = piece.party
        held = {folded(row.item): row.on_hand for row in unit.holdings}
        codes = {folded(code) for code in unit.capabilities}
        row = able.setdefault(piece.key, {})
        for need in needs.values():
            code, asked = folded(need.capability), need.quantity
            if code in codes and asked is not None and asked.unit is quantities.Unit.ITEMS:
                row[_kind(need)] = held.get(code, 1) * scale[asked.unit.value]
        notices[piece.key] = _notice(piece, unit, faults)
    for each in offered:
        need, quantity = needs[each.need], each.row.quantity
        parties.setdefault(each.force, each.party)
        row = able.setdefault(each.force, {})
        amount, measure = scaled(quantity, scale)
        if need.quantity is None or amount is None or measure != need.quantity.unit.value:
            if _kind(need) not in row:
                given = "without a quantity" if quantity is None else f"in {measure}"
                sentence = f"“{each.force}” is offered {given} for “{each.need}”: it is not counted there."
                faults.append(Fault(each.force, "quantity", sentence))
            continue
        row[_kind(need)] = max(amount, row.get(_kind(need), 0))
    return able, notices, parties


def _notice(piece: Piece, unit: Unit, faults: list[Fault]) -> int:
    notice = unit.readiness.notice
    if notice is None:
        return 0
    if notice.unit not in _HOURS or notice.scaled < 0:
        faults.append(
            Fault(piece.key, "readiness.notice", f"“{piece.title}”: a notice of {notice} is no time; none is counted.")
        )
        return 0
    parts: int = 10**notice.decimals
    return -(-notice.scaled * _HOURS[notice.unit] // parts)


def _kind(need: Need) -> str:
    """A capability in the unit in which it is asked for."""
    return f"{folded(need.capability)} in {need.quantity.unit if need.quantity else 'nothing'}"


def _parts(
    needs: Mapping[str, tuple[Piece, Need]],
    spans: Mapping[str, object],
    able: Mapping[str, Mapping[str, int]],
    scale: Mapping[str, int],
) -> dict[str, tuple[str, int]]:
    """By requirement its unit, and the greatest number that divides all amounts of its capability."""
    divisor: dict[str, int] = {}
    for row in able.values():
        for kind, amount in row.items():
            divisor[kind] = gcd(divisor.get(kind, 0), amount)
    for key in spans:
        content = needs[key][1]
        divisor[_kind(content)] = gcd(divisor.get(_kind(content), 0), scaled(content.quantity, scale)[0] or 0)
    return {key: (_unit(needs[key][1].quantity), divisor[_kind(needs[key][1])] or 1) for key in spans}


def _unit(quantity: Quantity | None) -> str:
    return "" if quantity is None else quantity.unit.value


def _divisor(kind: str, counted: Mapping[str, Counted], needs: Mapping[str, tuple[Piece, Need]]) -> int:
    return next((each.parts for key, each in counted.items() if _kind(needs[key][1]) == kind), 1)


def _weights(priorities: Mapping[str, int | None]) -> dict[str, int]:
    """1 for the least urgent priority that stands, and where none is given; one more for each more urgent."""
    levels = sorted({priority for priority in priorities.values() if priority is not None}, reverse=True)
    return {key: 1 if priority is None else levels.index(priority) + 1 for key, priority in priorities.items()}


def _ways(gathered: Gathered, needs: Mapping[str, Need]) -> tuple[tuple[Way, ...], dict[str, str]]:
    """Each branch of each scenario for which anything is required, with what it needs and how likely it is; and what they are called."""
    judged = _judged(gathered)
    asked = {key_of(need.scenario) for need in needs.values() if need.scenario is not None}
    anywhere = any(need.scenario is None for need in needs.values())
    found: list[Way] = []
    titles: dict[str, str] = {}
    counting = [each for each in gathered.of(Scenario) if each[0].key in asked or anywhere]
    for piece, scenario in counting:
        branches = [
            (f"{piece.key}#branches.{n}", branch.id, branch.title) for n, branch in enumerate(scenario.branches)
        ]
        for name, branch, title in branches or [(piece.key, "", "")]:
            full = f"{piece.title}: {title}" if title else piece.title
            # Where there is one scenario only, its title before each branch tells nothing apart.
            titles[name] = title if title and len(counting) == 1 else full
            unneeded = {
                key: 0
                for key, need in needs.items()
                if (need.scenario is not None and key_of(need.scenario) != piece.key)
                or (branch and need.branches and branch not in need.branches)
            }
            given = {}
            for party in dict.fromkeys([piece.party, *(each[0] for each in judged)]):
                whole = judged.get((party, piece.key, ""))
                part = judged.get((party, piece.key, branch)) if branch else whole
                if part is not None:
                    given[str(party)] = _twice(part) * (_twice(whole) if branch and whole is not None else 200)
            found.append(Way(name, given, name, unneeded))
    return tuple(found), titles


def _judged(gathered: Gathered) -> dict[tuple[PartyId, str, str], Likelihood]:
    """By party, scenario and branch, the likelihood that it gives: in its newest assessment, else in its own scenario, or in that of another that it has adopted as it stands."""
    found: dict[tuple[PartyId, str, str], Likelihood] = {}
    adopted: dict[str, list[PartyId]] = {}
    for piece, adoption in gathered.of(Adoption):
        adopted.setdefault(str(adoption.about), []).append(piece.party)
    for piece, scenario in gathered.of(Scenario):
        for party in (piece.party, *adopted.get(f"{piece.key}/{piece.version}", ())):
            if scenario.likelihood is not None:
                found[party, piece.key, ""] = scenario.likelihood
            for branch in scenario.branches:
                if branch.likelihood is not None:
                    found[party, piece.key, branch.id] = branch.likelihood
    newest = sorted(gathered.of(Assessment), key=lambda each: each[0].at)
    for piece, assessment in newest:
        if assessment.scenario is not None and assessment.likelihood is not None:
            found[piece.party, key_of(assessment.scenario), assessment.branch] = assessment.likelihood
    return found


def _twice(likelihood: Likelihood) -> int:
    """Twice the middle of what a term means, in hundredths."""
    return sum(likelihood.range())
