"""Whatever overlaps shares a key: the answer of keys holds the exact engine's, for every footprint, window, band and claim that is made here."""

from collections.abc import Sequence

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from stafftalks.deconflict import covers, covers_cells, exact, placing
from stafftalks.deconflict.covers import FINE, Covered, Grid, Role
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.place import Area, Circle, Corridor, NamedPlace, Place, Point
from tests.deconflict.cast import HARD, area, circle, corridor, places, spot, touching, volume

HOUR = 3600
DAY = 24 * HOUR
EARTH = covers_cells.whole_earth()


def grid(**changes: object) -> Grid:
    given: dict[str, object] = {
        "cells": EARTH, "start": 100 * DAY, "end": 114 * DAY - 1, "floor_m": 0, "ceiling_m": 12_000, "finest": 8,
        "granule_s": 1800, "band_m": 2000, "resources": True, "activities": 100,
    }  # fmt: skip
    return Grid(**(given | changes))  # type: ignore[arg-type]


def matched(one: Covered, other: Covered) -> tuple[set[tuple[str, str]], list[bytes]]:
    """The pairs of activities that share a key in a bucket, and the keys: what the check would find, without hiding anything."""
    found: set[tuple[str, str]] = set()
    hits = []
    for bucket, (own, theirs) in enumerate(zip(one.filled, other.filled, strict=True)):
        assert list(own.keys) == sorted(set(own.keys))
        place = {key: number for number, key in enumerate(theirs.keys)}
        for number, key in enumerate(own.keys):
            if key in place:
                hits.append(key)
                found |= {(a, b) for a in one.owners(bucket, number) for b in other.owners(bucket, place[key])}
    return found, hits


def flagged(one: Sequence[Volume], other: Sequence[Volume], on: Grid) -> tuple[set[tuple[str, str]], list[bytes]]:
    found, hits = matched(covers.keys(one, on, "proposer"), covers.keys(other, on, "partner"))
    assert found == {
        (a, b) for b, a in matched(covers.keys(other, on, "proposer"), covers.keys(one, on, "partner"))[0]
    }, "who proposes decides nothing"
    return found, hits


def overlapping(one: Sequence[Volume], other: Sequence[Volume]) -> set[tuple[str, str]]:
    a, b = volumes(one)[0], volumes(other)[0]
    return {
        (a.activities[x], b.activities[y])
        for block in exact.between(a, b)
        for x, y in zip(block.one.tolist(), block.other.tolist(), strict=True)
    }


@st.composite
def pairs_of_places(draw: st.DrawFn) -> list[Place]:
    around = draw(st.sampled_from(HARD))
    size = draw(st.sampled_from([50.0, 3_000.0, 40_000.0, 600_000.0, 2_000_000.0]))
    one = draw(places(around, size))
    return [one, draw(touching(one, size) if draw(st.booleans()) else places(around, size))]


@hypothesis.given(pairs_of_places(), st.sampled_from([3, 6, 8, 13]), st.sampled_from([covers.COARSE, FINE]))
@hypothesis.settings(max_examples=60)
def test_footprints_that_meet_share_a_key(found: list[Place], finest: int, cover: str) -> None:
    one, other = volume("a", found[0]), volume("b", found[1])
    on = grid(finest=finest, cover=cover, start=0, end=DAY, floor_m=None, ceiling_m=None, band_m=12_000)
    assert overlapping([one], [other]) <= flagged([one], [other], on)[0]


@hypothesis.given(pairs_of_places(), st.data())
@hypothesis.settings(max_examples=25)
def test_footprints_that_meet_within_the_area_share_a_key(found: list[Place], data: st.DataObject) -> None:
    """The area is where the second alone is asked for: whatever the two have in common lies in it."""
    hypothesis.assume(not placing.footprints(found)[1])
    cells = covers.area_cells(found[1], data.draw(st.sampled_from([4, 7, 9])))  # type: ignore[arg-type]
    one, other = volume("a", found[0]), volume("b", found[1])
    on = grid(cells=cells, finest=9, start=0, end=DAY)
    assert overlapping([one], [other]) <= flagged([one], [other], on)[0]


TIMES = st.none() | st.integers(99 * DAY, 115 * DAY) | st.sampled_from([107 * DAY, 107 * DAY - 1, 107 * DAY + 1800])
HEIGHTS = st.none() | st.integers(-500, 14_000) | st.sampled_from([0, 2000, 1999, 4000, 12_000])
ENDS = st.tuples(TIMES, TIMES).map(lambda two: two if None in two else tuple(sorted(two)))  # type: ignore[type-var]
BANDS = st.tuples(HEIGHTS, HEIGHTS).map(lambda two: two if None in two else tuple(sorted(two)))  # type: ignore[type-var]


