"""Weighing options: plain arithmetic, no hidden choice, and turning points that a slow search finds too."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from stafftalks.planning.options import Criterion, Option
from stafftalks.planning.weighing import TOP_WEIGHT, criteria_of, weigh

NAMES = ("Speed", "Risk", "Cost", "Reach")


@st.composite
def comparisons(draw):
    names = NAMES[: draw(st.integers(1, 4))]
    weights = {name: draw(st.integers(0, 20)) for name in names}
    options = {
        f"o{number}": Option(
            title=f"Option {number}",
            criteria=tuple(Criterion(criterion=name, weight=1, score=draw(st.integers(0, 10))) for name in names),
        )
        for number in range(draw(st.integers(1, 4)))
    }
    return options, weights


def mean(option, weights):
    scores = {row.criterion: row.score for row in option.criteria}
    total = sum(weights.values())
    return Fraction(sum(weight * scores[name] for name, weight in weights.items()), total) if total else Fraction(0)


@given(comparisons())
def test_the_weighted_mean_is_what_anybody_would_work_out(comparison):
    options, weights = comparison
    found = weigh(options, weights)
    assert {one.key: one.low for one in found.options} == {key: mean(one, weights) for key, one in options.items()}
    assert all(one.low == one.high for one in found.options)


@given(comparisons(), st.permutations(range(4)))
def test_the_order_of_options_changes_no_figure(comparison, order):
    options, weights = comparison
    keys = [list(options)[at] for at in order if at < len(options)]
    turned = weigh({key: options[key] for key in keys}, weights)
    assert {one.key: one for one in turned.options} == {one.key: one for one in weigh(options, weights).options}
    assert set(turned.leaders) == set(weigh(options, weights).leaders)


@given(comparisons(), st.sampled_from(NAMES), st.integers(0, TOP_WEIGHT))
def test_within_the_bounds_nobody_overtakes_and_beyond_them_those_named_do(comparison, name, weight):
    options, weights = comparison
    assume(name in weights)
    found = weigh(options, weights)
    assume(found.leaders)
    turn = next(turn for turn in found.turns if turn.criterion == name)
    moved = {**weights, name: weight}
    assume(any(moved.values()))
    first = mean(options[found.leaders[0]], moved)
    others = {key: mean(one, moved) for key, one in options.items() if key not in found.leaders}
    if turn.low <= weight <= turn.high:
        assert all(other <= first for other in others.values())
    elif weight > turn.high:
        assert any(others[key] > first for key in turn.above)
    else:
        assert any(others[key] > first for key in turn.below)


def test_a_missing_score_is_a_range_and_nobody_leads():
    one = Option(title="One", criteria=(Criterion(criterion="Speed", score=None), Criterion(criterion="Risk", score=4)))
    other = Option(title="Other", criteria=(Criterion(criterion="Speed", score=9),))
    found = weigh({"one": one, "other": other}, {"Speed": 3, "Risk": 1})
    assert [(item.low, item.high, item.missing) for item in found.options] == [
        (Fraction(1), Fraction(17, 2), ("Speed",)),
        (Fraction(27, 4), Fraction(37, 4), ("Risk",)),
    ]
    assert found.leaders == ()
    assert found.turns == ()


def test_criteria_stand_in_the_order_named_with_every_weight_they_are_given():
    one = Option(title="One", criteria=(Criterion(criterion="Speed", weight=3), Criterion(criterion="Risk", weight=1)))
    other = Option(
        title="Other", criteria=(Criterion(criterion="Risk", weight=2), Criterion(criterion="Cost", weight=1))
    )
    assert criteria_of([one, other]) == {"Speed": (3,), "Risk": (1, 2), "Cost": (1,)}
