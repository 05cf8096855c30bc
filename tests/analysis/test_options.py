"""Options equal what trying everything finds, hold up to an independent check, and say what they leave out and how far off they could be."""

import math
from itertools import permutations

import msgspec
import pytest

from stafftalks.analysis.options import choose, fixed, option, solve
from stafftalks.analysis.options_answer import Option, Stage, verify_option
from stafftalks.analysis.options_contributions import contributions, sides
from stafftalks.analysis.options_deciding import least
from stafftalks.analysis.options_front import front, singles
from stafftalks.analysis.options_greedy import greedy
from stafftalks.analysis.options_problem import Choice, Force, Limit, Offer, Requirement, Scenario, problem
from stafftalks.analysis.options_waiting import waiting
from stafftalks.values.errors import MisuseError
from tests.analysis.choices import best, choice

TANKERS = Requirement("R1", "tankers", 4, 2, 0, 5)


def two_sides() -> Choice:
    """Two scenarios, each best met by another force of ALFA, which may commit one; BRAVO has one that does for both, worse."""
    forces = (
        Force("north", "ALFA", {"tankers": 10}, 1),
        Force("south", "ALFA", {"tankers": 10}, 1),
        Force("both", "BRAVO", {"tankers": 6}, 1),
    )
    ways = (
        Scenario("north", {"ALFA": 3, "BRAVO": 1}, "up", present={"south": 0}),
        Scenario("south", {"ALFA": 1, "BRAVO": 1}, "down", present={"north": 0}),
    )
    return Choice(forces, (Requirement("R", "tankers", 10),), ways, (Limit("ALFA", forces=1),), budget=1)


def test_both_solvers_load_in_one_process():
    """highspy 1.15 ends with an undefined symbol here."""
    import highspy
    from ortools.sat.python import cp_model

    assert highspy.Highs().version()
    assert cp_model.CpSolver()


