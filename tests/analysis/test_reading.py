"""Problem files: whatever stands in them is read, left out with a sentence, or refused in words; never anything else."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.analysis.clashes_reading import clashes_of
from stafftalks.analysis.coverage_reading import coverage_of
from stafftalks.analysis.options_reading import choice_of
from stafftalks.analysis.reading import ProblemFile, UnreadError
from stafftalks.analysis.risk_reading import estimates_of, network_of
from stafftalks.values.errors import StafftalksError

READERS: dict[str, tuple[Callable[[object, str], tuple[object, ...]], tuple[str, ...], tuple[str, ...]]] = {
    "coverage": (
        coverage_of,
        ("scenarios", "requirements", "contributions"),
        ("branches", "scenario", "quantity", "window", "requirement", "party", "option", "firm", "force", "through"),
    ),
    "conflicts": (
        clashes_of,
        ("bookings", "capacities", "assumptions", "reliances"),
        ("sort", "name", "amount", "window", "capacity", "plan", "text", "invalid", "relies_on", "recalled"),
    ),
    "risk": (
        network_of,
        ("activities", "resources", "closures"),
        ("duration", "observed", "shape", "ready", "after", "uses", "capacity", "changes", "opens", "activities"),
    ),
    "estimates": (estimates_of, ("activities", "resources"), ("duration", "observed", "shape", "ready", "opens")),
    "options": (
        choice_of,
        ("forces", "requirements", "scenarios", "limits", "offers"),
        ("party", "capabilities", "cost", "notice", "capability", "quantity", "weight", "window", "needs", "forces"),
    ),
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        (
            "C+1 to C+9",
            "from D",
            "until 9999-12-31",
            "3..1",
            "3..",
            "C+99999",
            "400 t",
            "-2.5 km",
            "2 days",
            "pert",
            "force",
            "a",
        )
    ),
    st.lists(st.one_of(st.integers(-3, 9), st.sampled_from(("a", "2 days", "B1"))), max_size=3),
    st.dictionaries(st.sampled_from(("a", "activity", "at", "lag", "capacity")), st.integers(-3, 9), max_size=2),
)


@pytest.mark.parametrize("name", list(READERS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_file_is_read_left_out_or_refused(name: str, data: st.DataObject) -> None:
    reader, lists, fields = READERS[name]
    rows = st.lists(
        st.one_of(
            VALUES,
            st.fixed_dictionaries({"id": st.sampled_from(("a", "b", "c"))}, optional=dict.fromkeys(fields, VALUES)),
        ),
        max_size=3,
    )
    shape = st.fixed_dictionaries(
        dict.fromkeys(lists, rows),
        optional={"anchor": st.sampled_from(("C", "D", "", "Q")), "anchors": VALUES, "tick_hours": st.sampled_from((1, 24)), "budget": VALUES},
    )  # fmt: skip
    made = data.draw(shape)
    with contextlib.suppress(StafftalksError):
        _answer, file, *_more = reader(made, "file")
        assert isinstance(file, ProblemFile)
        assert all(fault.sentence.endswith(".") for fault in file.faults)


def test_moments_are_counted_from_the_anchor_of_the_file_or_by_dates() -> None:
    undated = ProblemFile(
        {"rows": [], "anchor": "C", "anchors": {"D": "C+5"}, "tick_hours": 24}, "file", ("rows",), "rows"
    )
    assert (undated.tick("D+1", "at"), undated.window("C+1 to D"), undated.times.said(6)) == (6, (1, 5), "C+6")
    with pytest.raises(UnreadError, match="only where `anchors` gives the date of C"):
        undated.tick("2027-05-01", "at")
    dated = ProblemFile({"rows": [], "anchor": "C", "anchors": {"C": "2027-05-01"}}, "file", ("rows",), "rows")
    assert (dated.tick("2027-05-02", "at"), dated.tick("C+1/H+2", "at"), dated.lasting("1 day 12 hours")) == (
        24,
        26,
        36,
    )
    plain = ProblemFile({"rows": []}, "file", ("rows",), "rows")
    assert (plain.window("3..9"), plain.window("..9"), plain.window(4), plain.times.said(9)) == (
        (3, 9),
        (None, 9),
        (4, 4),
        "9",
    )
