"""The background sender: speaks to each partner that is due, and is woken where there is news.

Each partner is spoken to in a thread of its own, one at a time: a partner that is slow or gone delays no other. When to try again is the
service's decision and survives a restart; what the service did not foresee is recorded here in the same place, so that no failure turns
into a tight loop and every one is shown to people.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from stafftalks.services import exchange, recalls
from stafftalks.services.ports import Carrier, Headquarters
from stafftalks.services.rows import SendingState
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import PartyId

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 2.0


class Sender:
    """Runs from `start` to `stop`. `between` runs after each piece of work in a thread, and lets go of its database connection.

    `tick_s` is how often it looks for what is due without being woken: news written by another process, back-offs that have passed.
    """

    def __init__(
        self, hq: Headquarters, carrier: Carrier, *, between: Callable[[], None] = lambda: None, tick_s: float = _TICK_S
    ) -> None:
        self._hq = hq
        self._carrier = carrier
        self._between = between
        self._tick_s = tick_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._busy: dict[PartyId, threading.Thread] = {}
        self._again: set[PartyId] = set()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begins; what is due already is sent at once."""
        self._wake.set()
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Begins nothing more and waits for conversations under way, each at most `timeout_s`; a cut-off one is repeated later."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._lock:
            busy = list(self._busy.values())
        for thread in busy:
            thread.join(timeout_s)

    def notify(self) -> None:
        """Says that there may be news: something was appended, or a bundle was taken. Returns at once; any thread may call it."""
        self._wake.set()

    def cycle(self) -> tuple[PartyId, ...]:
        """Begins to speak to every partner that is due and not being spoken to, then honours recalls; returns those partners."""
        begun: list[PartyId] = []
        with self._survived("look for what is due"):
            begun = [party for party in exchange.due(self._hq) if self._begin(party)]
        with self._survived("honour recalls"):
            if recalls.honour_recalls(self._hq):
                self._wake.set()  # what was said in answer is news
        self._between()
        return tuple(begun)

    @contextmanager
    def _survived(self, what: str) -> Iterator[None]:
        """Logs what goes wrong in the block; the sender goes on."""
        try:
            yield
        except StafftalksError as error:
            _LOG.warning("The sender could not %s: %s", what, error)
        except Exception:  # noqa: BLE001 - a sender that died would lose nothing and tell nobody
            _LOG.exception("The sender failed unexpectedly as it tried to %s.", what)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._tick_s)
            self._wake.clear()
            if not self._stopping.is_set():
                self.cycle()

    def _begin(self, party: PartyId) -> bool:
        with self._lock:
            if party in self._busy:
                self._again.add(party)  # its news may have come too late for the conversation under way
                return False
            if self._stopping.is_set():
                return False
            thread = threading.Thread(target=self._speak, args=(party,), name=f"sender-{party}", daemon=True)
            self._busy[party] = thread
        thread.start()
        return True

    def _speak(self, party: PartyId) -> None:
        taken = 0
        try:
            taken = sum(done.taken for done in exchange.run(self._hq, self._carrier, party))
        except Exception as error:  # noqa: BLE001 - recorded for people, and the next try put off
            self._record(party, error)
        finally:
            self._between()
            with self._lock:
                del self._busy[party]
                again = party in self._again
                self._again.discard(party)
            if taken or again:
                self._wake.set()  # what came may ask for an answer, as a recall does

    def _record(self, party: PartyId, error: Exception) -> None:
        """Puts off the next try after a failure that the service did not record itself."""
        foreseen = isinstance(error, StafftalksError)
        if foreseen:
            _LOG.warning("Exchange with %s failed: %s", party, error)
        else:
            _LOG.error("Exchange with %s failed unexpectedly.", party, exc_info=error)
        sentence = str(error) if foreseen else "Exchange failed for a reason that only this headquarters' log tells."
        try:
            row = self._hq.partners.partner(party)
            if row is None:
                return
            now, before = self._hq.clock.now(), row.sending
            wait = min(exchange.LONGEST_BACKOFF_S, exchange.FIRST_BACKOFF_S * 2 ** min(before.failures, 10))
            state = SendingState(now + wait, before.failures + 1, sentence, before.last_ok_at, now)
            self._hq.partners.put_sending(party, state)
        except Exception:  # noqa: BLE001 - the database itself is gone; the next tick tries again
            _LOG.exception("That exchange with %s failed could not be recorded.", party)