def test_presolve_does_not_cut_off_the_best():
    """HiGHS 1.14 calls 15 the optimum of this."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.addVar(0, 10)
    solver.addVar(0, 10)
    solver.changeColsCost(2, [0, 1], [2.0, 3.0])
    solver.addRow(4.5, highspy.kHighsInf, 2, [0, 1], [1.0, 1.0])
    solver.changeColIntegrality(1, highspy.HighsVarType.kInteger)
    solver.run()
    assert solver.getInfo().objective_function_value == pytest.approx(9)


@pytest.mark.parametrize("seed", range(25))
def test_a_small_choice_equals_what_trying_everything_finds(seed):
    made, faults = problem(choice(seed))
    assert not faults
    answer = option(made, choose(made))
    verify_option(made, answer)
    worst, expected, cost = best(made)
    assert answer.method == "exact"
    assert answer.worst == Stage(worst, worst, proven=True)
    assert answer.expected.value == pytest.approx(expected / sum(made.likelihood))
    assert answer.cost.value == cost


@pytest.mark.parametrize("seed", range(8))
def test_where_there_are_many_scenarios_those_that_decide_give_what_all_give(seed):
    made, _ = problem(choice(seed, scenarios=7))
    committed, employed = greedy(made)
    found = least(made, committed, employed, "worst case", 10.0, lambda _progress: True)
    worst, expected, cost = best(made)
    assert found.bound == worst == found.value
    then = least(
        made, found.committed, found.employed, "expected shortfall", 10.0, lambda _progress: True, most_worst=worst
    )
    assert then.bound <= expected <= then.value
    answer = option(made, choose(made))
    assert answer.method == "exact"
    assert (answer.worst.value, answer.cost.value) == (worst, cost)
    assert answer.expected.value == pytest.approx(expected / sum(made.likelihood))


@pytest.mark.parametrize("seed", range(10))
def test_the_plain_rule_keeps_every_rule_and_is_never_better(seed):
    made, _ = problem(choice(seed))
    committed, employed = greedy(made)
    assert {made.serving[number][place][0] for number, row in enumerate(employed) for place in row} <= committed
    exact = option(made, choose(made))
    plain = option(made, choose(made, 0.0, lambda _progress: False))
    assert plain.worst.value >= exact.worst.value
    assert all(stage.bound <= stage.value for stage in (plain.worst, plain.expected, plain.cost))


def test_one_option_for_all_scenarios_beats_the_best_for_one_in_the_worst_case():
    given = two_sides()
    answer = solve(given)
    assert answer.committed == ("both",)
    assert answer.worst.value == 4
    alone = singles(given)
    assert [(one.committed, one.shortfall, one.worst, one.worst_in) for one in alone] == [
        (("north",), 0, 10, "south"),
        (("south",), 0, 10, "north"),
    ]
    assert answer.expected_by == {"ALFA": 4.0, "BRAVO": 4.0}
    assert "committed" in answer.account[0]


def test_no_option_of_a_front_is_beaten_and_dearer_ones_are_better():
    found = front(choice(3), steps=6)
    goals = [(one.worst.value, one.expected.value, one.cost.value) for one in found.options]
    assert found.proven
    assert len(set(goals)) == len(goals) > 1
    for one in goals:
        assert not any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in goals)
    assert [goal[2] for goal in goals] == sorted(goal[2] for goal in goals)
    assert [goal[0] for goal in goals] == sorted((goal[0] for goal in goals), reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_what_two_sides_bring_is_what_trying_everything_says(seed):
    made, _ = problem(choice(seed))
    found = contributions(made, sides(made))
    value = {
        members: best(made, frozenset(n for n, force in enumerate(made.forces) if force.party in members))[0]
        for members in ((), ("ALFA",), ("BRAVO",), ("ALFA", "BRAVO"))
    }
    shares = {share.name: share for share in found.shares}
    if len(shares) == 2:
        for name, other in (("ALFA", "BRAVO"), ("BRAVO", "ALFA")):
            alone, last = value[()] - value[(name,)], value[(other,)] - value[("ALFA", "BRAVO")]
            assert (shares[name].alone, shares[name].marginal) == (alone, last)
            assert shares[name].shapley == (alone + last) / 2
    assert sum(share.shapley for share in found.shares) == pytest.approx(found.none - found.whole)
    assert found.coalitions == 2 ** len(shares)


def test_equal_contributions_are_a_tie():
    forces = tuple(Force(name, name, {"tankers": 3}) for name in ("ALFA", "BRAVO", "CHARLIE"))
    made, _ = problem(Choice((*forces, Force("D", "DELTA", {})), (TANKERS,), (Scenario("S"),)))
    found = contributions(made, sides(made))
    assert [(share.rank, share.shapley) for share in found.shares][-1] == (4, 0)
    assert {share.rank for share in found.shares[:3]} == {1}
    assert "as much as" in found.account[1]


def test_drawn_orders_agree_with_all_orders_within_their_error_and_come_back_with_their_seed():
    made, _ = problem(choice(6, forces=7))
    packages = {force.id: (force.id,) for force in made.forces}
    assert len(packages) > 6
    found = contributions(made, packages, pairs=20, seed=3)
    again = contributions(made, packages, pairs=20, seed=3)
    assert found == again
    index = {force.id: number for number, force in enumerate(made.forces)}
    value = {}

    def worth(members):
        if members not in value:
            value[members] = best(made, frozenset(index[name] for name in members))[0]
        return value[members]

    exact = dict.fromkeys(packages, 0.0)
    for order in permutations(packages):
        there = frozenset()
        for name in order:
            exact[name] += (worth(there) - worth(there | {name})) / math.factorial(len(packages))
            there |= {name}
    for share in found.shares:
        assert abs(share.shapley - exact[share.name]) <= 4 * share.error + 1e-6
    assert sum(share.shapley for share in found.shares) == pytest.approx(found.none - found.whole)


def test_waiting_gains_where_a_branch_is_met_alone_and_costs_once_notice_runs_out():
    given = two_sides()
    forces = (
        msgspec.structs.replace(given.forces[0], notice=20),
        msgspec.structs.replace(given.forces[1], notice=40),
        given.forces[2],
    )
    needed = (Requirement("R", "tankers", 10, 1, 50, 60),)
    rows, faults = waiting(
        msgspec.structs.replace(given, forces=forces, requirements=needed), {"up": 25, "down": 25, "sideways": 3}
    )
    assert [fault.element for fault in faults] == ["sideways"]
    down, up = rows
    assert (down.branch, down.now, down.at_once, down.waited, down.gain, down.latest) == ("down", 4, 0, 4, 0, 10)
    assert down.lost == ("south",)
    assert (up.branch, up.now, up.at_once, up.waited, up.gain, up.latest) == ("up", 4, 0, 0, 4, 30)
    assert "takes off 4" in up.account
    assert [(step.latest, step.before, step.after) for step in down.steps] == [(10, 0, 4), (50, 4, 10)]
    unknown, past = waiting(given, {"up": None, "down": -1})
    assert [(row.waited, row.gain) for row in unknown] == [(None, None)] * 2
    assert [fault.element for fault in past] == ["down"]
    assert waiting(given, {"up": 1}, watch=lambda _progress: False)[0] == ()


def test_a_force_serves_again_once_the_first_requirement_has_ended():
    one, two = TANKERS, Requirement("R2", "tankers", 4, 1, 6, 9)
    forces = (Force("F", "ALFA", {"tankers": 4}),)
    assert solve(Choice(forces, (one, two), (Scenario("S"),))).worst.value == 0
    overlapping = msgspec.structs.replace(two, start=5)
    assert solve(Choice(forces, (one, overlapping), (Scenario("S"),))).worst.value == 4


def test_a_run_that_is_stopped_is_the_plain_choice_or_better_and_says_so():
    answer = solve(choice(1), watch=lambda _progress: False)
    assert answer.method in ("greedy", "best so far", "exact")
    assert all(stage.bound <= stage.value for stage in (answer.worst, answer.expected, answer.cost))


@pytest.mark.parametrize(
    "broken",
    [
        lambda o: {"committed": ()},
        lambda o: {"worst": Stage(o.worst.value + 1, 0, proven=False)},
        lambda o: {"expected": Stage(o.expected.value - 1, 0, proven=False)},
        lambda o: {"cost": Stage(0, 0, proven=True)},
        lambda o: {"cost": Stage(o.cost.value, o.cost.value + 1, proven=False)},
        lambda o: {"outcomes": o.outcomes[:1]},
        lambda o: {"outcomes": tuple(msgspec.structs.replace(x, met=x.met[1:]) for x in o.outcomes)},
        lambda o: {"outcomes": tuple(msgspec.structs.replace(x, shortfall=0) for x in o.outcomes)},
    ],
)
def test_an_option_that_says_what_is_not_so_does_not_pass(broken):
    made, _ = problem(two_sides())
    answer = option(made, choose(made))
    with pytest.raises(MisuseError, match="does not hold"):
        verify_option(made, msgspec.structs.replace(answer, **broken(answer)))


def test_what_cannot_be_reckoned_with_is_named_with_its_field():
    forces = (Force("F", "ALFA", {"tankers": 4}), Force("F", "ALFA", {}), Force("G", "ALFA", {"tankers": -1}))
    needed = (
        TANKERS,
        Requirement("R2", "x", 0),
        Requirement("R3", "x", 1, -1),
        Requirement("R4", "x", 1, 1, 5, 4),
        Requirement("R5", "x", 1, 1, 10**30),
    )
    ways = (
        Scenario("S", {"ALFA": 1, "BRAVO": 2}, needs={"gone": 3}, present={"gone": 3}),
        Scenario("T", {"ALFA": 1}, lift=-1),
        Scenario("U", {"ALFA": 1}, needs={"R1": -1}),
        Scenario("V", {"ALFA": 1}, present={"F": 101}),
        Scenario("W", {"ALFA": 1}),
    )
    given = Choice(forces, needed, ways, (Limit("ZULU", 1), Limit("ALFA", -1)), (Offer("F", "R1"), Offer("X", "R1")))
    answer = solve(given)
    assert sorted((fault.element, fault.field) for fault in answer.faults) == [
        ("ALFA", "limits"),
        ("F", "id"),
        ("G", "capabilities"),
        ("R2", "quantity"),
        ("R3", "weight"),
        ("R4", "window"),
        ("R5", "window"),
        ("S", "needs"),
        ("S", "present"),
        ("T", "lift"),
        ("U", "needs"),
        ("V", "present"),
        ("W", "likelihood"),
        ("X", "offers"),
        ("ZULU", "limits"),
    ]
    assert answer.worst.value == 0
    assert set(answer.expected_by) == {"ALFA"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Choice((), (TANKERS,), ()), "set of scenarios is empty"),
        (Choice((), (), (Scenario("S"),)), "No requirement"),
        (Choice((), (Requirement("R", "x", 10**9, 10**9),), (Scenario("S"),)), "larger units"),
    ],
)
def test_a_choice_without_meaning_is_refused_in_a_sentence(given, words):
    with pytest.raises(MisuseError, match=words):
        solve(given)


def test_packages_that_share_a_force_or_name_none_are_refused():
    made, _ = problem(two_sides())
    with pytest.raises(MisuseError, match="two packages"):
        contributions(made, {"one": ("north",), "two": ("north",)})
    with pytest.raises(MisuseError, match="not among"):
        contributions(made, {"one": ("west",)})


def test_what_is_short_with_exactly_some_forces_can_be_asked():
    made, _ = problem(two_sides())
    assert fixed(made, {0}, [0]).value == 0
    assert fixed(made, {0}, [1]).value == 10


def test_a_choice_and_its_option_go_through_plain_text():
    given = choice(4)
    assert msgspec.json.decode(msgspec.json.encode(given), type=Choice) == given
    answer = solve(given)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Option) == answer
