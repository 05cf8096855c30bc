"""The thread behind the pages that computes private checks that both sides have decided, one after another, and has what came of it sent.

It looks for work every `tick_s`, and at once when told that something came. Where there is none it drops, a few at a time, points of checks that are over. What a process before it left half way, it goes on with after the last whole chunk.
"""

import logging
from collections.abc import Callable
from typing import Final

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import check_drops, check_work
from stafftalks.services.check_ports import Workers
from stafftalks.services.ports import Headquarters
from stafftalks.site.looking import TICK_S, LookingThread
from stafftalks.values.errors import StafftalksError

_LOG = logging.getLogger(__name__)
_DROPS_EVERY_S: Final = 3_600
"""Checks are over and forgotten within weeks: an hour more is nothing, and every look reads all checks."""
_REST_AFTER: Final = 60
"""After so many looks without work, what is kept ready for it is let go."""


class CheckRunner(LookingThread):
    """Works from `start` to `stop`; `between` as in `LookingThread`, and `rest` runs where there was no work for a while."""

    def __init__(
        self,
        hq: Headquarters,
        workers: Workers,
        *,
        between: Callable[[], None] = lambda: None,
        rest: Callable[[], None] = lambda: None,
        tick_s: float = TICK_S,
    ) -> None:
        super().__init__(
            "checks", self._round, failed="Private checks could not be worked on", between=between, every_s=tick_s
        )
        self._hq = hq
        self._workers = workers
        self._rest = rest
        self._idle = 0
        self._drops_at = 0

    def look(self) -> int:
        """Does what there is to do, and returns in how many checks it did something."""
        moved = 0
        for proposal in check_work.runnable(self._hq):
            if self._stopping.is_set():
                break
            moved += self._work(proposal)
        return moved

    def drop(self) -> int:
        """Drops some of what nobody can need any more, and returns how many; 0, and it looks again an hour later, where nothing is left."""
        now = self._hq.clock.now()
        dropped = check_drops.drop_some(self._hq) if now >= self._drops_at else 0
        if not dropped and now >= self._drops_at:
            self._drops_at = now + _DROPS_EVERY_S
        return dropped

    def _round(self) -> None:
        self._idle = 0 if self.look() else self._idle + 1
        if self._idle:
            self.drop()
        if self._idle == _REST_AFTER:
            self._rest()

    def _work(self, proposal: EntryRef) -> bool:
        try:
            done = check_work.advance(self._hq, proposal, self._workers, lambda _: not self._stopping.is_set())
        except StafftalksError as error:
            # The machine's fault, as a database that is busy: the check stays as it is and is tried again at the next look.
            _LOG.warning("A private check could not be worked on: %s", error)
            return False
        return done.moved
