"""What the services ask of the world: each port is implemented by `store` or `links`, and by fakes in the tests.

Every port promises: what a call returned as done survives `kill -9`; a failed call changed nothing; lists come in a stated order.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.profiles import ProfileName
from stafftalks.planning.refs import ExactRef
from stafftalks.record.card import Card
from stafftalks.record.chain import Head
from stafftalks.services.catalogue import Combination, Match, ReleasedEntry, Standing, Term, TitleMatch, Wanted
from stafftalks.services.check_ports import Checks
from stafftalks.services.logs import ALL, LinesWanted, LogLine
from stafftalks.services.rows import (
    AcceptanceRow,
    AccordRow,
    BesideRow,
    ElementRow,
    EntryRow,
    ExchangeRow,
    FeedRow,
    JournalRow,
    PartnerRow,
    PeerHolding,
    PolicyRow,
    ReceiptRow,
    RequestRow,
    SendingState,
    VersionRow,
)
from stafftalks.services.run_ports import Runs
from stafftalks.services.written_rows import Written
from stafftalks.values.ids import AccordId, ElementId, EpochId, FeedId, PartyId, VersionHash
from stafftalks.values.label import Marking

Purpose = Literal["element", "request", "salt", "nonce", "charter", "session", "check", "run"]
"""What random bytes are drawn for. Those of `check` are the secret of a private check and stay; those of `session` name it and leave."""


class Clock(Protocol):
    """The present."""

    def now(self) -> int:
        """Unix time in whole seconds, UTC."""


class Entropy(Protocol):
    """Randomness, by purpose, so that what leaves never draws from the same stream as what stays."""

    def draw(self, purpose: Purpose, count: int) -> bytes:
        """`count` unpredictable bytes."""


class Keyring(Protocol):
    """This party's keys. Feed keys live outside the database and outside every backup, so a restore cannot sign on."""

    def card(self) -> Card:
        """This party's own current card."""

    def card_document(self) -> bytes:
        """The signed document of that card, as given to partners."""

    def card_documents(self) -> tuple[bytes, ...]:
        """Every signed card of ours that is kept, oldest first, the present one last."""

    def sign_as_node(self, message: bytes) -> bytes:
        """The node key's raw 64-byte Ed25519 signature."""

    def new_feed_key(self) -> bytes:
        """The public key of a fresh feed key, its private half durably kept."""

    def can_sign(self, epoch: EpochId) -> bool:
        """Whether the private half of this epoch's feed key is here."""

    def sign_as_feed(self, epoch: EpochId, message: bytes) -> bytes:
        """The feed key's raw 64-byte signature; raises HostError where the key is not here."""

    def high_water(self, epoch: EpochId) -> int:
        """The largest size of this feed whose note may have left this machine; 0 where none."""

    def raise_high_water(self, epoch: EpochId, size: int) -> None:
        """Durably remembers, before a note leaves, that its size is `size`; never lowers it."""


class Sealer(Protocol):
    """Sealing of bundle plaintext to the partners' HPKE keys."""

    def seal(self, plaintext: bytes, hpke_keys: Sequence[bytes]) -> bytes:
        """A sealed bundle that the holder of any of `hpke_keys` can open."""

    def unseal(self, sealed: bytes) -> bytes:
        """The plaintext; raises PeerError where it is damaged, cut short, oversized or not sealed to this party."""


