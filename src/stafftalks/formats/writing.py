"""Tables going out as CSV and XLSX: the same columns that `matching` takes back in.

Every cell is text, or a whole number; what a spreadsheet would run is neutralised. Times and places are written as planners wrote them. The
marking stands in a row of its own above the headings, and in a workbook in the header and footer of every printed page too; each row bears its portion
mark in the first column. The same rows give the same bytes: nothing says who took them out, when, or with which program.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from stafftalks.formats import packing
from stafftalks.formats.cells import neutral
from stafftalks.formats.headings import Target, targets
from stafftalks.formats.packing import Binding

TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN: Final = "xl/workbook.xml"
"""The part that a workbook is, which a label is bound to."""
_LONGEST: Final = 32_767
_CUT: Final = " […: cut here; the CSV holds the whole text]"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"0|[1-9]\d{0,14}")
_WIDTHS: Final = {"text": 28, "longtext": 60, "place": 30, "refs": 30, "lines": 24, "rows": 36}


class _Echo:
    """What `csv` writes to, handing each line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def columns(kind: str, flats: Iterable[Mapping[str, str]]) -> tuple[Target, ...]:
    """The fields of `kind` that stand as columns: those that some row fills, and those that are needed."""
    filled = {re.sub(r"\.\d+\..*", "", path) for flat in flats for path, text in flat.items() if text}
    wide = {target.path for target in targets(kind) if target.spec.widget == "window"}
    return tuple(
        target
        for target in targets(kind)
        if target.path not in wide and (target.path in filled or target.spec.required)
    )


def row(fields: Sequence[Target], flat: Mapping[str, str], mark: str) -> list[str]:
    """One element's cells, from its flat form, after its portion mark."""
    return [f"({mark})" if mark else "", *(_cell(target, flat) for target in fields)]


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[str]], banner: str = "") -> Iterator[str]:
    """The lines of a CSV file, streamed; it begins with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    if banner:
        yield str(writer.writerow([neutral(banner)]))
    yield str(writer.writerow([neutral(heading) for heading in headings]))
    for cells in rows:
        yield str(writer.writerow([neutral(cell) for cell in cells]))


def workbook(
    title: str,
    fields: Sequence[Target],
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    banner: str = "",
    *,
    binding: Binding | None = None,
) -> bytes:
    """An XLSX workbook with one sheet: banner row, headings that stay in sight, a filter, and the marking on every printed page.

    `fields` are those of the columns from the second on: the first is for portion marks. `binding` binds labels to it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Table")
    above = 1 if banner else 0
    sheet.freeze_panes = f"A{above + 2}"
    for at, target in enumerate(fields, 2):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(target.spec.widget, 18)
    marking = banner.replace("&", "&&")[:200]
    for part in (sheet.oddHeader, sheet.oddFooter) if marking else ():
        part.center.text = marking
    sheet.oddFooter.right.text = "&P / &N"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{above + 1}:{above + 1}"
    if banner:
        sheet.append([_styled(sheet, banner, Font(bold=True, color="FFFFFF"), "971B1B")])
    sheet.append([_styled(sheet, heading, Font(bold=True), "E6EFF6") for heading in headings])
    count = 0
    for cells in rows:
        sheet.append([_value(cell) for cell in cells])
        count += 1
    sheet.auto_filter.ref = f"A{above + 1}:{get_column_letter(max(1, len(headings)))}{above + 1 + count}"
    out = BytesIO()
    book.save(out)
    return packing.bare(out.getvalue(), MAIN, title=sheet.title, binding=binding)


def _cell(target: Target, flat: Mapping[str, str]) -> str:
    match target.spec.widget:
        case "rows":
            return "\n".join(_lines(target, flat))
        case "lines" | "refs":
            items = [item for item in flat.get(target.path, "").split("\n") if item]
            if any(";" in item or '"' in item for item in items):
                return _joined(items, ";") if len(items) == 1 else "\n".join(items)
            return "; ".join(items)
        case _:
            return flat.get(target.path, "")


def _lines(target: Target, flat: Mapping[str, str]) -> Iterator[str]:
    number = 0
    while True:
        parts = [flat.get(f"{target.path}.{number}.{inner.name}") for inner in target.spec.fields]
        if all(part is None for part in parts):
            return
        yield _joined([part or "" for part in parts], "|")
        number += 1


def _joined(parts: Sequence[str], delimiter: str) -> str:
    text = str(csv.writer(_Echo(), delimiter=delimiter, lineterminator="").writerow(parts))
    return text if '"' in text else text.replace(delimiter, f" {delimiter} ").strip()


def _value(cell: str) -> str | int:
    if _NUMBER.fullmatch(cell):
        return int(cell)
    text = _ILLEGAL.sub("", neutral(cell))
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT


def _styled(sheet: WriteOnlyWorksheet, text: str, font: Font, colour: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value=_value(text))
    cell.font = font
    cell.fill = PatternFill("solid", fgColor=colour)
    cell.alignment = Alignment(vertical="top")
    return cell
