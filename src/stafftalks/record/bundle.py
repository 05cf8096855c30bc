"""The plaintext of a bundle: the same bytes whether they travel over HTTPS or are carried by hand. Sealing is done in `links`.

    u32be length || DSSE envelope of the manifest, signed by the sender's node key
    for each feed of the manifest, in its order, for each entry in [start, stop):   u16be length || leaf       (tiles of 256)
    for each slip, by rising (feed index, n):   u16be feed index || u64be n || u32be length || slip

The manifest's signature covers the length and hash of all that follows it. What a bundle says is still to be verified feed by feed
(`feed.verify_extension`, `epoch.verify_certificate`): here only who sent which bytes to whom.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.record import dsse, keys, manifest
from stafftalks.record.leaf import MAX_LEAF_BYTES
from stafftalks.record.manifest import Content, Dispute, FeedRange, Manifest, Outcome, Receipt
from stafftalks.record.slip import MAX_SLIP_BYTES
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId, PartyId

__all__ = ["Bundle", "Dispute", "FeedRange", "Manifest", "Outcome", "Receipt", "encode", "open_plaintext"]

MAX_MANIFEST_BYTES: Final = 8 * 1024 * 1024 + 65_536
"""Of the envelope: a payload of 6 MiB in base64, and its signature."""
_LENGTH: Final = struct.Struct(">I")
_SLIP_HEAD: Final = struct.Struct(">HQI")


class Bundle(msgspec.Struct, frozen=True):
    """A manifest, the leaves of each of its feeds in order, and slips by feed and position."""

    manifest: Manifest
    leaves: dict[FeedId, list[bytes]]
    slips: dict[FeedId, dict[int, bytes]]


def encode(bundle: Bundle, sign_node: keys.Signer) -> bytes:
    """The plaintext bytes of `bundle`, its manifest signed by the sender's node key.

    Raises MisuseError where leaves or slips are not those the manifest announces, or a rule of the format is broken.
    """
    ranges = bundle.manifest.feeds
    known = {found.feed for found in ranges}
    if not known.issuperset(bundle.leaves) or not known.issuperset(bundle.slips):
        raise MisuseError("This bundle holds entries or bodies of a record that its manifest does not announce.")
    content = b"".join((*_encode_tiles(bundle), *_encode_slips(bundle)))
    payload = manifest.encode_payload(bundle.manifest, Content.of(content))
    try:
        manifest.decode_payload(payload)
    except PeerError as error:
        raise MisuseError(f"This bundle cannot be sent: {error}") from None
    envelope = dsse.sign(manifest.PAYLOAD_TYPE, payload, [(bundle.manifest.sender, sign_node)])
    return _LENGTH.pack(len(envelope)) + envelope + content


def open_plaintext(raw: bytes, me: PartyId, node_keys: Mapping[PartyId, bytes], max_bytes: int) -> Bundle:
    """The bundle in `raw`, from one of the parties in `node_keys` to `me`.

    Steps, in order; each failure raises PeerError with a sentence for the exchange log, and nothing is taken in:
    1. size: not over `max_bytes`;
    2. framing: the manifest is there in full;
    3. sender: the manifest is signed by the node key held for the party it claims to be from;
    4. address: `me` is among its recipients;
    5. limits: the manifest keeps the rules of its format, each record once, all of one accord;
    6. content: exactly as long, and with the hash, that the manifest says;
    7. tiles: as many leaves as announced; 8. slips: rising, each for an announced entry.
    """
    if len(raw) > max_bytes:
        raise PeerError(f"This bundle is oversized: {len(raw)} bytes; at most {max_bytes} are read here.")
    envelope_raw, content_start = _manifest_frame(raw)
    payload = _verified_payload(envelope_raw, node_keys)
    head, content = _addressed(payload, me)
    rest = memoryview(raw)[content_start:]
    if len(rest) < content.length:
        raise PeerError(f"This bundle is truncated: {len(rest)} of {content.length} bytes follow its manifest.")
    if Content.of(rest) != content:
        raise PeerError("This bundle's content is not what its manifest was signed for: it was changed or added to.")
    leaves, slips_start = _decode_tiles(raw, content_start, head.feeds)
    return Bundle(head, leaves, _decode_slips(raw, slips_start, head.feeds))


def own_manifest(raw: bytes) -> Manifest:
    """The manifest of a bundle that we made ourselves; nothing is verified. Raises PeerError where it is none."""
    envelope_raw, _ = _manifest_frame(raw)
    return manifest.decode_payload(dsse.parse(envelope_raw, max_bytes=MAX_MANIFEST_BYTES).payload)[0]


def _encode_tiles(bundle: Bundle) -> Iterator[bytes]:
    for found in bundle.manifest.feeds:
        leaves = bundle.leaves.get(found.feed, [])
        if len(leaves) != found.stop - found.start:
            raise MisuseError(
                f"The manifest announces entries {found.start} to {found.stop} of {found.feed.origin}; {len(leaves)} are here."
            )
        for leaf in leaves:
            if len(leaf) > MAX_LEAF_BYTES:
                raise MisuseError(f"An entry of {len(leaf)} bytes does not fit: at most {MAX_LEAF_BYTES}.")
            yield len(leaf).to_bytes(2, "big")
            yield leaf


def _encode_slips(bundle: Bundle) -> Iterator[bytes]:
    for index, found in enumerate(bundle.manifest.feeds):
        for n, slip in sorted(bundle.slips.get(found.feed, {}).items()):
            if not found.start <= n < found.stop or len(slip) > MAX_SLIP_BYTES:
                raise MisuseError(
                    f"The body for entry {n} of {found.feed.origin} is too long or for an entry not announced."
                )
            yield _SLIP_HEAD.pack(index, n, len(slip))
            yield slip


def _manifest_frame(raw: bytes) -> tuple[bytes, int]:
    """The manifest's envelope and the position after it."""
    if len(raw) < _LENGTH.size:
        raise PeerError("This bundle is truncated: it ends before its manifest begins.")
    (length,) = _LENGTH.unpack_from(raw)
    if length > MAX_MANIFEST_BYTES:
        raise PeerError(f"This bundle's manifest is oversized: {length} bytes; at most {MAX_MANIFEST_BYTES} are read.")
    end = _LENGTH.size + length
    if len(raw) < end:
        raise PeerError(f"This bundle is truncated: it has {len(raw)} bytes and its manifest alone needs {end}.")
    return raw[_LENGTH.size : end], end


