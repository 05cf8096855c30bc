"""The closure S-curve: how likely it is that something is closed by a date, with its quantiles marked and its error stated."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Axis, Chart, Say, Spec, inline, whole, worded

_MOST_POINTS: Final = 400
_LINES: Final = ((look.LINK, [1, 0]), (look.THEIRS, [6, 3]), (look.RELEASED, [2, 3]), (look.OURS, [9, 3, 2, 3]))
"""By curve: its colour, and the dashes that tell it without."""


class Point(msgspec.Struct, frozen=True):
    """That it is closed by a tick with some chance from 0 to 1, and between which chances that lies."""

    tick: float
    chance: float
    low: float
    high: float


class Mark(msgspec.Struct, frozen=True):
    """A quantile: with this chance it is closed by `tick`, which lies between `low` and `high` (None: not known). `said` is the date in words; a tick of None is never."""

    share: float
    tick: float | None
    low: float | None
    high: float | None
    said: str
    error: str = ""


class Curve(msgspec.Struct, frozen=True):
    """One curve. `marks` are told in the table, and drawn where it is the first."""

    name: str
    points: tuple[Point, ...]
    marks: tuple[Mark, ...] = ()


class Due(msgspec.Struct, frozen=True):
    """A date that matters, drawn as a line with its name."""

    name: str
    tick: float


def curve(curves: Sequence[Curve], axis: Axis, *, dues: Sequence[Due] = (), say: Say = str, title: str = "") -> Chart:
    """The S-curves beside each other, up to four; the first with its quantiles and the band in which its chances surely lie."""
    shown = [msgspec.structs.replace(each, points=_thinned(each.points)) for each in curves[: len(_LINES)]]
    rows = [
        {"curve": each.name, "x": axis.at(point.tick), "chance": point.chance, "low": point.low, "high": point.high}
        for each in shown
        for point in each.points
    ]
    marks = [
        {"x": axis.at(mark.tick), "chance": mark.share, "said": f"{_percent(mark.share)} {mark.said}", "told": _told(mark, say),
         "low": axis.at(mark.tick if mark.low is None else mark.low), "high": axis.at(mark.tick if mark.high is None else mark.high)}
        for mark in (shown[0].marks if shown else ())
        if mark.tick is not None
    ]  # fmt: skip
    known = [point.tick for each in shown for point in each.points] + [due.tick for due in dues]
    ends = (min(known, default=0), max(known, default=1))
    room = (ends[1] - ends[0]) * 0.05 or 1.0
    along = axis.along("x", say, domain=(ends[0] - room, ends[1] + room))
    middle = axis.at((ends[0] + ends[1]) / 2)
    band = {"data": inline([row for row in rows if row["curve"] == shown[0].name]), **_band(along)} if shown else {}
    lines = {"data": inline(rows), **_lines(along, [each.name for each in shown])}
    drawn = [band, lines] if shown else []
    spec = whole({"height": 280, "layer": [*_dues(dues, axis, along, middle), *drawn, *_marks(along, marks, middle)]})
    return Chart(
        name="closure",
        title=title or say("How surely it is closed by when"),
        description=_said(shown, say),
        spec=spec,
        columns=(say("Curve"), say("Chance"), say("Closed by"), say("Error (95 %)")),
        rows=tuple((each.name, _percent(mark.share), mark.said, mark.error) for each in curves for mark in each.marks),
    )


def _said(shown: Sequence[Curve], say: Say) -> str:
    """The first curve's quantiles in a sentence."""
    marks = ", ".join(f"{_percent(mark.share)} {mark.said}" for mark in (shown[0].marks if shown else ()))
    return say("The chance, from 0 to 100 %%, that it is closed by each date: %(marks)s. The band holds each chance with 95 %% certainty.") % {
        "marks": marks or say("none")
    }  # fmt: skip


def _told(mark: Mark, say: Say) -> str:
    told = {"chance": _percent(mark.share), "when": mark.said, "error": mark.error}
    return (
        say("%(chance)s closed by %(when)s; error %(error)s") % told
        if mark.error
        else f"{told['chance']}: {told['when']}"
    )


def _chance(field: str, say_title: str = "") -> Spec:
    axis = {"title": say_title or None, "format": ".0%", "grid": True, "tickCount": 5}
    return {"field": field, "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": axis}


def _band(along: Spec) -> Spec:
    return {
        "mark": {"type": "area", "opacity": 0.22, "interpolate": "step-after", "line": False},
        "encoding": {
            "x": along,
            "y": _chance("low"),
            "y2": {"field": "high"},
        },
    }


def _lines(along: Spec, called: Sequence[str]) -> Spec:
    """The curves, told apart by dashes and then by colour; a single one has no legend."""
    lines = _LINES[: len(called)]
    legend: Spec = {"legend": None} if len(called) == 1 else {}
    return {
        "mark": {"type": "line", "interpolate": "step-after"},
        "encoding": {
            "x": along,
            "y": _chance("chance"),
            "stroke": {"field": "curve", "type": "nominal", "scale": {"domain": list(called), "range": [line[0] for line in lines]}, **legend},
            "strokeDash": {"field": "curve", "type": "nominal", "scale": {"domain": list(called), "range": [line[1] for line in lines]}, **legend},
        },
    }  # fmt: skip


def _marks(along: Spec, marks: Sequence[Spec], middle: float) -> list[Spec]:
    """The quantiles: how far each may be off, a point on the curve, and the date in words on the side where no curve runs."""
    if not marks:
        return []
    data, y = inline(marks), _chance("chance")
    words = {"x": along, "y": y, "text": {"field": "said", "type": "nominal"}}
    return [
        {"data": data, "mark": {"type": "rule", "strokeWidth": 3}, "encoding": {"x": {**along, "field": "low"}, "x2": {"field": "high"}, "y": y}},
        {"data": data, "mark": {"type": "point", "color": look.INK, "size": 60, "opacity": 1}, "encoding": {"x": along, "y": y, "tooltip": {"field": "told"}}},
        *worded(marks, {"baseline": "top", "dy": 4}, words, until=middle, beyond={"baseline": "bottom", "dy": -4}),
    ]  # fmt: skip


def _dues(dues: Sequence[Due], axis: Axis, along: Spec, middle: float) -> list[Spec]:
    if not dues:
        return []
    rows = [{"x": axis.at(due.tick), "name": due.name} for due in dues]
    line = {"type": "rule", "color": look.ALARM, "strokeDash": [4, 3]}
    words = {"x": along, "text": {"field": "name", "type": "nominal"}}
    above = worded(rows, {"baseline": "bottom", "y": -3, "color": look.ALARM}, words, until=middle, away_px=0)
    return [{"data": inline(rows), "mark": line, "encoding": {"x": along}}, *above]


def _thinned(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """No more points than can be told apart; the first and the last stay."""
    if len(points) <= _MOST_POINTS:
        return points
    step = (len(points) - 1) / (_MOST_POINTS - 1)
    return tuple(points[round(at * step)] for at in range(_MOST_POINTS))


def _percent(share: float) -> str:
    return f"{share * 100:.6g} %"
