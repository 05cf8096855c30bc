"""Who covers what and when: every requirement of a scenario in every branch, with gaps, what is partial, and what hangs on one thing alone.

What is offered is what contributions say, clipped to the requirement's window. Own contributions that are not released can be counted privately: the answer says so, and then stays home.
An answer can be asked what falls open without some forces, places or parties, and what a branch asks for once it opens. It does not change: an edit gives another, which shares what is the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec
import numpy as np

from stafftalks.analysis.coverage_block import Block
from stafftalks.analysis.coverage_columns import Wide
from stafftalks.analysis.coverage_values import (
    STATES,
    WORST,
    Change,
    Need,
    Offer,
    Row,
    Scenario,
    State,
    Thing,
    things,
    wrong,
)
from stafftalks.analysis.faults import Fault

_Given = TypeVar("_Given", Need, Offer)
_FEW: Final = 64


class Held(msgspec.Struct, frozen=True):
    """What an answer stands on: everything given by id, offers by what they are for, and the blocks of rows: one of all, and those that stand instead of a part of it."""

    private: bool
    branches: Mapping[str, tuple[str, ...]]
    needs: dict[str, Need]
    offers: dict[str, Offer]
    by_need: dict[str, tuple[str, ...]]
    blocks: dict[str, Block]
    counts: Wide
    faults: dict[str, tuple[Fault, ...]]


def cover(
    scenarios: Sequence[Scenario], needs: Iterable[Need], offers: Iterable[Offer], *, private: bool = False
) -> "Coverage":
    """The whole answer; own contributions that are not released are counted only where `private` says so."""
    faults: list[Fault] = []
    own_needs = _by_id(needs, faults)
    own_offers = _by_id((offer for offer in offers if private or not offer.private), faults)
    lists: dict[str, list[str]] = {}
    for offer in own_offers.values():
        lists.setdefault(offer.need, []).append(offer.id)
    by_need = {need: tuple(names) for need, names in lists.items()}
    branches = {scenario.id: scenario.branches for scenario in scenarios}
    everything = dict.fromkeys([*own_needs, *by_need])
    block, found = _block(branches, own_needs, own_offers, by_need, everything)
    blocks = dict.fromkeys(block.place, block)
    counts = np.bincount(block.worst, minlength=len(STATES))
    return Coverage(
        Held(private, branches, own_needs, own_offers, by_need, blocks, counts, {"": tuple(faults), **found})
    )


def again(
    before: "Coverage", scenarios: Sequence[Scenario], needs: Sequence[Need], offers: Sequence[Offer]
) -> "Coverage":
    """What `cover` gives, from an earlier answer: only rows are reckoned of which something is given otherwise than then."""
    old = before.held
    own_needs = {need.id: need for need in needs}
    own_offers = {offer.id: offer for offer in offers if old.private or not offer.private}
    counted = sum(old.private or not offer.private for offer in offers)
    branches = {scenario.id: scenario.branches for scenario in scenarios}
    if branches != old.branches or len(own_needs) < len(needs) or len(own_offers) < counted:
        return cover(scenarios, needs, offers, private=old.private)
    touched = {one.id for one in _differing(old.needs, own_needs)}
    touched |= {offer.need for offer in _differing(old.offers, own_offers)}
    lists: dict[str, list[str]] = {}
    for offer in own_offers.values():
        lists.setdefault(offer.need, []).append(offer.id)
    by_need = {need: tuple(names) for need, names in lists.items()}
    # The order in which contributions are given is the order in which they are told.
    touched |= {need for need, names in by_need.items() if old.by_need.get(need) != names}
    everything = dict.fromkeys([*own_needs, *by_need])
    if 4 * len(touched) > len(everything) or old.faults.get(""):
        return cover(scenarios, needs, offers, private=old.private)
    block, found = _block(branches, own_needs, own_offers, by_need, [name for name in everything if name in touched])
    counts = old.counts + np.bincount(block.worst, minlength=len(STATES))
    for need in touched:
        if (gone := old.blocks.get(need)) is not None:
            numbers = gone.rows_of(need)
            counts = counts - np.bincount(gone.worst[numbers.start : numbers.stop], minlength=len(STATES))
    fresh = block.place
    blocks = {
        name: block if name in fresh else old.blocks[name]
        for name in everything
        if name in fresh or (name in old.blocks and name not in touched)
    }
    faults = {need: some for need, some in old.faults.items() if need not in touched} | found
    return Coverage(Held(old.private, branches, own_needs, own_offers, by_need, blocks, counts, faults))


class Coverage:
    """An answer: rows are made where they are asked for."""

    def __init__(self, held: Held) -> None:
        self.held = held

    @property
    def stays_home(self) -> bool:
        """Whether anything private is counted: then the answer may not leave."""
        return self.held.private and any(offer.private for offer in self.held.offers.values())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What could not be reckoned with, by element: the same order, whatever an answer was made of."""
        return tuple(sorted(fault for some in self.held.faults.values() for fault in some))

    def counts(self) -> dict[State, int]:
        """How many rows are in each state."""
        return dict(zip(STATES, self.held.counts.tolist(), strict=True))

    def rows(self, *, state: State | None = None) -> Iterator[Row]:
        """Every row, or those in one state, by requirement and branch."""
        for need, block in self.held.blocks.items():
            for number in block.rows_of(need):
                if state is None or STATES[block.worst[number]] == state:
                    yield block.row(number)

    def states(self) -> Iterator[tuple[str, str, State, int | None]]:
        """Of every row the requirement, the branch, the state and the most that is missing: what can be had without asking what rows hang on."""
        for need in self.held.blocks:
            for branch, (state, missing) in self._brief(need).items():
                yield need, branch, state, missing

    def listed(self) -> Iterator[tuple[str, str, State]]:
        """Every row in brief, as `rows` orders them: requirement, branch, state. Nothing behind it is made."""
        for need, block in self.held.blocks.items():
            for number in block.rows_of(need):
                yield need, block.branch[number], STATES[block.worst[number]]

    def hanging(self) -> tuple[tuple[Thing, int], ...]:
        """Everything on which rows hang alone, with how many rows, the most first."""
        found: Counter[Thing] = Counter()
        for block in {id(block): block for block in self.held.blocks.values()}.values():
            standing = {need for need, held in self.held.blocks.items() if held is block}
            found.update(thing for need, thing in block.hanging() if need in standing)
        return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    def of(self, need: str) -> tuple[Row, ...]:
        """The rows of a requirement, by branch; none where it is not there."""
        held = self.held
        block = held.blocks.get(need)
        if block is None:
            return ()
        if len(block.needs) > _FEW and not block.dependence_known:
            # What one row hangs on is not worth asking of all.
            block, _ = _block(held.branches, held.needs, held.offers, held.by_need, [need])
        return tuple(block.row(number) for number in block.rows_of(need))

    def without(self, *gone: Thing) -> tuple[Change, ...]:
        """What changes if these drop out: rows that come to another state or lack another amount."""
        names = set(gone)
        dropped = {offer.id for offer in self.held.offers.values() if not names.isdisjoint(things(offer))}
        return self.changes(self.edit(drop=dropped), {self.held.offers[name].need for name in dropped})

    def opening(self, scenario: str, branch: str) -> tuple[Row, ...]:
        """What a branch asks for once it opens, the worst first."""
        rows = [row for need in self.held.needs.values() if need.scenario == scenario for row in self.of(need.id)]
        found = [row for row in rows if row.branch == branch]
        return tuple(sorted(found, key=lambda row: (WORST.index(STATES.index(row.state)), row.need)))

    def edit(
        self, *, needs: Collection[Need] = (), offers: Collection[Offer] = (), drop: Collection[str] = ()
    ) -> "Coverage":
        """The answer with some requirements and contributions put in, instead of those with the same id, and some ids gone; only rows that they touch are reckoned anew."""
        old = self.held
        own_needs, own_offers, by_need = dict(old.needs), dict(old.offers), dict(old.by_need)
        touched = {need.id: None for need in needs}
        for name in dict.fromkeys([*drop, *(offer.id for offer in offers)]):
            if (offer := own_offers.pop(name, None)) is not None:
                by_need[offer.need] = tuple(other for other in by_need[offer.need] if other != name)
                touched[offer.need] = None
        for name in drop:
            if own_needs.pop(name, None) is not None:
                touched[name] = None
        own_needs.update({need.id: need for need in needs})
        for offer in offers:
            if old.private or not offer.private:
                own_offers[offer.id] = offer
                by_need[offer.need] = (*by_need.get(offer.need, ()), offer.id)
                touched[offer.need] = None
        block, found = _block(old.branches, own_needs, own_offers, by_need, touched)
        blocks, counts = dict(old.blocks), old.counts + np.bincount(block.worst, minlength=len(STATES))
        for need in touched:
            if (before := blocks.pop(need, None)) is not None:
                numbers = before.rows_of(need)
                counts = counts - np.bincount(before.worst[numbers.start : numbers.stop], minlength=len(STATES))
        blocks.update(dict.fromkeys(block.place, block))
        faults = {need: some for need, some in old.faults.items() if need not in touched} | found
        return Coverage(Held(old.private, old.branches, own_needs, own_offers, by_need, blocks, counts, faults))

    def changes(self, later: "Coverage", touched: Iterable[str]) -> tuple[Change, ...]:
        """Of these requirements, the rows that at any tick are in another state in a later answer, or lack another amount."""
        found = []
        for need in sorted(touched):
            one, other = self.held.blocks.get(need), later.held.blocks.get(need)
            if one is None or other is None:
                continue
            after = {other.branch[number]: number for number in other.rows_of(need)}
            for number in one.rows_of(need):
                if (same := after.get(one.branch[number])) is not None:
                    change = _changed(self.held.needs[need], one, number, other, same)
                    found.extend([change] if change else [])
        return tuple(found)

    def _brief(self, need: str) -> dict[str, tuple[State, int | None]]:
        block = self.held.blocks.get(need)
        briefs = [] if block is None else [block.brief(number) for number in block.rows_of(need)]
        return {branch: (state, missing) for branch, state, missing in briefs}


