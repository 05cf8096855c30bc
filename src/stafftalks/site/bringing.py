"""The worker behind the pages that reads, checks and brings in large tables, one after another, each to the end of its step.

It looks for work every `tick_s`; what a process before it left half way, it goes on with after the last whole part.
"""

import logging
from collections.abc import Callable

from stafftalks.services import table_steps
from stafftalks.services.ports import Headquarters
from stafftalks.services.table_rows import TableStore
from stafftalks.site.looking import TICK_S, LookingThread
from stafftalks.store import people
from stafftalks.values.errors import StafftalksError
from stafftalks.values.person import Person

_LOG = logging.getLogger(__name__)
_GONE = "Whose table this is may no longer act here: an administrator can give the account back."
_UNFORESEEN = "This failed for a reason that only this headquarters' log tells. Nothing is half done: try again."


class TableWorker(LookingThread):
    """Works from `start` to `stop`; `between` as in `LookingThread`."""

    def __init__(
        self,
        hq: Headquarters,
        store: TableStore,
        *,
        between: Callable[[], None] = lambda: None,
        who: Callable[[str], Person | None] = people.person,
        tick_s: float = TICK_S,
    ) -> None:
        super().__init__("tables", self._round, failed="Tables could not be worked on", between=between, every_s=tick_s)
        self._hq = hq
        self._store = store
        self._who = who
        self._let_go = False

    def look(self) -> int:
        """Does what there is to do, and returns at how many tables it worked."""
        found = self._store.running()
        for table in found:
            if self._stopping.is_set():
                break
            self._work(table)
        return len(found)

    def _round(self) -> None:
        if not self._let_go:
            table_steps.let_go(self._hq, self._store)
            self._let_go = True
        self.look()

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
