"""A slip: the salted body of an entry, kept beside the log so that it can be deleted without breaking the chain.

The leaf holds only the commitment. The 32-byte salt keeps a short body from being guessed from its commitment; deleting
a body means deleting the salt with it.
"""

import hashlib
from typing import Final

import msgspec

from stafftalks.record import b64
from stafftalks.values.errors import MisuseError, PeerError

SALT_BYTES: Final = 32
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
MAX_SLIP_BYTES: Final = SALT_BYTES + MAX_BODY_BYTES
_DOMAIN = b"stafftalks/slip/v1\n"


class Slip(msgspec.Struct, frozen=True):
    """A salt of 32 random bytes and the body it hides."""

    salt: bytes
    body: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES:
            raise MisuseError(f"A slip's salt must be {SALT_BYTES} random bytes and is {len(self.salt)}.")
        if len(self.body) > MAX_BODY_BYTES:
            raise MisuseError(
                f"A slip's body is {len(self.body)} bytes long; at most {MAX_BODY_BYTES} fit in an entry: split it."
            )

    @property
    def raw(self) -> bytes:
        """The bytes that are committed to, stored and sent: salt, then body."""
        return self.salt + self.body


def commitment(slip_raw: bytes) -> str:
    """What a leaf says of the slip `slip_raw`: 43 characters of URL-safe base64 of a domain-separated SHA-256."""
    return b64.url(hashlib.sha256(_DOMAIN + slip_raw).digest())


def parse_slip(raw: bytes) -> Slip:
    """The slip in `raw`; raises PeerError where it is too short to hold a salt, or too long."""
    if len(raw) < SALT_BYTES:
        raise PeerError(f"A slip of {len(raw)} bytes is cut short: it must begin with a salt of {SALT_BYTES} bytes.")
    if len(raw) > MAX_SLIP_BYTES:
        raise PeerError(f"A slip of {len(raw)} bytes is too long; at most {MAX_SLIP_BYTES} are read.")
    return Slip(raw[:SALT_BYTES], raw[SALT_BYTES:])
