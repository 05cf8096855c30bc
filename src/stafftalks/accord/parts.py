"""What a sheet holds: frozen values, each naming the entry that it comes from.

A `Sheet` is what one party's entries amount to and nothing else: no field reads another party's record. `at` is always
the author's claimed time in unix seconds.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    CheckConsent,
    CheckEnd,
    CheckProposal,
    Clause,
    Confirmation,
    EntryRef,
    Opening,
    Previous,
    Proposal,
    Question,
    Recall,
    Standing,
)
from stafftalks.accord.standing import StandingState
from stafftalks.values.ids import ElementId, EpochId, PartyId, VersionHash
from stafftalks.values.realm import Realm

NoticeSort = Literal["unknown", "unreadable", "sealed", "without_effect", "forgotten"]


class Notice(msgspec.Struct, frozen=True, gc=False):
    """An entry that is kept and shown although it has no effect, or not all the effect it asked for; `sentence` says why."""

    ref: EntryRef
    sort: NoticeSort
    sentence: str


class ProposalState(msgspec.Struct, frozen=True):
    """A party's own wording now: its proposal with its amendments, or its amendments of another's proposal.

    `title` and `purpose` are empty where the party has amended without proposing; `proposed` then is None, else the entry
    of the proposal. `clauses` maps clause id to its wording, in the order written; `written` are all wordings this party ever
    put, amended ones too, because another may have accepted or questioned one. `refs` are all entries that made it.
    """

    title: str
    purpose: str
    realms: frozenset[Realm]
    clauses: Mapping[str, Clause]
    message: str
    refs: tuple[EntryRef, ...]
    proposed: EntryRef | None
    at: int
    struck: frozenset[str] = frozenset()
    written: tuple[Clause, ...] = ()
    unknown_realms: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """A question of this party. `clause` is the hash of the exact clause it hangs on, empty for the whole."""

    ref: EntryRef
    at: int
    text: str
    clause: str


class Answered(msgspec.Struct, frozen=True):
    """This party's answer to the question whose entry is `question`."""

    ref: EntryRef
    at: int
    question: EntryRef
    text: str


class ReleasedVersion(msgspec.Struct, frozen=True, gc=False):
    """One release. `raw` is the exact element as released; `realm` is as written (a `Realm` where known)."""

    element: ElementId
    kind: str
    version: VersionHash
    raw: bytes
    realm: str
    to: tuple[PartyId, ...]
    replaces: VersionHash | None
    ref: EntryRef
    at: int


class Recalled(msgspec.Struct, frozen=True):
    """One recall. `to` are the holders asked; empty where the entry does not say, and then every other party is asked."""

    element: ElementId
    entries: tuple[EntryRef, ...]
    versions: tuple[VersionHash, ...]
    reason: str
    ref: EntryRef
    at: int
    to: tuple[PartyId, ...]


class ConfirmationState(msgspec.Struct, frozen=True):
    """This party's latest answer to another's recall."""

    recall: EntryRef
    outcome: Literal["removed", "refused"]
    removed: tuple[str, ...]
    statement: str
    ref: EntryRef
    at: int


class EpochPart(msgspec.Struct, frozen=True):
    """One epoch of the record: how many of its entries were read, and how many count.

    `counted` is less than `size` where a later epoch of the same party does not remember the rest.
    """

    epoch: EpochId
    size: int
    counted: int
    opened_at: int
    previous: Previous | None


class PointsPart(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a part of the points of a check: all but the points, of which it holds `count`; 0 where they are not points of one length.

    Whoever needs the points reads them from the entry.
    """

    proposal: EntryRef
    step: int
    sort: Literal["own", "returned"]
    part: int
    parts: int
    count: int
    transcript: str
    to: PartyId


class CheckAct(msgspec.Struct, frozen=True, gc=False):
    """An entry of a private check. `digest` is that of its exact body (`bodies.digest`)."""

    ref: EntryRef
    at: int
    body: CheckProposal | CheckConsent | PointsPart | CheckEnd
    digest: str


SaidBody: TypeAlias = Opening | Proposal | Amendment | Question | Answer | Standing | Recall | Confirmation


class Said(msgspec.Struct, frozen=True, gc=False):
    """A readable entry other than a release or an act of a check, as kept in a sheet's journal."""

    ref: EntryRef
    at: int
    body: SaidBody


Item: TypeAlias = Said | ReleasedVersion | CheckAct | Notice


class Sheet(msgspec.Struct, frozen=True, dict=True):
    """What one party's entries amount to. Two sheets of equal entries are equal, in whatever batches they were read.

    `released` maps each element to its releases that were not recalled, oldest first; `recalled` holds the latest recall of
    each element and `recalls` all of them in order; `confirmations` this party's answers to others' recalls, by the
    recall's entry; `checks` its acts in private checks, in order. `notices` are in order of the record. `size` counts all entries read, over all epochs; `epochs` are
    those that count, oldest first, then those that do not. `journal` and `taken_back` are what the fold goes on from. What follows from a
    sheet alone is computed once, when it is first asked for.
    """

    party: PartyId
    standing: StandingState
    proposal: ProposalState | None
    questions: tuple[Asked, ...]
    answers: tuple[Answered, ...]
    released: Mapping[ElementId, tuple[ReleasedVersion, ...]]
    recalled: Mapping[ElementId, Recalled]
    recalls: tuple[Recalled, ...]
    confirmations: Mapping[EntryRef, ConfirmationState]
    checks: tuple[CheckAct, ...]
    notices: tuple[Notice, ...]
    size: int
    epochs: tuple[EpochPart, ...]
    journal: Mapping[EntryRef, Item]
    taken_back: frozenset[EntryRef]

    @classmethod
    def empty(cls, party: PartyId) -> "Sheet":
        """The sheet of a party that has written nothing."""
        return cls(party, StandingState(), None, (), (), {}, {}, (), {}, (), (), 0, (), {}, frozenset())

    @cached_property
    def live(self) -> tuple[ReleasedVersion, ...]:
        """The newest version of each element that stands released, in the order in which they were first released."""
        return tuple(history[-1] for history in self.released.values())

    @cached_property
    def live_by_kind(self) -> Mapping[str, tuple[ReleasedVersion, ...]]:
        """`live` by kind."""
        found: dict[str, list[ReleasedVersion]] = {}
        for item in self.live:
            found.setdefault(item.kind, []).append(item)
        return {kind: tuple(items) for kind, items in found.items()}

    @cached_property
    def recalls_of(self) -> Mapping[ElementId, tuple[Recalled, ...]]:
        """`recalls` by element."""
        found: dict[ElementId, list[Recalled]] = {}
        for recall in self.recalls:
            found.setdefault(recall.element, []).append(recall)
        return {element: tuple(recalls) for element, recalls in found.items()}

    @cached_property
    def recall_at(self) -> Mapping[EntryRef, Recalled]:
        """`recalls` by the entry of each."""
        return {recall.ref: recall for recall in self.recalls}

    @cached_property
    def latest_at(self) -> int:
        """When the party claims to have said its newest word, unix seconds; 0 where it said nothing that can be read."""
        return max((item.at for item in self.journal.values() if not isinstance(item, Notice)), default=0)
