"""Two allies and a partial partner, their records as real leaves and slips, and strategies for what they could write."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import strategies as st

from stafftalks.accord import bodies
from stafftalks.accord.bodies import (
    FOLD_VERSION,
    Amendment,
    Answer,
    Body,
    Charter,
    Clause,
    Confirmation,
    EntryRef,
    Founder,
    Opening,
    Previous,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
    clause_hash,
    encode_body,
)
from stafftalks.accord.state import Accord, fold_accord
from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.scenarios import Scenario
from stafftalks.planning.talk import Adoption, Comment, Position, Stance
from stafftalks.record import feed as feeds
from stafftalks.record import tree
from stafftalks.record.entry import VerifiedEntry
from stafftalks.record.leaf import Leaf, encode_leaf
from stafftalks.record.slip import Slip, commitment
from stafftalks.values.ids import ElementId, EpochId, FeedId, PartyId, VersionHash, base32, element_id
from stafftalks.values.label import Marking
from stafftalks.values.realm import Realm
from tests.accord.check_words import check_bodies

MERIDIA, TORVIA, NORRIN = PartyId("XMR"), PartyId("XTV"), PartyId("XNO")
ALLIES = (MERIDIA, TORVIA)
THREE = (MERIDIA, NORRIN, TORVIA)
ALL_REALMS = tuple(realm.value for realm in Realm)

CONSULT = Clause("1", "Consultation", "Each party consults before it acts.", "consult")
SCOPE = Clause("2", "Scope", "Intelligence and scenarios, or joint operations?")
SCOPE_NARROW = Clause("2", "Scope", "Intelligence and scenarios only.")
PROPOSAL = Proposal("Joint contingency planning", "Plan together.", ALL_REALMS, (CONSULT, SCOPE))


def charter_of(parties: Sequence[PartyId]) -> Charter:
    return Charter(tuple(Founder(party, "key") for party in sorted(parties)), FOLD_VERSION, "nonce")


def epoch_of(name: str) -> EpochId:
    return EpochId(base32(hashlib.sha256(name.encode()).digest())[:26])


def an_id(number: int) -> ElementId:
    return element_id(number.to_bytes(16, "big"))


MARKED = Marking("PLAIN", "RESTRICTED")
"""What these allies mark their elements with, where a test does not say."""


def raw_of(content: Content, number: int) -> bytes:
    marked = content if content.marking != Marking() else msgspec.structs.replace(content, marking=MARKED)
    return element.encode(Element(an_id(number), marked))


def scenario(number: int, title: str = "Strait closed") -> bytes:
    return raw_of(Scenario(title=title), number)


def version(raw: bytes) -> VersionHash:
    return element.version_hash_of_bytes(raw)


def exact(party: PartyId, number: int, raw: bytes) -> ExactRef:
    return ExactRef(party, an_id(number), version(raw))


class Writer:
    """A party's record in one accord and epoch, written leaf by leaf; `read` gives it as another party holds it."""

    def __init__(self, accord: bodies.AccordId, party: PartyId, epoch: str = "first") -> None:
        self.feed = FeedId(accord, party, epoch_of(f"{party} {epoch}"))
        self.leaves: list[bytes] = []
        self.slips: list[tuple[bytes, frozenset[PartyId] | None]] = []

    def say(self, body: Body | bytes, *, to: Iterable[PartyId] | None = None, at: int = 0, type_: str = "") -> EntryRef:
        n = len(self.leaves)
        raw = body if isinstance(body, bytes) else encode_body(body)
        slip = Slip(hashlib.sha256(f"{self.feed.origin} {n}".encode()).digest(), raw).raw
        said = type_ or ("sealed" if to is not None or isinstance(body, bytes) else str(body.__struct_config__.tag))
        self.leaves.append(encode_leaf(Leaf(at=at or 1000 + n, commitment=commitment(slip), n=n, type=said, seen={})))
        self.slips.append((slip, None if to is None else frozenset(to)))
        return EntryRef(self.feed.party, self.feed.epoch, n)

    def junk(self, leaf: bytes) -> EntryRef:
        """A leaf that nobody can read."""
        self.leaves.append(leaf)
        self.slips.append((b"", frozenset()))
        return EntryRef(self.feed.party, self.feed.epoch, len(self.leaves) - 1)

    def read(self, reader: PartyId | None = None, *, without: Iterable[int] = ()) -> list[VerifiedEntry]:
        """The entries as `reader` holds them (None: everything), the slips at `without` deleted."""
        held = {
            n: slip
            for n, (slip, to) in enumerate(self.slips)
            if slip and n not in set(without) and (to is None or reader in (None, self.feed.party) or reader in to)
        }
        after = tree.Frontier.empty().extend(tree.leaf_hashes(self.leaves))
        return feeds.read_own(self.feed, tree.Frontier.empty(), after, self.leaves, held)


