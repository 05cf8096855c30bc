"""A schedule is what its problem asks for, none is better where that is said, and what is said of all schedules holds of each."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings

from stafftalks.analysis.schedule import Phase, Problem, Resource, Span, Value
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_columns import columns, horizon_of
from stafftalks.analysis.schedule_solving import Effort, counted, solve
from stafftalks.analysis.schedule_verifying import breaches
from stafftalks.analysis.watching import Progress
from tests.analysis.schedules import activity, arcs, best_of_all, crossing, jigsaw, problems

pytestmark = pytest.mark.xdist_group("schedule")


def clock() -> float:
    return 0.0


QUICK = Effort(seconds=2, schedules=90, workers=1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(problems())
def test_small_problems_have_the_answer_of_trying_all(problem: Problem) -> None:
    sound, _ = checked(problem)
    if not sound.activities:
        return
    expected = best_of_all(sound, min(horizon_of(sound), 14))
    found = solve(problem, QUICK, clock)
    if expected is None:
        assert found.state == "infeasible"
        return
    assert (found.state, found.value, found.bound) == ("optimal", expected, expected)
    assert not list(breaches(sound, found.placed))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(problems())
def test_the_search_alone_never_beats_what_is_proven(problem: Problem) -> None:
    sound, _ = checked(problem)
    found = solve(problem, Effort(schedules=30, prove=False), clock)
    if found.value is None or not sound.activities:
        return
    assert found.bound is not None
    assert found.bound <= found.value
    assert found.bound <= (best_of_all(sound, min(horizon_of(sound), 14)) or found.value) <= found.value


def test_the_same_seed_makes_the_same_schedule() -> None:
    effort = Effort(schedules=400, prove=False, seed=7)
    one, other = solve(crossing(), effort, clock), solve(crossing(), effort, clock)
    assert one == other
    pieces = itertools.count()

    def slower() -> float:
        return next(pieces) * 0.4

    assert solve(crossing(), effort, slower).placed == one.placed, "however the work is cut"


def test_the_solver_goes_on_from_the_search_and_proves() -> None:
    searched = solve(crossing(), Effort(schedules=30, prove=False), clock)
    proven = solve(crossing(), Effort(schedules=30, workers=2, seconds=5), clock)
    assert searched.value is not None
    assert proven.value is not None
    assert proven.state == "optimal"
    assert proven.value <= searched.value
    assert [closure.phase for closure in proven.closures] == ["one", "all"]
    assert sum(closure.lateness for closure in proven.closures) == proven.value.lateness


def test_a_run_that_is_stopped_gives_the_best_so_far_and_is_told_how_far_it_was() -> None:
    heard: list[Progress] = []

    def watch(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < 3

    found = solve(crossing(), Effort(seconds=60), clock, watch)
    assert found.stopped
    assert found.state in ("feasible", "optimal")
    assert [each.step for each in heard] == ["compiling", "search", "search"]
    assert heard[-1].best is not None
    assert heard[-1].bound is not None
    assert heard[-1].bound <= heard[-1].best


def test_what_is_told_says_what_it_counts_and_never_gets_worse() -> None:
    heard: list[Progress] = []

    def watch(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < 12

    solve(crossing(28), Effort(seconds=60, schedules=30, workers=1), clock, watch)
    for measured in {each.measured for each in heard}:
        told = [each for each in heard if each.measured == measured]
        values = [each.best for each in told if each.best is not None]
        bounds = [each.bound for each in told if each.bound is not None]
        assert values == sorted(values, reverse=True)
        assert bounds == sorted(bounds)
        assert all(each.gap is None or 0 <= each.gap <= 1 for each in told)
    assert {each.measured for each in heard} <= {"", "lateness", "end"}


def test_the_solver_stops_when_told() -> None:
    steps: list[str] = []

    def watch(progress: Progress) -> bool:
        steps.append(progress.step)
        return steps.count("solver") < 2

    found = solve(crossing(28), Effort(seconds=60, schedules=30, workers=1), clock, watch)
    assert found.stopped or found.state == "optimal"
    assert found.placed


def test_ticks_are_as_coarse_as_all_of_them_allow() -> None:
    problem = Problem(
        activities=(activity("a", 6, lift=1), activity("b", 12, lift=1)),
        resources=(Resource(id="lift", capacity=1),),
        start=5,
    )
    assert columns(problem).scale == 6
    found = solve(problem, QUICK, clock)
    assert found.value == Value(0, 23)


def test_nothing_to_do_is_done() -> None:
    found = solve(Problem(activities=()), QUICK, clock)
    assert (found.state, found.placed, found.faults) == ("optimal", (), ())


def test_what_can_never_be_is_known_at_once() -> None:
    late = Problem(activities=(activity("a", 3), activity("b", 3, spans=(Span(None, 5),))), arcs=arcs("ab"))
    assert solve(late, QUICK, clock).state == "infeasible"
    large = Problem(activities=(activity("a", 1, lift=3),), resources=(Resource(id="lift", capacity=2),))
    assert solve(large, QUICK, clock).state == "infeasible"


@pytest.mark.parametrize("hard", [True, False])
def test_a_phase_that_may_not_be_late_is_none_or_there_is_no_schedule(hard: bool) -> None:
    problem = Problem(
        activities=(activity("a", 3, lift=1), activity("b", 3, lift=1)),
        resources=(Resource(id="lift", capacity=1),),
        phases=(Phase(id="p", activities=("a", "b"), due=5, hard=hard),),
    )
    found = solve(problem, QUICK, clock)
    assert found.state == ("infeasible" if hard else "optimal")
    assert found.value == (None if hard else Value(1, 6))


def test_what_is_counted_does_not_depend_on_time() -> None:
    problem = jigsaw(18, 4)
    answers = []
    for step in (0.0, 0.01, 1000.0):
        ticks = itertools.count()
        answers.append(solve(problem, counted(0.2), lambda step=step, ticks=ticks: step * next(ticks)))
    assert answers[0].placed
    assert answers == [answers[0]] * 3
