"""What each side says that it keeps: in its suspension or withdrawal, and in its answers to what others recall. Statements, and no more."""

from collections.abc import Iterator

import msgspec

from stafftalks.accord.product import Accord, Outcome, recalls
from stafftalks.accord.standing import State
from stafftalks.values.ids import PartyId


class Answers(msgspec.Struct, frozen=True):
    """One answer that a party gave to `count` recalls of `of`, the latest at `at`; those not answered stand together as not confirmed."""

    of: PartyId
    outcome: Outcome
    statement: str
    count: int
    at: int


class Keeping(msgspec.Struct, frozen=True):
    """What `party` says that it keeps. `state` is where it stands, `keeps` what it said with that, `at` when it claims to have said it."""

    party: PartyId
    state: State
    keeps: str
    at: int
    answers: tuple[Answers, ...]


def keepings(accord: Accord) -> tuple[Keeping, ...]:
    """What each party says that it keeps, in the order of the charter; a party that has said nothing and was asked nothing too."""
    return tuple(_keeping(accord, party) for party in accord.parties)


def _keeping(accord: Accord, party: PartyId) -> Keeping:
    standing = accord.sheet(party).standing
    return Keeping(party, standing.state, standing.keeps, standing.at, tuple(_answers(accord, party)))


def _answers(accord: Accord, party: PartyId) -> Iterator[Answers]:
    counted: dict[tuple[PartyId, Outcome, str], tuple[int, int]] = {}
    for recall in recalls(accord):
        for holder in recall.holders:
            if holder.party == party:
                key = recall.party, holder.outcome, holder.statement
                count, at = counted.get(key, (0, 0))
                counted[key] = count + 1, max(at, holder.at)
    for (of, outcome, statement), (count, at) in counted.items():
        yield Answers(of, outcome, statement, count, at)
