"""A plan's map, and the forces it names in its task organisation and activities."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stafftalks.planning import strength
from stafftalks.planning.forces import Force
from stafftalks.services import plans
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access
from stafftalks.web.views import forces as force_list
from stafftalks.web.views.plan_frame import enter, frame
from stafftalks.web.windows import Window, offset_of


@require_GET
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The forces of the plan, filtered, with totals; references that nobody here may read are counted and said."""
    room, hq = enter(party, element), access.headquarters()
    named = plans.strength(hq, room, plans.belonging(hq, room).activities)
    wanted = {name: request.GET.get(name, "") for name in force_list.FILTERS}
    found = [one for one in named.forces if force_list.matches(one.piece, wanted)]
    window = Window(len(found), offset_of(request))
    shown = found[window.offset : window.offset + window.limit]
    context = frame(request, room, "plan-forces") | {
        "lines": [force_list.line(one.piece, one.lines, one.activities) for one in shown],
        "window": window,
        "totals": strength.totals(one.force for one in found),
        "unread": named.unread,
        "filters": wanted,
        "filtered": any(wanted.values()),
        "in_plan": True,
    }
    context |= force_list.choices([one.piece for one in named.forces if isinstance(one.force, Force)])
    return render(request, "web/plans/plan_forces.html", context)


@require_GET
def on_map(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The plan's activities and forces on a map, with its table."""
    return render(request, "web/plans/map.html", frame(request, enter(party, element), "plan-map"))
