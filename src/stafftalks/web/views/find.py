"""Finding: the page, titles for the palette, and a person's saved views."""

from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.planning.kinds import LABELS
from stafftalks.planning.refs import ElementRef
from stafftalks.services import find, releases
from stafftalks.services.catalogue import TitleMatch
from stafftalks.services.find import Facet, Question
from stafftalks.store import saved_views
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, faults
from stafftalks.web.templatetags.stafftalks import kind_plural, tr
from stafftalks.web.windows import Window, offset_of

NAMES: dict[str, str | Promise] = {
    "side": gettext_lazy("Whose text"),
    "kind": gettext_lazy("Kind"),
    "party": gettext_lazy("Written by"),
    "realm": gettext_lazy("Realm"),
    "marking": gettext_lazy("Marking"),
    "contingency": gettext_lazy("Contingency"),
}
SIDES: dict[str, str | Promise] = {
    "ours": gettext_lazy("Ours, at home only"),
    "released": gettext_lazy("Ours, released"),
    "theirs": gettext_lazy("Theirs"),
    "agreed": gettext_lazy("Agreed by all"),
}
ASKED = ("q", "side", "kind", "party", "realm", "marking", "contingency", "scenario", "archived")
VALUES_SHOWN = 8
_LONGEST_VALUE = 1_000


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter as it is drawn: a link that puts it on, or takes it off where it is on."""

    label: str
    count: int
    chosen: bool
    url: str


class Group(msgspec.Struct, frozen=True):
    """One filter: the values shown at once, and the rarer ones folded away."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]


class Chip(msgspec.Struct, frozen=True):
    """A filter that is on, and the page without it."""

    label: str
    value: str
    url: str


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What is found by the words and filters in the query; the newest of all where there are none."""
    return _page(request, request.GET)


@require_GET
def titles(request: HttpRequest) -> HttpResponse:
    """Up to twelve elements whose title may be meant, for whoever types one."""
    found = find.titles(access.headquarters(), request.GET.get("q", ""))
    return JsonResponse([_titled(one) for one in found], safe=False)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keeps the filters at hand under a name."""
    given = QueryDict(request.POST.get("query", ""))
    try:
        home = request.POST.get("home") == "yes"
        view = saved_views.save(access.user_of(request), request.POST.get("name", ""), _query(given), home=home)
    except StafftalksError as error:
        return _page(request, given, faults.of_error(error), request.POST.get("name", ""))
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return HttpResponseRedirect(f"{reverse('find')}?{view.query}")


@require_http_methods(["POST"])
def manage(request: HttpRequest, view: int) -> HttpResponse:
    """Renames a saved view, removes it, or puts it on the person's first page."""
    user = access.user_of(request)
    try:
        match request.POST.get("do", ""):
            case "rename":
                saved_views.rename(user, view, request.POST.get("name", ""))
                messages.success(request, _("Renamed."))
            case "home":
                saved_views.put_home(user, view, home=True)
                messages.success(request, _("It stands on your first page now."))
            case "away":
                saved_views.put_home(user, view, home=False)
                messages.success(request, _("Taken off your first page."))
            case "remove":
                saved_views.remove(user, view)
                messages.success(request, _("Removed."))
            case _:
                raise Http404
    except MisuseError as error:
        return _page(request, QueryDict(request.POST.get("query", "")), faults.of_error(error))
    query = _query(QueryDict(request.POST.get("query", "")))
    return HttpResponseRedirect(f"{reverse('find')}?{query}" if query else reverse("find"))


def question_of(query: QueryDict) -> Question:
    """What the query asks for; what makes no sense in it narrows nothing."""
    given = {name: query.get(name, "").strip()[:_LONGEST_VALUE] for name in ASKED}
    return Question(
        text=given["q"], side=given["side"], kind=given["kind"], party=given["party"], realm=given["realm"],
        marking=given["marking"], contingency=given["contingency"], scenario=_scenario(given["scenario"]),
        archived=given["archived"] == "yes",
    )  # fmt: skip


