"""Tables in XLSX workbooks, read with openpyxl row by row; nothing in them is run, followed or fetched.

Before openpyxl sees a workbook its parts are looked through as bytes: how large they are unpacked (a zip bomb is refused by what it declares,
and zipfile hands out no more than that), and whether any declares a document type (no office program writes one, and entities that
multiply or fetch files need one). What a person should know - macros, formulas, merged cells, hidden sheets, rows and columns - is said.
"""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final

import openpyxl
from openpyxl.workbook.workbook import Workbook

from stafftalks.formats.cells import TableError
from stafftalks.formats.sheet import MAX_COLUMNS, Lines, letters

MAX_UNPACKED: Final = 192 * 1024 * 1024
MAX_PARTS: Final = 2_000
_MAX_SHARED: Final = 64 * 1024 * 1024
_MAX_LINE: Final = 1_048_576
_PIECE: Final = 1024 * 1024
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell ")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col) [^>]{0,400}?hidden=\"(?:1|true)\"")
_FAR = re.compile(rb"<(?:\w+:)?c r=\"(?:[A-Z]{3}|[J-Z][A-Z]|I[W-Z])[0-9]")
_NOT_ONE = "This file is not a workbook that can be read: save it as “Excel workbook (.xlsx)” or as CSV, and try again."


def looks_like(raw: bytes) -> bool:
    """Whether `raw` is a packed file, as workbooks are."""
    return raw.startswith(b"PK")


def lines(raw: bytes, notes: list[str], sheet: str = "") -> Lines:
    """The rows of the sheet called `sheet`, or of the first one that is shown, with their numbers.

    Raises TableError, and nothing else, for whatever cannot be read.
    """
    try:
        _looked_through(raw, notes)
        yield from _read(raw, notes, sheet)
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook can fail openpyxl in any way; a person needs a sentence
        raise TableError(f"{_NOT_ONE} ({type(error).__name__})") from None


def _looked_through(raw: bytes, notes: list[str]) -> None:
    """Raises TableError for a workbook that is not safe to unpack; notes what it holds besides cells."""
    with zipfile.ZipFile(BytesIO(raw)) as pack:
        parts = pack.infolist()
        names = {part.filename for part in parts}
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError(
                f"Unpacked, this workbook is larger than {MAX_UNPACKED // 1024 // 1024} MB or has more than {MAX_PARTS:,} parts. "
                "Save only the sheet that is needed, or save it as CSV."
            )
        if len(names) < len(parts):
            raise TableError(f"Two parts of this workbook have the same name. {_NOT_ONE}")
        if any(part.flag_bits & 1 for part in parts):
            raise TableError("This workbook is locked with a password: save it without one and try again.")
        if "xl/workbook.xml" not in names:
            raise TableError(_NOT_ONE)
        counts = [0, 0, 0, 0]
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                found = _counted(pack, part)
                counts = [one + other for one, other in zip(counts, found, strict=True)]
            if part.filename.endswith("sharedStrings.xml") and part.file_size > _MAX_SHARED:
                raise TableError("This workbook holds too much text to be read at once: save the sheet as CSV.")
    merged, formulas, hidden, far = counts
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append("The workbook holds macros: none was read or run.")
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("The workbook points to other files: none was opened.")
    if formulas:
        notes.append(
            f"{formulas:,} cells hold formulas: the results that were last saved were read, and no formula was run."
        )
    if merged:
        notes.append(f"{merged:,} areas of cells are merged: the text of each stands in its first cell only.")
    if hidden:
        notes.append("Some rows or columns are hidden in the workbook; they were read too.")
    if far:
        notes.append(f"Cells stand beyond column {letters(MAX_COLUMNS - 1)}; they were not read.")


def _counted(pack: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[int]:
    """How many merged areas, formulas, hidden rows or columns, and far cells a part holds.

    Raises TableError where it declares a document type.
    """
    counts = [0, 0, 0, 0]
    with pack.open(part) as stream:
        tail = b""
        start = True
        while piece := stream.read(_PIECE):
            if start and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in piece[:64]):
                raise TableError(
                    f"The part {part.filename[:60]} of this workbook is in an encoding that workbooks do not use."
                )
            start = False
            whole = tail + piece
            if _DOCTYPE.search(whole):
                raise TableError(
                    f"The part {part.filename[:60]} of this workbook declares a document type, as attacks do and office programs never. "
                    "Nothing of it was read."
                )
            cut = max(0, len(whole) - 512) if len(piece) == _PIECE else len(whole)
            last = whole.rfind(b"<", 0, cut) if cut < len(whole) else len(whole)
            head = whole[: max(last, 0)]
            for at, pattern in enumerate((_MERGED, _FORMULA, _HIDDEN, _FAR)):
                counts[at] += len(pattern.findall(head))
            tail = whole[len(head) :][-_PIECE:]
    return counts


def _read(raw: bytes, notes: list[str], wanted: str) -> Lines:
    book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    try:
        name = _chosen(book, wanted, notes)
        sheet = book[name]
        sheet.reset_dimensions()
        for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1):
            if number > _MAX_LINE:
                raise TableError(f"The sheet “{name[:60]}” goes beyond row {_MAX_LINE:,}, where sheets end.")
            # A row far below the others comes after as many empty ones, each as wide as may be: they must cost nothing.
            yield number, ([] if values.count(None) == len(values) else [_text(value) for value in values])
    finally:
        book.close()


def _chosen(book: Workbook, wanted: str, notes: list[str]) -> str:
    """The name of the sheet to read: the one that was named, or the first that is shown; says which others there are."""
    sheets = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    shown = [name for name, state in sheets.items() if state == "visible"]
    hidden = [name for name in sheets if name not in shown]
    if wanted:
        found = next((name for name in sheets if name.casefold() == wanted.strip().casefold()), "")
        if not found:
            names = ", ".join(f"“{name[:60]}”" for name in list(sheets)[:20])
            raise TableError(f"There is no sheet called “{wanted[:60]}” in this workbook: it has {names}.")
    elif not shown:
        raise TableError("Every sheet of this workbook is hidden: show the one that is meant, or name it.")
    else:
        found = shown[0]
    others = [name for name in shown if name != found]
    if others:
        names = ", ".join(f"“{name[:60]}”" for name in others[:10])
        notes.append(f"Only the sheet “{found[:60]}” was read. There are also: {names}. To read one of them, name it.")
    if rest := [name for name in hidden if name != found]:
        names = ", ".join(f"“{name[:60]}”" for name in rest[:10])
        notes.append(f"Hidden sheets were not read: {names}.")
    return found


def _text(value: object) -> str:
    """A cell's value as a person would type it: whole numbers without a point, days and times in ISO 8601."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            at = value.replace(microsecond=0, tzinfo=None)
            return at.date().isoformat() if (at.hour, at.minute, at.second) == (0, 0, 0) else at.isoformat() + "Z"
        case date() | time():
            return value.isoformat()
        case timedelta():
            return f"{value.total_seconds() / 3600:g} h"
        case _:
            return str(value)
