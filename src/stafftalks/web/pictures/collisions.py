"""Conflicts as map and timeline draw them: the activities that collide, and where they do. Read only: what collides is moved on its own page, after confirmation."""

from collections.abc import Iterable, Mapping

import msgspec
from django.utils.translation import gettext as _

from stafftalks.deconflict.region import Region
from stafftalks.planning.forces import Activity
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import Instant
from stafftalks.web.pictures import drawing
from stafftalks.web.pictures.bearing import Bearings
from stafftalks.web.pictures.drawing import Data
from stafftalks.web.pictures.times import Stand

_CORNERS = 400


def features(pieces: Iterable[Piece], names: Mapping[PartyId, str], overlap: Region | None = None) -> list[Data]:
    """The places of the activities, and where two of them overlap as an area of its own."""
    found = [{**feature, "change": ""} for feature in drawing.features(pieces, names) if feature["points"]]
    return found + ([_overlap(overlap)] if overlap is not None else [])


def timeline(
    pieces: Iterable[Piece], windows: Mapping[str, tuple[int | None, int | None]], names: Mapping[PartyId, str]
) -> Data:
    """The activities on one calendar, as `windows` date them (unix seconds, by key): the earliest first."""
    bearings = Bearings(names)
    dated = sorted(pieces, key=lambda piece: (windows.get(piece.key, (None, None))[0] or 0, piece.title, piece.key))
    bars = [_bar(piece, *windows.get(piece.key, (None, None)), bearings) for piece in dated]
    return {"plan": {}, "anchors": {}, "bands": [], "marks": [], "bars": bars, "forces": {}}


def _bar(piece: Piece, start: int | None, end: int | None, bearings: Bearings) -> Data:
    activity = piece.content if isinstance(piece.content, Activity) else None
    return {
        **bearings.of(piece),
        "change": "",
        "what": activity.what if activity is not None else piece.title,
        "start": _stand(start),
        "end": _stand(end),
        "phase": activity.phase if activity is not None else "",
        "function": activity.function if activity is not None else "",
        "forces": [],
        "after": [],
    }


def _stand(at: int | None) -> object:
    return None if at is None else msgspec.to_builtins(Stand(str(Instant(at)), at=at))


def _overlap(where: Region) -> Data:
    """An area that is nobody's element: it leads nowhere, and is drawn as what both sides have in common."""
    ring = where.ring[:: max(1, len(where.ring) // _CORNERS)]
    points = ring if len(ring) > 2 else ((where.lon, where.lat),)
    return {
        "key": "overlap",
        "title": _("Where they overlap"),
        "kind": "overlap",
        "kindWord": _("Conflict"),
        "side": "agreed",
        "whose": _("Taken up by both"),
        "party": "",
        "href": "",
        "change": "",
        "version": "",
        "field": "overlap",
        "label": _("about"),
        "row": "",
        "form": "area" if len(ring) > 2 else "point",
        "name": "",
        "points": points,
        "metres": 0,
        "text": f"{where.lat:.4f}, {where.lon:.4f}",
    }
