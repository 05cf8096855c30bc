"""Home: what needs me, what changed since I last looked, the accords at a glance, exchange in words."""

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.services import accords, exchange, overview
from stafftalks.services.accords import AccordView
from stafftalks.services.overview import GROUPS, Need
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.store import digest, kept, notes, seen
from stafftalks.store.models import User
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Role
from stafftalks.values.realm import Realm
from stafftalks.web import access, beside, naming, pulse, targets, unread
from stafftalks.web.unread import Unread

NEWS_SHOWN = 8
"""Lines of news for each accord."""
ACCORDS_SHOWN = 6
NEEDS_SHOWN = 6
"""Needs of each sort."""
COLLEAGUES_SHOWN = 10

_HEADINGS = {
    "partner": gettext_lazy("A partner waits for us"),
    "time": gettext_lazy("A time has come or is near"),
    "decide": gettext_lazy("Yours to decide"),
    "said": gettext_lazy("Said to you"),
    "trouble": gettext_lazy("Something does not work"),
    "keep": gettext_lazy("To keep going"),
}
_NEXT = {
    "recall": gettext_lazy("Answer the recall"),
    "confirm-recall": gettext_lazy("Answer the recall"),
    "answer-question": gettext_lazy("Answer"),
    "answer-proposal": gettext_lazy("Read the proposal"),
    "answer-check": gettext_lazy("Read and answer"),
    "await-check": gettext_lazy("See the check"),
    "go-on-check": gettext_lazy("See the check"),
    "stop-check": gettext_lazy("See the check"),
    "overdue": gettext_lazy("Look at it"),
    "soon": gettext_lazy("Look at it"),
    "unchecked": gettext_lazy("Note what was seen"),
    "decide": gettext_lazy("Decide"),
    "returned": gettext_lazy("Read and mend"),
    "mention": gettext_lazy("Read and answer"),
    "frozen": gettext_lazy("See the record"),
    "unreached": gettext_lazy("See the exchange"),
    "recall-unconfirmed": gettext_lazy("See the recalls"),
    "accept-realms": gettext_lazy("Look at the realms"),
    "mail": gettext_lazy("See the people"),
    "clause-open": gettext_lazy("Compare the wordings"),
    "release": gettext_lazy("See what is released"),
    "unfinished": gettext_lazy("Go on writing"),
}


class Line(msgspec.Struct, frozen=True):
    """A sentence, when it came to be, and where it leads; `party` is empty where it is not somebody's word. `next` is what to press."""

    sentence: str
    url: str
    at: int
    party: str = ""
    next: str = ""
    future: bool = False


class NeedGroup(msgspec.Struct, frozen=True):
    """Needs of one importance, the first of them, and how many more there are."""

    key: str
    heading: str
    lines: tuple[Line, ...]
    more: int


class AccordNews(msgspec.Struct, frozen=True):
    """What is new in one accord: the first lines by importance, how many more there are, and the texts whose titles they name."""

    title: str
    url: str
    lines: tuple[Line, ...]
    count: int
    more: int
    texts: tuple[ReleasedVersion, ...] = ()


class Glance(msgspec.Struct, frozen=True):
    """An accord in a few words."""

    view: AccordView
    open: tuple[Realm, ...]
    standings: tuple[tuple[PartyId, str], ...]
    ours: int
    theirs: int


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page that a person sees first."""
    hq, user = access.headquarters(), access.user_of(request)
    found = unread.of(request)
    groups, named = _needs(hq, user)
    news = _by_accord(hq, found)[:ACCORDS_SHOWN]
    written = unread.by_colleagues(hq, user)
    colleagues = written[:COLLEAGUES_SHOWN]
    context = {
        "place": "home",
        "needs": groups,
        "needs_count": sum(len(group.lines) + group.more for group in groups),
        "news": news,
        "news_count": len(found.news),
        "colleagues": _colleagues(colleagues),
        "more_colleagues": max(0, len(written) - COLLEAGUES_SHOWN),
        "marked": [*named, *colleagues, *(text for one in news for text in one.texts)],
        "seen_at": user.last_seen_at,
        "now": hq.clock.now(),
        "glances": [glance(view, hq.party) for view in accords.views(hq)],
        "exchange": exchange.status(hq),
    }
    return render(request, "web/home.html", context)


@require_POST
def seen_all(request: HttpRequest) -> HttpResponse:
    """Remembers up to when this person has seen what changed: the time at which the page they read was made."""
    hq, user = access.headquarters(), access.user_of(request)
    given = request.POST.get("now", "")
    moment = int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else hq.clock.now()
    seen.see_all(user.username, upto=min(moment, hq.clock.now()))
    return HttpResponseRedirect(reverse("home"))


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The live fragment: what came from partners since the page was made, and who saved what it shows; nothing to swap where that is as before."""
    hq, user = access.headquarters(), access.user_of(request)
    known, here, shown = request.GET.get("known", ""), request.GET.get("here", ""), request.GET.get("shown", "")
    element, version = request.GET.get("element", ""), request.GET.get("version", "")
    total, before = pulse.read(known)
    now = pulse.sizes(hq)
    count = max(0, sum(now.values()) - total)
    revised = beside.revised(hq, user.username, ElementId(element), version) if element and version else ""
    row = hq.holdings.element(ElementId(element)) if revised else None
    state_now = f"{count}.{row.version[:8] if row else ''}" if count or revised else ""
    if state_now.rstrip(".") == shown.rstrip("."):
        return HttpResponse(status=204)
    context = {
        "signed_in": True,
        "known": known,
        "here": here,
        "element": element,
        "version": version,
        "shown": state_now,
        "count": count,
        "arrived": pulse.arrived(hq, before, now) if "~" in known or not total else (),
        "revised": revised,
        "reload": here if _may_reload(here, revised=bool(revised)) else "",
    }
    return render(request, "web/parts/news.html", context)


