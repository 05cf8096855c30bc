"""The plan room's steps: what belongs to a plan, several activities at once, anchor dates, annexes, task organisation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.planning.annexes import SHORT, US_JOINT, AnnexState
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.task_organisation import organisation_tree
from stafftalks.services import elements, plans, workspace
from stafftalks.services.editing import FieldsError
from stafftalks.services.elements import ConflictError
from stafftalks.services.plans import Chosen, Room
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.relative_time import Instant
from tests.fakes import AUDITOR, OFFICER, PLANNER, make_hq
from tests.web.world import content

MARKING = {"policy": "XMR", "classification": "RESTRICTED"}


def _room(hq: Headquarters, row: ElementRow) -> Room:
    found = plans.room(hq, hq.party, row.id)
    assert found is not None
    return found


def _plan(hq: Headquarters, **fields: object) -> ElementRow:
    return elements.add(
        hq, PLANNER, content("plan", **{"title": "Escort", "contingency": "Vael", "marking": MARKING, **fields})
    )


def _content(hq: Headquarters, row: ElementRow) -> Plan:
    found = elements.content(elements.get(hq, row.id))
    assert isinstance(found, Plan)
    return found


def test_what_is_no_plan_or_not_ours_to_read_has_no_room() -> None:
    hq = make_hq("XMR")
    report = elements.add(hq, PLANNER, content("report", title="Fog", said="Fog."))
    assert plans.room(hq, hq.party, report.id) is None
    assert plans.room(hq, PartyId("XTV"), report.id) is None
    assert plans.room(hq, hq.party, ElementId("a" * 26)) is None


def test_activities_of_the_plan_and_loose_ones_of_its_contingency_are_told_apart() -> None:
    hq = make_hq("XMR")
    plan, other = _plan(hq), _plan(hq, title="Other")

    def add(title: str, **fields: object) -> None:
        elements.add(hq, PLANNER, content("activity", title=title, what=title, **fields))

    add("inside", plan=f"XMR/{plan.id}", contingency="elsewhere")
    add("of an older version", plan=f"XMR/{plan.id}/{plan.version}")
    add("in another", plan=f"XMR/{other.id}", contingency="Vael")
    add("loose", contingency="Vael")
    add("of another case", contingency="Ice")
    add("of no case")
    found = plans.belonging(hq, _room(hq, plan))
    assert {piece.title for piece in found.activities} == {"inside", "of an older version"}
    assert {piece.title for piece in found.loose} == {"loose"}
    bare = _plan(hq, contingency="")
    assert plans.belonging(hq, _room(hq, bare)).loose == ()


def test_several_activities_are_added_with_the_plan_s_contingency_and_marking() -> None:
    hq = make_hq("XMR")
    room = _room(hq, _plan(hq))
    rows = plans.add_activities(hq, PLANNER, room, {0: {"what": "Sweep", "window.start": "C+1"}, 4: {"what": "Escort"}})
    made = [elements.content(row) for row in rows]
    assert [(one.title, one.contingency, one.marking.classification) for one in made] == [
        ("Sweep", "Vael", "RESTRICTED"), ("Escort", "Vael", "RESTRICTED"),
    ]  # fmt: skip
    assert len(plans.belonging(hq, room).activities) == 2


def test_no_activity_is_added_where_one_row_cannot_be_read_and_each_fault_has_its_cell() -> None:
    hq = make_hq("XMR")
    room = _room(hq, _plan(hq))
    rows: dict[int, dict[str, str]] = {
        0: {"what": "Sweep"},
        1: {"what": "Escort", "window.start": "someday"},
        2: {"phase": "P1"},
    }
    with pytest.raises(FieldsError) as caught:
        plans.add_activities(hq, PLANNER, room, rows)
    assert set(caught.value.errors) == {"1.window.start", "2.what"}
    assert elements.find(hq, kind="activity")[0] == 0
    with pytest.raises(FieldsError):
        plans.add_activities(hq, PLANNER, room, {})


def test_one_who_may_not_write_adds_nothing() -> None:
    hq = make_hq("XMR")
    room = _room(hq, _plan(hq))
    with pytest.raises(RefusedError):
        plans.add_activities(hq, AUDITOR, room, {0: {"what": "Sweep"}})
    assert elements.find(hq, kind="activity")[0] == 0


def test_several_are_moved_all_or_none() -> None:
    hq = make_hq("XMR")
    room = _room(hq, _plan(hq))
    one, two = plans.add_activities(hq, PLANNER, room, {0: {"what": "A"}, 1: {"what": "B"}})
    stale = Chosen(two.id, two.version)
    elements.revise(hq, OFFICER, two.id, content("activity", title="B", what="B", phase="P9"), two.version)
    with pytest.raises(ConflictError):
        plans.change_all(hq, PLANNER, [Chosen(one.id, one.version), stale], {"phase": "P1"})
    assert elements.content(elements.get(hq, one.id)).phase == ""
    fresh = elements.get(hq, two.id)
    plans.change_all(hq, PLANNER, [Chosen(one.id, one.version), Chosen(two.id, fresh.version)], {"phase": "P1"})
    assert [elements.content(elements.get(hq, row.id)).phase for row in (one, two)] == ["P1", "P1"]
    with pytest.raises(MisuseError, match="tick at least one"):
        plans.change_all(hq, PLANNER, [], {"phase": "P1"})


@pytest.mark.parametrize("text", ["", "abc", ":", "a:", ":b"])
def test_what_names_no_version_is_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        Chosen.parse(text)


def test_an_anchor_is_set_for_the_plan_alone_and_moved_when_set_again() -> None:
    hq = make_hq("XMR")
    plan, other = _plan(hq), _plan(hq, title="Other")
    plans.set_anchor(hq, PLANNER, _room(hq, plan), "C", "2027-05-04", "C-day")
    assert _room(hq, plan).dates == {"C": Instant.parse("2027-05-04")}
    assert _room(hq, other).dates == {}
    plans.set_anchor(hq, PLANNER, _room(hq, plan), "C", "2027-05-06", "C-day")
    assert _room(hq, plan).dates == {"C": Instant.parse("2027-05-06")}
    assert elements.find(hq, kind="anchor")[0] == 1
    for anchor, at in (("C", "soon"), ("Q", "2027-05-04")):
        with pytest.raises(FieldsError):
            plans.set_anchor(hq, PLANNER, _room(hq, plan), anchor, at, "x")


def test_a_template_lists_its_annexes_and_touches_none_that_is_written() -> None:
    hq = make_hq("XMR")
    plan = _plan(
        hq,
        annexes=[
            {"letter": "C", "title": "Operations", "state": "included", "text": "See here."},
            {"letter": "ZZ", "title": "Own"},
        ],
    )
    plans.fill_annexes(hq, PLANNER, plan.id, plan.version, SHORT)
    found = _content(hq, plan).annexes
    assert [annex.letter for annex in found] == ["A", "B", "C", "D", "E", "ZZ"]
    assert (found[2].state, found[2].text) == (AnnexState.INCLUDED, "See here.")
    with pytest.raises(ConflictError):
        plans.fill_annexes(hq, PLANNER, plan.id, plan.version, US_JOINT)
    again = elements.get(hq, plan.id)
    plans.fill_annexes(hq, PLANNER, plan.id, again.version, US_JOINT)
    assert len(_content(hq, plan).annexes) == 23


def test_a_line_takes_the_name_of_its_force_and_a_free_id() -> None:
    hq = make_hq("XMR")
    force = elements.add(hq, PLANNER, content("force", title="21st Tanker Squadron"))
    plan = _plan(hq, organisation=[{"id": "T1", "name": "Group"}, {"id": "T3", "name": "Third"}])
    plans.add_line(hq, PLANNER, plan.id, plan.version, {"force": f"XMR/{force.id}", "under": "T1"})
    line = _content(hq, plan).organisation[-1]
    assert (line.id, line.name, line.under) == ("T2", "21st Tanker Squadron", "T1")
    now = elements.get(hq, plan.id)
    for wrong in ({"name": "X", "under": "T9"}, {"name": ""}, {"force": "nonsense"}):
        with pytest.raises(FieldsError):
            plans.add_line(hq, PLANNER, plan.id, now.version, wrong)
    assert elements.get(hq, plan.id).version == now.version


def test_forces_are_counted_where_they_are_named_and_unreadable_ones_are_said() -> None:
    hq = make_hq("XMR")
    force = elements.add(hq, PLANNER, content("force", title="Tankers"))
    gone = f"XTV/{'a' * 26}"
    plan = _plan(
        hq,
        organisation=[
            {"id": "T1", "name": "Tank", "force": f"XMR/{force.id}"},
            {"id": "T2", "name": "Ghost", "force": gone},
        ],
    )
    for title in ("One", "Two"):
        elements.add(
            hq, PLANNER, content("activity", title=title, what=title, plan=f"XMR/{plan.id}", forces=f"XMR/{force.id}")
        )
    room = _room(hq, plan)
    found = plans.strength(hq, room, plans.belonging(hq, room).activities)
    assert [(one.piece.title, one.lines, one.activities) for one in found.forces] == [("Tankers", ("Tank",), 2)]
    assert found.unread == (gone,)


@st.composite
def _forests(draw: st.DrawFn) -> list[dict[str, str]]:
    count = draw(st.integers(1, 8))
    return [
        {
            "id": f"T{at}",
            "name": f"Line {at}",
            "under": f"T{above}" if (above := draw(st.integers(-1, at - 1))) >= 0 else "",
        }
        for at in range(count)
    ]


@settings(max_examples=40, deadline=None)
@given(_forests(), st.data())
def test_removing_a_line_keeps_every_other_and_lifts_those_under_it(
    lines: list[dict[str, str]], data: st.DataObject
) -> None:
    hq = make_hq("XMR")
    plan = _plan(hq, organisation=lines)
    gone = data.draw(st.sampled_from(lines))
    _row, moved = plans.remove_line(hq, PLANNER, plan.id, plan.version, gone["id"])
    left = _content(hq, plan).organisation
    organisation_tree(left)
    before = {line["id"]: line["under"] for line in lines if line["id"] != gone["id"]}
    assert {line.id: line.under for line in left} == {
        name: gone["under"] if under == gone["id"] else under for name, under in before.items()
    }
    assert moved == sum(under == gone["id"] for under in before.values())


def test_a_line_is_removed_by_name_whatever_others_put_before_it_meanwhile() -> None:
    hq = make_hq("XMR")
    lines = [
        {"id": "T1", "name": "First"},
        {"id": "T2", "name": "Second"},
        {"id": "T3", "name": "Third", "under": "T2"},
    ]
    plan = _plan(hq, organisation=lines)
    put_before = content(
        "plan", title="Escort", contingency="Vael", marking=MARKING, organisation=[{"id": "T0", "name": "New"}, *lines]
    )
    elements.revise(hq, OFFICER, plan.id, put_before, plan.version)
    plans.remove_line(hq, PLANNER, plan.id, plan.version, "T2")
    assert [(line.id, line.under) for line in _content(hq, plan).organisation] == [("T0", ""), ("T1", ""), ("T3", "")]


def test_a_line_that_is_not_there_is_not_removed() -> None:
    hq = make_hq("XMR")
    plan = _plan(hq)
    with pytest.raises(MisuseError, match="no line"):
        plans.remove_line(hq, PLANNER, plan.id, plan.version, "T1")


def test_plans_are_listed_by_contingency_ours_first() -> None:
    hq = make_hq("XMR")
    for title, contingency in (("b", "Vael"), ("a", "Vael"), ("c", ""), ("d", "Ice")):
        _plan(hq, title=title, contingency=contingency)
    elements.add(hq, PLANNER, content("report", title="no plan", said="x"))
    assert [piece.title for piece in plans.plans(hq)] == ["d", "a", "b", "c"]
    assert workspace.piece(hq, ElementRef(hq.party, ElementId("a" * 26))) is None
