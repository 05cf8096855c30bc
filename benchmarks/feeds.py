"""A realistic feed of any length, made batch by batch: releases, revisions, positions and questions of about 500 bytes each.

Each shape is written once by the product's own encoders, and repeated with other ids, numbers, hashes and salts in the same places; so a
million entries are made in seconds and every one of them is what the product would have written.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec
from nacl.signing import SigningKey

from stafftalks.accord.bodies import (
    Charter,
    Founder,
    Opening,
    Question,
    Release,
    accord_id,
    encode_body,
    encode_charter,
)
from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.planning.intelligence import Report
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Position, Stance
from stafftalks.record import checkpoint, tree
from stafftalks.record.epoch import epoch_id
from stafftalks.record.leaf import Leaf, encode_leaf
from stafftalks.record.slip import commitment
from stafftalks.values.ids import ElementId, FeedId, PartyId, VersionHash, base32

AUTHOR: Final = PartyId("XMR")
PARTNER: Final = PartyId("XTV")
BATCH: Final = 4096
_AT: Final = 1_763_812_800
_SIZES: Final = struct.Struct(">HI")
_ID, _VERSION, _ABOUT = "a" * 26, "b" * 52, "c" * 26
_COUNT: Final = "00000000"
_SAID: Final = f"Observation {_COUNT}: two transports and one escort left the northern approaches, heading east."


class Batch(NamedTuple):
    """Entries from `start` on: leaves, and the slip of each."""

    start: int
    leaves: list[bytes]
    slips: list[bytes]


def _told(content: Content, replaces: str | None) -> bytes:
    body = Release(
        "intelligence",
        (PARTNER,),
        element.encode(Element(ElementId(_ID), content)).decode(),
        VersionHash(replaces) if replaces else None,
    )
    return encode_body(body)


_REPORT = _told(Report(title=f"Observation {_COUNT}", said=_SAID), None)
_REVISED = _told(Report(title=f"Observation {_COUNT}", said=_SAID), _VERSION)
_POSITION = _told(
    Position(about=ExactRef(PARTNER, ElementId(_ABOUT), VersionHash(_VERSION)), stance=Stance.CONCUR, statement=_SAID),
    None,
)
_QUESTION = encode_body(Question(f"What is the source of observation {_COUNT}, and who else was told of it?"))
_TO_PARTNER, _TO_AUTHOR = (b'"to":["%b"]' % party.encode() for party in (PARTNER, AUTHOR))
_OF_PARTNER, _OF_AUTHOR = (b'\\"party\\":\\"%b\\"' % party.encode() for party in (PARTNER, AUTHOR))
_TURN: Final = "rrrrvrrprrvrrqrp"
"""Of every 16 entries: reports, revisions of the report before, positions on the partner's elements, a question."""


