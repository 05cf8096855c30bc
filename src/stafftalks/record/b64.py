"""Base64 with one spelling: a text is accepted only if encoding its bytes again gives that same text.

Two alphabets: URL-safe without padding inside our JSON, and standard with padding in signed notes and DSSE envelopes.
"""

import base64
import binascii

from stafftalks.values.errors import PeerError


def url(raw: bytes) -> str:
    """`raw` in URL-safe base64 without padding; 32 bytes give 43 characters."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def standard(raw: bytes) -> str:
    """`raw` in standard base64 with padding."""
    return base64.b64encode(raw).decode()


def parse_url(text: str, what: str, *, size: int | None = None, max_bytes: int | None = None) -> bytes:
    """The bytes that `text` spells in URL-safe base64; `what` names them in errors.

    Raises PeerError where the text is not that spelling, or the bytes are not `size` or exceed `max_bytes`.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise PeerError(f"{what} is not URL-safe base64.") from None
    if url(raw) != text:
        raise PeerError(f"{what} is not in the one accepted base64 spelling.")
    return _measured(raw, what, size, max_bytes)


def parse_standard(text: str, what: str, *, size: int | None = None, max_bytes: int | None = None) -> bytes:
    """The bytes that `text` spells in standard padded base64; errors as `parse_url`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PeerError(f"{what} is not base64.") from None
    if standard(raw) != text:
        raise PeerError(f"{what} is not in the one accepted base64 spelling.")
    return _measured(raw, what, size, max_bytes)


def _measured(raw: bytes, what: str, size: int | None, max_bytes: int | None) -> bytes:
    if size is not None and len(raw) != size:
        raise PeerError(f"{what} must be {size} bytes and is {len(raw)}.")
    if max_bytes is not None and len(raw) > max_bytes:
        raise PeerError(f"{what} is {len(raw)} bytes long; at most {max_bytes} are read.")
    return raw
