"""A scenario's room gathers what hangs on it, ours and theirs; remarks stand where their part stands now; only the host takes a suggestion in."""

import pytest

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Scenario
from stafftalks.services import editing, elements, scenario_talk, scenarios, workspace
from stafftalks.services.scenario_talk import Said
from stafftalks.services.scenarios import Comparison, Room
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import PartyId
from tests.browser.rooms import scenarios as told
from tests.fakes import AUDITOR, PLANNER
from tests.web import world as worlds
from tests.web.world import World, content


@pytest.fixture
def world() -> World:
    found = worlds.opened()
    told.prepare(found)
    return found


def _ours(world: World) -> Room:
    room = scenarios.room(world.hq, ElementRef(PartyId("XMR"), told.named(world, told.OURS).id))
    assert room is not None
    return room


def _theirs(world: World) -> Room:
    room = scenarios.room(world.hq, ElementRef(PartyId("XTV"), told.partners(world, told.THEIRS).id))
    assert room is not None
    return room


def _of(room: Room, branch: str) -> Comparison:
    return next(one for one in room.comparisons if one.branch == branch)


def _said(world: World, room: Room, kind: str) -> Said:
    return next(one for one in scenario_talk.said(world.hq, room.piece) if one.piece.kind == kind)


def test_each_party_is_compared_by_its_newest_assessment(world: World) -> None:
    room = _ours(world)
    found = _of(room, "B2")
    assert [(one.party, one.piece is None) for one in found.judgements] == [
        ("XMR", True),
        ("XMR", False),
        ("XTV", False),
    ]
    assert (found.spread.sort, found.spread.points) == ("apart", 20)
    world.advance(60)
    elements.add(
        world.hq, PLANNER,
        content("assessment", title="Again", question="?", judgement="No.", likelihood="unlikely", scenario=room.piece.key, branch="B2"),
    )  # fmt: skip
    assert _of(_ours(world), "B2").spread.sort == "overlap"


def test_the_text_speaks_for_a_host_that_has_made_no_assessment(world: World) -> None:
    found = _of(_theirs(world), "B2")
    assert [str(one.likelihood) for one in found.judgements] == ["unlikely (ICD 203)", "very likely (ICD 203)"]
    assert (found.spread.sort, found.spread.points, found.spread.highest) == ("apart", 35, "XMR")


def test_an_assessment_of_a_branch_says_nothing_of_the_whole(world: World) -> None:
    assert [one.piece for one in _of(_ours(world), "").judgements] == [None]


def test_what_hangs_on_a_scenario_is_found_by_branch(world: World) -> None:
    room = _ours(world)
    assert [(group.branch, [one.title for one in group.pieces]) for group in room.requirements] == [
        ("", ["Lorry park"]),
        ("B3", ["Air bridge"]),
    ]
    assert [(one.title, branches) for one, branches in room.plans] == [("Supply of the island", ("B2", "B3"))]
    assert [(group.branch, group.known) for group in room.options] == [("B2", True)]
    assert [source.title for source in room.reports] == ["Crews of the Vael ferry meet"]


def test_what_names_a_branch_that_was_taken_out_is_said_so(world: World) -> None:
    room = _ours(world)
    fields, removed = scenarios.without_branch(room.scenario, 2)
    editing.change(world.hq, PLANNER, room.piece.element, room.piece.version, fields, removed=removed)
    after = _ours(world)
    assert [(group.branch, group.known) for group in after.requirements] == [("", True), ("B3", False)]
    assert {branch.id: branch.after for branch in after.scenario.branches} == {"B1": "", "B2": "", "B4": "B2"}


def test_taking_out_a_branch_frees_the_assumption_that_triggers_it(world: World) -> None:
    room = _ours(world)
    fields, removed = scenarios.without_branch(room.scenario, 1)
    editing.change(world.hq, PLANNER, room.piece.element, room.piece.version, fields, removed=removed)
    after = _ours(world).scenario
    assert [one.triggers for one in after.assumptions] == ["", "", "", ""]
    assert after.branches[1].after == ""


def test_a_branch_cannot_be_hung_below_itself(world: World) -> None:
    assert scenarios.below(_ours(world).tree, "B2") == {"B2", "B3", "B4"}


def test_an_indicator_that_bears_on_an_assessment_bears_on_the_scenario(world: World) -> None:
    room = _ours(world)
    assessment = next(found for found in room.assessments if found.party == "XTV")
    elements.add(
        world.hq, PLANNER, content("indicator", title="Insurers", watched="Premiums.", bears_on=assessment.key)
    )
    found = {one.piece.title: one.via.title if one.via else "" for one in _ours(world).indicators}
    assert found == {"Crew meetings": "", "Fog forecasts": "", "Insurers": "Torvia on the ferry"}


def test_a_remark_stands_at_its_part_when_rows_have_moved(world: World) -> None:
    room = _theirs(world)
    remark = _said(world, room, "comment")
    assert (remark.field, remark.part, remark.gone, remark.current) == ("branches.1", "branches.2", False, False)
    assert remark.before == remark.content.about.version
    assert remark.newest == room.piece.version


def test_a_suggestion_is_taken_in_at_home_and_nowhere_else(world: World) -> None:
    room = _ours(world)
    suggestion = _said(world, room, "suggestion")
    assert (suggestion.part, suggestion.state) == ("branches.1.title", "waiting")
    about = ElementRef(suggestion.piece.party, suggestion.piece.element)
    scenario_talk.take_in(world.hq, PLANNER, room.piece.element, about, room.piece.version)
    after = _ours(world)
    assert after.scenario.branches[1].title == "The company stays closed for a month"
    assert _said(world, after, "suggestion").state == "same here"
    assert not after.piece.same
    world.settle()
    theirs = workspace.piece(world.torvia, room.about)
    assert theirs is not None
    assert isinstance(theirs.content, Scenario)
    assert theirs.content.branches[1].title == "The company stays closed"
    world.release(world.hq, told.named(world, told.OURS), "scenarios", "XTV")
    assert _said(world, _ours(world), "suggestion").state == "same released"


