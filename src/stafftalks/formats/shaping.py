"""A cell as its field wants it typed: days as spreadsheets keep them, bare numbers of people, words of other forms.

Only what has one reading is turned; `04/05/2027` is left as it stands, so that its field refuses it and says how to write it.
"""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from stafftalks.formats.headings import Target, folded

_SERIAL = re.compile(r"(\d{5})(?:\.(\d{1,12}))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})(?:,? (\d\d):?(\d\d))?")
_SLASHED = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
_BARE = re.compile(r"\d[\d ,]*(?:\.\d+)?")
_URGENCY: Final = {
    "urgent": "1",
    "immediate": "1",
    "flash": "1",
    "high": "1",
    "priority": "2",
    "medium": "2",
    "routine": "3",
    "low": "3",
}
_UNITS: Final = {"pax": "persons", "persons": "persons", "personnel": "persons", "people": "persons", "strength": "persons",
                 "stons": "t", "tonnes": "t", "hours": "h", "days": "d", "km": "km"}  # fmt: skip


def shape(target: Target, heading: str, cell: str, note: Callable[[str], None]) -> str:
    """`cell` as the field at `target` is typed; `note` is told, once a column, of what was read otherwise than it stands."""
    match target.spec.widget:
        case "moment" | "instant":
            return _moment(heading, cell, note)
        case "quantity" if _BARE.fullmatch(cell):
            unit = _unit(heading)
            note(f"Column “{heading}”: bare numbers were read as {unit}.")
            return f"{cell} {unit}"
        case "integer" if target.path == "priority" and (found := _URGENCY.get(cell.casefold())):
            note(f"Column “{heading}”: words of urgency were read as numbers, as {cell!r} as {found}.")
            return found
        case "lines" | "refs":
            parts = (
                cell.split("\n") if "\n" in cell else next(csv.reader([cell], delimiter=";", skipinitialspace=True), [])
            )
            return "\n".join(part.strip() for part in parts if part.strip())
        case "text":
            return " ".join(cell.split())
        case _:
            return cell


def ambiguous(cell: str) -> bool:
    """Whether `cell` is a day that can be read in two ways."""
    return bool(_SLASHED.fullmatch(cell))


def spread(target: Target, cell: str) -> dict[str, str]:
    """The inputs that one cell fills: itself, or for a table in a cell (`Tanks | 12 | 14; Trucks | 30`) one for each part."""
    if target.spec.widget != "rows":
        return {target.path: cell}
    text = cell if "\n" in cell or '"' in cell else cell.replace(";", "\n")
    filled: dict[str, str] = {}
    rows = csv.reader(text.splitlines(), delimiter="|", skipinitialspace=True)
    for number, parts in enumerate(row for row in rows if any(part.strip() for part in row)):
        for at, part in enumerate(parts):
            inner = target.spec.fields[at].name if at < len(target.spec.fields) else f"part {at + 1}"
            filled[f"{target.path}.{number}.{inner}"] = part.strip()
    return filled


def too_many_parts(target: Target, cell: str) -> str:
    """The sentence for a table in a cell with more parts than its rows have; empty where all have a place."""
    names = [inner.label for inner in target.spec.fields]
    if target.spec.widget == "rows" and any(
        path.rpartition(".")[2].startswith("part ") for path in spread(target, cell)
    ):
        return f"{target.label} has {len(names)} parts in each line, divided by |: {', '.join(names)}. This has more."
    return ""


def _moment(heading: str, cell: str, note: Callable[[str], None]) -> str:
    if (match := _SERIAL.fullmatch(cell)) and 20_000 <= int(match[1]) < 80_000:
        at = _DAY_ZERO + timedelta(days=float(cell))
        at = (at + timedelta(seconds=30)).replace(second=0, microsecond=0)
        read = at.date().isoformat() if (at.hour, at.minute) == (0, 0) else at.strftime("%Y-%m-%dT%H:%MZ")
        note(f"Column “{heading}”: numbers were read as the days that spreadsheets count, as {cell} as {read}.")
        return read
    if match := _DOTTED.fullmatch(cell):
        note(f"Column “{heading}”: days were read as day.month.year, as {cell}.")
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    if (match := _NAMED.fullmatch(cell)) and match[2][:3].lower() in _MONTHS:
        month = _MONTHS.index(match[2][:3].lower()) + 1
        clock = f"T{match[4]}:{match[5]}Z" if match[4] else ""
        return f"{match[3]}-{month:02d}-{int(match[1]):02d}{clock}"
    return cell


def _unit(heading: str) -> str:
    words = folded(heading).split()
    return next((unit for word, unit in _UNITS.items() if word in words), "items")
