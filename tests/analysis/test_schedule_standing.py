"""What holds an activity where it is, how much later it could be, and what the end waits for: told of a schedule, and held to moving one activity at a time."""

import msgspec
import pytest
from hypothesis import given, settings

from stafftalks.analysis.schedule import Change, Phase, Placed, Problem, Resource, Span
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.schedule_standing import Held, Step, profiles, standings
from stafftalks.analysis.schedule_verifying import breaches, value_of
from tests.analysis.schedules import activity, problems

pytestmark = pytest.mark.xdist_group("schedule")
QUICK = Effort(seconds=5, workers=1, schedules=5, prove=False)


def quay() -> Problem:
    """Two ships at a quay for one, and a lorry after the first; a crane that comes on the fourth day."""
    return Problem(
        activities=(
            activity("first", 3, quay=1),
            activity("second", 3, quay=1),
            activity("lorry", 1),
            activity("lift", 1, crane=1),
            activity("guard", 2, spans=(Span(2, 9),)),
        ),
        resources=(Resource(id="quay", capacity=1), Resource(id="crane", capacity=0, changes=(Change(4, 1),))),
        phases=(Phase(id="in", activities=("lorry",), due=5),),
    )


PLACED = (
    Placed("first", 0, 0, 3),
    Placed("second", 0, 3, 6),
    Placed("lorry", 0, 2, 3),
    Placed("lift", 0, 4, 5),
    Placed("guard", 0, 2, 4),
)


def test_each_is_told_what_holds_it_and_how_much_later_it_could_be() -> None:
    found = {each.activity: each for each in standings(quay(), PLACED)}
    assert found["first"].held == (Held("start"),)
    assert found["second"].held == (Held("busy", ("first",), "quay"),)
    assert found["lift"].held == (Held("less", (), "crane"),)
    assert found["guard"].held == (Held("window"),)
    assert found["lorry"].held == (Held("free"),)
    assert {name: each.room for name, each in found.items()} == {
        "first": 0,
        "second": 0,
        "lorry": 2,
        "lift": 1,
        "guard": 2,
    }
    assert [name for name, each in found.items() if each.critical] == ["first", "second"]


def test_what_is_used_of_a_resource_stands_beside_what_there_is() -> None:
    used = {each.resource: each for each in profiles(quay(), PLACED)}
    assert used["quay"].steps == (Step(0, 1, 1), Step(3, 1, 1), Step(6, 0, 1))
    assert used["crane"].steps == (Step(0, 0, 0), Step(4, 1, 1), Step(5, 0, 1))
    assert used["quay"].fullest == 1


@settings(max_examples=50, deadline=None)
@given(problems())
def test_room_is_what_one_activity_can_move_by_and_no_more(problem: Problem) -> None:
    placed = solve(problem, QUICK, lambda: 0.0).placed
    for each in standings(problem, placed) if placed else ():
        later = [_moved(placed, each.activity, by) for by in range(1, each.room + 2)]
        sound = [
            not list(breaches(problem, one)) and value_of(problem, one) <= value_of(problem, placed) for one in later
        ]
        assert sound == [True] * each.room + [False]
        earlier = _moved(placed, each.activity, -1)
        assert (each.held == (Held("free"),)) == (not list(breaches(problem, earlier)))


def _moved(placed: tuple[Placed, ...], name: str, by: int) -> tuple[Placed, ...]:
    return tuple(
        msgspec.structs.replace(each, start=each.start + by, end=each.end + by) if each.activity == name else each
        for each in placed
    )
