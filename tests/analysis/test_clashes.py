"""Clashes are where asking at every tick finds too much booked; alternatives never clash; contradictions and recalls are told in words."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.analysis.clashes import Assumption, Booking, Reliance, clashes

LAST = 20


def bookings(seed: int, count: int = 9) -> list[Booking]:
    rng = random.Random(seed)
    made = []
    for number in range(count):
        low = rng.choice((None, *range(15)))
        high = rng.choice((None, *range(low or 0, LAST)))
        sort, name = rng.choice((("force", "7 Bn"), ("lift", "C-130"), ("place", "Oban")))
        amount = 1 if sort == "force" else rng.randint(0, 3)
        made.append(
            Booking(f"b{number}", f"E{number}", sort, name, amount, low, high, way=rng.choice(("", "", "one", "two")))
        )
    return made


def over_by_tick(given_bookings, there_is, sort, way):
    """The ticks at which too much is booked in an alternative, and who books then."""
    found = {}
    for tick in range(-1, LAST + 2):
        there = [
            one
            for one in given_bookings
            if one.sort == sort
            and one.amount
            and one.way in ("", way)
            and (one.start is None or one.start <= tick)
            and (one.end is None or tick <= one.end)
        ]
        too_much = len(there) > 1 if there_is is None else sum(one.amount for one in there) > there_is
        if too_much:
            found[tick] = {one.element for one in there}
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_clashes_cover_exactly_the_ticks_at_which_too_much_is_booked(seed):
    made = bookings(seed)
    found = clashes(made, {("lift", "c-130"): 3})
    assert not found.faults
    for sort, there_is in (("force", 1), ("lift", 3), ("place", None)):
        ways = {one.way for one in made if one.sort == sort and one.amount} | {""}
        expected = set()
        for way in ways:
            expected |= over_by_tick(made, there_is, sort, way).keys()
        told = set()
        for clash in (one for one in found.found if one.sort == sort):
            low = -1 if clash.start is None else clash.start
            high = LAST + 1 if clash.end is None else clash.end
            told |= set(range(low, high + 1))
            there = set().union(*(over_by_tick(made, there_is, sort, way).get(low, set()) for way in ways))
            assert set(clash.elements) & there
        assert told == expected


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_what_is_given_makes_no_difference(seed):
    made = bookings(seed)
    mixed = random.Random(seed).sample(made, len(made))
    assert clashes(made, {}).found == clashes(mixed, {}).found


def test_a_force_in_two_places_at_once_is_told_with_who_and_when():
    made = [Booking("1", "A", "force", "7  Bn", start=0, end=5), Booking("2", "B", "force", "7 bn", start=5, end=9)]
    (clash,) = clashes(made, {}).found
    assert (clash.severity, clash.elements, clash.start, clash.end) == ("certain", ("A", "B"), 5, 5)
    assert clash.sentence == "“7  Bn” is counted on by “A” and “B” at once, from 5 to 5."
    later = clashes([made[0], Booking("2", "B", "force", "7 Bn", start=6, end=9)], {})
    assert later.found == ()


def test_what_clashes_in_all_ways_is_told_once_with_what_comes_on_top_in_one():
    made = [
        Booking("1", "A", "force", "7 Bn", start=2, end=5),
        Booking("2", "B", "force", "7 Bn", start=3, end=9),
        Booking("3", "C", "force", "7 Bn", start=0, end=9, way="one"),
    ]
    (clash,) = clashes(made, {}).found
    assert (clash.elements, clash.start, clash.end) == (("A", "B", "C"), 2, 9)
    vague = [*made[:2], Booking("3", "C", "force", "7 Bn", start=0, way="one")]
    assert [one.severity for one in clashes(vague, {}).found] == ["certain", "possible"], "what is sure is not hidden"


def test_an_open_window_makes_it_possible_and_an_unknown_amount_unmeasured():
    made = [
        Booking("1", "A", "force", "7 Bn", start=0),
        Booking("2", "B", "force", "7 Bn", start=5, end=9),
        Booking("3", "A", "resource", "Ramp", 2, 0, 9),
        Booking("4", "B", "resource", "Ramp", 2, 0, 9),
    ]
    found = clashes(made, {}).found
    assert [(one.sort, one.severity) for one in found] == [("force", "possible"), ("resource", "unmeasured")]
    (known,) = [one for one in clashes(made, {("resource", "ramp"): 3}).found if one.sort == "resource"]
    assert (known.severity, known.most, known.there_is) == ("certain", 4, 3)


def test_plans_that_take_opposite_things_for_granted_contradict_each_other():
    given_assumptions = [
        Assumption("S1", "North", "Port of Leith", "open"),
        Assumption("S2", "South", "port of  leith", "Closed"),
        Assumption("S3", "South", "Port of Leith", "open"),
        Assumption("S4", "East", "Port of Leith", "mined", way="one"),
        Assumption("S5", "West", "Port of Leith", "OPEN", way="two"),
    ]
    found = clashes([], {}, given_assumptions).found
    pairs = {one.elements for one in found}
    assert ("S1", "S2") in pairs
    assert ("S1", "S3") not in pairs
    assert not any(set(pair) == {"S4", "S5"} for pair in pairs)
    assert "takes for granted" in found[0].sentence


def test_a_plan_that_relies_on_what_was_recalled_is_told():
    found = clashes(
        [], {}, (), [Reliance("P", "North", "F1", "v2", "by BRAVO, 3 May"), Reliance("P", "North", "F2", "v1")]
    )
    (clash,) = found.found
    assert (clash.sort, clash.elements) == ("recalled", ("P", "F1"))
    assert "was recalled (by BRAVO, 3 May)" in clash.sentence


def test_what_has_no_meaning_is_left_out_and_said():
    made = [
        Booking("1", "A", "lift", "C-130", 2, 5, 4),
        Booking("2", "B", "lift", "C-130", -2, 5, 6),
        Booking("3", "C", "lift", "C-130", 9, 5, 6),
        Booking("3", "D", "lift", "C-130", 9, 5, 6),
    ]
    found = clashes(made, {("lift", "C-130"): 8})
    assert [(fault.element, fault.field) for fault in found.faults] == [("A", "window"), ("B", "amount"), ("3", "id")]
    assert [one.elements for one in found.found] == [("C",)]
