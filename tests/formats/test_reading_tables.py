"""Tables as they come: whatever divides their cells, whatever they are encoded in, wherever their headings stand."""

import io
import string

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.formats import cells, headings, reading
from stafftalks.formats.cells import TableError
from stafftalks.formats.sheet import MAX_COLUMNS, letters


def read(
    raw: bytes | str, kind: str = "activity", **how: object
) -> tuple[reading.Reading, list[tuple[int, tuple[str, ...]]]]:
    source = raw.encode() if isinstance(raw, str) else raw
    found = reading.read(source, knows=lambda heading: headings.knows(kind, heading), **how)
    return found, list(found.rows)


def workbook(rows: list[list[object]], **sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, other in sheets.items():
        sheet = book.create_sheet(name)
        for row in other:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("divider", ["\t", ",", ";", "|"])
def test_tabs_commas_semicolons_and_bars_divide_cells(divider: str) -> None:
    text = "\n".join(divider.join(row) for row in (["Activity", "Start", "End"], ["Sweep", "C+3", "C+5"]))
    found, rows = read(text)
    assert found.columns == ("Activity", "Start", "End")
    assert rows == [(2, ("Sweep", "C+3", "C+5"))]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_the_encoding_is_found_out_and_said(encoding: str, said: str) -> None:
    found, rows = read("Activity\tPhase\nÜbung für Mörser\tP1\n".encode(encoding))
    assert rows[0][1] == ("Übung für Mörser", "P1")
    assert any(said in note for note in found.notes) == bool(said)


def test_a_named_encoding_is_used_and_what_it_cannot_read_is_counted() -> None:
    found, rows = read("Activity\tPhase\nליווי\tP1".encode("cp1255"), encoding="cp1255")
    assert rows[0][1][0] == "ליווי"
    found, rows = read(b"Activity\tPhase\n\xff\xfe\xfdx\tP1", encoding="utf-8")
    assert any("could not be read in that encoding" in note for note in found.notes)
    with pytest.raises(TableError, match="no encoding called"):
        read("x", encoding="zip")


def test_the_headings_are_found_by_their_words_and_not_by_their_place() -> None:
    found, rows = read("RESTRICTED\nPlan of the week\t\n\nRow\tStart\tActivity\n1\tC+3\tSweep\n")
    assert found.columns == ("Row", "Start", "Activity")
    assert found.line == 4
    assert "RESTRICTED / Plan of the week" in found.notes[0]
    assert rows == [(5, ("1", "C+3", "Sweep"))]


def test_a_table_without_headings_has_its_columns_by_letter() -> None:
    found, rows = read("Sweep\tC+3\nEscort\tC+4", headed=False)
    assert found.columns == ("Column A", "Column B")
    assert len(rows) == 2


def test_headings_that_stand_twice_are_told_apart_and_said() -> None:
    found, _rows = read("Start\tStart\t\tActivity\nC+1\tC+2\tx\tSweep")
    assert found.columns == ("Start", "Start (2)", "Column C", "Activity")
    assert any("stands more than once" in note for note in found.notes)


def test_a_web_page_gives_its_words_and_nothing_else() -> None:
    page = (
        "<html><head><style>td{}</style></head><body onload='x()'><table><tr><th>Activity<th colspan=2>Start</tr>"
        "<tr><td><script>alert(1)</script><b onclick=x>Sweep</b><br>north &amp; south<td>C+3<td>x</table>"
        "<table><tr><td>other</table>"
    )
    found, rows = read(page)
    assert found.columns == ("Activity", "Start", "Column C")[: len(found.columns)]
    assert rows[0][1][0] == "Sweep\nnorth & south"
    assert "alert" not in str(rows)
    assert any("2 tables" in note for note in found.notes)
    assert any("span" in note for note in found.notes)


def test_a_tab_inside_a_cell_does_not_turn_a_csv_into_columns() -> None:
    found, rows = read("Activity,Remarks\nSweep,a\tb\nEscort,c")
    assert found.columns == ("Activity", "Remarks")
    assert rows[0][1] == ("Sweep", "a\tb")


def test_quoted_cells_hold_line_ends_and_dividers() -> None:
    _found, rows = read('Activity,Remarks\n"Sweep, twice","one\r\ntwo"\nEscort,x\n')
    assert [cells for _, cells in rows] == [("Sweep, twice", "one\ntwo"), ("Escort", "x")]
    assert [n for n, _ in rows] == [2, 4]


def test_an_open_quotation_mark_is_said_with_its_line() -> None:
    with pytest.raises(TableError, match=r"Line 2: .*quotation mark"):
        read('Activity,Remarks\n"' + "x" * 500_000)


def test_workbooks_give_days_numbers_and_words_as_a_person_types_them() -> None:
    from datetime import UTC, datetime

    raw = workbook(
        [["Activity", "Start", "Number"], ["Sweep", datetime(2027, 5, 4, 6, 30, tzinfo=UTC).replace(tzinfo=None), 12.0]]
    )
    _found, rows = read(raw)
    assert rows == [(2, ("Sweep", "2027-05-04T06:30:00Z", "12"))]


def test_one_sheet_is_read_and_the_others_are_said() -> None:
    raw = workbook([["Activity"], ["Sweep"]], Forces=[["Unit"], ["Squadron"]])
    found, rows = read(raw)
    assert rows[0][1] == ("Sweep",)
    assert any("“Forces”" in note for note in found.notes)
    found, rows = read(raw, sheet="forces")
    assert rows[0][1] == ("Squadron",)
    with pytest.raises(TableError, match="no sheet called"):
        read(raw, sheet="Elsewhere")


def test_too_many_columns_and_nothing_at_all_are_sentences() -> None:
    with pytest.raises(TableError, match="at most 256"):
        read("\t".join(["Activity"] * 16_384))
    for nothing in ("", "\n\n \t \n"):
        with pytest.raises(TableError, match="Nothing is in this table"):
            read(nothing)


def test_cells_beyond_the_last_heading_are_said() -> None:
    found, rows = read("Activity\tStart\nSweep\tC+1\tx\ty")
    assert rows == [(2, ("Sweep", "C+1"))]
    assert any("beyond the last heading" in note for note in found.notes)


def test_control_characters_and_marks_that_turn_text_are_left_out() -> None:
    assert cells.clean("a\x00b\u202ec\u2066d\r\ne\ufeff ") == "abcd\ne"
    with pytest.raises(TableError, match="200,001 characters"):
        cells.clean("x" * 200_001)


@given(st.text(max_size=60))
def test_a_neutral_cell_is_never_a_formula_and_comes_back_as_it_was(text: str) -> None:
    cleaned = cells.clean(text)
    neutral = cells.neutral(cleaned)
    if not cleaned.lstrip("+-").replace(".", "").replace(",", "").isascii() or not cleaned.lstrip("+-")[:1].isdigit():
        assert neutral[:1] not in ("=", "+", "-", "@", "|", "%")
    assert cells.clean(neutral) == cleaned


@given(st.integers(0, 18_000))
def test_columns_have_letters_as_in_spreadsheets(at: int) -> None:
    from openpyxl.utils import get_column_letter

    assert letters(at) == get_column_letter(at + 1)


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.text(string.ascii_letters + " ,;\"'\n|é", max_size=8), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_what_a_spreadsheet_copies_is_read_cell_by_cell(rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, dialect="excel-tab")
    writer.writerow(["Activity", "Start", "End"])
    writer.writerows(rows)
    _found, got = read(out.getvalue())
    cleaned = [tuple(cells.clean(cell) for cell in row) for row in rows]
    assert [row for _, row in got] == [row for row in cleaned if any(row)]


def test_the_bound_of_columns_is_the_last_one_read() -> None:
    found, _rows = read("\t".join(f"h{n}" for n in range(MAX_COLUMNS)) + "\nx")
    assert len(found.columns) == MAX_COLUMNS
