"""From a run's result to a draft of ours: written when a person asks for it, never released by itself. It leaves, if at all, through the same desk as any element.

What it stands on is kept at home beside it, so that the draft and the desk can say what of that is not released, what the recipients were not given, and what has moved on since.
"""

from stafftalks.planning.kinds import Content
from stafftalks.services import elements, run_elements, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, JournalRow
from stafftalks.services.run_problems import (
    OptionsAnswered,
    OptionsFrozen,
    RiskAnswered,
    RiskFrozen,
    ScheduleAnswered,
    ScheduleFrozen,
    SweepAnswered,
    SweepFrozen,
)
from stafftalks.services.run_rows import RunId, RunRow
from stafftalks.services.runs import Result
from stafftalks.services.written_rows import WrittenRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person


def write(hq: Headquarters, person: Person, run: RunId, *, at: int | None = None) -> ElementRow:
    """A new own element that says what the run came to: of options the robust mix, or the one at this place of the front.

    Raises MisuseError where it has told nothing, where what it stands on has moved on, or where there is no such mix; RefusedError where this person may not write.
    """
    row = runs.one(hq, run)
    result = runs.result(hq, run)
    if result is None:
        raise MisuseError("This run has told no result yet: there is nothing to write.")
    moved = runs.stale(hq, row)
    if moved:
        raise MisuseError(
            f"What this result stands on has moved on: {moved[0].sentence} Run it again, and write what it comes to then."
        )
    content = _content(hq, row, result, at)
    with hq.transactions.atomic():
        made = elements.add(hq, person, content)
        hq.written.put(WrittenRow(made.id, made.version, run, person.username, hq.clock.now(), row.basis))
        hq.journal.add(
            JournalRow(
                hq.clock.now(), person.username, "written from an analysis", made.id, f"{made.kind}: {made.title}"
            )
        )
    return made


def _content(hq: Headquarters, row: RunRow, result: Result, at: int | None) -> Content:
    match result.frozen, result.answered:
        case OptionsFrozen() as frozen, OptionsAnswered() as answered:
            mixes = answered.front.options if answered.front else ()
            if at is not None and not 0 <= at < len(mixes):
                raise MisuseError("There is no such mix in this result: open its page again.")
            mix = answered.option if at is None else mixes[at]
            return run_elements.option_of(hq, row, frozen, mix, answered.waiting)
        case ScheduleFrozen() | RiskFrozen() as frozen, ScheduleAnswered() | RiskAnswered() as answered:
            return run_elements.assessment_of(hq, row, frozen, answered)
        case SweepFrozen(), SweepAnswered():
            raise MisuseError(
                "Of what-ifs no draft is written: take out their rows, or ask about the one point that matters and write what that comes to."
            )
        case _:
            raise MisuseError("This result does not belong to its problem: begin the run again.")
