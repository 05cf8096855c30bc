"""How far likelihoods lie apart: only ranges are compared, over different scales, and nothing depends on the order of the parties."""

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.likelihoods import by_divergence, spread
from stafftalks.values.scale import Likelihood, ScaleName, terms_of

TERMS = [Likelihood(scale, term) for scale in ScaleName for term in terms_of(scale)]
percentages = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(
    lambda pair: Likelihood.parse(f"{min(pair)}-{max(pair)}")
)
likelihoods = st.one_of(st.sampled_from(TERMS), percentages)
judged = st.dictionaries(st.sampled_from(["XMR", "XTV", "XPA", "XOU"]), st.none() | likelihoods)


def _spread(**texts: str) -> object:
    return spread({party: Likelihood.parse(text) if text else None for party, text in texts.items()})


def test_nobody_or_one_alone_cannot_differ() -> None:
    assert _spread(XMR="", XTV="").sort == "none"
    one = _spread(XMR="likely", XTV="")
    assert (one.sort, one.comparable, one.low, one.high) == ("one", False, 55, 80)


def test_ranges_of_different_scales_are_apart_by_the_gap_between_them() -> None:
    found = _spread(XMR="likely", XTV="unlikely (PHIA)")
    assert (found.sort, found.points, found.low, found.high) == ("apart", 20, 35, 55)
    assert (found.lowest, found.highest) == ("XTV", "XMR")


def test_neighbouring_terms_of_one_scale_only_touch() -> None:
    found = _spread(XMR="likely", XTV="very likely")
    assert (found.sort, found.low, found.points) == ("touching", 80, 0)


def test_a_plain_percentage_inside_a_range_overlaps_it() -> None:
    assert _spread(XMR="likely", XTV="60 %").sort == "overlap"
    assert _spread(XMR="likely", XTV="80 %").sort == "overlap"


def test_the_same_words_are_the_same_range_and_so_are_other_words_of_that_range() -> None:
    assert _spread(XMR="likely", XTV="likely").sort == "same"
    assert _spread(XMR="likely", XTV="55-80 %").sort == "same"


def test_where_parties_differ_most_stands_first() -> None:
    topics = [
        ("same", _spread(A="likely", B="likely")),
        ("alone", _spread(A="likely")),
        ("far", _spread(A="almost certain", B="almost no chance")),
        ("touch", _spread(A="likely", B="very likely")),
        ("near", _spread(A="likely", B="unlikely")),
        ("overlap", _spread(A="likely", B="60-90 %")),
    ]
    assert [name for name, _ in by_divergence(topics)] == ["far", "near", "touch", "overlap", "same"]


@given(judged)
def test_the_order_of_the_parties_does_not_matter(given_: dict[str, Likelihood | None]) -> None:
    assert spread(given_) == spread(dict(reversed(given_.items())))


@given(judged)
def test_what_is_said_is_what_the_ranges_share(given_: dict[str, Likelihood | None]) -> None:
    found = spread(given_)
    ranges = [one.range() for one in given_.values() if one is not None]
    shared = set(range(101)).intersection(*(range(low, high + 1) for low, high in ranges)) if ranges else set()
    match found.sort:
        case "none":
            assert not ranges
        case "apart":
            assert not shared
            assert found.points > 0
        case _:
            assert shared == set(range(found.low, found.high + 1))
    assert found.comparable == (len(ranges) > 1)
    assert 0 <= found.low <= found.high <= 100


@given(judged, likelihoods)
def test_a_further_party_never_brings_the_others_nearer(given_: dict[str, Likelihood | None], more: Likelihood) -> None:
    before, after = spread(given_), spread({**given_, "XEQ": more})
    if before.sort == "apart":
        assert after.sort == "apart"
        assert after.points >= before.points
