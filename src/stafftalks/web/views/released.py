"""What each side has released in an accord, what a partner holds of ours, and recalls with what can honestly be said of them."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import Recalled, ReleasedVersion
from stafftalks.formats import headings
from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.planning.summary import Section
from stafftalks.services import recalls, releases
from stafftalks.services.accords import AccordView
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults, naming
from stafftalks.web.forms.release import ReasonForm
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.left import reaches
from stafftalks.web.windows import LIMIT, Window, offset_of


class Item(msgspec.Struct, frozen=True):
    """A released element in a line: its newest version, and how many versions stand."""

    release: ReleasedVersion
    title: str
    versions: int
    remarks: int


class Side(msgspec.Struct, frozen=True):
    """What one party has released and not recalled."""

    party: PartyId
    ours: bool
    items: tuple[Item, ...]
    window: Window


class Held(msgspec.Struct, frozen=True):
    """One element exactly as a partner holds it."""

    release: ReleasedVersion
    title: str
    sections: tuple[Section, ...]


class RecallRow(msgspec.Struct, frozen=True):
    """A recall, who asked, what each holder answered, and whether it waits for us."""

    recall: state.RecallState
    ours: bool
    waits: bool
    key: EntryRef
    row: ElementRow | None = None

    @property
    def title(self) -> str:
        """What our element is called at home; empty where it is theirs, or bears none."""
        return self.row.title if self.row else ""


@require_GET
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """Released elements of each side, newest first."""
    hq, view = access.headquarters(), view_of(accord)
    offset = offset_of(request)
    sides = [_side(view, party, hq.party, offset) for party in (hq.party, *view.partners)]
    return render(request, "web/accord/released.html", frame(view, "released") | {"sides": sides})


@require_GET
def partner_view(request: HttpRequest, accord: AccordId, party: PartyId) -> HttpResponse:
    """Exactly what a partner holds of ours, drawn as the partner's own pages draw it."""
    hq, view = access.headquarters(), with_partner(accord, party)
    held = sorted(releases.partner_view(hq, accord, party), key=lambda item: -item.at)
    offset, limit = offset_of(request), 20
    items = [
        Held(item, naming.title_of(item.raw), summary.sections(decode(item.raw).content))
        for item in held[offset : offset + limit]
    ]
    recalled = [item for item in state.recalls(view.accord) if item.party == hq.party]
    context = frame(view, "released") | {
        "party": party,
        "items": items,
        "window": Window(len(held), offset, limit),
        "recalled": recalled,
        "tables": [kind for kind in headings.kinds() if any(item.kind == kind for item in held)],
        "may_recall": access.person_of(request).lacking(Role.OFFICER, Role.HEAD) is None,
    }
    return render(request, "web/accord/partner_view.html", context)


@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """Asking the holders to remove an element of ours; the page says what can and cannot be known of it."""
    hq, view = access.headquarters(), with_partner(accord, party)
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    history = recalls.standing_of(view.accord, hq.party, element)
    if not history:
        raise Http404
    form = ReasonForm(
        request.POST if request.method == "POST" else None, required=False, label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The holders read it. May be left empty."),
    )  # fmt: skip
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        try:
            recalls.recall(hq, person, accord, element, form.cleaned_data["reason"])
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(
                request, _("Recalled. The holders are asked to remove it; this page shows what each has answered.")
            )
            return HttpResponseRedirect(reverse("accord-recalls", args=[accord]))
    holders = sorted({holder for item in history for holder in item.to})
    context = frame(view, "recalls") | {
        "party": party, "release": history[-1], "title": naming.title_of(history[-1].raw), "versions": history,
        "holders": holders, "form": form,
    }  # fmt: skip
    return faults.page(request, "web/accord/recall.html", context, found)


