"""A plan's activities: the timeline with its table, several added at once, and those of the contingency that no plan has taken in."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from stafftalks.planning import matrix
from stafftalks.services import plans
from stafftalks.services.editing import FieldsError
from stafftalks.services.plans import Chosen, Room
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
    titles = plan_frame.force_titles()
    lines = plan_frame.activity_lines(request, room, belonging.activities, titles)
    wanted = {name: request.GET.get(name, "") for name in ("phase", "function", "text")}
    found = sorted((line for line in lines if _matches(line, wanted)), key=lambda line: _order(line, room))
    window = Window(len(found), offset_of(request))
    shown = found[window.offset : window.offset + window.limit]
    loose = plan_frame.activity_lines(request, room, belonging.loose[: window.limit])
    context = frame(request, room, "plan-timeline") | {
        "lines": shown,
        "window": window,
        "count": len(lines),
        "filters": wanted,
        "filtered": any(wanted.values()),
        "functions": plan_frame.functions(belonging.activities),
        "none": _NONE,
        "loose": loose,
        "loose_count": len(belonging.loose),
        "phases": plan_frame.phase_lines(room),
        "rows": _rows(typed or {}, errors or {}, blank),
        "cells": _cells(room, titles),
        "may_add": plan_frame.may_write(request) and room.piece.own,
    }
    return faults.page(request, "web/plans/timeline.html", context, said)


def _matches(line: ActivityLine, wanted: Mapping[str, str]) -> bool:
    phase, function, text = wanted["phase"], wanted["function"], wanted["text"].strip().casefold()
    if phase and line.phase != ("" if phase == _NONE else phase):
        return False
    if function and line.content.function.strip().casefold() != ("" if function == _NONE else function.casefold()):
        return False
    return not text or text in f"{line.content.title}\n{line.content.what}\n{line.content.description}".casefold()


def _order(line: ActivityLine, room: Room) -> tuple[object, ...]:
    """By start, as the timeline draws them; equal ones by title."""
    return (*matrix.moment_key(line.content.window.start, room.dates), line.content.title, line.piece.key)


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


def _cells(room: Room, titles: Mapping[str, str]) -> dict[str, object]:
    """What the script needs to let cells be changed in place: texts by field as they stand, proposals, and its words."""
    return {
        "phases": [[phase.id, f"{phase.id}: {phase.name}"] for phase in room.plan.phases],
        "forces": sorted(titles.items(), key=lambda pair: pair[1])[: plan_frame.MOST_OFFERED],
        "words": {
            "change": _("Change"),
            "save": _("Save"),
            "cancel": _("Cancel"),
            "failed": _("This could not be sent: try again, or use the row’s Edit link."),
            "none": _("none"),
        },
    }
