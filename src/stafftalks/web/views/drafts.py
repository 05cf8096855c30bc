"""Writing own elements: choosing a kind, the form made from it, saving; what others saved meanwhile is shown, never overwritten unseen."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.planning import forms
from stafftalks.planning.compare import Change
from stafftalks.planning.fields import KindSpec
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import KINDS, Content
from stafftalks.services import accords, elements
from stafftalks.services.elements import ConflictError
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Role
from stafftalks.web import access, element_inputs, faults, naming
from stafftalks.web.element_inputs import Input
from stafftalks.web.faults import Fault

WRITERS = (Role.PLANNER, Role.OFFICER, Role.HEAD)
TALK = ("comment", "position", "suggestion", "adoption")
_BUTTONS = ("csrfmiddlewaretoken", "do", "based_on")
_PROPOSED = 300


class Draft(msgspec.Struct, frozen=True):
    """A form as it stands: what was typed, what is wrong with it, what was saved meanwhile, and where the eye should go."""

    spec: KindSpec
    typed: dict[str, str]
    errors: dict[str, str] = {}
    row: ElementRow | None = None
    based_on: str = ""
    conflict: tuple[Change, ...] | None = None
    focus: str = ""


@require_GET
def choose_kind(request: HttpRequest) -> HttpResponse:
    """The kinds that can be written, by realm."""
    access.need_role(request, *WRITERS)
    specs = [forms.describe(kind) for kind in KINDS if kind not in TALK]
    return render(request, "web/elements/kinds.html", {"place": "elements", "specs": specs})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new element of `kind`; a query fills fields, as `?about=XTV/…` does for a comment."""
    access.need_role(request, *WRITERS)
    if kind not in KINDS:
        raise Http404
    spec = forms.describe(kind)
    if request.method == "GET":
        typed = {name: str(value) for name, value in request.GET.items() if name != "dir"}
        return _page(request, Draft(spec, typed))
    draft, content = _read(request, Draft(spec, {}))
    found: tuple[Fault, ...] = ()
    if content is not None:
        try:
            row = elements.add(access.headquarters(), access.person_of(request), content)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _("Saved at home. No partner can see it until it is released."))
            return HttpResponseRedirect(reverse("element", args=[row.id]))
    return _page(request, draft, found)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, element: ElementId) -> HttpResponse:
    """The element's form at its current version, or at what was typed when someone else saved first."""
    access.need_role(request, *WRITERS)
    hq = access.headquarters()
    row = hq.holdings.element(element)
    if row is None:
        raise Http404
    spec = forms.describe(row.kind)
    if request.method == "GET":
        return _page(request, Draft(spec, forms.flatten(elements.content(row)), row=row, based_on=row.version))
    based_on = request.POST.get("based_on", "")
    draft, content = _read(request, Draft(spec, {}, row=row, based_on=based_on))
    found: tuple[Fault, ...] = ()
    if content is not None:
        try:
            elements.revise(hq, access.person_of(request), element, content, VersionHash(based_on))
        except ConflictError as error:
            found = faults.of_error(error)
            draft = _conflicting(draft, error.current)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(
                request,
                _("Saved at home. What partners hold has not changed: ask for release to send the new version."),
            )
            return HttpResponseRedirect(reverse("element", args=[element]))
    return _page(request, draft, found)


def _read(request: HttpRequest, draft: Draft) -> tuple[Draft, Content | None]:
    """The draft with what was typed; with the content where it was sent to be saved and can be read."""
    data = {name: [str(value) for value in values] for name, values in request.POST.lists() if name not in _BUTTONS}
    typed = {name: values[-1] for name, values in data.items()}
    deed, _colon, at = request.POST.get("do", "save").partition(":")
    if deed == "add":
        typed, focus = element_inputs.with_row(typed, at)
        return msgspec.structs.replace(draft, typed=typed, focus=focus), None
    if deed == "remove":
        return msgspec.structs.replace(draft, typed=element_inputs.without_row(typed, at)), None
    result = forms.parse(draft.spec.kind, data)
    if isinstance(result, FormErrors):
        return msgspec.structs.replace(draft, typed=typed, errors=result.errors), None
    return msgspec.structs.replace(draft, typed=typed), result


def _conflicting(draft: Draft, current: ElementRow) -> Draft:
    """The same draft, now based on what was saved meanwhile, with what that changed."""
    hq = access.headquarters()
    try:
        changes = elements.diff(hq, current.id, VersionHash(draft.based_on), current.version)
    except StafftalksError:
        changes = ()
    return msgspec.structs.replace(draft, row=current, based_on=current.version, conflict=changes)


def _page(request: HttpRequest, draft: Draft, found: tuple[Fault, ...] = ()) -> HttpResponse:
    tree = element_inputs.inputs(draft.spec, draft.typed, draft.errors)
    context: dict[str, object] = {
        "place": "elements",
        "draft": draft,
        "spec": draft.spec,
        "tree": tree,
        "focus": _focus(tree, draft.focus),
        "likelihoods": next((one.choices for one in _flat(tree) if one.widget == "likelihood"), ()),
        "known": _known(tree),
        "talking": draft.spec.kind in TALK,
    }
    listed = tuple(Fault(sentence, _id(name)) for name, sentence in draft.errors.items())
    return faults.page(request, "web/elements/form.html", context, found + listed)


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