@hypothesis.given(ENDS, ENDS, BANDS, BANDS, st.sampled_from([225, 1800, 14_400]), st.sampled_from([500, 2000, 50_000]))
@hypothesis.settings(max_examples=60)
def test_windows_and_bands_that_meet_share_a_key(
    window: tuple[int | None, int | None],
    their_window: tuple[int | None, int | None],
    band: tuple[int | None, int | None],
    their_band: tuple[int | None, int | None],
    granule_s: int,
    band_m: int,
) -> None:
    """Open ends, no length, and seconds and metres at which nodes and bands meet; but for what lies outside the grid on both sides."""
    one = volume("a", Point(at=spot(52, 5)), window, band)
    other = volume("b", Point(at=spot(52, 5)), their_window, their_band)
    on = grid(granule_s=granule_s, band_m=band_m)
    start = max(each for each in (on.start, window[0], their_window[0]) if each is not None)
    end = min(each for each in (on.end, window[1], their_window[1]) if each is not None)
    low = max(each for each in (0, band[0], their_band[0]) if each is not None)
    high = min(each for each in (12_000, band[1], their_band[1]) if each is not None)
    found = flagged([one], [other], on)[0]
    if start <= end and low <= high:
        assert found


@hypothesis.given(ENDS, ENDS, st.sampled_from(["Mersin  Port", "mersin port", "other"]))
@hypothesis.settings(max_examples=30)
def test_claims_on_one_resource_at_once_share_a_key(
    window: tuple[int | None, int | None], their_window: tuple[int | None, int | None], name: str
) -> None:
    one = volume("a", None, window, claims=[("MERSIN PORT", "1 items")])
    other = volume("b", None, their_window, claims=[(name, "2 items")])
    start = max(each for each in (100 * DAY, window[0], their_window[0]) if each is not None)
    end = min(each for each in (114 * DAY - 1, window[1], their_window[1]) if each is not None)
    found = flagged([one], [other], grid())[0]
    assert bool(found) >= (name != "other" and start <= end)
    assert not (found and name == "other")
    assert not flagged([one], [other], grid(resources=False))[0]


