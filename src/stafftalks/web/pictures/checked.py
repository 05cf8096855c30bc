"""Private checks as map and timeline draw them: the area that is agreed on, and what of ours shares a place and a time with the other side. Read only."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.deconflict import covers
from stafftalks.services.check_rows import CheckHit
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import Instant
from stafftalks.web.pictures import collisions, drawing
from stafftalks.web.pictures.drawing import Data
from stafftalks.web.pictures.times import Stand


def area() -> Data:
    """An area of nobody, as yet without corners: what is drawn while somebody proposes."""
    return _cell("area", _("The area of the check"), _("Private check"), _("What the partner reads"), ())


def area_features(cells: Iterable[str]) -> list[Data]:
    """The cells that a check's area is made of; a finer check's boxes by their cell."""
    word, whose = _("Private check"), _("What both sides read")
    tokens = dict.fromkeys(cell.partition("@")[0] for cell in cells)
    title = ngettext("The area: %d cell", "The area: %d cells", len(tokens)) % len(tokens)
    drawn = [_cell(f"area-{token}", title, word, whose, covers.outline(token)) for token in tokens]
    # One entry in the list stands for all of them.
    return [*drawn[:1], *({**one, "unlisted": True} for one in drawn[1:])]


def features(pieces: Iterable[Piece], hits: Iterable[CheckHit], names: Mapping[PartyId, str]) -> list[Data]:
    """Our flagged activities, and the cells that they share with the other side."""
    found = [{**feature, "change": ""} for feature in drawing.features(pieces, names) if feature["points"]]
    tokens = dict.fromkeys(hit.cell for hit in hits if hit.cell)
    return found + [
        _cell(f"cell-{token}", _("Shared cell"), _("Private check"), _("Taken up by both"), covers.outline(token))
        for token in tokens
    ]


def timeline(
    pieces: Sequence[Piece],
    windows: Mapping[str, tuple[int | None, int | None]],
    shared: Mapping[str, Sequence[tuple[int, int]]],
    names: Mapping[PartyId, str],
) -> Data:
    """Our flagged activities on one calendar, and under each when it is shared (unix seconds, by key)."""
    drawn = collisions.timeline(pieces, windows, names)
    bars = []
    for bar in drawn["bars"]:  # type: ignore[attr-defined]
        bars.append(bar)
        for number, (start, end) in enumerate(shared.get(bar["key"], ())):
            bars.append(
                {
                    **bar,
                    "key": f"{bar['key']}-{number}",
                    "title": _("Shared: %(title)s") % {"title": bar["title"]},
                    "side": "agreed",
                    "whose": _("Taken up by both"),
                    "start": _stand(start),
                    "end": _stand(end),
                }
            )
    return {**drawn, "bars": bars}


def _stand(at: int) -> object:
    return msgspec.to_builtins(Stand(str(Instant(at)), at=at))


def _cell(key: str, title: str, word: str, whose: str, ring: Sequence[tuple[float, float]]) -> Data:
    """An area that is nobody's element: it leads nowhere."""
    return {
        "key": key,
        "title": title,
        "kind": "cell",
        "kindWord": word,
        "side": "agreed",
        "whose": whose,
        "party": "",
        "href": "",
        "change": "",
        "version": "",
        "field": "cell",
        "label": _("cell"),
        "row": "",
        "form": "area",
        "name": "",
        "points": ring,
        "metres": 0,
        "text": key.partition("-")[2],
        "unnamed": True,
    }
