"""The front of options: what stays short in the worst case and on average, against how many forces are committed; and beside it the options made for one branch alone, which fall behind in another."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Chart, Say, Spec, inline, whole

Series = Literal["worst", "average", "alone"]
_SERIES: Final[dict[Series, tuple[str, str, list[int]]]] = {
    "worst": (look.LINK, "circle", [1, 0]),
    "average": (look.RELEASED, "square", [6, 3]),
    "alone": (look.THEIRS, "diamond", [1, 0]),
}
"""By series: its colour, its mark and its dashes, which tell it without the colour."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option: its forces, what stays short at worst and on average, the same in words, and how sure that is. `alone`: it is made for one branch, and `average` is not known."""

    name: str
    forces: int
    worst: float
    average: float | None
    said_worst: str
    said_average: str
    sure: str
    alone: bool = False


def front(options: Sequence[Option], *, say: Say = str) -> Chart:
    """The options by growing numbers of forces, those made for one branch as points of their own."""
    together = sorted((each for each in options if not each.alone), key=lambda each: (each.forces, -each.worst))
    alone = [each for each in options if each.alone]
    words: dict[Series, str] = {
        "worst": say("Worst case"),
        "average": say("On average"),
        "alone": say("Made for one branch: worst case"),
    }
    shown = [name for name in _SERIES if name != "alone" or alone]
    rows = [
        *(_row(each, words["worst"], each.worst) for each in together),
        *(_row(each, words["average"], each.average) for each in together if each.average is not None),
        *(_row(each, words["alone"], each.worst) for each in alone),
    ]
    most = max((each.forces for each in options), default=1)
    x: Spec = {
        "field": "forces", "type": "quantitative", "scale": {"domainMin": 0, "domainMax": most + 0.5, "nice": False},
        "axis": {"title": say("Forces that are committed"), "format": "d", "tickMinStep": 1, "grid": False},
    }  # fmt: skip
    y: Spec = {
        "field": "short", "type": "quantitative", "scale": {"zero": True},
        "axis": {"title": say("What stays short, weighed"), "grid": True, "tickCount": 5},
    }  # fmt: skip
    spec = {"data": inline(rows), "height": 280, "encoding": {"x": x, "y": y}, "layer": _layers(words, shown)}
    best = min(together, key=lambda each: each.worst, default=None)
    told = say("What stays short, the worst case and on average, against the number of forces that are committed.")
    if best is not None:
        named = {"forces": best.forces, "worst": best.said_worst}
        told += " " + say("With %(forces)s forces %(worst)s stays short in the worst case.") % named
    return Chart(
        name="front",
        title=say("What is bought with what"),
        description=told,
        spec=whole(spec),
        columns=(say("Option"), say("Forces"), say("Worst case"), say("On average"), say("How sure")),
        rows=tuple((each.name, str(each.forces), each.said_worst, each.said_average, each.sure) for each in options),
    )


def _row(option: Option, series: str, short: float | None) -> Spec:
    return {"forces": option.forces, "short": short, "series": series, "told": f"{option.name} · {series}: {option.said_worst if short == option.worst else option.said_average}"}  # fmt: skip


def _layers(words: dict[Series, str], shown: Sequence[Series]) -> list[Spec]:
    """A line through the options of each goal, and a mark for each option."""
    domain = [words[name] for name in shown]
    looks = [_SERIES[name] for name in shown]
    colour = {"field": "series", "type": "nominal", "scale": {"domain": domain, "range": [each[0] for each in looks]}}
    shape = {"field": "series", "type": "nominal", "scale": {"domain": domain, "range": [each[1] for each in looks]}}
    dashes = {"field": "series", "type": "nominal", "scale": {"domain": domain, "range": [each[2] for each in looks]}}
    lines: Spec = {
        "transform": [{"filter": {"field": "series", "oneOf": [words["worst"], words["average"]]}}],
        "mark": {"type": "line", "interpolate": "step-after"},
        "encoding": {"color": colour, "strokeDash": dashes},
    }
    marks: Spec = {
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
        "encoding": {"color": colour, "shape": shape, "tooltip": {"field": "told"}},
    }
    return [lines, marks]
