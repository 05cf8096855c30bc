"""The terms, clause by clause: wordings, who accepted which, and the questions where they hang. Asking, answering, amending."""

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause, EntryRef
from stafftalks.services import accords
from stafftalks.services.accords import AccordView
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, EpochId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.accord import AnswerForm, AskForm, ClauseForm, MessageForm
from stafftalks.web.views.accords import frame, view_of

NEW = "new"


class WordingRow(msgspec.Struct, frozen=True):
    """One exact wording: whose it is, who accepted it, and the forms that hang on it."""

    variant: state.Variant
    side: str
    authors: tuple[PartyId, ...]
    waiting: tuple[PartyId, ...]
    ask: AskForm
    asking: bool


class ThreadRow(msgspec.Struct, frozen=True):
    """A question, its answers, and the form to answer it where it waits for us."""

    thread: state.Thread
    key: str
    form: AnswerForm | None
    old_wording: bool


class ClauseRow(msgspec.Struct, frozen=True):
    """One clause with everything that hangs on it. `amend` is filled from the wording `based_on`: ours, else the partner's."""

    clause: state.ClauseState
    wordings: tuple[WordingRow, ...]
    threads: tuple[ThreadRow, ...]
    amend: ClauseForm
    amending: bool
    based_on: str


class _Posted(msgspec.Struct):
    """What was sent: which form (`ask`, `answer`, `amend`, `strike`), at what, and the form itself once bound."""

    deed: str = ""
    at: str = ""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """The terms; a form that could not be taken comes back where it stood, with what was typed."""
    view = view_of(accord)
    posted = _Posted(*request.POST.get("do", "").partition(":")[::2]) if request.method == "POST" else _Posted()
    found: tuple[Fault, ...] = ()
    if posted.deed:
        try:
            found, anchor = _act(request, view, posted)
            if not found:
                return HttpResponseRedirect(reverse("accord-terms", args=[accord]) + anchor)
        except StafftalksError as error:
            found = faults.of_error(error)
    context = frame(view, "terms") | _rows(request, view, posted)
    return faults.page(request, "web/accord/terms.html", context, found)


def _act(request: HttpRequest, view: AccordView, posted: _Posted) -> tuple[tuple[Fault, ...], str]:
    """Does what was sent; returns what must be put right, and where on the page to go on."""
    hq, person, accord = access.headquarters(), access.person_of(request), view.row.id
    match posted.deed:
        case "ask":
            form = _ask_form(posted.at, request)
            if stale := _moved_on(view, posted.at):
                return stale, ""
            if form.is_valid():
                accords.ask(hq, person, accord, form.cleaned_data["text"], form.cleaned_data["clause"])
            return faults.of_forms(form), "#questions" if not posted.at else f"#w-{posted.at[:12]}"
        case "answer":
            answer = AnswerForm(request.POST, prefix=f"answer-{posted.at}")
            if answer.is_valid():
                accords.answer(hq, person, accord, _ref(posted.at), answer.cleaned_data["text"])
            return faults.of_forms(answer), f"#q-{posted.at}"
        case "amend":
            return _amend(request, view, posted.at)
        case "strike":
            accords.amend(hq, person, accord, Amendment(struck=(posted.at,)))
            return (), "#clauses"
    return (Fault(_("This button is not known here: reload the page.")),), ""


def _amend(request: HttpRequest, view: AccordView, at: str) -> tuple[tuple[Fault, ...], str]:
    hq, person = access.headquarters(), access.person_of(request)
    form = _clause_form(at, request)
    message = MessageForm(request.POST, prefix=f"amend-{at}")
    if not (form.is_valid() and message.is_valid()):
        return faults.of_forms(form, message), ""
    if stale := _moved_on(view, request.POST.get("based_on", "")):
        return stale, ""
    clause_id = _fresh_id(view) if at == NEW else at
    clause = form.clause(clause_id)
    accords.amend(hq, person, view.row.id, Amendment((clause,), message=message.cleaned_data["message"]))
    return (), f"#c-{clause_id}"


def _moved_on(view: AccordView, wording: str) -> tuple[Fault, ...]:
    """A sentence where the wording that a form was filled from stands no longer; the page below shows what stands now."""
    if not wording or any(
        variant.hash == wording for clause in state.clause_states(view.accord) for variant in clause.variants
    ):
        return ()
    before = state.clauses_written(view.accord).get(wording)
    was = f"“{before.text[:300]}”" if before else _("a wording not held here")
    sentence = _(
        "The wording changed while you were writing. You were writing about %(was)s. What stands now is below, and what you typed "
        "is kept: read it again, then send it."
    )
    return (Fault(sentence % {"was": was}),)


