"""Sealing of bundles: one random key for the content, itself sealed to each recipient with post-quantum hybrid HPKE.

    "stafftalks/bundle/v1\\n" || u16be n || n x (keyid8 || u16be length || sealed file key)           the header
    || blocks of 64 KiB plaintext, each ChaCha20-Poly1305 with nonce u88be block number || last flag, AAD SHA-256(header)

Rules: the last block, and no other, bears the last flag; only the last may be short, and it is empty only where the whole content
is; nothing follows it. Whoever changes, drops, repeats, swaps or adds a block makes a bundle that does not open. Who sent it is not
decided here: the signed manifest inside says so, and names the recipients.
Source: RFC 9180 (HPKE) with draft-ietf-hpke-pq MLKEM768-X25519; STREAM construction (Hoang et al. 2015) as in age.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from stafftalks.values.errors import MisuseError, PeerError

MAGIC: Final = b"stafftalks/bundle/v1\n"
BLOCK_BYTES: Final = 64 * 1024
TAG_BYTES: Final = 16
SEALED_KEY_BYTES: Final = 1120 + 32 + TAG_BYTES
MAX_RECIPIENTS: Final = 64
PUBLIC_KEY_BYTES: Final = 1184 + 32
PRIVATE_KEY_BYTES: Final = 64 + 32
_FAMILY: Final = b"stafftalks/bundle/v"
_SEALED_BLOCK: Final = BLOCK_BYTES + TAG_BYTES
_ENTRY_BYTES: Final = 8 + 2 + SEALED_KEY_BYTES
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def new_private_key() -> bytes:
    """A fresh HPKE private key, 96 bytes: ML-KEM-768 seed (64), then X25519 (32)."""
    return MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()


def public_key(private_key: bytes) -> bytes:
    """Its public half, 1,216 bytes: ML-KEM-768 encapsulation key (1,184), then X25519 (32)."""
    kem, curve = _halves(private_key)
    return kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def check_public_key(key: bytes) -> None:
    """Raises PeerError where `key` is not a key that bundles can be sealed to."""
    _read_public(key)


def key_id(key: bytes) -> bytes:
    """The 8 bytes by which a recipient finds its line in the header."""
    return hashlib.sha256(key).digest()[:8]


def sealed_size(plain_bytes: int, recipients: int) -> int:
    """How many bytes `plain_bytes` are once sealed to `recipients` keys."""
    blocks = max(1, -(-plain_bytes // BLOCK_BYTES))
    return len(MAGIC) + 2 + recipients * _ENTRY_BYTES + plain_bytes + blocks * TAG_BYTES


class HpkeSealer:
    """The sealer of one party. `max_bytes` bounds the plaintext both ways; `draw` gives file keys.

    The KEM draws its own randomness, so two sealings of one plaintext differ whatever `draw` does.
    """

    def __init__(
        self,
        private_key: Callable[[], bytes],
        *,
        max_bytes: int,
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._private_key = private_key
        self._max_bytes = max_bytes
        self._draw = draw

    def seal(self, plaintext: bytes, hpke_keys: Sequence[bytes]) -> bytes:
        """A sealed bundle that the holder of any of `hpke_keys` can open. Raises MisuseError on none, too many, or too much."""
        if not 1 <= len(hpke_keys) <= MAX_RECIPIENTS:
            raise MisuseError(f"A bundle is sealed to 1 to {MAX_RECIPIENTS} keys; {len(hpke_keys)} were given.")
        if len(plaintext) > self._max_bytes:
            raise MisuseError(
                f"A bundle of {len(plaintext)} bytes is over the limit of {self._max_bytes}: send it in parts."
            )
        file_key = self._draw(32)
        header = bytearray(MAGIC + len(hpke_keys).to_bytes(2))
        for key in hpke_keys:
            sealed_key = _SUITE.encrypt(file_key, _read_public(key), MAGIC)
            header += key_id(key) + len(sealed_key).to_bytes(2) + sealed_key
        return bytes(header) + _seal_blocks(file_key, bytes(header), plaintext)

    def unseal(self, sealed: bytes) -> bytes:
        """The plaintext; raises PeerError where it is damaged, cut short, oversized or not sealed to this party."""
        header, sealed_keys = _read_header(sealed)
        body_bytes = len(sealed) - len(header)
        blocks = -(-body_bytes // _SEALED_BLOCK)
        if body_bytes - blocks * TAG_BYTES > self._max_bytes:
            raise PeerError(
                f"This bundle holds {body_bytes} sealed bytes, over the limit of {self._max_bytes}: ask for it in parts."
            )
        file_key = self._file_key(sealed_keys)
        return _open_blocks(file_key, header, memoryview(sealed)[len(header) :])

    def _file_key(self, sealed_keys: list[tuple[bytes, bytes]]) -> bytes:
        private = self._private_key()
        mine = key_id(public_key(private))
        ours = [sealed_key for keyid, sealed_key in sealed_keys if keyid == mine]
        if not ours:
            raise PeerError(
                "This bundle is not sealed to this headquarters' key: it is for another party, or for an older key of ours "
                "(give your partner your newest card)."
            )
        try:
            file_key = _SUITE.decrypt(ours[0], MLKEM768X25519PrivateKey(*_halves(private)), MAGIC)
        except (InvalidTag, ValueError):
            raise PeerError("This bundle's key does not open with ours: its header was changed on the way.") from None
        if len(file_key) != 32:
            raise PeerError(f"This bundle's key is {len(file_key)} bytes long and must be 32: it was made wrongly.")
        return file_key


def _read_header(sealed: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The exact header bytes, and (key id, sealed file key) by recipient."""
    if not sealed.startswith(MAGIC):
        if sealed.startswith(_FAMILY):
            raise PeerError(
                "This bundle is of a version that this headquarters cannot read: bring both to the same one."
            )
        if sealed and MAGIC.startswith(sealed):
            raise PeerError(f"This bundle is cut short: it ends after {len(sealed)} bytes.")
        raise PeerError("This is not a Stafftalks bundle: it does not begin as one.")
    count = int.from_bytes(sealed[len(MAGIC) : len(MAGIC) + 2])
    at = len(MAGIC) + 2
    if len(sealed) < at + count * _ENTRY_BYTES + TAG_BYTES:
        raise PeerError(
            f"This bundle is cut short: it ends after {len(sealed)} bytes, inside its header or just after it."
        )
    if not 1 <= count <= MAX_RECIPIENTS:
        raise PeerError(f"This bundle names {count} recipients; 1 to {MAX_RECIPIENTS} are read.")
    sealed_keys = []
    for place in range(count):
        keyid, length = sealed[at : at + 8], int.from_bytes(sealed[at + 8 : at + 10])
        if length != SEALED_KEY_BYTES:
            raise PeerError(
                f"Recipient {place + 1} of this bundle has a key of {length} bytes, not {SEALED_KEY_BYTES}."
            )
        sealed_keys.append((keyid, sealed[at + 10 : at + _ENTRY_BYTES]))
        at += _ENTRY_BYTES
    return sealed[:at], sealed_keys


