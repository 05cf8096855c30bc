"""Pictures with their tables: a map, a timeline, a tree, likelihoods beside each other. `{% load pictures %}`; see docs/spec/pictures.md.

Each tag renders a figure that a script draws into, and the table that says the same and can be written in without any script.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar, assert_never
from urllib.parse import urlencode

import msgspec
from django import template
from django.contrib.staticfiles import finders
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.services import workspace
from stafftalks.services.workspace import Piece
from stafftalks.values.scale import Likelihood
from stafftalks.web import access
from stafftalks.web.pictures import likelihoods, sources, times, trees
from stafftalks.web.pictures.shapes import Shape, shapes_of
from stafftalks.web.windows import Window

register = template.Library()
_Line = TypeVar("_Line")

ROWS = 25
"""Rows of a picture's table on one page."""
_OFFERED = 60
"""Up to so many rows are offered in a list; beyond, the id is typed."""
_FARTHEST = 10_000_000


class Placed(msgspec.Struct, frozen=True):
    """One row of the map's table."""

    piece: Piece
    shape: Shape
    editable: bool


class TwigRow(msgspec.Struct, frozen=True):
    """One row of the tree's table, with what its two little forms send: texts by path, to hang it elsewhere or to change the order."""

    twig: trees.Twig
    force: str
    hangs: str
    earlier: tuple[tuple[str, str], ...] = ()
    later: tuple[tuple[str, str], ...] = ()


@register.inclusion_tag("web/parts/pictures/map.html", takes_context=True)
def map_picture(
    context: Context,
    about: Piece | None = None,
    *,
    source: str = "",
    pieces: Iterable[Piece] | None = None,
    edit: bool = False,
    table: bool = True,
    table_id: str = "",
    heading: str = "",
    level: int = 2,
) -> dict[str, object]:
    """The map of `about` and everything around it; or of `source`, an address that answers as `pictures/map.json`, with its `pieces`."""
    around = tuple(pieces) if pieces is not None else ()
    if about is not None:
        source = source or f"{reverse('picture-map')}?{urlencode({'about': about.key})}"
        if table and pieces is None:
            around = sources.around(access.headquarters(), about)
    rows = [
        Placed(piece, shape, bool(edit) and piece.own)
        for piece in around
        for shape in shapes_of(piece.content)
        if shape.form != "none" or (edit and piece.own)
    ]
    return (
        _figure(context, "map", about, source, heading or _("Map"), level, edit=edit, table=table, table_id=table_id)
        | _windowed(context, rows, "map_from")[1]
    )


@register.inclusion_tag("web/parts/pictures/timeline.html", takes_context=True)
def timeline_picture(
    context: Context,
    plan: Piece | None = None,
    *,
    source: str = "",
    edit: bool = False,
    table: bool = True,
    table_id: str = "",
    heading: str = "",
    level: int = 2,
) -> dict[str, object]:
    """The timeline of a plan: phases, decision points, and every activity that says it belongs to it; or of `source`, an address that answers as `pictures/timeline.json`."""
    if plan is not None:
        source = f"{reverse('picture-timeline')}?{urlencode({'plan': plan.key})}"
    figure = _figure(
        context, "timeline", plan, source, heading or _("Timeline"), level, edit=edit, table=table, table_id=table_id
    )
    if not table or plan is None or not isinstance(plan.content, Plan):
        return figure
    hq = access.headquarters()
    dates = workspace.anchor_dates(hq, contingency=plan.contingency, plan=ElementRef(plan.party, plan.element))
    bars = times.bars_of(sources.activities_of(hq, plan), dates)
    titles = {bar.piece.key: bar.piece.title for bar in bars}
    forces = sources.titles(hq, {key for bar in bars for key in bar.forces}, kind="force")
    return (
        figure
        | _windowed(context, bars, "timeline_from")[1]
        | {
            "bands": times.bands_of(plan.content),
            "marks": times.marks_of(plan.content),
            "dates": sorted(dates.items()),
            "titles": titles,
            "forces": forces,
            "plan_editable": bool(edit) and plan.own,
        }
    )


@register.inclusion_tag("web/parts/pictures/tree.html", takes_context=True)
def tree_picture(
    context: Context,
    of: Piece,
    field: trees.Field = "branches",
    *,
    edit: bool = False,
    table: bool = True,
    table_id: str = "",
    heading: str = "",
    level: int = 2,
) -> dict[str, object]:
    """The branches of a scenario or the task organisation of a plan, as a tree."""
    source = f"{reverse('picture-tree')}?{urlencode({'of': of.key, 'field': field})}"
    default = _("Branches as a tree") if field == "branches" else _("Task organisation as a tree")
    figure = _figure(
        context, f"tree-{field}", of, source, heading or default, level, edit=edit, table=table, table_id=table_id
    )
    twigs = trees.twigs_of(of, field) if table else ()
    shown, windowed = _windowed(context, twigs, f"{field}_from")
    editable = bool(edit) and of.own
    forces = sources.titles(access.headquarters(), {twig.force for twig in shown if twig.force}, kind="force")
    return (
        figure
        | windowed
        | {
            "rows": [_twig_row(twig, twigs, field, forces.get(twig.force, "")) for twig in shown],
            "field": field,
            "above": trees.ABOVE[field],
            "offered": twigs if len(twigs) <= _OFFERED else (),
            "editable": editable,
        }
    )


