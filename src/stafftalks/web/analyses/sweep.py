"""What a sweep came to, as its page tells it: where all is met and where not, what each thing that is varied does, and one window of the points, sorted and sifted."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis import sweep as engine
from stafftalks.analysis import sweep_points, sweep_summary
from stafftalks.analysis.sweep import Ready
from stafftalks.analysis.sweep_points import AS_PLANNED, NOBODY
from stafftalks.analysis.sweep_rows import Column, Row, Value
from stafftalks.analysis.sweep_summary import GONE, THERE, Effect, Summary
from stafftalks.analysis.times import Times
from stafftalks.formats import parquet
from stafftalks.formats.charts import effects
from stafftalks.formats.charts.chart import Chart
from stafftalks.services.run_problems import SweepAnswered, SweepFrozen
from stafftalks.services.run_rows import OVER, RunRow, SweepWanted
from stafftalks.services.runs import Result
from stafftalks.values.errors import MisuseError
from stafftalks.web.analyses import words
from stafftalks.web.templatetags.stafftalks import number, tr
from stafftalks.web.windows import Window, offset_of

TICKS: Final = ("end", "earliest end", "closed in 50%", "closed in 80%", "closed in 90%", "mean")
_SHARES: Final = ("never", "too late")
_ASIDE: Final = ("point", "met", "why", "forces left out")
_PLACES: Final = {"met": "met", "branch": "branch", "without": "left out"}
_LEVELS: Final = 60
_MOST_SHOWN: Final = 16


class Shown(msgspec.Struct, frozen=True):
    """A result made ready: its problem, its rows by number, and what they add up to."""

    ready: Ready
    rows: list[Row]
    summary: Summary
    times: Times


class LevelLine(msgspec.Struct, frozen=True):
    """One level of what is varied."""

    name: str
    points: str
    not_met: str
    mean: str


class EffectLine(msgspec.Struct, frozen=True):
    """What one thing that is varied does."""

    name: str
    share: str
    levels: tuple[LevelLine, ...]


class PointLine(msgspec.Struct, frozen=True):
    """A point of the window: its cells, whether all is met, and why nothing can be said."""

    number: int
    cells: tuple[str, ...]
    met: bool
    why: str


class Sift(msgspec.Struct, frozen=True):
    """A choice by which points are sifted: the name in the query, what it is called, its levels (value and word), and which is chosen."""

    name: str
    label: str
    levels: tuple[tuple[str, str], ...]
    chosen: str


def context(request: HttpRequest, row: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_sweep.html` shows; raises MisuseError where the result is of another analysis."""
    found = shown(result)
    summary, columns = found.summary, found.ready.columns
    sifts = tuple(_sifts(request, found))
    kept = _sifted(found, sifts)
    sort = request.GET.get("sort", "")
    ordered = _sorted(found, kept, sort)
    offset = offset_of(request)
    window = Window(len(ordered), offset)
    names = _shown_columns(found)
    total = sweep_points.count(found.ready.problem.sweep)
    wanted = row.ask.wanted
    return {
        "charts": (_chart(found),) if summary.effects and summary.points else (),
        "verdict": _verdict(summary, total),
        "sentences": tuple(_told(each, summary.measure) for each in summary.effects[:3] if each.share > 0),
        "of": words.swept(wanted.of) if isinstance(wanted, SweepWanted) else "",
        "done": summary.points,
        "total": total,
        "effects": tuple(_effect(each) for each in summary.effects),
        "measure": tr(summary.measure),
        "heads": tuple(_head(column) for column in names),
        "sorts": tuple(_sorts(names)),
        "sort": sort,
        "sifts": sifts,
        "window": window,
        "points": tuple(_point(found, names, each) for each in ordered[offset : offset + window.limit]),
        "whole": summary.points == total,
        "may_go_on": row.stands.state in OVER and row.stands.state != "done" and summary.points < total,
        "columns": tuple((_head(column), column.says) for column in columns if column in names),
    }


def shown(result: Result) -> Shown:
    """The result made ready; raises MisuseError where it is of another analysis."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, SweepFrozen) or not isinstance(answered, SweepAnswered):
        raise MisuseError("This result is not one of what-ifs: begin the run again.")
    ready, rows, summary = _made(engine.encoded(frozen.problem), answered.result)
    return Shown(ready, rows, summary, frozen.times)


@lru_cache(maxsize=2)
def _made(problem: bytes, result: bytes) -> tuple[Ready, list[Row], Summary]:
    ready = engine.ready(problem)
    rows = parquet.read(result, "the result").rows
    return ready, rows, sweep_summary.summary(ready, rows)


def said(found: Shown, column: Column, value: Value) -> str:
    """A cell as people write it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return tr(value) if value in (AS_PLANNED, NOBODY, THERE, GONE) or column.name == "state" else value
    if column.name in TICKS:
        return found.times.said(round(value)) or str(value)
    if column.name in _SHARES:
        return f"{value * 100:.3g} %"
    return f"{value:,.6g}" if isinstance(value, float) else number(value)


def _verdict(summary: Summary, total: int) -> tuple[str, ...]:
    said_counts = {"met": number(summary.met), "points": number(summary.points), "all": number(total)}
    lines = []
    if not summary.points:
        lines.append(_("No point is reckoned yet."))
    elif summary.met == summary.points:
        lines.append(_("All is met in all %(points)s points that were reckoned.") % said_counts)
    else:
        lines.append(_("All is met in %(met)s of %(points)s points.") % said_counts)
    if summary.points < total:
        lines.append(_("%(points)s of %(all)s points are reckoned.") % said_counts)
    if summary.silent:
        sentence = ngettext("Of %(count)s point nothing can be said; it says why.", "Of %(count)s points nothing can be said; each says why.", summary.silent)  # fmt: skip
        lines.append(sentence % {"count": number(summary.silent)})
    return tuple(lines)


