"""The party card: who a party is in keys and addresses, signed by its root key and, as proof of possession, its node key.

The root key stays offline; the card commits to the hash of the next one, so that whoever steals the present root cannot name its
successor. Two sides compare the full 128-bit fingerprint of each card in person, never a hash of both cards, which could be
searched for. The HPKE key and the TLS certificate are opaque here; `links` uses them.
"""

import hashlib
import re
from typing import Final

import msgspec

from stafftalks.record import b64, canon, dsse, keys
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import PartyId, parse_party

PAYLOAD_TYPE: Final = "application/vnd.stafftalks.card.v1+json"
MAX_CARD_BYTES: Final = 65_536
MAX_NAME_CHARACTERS: Final = 80
MAX_HPKE_KEY_BYTES: Final = 4_096
MAX_CERTIFICATE_BYTES: Final = 8_192
MAX_ADDRESSES: Final = 16
FINGERPRINT_BYTES: Final = 16

_ADDRESS = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-f:.]{2,45}\]):([1-9][0-9]{0,4})"
)
# Control characters, and the marks that reverse the direction of text: a name must look like what it says.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Card(msgspec.Struct, frozen=True):
    """One version of a party's card.

    Keys are raw bytes (Ed25519: 32; HPKE: opaque, at most 4 KiB); `next_root_hash` is `root_hash` of the next root key;
    `tls_certificate` is DER; `addresses` are `https://host:port`, empty where only hand carriage is offered; `issued_at` is unix
    seconds as claimed; `version` rises with each card.
    """

    party: PartyId
    name: str
    version: int
    root_key: bytes
    next_root_hash: bytes
    node_key: bytes
    hpke_key: bytes
    tls_certificate: bytes
    addresses: tuple[str, ...]
    issued_at: int


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    addresses: list[str]
    hpke_key: str
    issued_at: int
    name: str
    next_root_hash: str
    node_key: str
    party: str
    root_key: str
    tls_certificate: str
    version: int


def root_hash(public_key: bytes) -> bytes:
    """The 32-byte commitment to a root key that is not yet in use."""
    return hashlib.sha256(b"stafftalks/root/v1\n" + public_key).digest()


def encode_payload(card: Card) -> bytes:
    """The canonical payload of `card`; raises MisuseError where a field breaks a rule of the format."""
    raw = canon.encode(
        {
            "addresses": card.addresses,
            "hpke_key": b64.url(card.hpke_key),
            "issued_at": card.issued_at,
            "name": card.name,
            "next_root_hash": b64.url(card.next_root_hash),
            "node_key": b64.url(card.node_key),
            "party": card.party,
            "root_key": b64.url(card.root_key),
            "tls_certificate": b64.url(card.tls_certificate),
            "version": card.version,
        }
    )
    try:
        decode_payload(raw)
    except PeerError as error:
        raise MisuseError(f"This party card cannot be issued: {error}") from None
    return raw


def decode_payload(raw: bytes) -> Card:
    """The card in a payload, its signatures not looked at; raises PeerError where a field breaks a rule of the format."""
    value = canon.decode(raw, max_bytes=MAX_CARD_BYTES)
    try:
        wire = msgspec.convert(value, _Wire)
    except msgspec.ValidationError as error:
        raise PeerError(f"This is not a party card: {error}.") from None
    card = Card(
        party=parse_party(wire.party),
        name=wire.name,
        version=wire.version,
        root_key=b64.parse_url(wire.root_key, "The card's root key", size=32),
        next_root_hash=b64.parse_url(wire.next_root_hash, "The card's next root hash", size=32),
        node_key=b64.parse_url(wire.node_key, "The card's node key", size=32),
        hpke_key=b64.parse_url(wire.hpke_key, "The card's HPKE key", max_bytes=MAX_HPKE_KEY_BYTES),
        tls_certificate=b64.parse_url(wire.tls_certificate, "The card's certificate", max_bytes=MAX_CERTIFICATE_BYTES),
        addresses=tuple(wire.addresses),
        issued_at=wire.issued_at,
    )
    _check(card)
    return card


