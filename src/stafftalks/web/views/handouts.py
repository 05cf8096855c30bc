"""What a partner holds of ours, as files to hand over: made from our record, so that nothing of what is at home can stand in them.

In English, unless a language is asked for: a file says nothing of who took it out, and that is also which language they read in. Its name is what it
is and not what it is called. The journal records each.
"""

from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from stafftalks.accord.parts import ReleasedVersion
from stafftalks.formats import handout
from stafftalks.formats.handout import Form, Handed, Reader
from stafftalks.planning.element import decode
from stafftalks.services import labels, pairing, prints, releases
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.web import access
from stafftalks.web.views.released import with_partner


@require_GET
def element(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId, form: str) -> HttpResponse:
    """The version of an element of ours that the partner holds now, alone."""
    held = [item for item in _held(accord, party) if item.element == element]
    if not held or form not in handout.TYPES:
        raise Http404
    handed = _handed(held[-1])
    language = request.GET.get("language", "en")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        reader = Reader(language, "rtl" if translation.get_language_bidi() else "ltr", gettext)
        made = handout.file_of(cast("Form", form), handed, labels.policies(access.headquarters()), reader)
    return _answer(request, made, form, f"{handed.kind}-{handed.version[:8]}", f"{handed.element} to {party}")


@require_GET
def table(request: HttpRequest, accord: AccordId, party: PartyId, kind: str, form: str) -> HttpResponse:
    """All of one kind that the partner holds of ours in this accord, one a row."""
    held = [_handed(item) for item in _held(accord, party) if item.kind == kind]
    if not held or form not in ("xlsx", "csv"):
        raise Http404
    made = handout.table("xlsx" if form == "xlsx" else "csv", held, labels.policies(access.headquarters()))
    return _answer(request, made, form, kind, f"{len(held):,} of kind {kind} to {party}")


def _held(accord: AccordId, party: PartyId) -> tuple[ReleasedVersion, ...]:
    with_partner(accord, party)
    return releases.partner_view(access.headquarters(), accord, party)


def _handed(item: ReleasedVersion) -> Handed:
    card = pairing.own_card(access.headquarters())
    return Handed(card.party, card.name, item.element, item.version, item.at, decode(item.raw).content)


def _answer(request: HttpRequest, made: bytes, form: str, name: str, what: str) -> HttpResponse:
    hq = access.headquarters()
    prints.note(hq, access.person_of(request), "taken out to hand over", name, f"{what}, as {form.upper()}.")
    answer = HttpResponse(made, content_type=handout.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{hq.party}-{name}.{form}"'
    return answer