def theatre(count: int, seed: int, name: str) -> list[Volume]:
    """Circles, areas and corridors about a corner of the cube within two weeks."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        lat, lon = 35.26 + rng.normal(0, 2), 45 + rng.normal(0, 2)
        size = float(rng.lognormal(10.4, 0.6))
        turn = rng.uniform(0, 2 * np.pi)
        far_lat, far_lon = lat + size / 40_000 * np.sin(turn), lon + size / 33_000 * np.cos(turn)
        made: list[Place] = [
            circle(lat, lon, int(size)),
            corridor(max(1, int(size / 5)), (lat, lon), (far_lat, far_lon)),
            area((lat, lon), (far_lat, far_lon), (lat + size / 111_000, lon - size / 90_000)),
        ]
        start = 100 * DAY + int(rng.integers(0, 14 * DAY))
        end = start + int(rng.lognormal(11.5, 0.9))
        low = int(rng.integers(0, 10)) * 1000
        found.append(volume(f"{name}{number}", made[number % 3], (start, end), (low, low + 1000)))
    return found


def test_plans_are_flagged_wholly_and_more_closely_by_the_finer_stage() -> None:
    one, other = theatre(150, 1, "a"), theatre(150, 2, "b")
    true = overlapping(one, other)
    ring = area((30, 39), (30, 52), (41, 52), (41, 39))
    on = grid(cells=covers.area_cells(ring, 8), activities=300)
    first, hits = flagged(one, other, on)
    assert true <= first
    closer = covers.finer(on, hits, activities=300)
    second, _hits = flagged(one, other, closer)
    assert true <= second <= first
    assert len(true) > 40
    assert len(true) / len(second) > 0.6 > len(true) / len(first)


def test_hits_of_claims_are_not_looked_at_again() -> None:
    one = volume("a", None, (100 * DAY, 101 * DAY), claims=[("port", "1 items")])
    hits = flagged([one], [volume("b", None, (100 * DAY, 101 * DAY), claims=[("port", "1 items")])], grid())[1]
    assert hits
    with pytest.raises(ValueError, match="no place was matched"):
        covers.finer(grid(), hits, activities=1)


@pytest.mark.parametrize("role", ["proposer", "partner"])
def test_equal_input_gives_equal_keys(role: Role) -> None:
    """In any order, in any company, and again."""
    claims = [volume(f"c{at}", None, (107 * DAY, 108 * DAY), claims=[(f"port {at}", "1 items")]) for at in range(9)]
    made = theatre(60, 3, "a") + claims
    on = grid(cells=covers.area_cells(circle(35, 45, 900_000), 8))
    whole = covers.keys(made, on, role)
    again = covers.keys(list(reversed(made)), on, role)
    for bucket, (one, other) in enumerate(zip(whole.filled, again.filled, strict=True)):
        assert one.keys == other.keys
        assert all(whole.owners(bucket, key) == again.owners(bucket, key) for key in range(len(one.keys)))
    alone = {key for each in made for filled in covers.keys([each], on, role).filled for key in filled.keys}
    assert alone == {key for filled in whole.filled for key in filled.keys}


def test_keys_say_where_when_and_how_high() -> None:
    on = grid()
    covered = covers.keys(
        [volume("a", circle(52, 5, 9_000), (107 * DAY, 107 * DAY + 5 * HOUR), (2500, 3500))], on, "partner"
    )
    spots = {covers.spot(key, on) for filled in covered.filled for key in filled.keys}
    assert spots
    for found in spots:
        assert (found.low_m, found.high_m) == (2000, 3999)
        assert found.start <= 107 * DAY + 5 * HOUR
        assert found.end >= 107 * DAY
        assert found.end - found.start < 14 * DAY
    with pytest.raises(ValueError, match="not a key"):
        covers.spot(b"p" * 21, on)
    with pytest.raises(ValueError, match="not a key"):
        covers.spot(b"", on)


def test_what_cannot_be_compared_is_told_and_the_rest_is_keyed() -> None:
    made = [
        volume("bow", area((52, 5), (53, 6), (52, 6), (53, 5)), (107 * DAY, 108 * DAY)),
        volume("name", NamedPlace(name="Port of Mersin"), (107 * DAY, 108 * DAY), claims=[("port", "1 items")]),
        volume("far", Point(at=spot(-40, 5)), (107 * DAY, 108 * DAY)),
        volume("late", Point(at=spot(52, 5)), (200 * DAY, 201 * DAY)),
        volume("high", Point(at=spot(52, 5)), (107 * DAY, 108 * DAY), (13_000, 14_000)),
        volume("good", Point(at=spot(52, 5)), (107 * DAY, 108 * DAY)),
    ]
    covered = covers.keys(made, grid(cells=covers.area_cells(circle(52, 5, 300_000), 8)), "proposer")
    assert [(fault.activity, fault.field) for fault in covered.faults] == [("bow", "footprint"), ("name", "footprint")]
    assert "crosses or touches itself" in covered.faults[0].sentence
    assert covered.outside == ("far", "high", "late")
    kept = {
        name
        for bucket, filled in enumerate(covered.filled)
        for key in range(len(filled.keys))
        for name in covered.owners(bucket, key)
    }
    assert kept == {"good", "name"}


def test_typical_plans_fit_and_one_that_asks_for_the_area_cell_by_cell_does_not() -> None:
    cells = covers.area_cells(area((30, 39), (30, 52), (41, 52), (41, 39)), 8)
    on = grid(cells=cells, activities=150, granule_s=1800)
    assert not covers.keys(theatre(150, 4, "a"), on, "proposer").over
    assert not covers.keys(theatre(150, 5, "a"), on, "partner").over
    every = [cell + "".join(tail) for cell in cells for tail in _tails(8 - (len(cell) - 1))]
    middles = [np.mean(covers.outline(cell), axis=0) for cell in every]
    probe = [
        volume(f"p{at}", Point(at=spot(float(lat), float(lon))), (on.start, on.end))
        for at, (lon, lat) in enumerate(middles)
    ]
    role: Role
    for role in ("proposer", "partner"):
        over = covers.keys(probe, on, role).over
        assert over
        assert "leave some of them out" in over[0].sentence
        assert over[0].keys > over[0].bucket.cap(role)
        assert over[0].most[0][0].startswith("p")


def _tails(steps: int) -> list[str]:
    found = [""]
    for _ in range(steps):
        found = [tail + digit for tail in found for digit in "0123"]
    return found


@pytest.mark.parametrize("activities", [1, 30, 1000])
def test_both_sides_send_as_many_points(activities: int) -> None:
    on = grid(cells=covers.area_cells(circle(35, 45, 900_000), 8), activities=activities)
    made = covers.buckets(on)
    assert [bucket.number for bucket in made] == list(range(len(made)))
    assert {sum(bucket.cap(role) for bucket in made) for role in ("proposer", "partner")} == {covers.size(on)}
    assert all(bucket.room > 0 for bucket in made if bucket.sort == "place")
    if activities == 1000:
        assert 600_000 < covers.size(on) < 1_100_000


def test_the_share_that_could_be_asked_for_grows_with_activities_and_shrinks_with_finer_cells() -> None:
    cells = covers.area_cells(circle(35, 45, 900_000), 8)
    shares = [covers.share(grid(cells=cells, activities=activities)) for activities in (1, 30, 300, 1000)]
    assert 0 < shares[0] < shares[1] < shares[2] < shares[3] < 0.5
    assert covers.share(grid(cells=cells, activities=300, finest=9)) < shares[2] / 2
    assert covers.share(grid(cells=cells[:1], activities=1000)) == 1


def test_one_activity_over_the_whole_area_and_time_is_no_probe() -> None:
    on = grid(activities=1)
    whole = volume("all", Circle(centre=spot(90, 0), radius_m=5_000_000), (None, None))
    covered = covers.keys([whole], on, "partner")
    assert sum(len(filled.keys) for filled in covered.filled) < 2000
    spots = {covers.spot(key, on).cell for filled in covered.filled for key in filled.keys}
    assert max(map(len, spots)) <= 4, "in large cells, which tell little"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cells": ()}, "area is empty"),
        ({"cells": ("x12",)}, "'x12' is not a cell"),
        ({"cells": ("d4",)}, "is not a cell"),
        ({"cells": ("d",), "finest": 17}, "finest level is 0 to 16"),
        ({"cells": ("d0123",), "finest": 3}, "finer than the finest level 3"),
        ({"cells": ("d01", "d0123")}, "d0123 lies in d01"),
        ({"cells": ("e", "d")}, "in order"),
        ({"cells": ("d", "d")}, "each once"),
        ({"cells": ("d0", "d1@3.107")}, "with a time node, or none"),
        ({"cells": ("d1@3.0107",)}, "not spelt as a box"),
        ({"start": 5, "end": 4}, "ends before it starts"),
        ({"start": -5}, "outside the calendar"),
        ({"granule_s": 1000}, "225 s times a power of two"),
        ({"granule_s": 675}, "225 s times a power of two"),
        ({"granule_s": 0}, "225 s times a power of two"),
        ({"granule_s": 225, "start": 0}, None),
        ({"granule_s": 225, "start": 0, "end": 400 * DAY}, "more than 65,536 time nodes"),
        ({"floor_m": 5, "ceiling_m": 4}, "below the floor"),
        ({"band_m": 0}, "at least 1 m"),
        ({"band_m": 100}, "at most 64"),
        ({"activities": 0}, "1 to 1,000 activities"),
        ({"activities": 1001}, "1 to 1,000 activities"),
        ({"cover": "s2-dyadic/1"}, "no way of covering that is known"),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_says_why(changes: dict[str, object], sentence: str | None) -> None:
    if sentence is None:
        grid(**changes)
        return
    with pytest.raises(ValueError, match=sentence):
        grid(**changes)


def test_open_heights_are_bands_too() -> None:
    one = volume("a", Point(at=spot(52, 5)), (107 * DAY, 107 * DAY), (None, -100))
    on = grid(floor_m=None, ceiling_m=None)
    assert flagged([one], [volume("b", Point(at=spot(52, 5)), (107 * DAY, 107 * DAY), (-200, -150))], on)[0]
    top = volume("a", Point(at=spot(52, 5)), (107 * DAY, 107 * DAY), (50_000, None))
    assert flagged([top], [volume("b", Point(at=spot(52, 5)), (107 * DAY, 107 * DAY), (60_000, 60_000))], on)[0]
    assert on.band(0)[0] is None
    assert on.band(on.bands - 1)[1] is None


@pytest.mark.parametrize(
    "place", [area((52, 5), (53, 6), (52, 6)), circle(0, 180, 700_000), corridor(9_000, (89, 0), (89, 180))]
)
def test_an_area_is_few_cells_in_order(place: Area | Circle | Corridor) -> None:
    cells = covers.area_cells(place, 9, 40)
    assert covers_cells.normal(cells) == cells
    assert 0 < len(cells) <= 40
    assert flagged([volume("a", place)], [volume("b", place)], grid(cells=cells, finest=9, start=0))[0]
    with pytest.raises(ValueError, match="crosses or touches itself"):
        covers.area_cells(area((52, 5), (53, 6), (52, 6), (53, 5)), 9)


@pytest.mark.parametrize(
    ("radius_m", "finest"), [(2_000_000, 8), (900_000, 8), (300_000, 9), (120_000, 10), (30_000, 12), (10, 16)]
)
def test_the_finest_cells_suit_the_area(radius_m: int, finest: int) -> None:
    assert covers.finest_for(circle(35, 45, radius_m)) == finest
