"""A thread behind the pages that looks for something to do, again and again until it is stopped; whatever goes wrong in one look, the next one comes."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from stafftalks.values.errors import StafftalksError

_LOG = logging.getLogger(__name__)
TICK_S: Final = 1.0
_PATIENCE_S: Final = 10.0


class LookingThread:
    """Looks from `start` to `stop`, every `every_s` and at once when told. `between` runs after each look, and lets go of the thread's database connection.

    `name` is the thread's; `failed` is what the log says before the reason where a look failed, as a sentence without its end.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], object],
        *,
        failed: str,
        between: Callable[[], None] = lambda: None,
        every_s: float = TICK_S,
    ) -> None:
        self._look = look
        self._failed = failed
        self._between = between
        self._every_s = every_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins, with what an earlier process left."""
        self._thread.start()

    def stop(self, timeout_s: float = _PATIENCE_S) -> None:
        """Ends after what is being done; the rest waits for the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def notify(self) -> None:
        """Says that there may be something to do. Returns at once; any thread may call it."""
        self._wake.set()

    def cycle(self) -> None:
        """One look, and whatever goes wrong in it is logged."""
        try:
            self._look()
        except StafftalksError as error:
            _LOG.warning("%s: %s", self._failed, error)
        except Exception:  # noqa: BLE001 - a thread that died would leave people waiting for ever
            _LOG.exception("%s, for a reason that nobody foresaw.", self._failed)
        finally:
            self._between()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.cycle()
            self._wake.wait(self._every_s)
            self._wake.clear()