class Author:
    """Writes one feed from its first entry on. `seed` makes two authors alike."""

    def __init__(self, *, seed: bytes = b"a benchmark", feed: FeedId | None = None, charter: bytes = b"") -> None:
        self._key = SigningKey(hashlib.sha256(seed).digest())
        self.public_key = bytes(self._key.verify_key)
        self.charter = charter or _charter(seed)
        self.feed = feed or FeedId(accord_id(self.charter), AUTHOR, epoch_id(self.public_key))
        self.frontier = tree.Frontier.empty()
        self._version = _VERSION

    def batches(self, count: int, *, size: int = BATCH) -> Iterator[Batch]:
        """The next `count` entries, `size` at a time."""
        stop = self.frontier.size + count
        while self.frontier.size < stop:
            start = self.frontier.size
            slips = [os.urandom(32) + self._body(n) for n in range(start, min(start + size, stop))]
            leaves = [self._leaf(n, slip) for n, slip in enumerate(slips, start)]
            self.frontier = self.frontier.extend(tree.leaf_hashes(leaves))
            yield Batch(start, leaves, slips)

    def note(self) -> bytes:
        """The signed head of what was written."""
        head = checkpoint.Checkpoint(self.feed, self.frontier.size, self.frontier.root())
        return checkpoint.sign_checkpoint(head, self.public_key, lambda body: bytes(self._key.sign(body).signature)).raw

    def _body(self, n: int) -> bytes:
        if n == 0:
            return encode_body(Opening(self.charter.decode(), "founding"))
        turn = _TURN[n % len(_TURN)]
        if turn == "q":
            return _QUESTION.replace(_COUNT.encode(), b"%08d" % n)
        if turn == "v":
            body = _REVISED.replace(_VERSION.encode(), self._version.encode())
        elif turn == "p":
            body = _POSITION.replace(
                _ABOUT.encode(), _element(n // 64, AUTHOR if self.feed.party == PARTNER else PARTNER)
            ).replace(_VERSION.encode(), self._version.encode())
        else:
            body = _REPORT
        if self.feed.party == PARTNER:  # the shapes are written as from AUTHOR
            body = body.replace(_TO_PARTNER, _TO_AUTHOR).replace(_OF_PARTNER, _OF_AUTHOR)
        body = body.replace(_ID.encode(), _element(n - 1 if turn == "v" else n, self.feed.party))
        body = body.replace(_COUNT.encode(), b"%08d" % n)
        self._version = _version(body)
        return body

    def _leaf(self, n: int, slip: bytes) -> bytes:
        said = "opening" if n == 0 else "question" if _TURN[n % len(_TURN)] == "q" else "release"
        if n % 16 == 3:
            seen = FeedId(self.feed.accord, PARTNER, self.feed.epoch).origin
            return encode_leaf(Leaf(_AT + n, commitment(slip), n, said, {seen: n // 2 + 1}))
        return b'{"at":%d,"c":"%s","n":%d,"t":"%s","v":1}' % (_AT + n, commitment(slip).encode(), n, said.encode())


class Written(msgspec.Struct):
    """A feed in a file: what it is, its signed head, and how many entries and bytes of leaves and slips it has."""

    origin: str
    public_key: bytes
    charter: bytes
    note: bytes
    entries: int
    size_bytes: int

    @property
    def feed(self) -> FeedId:
        return FeedId.parse(self.origin)


def write(path: Path, count: int) -> Written:
    """Writes a feed of `count` entries to `path`, to be read by `read`, and what it is beside it, for `written`."""
    author, total = Author(), 0
    with path.open("wb") as file:
        for batch in author.batches(count):
            for leaf, slip in zip(batch.leaves, batch.slips, strict=True):
                file.write(_SIZES.pack(len(leaf), len(slip)))
                file.write(leaf)
                file.write(slip)
                total += len(leaf) + len(slip)
    made = Written(author.feed.origin, author.public_key, author.charter, author.note(), count, total)
    path.with_suffix(".json").write_bytes(msgspec.json.encode(made))
    return made


def written(path: Path) -> Written:
    """What the feed in `path` is."""
    return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Written)


def read(path: Path) -> Iterator[Batch]:
    """The feed that `write` wrote, streamed."""
    with path.open("rb", buffering=1 << 20) as file:
        start = 0
        while (batch := _read_batch(file, start)).leaves:
            yield batch
            start += len(batch.leaves)


def _read_batch(file: BinaryIO, start: int) -> Batch:
    batch = Batch(start, [], [])
    for _ in range(BATCH):
        head = file.read(_SIZES.size)
        if not head:
            break
        leaf, slip = _SIZES.unpack(head)
        batch.leaves.append(file.read(leaf))
        batch.slips.append(file.read(slip))
    return batch


def _charter(seed: bytes) -> bytes:
    keys = (hashlib.sha256(seed + party.encode()).hexdigest()[:43] for party in (AUTHOR, PARTNER))
    founders = tuple(Founder(party, key) for party, key in zip((AUTHOR, PARTNER), keys, strict=True))
    return encode_charter(Charter(founders, 1, "benchmark"))


def _element(n: int, party: PartyId) -> bytes:
    return base32(hashlib.blake2b(b"%s %d" % (party.encode(), n), digest_size=16).digest()).encode()


def _version(body: bytes) -> str:
    """The version hash of the element in a release's body: its text is the body's with the quotes escaped."""
    start = body.index(b'"element":"') + len(b'"element":"')
    raw = body[start : body.index(b'","', start)].replace(b'\\"', b'"')
    return element.version_hash_of_bytes(raw)
