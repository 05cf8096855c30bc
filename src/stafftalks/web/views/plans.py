"""Plans: the list of ours and partners', and a plan's own page with its paragraphs, annexes, phases, decisions and assumptions."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stafftalks.planning import forms
from stafftalks.planning.annexes import Annex, AnnexState
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import Scenario
from stafftalks.planning.wording import shortened, text_of
from stafftalks.services import editing, plans
from stafftalks.services.editing import FieldsError
from stafftalks.services.plans import Room
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.relative_time import ANCHORS
from stafftalks.web import access, element_inputs, faults, naming
from stafftalks.web.element_inputs import Input
from stafftalks.web.faults import Fault
from stafftalks.web.views import plan_frame
from stafftalks.web.views.plan_frame import enter, enter_own, frame
from stafftalks.web.windows import Window, offset_of


class Listed(msgspec.Struct, frozen=True):
    """A line of the list of plans."""

    piece: Piece
    level: str
    mission: str
    phases: int


class Paragraph(msgspec.Struct, frozen=True):
    """One of the five paragraphs: what is written in it by label, the labels of what is not, and its form where we may change it."""

    label: str
    part: str
    texts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    inputs: tuple[Input, ...] = ()

    @property
    def id(self) -> str:
        """Where the page shows it."""
        return self.part.replace(".", "-")


class For(msgspec.Struct, frozen=True):
    """A scenario that the plan is for, where we may read it, and its branches by id and title."""

    ref: str
    piece: Piece | None
    branches: tuple[tuple[str, str], ...]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All plans, ours and partners', by contingency."""
    hq = access.headquarters()
    everything = plans.plans(hq)
    contingency, side = request.GET.get("contingency", ""), request.GET.get("side", "")
    found = [
        piece
        for piece in everything
        if contingency in ("", piece.contingency) and side in ("", "ours" if piece.own else piece.party)
    ]
    window = Window(len(found), offset_of(request))
    shown = found[window.offset : window.offset + window.limit]
    groups: dict[str, list[Listed]] = {}
    for piece in shown:
        groups.setdefault(piece.contingency, []).append(_listed(piece))
    context = {
        "place": "plans",
        "groups": list(groups.items()),
        "window": window,
        "contingency": contingency,
        "side": side,
        "contingencies": sorted({piece.contingency for piece in everything if piece.contingency}),
        "sides": sorted({piece.party for piece in everything if not piece.own}),
        "filtered": bool(contingency or side),
        "may_write": plan_frame.may_write(request),
    }
    return render(request, "web/plans/list.html", context)


@require_GET
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The plan: for which scenarios, five paragraphs, phases and decisions, assumptions, anchor dates, annexes."""
    return page(request, enter(party, element))


def page(request: HttpRequest, room: Room, found: tuple[Fault, ...] = (), **more: object) -> HttpResponse:
    """The plan's own page, with what was found wrong in one of its small forms."""
    context = frame(request, room, "plan")
    template = more.get("template") or next(iter(naming.profile().annexes)).name
    context |= {
        "fors": _fors(room.plan),
        "paragraphs": paragraphs(room, writable=bool(context["may_change"])),
        "phases": plan_frame.phase_lines(room),
        "assumptions": plan_frame.assumptions(room),
        "anchors": plans.anchors(access.headquarters(), room),
        "anchor_letters": ANCHORS,
        "anchor_dates": [(anchor, at.seconds) for anchor, at in sorted(room.dates.items())],
        "annexes": _annexes(room),
        "omitted": [annex for annex in room.plan.annexes if annex.state is not AnnexState.INCLUDED],
        "states": [state.value for state in AnnexState],
        "templates": naming.profile().annexes,
        "template": template,
        "levels": next(field for field in describe("plan").fields if field.name == "detail_level").choices,
        **more,
    }
    return faults.page(request, "web/plans/show.html", context, found)