def _page(
    request: HttpRequest, query: QueryDict, found_faults: tuple[faults.Fault, ...] = (), typed_name: str = ""
) -> HttpResponse:
    hq, user = access.headquarters(), access.user_of(request)
    question, offset = question_of(query), offset_of(request)
    found = find.search(hq, question, offset)
    names = releases.partner_names(hq)
    kept = _query(query)
    views = saved_views.of(user)
    context = {
        "place": "find",
        "question": question,
        "scenario": f"{question.scenario[0]}/{question.scenario[1]}" if question.scenario else "",
        "scenarios": [
            (f"{one.match.party}/{one.match.element}", one.title, one.match.party) for one in found.scenarios
        ],
        "results": found.results,
        "asked": found.asked,
        "window": Window(found.total, offset),
        "groups": [_group(facet, query, names) for facet in found.facets if facet.values],
        "chips": _chips(query, question, found.scenarios, names),
        "views": [(view, view.query == kept) for view in views],
        "current": next((view for view in views if view.query == kept), None),
        "kept": kept,
        "typed_name": typed_name,
        "hidden": [
            (name, query[name]) for name in ASKED if query.get(name) and name not in ("q", "scenario", "archived")
        ],
    }
    if found_faults:
        return faults.page(request, "web/find/show.html", context, found_faults)
    return render(request, "web/find/show.html", context)


def _group(facet: Facet, query: QueryDict, names: dict[PartyId, str]) -> Group:
    choices = tuple(
        Choice(_label(facet.name, value.value, names), value.count, value.chosen,
               _with(query, facet.name, "" if value.chosen else value.value))
        for value in facet.values[:100]
    )  # fmt: skip
    shown = tuple(choice for at, choice in enumerate(choices) if at < VALUES_SHOWN or choice.chosen)
    return Group(facet.name, str(NAMES[facet.name]), shown, tuple(c for c in choices if c not in shown))


def _chips(
    query: QueryDict, question: Question, scenarios: tuple[TitleMatch, ...], names: dict[PartyId, str]
) -> list[Chip]:
    chips = [
        Chip(str(label), _label(name, getattr(question, name), names), _with(query, name, ""))
        for name, label in NAMES.items()
        if getattr(question, name)
    ]
    if question.scenario:
        titles = {(one.match.party, one.match.element): one.title for one in scenarios}
        named = titles.get(question.scenario) or f"{question.scenario[0]}/{question.scenario[1][:8]}"
        chips.append(Chip(_("Scenario"), named, _with(query, "scenario", "")))
    if question.archived:
        chips.append(Chip(_("Put away"), _("only these"), _with(query, "archived", "")))
    return chips


def _label(name: str, value: str, names: dict[PartyId, str]) -> str:
    match name:
        case "side":
            return str(SIDES.get(value, value))
        case "kind":
            return kind_plural(value) if value in LABELS else value
        case "party":
            known = names.get(PartyId(value), "")
            return f"{known} ({value})" if known and known != value else value
        case "realm":
            return tr(value).capitalize()
        case _:
            return value


def _with(query: QueryDict, name: str, value: str) -> str:
    """This page with one filter set to `value`, or without it, from the first line on."""
    kept = {asked: query[asked] for asked in ASKED if query.get(asked)} | {name: value}
    return f"{reverse('find')}?{urlencode({asked: given for asked, given in kept.items() if given})}"


def _query(query: QueryDict) -> str:
    """The words and filters of a query and nothing else, always in one order: what a saved view keeps."""
    given = {name: str(query.get(name, "")).strip() for name in ASKED}
    return urlencode({name: value for name, value in given.items() if value})


def _scenario(text: str) -> tuple[PartyId, ElementId] | None:
    if not text:
        return None
    try:
        ref = ElementRef.parse(text)
    except MisuseError:
        return None
    return ref.party, ref.element


def _titled(one: TitleMatch) -> dict[str, str]:
    own = not one.match.accord
    where = [one.match.element] if own else [one.match.accord, one.match.party, one.match.element]
    kind = tr(LABELS[one.kind][0]) if one.kind in LABELS else one.kind
    return {
        "title": one.title,
        "kind": kind,
        "url": reverse("element" if own else "their-element", args=where),
        "side": str(SIDES[one.side]),
    }
