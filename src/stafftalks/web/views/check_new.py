"""Proposing a private check: area, window, what comes out and for whom; what it costs and what each side will know stand on the page before the button does."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.accord import state
from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.planning.kinds import realms_of
from stafftalks.services import accords, check_drafts, check_results, checks, releases
from stafftalks.services import check_costs as costs
from stafftalks.services.check_drafts import DAY_S, Draft, Offered
from stafftalks.services.check_tells import LEARNS, MODES
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId
from stafftalks.values.place import Area, Circle, parse_place
from stafftalks.web import access, check_costs, check_words, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.checks import NUMBERS, FinerForm, TermsForm
from stafftalks.web.pictures import checked, drawing, words
from stafftalks.web.views.checks import DECIDERS, url_of

_ROWS = 4
_MORE = 6
_MOST_CORNERS = 1_000
_LISTED = 500
_DRAWN = 300


class Taking(msgspec.Struct, frozen=True):
    """An own activity as a row to tick."""

    piece: Piece
    start: int | None
    end: int | None
    chosen: bool


class _Asked(msgspec.Struct, frozen=True):
    """What was typed, as far as it makes terms: in which accord, with which of our activities."""

    accord: AccordId
    terms: CheckTerms
    activities: tuple[ElementId, ...]

    @property
    def seen(self) -> str:
        """A name for exactly this: what was shown when somebody presses the button must be what is proposed."""
        shown = msgspec.structs.replace(self.terms, expires=0, purpose="")
        return hashlib.sha256(msgspec.json.encode((self.accord, shown, sorted(self.activities)))).hexdigest()[:32]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of terms; with them their cost and what each side will know; and, pressed with exactly these shown, the proposal."""
    hq = access.headquarters()
    ways = _ways(hq)
    form = _form(hq, request, ways)
    do = request.POST.get("do", "")
    if request.method != "POST" or do == "rows":
        return _page(request, form, ways, rows=_MORE if do == "rows" else 0)
    asked, found = _read(hq, request, form)
    if asked is None or found or do != "propose":
        return _page(request, form, ways, asked, found if do == "propose" or asked is None else ())
    if asked.seen != request.POST.get("seen", ""):
        again = _(
            "What you typed is not what stood here when you read on: read what each side will know, then propose."
        )
        return _page(request, form, ways, asked, (Fault(again, "knows"),))
    person = access.need_role(request, *DECIDERS)
    try:
        ref = checks.propose(hq, person, asked.accord, asked.terms, asked.activities)
    except StafftalksError as error:
        return _page(request, form, ways, asked, faults.of_error(error))
    messages.success(request, _("Proposed. It goes with the next exchange; they answer it or let it lapse."))
    return HttpResponseRedirect(url_of(ref))


@require_POST
def cost(request: HttpRequest) -> HttpResponse:
    """The end of the page alone: what the terms as typed would cost, and what each side would know."""
    hq = access.headquarters()
    asked, found = _read(hq, request, _form(hq, request, _ways(hq)))
    return render(request, "web/checks/cost.html", _priced(request, asked, found))


@require_GET
def area_map(_request: HttpRequest) -> HttpResponse:
    """Our own activities, and how the area is drawn."""
    hq = access.headquarters()
    features = drawing.features([one.piece for one in check_drafts.offered(hq)[:_DRAWN]], releases.partner_names(hq))
    drawn = [{**feature, "change": ""} for feature in features if feature["points"]]
    return JsonResponse({"words": words.of_area(), "features": drawn, "area": checked.area()})


def _ways(hq: Headquarters) -> list[tuple[str, str]]:
    """With whom a check can be proposed: each partner in an accord in which activities flow now, by key and in words."""
    names = releases.partner_names(hq)
    return [
        (f"{view.row.id}.{party}", f"{names.get(party, party)} ({party}): {view.title}")
        for view in accords.views(hq)
        if realms_of("activity") & state.open_realms(view.accord)
        for party in view.partners
    ]


