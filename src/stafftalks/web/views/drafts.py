"""Writing own elements: choosing a kind, the form made from it, saving; what others saved meanwhile is shown, never overwritten unseen."""

import contextlib
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.planning import forms
from stafftalks.planning.fields import KindSpec
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import KINDS, Content
from stafftalks.planning.merging import Conflict, Way
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.scenarios import Scenario
from stafftalks.services import accords, drawing, editing, elements, labels, marking
from stafftalks.services.editing import Changed, Dispute
from stafftalks.services.elements import ConflictError
from stafftalks.services.rows import ElementRow
from stafftalks.store import kept
from stafftalks.store.kept import Kept
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Role
from stafftalks.web import access, beside, element_inputs, faults, meanings, naming, typed
from stafftalks.web.element_inputs import Input
from stafftalks.web.faults import Fault

WRITERS = (Role.PLANNER, Role.OFFICER, Role.HEAD)
TALK = ("comment", "position", "suggestion", "adoption")
ELSEWHERE = ("consent-request", "consent", "acknowledgement", "letter")
"""Kinds that are begun in rooms of their own."""
_NOT_FIELDS = ("csrfmiddlewaretoken", "do", "based_on", "typed", "kept_as")
_SETTLE, _DISPUTE = "settle.", "dispute."
_PROPOSED = 300
_TOLD = 4


class Draft(msgspec.Struct, frozen=True):
    """A form as it stands: what was typed, what is wrong with it, what is in dispute, and where the eye should go.

    `ways` holds how each dispute was chosen to be settled, by its key; `left` the keys that are still to be settled. `kept_at` is when what is
    drawn was kept unsaved, unix seconds, 0 where it is not from there.
    """

    spec: KindSpec
    typed: dict[str, str]
    errors: dict[str, str] = {}
    row: ElementRow | None = None
    based_on: str = ""
    dispute: Dispute | None = None
    ways: dict[str, Way] = {}
    left: frozenset[str] = frozenset()
    focus: str = ""
    kept_at: int = 0
    put_back: bool = False


