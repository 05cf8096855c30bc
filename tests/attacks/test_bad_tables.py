"""Hostile tables: rows or a sentence, nothing else. Nothing is run, fetched, unpacked without bound, or written as a formula."""

import csv
import io
import random
import zipfile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stafftalks.formats import cells, headings, reading, workbook, writing
from stafftalks.formats.cells import TableError
from stafftalks.formats.sheet import MAX_LINES

FORMULAS = (
    "=cmd|'/C calc'!A0",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "|calc",
    "%0A=1",
    "＝1+1",
    '=HYPERLINK("http://x")',
)


def read(raw: bytes, **how: object) -> list[tuple[str, ...]]:
    """The rows, or the sentence raised; any other error fails the test."""
    found = reading.read(raw, knows=lambda heading: headings.knows("activity", heading), **how)
    return [row for _, row in found.rows]


def rows_or_sentence(raw: bytes) -> list[tuple[str, ...]] | str:
    """The rows, or the sentence that says why there are none; any other error fails the test."""
    try:
        return read(raw)
    except TableError as error:
        return str(error)


def sentence(raw: bytes, **how: object) -> str:
    with pytest.raises(TableError) as refused:
        read(raw, **how)
    said = str(refused.value)
    assert said.endswith((".", ")"))
    assert len(said) < 600
    return said


def good() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Activity", "Start"])
    book.active.append(["Sweep", "C+1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rebuilt(**parts: bytes) -> bytes:
    """The good workbook with these parts in place of its own, or added; names with `__` for `/`."""
    named = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): raw for name, raw in parts.items()
    }
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as pack, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in pack.namelist():
            made.writestr(name, named.pop(name, None) or pack.read(name))
        for name, raw in named.items():
            made.writestr(name, raw)
    return out.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def sheet(body: bytes) -> bytes:
    return rebuilt(xl__worksheets__sheet1_xml=SHEET % body)


def test_the_workbook_that_the_others_are_made_of_is_read() -> None:
    assert read(rebuilt()) == [("Sweep", "C+1")]


def test_a_zip_bomb_is_refused_by_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 8 * 1024 * 1024)
    bomb = rebuilt(xl__worksheets__sheet9_xml=b" " * (workbook.MAX_UNPACKED + 1))
    assert len(bomb) < 100_000
    assert "larger than" in sentence(bomb)


def test_a_workbook_of_very_many_parts_is_refused() -> None:
    assert "parts" in sentence(rebuilt(**{f"x{n}_xml": b"<x/>" for n in range(workbook.MAX_PARTS)}))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
FETCHES = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, FETCHES, b'<!doctype x SYSTEM "http://evil/x.dtd">'])
@pytest.mark.parametrize(
    "part", ["xl__worksheets__sheet1_xml", "xl__sharedStrings_xml", "xl__workbook_xml", "docProps__core_xml"]
)
def test_entities_that_multiply_or_fetch_are_refused_in_every_part(declaration: bytes, part: str) -> None:
    assert "declares a document type" in sentence(rebuilt(**{part: b'<?xml version="1.0"?>' + declaration + b"<x/>"}))


def test_a_document_type_in_another_encoding_or_across_a_boundary_is_refused_too() -> None:
    wide = ('<?xml version="1.0"?>' + LAUGHS.decode() + "<x/>").encode("utf-16")
    assert "encoding" in sentence(rebuilt(xl__worksheets__sheet1_xml=wide))
    late = b"<x>" + b" " * (1024 * 1024 - 8) + b"<!DOCTYPE x>"
    assert "document type" in sentence(rebuilt(xl__worksheets__sheet1_xml=late))


def test_macros_links_and_hidden_things_are_said_and_not_read() -> None:
    notes: list[str] = []
    raw = rebuilt(xl__vbaProject_bin=b"macro", xl__externalLinks__externalLink1_xml=b"<x/>")
    assert list(workbook.lines(raw, notes))
    assert any("macros: none was read or run" in note for note in notes)
    assert any("other files: none was opened" in note for note in notes)
    notes.clear()
    body = b'<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><t>Activity</t></is></c><c r="IW1"><v>1</v></c></row>'
    merged = (SHEET % body).replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    )
    list(workbook.lines(rebuilt(xl__worksheets__sheet1_xml=merged), notes))
    assert any("hidden" in note for note in notes)
    assert any("1 areas of cells are merged" in note for note in notes)
    assert any("beyond column IV" in note for note in notes)


