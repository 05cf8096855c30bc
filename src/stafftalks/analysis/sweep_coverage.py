"""Coverage at a point of a sweep: what is open, and how much is short, where contributions drop out, shrink or come late."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.coverage import cover
from stafftalks.analysis.coverage_values import STATES, Need, Offer, State, things
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.sweep_points import Change
from stafftalks.analysis.sweep_rows import Column, Value
from stafftalks.analysis.sweep_values import CoverageSubject

COLUMNS: Final = (
    Column("short", "number", "The share of each requirement that is missing at worst, added up.", less=True),
    Column("open", "whole", "Requirements of which something is missing at some time.", less=True),
    *(Column(state, "whole", f"Requirements in the state {state}.") for state in STATES),
)


class CoverageReckoner:
    """Coverage of one problem, again and again: only what a point changes is reckoned anew."""

    columns = COLUMNS
    lasts = False
    draws = False

    def __init__(self, subject: CoverageSubject) -> None:
        self._base = cover(subject.scenarios, subject.needs, subject.offers, private=subject.private)
        self._hangs: dict[str, list[Offer]] = {}
        for offer in self._base.held.offers.values():
            for name in dict.fromkeys([offer.id, *(name for _sort, name in things(offer))]):
                self._hangs.setdefault(name, []).append(offer)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What could not be reckoned with."""
        return self._base.faults

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch there is."""
        return tuple(dict.fromkeys(name for some in self._base.held.branches.values() for name in some))

    @property
    def things(self) -> tuple[str, ...]:
        """What can drop out, shrink or come late: forces, parties, what contributions go through, contributions."""
        return tuple(self._hangs)

    @property
    def forces(self) -> tuple[str, ...]:
        """Those of them that are forces; a contribution that names none stands for itself."""
        offers = self._base.held.offers.values()
        return tuple(dict.fromkeys(offer.force or offer.id for offer in offers))

    @property
    def activities(self) -> tuple[str, ...]:
        """Nothing here lasts."""
        return ()

    def moves(self, change: Change) -> bool:
        """Whether a change makes any difference to what is offered."""
        needs = self._base.held.needs
        return any(_changed(offer, change, needs) != offer for offer in self._hangs.get(change.name, ()))

    def row(self, branch: str, changes: Sequence[Change], _seed: int) -> tuple[bool, tuple[Value, ...]]:
        """Whether nothing is open, and the columns."""
        changed: dict[str, Offer | None] = {}
        for change in changes:
            for offer in self._hangs.get(change.name, ()):
                now = changed.get(offer.id, offer)
                changed[offer.id] = None if now is None else _changed(now, change, self._base.held.needs)
        coverage = self._base
        if changed:
            kept = [offer for offer in changed.values() if offer is not None]
            coverage = coverage.edit(offers=kept, drop=[name for name, offer in changed.items() if offer is None])
        counts: dict[State, int] = dict.fromkeys(STATES, 0)
        short = 0.0
        for need, of, state, missing in coverage.states():
            if branch in ("", of):
                counts[state] += 1
                needed = coverage.held.needs[need].quantity
                short += 1.0 if state == "gap" else missing / needed if missing and needed else 0.0
        left = counts["gap"] + counts["partial"]
        return not left, (round(short, 6), left, *counts.values())


def _changed(offer: Offer, change: Change, needs: Mapping[str, Need]) -> Offer | None:
    """The contribution as it is then; None where nothing is left of it."""
    quantity = None if offer.quantity is None else offer.quantity * change.share // 100
    if not change.share or quantity == 0:
        return None
    start = offer.start
    if change.late:
        # What is there from the beginning is there so much after the beginning of what it is for.
        need = needs.get(offer.need)
        begun = start if start is not None else None if need is None else need.start
        start = None if begun is None else begun + change.late
    if start is not None and offer.end is not None and start > offer.end:
        return None
    return msgspec.structs.replace(offer, quantity=quantity, start=start)