@require_GET
def choose_kind(request: HttpRequest) -> HttpResponse:
    """The kinds that can be written, by realm."""
    access.need_role(request, *WRITERS)
    specs = [forms.describe(kind) for kind in KINDS if kind not in TALK + ELSEWHERE]
    return render(request, "web/elements/kinds.html", {"place": "elements", "specs": specs})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new element of `kind`; a query fills fields, as `?about=XTV/…` does for a comment.

    Exempt only so that a form can be put back after a sign-in, which draws and writes nothing; all else is protected.
    """
    if kind not in KINDS:
        raise Http404
    access.need_role(request, *elements.writers_of(kind))
    spec = forms.describe(kind)
    if typed.is_put_back(request):
        return _drawn_again(request, Draft(spec, {}))
    answer: HttpResponse = _new(request, spec)
    return answer


@csrf_exempt
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, element: ElementId) -> HttpResponse:
    """The element's form at its current version, at what was kept of it, or at what is to be settled with what someone else saved first.

    Exempt as `new` is.
    """
    row = access.headquarters().holdings.element(element)
    if row is None:
        raise Http404
    access.need_role(request, *elements.writers_of(row.kind))
    if typed.is_put_back(request):
        return _drawn_again(request, Draft(forms.describe(row.kind), {}, row=row))
    answer: HttpResponse = _edit(request, row)
    return answer


@csrf_protect
def _new(request: HttpRequest, spec: KindSpec) -> HttpResponse:
    username = access.user_of(request).username
    if request.method == "GET":
        held = kept.kept(username, form_of(request))
        typed_in = _given(request)
        given = _marked(typed_in.get("about", "")) | typed_in
        draft = Draft(spec, given) if held is None else _restored(Draft(spec, {}), held)
        return _page(request, draft)
    draft, content = _read(request, Draft(spec, {}))
    found: tuple[Fault, ...] = ()
    if content is not None:
        try:
            row = elements.add(access.headquarters(), access.person_of(request), content)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            kept.drop(username, form_of(request))
            messages.success(request, _("Saved at home. No partner can see it until it is released."))
            _tell_labels(request, content)
            return HttpResponseRedirect(reverse("element", args=[row.id]))
    _keep(request, draft)
    return _page(request, draft, found)


def _given(request: HttpRequest) -> dict[str, str]:
    """What the query fills in: fields by name, and with `draws` what the element is drawn on, as `drawing.origins` tells it."""
    given = {name: str(value) for name, value in request.GET.items() if name not in ("dir", "draws", "part")}
    if source := request.GET.get("draws", ""):
        origins = drawing.origins(access.headquarters(), ExactRef.parse(source), request.GET.getlist("part"))
        drawn = forms.flatten(Scenario(title="-", origins=origins))  # origins are spelt alike in every kind
        given |= {name: text for name, text in drawn.items() if name.startswith("origins.")}
    return given


def _marked(about: str) -> dict[str, str]:
    """The marking that a new form shows filled in, by field."""
    proposed = marking.proposed(access.headquarters(), about)
    filled = {
        "policy": proposed.policy,
        "classification": proposed.classification,
        "caveats": "\n".join(proposed.caveats),
    }
    return {f"marking.{name}": text for name, text in filled.items() if text}


@csrf_protect
def _edit(request: HttpRequest, row: ElementRow) -> HttpResponse:
    hq, username = access.headquarters(), access.user_of(request).username
    spec = forms.describe(row.kind)
    if request.method == "GET":
        kept.opened(username, row.id, at=hq.clock.now())
        held = kept.kept(username, form_of(request))
        fresh = Draft(spec, forms.flatten(elements.content(row)), row=row, based_on=row.version)
        return _page(request, fresh if held is None else _restored(fresh, held))
    draft, content = _read(request, Draft(spec, {}, row=row))
    found: tuple[Fault, ...] = ()
    if content is not None:
        try:
            draft, found, done = _saved(request, draft, row.id, content)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            if done is not None:
                _tell_labels(request, content)
                return _left(request, row.id, done)
    _keep(request, draft)
    return _page(request, draft, found)


def _keep(request: HttpRequest, draft: Draft) -> None:
    """Keeps what was sent and not saved, so that it outlives this page without a script too."""
    fields = {name: text for name, text in draft.typed.items() if name}
    fields |= {f"{_SETTLE}{key}": way for key, way in draft.ways.items()}
    if draft.dispute is not None:
        mine = msgspec.json.encode(forms.flatten(draft.dispute.mine)).decode()
        fields |= {f"{_DISPUTE}base": draft.dispute.base, f"{_DISPUTE}by": draft.dispute.by, f"{_DISPUTE}mine": mine}
    fields["based_on"] = draft.based_on
    username, now = access.user_of(request).username, access.headquarters().clock.now()
    with contextlib.suppress(MisuseError):  # too much to be kept: it stands on the page all the same
        kept.keep(username, form_of(request), fields, at=now, based_on=draft.based_on)


def _saved(
    request: HttpRequest, draft: Draft, element: ElementId, content: Content
) -> tuple[Draft, tuple[Fault, ...], Changed | None]:
    """What saving came to: the change, or the draft with what is to be settled first."""
    hq = access.headquarters()
    if draft.dispute is not None:
        settled = editing.settle(hq, element, draft.dispute, content, draft.ways)
        if settled.conflicts:
            left = frozenset(conflict.key for conflict in settled.conflicts)
            sentence = _("Choose for each field that both of you changed. Nothing was saved yet.")
            return msgspec.structs.replace(draft, left=left), (Fault(sentence, "dispute"),), None
        content = settled.content
    based_on = VersionHash(draft.based_on)
    try:
        return draft, (), editing.save(hq, access.person_of(request), element, based_on, content)
    except ConflictError as error:
        dispute = editing.dispute(hq, element, based_on, error.current.version, error.current.revised_by, content)
        name = beside.names([dispute.by]).get(dispute.by, dispute.by)
        sentence = _(
            "%(person)s saved while you were writing, and both of you changed the same. Nothing was overwritten."
        )
        disputed = Draft(
            draft.spec, forms.flatten(dispute.shown), row=error.current, based_on=error.current.version, dispute=dispute
        )
        return disputed, (Fault(sentence % {"person": name}, "dispute"),), None


def _left(request: HttpRequest, element: ElementId, done: Changed) -> HttpResponse:
    """The way out of a form whose content was saved, saying what of a colleague's was taken in."""
    username = access.user_of(request).username
    kept.drop(username, form_of(request))
    kept.closed(username, element)
    sentence = _("Saved at home. What partners hold has not changed: ask for release to send the new version.")
    messages.success(request, sentence)
    if done.merged:
        name = beside.names([done.by]).get(done.by, done.by)
        told = " ".join(change.sentence for change in done.taken[:_TOLD])
        more = len(done.taken) - _TOLD
        if more > 0:
            told += " " + ngettext("And %d more change.", "And %d more changes.", more) % more
        said = _("%(person)s saved while you were writing; both stand now. From them: %(changes)s")
        messages.info(request, said % {"person": name, "changes": told or _("nothing that differs.")}, extra_tags="ask")
    way = request.GET.get("ask", "")
    if way:  # begun as a revision of what a partner holds
        return HttpResponseRedirect(f"{reverse('element-release', args=[element])}?{urlencode({'way': way})}")
    return HttpResponseRedirect(reverse("element", args=[element]))


