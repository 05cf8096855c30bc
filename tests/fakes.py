"""Headquarters in memory: every port of the services, deterministic, with real signatures and nothing on disk or wire.

    meridia, torvia = make_hq("XMR"), make_hq("XTV")
    pair(meridia, torvia)
    exchange.run(meridia, FakeCarrier(meridia, [torvia]), torvia.party)

The store's half is in `fake_store`. Nothing here sleeps; the clock stands still until `advance` is called.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from nacl.signing import SigningKey

from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.record.card import Card, fingerprint, open_card, root_hash, sign_card
from stafftalks.record.epoch import epoch_id
from stafftalks.services import exchange
from stafftalks.services.check_ports import Piece, Result
from stafftalks.services.ports import Headquarters, Policy, Purpose
from stafftalks.services.rows import ElementRow, PartnerRow, PolicyRow
from stafftalks.values.errors import HostError, PeerError
from stafftalks.values.ids import EpochId, PartyId, element_id
from stafftalks.values.label import Marking
from stafftalks.values.person import Person, Role
from tests import letters
from tests.fake_catalogue import FakeCatalogue
from tests.fake_store import (
    FakeAcceptances,
    FakeChecks,
    FakeDesk,
    FakeExchangeLog,
    FakeHoldings,
    FakeJournal,
    FakeLabels,
    FakePartners,
    FakeReaders,
    FakeRecords,
    FakeRuns,
    FakeTransactions,
    FakeWritten,
    Memory,
)

NOON = 1_763_812_800  # 22 November 2025, 12:00 UTC

NAMES = {"XMR": "Meridia", "XTV": "Torvia", "XPA": "Partial Partner", "XOU": "Outsider", "XEQ": "Equivocator"}
"""The cast: two allies, a partial partner, an outsider, an equivocator."""

PLANNER = Person("pia", "Pia Planner", frozenset({Role.PLANNER}))
OFFICER = Person("oda", "Oda Officer", frozenset({Role.OFFICER}))
HEAD = Person("hal", "Hal Head", frozenset({Role.HEAD}))
AUDITOR = Person("ava", "Ava Auditor", frozenset({Role.AUDITOR}))
ADMINISTRATOR = Person("ada", "Ada Administrator", frozenset({Role.ADMINISTRATOR}))

MARKED = Marking("PLAIN", "RESTRICTED")
"""What new elements of these headquarters are marked: under a policy that all of them know."""

Fault = Literal["down", "answer lost", "twice"]


class FakeClock:
    """Stands at `at` until moved."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def advance(self, seconds: int) -> None:
        self.at += seconds


