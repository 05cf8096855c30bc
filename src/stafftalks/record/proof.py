"""Proof files: that entries stand in their authors' signed records, for anyone to check on a machine that holds nothing of ours.

Version 2 is canonical JSON, so that every byte of it counts. Everything in it is of one accord:

    {"accord":..,"bounds":[..],"cards":{"XMR":[..]},"charter":..,"entries":[..],"feeds":[..],"format":"stafftalks/proof/v2"}
    feed     {"certificate":..,"key":..,"note":..,"origin":..}       its newest signed head, with the cosignatures on it
    entry    {"feed":0,"leaf":..,"n":12,"path":[..],"slip":..,"witnesses":[{"note":..,"path":[..]}]}
             `feed` counts from 0; `slip` is null where the text is not in the file; a witness is an earlier head with cosignatures alone
    cards    of each party that signed something here, every card document from the one that the accord's charter knew on

`bounds` are entries that are there for their time alone: what an author had seen of others when it wrote. Version 1 holds one entry, its feed
key and its head, and no card: it proves by whose key, never by whom. It is read for ever.

What an entry says, and what the charter names, is for those above; nothing here reads a clock.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from stafftalks.record import b64, canon, checkpoint, epoch, note, tree
from stafftalks.record import card as party_cards
from stafftalks.record.card import Card
from stafftalks.record.leaf import MAX_LEAF_BYTES, Leaf, decode_leaf
from stafftalks.record.slip import MAX_SLIP_BYTES, commitment, parse_slip
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import AccordId, FeedId, PartyId, base32, parse_accord, parse_party

FORMAT: Final = "stafftalks/proof/v2"
FORMAT_1: Final = "stafftalks/proof/v1"
MAX_PROOF_BYTES: Final = 64 * 1024 * 1024
MAX_ENTRIES: Final = 1_000
"""Of one file, bounds included."""
_MAX_FEEDS: Final = 256
_MAX_PARTIES: Final = 64
_MAX_CARDS: Final = 64
_MAX_WITNESSES: Final = 64
_MAX_CHARTER_BYTES: Final = 65_535

_Path = Annotated[list[str], msgspec.Meta(max_length=64)]
_Place = Annotated[int, msgspec.Meta(ge=0, lt=tree.MAX_SIZE)]


class Witness(msgspec.Struct, frozen=True):
    """A head of the entry's feed, earlier than the newest, under cosignatures alone; `path` leads from the entry to its root."""

    note: bytes
    path: tuple[bytes, ...]


class EntryPart(msgspec.Struct, frozen=True):
    """One entry with its way to the root of its feed's newest head. `feed` is its place among the file's feeds; `slip` None where left out."""

    feed: int
    n: int
    leaf: bytes
    path: tuple[bytes, ...]
    slip: bytes | None = None
    witnesses: tuple[Witness, ...] = ()


class FeedPart(msgspec.Struct, frozen=True):
    """A feed: its key, what vouches for the key, and its newest signed head."""

    feed: FeedId
    key: bytes
    certificate: bytes
    note: bytes