def _differing(before: Mapping[str, _Given], now: Mapping[str, _Given]) -> Iterator[_Given]:
    """Of what was given and is given, what is not the same, in both."""
    for name, one in now.items():
        old = before.get(name)
        if old is not one and old != one:
            yield one
            if old is not None:
                yield old
    yield from (old for name, old in before.items() if name not in now)


def _changed(need: Need, one: Block, number: int, other: Block, same: int) -> Change | None:
    """What a row came to, over the ticks at which its two answers differ; None where they do not."""
    sides = (one.profile(number), other.profile(same))
    cuts = np.union1d(sides[0][0], sides[1][0])
    places = [np.maximum(np.searchsorted(begin, cuts, side="right") - 1, 0) for begin, _state, _missing in sides]
    states = [state[place] for (_begin, state, _missing), place in zip(sides, places, strict=True)]
    missing = [lacks[place] for (_begin, _state, lacks), place in zip(sides, places, strict=True)]
    changed = np.flatnonzero((states[0] != states[1]) | (missing[0] != missing[1]))
    if not len(changed):
        return None
    beyond = cuts[changed[-1] + 1] if changed[-1] + 1 < len(cuts) else one.high[number]
    worst = [STATES[min(state[changed].tolist(), key=WORST.index)] for state in states]
    most = [None if need.quantity is None else int(lacks[changed].max()) for lacks in missing]
    window = one.window(number, int(cuts[changed[0]]), int(beyond))
    return Change(need.scenario, one.branch[number], need.id, worst[0], worst[1], most[0], most[1], *window)


