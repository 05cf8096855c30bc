"""Scenes of private checks: two allies with plans that they do not show each other, one collision planted and near misses about it."""

import copy
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.deconflict import covers
from stafftalks.deconflict.group import ORDER
from stafftalks.deconflict.private.work import Piece
from stafftalks.planning.forces import Activity, Altitude, Resource
from stafftalks.services import check_work, checks, elements, exchange
from stafftalks.services.check_work import Progress
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, ElementId
from stafftalks.values.place import parse_place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, parse_window
from tests.fakes import OFFICER, PLANNER, FakeWorkers
from tests.services.scenes import talk, twin

START = Instant.parse("2027-05-04T00:00Z").seconds
AREA = covers.area_cells(parse_place("circle 36, 34 radius 60 km"), 10)  # type: ignore[arg-type]
DAY = 86_400

# Title, footprint, window, heights, claims. “Minesweeping” and “Sonar trial” collide; each near miss shares all with one of the two but for one thing.
MERIDIAN = (
    ("Minesweeping", "circle 36.10, 34.05 radius 4 km", "2027-05-05T06:00Z to 2027-05-05T12:00Z", (0, 100), ()),
    ("Survey", "circle 36.10, 34.05 radius 4 km", "2027-05-06T20:00Z to 2027-05-07T02:00Z", (0, 100), ()),
    (
        "Ferry",
        "corridor 35.70, 33.60; 35.75, 33.70 half-width 1 km",
        "2027-05-05T06:00Z to 2027-05-05T12:00Z",
        (0, 100),
        (),
    ),
)
TORVIAN = (
    ("Sonar trial", "circle 36.12, 34.07 radius 5 km", "2027-05-05T09:00Z to 2027-05-05T15:00Z", (0, 2_500), ()),
    ("High transit", "circle 36.10, 34.05 radius 4 km", "2027-05-06T20:00Z to 2027-05-06T23:00Z", (9_100, 11_000), ()),
)


def planned(title: str, place: str, window: str, heights: tuple[int, int], claims: Sequence[str] = ()) -> Activity:
    """An activity of these scenes."""
    return Activity(
        title=title,
        what=title,
        footprint=parse_place(place),
        window=parse_window(window),
        altitude=Altitude(low_m=heights[0], high_m=heights[1]),
        resources=tuple(Resource(name=name, quantity=Quantity.parse("1 item")) for name in claims),
    )


def plan(
    hq: Headquarters, activities: Sequence[tuple[str, str, str, tuple[int, int], Sequence[str]]]
) -> list[ElementId]:
    """Own activities, at home only; their ids in order."""
    return [elements.add(hq, PLANNER, planned(*one)).id for one in activities]


def terms(to: Headquarters, **said: object) -> CheckTerms:
    """Terms of a small check: 120 km across, four days, 9 km cells, two hours, 3 km bands, four activities a side."""
    known: dict[str, object] = {
        "to": to.party,
        "purpose": "Keep clear of each other.",
        "cells": AREA,
        "start": START,
        "end": START + 4 * DAY,
        "floor_m": 0,
        "ceiling_m": 12_000,
        "cover": covers.COARSE,
        "finest": 10,
        "granule_s": 7_200,
        "band_m": 3_000,
        "resources": True,
        "mode": "which",
        "learns": "both",
        "activities": 4,
        "proposer_points": 0,
        "partner_points": 0,
        "expires": to.clock.now() + 30 * DAY,
    }
    return CheckTerms(**{**known, **said})  # type: ignore[arg-type]


def agreed(one: Headquarters, other: Headquarters, accord: AccordId, **said: object) -> EntryRef:
    """A check that `one` proposed and `other` consented to, each with all its activities; both know."""
    proposal = checks.propose(one, OFFICER, accord, terms(other, **said), own(one))
    talk(one, other)
    checks.consent(other, OFFICER, proposal, own(other))
    talk(one, other)
    return proposal


def own(hq: Headquarters) -> list[ElementId]:
    """All own activities."""
    return [row.id for row in hq.holdings.find(kind="activity")[1]]


def run(
    one: Headquarters, other: Headquarters, proposal: EntryRef, workers: FakeWorkers | None = None
) -> list[Progress]:
    """Both headquarters go on with the check, speaking in between, until it is over for both; how it stands at the end."""
    hands = workers or FakeWorkers()
    for _ in range(9):
        stands = [check_work.advance(hq, proposal, hands) for hq in (one, other)]
        talk(one, other)
        if all(progress.over for progress in stands):
            return stands
    raise AssertionError(f"It does not come to an end: {stands}")


def carry(one: Headquarters, other: Headquarters, accord: AccordId) -> None:
    """A file there and one back, by hand."""
    exchange.take(other, exchange.export(one, other.party, accord), "file")
    exchange.take(one, exchange.export(other, one.party, accord), "file")


class QuickWorkers(FakeWorkers):
    """Cores that multiply numbers modulo a prime in place of points: as commutative, as long, a hundred times as quick, and no secret at all."""

    def run(self, work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterator[Any]:
        for piece in pieces:
            self.done += 1
            yield quickly(piece)


def quickly(piece: Piece) -> bytes:
    """What a piece of work gives in numbers."""
    by = int.from_bytes(piece.scalar, "big")
    if piece.verb == "mask":
        numbers = [int.from_bytes(hashlib.sha256(item).digest(), "big") for item in piece.items]
    else:
        numbers = [int.from_bytes(piece.points[at : at + 32], "big") for at in range(0, len(piece.points), 32)]
    return b"" if piece.verb == "check" else b"".join((number * by % ORDER).to_bytes(32, "big") for number in numbers)


def copied(*hqs: Headquarters) -> tuple[Headquarters, ...]:
    """Each of these headquarters as it is now, to go another way from here; keys, clock and dice as well."""
    clock = copy.copy(hqs[0].clock)
    return tuple(
        msgspec.structs.replace(
            twin(hq), keyring=copy.deepcopy(hq.keyring), entropy=copy.deepcopy(hq.entropy), clock=clock
        )
        for hq in hqs
    )
