"""Checking Ed25519 signatures and keys; signing is done by whoever holds the key, behind `Signer`.

libsodium (through PyNaCl) is used because it refuses keys of small order, under which one signature fits many texts.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

from stafftalks.values.errors import MisuseError, PeerError

Signer: TypeAlias = Callable[[bytes], bytes]
"""Given the bytes to sign, returns the raw 64-byte Ed25519 signature."""

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


def check_key(public_key: bytes, what: str) -> None:
    """Raises PeerError where `public_key` is no usable Ed25519 key: wrong length, not on the curve, or of small order."""
    if len(public_key) != KEY_BYTES:
        raise PeerError(f"{what} must be {KEY_BYTES} bytes and is {len(public_key)}.")
    if not _is_sound(bytes(public_key)):
        raise PeerError(f"{what} is not a sound Ed25519 key (off the curve or of small order): ask for a new one.")


def verify(public_key: bytes, message: bytes, signature: bytes, what: str) -> None:
    """Raises PeerError unless `signature` is by `public_key` over exactly `message`; `what` names it in the error."""
    check_key(public_key, f"The key for {what}")
    if len(signature) != SIGNATURE_BYTES:
        raise PeerError(f"{what} must be {SIGNATURE_BYTES} bytes and is {len(signature)}.")
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        raise PeerError(f"{what} does not fit: the bytes were changed, or another key signed them.") from None


def signed(signer: Signer, message: bytes) -> bytes:
    """The signature `signer` gives for `message`; raises MisuseError where it is not 64 bytes."""
    signature = signer(message)
    if len(signature) != SIGNATURE_BYTES:
        raise MisuseError(f"The signer returned {len(signature)} bytes; an Ed25519 signature has {SIGNATURE_BYTES}.")
    return signature


@lru_cache(maxsize=4096)  # a point check costs as much as verifying a signature, and the same few keys come again
def _is_sound(public_key: bytes) -> bool:
    return bool(crypto_core_ed25519_is_valid_point(public_key))
