"""What cannot hold together is named, no more of it than need be, in words; what would do is the least, and was tried."""

import itertools

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stafftalks.analysis.schedule import Arc, Change, Phase, Problem, Resource, Span, Ticks
from stafftalks.analysis.schedule_answering import Scheduled, in_the_way, scheduled
from stafftalks.analysis.schedule_assumptions import Granted, assumptions, granting, relaxed, without
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_columns import horizon_of
from stafftalks.analysis.schedule_conflicts import conflict
from stafftalks.analysis.schedule_relaxations import relaxations
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.schedule_words import conflict_said, relaxation_said
from tests.analysis.schedules import activity, all_values, arcs, problems

pytestmark = pytest.mark.xdist_group("schedule")

QUICK = Effort(seconds=20, workers=1, schedules=9)


def clock() -> float:
    return 0.0


PORT = Resource(id="port", title="Port Y", capacity=400, unit="t")
ROAD = Resource(id="road", title="Road", capacity=9)


def crowded() -> Problem:
    """Five ships at a port that takes two at a time, three days each; all by C+6; the road has room enough."""
    ships = tuple(activity(f"ship-{at}", 3, port=200, road=1) for at in range(5))
    return Problem(
        activities=ships,
        resources=(ROAD, PORT),
        phases=(Phase(id="x", title="X", activities=tuple(each.id for each in ships), due=6, hard=True),),
        ticks=Ticks("C", 1),
    )


def test_a_port_that_is_too_small_is_named_and_nothing_else() -> None:
    found = conflict(crowded(), QUICK, clock)
    assert found.minimal
    assert {(each.kind, each.name) for each in found.assumptions} == {("resource", "port"), ("phase", "x")}
    said = conflict_said(crowded(), found)
    assert said.startswith("“X” cannot close by C+6: there are 400 t of “Port Y” at a time")
    assert "takes at least 3,000 t times days of “Port Y”, which has 2,400 till then" in said


def test_the_least_that_would_do_is_told_and_was_tried() -> None:
    problem = crowded()
    found = relaxations(problem, conflict(problem, QUICK, clock).assumptions, QUICK, clock)
    said = {relaxation_said(problem, each) for each in found}
    assert said == {"200 t more of “Port Y” at all times.", "“X” closing 3 days later."}
    assert all(each.least for each in found)
    for each in found:
        amounts = {change.assumption: change.amount for change in each.changes}
        assert solve(relaxed(problem, amounts), QUICK, clock).placed
        fewer = {change: amount - 1 for change, amount in amounts.items()}
        assert solve(relaxed(problem, fewer), QUICK, clock).state == "infeasible"


def test_a_little_of_two_things_can_cost_less_than_much_of_one() -> None:
    problem = msgspec.structs.replace(crowded(), phases=(msgspec.structs.replace(crowded().phases[0], due=4),))
    named = conflict(problem, QUICK, clock).assumptions
    costs = {each: 1 if each.kind == "resource" else 100 for each in named}
    found = relaxations(problem, named, QUICK, clock, costs=costs)
    assert [(each.cost, relaxation_said(problem, each)) for each in found] == [
        (400, "“X” closing 2 days later and 200 t more of “Port Y” at all times."),
        (500, "“X” closing 5 days later."),
        (600, "600 t more of “Port Y” at all times."),
    ]


def test_a_ready_day_and_a_deadline_are_named_with_the_way_between() -> None:
    problem = Problem(
        activities=(activity("a", 2, spans=(Span(3, None),)), activity("b", 2, spans=(Span(None, 6),))),
        arcs=arcs("ab"),
        ticks=Ticks("C", 1),
    )
    found = conflict(problem, QUICK, clock)
    assert {each.kind for each in found.assumptions} == {"ready", "deadline"}
    costs = dict.fromkeys(found.assumptions, 5)
    made = relaxations(problem, found.assumptions, QUICK, clock, costs=costs)
    assert [each.cost for each in made] == [5, 5]
    assert {relaxation_said(problem, each) for each in made} == {
        "“a” starting 1 day earlier.",
        "“b” ending 1 day later.",
    }
    said = conflict_said(problem, found)
    assert (
        said
        == "“b” cannot end by C+6: “a” cannot start before C+3; and “a” and “b” come one after the other and take at least 4 days."
    )


def test_the_way_that_is_told_begins_where_something_is_not_ready_before() -> None:
    problem = Problem(
        activities=(
            activity("long", 4),
            activity("late", 2, spans=(Span(5, None),)),
            activity("last", 2, spans=(Span(None, 8),)),
        ),
        arcs=(Arc("long", "late"), Arc("late", "last")),
        ticks=Ticks("C", 1),
    )
    said = conflict_said(problem, conflict(problem, QUICK, clock))
    assert "“late” and “last” come one after the other and take at least 4 days" in said
    assert "“long”" not in said, "it ends before that, and does not matter"


