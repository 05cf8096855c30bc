"""What the page of a risk run shows: by when closures come and how surely, the chance by each date, what is critical how often, and what moves the goal most; with resources and without."""

from collections.abc import Sequence
from typing import Final

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _

from stafftalks.analysis.risk import Question, Risk
from stafftalks.analysis.risk_statistics import Closing
from stafftalks.analysis.times import Times
from stafftalks.formats.charts import closure, network, tornado
from stafftalks.formats.charts.chart import Chart
from stafftalks.formats.charts.closure import Curve, Due, Mark, Point
from stafftalks.formats.charts.network import Node
from stafftalks.formats.charts.tornado import Bar
from stafftalks.services.run_problems import RiskAnswered, RiskFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result
from stafftalks.web import access, charts
from stafftalks.web.analyses import risk_rows
from stafftalks.web.analyses.behind import Behind
from stafftalks.web.analyses.risk_rows import ChanceRow, ClosingRow, CriticalRow, MovingRow
from stafftalks.web.templatetags.stafftalks import tr
from stafftalks.web.windows import Window, offset_of

_MOST_DATES: Final = 6
_MOST_CLOSINGS: Final = 50
_MOST_CHANCES: Final = 200


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """All of a risk answer that its page and its files need. `closing` is the closure whose curve is drawn."""

    risk: Risk
    closing: str
    sentences: tuple[str, ...]
    closings: tuple[ClosingRow, ...]
    chances: tuple[ChanceRow, ...]
    critical: tuple[CriticalRow, ...]
    moving: tuple[MovingRow, ...]
    charts: tuple[Chart, ...]


def context(request: HttpRequest, run: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_risk.html` shows; `charts` are what the page offers as files."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, RiskFrozen) or not isinstance(answered, RiskAnswered):
        return {}
    behind = Behind(access.headquarters(), run.basis, frozen.titles)
    closing = request.GET.get("closing", "")
    return listed(request, shown(answered.risk, frozen, behind, closing))


def shown(risk: Risk, frozen: RiskFrozen, behind: Behind, closing: str = "") -> Shown:
    """The rows and charts of an answer; the curve is that of `closing`, or of the goal."""
    question, times = frozen.question, frozen.times
    drawn = closing if any(each.name == closing for each in risk.closings) else risk.goal
    moving = risk_rows.moving_rows(risk, times, behind)
    made = [_curve(risk, drawn, question, times)]
    if moving:
        made.append(_tornado(risk, moving, times))
    if risk.critical:
        made.append(_network(risk, frozen, behind))
    return Shown(
        risk=risk,
        closing=drawn,
        sentences=risk_rows.sentences(risk, question.sure, times),
        closings=risk_rows.closing_rows(risk, times, behind),
        chances=risk_rows.chance_rows(risk, question.dates, times, behind),
        critical=risk_rows.critical_rows(risk, behind),
        moving=moving,
        charts=tuple(made),
    )


def listed(request: HttpRequest, found: Shown) -> dict[str, object]:
    """The context of the page: one window of what is critical."""
    offset = offset_of(request)
    window = Window(len(found.critical), offset)
    return {
        "shown": found,
        "charts": found.charts,
        "drawn": {each.name: each for each in found.charts},
        "window": window,
        "closings": found.closings[:_MOST_CLOSINGS],
        "closings_more": max(len(found.closings) - _MOST_CLOSINGS, 0),
        "chances": found.chances[:_MOST_CHANCES],
        "critical": found.critical[offset : offset + window.limit],
        "shares": [cell.share for cell in found.closings[0].cells] if found.closings else [],
        "limited": found.risk.policy != "unconstrained",
    }


def _curve(risk: Risk, name: str, question: Question, times: Times) -> Chart:
    """The S-curve with the policy asked for, and beside it the one with nothing short."""
    one = next(each for each in risk.closings if each.name == name)
    limited = risk.policy != "unconstrained"
    curves = [_points(one, _("With what there is") if limited else _("With nothing short"), times)]
    if limited:
        free = next(each for each in risk.without_limits if each.name == name)
        curves.append(_points(free, _("With nothing short"), times))
    curves = [_drawn_out(each, curves) for each in curves]
    dues = [Due(risk_rows.said(times, tick), tick) for tick in question.dates[:_MOST_DATES]]
    if one.due is not None:
        when = {"when": risk_rows.said(times, one.due.tick)}
        dues = [Due(_("due %(when)s") % when, one.due.tick), *(due for due in dues if due.tick != one.due.tick)]
    title = _("How surely it is closed by when: %(goal)s") % {"goal": risk_rows.titled(name)}
    return closure.curve(curves, charts.axis(times), dues=dues, say=tr, title=title)


def _points(closing: Closing, name: str, times: Times) -> Curve:
    return Curve(
        name,
        tuple(Point(each.tick, each.chance.value, each.chance.low, each.chance.high) for each in closing.curve),
        tuple(
            Mark(
                each.share,
                each.tick,
                each.low,
                each.high,
                risk_rows.said(times, each.tick) or _("never"),
                risk_rows.between(each, times),
            )
            for each in closing.quantiles
        ),
    )


def _drawn_out(curve: Curve, beside: Sequence[Curve]) -> Curve:
    """A curve from the first tick of all to the last: before its own it is none, after them it stays as it is."""
    if not curve.points:
        return curve
    ticks = [point.tick for each in beside for point in each.points]
    if min(ticks) == max(ticks):
        # Nothing is uncertain: a step, with room on either side.
        ticks += [min(ticks) - 1, max(ticks) + 1]
    first, last = curve.points[0], curve.points[-1]
    before = [Point(min(ticks), 0, 0, 0)] if min(ticks) < first.tick else []
    after = [Point(max(ticks), last.chance, last.low, last.high)] if max(ticks) > last.tick else []
    return msgspec.structs.replace(curve, points=(*before, *curve.points, *after))


def _tornado(risk: Risk, rows: tuple[MovingRow, ...], times: Times) -> Chart:
    goal = next(each for each in risk.closings if each.name == risk.goal)
    bars = [
        Bar(
            key=row.link.key,
            name=f"{row.link.title}: {row.field}",
            early=row.early,
            late=row.late,
            said_early=row.said_early,
            said_late=row.said_late,
            correlation=bar.correlation,
            error=bar.error,
            share=bar.share,
        )
        for row, bar in zip(rows, risk.tornado, strict=True)
        if row.early is not None and row.late is not None
    ]
    mean = None if goal.mean is None else goal.mean.value
    return tornado.tornado(bars, charts.axis(times), mean=mean, goal=risk_rows.titled(risk.goal), say=tr)


def _network(risk: Risk, frozen: RiskFrozen, behind: Behind) -> Chart:
    """What was ever critical, with what comes after what."""
    nodes = [
        Node(
            key=each.task,
            name=behind.link(each.task).title,
            share=each.share.value,
            low=each.share.low,
            high=each.share.high,
        )
        for each in risk.critical
    ]
    arcs = [(link.task, task.id) for task in frozen.network.tasks for link in task.after]
    return network.criticality(nodes, arcs, goal=risk_rows.titled(risk.goal), say=tr)
