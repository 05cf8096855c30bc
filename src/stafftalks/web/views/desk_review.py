"""One request as its decider needs it: the exact bytes drawn as the partner will read them, what stays home, what is known, and the decision."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stafftalks.release.redaction import Redaction
from stafftalks.services import accords, desk_reviews, judging, letters, redacting, releases
from stafftalks.services.desk_reviews import Review
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError, StafftalksError
from stafftalks.values.person import Person, Role
from stafftalks.web import access, desk_stays, faults, rule_words
from stafftalks.web.desk_queue import STATES
from stafftalks.web.forms.release import ReasonForm
from stafftalks.web.views.letters import Shown, shown_letter

_MOST_LINES = 5_000


class Against(msgspec.Struct, frozen=True):
    """A rule that says no, with its word."""

    rule: str
    word: str
    sentence: str


class Under(msgspec.Struct, frozen=True):
    """A letter that the request stands under, as drawn; `revised` where it was decided under an older version of it."""

    letter: Shown
    revised: bool


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, request_id: str) -> HttpResponse:
    """One request: what would leave, what stays, what is known, every rule, and the decision."""
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
    context = _context(request_id, person) | {"refuse": refuse, "hand_back": hand_back, "deed": deed}
    return faults.page(request, "web/desk/review.html", context, found)


@require_POST
def redact(request: HttpRequest, request_id: str) -> HttpResponse:
    """Takes out what was ticked, what the letter needs, or nothing any more; the request is then drawn anew."""
    hq, person = access.headquarters(), access.person_of(request)
    row = hq.desk.request(request_id)
    if row is None:
        raise Http404
    try:
        _check_shown(request, row)
        wanted = _wanted(request, row)
        redacting.redact(hq, person, request_id, wanted)
    except StafftalksError as error:
        context = _context(request_id, person) | {
            "refuse": _reason("refuse", "", request),
            "hand_back": _reason("back", "", request),
            "redacting": True,
        }
        return faults.page(request, "web/desk/review.html", context, faults.of_error(error))
    if wanted:
        messages.success(request, _("Taken out. What would leave is drawn anew: read it again before you decide."))
    else:
        messages.success(request, _("Everything was put back: it would leave as it was asked for."))
    return HttpResponseRedirect(reverse("desk-review", args=[request_id]))


def _wanted(request: HttpRequest, row: RequestRow) -> tuple[Redaction, ...]:
    """The redactions that were asked for, in the order of the page."""
    made = redacting.lines_of(row)
    match request.POST.get("do", ""):
        case "undo":
            return ()
        case "needed":
            return tuple(dict.fromkeys((*made, *desk_reviews.needed(access.headquarters(), row))))
        case "again":
            return tuple(dict.fromkeys((*made, *redacting.as_before(access.headquarters(), row))))
        case _:
            lines = [
                *(f"remove {path}" for path in request.POST.getlist("take")),
                *(line for line in request.POST.getlist("tell") if line),
                *(line.strip() for line in request.POST.get("lines", "").splitlines() if line.strip()),
            ]
            if len(lines) > _MOST_LINES:
                raise MisuseError(_("These are too many redactions for one request: take out whole tables instead."))
            return tuple(dict.fromkeys(Redaction.parse(line) for line in lines))


def _check_shown(request: HttpRequest, row: RequestRow) -> None:
    """Raises RefusedError where the form was drawn from other bytes than those that would be decided on."""
    judging.check_shown(row, request.POST.get("shown", ""))


def _decide(request: HttpRequest, request_id: str, deed: str, refuse: ReasonForm, hand_back: ReasonForm) -> str:
    """Decides, and says in a sentence what that did."""
    hq, person = access.headquarters(), access.person_of(request)
    match deed:
        case "release":
            if request.POST.get("read") != "yes":
                sentence = _("Tick that you have read exactly what the partner will read, then release.")
                raise RefusedError(Refusal("unread", sentence))
            _check_shown(request, releases.get(hq, request_id))
            done = releases.release(hq, person, request_id, request.POST.get("shown", ""))
            if done.state == "approved":
                return _("Let go. Nothing has left: the head of delegation decides as well, as a third person.")
            return _("Released. It stands in our record and goes to the partner with the next exchange.")
        case "refuse":
            releases.refuse(hq, person, request_id, refuse.cleaned_data["reason"])
            return _("Refused. Nothing has left; the drafter reads your reason.")
        case "back":
            releases.hand_back(hq, person, request_id, hand_back.cleaned_data["reason"])
            return _("Handed back. Nothing has left; the drafter reads your question.")
        case "cancel":
            releases.cancel(hq, person, request_id)
            return _("Taken back. Nothing has left.")
        case _:
            raise MisuseError(_("That is no decision: release, hand back, refuse, or take the request back."))


def _context(request_id: str, person: Person) -> dict[str, object]:
    hq = access.headquarters()
    view = desk_reviews.review(hq, request_id, person)
    asked = view.request
    own = asked.requested_by == person.username
    open_ = asked.state in ("waiting", "approved")
    against = [
        Against(refusal.rule, rule_words.word(refusal.rule), refusal.sentence)
        for refusal in view.refusals
        if refusal.rule not in judging.PERSON_RULES
    ]
    may_decide = open_ and not own and _decides(asked, person)
    earlier = hq.desk.request(asked.follows) if asked.follows else None
    return {
        "place": "desk",
        "review": view,
        "asked": asked,
        "state": STATES[asked.state],
        "open": open_,
        "own": own,
        "against": against,
        "person_rules": [refusal for refusal in view.refusals if refusal.rule in judging.PERSON_RULES and may_decide],
        "next": _next(view, person, own=own),
        "may_decide": may_decide,
        "may_release": may_decide and not view.refusals,
        "needs_head": view.needs_head and asked.state == "waiting",
        "may_cancel": own and open_,
        "may_ask_again": own and asked.state in ("returned", "refused"),
        "may_redact": asked.state == "waiting" and (own or person.lacking(Role.OFFICER) is None),
        "earlier": earlier,
        "later": releases.asked_after(hq, asked),
        "letters": _under(view),
        "stays": _stays(view, again=earlier is not None and bool(earlier.redactions) and not asked.redactions),
        "accord": _title(asked.accord),
    }


def _decides(asked: RequestRow, person: Person) -> bool:
    """Whether deciding on it is for this person now, as far as roles and persons go."""
    if asked.state == "approved":
        let_go = {approval.person for approval in asked.approvals}
        return person.lacking(Role.HEAD) is None and person.username not in let_go
    return person.lacking(Role.OFFICER) is None


def _next(view: Review, person: Person, *, own: bool) -> str:
    asked = view.request
    if asked.state == "approved":
        if _decides(asked, person) and not own:
            return _("An officer let it go. As head of delegation you let it go too, or refuse.")
        return _("An officer let it go; the head of delegation decides as well, as a third person.")
    if asked.state != "waiting":
        return str(STATES[asked.state])
    if own:
        return _("You asked for this, so a different person decides it.")
    lacking = person.lacking(Role.OFFICER)
    if lacking:
        return lacking.sentence
    return _("You read it below, then release, hand back or refuse.")


def _under(view: Review) -> list[Under]:
    hq = access.headquarters()
    found = []
    for standing in view.letters:
        held = letters.find(hq, standing.ref.element)
        if held is not None:
            found.append(Under(shown_letter(held), held.row.version != standing.ref.version))
    return found


def _stays(view: Review, *, again: bool) -> desk_stays.Stays:
    asked = view.request
    detail = view.letters[0].letter.detail if len(view.letters) == 1 else None
    return desk_stays.stays(
        redacting.asked_content(asked),
        redacting.lines_of(asked),
        view.needed if asked.state == "waiting" else (),
        view.why,
        detail,
        again=again,
    )


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
