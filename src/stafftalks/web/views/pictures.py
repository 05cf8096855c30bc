"""The data that pictures are drawn from, for people signed in; read by the scripts of the pages that show them."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Scenario
from stafftalks.services import releases, workspace
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access
from stafftalks.web.pictures import drawing, sources, trees, words
from stafftalks.web.views.drafts import WRITERS


@require_GET
def page(request: HttpRequest, what: str, party: PartyId, element: ElementId) -> HttpResponse:
    """One picture (map, timeline, branches, organisation) on a page of its own, with all the room there is."""
    piece = workspace.piece(access.headquarters(), ElementRef(party, element))
    if piece is None or not _can_be_drawn(what, piece):
        raise Http404
    may_write = access.person_of(request).lacking(*WRITERS) is None
    return render(request, "web/parts/pictures/page.html", {"what": what, "piece": piece, "may_write": may_write})


@require_GET
def map_data(request: HttpRequest) -> HttpResponse:
    """Every place around the element that `about` names (`XMR/<element>`), and the words that the map says."""
    hq = access.headquarters()
    about = _asked(request, "about")
    if about is None:
        return _not_here()
    around = sources.around(hq, about)
    return JsonResponse({"words": words.of_map(), "features": drawing.features(around, releases.partner_names(hq))})


@require_GET
def timeline_data(request: HttpRequest) -> HttpResponse:
    """The phases, decision points and activities of the plan that `plan` names, and the dates of anchors that we know."""
    hq = access.headquarters()
    plan = _asked(request, "plan")
    if plan is None or not isinstance(plan.content, Plan):
        return _not_here()
    return JsonResponse({"words": words.of_timeline(), **drawing.timeline(hq, plan)})


@require_GET
def tree_data(request: HttpRequest) -> HttpResponse:
    """The rows of the table `field` (branches, organisation) of the element that `of` names."""
    hq = access.headquarters()
    piece = _asked(request, "of")
    field = next((known for known in trees.ABOVE if known == request.GET.get("field", "")), None)
    if piece is None or field is None:
        return _not_here()
    return JsonResponse({"words": words.of_tree(field), **drawing.tree(hq, piece, field)})


def _can_be_drawn(what: str, piece: Piece) -> bool:
    if what == "map":
        return True
    wanted = {"timeline": Plan, "organisation": Plan, "branches": Scenario}
    return what in wanted and isinstance(piece.content, wanted[what])


def _asked(request: HttpRequest, name: str) -> Piece | None:
    """The element that the query names; None where it names none that we may read."""
    try:
        ref = ElementRef.parse(request.GET.get(name, ""))
    except MisuseError:
        return None
    return workspace.piece(access.headquarters(), ref)


def _not_here() -> JsonResponse:
    said = _("This picture has nothing to be drawn from: the element is not here, or is no longer shared with us.")
    return JsonResponse({"sentence": said}, status=404)
