"""What the rows of a sweep add up to: the best and the worst points, how many are not met, and what each factor does by itself.

A factor's effect is the spread of the means of its levels, and its share of all variance (the sum of squares between levels by that of all): what else is varied is averaged over. Sets of
forces are told force by force, over pairs of points that differ in that force alone. Means are over points of which something can be said; whether it is met counts in all.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.sweep import Ready
from stafftalks.analysis.sweep_points import AS_PLANNED, Point, point
from stafftalks.analysis.sweep_rows import Column, Row, Value

LISTED: Final = 10
_SAID: Final = 3
THERE: Final = "there"
GONE: Final = "left out"


class Level(msgspec.Struct, frozen=True):
    """One level of a factor: how many points have it, in how many not all is met, of how many the measure can be said, its mean, least and most."""

    name: str
    points: int
    not_met: int
    measured: int
    mean: float | None
    least: float | None
    most: float | None


class Effect(msgspec.Struct, frozen=True):
    """What one factor does: its levels, how far the means of the best and the worst lie apart, and its share of the variance. `force` where it is one force that is there or left out."""

    factor: str
    force: bool
    levels: tuple[Level, ...]
    spread: float
    share: float


class Summary(msgspec.Struct, frozen=True):
    """`measure` is the column by which effects are told. `worst` and `best` are rows; `effects` those that do most first; `account` says it in sentences."""

    points: int
    met: int
    silent: int
    measure: str
    worst: tuple[Row, ...]
    best: tuple[Row, ...]
    effects: tuple[Effect, ...]
    account: tuple[str, ...]


def summary(ready: Ready, rows: Sequence[Row], *, listed: int = LISTED) -> Summary:
    """What rows add up to, in any order and however many of them are there."""
    columns = ready.columns
    at = {column.name: place for place, column in enumerate(columns)}
    places = [at[column.name] for column in columns if column.less]
    ordered = sorted(rows, key=lambda row: (not row[at["met"]], *(_rank(row[place]) for place in places), row[0]))
    measured = _measure(columns, rows)
    met = sum(row[at["met"]] is True for row in rows)
    silent = sum(bool(row[at["why"]]) for row in rows)
    effects = tuple(
        sorted(_effects(ready, rows, at[measured.name], at["met"]), key=lambda each: (-each.share, -_gap(each)))
    )
    best = tuple(ordered[:listed])
    worst = tuple(reversed(ordered[-listed:]))
    found = Summary(len(rows), met, silent, measured.name, worst, best, effects, ())
    return msgspec.structs.replace(found, account=tuple(_account(found, measured)))


def _rank(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else math.inf


def _measure(columns: Sequence[Column], rows: Sequence[Row]) -> Column:
    """The first column to compare by in which points differ; the first of all where they differ in none."""
    compared = [(place, column) for place, column in enumerate(columns) if column.less]
    for place, column in compared:
        if len({row[place] for row in rows} - {None}) > 1:
            return column
    return compared[0][1]


class _Told(msgspec.Struct, frozen=True):
    """Rows of which an effect is told, the level of each, and whether its measure counts; `total` is the sum of squares of all rows there are."""

    rows: Sequence[Row]
    levels: Sequence[int]
    counted: Sequence[bool]
    measure: int
    met: int
    total: float


def _effects(ready: Ready, rows: Sequence[Row], measure: int, met: int) -> Iterable[Effect]:
    sweep, names = ready.problem.sweep, ready.problem.names
    points = [point(sweep, int(row[0] or 0)) for row in rows]
    counted = [isinstance(row[measure], (int, float)) for row in rows]
    total = _spread([float(row[measure] or 0) for row, counts in zip(rows, counted, strict=True) if counts])

    def told(levels: Sequence[int]) -> _Told:
        return _Told(rows, levels, counted, measure, met, total)

    if len(sweep.branches) > 1:
        called = [names.get(each, each) for each in sweep.branches]
        yield _effect("branch", called, told([sweep.branches.index(each.branch) for each in points]))
    for number, assumption in enumerate(sweep.assumptions):
        called = [AS_PLANNED, *(case.id for case in assumption.cases)]
        yield _effect(assumption.id, called, told([each.cases[number] for each in points]))
    for force in dict.fromkeys([*sweep.forces, *(name for some in sweep.sets for name in some)]):
        pairs = _paired(force, points, told([int(force in each.without) for each in points]))
        yield _effect(names.get(force, force), [THERE, GONE], pairs, force=True)
    if sweep.seeds > 1:
        called = [str(sweep.seed + number) for number in range(sweep.seeds)]
        yield _effect("seed", called, told([each.seed - sweep.seed for each in points]))


def _paired(force: str, points: Sequence[Point], every: _Told) -> _Told:
    """Only rows that differ in this force alone, and their measure only where it can be said of both: without pairs, what else is left out would count as the force's doing.

    Where sets are given in which it is never left out alone, all rows are told.
    """
    places = {(each.branch, each.cases, each.seed, frozenset(each.without)): place for place, each in enumerate(points)}
    rows, levels, counted = [], [], []
    for (branch, cases, seed, without), place in places.items():
        other = places.get((branch, cases, seed, without ^ {force}))
        if other is not None:
            rows.append(every.rows[place])
            levels.append(every.levels[place])
            counted.append(every.counted[place] and every.counted[other])
    if not rows:
        return every
    return msgspec.structs.replace(every, rows=rows, levels=levels, counted=counted)


def _effect(factor: str, names: Sequence[str], told: _Told, *, force: bool = False) -> Effect:
    values: list[list[float]] = [[] for _ in names]
    counts, open_ = [0] * len(names), [0] * len(names)
    for level, row, counted in zip(told.levels, told.rows, told.counted, strict=True):
        counts[level] += 1
        open_[level] += row[told.met] is not True
        if counted:
            values[level].append(float(row[told.measure] or 0))
    levels = tuple(
        Level(
            name,
            counts[number],
            open_[number],
            len(some),
            _mean(some),
            min(some, default=None),
            max(some, default=None),
        )
        for number, (name, some) in enumerate(zip(names, values, strict=True))
    )
    every = [value for some in values for value in some]
    means = [level.mean for level in levels if level.mean is not None]
    whole = _mean(every) or 0.0
    # A part of all there is, also where only pairs are told: shares of forces are then parts of one whole.
    between = math.fsum(len(some) * ((_mean(some) or 0.0) - whole) ** 2 for some in values)
    spread = max(means) - min(means) if means else 0.0
    return Effect(factor, force, levels, round(spread, 9), round(between / told.total, 9) if told.total else 0.0)


def _spread(values: Sequence[float]) -> float:
    """The sum of squares about the mean."""
    whole = _mean(values) or 0.0
    return math.fsum((value - whole) ** 2 for value in values)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _gap(effect: Effect) -> float:
    """How much oftener it is not met in the worst level than in the best."""
    shares = [level.not_met / level.points for level in effect.levels if level.points]
    return max(shares) - min(shares) if shares else 0.0


def _account(found: Summary, measured: Column) -> Iterable[str]:
    if not found.points:
        yield "No point is reckoned yet."
        return
    open_ = found.points - found.met
    if not open_:
        yield f"All is met in all {found.points:,} points."
    elif not found.met:
        yield f"In none of {found.points:,} points is all met."
    else:
        yield f"All is met in {found.met:,} of {found.points:,} points; in {open_:,} ({open_ / found.points:.0%}) it is not."
    if found.silent:
        yield f"Of {found.silent:,} points nothing can be said; each says why."
    told = [each for each in found.effects if each.share > 0 or _gap(each) > 0][:_SAID]
    if not told:
        yield f"Nothing that is varied moves “{measured.name}” or what is met."
    for each in told:
        yield _said(each, measured.name)


def _said(effect: Effect, measure: str) -> str:
    there = [level for level in effect.levels if level.mean is not None]
    often = max((level for level in effect.levels if level.points), key=lambda level: level.not_met / level.points)
    rarely = min((level for level in effect.levels if level.points), key=lambda level: level.not_met / level.points)
    parts = []
    if there and effect.spread:
        high, low = max(there, key=lambda each: each.mean or 0.0), min(there, key=lambda each: each.mean or 0.0)
        parts.append(
            f"“{measure}” is {high.mean:,.4g} on average where it is {high.name}, and {low.mean:,.4g} where it is {low.name}"
        )
    if _gap(effect):
        parts.append(
            f"not all is met in {often.not_met / often.points:.0%} of points where it is {often.name}, in {rarely.not_met / rarely.points:.0%} where it is {rarely.name}"
        )
    share = f" ({effect.share:.0%} of the variance)" if effect.share else ""
    return f"{effect.factor}{share}: {'; '.join(parts)}."
