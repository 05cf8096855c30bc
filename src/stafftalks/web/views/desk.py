"""The release desk: what waits, and one request as its decider needs it: the exact bytes drawn as the partner will read them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.release import desk
from stafftalks.services import accords, releases
from stafftalks.services.releases import Review
from stafftalks.values.errors import Refusal, RefusedError, StafftalksError
from stafftalks.values.person import Person, Role
from stafftalks.web import access, faults
from stafftalks.web.forms.release import ReasonForm
from stafftalks.web.windows import Window, offset_of

STATES = {
    "waiting": gettext_lazy("Waiting for a decision"),
    "released": gettext_lazy("Released"),
    "returned": gettext_lazy("Handed back with a question"),
    "refused": gettext_lazy("Refused"),
    "withdrawn": gettext_lazy("Taken back by its drafter"),
}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Requests by state, newest first; those that wait stand first."""
    hq = access.headquarters()
    shown = request.GET.get("state", "waiting")
    shown = shown if shown in STATES or shown == "all" else "waiting"
    offset = offset_of(request)
    total, rows = releases.find(hq, state="" if shown == "all" else shown, offset=offset, limit=50)
    person = access.person_of(request)
    context = {
        "place": "desk",
        "rows": [(row, row.title or desk.preview(row.body).title) for row in rows],
        "window": Window(total, offset),
        "shown": shown,
        "states": STATES,
        "titles": {view.row.id: view.title for view in accords.views(hq)},
        "may_decide": person.lacking(Role.OFFICER) is None,
    }
    return render(request, "web/desk/list.html", context)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, request_id: str) -> HttpResponse:
    """One request: preview, difference, readers, rules, and the decision."""
    hq, person = access.headquarters(), access.person_of(request)
    if hq.desk.request(request_id) is None:
        raise Http404
    deed = request.POST.get("do", "") if request.method == "POST" else ""
    refuse = _reason("refuse", deed, request)
    hand_back = _reason("back", deed, request)
    found: tuple[faults.Fault, ...] = ()
    if deed:
        found = faults.of_forms(refuse if deed == "refuse" else hand_back) if deed in ("refuse", "back") else ()
        if not found:
            try:
                sentence = _decide(request, request_id, deed, refuse, hand_back)
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                messages.success(request, sentence)
                return HttpResponseRedirect(reverse("desk-review", args=[request_id]))
    view = releases.review(hq, request_id, person)
    context = _context(view, person) | {"refuse": refuse, "hand_back": hand_back, "deed": deed}
    return faults.page(request, "web/desk/review.html", context, found)


def _decide(request: HttpRequest, request_id: str, deed: str, refuse: ReasonForm, hand_back: ReasonForm) -> str:
    """Decides, and says in a sentence what that did."""
    hq, person = access.headquarters(), access.person_of(request)
    match deed:
        case "release":
            if request.POST.get("read") != "yes":
                sentence = _("Tick that you have read exactly what the partner will read, then release.")
                raise RefusedError(Refusal("unread", sentence))
            releases.release(hq, person, request_id)
            return _("Released. It stands in our record and goes to the partner with the next exchange.")
        case "refuse":
            releases.refuse(hq, person, request_id, refuse.cleaned_data["reason"])
            return _("Refused. Nothing has left; the drafter reads your reason.")
        case "back":
            releases.hand_back(hq, person, request_id, hand_back.cleaned_data["reason"])
            return _("Handed back. Nothing has left; the drafter reads your question.")
        case _:
            releases.cancel(hq, person, request_id)
            return _("Taken back. Nothing has left.")


def _context(view: Review, person: Person) -> dict[str, object]:
    asked = view.request
    own = asked.requested_by == person.username
    return {
        "place": "desk",
        "review": view,
        "asked": asked,
        "state": STATES[asked.state],
        "waiting": asked.state == "waiting",
        "own": own,
        "lacking": person.lacking(Role.OFFICER),
        "may_decide": asked.state == "waiting" and not own and person.lacking(Role.OFFICER) is None,
        "accord": _title(asked.accord),
    }


def _title(accord: str) -> str:
    return next((view.title for view in accords.views(access.headquarters()) if view.row.id == accord), "")


def _reason(name: str, deed: str, request: HttpRequest) -> ReasonForm:
    labels = {
        "refuse": (
            gettext_lazy("Reason"),
            gettext_lazy("The drafter reads it, and the journal keeps it. It stays at home."),
        ),
        "back": (
            gettext_lazy("Question to the drafter"),
            gettext_lazy("What must be cleared up before you decide. It stays at home."),
        ),
    }
    label, help_text = labels[name]
    return ReasonForm(request.POST if deed == name else None, prefix=name, label=label, help_text=help_text)