def _told(effect: Effect, measure: str) -> str:
    """What one factor does, in a sentence."""
    there = [level for level in effect.levels if level.mean is not None]
    high, low = max(there, key=lambda each: each.mean or 0.0), min(there, key=lambda each: each.mean or 0.0)
    named = {
        "factor": effect.factor, "measure": tr(measure), "high": f"{high.mean:,.4g}", "low": f"{low.mean:,.4g}",
        "worst": _level(high.name), "best": _level(low.name), "share": f"{effect.share * 100:.0f} %",
    }  # fmt: skip
    return _("%(factor)s: “%(measure)s” is %(high)s on average where it is “%(worst)s”, and %(low)s where it is “%(best)s”; %(share)s of all that varies.") % named  # fmt: skip


def _level(name: str) -> str:
    return tr(name) if name in (AS_PLANNED, NOBODY, THERE, GONE) else name


def _effect(effect: Effect) -> EffectLine:
    return EffectLine(
        effect.factor,
        f"{effect.share * 100:.0f} %",
        tuple(
            LevelLine(
                _level(each.name), number(each.points), number(each.not_met), "–" if each.mean is None else f"{each.mean:,.4g}"
            )
            for each in effect.levels[:_LEVELS]
        ),
    )  # fmt: skip


def _chart(found: Shown) -> Chart:
    factors = [
        effects.Factor(
            name=each.factor,
            levels=tuple(
                effects.Level(_level(level.name), level.mean, level.points, level.not_met) for level in each.levels
            ),
            share=each.share,
        )
        for each in found.summary.effects
    ]
    return effects.effects(factors, tr(found.summary.measure), say=tr)


def _shown_columns(found: Shown) -> tuple[Column, ...]:
    """What is varied, and what is measured and is not the same in all points."""
    columns = found.ready.columns
    kept = []
    for place, column in enumerate(columns):
        if column.name in _ASIDE:
            continue
        if column.less or len({row[place] for row in found.rows[:5000]}) > 1:
            kept.append(column)
    return tuple(kept[:_MOST_SHOWN])


def _head(column: Column) -> str:
    said_name = tr(column.name)
    return said_name[:1].upper() + said_name[1:]


def _sorts(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    yield "", _("the worst first")
    yield "best", _("the best first")
    yield "point", _("by number")
    for column in columns:
        if column.type in ("whole", "number"):
            yield f"-{column.name}", _("by %(what)s, the most first") % {"what": tr(column.name)}


def _sorted(found: Shown, rows: list[Row], sort: str) -> list[Row]:
    at = {column.name: place for place, column in enumerate(found.ready.columns)}
    places = [at[column.name] for column in found.ready.columns if column.less]
    named = sort.removeprefix("-")
    if sort == "point":
        return rows
    if named in at and sort.startswith("-"):
        place = at[named]
        return sorted(rows, key=lambda row: (row[place] is None, -_number(row[place]), row[0]))
    ordered = sorted(rows, key=lambda row: (not row[at["met"]], *(_rank(row[place]) for place in places), row[0]))
    return ordered if sort == "best" else ordered[::-1]


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _rank(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else float("inf")


def _sifts(request: HttpRequest, found: Shown) -> Iterator[Sift]:
    """One choice for whether all is met, for the branch and each assumption, and for forces that are left out."""
    problem = found.ready.problem
    sweep, names = problem.sweep, problem.names
    asked = request.GET.get("met", "")
    yield Sift("met", _("Met"), (("yes", _("all is met")), ("no", _("not all is met"))), asked)
    if len(sweep.branches) > 1:
        branches = tuple((names.get(each, each), names.get(each, each)) for each in sweep.branches)
        yield Sift("branch", tr("branch").capitalize(), branches, request.GET.get("branch", ""))
    for place, each in enumerate(sweep.assumptions):
        levels = ((AS_PLANNED, tr(AS_PLANNED)), *((case.id, case.id) for case in each.cases))
        yield Sift(f"a{place}", each.id, levels, request.GET.get(f"a{place}", ""))
    forces = dict.fromkeys([*sweep.forces, *(name for some in sweep.sets for name in some)])
    if forces:
        choices = ((NOBODY, tr(NOBODY)), *((names.get(each, each), names.get(each, each)) for each in forces))
        yield Sift("without", tr("left out").capitalize(), tuple(choices), request.GET.get("without", ""))


def _sifted(found: Shown, sifts: Sequence[Sift]) -> list[Row]:
    columns = [column.name for column in found.ready.columns]
    at = {name: place for place, name in enumerate(columns)}
    wanted: list[tuple[int, str]] = []
    for sift in sifts:
        if sift.chosen in [value for value, _word in sift.levels]:
            place = at["branch"] + 1 + int(sift.name[1:]) if sift.name.startswith("a") else at[_PLACES[sift.name]]
            wanted.append((place, sift.chosen))
    return [row for row in found.rows if all(_is(row[place], chosen) for place, chosen in wanted)]


def _is(value: Value, chosen: str) -> bool:
    if isinstance(value, bool):
        return value is (chosen == "yes")
    return chosen == value or chosen in str(value).split(" + ")


def _point(found: Shown, names: Sequence[Column], row: Row) -> PointLine:
    at = {column.name: place for place, column in enumerate(found.ready.columns)}
    cells = tuple(said(found, column, row[at[column.name]]) for column in names)
    return PointLine(int(row[0] or 0), cells, row[at["met"]] is True, str(row[at["why"]] or ""))