@register.inclusion_tag("web/parts/pictures/bar.html")
def bar_of(low: int, high: int) -> dict[str, int]:
    """A range on the scale from 0 to 100 percent, as a bar."""
    return {"low": low, "high": high, "width": max(high - low, 1)}


@register.simple_tag
def hatch() -> str:
    """Slanted strokes for a gap of any width: the drawing cuts them off where the gap ends."""
    return "".join(f"M{at} 24L{at + 26} -2" for at in range(-26, 1_100, 7))


@register.inclusion_tag("web/parts/pictures/likelihoods.html", takes_context=True)
def likelihood_bars(
    context: Context, rows: Iterable[tuple[str, str, str, Likelihood | None]], heading: str = ""
) -> dict[str, object]:
    """Each party's range beside the others', and what divides them in words. A row is (label, side, party, likelihood or None)."""
    given = list(rows)
    lines = [likelihoods.judged(label, side, party, likelihood) for label, side, party, likelihood in given]
    found = likelihoods.divergence(lines)
    return {
        "lines": lines,
        "divergence": found,
        "sentence": _divergence_in_words(lines, found),
        "ticks": likelihoods.ticks_of([likelihood for *_names, likelihood in given]),
        "heading": heading,
        "names": context.get("names") or {},
    }


@register.simple_tag(takes_context=True)
def turned(context: Context, parameter: str, offset: int) -> str:
    """This page's query with the table of a picture at another place."""
    query = context["request"].GET.copy()
    query.pop(parameter, None)
    if offset:
        query[parameter] = str(offset)
    return f"?{query.urlencode()}"


@register.simple_tag
def picture_script(name: str) -> str:
    """The address of a picture's script; empty where this installation carries none, and the table stands alone."""
    return static(f"dist/{name}.js") if _carried(f"dist/{name}.js") else ""


@cache
def _carried(name: str) -> bool:
    return finders.find(name) is not None


@register.simple_tag
def picture_heading(level: int, text: str, name: str) -> SafeString:
    """The heading of a picture, at its place among the page's headings."""
    at = min(max(int(level), 2), 6)
    return format_html('<h{} id="{}-title">{}</h{}>', at, name, text, at)


def _divergence_in_words(lines: Sequence[likelihoods.Judged], found: likelihoods.Divergence) -> str:
    given = [line for line in lines if line.given]
    told = [
        _("%(label)s: %(term)s, %(low)d to %(high)d %%.")
        % {"label": line.label, "term": line.term, "low": line.low, "high": line.high}
        for line in given
    ]
    return " ".join([*told, _verdict(found, len(given))])


def _verdict(found: likelihoods.Divergence, given: int) -> str:
    named = {"low": found.low, "high": found.high, "points": found.points}
    match found.verdict:
        case "one":
            return _("Nobody has judged it.") if given == 0 else _("There is no second judgement to compare it with.")
        case "same":
            return _("They say the same.")
        case "overlap":
            return _("They overlap from %(low)d to %(high)d %%.") % named
        case "meet":
            return _("They only meet, at %(low)d %%.") % named
        case "apart":
            return (
                ngettext(
                    "They do not overlap: %(points)d point apart.",
                    "They do not overlap: %(points)d points apart.",
                    found.points,
                )
                % named
            )
        case _:
            assert_never(found.verdict)


def _figure(
    context: Context,
    what: str,
    about: Piece | None,
    source: str,
    heading: str,
    level: int,
    *,
    edit: bool,
    table: bool,
    table_id: str,
) -> dict[str, object]:
    """What every picture's template is given."""
    request = context.get("request")
    name = f"{what}-{about.element[:10]}" if about is not None else what
    return {
        "name": name,
        "piece": about,
        "source": source,
        "heading": heading,
        "level": level,
        "edit": bool(edit),
        "table": table,
        "table_id": table_id,
        "names": context.get("names") or {},
        "request": request,
        "next": f"{request.get_full_path()}#{name}" if request is not None else "",
        "csrf_token": context.get("csrf_token"),
    }


def _windowed(context: Context, rows: Sequence[_Line], parameter: str) -> tuple[Sequence[_Line], dict[str, object]]:
    """The rows that stand on this page of the table; and they with how many there are, for the template."""
    request = context.get("request")
    given = request.GET.get(parameter, "") if request is not None else ""
    offset = min(int(given), _FARTHEST) if given.isascii() and given.isdecimal() and len(given) <= 9 else 0
    offset = offset if offset < len(rows) else 0
    shown = rows[offset : offset + ROWS]
    return shown, {"rows": shown, "window": Window(len(rows), offset, ROWS), "parameter": parameter}


def _twig_row(twig: trees.Twig, twigs: Sequence[trees.Twig], field: trees.Field, force: str) -> TwigRow:
    by_number = {found.at: found for found in twigs} if twig.before is not None or twig.behind is not None else {}
    earlier = trees.exchanged(twig, by_number[twig.before], field) if twig.before is not None else {}
    later = trees.exchanged(twig, by_number[twig.behind], field) if twig.behind is not None else {}
    return TwigRow(twig, force, f"{field}.{twig.at}.{trees.ABOVE[field]}", tuple(earlier.items()), tuple(later.items()))