class Records(Protocol):
    """Records, own and partners': rows of exact bytes. Append-only; gaps, changes and deletions are refused by the database."""

    def accords(self) -> tuple[AccordRow, ...]:
        """All accords, oldest first."""

    def accord(self, accord: AccordId) -> AccordRow | None:
        """The accord, or None where it is not held."""

    def add_accord(self, row: AccordRow) -> None:
        """Adds an accord; no effect where it is already held."""

    def feeds(self, accord: AccordId) -> tuple[FeedRow, ...]:
        """Every feed of the accord, by party, then ordinal."""

    def all_feeds(self) -> tuple[FeedRow, ...]:
        """Every feed of every accord, by accord, then party, then ordinal."""

    def feed(self, feed: FeedId, *, lock: bool = False) -> FeedRow | None:
        """The feed; with `lock` its row is held until the transaction ends."""

    def add_feed(self, row: FeedRow) -> None:
        """Adds a feed of size 0; raises MisuseError where it exists."""

    def append(self, feed: FeedId, rows: Sequence[EntryRow], frontier: bytes) -> None:
        """Appends `rows` (n rising from the feed's size) and moves the feed's size and frontier; one transaction."""

    def entries(self, feed: FeedId, start: int, stop: int) -> Iterator[EntryRow]:
        """The entries n with start <= n < stop in order, streamed."""

    def leaf_hashes(self, feed: FeedId, start: int, stop: int) -> list[bytes]:
        """Their leaf hashes in order."""

    def audiences(self, feed: FeedId, positions: Sequence[int]) -> dict[int, tuple[PartyId, ...]]:
        """Who may be given the slips at these positions, cleared ones too; those that were never held are left out."""

    def add_slip(self, feed: FeedId, n: int, slip: bytes, audience: Sequence[PartyId]) -> None:
        """Keeps a slip that arrived after its leaf; no effect where it was cleared."""

    def clear_slips(self, feed: FeedId, positions: Sequence[int]) -> int:
        """Deletes these slips for good, keeping their leaves; returns how many had been held."""

    def drop_points(self, feed: FeedId, kept: Mapping[int, bytes]) -> int:
        """Deletes the slips at these positions for good and keeps these bytes in place of each; one transaction. Returns how many had been held.

        It counts as no change: with what is kept a sheet is folded as before.
        """

    def dropped(self, feed: FeedId) -> frozenset[int]:
        """The positions at which that was done."""

    def put_note(self, feed: FeedId, note: bytes) -> None:
        """Replaces the feed's newest signed note."""

    def add_receipt(self, feed: FeedId, receipt: ReceiptRow) -> None:
        """Keeps a verified cosignature; no effect where this one is held already. Append-only."""

    def receipts(self, feed: FeedId) -> tuple[ReceiptRow, ...]:
        """Every cosignature ever seen on heads of this feed, by size, then party."""

    def close(self, feed: FeedId) -> None:
        """Marks an epoch of ours as never to be appended to again."""

    def freeze(self, feed: FeedId, sentence: str, evidence: bytes, frozen_at: int) -> None:
        """Marks a feed as frozen at `frozen_at`, with the sentence shown to people and the fork document; counts as a change."""

    def holding(self, partner: PartyId, accord: AccordId) -> Mapping[str, PeerHolding]:
        """What the partner last said it holds, by feed origin."""

    def put_holding(self, partner: PartyId, accord: AccordId, holding: Mapping[str, PeerHolding]) -> None:
        """Replaces it."""

    def changes(self) -> int:
        """A number that grows whenever a slip is added late or cleared, or a feed frozen: older folded sheets are folded anew."""


class Holdings(Protocol):
    """Own elements and their versions. No row here is ever read by what makes outgoing bundles."""

    def put(self, row: ElementRow, based_on: VersionHash | None) -> bool:
        """Adds or revises; False, and nothing changed, where the current version is not `based_on`."""

    def add_all(self, rows: Sequence[ElementRow]) -> None:
        """Adds new elements, set-based, all or none; raises MisuseError where one of them is held already."""

    def element(self, element: ElementId) -> ElementRow | None:
        """The element at its current version."""

    def elements(self, elements: Sequence[ElementId]) -> dict[ElementId, ElementRow]:
        """Those of `elements` that are held, archived ones too, each at its current version."""

    def titles(self, elements: Sequence[ElementId]) -> dict[ElementId, str]:
        """The titles of those of `elements` that are held, archived ones too."""

    def versions(self, element: ElementId) -> tuple[VersionRow, ...]:
        """All its versions, oldest first."""

    def find(
        self,
        *,
        kind: str = "",
        contingency: str = "",
        text: str = "",
        archived: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[ElementRow, ...]]:
        """How many match and one window of them, last revised first. `text` is looked for in titles and text."""

    def contingencies(self) -> tuple[tuple[str, int], ...]:
        """The contingencies' names with how many live elements each has, by name."""


