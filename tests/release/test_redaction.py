"""Redaction removes and never hides: what was taken out is nowhere in the bytes, or it is said where it still stands."""

import json
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from stafftalks.planning import element, plain
from stafftalks.planning.durations import Duration
from stafftalks.planning.element import Element
from stafftalks.planning.exercises import Exercise, Group, Item, Participant
from stafftalks.planning.forces import Activity, Force, Holding, Mode, Wait
from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import CountDetail, Detail, PositionDetail, TimeDetail
from stafftalks.planning.plans import DecisionPoint, Phase, Plan
from stafftalks.planning.portions import LABELLING, leaves, portions, within
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Assumption, Branch, Requirement, Scenario
from stafftalks.planning.task_organisation import TaskedForce
from stafftalks.planning.timing import AnchorDate
from stafftalks.planning.wording import text_of
from stafftalks.release import cells
from stafftalks.release.detail import Act, coarser, finer
from stafftalks.release.redaction import Redaction, apply, coarsening, implied, traces
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.place import Circle, LonLat, NamedPlace, Point
from stafftalks.values.quantity import Count, Quantity
from stafftalks.values.relative_time import Instant, RelativeTime, Window
from tests.planning.cast import AN_ID, MERIDIA, contents, counts, moments, quantities

PORT = LonLat(34_640_000, 36_850_000)
details = st.builds(
    Detail,
    positions=st.sampled_from([PositionDetail.WITHHELD, PositionDetail.CELL]),
    cell=st.integers(0, 9),
    counts=st.sampled_from([CountDetail.BANDED, CountDetail.ROUNDED]),
    round_to=st.sampled_from([2, 7, 10, 250]),
    times=st.sampled_from([TimeDetail.WITHHELD_ANCHOR, TimeDetail.DAY]),
)


def taken(content: Content, *lines: str) -> Content:
    return apply(content, [Redaction.parse(line) for line in lines])


def rules(content: Content, *lines: str) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        taken(content, *lines)
    assert all(refusal.sentence.endswith(".") for refusal in caught.value.refusals)
    return [refusal.rule for refusal in caught.value.refusals]


def raw(content: Content) -> bytes:
    return element.encode(Element(AN_ID, content))


def _labels(node: object, *, within_one: bool = False) -> Iterator[str]:
    """Every text of a marking: it is no portion, and what is taken out may be spelled like it."""
    match node:
        case dict():
            for name, inner in node.items():
                yield from _labels(inner, within_one=within_one or name in LABELLING)
        case list():
            for inner in node:
                yield from _labels(inner, within_one=within_one)
        case str() if within_one:
            yield node


@given(st.data())
@settings(max_examples=200)
def test_what_is_removed_is_nowhere_in_the_bytes_or_it_is_said_where(data: st.DataObject) -> None:
    content = data.draw(contents())
    paths = [portion.path for portion in portions(content)]
    assume(paths)
    chosen = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4, unique=True))
    wanted = [Redaction(path, Act.REMOVE) for path in chosen]
    before = raw(content)
    left = _left(content, wanted)
    if left is None:
        return
    after = raw(left)
    assert element.decode(after).content == left
    assert raw(content) == before
    _added_nothing(content, left)
    remaining = {text_of(leaf.value) for leaf in leaves(left)}
    labelling = set(_labels(json.loads(after)))
    said = {trace.taken_from for trace in traces(content, left)}
    gone = {item.path for item in (*wanted, *implied(content, wanted))}
    for leaf in leaves(content):
        if any(within(leaf.path, path) for path in gone) and isinstance(leaf.value, str):
            text = leaf.value
            # Shorter texts are looked for as whole words only, and a byte search finds them inside others.
            standing = text in remaining or text in labelling
            if len(text) >= 6 and not standing and text.isalnum() and f'"{text}"'.encode() in after:
                assert leaf.path in said


@given(contents(), details)
@settings(max_examples=250)
def test_what_is_coarsened_complies_and_coarsening_it_again_changes_nothing(content: Content, detail: Detail) -> None:
    wanted = coarsening(content, detail)
    left = _left(content, wanted)
    if left is None:
        return
    assert not list(finer(left, detail))
    assert coarsening(left, detail) == ()
    assert element.decode(raw(left)).content == left
    names = {item.path for item in wanted}
    kept = {leaf.path: leaf.value for leaf in leaves(left)}
    assert all(
        kept[leaf.path] == leaf.value for leaf in leaves(content) if leaf.path not in names and "#" not in leaf.path
    )


@given(counts | quantities, st.sampled_from([Act.ROUND, Act.BAND]), st.sampled_from([0, 2, 7, 10, 250]))
def test_a_coarse_count_is_near_the_count_and_told_once(value: Count | Quantity, act: Act, grain: int) -> None:
    assume(grain or act is Act.BAND)
    told = coarser(value, act, grain)
    assert told is not None
    assert coarser(told, act, grain) == told
    exact = value.stated if isinstance(value, Count) else value.scaled / 10**value.decimals
    shown = told.stated if isinstance(told, Count) else told.scaled  # type: ignore[attr-defined]
    if act is Act.ROUND:
        assert abs(shown - exact) <= grain
        assert shown % grain == 0
    else:
        assert abs(shown) <= abs(exact)
        assert abs(exact) < (abs(shown) + grain if grain else max(1, abs(shown) * 10))


