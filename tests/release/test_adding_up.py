"""What a release adds up to with what the partner was given before: each kind is found, refused where finer than the letter, and shown otherwise."""

import h3
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.planning.exercises import Exercise, Group, Item, Participant
from stafftalks.planning.forces import Activity, Force, Holding
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.letters import CountDetail, Detail, PositionDetail, TimeDetail
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.planning.timing import AnchorDate
from stafftalks.release import cells, desk
from stafftalks.release.adding_up import Leaving, sums
from stafftalks.release.authority import Given
from stafftalks.release.detail import Act, coarser, interval
from stafftalks.release.redaction import Redaction, apply
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.place import LonLat, Place, Point
from stafftalks.values.quantity import Count
from stafftalks.values.relative_time import Instant, RelativeTime, Window
from tests.accord.cast import MERIDIA, TORVIA, Staff, an_id, exact, raw_of
from tests.letters import authority, broad
from tests.release.people import OFFICER, refused, request

CELLS = Detail(positions=PositionDetail.CELL, cell=5, counts=CountDetail.EXACT, times=TimeDetail.EXACT)
EXACT = Detail(positions=PositionDetail.EXACT, counts=CountDetail.EXACT, times=TimeDetail.EXACT)
NO_DATES = Detail(positions=PositionDetail.EXACT, counts=CountDetail.EXACT, times=TimeDetail.WITHHELD_ANCHOR)


def rounded(to: int) -> Detail:
    return Detail(positions=PositionDetail.EXACT, counts=CountDetail.ROUNDED, round_to=to, times=TimeDetail.EXACT)


def gave(content: Content, number: int = 1, detail: Detail | None = None, accord: str = "a") -> Given:
    raw = raw_of(content, number)
    return Given(exact(MERIDIA, number, raw), kind_of(content), raw, AccordId(accord * 52), 0, detail)


def found(content: Content, detail: Detail, *given: Given, before: Content | None = None) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in sums(Leaving(an_id(1), content, before), given, detail)]


def patrol(cell: str) -> Activity:
    return Activity(title="Patrol", what="Watch", footprint=cells.outline(cell))


def cells_near(lat: float, lon: float) -> tuple[str, str]:
    """Two cells of resolution 5 that one spot on their common edge could be told as."""
    first = h3.latlng_to_cell(lat, lon, 5)
    return str(first), str(next(iter(sorted(set(h3.grid_disk(first, 1)) - {first}))))


# Two coarse positions that intersect.


def test_two_coarse_positions_that_intersect_to_little_are_refused() -> None:
    """A finer cell that lies across the edge of the coarser one told before leaves only the part of it on one side."""
    outer = h3.latlng_to_cell(36.85, 34.64, 5)
    around = [cell for near in h3.grid_ring(outer, 1) for cell in h3.cell_to_children(near, 8)]
    across = [cell for cell in around if 0.05 < _shared(cell, outer) < 0.4]
    assert across
    told = patrol(str(across[0]))
    finer = msgspec.structs.replace(CELLS, cell=8)
    earlier = gave(patrol(str(outer)), detail=CELLS)
    assert found(told, finer, earlier) == [("cells", "refuses")]
    assert found(told, finer, gave(patrol(str(outer)), number=2)) == [], "another element is another thing"
    middle = h3.cell_to_center_child(outer, 8)
    assert found(patrol(str(middle)), finer, earlier) == [], (
        "what lies inside the coarser one tells no more than itself"
    )


def test_the_same_cell_again_or_one_elsewhere_tells_nothing_more() -> None:
    one, neighbour = cells_near(36.85, 34.64)
    assert found(patrol(one), CELLS, gave(patrol(one), detail=CELLS)) == []
    assert found(patrol(one), CELLS, gave(patrol(neighbour), detail=CELLS)) == [], "it has moved"


def test_exact_positions_given_before_leave_nothing_to_find() -> None:
    spot = Activity(title="Patrol", what="Watch", footprint=Point(at=LonLat(34_640_000, 36_850_000)))
    assert found(patrol(cells_near(36.85, 34.64)[0]), CELLS, gave(spot, detail=EXACT)) == []


@given(st.integers(-179_000_000, 179_000_000), st.integers(-80_000_000, 80_000_000), st.integers(2, 8))
@settings(max_examples=60)
def test_one_spot_told_under_one_letter_never_adds_up(lon: int, lat: int, cell: int) -> None:
    place: Place = Point(at=LonLat(lon, lat))
    told = coarser(place, Act.CELL, cell)
    content = Activity(title="Patrol", what="Watch", footprint=told)  # type: ignore[arg-type]
    detail = msgspec.structs.replace(CELLS, cell=cell)
    assert found(content, detail, gave(content, detail=detail)) == []


