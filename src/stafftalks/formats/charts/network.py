"""The network of activities from left to right, with how often each was critical: whoever waits for it waits for this.

How often stands in words in each box; the thicker its edge and its arrows, the more often.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Chart, Say, Spec, inline, whole
from stafftalks.formats.charts.layers import placed

_MOST: Final = 60
_LETTERS: Final = 19
_BOX_PX: Final = 160
_BANDS: Final = (
    (0.0, 1.0, look.SHEET),
    (0.05, 1.5, look.SHEET),
    (0.25, 2.5, look.OURS_WASH),
    (0.5, 3.5, look.OURS_WASH),
    (0.75, 5.0, look.ALARM_WASH),
)
"""From which share on, how thick the edge is, in pixels, and the ground that repeats it."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """An activity: how often it was critical, from 0 to 1, and between what that surely lies."""

    key: str
    name: str
    share: float
    low: float
    high: float


def criticality(nodes: Sequence[Node], arcs: Sequence[tuple[str, str]], *, goal: str = "", say: Say = str) -> Chart:
    """The network, of `arcs` from what comes before to what comes after; the most critical 60 are drawn where there are more, and what leads from one of them to another."""
    ordered = sorted(nodes, key=lambda node: (-node.share, node.name, node.key))
    shown = ordered[:_MOST]
    kept = _joined([node.key for node in shown], arcs) if len(nodes) > len(shown) else _known(shown, arcs)
    place = placed([node.key for node in sorted(shown, key=lambda node: node.key)], kept)
    # What would close a circle leads nowhere to the right: it is told in the table.
    kept = [(before, after) for before, after in kept if place[before][0] < place[after][0]]
    columns = max((at for at, _row in place.values()), default=0) + 1
    rows_high = max((row for _at, row in place.values()), default=0) + 1
    share = {node.key: node.share for node in shown}
    boxes = [_box(node, place[node.key]) for node in shown]
    lines = [
        {"x": place[before][0] + 0.43, "y": place[before][1], "x2": place[after][0] - 0.43, "y2": place[after][1], "wide": 0.75 + 2.5 * min(share[before], share[after])}
        for before, after in kept
    ]  # fmt: skip
    x = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-0.55, columns - 0.45], "nice": False, "zero": False},
    }
    y = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [rows_high - 0.4, -0.6], "nice": False, "zero": False},
    }
    said = say(
        "Activities from left to right in the order in which they wait for each other, with how often each was critical."
    )
    if shown:
        said += " " + say("Most often: %(name)s, %(share)s.") % {
            "name": shown[0].name,
            "share": _percent(shown[0].share),
        }
    if len(ordered) > len(shown):
        said += " " + say("%(count)s more are only in the table.") % {"count": len(ordered) - len(shown)}
    drawn: Spec = {
        "height": max(120, 62 * rows_high),
        "usermeta": {"least_px": _BOX_PX * columns},
        "view": {"stroke": None},
        "layer": [*_lines(lines, x, y), *_boxes(boxes, x, y)],
    }
    return Chart(
        name="criticality",
        title=say("What %(goal)s waits for") % {"goal": goal} if goal else say("What the closure waits for"),
        description=said,
        spec=whole(drawn, width=max(640, _BOX_PX * columns)),
        columns=(say("Activity"), say("Critical"), say("From"), say("To"), say("Waits for")),
        rows=tuple(_row(node, ordered, arcs) for node in ordered),
        links=tuple(node.key for node in ordered),
    )  # fmt: skip


def _box(node: Node, place: tuple[int, float]) -> Spec:
    at, row = place
    _from, wide, ground = next(band for band in reversed(_BANDS) if node.share >= band[0])
    said = _percent(node.share)
    name = node.name if len(node.name) <= _LETTERS else node.name[: _LETTERS - 1] + "…"
    told = f"{node.name}: {said} ({_percent(node.low)} – {_percent(node.high)})"
    edges = {"left": at - 0.43, "right": at + 0.43, "top": row - 0.36, "bottom": row + 0.36}
    return {
        "x": at,
        "y": row,
        **edges,
        "name": name,
        "said": said,
        "told": told,
        "key": node.key,
        "wide": wide,
        "ground": ground,
    }


def _boxes(boxes: Sequence[Spec], x: Spec, y: Spec) -> list[Spec]:
    data = inline(boxes)
    plain: Spec = {"type": "nominal", "scale": None}
    text = {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}}
    return [
        {
            "data": data,
            "mark": {"type": "rect", "stroke": look.INK, "cornerRadius": 2, "opacity": 1},
            "encoding": {
                "x": {**x, "field": "left"}, "x2": {"field": "right"}, "y": {**y, "field": "top"}, "y2": {"field": "bottom"},
                "fill": {"field": "ground", **plain, "legend": None}, "strokeWidth": {"field": "wide", "type": "quantitative", "scale": None, "legend": None},
                "tooltip": {"field": "told"},
            },
        },
        {"data": data, "mark": {"type": "text", "dy": -8, "fontSize": 12}, "encoding": {**text, "text": {"field": "name", "type": "nominal"}}},
        {"data": data, "mark": {"type": "text", "dy": 8, "fontWeight": "bold"}, "encoding": {**text, "text": {"field": "said", "type": "nominal"}}},
    ]  # fmt: skip


def _lines(lines: Sequence[Spec], x: Spec, y: Spec) -> list[Spec]:
    wide = {"field": "wide", "type": "quantitative", "scale": None, "legend": None}
    ends = {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    head = {
        "type": "point",
        "shape": "triangle-right",
        "size": 40,
        "color": look.INK_SOFT,
        "opacity": 1,
        "filled": True,
    }
    return [
        {"data": inline(lines), "mark": {"type": "rule", "color": look.INK_SOFT}, "encoding": {**ends, "strokeWidth": wide}},
        {"data": inline(lines), "mark": head, "encoding": {"x": {**x, "field": "x2"}, "y": {**y, "field": "y2"}}},
    ] if lines else []  # fmt: skip


def _known(shown: Sequence[Node], arcs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    keys = {node.key for node in shown}
    return [arc for arc in dict.fromkeys(arcs) if arc[0] in keys and arc[1] in keys and arc[0] != arc[1]]


def _joined(shown: Sequence[str], arcs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The arcs among those shown, and one for each way from one to another that leads through what is not shown."""
    keys = set(shown)
    after: dict[str, list[str]] = {}
    for before, then in arcs:
        after.setdefault(before, []).append(then)
    found: dict[tuple[str, str], None] = {}
    for start in shown:
        seen: set[str] = set()
        waiting = list(after.get(start, ()))
        while waiting:
            at = waiting.pop()
            if at in seen or at == start:
                continue
            seen.add(at)
            if at in keys:
                found[start, at] = None
            else:
                waiting.extend(after.get(at, ()))
    return list(found)


def _row(node: Node, nodes: Sequence[Node], arcs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    called: Mapping[str, str] = {each.key: each.name for each in nodes}
    before = ", ".join(called.get(one, one) for one, then in arcs if then == node.key)
    return (node.name, _percent(node.share), _percent(node.low), _percent(node.high), before)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
