"""Long analyses as runs: frozen when they are asked for, taken in turn, kept as they get better, ended with a sentence, and stale when what they stand on moves on."""

import msgspec
import pytest

from stafftalks.analysis.watching import Progress
from stafftalks.services import elements, run_problems, run_reckoning, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.run_problems import RiskAnswered, ScheduleAnswered
from stafftalks.services.run_rows import Limits, OptionsWanted, RiskWanted, RunAsk, RunId, ScheduleWanted, Wanted
from stafftalks.values.errors import MisuseError, PeerError, RefusedError
from stafftalks.values.person import Person, Role
from tests.fakes import ADMINISTRATOR, OFFICER, PLANNER, make_hq
from tests.web.world import content

WAITING = Progress("search", 0.5, 12, 9, "end")


def add(hq: Headquarters, kind: str, title: str, **fields: object) -> ElementRow:
    return elements.add(hq, PLANNER, content(kind, title=title, contingency="Vael", **fields))


def with_work() -> Headquarters:
    """Two activities of ours on one berth, at home only."""
    hq = make_hq("XMR")
    add(hq, "resource", "Berth", sort="port", capacity="1 item")
    for title in ("Load", "Unload"):
        claimed = [{"name": "Berth", "quantity": "1 item"}]
        add(hq, "activity", title, what=title, window="C+1 to C+2", resources=claimed)
    return hq


def ask(wanted: Wanted | None = None, *, private: bool = True, seconds: float = 1) -> RunAsk:
    return RunAsk(wanted or ScheduleWanted(workers=1), "Vael", private, Limits(seconds, 512))


def reckoned(hq: Headquarters, run: RunId) -> runs.Result:
    """The run, taken and reckoned here to its end."""
    taken = run_work.take(hq)
    assert taken is not None
    assert taken.row.id == run
    ticks = iter(range(10_000_000))
    frozen = run_problems.frozen(taken.problem)
    found = run_reckoning.reckon(frozen, 1, lambda: next(ticks) / 1000, lambda _progress: True, lambda _answered: None)
    run_work.keep(hq, run, run_problems.raw(found.answered))
    run_work.end(hq, run, "done", "", 1.0)
    result = runs.result(hq, run)
    assert result is not None
    return result


def test_a_run_is_frozen_and_names_the_versions_it_stands_on_whatever_moves_on() -> None:
    hq = with_work()
    run = runs.start(hq, PLANNER, ask())
    row = runs.one(hq, run)
    assert (row.stands.state, row.by, row.ask.analysis) == ("waiting", PLANNER.username, "schedule")
    assert {each.title for each in row.basis.inputs} == {"Berth", "Load", "Unload"}
    assert row.basis.stays_home
    assert runs.stale(hq, row) == ()
    load = next(each for each in hq.holdings.find(kind="activity")[1] if each.title == "Load")
    elements.revise(
        hq,
        PLANNER,
        load.id,
        content("activity", title="Load", what="Load", contingency="Vael", window="C+1 to C+5"),
        load.version,
    )
    result = reckoned(hq, run)
    assert isinstance(result.answered, ScheduleAnswered)
    assert result.answered.answer.state == "optimal"
    lasting = {each.activity: each.end - each.start for each in result.answered.answer.placed}
    assert sorted(lasting.values()) == [24, 24]
    assert runs.one(hq, run).stands.progress == Progress("", 1.0, 48, 48, "end")
    assert [(each.sort, each.title) for each in runs.stale(hq, row)] == [("revised", "Load")]
    assert runs.one(hq, run).basis == row.basis
    assert [line.act for line in hq.journal.find(subject=run)[1]] == ["analysis started"]


def test_risk_is_reckoned_and_its_dates_are_counted_as_its_elements_are() -> None:
    hq = with_work()
    run = runs.start(hq, OFFICER, ask(RiskWanted(draws=10, by=("C+3", "48"))))
    result = reckoned(hq, run)
    assert isinstance(result.answered, RiskAnswered)
    assert result.answered.risk.draws == 10
    with pytest.raises(MisuseError, match="No closure"):
        runs.start(hq, OFFICER, ask(RiskWanted(goal="Phase 9")))
    with pytest.raises(MisuseError, match="Q"):
        runs.start(hq, OFFICER, ask(RiskWanted(by=("Q+3",))))


def test_where_there_is_nothing_to_reckon_nothing_is_kept_and_it_is_said_why() -> None:
    hq = with_work()
    with pytest.raises(MisuseError, match="Only what is released"):
        runs.start(hq, PLANNER, ask(private=False))
    with pytest.raises(MisuseError, match="no requirement"):
        runs.start(hq, PLANNER, ask(OptionsWanted()))
    for limits in (Limits(0), Limits(1e9), Limits(1, 1), Limits(float("nan"))):
        with pytest.raises(MisuseError, match="cannot be given"):
            runs.start(hq, PLANNER, msgspec.structs.replace(ask(), limits=limits))
    assert runs.window(hq) == (0, ())


