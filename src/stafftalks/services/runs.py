"""Long analyses as runs: asked for by whoever may plan, frozen at once, reckoned beside, kept until somebody forgets them.

A run is frozen when it is asked for: its problem is kept as bytes with the exact versions it stands on, so its answer names them, whatever moves on meanwhile. What stands on our unreleased elements
stays home, as `services.analyses` says. Who reckons is another process, which has the problem and nothing else (`run_work`). A run is ours alone: it is in no record, and no bundle is made from it.
"""

from collections.abc import Sequence
from typing import Final, NoReturn

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule_assumptions import Granted, together
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.markings import markings_within
from stafftalks.services import analyses, analyses_work, cataloguing, labels, run_freezing, run_problems, written
from stafftalks.services.analyses import Ask, Gathered, Moved
from stafftalks.services.catalogue import Wanted as Sought
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.services.run_problems import Answered, Frozen, ScheduleAnswered, ScheduleFrozen
from stafftalks.services.run_rows import (
    LEAST_MEMORY_MB,
    MOST_MEMORY_MB,
    MOST_SECONDS,
    OVER,
    Limits,
    RiskWanted,
    RunAsk,
    RunId,
    RunRow,
    RunStands,
    ScheduleWanted,
    State,
)
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import element_id
from stafftalks.values.label import Marking
from stafftalks.values.person import Person, Role

PLANNERS = (Role.PLANNER, Role.OFFICER, Role.HEAD)
"""Who may have something reckoned, stop it and forget it."""
READERS = (*PLANNERS, Role.AUDITOR)
"""Who may read what came of it."""


MOST_WAITING: Final = 100


class Result(msgspec.Struct, frozen=True):
    """What a run came to: what was reckoned, as it was frozen, and the answer; the whole of it only where the run is `done`."""

    frozen: Frozen
    answered: Answered


def start(hq: Headquarters, person: Person, ask: RunAsk) -> RunId:
    """A run of this question, waiting for its turn.

    Raises RefusedError where this person may not plan, MisuseError where nothing can be reckoned or the question has no meaning; then nothing is kept.
    """
    _may_plan(person)
    _need_limits(ask.limits)
    _need_room(hq)
    made = run_freezing.freeze(hq, ask)
    run = RunId(element_id(hq.entropy.draw("run", 16)))
    row = RunRow(
        run, ask, person.username, hq.clock.now(), made.gathered.basis, made.faults, _markings(hq, made.gathered)
    )
    with hq.transactions.atomic():
        hq.runs.add(row, run_problems.raw(made.frozen))
        _note(hq, person, "analysis started", row)
    hq.wake()
    return run


def again(hq: Headquarters, person: Person, run: RunId, given: Sequence[Granted] = ()) -> RunId:
    """A new run of the same question, of what stands now; a schedule's with these changes taken as given, beside those that were. Raises MisuseError where it is no schedule's."""
    ask = one(hq, run).ask
    if given:
        if not isinstance(ask.wanted, ScheduleWanted):
            raise MisuseError("Only a schedule takes changes as given: begin another analysis by its own form.")
        wanted = msgspec.structs.replace(ask.wanted, given=together(ask.wanted.given, given))
        ask = msgspec.structs.replace(ask, wanted=wanted)
    return start(hq, person, ask)


def go_on(hq: Headquarters, person: Person, run: RunId) -> RunId:
    """A new run of the same frozen problem, which begins with the rows that are reckoned already: of a sweep that ended before it was whole. Raises MisuseError where it is none."""
    _may_plan(person)
    row, problem, answer = one(hq, run), hq.runs.problem(run), hq.runs.answer(run)
    if row.ask.analysis != "sweep" or row.stands.state not in OVER or row.stands.state == "done" or problem is None:
        raise MisuseError("Only a sweep that ended before it was whole can be gone on with: ask again instead.")
    stands = RunStands(answered=answer is not None)
    made = msgspec.structs.replace(
        row,
        id=RunId(element_id(hq.entropy.draw("run", 16))),
        by=person.username,
        at=hq.clock.now(),
        stands=stands,
    )
    with hq.transactions.atomic():
        hq.runs.add(made, problem)
        if answer is not None:
            hq.runs.put_answer(made.id, answer)
        _note(hq, person, "analysis started", made)
    hq.wake()
    return made.id


def surely(hq: Headquarters, person: Person, run: RunId) -> RunId:
    """A new run: how sure closures are of what a schedule was asked of, each activity done in the way that the schedule chose. Raises MisuseError where none was found."""
    ask, found = one(hq, run).ask, result(hq, run)
    answered = None if found is None else found.answered
    if found is None or not isinstance(answered, ScheduleAnswered) or not answered.answer.placed:
        raise MisuseError("No schedule was found by this run: how sure it is can be asked once there is one.")
    problem = found.frozen.problem if isinstance(found.frozen, ScheduleFrozen) else None
    several = {each.id for each in problem.activities if len(each.modes) > 1} if problem is not None else set()
    ways = tuple((each.activity, each.mode) for each in answered.answer.placed if each.activity in several)
    return start(hq, person, msgspec.structs.replace(ask, wanted=RiskWanted(ways=ways)))


def one(hq: Headquarters, run: RunId) -> RunRow:
    """The run as it stands; raises MisuseError where none of this id is kept."""
    row = hq.runs.run(run)
    return row if row is not None else _gone()


def window(
    hq: Headquarters,
    *,
    states: Sequence[State] = (),
    analysis: str = "",
    by: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[RunRow, ...]]:
    """How many runs match and one window of them, newest first."""
    return hq.runs.find(states=tuple(states), analysis=analysis, by=by, offset=offset, limit=limit)


