"""What must be looked after in a scenario: assumptions that must be known by a date, indicators that must be checked again.

A date is said only where it is known: a relative one needs its anchor's date. Whoever asks gives the present; nothing here reads a clock.
A validate-by that names a day means the end of that day (UTC).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.planning.intelligence import Indicator, IndicatorState
from stafftalks.planning.scenarios import Assumption, AssumptionState
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, resolve_moment

DAY = 86_400
SOON_DAYS = 7
"""How many days before its date an open assumption is said to be due soon."""
Standing = Literal["overdue", "soon", "later", "undated", "no date", "invalid", "confirmed"]
_ORDER: Sequence[Standing] = ("overdue", "soon", "later", "undated", "no date", "invalid", "confirmed")
_SEEN: Sequence[IndicatorState] = (IndicatorState.OBSERVED, IndicatorState.AMBIGUOUS, IndicatorState.NOT_OBSERVED)
_FAR = 1 << 60


class Due(msgspec.Struct, frozen=True):
    """One assumption and how it stands. `row` is its number in the scenario's table.

    `standing` of an open one is overdue, soon, later, undated (it names an anchor whose date is not known) or no date; otherwise its
    state. `at` is the day or time it must be known by, None where that cannot be told; `days` are whole days from today to it, below
    zero where it has passed.
    """

    row: int
    assumption: Assumption
    standing: Standing
    at: Instant | None = None
    days: int = 0


class Watched(msgspec.Struct, frozen=True):
    """How an indicator stands: when it was last looked at, None where never or where that cannot be told, and whole days since."""

    state: IndicatorState
    at: Instant | None
    days: int
    never: bool


def assumptions_due(
    assumptions: Sequence[Assumption], anchor_dates: Mapping[str, Instant], now: Instant
) -> tuple[Due, ...]:
    """The assumptions, open ones first by date, overdue before all; then those proved invalid, then those confirmed."""
    found = [_due(row, assumption, anchor_dates, now) for row, assumption in enumerate(assumptions)]
    return tuple(sorted(found, key=_place))


def watched(indicator: Indicator, anchor_dates: Mapping[str, Instant], now: Instant) -> Watched:
    """When the indicator was last looked at, seen from now."""
    checked = indicator.last_checked
    at = resolve_moment(checked, anchor_dates) if checked is not None else None
    days = now.seconds // DAY - at.seconds // DAY if at is not None else 0
    return Watched(indicator.state, at, days, checked is None)


def urgency(standing: Watched) -> tuple[int, int]:
    """Sorts indicators: what was observed first, then ambiguous, then the rest; within each the one looked at longest ago first."""
    return _SEEN.index(standing.state), standing.at.seconds if standing.at is not None else -_FAR


def triggered(assumptions: Iterable[Assumption]) -> tuple[tuple[Assumption, str], ...]:
    """Each assumption proved invalid that triggers a branch, with that branch's id."""
    return tuple(
        (found, found.triggers) for found in assumptions if found.state is AssumptionState.INVALID and found.triggers
    )


def _due(row: int, assumption: Assumption, anchor_dates: Mapping[str, Instant], now: Instant) -> Due:
    by = assumption.validate_by
    at = resolve_moment(by, anchor_dates) if by is not None else None
    days = at.seconds // DAY - now.seconds // DAY if at is not None else 0
    match assumption.state:
        case AssumptionState.INVALID:
            return Due(row, assumption, "invalid", at, days)
        case AssumptionState.CONFIRMED:
            return Due(row, assumption, "confirmed", at, days)
        case AssumptionState.OPEN:
            pass
    if by is None:
        return Due(row, assumption, "no date")
    if at is None:
        return Due(row, assumption, "undated")
    if now.seconds >= at.seconds + (DAY if _whole_day(by, at) else 0):
        return Due(row, assumption, "overdue", at, days)
    return Due(row, assumption, "soon" if days <= SOON_DAYS else "later", at, days)


def _whole_day(by: Moment, at: Instant) -> bool:
    """Whether `by` names a day and no hour."""
    if isinstance(by, RelativeTime) and (by.anchor == "H" or by.hour_offset):
        return False
    return at.seconds % DAY == 0


def _place(due: Due) -> tuple[int, int, int]:
    by = due.assumption.validate_by
    offset = by.hours if due.at is None and isinstance(by, RelativeTime) else 0
    return _ORDER.index(due.standing), due.at.seconds if due.at is not None else offset, due.row
