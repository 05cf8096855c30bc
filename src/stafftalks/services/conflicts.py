"""What collides among our own activities and those that partners released to us: how surely, and whether our people live with it.

It is worked out from what our people may read, and stays home: nothing that leaves is ever made from it. A conflict keeps its id while the same activities collide;
that it is accepted holds for their exact versions, and lapses with the next of either.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, Literal

import msgspec

from stafftalks.deconflict.accounts import Excess
from stafftalks.deconflict.index import Overlap
from stafftalks.deconflict.region import Region, region
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.planning.forces import Activity
from stafftalks.services import colliding
from stafftalks.services.colliding import Known
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import AcceptanceRow, JournalRow
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import base32
from stafftalks.values.person import Person, Role

MAX_REASON: Final = 2_000


class Severity(StrEnum):
    """How surely activities collide, the surest first."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    UNMEASURED = "unmeasured"


_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Conflict(msgspec.Struct, frozen=True):
    """Activities that collide. Seconds (unix) and metres, closed, None where open.

    Certain: all that makes them overlap is stated, or more is claimed than there is. Possible: only because a window or a band is open, or longer than the activity lasts. Unmeasured: several claim a
    resource of which it is not known how much there is. `accepted` holds for these exact versions; `lapsed` was said of others. `past` is what has ended.
    """

    id: str
    sort: Literal["overlap", "claims"]
    severity: Severity
    pieces: tuple[Piece, ...]
    start: int | None
    end: int | None
    low_m: int | None = None
    high_m: int | None = None
    resource: str = ""
    most: str = ""
    capacity: str = ""
    over: str = ""
    accepted: AcceptanceRow | None = None
    lapsed: AcceptanceRow | None = None
    past: bool = False

    @property
    def refs(self) -> tuple[str, ...]:
        """The exact versions that collide, in order."""
        return tuple(sorted(piece.exact for piece in self.pieces))


class LeftOut(msgspec.Struct, frozen=True):
    """Why something of an activity is not compared; `piece` is None where it is about a resource."""

    piece: Piece | None
    field: str
    sentence: str


class Board(msgspec.Struct, frozen=True):
    """All that collides: the surest first and the earliest of those, what our people live with and what is past behind the rest.

    `compared` counts the activities that were; `beyond` the overlaps that are too many to be told. Nothing is said about what `left_out` names.
    """

    conflicts: tuple[Conflict, ...]
    left_out: tuple[LeftOut, ...]
    compared: int
    beyond: int = 0


def board(hq: Headquarters) -> Board:
    """What collides now."""
    standing, now = hq.acceptances.standing(), hq.clock.now()
    with hq.folding:
        known = colliding.known(hq)
        found = sorted((_judged(each, standing, now) for each in _conflicts(known)), key=_order)
        left_out = tuple(
            LeftOut(known.pieces.get(fault.activity), fault.field, fault.sentence) for fault in known.faults
        )
        return Board(tuple(found), left_out, len(known.volumes), known.beyond)


def one(hq: Headquarters, conflict: str) -> Conflict:
    """The conflict of this id; raises MisuseError where these activities do not collide any more."""
    found = next((each for each in board(hq).conflicts if each.id == conflict), None)
    if found is None:
        raise MisuseError("These activities do not collide any more: one of them was changed, moved or taken back.")
    return found


def where(hq: Headquarters, conflict: Conflict) -> Region | None:
    """What the footprints have in common; None for claims."""
    if conflict.sort == "claims":
        return None
    with hq.folding:
        held = colliding.known(hq).volumes
        both = [held[piece.key] for piece in conflict.pieces if piece.key in held]
    made = volumes(both)[0].footprints
    return region(made, 0, made, 1) if len(both) == 2 else None


def windows(hq: Headquarters, pieces: Iterable[Piece]) -> Mapping[str, tuple[int | None, int | None]]:
    """From when to when each of these activities is, by its key, in unix seconds as their anchors are dated here; None where open."""
    with hq.folding:
        held = colliding.known(hq).volumes
        return {piece.key: (held[piece.key].start, held[piece.key].end) for piece in pieces if piece.key in held}


