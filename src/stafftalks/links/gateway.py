"""The carrier port by way of our own gate.

Where it is in use the headquarters holds no TLS key that a partner knows: what it says leaves through the gate or not at all. A gate that is down is an
error with a sentence, and the bundle is tried again later.
"""

import threading
from pathlib import Path

from stafftalks.links import gateline
from stafftalks.links.carrier import BUNDLE_TYPE, BUNDLES_PATH
from stafftalks.links.gateline import PrivateLine
from stafftalks.links.gateseal import read_gate_card
from stafftalks.services.rows import PartnerRow
from stafftalks.values.errors import HostError, PeerError


class GateCarrier:
    """The carrier port by way of the gate at `address`; `folder` is the headquarters' `keys/gate`."""

    def __init__(self, address: str, folder: Path, *, max_answer_bytes: int) -> None:
        self._address = address
        self._folder = folder
        self._max_answer_bytes = max_answer_bytes
        self._line: PrivateLine | None = None
        self._lock = threading.Lock()

    def exchange(self, partner: PartnerRow, sealed: bytes) -> bytes:
        """The partner's sealed reply. Raises HostError where gate or partner cannot be reached, PeerError where either refused (its sentence)."""
        try:
            reply = self._opened().post(BUNDLES_PATH, sealed, BUNDLE_TYPE)
        except HostError as error:
            raise HostError(f"{error} Nothing leaves for {partner.name} until the gate runs again.") from error
        if reply.status == 200 and reply.content_type == BUNDLE_TYPE:
            return reply.body
        if reply.status == 422 and reply.sentence:
            raise PeerError(reply.sentence)
        raise HostError(
            reply.sentence or f"What answers for the gate at {self._address} is no gate (status {reply.status})."
        )

    def close(self) -> None:
        """Closes every connection; the carrier can be used again."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def _opened(self) -> PrivateLine:
        with self._lock:
            if self._line is None:
                _, certificate = read_gate_card(self._folder)
                own, most = self._folder / gateline.LINE, self._max_answer_bytes
                self._line = PrivateLine(self._address, own, certificate, "The gate", max_answer_bytes=most)
            return self._line
