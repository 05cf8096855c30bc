"""Bringing in a table, as its person meets it: nothing before its time, whole parts only, merged and never put in place."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.planning.kinds import Content
from stafftalks.services import elements, table_steps, tables
from stafftalks.services.table_rows import PART, TableRow, element_of
from stafftalks.services.tables import MatchingError
from stafftalks.values.errors import MisuseError, RefusedError
from tests.fake_tables import FakeTables
from tests.fakes import AUDITOR, HEAD, PLANNER, make_hq
from tests.web.world import content


class Desk:
    """One headquarters with its tables, and a person who brings them in."""

    def __init__(self) -> None:
        self.hq = make_hq("XMR")
        self.store = FakeTables(self.hq)

    def take(self, text: str, kind: str = "activity", **how: object) -> TableRow:
        row = tables.take(self.hq, self.store, PLANNER, text.encode(), kind=kind, name="a table", **how)
        return self.work(row.id)

    def work(self, table: str, **how: object) -> TableRow:
        table_steps.work(self.hq, self.store, table, PLANNER, **how)
        return self.row(table)

    def row(self, table: str) -> TableRow:
        return tables.get(self.store, PLANNER, table)

    def checked(self, text: str, kind: str = "activity", **how: object) -> TableRow:
        row = self.take(text, kind, **how)
        tables.start_check(self.hq, self.store, PLANNER, row.id)
        return self.work(row.id)

    def brought(
        self, text: str, kind: str = "activity", which: str = "all", existing: str = "", **how: object
    ) -> TableRow:
        row = self.checked(text, kind, **how)
        tables.start_bringing(self.hq, self.store, PLANNER, row.id, which=which, existing=existing)
        return self.work(row.id)

    def faults(self, row: TableRow) -> dict[int, str]:
        _total, found = tables.window(self.store, row.id, "faulty", 0, 100)
        return {
            line.n: " ".join(table_steps.said(row, fault.column, fault.sentence) for fault in line.faults)
            for *_, line in found
        }

    def contents(self, kind: str) -> list[Content]:
        _total, found = elements.find(self.hq, kind=kind, limit=5_000)
        return [elements.content(row) for row in found]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def lines(count: int, word: str = "Sweep") -> str:
    return "Activity\tStart\n" + "\n".join(f"{word} {n}\tC+{n % 9}" for n in range(count))


def test_a_table_becomes_elements_at_home_and_nothing_else(desk: Desk) -> None:
    row = desk.brought(lines(3), common={"contingency": "Vael", "marking.classification": "RESTRICTED"})
    assert (row.state, row.counts.added) == ("done", 3)
    found = desk.contents("activity")
    assert sorted(one.title for one in found) == ["Sweep 0", "Sweep 1", "Sweep 2"]
    assert {(one.contingency, one.marking.banner()) for one in found} == {("Vael", "RESTRICTED")}
    assert desk.hq.records.accords() == ()
    assert desk.hq.desk.find()[0] == 0


def test_a_cell_stands_before_what_is_said_for_all_rows(desk: Desk) -> None:
    desk.brought("Activity\tContingency\nSweep\tOwn\nEscort\t", common={"contingency": "Vael"})
    assert {one.title: one.contingency for one in desk.contents("activity")} == {"Sweep": "Own", "Escort": "Vael"}


def test_each_fault_names_its_row_its_column_and_what_was_expected(desk: Desk) -> None:
    row = desk.checked("Activity\tStart\tFootprint\nSweep\tC+x\t\n\t\t91, 10\nEscort\t04/05/2027\t")
    found = desk.faults(row)
    assert "Column “Start”: 'C+x' is not a relative time" in found[2]
    assert "Column “Activity”: What is needed" in found[3]
    assert "Column “Footprint”" in found[3]
    assert "two ways" in found[4]
    assert elements.find(desk.hq)[0] == 0


def test_nothing_comes_in_while_a_row_is_faulty_unless_the_good_ones_are_asked_for(desk: Desk) -> None:
    row = desk.checked("Activity\tStart\nSweep\tC+x\nEscort\tC+1")
    with pytest.raises(MisuseError, match="1 rows cannot be read yet"):
        tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="good", existing="")
    done = desk.work(row.id)
    assert (done.counts.added, done.counts.left) == (1, 1)
    left = list(tables.left_out(desk.store, done))
    assert left[0][0] == "2"
    assert "C+x" in left[0][1]
    assert left[0][2:] == ["Sweep", "C+x"]


def test_only_the_chosen_rows_come_in(desk: Desk) -> None:
    row = desk.checked(lines(10))
    with pytest.raises(MisuseError, match="does not name rows"):
        tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="chosen", existing="", chosen="two")
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="chosen", existing="", chosen="2-4, 9")
    done = desk.work(row.id)
    assert (done.counts.added, done.counts.left) == (4, 6)
    assert {one.title for one in desk.contents("activity")} == {"Sweep 0", "Sweep 1", "Sweep 2", "Sweep 7"}


@pytest.mark.parametrize(("existing", "counts"), [("revise", (1, 1, 0)), ("skip", (1, 0, 1)), ("add", (2, 0, 0))])
def test_a_row_that_matches_is_merged_left_out_or_added_as_the_person_says(
    desk: Desk, existing: str, counts: tuple[int, int, int]
) -> None:
    elements.add(desk.hq, PLANNER, content("activity", title="Sweep 1", what="Sweep", function="Protection"))
    row = desk.checked(lines(2))
    assert row.counts.known == 1
    with pytest.raises(MisuseError, match="say whether"):
        tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing=existing)
    done = desk.work(row.id)
    assert (done.counts.added, done.counts.revised, done.counts.skipped) == counts
    if existing == "revise":
        merged = next(one for one in desk.contents("activity") if one.title == "Sweep 1")
        assert (merged.function, str(merged.window)) == ("Protection", "from C+1")


def test_single_rows_may_be_settled_otherwise_than_the_rest(desk: Desk) -> None:
    desk.brought(lines(2))
    row = desk.checked(lines(2))
    tables.choose(desk.hq, desk.store, PLANNER, row.id, {(0, 0): "add"})
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="skip")
    done = desk.work(row.id)
    assert (done.counts.added, done.counts.skipped) == (1, 1)


def test_an_element_that_a_colleague_revised_after_the_check_is_left_as_it_is(desk: Desk) -> None:
    held = elements.add(desk.hq, PLANNER, content("activity", title="Sweep 0", what="Sweep"))
    row = desk.checked(lines(1))
    elements.revise(desk.hq, HEAD, held.id, content("activity", title="Sweep 0", what="Wait"), held.version)
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="revise")
    done = desk.work(row.id)
    assert (done.counts.revised, done.counts.left) == (0, 1)
    assert "after the check" in next(tables.left_out(desk.store, done))[1]
    assert desk.contents("activity")[0].what == "Wait"


def test_requirements_match_by_serial_and_a_serial_stands_once(desk: Desk) -> None:
    desk.brought("ULN\tUTC\tPAX\nA1\tTankers\t250", "requirement")
    assert str(desk.contents("requirement")[0].quantity) == "250 persons"
    row = desk.checked("ULN\tUTC\nA1\tOther\nA2\tTankers\nA2\tMore", "requirement")
    assert row.counts.known == 1
    assert "stands in row 3 already" in desk.faults(row)[4]


def test_titles_refer_to_other_rows_and_to_what_is_held(desk: Desk) -> None:
    force = elements.add(desk.hq, PLANNER, content("force", title="3rd Squadron"))
    row = desk.brought("Activity\tAfter\tForces\nSweep\tEscort\t3rd  squadron\nEscort\t\t")
    assert row.state == "done", desk.faults(row)
    found = {one.title: one for one in desk.contents("activity")}
    _total, rows = elements.find(desk.hq, kind="activity", text="Escort")
    escort = next(one for one in rows if one.title == "Escort")
    assert str(found["Sweep"].after[0]) == f"XMR/{escort.id}"
    assert str(found["Sweep"].forces[0]) == f"XMR/{force.id}"


def test_a_title_that_nothing_or_more_than_one_bears_is_a_fault(desk: Desk) -> None:
    for _ in range(2):
        elements.add(desk.hq, PLANNER, content("force", title="Twins"))
    row = desk.checked("Activity\tForces\nSweep\tNobody\nEscort\tTwins")
    assert "No force here is called 'Nobody'" in desk.faults(row)[2]
    assert "title of 2 elements" in desk.faults(row)[3]


def test_counts_in_one_cell_become_rows(desk: Desk) -> None:
    desk.brought("Unit\tEquipment\nSquadron\tTanks | 12 | 14; Trucks | 30", "force")
    held = desk.contents("force")[0].holdings
    assert [(one.item, one.on_hand, one.required) for one in held] == [("Tanks", 12, 14), ("Trucks", 30, None)]


def test_mending_a_cell_checks_all_rows_again(desk: Desk) -> None:
    row = desk.checked("Activity\tStart\tAfter\nSweep\tC+x\t\nEscort\tC+1\tSweep")
    tables.mend(desk.hq, desk.store, PLANNER, row.id, {(0, 0, 1): "C+2", (9, 9, 9): "no", (0, 99, 1): "no"})
    row = desk.work(row.id)
    assert (row.state, row.counts.faulty) == ("checked", 0)


def test_a_stop_leaves_whole_parts_and_going_on_adds_the_rest_once(desk: Desk) -> None:
    row = desk.checked(lines(3 * PART))
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    left = iter([True, True, True, False])
    assert not table_steps.work(desk.hq, desk.store, row.id, PLANNER, keep_on=lambda: next(left, False))
    there = elements.find(desk.hq, kind="activity")[0]
    assert there == desk.row(row.id).counts.added
    assert there % PART == 0
    assert 0 < there < 3 * PART
    tables.stop(desk.hq, desk.store, PLANNER, row.id)
    assert not table_steps.work(desk.hq, desk.store, row.id, PLANNER), "what is stopped is not worked on"
    tables.resume(desk.hq, desk.store, PLANNER, row.id)
    done = desk.work(row.id)
    assert (done.state, done.counts.added, elements.find(desk.hq, kind="activity")[0]) == ("done", 3 * PART, 3 * PART)


def test_a_worker_that_died_is_followed_by_another_and_two_never_work_at_once(desk: Desk) -> None:
    row = desk.checked(lines(PART + 1))
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    desk.store.put(msgspec.structs.replace(desk.row(row.id), runner="another", beat_at=desk.hq.clock.now()))
    assert not table_steps.work(desk.hq, desk.store, row.id, PLANNER)
    assert elements.find(desk.hq, kind="activity")[0] == 0
    table_steps.let_go(desk.hq, desk.store)
    assert desk.work(row.id).counts.added == PART + 1


def test_an_element_made_by_a_row_has_the_same_id_each_time(desk: Desk) -> None:
    row = desk.brought(lines(2))
    part = desk.store.part(row.id, 0)
    assert part is not None
    assert [element_of(row, line) for line in part.lines] == [line.element for line in part.lines]


def test_what_cannot_be_read_is_a_failed_table_with_its_sentence_and_can_be_tried_again(desk: Desk) -> None:
    row = desk.take("PK\x03\x04nothing")
    assert row.state == "failed"
    assert "not a workbook" in row.failure
    tables.resume(desk.hq, desk.store, PLANNER, row.id)
    assert desk.work(row.id).state == "failed"
    assert desk.take("Activity\tStart").failure.startswith("Under its headings this table has no rows")


def test_a_person_who_may_no_longer_write_brings_nothing_in(desk: Desk) -> None:
    row = desk.checked(lines(2))
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    barred = msgspec.structs.replace(PLANNER, roles=frozenset())
    table_steps.work(desk.hq, desk.store, row.id, barred)
    assert desk.row(row.id).state == "failed"
    assert elements.find(desk.hq, kind="activity")[0] == 0


def test_tables_are_their_persons_own_and_take_a_role(desk: Desk) -> None:
    row = desk.take(lines(1))
    with pytest.raises(MisuseError, match="no table of this name"):
        tables.get(desk.store, HEAD, row.id)
    with pytest.raises(RefusedError):
        tables.take(desk.hq, desk.store, AUDITOR, b"x", kind="activity", name="x")
    with pytest.raises(MisuseError, match="cannot bring in"):
        desk.take(lines(1), "comment")
    for _ in range(tables.MOST_TABLES - 1):
        desk.take(lines(1))
    with pytest.raises(MisuseError, match="tables under way"):
        desk.take(lines(1))
    tables.discard(desk.hq, desk.store, PLANNER, row.id)
    assert desk.take(lines(1)).state == "matching"


def test_a_matching_that_cannot_be_is_refused_column_by_column(desk: Desk) -> None:
    row = desk.take("A\tB\tC\nx\ty\tz")
    with pytest.raises(MatchingError, match="No column is matched"):
        tables.start_check(desk.hq, desk.store, PLANNER, row.id)
    wanted = {0: "window", 1: "window.start", 2: "nothing"}
    with pytest.raises(MatchingError) as refused:
        tables.match(desk.hq, desk.store, PLANNER, row.id, wanted, {"marking.caveats": "x" * 600})
    assert set(refused.value.errors) == {"1", "2", "marking.caveats"}
    with pytest.raises(MatchingError):
        tables.match(desk.hq, desk.store, PLANNER, row.id, {0: "what", 1: "what"}, {})
    tables.match(desk.hq, desk.store, PLANNER, row.id, {0: "what", 1: "phase"}, {})
    tables.save_matching(desk.hq, desk.store, PLANNER, row.id, "Ours")
    other = desk.take("B\tA\ny\tx")
    assert other.matching == {0: "phase", 1: "what"}
    assert tables.use_saved(desk.hq, desk.store, PLANNER, other.id, "Ours").matching == {0: "phase", 1: "what"}
    with pytest.raises(MisuseError, match="No matching is kept"):
        tables.use_saved(desk.hq, desk.store, PLANNER, other.id, "Theirs")


def test_an_act_out_of_turn_changes_nothing(desk: Desk) -> None:
    row = desk.take(lines(1))
    with pytest.raises(MisuseError, match="moved on"):
        tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="all", existing="")
    with pytest.raises(MisuseError, match="moved on"):
        tables.resume(desk.hq, desk.store, PLANNER, row.id)
    assert desk.row(row.id) == row


def test_the_preview_reads_the_first_rows_as_the_form_would(desk: Desk) -> None:
    row = desk.take("Activity\tStart\tAfter\tPlace\nSweep\tc + 3\tElsewhere\t36.850, 34.64\nEscort\tC+x\t\t")
    first, second = tables.preview(desk.store, row)
    assert first.cells == ("Sweep", "C+3", "Elsewhere", "36.85, 34.64")
    assert first.faults == ()
    assert "C+x" in second.faults[0].sentence


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12)), min_size=1, max_size=8))
def test_whatever_is_pasted_every_row_is_an_element_or_has_its_reason(rows: list[tuple[str, str, str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, dialect="excel-tab").writerows([("Activity", "Start", "Forces"), *rows])
    desk = Desk()
    row = desk.take(out.getvalue())
    if row.state == "failed":
        assert row.failure.endswith(".")
        return
    tables.start_check(desk.hq, desk.store, PLANNER, row.id)
    row = desk.work(row.id)
    tables.start_bringing(desk.hq, desk.store, PLANNER, row.id, which="good", existing="")
    row = desk.work(row.id)
    assert row.state == "done"
    assert row.counts.added + row.counts.left == row.rows
    assert len(list(tables.left_out(desk.store, row))) == row.counts.left
    assert elements.find(desk.hq, kind="activity")[0] == row.counts.added