def accept(hq: Headquarters, person: Person, conflict: str, refs: tuple[str, ...], reason: str) -> Conflict:
    """Our people live with the conflict between these exact versions, for a reason; an empty reason takes that back.

    Raises MisuseError where the versions have moved on or the reason is too long, RefusedError where this person may not write.
    """
    if refusal := person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD):
        raise RefusedError(refusal)
    found = one(hq, conflict)
    if found.refs != refs:
        raise MisuseError("One of the activities was revised meanwhile: read what collides now, then decide again.")
    said = reason.strip()
    if len(said) > MAX_REASON:
        raise MisuseError(f"This reason is {len(said):,} characters long; at most {MAX_REASON:,} can be held.")
    row = AcceptanceRow(conflict, refs, said, person.username, hq.clock.now())
    with hq.transactions.atomic():
        hq.acceptances.put(row)
        act = "conflict accepted" if said else "conflict no longer accepted"
        for piece in found.pieces:
            if piece.own:
                hq.journal.add(JournalRow(row.at, person.username, act, piece.element, f"activity: {piece.title}"))
    return msgspec.structs.replace(found, accepted=row if said else None)


def _conflicts(known: Known) -> Iterator[Conflict]:
    for pair, overlap in known.overlaps.items():
        if all(key in known.pieces for key in pair):
            yield _overlap(known, pair, overlap)
    told: Counter[str] = Counter()
    for excess in known.excesses:
        found = _excess(known, excess)
        told[found.id] += 1  # the same activities may claim too much several times
        yield found if told[found.id] == 1 else msgspec.structs.replace(found, id=_id(found.id, str(told[found.id])))


def _overlap(known: Known, pair: tuple[str, str], overlap: Overlap) -> Conflict:
    stated = all(_stated(known.volumes[key]) and not _loose(known.pieces[key]) for key in pair)
    return Conflict(
        _id("overlap", *pair),
        "overlap",
        Severity.CERTAIN if stated else Severity.POSSIBLE,
        # Ours first: it is what we can move.
        tuple(sorted((known.pieces[key] for key in pair), key=lambda piece: (not piece.own, piece.title, piece.key))),
        overlap.start,
        overlap.end,
        overlap.low_m,
        overlap.high_m,
    )


def _excess(known: Known, excess: Excess) -> Conflict:
    keys = sorted(name for _side, name in excess.users if name in known.pieces)
    return Conflict(
        _id("claims", excess.resource.casefold(), *keys),
        "claims",
        Severity.UNMEASURED
        if excess.capacity is None
        else Severity.POSSIBLE
        if any(_loose(known.pieces[key]) for key in keys)
        else Severity.CERTAIN,
        tuple(sorted((known.pieces[key] for key in keys), key=lambda piece: (not piece.own, piece.title, piece.key))),
        None if excess.start <= -FOREVER else excess.start,
        None if excess.end >= FOREVER else excess.end,
        resource=excess.resource,
        most=str(excess.most),
        capacity="" if excess.capacity is None else str(excess.capacity),
        over="" if excess.over is None else str(excess.over),
    )


def _stated(volume: Volume) -> bool:
    return None not in (volume.start, volume.end, volume.high_m)  # an empty floor is the surface, and no doubt


def _loose(piece: Piece) -> bool:
    """Whether the activity lasts less than its window, so that it may be clear of the other in it."""
    return isinstance(piece.content, Activity) and piece.content.lies_within


def _judged(found: Conflict, standing: Mapping[str, AcceptanceRow], now: int) -> Conflict:
    row = standing.get(found.id)
    same = row is not None and row.refs == found.refs
    past = found.end is not None and found.end < now
    return msgspec.structs.replace(found, accepted=row if same else None, lapsed=None if same else row, past=past)


def _order(found: Conflict) -> tuple[bool, bool, int, int, str]:
    return found.accepted is not None, found.past, _RANK[found.severity], found.start or 0, found.id


def _id(*parts: str) -> str:
    return base32(hashlib.sha256("\n".join(("stafftalks/conflict/v1", *parts)).encode()).digest())[:26]
