"""The synchronisation matrix of a plan: the table, and moving activities between its cells by tick and button (a script adds drag and keys)."""

from urllib.parse import quote

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stafftalks.planning import matrix
from stafftalks.planning.matrix import Column
from stafftalks.services import plans
from stafftalks.services.plans import Chosen, Room
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views import plan_frame
from stafftalks.web.views.plan_frame import ActivityLine, Timed, Waiting, enter, frame

MOST_IN_CELL = 12
"""How many activities a cell shows; the rest is one link away."""
_NONE = "-"


class Head(msgspec.Struct, frozen=True):
    """The head of a column: the phase, its times, and the decisions that fall in it."""

    column: Column
    start: Timed
    end: Timed
    points: tuple[Waiting, ...]


class Box(msgspec.Struct, frozen=True):
    """One cell as drawn: the first of its activities, how many more there are, and where they are listed."""

    phase: str
    function: str
    lines: tuple[ActivityLine, ...]
    more: int
    url: str


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The matrix; a POST moves the ticked activities to the chosen phase and function, all of them or none."""
    room = enter(party, element)
    if request.method == "GET":
        return _page(request, room)
    fields = {name: request.POST.get(name, "") for name in ("phase", "function")}
    kept = {name: text for name, text in fields.items() if text != "="}
    try:
        chosen = [Chosen.parse(text) for text in request.POST.getlist("activity")]
        done = plans.change_all(access.headquarters(), access.person_of(request), chosen, kept)
    except StafftalksError as error:
        return _page(
            request, enter(party, element), faults.of_error(error), ticked=request.POST.getlist("activity"), to=fields
        )
    messages.success(request, ngettext("%d activity moved.", "%d activities moved.", len(done)) % len(done))
    return HttpResponseRedirect(reverse("plan-matrix", args=[party, element]))


def _page(
    request: HttpRequest,
    room: Room,
    said: tuple[Fault, ...] = (),
    *,
    ticked: list[str] | None = None,
    to: dict[str, str] | None = None,
) -> HttpResponse:
    belonging = plans.belonging(access.headquarters(), room)
    functions = plan_frame.functions(belonging.activities)
    made = matrix.matrix(
        room.plan.phases,
        functions,
        plan_frame.entries(room, belonging.activities),
        room.plan.decision_points,
        room.dates,
    )
    shown = {entry.key for line in made.lines for cell in line.cells for entry in cell.entries[:MOST_IN_CELL]}
    drawn = plan_frame.activity_lines(request, room, [one for one in belonging.activities if one.key in shown])
    lines = {line.piece.key: line for line in drawn}
    listed = reverse("plan-timeline", args=[room.piece.party, room.piece.element])
    words = {one.row.id: one for one in plan_frame.decisions(room)}
    rows = [
        (line.function, line.count, [_box(cell, lines, listed) for cell in line.cells])
        for line in made.lines
        if line.function or line.count
    ]
    columns = [_head(room, column, words) for column in made.columns]
    context = frame(request, room, "plan-matrix") | {
        "columns": columns,
        "rows": rows,
        "functions": functions,
        "count": len(belonging.activities),
        "may_move": any(line.mine for line in lines.values()),
        "ticked": ticked or [],
        "to": to or {"phase": "=", "function": "="},
        "script": _script(room, functions),
    }
    return faults.page(request, "web/plans/matrix.html", context, said)


def _box(cell: matrix.Cell, lines: dict[str, ActivityLine], listed: str) -> Box:
    found = tuple(lines[entry.key] for entry in cell.entries[:MOST_IN_CELL])
    more = max(0, len(cell.entries) - MOST_IN_CELL)
    query = f"?phase={_quoted(cell.phase or _NONE)}&function={_quoted(cell.function or _NONE)}#table"
    return Box(cell.phase, cell.function, found, more, listed + query)


def _head(room: Room, column: Column, words: dict[str, Waiting]) -> Head:
    phase = column.phase
    start, end = (phase.start, phase.end) if phase else (None, None)
    points = tuple(words[point.id] for point in column.points)
    return Head(column, plan_frame.timed(room, start), plan_frame.timed(room, end), points)


def _script(room: Room, functions: tuple[str, ...]) -> dict[str, object]:
    """The words that the script says when something was moved."""
    return {
        "phases": {phase.id: phase.name for phase in room.plan.phases},
        "functions": list(functions),
        "words": {
            "moved": _("{title} moved to {phase}, {function}."),
            "noPhase": _("no phase"),
            "noFunction": _("no function"),
            "edge": _("There is no further cell that way."),
            "failed": _("This could not be sent: try again, or tick it and use the button above."),
            "keys": _("Move by Shift and an arrow key"),
        },
    }


def _quoted(text: str) -> str:
    return quote(text, safe="")
