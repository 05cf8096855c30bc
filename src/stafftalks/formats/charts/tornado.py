"""The tornado: what moves a closure most. Each bar goes from the mean closure in the earliest tenth of what is uncertain to that in its latest."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Axis, Chart, Say, inline, names, whole

_MOST: Final = 25


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One uncertain thing: `early` and `late` are ticks, `said_early` and `said_late` the same in words; `share` of all that varies is its own, from 0 to 1; `error` of its correlation."""

    key: str
    name: str
    early: float
    late: float
    said_early: str
    said_late: str
    correlation: float
    error: float
    share: float


def tornado(bars: Sequence[Bar], axis: Axis, *, mean: float | None = None, goal: str = "", say: Say = str) -> Chart:
    """The widest bars, the widest first; `mean` is the mean closure, drawn as a line."""
    shown = sorted(bars, key=lambda bar: (-abs(bar.late - bar.early), bar.name, bar.key))[:_MOST]
    rows = [
        {"row": at, "from": axis.at(min(bar.early, bar.late)), "to": axis.at(max(bar.early, bar.late)), "key": bar.key,
         "left": bar.said_early if bar.early <= bar.late else bar.said_late, "right": bar.said_late if bar.early <= bar.late else bar.said_early,
         "told": f"{bar.name}: {bar.said_early} – {bar.said_late}"}
        for at, bar in enumerate(shown)
    ]  # fmt: skip
    ends = [tick for bar in shown for tick in (bar.early, bar.late)] + ([] if mean is None else [mean])
    first, last = min(ends, default=0.0), max(ends, default=1.0)
    room = (last - first) * 0.28 or 1.0
    along = axis.along("from", say, domain=(first - room, last + room))
    params, down = names([bar.name for bar in shown])
    beside = {"type": "text", "baseline": "middle"}
    layer = [
        {"mark": {"type": "bar", "height": {"band": 0.62}, "stroke": look.INK, "strokeWidth": 1}, "encoding": {"x": along, "x2": {"field": "to"}, "tooltip": {"field": "told"}}},
        {"mark": {**beside, "align": "right", "dx": -5}, "encoding": {"x": along, "text": {"field": "left", "type": "nominal"}}},
        {"mark": {**beside, "align": "left", "dx": 5}, "encoding": {"x": {**along, "field": "to"}, "text": {"field": "right", "type": "nominal"}}},
    ]  # fmt: skip
    spec = {"data": inline(rows), "height": {"step": 28}, "encoding": {"y": down}, "layer": layer}
    if mean is not None:
        line = {
            "mark": {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 2},
            "data": inline([{"x": axis.at(mean)}]),
        }
        layer.insert(0, {**line, "encoding": {"x": {**along, "field": "x"}, "y": None}})
    first_named = shown[0].name if shown else ""
    said = say(
        "What moves the closure most, the widest bar first: from the mean closure in its earliest tenth to that in its latest."
    )
    if first_named:
        said += " " + say("Widest: %(name)s, %(early)s to %(late)s.") % {
            "name": first_named, "early": shown[0].said_early, "late": shown[0].said_late,
        }  # fmt: skip
    return Chart(
        name="tornado",
        title=say("What moves %(goal)s most") % {"goal": goal} if goal else say("What moves the closure most"),
        description=said,
        spec=whole(spec, params=params),
        columns=(say("What"), say("Closes, earliest tenth"), say("Closes, latest tenth"), say("Share of what varies"), say("Correlation")),
        rows=tuple(
            (bar.name, bar.said_early, bar.said_late, f"{bar.share * 100:.0f} %", f"{bar.correlation:+.2f} ± {bar.error:.2f}") for bar in shown
        ),
        links=tuple(bar.key for bar in shown),
    )  # fmt: skip
