"""How sure closures are, as rows for people: by when in how many cases, the chance by each date that was asked about, what is critical how often, and what moves it most."""

from collections.abc import Mapping, Sequence

import msgspec
from django.utils.translation import gettext as _

from stafftalks.analysis.risk import Risk
from stafftalks.analysis.risk_statistics import Bar, Closing, Estimate, Quantile
from stafftalks.analysis.times import Times
from stafftalks.web.analyses.behind import Behind, Link
from stafftalks.web.analyses.lasting import of_hours

ALL = "all"
"""What the engine calls the closure of everything."""


class QuantileCell(msgspec.Struct, frozen=True):
    """By when in so many cases; `error` says between what that lies, in 95 of 100 repetitions."""

    share: str
    when: str
    error: str


class ClosingRow(msgspec.Struct, frozen=True, kw_only=True):
    """When one closure comes: in so many cases each, on average, and how likely it never does; beside it the same with nothing short."""

    name: str
    link: Link
    title: str
    cells: tuple[QuantileCell, ...]
    free: tuple[QuantileCell, ...]
    mean: str
    spread: str
    never: str


class ChanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The chance that a closure has come by a date, or when it is `due`, between what it lies, and what it would be with nothing short."""

    link: Link
    title: str
    when: str
    due: bool
    chance: str
    error: str
    free: str


class CriticalRow(msgspec.Struct, frozen=True):
    """In what share of the draws the goal waited for an activity, and between what that lies."""

    link: Link
    percent: float
    share: str
    error: str


class MovingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What moves the goal: the mean closure in its earliest and its latest tenth, its share of all that varies, its correlation."""

    link: Link
    field: str
    early: float | None
    late: float | None
    said_early: str
    said_late: str
    share: str
    correlation: str


def closing_rows(risk: Risk, times: Times, behind: Behind) -> tuple[ClosingRow, ...]:
    """The goal first, then all, then the others as they stand."""
    free = {each.name: each for each in risk.without_limits}
    order = sorted(risk.closings, key=lambda each: (each.name != risk.goal, each.name != ALL))
    return tuple(_closing(each, free.get(each.name), times, behind) for each in order)


def _closing(closing: Closing, free: Closing | None, times: Times, behind: Behind) -> ClosingRow:
    return ClosingRow(
        name=closing.name,
        link=behind.link(closing.name),
        title=titled(closing.name),
        cells=tuple(cell(each, times) for each in closing.quantiles),
        free=() if free is None else tuple(cell(each, times) for each in free.quantiles),
        mean=said(times, None if closing.mean is None else closing.mean.value),
        spread="" if closing.deviation is None else of_hours(round(closing.deviation * times.tick_s / 3600)),
        never=chance(closing.never.value) if closing.never.value else "",
    )


def titled(name: str) -> str:
    """What a closure is called; that of everything in the reader's language."""
    return _("Everything") if name == ALL else name


def cell(quantile: Quantile, times: Times) -> QuantileCell:
    """A quantile in words."""
    return QuantileCell(chance(quantile.share), said(times, quantile.tick) or _("never"), between(quantile, times))


def between(quantile: Quantile, times: Times) -> str:
    """Between what a quantile lies, in words; empty where it is known to the tick."""
    if quantile.tick is None or quantile.low == quantile.high:
        return ""
    ends = {"low": said(times, quantile.low) or said(times, 0), "high": said(times, quantile.high) or _("never")}
    return _("%(low)s to %(high)s") % ends


