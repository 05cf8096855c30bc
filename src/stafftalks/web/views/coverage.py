"""Coverage: the requirements of a scenario or contingency as rows, the sides as columns, and what is left open."""

from fractions import Fraction

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.planning.coverage import Covered, Share
from stafftalks.planning.options import Option
from stafftalks.planning.refs import ElementRef
from stafftalks.services import comparing, workspace
from stafftalks.services.comparing import CoverageView
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import StafftalksError
from stafftalks.web import access
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

STATES = ("gap", "partial", "unmeasured", "filled", "over-offered")


class ShareCell(msgspec.Struct, frozen=True):
    """One side's share in words, the options it rests on, and the forces that could."""

    amount: str
    firm: str
    unmeasured: tuple[str, ...]
    options: tuple[Piece, ...]
    could: tuple[Piece, ...]


class Row(msgspec.Struct, frozen=True):
    """One requirement as drawn."""

    piece: Piece
    needed: str
    state: str
    word: str
    open: str
    shares: tuple[ShareCell, ...]


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The matrix, gaps first where asked; nothing is stored."""
    hq = access.headquarters()
    scenario = _scenario(request.GET.get("scenario", ""))
    contingency, state = request.GET.get("contingency", ""), request.GET.get("state", "")
    chosen = tuple(request.GET.getlist("o"))
    view = comparing.coverage(hq, scenario=scenario, contingency=contingency, options=chosen)
    rows = [row for row in view.rows if state in ("", row.state)]
    offset = offset_of(request)
    window = Window(len(rows), offset)
    counts = {name: sum(1 for row in view.rows if row.state == name) for name in STATES}
    options = [piece for piece in view.pieces.values() if isinstance(piece.content, Option)]
    words = _words()
    context = {
        "place": "coverage",
        "rows": [_row(covered, view) for covered in rows[offset : offset + window.limit]],
        "parties": view.parties,
        "window": window,
        "counts": [(name, words[name], counts[name]) for name in STATES],
        "state": state,
        "options": options[:60],
        "chosen": chosen,
        "scenario": workspace.piece(hq, scenario) if scenario else None,
        "scenarios": workspace.pieces(hq, kinds=("scenario",))[:200],
        "scenario_key": str(scenario) if scenario else "",
        "contingency": contingency,
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
        "pieces": [view.pieces[row.key] for row in rows[offset : offset + window.limit]],
    }
    return render(request, "web/options/coverage.html", context)


def _scenario(text: str) -> ElementRef | None:
    try:
        return ElementRef.parse(text) if text else None
    except StafftalksError:
        return None


def _words() -> dict[str, str]:
    return {
        "gap": _("nobody yet"),
        "partial": _("in part"),
        "unmeasured": _("offered, not counted"),
        "filled": _("covered"),
        "over-offered": _("more than needed"),
    }


def _row(covered: Covered, view: CoverageView) -> Row:
    unit = str(covered.requirement.quantity.unit) if covered.requirement.quantity else ""
    left = _("%(amount)s missing") % {"amount": _amount(covered.missing, unit)} if covered.missing else ""
    if covered.state == "over-offered" and covered.requirement.quantity is not None:
        needed = Fraction(covered.requirement.quantity.scaled, 10**covered.requirement.quantity.decimals)
        left = _("%(amount)s more than needed") % {"amount": _amount(covered.offered - needed, unit)}
    shares = tuple(_share(share, view, unit) for share in covered.shares)
    needed_text = str(covered.requirement.quantity) if covered.requirement.quantity else _("no quantity stated")
    return Row(view.pieces[covered.key], needed_text, covered.state, _words()[covered.state], left, shares)


def _share(share: Share, view: CoverageView, unit: str) -> ShareCell:
    return ShareCell(
        _amount(share.amount, unit) if share.amount is not None else "",
        _amount(share.firm, unit) if share.firm else "",
        tuple(f"{row.what}, {row.quantity}" if row.quantity else row.what for row in share.unmeasured),
        tuple(view.pieces[key] for key in share.options if key in view.pieces),
        tuple(view.pieces[key] for key in share.could[:5] if key in view.pieces),
    )


def _amount(value: Fraction | None, unit: str) -> str:
    text = f"{float(value or 0):.6f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()
