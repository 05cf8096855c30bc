"""A table on a web page, pasted as its source: the text of its cells, and nothing else of it.

Scripts, styles and attributes are dropped; nothing is fetched. A cell that spans several columns is followed by empty ones.
"""

from html.parser import HTMLParser
from typing import Final

from stafftalks.formats.cells import TableError
from stafftalks.formats.sheet import MAX_COLUMNS, Lines

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head"})
_BREAKS: Final = frozenset({"br", "p", "div", "li"})


def looks_like(text: str) -> bool:
    """Whether `text` is the source of a web page with a table on it."""
    start = text[:4_096].lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and "<table" in text[:200_000].lower()


def lines(text: str, notes: list[str]) -> Lines:
    """The rows of the first table in `text`, counted from 1."""
    parser = _Cells()
    parser.feed(text)
    parser.close()
    parser.end_row()
    notes.append("The text is a web page's table: only the words in its cells were read.")
    if parser.tables > 1:
        notes.append(f"It holds {parser.tables} tables: only the first was read.")
    if parser.merged:
        notes.append(f"{parser.merged} cells span several columns or rows: their text stands in the first of them.")
    yield from enumerate(parser.rows, 1)


class _Cells(HTMLParser):
    """Gathers the text of the cells of the first table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.tables = 0
        self.merged = 0
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._silent = ""
        self._closed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a table, a row or a cell."""
        if self._silent:
            return
        if tag in _SILENT:
            self._silent = tag
        elif tag == "table":
            self.tables += 1
        elif self._closed or not self.tables:
            return
        elif tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            given = dict(attrs)
            self._span = _span(given.get("colspan"))
            self.merged += self._span > 1 or _span(given.get("rowspan")) > 1
            self._cell = []
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Closes what `handle_starttag` opened."""
        if self._silent:
            self._silent = "" if tag == self._silent else self._silent
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self.end_row()
        elif tag == "table":
            self.end_row()
            self._closed = True

    def handle_data(self, data: str) -> None:
        """Keeps the words of an open cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def end_row(self) -> None:
        """Closes the row that is open, if one is."""
        self._end_cell()
        if self._row:
            self.rows.append(self._row)
        self._row = None

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if self._row is None:
            self._row = []
        text = "\n".join(" ".join(line.split()) for line in "".join(self._cell).split("\n")).strip()
        self._row += [text, *[""] * (self._span - 1)]
        self._cell, self._span = None, 1
        if len(self._row) > 4 * MAX_COLUMNS:
            raise TableError(
                f"Row {len(self.rows) + 1:,} has more than {MAX_COLUMNS} columns: leave out what is not needed."
            )


def _span(given: str | None) -> int:
    text = (given or "").strip()
    return min(max(int(text), 1), MAX_COLUMNS) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
