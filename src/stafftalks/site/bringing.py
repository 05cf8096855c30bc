"""The worker behind the pages that reads, checks and brings in large tables, one after another, each to the end of its step.

It looks for work every `tick_s`; what a process before it left half way, it goes on with after the last whole part.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from stafftalks.services import table_steps
from stafftalks.services.ports import Headquarters
from stafftalks.services.table_rows import TableStore
from stafftalks.store import people
from stafftalks.values.errors import StafftalksError
from stafftalks.values.person import Person

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 1.0
_GONE = "Whose table this is may no longer act here: an administrator can give the account back."
_UNFORESEEN = "This failed for a reason that only this headquarters' log tells. Nothing is half done: try again."


class TableWorker:
    """Works from `start` to `stop`. `between` runs after each look, and lets go of the thread's database connection."""

    def __init__(
        self,
        hq: Headquarters,
        store: TableStore,
        *,
        between: Callable[[], None] = lambda: None,
        who: Callable[[str], Person | None] = people.person,
        tick_s: float = _TICK_S,
    ) -> None:
        self._hq = hq
        self._store = store
        self._between = between
        self._who = who
        self._tick_s = tick_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tables", daemon=True)

    def start(self) -> None:
        """Begins, with what an earlier process left."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ends after the part that is being worked on; the rest waits for the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def look(self) -> int:
        """Does what there is to do, and returns at how many tables it worked."""
        found = self._store.running()
        for table in found:
            if self._stopping.is_set():
                break
            self._work(table)
        return len(found)

    def _run(self) -> None:
        let_go = False
        while not self._stopping.is_set():
            try:
                if not let_go:
                    table_steps.let_go(self._hq, self._store)
                    let_go = True
                self.look()
            except StafftalksError as error:
                _LOG.warning("Tables could not be worked on: %s", error)
            except Exception:  # noqa: BLE001 - a worker that died would leave people waiting for ever
                _LOG.exception("The worker for tables failed unexpectedly.")
            finally:
                self._between()
            self._stopping.wait(self._tick_s)

    def _work(self, table: str) -> None:
        row = self._store.table(table)
        if row is None:
            return
        person = self._who(row.owner)
        if person is None:
            table_steps.fail(self._hq, self._store, table, _GONE)
            return
        try:
            table_steps.work(self._hq, self._store, table, person, keep_on=lambda: not self._stopping.is_set())
        except StafftalksError as error:
            # The machine's fault, as a database that is busy: the table stays as it is and is tried again at the next look.
            _LOG.warning("The table %s could not be worked on: %s", table, error)
        except Exception:  # noqa: BLE001 - told to the person and the log, and the other tables go on
            _LOG.exception("The table %s failed unexpectedly.", table)
            table_steps.fail(self._hq, self._store, table, _UNFORESEEN)
