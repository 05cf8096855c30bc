"""For auditors: everything of ours that ever left, to whom, on whose authority, element by element; with the proof to carry away."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from stafftalks.release import desk
from stafftalks.services import accords, proofs, trail
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.services.trail import Trail
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, parse_element
from stafftalks.values.person import Role
from stafftalks.web import access
from stafftalks.web.views.journal import day_of
from stafftalks.web.views.left import FATE_WORDS
from stafftalks.web.windows import Window, offset_of

SORTS = {
    "release": gettext_lazy("release"),
    "recalled release": gettext_lazy("release that was recalled"),
    "recall": gettext_lazy("recall"),
    "confirmation": gettext_lazy("answer to the recall"),
}


class Row(msgspec.Struct, frozen=True):
    """One release in a list, with everyone who let it go."""

    request: RequestRow
    title: str


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What left, the newest first: by words, partner, person and time; an element's id leads to its own page."""
    access.need_role(request, Role.AUDITOR)
    hq, offset = access.headquarters(), offset_of(request)
    given = {name: request.GET.get(name, "").strip() for name in ("words", "partner", "who", "since", "until")}
    if (element := _element(hq, given["words"])) is not None:
        return HttpResponseRedirect(reverse("audit-element", args=[element]))
    total, rows = trail.window(
        hq, partner=given["partner"], who=given["who"], text=given["words"],
        since=day_of(given["since"]), until=day_of(given["until"], last=True), offset=offset,
    )  # fmt: skip
    context = {
        "place": "audit",
        "rows": [Row(row, row.title or desk.preview(row.body).title or row.element) for row in rows],
        "window": Window(total, offset),
        "given": given,
        "filtered": any(given.values()),
        "partners": hq.partners.partners(),
        "titles": {view.row.id: view.title for view in accords.views(hq)},
    }
    return render(request, "web/audit/list.html", context)


@require_GET
def show(request: HttpRequest, element: ElementId) -> HttpResponse:
    """One element: each release with its interval, authority and fate with each holder, what was asked in vain, and who did what at home."""
    access.need_role(request, Role.AUDITOR)
    hq, offset = access.headquarters(), offset_of(request)
    found = trail.of_element(hq, element, offset=offset, limit=20)
    if not found.known:
        raise Http404
    context = {
        "place": "audit",
        "trail": found,
        "title": found.title or element,
        "window": Window(found.total, offset, 20),
        "letters": _letters(hq, found),
        "titles": {view.row.id: view.title for view in accords.views(hq)},
        "sorts": SORTS,
        "fates": FATE_WORDS,
    }
    return render(request, "web/audit/element.html", context)


@require_POST
def proof(request: HttpRequest, element: ElementId, accord: AccordId) -> HttpResponse:
    """The proof file of the whole story of the element in one accord, with or without its texts; the journal records it."""
    person, hq = access.need_role(request, Role.AUDITOR), access.headquarters()
    raw = proofs.of_element(hq, person, accord, hq.party, element, text=request.POST.get("text") == "yes")
    return download(raw, f"proof-{hq.party}-{element}.json")


def download(raw: bytes, name: str) -> HttpResponse:
    """A file to carry away."""
    response = HttpResponse(raw, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _element(hq: Headquarters, words: str) -> ElementId | None:
    """The element whose whole id was typed, where anything is known of it."""
    try:
        element = parse_element(words.lower())
    except PeerError:
        return None
    return element if trail.of_element(hq, element, limit=1).known else None


def _letters(hq: Headquarters, found: Trail) -> dict[ElementId, str]:
    """The titles of the letters under which it was let go, as far as they are held."""
    named = {letter.element for one in found.sent if one.request for letter in one.request.letters}
    return hq.holdings.titles(sorted(named))