def test_only_who_may_plan_starts_stops_and_forgets() -> None:
    hq = with_work()
    run = runs.start(hq, PLANNER, ask())
    auditor = Person("aud", "Aud", frozenset({Role.AUDITOR}))
    for person in (ADMINISTRATOR, auditor):
        for act in (
            lambda who: runs.start(hq, who, ask()),
            lambda who: runs.again(hq, who, run),
            lambda who: runs.stop(hq, who, run),
            lambda who: runs.forget(hq, who, run),
        ):
            with pytest.raises(RefusedError):
                act(person)
    assert runs.window(hq)[0] == 1
    assert runs.one(hq, run).stands.stop_asked_by == ""


def test_a_run_that_waits_is_stopped_at_once_and_one_that_is_reckoned_when_it_hears_so() -> None:
    hq = with_work()
    waiting = runs.start(hq, PLANNER, ask())
    with pytest.raises(MisuseError, match="has not ended"):
        runs.forget(hq, PLANNER, waiting)
    runs.stop(hq, PLANNER, waiting)
    assert runs.one(hq, waiting).stands.state == "stopped"
    assert run_work.take(hq) is None
    running = runs.again(hq, PLANNER, waiting)
    assert run_work.take(hq) is not None
    assert run_work.tell(hq, running, WAITING, 2.0)
    runs.stop(hq, OFFICER, running)
    assert runs.one(hq, running).stands.state == "running"
    assert not run_work.tell(hq, running, WAITING, 2.5)
    run_work.end(hq, running, "stopped", "It was stopped.", 3.0)
    stands = runs.one(hq, running).stands
    assert (stands.state, stands.progress, stands.elapsed_s) == ("stopped", WAITING, 3.0)
    assert stands.sentence == "It was stopped. It had told no result yet."
    runs.stop(hq, PLANNER, running)
    assert runs.one(hq, running).stands == stands
    runs.forget(hq, PLANNER, running)
    with pytest.raises(MisuseError, match="forgotten"):
        runs.one(hq, running)
    assert not run_work.tell(hq, running, WAITING, 9.0)
    run_work.end(hq, running, "done", "", 9.0)
    assert [line.act for line in hq.journal.find(subject=running)[1]] == [
        "analysis forgotten",
        "analysis stopped",
        "analysis started",
    ]


def test_what_a_headquarters_left_half_way_is_lost_with_the_best_it_had_and_can_be_begun_again() -> None:
    hq = with_work()
    run = runs.start(hq, PLANNER, ask(RiskWanted(draws=10)))
    best = run_problems.raw(reckoned(hq, run).answered)
    half = runs.again(hq, PLANNER, run)
    assert run_work.take(hq) is not None
    run_work.keep(hq, half, best)
    with pytest.raises(PeerError):
        run_work.keep(hq, half, b"\xc1 no answer")
    assert run_work.lose(hq) == 1
    assert run_work.lose(hq) == 0
    stands = runs.one(hq, half).stands
    assert (stands.state, stands.answered) == ("lost", True)
    assert "The best so far is kept." in stands.sentence
    assert runs.result(hq, half) is not None
    assert runs.one(hq, runs.again(hq, PLANNER, half)).stands.state == "waiting"


def test_runs_wait_for_their_turn_in_the_order_in_which_they_were_asked_for() -> None:
    hq = with_work()
    asked = [runs.start(hq, PLANNER, ask()) for _ in range(3)]
    taken = []
    while (each := run_work.take(hq)) is not None:
        taken.append(each.row.id)
        run_work.end(hq, each.row.id, "failed", "It broke off.", 0.0)
    assert taken == asked
    assert [row.id for row in runs.window(hq, states=("failed",), limit=2)[1]] == asked[:0:-1]


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_WAITING", 2)
    hq = with_work()
    first = runs.start(hq, PLANNER, ask())
    runs.start(hq, PLANNER, ask())
    with pytest.raises(MisuseError, match="2 runs wait for their turn already"):
        runs.start(hq, PLANNER, ask())
    runs.stop(hq, PLANNER, first)
    runs.start(hq, PLANNER, ask())


def test_equal_questions_of_equal_elements_are_frozen_to_equal_bytes() -> None:
    one, other = with_work(), with_work()
    problems = [hq.runs.problem(runs.start(hq, PLANNER, ask())) for hq in (one, other)]
    assert problems[0] == problems[1]
    assert problems[0] is not None
    assert run_problems.raw(run_problems.frozen(problems[0])) == problems[0]
