"""DSSE envelopes: signatures over standalone documents (party cards, bundle manifests).

    {"payload":"<base64>","payloadType":"<type>","signatures":[{"keyid":"<id>","sig":"<base64>"}]}

Source: DSSE v1 (secure-systems-lab/dsse): what is signed is PAE(type, payload), so a document of one type never passes for
another. Stricter than the source in three ways: the envelope is canonical JSON, each key id appears once, and a threshold counts
distinct public keys, never ids.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.record import b64, canon, keys
from stafftalks.values.errors import PeerError

MAX_ENVELOPE_BYTES: Final = 65_536
MAX_SIGNATURES: Final = 16


class Envelope(msgspec.Struct, frozen=True):
    """A parsed envelope, nothing verified: its type, payload, and (key id, signature) pairs."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


class _WireSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: list[_WireSignature]


def key_id(public_key: bytes) -> str:
    """The key id we write: URL-safe base64 of the key's SHA-256, a hint only."""
    return b64.url(hashlib.sha256(public_key).digest())


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """The bytes a DSSE signature covers: PAE, with both lengths in bytes, in decimal."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, signers: Sequence[tuple[str, keys.Signer]]) -> bytes:
    """The envelope of `payload` signed by each of `signers` (key id, signer), as canonical JSON bytes."""
    message = pre_authentication(payload_type, payload)
    signatures = [{"keyid": keyid, "sig": b64.standard(keys.signed(signer, message))} for keyid, signer in signers]
    return canon.encode({"payload": b64.standard(payload), "payloadType": payload_type, "signatures": signatures})


def parse(raw: bytes, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> Envelope:
    """The envelope in `raw`, nothing verified; raises PeerError where it is too long or malformed."""
    value = canon.decode(raw, max_bytes=max_bytes)
    try:
        wire = msgspec.convert(value, _Wire)
    except msgspec.ValidationError as error:
        raise PeerError(f"This is not a signed envelope: {error}.") from None
    if not 0 < len(wire.signatures) <= MAX_SIGNATURES:
        raise PeerError(
            f"An envelope carries 1 to {MAX_SIGNATURES} signatures; this one carries {len(wire.signatures)}."
        )
    if len({signature.keyid for signature in wire.signatures}) != len(wire.signatures):
        raise PeerError("An envelope may carry each key's signature once; this one repeats a key.")
    signatures = tuple(
        (found.keyid, b64.parse_standard(found.sig, "A signature", size=64)) for found in wire.signatures
    )
    return Envelope(wire.payload_type, b64.parse_standard(wire.payload, "The envelope's payload"), signatures)


def verify(envelope: Envelope, payload_type: str, public_keys: Mapping[str, bytes], threshold: int) -> bytes:
    """The payload, if it is of this type and signed by at least `threshold` distinct keys of `public_keys` (by key id).

    Raises PeerError otherwise, also where a signature under a known key id does not verify; unknown key ids are ignored.
    """
    if envelope.payload_type != payload_type:
        raise PeerError(f"This envelope holds {envelope.payload_type[:80]!r}; expected {payload_type!r}.")
    message = pre_authentication(payload_type, envelope.payload)
    signed_by: set[bytes] = set()
    for keyid, signature in envelope.signatures:
        if keyid in public_keys:
            keys.verify(public_keys[keyid], message, signature, f"The signature by key {keyid[:60]}")
            signed_by.add(public_keys[keyid])
    if len(signed_by) < max(threshold, 1):
        raise PeerError(f"This envelope is signed by {len(signed_by)} of the expected keys; {threshold} are needed.")
    return envelope.payload


def open_envelope(
    raw: bytes,
    payload_type: str,
    public_keys: Mapping[str, bytes],
    threshold: int,
    *,
    max_bytes: int = MAX_ENVELOPE_BYTES,
) -> bytes:
    """The verified payload of the envelope in `raw`; `parse` and `verify` in one step, errors as theirs."""
    return verify(parse(raw, max_bytes=max_bytes), payload_type, public_keys, threshold)
