"""What an auditor recomputes: all that a side committed to and sent, from what it opened, and what of it does not fit.

From the opening of one side follow its root, its key, the points it sent as its own and those it returned. What it left out of the opening as well as of the
check follows from nothing: the auditor must be shown its plans otherwise, as `known`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from stafftalks.deconflict import group
from stafftalks.deconflict.private import work
from stafftalks.deconflict.private.keeping import Inputs, Secrets
from stafftalks.deconflict.private.messages import Mode, Side, buckets, rows
from stafftalks.deconflict.private.work import Piece
from stafftalks.values.errors import PeerError, RefusedError, StafftalksError

About = Literal["root", "scalar", "omitted", "form", "keys", "padding", "strangers", "returned"]
Runner = Callable[[Iterable[Piece]], Iterable[bytes]]
"""Does pieces of work and gives their results in order, in whatever processes."""


class Opening(msgspec.Struct, frozen=True):
    """What a side opens to the auditor: all it kept to itself in one check."""

    activities: tuple[bytes, ...]
    salts: tuple[bytes, ...]
    scalar: bytes
    padding: bytes

    @classmethod
    def of(cls, inputs: Inputs, secrets: Secrets) -> "Opening":
        """The opening of a side with these inputs and secrets."""
        return cls(inputs.activities, inputs.salts, secrets.scalar, secrets.padding)

    def __repr__(self) -> str:
        return f"Opening({len(self.activities)} activities)"


class Shown(msgspec.Struct, frozen=True):
    """What one side's slips show: its root and key, and the points it sent as its own under its caps.

    `returned` are the other side's own points as this side returned them; None where it had none to return, or has not.
    """

    root: bytes
    key: bytes
    caps: tuple[int, ...]
    own: bytes
    returned: bytes | None = None


class Case(msgspec.Struct, frozen=True):
    """What the slips of a check show. `opened` is the transcript after consent; that each message states the right one is asked where slips are read."""

    opened: bytes
    mode: Mode
    proposer: Shown
    partner: Shown

    def shown(self, side: Side) -> Shown:
        """What this side's slips show."""
        return self.proposer if side == "proposer" else self.partner

    def other(self, side: Side) -> Shown:
        """What the slips of the side opposite show."""
        return self.partner if side == "proposer" else self.proposer


class Keys(msgspec.Struct, frozen=True):
    """The keys of activities by bucket, and beside each the numbers of the activities it stands for."""

    keys: tuple[tuple[bytes, ...], ...]
    owners: tuple[tuple[tuple[int, ...], ...], ...]

    def __repr__(self) -> str:
        return f"Keys({sum(map(len, self.keys))} in {len(self.keys)} buckets)"


class Finding(msgspec.Struct, frozen=True):
    """Something that does not fit. `activity` is the number of the activity it is about, among those opened; for one omitted, among those known."""

    side: Side
    about: About
    sentence: str
    activity: int | None = None


def serially(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The results of pieces, done one after the other."""
    return map(work.run, pieces)


def recompute(
    case: Case,
    openings: Mapping[Side, Opening],
    cover: Callable[[tuple[bytes, ...], Side], Keys],
    known: Mapping[Side, Sequence[bytes]] | None = None,
    runner: Runner = serially,
) -> tuple[Finding, ...]:
    """All that does not fit, for each side that opened; empty where everything does.

    `cover` gives the keys of activities for a side under the terms agreed. `known` are activities that the auditor was shown otherwise and that fall under the terms.
    """
    found: list[Finding] = []
    for side, opening in openings.items():
        found += _committed(case.shown(side), side, opening)
        found += _omitted(side, opening, (known or {}).get(side, ()))
        if any(one.about == "scalar" and one.side == side for one in found):
            continue
        found += _own(case, side, opening, cover(opening.activities, side), runner)
        found += _returned(case, side, opening, runner)
    return tuple(found)


def _committed(shown: Shown, side: Side, opening: Opening) -> Iterator[Finding]:
    try:
        root = Inputs(opening.activities, opening.salts).root
    except StafftalksError as error:
        yield Finding(side, "root", str(error))
    else:
        if root != shown.root:
            sentence = "The activities and salts opened do not give the root that was committed to: others were committed to, or some were added or left out."
            yield Finding(side, "root", sentence)
    try:
        key = group.public(opening.scalar)
    except StafftalksError:
        key = b""
    if key != shown.key:
        sentence = "The scalar opened is not the one whose key was sent; no point of this side could be recomputed."
        yield Finding(side, "scalar", sentence)


def _omitted(side: Side, opening: Opening, known: Sequence[bytes]) -> Iterator[Finding]:
    brought = set(opening.activities)
    for number, activity in enumerate(known):
        if activity not in brought:
            yield Finding(
                side, "omitted", "This activity was shown to the auditor and is not among those opened.", number
            )


def _own(case: Case, side: Side, opening: Opening, keys: Keys, runner: Runner) -> Iterator[Finding]:
    shown = case.shown(side)
    try:
        plan = work.plan_own(case.opened, shown.caps, keys.keys, opening.padding)
    except RefusedError as error:
        yield Finding(side, "form", str(error))
        return
    if len(shown.own) != plan.size * group.POINT_BYTES:
        yield Finding(side, "form", "The number of points it sent is not the one agreed.")
        return
    pieces = list(runner(plan.piece(number, opening.scalar) for number in range(plan.pieces)))
    if work.assemble_own(plan, pieces).points == shown.own:
        return
    made, sent = rows(b"".join(pieces)), rows(shown.own)
    if np.array_equal(np.sort(made), np.sort(sent)):
        yield Finding(side, "form", "Its own points do not stand in the order of their bytes, bucket by bucket.")
    missing: Counter[int] = Counter()
    for number, here in buckets(plan.caps):
        absent = np.flatnonzero(~np.isin(made[here], sent[here]))
        strange = int((~np.isin(sent[here], made[here])).sum())
        real = len(keys.keys[number])
        for place in absent[absent < real].tolist():
            missing.update(keys.owners[number][place])
        padding = int((absent >= real).sum())
        if padding:
            sentence = f"In bucket {number + 1}, {padding:,} points of padding are not what the seed opened gives."
            yield Finding(side, "padding", sentence)
        if strange:
            sentence = f"In bucket {number + 1} stand {strange:,} points that stand for nothing that was opened."
            yield Finding(side, "strangers", sentence)
    for activity, count in sorted(missing.items()):
        yield Finding(side, "keys", f"{count:,} keys of this activity are not among the points sent.", activity)


def _returned(case: Case, side: Side, opening: Opening, runner: Runner) -> Iterator[Finding]:
    given, returned = case.other(side), case.shown(side).returned
    if returned is None:
        return
    try:
        plan = work.plan_returned(given.own, given.caps)
        results = runner(plan.piece(number, opening.scalar) for number in range(plan.pieces))
        made = work.assemble_returned(plan, results, case.mode)
    except PeerError as error:
        other: Side = "partner" if side == "proposer" else "proposer"
        yield Finding(other, "form", f"What it sent as its own cannot be multiplied: {error}")
        return
    if len(made) != len(returned):
        yield Finding(side, "form", "The number of points it returned is not the one agreed.")
        return
    different = rows(made) != rows(returned)
    for number, here in buckets(given.caps):
        if count := int(different[here].sum()):
            sentence = f"In bucket {number + 1}, {count:,} points it returned are not what its scalar gives, or not in their place."
            yield Finding(side, "returned", sentence)