@require_GET
def first_steps(request: HttpRequest) -> HttpResponse:
    """What each role does first, and what the words and marks mean."""
    return render(request, "web/help.html", {"place": "help"})


def glance(view: AccordView, me: PartyId) -> Glance:
    """The accord in a few words, as seen by `me`."""
    opened = state.open_realms(view.accord)
    standings = tuple((party, view.accord.sheet(party).standing.state) for party in view.accord.parties)
    ours = len(state.live_releases(view.accord, me))
    theirs = sum(len(state.live_releases(view.accord, party)) for party in view.partners)
    return Glance(view, tuple(realm for realm in Realm if realm in opened), standings, ours, theirs)


def _needs(hq: Headquarters, user: User) -> tuple[list[NeedGroup], list[ElementRow]]:
    """What waits for this person by importance, each sort capped; and the own elements whose titles that names."""
    person = user.person()
    also = [Need("mention", row.sentence, row.target, row.at) for row in notes.mentions_of(user.username)]
    if Role.ADMINISTRATOR in person.roles:
        also += [
            Need(
                "mail",
                _("Mail to %(person)s fails: %(reason)s") % {"person": one.person, "reason": one.last_error},
                ("mail",),
                0,
            )
            for one in digest.failing()
        ]
    waiting = _once(overview.needs(hq, person, also))
    lines: dict[str, list[Line]] = {key: [] for key in GROUPS}
    for need in waiting:
        url = targets.url_of(need.target, need.rule)
        lines[need.group].append(_line(hq, need, url))
    for form, at in kept.unfinished(user.username, limit=NEEDS_SHOWN):
        if sentence := _unfinished(hq, form):
            lines["keep"].append(Line(sentence, form, at, next=str(_NEXT["unfinished"])))
    groups = [
        NeedGroup(key, str(_HEADINGS[key]), tuple(found[:NEEDS_SHOWN]), max(0, len(found) - NEEDS_SHOWN))
        for key, found in lines.items()
        if found
    ]
    about = list({ElementId(need.about): None for need in waiting if need.about})
    return groups, list(hq.holdings.elements(about).values()) if about else []


def _line(hq: Headquarters, need: Need, url: str) -> Line:
    sentence, ahead = naming.readable(hq, need.sentence), need.at > hq.clock.now()
    return Line(sentence, url, need.at, next=str(_NEXT.get(need.rule, _("Open"))), future=ahead)


def _unfinished(hq: Headquarters, form: str) -> str:
    """What a form with kept text is, in a sentence; empty where it is none that is drawn with what was kept."""
    try:
        match = resolve(form.partition("?")[0].partition("#")[0])
    except Resolver404:
        return ""
    if match.url_name == "element-new":
        return _("You were writing a new element and had not saved it.")
    if match.url_name == "element-edit":
        row = hq.holdings.element(ElementId(str(match.kwargs["element"])))
        return _("You were editing “%(title)s” and had not saved it.") % {"title": row.title} if row else ""
    return _("You were writing and had not sent it.")


def _by_accord(hq: Headquarters, found: Unread) -> list[AccordNews]:
    """The news under the accord it is about, the most important accord first: lines by importance, without the title said again."""
    groups: dict[AccordId, list[overview.Fresh]] = {}
    for one in found.news:
        groups.setdefault(one.view.row.id, []).append(one)
    made = []
    for accord, items in groups.items():
        items.sort(key=lambda one: (one.rank, -one.arrived, -one.item.at, one.item.ref))
        title = items[0].view.title
        lines = tuple(
            Line(
                item.sentence.removesuffix(title).rstrip(), targets.url_of(item.target, item.rule), item.at, item.party
            )
            for item in overview.in_words(hq, items[:NEWS_SHOWN])
        )
        rank = (items[0].rank, -max(one.arrived for one in items))
        url = reverse("accord", args=[accord])
        texts = tuple(one.item for one in items[:NEWS_SHOWN] if isinstance(one.item, ReleasedVersion))
        made.append((rank, AccordNews(title, url, lines, len(items), max(0, len(items) - NEWS_SHOWN), texts)))
    return [news for _rank, news in sorted(made, key=lambda pair: pair[0])]


def _colleagues(rows: tuple[ElementRow, ...]) -> list[Line]:
    """What colleagues wrote, in sentences."""
    names = beside.names([row.revised_by for row in rows])
    return [
        Line(
            _("%(person)s wrote in “%(title)s”.")
            % {"person": names.get(row.revised_by, row.revised_by), "title": row.title or naming.title_of(row.raw)},
            reverse("element", args=[row.id]),
            row.revised_at,
        )
        for row in rows
    ]


def _may_reload(here: str, *, revised: bool) -> bool:
    """Whether the page that asks shows a list or text that can be shown anew without loss; a page with a form to write in cannot."""
    if not here.startswith("/") or here.startswith("//"):
        return False
    try:
        name = resolve(here.partition("?")[0]).url_name or ""
    except Resolver404:
        return False
    return name == "element" if revised else name in _LISTS


_LISTS = frozenset(
    {"home", "accords", "accord", "accord-released", "accord-talk", "accord-agreed", "accord-recalls", "accord-record"}
)


def _once(needs: tuple[Need, ...]) -> list[Need]:
    """The needs without a second one for the same recall: it is asked of a head of delegation both as a prompt and by itself."""
    asked = {need.target for need in needs if need.rule == "recall"}
    return [need for need in needs if not (need.rule == "confirm-recall" and need.target in asked)]
