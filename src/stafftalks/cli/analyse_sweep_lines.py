"""What `stafftalks analyse sweep` tells: the document, and the words."""

import msgspec

from stafftalks.analysis import sweep_summary
from stafftalks.analysis.sweep_rows import Row, Value
from stafftalks.analysis.sweep_summary import Effect
from stafftalks.cli import analyse_basis
from stafftalks.cli.analyse_basis import LeftOutOfIt, StandsOn
from stafftalks.cli.calls import Call
from stafftalks.services.sweeps import Kept, Outcome

_TICKS = ("end", "earliest end", "closed in 50%", "closed in 80%", "closed in 90%")
_ASIDE = ("point", "met", "why", "forces left out")
_SHOWN = 8


class LevelLine(msgspec.Struct, frozen=True):
    """One level of what is varied: in how many points it is, in how many of them not all is met, and the mean, least and most of the measure where it can be said."""

    level: str
    points: int
    not_met: int
    mean: float | None
    least: float | None
    most: float | None


class EffectLine(msgspec.Struct, frozen=True):
    """What one thing that is varied does: how far its levels' means lie apart, and its share of the variance. `force` where it is a force that is there or left out."""

    factor: str
    force: bool
    spread: float
    share: float
    levels: tuple[LevelLine, ...]


class ColumnLine(msgspec.Struct, frozen=True):
    """A column of rows: whole, number, truth or text."""

    name: str
    type: str
    says: str


class SweepFound(msgspec.Struct, frozen=True):
    """A sweep: how many `points` there are and are `done`, in how many all is met (`met`) and nothing can be said (`silent`), the worst and best rows, and what each thing that is varied does to `measure`.

    `place` is where it is kept, empty for nowhere; `refused` says which parts were there and could not be used. `stands_on` is null for files.
    """

    title: str
    analysis: str
    problem: str
    points: int
    done: int
    stopped: bool
    place: str
    met: int
    silent: int
    measure: str
    account: tuple[str, ...]
    columns: tuple[ColumnLine, ...]
    worst: tuple[dict[str, Value], ...]
    best: tuple[dict[str, Value], ...]
    effects: tuple[EffectLine, ...]
    marking: tuple[str, ...]
    refused: tuple[str, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def found(kept: Kept, outcome: Outcome, place: str, listed: int) -> SweepFound:
    """The document of a sweep as it stands."""
    manifest, columns = kept.manifest, kept.ready.columns
    told = sweep_summary.summary(kept.ready, kept.rows(), listed=listed)

    def line(row: Row) -> dict[str, Value]:
        return {column.name: value for column, value in zip(columns, row, strict=True)}

    return SweepFound(
        manifest.title,
        manifest.analysis,
        manifest.problem,
        manifest.points,
        outcome.done,
        outcome.stopped,
        place,
        told.met,
        told.silent,
        told.measure,
        told.account,
        tuple(ColumnLine(column.name, column.type, column.says) for column in columns),
        tuple(map(line, told.worst)),
        tuple(map(line, told.best)),
        tuple(map(_effect, told.effects)),
        manifest.marking,
        kept.refused,
        None if manifest.basis is None else analyse_basis.stands_on(manifest.basis),
        analyse_basis.left_out(manifest.faults),
    )


def tell(call: Call, sweep: SweepFound, kept: Kept, parquet: str) -> None:
    """Says it in words and tables."""
    screen = call.screen
    screen.say(*sweep.marking, *sweep.refused)
    if sweep.stopped:
        again = f"; go on with --resume {sweep.place}" if sweep.place else ""
        screen.say(f"It was stopped: {sweep.done:,} of {sweep.points:,} points are reckoned{again}.")
    screen.say(*sweep.account)
    for heading, rows in (("The worst points", sweep.worst), ("The best points", sweep.best)):
        screen.heading(heading)
        _points(call, kept, sweep, rows)
    screen.heading(f"What each does to “{sweep.measure}”")
    lines = [
        (
            each.factor,
            level.level,
            f"{level.points:,}",
            f"{level.not_met:,}",
            "" if level.mean is None else f"{level.mean:,.4g}",
            f"{each.share:.0%}",
        )
        for each in sweep.effects
        for level in each.levels
    ]
    screen.table(("Varied", "Level", "Points", "Not met", "Mean", "Of the variance"), lines, empty="Nothing is varied.")
    if parquet:
        screen.say(f"All rows are in {parquet}, which nobody else on this machine may read.")
    if sweep.place:
        screen.say(f"It is kept in {sweep.place}.")
    analyse_basis.tell_basis(call, sweep.stands_on, sweep.left_out)


def _effect(effect: Effect) -> EffectLine:
    levels = tuple(
        LevelLine(each.name, each.points, each.not_met, each.mean, each.least, each.most) for each in effect.levels
    )
    return EffectLine(effect.factor, effect.force, effect.spread, effect.share, levels)


def _points(call: Call, kept: Kept, sweep: SweepFound, rows: tuple[dict[str, Value], ...]) -> None:
    """What differs between points, and the first columns that are measured; ticks as people write them."""
    varied = [each.name for each in sweep.columns if each.name not in _ASIDE]
    names = [
        name for name in varied if len({row[name] for row in (*sweep.worst, *sweep.best)}) > 1 or name == sweep.measure
    ]
    names = names[: _SHOWN + len(kept.ready.problem.sweep.assumptions)]
    lines = [
        (*(_said(kept, name, row[name]) for name in names), "" if row["met"] else str(row["why"]) or "not met")
        for row in rows
    ]
    call.screen.table((*(name[:1].upper() + name[1:] for name in names), ""), lines, empty="No point is reckoned yet.")


def _said(kept: Kept, name: str, value: Value) -> str:
    times = kept.manifest.times
    if value is None:
        return ""
    if name in _TICKS and times is not None and isinstance(value, int):
        return times.said(value)
    return (
        {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else f"{value:,}"
        if isinstance(value, (int, float))
        else value
    )
