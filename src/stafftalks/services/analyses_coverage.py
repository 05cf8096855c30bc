"""Coverage from elements: requirements in the branches of their scenarios, against what options count on.

A contribution counts where it names a requirement and was not withdrawn; it hangs on its party, on its force, and on the airfields, ports and other resources that the activities of its
option's plan use with that force.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from stafftalks.analysis.amounts import scaled, scales
from stafftalks.analysis.coverage import Coverage
from stafftalks.analysis.coverage_kept import Kept
from stafftalks.analysis.coverage_values import Need, Offer
from stafftalks.analysis.coverage_values import Scenario as Row
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.times import Times
from stafftalks.planning.forces import Activity
from stafftalks.planning.options import Option, Promise
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.services import analyses, analyses_times
from stafftalks.services.analyses import Ask, Basis, Gathered, key_of
from stafftalks.services.ports import Headquarters
from stafftalks.values.quantity import Quantity

KEPT: Final = Kept()
"""What was answered last in this process, so that a page that asks again, or after one edit, has only the rows reckoned that are touched."""


class Covered(msgspec.Struct, frozen=True):
    """The answer with what it stands on; amounts are whole numbers of `scales` to a unit, ticks of a requirement are said by `clock`.

    `clocks` are those of requirements, by key, that hang on another anchor than most, whose date is not known either.
    """

    basis: Basis
    coverage: Coverage
    times: Times
    scales: Mapping[str, int]
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]
    gathered: Gathered
    clocks: Mapping[str, Times] = {}

    def clock(self, need: str) -> Times:
        """How the ticks of a requirement, given by its key, are said."""
        return self.clocks.get(need, self.times)


def coverage(hq: Headquarters, *, contingency: str = "", private: bool = False) -> Covered:
    """Who covers what and when, as it stands now."""
    gathered = analyses.gather(hq, Ask("coverage", contingency, private))
    faults: list[Fault] = []
    requirements = list(gathered.of(Requirement))
    windows = {piece.key: [content.window] for piece, content in requirements}
    for piece, option in gathered.of(Option):
        windows[piece.key] = [row.window for row in option.contributions if row.requirement is not None]
    whole, of = analyses_times.counted(gathered, windows)
    scale = scales(_quantities(gathered))
    scenarios = [
        Row(piece.key, tuple(branch.id for branch in content.branches)) for piece, content in gathered.of(Scenario)
    ]
    needs, clocks = [], {}
    for piece, content in requirements:
        start, end, why = of(piece, None).window(content.window)
        # Only what is offered for it is compared with a requirement: plans for different contingencies may each count from an anchor of their own.
        if why and (own := analyses_times.alone(content.window, of(piece, None))) is not None:
            clocks[piece.key] = own
            start, end, why = own.window(content.window)
        if why:
            faults.append(Fault(piece.key, "window", f"“{piece.title}”: {why}; it is left out."))
            continue
        scenario = "" if content.scenario is None else key_of(content.scenario)
        amount, unit = scaled(content.quantity, scale)
        needs.append(Need(piece.key, scenario, content.branches, amount, unit, start, end))
    told = {fault.element for fault in faults}
    offers = [offer for offer in _offers(gathered, of, clocks, scale, faults) if offer.need not in told]
    found = KEPT.cover((hq.party, contingency), scenarios, needs, offers, private=private)
    every = tuple(gathered.fault(fault) for fault in (*faults, *found.faults))
    return Covered(gathered.basis, found, whole, scale, gathered.titles, every, gathered, clocks)


def _quantities(gathered: Gathered) -> Iterable[Quantity]:
    for _piece, content in gathered.of(Requirement):
        if content.quantity is not None:
            yield content.quantity
    for _piece, option in gathered.of(Option):
        yield from (row.quantity for row in option.contributions if row.quantity is not None)


def _offers(
    gathered: Gathered,
    of: analyses_times.Of,
    clocks: Mapping[str, Times],
    scale: Mapping[str, int],
    faults: list[Fault],
) -> Iterable[Offer]:
    through = _through(gathered)
    private = {each.element for each in gathered.basis.inputs if each.private}
    for piece, option in gathered.of(Option):
        plan = "" if option.plan is None else key_of(option.plan)
        times = of(piece, option.plan)
        for number, row in enumerate(option.contributions):
            if row.requirement is None or row.promise is Promise.WITHDRAWN:
                continue
            name = f"{piece.key}#contributions.{number}"
            start, end, why = clocks.get(key_of(row.requirement), times).window(row.window)
            if why:
                faults.append(Fault(name, "window", f"“{name}”: {why}; it is left out."))
                continue
            force = "" if row.force is None else key_of(row.force)
            amount, unit = scaled(row.quantity, scale)
            yield Offer(
                name,
                key_of(row.requirement),
                row.party,
                piece.key,
                option.branches,
                amount,
                unit,
                start,
                end,
                row.promise is Promise.FIRM,
                force,
                through.get((plan, force), ()) if force and plan else (),
                piece.key in private,
            )


def _through(gathered: Gathered) -> dict[tuple[str, str], tuple[str, ...]]:
    """By plan and force, the resources that activities of the plan use with it."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for _piece, activity in gathered.of(Activity):
        for force in activity.forces if activity.plan is not None else ():
            names = found.setdefault((key_of(activity.plan) if activity.plan else "", key_of(force)), {})
            names.update(dict.fromkeys(row.name for row in activity.resources))
    return {key: tuple(names) for key, names in found.items()}
