"""Matching: whole, in order, and bounded whatever a partner sends."""

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import matching
from stafftalks.planning.matching import gaps, rising

items = st.lists(st.integers(0, 5), max_size=30)


@given(items, items)
def test_runs_cover_both_sides_and_same_runs_are_the_same(one, other):
    start = first = 0
    previous = None
    for same, begin, end, beside, last in gaps(one, other):
        assert (begin, beside) == (start, first)
        assert (one[begin:end] == other[beside:last]) or not same
        assert same != previous, "neighbouring runs of one sort are joined"
        start, first, previous = end, last, same
    assert (start, first) == (len(one), len(other))


@given(items)
def test_equal_sequences_are_one_run(one):
    assert gaps(one, one) == ([(True, 0, len(one), 0, len(one))] if one else [])


@given(st.lists(st.integers(), unique=True, max_size=9))
def test_a_longest_rising_run_is_found(places):
    kept = [places[index] for index in rising(places)]
    assert kept == sorted(kept)
    best = [0] * len(places)
    for index, place in enumerate(places):
        best[index] = 1 + max((best[back] for back in range(index) if places[back] < place), default=0)
    assert len(kept) == max(best, default=0)


def test_difflib_never_sees_a_large_gap(monkeypatch):
    seen = []
    real = matching.difflib.SequenceMatcher

    def watching(junk, one, other, autojunk):
        seen.append(max(len(one), len(other)))
        return real(junk, one, other, autojunk=autojunk)

    monkeypatch.setattr(matching.difflib, "SequenceMatcher", watching)
    repetitive = [index % 2 for index in range(2_000)], [(index // 3) % 2 for index in range(2_000)]
    assert any(not run[0] for run in gaps(*repetitive))
    gaps([*repetitive[0][:40], "x", *repetitive[0][:40]], [*repetitive[1][:40], "x", *repetitive[1][:40]])
    assert seen
    assert max(seen) <= matching.SMALL


def test_unique_items_anchor_the_rest():
    one, other = ["a", "a", "a", "x", "b", "b", "b", "b"], ["b", "b", "b", "x", "a", "a", "a", "a"]
    assert (True, 3, 4, 3, 4) in gaps(one, other)
