"""A sweep that was asked for on the pages, as a run: by whatever reckons sweeps here, told how far it is, kept as it grows, ended at its seconds or when somebody asks.

Rows that an earlier run of the same problem had are known already, and only what lacks is reckoned.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from stafftalks.analysis import sweep
from stafftalks.analysis.watching import Progress
from stafftalks.services import labels, run_problems, sweeps
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import SweepAnswered, SweepFrozen
from stafftalks.services.run_work import Taken
from stafftalks.services.sweep_ports import Reckoners
from stafftalks.services.sweeps import About, Kept, Memory
from stafftalks.site.reckoner import TOLD_S, Heard, Outcome
from stafftalks.site.run_frames import Told
from stafftalks.values.banner import banners
from stafftalks.values.errors import StafftalksError

Sweeping = Callable[[int], AbstractContextManager[Reckoners]]
"""What reckons, with so many megabytes for each process where it is the cores of this machine."""
KEPT_S: Final = 2.0
"""At most so often what is reckoned is kept; and never for more than a tenth of the time."""


def reckon(hq: Headquarters, taken: Taken, heard: Heard, sweeping: Sweeping) -> Outcome:
    """Returns once it has ended, however it ended, with all rows there are."""
    began = time.monotonic()
    try:
        kept = _begun(hq, taken)
    except StafftalksError as error:
        return Outcome(None, sentence=str(error))
    watch = _Watching(kept, heard, began, taken.row.ask.limits.seconds)
    sentence = ""
    try:
        with sweeping(taken.row.ask.limits.memory_mb) as reckoners:
            sweeps.run(kept, reckoners, time.monotonic, watch, here=False)
    except StafftalksError as error:
        sentence = str(error)
    elapsed = time.monotonic() - began
    if sentence:
        if kept.done:
            heard.kept(_answer(kept))
        return Outcome(None, sentence=sentence, elapsed_s=elapsed)
    return Outcome(_answer(kept), watch.cut, watch.asked, elapsed_s=elapsed)


class _Watching:
    """Tells how far it is, keeps what there is, and says when it is over."""

    def __init__(self, kept: Kept, heard: Heard, began: float, seconds: float) -> None:
        self.cut = False
        self.asked = False
        self._kept = kept
        self._heard = heard
        self._began = began
        self._until = began + seconds
        self._told_at = self._kept_at = began
        self._every_s = KEPT_S
        self._last = kept.done

    def __call__(self, progress: Progress) -> bool:
        now = time.monotonic()
        if now - self._told_at >= TOLD_S:
            self._told_at = now
            self.asked = not self._heard.told(Told(progress, now - self._began))
        if now - self._kept_at >= self._every_s and self._kept.done > self._last:
            self._heard.kept(_answer(self._kept))
            self._last, self._kept_at = self._kept.done, time.monotonic()
            self._every_s = max(KEPT_S, 10 * (self._kept_at - now))
        self.cut = self.cut or (now >= self._until and not self.asked and self._kept.done < self._kept.manifest.points)
        return not self.asked and not self.cut


def _begun(hq: Headquarters, taken: Taken) -> Kept:
    row, frozen = taken.row, run_problems.frozen(taken.problem)
    if not isinstance(frozen, SweepFrozen):
        raise TypeError("this run is no sweep")
    marking = banners(labels.policies(hq), row.markings)
    about = About(row.ask.contingency, marking, row.basis, row.faults, frozen.times)
    # Made ready from its bytes: what only differs in the order of names is then the same problem.
    data = sweep.encoded(frozen.problem)
    kept = sweeps.begin(Memory(), frozen.problem, sweep.ready(data), about)
    before = hq.runs.answer(row.id)
    if before is not None:
        answered = run_problems.answered(before)
        if isinstance(answered, SweepAnswered):
            kept.know(answered.result)
    return kept


def _answer(kept: Kept) -> bytes:
    return run_problems.raw(SweepAnswered(kept.result(), kept.done))
