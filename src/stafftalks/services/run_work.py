"""The steps by which a run is reckoned, for whoever has it done: taken in turn, told how far it is, kept as it gets better, ended with a sentence."""

from typing import Final

import msgspec

from stafftalks.analysis.watching import Progress
from stafftalks.services import run_problems, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import RunId, RunRow, State

_LOST: Final = "The headquarters ended while this was reckoned."
_ALL: Final = 1_000_000


class Taken(msgspec.Struct, frozen=True):
    """A run whose turn it is, and its problem."""

    row: RunRow
    problem: bytes


def lose(hq: Headquarters) -> int:
    """Ends what an earlier process left half way, with the best it had; returns how many runs that were."""
    _count, rows = hq.runs.find(states=("running",), limit=_ALL)
    for row in rows:
        end(hq, row.id, "lost", _LOST, row.stands.elapsed_s)
    return len(rows)


def take(hq: Headquarters) -> Taken | None:
    """The run that has waited longest, begun; None where none waits."""
    _count, rows = hq.runs.find(states=("waiting",), oldest=True, limit=1)
    for row in rows:
        problem = hq.runs.problem(row.id)
        if problem is not None and runs.change(hq, row.id, state="running", began=hq.clock.now()) is not None:
            return Taken(row, problem)
    return None


def tell(hq: Headquarters, run: RunId, progress: Progress, elapsed_s: float) -> bool:
    """Keeps how far the run is; False where somebody asked it to stop, or it is not kept any more."""
    stands = runs.change(hq, run, progress=progress, elapsed_s=elapsed_s)
    return stands is not None and not stands.stop_asked_by


def keep(hq: Headquarters, run: RunId, answer: bytes) -> None:
    """Keeps the best so far; raises PeerError where the bytes hold no answer, and then what was kept before stays."""
    run_problems.answered(answer)
    with hq.transactions.atomic():
        if runs.change(hq, run, answered=True) is not None:
            hq.runs.put_answer(run, answer)


def end(hq: Headquarters, run: RunId, state: State, sentence: str, elapsed_s: float) -> None:
    """Ends the run; of one that is not whole it is said whether the best so far is kept."""
    with hq.transactions.atomic():
        row = hq.runs.run(run, lock=True)
        if row is None:
            return
        progress = row.stands.progress
        if row.stands.answered and (answer := hq.runs.answer(run)) is not None:
            progress = run_problems.reached(run_problems.answered(answer), progress)
        kept = " The best so far is kept." if row.stands.answered else " It had told no result yet."
        said = sentence if state == "done" else f"{sentence}{kept}"
        runs.change(hq, run, state=state, sentence=said, ended=hq.clock.now(), elapsed_s=elapsed_s, progress=progress)
