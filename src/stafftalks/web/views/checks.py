"""Private checks: what waits for our answer, what is under way, the budget of each partner, and every one there was."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import check_budgets, checks, releases
from stafftalks.services.check_rows import BudgetRow
from stafftalks.services.checks import CheckView
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, check_costs, check_words, faults
from stafftalks.web.check_words import Line
from stafftalks.web.forms.checks import BudgetForm
from stafftalks.web.windows import Window, offset_of

DECIDERS = (Role.OFFICER, Role.HEAD)
_HOUR_S = 3_600


class BudgetLine(msgspec.Struct, frozen=True):
    """What checks with a partner may still cost; `next_at` is 0 where one is possible now."""

    partner: PartyId
    row: BudgetRow
    left: int
    next_at: int
    between: str


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The checks that wait, those under way, the budgets, and a window of those that ended."""
    hq, person = access.headquarters(), access.person_of(request)
    partners = [row.party for row in hq.partners.partners()]
    party, offset = request.GET.get("party", ""), offset_of(request)
    found = [view for view in checks.history(hq) if party in ("", view.state.other(hq.party))]
    ended = [view for view in found if view.state.state not in ("proposed", "running")]
    window = Window(len(ended), offset)
    context = {
        "place": "checks",
        "waiting": lines([view for view in found if view.state.state == "proposed" and not view.ours]),
        "running": lines(
            [view for view in found if view.state.state == "running" or (view.state.state == "proposed" and view.ours)]
        ),
        "ended": lines(ended[offset : offset + window.limit]),
        "window": window,
        "party": party,
        "partners": partners,
        "budgets": _budgets(partners),
        "may_decide": person.lacking(*DECIDERS) is None,
        "is_head": person.lacking(Role.HEAD) is None,
    }
    return render(request, "web/checks/list.html", context)


@require_http_methods(["GET", "POST"])
def budget(request: HttpRequest, party: PartyId) -> HttpResponse:
    """Setting a partner's budget; the head of delegation's act."""
    hq = access.headquarters()
    person = access.need_role(request, Role.HEAD)
    if hq.partners.partner(party) is None:
        raise Http404
    row = check_budgets.budget(hq, party).row
    initial = {
        "checks_a_week": row.checks_a_week,
        "cooldown_h": -(-row.cooldown_s // _HOUR_S),
        "share_percent": row.share_percent,
    }
    form = BudgetForm(request.POST if request.method == "POST" else None, initial=initial)
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        said = form.cleaned_data
        try:
            check_budgets.set_budget(
                hq, person, party, checks_a_week=said["checks_a_week"], cooldown_s=said["cooldown_h"] * _HOUR_S,
                share_percent=said["share_percent"],
            )  # fmt: skip
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _("The budget is set; it holds from now on."))
            return HttpResponseRedirect(reverse("checks"))
    name = releases.partner_names(hq).get(party, party)
    context = {"place": "checks", "form": form, "row": row, "partner_name": name}
    return faults.page(request, "web/checks/budget.html", context, found)


def lines(found: list[CheckView]) -> list[Line]:
    """These checks as a list shows them."""
    hq = access.headquarters()
    names = releases.partner_names(hq)
    return [
        check_words.line(view.state, hq.party, names.get(other, other))
        for view in found
        for other in (view.state.other(hq.party),)
    ]


def url_of(ref: EntryRef) -> str:
    """The page of the check that was proposed there."""
    return reverse("check", args=[ref.party, ref.epoch, ref.n])


def _budgets(partners: list[PartyId]) -> list[BudgetLine]:
    hq = access.headquarters()
    now = hq.clock.now()
    return [
        BudgetLine(partner, found.row, found.left, found.next_at if found.next_at > now else 0, check_costs.hours(found.row.cooldown_s))
        for partner in partners
        for found in (check_budgets.budget(hq, partner),)
    ]  # fmt: skip
