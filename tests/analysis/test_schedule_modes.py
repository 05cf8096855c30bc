"""Modes that can never be had, or are of no use beside the others, are left out; with the others the best is found where it is known."""

import pytest

from stafftalks.analysis.schedule import Activity, Mode, Problem, Resource, Use
from stafftalks.analysis.schedule_columns import columns
from stafftalks.analysis.schedule_conflicts import conflict
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.schedule_words import conflict_said
from tests.analysis.schedules import jigsaw

pytestmark = pytest.mark.xdist_group("schedule")
MONEY = Resource(id="money", capacity=9, renewable=False)
TIME = Resource(id="time", capacity=9, renewable=False)


def ways(name: str, *modes: tuple[int, int, int]) -> Activity:
    """In modes of so many ticks, so much money, so much time."""
    return Activity(
        id=name,
        modes=tuple(Mode("", ticks, (Use("money", money), Use("time", time))) for ticks, money, time in modes),
    )


def kept(problem: Problem, **roomy: tuple[str, ...]) -> list[list[int]]:
    made = columns(problem, **roomy)
    first = made.net.mode_first
    return [made.modes[first[at] : first[at + 1]].tolist() for at in range(made.count)]


def test_a_mode_is_left_out_that_another_beats_or_equals() -> None:
    problem = Problem(activities=(ways("a", (4, 2, 2), (3, 2, 1), (3, 2, 1), (2, 3, 1)),), resources=(MONEY, TIME))
    assert kept(problem) == [[1, 3]]


def test_a_mode_is_left_out_that_leaves_too_little_for_the_others() -> None:
    problem = Problem(
        activities=(ways("a", (1, 6, 1), (2, 4, 1)), ways("b", (1, 8, 1), (2, 5, 1), (3, 4, 2))),
        resources=(MONEY, TIME),
    )
    assert kept(problem) == [[1], [1, 2]], "6 and 4 are too much, and then 4 and 5 are not"
    assert kept(problem, roomy=("money",)) == [[0, 1], [0, 1, 2]], "where money may be found, all stay"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_fits_together_is_found(seed: int) -> None:
    found = solve(jigsaw(14, seed), Effort(schedules=6000, prove=False), lambda: 0.0)
    assert found.value is not None
    assert found.bound is not None
    assert found.bound.end <= 20 <= found.value.end <= 22
    assert (found.state == "optimal") == (found.value.end == found.bound.end)


def test_stocks_that_rule_each_other_out_are_told() -> None:
    problem = Problem(
        activities=(ways("a", (1, 9, 1), (1, 1, 9)), ways("b", (1, 5, 1), (1, 1, 5))), resources=(MONEY, TIME)
    )
    found = solve(problem, Effort(seconds=5, schedules=9, workers=1), lambda: 0.0)
    assert found.state == "infeasible"
    said = conflict_said(problem, conflict(problem, Effort(seconds=5, schedules=9, workers=1), lambda: 0.0))
    assert "there are 9 of “money” in all; there are 9 of “time” in all" in said
    assert (
        "all together could do with 2 of “money” and 2 of “time”, but the modes that draw less of one draw more of another"
        in said
    )
