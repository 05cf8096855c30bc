"""The manifest of a bundle: who sends what to whom; signed by the sender's node key over everything the bundle carries.

It names the recipients inside the signature, so that a bundle sealed again for somebody else is refused, and the length and hash
of the content after it, so that no part can be cut off or exchanged. Everything in it is of one accord; outside an accord it carries
no records, so that nothing of one accord can slip into a bundle for another.
"""

import hashlib
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from stafftalks.record import b64, canon, checkpoint, epoch, note
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, FeedId, PartyId, base32, parse_accord, parse_party

PAYLOAD_TYPE: Final = "application/vnd.stafftalks.manifest.v1+json"
MAX_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
MAX_FEEDS: Final = 256
MAX_PARTIES: Final = 64
MAX_NOTES: Final = 1_024
MAX_RECEIPTS: Final = 1_024
MAX_DISPUTES: Final = 16
MAX_LEAVES: Final = 1_048_576
"""A bundle carries at most this many entries; more go into the next one."""

Outcome: TypeAlias = Literal["accepted", "refused"]


class FeedRange(msgspec.Struct, frozen=True):
    """Entries [start, stop) of `feed`, with what is needed to trust its key.

    `public_key` is the feed key; `certificate` the 64-byte signature over `epoch.certificate_statement(feed, public_key, previous)` by
    the author's node key as on version `card_version` of its card; `previous` the checkpoint body of the author's epoch before, or empty.
    """

    feed: FeedId
    start: int
    stop: int
    public_key: bytes
    certificate: bytes
    card_version: int
    previous: bytes = b""


class Receipt(msgspec.Struct, frozen=True):
    """What became of a bundle received before: its id, the outcome, and for a refusal the rule and the sentence."""

    bundle: str
    outcome: Outcome
    rule: str
    sentence: str


class Dispute(msgspec.Struct, frozen=True):
    """A head that contradicts another: the feed's origin, the signed note, and the leaf hashes under it from the first on.

    Enough for the other side to build its own fork proof, for feeds of up to about 130,000 entries.
    """

    origin: str
    note: str
    leaf_hashes: tuple[bytes, ...]


