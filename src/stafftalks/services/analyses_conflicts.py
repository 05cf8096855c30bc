"""Clashes from elements: what plans book, what they take for granted, and the releases that they stand on.

| booked | by |
|---|---|
| a force | activities that it does; contributions of options, unless activities of the option's plan are done with it; lines of a task organisation that say when, unless activities of the plan are |
| lift, a place, a resource | activities that claim it by name |

An activity that does not last as long as its window books some of it: what clashes with that is possible and not certain. Claims of one way of several are not counted.
A plan for one branch, and an option, are alternatives to each other. Overlaps in place, height and time are told by `services.conflicts`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from stafftalks.analysis.amounts import said, scaled, scales
from stafftalks.analysis.assuming import FAILS, HOLDS, assumed
from stafftalks.analysis.clashes import Assumption, Booking, Clash, Reliance, Sort, clashes, folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.times import Times
from stafftalks.planning.forces import Activity
from stafftalks.planning.options import Option, Promise
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.resources import NamedResource, ResourceSort
from stafftalks.planning.scenarios import AssumptionState, Scenario
from stafftalks.services import accords, analyses, analyses_times
from stafftalks.services.analyses import Ask, Basis, Gathered, key_of
from stafftalks.services.catalogue import references
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Window

if TYPE_CHECKING:
    from stafftalks.accord.parts import Recalled

_SPELT: Final = re.compile(
    rf"takes for granted that (.*) is “({HOLDS}|{FAILS})”, and (“.*”) that it is “(?:{HOLDS}|{FAILS})”"
)
_PLACES: Final = (ResourceSort.AIRFIELD, ResourceSort.PORT, ResourceSort.ROUTE, ResourceSort.RANGE)


class Clashing(msgspec.Struct, frozen=True):
    """The clashes, each with a sentence for people, and what they stand on."""

    basis: Basis
    found: tuple[Clash, ...]
    times: Times
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]
    gathered: Gathered


class _Claim(msgspec.Struct, frozen=True):
    name: str
    piece: Piece
    sort: Sort
    thing: str
    quantity: Quantity | None
    window: Window
    plan: ElementRef | ExactRef | None
    way: str
    within: bool = False


def conflicts(hq: Headquarters, *, contingency: str = "", private: bool = False) -> Clashing:
    """What clashes, as it stands now."""
    gathered = analyses.gather(hq, Ask("conflicts", contingency, private))
    faults: list[Fault] = []
    sorts, capacity = _resources(gathered, faults)
    claims = [each for each in _claims(gathered, sorts) if _measured(each, capacity, faults)]
    windows: dict[str, list[Window]] = {}
    for each in claims:
        windows.setdefault(each.piece.key, []).append(each.window)
    whole, of = analyses_times.counted(gathered, windows)
    scale = scales([*(each.quantity for each in claims), *capacity.values()])
    bookings = list(_bookings(claims, of, scale, faults))
    there_is = {
        (sorts[name], name): amount
        for name, quantity in capacity.items()
        if (amount := scaled(quantity, scale)[0]) is not None
    }
    answer = clashes(bookings, there_is, _assumptions(gathered), _reliances(hq, gathered))
    units = {folded(each.thing): each.quantity.unit.value for each in claims if each.quantity is not None}
    found = tuple(told(each, gathered.titles, whole, units, scale) for each in answer.found)
    every = tuple(dict.fromkeys(gathered.fault(fault) for fault in (*faults, *answer.faults)))
    return Clashing(gathered.basis, found, whole, gathered.titles, every, gathered)


def told(
    clash: Clash, titles: Mapping[str, str], times: Times, units: Mapping[str, str], scale: Mapping[str, int]
) -> Clash:
    """A clash with a sentence in the words of its elements."""
    if clash.sort == "recalled":
        return clash
    if clash.sort == "assumption":
        return msgspec.structs.replace(clash, sentence=_SPELT.sub(_assumed, clash.sentence))
    unit = units.get(folded(clash.name), "")
    name = titles.get(clash.name, clash.name)
    who = _listed([titles.get(each, each) for each in clash.elements])
    start, end = times.said(clash.start), times.said(clash.end, last=True)
    when = (
        f"from {start or 'the beginning'} until {end or 'no end'}"
        if start != end
        else f"at {start}"
        if start
        else "always"
    )
    if clash.sort == "force" and clash.there_is == 1:
        twice = " for more than one thing" if len(clash.elements) == 1 else ""
        what = f"The force “{name}” is counted on by {who}{twice} at once"
    elif clash.there_is is None:
        what = f"{who} count on “{name}” at once, and how much of it there is is not known"
    else:
        most, there_is = said(clash.most, unit, scale), said(clash.there_is, unit, scale)
        what = f"Of “{name}” {most} are booked by {who}, and there are {there_is}"
    return msgspec.structs.replace(clash, name=name, sentence=f"{what}, {when}.")


def _assumed(match: re.Match[str]) -> str:
    """Of two assumptions of which one holds where the other does not, who takes which for granted."""
    if match[2] == HOLDS:
        return f"takes for granted that {match[1]}, and {match[3]} that it is not so"
    return f"takes for granted that it is not so that {match[1]}, and {match[3]} that it is"


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names[:6]] + ([f"{len(names) - 6} more"] if len(names) > 6 else [])
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _resources(gathered: Gathered, faults: list[Fault]) -> tuple[dict[str, Sort], dict[str, Quantity]]:
    """By folded name, what each claimed resource is, and how much of it there is; by party, with our unreleased elements ours first."""
    sorts: dict[str, Sort] = {}
    capacity: dict[str, Quantity] = {}
    first: dict[str, Piece] = {}
    for piece, content in gathered.of(NamedResource):
        name = folded(piece.title)
        before = first.setdefault(name, piece)
        held = before.content
        if isinstance(held, NamedResource) and held.capacity != content.capacity:
            sentence = f"“{piece.title}” is held with two capacities, {held.capacity or 'none'} and {content.capacity or 'none'}: that of {before.party} is taken."
            faults.append(Fault(piece.key, "capacity", sentence))
        if before is piece:
            sorts[name] = "place" if content.sort in _PLACES else _sort_of(name)
            if content.capacity is not None:
                capacity[name] = content.capacity
    for _piece, activity in gathered.of(Activity):
        for row in activity.resources:
            sorts.setdefault(folded(row.name), _sort_of(folded(row.name)))
    return sorts, capacity


def _sort_of(name: str) -> Sort:
    return "lift" if "lift" in name else "resource"


def _claims(gathered: Gathered, sorts: Mapping[str, Sort]) -> Iterator[_Claim]:
    busy: set[tuple[str, str]] = set()
    ways = _ways(gathered)
    for piece, activity in gathered.of(Activity):
        plan = "" if activity.plan is None else key_of(activity.plan)
        way = ways.get(plan, "")
        for force in dict.fromkeys(key_of(ref) for ref in activity.forces):
            busy.add((plan, force))
            yield _Claim(
                f"{piece.key}#forces.{force}",
                piece,
                "force",
                force,
                None,
                activity.window,
                activity.plan,
                way,
                activity.lies_within,
            )
        for number, row in enumerate(activity.resources):
            name = f"{piece.key}#resources.{number}"
            sort = sorts[folded(row.name)]
            yield _Claim(
                name, piece, sort, row.name, row.quantity, activity.window, activity.plan, way, activity.lies_within
            )
    for piece, option in gathered.of(Option):
        plan = "" if option.plan is None else key_of(option.plan)
        for number, part in enumerate(option.contributions):
            if part.force is None or part.promise is Promise.WITHDRAWN or (plan and (plan, key_of(part.force)) in busy):
                continue
            name, force = f"{piece.key}#contributions.{number}", key_of(part.force)
            yield _Claim(name, piece, "force", force, None, part.window, option.plan, piece.key)
    for piece, content in gathered.of(Plan):
        for number, line in enumerate(content.organisation):
            if line.force is None or line.window == Window() or (piece.key, key_of(line.force)) in busy:
                continue
            name, force = f"{piece.key}#organisation.{number}", key_of(line.force)
            of = ElementRef(piece.party, piece.element)
            yield _Claim(name, piece, "force", force, None, line.window, of, ways.get(piece.key, ""))


def _ways(gathered: Gathered) -> dict[str, str]:
    """By plan, the alternative that it belongs to: the one option that would become it, else the one branch that it is for."""
    found: dict[str, str] = {}
    for piece, content in gathered.of(Plan):
        if len(content.scenarios) == 1 and len(content.scenarios[0].branches) == 1:
            found[piece.key] = f"{key_of(content.scenarios[0].scenario)}/{content.scenarios[0].branches[0]}"
    by_plan: dict[str, list[str]] = {}
    for piece, option in gathered.of(Option):
        if option.plan is not None:
            by_plan.setdefault(key_of(option.plan), []).append(piece.key)
    return found | {plan: options[0] for plan, options in by_plan.items() if len(options) == 1}


def _measured(claim: _Claim, capacity: Mapping[str, Quantity], faults: list[Fault]) -> bool:
    held = capacity.get(folded(claim.thing))
    if claim.quantity is None or held is None or held.unit == claim.quantity.unit:
        return True
    sentence = f"“{claim.name}”: it is claimed in {claim.quantity.unit}, and “{claim.thing}” is counted in {held.unit}; it is left out."
    faults.append(Fault(claim.name, "quantity", sentence))
    return False


def _bookings(
    claims: Iterable[_Claim], of: analyses_times.Of, scale: Mapping[str, int], faults: list[Fault]
) -> Iterator[Booking]:
    for each in claims:
        start, end, why = of(each.piece, each.plan).window(each.window)
        if not why and each.window == Window():
            why = "no window is given; say from when to when"
        if why:
            faults.append(Fault(each.piece.key, "window", f"“{each.piece.key}”: {why}; what it books is left out."))
            continue
        amount = 1 if each.quantity is None else scaled(each.quantity, scale)[0] or 0
        plan = "" if each.plan is None else key_of(each.plan)
        yield Booking(each.name, each.piece.key, each.sort, each.thing, amount, start, end, plan, each.way, each.within)


def _assumptions(gathered: Gathered) -> Iterator[Assumption]:
    ways = _ways(gathered)
    holders: list[tuple[Piece, Plan | Scenario]] = [*gathered.of(Plan), *gathered.of(Scenario)]
    for piece, content in holders:
        for row in content.assumptions:
            subject, value = assumed(row.text, invalid=row.state is AssumptionState.INVALID)
            yield Assumption(piece.key, f"{piece.title} ({piece.party})", subject, value, ways.get(piece.key, ""))


def _reliances(hq: Headquarters, gathered: Gathered) -> Iterator[Reliance]:
    """Everything that points at a partner's element, or in a partner's text at ours, of which a recall was said and no version stands.

    In an answer that may be shown only recalls count that all who may see it were told.
    """
    readers = set(gathered.basis.readers)
    recalls: dict[str, list[Recalled]] = {}
    standing: set[str] = set()
    for view in accords.views(hq):
        for party in view.accord.parties:
            sheet = view.accord.sheet(party)
            told = not readers.difference(view.accord.parties)
            for each in sheet.recalls if told else ():
                recalls.setdefault(f"{party}/{each.element}", []).append(each)
            standing |= {f"{party}/{item.element}" for item in sheet.live}
            standing |= {
                f"{party}/{item.element}/{item.version}" for history in sheet.released.values() for item in history
            }
    for piece in gathered.pieces:
        plan = getattr(piece.content, "plan", None)
        of = gathered.titles.get(key_of(plan), piece.title) if plan is not None else piece.title
        for _field, ref in references(piece.content):
            key = key_of(ref)
            if str(ref) in standing or key not in recalls or (piece.own and ref.party == hq.party):
                continue
            hits = [each for each in recalls[key] if ref.version is None or ref.version in each.versions]
            if hits:
                newest = max(hits, key=lambda each: each.at)
                when = str(Instant(newest.at))[:10]
                title = gathered.titles.get(key, "")
                yield Reliance(piece.key, of, title or key, ref.version or "", f"by {ref.party}, {when}")
