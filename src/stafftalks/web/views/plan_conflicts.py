"""Where plans clash in what they count on: more booked than there is, opposite assumptions, releases that were recalled since. What overlaps in space and time is the other part."""

from collections.abc import Mapping
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.analysis.clashes import Clash, folded
from stafftalks.services import analyses_conflicts, releases
from stafftalks.services.analyses_conflicts import Clashing
from stafftalks.services.workspace import Piece
from stafftalks.web import access, charts
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

_MARKS: Final = {"certain": "bad", "possible": "wait", "unmeasured": "no"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A clash as it is told: what sort it is and how surely, in a word; the elements behind it, and what is booked where an element stands for it."""

    clash: Clash
    sort: str
    word: str
    mark: str
    pieces: tuple[Piece, ...]
    thing: Piece | None


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The clashes, the certain ones first, one window of them; nothing is stored."""
    hq, query = access.headquarters(), request.GET
    private = query.get("private") == "yes"
    answer = analyses_conflicts.conflicts(hq, contingency=query.get("contingency", ""), private=private)
    sort, severity = query.get("sort", ""), query.get("severity", "")
    found = [each for each in answer.found if sort in ("", each.sort) and severity in ("", each.severity)]
    offset = offset_of(request)
    window = Window(len(found), offset)
    things = {folded(piece.title): piece for piece in answer.gathered.pieces if piece.kind in ("force", "resource")}
    rows = [_row(answer, things, each) for each in found[offset : offset + window.limit]]
    context = {
        "place": "conflicts",
        "rows": rows,
        "pieces": [piece for row in rows for piece in (*row.pieces, row.thing)],
        "window": window,
        "total": len(answer.found),
        "sorts": [(name, word, sum(each.sort == name for each in answer.found)) for name, word in _sorts().items()],
        "severities": [(name, word, sum(each.severity == name for each in answer.found)) for name, word in _severities().items()],
        "asked": {"sort": sort, "severity": severity, "contingency": query.get("contingency", "")},
        "contingencies": sorted({piece.contingency for piece in answer.gathered.pieces if piece.contingency}),
        "private": private,
        "faults_left": answer.faults,
        "seen_by": charts.seen_by(answer.basis, releases.partner_names(hq)),
        "markings": charts.markings(hq, answer.basis),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
        **charts.standing(answer),
    }  # fmt: skip
    return render(request, "web/conflicts/plans.html", context)


def _row(answer: Clashing, things: Mapping[str, Piece], clash: Clash) -> Row:
    by_key = answer.gathered.by_key
    return Row(
        clash=clash,
        sort=_sorts()[clash.sort],
        word=_severities()[clash.severity],
        mark=_MARKS[clash.severity],
        pieces=tuple(by_key[key] for key in clash.elements if key in by_key),
        thing=things.get(folded(clash.name)) if clash.sort not in ("assumption", "recalled") else None,
    )


def _sorts() -> dict[str, str]:
    return {
        "force": _("force booked twice"),
        "lift": _("lift booked twice"),
        "place": _("place booked twice"),
        "resource": _("resource booked twice"),
        "assumption": _("opposite assumptions"),
        "recalled": _("relies on a release that was recalled"),
    }


def _severities() -> dict[str, str]:
    return {"certain": _("certain"), "possible": _("possible"), "unmeasured": _("not measured")}
