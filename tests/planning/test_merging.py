"""Two revisions of one element: what each changed apart stands, what both changed is settled by a person, and no change is lost unseen."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.compare import diff
from stafftalks.planning.forms import flatten
from stafftalks.planning.intelligence import Hop, Indicator, Relation, Report
from stafftalks.planning.matching import gaps
from stafftalks.planning.merging import merge
from stafftalks.planning.scenarios import Assumption, Branch, Scenario
from stafftalks.planning.weaving import weave
from stafftalks.values.errors import MisuseError
from stafftalks.values.label import Marking
from stafftalks.values.relative_time import RelativeTime, Window
from stafftalks.values.scale import Likelihood

LETTERS = "ABCDEFGH"
paragraphs = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four.", "Five.", "Six."]), unique=True, max_size=5)
moments = st.none() | st.integers(-3, 3).map(lambda offset: RelativeTime("C", offset))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A scenario whose branches hang on no other, so that any mixture of rows can be."""
    names = draw(st.lists(st.sampled_from(LETTERS), unique=True, max_size=5))
    branches = tuple(
        Branch(
            id=name,
            title=draw(st.sampled_from(["Calm", "Storm", "Flood"])),
            condition=draw(st.sampled_from(["", "rain", "wind"])),
            likelihood=draw(st.none() | st.sampled_from(["likely", "unlikely"]).map(Likelihood.parse)),
        )
        for name in names
    )
    start, end = draw(moments), draw(moments)
    if start is not None and end is not None and end < start:
        start, end = end, start
    return Scenario(
        title=draw(st.sampled_from(["Vael", "Mersel"])),
        narrative="\n\n".join(draw(paragraphs)),
        window=Window(start, end),
        branches=branches,
        assumptions=tuple(Assumption(id=name, text="x") for name in draw(st.lists(st.sampled_from("PQ"), unique=True))),
    )


def rows(content: Scenario) -> dict[str, str]:
    """Every text of a scenario by its dotted path, rows by their id and not by their place."""
    flat = {name: text for name, text in flatten(content).items() if not name.startswith(("branches.", "assumptions."))}
    for field in ("branches", "assumptions"):
        for row in getattr(content, field):
            for name in row.__struct_fields__:
                flat[f"{field}.{row.id}.{name}"] = str(getattr(row, name))
    return flat


def told(content: Scenario) -> list[str]:
    """The narrative's paragraphs."""
    return content.narrative.split("\n\n") if content.narrative else []


def put(base: Scenario, side: Scenario) -> list[str]:
    """The paragraphs that `side` put where they were not before."""
    before, after = told(base), told(side)
    return [item for same, _, _, first, last in gaps(before, after) if not same for item in after[first:last]]


@given(scenarios(), scenarios())
def test_where_one_side_changed_nothing_the_other_stands(base: Scenario, other: Scenario) -> None:
    assert merge(base, other, base).content == other
    assert merge(base, base, other).content == other
    assert merge(base, other, other).content == other
    assert (
        not merge(base, other, base).conflicts
        + merge(base, base, other).conflicts
        + merge(base, other, other).conflicts
    )


@given(scenarios(), scenarios(), scenarios())
def test_it_is_the_same_from_either_side(base: Scenario, one: Scenario, other: Scenario) -> None:
    here, there = merge(base, one, other), merge(base, other, one)
    assert sorted((c.key, c.before, c.mine, c.theirs) for c in here.conflicts) == sorted(
        (c.key, c.before, c.theirs, c.mine) for c in there.conflicts
    )
    if not here.conflicts:
        assert rows(here.content) == rows(there.content)