class Proof(msgspec.Struct, frozen=True):
    """A proof file, nothing verified. `cards` are card documents by party, oldest first."""

    accord: AccordId
    charter: bytes
    cards: Mapping[PartyId, tuple[bytes, ...]]
    feeds: tuple[FeedPart, ...]
    entries: tuple[EntryPart, ...]
    bounds: tuple[EntryPart, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """What an author says it had before it: the entry `n` of `feed`, which its own author dates `at`."""

    feed: FeedId
    n: int
    at: int


class Proved(msgspec.Struct, frozen=True):
    """One entry that stands in its author's signed record. `at` and `type` are as claimed; empty where the leaf cannot be read.

    `body` is None where the text is not there. `cosigned` says by which parties' clocks it existed when; `later_than` what was there before it.
    `size` is how many entries the signed head covers.
    """

    feed: FeedId
    n: int
    size: int
    at: int
    type: str
    readable: bool
    body: bytes | None
    cosigned: tuple[tuple[PartyId, int], ...]
    later_than: tuple[Seen, ...]


class Verified(msgspec.Struct, frozen=True):
    """What a proof file proves. `cards` are each party's, oldest first, verified in themselves and one after the other; none for version 1."""

    version: int
    accord: AccordId
    charter: bytes
    cards: Mapping[PartyId, tuple[Card, ...]]
    entries: tuple[Proved, ...]


class _WireWitness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    path: _Path


class _WireEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    feed: Annotated[int, msgspec.Meta(ge=0, lt=_MAX_FEEDS)]
    leaf: str
    n: _Place
    path: _Path
    slip: str | None
    witnesses: Annotated[list[_WireWitness], msgspec.Meta(max_length=_MAX_WITNESSES)]


class _WireFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: str
    key: str
    note: str
    origin: str


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accord: str
    bounds: Annotated[list[_WireEntry], msgspec.Meta(max_length=MAX_ENTRIES)]
    cards: Annotated[
        dict[str, Annotated[list[str], msgspec.Meta(max_length=_MAX_CARDS)]], msgspec.Meta(max_length=_MAX_PARTIES)
    ]
    charter: str
    entries: Annotated[list[_WireEntry], msgspec.Meta(min_length=1, max_length=MAX_ENTRIES)]
    feeds: Annotated[list[_WireFeed], msgspec.Meta(min_length=1, max_length=_MAX_FEEDS)]
    format: str


class _Wire1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    leaf: str
    leaf_hash: str
    n: _Place
    note: str
    origin: str
    path: _Path
    public_key: str
    slip: str | None


def encode(proof: Proof) -> bytes:
    """The proof file; raises MisuseError where it breaks a rule of the format or is larger than is read."""
    try:
        raw = canon.encode(
            {
                "accord": proof.accord,
                "bounds": [_entry_wire(one) for one in proof.bounds],
                "cards": {party: [text.decode() for text in texts] for party, texts in proof.cards.items()},
                "charter": proof.charter.decode(),
                "entries": [_entry_wire(one) for one in proof.entries],
                "feeds": [
                    {
                        "certificate": b64.url(one.certificate),
                        "key": b64.url(one.key),
                        "note": one.note.decode(),
                        "origin": one.feed.origin,
                    }
                    for one in proof.feeds
                ],
                "format": FORMAT,
            }
        )
        decode(raw)
    except (PeerError, UnicodeDecodeError) as error:
        raise MisuseError(f"This proof cannot be written: {error}") from None
    return raw


def decode(raw: bytes) -> Proof:
    """The proof of version 2 in `raw`, nothing verified; raises PeerError where it is malformed or over 64 MiB."""
    value = canon.decode(raw, max_bytes=MAX_PROOF_BYTES)
    try:
        wire = msgspec.convert(value, _Wire)
    except msgspec.ValidationError as error:
        raise PeerError(f"This is not a proof file: {error}.") from None
    if wire.format != FORMAT:
        raise PeerError(f"This file is of format {wire.format[:40]!r}; this release reads {FORMAT} and {FORMAT_1}.")
    if len(wire.entries) + len(wire.bounds) > MAX_ENTRIES:
        raise PeerError(f"This proof file holds more than {MAX_ENTRIES} entries.")
    return Proof(
        accord=parse_accord(wire.accord),
        charter=wire.charter.encode(),
        cards={parse_party(party): tuple(text.encode() for text in texts) for party, texts in wire.cards.items()},
        feeds=tuple(
            FeedPart(
                FeedId.parse(one.origin),
                b64.parse_url(one.key, "A feed key in this proof", size=32),
                b64.parse_url(one.certificate, "A certificate in this proof", size=64),
                one.note.encode(),
            )
            for one in wire.feeds
        ),
        entries=tuple(map(_entry, wire.entries)),
        bounds=tuple(map(_entry, wire.bounds)),
    )


def verify(raw: bytes) -> Verified:
    """What the proof file `raw` proves, of version 1 or 2; raises PeerError, naming the first thing that does not hold.

    Steps for version 2, in order:
    1. the charter is the one after which the accord is named;
    2. each party's cards are signed by their own keys and follow one another;
    3. each feed is of this accord, its key the one its epoch names, vouched for by a node key of its author's cards;
    4. its newest head is signed by that key, and every other line on it is a cosignature by a card here;
    5. each entry's leaf leads by its path to that head's root, and states its own place;
    6. each text is the one its leaf commits to;
    7. each witness is a head of the same feed under cosignatures by cards here, and the leaf leads to its root too.
    Nothing may be in the file that none of this covers.
    """
    if b'"stafftalks/proof/v1"' in raw[:MAX_PROOF_BYTES]:
        return _verify_1(raw)
    found = decode(raw)
    if base32(hashlib.sha256(found.charter).digest()) != found.accord:
        raise PeerError(
            "The charter in this proof is not the one after which the accord is named: one of them was changed."
        )
    cards = {party: _opened(party, documents) for party, documents in found.cards.items()}
    heads = [_head(found.accord, one, cards) for one in found.feeds]
    if len({head.feed for head, _ in heads}) != len(heads):
        raise PeerError("This proof names one record twice.")
    leaves: dict[tuple[FeedId, int], Leaf | None] = {}
    proved = [_proved(one, heads, cards, leaves) for one in (*found.entries, *found.bounds)]
    if len(leaves) != len(proved):
        raise PeerError("This proof holds one entry twice.")
    _check_used(found, cards, heads, proved)
    entries = [
        msgspec.structs.replace(one, later_than=tuple(_later_than(one, leaves))) for one in proved[: len(found.entries)]
    ]
    return Verified(2, found.accord, found.charter, cards, tuple(entries))


def _opened(party: PartyId, documents: Sequence[bytes]) -> tuple[Card, ...]:
    """Step 2."""
    if not documents:
        raise PeerError(f"This proof names {party} without a card of its.")
    opened: list[Card] = []
    for document in documents:
        found = party_cards.open_card(document)
        if found.party != party:
            raise PeerError(f"A card in this proof is of {found.party}, and stands among those of {party}.")
        if opened:
            party_cards.verify_successor(opened[-1], found)
        opened.append(found)
    return tuple(opened)


def _head(
    accord: AccordId, part: FeedPart, cards: Mapping[PartyId, tuple[Card, ...]]
) -> tuple[checkpoint.Checkpoint, tuple[tuple[PartyId, int], ...]]:
    """Steps 3 and 4: the head, and who cosigned it when."""
    party = part.feed.party
    if part.feed.accord != accord:
        raise PeerError(f"This proof is of accord {accord[:8]}, and holds a record of another, {part.feed.accord[:8]}.")
    if party not in cards:
        raise PeerError(f"This proof holds no card of {party}, whose record it is about.")
    _certified(part, cards[party])
    head = checkpoint.open_checkpoint(part.note, part.key)
    if head.feed != part.feed:
        raise PeerError(f"The signed head for {part.feed.origin} is of another record, {head.feed.origin}.")
    opened = note.parse(part.note)
    others = [line for line in opened.signatures if not _by(line, part.feed.origin, part.key, note.ED25519)]
    return head, _cosigned(note.Note(opened.body, tuple(others)), cards)


def _certified(part: FeedPart, cards: Sequence[Card]) -> None:
    for position, found in enumerate(cards):
        try:
            epoch.verify_certificate(part.feed, part.key, part.certificate, found.node_key)
        except PeerError:
            if position == len(cards) - 1:
                raise
        else:
            return


def _cosigned(found: note.Note, cards: Mapping[PartyId, tuple[Card, ...]]) -> tuple[tuple[PartyId, int], ...]:
    """Who cosigned when: every line must be one by a card here, each party once."""
    names = {checkpoint.cosigner_name(party): party for party in cards}
    times: dict[PartyId, int] = {}
    for line in found.signatures:
        party = names.get(line.name)
        if party is None:
            raise PeerError(f"A head in this proof bears a line by {line.name[:80]}, of whom it holds no card.")
        if party in times:
            raise PeerError(f"A head in this proof is cosigned twice by {party}.")
        times[party] = _cosigned_at(note.Note(found.body, (line,)), party, cards[party])
    return tuple(sorted(times.items()))


def _cosigned_at(single: note.Note, party: PartyId, cards: Sequence[Card]) -> int:
    for position, found in enumerate(cards):
        try:
            at = checkpoint.verify_receipt(single.raw, party, found.node_key)
        except PeerError:
            if position == len(cards) - 1:
                raise
        else:
            if at >= canon.INTEGER_BOUND:
                raise PeerError(f"The cosignature by {party} is dated after every time there is.")
            return at
    raise PeerError(f"There is no card of {party}.")


def _by(line: note.Signature, name: str, key: bytes, algorithm: int) -> bool:
    return line.name == name and line.key_id == note.key_id(name, key, algorithm)


def _proved(
    part: EntryPart,
    heads: Sequence[tuple[checkpoint.Checkpoint, tuple[tuple[PartyId, int], ...]]],
    cards: Mapping[PartyId, tuple[Card, ...]],
    leaves: dict[tuple[FeedId, int], Leaf | None],
) -> Proved:
    """Steps 5 to 7; notes the leaf in `leaves`."""
    if part.feed >= len(heads):
        raise PeerError(f"An entry of this proof is of its record {part.feed}, and it holds {len(heads)}.")
    head, on_head = heads[part.feed]
    leaf_hash = tree.leaf_hash(part.leaf)
    tree.verify_inclusion(leaf_hash, part.n, head.size, part.path, head.root)
    leaf = leaves[head.feed, part.n] = _read(part)
    body = _body(part, leaf)
    cosigned = dict(on_head)
    for witness in part.witnesses:
        for party, at in _witnessed(witness, head.feed, leaf_hash, part.n, cards):
            cosigned[party] = min(at, cosigned.get(party, at))
    return Proved(
        head.feed,
        part.n,
        head.size,
        leaf.at if leaf else 0,
        leaf.type if leaf else "",
        leaf is not None,
        body,
        tuple(sorted(cosigned.items(), key=lambda pair: (pair[1], pair[0]))),
        (),
    )


def _read(part: EntryPart) -> Leaf | None:
    """The leaf, None where its author wrote one that cannot be read; it is proved all the same."""
    try:
        leaf = decode_leaf(part.leaf)
    except PeerError:
        return None
    return leaf if leaf.n == part.n else None


def _body(part: EntryPart, leaf: Leaf | None) -> bytes | None:
    if part.slip is None:
        return None
    if leaf is None or commitment(part.slip) != leaf.commitment:
        raise PeerError(f"The text for entry {part.n} in this proof is not the one its author committed to.")
    return parse_slip(part.slip).body


def _witnessed(
    witness: Witness, feed: FeedId, leaf_hash: bytes, n: int, cards: Mapping[PartyId, tuple[Card, ...]]
) -> tuple[tuple[PartyId, int], ...]:
    opened = note.parse(witness.note)
    head = checkpoint.parse_body(opened.body)
    if head.feed != feed:
        raise PeerError(f"A head in this proof is of another record than the entry {n} that it is there for.")
    tree.verify_inclusion(leaf_hash, n, head.size, witness.path, head.root)
    return _cosigned(opened, cards)


def _check_used(
    found: Proof,
    cards: Mapping[PartyId, tuple[Card, ...]],
    heads: Sequence[tuple[checkpoint.Checkpoint, tuple[tuple[PartyId, int], ...]]],
    proved: Sequence[Proved],
) -> None:
    """Raises PeerError where the file holds a record or a card that nothing in it is about."""
    if len({one.feed for one in (*found.entries, *found.bounds)}) != len(heads):
        raise PeerError("This proof holds a record of which it holds no entry.")
    needed = {head.feed.party for head, _ in heads} | {party for one in proved for party, _ in one.cosigned}
    if needed != set(cards):
        raise PeerError(f"This proof holds a card of {sorted(set(cards) - needed)[0]}, who signed nothing in it.")
    if any(one.slip is not None for one in found.bounds):
        raise PeerError("This proof holds the text of an entry that is there for its time alone.")


def _later_than(one: Proved, leaves: Mapping[tuple[FeedId, int], Leaf | None]) -> Iterator[Seen]:
    """What the author had seen by then, of the entries that are in the file: with this entry, or with one before it."""
    sizes: dict[str, int] = {}
    before = sorted(
        (n, leaf) for (feed, n), leaf in leaves.items() if feed == one.feed and n <= one.n and leaf is not None
    )
    for _, leaf in before:
        sizes.update(leaf.seen)
    for origin, size in sorted(sizes.items()):
        feed = FeedId.parse(origin)
        seen = leaves.get((feed, size - 1))
        if seen is not None:
            yield Seen(feed, size - 1, seen.at)


def _verify_1(raw: bytes) -> Verified:
    """Version 1: one entry under a head signed by the key that its epoch names; nothing says whose key that is."""
    if len(raw) > MAX_PROOF_BYTES:
        raise PeerError(f"This proof file is {len(raw)} bytes long; at most {MAX_PROOF_BYTES} are read.")
    try:
        wire = msgspec.json.decode(raw, type=_Wire1)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise PeerError(f"This is not a proof file: {error}.") from None
    if wire.format != FORMAT_1:
        raise PeerError(f"This file is of format {wire.format[:40]!r}; this release reads {FORMAT} and {FORMAT_1}.")
    key = b64.parse_standard(wire.public_key, "The feed key in this proof", size=32)
    head = checkpoint.open_checkpoint(wire.note.encode(), key)
    if head.feed.origin != wire.origin:
        raise PeerError("The signed head in this proof is of another record than the one it names.")
    leaf_hash = b64.parse_standard(wire.leaf_hash, "The leaf hash in this proof", size=tree.HASH_BYTES)
    leaf = wire.leaf.encode("utf-8", "surrogatepass")
    if tree.leaf_hash(leaf) != leaf_hash:  # bytes that were no ASCII text were written in base64
        leaf = b64.parse_standard(wire.leaf, "The entry in this proof", max_bytes=MAX_LEAF_BYTES)
    if tree.leaf_hash(leaf) != leaf_hash:
        raise PeerError("The entry in this proof is not the one that its hash is of.")
    slip = None if wire.slip is None else _slip(wire.slip, standard=True)
    part = EntryPart(0, wire.n, leaf, tuple(_hash(step, standard=True) for step in wire.path), slip)
    proved = _proved(part, [(head, ())], {}, {})
    return Verified(1, head.feed.accord, b"", {}, (proved,))


def _entry_wire(part: EntryPart) -> dict[str, canon.JsonInput]:
    return {
        "feed": part.feed,
        "leaf": b64.url(part.leaf),
        "n": part.n,
        "path": [b64.url(step) for step in part.path],
        "slip": None if part.slip is None else b64.url(part.slip),
        "witnesses": [
            {"note": one.note.decode(), "path": [b64.url(step) for step in one.path]} for one in part.witnesses
        ],
    }


def _entry(wire: _WireEntry) -> EntryPart:
    return EntryPart(
        wire.feed,
        wire.n,
        b64.parse_url(wire.leaf, "An entry in this proof", max_bytes=MAX_LEAF_BYTES),
        tuple(map(_hash, wire.path)),
        None if wire.slip is None else _slip(wire.slip),
        tuple(Witness(one.note.encode(), tuple(map(_hash, one.path))) for one in wire.witnesses),
    )


def _hash(text: str, *, standard: bool = False) -> bytes:
    parse = b64.parse_standard if standard else b64.parse_url
    return parse(text, "A hash in this proof", size=tree.HASH_BYTES)


def _slip(text: str, *, standard: bool = False) -> bytes:
    parse = b64.parse_standard if standard else b64.parse_url
    return parse(text, "A text in this proof", max_bytes=MAX_SLIP_BYTES)
