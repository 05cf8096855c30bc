"""The group in which the private check computes: points of secp256k1, each told by its x coordinate alone.

All arithmetic is libsecp256k1's; why this one is in docs/adr/0014. The order is prime, so there is no small subgroup; an x that is not on the curve (and so on its
twist) is refused before it meets a scalar; 32 bytes below the field's prime are the one spelling of a point. The identity has no x and cannot be spelled.
P and -P share an x: so do their multiples by the same scalar, and hashes of different keys are each other's negatives as rarely as they are equal.

Multiplication is constant in time for the scalar. Hashing is not for what is hashed: it depends on keys and never on a scalar. Nothing here keeps a
secret beyond a call, but Python's bytes cannot be wiped.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from btclib_secp256k1 import ffi, lib

from stafftalks.values.errors import MisuseError, PeerError

POINT_BYTES: Final = 32
SCALAR_BYTES: Final = 32
ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""How many points there are; a prime."""
TAG: Final = b"STAFFTALKS-V01-CS01-with-secp256k1_XMD:SHA-512_XSWIFTEC_RO_"
"""Separates these hashes from those of everybody else. Source: RFC 9380 section 3.1."""

_SCALAR_TAG: Final = b"STAFFTALKS-V01-CS01-scalar"
_GENERATOR: Final = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
_EVEN: Final = b"\x02"  # of the two points with an x, the one libsecp256k1 is handed
_CONTEXT: Final = lib.secp256k1_context_create(1)
_NOTHING: Final = ffi.NULL
_X_THEN_Y: Final = lib.btclib_secp256k1_ecdh_hash_function_xy  # what is made of a product: nothing, its coordinates


def hash_to_point(data: bytes) -> bytes:
    """The point to which these bytes hash; nobody knows its logarithm.

    64 bytes of expand_message_xmd with SHA-512 (RFC 9380 section 5.3.1) go through XSwiftEC (BIP 324). Source: Chavez-Saab, Rodriguez-Henriquez and
    Tibouchi, "SwiftEC", 2022, which shows such a hash to be indifferentiable from a random oracle.
    """
    return point_of(uniform(data, TAG))


def uniform(data: bytes, tag: bytes, size: int = 64) -> bytes:
    """Up to 64 bytes that look random, of `data` under a tag of at most 255 bytes. Source: RFC 9380 section 5.3.1, expand_message_xmd with SHA-512."""
    return _expanded(data, *_ends(tag, size))[:size]


def _ends(tag: bytes, size: int) -> tuple[bytes, bytes]:
    """What follows the data in the first hash, and the first hash in the second."""
    tag += bytes([len(tag)])
    return size.to_bytes(2, "big") + b"\x00" + tag, b"\x01" + tag


def _expanded(data: bytes, first: bytes, second: bytes) -> bytes:
    inner = _AFTER_ZEROS.copy()
    inner.update(data + first)
    return hashlib.sha512(inner.digest() + second).digest()


def point_of(raw: bytes) -> bytes:
    """The point that 64 bytes stand for. Source: BIP 324, the decoding half of ElligatorSwift; any 64 bytes are good."""
    if len(raw) != 64:
        raise MisuseError(f"A point is made of 64 bytes, not of {len(raw)}.")
    point, out = ffi.new("secp256k1_xonly_pubkey *"), ffi.new("unsigned char[32]")
    full = ffi.new("secp256k1_pubkey *")
    lib.secp256k1_ellswift_decode(_CONTEXT, full, raw)
    lib.secp256k1_xonly_pubkey_from_pubkey(_CONTEXT, point, ffi.NULL, full)
    lib.secp256k1_xonly_pubkey_serialize(_CONTEXT, out, point)
    return bytes(ffi.buffer(out))


def scalar(seed32: bytes) -> bytes:
    """The scalar that 32 random bytes stand for, uniform from 1 to the order less one, as 32 bytes, highest first."""
    if len(seed32) != SCALAR_BYTES:
        raise MisuseError(f"A scalar is made of {SCALAR_BYTES} random bytes, not of {len(seed32)}.")
    found = int.from_bytes(uniform(seed32, _SCALAR_TAG), "big") % (ORDER - 1) + 1
    return found.to_bytes(SCALAR_BYTES, "big")


