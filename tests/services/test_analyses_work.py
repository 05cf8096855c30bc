"""What is to be done, from elements: durations, ways to do it, waits, and resources of which there is more at some times than at others."""

import time

from stafftalks.analysis.risk import Question
from stafftalks.analysis.risk_distributions import Fixed, Pert
from stafftalks.analysis.risk_network import Link, Step
from stafftalks.analysis.risk_reading import estimates_of
from stafftalks.analysis.schedule import Arc, Change, Span, Use
from stafftalks.analysis.schedule_conflicts import conflict
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.schedule_words import conflict_said
from stafftalks.services import analyses_conflicts, analyses_risk, analyses_schedule
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from tests.services import scenes
from tests.services.test_analyses import add, ref


def clearing(ours: Headquarters) -> dict[str, ElementRow]:
    """A ship or aircraft that bring in a team, and clearing that begins half a day after."""
    add(
        ours, "resource", "Quay 2", capacity="2 items",
        stretches=[{"window": "C+2 to C+4", "capacity": "0 items"}, {"window": "C+3 to C+4", "capacity": "1 items"}],
    )  # fmt: skip
    wing = add(ours, "force", "7 Wing")
    team = add(
        ours, "activity", "Team", what="Bring in the team", window="C+1 to C+9",
        duration={"shortest": "12 h", "likeliest": "1 d", "longest": "3 d"},
        modes=[
            {"name": "by sea", "party": "XTV", "duration": {"likeliest": "2 d"}, "resources": [{"name": "quay 2", "quantity": "2 items"}]},
            {"name": "by air", "forces": ref(ours, wing)},
        ],
    )  # fmt: skip
    clear = add(
        ours, "activity", "Clear", what="Clear", window="from C+1", waits=[{"after": ref(ours, team), "lag": "12 h"}],
        duration={"likeliest": "30 h"}, resources=[{"name": "Quay 2", "quantity": "1 items"}],
    )  # fmt: skip
    return {"wing": wing, "team": team, "clear": clear}


def test_ways_become_modes_and_a_resource_has_more_at_some_times() -> None:
    (ours,) = scenes.house("XMR")
    rows = clearing(ours)
    made, problem = analyses_schedule.prepared(ours, {}, private=True)
    assert made.faults == ()
    team, clear = (next(each for each in problem.activities if each.title == title) for title in ("Team", "Clear"))
    assert [(mode.name, mode.duration, mode.uses) for mode in team.modes] == [
        ("by sea (XTV)", 48, (Use("quay 2", 2),)),
        ("by air", 30, (Use(ref(ours, rows["wing"]), 1),)),
    ]
    assert (team.spans, clear.spans) == ((Span(0, 192),), (Span(0, None),))
    assert problem.arcs == (Arc(ref(ours, rows["team"]), ref(ours, rows["clear"]), 12),)
    quay = next(each for each in problem.resources if each.id == "quay 2")
    assert (quay.capacity, quay.unit) == (2, "items")
    assert quay.changes == (Change(24, 0), Change(48, 1), Change(72, 2))
    answer = solve(problem, Effort(seconds=1, workers=1), time.monotonic)
    placed = {each.activity: each for each in answer.placed}
    assert placed[ref(ours, rows["team"])].mode == 1, "by sea the quay is closed before the ship has left it"
    assert placed[ref(ours, rows["clear"])].start == 48


def test_three_points_become_a_distribution_and_the_first_way_is_taken_unless_another_is_named() -> None:
    (ours,) = scenes.house("XMR")
    rows = clearing(ours)
    team, clear = ref(ours, rows["team"]), ref(ours, rows["clear"])
    made, network = analyses_risk.prepared(ours, private=True)
    tasks = {task.id: task for task in network.tasks}
    assert (tasks[team].duration, tasks[clear].duration) == (Fixed(48.0), Fixed(30.0))
    assert tasks[clear].after == (Link(team, 12),)
    quay = next(each for each in network.supplies if each.id == "quay 2")
    assert quay.steps == (Step(0, 2), Step(24, 0), Step(48, 1), Step(72, 2))
    found = analyses_risk.answered(made, network, Question(draws=20))
    assert found.risk.account[-1] == "“Team” can be done in 2 ways: it is reckoned with “by sea (XTV)”."
    ways = {team: 1}
    made, network = analyses_risk.prepared(ours, private=True, ways=ways)
    assert next(task for task in network.tasks if task.id == team).duration == Pert(12.0, 24.0, 72.0)
    found = analyses_risk.answered(made, network, Question(draws=20), ways=ways)
    assert found.risk.account[-1].endswith("with “by air”.")


def test_estimates_of_a_file_count_before_what_an_activity_says() -> None:
    (ours,) = scenes.house("XMR")
    clearing(ours)
    estimates, _file = estimates_of({"activities": [{"id": "team", "duration": 6}]}, "estimates")
    _made, problem = analyses_schedule.prepared(ours, estimates.durations, private=True)
    team = next(each for each in problem.activities if each.title == "Team")
    assert [mode.duration for mode in team.modes] == [6, 6]


