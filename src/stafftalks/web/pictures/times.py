"""A plan's phases, decision points and activities as a timeline draws them: every moment with its anchor, nothing resolved that is not known.

Each party dates its own anchors, and may not have dated one; so a moment keeps what hangs it, and the picture decides on which axis
it can stand.
"""

from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.planning.forces import Activity
from stafftalks.planning.plans import Plan
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Instant, Moment, RelativeTime

_HOUR = 3_600


class Stand(msgspec.Struct, frozen=True, omit_defaults=True):
    """When: hours after anchor `on`, or where `on` is empty the unix seconds `at`. `text` is what a person would type."""

    text: str
    on: str = ""
    hours: int = 0
    at: int = 0


class Band(msgspec.Struct, frozen=True):
    """A phase: a stretch behind the bars."""

    id: str
    name: str
    field: str
    start: Stand | None
    end: Stand | None


class Mark(msgspec.Struct, frozen=True):
    """A decision point, at the latest time at which information is of value to it."""

    id: str
    decision: str
    authority: str
    field: str
    at: Stand | None


class Bar(msgspec.Struct, frozen=True):
    """An activity: what it is, when, in which phase, for which function, by which forces, after which others (their keys)."""

    piece: Piece
    what: str
    start: Stand | None
    end: Stand | None
    phase: str
    function: str
    forces: tuple[str, ...]
    after: tuple[str, ...]


def bands_of(plan: Plan) -> tuple[Band, ...]:
    """The plan's phases, in its order."""
    return tuple(
        Band(phase.id, phase.name, f"phases.{at}", stand(phase.start), stand(phase.end))
        for at, phase in enumerate(plan.phases)
    )


def marks_of(plan: Plan) -> tuple[Mark, ...]:
    """The plan's decision points, in its order."""
    return tuple(
        Mark(point.id, point.decision, point.authority, f"decision_points.{at}", stand(point.ltiov))
        for at, point in enumerate(plan.decision_points)
    )


def bars_of(activities: Sequence[Piece], dates: Mapping[str, Instant]) -> tuple[Bar, ...]:
    """The activities by when they start: those on one anchor after each other, then by title; those without a time last."""
    bars = [_bar(piece, piece.content) for piece in activities if isinstance(piece.content, Activity)]
    return tuple(sorted(bars, key=lambda bar: (_order(bar.start or bar.end, dates), bar.piece.title, bar.piece.key)))


def stand(moment: Moment | None) -> Stand | None:
    """The moment as it is drawn; None where there is none."""
    match moment:
        case None:
            return None
        case Instant():
            return Stand(str(moment), at=moment.seconds)
        case RelativeTime():
            return Stand(str(moment), on=moment.anchor, hours=moment.hours)


def _bar(piece: Piece, activity: Activity) -> Bar:
    return Bar(
        piece,
        activity.what,
        stand(activity.window.start),
        stand(activity.window.end),
        activity.phase,
        activity.function,
        tuple(f"{ref.party}/{ref.element}" for ref in activity.forces),
        tuple(f"{ref.party}/{ref.element}" for ref in (*activity.after, *(row.after for row in activity.waits))),
    )


def _order(at: Stand | None, dates: Mapping[str, Instant]) -> tuple[int, str, int]:
    """Dated first in one line, then anchor by anchor, then what has no time."""
    if at is None:
        return 2, "", 0
    if not at.on:
        return 0, "", at.at
    if at.on in dates:
        return 0, "", dates[at.on].seconds + at.hours * _HOUR
    return 1, at.on, at.hours * _HOUR