def problem(hq: Headquarters, run: RunId) -> Frozen:
    """What the run reckons, as it was frozen; raises MisuseError where no such run is kept."""
    raw = hq.runs.problem(run)
    return run_problems.frozen(raw) if raw is not None else _gone()


def closures(hq: Headquarters) -> tuple[str, ...]:
    """What can be asked to be closed, by name: every phase that activities name, those of drafts too."""
    made = analyses_work.work(hq, Ask("risk", private=True), {})
    return tuple(sorted({stage.name for stage in made.stages}))


def contingencies(hq: Headquarters) -> tuple[str, ...]:
    """The contingencies of which anything stands here, by name."""
    cataloguing.follow(hq)
    return tuple(sorted({each.contingency for each in hq.catalogue.combinations(Sought(), hq.party)} - {""}))


def stale(hq: Headquarters, row: RunRow) -> tuple[Moved, ...]:
    """What has moved on since the run was frozen; nothing while it stands on what stands."""
    return written.moved_since(hq, row.id, row.basis)


def result(hq: Headquarters, run: RunId) -> Result | None:
    """What the run came to, or the best it has so far; None where it has told nothing yet. Raises MisuseError where no such run is kept."""
    one(hq, run)
    answer, problem = hq.runs.answer(run), hq.runs.problem(run)
    if answer is None or problem is None:
        return None
    return Result(run_problems.frozen(problem), run_problems.answered(answer))


def left_out(row: RunRow, result: Result | None) -> tuple[Fault, ...]:
    """What the answer says nothing of, or takes as it says, and why: of the elements, and of the problem that was made of them; each once."""
    found = list(row.faults)
    if result is not None:
        titles = result.frozen.titles
        found += [analyses.told(fault, titles) for fault in run_problems.faults(result.answered)]
    return tuple(dict.fromkeys(found))


def stop(hq: Headquarters, person: Person, run: RunId) -> None:
    """Asks the run to end with the best it has; one that waits ends at once, and one that has ended stays as it is."""
    _may_plan(person)
    with hq.transactions.atomic():
        row = _locked(hq, run)
        if row.stands.state in OVER or row.stands.stop_asked_by:
            return
        stands = msgspec.structs.replace(row.stands, stop_asked_by=person.username)
        if row.stands.state == "waiting":
            sentence = "It was stopped before it was begun."
            stands = msgspec.structs.replace(stands, state="stopped", ended=hq.clock.now(), sentence=sentence)
        hq.runs.put_stands(run, stands)
        _note(hq, person, "analysis stopped", row)
    hq.wake()


def forget(hq: Headquarters, person: Person, run: RunId) -> None:
    """Deletes a run that has ended, with its problem and its answer; raises MisuseError where it has not."""
    _may_plan(person)
    with hq.transactions.atomic():
        row = _locked(hq, run)
        if row.stands.state not in OVER:
            raise MisuseError("This run has not ended: stop it first, then it can be forgotten.")
        hq.runs.forget(run)
        _note(hq, person, "analysis forgotten", row)


def change(hq: Headquarters, run: RunId, **changes: object) -> RunStands | None:
    """How the run stands with these fields changed; None, and nothing changed, where it has ended or is not kept any more."""
    with hq.transactions.atomic():
        row = hq.runs.run(run, lock=True)
        if row is None or row.stands.state in OVER:
            return None
        stands = msgspec.structs.replace(row.stands, **changes)
        hq.runs.put_stands(run, stands)
        return stands


def _gone() -> NoReturn:
    raise MisuseError("No run of this name is kept here: it was forgotten, or it is another headquarters’.")


def _locked(hq: Headquarters, run: RunId) -> RunRow:
    row = hq.runs.run(run, lock=True)
    return row if row is not None else _gone()


def _may_plan(person: Person) -> None:
    if refusal := person.lacking(*PLANNERS):
        raise RefusedError(refusal)


def _need_limits(limits: Limits) -> None:
    if not 1 <= limits.seconds <= MOST_SECONDS:
        raise MisuseError(f"A run cannot be given {limits.seconds:g} seconds: give 1 to {MOST_SECONDS:,}.")
    if not LEAST_MEMORY_MB <= limits.memory_mb <= MOST_MEMORY_MB:
        raise MisuseError(
            f"A run cannot be given {limits.memory_mb:,} MB of memory: give {LEAST_MEMORY_MB:,} to {MOST_MEMORY_MB:,}."
        )


def _need_room(hq: Headquarters) -> None:
    waiting, _rows = hq.runs.find(states=("waiting",), limit=0)
    if waiting >= MOST_WAITING:
        raise MisuseError(f"{waiting:,} runs wait for their turn already: wait, or stop some of them.")


def _markings(hq: Headquarters, gathered: Gathered) -> tuple[Marking, ...]:
    """Every marking of what the run stands on, our own beside partners' texts among them, each once."""
    beside = labels.known(hq).beside
    found: dict[Marking, None] = {}
    for piece in gathered.pieces:
        within = (Marking(),) if isinstance(piece.content, UnknownContent) else markings_within(piece.content)
        found.update(dict.fromkeys(within))
        if piece.version in beside:
            found[beside[piece.version]] = None
    return tuple(found)


def _note(hq: Headquarters, person: Person, act: str, row: RunRow) -> None:
    ask = row.ask
    of = f"of “{ask.contingency}”" if ask.contingency else "of all contingencies"
    private = ", with unreleased elements of ours" if ask.private else ""
    hq.journal.add(JournalRow(hq.clock.now(), person.username, act, row.id, f"{ask.analysis} {of}{private}"))
