"""What collides among own and released activities: kept up to date by what changed, accepted with reason, cleared by a move; and nothing of it leaves."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict.shifts import Shift
from stafftalks.planning.durations import Duration
from stafftalks.planning.forces import Activity, Altitude, Resource
from stafftalks.planning.resources import NamedResource
from stafftalks.planning.timing import AnchorDate
from stafftalks.services import colliding, conflict_moves, conflicts, elements, recalls, releases
from stafftalks.services.conflicts import Conflict, Severity
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.place import Place, parse_place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Window, parse_window
from tests.fakes import AUDITOR, MARKED, NOON, OFFICER, PLANNER, make_hq
from tests.services import scenes

HERE, NEAR, FAR = (parse_place(f"circle 36, {lon} radius 5 km") for lon in ("34", "34.05", "38"))
SOON = parse_window("2027-05-04T06:00Z to 2027-05-04T08:00Z")


def activity(
    title: str,
    place: Place | None = HERE,
    window: Window = SOON,
    band: tuple[int | None, int | None] = (0, 1000),
    **fields: object,
) -> Activity:
    claims = tuple(Resource(name=name, quantity=Quantity.parse(text)) for name, text in fields.pop("claims", ()))  # type: ignore[attr-defined]
    altitude = Altitude(low_m=band[0], high_m=band[1])
    return Activity(
        title=title,
        what=title,
        footprint=place,
        window=window,
        altitude=altitude,
        resources=claims,
        marking=MARKED,
        **fields,
    )  # type: ignore[arg-type]


def told(hq: Headquarters) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (each.sort, each.severity.value, tuple(piece.title for piece in each.pieces))
        for each in conflicts.board(hq).conflicts
    ]


def only(hq: Headquarters) -> Conflict:
    (found,) = conflicts.board(hq).conflicts
    return found


def test_own_activities_collide_and_how_surely_is_said() -> None:
    hq = make_hq("XMR")
    for content in (
        activity("A"),
        activity("B", NEAR),
        activity("C", NEAR, parse_window("from 2027-05-04T07:30Z"), (900, None)),
        activity("D", FAR, claims=[("Ramp", "2 items")]),
        activity("E", None, claims=[("ramp", "1 items")]),
    ):
        elements.add(hq, PLANNER, content)
    assert set(told(hq)) == {
        ("overlap", "certain", ("A", "B")),
        ("overlap", "possible", ("A", "C")),
        ("overlap", "possible", ("B", "C")),
        ("claims", "unmeasured", ("D", "E")),
    }
    assert [severity for _sort, severity, _titles in told(hq)] == ["certain", "possible", "possible", "unmeasured"]
    found = conflicts.board(hq)
    assert found.compared == 5
    assert [(each.piece.title, each.field) for each in found.left_out if each.piece] == [("E", "footprint")]
    first = found.conflicts[0]
    assert (first.start, first.end, first.low_m, first.high_m) == (1809410400, 1809417600, 0, 1000)
    where = conflicts.where(hq, first)
    assert where is not None
    assert (where.lat, where.lon) == pytest.approx((36, 34.025), abs=0.01)
    assert conflicts.where(hq, found.conflicts[-1]) is None


def test_a_resource_that_is_held_measures_its_claims() -> None:
    hq = make_hq("XMR")
    for title, claim in (("A", ("Ramp", "8 items")), ("B", ("ramp", "5 items")), ("C", ("Quay", "1 items"))):
        elements.add(hq, PLANNER, activity(title, FAR if title == "C" else None, claims=[claim]))
    assert told(hq) == [("claims", "unmeasured", ("A", "B"))]
    row = elements.add(hq, PLANNER, NamedResource(title="RAMP", capacity=Quantity.parse("12 items"), marking=MARKED))
    found = only(hq)
    assert (found.severity, found.most, found.capacity, found.over) == (
        Severity.CERTAIN,
        "13 items",
        "12 items",
        "1 items",
    )
    assert any("“Quay” is not known" in each.sentence for each in conflicts.board(hq).left_out)
    elements.revise(
        hq,
        PLANNER,
        row.id,
        NamedResource(title="Ramp", capacity=Quantity.parse("13 items"), marking=MARKED),
        row.version,
    )
    assert told(hq) == []


def test_what_partners_released_is_compared_until_it_is_recalled() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    accord = scenes.accepted(ours, theirs)
    mine = elements.add(ours, PLANNER, activity("Sweep"))
    assert told(ours) == []
    row = elements.add(theirs, PLANNER, activity("Tanker track", NEAR))
    releases.release(theirs, OFFICER, scenes.asked(theirs, accord, row, (ours,), "scenarios").id)
    scenes.settle(ours, theirs)
    found = only(ours)
    assert [piece.own for piece in found.pieces] == [True, False]
    assert told(theirs) == [], "our draft is not theirs to see"
    recalls.recall(theirs, OFFICER, accord, row.id)
    scenes.settle(ours, theirs)
    assert told(ours) == []
    assert mine.id


def test_relative_windows_collide_once_the_anchor_has_a_date_and_move_with_it() -> None:
    hq = make_hq("XMR")
    elements.add(hq, PLANNER, activity("A", window=parse_window("C+1 to C+2"), contingency="Vael"))
    elements.add(hq, PLANNER, activity("B", contingency="Vael"))
    assert told(hq) == []
    assert [each.field for each in conflicts.board(hq).left_out] == ["window"]
    anchor = elements.add(
        hq,
        PLANNER,
        AnchorDate(title="C-day", anchor="C", at=Instant.parse("2027-05-03"), contingency="Vael", marking=MARKED),
    )
    assert told(hq) == [("overlap", "certain", ("A", "B"))]
    later = AnchorDate(title="C-day", anchor="C", at=Instant.parse("2027-06-03"), contingency="Vael", marking=MARKED)
    elements.revise(hq, PLANNER, anchor.id, later, anchor.version)
    assert told(hq) == []


def test_a_conflict_is_lived_with_for_these_versions_only() -> None:
    hq = make_hq("XMR")
    elements.add(hq, PLANNER, activity("A"))
    row = elements.add(hq, PLANNER, activity("B"))
    found = only(hq)
    with pytest.raises(RefusedError):
        conflicts.accept(hq, AUDITOR, found.id, found.refs, "No.")
    with pytest.raises(MisuseError, match="was revised meanwhile"):
        conflicts.accept(hq, PLANNER, found.id, ("XMR/a/b",), "Known.")
    with pytest.raises(MisuseError, match="at most 2,000"):
        conflicts.accept(hq, PLANNER, found.id, found.refs, "x" * 2001)
    conflicts.accept(hq, PLANNER, found.id, found.refs, " One leader for both. ")
    accepted = only(hq).accepted
    assert accepted is not None
    assert (accepted.reason, accepted.by, accepted.at) == ("One leader for both.", PLANNER.username, NOON)
    assert {line.act for line in hq.journal.find()[1]} >= {"conflict accepted"}
    elements.revise(hq, PLANNER, row.id, activity("B", band=(0, 900)), row.version)
    again = only(hq)
    assert (again.id, again.accepted) == (found.id, None)
    assert again.lapsed == accepted
    conflicts.accept(hq, PLANNER, again.id, again.refs, "Still.")
    conflicts.accept(hq, PLANNER, again.id, again.refs, "")
    assert only(hq).accepted is None
    with pytest.raises(MisuseError, match="do not collide any more"):
        conflicts.accept(hq, PLANNER, "a" * 26, (), "Known.")


def test_a_move_clears_the_conflict_in_a_new_version_of_our_own() -> None:
    hq = make_hq("XMR")
    row = elements.add(hq, PLANNER, activity("A"))
    elements.add(hq, PLANNER, activity("B", band=(500, 1500)))
    found = only(hq)
    offered = conflict_moves.moves(hq, found)
    assert {(each.piece.title, each.shift.of, each.shift.by) for each in offered} == {
        ("A", "time", 7260),
        ("A", "time", -7260),
        ("A", "height", 1510),
        ("B", "time", 7260),
        ("B", "time", -7260),
        ("B", "height", 510),
    }
    assert next(each.changes for each in offered if each.piece.title == "A" and each.shift == Shift("time", 7260)) == (
        ("window.start", "2027-05-04T06:00:00Z", "2027-05-04T08:01:00Z"),
        ("window.end", "2027-05-04T08:00:00Z", "2027-05-04T10:01:00Z"),
    )
    with pytest.raises(MisuseError, match="would not clear the conflict any more"):
        conflict_moves.move(hq, PLANNER, found, row.id, row.version, Shift("time", 60))
    conflict_moves.move(hq, PLANNER, found, row.id, row.version, Shift("time", 7260))
    assert told(hq) == []
    assert elements.get(hq, row.id).version != row.version


def test_what_hangs_on_an_anchor_moves_in_hours_and_goes_on_hanging() -> None:
    hq = make_hq("XMR")
    elements.add(hq, PLANNER, AnchorDate(title="C", anchor="C", at=Instant.parse("2027-05-03"), marking=MARKED))
    row = elements.add(hq, PLANNER, activity("A", window=parse_window("C+1 to C+1/H+6")))
    elements.add(hq, PLANNER, activity("B", window=parse_window("2027-05-04T05:30Z to 2027-05-04T07:00Z")))
    moves = [each for each in conflict_moves.moves(hq, only(hq)) if each.piece.title == "A" and each.shift.of == "time"]
    assert [each.shift.by // 3600 for each in moves] == [-1, 8]
    assert moves[0].changes == (("window.start", "C+1", "C/H+23"), ("window.end", "C+1/H+6", "C+1/H+5"))
    conflict_moves.move(hq, PLANNER, only(hq), row.id, row.version, moves[0].shift)
    assert told(hq) == []


def test_what_lasts_less_than_its_window_collides_possibly() -> None:
    hq = make_hq("XMR")
    elements.add(hq, PLANNER, NamedResource(title="Ramp", capacity=Quantity.parse("12 items"), marking=MARKED))
    brief = Duration(likeliest=Quantity.parse("1 h"))
    for title in ("A", "B"):
        made = activity(title, None, claims=[("Ramp", "8 items")])
        elements.add(hq, PLANNER, msgspec.structs.replace(made, duration=brief) if title == "A" else made)
    assert told(hq) == [("claims", "possible", ("A", "B"))]


def test_claims_are_cleared_by_a_move_in_time_alone() -> None:
    hq = make_hq("XMR")
    for title in ("A", "B"):
        elements.add(hq, PLANNER, activity(title, None, claims=[("Ramp", "1 items")]))
    moves = conflict_moves.moves(hq, only(hq))
    assert {(each.piece.title, each.shift.of, abs(each.shift.by)) for each in moves} == {
        ("A", "time", 7260),
        ("B", "time", 7260),
    }


PLACES = [HERE, NEAR, FAR, None, parse_place("area 36, 34; 36.1, 34.1; 36, 34.1; 36.1, 34")]
WINDOWS = [
    SOON,
    parse_window("2027-05-04T08:00Z to 2027-05-05"),
    parse_window("from 2027-05-04T09:00Z"),
    parse_window("C+1 to C+2"),
    Window(),
]
steps = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(PLACES), st.sampled_from(WINDOWS), st.sampled_from([(), (("Ramp", "1 items"),)])), min_size=3, max_size=10
)  # fmt: skip


@settings(max_examples=25)
@given(steps, st.sampled_from([1, 200]))
def test_what_is_kept_is_what_would_be_found_anew(
    rows: list[tuple[int, Place | None, Window, tuple[tuple[str, str], ...]]], at_once: int
) -> None:
    hq = make_hq("XMR")
    held: dict[int, str] = {}
    before, colliding._AT_ONCE = colliding._AT_ONCE, at_once  # type: ignore[misc]
    try:
        for number, place, window, claims in rows:
            content = activity(f"N{number}", place, window, claims=list(claims))
            if number in held and claims and place is None:
                row = elements.get(hq, held.pop(number))
                elements.archive(hq, PLANNER, row.id, archived=True)
            elif number in held:
                row = elements.get(hq, held[number])
                elements.revise(hq, PLANNER, row.id, content, row.version)
            else:
                held[number] = elements.add(hq, PLANNER, content).id
            kept = conflicts.board(hq)
            hq.memory.pop("colliding")
            anew = conflicts.board(hq)

            def plain(found: conflicts.Board) -> tuple[object, ...]:
                ordered = sorted(found.left_out, key=lambda each: (each.sentence, each.field))
                return [msgspec.structs.replace(each) for each in found.conflicts], ordered, found.compared

            assert plain(kept) == plain(anew)
    finally:
        colliding._AT_ONCE = before  # type: ignore[misc]


def test_more_overlaps_than_are_told_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colliding, "MOST", 3)
    hq = make_hq("XMR")
    elements.add_all(hq, PLANNER, [activity(f"A{number}") for number in range(5)])
    found = conflicts.board(hq)
    assert (len(found.conflicts), found.beyond) == (3, 7)
