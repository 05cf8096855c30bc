"""Where commands write: tables and sentences for people, one JSON document for programs.

A terminal gets tables drawn to its width; a pipe or file gets plain aligned text that is never cut. Nothing is said by
colour alone. All text may have come from a partner, so control characters and direction overrides are shown, never obeyed.
"""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LATEST = 253_402_300_799
"""23:59:59 on 31 December 9999, unix seconds: later claims are shown as the number that was claimed."""


def clean(text: str) -> str:
    """`text` with control characters (but line breaks) and direction overrides spelt out, fit for a terminal."""
    return "".join(_spelt(character) for character in text)


def clean_line(text: str) -> str:
    """`text` fit for a terminal, on one line."""
    return clean(" ".join(text.split()))


def when(at: int) -> str:
    """`2023-01-24 12:00 UTC` for unix seconds; `never` for 0; the bare number where no calendar holds it."""
    if at == 0:
        return "never"
    if not 0 < at <= _LATEST:
        return f"unix time {at}"
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


class Screen:
    """The output of one command, in words or in JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.documented = False
        self._out = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
        self._err = Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def document(self, value: object) -> None:
        """Prints `value` as the one JSON document of this command."""
        self.documented = True
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
        # The same JSON: these characters stand inside strings only, and a terminal must not obey them there either.
        sys.stdout.write(clean(text) + "\n")
        sys.stdout.flush()

    def say(self, *lines: str) -> None:
        """Prints sentences, one a line; nothing where the output is JSON."""
        if not self.as_json:
            for line in lines:
                self._out.print(Text(clean(line)))

    def warn(self, *lines: str) -> None:
        """Prints sentences to the error stream, in either mode."""
        for line in lines:
            self._err.print(Text(clean(line)))

    def heading(self, text: str) -> None:
        """Prints a heading, set off by an empty line before and, on a terminal, in bold."""
        if not self.as_json:
            self._out.print()
            self._out.print(Text(clean_line(text), style="bold"))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
        """Prints `rows` under `columns`; the sentence `empty` where there are none."""
        if self.as_json:
            return
        if not rows:
            self.say(empty)
        elif self._out.is_terminal:
            self._out.print(_drawn(columns, rows), soft_wrap=False)
        else:
            self.say(*_aligned(columns, rows))

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator["Steps"]:
        """A progress bar on the error stream, where that is a terminal; nothing otherwise."""
        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._err,
            transient=True,
            disable=not self._err.is_terminal,
        )
        with bar:
            yield Steps(bar, what, total)


class Steps:
    """Moves a progress bar on."""

    def __init__(self, bar: Progress, what: str, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task(what, total=total)

    def done(self, what: str) -> None:
        """One step is done; `what` says which."""
        self._bar.update(self._task, advance=1, description=clean_line(what))

    def stands(self, what: str, steps: int) -> None:
        """So many steps are done in all; `what` says how it stands."""
        self._bar.update(self._task, completed=steps, description=clean_line(what))

    def reached(self, steps: int) -> None:
        """So many steps are done in all."""
        self._bar.update(self._task, completed=steps)


def _spelt(character: str) -> str:
    if character == "\n":
        return character
    if character in _DIRECTION_OVERRIDES or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
        return "    " if character == "\t" else f"\\u{ord(character):04x}"
    return character


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    return table


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [list(columns), *([clean_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(columns))]
    return [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
