"""The result of an analysis of uncertainty: by when closures come and how surely, what is critical, what moves them."""

import re

from django.http import HttpRequest

from stafftalks.services.run_problems import RiskAnswered, RiskFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result

_TICK = re.compile(r"(tick )([\d,]*\d)")
_SHOWN = 50


def context(_request: HttpRequest, _run: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_risk.html` shows."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, RiskFrozen) or not isinstance(answered, RiskAnswered):
        return {}
    risk, times, titles = answered.risk, frozen.times, frozen.titles

    def said(match: re.Match[str]) -> str:
        return times.said(int(match[2].replace(",", "")))

    goal = next(each for each in risk.closings if each.name == risk.goal)
    return {
        "risk": risk,
        "account": [_TICK.sub(said, line) for line in risk.account],
        "shares": [f"{each.share:.0%}" for each in goal.quantiles],
        "closings": [
            (each.name, [times.said(quantile.tick) for quantile in each.quantiles], f"{each.never.value:.1%}")
            for each in risk.closings
        ],
        "chances": [
            (times.said(point.tick), f"{point.chance.value:.1%}", f"{point.chance.low:.1%}", f"{point.chance.high:.1%}")
            for point in goal.curve
            if point.tick in frozen.question.dates
        ],
        "critical": [
            (titles.get(each.task, each.task), f"{each.share.value:.1%}")
            for each in risk.critical[:_SHOWN]
            if each.share.value
        ],
        "tornado": [
            (titles.get(each.element, each.element), each.field, f"{each.correlation:+.2f}", f"{each.share:.0%}")
            for each in risk.tornado
        ],
    }
