"""What people say of a private check, as the terms that a partner reads: an area and a window, how finely, what comes out and for whom.

How finely is not asked: it follows from here, so that two headquarters that say the same mean the same. Nothing of what our activities are goes into terms, but
where somebody takes the area from them.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np

from stafftalks.accord.bodies import CheckTerms
from stafftalks.deconflict import covers, earth
from stafftalks.services import check_costs, check_inputs, colliding
from stafftalks.services.check_tells import Learns, Mode
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, WrongValueError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.place import Area, Circle, Corridor, LonLat, corners_of

GRANULE_S: Final = 1_800
BAND_M: Final = 3_000
_MOST_NODES: Final = 1 << 14
_MARGIN: Final = 1.01
_SPREAD: Final = 1e-3
"""Shorter than so much of the radius of the Earth, the mean of directions names no middle."""
DAY_S: Final = 86_400


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of a check. Unix seconds and metres; heights None where open; `expires` is when consent and points end."""

    to: PartyId
    purpose: str
    area: Area | Circle
    start: int
    end: int
    expires: int
    floor_m: int | None = None
    ceiling_m: int | None = None
    resources: bool = False
    mode: Mode = "which"
    learns: Learns = "both"
    activities: int = 50
    auditor: str = ""


class Offered(msgspec.Struct, frozen=True):
    """An own activity that can take part: from when to when it is, unix seconds, None where open."""

    piece: Piece
    start: int | None
    end: int | None


def terms(draft: Draft) -> CheckTerms:
    """The terms that say this. Raises MisuseError with a sentence where nobody could agree to them."""
    granule_s = GRANULE_S
    while (draft.end - draft.start) // granule_s >= _MOST_NODES - 1:
        granule_s *= 2
    try:
        finest = covers.finest_for(draft.area)
        return check_costs.sized(
            CheckTerms(
                to=draft.to,
                purpose=draft.purpose.strip(),
                cells=covers.area_cells(draft.area, finest),
                start=draft.start,
                end=draft.end,
                floor_m=draft.floor_m,
                ceiling_m=draft.ceiling_m,
                cover=covers.COARSE,
                finest=finest,
                granule_s=granule_s,
                band_m=BAND_M,
                resources=draft.resources,
                mode=draft.mode,
                learns=draft.learns,
                activities=draft.activities,
                proposer_points=0,
                partner_points=0,
                expires=draft.expires,
                auditor=draft.auditor.strip(),
            )
        )
    except WrongValueError as error:
        raise MisuseError(str(error)) from error


def all_activities(hq: Headquarters) -> tuple[ElementId, ...]:
    """Every own activity that is not put away."""
    return tuple(row.id for row in check_inputs.activities(hq))


def offered(hq: Headquarters) -> tuple[Offered, ...]:
    """The own activities that have a place or a claim and a time, the earliest first."""
    with hq.folding:
        known = colliding.known(hq)
        found = [
            Offered(piece, known.volumes[key].start, known.volumes[key].end)
            for key, piece in known.pieces.items()
            if piece.own and key in known.volumes
        ]
    return tuple(sorted(found, key=lambda one: (one.start or 0, one.piece.title, one.piece.key)))


def around(hq: Headquarters, start: int, end: int) -> Circle:
    """A circle around the own activities that are, at least in part, between `start` and `end`. Raises MisuseError where none has a place."""
    with hq.folding:
        known = colliding.known(hq)
        reaches = [
            reach
            for key, volume in known.volumes.items()
            if known.pieces[key].own
            and (volume.start or start) <= end
            and (end if volume.end is None else volume.end) >= start
            for reach in _reaches(volume.place)
        ]
    if not reaches:
        raise MisuseError("None of our activities has a place in this window: draw the area, or choose another window.")
    return _circle(reaches)


def _reaches(place: object) -> Iterator[tuple[LonLat, int]]:
    """Spots of a place, and how far around each it reaches."""
    if isinstance(place, Area):
        yield from ((spot, 0) for spot in place.ring)
    elif isinstance(place, Circle):
        yield place.centre, place.radius_m
    elif isinstance(place, Corridor):
        yield from ((spot, place.half_width_m) for spot in place.points)
    elif place is not None:
        yield from ((spot, 0) for spot in corners_of(place))  # type: ignore[arg-type]


def _circle(reaches: Iterable[tuple[LonLat, int]]) -> Circle:
    spots, wide = zip(*reaches, strict=True)
    columns = (np.array([getattr(spot, name) for spot in spots], np.int64) for name in ("lon_e6", "lat_e6"))
    towards = earth.directions(*columns)
    middle = towards.mean(axis=0)
    if float(np.linalg.norm(middle)) < _SPREAD:
        raise MisuseError("Our activities lie all around the globe, so no circle holds them: draw the area.")
    middle /= np.linalg.norm(middle)
    lon, lat = earth.degrees(middle[None, :])
    centre = LonLat(round(float(lon[0]) * 1e6), round(float(lat[0]) * 1e6))
    far = earth.lengths(np.broadcast_to(middle, towards.shape), towards) + np.array(wide)
    return Circle(centre=centre, radius_m=min(max(int(float(far.max()) * _MARGIN), 1_000), 20_000_000))
