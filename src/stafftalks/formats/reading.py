"""A table from whatever a person has: a workbook, a text file, lines from the clipboard, the source of a web page."""

from collections.abc import Callable
from typing import Final

from stafftalks.formats import delimited, markup, workbook
from stafftalks.formats.cells import TableError
from stafftalks.formats.sheet import Reading, reading

MAX_BYTES: Final = 32 * 1024 * 1024
"""The largest table as it is sent."""


def read(
    raw: bytes, *, knows: Callable[[str], bool], sheet: str = "", encoding: str = "", headed: bool = True
) -> Reading:
    """The table in `raw`: what it is, is told by its bytes and not by a file's name.

    Raises TableError, now or while the rows are taken, and nothing else.
    """
    notes: list[str] = []
    if len(raw) > MAX_BYTES:
        raise TableError(f"This table has {len(raw):,} bytes; at most {MAX_BYTES:,} can be sent. Divide it.")
    if workbook.looks_like(raw):
        return reading(workbook.lines(raw, notes, sheet), notes, knows=knows, headed=headed)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(
            "This is a workbook of the older kind (.xls), or one locked with a password: save it as “Excel workbook (.xlsx)”."
        )
    text = delimited.decoded(raw, notes, encoding)
    lines = markup.lines(text, notes) if markup.looks_like(text) else delimited.lines(text, notes)
    return reading(lines, notes, knows=knows, headed=headed)
