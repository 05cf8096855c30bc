"""What a sweep says of each point: typed columns, one row a point. Values of a column are all of its type, or None where nothing can be said."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.analysis.sweep_points import AS_PLANNED, Point, Sweep, said_set

Type = Literal["whole", "number", "truth", "text"]
Value = int | float | bool | str | None
Row = tuple[Value, ...]


class Column(msgspec.Struct, frozen=True):
    """A column: its name, the type of its values, and what it says. `less` where less of it is better; by such columns points are compared, the first first."""

    name: str
    type: Type
    says: str
    less: bool = False


_FIRST = (Column("point", "whole", "The number of the point."),)
_BRANCH = Column("branch", "text", "The branch that is reckoned with alone; empty for all.")
_SET = (
    Column("left out", "text", "The forces that are left out."),
    Column("forces left out", "whole", "How many forces are left out."),
)
_ASSUMED = "The case of this assumption."
_LAST = (
    Column("seed", "whole", "The seed of everything that is drawn."),
    Column("met", "truth", "Whether all that is asked for is met."),
    Column("why", "text", "Why nothing can be said of this point; empty where something is."),
)


MESSAGES = tuple(
    dict.fromkeys([*(text for each in (*_FIRST, _BRANCH, *_SET, *_LAST) for text in (each.name, each.says)), _ASSUMED])
)
"""What columns that every sweep has say, for whoever translates."""


def columns(sweep: Sweep, measured: Sequence[Column]) -> tuple[Column, ...]:
    """All columns: what is varied, whether it is met, and what is measured."""
    taken = {each.name for each in (*_FIRST, _BRANCH, *_SET, *_LAST, *measured)}
    assumed = tuple(
        Column(f"assumed: {each.id}" if each.id in taken else each.id, "text", _ASSUMED) for each in sweep.assumptions
    )
    return (*_FIRST, _BRANCH, *assumed, *_SET, *_LAST, *measured)


def row(
    sweep: Sweep, names: Mapping[str, str], point: Point, measured: Sequence[Value], *, met: bool, why: str = ""
) -> Row:
    """The row of a point, in which things are called by their names."""
    cases = (
        assumption.cases[case - 1].id if case else AS_PLANNED
        for assumption, case in zip(sweep.assumptions, point.cases, strict=True)
    )
    left = [names.get(name, name) for name in point.without]
    branch = names.get(point.branch, point.branch)
    return (point.number, branch, *cases, said_set(left), len(left), point.seed, met, why, *measured)
