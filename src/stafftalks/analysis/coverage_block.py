"""Rows of some requirements as columns, and each row as a value where it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from stafftalks.analysis.coverage_columns import ALWAYS, Dependence, Flags, Pairs, Wide, dependence, ranges, stretches
from stafftalks.analysis.coverage_values import STATES, WORST, Alone, Need, Offer, Row, State, Stretch, Thing, things
from stafftalks.analysis.faults import Fault

_RANK = np.argsort(np.array(WORST))


class Block:
    """The rows of these requirements, each with the contributions for it, in their order."""

    def __init__(
        self, branches: Mapping[str, Sequence[str]], needs: Sequence[Need], offers: Sequence[Offer], faults: list[Fault]
    ) -> None:
        """What cannot be reckoned with is added to `faults`."""
        self.needs, self.offers = needs, offers
        self.branch: list[str] = []
        sizes = []
        for need in needs:
            own = _branches(need, branches, faults)
            self.branch.extend(own)
            sizes.append(len(own))
        self.pointer: Wide = np.append(0, np.cumsum(np.array(sizes, np.int64)))
        self.place = {need.id: number for number, need in enumerate(needs)}
        self.need_of: Wide = np.repeat(np.arange(len(needs)), sizes)
        lows = np.array([-ALWAYS if need.start is None else need.start for need in needs], np.int64)
        highs = np.array([ALWAYS if need.end is None else need.end + 1 for need in needs], np.int64)
        amounts = np.array([-1 if need.quantity is None else need.quantity for need in needs], np.int64)
        self.low, self.high, self.needed = lows[self.need_of], highs[self.need_of], amounts[self.need_of]
        self.pairs, firm = self._pairs(faults)
        self.found = stretches(self.low, self.high, self.needed, self.pairs, firm)

    def _pairs(self, faults: list[Fault]) -> tuple[Pairs, Flags]:
        offers = self.offers
        need = np.array([self.place[offer.need] for offer in offers], np.int64)
        offer = np.repeat(np.arange(len(offers)), np.diff(self.pointer)[need])
        row = ranges(self.pointer[need], self.pointer[need + 1])
        picky = np.array([bool(offer.branches) for offer in offers], bool)
        kept = np.ones(len(row), bool)
        for line in np.flatnonzero(picky[offer]).tolist():
            kept[line] = self.branch[row[line]] in offers[offer[line]].branches
        party, option = _numbered([one.party for one in offers]), _numbered([one.option for one in offers])
        amount = np.array([0 if one.quantity is None else one.quantity for one in offers], np.int64)
        for number, one in enumerate(offers):
            if (
                one.quantity is not None
                and one.unit != (asked := self.needs[need[number]]).unit
                and asked.quantity is not None
            ):
                sentence = f"“{one.id}” is in {one.unit or 'no unit'} and “{one.need}” in {asked.unit or 'no unit'}: it is told and not counted."
                faults.append(Fault(one.id, "quantity", sentence))
                amount[number] = 0
        low = np.array([-ALWAYS if one.start is None else one.start for one in offers], np.int64)[offer]
        high = np.array([ALWAYS if one.end is None else one.end + 1 for one in offers], np.int64)[offer]
        low, high = np.maximum(low, self.low[row]), np.minimum(high, self.high[row])
        kept &= low < high
        order = np.flatnonzero(kept)[np.argsort(row[kept], kind="stable")]
        of = offer[order]
        firm = np.array([one.firm for one in offers], bool)[of]
        return Pairs(of, row[order], party[of], option[of], amount[of], low[order], high[order]), firm

    @cached_property
    def worst(self) -> Wide:
        """The worst state of each row."""
        ranks = (
            np.minimum.reduceat(_RANK[self.found.state], self.found.pointer[:-1]) if len(self.low) else np.empty(0, int)
        )
        return np.array(WORST)[ranks]

    @cached_property
    def dependent(self) -> tuple[Dependence, tuple[Thing, ...]]:
        """What rows hang on alone, by stretch, and the things that its numbers mean."""
        named: dict[Thing, int] = {}
        sizes, flat = [], []
        for offer in self.offers:
            own = things(offer)
            sizes.append(len(own))
            flat.extend([named.setdefault(thing, len(named)) for thing in own])
        pointer = np.append(0, np.cumsum(np.array(sizes, np.int64)))
        of = self.pairs.offer
        held = (
            np.repeat(np.arange(len(of)), np.diff(pointer)[of]),
            np.array(flat, np.int64)[ranges(pointer[of], pointer[of + 1])],
        )
        found = dependence(self.low, self.high, self.needed, self.pairs, self.found, held)
        order = np.lexsort((found.thing, found.stretch))
        return Dependence(*(column[order] for column in found)), tuple(named)

    @property
    def dependence_known(self) -> bool:
        """Whether what rows hang on alone has been reckoned already."""
        return "dependent" in self.__dict__

    def rows_of(self, need: str) -> range:
        """The numbers of a requirement's rows."""
        place = self.place[need]
        return range(int(self.pointer[place]), int(self.pointer[place + 1]))

    def brief(self, number: int) -> tuple[str, State, int | None]:
        """The branch of a row, its state, and the most that is missing in any stretch."""
        need = self.needs[int(self.need_of[number])]
        offered = self.found.offered[self.found.pointer[number] : self.found.pointer[number + 1]]
        missing = None if need.quantity is None else max(0, need.quantity - int(offered.min()))
        return self.branch[number], STATES[self.worst[number]], missing

    def profile(self, number: int) -> tuple[Wide, Wide, Wide]:
        """Of each stretch of a row the tick at which it begins, its state as a number, and how much is missing; the first begins where the row does."""
        places = slice(*self.found.pointer[[number, number + 1]].tolist())
        needed = self.needs[int(self.need_of[number])].quantity
        missing = np.maximum(0, (needed or 0) - self.found.offered[places])
        return self.found.begin[places], self.found.state[places].astype(np.int64), missing

    def window(self, number: int, begin: int, beyond: int) -> tuple[int | None, int | None]:
        """Ticks as they are told, None where open: from `begin` up to, not including, `beyond`, or to where the row ends."""
        beyond = min(beyond, int(self.high[number]))
        return None if begin <= -ALWAYS else begin, None if beyond >= ALWAYS else beyond - 1

    def row(self, number: int) -> Row:
        """One row with all that is behind it."""
        need = self.needs[int(self.need_of[number])]
        places = range(*self.found.pointer[[number, number + 1]].tolist())
        parts = tuple(self._stretch(need, number, place) for place in places)
        dependent, named = self.dependent
        first, last = np.searchsorted(dependent.stretch, [places.start, places.stop]).tolist()
        alone = tuple(
            Alone(
                *named[int(dependent.thing[at])],
                *self._ticks(number, int(dependent.stretch[at])),
                int(dependent.left[at]),
            )
            for at in range(first, last)
        )
        return Row(need.scenario, self.branch[number], need.id, need.quantity, STATES[self.worst[number]], parts, alone)

    def hanging(self) -> Iterator[tuple[str, Thing]]:
        """For each row and each thing that it hangs on alone, at any time, the requirement and the thing."""
        dependent, named = self.dependent
        row = np.searchsorted(self.found.pointer, dependent.stretch, side="right") - 1
        for number, thing in dict.fromkeys(zip(row.tolist(), dependent.thing.tolist(), strict=True)):
            yield self.needs[int(self.need_of[number])].id, named[thing]

    def _stretch(self, need: Need, number: int, place: int) -> Stretch:
        pairs, found = self.pairs, self.found
        begin, offered = int(found.begin[place]), int(found.offered[place])
        by = tuple(
            self.offers[int(pairs.offer[line])].id
            for line in range(*np.searchsorted(pairs.row, [number, number + 1]).tolist())
            if pairs.low[line] <= begin < pairs.high[line]
        )
        missing = None if need.quantity is None else max(0, need.quantity - offered)
        state = STATES[found.state[place]]
        return Stretch(*self._ticks(number, place), offered, int(found.firm[place]), missing, state, by)

    def _ticks(self, number: int, place: int) -> tuple[int | None, int | None]:
        begin = int(self.found.begin[place])
        last = place + 1 == self.found.pointer[number + 1]
        beyond = int(self.high[number] if last else self.found.begin[place + 1])
        return None if begin <= -ALWAYS else begin, None if beyond >= ALWAYS else beyond - 1


def _branches(need: Need, known: Mapping[str, Sequence[str]], faults: list[Fault]) -> Sequence[str]:
    every = known.get(need.scenario)
    if every is None:
        if need.scenario and known:
            sentence = f"“{need.id}” follows from “{need.scenario[:60]}”, which is not there: it stands in no branch."
            faults.append(Fault(need.id, "scenario", sentence))
        return ("",)
    if not need.branches:
        return every or ("",)
    for branch in need.branches:
        if branch not in every:
            sentence = f"“{need.id}” is for branch “{branch[:60]}”, which “{need.scenario}” lacks; this is left out."
            faults.append(Fault(need.id, "branches", sentence))
    return [branch for branch in every if branch in need.branches]


def _numbered(names: Sequence[str]) -> Wide:
    number: dict[str, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in names], np.int64)
