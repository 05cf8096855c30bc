"""Draws follow from seed, name and number alone, and come from the distribution they are said to come from."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.analysis.risk_distributions import Empirical, Fixed, Pert, Triangular, mean, variables, wrong
from stafftalks.analysis.risk_draws import fill, spin, values, words

pytestmark = pytest.mark.xdist_group("compiled")
DRAWS = 40_000
CASES = [
    Triangular(200, 500, 1900),
    Triangular(0, 0, 900),
    Triangular(100, 900, 900),
    Pert(200, 500, 1900),
    Pert(0, 0, 900),
    Pert(100, 900, 900),
    Empirical((100, 500, 500, 2000)),
    Fixed(700),
    Triangular(40, 40, 40),
    Pert(40, 40, 40),
]


def test_words_are_those_of_philox_4x32_10():
    """Source: the known answers published with Random123, for a counter and a key of zeroes."""
    assert words(np.zeros((1, 2), np.uint32), 0, 4)[0].tolist() == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@settings(max_examples=30, deadline=None)
@given(
    one=st.integers(0, 2**32 - 1), two=st.integers(0, 2**32 - 1), first=st.integers(0, 2**30), count=st.integers(1, 70)
)
def test_a_stretch_of_draws_is_a_part_of_any_longer_one(one, two, first, count):
    key = np.array([[one, two]], np.uint32)
    whole = first - first % 4
    longer = np.empty(80, np.uint32)
    spin(key[0, 0], key[0, 1], whole, longer)
    assert words(key, first, count)[0].tolist() == longer[first - whole : first - whole + count].tolist()


@pytest.mark.parametrize("distribution", CASES, ids=str)
def test_compiled_and_plain_draws_are_the_same_and_keep_to_their_distribution(distribution):
    of = variables([("before", Fixed(1)), ("here", distribution)], 3)
    drawn = values(of, np.array([1]), 0, DRAWS)[0]
    row = np.empty(4096, np.float32)
    fill(of, 1, 8192, np.empty(4096, np.uint32), row)
    assert (row == drawn[8192 : 8192 + 4096]).all()
    error = 4 * drawn.std() / math.sqrt(DRAWS) + 0.001 * (drawn.max() - drawn.min())
    assert abs(drawn.mean() - mean(distribution)) <= error + 0.01
    assert (drawn == np.floor(drawn)).all()


def test_a_triangle_is_drawn_with_its_closed_form():
    low, likely, high = 0, 3000, 10_000
    drawn = np.sort(values(variables([("x", Triangular(low, likely, high))], 5), np.array([0]), 0, DRAWS)[0])
    for share in (0.01, 0.1, 0.3, 0.5, 0.9, 0.99):
        exact = (
            low + math.sqrt(share * (high - low) * (likely - low))
            if share < (likely - low) / (high - low)
            else high - math.sqrt((1 - share) * (high - low) * (high - likely))
        )
        assert abs((drawn <= exact).mean() - share) < 4 * math.sqrt(share * (1 - share) / DRAWS)


def test_a_pert_curve_has_the_variance_of_its_beta():
    low, likely, high = 1000, 4000, 9000
    drawn = values(variables([("x", Pert(low, likely, high))], 5), np.array([0]), 0, DRAWS)[0]
    middle = (low + 4 * likely + high) / 6
    assert drawn.var() == pytest.approx((middle - low) * (high - middle) / 7, rel=0.03)


def test_two_variables_and_two_seeds_have_nothing_to_do_with_each_other():
    drawn = values(variables([("x", CASES[0]), ("y", CASES[0])], 5), np.arange(2), 0, DRAWS)
    other = values(variables([("x", CASES[0])], 6), np.arange(1), 0, DRAWS)
    for one, two in ((drawn[0], drawn[1]), (drawn[0], other[0]), (drawn[0][:-1], drawn[0][1:])):
        assert abs(np.corrcoef(one, two)[0, 1]) < 4 / math.sqrt(DRAWS)


def test_a_variable_keeps_its_draws_whatever_stands_beside_it():
    alone = values(variables([("x", CASES[3])], 5), np.array([0]), 0, 50)
    beside = values(variables([("w", CASES[0]), ("x", CASES[3])], 5), np.array([1]), 0, 50)
    assert (alone == beside).all()


@pytest.mark.parametrize(
    ("distribution", "words"),
    [
        (Fixed(math.nan), "not a number"),
        (Fixed(math.inf), "not a number"),
        (Fixed(-1), "less than nothing"),
        (Triangular(3, 2, 5), "not in order"),
        (Pert(3, 6, 5), "not in order"),
        (Empirical(()), "no value"),
        (Empirical((1, -2)), "less than nothing"),
        (Fixed(2.0**25), "too long"),
    ],
)
def test_what_cannot_be_drawn_from_says_why(distribution, words):
    assert words in wrong(distribution)
