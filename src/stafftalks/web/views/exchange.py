"""Exchange with partners: how each stands, the log in both directions, and sealed bundles carried by hand."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.links.files import bundle_name
from stafftalks.services import accords, exchange, pairing
from stafftalks.services.exchange import PartnerStatus
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.exchange import ExportForm, ImportForm
from stafftalks.web.windows import Window, offset_of

CARRIERS = (Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR)
OUTCOMES = {
    "sent": gettext_lazy("sent"),
    "received": gettext_lazy("received"),
    "cosigned": gettext_lazy("received and cosigned"),
    "refused": gettext_lazy("refused"),
    "failed": gettext_lazy("failed"),
    "repeated": gettext_lazy("repeated"),
    "frozen": gettext_lazy("frozen"),
    "noticed": gettext_lazy("noticed"),
}
GOOD = ("sent", "received", "cosigned")


class Line(msgspec.Struct, frozen=True):
    """How exchange stands with one partner, and whether it has an address to be reached at."""

    status: PartnerStatus
    by_wire: bool


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """How exchange stands with each partner."""
    hq = access.headquarters()
    found = exchange.status(hq)
    _total, recent = hq.log.find(limit=10)
    context = {
        "place": "exchange",
        "gate": hq.policy.gate,
        "lines": [Line(status, bool(pairing.card_of(status.partner).addresses)) for status in found],
        "recent": recent,
        "titles": _titles(),
        "outcomes": OUTCOMES,
        "good": GOOD,
        "may_send": access.person_of(request).lacking(*CARRIERS) is None,
        "export": ExportForm(pairs=_pairs()),
        "import": ImportForm(),
    }
    return render(request, "web/exchange/status.html", context)


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Every exchange, in and out, newest first, with the reason where one failed."""
    hq, offset = access.headquarters(), offset_of(request)
    query = request.GET
    partner, accord, outcome = query.get("partner", ""), query.get("accord", ""), query.get("outcome", "")
    total, rows = hq.log.find(partner=partner, accord=accord, outcome=outcome, offset=offset, limit=50)
    context = {
        "place": "exchange",
        "may_take_out": access.person_of(request).lacking(Role.AUDITOR, Role.ADMINISTRATOR) is None,
        "kept": {"partner": partner, "accord": accord, "outcome": outcome},
        "rows": rows,
        "window": Window(total, offset),
        "partners": hq.partners.partners(),
        "titles": _titles(),
        "outcomes": OUTCOMES,
        "good": GOOD,
        "partner": partner,
        "accord": accord,
        "outcome": outcome,
    }
    return render(request, "web/exchange/log.html", context)


@require_POST
def send(request: HttpRequest, party: PartyId) -> HttpResponse:
    """Lets the background sender speak with the partner now, whatever it was waiting for."""
    access.need_role(request, *CARRIERS)
    hq = access.headquarters()
    row = pairing.partner(hq, party)
    exchange.hurry(hq, party)
    sentence = _(
        "The sender is told to speak with %(name)s now. Reload this page in a moment to see the outcome in the log."
    )
    messages.success(request, sentence % {"name": row.name})
    return HttpResponseRedirect(reverse("exchange"))


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """A sealed bundle for one partner and accord, to carry by hand."""
    hq, person = access.headquarters(), access.need_role(request, *CARRIERS)
    form = ExportForm(request.POST if request.method == "POST" else None, pairs=_pairs())
    found: tuple[Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        party, _dot, accord = form.cleaned_data["pair"].partition(".")
        try:
            part = form.cleaned_data["part"] or 1
            sealed = exchange.export(hq, PartyId(party), AccordId(accord), part)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            exchange.note_carried(hq, person.username, PartyId(party), accord, len(sealed))
            response = HttpResponse(sealed, content_type="application/octet-stream")
            name = bundle_name(hq.party, PartyId(party), AccordId(accord), sealed, part)
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    return faults.page(
        request, "web/exchange/export.html", {"place": "exchange", "form": form, "gate": hq.policy.gate}, found
    )


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """A sealed bundle that was carried here: one sentence says what it brought, or why it was refused."""
    hq, person = access.headquarters(), access.need_role(request, *CARRIERS)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    found: tuple[Fault, ...] = ()
    taken = None
    if request.method == "POST" and not (found := faults.of_forms(form)):
        upload = form.cleaned_data["bundle"]
        try:
            if (upload.size or 0) > hq.policy.max_taken_bytes:
                found = (Fault(_("This file is larger than any bundle may be. Nothing was read."), "id_bundle"),)
            else:
                sealed = upload.read()
                exchange.note_carried(hq, person.username, None, "", len(sealed))
                taken = exchange.take(hq, sealed, "file")
                form = ImportForm()
        except StafftalksError as error:
            found = faults.of_error(error)
    context: dict[str, object] = {"place": "exchange", "form": form, "taken": taken}
    return faults.page(request, "web/exchange/import.html", context, found)


def _titles() -> dict[AccordId, str]:
    return {view.row.id: view.title for view in accords.views(access.headquarters())}


def _pairs() -> list[tuple[str, str]]:
    """Every partner in every accord, where it is paired, as a choice."""
    hq = access.headquarters()
    paired = {row.party: row.name for row in hq.partners.partners()}
    return [
        (f"{party}.{view.row.id}", f"{view.title}: {paired[party]} ({party})")
        for view in accords.views(hq)
        for party in view.partners
        if party in paired
    ]