def _tell_labels(request: HttpRequest, content: Content) -> None:
    """Says that what was saved is marked so that it cannot leave; why stands on its page."""
    if meanings.label_faults(labels.policies(access.headquarters()), content):
        sentence = _("As it is marked now it cannot leave. What is to be corrected stands below, under “Marking”.")
        messages.info(request, sentence, extra_tags="ask")


def form_of(request: HttpRequest) -> str:
    """The name under which what is typed on this page is kept: its address, without what only turns the page."""
    query = request.GET.copy()
    query.pop("dir", None)
    return request.path + (f"?{query.urlencode()}" if query else "")


def _restored(draft: Draft, held: Kept) -> Draft:
    return msgspec.structs.replace(_draft(draft, held.fields), kept_at=held.at)


def _drawn_again(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The form with what was given back to its writer; nothing is written by this."""
    fields = typed.unsealed(request)
    if fields is None:
        sentence = _("What was typed could not be put back: it was not given back by this form, or too long ago.")
        row = draft.row
        again = msgspec.structs.replace(
            draft, typed=forms.flatten(elements.content(row)) if row else {}, based_on=row.version if row else ""
        )
        return _page(request, again, (Fault(sentence),))
    return _page(request, msgspec.structs.replace(_draft(draft, fields), put_back=True))


def _draft(draft: Draft, fields: Mapping[str, str]) -> Draft:
    """The draft with `fields` as a form sends them: what was typed, from which version, what is in dispute and how it is to be settled."""
    given = {
        name: text
        for name, text in fields.items()
        if name not in _NOT_FIELDS and not name.startswith((_SETTLE, _DISPUTE))
    }
    based_on = fields.get("based_on", "") or (draft.row.version if draft.row else "")
    ways: dict[str, Way] = {}
    for name, way in fields.items():
        if name.startswith(_SETTLE) and way in ("mine", "theirs", "both", "hand"):
            ways[name.removeprefix(_SETTLE)] = "theirs" if way == "theirs" else "both" if way == "both" else "mine"
    dispute = _disputed(draft.row, based_on, fields)
    return msgspec.structs.replace(draft, typed=given, based_on=based_on, dispute=dispute, ways=ways)


def _disputed(row: ElementRow | None, based_on: str, fields: Mapping[str, str]) -> Dispute | None:
    """The dispute that a form was drawn with, from what it carried; None where there was none, or it can no longer be told."""
    base, raw = fields.get(f"{_DISPUTE}base", ""), fields.get(f"{_DISPUTE}mine", "")
    if row is None or not base or not raw:
        return None
    try:
        first = msgspec.json.decode(raw, type=dict[str, str])
        mine = forms.parse(row.kind, {name: [text] for name, text in first.items()})
        if isinstance(mine, FormErrors):
            return None
        theirs = VersionHash(based_on)
        return editing.dispute(
            access.headquarters(), row.id, VersionHash(base), theirs, fields.get(f"{_DISPUTE}by", ""), mine
        )
    except (msgspec.DecodeError, StafftalksError):
        return None


def _read(request: HttpRequest, draft: Draft) -> tuple[Draft, Content | None]:
    """The draft with what was typed; with the content where it was sent to be saved and can be read."""
    draft = _draft(draft, {name: str(value) for name, value in request.POST.items()})
    deed, _colon, at = request.POST.get("do", "save").partition(":")
    if deed == "add":
        more, focus = element_inputs.with_row(draft.typed, at)
        return msgspec.structs.replace(draft, typed=more, focus=focus), None
    if deed == "remove":
        return msgspec.structs.replace(draft, typed=element_inputs.without_row(draft.typed, at)), None
    result = forms.parse(draft.spec.kind, {name: [text] for name, text in draft.typed.items()})
    if isinstance(result, FormErrors):
        return msgspec.structs.replace(draft, errors=result.errors), None
    return draft, result


def _page(request: HttpRequest, draft: Draft, found: tuple[Fault, ...] = ()) -> HttpResponse:
    known = labels.policies(access.headquarters())
    tree = element_inputs.inputs(draft.spec, draft.typed, draft.errors, meanings.warnings(known, draft.typed))
    context: dict[str, object] = {
        "place": "elements",
        "draft": draft,
        "spec": draft.spec,
        "tree": tree,
        "focus": _focus(tree, draft.focus),
        "likelihoods": next((one.choices for one in _flat(tree) if one.widget == "likelihood"), ()),
        "known": _known(tree),
        "proposals": meanings.proposals(known),
        "talking": draft.spec.kind in TALK,
        "form_key": form_of(request),
        "open_by": _open_by(request, draft),
    }
    if draft.dispute is not None:
        context |= _dispute_context(draft, draft.dispute)
    listed = tuple(Fault(sentence, _id(name)) for name, sentence in draft.errors.items())
    return faults.page(request, "web/elements/form.html", context, found + listed)


def _open_by(request: HttpRequest, draft: Draft) -> list[str]:
    """Who else has the form open, and who saved since what is drawn was begun."""
    if draft.row is None:
        return []
    hq, username = access.headquarters(), access.user_of(request).username
    saved = beside.revised(hq, username, draft.row.id, draft.based_on)
    return [*([saved] if saved else []), *beside.colleagues(hq, username, draft.row.id)]


class Question(msgspec.Struct, frozen=True):
    """One thing that both changed, as asked: how it was chosen to be settled, and the input in which it can be edited by hand."""

    conflict: Conflict
    way: str
    left: bool
    field_id: str


def _dispute_context(draft: Draft, dispute: Dispute) -> dict[str, object]:
    questions = [
        Question(
            conflict,
            draft.ways.get(conflict.key, ""),
            conflict.key in draft.left,
            _id(".".join(str(step) for step in conflict.path)),
        )
        for conflict in dispute.conflicts
    ]
    asked = {question.conflict.key for question in questions}
    return {
        "dispute": dispute,
        "dispute_by": beside.names([dispute.by]).get(dispute.by, dispute.by),
        "dispute_mine": msgspec.json.encode(forms.flatten(dispute.mine)).decode(),
        "questions": questions,
        "typed_over": bool(draft.left - asked) or any(key in draft.ways for key in draft.left),
    }


def _focus(tree: tuple[Input, ...], row: str) -> str:
    """The name of the first input of a row just added."""
    return next((one.name for one in element_inputs.all_inputs(tree) if row and one.name.startswith(f"{row}.")), "")


def _flat(tree: tuple[Input, ...]) -> tuple[Input, ...]:
    return element_inputs.all_inputs(tree)


def _id(name: str) -> str:
    return "f-" + name.replace(".", "-") if name else ""


def _known(tree: tuple[Input, ...]) -> list[tuple[str, str]]:
    """Elements to point at, where the form has an input for one: own ones last revised, then what partners released."""
    if not any(one.widget in ("ref", "refs") for one in _flat(tree)):
        return []
    hq = access.headquarters()
    _total, rows = hq.holdings.find(limit=_PROPOSED)
    known = [(f"{hq.party}/{row.id}", f"{row.title} ({row.kind})") for row in rows]
    for view in accords.views(hq):
        for party in view.partners:
            releases = state.live_releases(view.accord, party)
            known += [
                (f"{party}/{item.element}", f"{naming.title_of(item.raw)} ({item.kind})")
                for item in releases[-_PROPOSED:]
            ]
    return known
