"""The Gantt chart: one bar for each activity, what is due as lines, and under it what is used of each resource beside what there is."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Axis, Chart, Say, Spec, inline, names, whole, worded

_MOST_BARS: Final = 200
_LEVELS: Final = 4
_PROFILE_PX: Final = 76
_LOOKS: Final = (
    (look.LINK_WASH, look.LINK),
    (look.THEIRS_WASH, look.THEIRS),
    (look.RELEASED_WASH, look.RELEASED),
    (look.OURS_WASH, look.OURS),
)


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """An activity from tick `start` to tick `end` (not included). `group` tells bars apart by colour and is said in words too (whose it is, which mode); `late` ones bear a mark, and `critical` ones a thick edge.

    `room`: so many ticks later it could be, drawn as a thin line behind it. `told` is all of it in words; `said_start`, `said_end` its times in words, `said_room` how much room there is, or why none.
    """

    key: str
    name: str
    start: float
    end: float
    group: str = ""
    late: bool = False
    critical: bool = False
    room: float = 0
    said_start: str
    said_end: str
    said_room: str = ""
    told: str = ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """When a phase is due, and when it closes."""

    name: str
    tick: float
    said: str
    closes: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of a resource, and what there is: from each tick on, so much, until the next; None where it is not limited. Amounts are in `unit`."""

    name: str
    used: tuple[tuple[float, float], ...]
    capacity: tuple[tuple[float, float | None], ...]
    unit: str = ""
    key: str = ""


def gantt(
    bars: Sequence[Bar], axis: Axis, *, dues: Sequence[Due] = (), profiles: Sequence[Profile] = (), say: Say = str, title: str = ""
) -> Chart:  # fmt: skip
    """The bars in the order given, up to 200 of them, above the profiles, up to six; all are in the table."""
    shown = bars[:_MOST_BARS]
    ticks = [tick for bar in shown for tick in (bar.start, bar.end)] + [due.tick for due in dues]
    first, last = min(ticks, default=0.0), max(ticks, default=1.0)
    domain = (first, last if last > first else first + 1)
    above = _bars(shown, axis, domain, dues, say)
    under = [_profile(profile, axis, domain, say) for profile in profiles[:6]]
    params, _down = names([_called(bar) for bar in shown])
    spec = whole({"vconcat": [above, *under], "bounds": "flush", "spacing": 46}, params=params)
    left_out = len(bars) - len(shown)
    said = say(
        "Activities as bars in time, one below the other; under them what is used of each resource, and what there is."
    )
    if left_out:
        said += " " + say("%(count)s more are only in the table.") % {"count": left_out}
    late = sum(bar.late for bar in bars)
    if late:
        said += " " + say("Late: %(count)s.") % {"count": late}
    if any(bar.critical or bar.room for bar in bars):
        said += " " + say(
            "The end waits for bars with a thick edge; a thin line behind a bar is how much later it could be."
        )
    columns = (say("Activity"), say("Starts"), say("Ends"), say("How"), say("Slack"), say("Late"))
    rows = [
        (bar.name, bar.said_start, bar.said_end, bar.group, bar.said_room, say("late") if bar.late else "")
        for bar in bars
    ]
    rows += [(due.name, "", due.closes, say("due %(when)s") % {"when": due.said}, "", "") for due in dues]
    return Chart(
        name="gantt",
        title=title or say("Who does what when"),
        description=said,
        spec=spec,
        columns=columns,
        rows=tuple(rows),
        links=(*(bar.key for bar in bars), *("" for _due in dues)),
    )


def _called(bar: Bar) -> str:
    return f"{bar.name} !" if bar.late else bar.name


def _bars(shown: Sequence[Bar], axis: Axis, domain: tuple[float, float], dues: Sequence[Due], say: Say) -> Spec:
    groups = list(dict.fromkeys(bar.group for bar in shown))
    rows = [
        {"row": at, "from": axis.at(bar.start), "to": axis.at(bar.end), "group": bar.group, "key": bar.key, "late": say("late") if bar.late else "",
         "critical": bar.critical, "until": axis.at(min(bar.end + bar.room, domain[1])), "told": bar.told or f"{bar.name}: {bar.said_start} – {bar.said_end}"}
        for at, bar in enumerate(shown)
    ]  # fmt: skip
    _params, down = names([_called(bar) for bar in shown])
    along = axis.along("from", say, domain=domain)
    looks = [_LOOKS[at % len(_LOOKS)] for at in range(len(groups))]
    legend: Spec = {"legend": None} if len(groups) < 2 else {}
    encoding: Spec = {
        "x": along,
        "x2": {"field": "to"},
        "fill": {"field": "group", "type": "nominal", "scale": {"domain": groups, "range": [ground for ground, _edge in looks]}, **legend},
        "stroke": {"field": "group", "type": "nominal", "scale": {"domain": groups, "range": [edge for _ground, edge in looks]}, **legend},
        "tooltip": {"field": "told"},
    }  # fmt: skip
    if len(groups) > 1:
        dashes = [[1, 0], [5, 2], [2, 2], [8, 2, 2, 2]]
        encoding["strokeDash"] = {"field": "group", "type": "nominal", "scale": {"domain": groups, "range": [dashes[at % 4] for at in range(len(groups))]}}  # fmt: skip
    layer: list[Spec] = [
        {
            "transform": [{"filter": "datum.until > datum.to"}],
            "mark": {"type": "rule", "color": look.RULE_STRONG, "strokeWidth": 2},
            "encoding": {"x": {**along, "field": "to"}, "x2": {"field": "until"}},
        },
        {"mark": {"type": "bar", "height": {"band": 0.66}, "strokeWidth": 2}, "encoding": encoding},
        {
            "transform": [{"filter": "datum.critical"}],
            "mark": {"type": "bar", "height": {"band": 0.66}, "fillOpacity": 0, "stroke": look.INK, "strokeWidth": 3.5},
            "encoding": {"x": along, "x2": {"field": "to"}, "tooltip": {"field": "told"}},
        },
        {
            "transform": [{"filter": "datum.late != ''"}],
            "mark": {"type": "text", "align": "left", "dx": 5, "color": look.ALARM, "fontWeight": "bold"},
            "encoding": {"x": {**along, "field": "until"}, "text": {"field": "late", "type": "nominal"}},
        },
    ]
    drawn: Spec = {"data": inline(rows), "width": 640, "height": {"step": 24}, "encoding": {"y": down}, "layer": layer}
    if dues:
        layer.extend(_dues(dues, axis, along, axis.at((domain[0] + domain[1]) / 2)))
    return drawn


