"""A table as it is read: its column headings, its rows as texts, and what a person should be told about how it was read.

Rows are handed on one by one as they are read, so that a large table is never in memory whole. Which line holds the headings is told by the
words in it, never by its number: reports often put a marking or a title above.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

import msgspec

from stafftalks.formats.cells import TableError, clean

MAX_COLUMNS: Final = 256
MAX_LINES: Final = 100_000
"""Rows that one table may bring in."""
_MAX_BLANK = 1_048_576
_LOOKED_AT = 15

Lines = Iterator[tuple[int, list[str]]]
"""Lines of cells, each with its number in the source, counted from 1."""


class Reading(msgspec.Struct):
    """A table under way: `notes` grow while `rows` are taken. `line` is where the headings stood, 0 where there were none."""

    columns: tuple[str, ...]
    line: int
    rows: Iterator[tuple[int, tuple[str, ...]]]
    notes: list[str]


def reading(lines: Lines, notes: list[str], *, knows: Callable[[str], bool], headed: bool) -> Reading:
    """The table in `lines`; `knows` tells whether a heading is one of the fields' names. Raises TableError where nothing is in it."""
    filled = _filled(lines)
    first = []
    for line in filled:
        first.append(line)
        if len(first) == _LOOKED_AT:
            break
    if not first:
        raise TableError("Nothing is in this table: paste its lines with their headings, or choose another file.")
    if not headed:
        width = max(len(cells) for _, cells in first)
        columns = tuple(f"Column {letters(at)}" for at in range(width))
        return Reading(columns, 0, _rows(chain(first, filled), columns, notes), notes)
    at = _heading_line(first, knows)
    if at:
        above = " / ".join(" ".join(cell for cell in cells if cell) for _, cells in first[:at])
        notes.append(f"Above the headings stood, and was left out: {above[:300]}")
    number, cells = first[at]
    columns = _named(cells, notes)
    return Reading(columns, number, _rows(chain(first[at + 1 :], filled), columns, notes), notes)


def letters(index: int) -> str:
    """A column's letters, counted from 0: A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _filled(lines: Lines) -> Lines:
    """The lines that hold anything, cleaned, without empty cells at their end."""
    blank = 0
    for number, cells in lines:
        if len(cells) > MAX_COLUMNS and any(cell.strip() for cell in cells[MAX_COLUMNS:]):
            raise TableError(
                f"Line {number:,} has {len(cells):,} columns or more; at most {MAX_COLUMNS} can be read. "
                "Leave out the columns that are not needed."
            )
        try:
            cleaned = [clean(cell) for cell in cells[:MAX_COLUMNS]]
        except TableError as error:
            raise TableError(f"Line {number:,}: {error}") from None
        while cleaned and not cleaned[-1]:
            cleaned.pop()
        if cleaned:
            yield number, cleaned
            continue
        blank += 1
        if blank > _MAX_BLANK:
            raise TableError("This table goes on for more than a million empty lines: delete them and try again.")


def _heading_line(first: list[tuple[int, list[str]]], knows: Callable[[str], bool]) -> int:
    """Which of the first lines holds the headings: the one with most known names; else the first with more than one cell filled."""
    scores = [sum(1 for cell in dict.fromkeys(cells) if cell and knows(cell)) for _, cells in first]
    if max(scores):
        return scores.index(max(scores))
    return next((at for at, (_, cells) in enumerate(first) if sum(bool(cell) for cell in cells) > 1), 0)


def _named(cells: list[str], notes: list[str]) -> tuple[str, ...]:
    """The headings, each told apart from the others: an empty one by its letter, one that stands twice by a number."""
    names: list[str] = []
    taken: set[str] = set()
    for at, cell in enumerate(cells):
        plain = " ".join(cell.split())[:120] or f"Column {letters(at)}"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        if number > 1:
            notes.append(f"The heading “{plain}” stands more than once; the later one is called “{name}” here.")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _rows(lines: Lines, columns: tuple[str, ...], notes: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    width, beyond = len(columns), 0
    for count, (number, cells) in enumerate(lines, 1):
        if count > MAX_LINES:
            raise TableError(
                f"This table has more than {MAX_LINES:,} rows: divide it and bring in one part after another."
            )
        beyond += len(cells) > width
        yield number, tuple(cells[:width]) + ("",) * (width - len(cells))
    if beyond:
        notes.append(f"In {beyond:,} rows, cells stood beyond the last heading; they were left out.")
