"""What is done with a partner's text here: drawing on it, and telling its author, if we choose to, that it was received and read."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.element import decode
from stafftalks.planning.kinds import KINDS, LABELS
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.wording import shortened
from stafftalks.services import acknowledgements, drawing
from stafftalks.services.accords import AccordView
from stafftalks.services.acknowledgements import Telling
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults, naming, opened
from stafftalks.web.forms.consents import DrawForm, TellForm
from stafftalks.web.templatetags.stafftalks import tr
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.drafts import ELSEWHERE, TALK, WRITERS

_OFFERED = 300
_MOST_PARTS = 400


@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """Drawing on a partner's text: a new element of ours, or one that we have, says from which exact words it is drawn."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, *WRITERS)
    text = _theirs(view, party, element)
    source = ExactRef(party, element, text.version)
    data = request.POST if request.method == "POST" else None
    kinds = [name for name in KINDS if name not in TALK + ELSEWHERE]
    offered = [row for row in hq.holdings.find(limit=_OFFERED)[1] if row.kind in kinds]
    form = DrawForm(data, parts=_parts(text), onto=_onto(kinds, text.kind, offered))
    found: tuple[faults.Fault, ...] = ()
    if data is not None and not (found := faults.of_forms(form)):
        parts, onto = form.cleaned_data["parts"], form.cleaned_data["onto"]
        sort, _colon, name = onto.partition(":")
        if sort == "new":
            query = urlencode({"draws": str(source), "part": parts}, doseq=True)
            return HttpResponseRedirect(f"{reverse('element-new', args=[name])}?{query}")
        try:
            row = drawing.draw(hq, person, source, parts, ElementId(name))
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(
                request, _("It now says that it is drawn on this text. Passing it on needs the originator’s consent.")
            )
            return HttpResponseRedirect(reverse("element", args=[row.id]))
    content = decode(text.raw).content
    context = frame(view, "released") | {
        "party": party,
        "text": text,
        "title": naming.title_of(text.raw),
        "form": form,
        "offered": offered,
        "carried": getattr(content, "origins", ()),
    }
    return faults.page(request, "web/accord/draw.html", context, found)


@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """Telling the author, if we choose to, that the text was received and by how many of our people it was read."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, *WRITERS)
    text = _theirs(view, party, element)
    telling = acknowledgements.telling(hq, accord, party, element)
    if telling is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = TellForm(data, readers=_told(telling))
    found: tuple[faults.Fault, ...] = ()
    if data is not None and not (found := faults.of_forms(form)):
        said = form.cleaned_data
        try:
            made = acknowledgements.tell(
                hq, person, accord, party, element,
                readers=said["readers"] == "readers", statement=said["statement"], note=said["note"],
            )  # fmt: skip
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _("Written. Nothing has left: a different person decides at the release desk."))
            return HttpResponseRedirect(reverse("desk-review", args=[made.id]))
    context = frame(view, "released") | {
        "party": party,
        "text": text,
        "title": naming.title_of(text.raw),
        "telling": telling,
        "form": form,
    }
    return faults.page(request, "web/accord/tell.html", context, found)


def use_of(request: HttpRequest, accord: AccordId, text: ReleasedVersion) -> dict[str, object]:
    """What an element's page says about its use here: how many have opened it (who looks now among them), what was told, what can be done."""
    hq, person, party = access.headquarters(), access.person_of(request), text.ref.party
    telling = None
    if party != hq.party:
        opened.note(request)
        telling = acknowledgements.telling(hq, accord, party, text.element)
    return {
        "telling": telling,
        "drawable": text.kind not in ELSEWHERE,
        "may_recall": person.lacking(Role.OFFICER, Role.HEAD) is None,
    }


def _theirs(view: AccordView, party: PartyId, element: ElementId) -> ReleasedVersion:
    text = state.current_version(view.accord, party, element) if party in view.partners else None
    if text is None:
        raise Http404
    return text


def _parts(text: ReleasedVersion) -> list[tuple[str, str]]:
    found = drawing.parts(decode(text.raw).content)
    return [(part.path, f"{part.label}: {shortened(part.text)}") for part in found][:_MOST_PARTS]


def _onto(kinds: Sequence[str], kind: str, rows: Sequence[ElementRow]) -> list[object]:
    """New elements, of the same kind first, then what we have, the last revised first."""
    ordered = sorted(kinds, key=lambda name: name != kind)
    new = [(f"new:{name}", _("New: %(kind)s") % {"kind": tr(LABELS[name][0])}) for name in ordered]
    ours = [(f"own:{row.id}", f"{row.title} ({tr(LABELS[row.kind][0])})") for row in rows]
    return [(_("Something new"), new), (_("What we have"), ours)]


def _told(telling: Telling) -> list[tuple[str, str]]:
    sentence = ngettext(
        "That it was received, and read by %d person here",
        "That it was received, and read by %d persons here",
        telling.readers,
    )
    return [("received", _("That it was received")), ("readers", sentence % telling.readers)]
