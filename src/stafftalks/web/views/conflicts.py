"""Conflicts: what collides among our activities and those released to us, on a list, a map and a timeline; lived with for a reason, moved out of, or spoken about."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.deconflict.shifts import Shift
from stafftalks.planning.forces import Activity
from stafftalks.services import conflict_moves, conflicts, releases
from stafftalks.services.conflict_moves import Move
from stafftalks.services.conflicts import Board, Conflict, Severity
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.relative_time import RelativeTime
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.pictures import collisions, words
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

STATES = ("open", "accepted", "past", "all")
_LEFT_OUT = 50
_DRAWN = 100
_CARDS = 12


class Row(msgspec.Struct, frozen=True):
    """A conflict as it is told: how surely in a word and with which mark, in which heights, and what of it is claimed."""

    conflict: Conflict
    word: str
    mark: str
    height: str
    claim: str


class Card(msgspec.Struct, frozen=True):
    """An activity of a conflict: when it is in unix seconds, None where open, as `hangs` says where it hangs on an anchor; and in which heights."""

    piece: Piece
    start: int | None
    end: int | None
    hangs: str
    height: str


class Offer(msgspec.Struct, frozen=True):
    """A move that clears a conflict: in words, and where it is confirmed."""

    move: Move
    words: str
    url: str


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The conflicts by severity, one window of them, with a map and a timeline of what stands in it."""
    hq = access.headquarters()
    board = conflicts.board(hq)
    found = _chosen(request, board)
    offset = offset_of(request)
    window = Window(len(found), offset)
    shown = found[offset : offset + window.limit]
    context = {
        "place": "conflicts",
        "rows": [_row(conflict) for conflict in shown],
        "window": window,
        "board": board,
        "left_out": board.left_out[:_LEFT_OUT],
        "left_more": max(len(board.left_out) - _LEFT_OUT, 0),
        "left_pieces": [left.piece for left in board.left_out[:_LEFT_OUT] if left.piece],
        "pieces": _pieces(shown),
        "severities": _severities(board),
        "severity": request.GET.get("severity", ""),
        "states": _states(),
        "state": _state(request),
        "partners": sorted({piece.party for each in board.conflicts for piece in each.pieces if not piece.own}),
        "party": request.GET.get("party", ""),
        "query": request.GET.urlencode(),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return render(request, "web/conflicts/list.html", context)


@require_GET
def map_data(request: HttpRequest) -> HttpResponse:
    """The places of the activities in this window of the list."""
    hq = access.headquarters()
    shown = _shown(request)
    return JsonResponse(
        {"words": words.of_map(), "features": collisions.features(_pieces(shown), releases.partner_names(hq))}
    )


@require_GET
def timeline_data(request: HttpRequest) -> HttpResponse:
    """The windows of the activities in this window of the list."""
    return _timeline(_pieces(_shown(request)))


@require_GET
def show(request: HttpRequest, conflict: str) -> HttpResponse:
    """One conflict, and what can be done about it."""
    return _page(request, _one(conflict), ())


@require_GET
def map_of(_request: HttpRequest, conflict: str) -> HttpResponse:
    """The activities of one conflict, and where they overlap."""
    hq, found = access.headquarters(), _one(conflict)
    features = collisions.features(found.pieces[:_DRAWN], releases.partner_names(hq), conflicts.where(hq, found))
    return JsonResponse({"words": words.of_map(), "features": features})


@require_GET
def timeline_of(_request: HttpRequest, conflict: str) -> HttpResponse:
    """The windows of the activities of one conflict."""
    return _timeline(_one(conflict).pieces[:_DRAWN])


@require_POST
def accept(request: HttpRequest, conflict: str) -> HttpResponse:
    """Our people live with it, for the reason typed; without one the word is taken back where it was meant so."""
    person, found = access.need_role(request, *WRITERS), _one(conflict)
    reason = request.POST.get("reason", "").strip()
    taking_back = request.POST.get("do") == "take-back"
    if not reason and not taking_back:
        return _page(request, found, (Fault(_("Say why it can be lived with."), "id_reason"),))
    try:
        refs = tuple(request.POST.getlist("ref"))
        conflicts.accept(access.headquarters(), person, conflict, refs, "" if taking_back else reason)
    except StafftalksError as error:
        return _page(request, found, faults.of_error(error), reason=reason)
    said = (
        _("It is no longer accepted.")
        if taking_back
        else _("It is kept as accepted, until one of the activities is revised.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("conflict", args=[conflict]))


@require_http_methods(["GET", "POST"])
def move(
    request: HttpRequest, conflict: str, element: ElementId, of: Literal["time", "height"], by: str
) -> HttpResponse:
    """What a move would make of our activity; and, confirmed, the new version."""
    hq, person, found = access.headquarters(), access.need_role(request, *WRITERS), _one(conflict)
    shift = _shift(of, by)
    offered = next(
        (one for one in conflict_moves.moves(hq, found) if one.piece.element == element and one.shift == shift), None
    )
    if request.method == "POST":
        version = VersionHash(request.POST.get("based_on", ""))
        try:
            conflict_moves.move(hq, person, found, element, version, shift)
        except StafftalksError as error:
            return _page(request, found, faults.of_error(error))
        messages.success(
            request,
            _("Saved at home as a new version; what was released stays as it was. They do not collide any more."),
        )
        return HttpResponseRedirect(reverse("element", args=[element]))
    if offered is None:
        return _page(
            request, found, (Fault(_("This move would not clear it any more: look at those that are offered now.")),)
        )
    context = {
        "place": "conflicts",
        "conflict": found,
        "row": _row(found),
        "offer": Offer(offered, _words(shift), request.path),
        "changes": [(_label(field), before, after) for field, before, after in offered.changes],
    }
    return render(request, "web/conflicts/move.html", context)


def _page(request: HttpRequest, found: Conflict, told: Iterable[Fault], reason: str = "") -> HttpResponse:
    """One conflict whole, with what went wrong."""
    hq = access.headquarters()
    may_write = access.person_of(request).lacking(*WRITERS) is None
    offers = [
        Offer(
            one,
            _words(one.shift),
            reverse("conflict-move", args=[found.id, one.piece.element, one.shift.of, str(one.shift.by)]),
        )
        for one in (conflict_moves.moves(hq, found) if may_write else ())
    ]
    context = {
        "place": "conflicts",
        "conflict": found,
        "row": _row(found),
        "where": conflicts.where(hq, found),
        "offers": offers,
        "may_write": may_write,
        "theirs": [piece for piece in found.pieces if not piece.own],
        "cards": _cards(found.pieces[:_CARDS]),
        "reason": reason,
    }
    return faults.page(request, "web/conflicts/show.html", context, told)


def _cards(pieces: Sequence[Piece]) -> list[Card]:
    windows = conflicts.windows(access.headquarters(), pieces)
    found = []
    for piece in pieces:
        start, end = windows.get(piece.key, (None, None))
        content = piece.content
        if isinstance(content, Activity):
            stated = (content.window.start, content.window.end)
            hangs = str(content.window) if any(isinstance(moment, RelativeTime) for moment in stated) else ""
            found.append(Card(piece, start, end, hangs, height(content.altitude.low_m, content.altitude.high_m)))
    return found


def _one(conflict: str) -> Conflict:
    try:
        return conflicts.one(access.headquarters(), conflict)
    except MisuseError as error:
        raise Http404(str(error)) from error


def _chosen(request: HttpRequest, board: Board) -> list[Conflict]:
    severity, party, state = request.GET.get("severity", ""), request.GET.get("party", ""), _state(request)
    return [
        each
        for each in board.conflicts
        if severity in ("", each.severity)
        and (not party or any(piece.party == party for piece in each.pieces))
        and state in ("all", "accepted" if each.accepted else "past" if each.past else "open")
    ]


def _shown(request: HttpRequest) -> list[Conflict]:
    found, offset = _chosen(request, conflicts.board(access.headquarters())), offset_of(request)
    return found[offset : offset + Window(0, 0).limit]


def _state(request: HttpRequest) -> str:
    given = request.GET.get("state", "")
    return given if given in STATES else "open"


def _pieces(found: Iterable[Conflict]) -> list[Piece]:
    """Each activity once, and no more than a picture can show."""
    return list({piece.key: piece for each in found for piece in each.pieces}.values())[:_DRAWN]


def _timeline(pieces: Sequence[Piece]) -> HttpResponse:
    hq = access.headquarters()
    drawn = collisions.timeline(pieces, conflicts.windows(hq, pieces), releases.partner_names(hq))
    return JsonResponse({"words": words.of_timeline(), **drawn})


def _shift(of: str, by: str) -> Shift:
    if of not in ("time", "height") or not by.lstrip("-").isdecimal() or len(by) > 12:
        raise Http404
    return Shift("time" if of == "time" else "height", int(by))


def _states() -> list[tuple[str, str]]:
    said = (_("To be dealt with"), _("Lived with"), _("Past"), _("All"))
    return list(zip(STATES, said, strict=True))


def _severities(board: Board) -> list[tuple[str, str, int]]:
    return [
        (severity.value, _severity(severity), sum(each.severity is severity for each in board.conflicts))
        for severity in Severity
    ]


def _severity(severity: Severity) -> str:
    match severity:
        case Severity.CERTAIN:
            return _("certain")
        case Severity.POSSIBLE:
            return _("possible")
        case Severity.UNMEASURED:
            return _("not measured")


def _row(found: Conflict) -> Row:
    mark = {Severity.CERTAIN: "bad", Severity.POSSIBLE: "wait", Severity.UNMEASURED: "no"}[found.severity]
    claim = ""
    if found.sort == "claims":
        named = {"resource": found.resource, "most": found.most, "capacity": found.capacity, "over": found.over}
        claim = (
            _("%(most)s of %(resource)s are claimed; there are %(capacity)s, so it is %(over)s too much.") % named
            if found.capacity
            else _("%(most)s of %(resource)s are claimed by several; how much there is is not known.") % named
        )
    return Row(found, _severity(found.severity), mark, _height(found), claim)


def _height(found: Conflict) -> str:
    return "" if found.sort == "claims" else height(found.low_m, found.high_m)


def height(low_m: int | None, high_m: int | None) -> str:
    """A band of heights in words; None where it is open."""
    named = {"low": low_m, "high": high_m}
    if low_m is None and high_m is None:
        return _("at every height")
    if low_m is None:
        return _("from the surface to %(high)s m") % named
    if high_m is None:
        return _("from %(low)s m up") % named
    return _("from %(low)s to %(high)s m") % named


def _label(field: str) -> str:
    return {
        "window.start": _("Start"),
        "window.end": _("End"),
        "altitude.low_m": _("From (m)"),
        "altitude.high_m": _("To (m)"),
    }[field]


def _words(shift: Shift) -> str:
    if shift.of == "height":
        return (_("%(count)s m lower") if shift.by < 0 else _("%(count)s m higher")) % {"count": abs(shift.by)}
    minutes = abs(shift.by) // 60
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [
        *([ngettext("%d day", "%d days", days) % days] if days else ()),
        *([ngettext("%d hour", "%d hours", hours) % hours] if hours else ()),
        *([ngettext("%d minute", "%d minutes", minutes) % minutes] if minutes else ()),
    ]
    return (_("%(time)s earlier") if shift.by < 0 else _("%(time)s later")) % {"time": " ".join(parts)}
