"""A chart as it is handed on: a specification of Vega-Lite that carries its data, and the table that says the same.

What belongs to every chart stands here: time along an axis, names along another, the look, and the turning for texts that run from the right.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from stafftalks.formats.charts import look

Say = Callable[[str], str]
"""A phrase in the reader's language. Every phrase stands in `words.MESSAGES`."""
Spec = dict[str, Any]
"""Part of a specification: Vega-Lite's own words."""

_DAY_S: Final = 86_400
_DATES: Final = {
    "year": "%Y", "quarter": "%b %Y", "month": "%b %Y", "week": "%-d %b", "date": "%-d %b", "day": "%-d %b",
    "hours": "%H:%M", "minutes": "%H:%M", "seconds": "%H:%M:%S",
}  # fmt: skip
"""How moments are said along an axis, by what they begin."""
_FIRST_MS: Final = -62_135_596_800_000
_LAST_MS: Final = 253_402_300_799_000
_NAMES: Final = "names"
_SIDES: Final = {"left": "right", "right": "left"}
_ARROWS: Final = {"triangle-right": "triangle-left", "triangle-left": "triangle-right"}


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart. `name` tells it from others on a page; `description` says in a sentence what it shows; `links` name the element behind each row, empty where none is."""

    name: str
    title: str
    description: str
    spec: Spec
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()


class Axis(msgspec.Struct, frozen=True):
    """How ticks stand along an axis of time: `tick_s` seconds each, from tick 0 at `zero`: in unix seconds where `dated`, else in seconds from `anchor`, along which days are counted; without either they are bare numbers."""

    anchor: str = ""
    dated: bool = False
    tick_s: int = 1
    zero: int = 0

    def at(self, tick: float) -> float:
        """Where a tick stands: milliseconds of unix time, days from the anchor, or itself."""
        if self.dated:
            return max(_FIRST_MS, min(_LAST_MS, round((tick * self.tick_s + self.zero) * 1000)))
        return (tick * self.tick_s + self.zero) / _DAY_S if self.anchor else tick

    def along(self, field: str, say: Say, *, title: str = "", domain: tuple[float, float] | None = None) -> Spec:
        """The x channel of a field that holds what `at` gave; `domain` are ticks."""
        scale: Spec = {"nice": False}
        if domain is not None:
            # As expressions: a bare number would become a call that the pages' interpreter reads as a year.
            scale |= {"domainMin": {"expr": str(self.at(domain[0]))}, "domainMax": {"expr": str(self.at(domain[1]))}}
        axis: Spec = {"labelOverlap": True}
        if self.dated:
            axis |= {"title": title or say("Time (UTC)"), "format": _DATES}
            return {"field": field, "type": "temporal", "scale": {**scale, "type": "utc"}, "axis": axis}
        if self.anchor:
            short = domain is not None and self.at(domain[1]) - self.at(domain[0]) < 4
            axis |= {"title": title or say("Days from %(anchor)s") % {"anchor": self.anchor}}
            axis |= {"labelExpr": _relative(self.anchor), "tickMinStep": 0.25 if short else 1}
        else:
            axis |= {"title": title or say("Time"), "format": ",d", "tickMinStep": 1}
        return {"field": field, "type": "quantitative", "scale": {**scale, "zero": False}, "axis": axis}


def names(labels: Sequence[str]) -> tuple[list[Spec], Spec]:
    """Names along an axis, one below the other in this order, of which several may be spelt alike: the parameters that hold them, and the y channel of the field `row` (a number)."""
    held = {str(at): label for at, label in enumerate(labels)}
    axis = {"title": None, "labelExpr": f"{_NAMES}[datum.value]"}
    scale = {"domain": list(range(len(labels)))}
    return [{"name": _NAMES, "value": held}], {"field": "row", "type": "ordinal", "scale": scale, "axis": axis}


def whole(spec: Spec, *, params: Sequence[Spec] = (), width: int = 640) -> Spec:
    """A specification in our look, by itself: with its look, and with nothing to load."""
    sized = spec if "vconcat" in spec or "width" in spec else {"width": width, **spec}
    return {**sized, **({"params": list(params)} if params else {}), "config": look.CONFIG}


def inline(rows: Sequence[Mapping[str, object]]) -> Spec:
    """Data that stands in the specification itself."""
    return {"values": [dict(row) for row in rows]}


def worded(
    rows: Sequence[Spec], mark: Spec, encoding: Spec, *, until: float, beyond: Spec | None = None, away_px: int = 8
) -> list[Spec]:
    """Words beside points: to the right of those whose `x` is at most `until`, to the left of the others, where `beyond` says what is otherwise. None sticks out of the plot."""
    parts = ([row for row in rows if row["x"] <= until], [row for row in rows if row["x"] > until])
    marks = ({**mark, "align": "left", "dx": away_px}, {**mark, **(beyond or {}), "align": "right", "dx": -away_px})
    return [
        {"data": inline(part), "mark": {"type": "text", **one}, "encoding": encoding}
        for part, one in zip(parts, marks, strict=True)
        if part
    ]


def turned(chart: Chart) -> Chart:
    """The same chart for a page that runs from the right: time goes to the left, and names stand on the right."""
    return msgspec.structs.replace(chart, spec=_turned(chart.spec))


def _turned(part: Any) -> Any:
    if isinstance(part, list):
        return [_turned(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {key: value if key in ("data", "values") else _turned(value) for key, value in part.items()}
    for channel in ("x", "y"):
        given = made.get(channel)
        if isinstance(given, dict) and "type" in given:
            if channel == "x":
                made["x"] = {**given, "scale": {**(given.get("scale") or {}), "reverse": True}}
            elif given.get("axis", {}) is not None:
                made["y"] = {**given, "axis": {"orient": "right", **given.get("axis", {})}}
    if isinstance(made.get("title"), str) and "layer" in made:
        made["title"] = {"text": made["title"], "anchor": "end"}
    if made.get("shape") in list(_ARROWS):
        made["shape"] = _ARROWS[made["shape"]]
    if isinstance(made.get("align"), str) and made.get("type") == "text":
        made["align"] = _SIDES.get(made["align"], made["align"])
        if "dx" in made:
            made["dx"] = -made["dx"]
    return made


def _relative(anchor: str) -> str:
    """How days from an anchor are said: `C`, `C+3`, `C+3/H+6`."""
    day, hour = "floor(datum.value + 0.001)", "round((datum.value - floor(datum.value + 0.001)) * 24)"
    days = f"({day} == 0 ? '' : ({day} > 0 ? '+' : '') + {day})"
    return f"{_quoted(anchor)} + {days} + ({hour} == 0 ? '' : '/H+' + {hour})"


def _quoted(text: str) -> str:
    """A text as the expression language spells it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
