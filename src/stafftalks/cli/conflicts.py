"""`stafftalks conflicts`: which activities collide, in files without a headquarters, or among what is held here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from stafftalks.cli import inputs
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import COLLIDING, LEFT_OUT
from stafftalks.cli.screen import when
from stafftalks.formats import geojson

if TYPE_CHECKING:
    from stafftalks.services.collisions import Answer, Collision, Movable


_FOREVER: Final = 1 << 40
"""As far off as an open end is counted."""


class ShiftLine(msgspec.Struct, frozen=True):
    """A change of the first activity's window in seconds (`of` is time) or band in metres (height) that clears the collision and makes no other."""

    of: str
    by: int


class CollisionLine(msgspec.Struct, frozen=True):
    """Two activities that overlap. Seconds (unix, UTC), metres and bounds that are null are open; `lat`, `lon` is a spot in both."""

    one: str
    one_title: str
    other: str
    other_title: str
    start: int | None
    end: int | None
    low_m: int | None
    high_m: int | None
    lat: float
    lon: float
    across_m: int
    severity: str
    accepted: str | None
    shifts: tuple[ShiftLine, ...]


class ExcessLine(msgspec.Struct, frozen=True):
    """A stretch in which more of a resource is claimed than there is; `capacity` and `over` are null where its capacity is not known and several claim it."""

    resource: str
    start: int | None
    end: int | None
    most: str
    capacity: str | None
    over: str | None
    severity: str
    accepted: str | None
    activities: tuple[str, ...]


class LeftOutLine(msgspec.Struct, frozen=True):
    """What could not be compared, and why."""

    activity: str
    field: str
    sentence: str


class ConflictList(msgspec.Struct, frozen=True):
    """What collides. `pairs` and `stretches` count all; `collisions` and `excesses` are the first of them. `compared` counts the activities of each set.

    Of a headquarters, what our people live with is told with the reason (`accepted`).
    """

    compared: tuple[int, ...]
    pairs: int
    stretches: int
    collisions: tuple[CollisionLine, ...]
    excesses: tuple[ExcessLine, ...]
    left_out: tuple[LeftOutLine, ...]
    notes: tuple[str, ...]


def conflicts(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE [FILE]]",
            help="GeoJSON: one file within itself, or two against each other. None: what is held here.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many are listed; all are counted.")
    ] = 1000,
    *,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Say by how much the first file's activity would have to move.")
    ] = False,
) -> None:
    """Finds activities that collide in place, height and time, or claim more than there is. Ends with 6 where some do, 7 where something was left out.

    Of files nothing is kept, and no headquarters is opened. Of a headquarters its own activities and those released to it are compared.
    """

    call = calling(ctx)
    if len(files or ()) > 2:
        raise typer.BadParameter("One file is compared within itself, two with each other; more cannot be.")
    found, open_ = _of_files(files, limit, suggest=suggest) if files else _of_headquarters(call, limit, suggest=suggest)
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    if open_:
        raise typer.Exit(COLLIDING)
    if found.left_out:
        raise typer.Exit(LEFT_OUT)


def _of_files(files: list[str], limit: int, *, suggest: bool) -> tuple[ConflictList, bool]:
    """What collides in files, and whether anything does."""
    from stafftalks.services import (
        collisions,  # here: geometry takes a third of a second to load, and few commands need it
    )

    read = [geojson.read(inputs.read_bytes(file, geojson.MAX_BYTES), file) for file in files]
    sets = [collisions.prepared_file(each) for each in read]
    capacities, faults = collisions.capacities_of(read)
    answer = collisions.compare(sets, capacities, limit=limit)
    movable = collisions.Movable(sets, capacities) if suggest else None
    found = ConflictList(
        answer.compared,
        answer.pairs,
        answer.stretches,
        tuple(_collision(each, movable) for each in answer.collisions),
        tuple(_excesses(answer)),
        tuple(LeftOutLine(fault.activity, fault.field, fault.sentence) for fault in (*faults, *answer.faults)),
        tuple(note for each in read for note in each.notes),
    )
    return found, bool(answer.pairs or answer.stretches)


