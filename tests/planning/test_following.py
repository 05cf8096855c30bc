"""A remark follows the part it is about when rows move, and is told when the part is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import forms
from stafftalks.planning.following import follow, part
from stafftalks.planning.kinds import Content


def _scenario(*ids: str, title: str = "Closed") -> Content:
    found = forms.parse_mapping("scenario", {"title": title, "branches": [{"id": name, "title": name} for name in ids]})
    assert not isinstance(found, forms.FormErrors)
    return found


def test_a_branch_is_followed_by_its_id() -> None:
    before, after = _scenario("B1", "B2"), _scenario("B0", "B2", "B1")
    assert follow("branches.0.title", before, after) == "branches.2.title"
    assert follow("branches.1", before, after) == "branches.1"


def test_a_branch_that_was_taken_out_is_gone() -> None:
    assert follow("branches.1.title", _scenario("B1", "B2"), _scenario("B1")) is None


@pytest.mark.parametrize(
    "path", ["", "nothing", "branches.9.title", "branches.x", "branches.0.nothing", "title.0", "..", "branches.²"]
)
def test_what_names_no_part_is_followed_nowhere(path: str) -> None:
    assert follow(path, _scenario("B1"), _scenario("B1")) is None


def test_fields_outside_tables_stay_where_they_are() -> None:
    for path in ("narrative", "window.start", "marking.policy"):
        assert follow(path, _scenario(), _scenario("B1")) == path


def test_another_kind_has_none_of_its_parts() -> None:
    report = forms.parse_mapping("report", {"title": "R", "said": "It."})
    assert not isinstance(report, forms.FormErrors)
    assert follow("title", _scenario(), report) is None


def test_a_part_is_named_by_label_row_and_field() -> None:
    found = part("branches.1.title", _scenario("B1", "B2"))
    assert found is not None
    assert (found.label, found.row, found.field) == ("Branches", "B2", "Title")
    assert part("branches.7", _scenario("B1")) is None


@given(
    st.lists(st.sampled_from([f"B{at}" for at in range(8)]), unique=True, min_size=1),
    st.randoms(),
    st.text(max_size=30),
)
def test_following_there_and_back_comes_home(ids: list[str], random: object, noise: str) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = _scenario(*ids), _scenario(*shuffled)
    for path in forms.flatten(before):
        there = follow(path, before, after)
        assert there is not None
        assert follow(there, after, before) == path
    found = follow(noise, before, after)
    assert found is None or follow(found, after, before) is not None
