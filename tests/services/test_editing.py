"""Two people of one headquarters write one element at once: what they changed apart is merged, what both changed is settled, nothing is overwritten."""

import pytest

from stafftalks.planning.forms import parse_mapping
from stafftalks.planning.kinds import Content
from stafftalks.services import editing, elements
from stafftalks.services.editing import BothChangedError, FieldsError
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import VersionHash
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER, make_hq

BRANCHES = [{"id": "B1", "title": "Calm"}, {"id": "B2", "title": "Storm"}]


def scenario(**fields: object) -> Content:
    found = parse_mapping("scenario", {"title": "Vael", "narrative": "One.\n\nTwo.", "branches": BRANCHES, **fields})
    if not hasattr(found, "title"):
        raise AssertionError(found)
    return found


def begun() -> tuple[Headquarters, ElementRow]:
    hq = make_hq("XMR")
    return hq, elements.add(hq, PLANNER, scenario())


def content(hq: Headquarters, row: ElementRow) -> Content:
    return elements.content(elements.get(hq, row.id))


def test_fields_changed_apart_are_both_kept_and_it_is_said_whose_was_taken_in() -> None:
    hq, row = begun()
    editing.change(hq, HEAD, row.id, row.version, {"branches.1.likelihood": "likely"})
    done = editing.change(hq, PLANNER, row.id, row.version, {"title": "Vael closed", "branches.1.title": "Gale"})
    assert done.merged
    assert done.by == HEAD.username
    assert [change.label for change in done.taken] == ["Branches B2, likelihood"]
    now = content(hq, row)
    assert (now.title, now.branches[1].title, str(now.branches[1].likelihood)) == (
        "Vael closed",
        "Gale",
        "likely (ICD 203)",
    )


def test_the_same_field_changed_by_both_is_refused_with_its_three_texts_and_nothing_is_saved() -> None:
    hq, row = begun()
    theirs = editing.change(hq, HEAD, row.id, row.version, {"branches.1.title": "Hurricane"})
    with pytest.raises(BothChangedError) as error:
        editing.change(hq, PLANNER, row.id, row.version, {"branches.1.title": "Gale"})
    (conflict,) = error.value.conflicts
    assert (conflict.before, conflict.theirs, conflict.mine) == ("Storm", "Hurricane", "Gale")
    assert error.value.current.version == theirs.row.version
    assert content(hq, row).branches[1].title == "Hurricane"


def test_rows_are_meant_as_they_stood_in_the_version_looked_at() -> None:
    hq, row = begun()
    editing.change(hq, HEAD, row.id, row.version, {}, removed=["branches.0"])
    editing.change(hq, PLANNER, row.id, row.version, {"branches.1.title": "Gale"})
    assert [(branch.id, branch.title) for branch in content(hq, row).branches] == [("B2", "Gale")]


def test_rows_added_by_both_stay() -> None:
    hq, row = begun()
    editing.change(hq, HEAD, row.id, row.version, {"branches.2.id": "H", "branches.2.title": "Ice"})
    editing.change(hq, PLANNER, row.id, row.version, {"branches.2.id": "P", "branches.2.title": "Fog"})
    assert [branch.id for branch in content(hq, row).branches] == ["B1", "B2", "H", "P"]


def test_fields_that_cannot_be_read_are_told_by_their_path() -> None:
    hq, row = begun()
    with pytest.raises(FieldsError) as error:
        editing.change(hq, PLANNER, row.id, row.version, {"window.start": "someday"})
    assert list(error.value.errors) == ["window.start"]
    assert elements.get(hq, row.id).version == row.version


def test_only_writers_save_and_only_from_a_version_that_was() -> None:
    hq, row = begun()
    with pytest.raises(RefusedError):
        editing.change(hq, AUDITOR, row.id, row.version, {"title": "x"})
    with pytest.raises(MisuseError, match="no version"):
        editing.change(hq, PLANNER, row.id, VersionHash("a" * 52), {"title": "x"})


def test_a_dispute_is_settled_field_by_field_and_keeps_what_was_typed_meanwhile() -> None:
    hq, row = begun()
    saved = editing.change(hq, HEAD, row.id, row.version, {"title": "Theirs", "branches.1.title": "Hurricane"}).row
    mine = scenario(title="Mine", branches=[BRANCHES[0], {"id": "B2", "title": "Gale"}], contingency="Vael")
    found = editing.dispute(hq, row.id, row.version, saved.version, HEAD.username, mine)
    assert {conflict.key for conflict in found.conflicts} == {"title", "branches.B2.title"}
    typed = scenario(
        title="Mine", branches=[{"id": "B1", "title": "Dead calm"}, {"id": "B2", "title": "Gale"}], contingency="Vael"
    )
    left = editing.settle(hq, row.id, found, typed, {"title": "mine"})
    assert [conflict.key for conflict in left.conflicts] == ["branches.B2.title"]
    done = editing.settle(hq, row.id, found, typed, {"title": "mine", "branches.B2.title": "theirs"})
    assert done.conflicts == ()
    editing.save(hq, PLANNER, row.id, saved.version, done.content)
    now = content(hq, row)
    assert (now.title, now.contingency) == ("Mine", "Vael")
    assert [branch.title for branch in now.branches] == ["Dead calm", "Hurricane"]


def test_taking_theirs_and_typing_over_it_at_once_is_asked_again() -> None:
    hq, row = begun()
    saved = editing.change(hq, HEAD, row.id, row.version, {"title": "Theirs"}).row
    found = editing.dispute(hq, row.id, row.version, saved.version, HEAD.username, scenario(title="Mine"))
    left = editing.settle(hq, row.id, found, scenario(title="By hand"), {"title": "theirs"})
    assert [(conflict.key, conflict.mine) for conflict in left.conflicts] == [("title", "By hand")]
    by_hand = editing.settle(hq, row.id, found, scenario(title="By hand"), {"title": "mine"})
    assert (by_hand.content.title, by_hand.conflicts) == ("By hand", ())


def test_saving_again_after_a_third_revision_merges_that_one_too() -> None:
    hq, row = begun()
    editing.change(hq, HEAD, row.id, row.version, {"contingency": "Vael"})
    editing.change(hq, OFFICER, row.id, elements.get(hq, row.id).version, {"narrative": "One.\n\nTwo.\n\nThree."})
    done = editing.save(hq, PLANNER, row.id, row.version, scenario(title="Mine", narrative="Zero.\n\nOne.\n\nTwo."))
    assert done.by == OFFICER.username
    assert content(hq, row).narrative == "Zero.\n\nOne.\n\nTwo.\n\nThree."
    assert (content(hq, row).title, content(hq, row).contingency) == ("Mine", "Vael")
