"""Sweeps: the order of points, rows that depend on nothing but problem and number, what is refused, and what rows add up to."""

from itertools import combinations, product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.analysis import sweep, sweep_points, sweep_summary
from stafftalks.analysis.coverage import cover
from stafftalks.analysis.sweep import frozen
from stafftalks.analysis.sweep_points import Assumption, Case, Change, Sweep, point, points
from stafftalks.analysis.sweep_reading import change_of, sweep_of
from stafftalks.analysis.sweep_values import Subject
from stafftalks.values.errors import MisuseError, PeerError
from tests.analysis.sweeping import COVERAGE, OPTIONS, PORT, RISK, SCHEDULE, SWEEP


@given(
    st.integers(0, 3), st.lists(st.integers(1, 2), max_size=2), st.integers(0, 5), st.integers(1, 5), st.integers(1, 3)
)
@settings(max_examples=60)
def test_points_stand_in_the_stated_order_and_are_each_found_by_number(branches, cases, forces, at_most, seeds):
    names = tuple(f"F{number}" for number in range(forces))
    assumptions = tuple(
        Assumption(f"A{n}", tuple(Case(f"c{k}", (Change("F0", share=k),)) for k in range(many)))
        for n, many in enumerate(cases)
    )
    made = Sweep(
        branches=tuple(f"B{n}" for n in range(branches)),
        assumptions=assumptions,
        forces=names,
        at_most=min(at_most, max(forces, 1)),
        seeds=seeds,
        seed=7,
    )
    sets = [some for size in range(made.at_most + 1) for some in combinations(names, size)]
    expected = list(
        product(made.branches or ("",), product(*(range(many + 1) for many in cases)), sets, range(7, 7 + seeds))
    )
    assert [(each.branch, each.cases, each.without, each.seed) for each in points(made)] == expected
    assert [each.number for each in points(made)] == list(range(sweep_points.count(made)))
    with pytest.raises(MisuseError, match="There is no point"):
        point(made, len(expected))


