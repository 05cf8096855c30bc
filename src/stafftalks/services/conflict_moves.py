"""Moving an own activity out of a conflict: the smallest shifts that clear it and collide with nothing else, and the new version that one of them makes.

Nothing is moved by itself: a person chooses a shift, sees what it makes, and confirms. A window that hangs on an anchor moves in whole hours and goes on hanging on it.
"""

from typing import Final

import msgspec

from stafftalks.deconflict.shifts import Shift, shifts
from stafftalks.deconflict.volumes import volumes
from stafftalks.planning.forces import Activity
from stafftalks.services import colliding, editing
from stafftalks.services.conflicts import Conflict
from stafftalks.services.editing import Changed
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant, Moment, RelativeTime

MINUTE_S: Final = 60
HOUR_S: Final = 3_600
STEP_M: Final = 10


class Move(msgspec.Struct, frozen=True):
    """A shift of an own activity that clears a conflict, and the fields it changes: by name, before and after, as people write them."""

    piece: Piece
    shift: Shift
    changes: tuple[tuple[str, str, str], ...]


def moves(hq: Headquarters, conflict: Conflict, most: int = 8) -> tuple[Move, ...]:
    """The smallest moves of each of our own activities in the conflict, at most `most`; none where no move helps."""
    with hq.folding:
        known = colliding.known(hq)
        whole, held, resources = known.index.volumes(), dict(known.volumes), known.resources
    found: list[Move] = []
    keys = {piece.key for piece in conflict.pieces}
    for piece in conflict.pieces:
        if not piece.own or piece.key not in held or not isinstance(piece.content, Activity):
            continue
        for shift in shifts(
            volumes([held[piece.key]])[0],
            whole,
            clear=keys - {piece.key} if conflict.sort == "overlap" else (),
            resources=(conflict.resource,) if conflict.sort == "claims" else (),
            capacities=resources,
            step_s=HOUR_S if _hangs(piece.content) else MINUTE_S,
            step_m=STEP_M,
        ):
            if conflict.sort == "overlap" or shift.of == "time":
                found.append(Move(piece, shift, _changes(piece.content, shift)))
        if len(found) >= most:
            break
    return tuple(found[:most])


def move(
    hq: Headquarters, person: Person, conflict: Conflict, element: ElementId, version: VersionHash, shift: Shift
) -> Changed:
    """A new version of our own activity, moved as was suggested for this very version.

    Raises MisuseError where this is not a move that clears the conflict any more, else as `editing.change`.
    """
    wanted = next(
        (
            each
            for each in moves(hq, conflict)
            if (each.piece.element, each.piece.version, each.shift) == (element, version, shift)
        ),
        None,
    )
    if wanted is None:
        raise MisuseError(
            "This move would not clear the conflict any more: something was changed meanwhile. Look again."
        )
    return editing.change(hq, person, element, version, {field: after for field, _before, after in wanted.changes})


def _hangs(activity: Activity) -> bool:
    return any(isinstance(moment, RelativeTime) for moment in (activity.window.start, activity.window.end))


def _changes(activity: Activity, shift: Shift) -> tuple[tuple[str, str, str], ...]:
    if shift.of == "time":
        ends = (("window.start", activity.window.start), ("window.end", activity.window.end))
        return tuple((field, str(at), str(_later(at, shift.by))) for field, at in ends if at is not None)
    bounds = (("altitude.low_m", activity.altitude.low_m), ("altitude.high_m", activity.altitude.high_m))
    return tuple((field, str(bound), str(bound + shift.by)) for field, bound in bounds if bound is not None)


def _later(moment: Moment, seconds: int) -> Moment:
    if isinstance(moment, Instant):
        return Instant(moment.seconds + seconds)
    hours = moment.hours + seconds // HOUR_S
    if moment.anchor == "H":
        return RelativeTime("H", 0, hours)
    return RelativeTime(moment.anchor, *divmod(hours, 24))
