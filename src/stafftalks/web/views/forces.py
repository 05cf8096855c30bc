"""Forces: every one that our people may read, with counts, capabilities and readiness; totals keep what is stated and what is required apart."""

from collections.abc import Mapping, Sequence

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from stafftalks.planning import strength
from stafftalks.planning.forces import Effectiveness, Force, Holding
from stafftalks.services import plans
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Instant
from stafftalks.values.relative_time import Window as TimeWindow
from stafftalks.web import access, naming
from stafftalks.web.views import plan_frame
from stafftalks.web.windows import Window, offset_of

FILTERS = ("side", "capability", "effectiveness", "contingency", "text")
_NOT_GIVEN = "-"


class Counted(msgspec.Struct, frozen=True):
    """One count of a force, with what is short in words."""

    holding: Holding
    words: str
    short: bool


class ForceLine(msgspec.Struct, frozen=True):
    """A force as the lists show it; in a plan's list also the lines of its task organisation and how many activities it does."""

    piece: Piece
    force: Force
    counts: tuple[Counted, ...]
    readiness: tuple[str, ...]
    fitness: str
    letter: str
    lines: tuple[str, ...] = ()
    activities: int = 0


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The force list, filtered; totals are of what the filter leaves."""
    everything = plans.forces(access.headquarters())
    wanted = {name: request.GET.get(name, "") for name in FILTERS}
    found = [piece for piece in everything if matches(piece, wanted)]
    window = Window(len(found), offset_of(request))
    context = {
        "place": "forces",
        "lines": [line(piece) for piece in found[window.offset : window.offset + window.limit]],
        "window": window,
        "totals": strength.totals(content for piece in found if isinstance(content := piece.content, Force)),
        "filters": wanted,
        "filtered": any(wanted.values()),
        "may_write": plan_frame.may_write(request),
        "sorts": naming.profile().forces,
    } | choices(everything)
    return render(request, "web/plans/forces.html", context)


def line(piece: Piece, lines: tuple[str, ...] = (), activities: int = 0) -> ForceLine:
    """A force as the lists show it."""
    force = piece.content if isinstance(piece.content, Force) else Force(title=piece.title)
    fitness = force.readiness.effectiveness
    return ForceLine(
        piece, force, tuple(_counted(holding) for holding in force.holdings), _readiness(force),
        fitness.value if fitness else "", fitness.value[0] if fitness else "", lines, activities,
    )  # fmt: skip


def matches(piece: Piece, wanted: Mapping[str, str]) -> bool:
    """Whether a force is one that the filter asks for; an empty filter asks for all."""
    force = piece.content
    if not isinstance(force, Force):
        return False
    fitness = force.readiness.effectiveness.value if force.readiness.effectiveness else _NOT_GIVEN
    text = wanted.get("text", "").strip().casefold()
    searched = "\n".join((force.title, force.sort, force.short_name, *force.capabilities)).casefold()
    return (
        wanted.get("side", "") in ("", "ours" if piece.own else piece.party)
        and wanted.get("capability", "") in ("", *force.capabilities)
        and wanted.get("effectiveness", "") in ("", fitness)
        and wanted.get("contingency", "") in ("", piece.contingency)
        and text in searched
    )


def choices(found: Sequence[Piece]) -> dict[str, object]:
    """What the filters offer: the sides, capabilities and contingencies that there are."""
    contents = [piece.content for piece in found if isinstance(piece.content, Force)]
    return {
        "sides": sorted({piece.party for piece in found if not piece.own}),
        "capabilities": sorted({code for force in contents for code in force.capabilities}),
        "contingencies": sorted({piece.contingency for piece in found if piece.contingency}),
        "fitnesses": [one.value for one in Effectiveness],
        "not_given": _NOT_GIVEN,
    }


def _counted(holding: Holding) -> Counted:
    short = strength.shortfall(holding)
    if short is None:
        words = _("not said how many there should be")
    elif short:
        words = ngettext("%d short", "%d short", short) % short
    elif holding.required is not None and holding.on_hand > holding.required:
        words = _("%d more than required") % (holding.on_hand - holding.required)
    else:
        words = _("none short")
    return Counted(holding, words, bool(short))


def _readiness(force: Force) -> tuple[str, ...]:
    """Notice and availability, in words; nothing is said of what is not given."""
    found = []
    if force.readiness.notice is not None:
        found.append(_("moves within %(notice)s") % {"notice": force.readiness.notice})
    window = _window(force.readiness.availability)
    if window:
        found.append(_("available %(window)s") % {"window": window})
    return tuple(found)


def _window(window: TimeWindow) -> str:
    parts = [
        str(one)[:10] if isinstance(one, Instant) else str(one) if one else "" for one in (window.start, window.end)
    ]
    start, end = parts
    if start and end:
        return _("%(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("from %(start)s") % {"start": start}
    return _("until %(end)s") % {"end": end} if end else ""
