"""Pairing: our own card, and taking a partner's card after its fingerprint was heard from the partner."""

import base64
import binascii

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.links import words
from stafftalks.record import card as cards
from stafftalks.record.card import Card
from stafftalks.services import pairing
from stafftalks.services.rows import PartnerRow
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.exchange import CardForm, CompareForm

PAIRERS = (Role.ADMINISTRATOR, Role.HEAD)


class Fingerprint(msgspec.Struct, frozen=True):
    """A fingerprint as 12 words and as 8 groups of 5 digits."""

    words: tuple[str, ...]
    groups: tuple[str, ...]


class PartnerLine(msgspec.Struct, frozen=True):
    """A paired partner, its newest card, and that card's fingerprint."""

    row: PartnerRow
    card: Card
    fingerprint: Fingerprint


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Our card with its fingerprint to read out, and every partner paired."""
    hq = access.headquarters()
    own = pairing.own_card(hq)
    context = {
        "place": "pairing",
        "card": own,
        "fingerprint": fingerprint(cards.fingerprint(own)),
        "partners": [
            PartnerLine(row, pairing.card_of(row), fingerprint(row.fingerprint)) for row in hq.partners.partners()
        ],
        "may_pair": access.person_of(request).lacking(*PAIRERS) is None,
    }
    return render(request, "web/pairing/show.html", context)


@require_GET
def card(_request: HttpRequest) -> HttpResponse:
    """Our card's document, to give to partners; there is nothing secret in it."""
    hq = access.headquarters()
    response = HttpResponse(hq.keyring.card_document(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="stafftalks-card-{hq.party}.json"'
    return response


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Takes in a partner's card; the next page compares its fingerprint before anything is kept."""
    hq, person = access.headquarters(), access.need_role(request, *PAIRERS)
    form = CardForm(request.POST, request.FILES) if request.method == "POST" else CardForm()
    found: tuple[Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        document: bytes = form.cleaned_data["document"]
        try:
            opened, _print = pairing.fingerprint_of(document)
            if hq.partners.partner(opened.party) is not None:
                row = pairing.add_partner(hq, person, document, None)
                messages.success(
                    request,
                    _("The renewed card of %(name)s was taken: the old card vouches for it.") % {"name": row.name},
                )
                return HttpResponseRedirect(reverse("pairing"))
            return _compare(request, document, opened)
        except StafftalksError as error:
            found = faults.of_error(error)
    return faults.page(request, "web/pairing/add.html", {"place": "pairing", "form": form}, found)


@require_http_methods(["POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Pairs with the partner where the fingerprint heard is that of the card."""
    hq, person = access.headquarters(), access.need_role(request, *PAIRERS)
    form = CompareForm(request.POST)
    try:
        document = _document(request.POST.get("document", ""))
        opened, _print = pairing.fingerprint_of(document)
    except StafftalksError as error:
        return faults.page(
            request, "web/pairing/add.html", {"place": "pairing", "form": CardForm()}, faults.of_error(error)
        )
    if found := faults.of_forms(form):
        return _compare(request, document, opened, form, found)
    try:
        row = pairing.add_partner(hq, person, document, words.parse_fingerprint(form.cleaned_data["heard"]))
    except StafftalksError as error:
        return _compare(request, document, opened, form, faults.of_error(error))
    messages.success(request, _("Paired with %(name)s. You can propose an accord to it now.") % {"name": row.name})
    return HttpResponseRedirect(reverse("pairing"))


def fingerprint(raw: bytes) -> Fingerprint:
    """A 16-byte fingerprint as people compare it."""
    return Fingerprint(tuple(words.words(raw).split()), tuple(cards.digits(raw).split()))


def _compare(
    request: HttpRequest, document: bytes, opened: Card, form: CompareForm | None = None, found: tuple[Fault, ...] = ()
) -> HttpResponse:
    own = pairing.own_card(access.headquarters())
    context: dict[str, object] = {
        "place": "pairing",
        "card": opened,
        "form": form or CompareForm(initial={"document": base64.b64encode(document).decode()}),
        "own": fingerprint(cards.fingerprint(own)),
    }
    return faults.page(request, "web/pairing/compare.html", context, found)


def _document(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MisuseError(_("The card was lost on the way to this page: give it again.")) from error
