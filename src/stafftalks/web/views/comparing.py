"""Any two texts of one kind beside each other: two versions of an element, or ours and theirs on the same thing."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.planning import compare, summary
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.refs import ElementRef
from stafftalks.services import comparing, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import VersionHash
from stafftalks.web import access, faults, naming
from stafftalks.web.faults import Fault

_SHOWN = 500


class VersionLine(msgspec.Struct, frozen=True):
    """A version that can be put on one side."""

    exact: str
    version: VersionHash
    at: int
    by: str


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The differences in words, then both texts whole. Without a second text: what could stand beside the first."""
    hq = access.headquarters()
    found: list[Fault] = []
    one, other = (_read(hq, request.GET.get(name, ""), found) for name in ("a", "b"))
    changes: tuple[compare.Change, ...] | None = None
    if one is not None and other is not None:
        if isinstance(one.content, UnknownContent) or isinstance(other.content, UnknownContent):
            found.append(
                Fault(_("A text of a kind that this version does not know cannot be compared: upgrade to read it."))
            )
        elif one.kind != other.kind:
            found.append(Fault(_("Only texts of one kind can be compared: choose two plans, or two scenarios.")))
        else:
            changes = compare.diff(one.content, other.content)
    shown = [piece for piece in (one, other) if piece is not None]
    sections = [summary.sections(piece.content) for piece in shown]
    context: dict[str, object] = {
        "place": "compare",
        "one": one,
        "other": other,
        "same_element": one is not None and other is not None and one.key == other.key,
        "changes": changes[:_SHOWN] if changes is not None else None,
        "more_changes": max(0, len(changes or ()) - _SHOWN),
        "sides": [(piece, read, naming.references(hq, read)) for piece, read in zip(shown, sections, strict=True)],
        "pairs": comparing.pairs(hq, one)[:30] if one is not None else (),
        "versions": _versions(hq, one) if one is not None else (),
        "starts": () if one is not None else workspace.pieces(hq, kinds=("plan", "scenario"))[:60],
        "pieces": shown,
    }
    return faults.page(request, "web/options/beside.html", context, found)


def _read(hq: Headquarters, text: str, found: list[Fault]) -> Piece | None:
    """The text that a query names; None, with a sentence, where it names none that our people may read."""
    if not text:
        return None
    try:
        piece = workspace.piece(hq, ElementRef.parse(text))
    except StafftalksError as error:
        found.append(Fault(str(error)))
        return None
    if piece is None:
        found.append(
            Fault(
                _("%(ref)s is not held here: it was never released to us, was recalled, or does not exist.")
                % {"ref": text[:80]}
            )
        )
    return piece


def _versions(hq: Headquarters, piece: Piece) -> list[VersionLine]:
    """The other versions of the same element, newest first."""
    if piece.own:
        rows = [(row.version, row.at, row.by) for row in hq.holdings.versions(piece.element)]
    else:
        rows = [(row.version, row.at, piece.party) for row in comparing.releases_of(hq, piece.party, piece.element)]
    found = {
        version: VersionLine(f"{piece.key}/{version}", version, at, by)
        for version, at, by in rows
        if version != piece.version
    }
    return list(reversed(found.values()))[:50]