@require_POST
def set_anchor(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Sets the date of an anchor for this plan, at home."""
    room = enter_own(party, element)
    anchor, at = request.POST.get("anchor", ""), request.POST.get("at", "")
    title = _("%(anchor)s-day of %(plan)s") % {"anchor": anchor, "plan": shortened(room.piece.title)}
    try:
        row = plans.set_anchor(access.headquarters(), access.person_of(request), room, anchor, at, title)
    except FieldsError as error:
        said = tuple(Fault(text, f"anchor-{name or 'at'}") for name, text in error.errors.items())
        return page(request, room, said, anchor_typed={"anchor": anchor, "at": at}, anchor_errors=error.errors)
    except StafftalksError as error:
        return page(request, room, faults.of_error(error), anchor_typed={"anchor": anchor, "at": at})
    messages.success(
        request,
        _("“%(title)s” is set, at home only: no partner reads the date until it is released.") % {"title": row.title},
    )
    return HttpResponseRedirect(f"{reverse('plan', args=[party, element])}#anchors")


@require_POST
def annexes(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Lists the annexes of a template, or keeps which are included, omitted or to follow."""
    room, hq, person = enter_own(party, element), access.headquarters(), access.person_of(request)
    based_on = VersionHash(request.POST.get("based_on", ""))
    try:
        if request.POST.get("do") == "fill":
            template = next((one for one in naming.profile().annexes if one.name == request.POST.get("template")), None)
            if template is None:
                return page(request, room, (Fault(_("Choose one of the annex templates."), "annex-template"),))
            plans.fill_annexes(hq, person, element, based_on, template)
            sentence = _("Every annex of the template is listed; those without text as omitted.")
        else:
            fields = {name: str(text) for name, text in request.POST.items() if name.startswith("annexes.")}
            editing.change(hq, person, element, based_on, fields)
            sentence = _("Saved at home.")
    except StafftalksError as error:
        return page(request, enter(party, element), faults.of_error(error))
    messages.success(request, sentence)
    return HttpResponseRedirect(f"{reverse('plan', args=[party, element])}#annexes")


def paragraphs(room: Room, *, writable: bool) -> list[Paragraph]:
    """The five paragraphs as written so far."""
    whole = next(field for field in describe("plan").fields if field.name == "paragraphs")
    typed = forms.flatten(room.plan) if writable else {}
    found = []
    for field in whole.fields:
        part = f"paragraphs.{field.name}"
        value = getattr(room.plan.paragraphs, field.name)
        leaves = [(inner.label, text_of(getattr(value, inner.name))) for inner in field.fields] or [
            ("", text_of(value))
        ]
        written = tuple((label, text) for label, text in leaves if text)
        missing = tuple(label or field.label for label, text in leaves if not text)
        found.append(Paragraph(field.label, part, written, missing, _inputs(field, part, typed) if writable else ()))
    return found


def _inputs(field: FieldSpec, part: str, typed: dict[str, str]) -> tuple[Input, ...]:
    inner = tuple(msgspec.structs.replace(one, name=f"{part}.{one.name}") for one in field.fields)
    fields = inner or (msgspec.structs.replace(field, name=part),)
    return element_inputs.inputs(msgspec.structs.replace(describe("plan"), fields=fields), typed, {})


def _listed(piece: Piece) -> Listed:
    plan = piece.content
    if not isinstance(plan, Plan):
        return Listed(piece, "", "", 0)
    return Listed(piece, plan.detail_level.value, shortened(plan.paragraphs.mission), len(plan.phases))


def _fors(plan: Plan) -> list[For]:
    if not plan.scenarios:
        return []
    held = plan_frame.scenario_pieces()
    found = []
    for choice in plan.scenarios:
        key = f"{choice.scenario.party}/{choice.scenario.element}"
        piece = held.get(key)
        known = (
            {row.id: row.title for row in piece.content.branches}
            if piece and isinstance(piece.content, Scenario)
            else {}
        )
        found.append(For(key, piece, tuple((name, known.get(name, "")) for name in choice.branches)))
    return found


def _annexes(room: Room) -> list[tuple[int, Annex, str, str]]:
    """Each annex with its row number, the line that plans print where it is not there, and the path of its form."""
    return [
        (number, annex, next((text for _label, text in annex.derived()), ""), f"annexes.{number}")
        for number, annex in enumerate(room.plan.annexes)
    ]