def test_formulas_are_never_run_and_their_last_result_is_read() -> None:
    body = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Activity</t></is></c></row>'
        b'<row r="2"><c r="A2" t="str"><f>cmd|calc!A0</f><v>=cmd|calc!A0</v></c></row>'
    )
    assert read(sheet(body)) == [("=cmd|calc!A0",)]


@pytest.mark.parametrize("number", [b"99999999999999", b"-4", b"x"])
def test_rows_with_impossible_numbers_end_in_a_sentence_or_rows(number: bytes) -> None:
    body = b'<row r="%s"><c r="A%s" t="inlineStr"><is><t>Activity</t></is></c></row>' % (number, number)
    assert rows_or_sentence(sheet(body)) is not None


def test_a_row_over_all_columns_that_a_sheet_has_is_a_sentence() -> None:
    from openpyxl.utils import get_column_letter

    many = b"".join(b'<c r="%s1"><v>1</v></c>' % get_column_letter(n).encode() for n in range(1, 16_385))
    assert "at most 256" in sentence(sheet(b'<row r="1">%s</row>' % many))


def test_a_workbook_locked_or_of_the_older_kind_says_how_to_save_it() -> None:
    assert ".xls" in sentence(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    locked = bytearray(good())
    at = locked.find(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)
    assert "password" in sentence(bytes(locked))


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(good())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as pack:
        pack.writestr("xl/worksheets/sheet1.xml", SHEET % b"")
    assert "same name" in sentence(out.getvalue())


def test_more_rows_than_a_table_may_have_are_a_sentence() -> None:
    assert "more than 100,000 rows" in sentence(b"Activity\n" + b"x\n" * (MAX_LINES + 1))


def test_long_cells_and_too_many_bytes_are_sentences() -> None:
    assert "200,001 characters" in sentence(b"Activity\tStart\n" + b"x" * 200_001 + b"\t1")
    assert "at most" in sentence(b"x" * (reading.MAX_BYTES + 1))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_brought_in_as_text_goes_out_as_text(formula: str, form: str) -> None:
    rows = [[formula, "C+1"]]
    fields = tuple(headings.targets("activity")[:2])
    if form == "csv":
        raw = "".join(writing.csv_lines(["Activity", "Start"], rows, banner=formula)).encode()
        listed = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        found = [cell for row in listed for cell in row]
    else:
        raw = writing.workbook("T", fields, ["Activity", "Start"], rows, banner=formula)
        book = openpyxl.load_workbook(io.BytesIO(raw))
        found = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
        assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert not [cell for cell in found if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "|", "%")]
    assert (cells.clean(formula), "C+1") in read(raw)


def test_a_marking_cannot_break_the_header_of_a_printed_sheet() -> None:
    fields = tuple(headings.targets("activity")[:1])
    raw = writing.workbook("A/B[x]:*?", fields, ["Activity"], [["x" * 40_000]], banner="&D&A SECRET" * 40)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.active.freeze_panes == "A3"
    assert book.active.auto_filter.ref == "A2:A3"
    assert len(str(book.active["A3"].value)) <= 32_767


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xfe\xff\x00")
@example(b"\x00" * 50)
@example(b'"')
@example(b"<table><tr><td colspan=99999999999>")
@example(b"PK\x03\x04")
def test_any_bytes_are_rows_or_a_sentence(raw: bytes) -> None:
    found = rows_or_sentence(raw)
    assert found != ""
    if isinstance(found, list):
        assert len({len(row) for row in found}) <= 1
        assert not any(mark in cell for row in found for cell in row for mark in "\x00\u202e")


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_workbook_is_rows_or_a_sentence(seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(good())
    match seed % 3:
        case 0:
            for _ in range(chance.randint(1, 30)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        case 1:
            del raw[chance.randrange(len(raw)) :]
        case _:
            inner = bytearray(SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>Activity</t></is></c></row>')
            for _ in range(chance.randint(1, 6)):
                inner[chance.randrange(len(inner))] = chance.randrange(256)
            raw = bytearray(sheet(b"") if seed % 2 else rebuilt(xl__worksheets__sheet1_xml=bytes(inner)))
    assert rows_or_sentence(bytes(raw)) != ""


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/tablerdh \"'=&;#x0123", max_size=200))
def test_any_web_page_is_rows_or_a_sentence(text: str) -> None:
    assert rows_or_sentence(b"<table>" + text.encode()) != ""
