"""Everything said in a private check so far, in 32 bytes (base64url), which each message states as it stood before it.

    opened  SHA-256("stafftalks/check/opened/v1\n" || SHA-256(accord id) || SHA-256(proposal) || SHA-256(consent))
    after   SHA-256("stafftalks/check/after/v1\n" || transcript || SHA-256(message))

Proposal, consent and message are the exact bytes of the bodies; the digests kept in a sheet suffice to compute it.
"""

import hashlib
from typing import Final

from stafftalks.record import b64
from stafftalks.values.ids import AccordId

_OPENED: Final = b"stafftalks/check/opened/v1\n"
_AFTER: Final = b"stafftalks/check/after/v1\n"


def opened(accord: AccordId, proposal: str, consent: str) -> str:
    """The transcript once a check is consented to, by the digests of the two bodies (`bodies.digest`)."""
    parts = (hashlib.sha256(accord.encode()).digest(), _raw(proposal), _raw(consent))
    return b64.url(hashlib.sha256(_OPENED + b"".join(parts)).digest())


def after(transcript: str, message: str) -> str:
    """The transcript after one more message, by the digest of its body."""
    return b64.url(hashlib.sha256(_AFTER + _raw(transcript) + _raw(message)).digest())


def _raw(text: str) -> bytes:
    return b64.parse_url(text, "A transcript or digest", size=32)
