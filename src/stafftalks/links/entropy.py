"""The operating system's randomness."""

import secrets

from stafftalks.services.ports import Purpose


class SystemEntropy:
    """Unpredictable bytes from the operating system.

    Draws are independent whatever their purpose, so nothing that leaves can tell how often bytes were drawn for what stays.
    """

    def draw(self, purpose: Purpose, count: int) -> bytes:  # noqa: ARG002
        """`count` unpredictable bytes."""
        return secrets.token_bytes(count)
