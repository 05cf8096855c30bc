"""Where a party stands: one table of transitions, read by the fold, by the desk's rules and by the proofs.

The table maps a party's own state and its own act to its own next state. No row reads another party's state, and no state
waits for another party: that is "no tied hands" in one table.
"""

from types import MappingProxyType
from typing import Final, Literal

import msgspec

from stafftalks.accord.bodies import EntryRef, Standing
from stafftalks.accord.terms import known_realms, unknown_realms
from stafftalks.values.realm import Realm

State = Literal["silent", "proposed", "accepted", "declined", "suspended", "withdrawn"]
StandingAct = Literal["propose", "accept", "decline", "suspend", "resume", "withdraw"]

STATES: Final[tuple[State, ...]] = ("silent", "proposed", "accepted", "declined", "suspended", "withdrawn")
ACTS: Final[tuple[StandingAct, ...]] = ("propose", "accept", "decline", "suspend", "resume", "withdraw")

TRANSITIONS: Final = MappingProxyType[tuple[State, StandingAct], State](
    {
        ("silent", "propose"): "proposed",
        ("silent", "accept"): "accepted",
        ("silent", "decline"): "declined",
        ("silent", "withdraw"): "withdrawn",
        ("proposed", "accept"): "accepted",
        ("proposed", "decline"): "declined",
        ("proposed", "withdraw"): "withdrawn",
        ("accepted", "propose"): "accepted",
        ("accepted", "accept"): "accepted",
        ("accepted", "decline"): "declined",
        ("accepted", "suspend"): "suspended",
        ("accepted", "withdraw"): "withdrawn",
        ("declined", "propose"): "proposed",
        ("declined", "accept"): "accepted",
        ("declined", "withdraw"): "withdrawn",
        ("suspended", "propose"): "suspended",
        ("suspended", "accept"): "accepted",
        ("suspended", "resume"): "accepted",
        ("suspended", "withdraw"): "withdrawn",
    }
)
"""(own state, own act) -> own next state. A pair that is absent has no meaning: the entry is kept, without effect."""

_WHY_NOT: Final[dict[StandingAct, str]] = {
    "propose": "It proposes, but its party has withdrawn or has proposed before; a later wording is an amendment.",
    "accept": "It accepts, but its party has withdrawn, and a withdrawal is final in this accord.",
    "decline": "It declines, but its party is not one that is silent, has proposed or has accepted.",
    "suspend": "It suspends, but its party has not accepted, so nothing is open that could be suspended.",
    "resume": "It resumes, but its party has not suspended.",
    "withdraw": "It withdraws, but its party has withdrawn already.",
}


class StandingState(msgspec.Struct, frozen=True):
    """Where a party stands now, and the entry that says so (None: it has said nothing).

    `realms` are those it holds open from its side now: none unless `state` is accepted. `clauses` are the hashes of the
    clauses it accepted. `resumes` are the realms that a resume would bring back, none unless suspended. `unknown_realms`
    are names this version does not know: shown, never open. `at` is the author's claim, unix seconds.
    """

    state: State = "silent"
    realms: frozenset[Realm] = frozenset()
    clauses: frozenset[str] = frozenset()
    statement: str = ""
    keeps: str = ""
    ref: EntryRef | None = None
    at: int = 0
    resumes: frozenset[Realm] = frozenset()
    unknown_realms: tuple[str, ...] = ()


def next_state(state: State, act: StandingAct) -> State | None:
    """The state that `act` leads to from `state`, or None where it has no meaning there."""
    return TRANSITIONS.get((state, act))


def why_not(act: StandingAct) -> str:
    """The sentence that says why `act` has no meaning from a state that the table does not give it."""
    return _WHY_NOT[act]


def advance(standing: StandingState, said: Standing, ref: EntryRef, at: int) -> StandingState | None:
    """The standing after its party said `said` in its entry `ref`, or None where that has no meaning now."""
    state = next_state(standing.state, said.act)
    if state is None:
        return None
    match said.act:
        case "accept":
            realms, clauses = known_realms(said.realms), frozenset(said.clauses)
            unknown = unknown_realms(said.realms)
            return StandingState(state, realms, clauses, said.statement, said.keeps, ref, at, unknown_realms=unknown)
        case "resume":
            realms = standing.resumes
            return StandingState(state, realms, standing.clauses, said.statement, said.keeps, ref, at)
        case "suspend":
            resumes = standing.realms
            return StandingState(
                state, frozenset(), standing.clauses, said.statement, said.keeps, ref, at, resumes=resumes
            )
        case "decline" | "withdraw":
            return StandingState(state, frozenset(), frozenset(), said.statement, said.keeps, ref, at)