def _by_id(given: Iterable[_Given], faults: list[Fault]) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for one in given:
        if one.id in found:
            faults.append(Fault(one.id, "id", f"“{one.id}” stands twice: only the first is counted."))
        else:
            found[one.id] = one
    return found


def _block(
    branches: Mapping[str, Sequence[str]],
    needs: Mapping[str, Need],
    offers: Mapping[str, Offer],
    by_need: Mapping[str, Sequence[str]],
    asked: Iterable[str],
) -> tuple[Block, dict[str, tuple[Fault, ...]]]:
    """The rows of the requirements asked for, as far as they can be reckoned with, and by requirement what cannot."""
    faults: list[Fault] = []
    own_needs: list[Need] = []
    own_offers: list[Offer] = []
    for name in asked:
        need = needs.get(name)
        if need is not None and (reason := wrong(need.start, need.end, need.quantity)):
            faults.append(Fault(name, "window", f"“{name}”: {reason}; it is left out."))
            continue
        sound = []
        for offer in map(offers.__getitem__, by_need.get(name, ())):
            if need is None:
                sentence = f"“{offer.id}” is for “{name[:60]}”, which is not there; it is left out."
                faults.append(Fault(offer.id, "need", sentence))
            elif reason := wrong(offer.start, offer.end, offer.quantity):
                faults.append(Fault(offer.id, "window", f"“{offer.id}”: {reason}; it is left out."))
            else:
                sound.append(offer)
        if need is not None:
            own_needs.append(need)
            own_offers.extend(sound)
    block = Block(branches, own_needs, own_offers, faults)
    by: dict[str, list[Fault]] = {}
    for fault in faults:
        by.setdefault(offers[fault.element].need if fault.element in offers else fault.element, []).append(fault)
    return block, {name: tuple(some) for name, some in by.items()}
