"""Coverage equals what is found by asking at every tick; an edit gives what a new answer would; what is private stays home."""

import random
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.analysis.coverage import cover
from stafftalks.analysis.coverage_kept import Kept
from stafftalks.analysis.coverage_values import Need, Offer, Row, Scenario, Stretch
from tests.analysis.coverings import slow, world


def merged(row: Row) -> Row:
    """The row with equal neighbours as one stretch, and what it hangs on in one order: who counts may change without a change of the answer."""
    parts: list[Stretch] = []
    for part in row.stretches:
        bare = msgspec.structs.replace(part, by=tuple(sorted(part.by)))
        same = parts and msgspec.structs.replace(parts[-1], start=None, end=None) == msgspec.structs.replace(
            bare, start=None, end=None
        )
        if same:
            parts[-1] = msgspec.structs.replace(parts[-1], end=bare.end)
        else:
            parts.append(bare)
    return msgspec.structs.replace(row, stretches=tuple(parts), alone=())


def alone_by_tick(row: Row) -> set[tuple]:
    return {
        (one.sort, one.name, one.left, tick)
        for one in row.alone
        for tick in range(-1 if one.start is None else one.start, 26 if one.end is None else one.end + 1)
    }


def same(found: list[Row], expected: list[Row]) -> None:
    key = lambda row: (row.need, row.branch)  # noqa: E731
    found, expected = sorted(found, key=key), sorted(expected, key=key)
    assert [merged(row) for row in found] == [merged(row) for row in expected]
    assert [alone_by_tick(row) for row in found] == [alone_by_tick(row) for row in expected]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_coverage_is_what_asking_at_every_tick_finds(seed):
    scenarios, needs, offers = world(seed)
    found = cover(scenarios, needs, offers, private=True)
    assert not found.faults
    rows = list(found.rows())
    same(rows, slow(scenarios, needs, offers))
    assert found.counts() == {state: sum(row.state == state for row in rows) for state in found.counts()}
    assert list(found.listed()) == [(row.need, row.branch, row.state) for row in rows]
    less = found.edit(drop=[offer.id for offer in offers[::3]])
    hang = Counter(thing for row in less.rows() for thing in {(one.sort, one.name) for one in row.alone})
    assert dict(less.hanging()) == dict(hang)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_edits_give_what_a_new_answer_gives(seed):
    rng = random.Random(seed)
    scenarios, needs, offers = world(seed)
    _, other_needs, other_offers = world(seed + 1)
    found = cover(scenarios, needs, offers)
    held = {one.id: one for one in [*needs, *offers]}
    for _ in range(4):
        match rng.randrange(3):
            case 0:
                one = rng.choice(other_offers)
                found = found.edit(offers=[one])
            case 1:
                one = rng.choice(other_needs)
                found = found.edit(needs=[one])
            case _:
                name = rng.choice(sorted(held))
                found = found.edit(drop=[name])
                del held[name]
                continue
        held[one.id] = one
    needs = [one for one in held.values() if isinstance(one, Need)]
    offers = [one for one in held.values() if isinstance(one, Offer)]
    anew = cover(scenarios, needs, offers)
    same(list(found.rows()), list(anew.rows()))
    assert found.counts() == anew.counts()
    assert sorted(found.faults) == sorted(anew.faults)


def test_what_drops_out_is_told_wherever_it_counts_not_only_where_it_is_worst():
    needs = [Need("N", quantity=4, unit="t", start=0, end=9)]
    offers = [
        Offer("a", "N", "ALFA", quantity=4, unit="t", start=0, end=2),
        Offer("b", "N", "BRAVO", quantity=4, unit="t", start=6, end=7, force="7 Bn"),
    ]
    (change,) = cover([], needs, offers).without(("force", "7 Bn"))
    assert (change.before, change.after, change.missing_before, change.missing_after) == ("filled", "gap", 0, 4)
    assert (change.start, change.end) == (6, 7)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_what_was_kept_gives_what_a_new_answer_gives(seed):
    rng = random.Random(seed)
    scenarios, needs, offers = world(seed)
    _, other_needs, other_offers = world(seed + 1)
    kept = Kept(most=2)
    for step in range(5):
        private = rng.random() < 0.5
        found = kept.cover("here", scenarios, needs, offers, private=private)
        anew = cover(scenarios, needs, offers, private=private)
        assert list(found.rows()) == list(anew.rows()), "in the same order, too"
        assert found.counts() == anew.counts()
        assert sorted(found.faults) == sorted(anew.faults)
        assert (found.stays_home, found.held.by_need) == (anew.stays_home, anew.held.by_need)
        if step % 2:
            needs = [rng.choice(other_needs) if rng.random() < 0.2 else one for one in needs]
            scenarios = scenarios[: rng.randint(0, 2)] if rng.random() < 0.2 else scenarios
        else:
            offers = [rng.choice(other_offers) if rng.random() < 0.1 else one for one in offers if rng.random() < 0.95]


