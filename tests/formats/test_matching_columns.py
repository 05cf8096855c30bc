"""Columns are matched by the words of the field and by what stands in them, and never by where they stand."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.formats import headings, matching, shaping
from stafftalks.formats.headings import target

TPFDD = {
    "ULN": "serial", "UTC": "capability", "Description": "title", "PAX": "quantity", "Destination": "place", "RDD": "window.start",
    "Priority": "priority", "Remarks": "statement",
}  # fmt: skip
ICS_213RR = {
    "Order #": "serial", "Qty.": "quantity", "Kind": "capability", "Detailed Item Description": "statement",
    "Requested Reporting Location": "place", "Priority": "priority", "Arrival Date and Time (requested)": "window.start",
}  # fmt: skip
ORBAT = {
    "Unit": "title", "Short name": "short_name", "SIDC": "sidc", "Location": "place", "Command relationship": "command_state",
    "NTM": "readiness.notice", "Effectiveness": "readiness.effectiveness",
}  # fmt: skip
PLAIN = {
    "Task": "what",
    "From": "window.start",
    "To": "window.end",
    "Where": "footprint",
    "Who": "forces",
    "LOE": "function",
}


@pytest.mark.parametrize(
    ("kind", "table"), [("requirement", TPFDD), ("requirement", ICS_213RR), ("force", ORBAT), ("activity", PLAIN)]
)
@pytest.mark.parametrize("seed", range(3))
def test_the_fields_own_terms_are_known_in_any_order(kind: str, table: dict[str, str], seed: int) -> None:
    columns = list(table)
    random.Random(seed).shuffle(columns)
    found = matching.propose(kind, columns, [])
    assert {columns[at]: one.path for at, one in found.items()} == table
    assert {one.why for one in found.values()} == {"heading"}


@pytest.mark.parametrize("kind", headings.kinds())
def test_labels_and_paths_of_every_field_are_known(kind: str) -> None:
    for wanted in headings.targets(kind):
        for words in (wanted.label, wanted.path):
            found = matching.propose(kind, [words], [])
            assert found[0].path == wanted.path


def test_content_speaks_where_headings_do_not() -> None:
    rows = [["C+5", "C+3", "36.85, 34.64", "x"], ["C+9", "C+7", "36.9, 34.7", "y"]]
    found = matching.propose("activity", ["a1", "b1", "c1", "d1"], rows)
    assert {at: one.path for at, one in found.items()} == {0: "window.end", 1: "window.start", 2: "footprint"}
    assert {one.why for one in found.values()} == {"content"}


def test_content_that_speaks_for_two_columns_speaks_for_none() -> None:
    rows = [["36.85, 34.64", "36.9, 34.7", "C+3", "C+3"]]
    assert matching.propose("activity", ["a1", "b1", "c1", "d1"], rows) == {}


def test_a_kept_matching_comes_first_and_is_found_by_words() -> None:
    saved = matching.saved_as(["Blah!", "Start"], {0: "phase", 1: ""})
    assert saved == {"blah": "phase"}
    found = matching.propose("activity", ["Start", "BLAH"], [], saved)
    assert (found[1].path, found[1].why) == ("phase", "saved")


@given(st.lists(st.text(max_size=12), max_size=8), st.sampled_from(headings.kinds()))
def test_no_field_is_proposed_twice(columns: list[str], kind: str) -> None:
    found = matching.propose(kind, columns, [])
    assert len({one.path for one in found.values()}) == len(found)


def shaped(kind: str, path: str, heading: str, cell: str) -> tuple[str, list[str]]:
    notes: list[str] = []
    wanted = target(kind, path)
    assert wanted is not None
    return shaping.shape(wanted, heading, cell, notes.append), notes


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("45292", "2024-01-01"), ("45292.5", "2024-01-01T12:00Z"), ("4.5.2027", "2027-05-04"), ("23 Jan 2026", "2026-01-23"),
        ("23-Jan-2026 06:30", "2026-01-23T06:30Z"), ("C+3", "C+3"), ("04/05/2027", "04/05/2027"), ("99999", "99999"),
    ],
)  # fmt: skip
def test_days_with_one_reading_are_turned_and_others_are_left(cell: str, read: str) -> None:
    assert shaped("activity", "window.start", "Start", cell)[0] == read


def test_bare_numbers_take_the_unit_of_their_heading_and_it_is_said() -> None:
    assert shaped("requirement", "quantity", "PAX", "250") == (
        "250 persons",
        ["Column “PAX”: bare numbers were read as persons."],
    )
    assert shaped("requirement", "quantity", "Qty", "4")[0] == "4 items"
    assert shaped("requirement", "quantity", "Qty", "4 t")[0] == "4 t"
    assert shaped("requirement", "priority", "Priority", "Urgent")[0] == "1"


def test_a_table_in_a_cell_is_spread_over_its_rows() -> None:
    wanted = target("force", "holdings")
    assert wanted is not None
    assert shaping.spread(wanted, "Tanks | 12 | 14; Trucks | 30") == {
        "holdings.0.item": "Tanks", "holdings.0.on_hand": "12", "holdings.0.required": "14",
        "holdings.1.item": "Trucks", "holdings.1.on_hand": "30",
    }  # fmt: skip
    assert "4 parts" in shaping.too_many_parts(wanted, "a|1|2|3|4")
    assert shaping.too_many_parts(wanted, "a|1") == ""


@pytest.mark.parametrize(("cell", "lines"), [("a; b", "a\nb"), ("a\nb;c", "a\nb;c"), ('"a;b"', "a;b"), ("", "")])
def test_several_in_one_cell_are_divided_by_semicolons_or_lines(cell: str, lines: str) -> None:
    assert shaped("force", "capabilities", "Capabilities", cell)[0] == lines
