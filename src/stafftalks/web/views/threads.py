"""Talk over all accords: every thread, and one thread with the exact texts it is about, what has changed since, and the ways to answer."""

from collections.abc import Iterator, Sequence

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.planning import forms, summary, threads
from stafftalks.planning.compare import Change
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.threads import Node
from stafftalks.services import accords, elements
from stafftalks.services import threads as talk
from stafftalks.services.accords import AccordView
from stafftalks.services.threads import Said, Talked, Thread
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash, parse_accord
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

_DEEPEST = 4
_SHOWN = 50


class Way(msgspec.Struct, frozen=True):
    """How a draft of ours can leave with one more click: `key` as the release form takes it. `open` is whether its realm is open now."""

    key: str
    title: str
    realm: str
    audience: tuple[PartyId, ...]
    open: bool


class Row(msgspec.Struct, frozen=True):
    """A remark as drawn: how deep it stands, whom it answers, its text, and the way for it to leave where it is a draft."""

    talked: Talked
    depth: int
    headline: str
    text: str
    answers: Said | None
    way: Way | None
    about: str

    @property
    def id(self) -> str:
        """The HTML id."""
        return f"r-{self.talked.said.element}" + ("-home" if self.talked.said.unsent else "")


class Typed(msgspec.Struct, frozen=True):
    """What was typed into a form of the page and could not be saved: which exact text it is about, the words, the part, what was revised."""

    about: str = ""
    text: str = ""
    field: str = ""
    error: str = ""
    changes: tuple[Change, ...] | None = None


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every thread: with something new first, then the newest."""
    hq = access.headquarters()
    accord, whose = _accord(request), request.GET.get("of", "")
    heads = talk.heads(
        hq, accord=accord, since=access.user_of(request).last_seen_at, about=PartyId(whose) if whose else None
    )
    offset = offset_of(request)
    views = accords.views(hq)
    context = {
        "place": "threads",
        "heads": heads[offset : offset + _SHOWN],
        "window": Window(len(heads), offset, _SHOWN),
        "accords": [(view.row.id, view.title) for view in views],
        "titles_of_accords": {view.row.id: view.title for view in views},
        "parties": sorted({party for view in views for party in view.accord.parties} | {hq.party}),
        "chosen_accord": accord or "",
        "chosen_party": whose,
        "me": hq.party,
    }
    return render(request, "web/talks/threads.html", context)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The talk about one text; what is written here is kept at home and leaves only by the release desk."""
    if request.method == "GET":
        return _page(request, party, element, Typed(), ())
    deed, _colon, what = request.POST.get("do", "say").partition(":")
    return _take_over(request, party, element, what) if deed == "take" else _say(request, party, element)


