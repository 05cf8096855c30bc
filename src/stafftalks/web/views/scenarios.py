"""Scenarios: the list of ours and theirs by contingency, and the room in which one is thought through."""

from collections.abc import Sequence
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.planning.fields import describe
from stafftalks.planning.refs import ElementRef
from stafftalks.services import scenario_talk, scenarios
from stafftalks.services.scenario_talk import Said
from stafftalks.services.scenarios import ByBranch, Room
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, faults
from stafftalks.web.views import scenario_acts, scenario_lines, scenario_needs, scenario_parts
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.views.scenario_parts import Drawn, Trouble
from stafftalks.web.windows import Window, offset_of

MOST_NEEDS = 8
MOST_BARS = 4
ROWS = 25
"""Rows of a list inside a room on one page."""


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every scenario our people may read, by contingency; filtered by party, contingency and words."""
    hq = access.headquarters()
    asked = {name: request.GET.get(name, "").strip() for name in ("contingency", "party", "text")}
    offset = offset_of(request)
    found = scenarios.listing(
        hq, contingency=asked["contingency"], party=asked["party"], text=asked["text"], offset=offset
    )
    context = {
        "place": "scenarios",
        "groups": [(name, list(rows)) for name, rows in groupby(found.pieces, lambda piece: piece.contingency)],
        "window": Window(found.total, offset),
        "contingencies": found.contingencies,
        "counted": found.parties,
        **asked,
        "filtered": any(asked.values()),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return render(request, "web/scenarios/list.html", context)


@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Everything about one scenario on one page; what is sent from it is kept, or comes back as it was typed."""
    found = _room(party, element)
    trouble = Trouble()
    if request.method == "POST":
        done = scenario_acts.act(request, found)
        if isinstance(done, str):
            return HttpResponseRedirect(f"{request.get_full_path()}{done}" if done.startswith("#") else done)
        trouble, found = done, _room(party, element)
    return _page(request, found, trouble)


def _room(party: PartyId, element: ElementId) -> Room:
    found = scenarios.room(access.headquarters(), ElementRef(party, element))
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Room, trouble: Trouble) -> HttpResponse:
    hq = access.headquarters()
    may_write = access.person_of(request).lacking(*WRITERS) is None
    said = scenario_talk.said(hq, found.piece)
    drawn = Drawn(found, scenario_parts.flat_of(found), trouble, may_write, request.GET.get("open", ""))
    parts = scenario_parts.parts(drawn, said)
    parties = scenario_lines.judging(found, hq.party)
    topics = scenario_lines.topics(found, parties, hq.party)
    stands = scenario_talk.standings(hq, found.piece)
    needs = scenario_needs.needs(found, said, stands, topics, hq.party)
    divided = scenario_lines.divided(topics)
    whole = _whole(said)
    own = found.piece.own and may_write
    context: dict[str, object] = {
        "place": "scenarios",
        "room": found,
        "piece": found.piece,
        "scenario": found.scenario,
        "own": found.piece.own,
        "may_write": may_write,
        "needs": needs[:MOST_NEEDS],
        "more_needs": max(0, len(needs) - MOST_NEEDS),
        "standings": stands,
        "placed": _placed(found),
        "text": parts["text"],
        "whole": scenario_parts.shown(whole, everything=drawn.opened == "whole"),
        "all_whole": len(whole),
        "here": request.get_full_path(),
        "tree": scenario_lines.tree(found, parts, topics),
        "new_branch": scenario_parts.new_branch(drawn, "top") if own else (),
        "new_assumption": scenario_parts.new_assumption(drawn) if own else (),
        **_windowed(request, "assumptions", scenario_lines.assumptions(found, parts)),
        **_windowed(request, "indicators", scenario_lines.indicators(drawn)),
        **_windowed(request, "topics", tuple(topics.values())),
        **_windowed(request, "plans", found.plans),
        **_grouped(request, "requirements", found.requirements),
        **_grouped(request, "options", found.options),
        "parties": parties,
        "divided": divided[:MOST_BARS],
        "trouble": trouble,
        "inline": drawn.inline,
        "likelihoods": _likelihood_terms(),
        "realm": found.piece.held[0].realm if found.piece.held else "scenarios",
    }
    return faults.page(request, "web/scenarios/room.html", context, trouble.faults)


def _windowed(request: HttpRequest, name: str, rows: Sequence[object]) -> dict[str, object]:
    """The rows on this page of a list inside the room, and where that page stands."""
    offset = offset_of(request, f"{name}_from")
    offset = offset if offset < len(rows) else 0
    return {name: rows[offset : offset + ROWS], f"{name}_window": Window(len(rows), offset, ROWS)}


def _grouped(request: HttpRequest, name: str, groups: Sequence[ByBranch]) -> dict[str, object]:
    """The same of a list that stands by branch."""
    total = sum(len(group.pieces) for group in groups)
    offset = offset_of(request, f"{name}_from")
    offset = offset if offset < total else 0
    shown = scenario_lines.windowed(groups, offset, offset + ROWS)
    return {name: shown, f"{name}_window": Window(total, offset, ROWS)}


def _whole(said: tuple[Said, ...]) -> tuple[Said, ...]:
    """What speaks of no part that stands here: of the whole, or of a part that is gone."""
    return tuple(one for one in said if not one.part)


def _placed(found: Room) -> tuple[Piece, ...]:
    """What the table of the map shows: the scenario itself, and the requirements that say where."""
    wanted = {
        one.key: one for group in found.requirements for one in group.pieces if getattr(one.content, "place", None)
    }
    return (found.piece, *wanted.values())


def _likelihood_terms() -> object:
    return next(field.choices for field in describe("scenario").fields if field.name == "likelihood")