def test_coverage_at_a_point_is_coverage_of_the_changed_problem():
    problem, ready = frozen(COVERAGE, SWEEP, {})
    at = {column.name: place for place, column in enumerate(ready.columns)}
    for row in ready.rows(0, sweep_points.count(problem.sweep)):
        here = point(problem.sweep, row[0])
        share = {0: 100, 1: 50, 2: 0}[here.cases[0]]
        offers = [each for each in COVERAGE.offers if each.force not in here.without]
        offers = [
            msgspec.structs.replace(each, quantity=each.quantity * share // 100) if each.through else each
            for each in offers
        ]
        slow = cover(COVERAGE.scenarios, COVERAGE.needs, [each for each in offers if each.quantity])
        rows = [each for each in slow.rows() if each.branch == here.branch]
        left = sum(each.state in ("gap", "partial") for each in rows)
        assert (row[at["open"]], row[at["met"]]) == (left, not left)
        short = sum(max(part.missing for part in each.stretches) / each.needed for each in rows)
        assert row[at["short"]] == pytest.approx(short, abs=1e-6)


@pytest.mark.parametrize(
    ("subject", "varied"),
    [
        (COVERAGE, SWEEP),
        (SCHEDULE, Sweep(branches=("B1", "B2"), forces=("planes",), seeds=2)),
        (
            RISK,
            Sweep(forces=("quay",), assumptions=(Assumption("x", (Case("y", (Change("all", lasts=150),)),)),), seeds=2),
        ),
        (OPTIONS, Sweep(branches=("B1", "S2"), forces=("a", "b", "XTV"), at_most=2)),
    ],
    ids=["coverage", "schedule", "risk", "options"],
)
@pytest.mark.xdist_group("compiled")
def test_a_row_depends_on_the_problem_and_its_number_alone(subject: Subject, varied: Sweep):
    problem, ready = frozen(subject, varied, {})
    data = sweep.encoded(problem)
    again = sweep.Ready(sweep.decoded(data))
    total = sweep_points.count(problem.sweep)
    backwards = [again.row(number) for number in reversed(range(total))][::-1]
    assert ready.rows(0, total) == backwards
    assert sweep.encoded(sweep.decoded(data)) == data
    types = {"whole": int, "number": float, "truth": bool, "text": str}
    for row in backwards:
        assert all(
            value is None or type(value) is types[column.type] for value, column in zip(row, ready.columns, strict=True)
        )


@pytest.mark.xdist_group("compiled")
def test_schedules_and_risk_say_what_a_change_does():
    later = Assumption("in time", (Case("late", (Change("load", late=4),)), Case("slow", (Change("load", lasts=200),))))
    _problem, ready = frozen(SCHEDULE, Sweep(assumptions=(later,), forces=("planes", "port")), {})
    at = {column.name: place for place, column in enumerate(ready.columns)}
    rows = ready.rows(0, 9)
    ends = {(row[at["in time"]], row[at["left out"]]): row[at["end"]] for row in rows}
    assert [ends[case, "none"] for case in ("as planned", "late", "slow")] == [3, 7, 4]
    assert ends["as planned", "planes"] == 5
    # Without the port nothing can march: no schedule, and that is proven.
    assert [row[at["state"]] for row in rows if row[at["left out"]] == "port"] == ["infeasible"] * 3
    _problem, ready = frozen(RISK, Sweep(assumptions=(later,), forces=("quay",)), {})
    at = {column.name: place for place, column in enumerate(ready.columns)}
    plain, without, late = (ready.row(number) for number in (0, 1, 2))
    assert late[at["closed in 80%"]] == plain[at["closed in 80%"]] + 4
    assert (without[at["never"]], without[at["closed in 80%"]], without[at["met"]]) == (1.0, None, False)


def test_names_are_ids_or_titles_and_rows_say_titles():
    titles = {"Wing 7": "Seventh wing", "B1": "Dikes hold"}
    varied = Sweep(branches=("dikes  HOLD",), forces=("each",), at_most=1)
    problem, ready = frozen(COVERAGE, varied, titles)
    assert (problem.sweep.branches, problem.sweep.forces) == (("B1",), ("Wing 7", "Wing 9", "Brigade"))
    assert (ready.row(1)[1], ready.row(1)[2]) == ("Dikes hold", "Seventh wing")
    assert frozen(COVERAGE, Sweep(branches=("each",)), {})[0].sweep.branches == ("B1", "B2")


@pytest.mark.parametrize(
    ("varied", "words"),
    [
        (Sweep(), "Nothing is varied"),
        (Sweep(branches=("B7",)), "There is no branch “B7” here; these are there: “B1”, “B2”."),
        (Sweep(forces=("Wing 8",)), "There is no force “Wing 8” here"),
        (Sweep(forces=("Wing 7", "Wing 7")), "stands twice among the forces"),
        (Sweep(forces=("Wing 7",), at_most=2), "write 1 to 1"),
        (Sweep(seeds=2, forces=("Wing 7",)), "Nothing here is drawn"),
        (Sweep(assumptions=(Assumption("x", ()),)), "has no case in which it does not hold"),
        (Sweep(assumptions=(Assumption("x", (Case("y", ()),)),)), "changes nothing"),
        (
            Sweep(assumptions=(Assumption("x", (Case("y", (Change("Wing 7", lasts=120),)),)),)),
            "nothing in this analysis lasts",
        ),
        (Sweep(assumptions=(Assumption("x", (Case("y", (Change("Wing 7", share=2000),)),)),)), "shares go from 0%"),
        (Sweep(sets=((),)), "A set of forces is empty"),
    ],
)
def test_what_has_no_meaning_is_refused_with_a_sentence(varied: Sweep, words: str):
    with pytest.raises(MisuseError, match=words.replace("(", r"\(")):
        frozen(COVERAGE, varied, {})


def test_too_many_points_say_how_many_and_the_limit():
    many = tuple(Assumption(f"a{n}", (Case("x", (Change("Wing 7", share=0),)),)) for n in range(20))
    with pytest.raises(MisuseError, match=r"1,048,576 points \(2 cases of “a0” x .*100,000 are the most"):
        frozen(COVERAGE, Sweep(assumptions=many), {})


def test_where_nothing_can_be_said_of_a_point_it_says_why():
    empty = msgspec.structs.replace(
        OPTIONS, choice=msgspec.structs.replace(OPTIONS.choice, scenarios=OPTIONS.choice.scenarios[:1])
    )
    needless = msgspec.structs.replace(empty.choice.requirements[0], quantity=0)
    choice = msgspec.structs.replace(empty.choice, requirements=(needless, empty.choice.requirements[1]))
    _problem, ready = frozen(
        msgspec.structs.replace(empty, choice=choice), Sweep(forces=("a", "b", "c"), at_most=3), {}
    )
    assert len(ready.reckoner.faults) == 1
    assert ready.row(7)[6:10] == ("", 3.0, 3.0, 3.0)  # without any force everything is short


def test_bytes_that_are_no_problem_are_refused():
    data = sweep.encoded(frozen(COVERAGE, SWEEP, {})[0])
    for wrong in (
        b"",
        b"\x00",
        data[:-1],
        msgspec.msgpack.encode({"subject": {"type": "code"}}),
        msgspec.msgpack.encode([1]),
    ):
        with pytest.raises(PeerError, match="no problem of a sweep"):
            sweep.decoded(wrong)


def test_what_rows_add_up_to():
    problem, ready = frozen(COVERAGE, SWEEP, {})
    rows = ready.rows(0, sweep_points.count(problem.sweep))
    found = sweep_summary.summary(ready, rows, listed=2)
    at = {column.name: place for place, column in enumerate(ready.columns)}
    assert (found.points, found.met, found.silent, found.measure) == (42, 3, 0, "short")
    assert [row[at["short"]] for row in found.worst] == [2.0, 1.625]
    assert found.best[0][at["met"]] is True
    assert found.account[0] == "All is met in 3 of 42 points; in 39 (93%) it is not."
    effects = {each.factor: each for each in found.effects}
    # Wing 7 alone is most of the lift; and each pair differs in it alone.
    wing = effects["Wing 7"]
    assert [(level.name, level.points) for level in wing.levels] == [("there", 18), ("left out", 18)]
    assert wing.levels[1].mean > wing.levels[0].mean
    port = effects[PORT.id]
    assert [level.mean for level in port.levels] == sorted(level.mean for level in port.levels)
    assert 0 <= sum(each.share for each in found.effects if not each.force) <= 1
    assert sweep_summary.summary(ready, []).account == ("No point is reckoned yet.",)


def test_a_sweep_as_people_write_it():
    data = {
        "branches": ["B1"],
        "assumptions": [
            "Port Y 50% | Port Y 0% & Wing 9 +1 day 12 hours",
            {"id": "slow", "cases": [{"id": "by half", "changes": [{"name": "load", "lasts": 150}, "Port +2"]}]},
        ],
        "sets": [["Wing 7", "Wing 9"]],
        "seeds": 3,
    }
    made = sweep_of(data, "x.yaml", 3600)
    first, second = made.assumptions
    assert first.cases[1].changes == (Change("Port Y", share=0), Change("Wing 9", late=36))
    assert second.cases[0] == Case("by half", (Change("load", lasts=150), Change("Port", late=2)))
    assert (made.sets, made.seeds, made.at_most) == ((("Wing 7", "Wing 9"),), 3, 1)
    for text in ("Port Y", "Port Y fifty %", "x" * 500, "Port Y +soon"):
        with pytest.raises(MisuseError):
            change_of(text, 3600)
    for wrong, error in (({"branch": []}, PeerError), (7, PeerError), ({"forces": []}, MisuseError)):
        with pytest.raises(error):
            sweep_of(wrong, "x.yaml", 3600)


def test_a_change_that_can_make_no_difference_is_refused():
    always = msgspec.structs.replace(
        COVERAGE,
        needs=(msgspec.structs.replace(COVERAGE.needs[0], start=None),),
        offers=(msgspec.structs.replace(COVERAGE.offers[0], start=None),),
    )
    later = Sweep(assumptions=(Assumption("x", (Case("y", (Change("Wing 7", late=2),)),)),))
    with pytest.raises(MisuseError, match="“Wing 7” changes nothing here: what comes later must have a beginning"):
        frozen(always, later, {})
    assert frozen(COVERAGE, later, {})


@pytest.mark.xdist_group("compiled")
def test_effects_are_told_of_what_differs_where_it_can_be_said():
    slower = Assumption("in time", (Case("slow", (Change("all", lasts=110),)),))
    easy = msgspec.structs.replace(SCHEDULE.problem.phases[0], due=50)
    subject = msgspec.structs.replace(SCHEDULE, problem=msgspec.structs.replace(SCHEDULE.problem, phases=(easy,)))
    _problem, ready = frozen(subject, Sweep(assumptions=(slower,), forces=("port",)), {})
    found = sweep_summary.summary(ready, ready.rows(0, 4))
    # Without the port there is no schedule at all; the others differ in their end, and in no lateness.
    assert (found.measure, found.met) == ("end", 2)
    nameless = msgspec.structs.replace(COVERAGE, offers=(msgspec.structs.replace(COVERAGE.offers[0], force=""),))
    assert frozen(nameless, Sweep(forces=("each",)), {})[0].sweep.forces == ("c1",)
