"""A private check on our own map and timeline: its area, and what of ours shares a place and a time with the other side."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from stafftalks.services import check_drafts, check_inputs, check_results, conflicts, releases
from stafftalks.services.check_results import CheckResult
from stafftalks.services.check_rows import CheckHit, CheckInput
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import EpochId, PartyId
from stafftalks.web import access, check_outcomes
from stafftalks.web.pictures import checked, words
from stafftalks.web.views.check import pieces_of, view_of

_DRAWN = 100
_CELLS = 4_000


@require_GET
def map_data(_request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """The area with what of ours takes part; and once it told us which of ours share something, those and the shared cells instead."""
    hq, found = access.headquarters(), view_of(party, epoch, n)
    result = check_results.result(hq, found.state.ref)
    if result is not None and result.flagged:
        pieces = pieces_of([one.element for one in result.flagged])
        flagged = [pieces[one.element] for one in result.flagged if one.element in pieces]
        drawn = checked.features(flagged[:_DRAWN], _hits(result)[:_CELLS], releases.partner_names(hq))
    else:
        ours = pieces_of([one.element for one in _taking(hq, found)][:_DRAWN])
        drawn = checked.features(ours.values(), (), releases.partner_names(hq))
        drawn += checked.area_features(found.state.terms.cells)
    return JsonResponse({"words": words.of_map(), "features": drawn})


@require_GET
def timeline_data(_request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """Our flagged activities, and when each is shared."""
    hq, found = access.headquarters(), view_of(party, epoch, n)
    result = check_results.result(hq, found.state.ref)
    found_here = result.flagged[:_DRAWN] if result else ()
    pieces = pieces_of([one.element for one in found_here])
    shared = {pieces[one.element].key: check_outcomes.merged(one.hits) for one in found_here if one.element in pieces}
    flagged = list(pieces.values())
    drawn = checked.timeline(flagged, conflicts.windows(hq, flagged), shared, releases.partner_names(hq))
    return JsonResponse({"words": words.of_timeline(), **drawn})


def _taking(hq: Headquarters, found: CheckView) -> tuple[CheckInput, ...]:
    """What of ours takes part; while their proposal waits, what would if all that lie in it did."""
    if found.row is not None:
        return check_results.put_in(hq, found.state.ref)
    if found.ours or found.state.state != "proposed":
        return ()
    try:
        return check_inputs.put(hq, found.state.terms, "partner", check_drafts.all_activities(hq)).inputs
    except StafftalksError:  # the form says why
        return ()


def _hits(result: CheckResult) -> list[CheckHit]:
    return [hit for one in result.flagged for hit in one.hits]
