"""What cannot be scheduled is told in a sentence that names it; the rest is scheduled all the same."""

import msgspec
import pytest

from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Problem, Resource, Span, Use
from stafftalks.analysis.schedule_checks import checked, circles
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.values.errors import MisuseError
from tests.analysis.schedules import activity, arcs

pytestmark = pytest.mark.xdist_group("schedule")

LIFT = Resource(id="lift", title="Heavy lift", capacity=2)


def told(problem: Problem) -> list[tuple[str, str, str]]:
    _, faults = checked(problem)
    return [(fault.element, fault.field, fault.sentence) for fault in faults]


def test_a_circle_is_named_and_left_out_with_what_comes_after_it() -> None:
    problem = Problem(activities=tuple(activity(name) for name in "abcdef"), arcs=arcs("ab", "bc", "cd", "db", "de"))
    sound, faults = checked(problem)
    assert [each.id for each in sound.activities] == ["a", "f"]
    assert faults[0].element == "b"
    assert "“b” → “c” → “d” → “b”" in faults[0].sentence
    assert "“e” comes after “d”, which is left out" in faults[1].sentence
    found = solve(problem, Effort(schedules=3, workers=1, seconds=1), lambda: 0.0)
    assert found.state == "optimal"
    assert [each.activity for each in found.placed] == ["a", "f"]
    assert found.faults == faults


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (("ab", "bc"), []),
        (("aa",), [["a"]]),
        (("ab", "ba", "cd", "dc"), [["a", "b"], ["c", "d"]]),
        (("ab", "bc", "cb"), [["b", "c"]]),
    ],
)
def test_every_knot_gives_one_circle(pairs: tuple[str, ...], expected: list[list[str]]) -> None:
    assert circles("abcd", arcs(*pairs)) == expected


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (activity("x", -1), "modes", "a duration of -1 ticks is none"),
        (activity("x", 1, crane=1), "modes", "nobody has the resource “crane”"),
        (activity("x", 1, lift=-1), "modes", "it cannot use -1 of “lift”"),
        (Activity(id="x", modes=()), "modes", "has no mode"),
        (activity("x", 1, spans=(Span(5, 4),)), "spans", "ends before it starts, 5 to 4"),
        (activity("x", 1, spans=(Span(None, -1),)), "spans", "before anything may start"),
        (activity("x", 3, spans=(Span(0, 2), Span(5, 7))), "spans", "takes at least 3 ticks"),
        (activity("x", 1, spans=(Span(2**40, None),)), "spans", "ticks away"),
    ],
)
def test_an_activity_that_cannot_be_is_left_out_and_said(wrong: Activity, field: str, words: str) -> None:
    problem = Problem(
        activities=(wrong, activity("y", 2, lift=1), activity("z")),
        arcs=arcs("xz"),
        resources=(LIFT,),
        phases=(Phase(id="p", activities=("x", "y"), due=1),),
    )
    faults = told(problem)
    assert faults[0][:2] == ("x", field)
    assert words in faults[0][2]
    assert any(element == "z" and "comes after “x”" in sentence for element, _, sentence in faults)
    assert any(element == "p" and "without “x”" in sentence for element, _, sentence in faults)
    found = solve(problem, Effort(schedules=3, workers=1, seconds=1), lambda: 0.0)
    assert [each.activity for each in found.placed] == ["y"]


def test_a_mode_that_cannot_be_had_leaves_the_others_their_numbers() -> None:
    both = Activity(id="a", modes=(Mode("air", 1, (Use("helicopter", 1),)), Mode("sea", 5, (Use("lift", 1),))))
    found = solve(
        Problem(activities=(both,), resources=(LIFT,)), Effort(schedules=3, workers=1, seconds=1), lambda: 0.0
    )
    assert [(each.mode, each.end) for each in found.placed] == [(1, 5)]
    assert "“a”, mode “air”: nobody has the resource “helicopter”" in found.faults[0].sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capacity": -1}, "there cannot be -1"),
        ({"changes": (Change(3, -2),)}, "there cannot be -2"),
        ({"capacity": 2**50}, "there cannot be"),
        ({"changes": (Change(2**40, 1),)}, "ticks away"),
    ],
)
def test_a_resource_that_cannot_be_is_left_out_with_what_needs_it(changes: dict[str, object], words: str) -> None:
    faults = told(
        Problem(activities=(activity("a", 1, lift=1),), resources=(msgspec.structs.replace(LIFT, **changes),))
    )
    assert faults[0][0] == "lift"
    assert words in faults[0][2]
    assert faults[1][0] == "a"


def test_doubles_strangers_and_empty_phases_are_said() -> None:
    problem = Problem(
        activities=(activity("a"), activity("a", 9), activity("b")),
        arcs=(Arc("a", "q"), Arc("a", "b", 2**40)),
        resources=(LIFT, LIFT),
        phases=(Phase(id="p", activities=(), due=1), Phase(id="w", activities=("a",), due=1, weight=-1)),
    )
    sentences = " ".join(sentence for _, _, sentence in told(problem))
    for words in (
        "given to two activities",
        "given to two resources",
        "no activity 'q'",
        "a lag of",
        "has no activity to close",
        "a weight from 0",
    ):
        assert words in sentences
    assert solve(problem, Effort(schedules=3, workers=1, seconds=1), lambda: 0.0).value is not None


def test_time_that_is_counted_too_finely_is_refused() -> None:
    problem = Problem(activities=(activity("a", 10**8 + 1), activity("b", 10**8)))
    with pytest.raises(MisuseError, match="count time in coarser ticks"):
        checked(problem)
