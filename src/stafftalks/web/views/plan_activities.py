"""A plan's activities: the timeline with its table, several added at once, and those of the contingency that no plan has taken in."""

from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stafftalks.planning.forces import Activity
from stafftalks.planning.matrix import moment_key, phase_finder
from stafftalks.services import plans
from stafftalks.services.editing import FieldsError
from stafftalks.services.plans import Chosen, Room
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views import plan_frame
from stafftalks.web.views.plan_frame import ActivityLine, enter, enter_own, frame
from stafftalks.web.windows import Window, offset_of

BLANK_ROWS = 3
_COLUMNS = ("what", "phase", "function", "window.start", "window.end")
_NONE = "-"


@require_GET
def timeline(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The activities on a timeline, and below it as a table, one window of it."""
    return _page(request, enter(party, element))


@require_POST
def add(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Adds several activities at once, all or none; `do=more` gives more blank rows."""
    room = enter_own(party, element)
    rows = _typed(request)
    if request.POST.get("do") == "more":
        return _page(request, room, typed=rows, blank=max(rows, default=-1) + 1 + BLANK_ROWS)
    filled = {number: row for number, row in rows.items() if any(text.strip() for text in row.values())}
    try:
        added = plans.add_activities(access.headquarters(), access.person_of(request), room, filled)
    except FieldsError as error:
        said = tuple(Fault(_at_row(name, text), _cell_id(name)) for name, text in error.errors.items())
        return _page(request, room, said, typed=rows, errors=error.errors, blank=len(rows))
    except StafftalksError as error:
        return _page(request, room, faults.of_error(error), typed=rows, blank=len(rows))
    sentence = ngettext("%d activity added, at home only.", "%d activities added, at home only.", len(added))
    messages.success(request, sentence % len(added))
    return HttpResponseRedirect(f"{reverse('plan-timeline', args=[party, element])}#table")


@require_POST
def take_in(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """Takes activities that are in no plan into this one, all that were ticked or none."""
    room = enter_own(party, element)
    try:
        chosen = [Chosen.parse(text) for text in request.POST.getlist("activity")]
        done = plans.change_all(access.headquarters(), access.person_of(request), chosen, {"plan": str(room.ref)})
    except StafftalksError as error:
        return _page(request, room, faults.of_error(error))
    sentence = ngettext("%d activity is in this plan now.", "%d activities are in this plan now.", len(done))
    messages.success(request, sentence % len(done))
    return HttpResponseRedirect(f"{reverse('plan-timeline', args=[party, element])}#table")


def _page(
    request: HttpRequest,
    room: Room,
    said: tuple[Fault, ...] = (),
    *,
    typed: Mapping[int, Mapping[str, str]] | None = None,
    errors: Mapping[str, str] | None = None,
    blank: int = BLANK_ROWS,
) -> HttpResponse:
    hq = access.headquarters()
    belonging = plans.belonging(hq, room)
    forces = plan_frame.force_pieces()
    wanted = {name: request.GET.get(name, "") for name in ("phase", "function", "text")}
    found = _found(room, belonging.activities, wanted)
    window = Window(len(found), offset_of(request))
    shown = plan_frame.activity_lines(
        request, room, found[window.offset : window.offset + window.limit], plan_frame.titles_of(forces)
    )
    loose = plan_frame.activity_lines(request, room, belonging.loose[: window.limit])
    context = frame(request, room, "plan-timeline") | {
        "lines": shown,
        "window": window,
        "count": len(belonging.activities),
        "filters": wanted,
        "filtered": any(wanted.values()),
        "functions": plan_frame.functions(belonging.activities),
        "none": _NONE,
        "loose": loose,
        "loose_count": len(belonging.loose),
        "phases": plan_frame.phase_lines(room),
        "rows": _rows(typed or {}, errors or {}, blank),
        "cells": _cells(room, forces),
        "named_forces": [forces[key] for key in _named(shown) if key in forces],
        "offered_forces": plan_frame.offered(forces) if plan_frame.may_write(request) else (),
        "may_add": plan_frame.may_write(request) and room.piece.own,
    }
    return faults.page(request, "web/plans/timeline.html", context, said)


def _found(room: Room, activities: Iterable[Piece], wanted: Mapping[str, str]) -> list[Piece]:
    """The activities that the filter asks for, by when they start as the timeline draws them; equal ones by title."""
    find, text = phase_finder(room.plan.phases), wanted["text"].strip().casefold()
    phase, function = wanted["phase"], wanted["function"].strip().casefold()
    kept: list[tuple[tuple[object, ...], Piece]] = []
    for piece in activities:
        content = piece.content
        if not isinstance(content, Activity):
            continue
        served = " ".join(content.function.split()).casefold()
        if phase and find(content.phase) != ("" if phase == _NONE else phase):
            continue
        if function and served != ("" if function == _NONE else function):
            continue
        if text in f"{content.title}\n{content.what}\n{content.description}".casefold():
            kept.append(((*moment_key(content.window.start, room.dates), content.title, piece.key), piece))
    return [piece for _key, piece in sorted(kept, key=lambda pair: pair[0])]


def _typed(request: HttpRequest) -> dict[int, dict[str, str]]:
    """What was typed by row number; names are `<row>.<field>`."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in request.POST.items():
        number, dot, field = name.partition(".")
        if dot and number.isascii() and number.isdecimal() and len(number) < 5 and field in _COLUMNS:
            rows.setdefault(int(number), {})[field] = str(text)
    return rows


def _rows(
    typed: Mapping[int, Mapping[str, str]], errors: Mapping[str, str], blank: int
) -> list[list[tuple[str, str, str, str, str]]]:
    """Rows of cells as (name, id, column, text, error)."""
    return [
        [
            (f"{number}.{field}", _cell_id(f"{number}.{field}"), field, typed.get(number, {}).get(field, ""), errors.get(f"{number}.{field}", ""))
            for field in _COLUMNS
        ]
        for number in range(min(max(blank, max(typed, default=-1) + 1), plans.MOST_AT_ONCE))
    ]  # fmt: skip


def _at_row(name: str, sentence: str) -> str:
    number, dot, _field = name.partition(".")
    return _("Row %(number)s: %(sentence)s") % {"number": int(number) + 1, "sentence": sentence} if dot else sentence


def _cell_id(name: str) -> str:
    return "a-" + name.replace(".", "-") if "." in name else ""


def _named(lines: Iterable[ActivityLine]) -> set[str]:
    """The forces that these activities name, as `PARTY/element`."""
    return {f"{ref.party}/{ref.element}" for line in lines for ref in line.content.forces}


def _cells(room: Room, forces: Mapping[str, Piece]) -> dict[str, object]:
    """What the script needs to let cells be changed in place: texts by field as they stand, proposals, and its words."""
    return {
        "phases": [[phase.id, f"{phase.id}: {phase.name}"] for phase in room.plan.phases],
        "forces": [(piece.key, piece.title) for piece in plan_frame.offered(forces)],
        "words": {
            "change": _("Change"),
            "save": _("Save"),
            "cancel": _("Cancel"),
            "failed": _("This could not be sent: try again, or use the row’s Edit link."),
            "none": _("none"),
        },
    }