# Counts.


def force(count: int) -> Force:
    return Force(title="Group", holdings=(Holding(item="Frigate", on_hand=count), Holding(item="Tanker", on_hand=40)))


def test_two_roundings_of_one_count_are_refused_where_they_leave_too_few_numbers() -> None:
    """44 told as 40 to the nearest ten and as 48 to the nearest eight can only be 44."""
    earlier = gave(force(40), detail=rounded(10))
    (one,) = sums(Leaving(an_id(1), force(48)), [earlier], rounded(8))
    assert (one.rule, one.severity, one.refs) == ("counts", "refuses", (earlier.ref,))
    assert "both say 44" in one.sentence


def test_roundings_that_leave_half_or_more_are_shown_only() -> None:
    assert found(force(1450), rounded(10), gave(force(1400), detail=rounded(100))) == [("counts", "shown")]
    assert found(force(1440), rounded(10), gave(force(1400), detail=rounded(100))) == []


def test_a_count_that_was_told_exactly_or_has_changed_leaves_nothing_to_find() -> None:
    assert found(force(40), rounded(10), gave(force(44), detail=EXACT)) == []
    assert found(force(90), rounded(10), gave(force(40), detail=rounded(10))) == []
    assert found(force(40), EXACT, gave(force(40), detail=rounded(10))) == []


@given(st.integers(0, 10_000), st.sampled_from([2, 7, 10, 250]), st.sampled_from([Act.ROUND, Act.BAND]))
def test_what_a_told_count_could_be_holds_the_count(count: int, grain: int, act: Act) -> None:
    told = coarser(count, act, grain)
    assert isinstance(told, int)
    low, high = interval(told, act, grain)
    assert low <= count <= high
    for number in range(max(0, low - 3), high + 4):
        assert (coarser(number, act, grain) == told) == (low <= number <= high)


@given(st.integers(0, 10_000_000))
def test_what_a_count_in_bands_of_ten_hundred_and_so_on_could_be_holds_the_count(count: int) -> None:
    told = coarser(count, Act.BAND, 0)
    assert isinstance(told, int)
    low, high = interval(told, Act.BAND, 0)
    assert low <= count <= high


# Totals less parts.


def show(*items: tuple[str, int], total: int = 100, title: str = "Lantern") -> Exercise:
    group = Group(
        what="Aircraft",
        stated_total=Count(total),
        itemised=tuple(Item(item=name, count=count) for name, count in items),
    )
    return Exercise(title=title, participants=(Participant(party="Meridia", groups=(group,)),))


ALL = (("Bombers", 4), ("Fighters", 90), ("Drones", 6))


def test_a_part_that_was_taken_out_follows_from_the_total_and_the_rest() -> None:
    before = show(*ALL)
    left = apply(before, [Redaction.parse("remove participants.0.groups.0.itemised.2")])
    (one,) = sums(Leaving(an_id(1), left, before), [], EXACT)
    assert (one.rule, one.severity) == ("totals", "shown"), "the letter lets counts be told exactly"
    assert one.sentence.endswith("says it: 6. Take out the total too.")
    gone = apply(
        before,
        [Redaction.parse(f"remove participants.0.groups.0.{name}") for name in ("itemised.2", "stated_total")],
    )
    assert found(gone, EXACT, before=before) == []


def test_it_is_refused_where_what_was_given_before_makes_it_finer_than_the_letter_permits() -> None:
    before = show(*ALL)
    told = apply(
        before, [Redaction.parse("remove participants.0.groups.0.itemised.2"), Redaction.parse("round participants 10")]
    )
    exact_before = gave(show(*ALL[:2]), detail=EXACT)
    assert ("totals", "refuses") in found(told, rounded(10), exact_before, before=before)
    assert ("totals", "refuses") not in found(told, rounded(10), before=before)


def test_a_list_that_never_added_up_to_its_total_says_nothing_of_what_was_taken_out() -> None:
    before = show(*ALL, total=130)
    left = apply(before, [Redaction.parse("remove participants.0.groups.0.itemised.2")])
    assert found(left, EXACT, before=before) == []


# Anchors.

D_DAY = AnchorDate(title="D-day", anchor="D", at=Instant.parse("2027-05-04"))


def timed(*, contingency: str = "", **window: object) -> Activity:
    return Activity(title="Patrol", what="Watch", contingency=contingency, window=Window(**window))  # type: ignore[arg-type]


