"""What stands beside an element that was written from an analysis: on what its figures stand, and whether they still do."""

from collections.abc import Collection

from django import template
from django.template import Context
from django.urls import reverse

from stafftalks.services import elements, written
from stafftalks.services.run_rows import RunRow
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, charts, marking

register = template.Library()
_TOLD = 30


@register.inclusion_tag("web/analyses/written.html", takes_context=True)
def written_from(context: Context, run: RunRow, moved: Collection[object], over: bool) -> dict[str, object]:  # noqa: FBT001 - a template's argument
    """What was written from a run's result, what is put away too; and, but for options, whose mixes each have theirs, the form that writes it."""
    hq, person = access.headquarters(), access.person_of(context["request"])
    rows = hq.written.from_run(run.id)
    own = hq.holdings.elements([row.element for row in rows])
    for found in own.values():
        marking.note(context.get("request"), found)
    return {
        "rows": [
            (own[row.element].title, reverse("element", args=[row.element]), row.by, row.at)
            for row in rows
            if row.element in own
        ],
        "may_write_it": over
        and run.ask.analysis != "options"
        and person.lacking(*elements.writers_of("assessment")) is None,
        "stale": bool(moved),
        "run": run,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("web/analyses/stood.html", takes_context=True)
def stood(
    context: Context, element: ElementId, audience: Collection[PartyId] = (), level: int = 2
) -> dict[str, object]:
    """On what an element of ours stands that was written from an analysis, seen by whoever would be given it; nothing where it was written by hand."""
    hq = access.headquarters()
    found = written.standing(hq, element, audience)
    if found is None:
        return {"found": None}
    named = [each.input.element for each in found.unseen[:_TOLD]]
    request = context.get("request")
    refs = [tuple(name.split("/", 1)) for name in (*named, *(each.element for each in found.moved[:_TOLD]))]
    marking.note(request, marking.markings_named(hq, refs))  # type: ignore[arg-type]
    ways = charts.ways(hq, named)
    return {
        "found": found,
        "kept": hq.runs.run(found.row.run) is not None,
        "private": [(each, ways.get(each.element, "")) for each in found.private[:_TOLD]],
        "unseen": [(each, ways.get(each.input.element, "")) for each in found.unseen if not each.private][:_TOLD],
        "moved": found.moved[:_TOLD],
        "audience": audience,
        "level": level,
        "names": context.get("names") or {},
        "request": request,
    }
