"""Times: one spelling each, sentences for what cannot be read, and no guess where nothing can be told."""

import pytest
from hypothesis import given

from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import (
    Instant,
    RelativeTime,
    Window,
    compare_moments,
    parse_moment,
    parse_window,
    resolve_moment,
)
from tests.planning.cast import moments, relative, windows


@pytest.mark.parametrize(
    ("typed", "meant", "spelt"),
    [
        ("C+3", RelativeTime("C", 3), "C+3"),
        ("D-2", RelativeTime("D", -2), "D-2"),
        ("d − 2", RelativeTime("D", -2), "D-2"),
        ("C-Day+10", RelativeTime("C", 10), "C+10"),
        ("N+0", RelativeTime("N"), "N"),
        ("D", RelativeTime("D"), "D"),
        ("D-Day", RelativeTime("D"), "D"),
        ("D+1/H+6", RelativeTime("D", 1, 6), "D+1/H+6"),
        ("D/H-6", RelativeTime("D", 0, -6), "D/H-6"),
        ("H+6", RelativeTime("H", 0, 6), "H+6"),
        ("H-hour", RelativeTime("H"), "H"),
        ("2023-01-23", Instant(1_674_432_000), "2023-01-23T00:00:00Z"),
        ("2023-01-23T06:00+02:00", Instant(1_674_446_400), "2023-01-23T04:00:00Z"),
        ("2023-01-23 06:00:05Z", Instant(1_674_453_605), "2023-01-23T06:00:05Z"),
        ("230600ZJAN23", Instant(1_674_453_600), "2023-01-23T06:00:00Z"),
        ("0001-01-01", Instant(-62_135_596_800), "0001-01-01T00:00:00Z"),
    ],
)
def test_times_as_people_write_them(typed, meant, spelt):
    assert parse_moment(typed) == meant
    assert str(meant) == spelt


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "X+3",
        "C+",
        "C3",
        "C+123456",
        "H+1/H+2",
        "2023-02-30",
        "2023-01-23T25:00",
        "320600ZJAN23",
        "0001-01-01T00:00+10:00",
        "2023-1-2",
    ],
)
def test_what_is_no_time_is_answered_with_a_sentence_that_shows_how(typed):
    with pytest.raises(MisuseError, match=r"(write|count).*\.$"):
        parse_moment(typed)


@given(moments)
def test_every_moment_reads_back_from_its_own_text(moment):
    assert parse_moment(str(moment)) == moment


@given(windows)
def test_every_window_reads_back_from_its_own_text(window):
    assert window == Window() or parse_window(str(window)) == window


def test_one_moment_is_a_window_that_starts_and_ends_there():
    assert parse_window("D+1") == Window(RelativeTime("D", 1), RelativeTime("D", 1))


@given(relative, relative)
def test_times_on_one_anchor_are_ordered_and_on_two_are_not(one, other):
    if one.anchor == other.anchor:
        assert (one < other) == (one.hours < other.hours)
        assert (one <= other) or (other <= one)
        return
    assert compare_moments(one, other) is None
    with pytest.raises(MisuseError, match="cannot be told"):
        sorted([one, other])


def test_a_relative_and_an_absolute_time_are_not_compared():
    assert compare_moments(RelativeTime("C"), Instant(0)) is None
    Window(RelativeTime("C", 3), RelativeTime("D", 1))
    Window(Instant(5), RelativeTime("D", 1))


def test_a_window_never_ends_before_it_starts():
    with pytest.raises(MisuseError, match="ends before it starts"):
        Window(RelativeTime("D", 1), RelativeTime("D", 0, 23))
    with pytest.raises(MisuseError, match="ends before it starts"):
        parse_window("2023-01-24 to 2023-01-23")


def test_only_who_holds_the_date_can_resolve():
    d_day = Instant.parse("2023-01-23T04:00Z")
    assert RelativeTime("D", 1, 6).resolve({"D": d_day}) == Instant.parse("2023-01-24T10:00Z")
    assert RelativeTime("C", 1).resolve({"D": d_day}) is None
    assert RelativeTime("D", 99_999).resolve({"D": Instant.parse("9990-01-01")}) is None
    assert resolve_moment(d_day, {}) == d_day


def test_the_hour_counts_hours_only():
    with pytest.raises(MisuseError, match="count hours"):
        RelativeTime("H", 1)
