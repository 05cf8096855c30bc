"""Third parties in an accord: what of theirs ours draws on, asking whether it may go on, answering, and what was given, with the days left."""

from collections.abc import Iterable

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Verdict
from stafftalks.planning.wording import shortened
from stafftalks.services import consents
from stafftalks.services.accords import AccordView
from stafftalks.services.consents import Named
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults, naming
from stafftalks.web.faults import Fault
from stafftalks.web.forms.consents import AnswerConsentForm, AskConsentForm, instant
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

_MOST_PARTS = 400


class Asked(msgspec.Struct, frozen=True):
    """A request for consent as drawn: what it is about is called `title`, its parts are `parts`."""

    asking: state.Asking
    title: str
    parts: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """A consent as drawn."""

    term: consents.Term
    title: str
    parts: tuple[str, ...]


@require_GET
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """Everything about third parties in this accord."""
    hq, view = access.headquarters(), view_of(accord)
    found, offset = consents.board(hq, accord), offset_of(request)
    total, drawn = consents.drawn(hq, accord, offset)
    person = access.person_of(request)
    context = frame(view, "consents") | {
        "drawn": drawn,
        "window": Window(total, offset),
        "asked": [_asked(view, one) for one in reversed(found.asked)],
        "to_answer": [_asked(view, one) for one in reversed(found.to_answer)],
        "received": [_line(view, term) for term in reversed(found.received)],
        "granted": [_line(view, term) for term in reversed(found.granted)],
        "waiting": hq.desk.find(state="waiting", accord=accord, kind="consent-request")[1]
        + hq.desk.find(state="waiting", accord=accord, kind="consent")[1],
        "may_write": person.lacking(*WRITERS) is None,
        "may_recall": person.lacking(Role.OFFICER, Role.HEAD) is None,
    }
    return render(request, "web/accord/consents.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """Asking a text's originator whether it, or parts of it, may go on to somebody else until a day."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, *WRITERS)
    text = state.current_version(view.accord, party, element) if party in view.partners else None
    if text is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = AskConsentForm(data, portions=_choices(consents.offered(text)))
    found: tuple[Fault, ...] = ()
    if data is not None:
        found = _revised(data.get("version", ""), text) or faults.of_forms(form)
        if not found:
            said = form.cleaned_data
            try:
                made = consents.ask(
                    hq, person, accord, ExactRef(party, element, text.version), said["recipient"], instant(said["until"]),
                    parts=said["portions"], purpose=said["purpose"], note=said["note"],
                )  # fmt: skip
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                return _at_the_desk(request, made.id)
    context = frame(view, "consents") | {
        "party": party,
        "text": text,
        "title": naming.title_of(text.raw),
        "form": form,
        "parties": [row.party for row in hq.partners.partners() if row.party != party],
    }
    return faults.page(request, "web/accord/consent_ask.html", context, found)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """Answering a partner's request about a text of ours: granted for as much as was asked or less, or refused."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, *WRITERS)
    asking = _asking(accord, party, element)
    text = state.release_of(view.accord, asking.content.about)
    if text is None:
        raise Http404
    wanted = set(asking.content.portions)
    # Where all of it was asked for, none ticked is all of it; else those asked for are ticked, and fewer may be.
    asked_for = [one for one in consents.named_portions(text) if one.hash in wanted]
    data = request.POST if request.method == "POST" else None
    initial = {"until": str(asking.content.until)[:10], "portions": [one.hash for one in asked_for]}
    form = AnswerConsentForm(data, portions=_choices(asked_for or consents.offered(text)), initial=initial)
    found: tuple[Fault, ...] = ()
    if data is not None:
        found = _asked_anew(data.get("version", ""), asking) or faults.of_forms(form)
        if not found:
            said = form.cleaned_data
            try:
                made = consents.answer(
                    hq, person, accord, party, element, Verdict(said["verdict"]), instant(said["until"]),
                    parts=said["portions"], conditions=said["conditions"], note=said["note"],
                )  # fmt: skip
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                return _at_the_desk(request, made.id)
    context = frame(view, "consents") | {
        "asked": _asked(view, asking),
        "party": party,
        "text": text,
        "sections": summary.sections(decode(text.raw).content),
        "form": form,
    }
    return faults.page(request, "web/accord/consent_answer.html", context, found)


def _asking(accord: AccordId, party: PartyId, element: ElementId) -> state.Asking:
    try:
        return consents.find(access.headquarters(), accord, party, element)
    except MisuseError as error:
        raise Http404 from error


def _at_the_desk(request: HttpRequest, asked: str) -> HttpResponse:
    messages.success(request, _("Written. Nothing has left: a different person decides at the release desk."))
    return HttpResponseRedirect(reverse("desk-review", args=[asked]))


def _revised(shown: str, text: ReleasedVersion) -> tuple[Fault, ...]:
    if shown == text.version:
        return ()
    sentence = _(
        "This text was revised while the form was open. Consent is for exact words: read them again, then ask."
    )
    return (Fault(sentence),)


def _asked_anew(shown: str, asking: state.Asking) -> tuple[Fault, ...]:
    if shown == asking.version:
        return ()
    return (Fault(_("The request was worded anew while the form was open: read it again, then answer.")),)


def _choices(named: Iterable[Named]) -> list[tuple[str, str]]:
    """Portions by their hashes, each with what it is called and how it begins."""
    return [(one.hash, f"{one.portion.label}: {shortened(one.portion.text)}") for one in named][:_MOST_PARTS]


def _asked(view: AccordView, asking: state.Asking) -> Asked:
    return Asked(asking, *_named(view, asking.content.about, asking.content.portions))


def _line(view: AccordView, term: consents.Term) -> Line:
    return Line(term, *_named(view, term.given.content.source, term.given.content.portions))


def _named(view: AccordView, about: ExactRef, hashes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """What a text is called, and what those of its portions are called that are named by hash; empty where it is not held here."""
    text = state.release_of(view.accord, about)
    if text is None:
        return "", ()
    wanted = set(hashes)
    labels = tuple(one.portion.label for one in consents.named_portions(text) if one.hash in wanted) if wanted else ()
    return state.title_of(text), labels
