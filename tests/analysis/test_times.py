"""Ticks of an answer: counted from what most moments hang on, and said as people write time."""

import pytest

from stafftalks.analysis.times import Times, times_of
from stafftalks.values.relative_time import Instant, parse_moment

HOUR_S = 3600
NEW_YEAR = Instant(1_798_761_600)  # 2027-01-01T00:00:00Z


def counted(*moments: str, **dates: Instant) -> Times:
    return times_of([parse_moment(moment) for moment in moments], dates, tick_s=HOUR_S)


def test_what_most_moments_hang_on_is_counted_from_and_the_rest_is_named() -> None:
    times = counted("C+1", "C+7", "D", "2027-01-03T00:00:00Z")
    assert times.said(24 * 9 + 5) == "C+9/H+5"
    assert times.tick(parse_moment("C+2")) == (48, "")
    assert times.tick(parse_moment("D")) == (None, "the date of D is not known here")
    assert times.tick(parse_moment("2027-01-03T00:00:00Z"))[0] is None


def test_dates_count_where_as_many_have_one() -> None:
    times = counted("C+1", "D+1", D=NEW_YEAR)
    assert times.dated
    tick, _why = times.tick(parse_moment("D+1"))
    assert times.said(tick) == "2027-01-02 00:00"
    assert times.tick(parse_moment("C+1"))[0] is None


@pytest.mark.parametrize(
    ("tick", "said"),
    [(0, "start +0 h"), (9, "start +9 h"), (24, "start +1 d"), (225, "start +9 d 9 h"), (-1, "start -1 h")],
)
def test_without_any_moment_time_counts_from_the_start_and_never_from_1970(tick: int, said: str) -> None:
    assert counted().said(tick) == said