def sign_card(card: Card, sign_root: keys.Signer, sign_node: keys.Signer) -> bytes:
    """The card document: an envelope of `card` signed by its root key and its node key."""
    signers = [(dsse.key_id(card.root_key), sign_root), (dsse.key_id(card.node_key), sign_node)]
    return dsse.sign(PAYLOAD_TYPE, encode_payload(card), signers)


def open_card(raw: bytes) -> Card:
    """The card in a card document signed by both keys it names.

    That makes it whole, not trusted: trust comes from comparing fingerprints, or from `verify_successor`. Raises PeerError where it
    is over 64 KiB, malformed, has an unsound key or lacks one of the two signatures.
    """
    envelope = dsse.parse(raw, max_bytes=MAX_CARD_BYTES)
    card = decode_payload(envelope.payload)
    both = {dsse.key_id(card.root_key): card.root_key, dsse.key_id(card.node_key): card.node_key}
    dsse.verify(envelope, PAYLOAD_TYPE, both, threshold=2)
    return card


def fingerprint(card_or_payload: Card | bytes) -> bytes:
    """The 16 bytes that two sides compare in person, of a card or of its payload."""
    payload = card_or_payload if isinstance(card_or_payload, bytes) else encode_payload(card_or_payload)
    return hashlib.sha256(b"stafftalks/card/v1\n" + payload).digest()[:FINGERPRINT_BYTES]


def digits(fp: bytes) -> str:
    """A fingerprint as 40 decimal digits in 8 groups of 5, the whole number padded with zeros on the left."""
    if len(fp) != FINGERPRINT_BYTES:
        raise MisuseError(f"A fingerprint has {FINGERPRINT_BYTES} bytes, not {len(fp)}.")
    text = f"{int.from_bytes(fp, 'big'):040d}"
    return " ".join(text[at : at + 5] for at in range(0, 40, 5))


def verify_successor(old: Card, new: Card) -> None:
    """Raises PeerError unless `new`, already opened, may replace `old` without meeting in person.

    It must be of the same party, with a higher version, under the same root key and the same next root, or under the root key that
    `old` committed to: a stolen root key alone cannot change who comes next.
    """
    if new.party != old.party:
        raise PeerError(f"This card is of {new.party}; the one held is of {old.party}: a card never changes its party.")
    if new.version <= old.version:
        raise PeerError(f"This card of {new.party} is version {new.version}; version {old.version} is held already.")
    if new.root_key == old.root_key:
        if new.next_root_hash != old.next_root_hash:
            raise PeerError(
                f"This card of {new.party} keeps its root key but changes the next one: pair again in person."
            )
    elif root_hash(new.root_key) != old.next_root_hash:
        raise PeerError(
            f"This card of {new.party} has a root key that the old card did not announce: pair again in person."
        )


def _check(card: Card) -> None:
    keys.check_key(card.root_key, "The card's root key")
    keys.check_key(card.node_key, "The card's node key")
    if card.root_key == card.node_key:
        raise PeerError("The card's root key and node key are the same; the root key must stay offline, apart.")
    if not 1 <= card.version < canon.INTEGER_BOUND or not 0 <= card.issued_at < canon.INTEGER_BOUND:
        raise PeerError("The card's version must be 1 or more, and its time of issue not before 1970.")
    if not card.name.strip() or len(card.name) > MAX_NAME_CHARACTERS or _HIDDEN.search(card.name):
        raise PeerError(
            f"The card's name must have 1 to {MAX_NAME_CHARACTERS} characters and no control or direction marks."
        )
    if not card.hpke_key or not card.tls_certificate:
        raise PeerError("The card must carry an HPKE key and a TLS certificate.")
    if len(card.addresses) > MAX_ADDRESSES or len(set(card.addresses)) != len(card.addresses):
        raise PeerError(f"The card may list at most {MAX_ADDRESSES} addresses, each once.")
    for address in card.addresses:
        found = _ADDRESS.fullmatch(address)
        if not found or int(found[1]) > 65_535:
            raise PeerError(f"{address[:80]!r} is not an address of a headquarters: https://host:port.")