def _dues(dues: Sequence[Due], axis: Axis, along: Spec, middle: float) -> list[Spec]:
    ordered = sorted(dues, key=lambda due: due.tick)
    rows = [{"x": axis.at(due.tick), "name": due.name, "told": f"{due.name}: {due.said}"} for due in ordered]
    x = {**along, "field": "x"}
    line = {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 1.5}
    words = {"x": x, "y": None, "text": {"field": "name", "type": "nominal"}}
    # Dates that lie close together bear their names one above the other.
    above = [
        spec
        for at, row in enumerate(rows)
        for spec in worded(
            [row], {"baseline": "bottom", "y": -2 - 14 * (at % _LEVELS), "fontSize": 12}, words, until=middle, away_px=3
        )
    ]
    return [
        {"data": inline(rows), "mark": line, "encoding": {"x": x, "y": None, "tooltip": {"field": "told"}}},
        *above,
    ]


def _profile(profile: Profile, axis: Axis, domain: tuple[float, float], say: Say) -> Spec:
    """Steps of what is used, as an area, and the line of what there is: thick, and broken where it is not the same."""
    first, last = domain
    used = _steps(profile.used, first, last)
    capacity = [
        (part, tick, amount)
        for part, steps in enumerate(_parts(profile.capacity, first, last))
        for tick, amount in steps
    ]
    along = axis.along("x", say, domain=domain)
    along["axis"] = {**along["axis"], "title": None, "labels": False}
    most = (
        max([*(amount for _tick, amount in used), *(amount for _part, _tick, amount in capacity)], default=1.0) or 1.0
    )
    y = {
        "type": "quantitative", "scale": {"domain": [0, most * 1.08], "nice": False},
        "axis": {"title": None, "tickCount": 3, "format": ",~r", "grid": True},
    }  # fmt: skip
    title = f"{profile.name} ({profile.unit})" if profile.unit else profile.name
    return {
        "width": 640,
        "height": _PROFILE_PX,
        "title": title,
        "layer": [
            {
                "data": inline([{"x": axis.at(tick), "used": amount} for tick, amount in used]),
                "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.55, "line": {"color": look.LINK, "strokeWidth": 1}},
                "encoding": {"x": along, "y": {**y, "field": "used"}},
            },
            {
                "data": inline([{"x": axis.at(tick), "there_is": amount, "part": part} for part, tick, amount in capacity]),
                "mark": {"type": "line", "interpolate": "step-after", "color": look.INK, "strokeWidth": 2.5, "strokeDash": [7, 3]},
                "encoding": {"x": along, "y": {**y, "field": "there_is"}, "detail": {"field": "part", "type": "nominal"}},
            },
        ],
    }  # fmt: skip


def _steps(given: Sequence[tuple[float, float]], first: float, last: float) -> list[tuple[float, float]]:
    """The steps within these ticks, with what holds at the first, up to the last; nothing, before any."""
    return next(iter(_parts([(first - 1, 0.0), *given], first, last)), [])


def _parts(given: Sequence[tuple[float, float | None]], first: float, last: float) -> list[list[tuple[float, float]]]:
    """The steps within these ticks in parts: each as long as an amount is said, from its first tick to where it ends."""
    ordered = sorted(given, key=lambda step: step[0])
    held = [amount for tick, amount in ordered if tick <= first]
    inside = [(first, held[-1] if held else None), *((tick, amount) for tick, amount in ordered if first < tick < last)]
    parts: list[list[tuple[float, float]]] = []
    going = False
    for tick, amount in (*inside, (last, None)):
        if going:
            parts[-1].append((tick, parts[-1][-1][1] if amount is None else amount))
        elif amount is not None:
            parts.append([(tick, amount)])
        going = amount is not None
    return parts
