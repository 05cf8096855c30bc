"""Writing one part of a plan by itself: a paragraph, the phases, one annex. What another saved meanwhile is shown, never overwritten unseen."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stafftalks.planning import forms
from stafftalks.planning.compare import Change
from stafftalks.planning.fields import FieldSpec, KindSpec, describe
from stafftalks.services import editing, elements
from stafftalks.services.editing import FieldsError
from stafftalks.services.elements import ConflictError
from stafftalks.services.plans import Room
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.web import access, element_inputs, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.views.plan_frame import enter_own, frame

_PLACES = {"paragraphs": "", "decision_points": "phases", "detail_level": "for", "scenarios": "for"}


class Part(msgspec.Struct, frozen=True):
    """A part of the plan's form: what it is called, where its fields are, and which rows it replaces when saved."""

    path: str
    label: str
    spec: KindSpec
    rows: bool

    def holds(self, name: str) -> bool:
        """Whether the field of this dotted name belongs to the part."""
        return name == self.path or name.startswith(f"{self.path}.")

    @property
    def fragment(self) -> str:
        """Where the plan's page shows it."""
        head, _dot, _rest = self.path.partition(".")
        return self.path.replace(".", "-") if head == "paragraphs" else _PLACES.get(head, head)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, party: PartyId, element: ElementId, part: str) -> HttpResponse:
    """The form of one part of an own plan; only its fields are touched by saving."""
    access.need_role(request, *WRITERS)
    room, found = enter_own(party, element), _part(part)
    if found is None:
        raise Http404
    stands = {name: text for name, text in forms.flatten(room.plan).items() if found.holds(name)}
    if request.method == "GET":
        return _page(request, room, found, stands, room.piece.version)
    typed = {name: str(text) for name, text in request.POST.items() if found.holds(name)}
    based_on = VersionHash(request.POST.get("based_on", ""))
    deed, _colon, at = request.POST.get("do", "save").partition(":")
    if deed == "add":
        typed, _row = element_inputs.with_row(typed, at)
        return _page(request, room, found, typed, based_on)
    if deed == "remove":
        return _page(request, room, found, element_inputs.without_row(typed, at), based_on)
    try:
        removed = _rows(element, based_on, found) if found.rows else []
        editing.change(access.headquarters(), access.person_of(request), element, based_on, typed, removed=removed)
    except FieldsError as error:
        return _page(request, room, found, typed, based_on, errors=error.errors)
    except ConflictError as error:
        changes = _meanwhile(element, based_on, error.current.version)
        return _page(request, room, found, typed, error.current.version, conflict=changes, said=faults.of_error(error))
    except StafftalksError as error:
        return _page(request, room, found, typed, based_on, said=faults.of_error(error))
    messages.success(request, _("Saved at home. What partners hold has not changed."))
    return HttpResponseRedirect(f"{reverse('plan', args=[party, element])}#{found.fragment}")


def _rows(element: ElementId, based_on: VersionHash, part: Part) -> list[str]:
    """The rows that the table had in the version looked at, as `phases.2`: all give way to those that were sent."""
    looked_at = forms.flatten(elements.content(elements.version(access.headquarters(), element, based_on)))
    return sorted({".".join(name.split(".")[:2]) for name in looked_at if part.holds(name)})


def _part(path: str) -> Part | None:
    """The part of a plan's form at this dotted path: a field, a group, a table, or one row of a table."""
    steps = path.split(".")
    plan = describe("plan")
    fields, row = plan.fields, False
    field: FieldSpec | None = None
    for step in steps:
        if field is not None and field.widget == "rows" and step.isdecimal() and not row:
            row = True
            continue
        field = next((one for one in fields if one.name == step), None) if not row else None
        if field is None:
            return None
        fields = field.fields
    if field is None:
        return None
    inner = tuple(msgspec.structs.replace(one, name=f"{path}.{one.name}") for one in field.fields)
    single = row or (inner and field.widget != "rows")
    shown = inner if single else (msgspec.structs.replace(field, name=path),)
    return Part(path, field.label, msgspec.structs.replace(plan, fields=shown), field.widget == "rows" and not row)


def _page(
    request: HttpRequest,
    room: Room,
    part: Part,
    typed: dict[str, str],
    based_on: VersionHash,
    *,
    errors: dict[str, str] | None = None,
    conflict: tuple[Change, ...] | None = None,
    said: tuple[Fault, ...] = (),
) -> HttpResponse:
    tree = element_inputs.inputs(part.spec, typed, errors or {})
    context = frame(request, room, "plan") | {
        "part": part,
        "tree": tree,
        "based_on": based_on,
        "conflict": conflict,
        "who": elements.get(access.headquarters(), room.piece.element).revised_by,
    }
    listed = tuple(
        Fault(text, "f-" + name.replace(".", "-") if part.holds(name) else "") for name, text in (errors or {}).items()
    )
    return faults.page(request, "web/plans/part.html", context, (*said, *listed))


def _meanwhile(element: ElementId, before: VersionHash, after: VersionHash) -> tuple[Change, ...]:
    try:
        return elements.diff(access.headquarters(), element, before, after)
    except StafftalksError:
        return ()
