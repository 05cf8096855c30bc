"""One cell of a table as text: cleaned as it comes in, neutralised as it goes out.

Nothing that stands in a cell is ever run: what a spreadsheet would take for a formula stays text here, and is written so that no spreadsheet
takes it for one again. The apostrophe put before it is the one that spreadsheets themselves use for text; `clean` takes it off again.
"""

import re
import unicodedata
from typing import Final

from stafftalks.values.errors import MisuseError

MAX_CELL: Final = 200_000
"""Characters in one cell: as many as a long text may hold."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
# Marks that turn the reading order of what follows: they can make one text look like another. Hebrew and Arabic need none of them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_GUARDED = re.compile(r"'(?='*[=+\-@\t\r|%])")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r|%]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?")


class TableError(MisuseError):
    """A table that cannot be read; the sentence says what, where and how to mend it."""


def clean(text: str) -> str:
    """`text` in NFC with LF line ends, without control characters, marks that turn the reading order, and outer white space.

    Raises TableError where it is longer than MAX_CELL.
    """
    if len(text) > MAX_CELL:
        raise TableError(f"A cell holds {len(text):,} characters; at most {MAX_CELL:,} can be read. Divide its text.")
    if text.isascii() and text.isprintable():
        plain = text.strip()
    else:
        lined = text.replace("\r\n", "\n").replace("\r", "\n")
        plain = unicodedata.normalize("NFC", _TURNING.sub("", _CONTROL.sub("", lined))).strip()
    return plain[1:].strip() if _GUARDED.match(plain) else plain


def neutral(text: str) -> str:
    """`text` as a cell that no spreadsheet runs: an apostrophe before what begins as a formula does; numbers stand as they are."""
    if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
