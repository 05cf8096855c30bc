"""The verifier catches every kind of violation that is planted into a schedule, and none where there is none."""

import msgspec
import pytest

from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Placed, Problem, Resource, Span, Use, Value
from stafftalks.analysis.schedule_verifying import UnsoundScheduleError, breaches, closures, value_of, verify_schedule

PROBLEM = Problem(
    activities=(
        Activity(id="a", modes=(Mode("sea", 3, (Use("lift", 2),)), Mode("air", 1, (Use("lift", 1), Use("fuel", 3))))),
        Activity(id="b", modes=(Mode("", 2, (Use("lift", 1),)),), spans=(Span(0, 2), Span(4, 9))),
        Activity(id="c", modes=(Mode("", 2, (Use("lift", 1), Use("fuel", 2))),)),
    ),
    arcs=(Arc("a", "b", 1),),
    resources=(
        Resource(id="lift", capacity=2, changes=(Change(6, 1),)),
        Resource(id="fuel", capacity=4, renewable=False),
    ),
    phases=(Phase(id="p", activities=("b", "c"), due=5, weight=3), Phase(id="q", activities=("a",), due=3, hard=True)),
)
GOOD = (Placed("a", 0, 0, 3), Placed("b", 0, 4, 6), Placed("c", 0, 4, 6))


def changed(name: str, **fields: int) -> tuple[Placed, ...]:
    return tuple(msgspec.structs.replace(each, **fields) if each.activity == name else each for each in GOOD)


def test_a_sound_schedule_is_let_pass_with_its_value() -> None:
    verify_schedule(PROBLEM, GOOD, Value(3, 6))
    assert value_of(PROBLEM, GOOD) == Value(3, 6)
    assert [(each.phase, each.closes, each.lateness) for each in closures(PROBLEM, GOOD)] == [("p", 6, 3), ("q", 3, 0)]


@pytest.mark.parametrize(
    ("placed", "element", "field", "words"),
    [
        (GOOD[:2], "c", "activity", "not scheduled"),
        ((*GOOD, GOOD[0]), "a", "activity", "twice"),
        ((*GOOD, Placed("x", 0, 0, 1)), "x", "activity", "no activity"),
        (changed("a", mode=2), "a", "modes", "no mode 2"),
        (changed("c", mode=-1), "c", "modes", "no mode -1"),
        (changed("c", end=5), "c", "duration", "1 ticks and takes 2"),
        (changed("c", start=-2, end=0), "c", "start", "before anything may"),
        (changed("b", start=3, end=5), "b", "arcs", "before 4"),
        (changed("b", start=3, end=5), "b", "spans", "none of its windows"),
        (changed("b", start=8, end=10), "b", "spans", "none of its windows"),
        (changed("c", start=2, end=4), "lift", "capacity", "At 2"),
        ((GOOD[0], Placed("b", 0, 5, 7), Placed("c", 0, 5, 7)), "lift", "capacity", "At 6"),
        (changed("a", mode=1, end=1), "fuel", "capacity", "5 of “fuel”"),
        ((Placed("a", 0, 1, 4), Placed("b", 0, 5, 7), Placed("c", 0, 4, 6)), "q", "due", "closes at 4"),
    ],
)
def test_what_is_planted_is_caught(placed: tuple[Placed, ...], element: str, field: str, words: str) -> None:
    found = list(breaches(PROBLEM, placed))
    assert any(each.element == element and each.field == field and words in each.sentence for each in found), found
    with pytest.raises(UnsoundScheduleError) as caught:
        verify_schedule(PROBLEM, placed)
    assert caught.value.breaches == tuple(found)


@pytest.mark.parametrize("value", [Value(2, 6), Value(3, 5), Value(0, 0)])
def test_a_value_that_is_not_the_schedules_is_caught(value: Value) -> None:
    with pytest.raises(UnsoundScheduleError, match="3 of lateness with the end at 6"):
        verify_schedule(PROBLEM, GOOD, value)
