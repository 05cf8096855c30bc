"""What a private check told us, in words and by activity: which of ours share a place and a time with the other side, a number, or yes or no."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.deconflict import covers
from stafftalks.services.check_results import CheckResult, Flagged
from stafftalks.services.check_rows import CheckHit
from stafftalks.services.workspace import Piece
from stafftalks.web.templatetags.stafftalks import number
from stafftalks.web.views.conflicts import height

_SPOTS = 4
_CELLS = 4
_ROWS = 200


class Spot(msgspec.Struct, frozen=True):
    """A stretch of time that is shared, unix seconds, and in which heights."""

    start: int
    end: int
    height: str


class Row(msgspec.Struct, frozen=True):
    """One flagged activity: when and where it is shared. `piece` is as it stands here now, None where it is put away."""

    flagged: Flagged
    piece: Piece | None
    spots: tuple[Spot, ...]
    more: int
    where: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What came out as drawn: a sentence with its mark, what it means, and the flagged activities."""

    sentence: str
    meaning: str
    mark: str
    rows: tuple[Row, ...] = ()
    more: int = 0


def said(found: CheckResult, pieces: Mapping[str, Piece]) -> Outcome:
    """What came out; `pieces` are our activities as they stand here now, by element."""
    match found.view.state.terms.mode:
        case "which":
            rows = tuple(_row(flagged, pieces.get(flagged.element)) for flagged in found.flagged[:_ROWS])
            return Outcome(*_which(len(found.flagged), found.put_in), rows, max(len(found.flagged) - _ROWS, 0))
        case "count":
            count = found.count or 0
            sentence = ngettext(
                "%(count)s key is held by both sides.", "%(count)s keys are held by both sides.", count
            ) % {"count": number(count)}
            return Outcome(sentence, *_number(something=bool(count)))
        case _:
            sentence = _("Yes: something is shared.") if found.any else _("No: nothing is shared.")
            return Outcome(sentence, *_number(something=bool(found.any)))


def merged(hits: Iterable[CheckHit]) -> list[tuple[int, int]]:
    """The stretches of time in which something is shared, joined where they touch, the earliest first."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((hit.start, hit.end) for hit in hits):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _which(flagged: int, count: int) -> tuple[str, str, str]:
    if not flagged:
        sentence = ngettext(
            "Our activity shares no place and time with theirs.",
            "None of our %(count)s activities shares a place and a time with theirs.",
            count,
        ) % {"count": number(count)}
        return sentence, _nothing(), "good"
    sentence = ngettext(
        "%(flagged)s of our activities shares a place and a time with something of theirs.",
        "%(flagged)s of our activities share a place and a time with something of theirs.",
        flagged,
    ) % {"flagged": number(flagged)}
    meaning = _(
        "That is not yet a collision: cells are coarser than activities. Look at them, speak with the partner, or propose a finer check of the shared cells."
    )
    return sentence, meaning, "ask"


def _number(*, something: bool) -> tuple[str, str]:
    if not something:
        return _nothing(), "good"
    return _(
        "Where is not told by this check. One activity can hold many keys, so the number is no number of collisions."
    ), "ask"


def _nothing() -> str:
    return _("Among what both sides put in, nothing collides. Of what either left out nothing is said.")


def _row(flagged: Flagged, piece: Piece | None) -> Row:
    stretches, cells = merged(flagged.hits), dict.fromkeys(hit.cell for hit in flagged.hits if hit.cell)
    where = [_middle(cell) for cell in list(cells)[:_CELLS]]
    if len(cells) > _CELLS:
        where.append(_("and %(count)s more cells") % {"count": number(len(cells) - _CELLS)})
    where += list(dict.fromkeys(hit.resource for hit in flagged.hits if hit.resource))
    heights = _heights(flagged.hits)
    spots = tuple(Spot(start, end, heights) for start, end in stretches[:_SPOTS])
    return Row(flagged, piece, spots, max(len(stretches) - _SPOTS, 0), tuple(where))


def _heights(hits: Sequence[CheckHit]) -> str:
    placed = [hit for hit in hits if hit.cell]
    if not placed:
        return ""
    lows, highs = [hit.low_m for hit in placed], [hit.high_m for hit in placed]
    low = None if None in lows else min(one for one in lows if one is not None)
    high = None if None in highs else max(one for one in highs if one is not None)
    return height(low, high)


def _middle(cell: str) -> str:
    """About where a cell lies: its middle, latitude first."""
    ring = covers.outline(cell.partition("@")[0])
    lon, lat = (sum(corner[at] for corner in ring) / len(ring) for at in (0, 1))
    return f"{lat:.2f}, {(lon + 180) % 360 - 180:.2f}"