def test_a_relative_time_with_its_anchors_date_is_refused_where_no_date_may_leave() -> None:
    content = timed(start=RelativeTime("D", 3))
    assert found(content, NO_DATES, gave(D_DAY, 9)) == [("anchors", "refuses")]
    assert found(content, EXACT, gave(D_DAY, 9)) == [("anchors", "shown")]
    assert found(timed(start=RelativeTime("C", 3)), NO_DATES, gave(D_DAY, 9)) == [], "another anchor"
    assert found(timed(contingency="Ice", start=RelativeTime("D", 3)), NO_DATES, gave(D_DAY, 9)) == [], "another case"


def test_a_date_for_one_plan_is_for_that_plan_alone() -> None:
    dated = msgspec.structs.replace(D_DAY, plan=ElementRef(MERIDIA, an_id(7)))
    inside = msgspec.structs.replace(timed(start=RelativeTime("D", 3)), plan=ElementRef(MERIDIA, an_id(7)))
    assert found(inside, NO_DATES, gave(dated, 9)) == [("anchors", "refuses")]
    assert found(timed(start=RelativeTime("D", 3)), NO_DATES, gave(dated, 9)) == []


def test_one_time_told_relative_and_as_a_date_gives_the_anchor() -> None:
    relative, dated = timed(start=RelativeTime("D", 3)), timed(start=Instant.parse("2027-05-07"))
    assert found(relative, NO_DATES, gave(dated)) == [("anchors", "refuses")]
    assert found(dated, EXACT, gave(relative)) == [("anchors", "shown")]


def test_a_date_that_would_leave_shows_which_released_times_become_dates() -> None:
    assert found(D_DAY, EXACT, gave(timed(start=RelativeTime("D", 3)), 2), gave(timed(), 3)) == [("anchors", "shown")]


# Row ids.


def test_numbers_missing_from_row_ids_are_shown() -> None:
    before = Scenario(title="Strait closed", branches=tuple(Branch(id=f"B{n}", title=f"Way {n}") for n in (1, 2, 3, 4)))
    (one,) = sums(Leaving(an_id(1), apply(before, [Redaction.parse("remove branches.B2")]), before), [], EXACT)
    assert (one.rule, one.severity) == ("gaps", "shown")
    assert "B2 was left out" in one.sentence
    assert found(apply(before, [Redaction.parse("remove branches.B4")]), EXACT, before=before) == []
    assert found(before, EXACT) == []


# At the desk.


def test_the_desk_refuses_what_adds_up_and_tells_each_recipient_apart() -> None:
    staff = Staff()
    staff.open("scenarios")
    letter = broad(TORVIA, detail=NO_DATES)
    known = authority([letter], given={TORVIA: (gave(D_DAY, 9),)})
    asked = request(raw_of(timed(start=RelativeTime("D", 3)), 1))
    assert refused(lambda: desk.admit_release(staff.accord(), MERIDIA, asked, OFFICER, known)) == ["adds-up"]
    assert {party: [one.severity for one in found] for party, found in desk.adds_up(asked, known).items()} == {
        TORVIA: ["refuses"]
    }
    fresh = authority([letter])
    assert desk.admit_release(staff.accord(), MERIDIA, asked, OFFICER, fresh).audience == (TORVIA,)


def test_what_is_decided_together_adds_up_too() -> None:
    known = authority([broad(TORVIA, detail=EXACT)])
    anchor = request(raw_of(D_DAY, 9))
    after = known.after(MERIDIA, anchor, AccordId("a" * 52), desk.letters_for(anchor, OFFICER, known))
    asked = request(raw_of(timed(start=RelativeTime("D", 3)), 1))
    assert desk.adds_up(asked, known)[TORVIA] == ()
    assert [one.rule for one in desk.adds_up(asked, after)[TORVIA]] == ["anchors"]
    assert after.given[PartyId("XTV")][0].detail == EXACT


@pytest.mark.parametrize("raw", [b"{}", b"\xff", b'{"content":{"kind":"orbit"},"id":"%s"}' % an_id(1).encode()])
def test_what_cannot_be_read_any_more_is_passed_over(raw: bytes) -> None:
    old = Given(exact(MERIDIA, 1, raw), "activity", raw, AccordId("a" * 52), 0)
    assert found(timed(start=RelativeTime("D", 3)), NO_DATES, old) == []


def _shared(cell: str, outer: str) -> float:
    from stafftalks.release.adding_up import _outline

    one, other = _outline(str(cell), 34), _outline(str(outer), 34)
    return one.intersection(other).area / one.area