def test_orders_stocks_and_windows_are_assumptions_too() -> None:
    problem = Problem(
        activities=(
            activity("a", 2, fuel=3),
            activity("b", 2, fuel=3, spans=(Span(0, 2), Span(8, 10))),
            activity("c", 4, spans=(Span(None, 9),)),
        ),
        arcs=(Arc("a", "b", 0, "agreed order"), Arc("b", "c")),
        resources=(Resource(id="fuel", capacity=6, renewable=False),),
    )
    found = conflict(problem, QUICK, clock)
    assert {each.kind for each in found.assumptions} == {"order", "windows", "deadline"}
    said = {relaxation_said(problem, each) for each in relaxations(problem, found.assumptions, QUICK, clock)}
    assert said == {"the order “agreed order” given up.", "“b” free of its windows.", "“c” ending 5 ticks later."}
    short = msgspec.structs.replace(problem, resources=(Resource(id="fuel", capacity=5, renewable=False),), arcs=())
    named = conflict(short, QUICK, clock)
    assert [each.kind for each in named.assumptions] == ["resource"]
    assert "there are 5 of “fuel” in all" in conflict_said(short, named)
    (one,) = relaxations(short, named.assumptions, QUICK, clock)
    assert relaxation_said(short, one) == "1 more of “fuel” in all."


def test_what_is_larger_than_there_ever_is_can_be_given() -> None:
    problem = Problem(
        activities=(activity("a", 1, crane=5),), resources=(Resource(id="crane", capacity=2, changes=(Change(4, 3),)),)
    )
    found = conflict(problem, QUICK, clock)
    (one,) = relaxations(problem, found.assumptions, QUICK, clock)
    assert relaxation_said(problem, one) == "2 more of “crane” at all times."


def test_ticks_that_are_coarse_stay_exact() -> None:
    problem = Problem(
        activities=(activity("a", 12, spans=(Span(18, None),)), activity("b", 12, spans=(Span(None, 36),))),
        arcs=arcs("ab"),
        start=6,
    )
    found = relaxations(problem, conflict(problem, QUICK, clock).assumptions, QUICK, clock)
    assert {change.amount for each in found for change in each.changes} == {6}


def test_a_problem_with_a_schedule_has_no_conflict() -> None:
    problem = msgspec.structs.replace(crowded(), phases=())
    found = conflict(problem, QUICK, clock)
    assert (found.assumptions, found.proven) == ((), False)
    assert conflict_said(problem, found) == ""


def test_being_stopped_says_so_and_claims_nothing() -> None:
    calls = itertools.count()
    found = conflict(crowded(), QUICK, clock, lambda _progress: next(calls) < 8)
    assert found.stopped
    assert not found.minimal


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(problems(), st.integers(0, 3))
def test_every_conflict_is_impossible_and_every_part_of_it_possible(problem: Problem, due: int) -> None:
    first = problem.activities[0].id
    hard = msgspec.structs.replace(
        problem, phases=(Phase(id="p", activities=(first, problem.activities[1].id), due=due, hard=True),)
    )
    sound, _ = checked(hard)
    found = conflict(sound, QUICK, clock)
    if not found.proven:
        return
    assert found.minimal
    rest = [each for each in assumptions(sound) if each not in found.assumptions]

    def possible(gone: list[object]) -> bool:
        left = without(sound, gone)  # type: ignore[arg-type]
        within = [phase for phase in left.phases if phase.hard]
        until = min(horizon_of(left), 14)
        values = all_values(msgspec.structs.replace(left, phases=tuple(within)), until)
        return any(value.lateness == 0 for value in values)

    assert not possible(list(rest))
    for one in found.assumptions:
        assert possible([*rest, one]), one


def test_what_would_do_can_be_taken_as_given_and_then_there_is_a_schedule() -> None:
    answered = scheduled(crowded(), QUICK, clock)
    told = answered.in_the_way
    assert told is not None
    assert told.why.startswith("“X” cannot close by C+6")
    assert {each.sentence for each in told.reasons} == {
        "there are 400 t of “Port Y” at a time",
        "“X” is to close by C+6",
    }
    assert told.minimal
    kept = msgspec.json.decode(msgspec.json.encode(answered), type=Scheduled)
    assert kept == answered
    for remedy in told.remedies:
        problem, faults = granting(crowded(), remedy.changes)
        assert not faults
        assert solve(problem, QUICK, clock).placed
    problem, (fault,) = granting(crowded(), [Granted("resource", "nowhere", 5)])
    assert problem == crowded()
    assert "“nowhere”" in fault.sentence


def test_several_things_that_cannot_be_are_told_beside_each_other_and_what_would_do_for_all_of_them() -> None:
    problem = Problem(
        activities=(
            activity("a", 3, crane=1, spans=(Span(None, 5),)),
            activity("b", 3, crane=1, spans=(Span(None, 5),)),
            activity("c", 2, spans=(Span(4, 5), Span(None, 1))),
            activity("d", 4, spans=(Span(2, None),)),
        ),
        resources=(Resource(id="crane", capacity=1),),
        phases=(Phase(id="late", activities=("d",), due=5, hard=True),),
    )
    sound, faults = checked(problem)
    assert [fault.element for fault in faults] == ["c"], "what can never be is left out and said, and is no conflict"
    told = in_the_way(sound, QUICK, clock)
    assert len(told.further) == 1
    for reasons in (told.reasons, *told.further):
        held = {each.assumption for each in reasons}
        alone = without(sound, [each for each in assumptions(sound) if each not in held])
        assert solve(alone, QUICK, clock).state == "infeasible"
    assert told.remedies
    for remedy in told.remedies:
        given, _faults = granting(sound, remedy.changes)
        assert solve(given, QUICK, clock).placed
    assert len(told.remedies[0].changes) == 2, "one for each"