def test_a_suggestion_follows_its_branch_into_a_rearranged_text(world: World) -> None:
    room = _ours(world)
    fields, removed = scenarios.without_branch(room.scenario, 0)
    changed = editing.change(world.hq, PLANNER, room.piece.element, room.piece.version, fields, removed=removed)
    suggestion = _said(world, _ours(world), "suggestion")
    assert suggestion.part == "branches.0.title"
    about = ElementRef(suggestion.piece.party, suggestion.piece.element)
    scenario_talk.take_in(world.hq, PLANNER, room.piece.element, about, changed.row.version)
    assert _ours(world).scenario.branches[0].title == "The company stays closed for a month"


def test_a_suggestion_about_a_part_that_is_gone_cannot_be_taken_in(world: World) -> None:
    room = _ours(world)
    fields, removed = scenarios.without_branch(room.scenario, 1)
    changed = editing.change(world.hq, PLANNER, room.piece.element, room.piece.version, fields, removed=removed)
    suggestion = _said(world, _ours(world), "suggestion")
    assert (suggestion.part, suggestion.gone, suggestion.state) == ("", True, "no place")
    about = ElementRef(suggestion.piece.party, suggestion.piece.element)
    with pytest.raises(MisuseError, match="change it by hand"):
        scenario_talk.take_in(world.hq, PLANNER, room.piece.element, about, changed.row.version)


def test_a_suggestion_about_another_text_cannot_be_taken_in(world: World) -> None:
    room, other = _ours(world), _theirs(world)
    with pytest.raises(MisuseError, match="no longer stands"):
        scenario_talk.take_in(world.hq, PLANNER, room.piece.element, other.about, room.piece.version)


def test_whoever_may_not_write_takes_nothing_in(world: World) -> None:
    room = _ours(world)
    suggestion = _said(world, room, "suggestion").piece
    with pytest.raises(RefusedError):
        scenario_talk.take_in(
            world.hq, AUDITOR, room.piece.element, ElementRef(suggestion.party, suggestion.element), room.piece.version
        )
    assert _ours(world).piece.version == room.piece.version


def test_a_reply_still_at_home_is_shown_here_and_not_to_the_partner(world: World) -> None:
    room = _theirs(world)
    draft = content("comment", about=room.piece.exact, field="branches.0", text="By whom?")
    elements.add(world.hq, PLANNER, draft)
    world.settle()
    here = [one for one in scenario_talk.said(world.hq, room.piece) if not one.piece.held]
    assert [(one.part, bool(one.accord), one.current) for one in here] == [("branches.0", True, True)]
    there = workspace.piece(world.torvia, room.about)
    assert there is not None
    assert [getattr(one.content, "text", "") for one in scenario_talk.said(world.torvia, there)] == [
        "Which hull: the tanker has two."
    ]


def test_an_answer_to_a_remark_stands_below_it(world: World) -> None:
    room = _ours(world)
    suggestion = _said(world, room, "suggestion").piece
    elements.add(world.hq, PLANNER, content("comment", about=suggestion.exact, text="We leave it."))
    assert [getattr(reply.content, "text", "") for reply in _said(world, _ours(world), "suggestion").replies] == [
        "We leave it."
    ]


def test_a_position_about_an_older_version_is_stale(world: World) -> None:
    stands = scenario_talk.standings(world.hq, _theirs(world).piece)[0]
    mine = next(stand for stand in stands.stands if stand.party == "XMR")
    assert mine.position is not None
    assert not mine.position.current
    assert mine.adoption is None


def test_the_list_stands_by_contingency_and_says_how_many_each_has(world: World) -> None:
    elements.add(world.hq, PLANNER, content("scenario", title="An alone one"))
    elements.add(world.hq, PLANNER, content("scenario", title="Zeppelins", contingency="Air"))
    found = scenarios.listing(world.hq)
    assert [one.contingency for one in found.pieces] == ["Air", told.CASE, told.CASE, ""]
    assert {one.title for one in found.pieces} == {"Zeppelins", told.OURS, told.THEIRS, "An alone one"}
    assert found.contingencies == (("Air", 1), (told.CASE, 2))
    assert found.parties == (("XMR", 3), ("XTV", 1))
    assert [one.title for one in scenarios.listing(world.hq, party="XTV").pieces] == [told.THEIRS]
    assert [one.title for one in scenarios.listing(world.hq, contingency="Air").pieces] == ["Zeppelins"]
    assert [one.title for one in scenarios.listing(world.hq, text="tanker").pieces] == [told.THEIRS]
    assert scenarios.listing(world.hq, text="…").pieces == ()
    windows = [scenarios.listing(world.hq, offset=offset, limit=2) for offset in (0, 2, 4)]
    assert [(window.total, len(window.pieces)) for window in windows] == [(4, 2), (4, 2), (4, 0)]
    assert len({one.key for window in windows for one in window.pieces}) == 4


def test_what_is_no_scenario_has_no_room(world: World) -> None:
    report = workspace.pieces(world.hq, kinds=("report",))[0]
    assert scenarios.room(world.hq, ElementRef(report.party, report.element)) is None
    assert scenarios.room(world.torvia, ElementRef(report.party, report.element)) is None
