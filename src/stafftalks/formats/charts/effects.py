"""What each thing that is varied does by itself: the mean of a measure at each of its levels, on one line for each factor."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Chart, Say, Spec, inline, names, whole

_MOST: Final = 25


class Level(msgspec.Struct, frozen=True):
    """One level of a factor: its mean, None where nothing can be said of it; in how many points it is, and in how many of them not all is met."""

    name: str
    mean: float | None
    points: int
    not_met: int


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is varied, with its levels in order, the first as planned; `share` of all that varies is its own, from 0 to 1."""

    name: str
    levels: tuple[Level, ...]
    share: float
    key: str = ""


def effects(factors: Sequence[Factor], measure: str, *, say: Say = str) -> Chart:
    """Those that do most first: the first level as a ring, the others as points, with a line over all of them."""
    shown = [factor for factor in factors if any(level.mean is not None for level in factor.levels)][:_MOST]
    series = (say("as planned, or the first"), say("otherwise"))
    rows = [
        {"row": at, "mean": level.mean, "key": factor.key, "series": series[number > 0],
         "told": f"{factor.name}: {level.name}: {_number(level.mean)}"}
        for at, factor in enumerate(shown) for number, level in enumerate(factor.levels) if level.mean is not None
    ]  # fmt: skip
    spans = [
        {"row": at, "low": min(means), "high": max(means)}
        for at, factor in enumerate(shown)
        if (means := [level.mean for level in factor.levels if level.mean is not None])
    ]
    params, down = names([f"{factor.name} ({factor.share * 100:.0f} %)" for factor in shown])
    axis = {"title": say("%(measure)s, on average") % {"measure": measure}, "format": ",~r"}
    x: Spec = {"field": "mean", "type": "quantitative", "scale": {"nice": True, "zero": False}, "axis": axis}
    shape = {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": ["square", "circle"]}}
    colour = {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": [look.OURS, look.LINK]}}
    layer: list[Spec] = [
        {"data": inline(spans), "mark": {"type": "rule", "aria": False, "strokeWidth": 2, "color": look.RULE_STRONG}, "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
        {"data": inline(rows), "mark": {"type": "point", "aria": False, "filled": True, "size": 110, "opacity": 1}, "encoding": {"x": x, "shape": shape, "color": colour, "tooltip": {"field": "told"}}},
    ]  # fmt: skip
    return Chart(
        name="effects",
        title=say("%(measure)s, on average") % {"measure": measure},
        description=say("For each that is varied, the mean of “%(measure)s” at each of its levels, with its part of all that varies; what does most stands first.") % {"measure": measure},
        spec=whole({"height": {"step": 30}, "encoding": {"y": down}, "layer": layer}, params=params),
        columns=(say("What"), say("Level"), say("On average"), say("Points"), say("Not met"), say("Share of what varies")),
        rows=tuple(
            (factor.name, level.name, "–" if level.mean is None else _number(level.mean), f"{level.points:,}", f"{level.not_met:,}", f"{factor.share * 100:.0f} %")
            for factor in shown for level in factor.levels
        ),
        links=tuple(factor.key for factor in shown for _level in factor.levels),
    )  # fmt: skip


def _number(amount: float) -> str:
    return f"{amount:,.4g}"
