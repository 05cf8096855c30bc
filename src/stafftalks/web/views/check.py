"""One private check: its terms and what each side will know, our answer, how far it is, what came out on our own map and timeline, and what was told to whom."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import check_costs as costs
from stafftalks.services import (
    check_drafts,
    check_drops,
    check_results,
    check_work,
    checks,
    releases,
    workspace,
)
from stafftalks.services.check_results import CheckResult
from stafftalks.services.checks import CheckView
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import ElementId, EpochId, PartyId
from stafftalks.values.person import Person
from stafftalks.web import access, check_costs, check_outcomes, check_progress, check_words, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.checks import Activities
from stafftalks.web.views.check_new import taking
from stafftalks.web.views.checks import DECIDERS, url_of

_LISTED = 200
_OFFERED = 500


@require_GET
def show(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """The check whole, as it stands now."""
    return _page(request, view_of(party, epoch, n))


@require_POST
def answer(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """Our answer: agreed to with our activities chosen, or declined; both for exactly the terms that stood on the page."""
    hq, found = access.headquarters(), view_of(party, epoch, n)
    person = access.need_role(request, *DECIDERS)
    said, declining = request.POST.get("statement", "").strip(), request.POST.get("do") == "decline"
    form = _activities(request)
    if not declining and request.POST.get("sure") != "yes":
        told: tuple[Fault, ...] = (
            Fault(_("Tick that you have read what each side will know: you agree to exactly that."), "id_sure"),
        )
    elif request.POST.get("terms") != found.state.digest:
        told = (Fault(_("This is not the proposal that stood here: read it again, then answer.")),)
    elif not declining and not form.is_valid():
        told = faults.of_forms(form)
    else:
        try:
            if declining:
                checks.decline(hq, person, found.state.ref, said)
            else:
                checks.consent(hq, person, found.state.ref, _chosen(form), said)
        except StafftalksError as error:
            told = faults.of_error(error)
        else:
            messages.success(
                request, _("Declined; they are told so, and nothing else.") if declining else _("Agreed. The two headquarters go on by themselves.")
            )  # fmt: skip
            return HttpResponseRedirect(url_of(found.state.ref))
    return _page(request, found, told, form=form, statement=said)


@require_POST
def cost(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """What our answer would cost with the activities as ticked."""
    found = view_of(party, epoch, n)
    context = {"ref": found.state.ref, "cost": _cost(found, _activities(request), access.person_of(request))}
    return render(request, "web/checks/consent_cost.html", context)


@require_GET
def progress(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """How far it is, for the page that shows it; the page is drawn anew once the check runs no longer."""
    found = view_of(party, epoch, n)
    hq = access.headquarters()
    goes_on = _goes_on(found, check_results.result(hq, found.state.ref) if found.state.state == "done" else None)
    context = {"ref": found.state.ref, "live": goes_on, "ended": not goes_on, "progress": _progress(found)}
    answered = render(request, "web/checks/progress.html", context)
    if not goes_on:
        answered["HX-Refresh"] = "true"
    return answered


def _page(
    request: HttpRequest,
    found: CheckView,
    told: Sequence[Fault] = (),
    *,
    form: Activities | None = None,
    statement: str = "",
) -> HttpResponse:
    hq, person, state = access.headquarters(), access.person_of(request), found.state
    name = name_of(found)
    may_decide = person.lacking(*DECIDERS) is None
    answering = may_decide and state.state == "proposed" and not found.ours
    inputs = check_results.put_in(hq, state.ref) if found.row is not None else ()
    result = check_results.result(hq, state.ref) if found.row is not None else None
    shown = inputs[:_LISTED]
    pieces = pieces_of([one.element for one in inputs])
    context = frame(found) | {
        "said": check_words.terms_in_words(state.terms, ours=found.ours, name=name),
        "known": check_words.known(state.terms, ours=found.ours),
        "may_decide": may_decide,
        "learns": state.learns(hq.party),
        "progress": _progress(found) if _goes_on(found, result) else None,
        "live": True,
        "result": check_outcomes.said(result, pieces) if result else None,
        "told": check_results.told(hq, state.ref),
        "dropped": check_drops.said(hq, found),
        "inputs": shown,
        "inputs_count": len(inputs),
        "inputs_more": len(inputs) - len(shown),
        "markings": list(pieces.values()),
        "first_url": url_of(state.terms.refines) if state.terms.refines else "",
        "answering": answering,
        "statement": statement,
    }  # fmt: skip
    if answering:
        offered = check_drafts.offered(hq)
        form = form or _activities(None)
        context |= {
            "form": form,
            "offered": taking(form, offered[:_OFFERED]),
            "more": max(len(offered) - _OFFERED, 0),
            "cost": _cost(found, form, person),
            "markings": [*pieces.values(), *(one.piece for one in offered[:_OFFERED])],
        }
    if may_decide:
        context |= _ways_on(found, result)
    return faults.page(request, "web/checks/show.html", context, told)


def _ways_on(found: CheckView, result: CheckResult | None) -> dict[str, object]:
    """What a disclosure officer can do further: stop it, refine it, open it to the auditor."""
    state, ref = found.state, found.state.ref
    args = [ref.party, ref.epoch, ref.n]
    context: dict[str, object] = {}
    if may_stop(found):
        context |= {"stop_url": reverse("check-stop", args=args), "stop_note": stop_note(found)}
    if result is not None and result.flagged and state.state == "done":
        if state.terms.learns == "both":
            context["finer_url"] = reverse("check-finer", args=args)
        context["finer_note"] = (
            _("Only the shared cells and times are compared again, more finely. Both sides know these cells already.")
            if state.terms.learns == "both"
            else _("A finer check of the shared cells is not offered: proposing it would tell the other side which cells these are, and by the terms it was not to learn that.")
        )  # fmt: skip
    if (
        state.terms.auditor
        and found.row is not None
        and found.row.secret
        and state.state not in ("proposed", "running")
    ):
        context["opening_url"] = reverse("check-opening", args=args)
    return context


def frame(found: CheckView) -> dict[str, object]:
    """What every page about one check is given."""
    hq = access.headquarters()
    name = name_of(found)
    return {
        "place": "checks",
        "check": found.state,
        "ref": found.state.ref,
        "line": check_words.line(found.state, hq.party, name),
        "partner_name": name,
        "check_url": url_of(found.state.ref),
    }


def view_of(party: PartyId, epoch: EpochId, n: int) -> CheckView:
    """The check that was proposed at this entry."""
    try:
        return checks.view(access.headquarters(), EntryRef(party, epoch, n))
    except MisuseError as error:
        raise Http404(str(error)) from error


def name_of(found: CheckView) -> str:
    """What the other side is called."""
    hq = access.headquarters()
    other = found.state.other(hq.party)
    return releases.partner_names(hq).get(other, other)


def _progress(found: CheckView) -> check_progress.ProgressSaid:
    hq = access.headquarters()
    return check_progress.said(found.state, hq.party, name_of(found), check_work.progress(hq, found.state.ref))


def _goes_on(found: CheckView, result: CheckResult | None) -> bool:
    """Whether something is still to be sent or worked out in it."""
    me, state = access.headquarters().party, found.state
    wanting = state.state == "done" and state.learns(me) and found.row is not None and result is None
    return state.state == "running" or wanting


def pieces_of(elements: Sequence[ElementId]) -> dict[str, Piece]:
    """These activities as they stand here now, by element."""
    wanted = set(elements)
    if not wanted:
        return {}
    held = workspace.pieces(access.headquarters(), kinds=("activity",))
    return {piece.element: piece for piece in held if piece.own and piece.element in wanted}


def _activities(request: HttpRequest | None) -> Activities:
    offered = check_drafts.offered(access.headquarters())
    return Activities(
        request.POST if request else None, offered=[(one.piece.element, one.piece.title) for one in offered], initial={"take": "all"}
    )  # fmt: skip


def _chosen(form: Activities) -> tuple[ElementId, ...]:
    if form.is_bound and form.cleaned_data["take"] == "chosen":
        return tuple(ElementId(one) for one in form.cleaned_data["activity"])
    return check_drafts.all_activities(access.headquarters())


def _cost(found: CheckView, form: Activities, person: Person) -> check_costs.CostSaid | None:
    hq, state = access.headquarters(), found.state
    if form.is_bound and not form.is_valid():
        return None
    try:
        return check_costs.said(
            hq,
            state.proposer,
            costs.draft_cost(hq, state.terms, _chosen(form), state),
            finer=state.terms.refines is not None,
            against=check_costs.letters_against(hq, found.accord, state.proposer, person),
        )
    except StafftalksError as error:
        sentences = tuple(one.sentence for one in faults.of_error(error))
        return check_costs.impossible(sentences)


def may_stop(found: CheckView) -> bool:
    """Whether our side can still stop it, or take it back."""
    me = access.headquarters().party
    return found.state.state == "running" or (
        found.state.state == "proposed" and found.ours and found.state.ended(me) is None
    )


def stop_note(found: CheckView) -> str:
    """What stopping costs, in short."""
    if found.state.state == "proposed":
        return _("They have not answered. Nothing of our activities was sent; they keep having read the terms.")
    return _("What was received stays received, and it counts against the budget.")