@require_GET
def recall_list(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """Every recall in the accord and what each holder has answered."""
    hq, view = access.headquarters(), view_of(accord)
    waiting = {item.ref for item in recalls.open_recalls(hq, accord)}
    made = sorted(state.recalls(view.accord), key=lambda found: (-found.recall.at, found.recall.ref.n))
    offset = offset_of(request)
    shown = made[offset : offset + LIMIT]
    ours = hq.holdings.elements([item.recall.element for item in shown if item.party == hq.party])
    rows = [
        RecallRow(
            item, item.party == hq.party, item.recall.ref in waiting, item.recall.ref,
            ours.get(item.recall.element) if item.party == hq.party else None,
        )
        for item in shown
    ]  # fmt: skip
    silent = {holder.party for item in made for holder in item.holders if holder.outcome == "not confirmed"}
    context = frame(view, "recalls") | {
        "rows": rows,
        "window": Window(len(made), offset),
        "waiting": [
            (party, sum(ref.party == party for ref in waiting))
            for party in view.partners
            if any(ref.party == party for ref in waiting)
        ],
        "reaches": reaches(hq, silent - {hq.party}),
        "standing_count": len(recalls.standing(view.accord, hq.party)),
        "standing_order": hq.policy.honour_recalls == "at once",
        "may_answer": access.person_of(request).lacking(Role.OFFICER, Role.HEAD) is None,
    }
    return render(request, "web/accord/recalls.html", context)


@require_http_methods(["GET", "POST"])
def answer_all(request: HttpRequest, accord: AccordId, party: PartyId) -> HttpResponse:
    """Answering every recall of one partner that waits for us, alike, in one act with one statement of what we keep."""
    hq, view = access.headquarters(), with_partner(accord, party)
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    waiting = [item for item in recalls.open_recalls(hq, accord) if item.ref.party == party]
    if not waiting:
        raise Http404
    form = ReasonForm(
        request.POST if request.method == "POST" else None, required=False, label=gettext_lazy("What we keep"),
        help_text=gettext_lazy("It is said with each answer: what we keep regardless, as backups; or why we refuse."),
    )  # fmt: skip
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        outcome: Literal["removed", "refused"] = "removed" if request.POST.get("do") == "remove" else "refused"
        found = _moved_on(request, waiting)
        if not found:
            try:
                refs = [item.ref for item in waiting]
                recalls.answer_many(hq, person, accord, refs, outcome, form.cleaned_data["reason"])
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                said = (
                    _("Removed here, and said so in our record.")
                    if outcome == "removed"
                    else _("Refused, and said so in our record.")
                )
                messages.success(request, said)
                return HttpResponseRedirect(reverse("accord-recalls", args=[accord]))
    reasons = dict.fromkeys(item.reason for item in waiting if item.reason)
    context = frame(view, "recalls") | {
        "party": party, "count": len(waiting), "form": form, "reasons": list(reasons)[:20], "standing": view.accord.sheet(party).standing,
    }  # fmt: skip
    return faults.page(request, "web/accord/answer_all.html", context, found)


def _moved_on(request: HttpRequest, waiting: Sequence[Recalled]) -> tuple[faults.Fault, ...]:
    """A sentence where other recalls wait now than the form was drawn for: what is answered must be what was read."""
    if request.POST.get("shown", "") == str(len(waiting)):
        return ()
    return (faults.Fault(_("Other recalls wait now than when this form was drawn: read again how many, then answer.")),)


@require_http_methods(["GET", "POST"])
def answer_recall(request: HttpRequest, accord: AccordId, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """Removing what a partner recalled, or refusing and saying why."""
    hq, view = access.headquarters(), with_partner(accord, party)
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    ref = EntryRef(party, epoch, n)
    waiting = next((item for item in recalls.open_recalls(hq, accord) if item.ref == ref), None)
    if waiting is None:
        raise Http404
    form = ReasonForm(
        request.POST if request.method == "POST" else None, required=False, label=gettext_lazy("Statement to the partner"),
        help_text=gettext_lazy("Needed where you refuse: say what you keep, and why."),
    )  # fmt: skip
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            sentence = _answer(request, ref, accord, form)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, sentence)
            return HttpResponseRedirect(reverse("accord-recalls", args=[accord]))
    context = frame(view, "recalls") | {"recall": waiting, "party": party, "form": form, "person": person}
    return faults.page(request, "web/accord/answer_recall.html", context, found)


def _answer(request: HttpRequest, ref: EntryRef, accord: AccordId, form: ReasonForm) -> str:
    hq, person, statement = access.headquarters(), access.person_of(request), form.cleaned_data["reason"]
    if request.POST.get("do") == "remove":
        recalls.confirm(hq, person, accord, ref, statement)
        return _("Removed here, and said so in our record.")
    recalls.refuse_recall(hq, person, accord, ref, statement)
    return _("Refused, and said so in our record.")


def _side(view: AccordView, party: PartyId, me: PartyId, offset: int) -> Side:
    newest = state.texts(view.accord, party)
    sheet = view.accord.sheet(party)
    said = state.remarks(view.accord)
    items = tuple(
        Item(
            item, naming.title_of(item.raw), len(sheet.released[item.element]), len(said.get((party, item.element), ()))
        )
        for item in newest[offset : offset + 50]
    )
    return Side(party, party == me, items, Window(len(newest), offset))


def with_partner(accord: AccordId, party: PartyId) -> AccordView:
    """The accord, where `party` is a partner in it; Http404 otherwise."""
    view = view_of(accord)
    if party not in view.partners:
        raise Http404
    return view
