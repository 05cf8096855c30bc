"""All pairs are found, each once, whatever the mixture of windows, bands and places; all four are closed."""

import numpy as np
import pytest

from stafftalks.deconflict import exact, search
from stafftalks.deconflict.nearness import spots_meet
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import Volumes, volumes
from stafftalks.values.place import Circle, LonLat
from tests.deconflict.cast import area, circle, volume

DAY = 86_400


def many(count: int, seed: int) -> Volumes:
    """Circles of all sizes about a corner of the cube, for seconds, years or ever, in bands of all heights."""
    rng = np.random.default_rng(seed)
    lat, lon = (35.26 + rng.normal(0, 2, count)) * 1e6, (45 + rng.normal(0, 2, count)) * 1e6
    radius = 10 ** rng.uniform(3, 5.5, count)
    start = rng.integers(0, 60 * DAY, count)
    length = (10 ** rng.uniform(0, 7, count)).astype(int) * (rng.random(count) > 0.1)
    open_ = rng.random((4, count)) < 0.05
    low = rng.integers(0, 10, count) * 100
    made = [
        Volume(
            activity=f"{seed}-{i}",
            title="",
            place=Circle(centre=LonLat(int(lon[i]), int(lat[i])), radius_m=int(radius[i])),
            start=None if open_[0, i] else int(start[i]),
            end=None if open_[1, i] else int(start[i] + length[i]),
            low_m=None if open_[2, i] else int(low[i]),
            high_m=None if open_[3, i] else int(low[i]) + 100,
        )
        for i in range(count)
    ]
    return volumes(made)[0]


def plainly(one: Volumes, other: Volumes) -> set[tuple[int, int]]:
    """Every pair looked at."""
    a, b = (part.reshape(-1) for part in np.meshgrid(np.arange(len(one)), np.arange(len(other)), indexing="ij"))
    kept = (one.start[a] <= other.end[b]) & (other.start[b] <= one.end[a])
    kept &= (one.low[a] <= other.high[b]) & (other.low[b] <= one.high[a])
    a, b = a[kept], b[kept]
    near = spots_meet(one.footprints, a, other.footprints, b)
    return set(zip(a[near].tolist(), b[near].tolist(), strict=True))


def listed(blocks: object) -> list[tuple[int, int]]:
    return [pair for block in blocks for pair in zip(block.one.tolist(), block.other.tolist(), strict=True)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("small", [False, True])
def test_every_pair_is_found_once(monkeypatch: pytest.MonkeyPatch, *, small: bool) -> None:
    if small:  # many trees, many blocks
        monkeypatch.setattr(search, "STRETCH", 50)
        monkeypatch.setattr(search, "FOUND", 30)
        monkeypatch.setattr(search, "FEW", 5)
    one, other = many(700, 1), many(600, 2)
    pairs = listed(exact.between(one, other))
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == plainly(one, other)
    assert len(pairs) > 1500
    inside = listed(exact.within(one))
    assert len(inside) == len(set(inside))
    assert set(inside) == {(a, b) for a, b in plainly(one, one) if a < b}
    few = one.chosen(np.arange(40))
    assert set(listed(exact.between(few, other))) == {(a, b) for a, b in plainly(one, other) if a < 40}
    assert set(listed(exact.between(other, few))) == {(b, a) for a, b in plainly(one, other) if a < 40}


def test_bounds_belong_to_windows_and_bands_and_the_overlap_says_what_is_common() -> None:
    here = area((10, 10), (10, 11), (11, 11))
    one = volumes([volume("a", here, (0, 100), (0, 1000))])[0]
    others = [
        volume("touches", here, (100, 200), (1000, 2000)),
        volume("later", here, (101, 200), (0, 1000)),
        volume("above", here, (0, 100), (1001, 2000)),
        volume("moment", here, (50, 50), (500, 500)),
        volume("always", here, (None, None), (None, None)),
    ]
    found = {}
    other = volumes(others)[0]
    for block in exact.between(one, other):
        for at, number in enumerate(block.other.tolist()):
            bounds = (block.start[at], block.end[at], block.low[at], block.high[at])
            found[other.activities[number]] = tuple(map(int, bounds))
    assert found == {"touches": (100, 100, 1000, 1000), "moment": (50, 50, 500, 500), "always": (0, 100, 0, 1000)}


def test_volumes_of_one_activity_are_no_pair_and_nothing_meets_nothing() -> None:
    twice = [volume("a", circle(10, 10, 500)), volume("a", circle(10, 10, 900)), volume("b", circle(10, 10, 1))]
    assert sorted(listed(exact.within(volumes(twice)[0]))) == [(0, 2), (1, 2)]
    assert listed(exact.within(volumes([])[0])) == []
    assert listed(exact.between(volumes([])[0], volumes(twice)[0])) == []
    assert listed(exact.within(volumes([volume("c"), volume("d")])[0])) == []


def test_sets_are_joined_and_chosen_from_without_changing_what_meets() -> None:
    wide = volume("w", area(*((-20, lon) for lon in range(-180, 180, 60))))
    rows = [volume(str(number), circle(-40 + number / 10, 45, 30_000)) for number in range(60)]
    whole = volumes([wide, *rows])[0]
    pairs = {(whole.activities[a], whole.activities[b]) for a, b in listed(exact.within(whole))}
    order = np.random.default_rng(0).permutation(61)
    turned = whole.chosen(order)
    again = {(turned.activities[a], turned.activities[b]) for a, b in listed(exact.within(turned))}
    assert {frozenset(pair) for pair in again} == {frozenset(pair) for pair in pairs}
    assert sum("w" in pair for pair in pairs) == 60