def test_how_long_an_activity_lasts_and_waits_is_told_in_whole_days_where_a_letter_permits_days() -> None:
    lasts = Duration(shortest=Quantity.parse("6 h"), likeliest=Quantity.parse("36 h"), longest=Quantity.parse("3 d"))
    after = ElementRef(MERIDIA, AN_ID)
    content = Activity(
        title="Sweep", what="Sweep", duration=lasts, modes=(Mode(name="by sea", duration=lasts),),
        waits=(Wait(after=after, lag=Quantity.parse("30 h")),),
    )  # fmt: skip
    exact = {"positions": PositionDetail.EXACT, "counts": CountDetail.EXACT}
    left = apply(content, coarsening(content, Detail(**exact, times=TimeDetail.DAY)))
    assert isinstance(left, Activity)
    for told in (left.duration, left.modes[0].duration):
        assert list(map(str, (told.shortest, told.likeliest, told.longest))) == ["1 d", "2 d", "3 d"]
    assert str(left.waits[0].lag) == "2 d"
    assert coarsening(left, Detail(**exact, times=TimeDetail.DAY)) == ()
    assert coarsening(content, Detail(**exact, times=TimeDetail.WITHHELD_ANCHOR)) == (), "no date can be told from it"
    assert coarsening(content, Detail(positions=PositionDetail.EXACT, times=TimeDetail.EXACT)) == (), "it is no count"


