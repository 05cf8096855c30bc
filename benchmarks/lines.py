"""What a benchmark says: one line a figure, each with what it is held against in the same run, as a table or as JSON."""

from collections.abc import Iterable

import msgspec
from rich.console import Console
from rich.table import Table


class Line(msgspec.Struct, frozen=True):
    """One figure. `ratio` is to `against`; `holds` is None where there is no goal, or where `value` is None because it could not be measured."""

    name: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None


def at_least(name: str, value: float, unit: str, against: str, ratio: float, goal: float) -> Line:
    """A figure whose ratio must reach `goal`."""
    return Line(name, value, unit, against, ratio, f"ratio >= {goal:g}", ratio >= goal)


def at_most(name: str, value: float, unit: str, against: str, ratio: float, goal: float) -> Line:
    """A figure whose ratio may not pass `goal`."""
    return Line(name, value, unit, against, ratio, f"ratio <= {goal:g}", ratio <= goal)


def below(name: str, value: float, unit: str, bound: float) -> Line:
    """A figure that must be smaller than `bound`."""
    return Line(name, value, unit, "a fixed bound", value / bound, f"< {bound:g} {unit}", value < bound)


def skipped(name: str, unit: str, why: str) -> Line:
    """A figure that could not be measured here."""
    return Line(name, None, unit, f"not measured: {why}")


def show(lines: Iterable[Line], *, as_json: bool) -> None:
    """Prints all lines: as a JSON list on the standard output, or as a table."""
    found = list(lines)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
        return
    table = Table("figure", "value", "unit", "ratio", "against", "goal", "holds")
    for line in found:
        value, ratio = ("" if number is None else f"{number:,.4g}" for number in (line.value, line.ratio))
        holds = {True: "yes", False: "NO", None: ""}[line.holds]
        table.add_row(line.name, value, line.unit, ratio, line.against, line.goal, holds)
    Console(width=200).print(table)
