"""Two sides that run a private check with each other, message by message, in one process."""

import hashlib
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from stafftalks.deconflict.private import work
from stafftalks.deconflict.private.audit import Case, Keys, Opening, Shown
from stafftalks.deconflict.private.finding import Found, find
from stafftalks.deconflict.private.keeping import Inputs, Secrets
from stafftalks.deconflict.private.messages import Mode, Side
from stafftalks.deconflict.private.work import Own, OwnPlan, Plan

OPENED = hashlib.sha256(b"proposal and consent").digest()
Buckets = Sequence[Sequence[bytes]]


def done(plan: OwnPlan | Plan, scalar: bytes, numbers: Iterable[int] | None = None) -> list[bytes]:
    """The results of a plan's pieces, in order, done in another order if one is given."""
    results = {number: work.run(plan.piece(number, scalar)) for number in numbers or range(plan.pieces)}
    return [results[number] for number in sorted(results)]


class Party:
    """One side of a check: its keys by bucket, its caps, its secrets; and what it has sent."""

    def __init__(self, keys: Buckets, caps: Sequence[int], random: bytes, opened: bytes = OPENED) -> None:
        self.secrets = Secrets.of(random)
        self.plan = work.plan_own(opened, caps, keys, self.secrets.padding)
        self.own: Own = work.assemble_own(self.plan, done(self.plan, self.secrets.scalar))

    @property
    def points(self) -> bytes:
        return self.own.points

    @property
    def caps(self) -> tuple[int, ...]:
        return self.plan.caps

    def multiplied(self, other: "Party", *, sent_first: bool = False) -> tuple[Plan, list[bytes]]:
        ours = (self.points, self.caps) if sent_first else (b"", ())
        plan = work.plan_returned(other.points, other.caps, *ours)
        return plan, done(plan, self.secrets.scalar)

    def returned(self, other: "Party", mode: Mode) -> bytes:
        return work.assemble_returned(*self.multiplied(other), mode)

    def found(self, other: "Party", mode: Mode, returned: bytes | None = None) -> Found:
        returned = other.returned(self, mode) if returned is None else returned
        done(work.plan_seen(returned, self.caps, mode), b"")
        plan, results = self.multiplied(other, sent_first=True)
        return find(mode, self.plan, self.own, returned, plan, b"".join(results))


def party(keys: Buckets, caps: Sequence[int], name: str = "a") -> Party:
    return Party(keys, caps, name[:1].encode() * 32)


def pair(ours: Buckets, theirs: Buckets, our_caps: Sequence[int], their_caps: Sequence[int]) -> tuple[Party, Party]:
    return party(ours, our_caps, "a"), party(theirs, their_caps, "b")


@st.composite
def keys_and_caps(draw: st.DrawFn) -> tuple[Buckets, Buckets, tuple[int, ...], tuple[int, ...]]:
    """Few buckets of few keys out of few, so that many are on both sides; caps of two sides that hold them."""
    count = draw(st.integers(1, 4))
    one_bucket = st.sets(st.sampled_from([b"", b"a", b"b", b"c", b"d", b"e"]), max_size=5).map(sorted)
    sides = [[draw(one_bucket) for _ in range(count)] for _ in range(2)]
    caps = [tuple(len(keys) + draw(st.integers(0, 2)) for keys in side) for side in sides]
    return sides[0], sides[1], caps[0], caps[1]


def plain(ours: Buckets, theirs: Buckets) -> tuple[tuple[int, int], ...]:
    """Bucket and number of each of our keys that they have too: what a check must find."""
    return tuple(
        (number, place)
        for number, keys in enumerate(ours)
        for place, key in enumerate(keys)
        if key in set(theirs[number])
    )


class Audited:
    """A check between two parties with activities, and all that its slips and openings would show.

    An activity is a text of letters, each of which is a key of it; a letter's bucket is its place in the alphabet, even or odd.
    """

    CAPS = (6, 5)

    def __init__(self, ours: Sequence[bytes], theirs: Sequence[bytes], mode: Mode = "which", learns: str = "both"):
        self.mode, self.learns = mode, learns
        self.inputs: dict[Side, Inputs] = {}
        self.parties: dict[Side, Party] = {}
        for side, activities, random in (("proposer", ours, b"a" * 32), ("partner", theirs, b"b" * 32)):
            self.parties[side] = Party(self.cover(tuple(activities), side).keys, self.CAPS, random)
            self.inputs[side] = Inputs.of(activities, self.parties[side].secrets.salt)

    @staticmethod
    def cover(activities: tuple[bytes, ...], side: Side) -> Keys:
        owners: list[dict[bytes, tuple[int, ...]]] = [{}, {}]
        for number, activity in enumerate(activities):
            for letter in sorted(set(activity)):
                here, key = owners[letter % 2], bytes([letter])
                here[key] = (*here.get(key, ()), number)
        return Keys(
            tuple(tuple(sorted(here)) for here in owners),
            tuple(tuple(here[key] for key in sorted(here)) for here in owners),
        )

    def shown(self, side: Side) -> Shown:
        party, other = self.parties[side], self.parties["partner" if side == "proposer" else "proposer"]
        returns = self.learns != side
        return Shown(
            root=self.inputs[side].root,
            key=party.secrets.key,
            caps=self.CAPS,
            own=party.points,
            returned=party.returned(other, self.mode) if returns else None,
        )

    def case(self) -> Case:
        return Case(OPENED, self.mode, self.shown("proposer"), self.shown("partner"))

    def opening(self, side: Side) -> Opening:
        return Opening.of(self.inputs[side], self.parties[side].secrets)

    def openings(self) -> dict[Side, Opening]:
        return {"proposer": self.opening("proposer"), "partner": self.opening("partner")}