@given(moments)
@example(RelativeTime("H", 0, -99_985))
@example(RelativeTime("D", 99_999, 99_999))
def test_a_day_is_the_one_that_the_time_lies_in(value: Instant | RelativeTime) -> None:
    told = coarser(value, Act.DAY, 0)
    if told is None:
        assert isinstance(value, RelativeTime), "a day that cannot be written is not told at all"
        assert abs(value.hours // 24) * (24 if value.anchor == "H" else 1) > 99_999
        return
    assert msgspec.convert(msgspec.to_builtins(told), type(value)) == told
    assert coarser(told, Act.DAY, 0) == told
    match value, told:
        case Instant(), Instant():
            assert 0 <= value.seconds - told.seconds < 86_400
        case RelativeTime(), RelativeTime():
            assert 0 <= value.hours - told.hours < 24
            assert told.anchor == value.anchor


def test_a_branch_takes_with_it_what_hangs_on_it_and_what_names_it() -> None:
    scenario = Scenario(
        title="Strait closed",
        branches=(
            Branch(id="B1", title="Mines"),
            Branch(id="B2", title="Blockade", after="B1"),
            Branch(id="B3", title="Boarding", after="B2"),
            Branch(id="B4", title="Talks"),
        ),
        assumptions=(Assumption(id="A1", text="Weather holds", triggers="B3"),),
    )
    left = taken(scenario, "remove branches.B2")
    assert isinstance(left, Scenario)
    assert [branch.id for branch in left.branches] == ["B1", "B4"]
    assert left.assumptions == (Assumption(id="A1", text="Weather holds"),)


def test_a_line_takes_with_it_those_under_it_and_decision_points_forget_what_is_gone() -> None:
    plan = Plan(
        title="Guard",
        phases=(Phase(id="P1", name="Move"), Phase(id="P2", name="Hold")),
        decision_points=(DecisionPoint(id="DP1", decision="Go", linked=("P2", "CCIR 4")),),
        organisation=(TaskedForce(id="T1", name="Group"), TaskedForce(id="T2", name="Squadron", under="T1")),
    )
    left = taken(plan, "remove organisation.T1", "remove phases.P2")
    assert isinstance(left, Plan)
    assert left.organisation == ()
    assert left.decision_points[0].linked == ("CCIR 4",)


def test_paths_are_those_of_the_version_as_it_was() -> None:
    force = Force(title="F", holdings=tuple(Holding(item=f"Item {n}", on_hand=n) for n in range(4)))
    left = taken(force, "remove holdings.0", "remove holdings.2", "round holdings.3.on_hand 2")
    assert isinstance(left, Force)
    assert [(row.item, row.on_hand) for row in left.holdings] == [("Item 1", 1), ("Item 3", 4)]


def test_paragraphs_go_one_by_one() -> None:
    scenario = Scenario(title="T", narrative="First.\n\nSecond.\n\n\nThird.")
    left = taken(scenario, "remove narrative#2")
    assert isinstance(left, Scenario)
    assert left.narrative == "First.\n\nThird."


def test_a_place_becomes_a_cell_without_its_name() -> None:
    activity = Activity(title="T", what="Patrol", footprint=Circle(name="Mersin roads", centre=PORT, radius_m=200))
    left = taken(activity, "cell footprint 5")
    assert isinstance(left, Activity)
    assert left.footprint is not None
    assert cells.resolution_of(cells.cell_in(left.footprint) or "") == 5
    assert b"Mersin" not in raw(left)
    assert taken(Activity(title="T", what="P", footprint=NamedPlace(name="Mersin")), "cell footprint 5") == Activity(
        title="T", what="P"
    )


def test_a_group_or_a_table_is_coarsened_whole() -> None:
    exercise = Exercise(
        title="E",
        participants=(
            Participant(
                party="Meridia",
                personnel=Count(6412),
                groups=(Group(what="Aircraft", stated_total=Count(103), itemised=(Item(item="B-52", count=4),)),),
            ),
        ),
        window=Window(Instant.parse("2023-01-23T06:30Z"), Instant.parse("2023-01-26T18:00Z")),
    )
    left = taken(exercise, "band participants 100", "day window")
    assert plain.to_plain(left) == {
        "kind": "exercise",
        "title": "E",
        "participants": [
            {
                "party": "Meridia",
                "personnel": {"stated": 6400, "approximate": True},
                "groups": [
                    {
                        "what": "Aircraft",
                        "stated_total": {"stated": 100, "approximate": True},
                        "itemised": [{"item": "B-52", "count": 0}],
                    }
                ],
            }
        ],
        "window": plain.to_plain(Window(Instant.parse("2023-01-23"), Instant.parse("2023-01-26"))),
    }


def test_the_date_of_an_anchor_cannot_be_taken_out_of_an_anchor() -> None:
    anchor = AnchorDate(title="D-day", anchor="D", at=Instant.parse("2027-05-04"))
    detail = Detail(times=TimeDetail.WITHHELD_ANCHOR)
    assert coarsening(anchor, detail) == (Redaction("at", Act.UNANCHOR),)
    assert rules(anchor, "unanchor at") == ["redaction-required"]
    phase = Plan(title="P", phases=(Phase(id="P1", name="Go", start=RelativeTime("D", 1), end=Instant(0)),))
    left = taken(phase, "unanchor phases")
    assert isinstance(left, Plan)
    assert left.phases == (Phase(id="P1", name="Go", start=RelativeTime("D", 1)),)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["remove branches.B9"], "redaction-unknown"),
        (["remove narrative#3"], "redaction-unknown"),
        (["remove nothing"], "redaction-unknown"),
        (["remove title"], "redaction-required"),
        (["remove branches.B1.title"], "redaction-required"),
        (["cell title 5"], "redaction-unfit"),
        (["remove marking"], "redaction-unknown"),
        (["remove branches.B1.mark"], "redaction-unknown"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(lines: list[str], expected: str) -> None:
    scenario = Scenario(title="T", narrative="One.", branches=(Branch(id="B1", title="Mines", mark="S"),))
    assert rules(scenario, *lines) == [expected]


def test_what_was_taken_out_and_still_stands_in_a_text_is_found() -> None:
    requirement = Requirement(
        title="Tankers for branch B2",
        serial="R1",
        capability="Refuelling",
        quantity=Quantity(137, "items"),  # type: ignore[arg-type]
        place=Point(name="Port of Mersin", at=PORT),
        statement="Needs 137 items near the port of Mersin @ 36.85, 34.64.",
    )
    left = taken(requirement, "round quantity 100", "cell place 4")
    found = traces(requirement, left)
    assert [(trace.taken_from, trace.found_in, trace.certain) for trace in found] == [
        ("quantity", "statement#1", True),
        ("place", "statement#1", True),
    ]
    assert traces(requirement, taken(requirement, "round quantity 100", "cell place 4", "remove statement")) == ()


def test_redactions_are_spelled_on_one_line_and_read_back() -> None:
    for line in (
        "remove branches.B2",
        "cell footprint 5",
        "round holdings.0.on_hand 10",
        "band participants 0",
        "day window",
    ):
        assert str(Redaction.parse(line)) == line
    for line in (
        "",
        "erase title",
        "remove",
        "cell footprint",
        "cell footprint 16",
        "round x 1",
        "round 10",
        "band x ten",
    ):
        with pytest.raises(MisuseError, match=r"redaction|grain"):
            Redaction.parse(line)


def _left(content: Content, wanted: list[Redaction] | tuple[Redaction, ...]) -> Content | None:
    """What is left, or None where that could not stand, for which only these two rules can speak."""
    try:
        return apply(content, wanted)
    except RefusedError as refused:
        rules = {refusal.rule for refusal in refused.refusals}
    assert rules <= {"redaction-required", "redaction-invalid"}
    return None


def _added_nothing(before: Content, after: Content) -> None:
    """Every text of `after` stands in `before`, or is what is left of one that does."""
    texts = list(_strings(plain.to_plain(before)))
    for text in _strings(plain.to_plain(after)):
        words = [word for word in text.split("\n") if word]
        assert text in texts or any(all(word in whole for word in words) for whole in texts)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return []