@given(scenarios(), scenarios(), scenarios())
def test_no_change_of_either_side_is_lost_unseen(base: Scenario, mine: Scenario, theirs: Scenario) -> None:
    merged = merge(base, mine, theirs)
    keys = tuple(conflict.key for conflict in merged.conflicts)
    was, now = rows(base), rows(merged.content)
    for side in (rows(mine), rows(theirs)):
        for name in {*was, *side}:
            if was.get(name) == side.get(name) or name == "narrative":
                continue
            disputed = any(key == "" or name == key or name.startswith(f"{key}.") for key in keys)
            assert disputed or now.get(name) == side.get(name), name
    if "narrative" not in keys:
        held = set(told(merged.content))
        for side, other in ((mine, theirs), (theirs, mine)):
            assert set(told(side)) - set(told(base)) <= held
            # What one removed and the other only moved stays where it was moved to.
            assert not (set(told(base)) - set(told(side))) & held - set(put(base, other))


@given(scenarios(), scenarios(), scenarios(), st.sampled_from(["mine", "theirs"]))
def test_settling_every_conflict_leaves_none(base: Scenario, mine: Scenario, theirs: Scenario, way: str) -> None:
    first = merge(base, mine, theirs)
    settled = merge(base, mine, theirs, {conflict.key: way for conflict in first.conflicts})
    assert settled.conflicts == ()
    if way == "mine":
        assert settled.content == first.content


@given(st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)))
def test_stretches_cover_all_three_sequences_in_order(base: list[int], mine: list[int], theirs: list[int]) -> None:
    woven = weave(base, mine, theirs)
    for name, whole in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert [item for part in woven for item in getattr(part, name)] == whole


BASE = Scenario(
    title="Vael",
    narrative="First.\n\nSecond.\n\nThird.",
    branches=(Branch(id="B1", title="Calm"), Branch(id="B2", title="Storm")),
)


def changed(**fields: object) -> Scenario:
    return msgspec.structs.replace(BASE, **fields)


def test_different_fields_and_different_paragraphs_are_both_kept() -> None:
    mine = changed(title="Vael closed", narrative="First.\n\nSecond, longer.\n\nThird.")
    theirs = changed(narrative="First.\n\nSecond.\n\nThird.\n\nFourth.", contingency="Vael")
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert merged.content.narrative == "First.\n\nSecond, longer.\n\nThird.\n\nFourth."
    assert (merged.content.title, merged.content.contingency) == ("Vael closed", "Vael")


def test_rows_added_by_each_both_stay_and_a_moved_row_takes_the_others_edit() -> None:
    mine = changed(branches=(*BASE.branches, Branch(id="M", title="Mine")))
    theirs = changed(
        branches=(Branch(id="B2", title="Storm"), Branch(id="B1", title="Calm, long"), Branch(id="T", title="T"))
    )
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert [row.id for row in merged.content.branches] == ["B2", "M", "B1", "T"], "M stays behind B2"
    assert merged.content.branches[2].title == "Calm, long"


def test_a_row_removed_by_one_and_edited_by_the_other_is_for_a_person_to_settle() -> None:
    mine = changed(branches=(BASE.branches[0],))
    theirs = changed(branches=(BASE.branches[0], Branch(id="B2", title="Great storm")))
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert (conflict.key, conflict.sort, conflict.mine) == ("branches.B2", "row", "")
    assert "Great storm" in conflict.theirs
    kept = merge(BASE, mine, theirs, {"branches.B2": "theirs"})
    assert [row.title for row in kept.content.branches] == ["Calm", "Great storm"]
    assert merge(BASE, mine, theirs, {"branches.B2": "mine"}).content == mine


def test_two_new_rows_under_one_id_can_both_be_kept() -> None:
    mine = changed(branches=(*BASE.branches, Branch(id="B3", title="Mine")))
    theirs = changed(branches=(*BASE.branches, Branch(id="B3", title="Theirs")))
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert conflict.both
    both = merge(BASE, mine, theirs, {"branches.B3": "both"}).content
    assert [(row.id, row.title) for row in both.branches[2:]] == [("B3", "Theirs"), ("B3-2", "Mine")]


def test_what_both_changed_shows_the_three_texts() -> None:
    mine = changed(branches=(Branch(id="B1", title="Calm"), Branch(id="B2", title="Gale")))
    theirs = changed(branches=(Branch(id="B1", title="Calm"), Branch(id="B2", title="Hurricane")))
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert (conflict.before, conflict.theirs, conflict.mine) == ("Storm", "Hurricane", "Gale")
    assert conflict.path == ("branches", 1, "title")
    assert conflict.label == "Branches B2, title"


