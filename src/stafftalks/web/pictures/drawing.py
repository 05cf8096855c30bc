"""The pictures as the plain data that scripts draw: pieces with their bearing, and the values of the pure builders."""

from collections.abc import Iterable, Mapping

import msgspec

from stafftalks.planning.forces import Force
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.services import releases, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.web.pictures import sources, times, trees
from stafftalks.web.pictures.bearing import Bearings
from stafftalks.web.pictures.shapes import shapes_of
from stafftalks.web.templatetags.stafftalks import tr

Data = dict[str, object]


def features(around: Iterable[Piece], names: Mapping[PartyId, str]) -> list[Data]:
    """One item for each place of these pieces, and for each place that ours could still be given."""
    found: list[Data] = []
    bearings = Bearings(names)
    for piece in around:
        borne = bearings.of(piece)
        force = piece.content if isinstance(piece.content, Force) else None
        mark = {"sidc": force.sidc, "short": force.short_name} if force is not None else {}
        for shape in shapes_of(piece.content):
            if shape.form != "none" or piece.own:
                found.append({**borne, **mark, **msgspec.to_builtins(shape), "label": tr(shape.label)})
    return found


def timeline(hq: Headquarters, plan: Piece) -> Data:
    """Everything that a timeline of `plan` shows; empty lists where the piece is no plan."""
    if not isinstance(plan.content, Plan):
        return {"plan": {}, "anchors": {}, "bands": [], "marks": [], "bars": [], "forces": {}}
    bearings = Bearings(releases.partner_names(hq))
    dates = workspace.anchor_dates(hq, contingency=plan.contingency, plan=ElementRef(plan.party, plan.element))
    bars = times.bars_of(sources.activities_of(hq, plan), dates)
    forces = sources.titles(hq, {key for bar in bars for key in bar.forces}, kind="force")
    return {
        "plan": bearings.of(plan),
        "anchors": {anchor: at.seconds for anchor, at in sorted(dates.items())},
        "bands": msgspec.to_builtins(times.bands_of(plan.content)),
        "marks": msgspec.to_builtins(times.marks_of(plan.content)),
        "bars": [_bar(bar, bearings) for bar in bars],
        "forces": dict(forces),
    }


def tree(hq: Headquarters, piece: Piece, field: trees.Field) -> Data:
    """The rows of a tree, and the element that holds them."""
    twigs = trees.twigs_of(piece, field)
    names = sources.titles(hq, {twig.force for twig in twigs if twig.force}, kind="force")
    rows = [{**msgspec.to_builtins(twig), "forceTitle": names.get(twig.force, "")} for twig in twigs]
    return {
        "of": Bearings(releases.partner_names(hq)).of(piece),
        "field": field,
        "above": trees.ABOVE[field],
        "twigs": rows,
    }


def _bar(bar: times.Bar, bearings: Bearings) -> Data:
    said: Data = {
        **bearings.of(bar.piece),
        "what": bar.what,
        "start": msgspec.to_builtins(bar.start),
        "end": msgspec.to_builtins(bar.end),
        "phase": bar.phase,
        "function": bar.function,
        "forces": bar.forces,
        "after": bar.after,
    }
    return said
