"""What left: every version of ours that was released, by partner and by element, what is known of it since, and taking it back."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.accord.parts import ReleasedVersion
from stafftalks.services import accords, elements, left, recalls
from stafftalks.services.left import Fate, Reach, Sent
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError, PeerError, StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId, parse_accord, parse_element
from stafftalks.values.person import Role
from stafftalks.web import access, faults, naming
from stafftalks.web.faults import Fault
from stafftalks.web.forms.release import ReasonForm
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

FATE_WORDS = {
    "stands": gettext_lazy("stands with them"),
    "replaced": gettext_lazy("replaced by a later version"),
    "not confirmed": gettext_lazy("recalled, not confirmed"),
    "refused": gettext_lazy("recalled, refused"),
    "confirmed removed": gettext_lazy("recalled, confirmed removed"),
}
_MOST_CHOSEN = 1_000


class Row(msgspec.Struct, frozen=True):
    """A released version as drawn: `key` chooses it for a recall, `way` asks for release of a newer version in the same place."""

    sent: Sent
    key: str
    way: str
    letters: tuple[tuple[str, str], ...]


class Chosen(msgspec.Struct, frozen=True):
    """An element chosen for a recall: in which accord, and what of it stands there with whom."""

    key: str
    accord_title: str
    row: ElementRow | None
    release: ReleasedVersion
    versions: int
    holders: tuple[PartyId, ...]

    @property
    def title(self) -> str:
        """What it is called at home, else as it was released."""
        return (self.row.title if self.row else "") or naming.title_of(self.release.raw)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What left, over all accords: by partner in numbers, then version by version or element by element."""
    hq, query = access.headquarters(), request.GET
    partner = PartyId(query.get("partner", ""))
    fate: Fate | Literal[""] = next((one for one in left.FATES if one == query.get("fate")), "")
    by_element = query.get("by") == "element"
    lines = left.parties(hq)
    partner = partner if any(line.party == partner for line in lines) else PartyId("")
    offset = offset_of(request)
    context: dict[str, object] = {
        "place": "left",
        "lines": lines,
        "fates": FATE_WORDS,
        "partner": partner,
        "fate": fate,
        "by_element": by_element,
        "may_recall": _may_recall(request),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    if by_element:
        total, found = left.elements(hq, partner=partner, offset=offset)
        context |= {"elements": found, "window": Window(total, offset)}
    else:
        total, sent = left.window(hq, partner=partner, fate=fate, offset=offset)
        any_stands = any(one.stands for one in sent)
        context |= _rows(hq, sent) | {"window": Window(total, offset), "any_stands": any_stands}
    return render(request, "web/left/show.html", context)


@require_GET
def of_element(request: HttpRequest, element: ElementId) -> HttpResponse:
    """Every version of one element of ours that ever left, with what is known of it."""
    hq, offset = access.headquarters(), offset_of(request)
    total, sent = left.window(hq, element=element, offset=offset)
    row = hq.holdings.element(element)
    if row is None and not total:
        raise Http404
    context = _rows(hq, sent) | {
        "place": "left",
        "row": row,
        "element": element,
        "title": (row.title if row else "") or next((one.title for one in sent if one.title), ""),
        "fates": FATE_WORDS,
        "window": Window(total, offset),
        "may_recall": _may_recall(request),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return render(request, "web/left/element.html", context)


@require_POST
def recall(request: HttpRequest) -> HttpResponse:
    """Taking back several elements, in one decision: what was chosen is shown first with what a recall can and cannot do."""
    hq = access.headquarters()
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    chosen = _chosen(request.POST.getlist("what"))
    sure = request.POST.get("do") == "recall"
    form = _reason(request if sure else None)
    found: tuple[Fault, ...] = ()
    if sure and chosen and not (found := faults.of_forms(form)):
        try:
            done = recalls.recall_many(hq, person, chosen, form.cleaned_data["reason"])
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _recalled(len(done)))
            return HttpResponseRedirect(reverse("left") + "?fate=not+confirmed")
    if not chosen:
        found = (Fault(_("Nothing was chosen that stands with a partner: tick what is to be recalled.")),)
    context = {"place": "left", "chosen": _shown(hq, chosen), "form": form}
    return faults.page(request, "web/left/recall.html", context, found)


@require_http_methods(["GET", "POST"])
def recall_everything(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """Taking back everything of ours that stands released in one accord, in one act."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    standing = recalls.standing(view.accord, hq.party)
    form = _reason(request if request.method == "POST" else None)
    found: tuple[Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        try:
            done = recalls.recall_everything(hq, person, accord, form.cleaned_data["reason"])
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _recalled(len(done)))
            return HttpResponseRedirect(reverse("accord-recalls", args=[accord]))
    lines = [line for line in left.parties(hq, accord=accord) if line.line.fates["stands"]]
    context = frame(view, "recalls") | {"count": len(standing), "form": form, "lines": lines}
    return faults.page(request, "web/accord/recall_everything.html", context, found)


def reaches(hq: Headquarters, named: Iterable[PartyId]) -> dict[PartyId, Reach]:
    """How exchange stands with those of these parties that are out of reach or gone: what a page says beside what they have not confirmed."""
    return {party: reach for party, reach in left.reaches(hq, named).items() if reach.out or reach.gone}


def _rows(hq: Headquarters, found: Sequence[Sent]) -> dict[str, object]:
    letters = {letter for one in found if one.request for letter in one.request.letters}
    titles = elements.titles_of(hq, {(letter.party, letter.element) for letter in letters})
    rows = [
        Row(
            one,
            f"{one.accord}.{one.element}",
            f"{one.accord}.{one.realm}",
            tuple(
                (titles.get((letter.party, letter.element), ""), letter.element)
                for letter in (one.request.letters if one.request else ())
            ),
        )
        for one in found
    ]
    parties = {holder.party for one in found for holder in one.holders}
    named = sorted(f"{letter.party}/{letter.element}" for letter in letters)
    return {"rows": rows, "reaches": reaches(hq, parties), "letters_named": named}


def _reason(request: HttpRequest | None) -> ReasonForm:
    return ReasonForm(
        request.POST if request else None, required=False, label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The holders read it. May be left empty."),
    )  # fmt: skip


def _chosen(texts: Sequence[str]) -> dict[AccordId, list[ElementId]]:
    """What was ticked, each once; what cannot be read is left out."""
    found: dict[AccordId, dict[ElementId, None]] = {}
    for text in texts[:_MOST_CHOSEN]:
        accord, _dot, element = text.partition(".")
        try:
            found.setdefault(parse_accord(accord), {})[parse_element(element)] = None
        except PeerError:
            continue
    return {accord: list(elements) for accord, elements in found.items() if elements}


def _shown(hq: Headquarters, chosen: dict[AccordId, list[ElementId]]) -> list[Chosen]:
    rows = hq.holdings.elements([element for elements in chosen.values() for element in elements])
    lines = []
    for accord, picked in chosen.items():
        try:
            view = accords.view(hq, accord)
        except MisuseError:
            continue
        for element in picked:
            if history := recalls.standing_of(view.accord, hq.party, element):
                holders = tuple(sorted({party for version in history for party in version.to} - {hq.party}))
                key = f"{accord}.{element}"
                lines.append(Chosen(key, view.title, rows.get(element), history[-1], len(history), holders))
    return lines


def _recalled(count: int) -> str:
    sentence = ngettext(
        "Recalled: %d element. The holders are asked to remove it; what each has answered is shown here.",
        "Recalled: %d elements. The holders are asked to remove them; what each has answered is shown here.",
        count,
    )
    return sentence % count


def _may_recall(request: HttpRequest) -> bool:
    return access.person_of(request).lacking(Role.OFFICER, Role.HEAD) is None