def chance_rows(risk: Risk, dates: Sequence[int], times: Times, behind: Behind) -> tuple[ChanceRow, ...]:
    """Of the goal, and then of every other closure: when it is due, and each date that was asked about."""
    free = {(each.name, point.tick): point.chance for each in risk.without_limits for point in each.curve}
    rows = []
    for closing in sorted(risk.closings, key=lambda each: (each.name != risk.goal, each.name != ALL)):
        points = {point.tick: point.chance for point in closing.curve}
        due = [] if closing.due is None else [closing.due.tick]
        for tick in dict.fromkeys((*due, *dates)):
            if tick in points:
                without = free.get((closing.name, tick))
                row = ChanceRow(
                    link=behind.link(closing.name),
                    title=titled(closing.name),
                    when=said(times, tick),
                    due=tick in due,
                    chance=chance(points[tick].value),
                    error=interval(points[tick]),
                    free="" if without is None else chance(without.value),
                )
                rows.append(row)
    return tuple(rows)


def critical_rows(risk: Risk, behind: Behind) -> tuple[CriticalRow, ...]:
    """What the goal waited for in any draw, the most often first."""
    return tuple(
        CriticalRow(behind.link(each.task), each.share.value * 100, chance(each.share.value), interval(each.share))
        for each in risk.critical
    )


def moving_rows(risk: Risk, times: Times, behind: Behind) -> tuple[MovingRow, ...]:
    """What moves the goal, the most first."""
    fields = {
        "duration": _("how long it lasts"),
        "ready": _("when it is ready"),
        "opens": _("when it opens"),
    }
    return tuple(_moving(each, fields, times, behind) for each in risk.tornado)


def _moving(bar: Bar, fields: Mapping[str, str], times: Times, behind: Behind) -> MovingRow:
    return MovingRow(
        link=behind.link(bar.element),
        field=fields.get(bar.field, bar.field),
        early=bar.early,
        late=bar.late,
        said_early=said(times, bar.early) or _("never"),
        said_late=said(times, bar.late) or _("never"),
        share=chance(bar.share),
        correlation=f"{bar.correlation:+.2f} ± {bar.error:.2f}",
    )


def chance(share: float) -> str:
    """A chance as people write it: never 0 or 100 % by rounding alone."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.3g} %"


def interval(estimate: Estimate) -> str:
    """Between what a chance lies, in 95 of 100 repetitions with other seeds."""
    return _("%(low)s to %(high)s") % {"low": chance(estimate.low), "high": chance(estimate.high)}


def sentences(risk: Risk, sure: float, times: Times) -> tuple[str, ...]:
    """What is known of the goal, in plain words, the shortest first."""
    goal = next(each for each in risk.closings if each.name == risk.goal)
    free = next(each for each in risk.without_limits if each.name == risk.goal)
    known, without = _at(goal, sure), _at(free, sure)
    name = {"goal": titled(risk.goal), "share": chance(sure)}
    if known is None:
        return ()
    if known.tick is None:
        told = [_("In %(share)s of the draws, %(goal)s is not closed however long one waits.") % name]
    else:
        told = [
            _("%(goal)s: closed by %(when)s in %(share)s of the draws.") % {**name, "when": said(times, known.tick)}
        ]
        if error := between(known, times):
            told.append(_("With other seeds, 95 times in 100, that date would be %(between)s.") % {"between": error})
    if risk.policy != "unconstrained" and without is not None and without.tick not in (None, known.tick):
        told.append(
            _("With nothing short it would be %(when)s: the rest is waiting for forces and resources.")
            % {"when": said(times, without.tick)}
        )
    if risk.policy == "unconstrained":
        told.append(_("No force or resource was taken to be short: where some are, this is too early."))
    if risk.stopped:
        told.append(_("It was stopped before all the draws that were asked for."))
    if risk.reached is False:
        told.append(_("The error that was asked for was not reached: ask for more draws."))
    return tuple(told)


def _at(closing: Closing, share: float) -> Quantile | None:
    return next((each for each in closing.quantiles if abs(each.share - share) < 1e-9), None)


def said(times: Times, tick: float | None) -> str:
    """A moment as planners write it, `C+9/H+6` or a date, to the whole tick; empty where there is none."""
    return "" if tick is None else times.said(round(tick))
