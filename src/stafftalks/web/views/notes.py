"""Notes of our own people: where I am mentioned, all of them, and those about one element. None of it ever leaves this headquarters."""

from collections.abc import Sequence

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stafftalks.planning.refs import ElementRef
from stafftalks.services import accords, elements, workspace
from stafftalks.services.workspace import Piece
from stafftalks.store import notes, people
from stafftalks.store.notes import NoteRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.windows import Window, offset_of

_ANYONE = tuple(Role)
_PEOPLE = 500


class Line(msgspec.Struct, frozen=True):
    """A note in a list: what its element is called (empty where its text is not held here) and whether the reader has read it."""

    note: NoteRow
    title: str
    recalled: bool
    unread: bool = False


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Where I am mentioned, the unread first to be seen; with `all=yes`, every note. Sent, it remembers what I have read."""
    hq, me = access.headquarters(), access.person_of(request)
    if request.method == "POST":
        given = [int(number) for number in request.POST.getlist("note") if number.isascii() and number.isdecimal()]
        read = notes.mark_read(me.username, at=hq.clock.now(), notes=given)
        if read:
            messages.success(request, _("Remembered as read."))
        return HttpResponseRedirect(reverse("notes"))
    offset, everything = offset_of(request), request.GET.get("all") == "yes"
    unread: set[int] = set()
    if everything:
        total, rows = notes.recent(offset=offset)
    else:
        total = notes.count_mentions(me.username, unread=False)
        found = notes.mentions_of(me.username, unread=False, offset=offset)
        rows = tuple(mention.note for mention in found)
        unread = {mention.note.number for mention in found if not mention.read_at}
    context: dict[str, object] = {
        "place": "notes",
        "lines": _lines(rows, unread),
        "noted": rows,
        "window": Window(total, offset),
        "everything": everything,
        "unread": sorted(unread),
        "me": hq.party,
    }
    return faults.page(request, "web/talks/notes.html", context)


@require_http_methods(["GET", "POST"])
def on(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Our notes about one element, ours or a partner's, after its recall too; a note is written and taken back here."""
    hq = access.headquarters()
    piece = workspace.piece(hq, ElementRef(party, element))
    total, _newest = notes.about(party, element, limit=1)
    if piece is None and not total and not _ever_released(party, element):
        raise Http404
    typed = ""
    faulty: tuple[Fault, ...] = ()
    if request.method == "POST":
        person = access.need_role(request, *_ANYONE)
        deed, _colon, number = request.POST.get("do", "write").partition(":")
        try:
            if deed == "back" and number.isascii() and number.isdecimal():
                notes.take_back(person, int(number))
                messages.success(request, _("Taken back: its words are gone, that it was written stays."))
                return HttpResponseRedirect(_back(request, party, element))
            return _written(request, party, element)
        except MisuseError as error:
            typed, faulty = request.POST.get("text", ""), (Fault(str(error), "note-text"),)
    return _page(request, party, element, piece, typed, faulty)


def known_people() -> list[tuple[str, str]]:
    """The usernames that can be mentioned, with the names people read."""
    return [(person.username, person.name) for person, active in people.everyone()[:_PEOPLE] if active]


def _written(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    version = request.POST.get("version", "")
    about = ElementRef(party, element, VersionHash(version) if len(version) == 52 else None)
    calling = request.POST.get("calling", "").replace(",", " ").split()
    row, unknown = notes.write(person, about, request.POST.get("text", ""), at=hq.clock.now(), calling=calling)
    messages.success(request, _("Noted. It stays at this headquarters."))
    if unknown:
        sentence = _("Nobody here has the username %(names)s, so the note calls nobody by it.")
        messages.warning(request, sentence % {"names": ", ".join(unknown)}, extra_tags="ask")
    return HttpResponseRedirect(f"{_back(request, party, element)}#note-{row.number}")


def _page(
    request: HttpRequest, party: PartyId, element: ElementId, piece: Piece | None, typed: str, faulty: Sequence[Fault]
) -> HttpResponse:
    hq, me = access.headquarters(), access.person_of(request)
    offset = offset_of(request)
    total, found = notes.about(party, element, offset=offset, limit=50)
    if request.method == "GET":
        notes.mark_read(me.username, at=hq.clock.now(), notes=[row.number for row in found])
    context: dict[str, object] = {
        "place": "notes",
        "party": party,
        "element": element,
        "piece": piece,
        "ours": party == hq.party,
        "notes": found,
        "window": Window(total, offset, 50),
        "people": known_people(),
        "typed": typed,
        "calling": request.POST.get("calling", ""),
        "exact": piece.version if piece else "",
        "next": "",
        "recalled": piece is None,
    }
    return faults.page(request, "web/talks/notes_on.html", context, faulty)


def _lines(rows: Sequence[NoteRow], unread: set[int]) -> list[Line]:
    titles = elements.titles_of(access.headquarters(), {(row.party, row.element) for row in rows})
    return [
        Line(
            row, titles.get((row.party, row.element), ""), (row.party, row.element) not in titles, row.number in unread
        )
        for row in rows
    ]


def _ever_released(party: PartyId, element: ElementId) -> bool:
    """Whether this element was ever given here: notes about it may then be written still, after its recall."""
    return any(
        element in view.accord.sheet(party).recalled
        for view in accords.views(access.headquarters())
        if party in view.accord.parties
    )


def _back(request: HttpRequest, party: PartyId, element: ElementId) -> str:
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and allowed else reverse("notes-on", args=[party, element])
