"""Home: what needs me, what changed since I last looked, the accords at a glance, exchange in words."""

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from stafftalks.accord import state
from stafftalks.services import accords, exchange, overview
from stafftalks.services.accords import AccordView
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.realm import Realm
from stafftalks.web import access, naming, targets
from stafftalks.web.context import held_from_partners

NEWS_SHOWN = 20
NEEDS_SHOWN = 30


class Line(msgspec.Struct, frozen=True):
    """A sentence, when it came to be, and where it leads; `party` is empty where it is not somebody's word."""

    sentence: str
    url: str
    at: int
    party: str = ""


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
    hq, user, person = access.headquarters(), access.user_of(request), access.person_of(request)
    needs = _once(overview.needs(hq, person))
    views = accords.views(hq)
    news = overview.news(hq, user.last_seen_at, NEWS_SHOWN + 1)
    context = {
        "place": "home",
        "needs": [
            Line(naming.readable(hq, need.sentence), targets.url_of(need.target, need.rule), need.at)
            for need in needs[:NEEDS_SHOWN]
        ],
        "more_needs": max(0, len(needs) - NEEDS_SHOWN),
        "news": _by_accord(news[:NEWS_SHOWN], {view.row.id: view.title for view in views}),
        "more_news": len(news) > NEWS_SHOWN,
        "seen_at": user.last_seen_at,
        "now": hq.clock.now(),
        "glances": [glance(view, hq.party) for view in views],
        "exchange": exchange.status(hq),
    }
    return render(request, "web/home.html", context)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Remembers up to when this person has seen what changed: the time at which the page they read was made."""
    hq, user = access.headquarters(), access.user_of(request)
    given = request.POST.get("now", "")
    moment = int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else hq.clock.now()
    user.last_seen_at = min(moment, hq.clock.now())
    user.save(update_fields=["last_seen_at"])
    return HttpResponseRedirect(reverse("home"))


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The live fragment: how many entries came from partners since the page was made; nothing to swap where none did."""
    known, shown = _number(request, "known"), _number(request, "shown")
    arrived = max(0, held_from_partners(access.headquarters()) - known)
    if arrived == shown:
        return HttpResponse(status=204)
    return render(request, "web/parts/news.html", {"arrived": arrived, "held_from_partners": known})


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


def _by_accord(news: tuple[overview.News, ...], titles: dict[AccordId, str]) -> list[tuple[str, str, list[Line]]]:
    """The news under the accord it is about: its title, its page, and its lines without the title said again."""
    groups: dict[AccordId, list[Line]] = {}
    for item in news:
        accord = AccordId(item.target[1])
        sentence = item.sentence.removesuffix(titles.get(accord, "")).rstrip()
        groups.setdefault(accord, []).append(Line(sentence, targets.url_of(item.target), item.at, item.party))
    return [(titles.get(accord, ""), reverse("accord", args=[accord]), lines) for accord, lines in groups.items()]


def _once(needs: tuple[overview.Need, ...]) -> list[overview.Need]:
    """The needs without a second one for the same recall: it is asked of a head of delegation both as a prompt and by itself."""
    asked = {need.target for need in needs if need.rule == "recall"}
    return [need for need in needs if not (need.rule == "confirm-recall" and need.target in asked)]


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else 0