class FakeEntropy:
    """Deterministic bytes: each purpose is a stream of its own, so drawing for one never moves another."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn: dict[str, int] = {}

    def draw(self, purpose: Purpose, count: int) -> bytes:
        turn = self._drawn.get(purpose, 0)
        self._drawn[purpose] = turn + 1
        return hashlib.shake_256(f"{self._seed} {purpose} {turn}".encode()).digest(count)


class FakeKeyring:
    """Real Ed25519 keys from fixed seeds, in memory. `lose_feed_keys` is what a restore from a backup does to a real one."""

    def __init__(self, party: PartyId, name: str, *, addresses: tuple[str, ...], issued_at: int = NOON) -> None:
        self._party = party
        self._root = _key(f"{party} root 0")
        self._node = _key(f"{party} node 1")
        self._feeds: dict[EpochId, SigningKey] = {}
        self._marks: dict[EpochId, int] = {}
        self._made = 0
        self._document = b""
        self._past: tuple[bytes, ...] = ()
        self._issue(
            Card(
                party=party,
                name=name,
                version=1,
                root_key=bytes(self._root.verify_key),
                next_root_hash=root_hash(bytes(_key(f"{party} root 1").verify_key)),
                node_key=bytes(self._node.verify_key),
                hpke_key=f"hpke key of {party}".encode(),
                tls_certificate=f"certificate of {party}".encode(),
                addresses=addresses,
                issued_at=issued_at,
            )
        )

    def card(self) -> Card:
        return open_card(self._document)

    def card_document(self) -> bytes:
        return self._document

    def card_documents(self) -> tuple[bytes, ...]:
        return (*self._past, self._document)

    def sign_as_node(self, message: bytes) -> bytes:
        return bytes(self._node.sign(message).signature)

    def new_feed_key(self) -> bytes:
        key = _key(f"{self._party} feed {self._made}")
        self._made += 1
        public = bytes(key.verify_key)
        self._feeds[epoch_id(public)] = key
        return public

    def can_sign(self, epoch: EpochId) -> bool:
        return epoch in self._feeds

    def sign_as_feed(self, epoch: EpochId, message: bytes) -> bytes:
        if epoch not in self._feeds:
            raise HostError(f"The key of epoch {epoch} is not on this machine: open a fresh epoch of the record.")
        return bytes(self._feeds[epoch].sign(message).signature)

    def high_water(self, epoch: EpochId) -> int:
        return self._marks.get(epoch, 0)

    def raise_high_water(self, epoch: EpochId, size: int) -> None:
        self._marks[epoch] = max(size, self.high_water(epoch))

    def renew(self, **changes: object) -> bytes:
        """The document of the next card, with a fresh node key and `changes`; this keyring uses it from now on."""
        card = self.card()
        self._past = self.card_documents()
        self._node = _key(f"{self._party} node {card.version + 1}")
        self._issue(
            msgspec.structs.replace(card, version=card.version + 1, node_key=bytes(self._node.verify_key), **changes)
        )
        return self._document

    def lose_feed_keys(self) -> None:
        self._feeds.clear()
        self._marks.clear()

    def _issue(self, card: Card) -> None:
        self._document = sign_card(card, lambda message: bytes(self._root.sign(message).signature), self.sign_as_node)


class FakeSealer:
    """Plain framing that keeps a sealer's promises: names its recipients, notices damage, refuses others and excess."""

    MAGIC = b"fake sealed bundle\n"

    def __init__(self, hpke_key: bytes, *, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._key = hpke_key
        self._max_bytes = max_bytes

    def seal(self, plaintext: bytes, hpke_keys: Sequence[bytes]) -> bytes:
        content = msgspec.msgpack.encode((list(hpke_keys), plaintext))
        return self.MAGIC + hashlib.sha256(content).digest() + content

    def unseal(self, sealed: bytes) -> bytes:
        at = len(self.MAGIC)
        digest, content = sealed[at : at + 32], sealed[at + 32 :]
        if not sealed.startswith(self.MAGIC) or hashlib.sha256(content).digest() != digest:
            raise PeerError("This bundle is damaged, cut short, or no bundle at all.")
        keys, plaintext = msgspec.msgpack.decode(content, type=tuple[list[bytes], bytes])
        if self._key not in keys:
            raise PeerError("This bundle is not sealed to this headquarters' key.")
        if len(plaintext) > self._max_bytes:
            raise PeerError(f"This bundle holds {len(plaintext)} bytes, over the limit of {self._max_bytes}.")
        return plaintext


class FakeWorkers:
    """The cores of the machine: work is done here and now, piece by piece as its results are asked for; `done` counts the pieces."""

    def __init__(self) -> None:
        self.done = 0

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        for piece in pieces:
            self.done += 1
            yield work(piece)


class FakeCarrier:
    """The wire from one headquarters to others. `faults` are met one a call, oldest first; `sent` keeps what was carried."""

    def __init__(self, sender: Headquarters, others: Iterable[Headquarters], faults: Iterable[Fault] = ()) -> None:
        self._sender = sender
        self._others = {hq.party: hq for hq in others}
        self.faults: deque[Fault] = deque(faults)
        self.sent: list[tuple[PartyId, bytes]] = []

    def exchange(self, partner: PartnerRow, sealed: bytes) -> bytes:
        fault = self.faults.popleft() if self.faults else None
        other = self._others.get(partner.party)
        if other is None or fault == "down":
            raise HostError(f"{partner.name} could not be reached.")
        self.sent.append((partner.party, sealed))
        answer = exchange.reply(other, sealed, self._sender.party)
        if fault == "twice":
            answer = exchange.reply(other, sealed, self._sender.party)
        if fault == "answer lost":
            raise HostError(f"{partner.name} was reached, but its answer was lost.")
        return answer


def make_hq(
    party: str,
    *,
    clock: FakeClock | None = None,
    policy: Policy | None = None,
    addresses: tuple[str, ...] | None = None,
    seed: str = "",
    marking: Marking = MARKED,
) -> Headquarters:
    """A headquarters in memory. Equal arguments make equal headquarters; `seed` sets other random bytes than the usual ones.

    `marking` is what its new elements are marked where a test does not say.
    """
    code = PartyId(party)
    memory = Memory()
    where = (f"https://{party.lower()}.example:8443",) if addresses is None else addresses
    keyring = FakeKeyring(code, NAMES.get(party, party), addresses=where)
    return Headquarters(
        party=code,
        clock=clock or FakeClock(),
        entropy=FakeEntropy(seed or party),
        keyring=keyring,
        sealer=FakeSealer(keyring.card().hpke_key),
        transactions=FakeTransactions(memory),
        records=FakeRecords(memory),
        holdings=FakeHoldings(memory),
        desk=FakeDesk(memory),
        partners=FakePartners(memory),
        log=FakeExchangeLog(memory),
        journal=FakeJournal(memory),
        catalogue=FakeCatalogue(memory),
        labels=FakeLabels(memory),
        readers=FakeReaders(memory),
        acceptances=FakeAcceptances(memory),
        checks=FakeChecks(memory),
        runs=FakeRuns(memory),
        written=FakeWritten(memory),
        policy=msgspec.structs.replace(policy or Policy(), default_marking=marking),
    )


def introduce(hq: Headquarters, partner: Headquarters) -> PartnerRow:
    """Makes `partner` a paired party of `hq`, as after comparing fingerprints; the other way round is another call."""
    document = partner.keyring.card_document()
    card = partner.keyring.card()
    row = PartnerRow(
        party=card.party,
        name=card.name,
        card=document,
        cards=(document,),
        fingerprint=fingerprint(card),
        paired_at=hq.clock.now(),
        paired_by=ADMINISTRATOR.username,
    )
    hq.partners.put(row)
    return row


def pair(*hqs: Headquarters, letters_too: bool = True) -> None:
    """Makes every one of `hqs` a paired party of every other, and gives it a letter that permits everything to each of them.

    With the letters come the house policies of the others, so that what they mark can be read.
    """
    for hq in hqs:
        for other in hqs:
            if other is not hq:
                introduce(hq, other)
                if letters_too:
                    permit(hq, other.party)
                    hq.labels.put_policy(PolicyRow(other.party, "plain", b"", NOON, ADMINISTRATOR.username))


def permit(hq: Headquarters, partner: PartyId, **said: object) -> ElementRow:
    """A letter of `hq` that permits everything to `partner`, but for what is said otherwise; it takes the place of the one before."""
    name = element_id(hashlib.sha256(f"letter of {hq.party} for {partner}".encode()).digest()[:16])
    content = letters.broad(partner, hq.party, **said)
    whole = Element(name, content)
    row = ElementRow(
        name, "letter", content.title, content.contingency, element.version_hash(whole), element.encode(whole),
        hq.clock.now(), HEAD.username,
    )  # fmt: skip
    before = hq.holdings.element(name)
    if before is None or before.version != row.version:
        hq.holdings.put(row, before.version if before else None)
    return row


def _key(word: str) -> SigningKey:
    return SigningKey(hashlib.sha256(word.encode()).digest())