def public(scalar: bytes) -> bytes:
    """The scalar times the generator: tells which scalar it is without telling the scalar."""
    return multiply(scalar, _GENERATOR)


def multiply(scalar: bytes, point: bytes) -> bytes:
    """The scalar times the point. Raises PeerError where it is no point."""
    if len(point) != POINT_BYTES:
        raise PeerError(f"A point has {POINT_BYTES} bytes; this one has {len(point)}.")
    return remask(scalar, point)


def check(point: bytes) -> None:
    """Raises PeerError unless these are the 32 bytes of a point."""
    if len(point) != POINT_BYTES:
        raise PeerError(f"A point has {POINT_BYTES} bytes; this one has {len(point)}.")
    check_all(point)


def check_all(points: bytes) -> None:
    """Raises PeerError unless these are points, one after the other; it says which is none."""
    parse, point = lib.secp256k1_ec_pubkey_parse, ffi.new("secp256k1_pubkey *")
    for at in range(0, _length(points), POINT_BYTES):
        if not parse(_CONTEXT, point, _EVEN + points[at : at + POINT_BYTES], 1 + POINT_BYTES):
            raise _no_point(at)


def mask(scalar: bytes, items: Sequence[bytes]) -> bytes:
    """The scalar times the hash of each item, one after the other in their order."""
    key, copy = _checked(scalar), _X_THEN_Y
    decode, times, point = lib.secp256k1_ellswift_decode, lib.secp256k1_ecdh, ffi.new("secp256k1_pubkey *")
    out = _room(len(items))
    at, (first, second) = 0, _ends(TAG, 64)
    for item in items:
        decode(_CONTEXT, point, _expanded(item, first, second))
        times(_CONTEXT, out + at, point, key, copy, _NOTHING)
        at += POINT_BYTES
    return _taken(out, len(items))


def remask(scalar: bytes, points: bytes) -> bytes:
    """The scalar times each of these points, in their order. Raises PeerError where one is none, saying which."""
    key, copy = _checked(scalar), _X_THEN_Y
    parse, times, point = lib.secp256k1_ec_pubkey_parse, lib.secp256k1_ecdh, ffi.new("secp256k1_pubkey *")
    count = _length(points) // POINT_BYTES
    out = _room(count)
    for at in range(0, len(points), POINT_BYTES):
        if not parse(_CONTEXT, point, _EVEN + points[at : at + POINT_BYTES], 1 + POINT_BYTES):
            raise _no_point(at)
        times(_CONTEXT, out + at, point, key, copy, _NOTHING)
    return _taken(out, count)


def _room(count: int) -> ffi.CData:
    """Where so many products go. Each is written as x and y; the next one's x goes over its y, and the last needs room for it."""
    return ffi.new("unsigned char[]", POINT_BYTES * (count + 1))


def _taken(out: ffi.CData, count: int) -> bytes:
    return bytes(ffi.buffer(out, POINT_BYTES * count))


def _checked(scalar: bytes) -> bytes:
    """The scalar, being one: libsecp256k1 multiplies by one in place of what it refuses."""
    if len(scalar) != SCALAR_BYTES or not lib.secp256k1_ec_seckey_verify(_CONTEXT, scalar):
        raise MisuseError(
            "A scalar is 32 bytes, above nought and below the order of the group; make one of random bytes."
        )
    return scalar


def _length(points: bytes) -> int:
    if len(points) % POINT_BYTES:
        raise PeerError(f"Points have {POINT_BYTES} bytes each; {len(points)} bytes are not a whole number of them.")
    return len(points)


def _no_point(at: int) -> PeerError:
    return PeerError(
        f"Point {at // POINT_BYTES + 1} is not on the curve, or not in its one spelling; the message is broken."
    )


_AFTER_ZEROS: Final = hashlib.sha512(bytes(128))
"""SHA-512 after the block of noughts with which every expansion begins."""