def _of_headquarters(call: Call, limit: int, *, suggest: bool) -> tuple[ConflictList, bool]:
    """What collides here, and whether anything does that nobody has accepted and that is not past."""
    from stafftalks.services import conflict_moves, conflicts

    hq = call.hq()
    board = conflicts.board(hq)
    overlaps = [each for each in board.conflicts if each.sort == "overlap"]
    claims = [each for each in board.conflicts if each.sort == "claims"]
    lines = []
    for each in overlaps[:limit]:
        one, other = each.pieces
        where = conflicts.where(hq, each)
        moves = conflict_moves.moves(hq, each) if suggest else ()
        lines.append(
            CollisionLine(
                one.key,
                one.title,
                other.key,
                other.title,
                each.start,
                each.end,
                each.low_m,
                each.high_m,
                round(where.lat, 6) if where else 0.0,
                round(where.lon, 6) if where else 0.0,
                round(where.across_m) if where else 0,
                each.severity.value,
                each.accepted.reason if each.accepted else None,
                tuple(ShiftLine(move.shift.of, move.shift.by) for move in moves if move.piece.key == one.key),
            )
        )
    found = ConflictList(
        (board.compared,),
        len(overlaps) + board.beyond,
        len(claims),
        tuple(lines),
        tuple(
            ExcessLine(
                each.resource,
                each.start,
                each.end,
                each.most,
                each.capacity or None,
                each.over or None,
                each.severity.value,
                each.accepted.reason if each.accepted else None,
                tuple(piece.key for piece in each.pieces),
            )
            for each in claims[:limit]
        ),
        tuple(LeftOutLine(left.piece.key if left.piece else "", left.field, left.sentence) for left in board.left_out),
        (),
    )
    return found, any(not each.accepted and not each.past for each in board.conflicts)


def _collision(found: "Collision", movable: "Movable | None") -> CollisionLine:
    return CollisionLine(
        found.one,
        found.one_title,
        found.other,
        found.other_title,
        found.start,
        found.end,
        found.low_m,
        found.high_m,
        round(found.where.lat, 6),
        round(found.where.lon, 6),
        round(found.where.across_m),
        "certain" if found.stated else "possible",
        None,
        tuple(ShiftLine(shift.of, shift.by) for shift in movable.shifts(found)) if movable is not None else (),
    )


def _excesses(answer: "Answer") -> Iterator[ExcessLine]:
    for each in answer.excesses:
        yield ExcessLine(
            each.resource,
            None if abs(each.start) >= _FOREVER else each.start,
            None if abs(each.end) >= _FOREVER else each.end,
            str(each.most),
            None if each.capacity is None else str(each.capacity),
            None if each.over is None else str(each.over),
            "unmeasured" if each.capacity is None else "certain",
            None,
            tuple(f"{'AB'[side]}:{name}" if len(answer.compared) > 1 else name for side, name in each.users),
        )


def _tell(call: Call, found: ConflictList) -> None:
    screen = call.screen
    compared = " with ".join(f"{count:,}" for count in found.compared)
    screen.say(
        f"Compared {compared} activities: {found.pairs:,} overlaps, {found.stretches:,} times that too much is claimed."
    )
    if found.collisions:
        screen.heading(_heading("Overlaps", len(found.collisions), found.pairs))
        screen.table(_OVERLAP, [_cells(line) for line in found.collisions], empty="")
    if found.excesses:
        screen.heading(_heading("Too much claimed", len(found.excesses), found.stretches))
        rows = [
            (
                line.resource,
                _window(line.start, line.end),
                line.most,
                line.capacity or "not known",
                line.over or "",
                ", ".join(line.activities),
            )
            for line in found.excesses
        ]
        screen.table(("Resource", "When", "Claimed", "There is", "Over", "By"), rows, empty="")
    screen.say(*found.notes)
    if found.left_out:
        screen.heading("Left out: nothing is said about these")
        screen.say(*(f"- {line.sentence}" for line in found.left_out))


_OVERLAP = ("Activity", "Activity", "How surely", "When", "Height", "Where", "Across", "Would clear it")


def _cells(line: CollisionLine) -> tuple[str, ...]:
    return (
        line.one_title,
        line.other_title,
        line.severity if line.accepted is None else f"{line.severity}, lived with",
        _window(line.start, line.end),
        _band(line.low_m, line.high_m),
        f"{line.lat:.4f}, {line.lon:.4f}",
        f"{line.across_m:,} m",
        "; ".join(_shift(shift) for shift in line.shifts),
    )


def _shift(shift: ShiftLine) -> str:
    if shift.of == "height":
        return f"{shift.by:+,} m"
    hours, minutes = divmod(abs(shift.by) // 60, 60)
    return f"{'-' if shift.by < 0 else '+'}{hours}:{minutes:02d} h"


def _window(start: int | None, end: int | None) -> str:
    if start is None or end is None:
        return "always" if start == end else f"from {when(start)}" if start is not None else f"until {when(end or 0)}"
    return when(start) if start == end else f"{when(start)} to {when(end)}"


def _band(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return "every height" if low == high else f"from {low:,} m" if low is not None else f"up to {high:,} m"
    return f"{low:,} to {high:,} m"


def _heading(what: str, listed: int, count: int) -> str:
    return what if listed == count else f"{what}, the first {listed:,} of {count:,}"
