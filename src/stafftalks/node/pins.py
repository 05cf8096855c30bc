"""Which certificates are partners': read from the paired partners, and read again as they change.

A partner is known by the SHA-256 of the exact certificate on its newest card, never by a name in it. One partner's unusable certificate
is left out with a line in the log; it never keeps the others out.
"""

import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from time import monotonic

from stafftalks.links import tls
from stafftalks.links.wire import Pins
from stafftalks.record.card import open_card
from stafftalks.services.ports import Partners
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import PartyId

_LOG = logging.getLogger(__name__)


class PartnerPins:
    """The pins as of at most `max_age_s` ago. Fails closed: where partners cannot be read, the error is raised and nobody is known."""

    def __init__(
        self,
        partners: Partners,
        *,
        max_age_s: float,
        between: Callable[[], None],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._partners = partners
        self._max_age_s = max_age_s
        self._between = between
        self._now = now
        self._lock = threading.Lock()
        self._held: Pins | None = None
        self._read_at = 0.0

    def current(self) -> Pins:
        """The pins, read again where the last reading is too old."""
        with self._lock:
            if self._held is None or self._now() - self._read_at >= self._max_age_s:
                try:
                    self._held = None
                    self._held = self._read()
                    self._read_at = self._now()
                finally:
                    self._between()
            return self._held

    def party_of(self, pin: str) -> PartyId | None:
        """The partner whose newest card bears the certificate of this pin, or None."""
        return self.current().parties.get(pin)

    def _read(self) -> Pins:
        parties: dict[str, PartyId] = {}
        anchors: set[bytes] = set()
        # Earliest paired first: whoever puts another's certificate on its own card afterwards only locks itself out.
        for row in sorted(self._partners.partners(), key=lambda row: (row.paired_at, row.party)):
            try:
                certificate = _sound_certificate(row.card)
            except PeerError as error:
                _LOG.warning("Partner %s cannot connect: %s", row.party, error)
                continue
            holder = parties.setdefault(tls.pin(certificate), row.party)
            if holder != row.party:
                _LOG.warning("Partner %s cannot connect: its card bears the TLS certificate of %s.", row.party, holder)
            anchors.add(certificate)
        return Pins(parties, frozenset(anchors))


@lru_cache(maxsize=256)
def _sound_certificate(card_document: bytes) -> bytes:
    certificate = open_card(card_document).tls_certificate
    tls.check_certificate(certificate)
    return certificate