def test_what_of_a_resource_cannot_be_placed_in_time_or_counted_is_told_once() -> None:
    (ours,) = scenes.house("XMR")
    add(ours, "anchor", "C", anchor="C", at="2027-05-01")
    add(ours, "resource", "Crane", capacity="2 items", stretches=[{"window": "from E+2", "capacity": "0 items"}])
    claims = [{"name": "Crane", "quantity": "2 t"}, {"name": "Crane", "quantity": "1 items"}]
    add(
        ours, "activity", "Lift", what="Lift", window="C+1 to C+2", resources=claims,
        modes=[{"name": "by day"}, {"name": "by night"}],
    )  # fmt: skip
    add(ours, "activity", "Wait", what="Wait", window="from C+1")
    made, _problem = analyses_schedule.prepared(ours, {}, private=True)
    assert sorted(fault.sentence for fault in made.faults) == [
        "“Crane”: E+2 hangs on E, whose date is not known here; it is taken to have as much then as at other times.",
        "“Lift”: “Crane” is claimed in t and counted in items: this is left out.",
        "“Wait”: neither a duration, nor a window from when to when, nor an estimate says how long it lasts; it is taken to last no time.",
    ]


def quay(ours: Headquarters) -> None:
    """Two ships over one quay, which is closed for a day, by C+6."""
    add(
        ours, "resource", "Port Y", sort="port", capacity="400 t", counted="a day",
        stretches=[{"window": "C+3 to C+4", "capacity": "0 t"}],
    )  # fmt: skip
    plan = add(ours, "plan", "North", phases=[{"id": "P1", "name": "Closed", "end": "C+6"}])
    claim = [{"name": "Port Y", "quantity": "400 t"}]
    for title in ("First ship", "Second ship"):
        add(
            ours, "activity", title, what=title, window="from C+1", plan=ref(ours, plan), phase="P1", resources=claim,
            duration={"likeliest": "60 h"},
        )  # fmt: skip


def test_what_stands_in_the_way_is_told_as_planners_say_it() -> None:
    (ours,) = scenes.house("XMR")
    quay(ours)
    _made, problem = analyses_schedule.prepared(ours, {}, private=True, must=True)
    found = conflict(problem, Effort(seconds=5, workers=1), time.monotonic)
    assert conflict_said(problem, found) == (
        "“North: Closed” cannot close by C+6: “Port Y” handles 400 t a day, and 0 from C+3 to C+4; "
        "and what is to be done by then is at least 2,000 t over “Port Y”, which handles 1,600 t till then."
    )


def test_what_lasts_less_than_its_window_clashes_possibly_and_not_certainly() -> None:
    (ours,) = scenes.house("XMR")
    add(ours, "resource", "Port Y", sort="port", capacity="400 t")
    claim = [{"name": "Port Y", "quantity": "300 t"}]
    for title, lasts in (("First ship", {}), ("Second ship", {"likeliest": "1 d", "longest": "2 d"})):
        add(ours, "activity", title, what=title, window="C+1 to C+5", resources=claim, duration=lasts)
    assert [each.severity for each in analyses_conflicts.conflicts(ours, private=True).found] == ["possible"]
    add(
        ours,
        "activity",
        "Third ship",
        what="Third ship",
        window="C+1 to C+5",
        resources=claim,
        duration={"likeliest": "4 d"},
    )
    (found,) = analyses_conflicts.conflicts(ours, private=True).found
    assert found.severity == "possible", "one of the three lies somewhere within its window"


def test_a_force_does_nothing_while_it_is_not_available() -> None:
    (ours,) = scenes.house("XMR")
    wing = add(ours, "force", "7 Wing", readiness={"availability": "C+3 to C+9"})
    late = add(ours, "force", "8 Wing", readiness={"availability": "from E"})
    lift = add(
        ours,
        "activity",
        "Lift",
        what="Lift",
        window="C+1 to C+4",
        forces=ref(ours, wing),
        duration={"likeliest": "2 d"},
    )
    add(ours, "activity", "Watch", what="Watch", window="C+1 to C+4", forces=ref(ours, late))
    made, problem = analyses_schedule.prepared(ours, {}, private=True)
    held = {each.title: each for each in problem.resources}
    assert (held["7 Wing"].capacity, held["7 Wing"].changes) == (0, (Change(48, 1), Change(192, 0)))
    assert (held["8 Wing"].capacity, held["8 Wing"].changes) == (1, ())
    assert [fault.sentence for fault in made.faults] == [
        "“8 Wing”: the date of E is not known here; it is taken to be available at all times."
    ]
    found = conflict(problem, Effort(seconds=5, workers=1), time.monotonic)
    assert conflict_said(problem, found) == (
        "“Lift” cannot end by C+4: “7 Wing” serves one thing at a time, and that from C+3 until C+9 alone."
    )
    _made, network = analyses_risk.prepared(ours, private=True)
    assert next(each for each in network.supplies if each.id == ref(ours, wing)).steps == (
        Step(0, 0),
        Step(48, 1),
        Step(192, 0),
    )
    assert ref(ours, lift) in {task.id for task in network.tasks}
