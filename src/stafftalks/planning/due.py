"""Whether something that must be known by a time is overdue, due soon, due later, or cannot be told because its anchor has no date here."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from stafftalks.values.relative_time import Instant, Moment, resolve_moment

SOON_S: Final = 7 * 86_400
"""What falls within this many seconds is due soon."""

DueState = Literal["none", "unknown", "overdue", "soon", "later"]


class Due(msgspec.Struct, frozen=True):
    """When something is due. `at` is its date where it is known here; `days` counts whole days from now, negative when past."""

    moment: Moment | None
    state: DueState
    at: Instant | None = None
    days: int = 0


def due(moment: Moment | None, anchor_dates: Mapping[str, Instant], now: int) -> Due:
    """How `moment` stands to `now` (unix seconds); a moment that has come is overdue."""
    if moment is None:
        return Due(None, "none")
    at = resolve_moment(moment, anchor_dates)
    if at is None:
        return Due(moment, "unknown")
    left = at.seconds - now
    days = left // 86_400 if left >= 0 else -(-left // 86_400)
    state: DueState = "overdue" if left <= 0 else "soon" if left <= SOON_S else "later"
    return Due(moment, state, at, days)