def _verified_payload(envelope_raw: bytes, node_keys: Mapping[PartyId, bytes]) -> bytes:
    """The manifest's payload, signed by the node key of the party it claims to be from."""
    envelope = dsse.parse(envelope_raw, max_bytes=MAX_MANIFEST_BYTES)
    sender = manifest.claimed_sender(envelope.payload)
    node_key = node_keys.get(sender)
    if node_key is None:
        raise PeerError(
            f"This bundle says it is from {sender}, but no card of {sender} is held here: pair with it first."
        )
    try:
        return dsse.verify(envelope, manifest.PAYLOAD_TYPE, {sender: node_key}, threshold=1)
    except PeerError as error:
        raise PeerError(f"This bundle is wrongly signed: it says it is from {sender}. {error}") from None


def _addressed(payload: bytes, me: PartyId) -> tuple[Manifest, Content]:
    """The manifest, addressed to `me`."""
    recipients = manifest.claimed_recipients(payload)
    if me not in recipients:
        listed = ", ".join(recipients[:8])
        raise PeerError(f"This bundle is wrongly addressed: it is for {listed or 'nobody'}, and this is {me}.")
    return manifest.decode_payload(payload)


def _decode_tiles(raw: bytes, at: int, ranges: Sequence[FeedRange]) -> tuple[dict[FeedId, list[bytes]], int]:
    """The leaves of each feed, and the position after them."""
    leaves: dict[FeedId, list[bytes]] = {}
    size = len(raw)
    for found in ranges:
        taken = leaves[found.feed] = []
        for n in range(found.start, found.stop):
            begin = at + 2
            at = begin + int.from_bytes(raw[at:begin], "big")
            if begin > size or at > size:
                raise PeerError(f"This bundle is truncated at entry {n} of {found.feed.origin}.")
            taken.append(raw[begin:at])
    return leaves, at


def _decode_slips(raw: bytes, at: int, ranges: Sequence[FeedRange]) -> dict[FeedId, dict[int, bytes]]:
    """The slips of each feed by position; every feed has its dict, empty where none was sent."""
    slips: dict[FeedId, dict[int, bytes]] = {found.feed: {} for found in ranges}
    last = (-1, -1)
    while at < len(raw):
        begin = at + _SLIP_HEAD.size
        if begin > len(raw):
            raise PeerError("This bundle is truncated in the frame of a body.")
        index, n, length = _SLIP_HEAD.unpack_from(raw, at)
        at = begin + length
        if at > len(raw) or length > MAX_SLIP_BYTES:
            raise PeerError(f"This bundle is truncated in the body for entry {n}, or that body is oversized.")
        if (index, n) <= last:
            raise PeerError(f"The bodies in this bundle are out of order or repeated at entry {n}.")
        if index >= len(ranges) or not ranges[index].start <= n < ranges[index].stop:
            raise PeerError(f"This bundle carries a body for entry {n} of a record, which it does not announce.")
        last = (index, n)
        slips[ranges[index].feed][n] = raw[begin:at]
    return slips
