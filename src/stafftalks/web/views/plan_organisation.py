"""A plan's task organisation: the tree, its table, and forms that add a line, change one, and remove one."""

from collections.abc import Mapping

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stafftalks.planning.scenarios import CommandState
from stafftalks.planning.task_organisation import OrganisationNode, TaskedForce, organisation_tree
from stafftalks.services import editing, plans
from stafftalks.services.editing import FieldsError
from stafftalks.services.plans import Room
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views import plan_frame
from stafftalks.web.views.plan_frame import Timed, enter, frame
from stafftalks.web.windows import Window, offset_of

FIELDS = ("name", "force", "under", "command_state", "window.start", "window.end")
_MOST_CHOICES = 500


class OrganisationLine(msgspec.Struct, frozen=True):
    """One line as the table shows it, those under it after it; `below` counts the lines directly under it."""

    line: TaskedForce
    depth: int
    below: int
    above: str
    force: tuple[str, str]
    start: Timed
    end: Timed


class Typed(msgspec.Struct, frozen=True):
    """A form for a line: of which line (empty for a new one), what stands in it, what is wrong, whether its force is none of the list."""

    line: str = ""
    values: Mapping[str, str] = {}
    errors: Mapping[str, str] = {}
    unlisted: bool = False


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The task organisation; `?line=T3` opens that line's form."""
    room = enter(party, element)
    if request.method == "GET":
        return _page(request, room, opened=request.GET.get("line", ""))
    if not room.piece.own:
        raise Http404
    typed = Typed(request.POST.get("line", ""), {name: request.POST.get(name, "") for name in FIELDS})
    try:
        sentence = _done(request, room, typed)
    except FieldsError as error:
        errors = {".".join(name.split(".")[2:]): said for name, said in error.errors.items()}
        placed = {name if name in FIELDS else "under": said for name, said in errors.items()}
        prefix = "edit" if typed.line else "new"
        said = tuple(Fault(text, f"{prefix}-{name.replace('.', '-')}") for name, text in placed.items())
        return _page(request, room, said, typed=msgspec.structs.replace(typed, errors=placed))
    except StafftalksError as error:
        return _page(request, enter(party, element), faults.of_error(error), typed=typed)
    messages.success(request, sentence)
    return HttpResponseRedirect(f"{reverse('plan-organisation', args=[party, element])}#lines")


def _done(request: HttpRequest, room: Room, typed: Typed) -> str:
    """Does what was asked for; a sentence that says what was done."""
    hq, person, element = access.headquarters(), access.person_of(request), room.piece.element
    based_on = VersionHash(request.POST.get("based_on", ""))
    match request.POST.get("do"):
        case "remove":
            _row, moved = plans.remove_line(hq, person, element, based_on, typed.line)
            said = ngettext("Removed; %d line under it moved up.", "Removed; %d lines under it moved up.", moved)
            return said % moved if moved else _("Removed.")
        case "change":
            number = plans.line_number(hq, element, based_on, typed.line)
            fields = {f"organisation.{number}.{name}": text for name, text in typed.values.items()}
            editing.change(hq, person, element, based_on, {**fields, f"organisation.{number}.id": typed.line})
            return _("Saved at home.")
        case _:
            plans.add_line(hq, person, element, based_on, typed.values)
            return _("The line stands in the task organisation, at home only.")


def _page(
    request: HttpRequest,
    room: Room,
    said: tuple[Fault, ...] = (),
    *,
    typed: Typed | None = None,
    opened: str = "",
) -> HttpResponse:
    context = frame(request, room, "plan-organisation")
    lines = _lines(room)
    window = Window(len(lines), offset_of(request))
    writable = bool(context["may_change"])
    forces = plan_frame.force_pieces() if lines or writable else {}
    known = plan_frame.titles_of(forces)
    shown = [_named(line, known) for line in lines[window.offset : window.offset + window.limit]]
    edited = typed if typed and typed.line else _opened(room, opened)
    fresh = typed if typed and not typed.line else Typed(values={"force": request.GET.get("force", "")})
    context |= {
        "lines": shown,
        "named_forces": [forces[line.force[0]] for line in shown if line.force[0] in forces],
        "window": window,
        "edited": _listed(edited, known) if writable and edited else None,
        "fresh": _listed(fresh, known),
        "unders": [(line.line.id, line.line.name, "\u2003" * (line.depth - 1)) for line in lines[:_MOST_CHOICES]],
        "states": [state.value for state in CommandState],
        "offered_forces": plan_frame.offered(forces) if writable else (),
        "all_known": len(known) <= plan_frame.MOST_OFFERED,
    }
    return faults.page(request, "web/plans/organisation.html", context, said)


def _lines(room: Room) -> list[OrganisationLine]:
    """The lines in the order of the tree."""
    names = {line.id: line.name for line in room.plan.organisation}
    found: list[OrganisationLine] = []
    waiting: list[OrganisationNode] = list(reversed(organisation_tree(room.plan.organisation)))
    while waiting:
        node = waiting.pop()
        line = node.line
        key = f"{line.force.party}/{line.force.element}" if line.force else ""
        found.append(
            OrganisationLine(
                line,
                node.depth,
                len(node.below),
                names.get(line.under, ""),
                (key, ""),
                plan_frame.timed(room, line.window.start),
                plan_frame.timed(room, line.window.end),
            )
        )
        waiting.extend(reversed(node.below))
    return found


def _named(line: OrganisationLine, known: Mapping[str, str]) -> OrganisationLine:
    key, _empty = line.force
    return msgspec.structs.replace(line, force=(key, known.get(key, "")))


def _listed(typed: Typed, known: Mapping[str, str]) -> Typed:
    force = typed.values.get("force", "")
    return msgspec.structs.replace(typed, unlisted=bool(force) and force not in known)


def _opened(room: Room, name: str) -> Typed | None:
    line = next((line for line in room.plan.organisation if line.id == name), None) if name else None
    if line is None:
        return None
    start, end = line.window.start, line.window.end
    values = {
        "name": line.name,
        "force": str(line.force) if line.force else "",
        "under": line.under,
        "command_state": line.command_state.value if line.command_state else "",
        "window.start": str(start) if start else "",
        "window.end": str(end) if end else "",
    }
    return Typed(line.id, values)
