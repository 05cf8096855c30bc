"""The synchronisation matrix: every activity in exactly one cell, decisions at the phase they fall in; strengths; what is due."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.due import SOON_S, due
from stafftalks.planning.forces import Force, Holding
from stafftalks.planning.matrix import NOT_PLACED, Entry, matrix, phase_finder, phase_of
from stafftalks.planning.plans import DecisionPoint, Phase
from stafftalks.planning.strength import shortfall, totals
from stafftalks.values.relative_time import Instant, RelativeTime, Window, parse_moment, parse_window

PHASES = (
    Phase(id="P1", name="Assembly", start=parse_moment("C+0"), end=parse_moment("C+3")),
    Phase(id="P2", name="Escort", start=parse_moment("C+3"), end=parse_moment("C+20")),
)
FUNCTIONS = ("Intelligence", "Protection")

words = st.sampled_from(
    ["", " ", "P1", "p2", "escort", "P9", "Protection", "PROTECTION ", "Fisheries", "intelligence", "ß", "SS"]
)
windows = st.one_of(
    st.just(Window()),
    st.integers(-30, 30).map(lambda day: Window(RelativeTime("C", day))),
    st.integers(0, 10**9).map(lambda second: Window(Instant(second))),
)
entries = st.lists(st.tuples(words, words, windows), max_size=40).map(
    lambda rows: [Entry(f"k{at}", phase, function, window) for at, (phase, function, window) in enumerate(rows)]
)


@given(entries, st.lists(words, max_size=4), st.sampled_from([{}, {"C": Instant(1_000_000)}]))
def test_every_activity_stands_in_exactly_one_cell(
    found: list[Entry], functions: list[str], dates: dict[str, Instant]
) -> None:
    made = matrix(PHASES, functions, found, (), dates)
    placed = Counter(entry.key for line in made.lines for cell in line.cells for entry in cell.entries)
    assert placed == Counter(entry.key for entry in found)
    assert all(len(line.cells) == len(made.columns) for line in made.lines)
    assert [cell.phase for line in made.lines[:1] for cell in line.cells] == [column.key for column in made.columns]


@given(entries)
def test_no_function_has_two_lines_and_those_not_placed_come_last(found: list[Entry]) -> None:
    made = matrix(PHASES, FUNCTIONS, found)
    names = [" ".join(line.function.split()).casefold() for line in made.lines]
    assert len(set(names)) == len(names)
    assert names[:2] == ["intelligence", "protection"]
    assert names[-1] == NOT_PLACED
    assert made.columns[-1].key == NOT_PLACED


def test_a_cell_lists_what_starts_first_first_and_what_has_no_start_last() -> None:
    found = [
        Entry("late", "P2", "Protection", parse_window("C+9 to C+10")),
        Entry("open", "P2", "Protection"),
        Entry("early", "escort", "protection", parse_window("C+4 to C+5")),
        Entry("dated", "P2", "Protection", parse_window("2027-05-01 to 2027-05-02")),
    ]
    made = matrix(PHASES, FUNCTIONS, found)
    assert [entry.key for entry in made.lines[1].cells[1].entries] == ["dated", "early", "late", "open"]


def test_a_phase_is_found_by_id_before_name_and_an_unknown_one_is_not_placed() -> None:
    find = phase_finder((Phase(id="A", name="B"), Phase(id="B", name="C")))
    assert [find(text) for text in ("A", "B", "b", "c", "D", "")] == ["A", "B", "A", "B", NOT_PLACED, NOT_PLACED]


def test_decisions_stand_at_the_phase_in_which_their_information_ends() -> None:
    points = (
        DecisionPoint(id="DP2", decision="Turn back", ltiov=parse_moment("C+9")),
        DecisionPoint(id="DP1", decision="Sail", ltiov=parse_moment("C+2")),
        DecisionPoint(id="DP3", decision="Widen", ltiov=parse_moment("2027-05-08")),
        DecisionPoint(id="DP4", decision="End"),
    )
    untold = matrix(PHASES, (), (), points)
    assert [[point.id for point in column.points] for column in untold.columns] == [["DP1"], ["DP2"], ["DP3", "DP4"]]
    known = matrix(PHASES, (), (), points, {"C": Instant.parse("2027-05-01")})
    assert [[point.id for point in column.points] for column in known.columns] == [["DP1"], ["DP3", "DP2"], ["DP4"]]


def test_a_phase_without_any_time_holds_no_decision() -> None:
    assert phase_of((Phase(id="P1", name="Some day"),), parse_moment("C+1"), {}) == NOT_PLACED
    assert phase_of((Phase(id="P1", name="From", start=parse_moment("C+1")),), parse_moment("C+1"), {}) == "P1"


holdings = st.builds(
    Holding,
    item=st.sampled_from(["Tanker", "tanker ", "Tug"]),
    on_hand=st.integers(0, 9),
    required=st.none() | st.integers(0, 9),
)


@given(st.lists(st.lists(holdings, max_size=4), max_size=6))
def test_totals_lose_nothing_and_keep_required_apart_from_stated(rows: list[list[Holding]]) -> None:
    found = totals([Force(title="F", holdings=tuple(row)) for row in rows])
    flat = [holding for row in rows for holding in row]
    assert sum(line.on_hand for line in found) == sum(holding.on_hand for holding in flat)
    assert sum(line.required for line in found) == sum(holding.required or 0 for holding in flat)
    assert sum(line.short for line in found) == sum(shortfall(holding) or 0 for holding in flat)
    assert all(line.requiring <= line.holding <= len(rows) for line in found)


def test_one_force_s_surplus_fills_no_other_s_shortfall() -> None:
    rich = Force(title="A", holdings=(Holding(item="Tug", on_hand=9, required=4),))
    poor = Force(title="B", holdings=(Holding(item="tug", on_hand=1, required=3),))
    silent = Force(title="C", holdings=(Holding(item="Tug", on_hand=2),))
    [line] = totals([rich, poor, silent])
    assert (line.on_hand, line.holding, line.required, line.requiring, line.short) == (12, 3, 7, 2, 2)


def test_what_is_due_is_told_in_days_and_never_guessed() -> None:
    now = Instant.parse("2027-05-01").seconds
    dates = {"C": Instant(now)}
    told = [
        (text, due(parse_moment(text), dates, now))
        for text in ("C-1", "C", "C+1", "C+7", "C+8", "D+1", "2027-05-03T12:00Z")
    ]
    assert [(text, found.state, found.days) for text, found in told] == [
        ("C-1", "overdue", -1), ("C", "overdue", 0), ("C+1", "soon", 1), ("C+7", "soon", 7), ("C+8", "later", 8),
        ("D+1", "unknown", 0), ("2027-05-03T12:00Z", "soon", 2),
    ]  # fmt: skip
    assert due(None, dates, now).state == "none"
    assert SOON_S == 7 * 86_400