def _rows(request: HttpRequest, view: AccordView, posted: _Posted) -> dict[str, object]:
    hq = access.headquarters()
    may_act = access.person_of(request).lacking(Role.HEAD) is None
    threads = [_thread(request, view, thread, posted, hq.party) for thread in state.threads(view.accord)]
    clauses = state.clause_states(view.accord)
    known = {clause.id for clause in clauses}
    rows = [_clause(request, view, clause, threads, posted, hq.party) for clause in clauses]
    adding = posted == _Posted("amend", NEW)
    lost = (
        posted.deed == "ask"
        and posted.at
        and not any(variant.hash == posted.at for row in rows for variant in row.clause.variants)
    )
    asking = posted == _Posted("ask", "") or bool(lost)
    whole = _ask_form(posted.at, request, moved=bool(lost)) if asking else _ask_form("", None)
    return {
        "clauses": rows,
        "loose": [row for row in threads if not row.thread.clause or row.thread.clause.id not in known],
        "ask": whole,
        "asking": asking,
        "new_clause": _clause_form(NEW, request if adding else None),
        "message": MessageForm(request.POST if adding else None, prefix=f"amend-{NEW}"),
        "adding": adding,
        "may_act": may_act,
        "proposals": [
            (party, proposal) for party in view.accord.parties if (proposal := view.accord.sheet(party).proposal)
        ],
    }


def _clause(
    request: HttpRequest,
    view: AccordView,
    clause: state.ClauseState,
    threads: list[ThreadRow],
    posted: _Posted,
    me: PartyId,
) -> ClauseRow:
    base = _base(clause, me)
    amending = posted == _Posted("amend", clause.id)
    return ClauseRow(
        clause,
        tuple(_wording(request, view, variant, posted, me) for variant in clause.variants),
        tuple(row for row in threads if row.thread.clause and row.thread.clause.id == clause.id),
        _clause_form(clause.id, request if amending else None, base.clause),
        amending,
        base.hash,
    )


def _wording(
    request: HttpRequest,
    view: AccordView,
    variant: state.Variant,
    posted: _Posted,
    me: PartyId,
) -> WordingRow:
    authors = variant.authors
    everyone = variant.accepted_by == view.accord.parties
    side = "agreed" if everyone else "said" if me in authors else "theirs"
    waiting = tuple(party for party in view.accord.parties if party not in variant.accepted_by)
    asking = posted == _Posted("ask", variant.hash)
    return WordingRow(variant, side, authors, waiting, _ask_form(variant.hash, request if asking else None), asking)


def _thread(request: HttpRequest, view: AccordView, thread: state.Thread, posted: _Posted, me: PartyId) -> ThreadRow:
    key = f"{thread.ref.party}.{thread.ref.epoch}.{thread.ref.n}"
    theirs = thread.ref.party != me and thread.question is not None
    data = request.POST if posted == _Posted("answer", key) else None
    form = AnswerForm(data, prefix=f"answer-{key}") if theirs else None
    current = {variant.hash for clause in state.clause_states(view.accord) for variant in clause.variants}
    old = bool(thread.question and thread.question.clause and thread.question.clause not in current)
    return ThreadRow(thread, key, form, old)


def _ask_form(at: str, request: HttpRequest | None, *, moved: bool = False) -> AskForm:
    prefix = f"ask-{at[:12] or 'whole'}"
    if request is None:
        return AskForm(initial={"clause": at}, prefix=prefix)
    if moved:
        # The wording it hung on is gone: the same words, now about the whole, for the person to place.
        return AskForm(initial={"clause": "", "text": request.POST.get(f"{prefix}-text", "")}, prefix="ask-whole")
    return AskForm(request.POST, prefix=prefix)


def _clause_form(at: str, request: HttpRequest | None, base: Clause | None = None) -> ClauseForm:
    prefix = f"amend-{at}"
    if request is not None:
        return ClauseForm(request.POST, prefix=prefix)
    initial = {"heading": base.heading, "text": base.text, "duty": base.duty} if base else {}
    return ClauseForm(initial=initial, prefix=prefix)


def _base(clause: state.ClauseState, me: PartyId) -> state.Variant:
    """The wording that an amendment starts from: our own where we have one, else the first."""
    ours = [variant for variant in clause.variants if me in variant.authors]
    return (ours or list(clause.variants))[0]


def _fresh_id(view: AccordView) -> str:
    taken = {clause.id for clause in state.clauses_written(view.accord).values()}
    number = 1
    while f"{number}" in taken:
        number += 1
    return f"{number}"


def _ref(key: str) -> EntryRef:
    party, _dot, rest = key.partition(".")
    epoch, _dot, n = rest.partition(".")
    return EntryRef(PartyId(party), EpochId(epoch), int(n) if n.isascii() and n.isdecimal() and len(n) < 10 else -1)