def _say(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    hq, person = access.headquarters(), access.need_role(request, *WRITERS)
    typed = Typed(request.POST.get("about", ""), request.POST.get("text", ""), request.POST.get("field", ""))
    found = _thread(request, party, element)
    newest, changes = _newest(found, typed.about)
    if newest != typed.about:
        sentence = _(
            "This text was revised while you were writing. What changed is below, and what you typed is kept: read it again, then save."
        )
        again = msgspec.structs.replace(typed, about=newest, changes=changes)
        return _page(request, party, element, again, (Fault(sentence),))
    content = forms.parse("comment", {"about": [typed.about], "text": [typed.text], "field": [typed.field]})
    if isinstance(content, FormErrors):
        listed = tuple(Fault(sentence, f"say-{name}") for name, sentence in content.errors.items())
        return _page(
            request, party, element, msgspec.structs.replace(typed, error=content.errors.get("text", "")), listed
        )
    try:
        row = elements.add(hq, person, content)
    except StafftalksError as error:
        return _page(request, party, element, typed, faults.of_error(error))
    messages.success(
        request, _("Saved at home. To let the partner read it, ask for its release: one more click below.")
    )
    answering = not typed.about.startswith(f"{party}/{element}/")
    offset = offset_of(request) if answering else 0  # a new tree stands first, an answer where its tree does
    return HttpResponseRedirect(f"{_here(request, party, element, offset)}#r-{row.id}")


def _take_over(request: HttpRequest, party: PartyId, element: ElementId, what: str) -> HttpResponse:
    hq, person = access.headquarters(), access.need_role(request, *WRITERS)
    based_on, newest = (VersionHash(request.POST.get(name, "")) for name in ("based_on", "newest"))
    try:
        row = talk.take_over(hq, person, ElementId(what), based_on, newest)
    except StafftalksError as error:
        return _page(request, party, element, Typed(), faults.of_error(error))
    messages.success(
        request,
        _("Your remark is now about the new version, at home only. Ask for its release to let the partner read it."),
    )
    return HttpResponseRedirect(f"{_here(request, party, element, offset_of(request))}#r-{row.id}-home")


def _page(
    request: HttpRequest, party: PartyId, element: ElementId, typed: Typed, found: Sequence[Fault]
) -> HttpResponse:
    hq = access.headquarters()
    thread = _thread(request, party, element)
    views = accords.views(hq)
    offset = offset_of(request)
    shown = thread.trees[offset : offset + _SHOWN]
    context = {
        "place": "threads",
        "party": party,
        "element": element,
        "thread": thread,
        "ours": party == hq.party,
        "at_home": party == hq.party and hq.holdings.element(element) is not None,
        "about": f"{party}/{element}/{thread.standing.version}" if thread.standing else "",
        "sections": summary.sections(thread.content) if thread.content is not None else (),
        "parts": threads.parts_of(thread.content) if thread.content is not None else (),
        "rows": list(_rows(views, hq.party, shown)),
        "window": Window(len(thread.trees), offset, _SHOWN),
        "typed": typed,
        "me": hq.party,
        "accord": _accord(request) or "",
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return faults.page(request, "web/talks/thread.html", context, found)


def _rows(views: Sequence[AccordView], me: PartyId, trees: Sequence[Node[Talked]]) -> Iterator[Row]:
    """The trees from top to bottom, without recursion: a thread may be deep."""
    waiting: list[tuple[Node[Talked], int, Said | None]] = [(node, 0, None) for node in reversed(trees)]
    while waiting:
        node, depth, parent = waiting.pop()
        said = node.said.said
        yield Row(
            node.said, min(depth, _DEEPEST), summary.headline(said.content), _text(said), parent,
            _way(views, me, said) if said.where == "home" else None, f"{said.party}/{said.element}/{said.version}",
        )  # fmt: skip
        waiting.extend((reply, depth + 1, said) for reply in reversed(node.replies))


def _way(views: Sequence[AccordView], me: PartyId, said: Said) -> Way | None:
    """The accord, realm and parties to which the text that a draft is about was given; None where nobody was given that version."""
    about = said.content.about
    for view in views:
        release = state.release_of(view.accord, about) if about.party in view.accord.parties else None
        if release is not None:
            known = state.audience_of(view.accord, about)
            audience = tuple(party for party in view.accord.parties if party in known and party != me)
            opened = release.realm in state.open_realms(view.accord)
            return Way(f"{view.row.id}.{release.realm}", view.title, release.realm, audience, opened)
    return None


def _text(said: Said) -> str:
    content = said.content
    return str(
        getattr(content, "text", "")
        or getattr(content, "statement", "")
        or "\n\n".join(filter(None, (getattr(content, "proposed", ""), getattr(content, "rationale", ""))))
    )


def _newest(found: Thread, about: str) -> tuple[str, tuple[Change, ...] | None]:
    """The exact text that `about` should name by now, and what changed from the one it names: both as given where it stands."""
    party, _slash, rest = about.partition("/")
    if found.standing is not None and (party, rest.partition("/")[0]) == (found.party, found.element):
        exact = f"{found.party}/{found.element}/{found.standing.version}"
        return exact, None if exact == about else talk.changes_between(access.headquarters(), about, exact)
    return about, None


def _thread(request: HttpRequest, party: PartyId, element: ElementId) -> Thread:
    found = talk.thread(access.headquarters(), party, element, accord=_accord(request))
    if found is None:
        raise Http404
    return found


def _accord(request: HttpRequest) -> AccordId | None:
    """The accord that the page is narrowed to; a page that is not there where it names none held here."""
    given = request.GET.get("accord", "")
    if not given:
        return None
    try:
        accord = parse_accord(given)
    except StafftalksError as error:
        raise Http404 from error
    if access.headquarters().records.accord(accord) is None:
        raise Http404
    return accord


def _here(request: HttpRequest, party: PartyId, element: ElementId, offset: int) -> str:
    query = {"accord": _accord(request) or "", "offset": str(offset) if offset else ""}
    kept = urlencode({name: value for name, value in query.items() if value})
    return reverse("thread", args=[party, element]) + (f"?{kept}" if kept else "")
