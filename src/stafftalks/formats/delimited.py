"""Tables as text: what a spreadsheet puts on the clipboard (tabs), and CSV with commas, semicolons or bars.

How the bytes are to be read as characters, and what divides the cells, is found out and said. The standard library's `csv` reads the cells.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import Final

from stafftalks.formats.cells import MAX_CELL, TableError
from stafftalks.formats.sheet import Lines

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western European)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
}
"""The encodings that a person may name, and what they are called."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = ("\t", ",", ";", "|")
_NAMES: Final = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE = 64 * 1024

# One limit for the process; the default, 131,072, is less than a long text may hold. A quote may stand for two characters.
csv.field_size_limit(2 * MAX_CELL + 2)


def decoded(raw: bytes, notes: list[str], encoding: str = "") -> str:
    """`raw` as text, in the encoding that was named, or else in the one that its bytes speak for; says which where that is not UTF-8."""
    if encoding:
        return _in(raw, encoding, notes)
    for mark, name in _MARKS:
        if raw.startswith(mark):
            if name == "utf-16":
                notes.append("The file is in UTF-16.")
            return raw.decode(name, "replace")
    sample = raw[:_SAMPLE]
    if len(sample) >= 4 and (zeros := _zeros(sample)):
        notes.append("The file is in UTF-16, without the mark that says so.")
        return raw.decode(zeros, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _in(raw, "cp1252", notes)


def lines(text: str, notes: list[str]) -> Lines:
    """The lines of cells in `text`, with the number of the line on which each begins."""
    delimiter = _delimiter(text)
    if delimiter != "\t":
        notes.append(f"The cells are divided by {_NAMES[delimiter]}.")
    reader = csv.reader(_split(text), delimiter=delimiter)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(
                f"Line {number:,}: this cannot be read as a table ({error}). A quotation mark may be open there; close it."
            ) from None
        yield number, cells
        number = reader.line_num + 1


def _in(raw: bytes, encoding: str, notes: list[str]) -> str:
    if encoding not in ENCODINGS:
        raise TableError(f"There is no encoding called {encoding[:40]!r} here: use one of {', '.join(ENCODINGS)}.")
    text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
    if encoding != "utf-8":
        notes.append(f"The file was read as {ENCODINGS[encoding]}. If letters look wrong, name another encoding.")
    if broken := text.count("\ufffd"):
        notes.append(f"{broken:,} characters could not be read in that encoding; each stands as \ufffd.")
    return text


def _zeros(sample: bytes) -> str:
    """The UTF-16 that bytes without a mark are in: every second one of plain text is zero. Empty where they are not."""
    even, odd, half = sample[0::2].count(0), sample[1::2].count(0), len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _split(text: str) -> Iterator[str]:
    """The text line by line with its line ends, without a second copy of it."""
    start = 0
    while start < len(text):
        ends = [at for mark in ("\n", "\r") if (at := text.find(mark, start, start + 65_536)) >= 0]
        end = min(ends, default=-1)
        if end < 0:
            end = text.find("\n", start)
            end = len(text) - 1 if end < 0 else end
        elif text[end] == "\r" and text[end + 1 : end + 2] == "\n":
            end += 1
        yield text[start : end + 1]
        start = end + 1


def _delimiter(text: str) -> str:
    """What divides the cells: tabs, unless other marks stand equally often in every line; else the mark that most lines have equally often.

    What stands between quotation marks is not looked at.
    """
    sample = [line for line in _QUOTED.sub("", text[:_SAMPLE]).splitlines() if line.strip()][:50]
    tabbed = sum("\t" in line for line in sample)
    best, score = ",", 0.0
    for delimiter in _DELIMITERS[1:]:
        counts = [line.count(delimiter) for line in sample]
        common = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        if tabbed and tabbed < len(counts) and common and counts.count(common) == len(counts):
            return delimiter
        found = common * counts.count(common) / max(1, len(counts))
        if found > score:
            best, score = delimiter, found
    return "\t" if tabbed else best