class Staff:
    """An accord under way: its charter and one writer a party."""

    def __init__(self, parties: Sequence[PartyId] = ALLIES) -> None:
        self.charter = charter_of(parties)
        self.text = bodies.encode_charter(self.charter)
        self.id = bodies.accord_id(self.text)
        self.writers = {party: Writer(self.id, party) for party in parties}
        for writer in self.writers.values():
            writer.say(Opening(self.text.decode(), "founding"))

    def __getitem__(self, party: PartyId) -> Writer:
        return self.writers[party]

    def release(
        self, party: PartyId, raw: bytes, *to: PartyId, realm: str = "scenarios", replaces: VersionHash | None = None
    ) -> EntryRef:
        """Releases as the desk would: to all others where nobody is named, sealed to those named."""
        others = tuple(other for other in self.writers if other != party)
        body = Release(realm, to or others, raw.decode(), replaces)
        return self[party].say(body, to=to or None)

    def open(self, *realms: str) -> None:
        """Every party accepts these realms."""
        for writer in self.writers.values():
            writer.say(Standing("accept", realms))

    def accord(self, reader: PartyId | None = None) -> Accord:
        """The accord as `reader` holds it."""
        entries = [entry for writer in self.writers.values() for entry in writer.read(reader)]
        return fold_accord(self.id, self.charter, entries)


def adoption(number: int, about: ExactRef) -> bytes:
    return raw_of(Adoption(about=about), number)


def comment(number: int, about: ExactRef, text: str = "Add the ferry port.") -> bytes:
    return raw_of(Comment(about=about, text=text), number)


def position(number: int, about: ExactRef, stance: Stance = Stance.OBJECT) -> bytes:
    return raw_of(Position(about=about, stance=stance), number)


# Strategies: small worlds, so that entries meet each other often.

_realms = st.lists(st.sampled_from([*ALL_REALMS, "space"]), max_size=4, unique=True).map(tuple)
_clauses = st.sampled_from([CONSULT, SCOPE, SCOPE_NARROW])
_wordings = st.lists(_clauses, max_size=2, unique=True).map(tuple)
_hashes = st.lists(_clauses.map(clause_hash), max_size=2, unique=True).map(tuple)
_parties = st.sampled_from(THREE)
refs = st.builds(lambda party, n: EntryRef(party, epoch_of(f"{party} first"), n), _parties, st.integers(0, 14))
_raws = st.builds(scenario, st.integers(1, 3), st.sampled_from(["Strait closed", "Port struck"]))
_abouts = st.builds(exact, _parties, st.integers(1, 3), _raws)
_talks = st.builds(adoption, st.integers(4, 6), _abouts) | st.builds(position, st.integers(4, 6), _abouts)
standings = st.builds(
    Standing, st.sampled_from(["accept", "accept", "decline", "suspend", "resume", "withdraw"]), _realms, _hashes
)
releases = st.builds(
    Release,
    st.sampled_from([*ALL_REALMS, "space"]),
    st.lists(_parties, max_size=3, unique=True).map(tuple),
    (_raws | _talks).map(bytes.decode),
    st.none() | _raws.map(version),
)
recalls = st.builds(
    Recall,
    st.integers(1, 6).map(an_id),
    st.lists(refs, max_size=3, unique=True).map(tuple),
    st.lists(_raws.map(version), max_size=2, unique=True).map(tuple),
    st.just("Sent in error."),
    st.just(ALLIES),
)
acts: st.SearchStrategy[Body] = st.one_of(
    st.builds(Proposal, st.sampled_from(["Joint planning", ""]), st.just("Why."), _realms, _wordings),
    st.builds(
        Amendment, _wordings, st.lists(st.sampled_from(["1", "2", "9"]), max_size=1).map(tuple), st.none() | _realms
    ),
    st.builds(Question, st.just("Which?"), st.just("") | _clauses.map(clause_hash)),
    st.builds(Answer, refs, st.just("This.")),
    standings,
    standings,
    releases,
    releases,
    recalls,
    st.builds(Confirmation, refs, st.sampled_from(["removed", "refused"])),
    st.builds(Opening, st.just("{}"), st.just("founding")),
    check_bodies(refs),
)
_odd_bodies = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"{}",
            b"[]",
            b'{"type":"treaty"}',
            b'{"act":"veto","type":"standing"}',
            b'{"clauses":[{"duty":"consent","heading":"h","id":"1","text":"t"}],"type":"amendment"}',
            b'{"clauses":7,"type":"proposal"}',
            b'{"clauses":[3,{"duty":4}],"type":"proposal"}',
        ]
    ),
)
said = st.tuples(acts | _odd_bodies, st.sampled_from([None, None, ALLIES, ()]), st.sampled_from(["", "", "", "hello"]))


def record(party: PartyId, lines: Iterable[tuple[Body | bytes, Sequence[PartyId] | None, str]], staff: Staff) -> Writer:
    """The party's record with `lines` said in it."""
    writer = staff[party]
    for body, to, type_ in lines:
        writer.say(body, to=to, type_=type_)
    return writer


def reopening(staff: Staff, before: Writer, size: int, epoch: str = "second", at: int = 5000) -> Writer:
    """A fresh epoch of the same party that remembers `size` entries of the one before."""
    writer = Writer(staff.id, before.feed.party, epoch)
    previous = Previous(before.feed.epoch, size, "root")
    writer.say(Opening(staff.text.decode(), "restore", previous), at=at)
    return writer
