"""What must be looked after: dates are said only where they are known, and a day counts to its end."""

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.intelligence import Indicator, IndicatorState
from stafftalks.planning.scenarios import Assumption, AssumptionState
from stafftalks.planning.watch import DAY, assumptions_due, triggered, urgency, watched
from stafftalks.values.relative_time import Instant, parse_moment

C_DAY = Instant.parse("2025-11-20")
NOW = Instant.parse("2025-11-17T12:00Z")


def _assumption(by: str = "", state: str = "open", name: str = "A1", **fields: str) -> Assumption:
    return Assumption(
        id=name,
        text="Taken as true.",
        validate_by=parse_moment(by) if by else None,
        state=AssumptionState(state),
        **fields,
    )


def _standing(by: str, now: Instant = NOW, **dates: Instant) -> tuple[str, int]:
    due = assumptions_due([_assumption(by)], dates, now)[0]
    return due.standing, due.days


def test_a_relative_date_is_due_only_where_its_anchor_is_known() -> None:
    assert _standing("C-4", C=C_DAY) == ("overdue", -1)
    assert _standing("C-4") == ("undated", 0)
    assert _standing("") == ("no date", 0)


def test_a_day_counts_to_its_end() -> None:
    assert _standing("C-3", C=C_DAY) == ("soon", 0)
    assert _standing("C-3", Instant(C_DAY.seconds - 2 * DAY), C=C_DAY)[0] == "overdue"


def test_an_hour_counts_as_written() -> None:
    assert _standing("2025-11-17T11:59Z") == ("overdue", 0)
    assert _standing("2025-11-17T12:01Z") == ("soon", 0)
    assert _standing("C-3/H+6", C=C_DAY) == ("overdue", 0)


def test_what_is_due_within_a_week_is_soon() -> None:
    assert _standing("2025-11-24")[0] == "soon"
    assert _standing("2025-11-25")[0] == "later"


def test_overdue_ones_stand_first_and_settled_ones_last() -> None:
    rows = [
        _assumption(state="confirmed", name="A1"),
        _assumption("D-3", name="A2"),
        _assumption("2025-12-24", name="A3"),
        _assumption(state="invalid", name="A4"),
        _assumption("2025-11-01", name="A5"),
        _assumption(name="A6"),
        _assumption("2025-10-01", name="A7"),
        _assumption("D-10", name="A8"),
    ]
    found = assumptions_due(rows, {}, NOW)
    assert [due.assumption.id for due in found] == ["A7", "A5", "A3", "A8", "A2", "A6", "A4", "A1"]
    assert all(rows[due.row] is due.assumption for due in found)


def test_only_an_invalid_assumption_triggers_its_branch() -> None:
    rows = [_assumption(state="invalid", triggers="B2"), _assumption(triggers="B1"), _assumption(state="invalid")]
    assert [branch for _, branch in triggered(rows)] == ["B2"]


def _indicator(state: str = "not observed", checked: str = "") -> Indicator:
    return Indicator(
        title="Fog",
        watched="Fog.",
        state=IndicatorState(state),
        last_checked=parse_moment(checked) if checked else None,
    )


def test_a_check_is_said_in_whole_days_and_a_missing_one_as_never() -> None:
    assert watched(_indicator(), {}, NOW).never
    found = watched(_indicator(checked="2025-11-14T23:00Z"), {}, NOW)
    assert (found.days, found.never) == (3, False)
    unknown = watched(_indicator(checked="C-1"), {}, NOW)
    assert (unknown.at, unknown.never) == (None, False)


def test_what_was_observed_stands_first_then_what_was_looked_at_longest_ago() -> None:
    rows = [
        _indicator(checked="2025-11-16"),
        _indicator("ambiguous"),
        _indicator(),
        _indicator("observed", "2025-11-17"),
    ]
    ordered = sorted(rows, key=lambda one: urgency(watched(one, {}, NOW)))
    assert ordered == [rows[3], rows[1], rows[2], rows[0]]


@given(st.lists(st.sampled_from(["", "C-3", "D+2", "2025-11-01", "2026-01-01"])), st.integers(-400, 400))
def test_every_assumption_stands_exactly_once_and_days_agree_with_the_standing(texts: list[str], shift: int) -> None:
    rows = [_assumption(text, name=f"A{at}") for at, text in enumerate(texts)]
    found = assumptions_due(rows, {"C": C_DAY}, Instant(NOW.seconds + shift * DAY))
    assert sorted(due.row for due in found) == list(range(len(rows)))
    assert all(due.days <= 0 for due in found if due.standing == "overdue")
    assert all(due.days >= 0 for due in found if due.standing in ("soon", "later"))