def test_of_a_text_that_both_reworded_either_choice_keeps_what_each_changed_elsewhere() -> None:
    mine = changed(narrative="First.\n\nSecond by me.\n\nThird.\n\nEnd.")
    theirs = changed(narrative="Before.\n\nFirst.\n\nSecond by them.\n\nThird.")
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert conflict.mine == "Before.\n\nFirst.\n\nSecond by me.\n\nThird.\n\nEnd."
    taken = merge(BASE, mine, theirs, {"narrative": "theirs"}).content.narrative
    assert taken == "Before.\n\nFirst.\n\nSecond by them.\n\nThird.\n\nEnd."


def test_a_marking_is_never_mixed_from_two() -> None:
    mine = changed(marking=Marking("XMR", "SECRET"))
    theirs = changed(marking=Marking("XMR", "", ("REL TO XTV",)))
    (conflict,) = merge(BASE, mine, theirs).conflicts
    assert conflict.key == "marking"
    assert merge(BASE, mine, theirs).content.marking == mine.marking


def test_a_window_whose_ends_would_cross_is_settled_whole() -> None:
    def at(start: int, end: int) -> Scenario:
        return changed(window=Window(RelativeTime("C", start), RelativeTime("C", end)))

    base, mine, theirs = at(3, 5), at(3, 4), at(5, 5)
    (conflict,) = merge(base, mine, theirs).conflicts
    assert (conflict.key, conflict.theirs) == ("window", "C+5 to C+5")
    assert merge(at(3, 5), at(2, 5), at(3, 9)).content.window == at(2, 9).window


def test_branches_that_would_hang_on_each_other_in_a_circle_are_settled_as_a_table() -> None:
    mine = changed(branches=(Branch(id="B1", title="Calm", after="B2"), Branch(id="B2", title="Storm")))
    theirs = changed(branches=(Branch(id="B1", title="Calm"), Branch(id="B2", title="Storm", after="B1")))
    merged = merge(BASE, mine, theirs)
    assert [conflict.key for conflict in merged.conflicts] == ["branches"]
    assert merged.content == mine
    assert merge(BASE, mine, theirs, {"branches": "theirs"}).content == theirs


def test_rows_without_names_of_their_own_are_merged_by_place() -> None:
    def chain(*grades: str) -> Report:
        return Report(
            title="R", said="x", hops=tuple(Hop(actor="Official", relation=Relation.STATED, to=to) for to in grades)
        )

    merged = merge(chain("a", "b", "c"), chain("a2", "b", "c"), chain("a", "b", "c", "d"))
    assert merged.conflicts == ()
    assert [hop.to for hop in merged.content.hops] == ["a2", "b", "c", "d"]
    (conflict,) = merge(chain("a"), chain("b"), chain("c")).conflicts
    assert (conflict.before, conflict.mine, conflict.theirs) == ("a", "b", "c")


def test_lines_added_by_each_are_all_kept_once() -> None:
    def watched(*actions: str) -> Indicator:
        return Indicator(title="I", watched="x", actions=actions)

    merged = merge(watched("call"), watched("call", "sail"), watched("call", "fly", "sail"))
    assert merged.content.actions == ("call", "fly", "sail")
    assert merged.conflicts == ()


def test_only_versions_of_one_element_are_merged() -> None:
    with pytest.raises(MisuseError):
        merge(BASE, BASE, Report(title="R", said="x"))


def test_a_long_table_is_merged_in_the_time_of_its_length() -> None:
    many = tuple(Branch(id=f"B{number}", title="x") for number in range(3_000))
    mine = changed(branches=(*many, *(Branch(id=f"M{number}", title="m") for number in range(3_000))))
    theirs = changed(branches=(*many, *(Branch(id=f"T{number}", title="t") for number in range(3_000))))
    merged = merge(changed(branches=many), mine, theirs)
    assert len(merged.content.branches) == 9_000
    assert diff(theirs, merged.content)