def _seal_blocks(file_key: bytes, header: bytes, plaintext: bytes) -> bytes:
    cipher, aad = ChaCha20Poly1305(file_key), hashlib.sha256(header).digest()
    last = max(0, -(-len(plaintext) // BLOCK_BYTES) - 1)
    view = memoryview(plaintext)
    return b"".join(
        cipher.encrypt(_nonce(i, last=i == last), view[i * BLOCK_BYTES : (i + 1) * BLOCK_BYTES], aad)
        for i in range(last + 1)
    )


def _open_blocks(file_key: bytes, header: bytes, body: memoryview) -> bytes:
    cipher, aad = ChaCha20Poly1305(file_key), hashlib.sha256(header).digest()
    pieces = [body[i : i + _SEALED_BLOCK] for i in range(0, len(body), _SEALED_BLOCK)]
    plain = []
    for i, piece in enumerate(pieces):
        opened = _try(cipher, i, piece, aad, last=i == len(pieces) - 1)
        if opened is None:
            raise PeerError(_why(cipher, aad, pieces, i))
        plain.append(opened)
    if len(plain) > 1 and not plain[-1]:
        raise PeerError("This bundle ends in an empty block, which no sound bundle does: it was made wrongly.")
    return b"".join(plain)


def _why(cipher: ChaCha20Poly1305, aad: bytes, pieces: list[memoryview], at: int) -> str:
    """What is wrong with the block at `at`, found by trying it as every other block; its content is never used."""
    is_final = at == len(pieces) - 1
    if is_final and _try(cipher, at, pieces[at], aad, last=False) is not None:
        return f"This bundle is cut short: after block {at + 1} at least one more was sent."
    if not is_final and _try(cipher, at, pieces[at], aad, last=True) is not None:
        return f"Something was added to this bundle after its end, which is block {at + 1} of {len(pieces)}."
    for other in range(len(pieces) + 1):
        if other == at:
            continue
        if any(_try(cipher, other, pieces[at], aad, last=last) is not None for last in (False, True)):
            if other < at:
                return f"Block {other + 1} of this bundle is repeated in the place of block {at + 1}."
            return (
                f"The blocks of this bundle are out of order: block {other + 1} stands in the place of block {at + 1}."
            )
    if is_final:
        return (
            f"The last block ({at + 1}) of this bundle does not open: it was changed, cut short or added to on the way."
        )
    return f"Block {at + 1} of {len(pieces)} of this bundle does not open: it was changed on the way, or the end was moved."


def _try(cipher: ChaCha20Poly1305, number: int, piece: memoryview, aad: bytes, *, last: bool) -> bytes | None:
    if len(piece) < TAG_BYTES:
        return None
    try:
        return cipher.decrypt(_nonce(number, last=last), piece, aad)
    except InvalidTag:
        return None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE_KEY_BYTES:
        raise MisuseError(f"The sealing key is {PRIVATE_KEY_BYTES} bytes; {len(private)} were given.")
    return MLKEM768PrivateKey.from_seed_bytes(private[:64]), X25519PrivateKey.from_private_bytes(private[64:])


def _read_public(key: bytes) -> MLKEM768X25519PublicKey:
    if len(key) != PUBLIC_KEY_BYTES:
        raise PeerError(f"A sealing key is {PUBLIC_KEY_BYTES} bytes; this one is {len(key)}: ask for a new card.")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(key[:1184]), X25519PublicKey.from_public_bytes(key[1184:])
        )
    except ValueError as error:
        raise PeerError(f"The sealing key on this card cannot be used ({error}): ask for a new card.") from error
