"""What each side, or each package of forces, brings to an option: how much of the shortfall it takes off."""

from collections.abc import Sequence

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Chart, Say, Spec, inline, names, whole


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one side or package takes off: alone, as the last to come, on average over all orders with the standard error; `rank` is the same where they cannot be told apart."""

    name: str
    alone: float
    last: float
    average: float
    error: float
    rank: int
    key: str = ""


def bars(shares: Sequence[Share], *, say: Say = str) -> Chart:
    """What each brings, the most first: the bar is the average over all orders with its standard error, the marks are alone and as the last to come."""
    ordered = sorted(shares, key=lambda share: (share.rank, -share.average, share.name))
    rows = [
        {"row": at, "average": share.average, "low": share.average - share.error, "high": share.average + share.error, "key": share.key,
         "told": f"{share.name}: {_number(share.average)} ± {_number(share.error)}"}
        for at, share in enumerate(ordered)
    ]  # fmt: skip
    series = (say("alone"), say("as the last to come"))
    ticks = [
        {"row": at, "amount": amount, "series": called, "told": f"{share.name}: {called} {_number(amount)}"}
        for at, share in enumerate(ordered)
        for called, amount in zip(series, (share.alone, share.last), strict=True)
    ]
    params, down = names([f"{share.rank}. {share.name}" for share in ordered])
    axis = {"title": say("Shortfall that it takes off"), "format": ",~r"}
    x: Spec = {"field": "average", "type": "quantitative", "scale": {"nice": True}, "axis": axis}
    shape = {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": ["circle", "diamond"]}}
    layer: list[Spec] = [
        {"data": inline(rows), "mark": {"type": "bar", "height": {"band": 0.55}, "color": look.LINK_WASH, "stroke": look.LINK, "strokeWidth": 1.5}, "encoding": {"x": x, "tooltip": {"field": "told"}}},
        {"data": inline(rows), "mark": {"type": "rule", "strokeWidth": 3}, "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
        {"data": inline(ticks), "mark": {"type": "point", "filled": True, "size": 80, "color": look.INK, "opacity": 1}, "encoding": {"x": {**x, "field": "amount"}, "shape": shape, "tooltip": {"field": "told"}}},
    ]  # fmt: skip
    return Chart(
        name="contributions",
        title=say("What each brings"),
        description=say("How much of the shortfall each takes off: the bar on average over all orders with its standard error, the marks alone and as the last to come. What cannot be told apart has the same rank."),
        spec=whole({"height": {"step": 30}, "encoding": {"y": down}, "layer": layer}, params=params),
        columns=(say("Rank"), say("Who"), say("On average"), say("Standard error"), say("Alone"), say("As the last to come")),
        rows=tuple((str(share.rank), share.name, _number(share.average), _number(share.error), _number(share.alone), _number(share.last)) for share in ordered),
        links=tuple(share.key for share in ordered),
    )  # fmt: skip


def _number(amount: float) -> str:
    return f"{amount:,.6g}"
