"""What stands beside an element that was written from an analysis: on what its figures stand, and whether they still do."""

from collections.abc import Collection

from django import template
from django.template import Context

from stafftalks.services import run_writing
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access, charts, marking

register = template.Library()
_TOLD = 30


@register.inclusion_tag("web/analyses/stood.html", takes_context=True)
def stood(
    context: Context, element: ElementId, audience: Collection[PartyId] = (), level: int = 2
) -> dict[str, object]:
    """On what an element of ours stands that was written from an analysis, seen by whoever would be given it; nothing where it was written by hand."""
    hq = access.headquarters()
    found = run_writing.standing(hq, element, audience)
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
