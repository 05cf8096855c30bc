"""The thread behind the pages that has runs reckoned, one after another in the order in which they were asked for.

It looks for one every `tick_s`, and at once when told that one came. What an earlier process left half way is ended first, as lost, with the best it had.
"""

import logging
from collections.abc import Callable

from stafftalks.services import run_work
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import RunId, State
from stafftalks.services.run_work import Taken
from stafftalks.site import reckoner, sweep_running
from stafftalks.site.looking import TICK_S, LookingThread
from stafftalks.site.reckoner import Heard, Outcome
from stafftalks.site.run_frames import Told
from stafftalks.site.sweep_running import Sweeping
from stafftalks.values.errors import PeerError, StafftalksError

_LOG = logging.getLogger(__name__)


class RunRunner(LookingThread):
    """Has what waits reckoned from `start` to `stop`; `between` as in `LookingThread`."""

    def __init__(
        self,
        hq: Headquarters,
        *,
        between: Callable[[], None] = lambda: None,
        sweeping: Sweeping | None = None,
        tick_s: float = TICK_S,
    ) -> None:
        super().__init__("runs", self._round, failed="Runs could not be worked on", between=between, every_s=tick_s)
        self._hq = hq
        self._sweeping = sweeping
        self._lost = False

    def stop(self, timeout_s: float = 2 * reckoner.STOPPING_S) -> None:
        """Ends; what is being reckoned is asked for the best it has, and is lost."""
        super().stop(timeout_s)

    def look(self) -> int:
        """Has every run that waits reckoned, and returns how many those were."""
        done = 0
        if not self._lost:
            run_work.lose(self._hq)
            self._lost = True
        while not self._stopping.is_set() and (taken := run_work.take(self._hq)) is not None:
            self._reckon(taken)
            self._between()
            done += 1
        return done

    def _round(self) -> None:
        whole = False
        try:
            self.look()
            whole = True
        finally:
            # What was at work when a look failed is told as lost by the next one.
            self._lost = whole

    def _reckon(self, taken: Taken) -> None:
        hq, run, ask = self._hq, taken.row.id, taken.row.ask

        def told(message: Told | None) -> bool:
            try:
                if message is None:
                    return self._going(run)
                return run_work.tell(hq, run, message.progress, message.elapsed_s) and not self._stopping.is_set()
            except StafftalksError as error:  # as a database that is busy: it is told again in half a second
                _LOG.warning("How far a run is could not be kept: %s", error)
                return not self._stopping.is_set()

        def kept(answer: bytes) -> None:
            try:
                run_work.keep(hq, run, answer)
            except StafftalksError as error:
                _LOG.warning("The best so far of a run could not be kept: %s", error)

        try:
            if ask.analysis == "sweep" and self._sweeping is not None:
                outcome = sweep_running.reckon(hq, taken, Heard(told, kept), self._sweeping)
            else:
                outcome = reckoner.reckon(ask.analysis, taken.problem, ask.limits, Heard(told, kept))
        except OSError as error:
            outcome = Outcome(None, sentence=f"No process could be started for it: {error}.")
        if outcome.last_words:
            _LOG.warning("A reckoning process wrote: %s", outcome.last_words)
        self._end(run, outcome, ask.limits.seconds)

    def _going(self, run: RunId) -> bool:
        row = self._hq.runs.run(run)
        return row is not None and not row.stands.stop_asked_by and not self._stopping.is_set()

    def _end(self, run: RunId, outcome: Outcome, seconds: float) -> None:
        if outcome.answer is not None:
            try:
                run_work.keep(self._hq, run, outcome.answer)
            except PeerError as error:
                outcome = Outcome(None, sentence=str(error), elapsed_s=outcome.elapsed_s)
        state, sentence = _ending(outcome, seconds, leaving=self._stopping.is_set())
        run_work.end(self._hq, run, state, sentence, outcome.elapsed_s)


def _ending(outcome: Outcome, seconds: float, *, leaving: bool) -> tuple[State, str]:
    if leaving and (outcome.asked or outcome.answer is None):
        return "lost", "The headquarters was stopped while this was reckoned."
    if outcome.asked:
        return "stopped", outcome.sentence or "It was stopped."
    if outcome.answer is None:
        return "failed", outcome.sentence
    if outcome.cut:
        return "stopped", f"Its {seconds:g} seconds were over before all was done."
    return "done", ""
