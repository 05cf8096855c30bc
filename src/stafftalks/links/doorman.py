"""Who may come in and how many at once: places for strangers in handshake, for partners' connections and for their requests.

Every partner has places of its own, so one that is slow, busy or broken takes nothing from another.
"""

import threading
from collections import Counter
from collections.abc import Callable
from time import monotonic

from stafftalks.links.limits import Limits


class Doorman:
    """Counts places. Each `True` is a place taken, to be given back by the method beside it. Thread-safe."""

    def __init__(self, limits: Limits, now: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._now = now
        self._lock = threading.Lock()
        self._pending: Counter[str] = Counter()
        self._connected: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self._allowance: dict[str, tuple[float, float]] = {}

    def knock(self, address: str) -> bool:
        """Whether one more connection from this network address may begin its handshake."""
        with self._lock:
            full = self._pending.total() >= self._limits.max_pending
            if full or self._pending[address] >= self._limits.max_pending_per_address:
                return False
            self._pending[address] += 1
            return True

    def knocked(self, address: str) -> None:
        """Gives back a place taken by `knock`: the handshake has ended, well or not."""
        with self._lock:
            _give_back(self._pending, address)

    def connect(self, pin: str) -> bool:
        """Whether the holder of this certificate may keep one more connection."""
        return self._take(self._connected, pin, self._limits.connections_per_partner)

    def disconnect(self, pin: str) -> None:
        """Gives back a place taken by `connect`."""
        with self._lock:
            _give_back(self._connected, pin)

    def ask(self, pin: str) -> bool:
        """Whether one more request of this partner may be read and answered at the same time."""
        return self._take(self._asking, pin, self._limits.requests_per_partner)

    def asked(self, pin: str) -> None:
        """Gives back a place taken by `ask`."""
        with self._lock:
            _give_back(self._asking, pin)

    def spend(self, pin: str) -> bool:
        """Whether the partner's allowance covers one more request now; it refills steadily up to a burst."""
        now = self._now()
        with self._lock:
            left, since = self._allowance.get(pin, (float(self._limits.burst_per_partner), now))
            left = min(float(self._limits.burst_per_partner), left + (now - since) * self._limits.requests_per_s)
            self._allowance[pin] = (left - 1 if left >= 1 else left, now)
            return left >= 1

    def _take(self, places: Counter[str], key: str, most: int) -> bool:
        with self._lock:
            if places[key] >= most:
                return False
            places[key] += 1
            return True


def _give_back(places: Counter[str], key: str) -> None:
    places[key] -= 1
    if places[key] <= 0:
        del places[key]  # a name that has left must not be kept: outsiders choose their addresses