class Catalogue(Protocol):
    """What is found by words, filters and references. It holds folded words and never a text to show.

    Own elements are listed by `Holdings.put`, in its transaction; what `Records.clear_slips` clears leaves in its transaction. What stands
    released follows the record by `renew` (`services.cataloguing`). `me` is our own party: what it released is found as its own elements.
    """

    def marks(self) -> Mapping[str, str]:
        """How far each accord is catalogued, by its id; under `catalogue.OWN` by which rules our own elements are."""

    def stamp(self) -> tuple[object, ...]:
        """A value that differs whenever something catalogued has changed."""

    def standing(self, accord: AccordId) -> Mapping[tuple[PartyId, ElementId], Standing]:
        """What is catalogued of the accord."""

    def renew(
        self,
        accord: AccordId,
        before: str,
        after: str,
        gone: Sequence[tuple[PartyId, ElementId]],
        come: Sequence[ReleasedEntry],
    ) -> bool:
        """Takes out what is gone, puts in what came, and moves the mark; False, and nothing changed, where the mark is not `before`."""

    def rebuild(self) -> None:
        """Lists every own element anew, and forgets how far accords are catalogued, so that they are when next asked for."""

    def window(self, wanted: Wanted, me: PartyId, offset: int, limit: int, *, many: bool = False) -> tuple[Match, ...]:
        """One window of what matches: by words the best first, else the newest first.

        Where `many` have the words, not all of them need be weighed: the newest, and those whose title has them.
        """

    def count(self, wanted: Wanted, me: PartyId) -> int:
        """How many match."""

    def combinations(self, wanted: Wanted, me: PartyId) -> tuple[Combination, ...]:
        """How many of what has these words (and names this scenario) share each kind, side, realm, marking, party and contingency."""

    def titles(self, terms: Sequence[Term], key: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        """Elements whose title begins so, then those with such words in it, then those with these letters in it; no talk."""

    def named(self, kind: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        """The newest elements of a kind with their titles: what a filter offers."""

    def referring(
        self,
        targets: Sequence[tuple[PartyId, ElementId]],
        me: PartyId,
        *,
        kinds: Sequence[str] = (),
        fields: Sequence[str] = (),
    ) -> tuple[Match, ...]:
        """What points at any of the elements, of these kinds and by these fields: ours first, each the newest first."""

    def drawing(self, parties: Sequence[PartyId], offset: int, limit: int) -> tuple[int, tuple[ElementId, ...]]:
        """How many own elements, none put away, say that they are drawn on a text of any of these parties; one window of them, newest first."""


class Desk(Protocol):
    """Requests to release."""

    def put(self, row: RequestRow) -> None:
        """Adds or replaces a request."""

    def put_all(self, rows: Sequence[RequestRow]) -> None:
        """Adds or replaces requests, set-based, all or none."""

    def request(self, request: str, *, lock: bool = False) -> RequestRow | None:
        """The request; with `lock` its row is held until the transaction ends."""

    def requests(self, requests: Sequence[str], *, lock: bool = False) -> dict[str, RequestRow]:
        """Those of `requests` that there are, by id; with `lock` their rows are held until the transaction ends."""

    def find(
        self,
        *,
        state: str = "",
        accord: str = "",
        element: str = "",
        partner: str = "",
        kind: str = "",
        by: str = "",
        besides: str = "",
        text: str = "",
        oldest: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RequestRow, ...]]:
        """How many match and one window of them, newest first, or the oldest first.

        `partner` is one of the audience, `by` who asked and `besides` who did not; `text` is looked for in titles and notes.
        """

    def of_entries(self, entries: Mapping[EntryRef, ElementId]) -> dict[EntryRef, RequestRow]:
        """The request by which each of these entries of our record was released, as far as there is one; the element of each is given."""

    def let_go(
        self,
        *,
        partner: str = "",
        who: str = "",
        text: str = "",
        since: int = 0,
        until: int = 0,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RequestRow, ...]]:
        """How many released requests match and one window of them, the last let go first.

        `who` asked for it, decided it or let it go too; `text` is looked for in titles and notes; `since` and `until` bound when it was decided, both
        included, in unix seconds.
        """

    def tally(
        self, *, partner: str = "", kind: str = "", by: str = "", besides: str = "", text: str = ""
    ) -> Mapping[str, int]:
        """How many match in each state; states without any are left out."""

    def letters_of(self, elements: Sequence[ElementId]) -> Mapping[EntryRef, tuple[ExactRef, ...]]:
        """Under which letters each release of these elements was let go, by its entry in our record."""


class Readers(Protocol):
    """Who of our own people has opened which exact version that a partner released to us. It never leaves; only a count may be told, by a person."""

    def note(self, person: str, about: ExactRef, at: int) -> None:
        """Notes that `person` (a username) has opened this version; the first time counts."""

    def counts(self, about: Sequence[ExactRef]) -> dict[ExactRef, int]:
        """How many different persons have opened each of these; those that nobody has are left out."""


class Partners(Protocol):
    """Paired parties."""

    def partners(self) -> tuple[PartnerRow, ...]:
        """All of them, by code."""

    def partner(self, party: PartyId) -> PartnerRow | None:
        """One of them."""

    def put(self, row: PartnerRow) -> None:
        """Adds or replaces; `sending` is left as it was where the partner exists."""

    def put_sending(self, party: PartyId, sending: SendingState) -> None:
        """Replaces how the sender stands with it."""


class ChainedLog(Protocol):
    """A log that only grows, each line chained to the one before it (`record.chain`). Lines are numbered from 0 without a gap.

    A line added is written at the end of the transaction in which it was added, and not without it.
    """

    def head(self) -> Head:
        """Where the log ends."""

    def lines(self, start: int = 0, stop: int | None = None, wanted: LinesWanted = ALL) -> Iterator[LogLine]:
        """The lines n with start <= n (and n < stop) that are wanted, oldest first, streamed."""

    def window(self, wanted: LinesWanted, offset: int, limit: int) -> tuple[int, tuple[LogLine, ...]]:
        """How many lines are wanted and one window of them, newest first."""