def test_no_more_is_kept_than_was_said():
    kept = Kept(most=2)
    for about in ("one", "two", "three", "two"):
        kept.cover(about, [], [Need("N")], [])
    assert list(kept.held) == [("three", False), ("two", False)]


def test_own_contributions_that_are_not_released_count_only_when_asked_and_then_stay_home():
    needs = [Need("N", quantity=4, unit="t")]
    offers = [
        Offer("a", "N", "ALFA", quantity=3, unit="t"),
        Offer("hidden", "N", "BRAVO", quantity=1, unit="t", private=True),
    ]
    shared, own = cover([], needs, offers), cover([], needs, offers, private=True)
    assert (shared.of("N")[0].state, shared.stays_home) == ("partial", False)
    assert (own.of("N")[0].state, own.stays_home) == ("filled", True)
    assert not shared.edit(offers=[offers[1]]).stays_home
    assert "hidden" not in str(list(shared.rows()))


def test_what_drops_out_opens_what_hung_on_it_alone():
    needs = [Need("N", quantity=4, unit="t", start=0, end=9), Need("M", quantity=1, unit="t", start=0, end=9)]
    offers = [
        Offer("a", "N", "ALFA", quantity=3, unit="t", through=("Oban airfield",)),
        Offer("b", "N", "BRAVO", quantity=3, unit="t", force="7 Bn", through=("Oban airfield",), end=4),
        Offer("c", "N", "BRAVO", quantity=1, unit="t", start=5),
        Offer("d", "M", "BRAVO", quantity=1, unit="t"),
    ]
    found = cover([], needs, offers)
    (row,) = found.of("N")
    assert row.state == "filled"
    hung = {(one.sort, one.name, one.start, one.end, one.left) for one in row.alone}
    assert ("through", "Oban airfield", 0, 4, 0) in hung
    assert ("force", "7 Bn", 0, 4, 3) in hung
    assert ("party", "ALFA", 5, 9, 1) in hung
    (change,) = found.without(("force", "7 Bn"))
    assert (change.need, change.before, change.after, change.missing_after) == ("N", "over-offered", "partial", 1)
    assert (change.start, change.end) == (0, 4)
    assert {change.need for change in found.without(("party", "BRAVO"))} == {"N", "M"}
    assert found.without(("force", "nobody")) == ()


def test_what_a_branch_asks_for_once_it_opens_stands_worst_first():
    scenarios = [Scenario("flood", ("B1", "B2"))]
    needs = [Need("N", "flood", quantity=1, unit="t"), Need("M", "flood", ("B2",), 2, "t"), Need("K", "flood", ("B1",))]
    found = cover(scenarios, needs, [Offer("a", "N", "ALFA", quantity=1, unit="t")])
    assert [(row.need, row.state) for row in found.opening("flood", "B2")] == [("M", "gap"), ("N", "filled")]


def test_what_cannot_be_reckoned_with_is_named_with_its_field_and_the_rest_is_answered():
    scenarios = [Scenario("flood", ("B1",))]
    needs = [
        Need("N", "flood", ("B1", "B9"), 4, "t"),
        Need("N", "flood"),
        Need("upside down", start=5, end=4),
        Need("less", quantity=-1),
        Need("elsewhere", "fire", quantity=1, unit="t"),
    ]
    offers = [
        Offer("a", "N", "ALFA", quantity=4, unit="t"),
        Offer("b", "nowhere", "ALFA"),
        Offer("c", "N", "ALFA", start=5, end=4),
        Offer("d", "N", "ALFA", option="other", quantity=400, unit="persons"),
        Offer("e", "N", "ALFA", quantity=10**12, unit="t"),
    ]
    found = cover(scenarios, needs, offers)
    assert sorted((fault.element, fault.field) for fault in found.faults) == [
        ("N", "branches"),
        ("N", "id"),
        ("b", "need"),
        ("c", "window"),
        ("d", "quantity"),
        ("e", "window"),
        ("elsewhere", "scenario"),
        ("less", "window"),
        ("upside down", "window"),
    ]
    (row,) = found.of("N")
    assert (row.state, row.stretches[0].offered) == ("filled", 4)
    assert found.of("nowhere") == ()


@pytest.mark.parametrize("needs", [[], [Need("N", quantity=1, unit="t")]])
def test_nothing_offered_or_nothing_asked_is_an_answer_too(needs):
    found = cover([], needs, [])
    assert [row.state for row in found.rows()] == ["gap"] * len(needs)