def _form(hq: Headquarters, request: HttpRequest, ways: Sequence[tuple[str, str]]) -> TermsForm:
    now = datetime.fromtimestamp(hq.clock.now() // 3600 * 3600, UTC)
    initial = {
        "start": now, "end": datetime.fromtimestamp(int(now.timestamp()) + 14 * DAY_S, UTC), "way": ways[0][0] if len(ways) == 1 else "",
        "mode": "which", "learns": "both",
    }  # fmt: skip
    return TermsForm(
        request.POST if request.method == "POST" else None,
        ways=ways if len(ways) == 1 else [("", _("Choose")), *ways],
        modes=check_words.choices(MODES.items()),
        learns=check_words.choices(LEARNS.items()),
        offered=[(one.piece.element, one.piece.title) for one in check_drafts.offered(hq)],
        initial=initial,
    )  # fmt: skip


def _read(hq: Headquarters, request: HttpRequest, form: TermsForm) -> tuple[_Asked | None, tuple[Fault, ...]]:
    """What was typed as terms; None with the reasons where it makes none."""
    told = faults.of_forms(form)
    said = form.cleaned_data
    missing = [
        name
        for name in ("way", "start", "end", "mode", "learns", "number", "days")
        if name not in said or said[name] in ("", None)
    ]
    if missing or any(name in form.errors for name in form.fields if name != "purpose"):
        return None, told
    accord, _dot, party = str(said["way"]).partition(".")
    start, end = (int(said[name].timestamp()) for name in ("start", "end"))
    try:
        area = check_drafts.around(hq, start, end) if said["area_from"] == "own" else _area(request, said["radius_km"])
        draft = Draft(
            to=PartyId(party), purpose=said.get("purpose", ""), area=area, start=start, end=end, floor_m=said["floor_m"], ceiling_m=said["ceiling_m"],
            resources=said["resources"], mode=said["mode"], learns=said["learns"], activities=said["number"], auditor=said["auditor"],
            expires=hq.clock.now() + said["days"] * DAY_S,
        )  # fmt: skip
        taking = (
            tuple(ElementId(one) for one in said["activity"])
            if said["take"] == "chosen"
            else check_drafts.all_activities(hq)
        )
        return _Asked(AccordId(accord), check_drafts.terms(draft), taking), told
    except StafftalksError as error:
        return None, (*told, Fault(str(error), "corners"))


def _area(request: HttpRequest, radius_km: object) -> Area | Circle:
    """The area as its corners are typed; raises MisuseError where they make none."""
    corners = [(lat.strip(), lon.strip()) for lat, lon in _corners(request.POST) if lat.strip() or lon.strip()]
    if not corners:
        raise MisuseError(_("Give the area: draw it on the map, or type its corners."))
    if len(corners) > _MOST_CORNERS:
        raise MisuseError(_("The area has too many corners."))
    spelt = "; ".join(f"{lat}, {lon}" for lat, lon in corners)
    if radius_km:
        if len(corners) > 1:
            raise MisuseError(_("A circle has one centre: give one corner with the radius, or leave the radius empty."))
        place = parse_place(f"circle {spelt} radius {radius_km} km")
    elif len(corners) < 3:
        raise MisuseError(_("An area has three corners or more; a circle has one, and a radius."))
    else:
        place = parse_place(f"area {spelt}")
    if not isinstance(place, Area | Circle):
        raise MisuseError(_("The corners cannot be read: write degrees, as 36.85 and 34.64."))
    return place


def _corners(data: Mapping[str, object]) -> list[tuple[str, str]]:
    lists = [data.getlist(name) if hasattr(data, "getlist") else [] for name in ("lat", "lon")]
    return list(zip(*lists, strict=False))


def _page(
    request: HttpRequest,
    form: TermsForm,
    ways: Sequence[tuple[str, str]],
    asked: _Asked | None = None,
    told: Sequence[Fault] = (),
    *,
    rows: int = 0,
) -> HttpResponse:
    hq = access.headquarters()
    offered = check_drafts.offered(hq)
    corners = _corners(request.POST)
    filled = [pair for pair in corners if any(pair)]
    corners = filled + [("", "")] * max(_ROWS - len(filled), rows, len(corners) - len(filled), 1)
    shown = offered[:_LISTED]
    context = {
        "place": "checks",
        "form": form,
        "ways": ways,
        "corners": corners,
        "offered": taking(form, shown),
        "more": len(offered) - len(shown),
        "markings": [one.piece for one in shown],
    } | _priced(request, asked, ())
    return faults.page(request, "web/checks/new.html", context, told)


def taking(form: object, offered: Sequence[Offered]) -> list[Taking]:
    """The activities as rows to tick, ticked as the form has them."""
    ticked = set(form["activity"].value() or ())  # type: ignore[index]
    return [Taking(one.piece, one.start, one.end, one.piece.element in ticked) for one in offered]


def _priced(request: HttpRequest, asked: _Asked | None, told: Sequence[Fault]) -> dict[str, object]:
    """What `cost.html` is given."""
    hq, person = access.headquarters(), access.person_of(request)
    context: dict[str, object] = {"may_decide": person.lacking(*DECIDERS) is None, "cost": None, "known": None}
    if asked is None:
        return context | {"not_yet": " ".join(one.sentence for one in told if one.field_id == "corners")}
    found: check_costs.CostSaid | None
    try:
        found = check_costs.said(
            hq,
            asked.terms.to,
            costs.draft_cost(hq, asked.terms, asked.activities),
            finer=asked.terms.refines is not None,
            against=check_costs.letters_against(hq, asked.accord, asked.terms.to, person)
            if context["may_decide"]
            else (),
        )
    except StafftalksError as error:
        return context | {"not_yet": " ".join(one.sentence for one in faults.of_error(error))}
    name = releases.partner_names(hq).get(asked.terms.to, asked.terms.to)
    known = check_words.known(asked.terms, ours=True)
    return context | {"cost": found, "known": known, "seen": asked.seen, "partner_name": name}


@require_http_methods(["GET", "POST"])
def finer(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """A second, finer check of what a first one found to be shared: what it costs and tells stands before the button."""
    hq = access.headquarters()
    person = access.need_role(request, *DECIDERS)
    try:
        first = checks.view(hq, EntryRef(party, epoch, n))
    except MisuseError as error:
        raise Http404(str(error)) from error
    form = FinerForm(
        request.POST if request.method == "POST" else None, initial={"purpose": first.state.terms.purpose, "number": _size(first.state.terms.activities), "days": 7}
    )  # fmt: skip
    asked, told = _finer(hq, first, form)
    if request.method == "POST":
        if asked is not None and request.POST.get("do") == "propose":
            if asked.seen != request.POST.get("seen", ""):
                told = (
                    *told,
                    Fault(
                        _(
                            "What you typed is not what stood here when you read on: read what each side will know, then propose."
                        ),
                        "knows",
                    ),
                )
            elif not told:
                try:
                    ref = checks.propose(hq, person, asked.accord, asked.terms, asked.activities)
                except StafftalksError as error:
                    told = faults.of_error(error)
                else:
                    messages.success(
                        request, _("Proposed. It goes with the next exchange; they answer it or let it lapse.")
                    )
                    return HttpResponseRedirect(url_of(ref))
    else:
        told = () if asked else told
    context = {"place": "checks", "form": form, "check_url": url_of(first.state.ref), "finer": True} | _priced(
        request, asked, ()
    )
    return faults.page(request, "web/checks/finer.html", context, told)


def _finer(hq: Headquarters, first: CheckView, form: FinerForm) -> tuple[_Asked | None, tuple[Fault, ...]]:
    """The terms of the finer check, with the same of our activities as the first."""
    said = {name: form[name].value() for name in form.fields}
    if form.is_bound and not form.is_valid():
        return None, faults.of_forms(form)
    try:
        terms = check_results.refined(
            hq, first.state.ref, activities=int(said["number"]), expires=hq.clock.now() + int(said["days"]) * DAY_S,
            purpose=str(said["purpose"]).strip(),
        )  # fmt: skip
    except StafftalksError as error:
        return None, faults.of_error(error)
    held = hq.holdings.elements([one.element for one in check_results.put_in(hq, first.state.ref)])
    return _Asked(first.accord, terms, tuple(row.id for row in held.values() if not row.archived)), ()


def _size(activities: int) -> int:
    """The smallest size offered that holds so many activities."""
    return next((size for size in NUMBERS if size >= activities), NUMBERS[-1])