class Manifest(msgspec.Struct, frozen=True):
    """Who sends what to whom.

    `nonce` is URL-safe base64 of 16 random bytes, and the bundle's id. `made_at` is unix seconds as claimed. `notes` are signed notes, with
    the cosignatures held, of any feed of the accord. `have` maps feed origins to the size the sender holds. `charter` is the accord's
    exact charter bytes, or empty.
    """

    sender: PartyId
    recipients: tuple[PartyId, ...]
    nonce: str
    made_at: int
    accord: AccordId | None = None
    feeds: tuple[FeedRange, ...] = ()
    notes: tuple[str, ...] = ()
    have: dict[str, int] = {}
    receipts: tuple[Receipt, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    charter: bytes = b""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The length in bytes and the SHA-256 (URL-safe base64) of what follows the manifest."""

    length: int
    sha256: str

    @classmethod
    def of(cls, raw: bytes | memoryview) -> "Content":
        """That of `raw`."""
        return cls(len(raw), b64.url(hashlib.sha256(raw).digest()))


_Count = Annotated[int, msgspec.Meta(ge=0, lt=canon.INTEGER_BOUND)]
_Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class _WireFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    card: _Count
    certificate: str
    feed: str
    key: str
    previous: _Text
    start: _Count
    stop: _Count


class _WireReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bundle: str
    outcome: Outcome
    rule: Annotated[str, msgspec.Meta(max_length=100)]
    sentence: _Text


class _WireDispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    leafhashes: list[str]
    note: str
    origin: str


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accord: str | None
    charter: str
    content: Content
    disputes: Annotated[list[_WireDispute], msgspec.Meta(max_length=MAX_DISPUTES)]
    feeds: Annotated[list[_WireFeed], msgspec.Meta(max_length=MAX_FEEDS)]
    have: dict[str, _Count]
    made_at: _Count
    nonce: str
    notes: Annotated[list[str], msgspec.Meta(max_length=MAX_NOTES)]
    receipts: Annotated[list[_WireReceipt], msgspec.Meta(max_length=MAX_RECEIPTS)]
    recipients: Annotated[list[str], msgspec.Meta(max_length=MAX_PARTIES)]
    sender: str


def encode_payload(manifest: Manifest, content: Content) -> bytes:
    """The canonical payload of `manifest` for this content; the rules are checked by whoever decodes it."""
    return canon.encode(
        {
            "accord": manifest.accord,
            "charter": b64.url(manifest.charter),
            "content": {"length": content.length, "sha256": content.sha256},
            "disputes": [
                {"leafhashes": list(map(b64.url, found.leaf_hashes)), "note": found.note, "origin": found.origin}
                for found in manifest.disputes
            ],
            "feeds": [_feed_value(found) for found in manifest.feeds],
            "have": manifest.have,
            "made_at": manifest.made_at,
            "nonce": manifest.nonce,
            "notes": manifest.notes,
            "receipts": [
                {"bundle": found.bundle, "outcome": found.outcome, "rule": found.rule, "sentence": found.sentence}
                for found in manifest.receipts
            ],
            "recipients": manifest.recipients,
            "sender": manifest.sender,
        }
    )


def claimed_sender(payload: bytes) -> PartyId:
    """The party that a payload, not yet verified, says it is from; only good for choosing the key to verify it with."""
    sender = _members(payload).get("sender")
    if not isinstance(sender, str):
        raise PeerError("This bundle's manifest does not say who sent it.")
    return parse_party(sender)


def claimed_recipients(payload: bytes) -> list[PartyId]:
    """The parties that a payload says it is for; raises PeerError where it does not say."""
    recipients = _members(payload).get("recipients")
    if not isinstance(recipients, list):
        raise PeerError("This bundle's manifest does not say whom it is for.")
    return [parse_party(str(found)) for found in recipients]


def decode_payload(payload: bytes) -> tuple[Manifest, Content]:
    """The manifest in `payload` and what it says of the content; raises PeerError where it breaks a rule of the format."""
    value = canon.decode(payload, max_bytes=MAX_PAYLOAD_BYTES)
    try:
        wire = msgspec.convert(value, _Wire)
    except msgspec.ValidationError as error:
        raise PeerError(f"This is not the manifest of a bundle: {error}.") from None
    manifest = Manifest(
        sender=parse_party(wire.sender),
        recipients=tuple(map(parse_party, wire.recipients)),
        nonce=_nonce(wire.nonce),
        made_at=wire.made_at,
        accord=None if wire.accord is None else parse_accord(wire.accord),
        feeds=tuple(map(_feed_range, wire.feeds)),
        notes=tuple(wire.notes),
        have=wire.have,
        receipts=tuple(Receipt(_nonce(r.bundle), r.outcome, r.rule, r.sentence) for r in wire.receipts),
        disputes=tuple(map(_dispute, wire.disputes)),
        charter=b64.parse_url(wire.charter, "The manifest's charter"),
    )
    _check_parties(manifest)
    _check_ranges(manifest.feeds)
    _check_accord(manifest)
    return manifest, wire.content


def _members(payload: bytes) -> dict[str, canon.JsonValue]:
    value = canon.decode(payload, max_bytes=MAX_PAYLOAD_BYTES)
    return value if isinstance(value, dict) else {}


def _feed_value(found: FeedRange) -> dict[str, canon.JsonInput]:
    return {
        "card": found.card_version,
        "certificate": b64.url(found.certificate),
        "feed": found.feed.origin,
        "key": b64.url(found.public_key),
        "previous": found.previous.decode(
            "utf-8", "replace"
        ),  # what was not ASCII is refused when the payload is checked
        "start": found.start,
        "stop": found.stop,
    }


def _feed_range(wire: _WireFeed) -> FeedRange:
    feed = FeedId.parse(wire.feed)
    public_key = b64.parse_url(wire.key, "A feed key in the manifest", size=32)
    epoch.check_feed_key(feed, public_key)
    certificate = b64.parse_url(wire.certificate, "A feed key's certificate", size=64)
    previous = wire.previous.encode()
    if previous:
        old = checkpoint.parse_body(previous).feed
        if (old.accord, old.party) != (feed.accord, feed.party) or old.epoch == feed.epoch:
            raise PeerError(f"The epoch that {feed.origin} says it follows is not an earlier one of the same record.")
    return FeedRange(feed, wire.start, wire.stop, public_key, certificate, wire.card, previous)


def _dispute(wire: _WireDispute) -> Dispute:
    hashes = tuple(b64.parse_url(found, "A leaf hash in a dispute", size=32) for found in wire.leafhashes)
    head = checkpoint.parse_body(note.parse(wire.note.encode()).body)
    if head.feed.origin != wire.origin or head.size != len(hashes):
        raise PeerError(
            f"The dispute over {wire.origin[:120]} does not carry its own note and all leaf hashes under it."
        )
    return Dispute(wire.origin, wire.note, hashes)


def _nonce(text: str) -> str:
    b64.parse_url(text, "A bundle's id", size=16)
    return text


def _check_parties(manifest: Manifest) -> None:
    recipients = manifest.recipients
    if not recipients or len(set(recipients)) != len(recipients) or manifest.sender in recipients:
        raise PeerError("A bundle must name one or more recipients, each once, and not its sender among them.")


def _check_ranges(feeds: tuple[FeedRange, ...]) -> None:
    if len({found.feed for found in feeds}) != len(feeds):
        raise PeerError("This bundle repeats a range: each record may appear in it once.")
    for found in feeds:
        if found.start > found.stop:
            raise PeerError(f"The range {found.start} to {found.stop} of {found.feed.origin} runs backwards.")
    total = sum(found.stop - found.start for found in feeds)
    if total > MAX_LEAVES:
        raise PeerError(f"This bundle announces {total} entries; at most {MAX_LEAVES} are read from one.")


def _check_accord(manifest: Manifest) -> None:
    named: tuple[FeedId, ...] = (
        *(found.feed for found in manifest.feeds),
        *(checkpoint.parse_body(note.parse(text.encode()).body).feed for text in manifest.notes),
        *map(FeedId.parse, manifest.have),
        *(FeedId.parse(found.origin) for found in manifest.disputes),
    )
    for feed in named:
        if feed.accord != manifest.accord:
            raise PeerError(
                f"This bundle is of accord {manifest.accord}, but carries {feed.origin}, which is of another."
            )
    if manifest.charter and base32(hashlib.sha256(manifest.charter).digest()) != manifest.accord:
        raise PeerError("The charter in this bundle is not the one its accord is named after.")
