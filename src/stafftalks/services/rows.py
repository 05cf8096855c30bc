"""What the ports carry: plain frozen rows, the same from SQLite, PostgreSQL and the fakes of the tests."""

from typing import Literal

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.refs import ExactRef
from stafftalks.values.ids import AccordId, ElementId, FeedId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.values.person import Role


class AccordRow(msgspec.Struct, frozen=True):
    """An accord as held here. `opened_at` is when it was founded or first received here, unix seconds."""

    id: AccordId
    charter: bytes
    opened_at: int


class FeedRow(msgspec.Struct, frozen=True):
    """One epoch of one party's record as held here.

    `ordinal` counts the party's epochs in this accord from 0. `certificate` is the node key's signature over the feed key.
    `frontier` encodes the compact range at `size`; `note` is the newest signed note with all cosignatures, empty where none.
    `frozen` is empty, or the sentence why nothing more is taken; then entries from `frozen_at` on have no effect, and `evidence` is the fork
    document. `closed` is set on an epoch of ours that must never be appended to again (restored, or key lost).
    """

    feed: FeedId
    ordinal: int
    public_key: bytes
    certificate: bytes
    size: int
    frontier: bytes
    note: bytes = b""
    frozen: str = ""
    evidence: bytes = b""
    frozen_at: int = 0
    closed: bool = False

    @property
    def effective(self) -> int:
        """How many of the entries held have effect: all, or those below the fork."""
        return min(self.size, self.frozen_at) if self.frozen else self.size


class EntryRow(msgspec.Struct, frozen=True):
    """An entry as stored. `slip` is None where it was never held or has been cleared; `cleared` tells these apart.

    `audience` is who may be given the slip: known for own entries, and read from the body for others'. `kept` is what was kept of points of
    a check when they were dropped (`services.check_kept`).
    """

    n: int
    leaf: bytes
    leaf_hash: bytes
    slip: bytes | None = None
    cleared: bool = False
    audience: tuple[PartyId, ...] = ()
    kept: bytes = b""


class PeerHolding(msgspec.Struct, frozen=True):
    """What a partner last said it holds of a feed: its size, and the note with the cosignatures that it had.

    `conflict` is set where that note, though signed by the feed's author, does not fit what we hold. `given` is, for the partner's own feed, how
    far it has itself given us entries with all texts it has for us: what others relay comes without texts that are not theirs to give.
    """

    size: int
    note: bytes = b""
    conflict: bool = False
    given: int = 0


class ReceiptRow(msgspec.Struct, frozen=True):
    """A cosignature that was seen on a head of a feed: `party` held everything below `size` at `at` (its clock, unix seconds).

    `line` is the cosignature itself, as it stands in a signed note; empty where it came before lines were kept.
    """

    party: PartyId
    size: int
    at: int
    line: bytes = b""


class SendingState(msgspec.Struct, frozen=True):
    """How the background sender stands with a partner; times in unix seconds, 0 where never."""

    next_try_at: int = 0
    failures: int = 0
    last_error: str = ""
    last_ok_at: int = 0
    last_try_at: int = 0


class PartnerRow(msgspec.Struct, frozen=True):
    """A paired party. `card` is its newest signed card document; `cards` all that were ever accepted, oldest first."""

    party: PartyId
    name: str
    card: bytes
    cards: tuple[bytes, ...]
    fingerprint: bytes
    paired_at: int
    paired_by: str
    sending: SendingState = SendingState()


Outcome = Literal["sent", "received", "cosigned", "refused", "failed", "repeated", "frozen", "noticed"]

Channel = Literal["https", "file"]
Direction = Literal["out", "in"]


class ExchangeRow(msgspec.Struct, frozen=True):
    """One line of the exchange log. `bundle` is the bundle's id, empty where it could not be read.

    `direction` is seen from here. `entries` counts entries carried; `sentence` says in words what happened and why.
    """

    at: int
    partner: str
    direction: Direction
    channel: Channel
    bundle: str
    outcome: Outcome
    sentence: str
    accord: str = ""
    entries: int = 0
    size_bytes: int = 0


class ElementRow(msgspec.Struct, frozen=True):
    """An own element at its current version; `raw` is its canonical JSON."""

    id: ElementId
    kind: str
    title: str
    contingency: str
    version: VersionHash
    raw: bytes
    revised_at: int
    revised_by: str
    archived: bool = False


class VersionRow(msgspec.Struct, frozen=True):
    """One version of an own element."""

    element: ElementId
    version: VersionHash
    raw: bytes
    at: int
    by: str


RequestState = Literal["waiting", "approved", "released", "refused", "returned", "withdrawn"]
"""`approved` is let go by an officer and waits for the head of delegation, where a letter asks for a third person."""


class Approval(msgspec.Struct, frozen=True):
    """A person who let a request go, in which role, and when (unix seconds)."""

    person: str
    role: Role
    at: int


class RequestRow(msgspec.Struct, frozen=True):
    """A request to release. `body` is the exact body that would be signed.

    `asked` is the body as it was asked for, empty where nothing was taken out of it; `redactions` are the acts, one line each, that make
    `body` of it. `approvals` are who let it go, `letters` the exact versions it was let go under. `follows` is the request that this one asks
    again after, or empty. `reason` is the decider's sentence; `entry` the place in our record once released.
    """

    id: str
    accord: AccordId
    element: ElementId
    version: VersionHash
    kind: str
    title: str
    body: bytes
    realm: str
    audience: tuple[PartyId, ...]
    requested_by: str
    requested_at: int
    note: str = ""
    state: RequestState = "waiting"
    decided_by: str = ""
    decided_at: int = 0
    reason: str = ""
    entry: EntryRef | None = None
    asked: bytes = b""
    redactions: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    letters: tuple[ExactRef, ...] = ()
    follows: str = ""


class JournalRow(msgspec.Struct, frozen=True):
    """An act of a person at this headquarters; never leaves it."""

    at: int
    person: str
    act: str
    subject: str
    sentence: str


class PolicyRow(msgspec.Struct, frozen=True):
    """A marking policy that an administrator loaded: a SPIF file as it came, or the plain policy under this name (`raw` is empty)."""

    name: str
    kind: Literal["spif", "plain"]
    raw: bytes
    loaded_at: int
    loaded_by: str


class AcceptanceRow(msgspec.Struct, frozen=True):
    """That our people live with a conflict between exact versions, and why; without a reason it was taken back.

    `subject` is the conflict's id; `refs` are the versions it was accepted between, `PARTY/element/version`, in order.
    """

    subject: str
    refs: tuple[str, ...]
    reason: str
    by: str
    at: int


class BesideRow(msgspec.Struct, frozen=True):
    """The marking that we put beside the originator's on one exact version of a partner's; without any part it was taken back."""

    ref: ExactRef
    marking: Marking
    by: str
    at: int
