"""Changes of standing: accept, decline, suspend, resume, withdraw. Each on a page of its own that says what happens next."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from stafftalks.accord import state
from stafftalks.services import accords, recalls
from stafftalks.services.accords import AccordView
from stafftalks.services.recalls import Leaving
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId
from stafftalks.values.person import Role
from stafftalks.values.realm import Realm
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.accord import AcceptForm, StandForm, realm_choices
from stafftalks.web.views.accords import ACTS_FROM, frame, matrix, view_of

HEADINGS: Final = {
    "accept": gettext_lazy("Accept"),
    "decline": gettext_lazy("Decline"),
    "suspend": gettext_lazy("Suspend"),
    "resume": gettext_lazy("Resume"),
    "withdraw": gettext_lazy("Withdraw"),
}
NEXT: Final = {
    "accept": gettext_lazy(
        "The realms that every party has accepted are open at once. Nothing leaves by this: each release is still decided one by one. "
        "You can narrow this, suspend or withdraw at any time, alone."
    ),
    "decline": gettext_lazy(
        "The partners read that we decline, and nothing is open. We can still accept later; questions and answers stay."
    ),
    "suspend": gettext_lazy(
        "Every realm closes from our side at once, whether or not the partners can be reached. What was released stays with them until "
        "it is recalled. We can resume alone."
    ),
    "resume": gettext_lazy("The realms that we had accepted before are accepted again from our side, at once."),
    "withdraw": gettext_lazy(
        "We leave this accord for good: no realm can open in it again from our side, and a new proposal would be a new accord. What was "
        "released stays with the partners until it is recalled; recall what they should not keep, before or after."
    ),
}
DONE: Final = {
    "accept": gettext_lazy(
        "We have accepted. It is written in our record and goes to the partners with the next exchange."
    ),
    "decline": gettext_lazy(
        "We have declined. It is written in our record and goes to the partners with the next exchange."
    ),
    "suspend": gettext_lazy("We have suspended. Nothing of ours flows in this accord from now on."),
    "resume": gettext_lazy(
        "We have resumed. It is written in our record and goes to the partners with the next exchange."
    ),
    "withdraw": gettext_lazy("We have withdrawn. Nothing of ours flows in this accord from now on."),
}


@require_http_methods(["GET", "POST"])
def stand(request: HttpRequest, accord: AccordId, act: str) -> HttpResponse:
    """The page for one act, and the act itself once it is confirmed there."""
    if act not in HEADINGS:
        raise Http404
    view = view_of(accord)
    access.need_role(request, Role.HEAD)
    data = request.POST if request.method == "POST" else None
    form = _form(view, act, data)
    found: tuple[Fault, ...] = ()
    if data is not None:
        found = _moved_on(view, request.POST.get("shown", "")) or faults.of_forms(form)
        if not found:
            try:
                left = _do(request, accord, act, form)
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                messages.success(request, str(DONE[act]))
                _tell_recalls(request, left)
                return HttpResponseRedirect(reverse("accord", args=[accord]))
    hq = access.headquarters()
    context = frame(view, "standing") | {
        "act": act,
        "shown": _shown(view),
        "heading": HEADINGS[act],
        "next": NEXT[act],
        "form": form,
        "matrix": matrix(view, hq.party),
        "fits": act in ACTS_FROM[view.accord.sheet(hq.party).standing.state],
        "standing": view.accord.sheet(hq.party).standing,
        "grave": act in ("withdraw", "suspend", "decline"),
        "released_count": len(recalls.standing(view.accord, hq.party)),
    }
    return faults.page(request, "web/accord/stand.html", context, found)


def _form(view: AccordView, act: str, data: QueryDict | None) -> AcceptForm | StandForm:
    if act != "accept":
        recallable = len(recalls.standing(view.accord, access.headquarters().party))
        return StandForm(data, keeps=act in ("suspend", "withdraw"), recallable=recallable)
    standing = view.accord.sheet(access.headquarters().party).standing
    offered = _realms_on_the_table(view)
    wordings = [
        (
            variant.hash,
            f"{clause.id}. {variant.clause.heading} ({', '.join(variant.authors) or _('withdrawn wording')}): {variant.clause.text}",
        )
        for clause in state.clause_states(view.accord)
        for variant in clause.variants
    ]
    initial = {
        "realms": [realm.value for realm in (standing.realms or standing.resumes)],
        "clauses": sorted(standing.clauses) or list(accords.current_wordings(view.accord)),
    }
    return AcceptForm(data, realms=realm_choices(offered), clauses=wordings, initial=initial)


def _do(request: HttpRequest, accord: AccordId, act: str, form: AcceptForm | StandForm) -> Leaving | None:
    hq, person, said = access.headquarters(), access.person_of(request), form.cleaned_data
    statement, keeps = said["statement"], said.get("keeps", "")
    match act:
        case "accept":
            accords.accept(hq, person, accord, said["realms"], said["clauses"], statement)
        case "decline":
            accords.decline(hq, person, accord, statement)
        case "suspend" | "withdraw":
            wanted, reason = bool(said.get("recall")), said.get("reason", "")
            return recalls.leave(hq, person, accord, act, statement, keeps, recalling=wanted, reason=reason)
        case _:
            accords.resume(hq, person, accord, statement)
    return None


def _tell_recalls(request: HttpRequest, left: Leaving | None) -> None:
    if left is None:
        return
    if left.recalled:
        count = len(left.recalled)
        sentence = ngettext("With it we recalled %d element.", "With it we recalled %d elements.", count)
        messages.success(request, sentence % count)
    if left.refusals:
        why = " ".join(refusal.sentence for refusal in left.refusals)
        sentence = _("Nothing was recalled with it: %(why)s Recall it on the page of recalls.")
        messages.error(request, sentence % {"why": why})


def _realms_on_the_table(view: AccordView) -> set[Realm]:
    """Realms that some party has proposed or accepted; all of them where nobody has named any."""
    named: set[Realm] = set()
    for party in view.accord.parties:
        sheet = view.accord.sheet(party)
        named |= sheet.standing.realms | sheet.standing.resumes
        named |= sheet.proposal.realms if sheet.proposal else frozenset()
    return named or set(Realm)


def _shown(view: AccordView) -> str:
    """What the partners have said so far, as the form remembers it: how far each of their records went."""
    return " ".join(f"{party}:{view.accord.sheet(party).size}" for party in view.partners)


def _moved_on(view: AccordView, shown: str) -> tuple[Fault, ...]:
    """Sentences for what the partners said while the form was open; none where the form saw all of it."""
    before = dict(part.partition(":")[::2] for part in shown.split() if ":" in part)
    found = []
    for party in view.partners:
        size, seen = view.accord.sheet(party).size, before.get(party, "")
        if seen.isdecimal() and size > int(seen):
            sentence = _(
                "%(party)s added %(count)d entries while this form was open. What stands now is below; read it, then confirm again."
            )
            found.append(Fault(sentence % {"party": party, "count": size - int(seen)}))
    return tuple(found)