class ExchangeLog(ChainedLog, Protocol):
    """Every exchange, in and out, with its outcome."""

    def add(self, row: ExchangeRow) -> None:
        """Adds a line."""

    def find(
        self, *, partner: str = "", accord: str = "", outcome: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[ExchangeRow, ...]]:
        """How many match and one window of them, newest first."""

    def taken(self, partner: str, bundle: str) -> bool:
        """Whether a bundle of this id from this partner was accepted before."""

    def told(self, partner: str, bundle: str, outcome: str) -> bool:
        """Whether this outcome of our outgoing `bundle` is already in the log."""

    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        """The newest incoming bundles of this partner that were accepted or refused: what we owe it an account of."""


class Journal(ChainedLog, Protocol):
    """Acts of our own people."""

    def add(self, row: JournalRow) -> None:
        """Adds a line."""

    def find(
        self, *, person: str = "", subject: str = "", act: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[JournalRow, ...]]:
        """How many match and one window of them, newest first."""


class Labels(Protocol):
    """Marking policies that an administrator loaded, and our own markings beside partners'. Both are histories: a new line replaces, none changes."""

    def policies(self) -> tuple[PolicyRow, ...]:
        """The policies that are loaded now, by name without regard to case."""

    def put_policy(self, row: PolicyRow) -> None:
        """Loads a policy, in place of one of the same name, however that is cased."""

    def remove_policy(self, name: str, at: int, by: str) -> None:
        """Takes a policy out; that it was loaded stays. No effect where none of that name is loaded."""

    def stamp(self) -> tuple[int, int]:
        """Two numbers: one grows whenever a policy is loaded or taken out, the other whenever a marking is put beside or taken back."""

    def put_beside(self, row: BesideRow) -> None:
        """Puts a marking of ours beside an exact version, in place of one that stands there."""

    def beside(self, refs: Collection[ExactRef] | None = None) -> Mapping[ExactRef, BesideRow]:
        """What stands beside these exact versions, or all that stands anywhere; what was taken back does not."""


class Acceptances(Protocol):
    """The conflicts that our people live with. A history: a new line replaces, none changes."""

    def put(self, row: AcceptanceRow) -> None:
        """Keeps that a conflict was accepted, or that this was taken back, in place of what was said of it before."""

    def standing(self) -> Mapping[str, AcceptanceRow]:
        """What stands, by the conflict's id; what was taken back does not."""


class Transactions(Protocol):
    """Atomicity across the ports of one store."""

    def atomic(self) -> AbstractContextManager[object]:
        """A write transaction: all or nothing, durable at exit; nests."""


class Carrier(Protocol):
    """The wire to a partner's node."""

    def exchange(self, partner: PartnerRow, sealed: bytes) -> bytes:
        """The partner's sealed reply. Raises HostError where it could not be reached, PeerError where it refused (its sentence)."""


class Policy(msgspec.Struct, frozen=True):
    """What the administrator set; none of it changes what the record means. `profile` chooses words and templates, never a rule.

    `recalled_keeps` is said to partners whose recalls are honoured at once: what is kept regardless, as backups for 30 days.
    `gate` is where our own gate is, through which everything leaves; empty where there is none.
    `default_marking` is written into new elements that come without any marking, and is no rule of release.
    `points_kept_days` is how long after its end the points of a private check are kept for the auditor who was agreed.
    """

    honour_recalls: Literal["at once", "ask"] = "at once"
    recalled_keeps: str = ""
    poll_seconds: int = 60
    max_bundle_bytes: int = 8 * 1024 * 1024
    max_unanswered_accords: int = 64
    profile: ProfileName = "military"
    gate: str = ""
    default_marking: Marking = Marking()
    points_kept_days: int = 90

    @property
    def max_taken_bytes(self) -> int:
        """Of a bundle that comes: more than we put into one, for what is relayed with it, and for partners set otherwise."""
        return 4 * self.max_bundle_bytes


class Headquarters(msgspec.Struct, frozen=True):
    """One party's installation: every port that a use case may need, wired by `site`.

    `wake` is called when there may be something to send; `memory` holds folded sheets between reads and can be emptied at any time. `folding` is
    held while sheets are folded, so that threads that need the same one fold it once.
    """

    party: PartyId
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    sealer: Sealer
    transactions: Transactions
    records: Records
    holdings: Holdings
    desk: Desk
    partners: Partners
    log: ExchangeLog
    journal: Journal
    catalogue: Catalogue
    labels: Labels
    readers: Readers
    acceptances: Acceptances
    checks: Checks
    runs: Runs
    written: Written
    policy: Policy = Policy()
    wake: Callable[[], None] = lambda: None
    memory: dict[str, object] = msgspec.field(default_factory=dict)
    folding: AbstractContextManager[object] = nullcontext()
