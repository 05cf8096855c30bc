"""Covers miss nothing and hold little more; and what their arithmetic rests on is measured."""

import hashlib

import numpy as np
import pytest

from stafftalks.deconflict import covers, covers_cells, covers_shapes, exact
from stafftalks.deconflict.covers_shapes import BESIDE, vectors
from stafftalks.deconflict.earth import ahead, directions
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.place import Area, LonLat, Place
from tests.deconflict.cast import area, circle, corridor, volume
from tests.deconflict.test_covers import DAY, grid, theatre


def unit(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    return directions(np.round(lon * 1e6).astype(np.int64), np.round(lat * 1e6).astype(np.int64))


@pytest.mark.parametrize("metres", [100_000.0, 1_000_000.0, 5_000_000.0, 10_000_000.0])
def test_a_geodesic_lies_no_further_beside_the_great_circle_than_is_allowed_for(metres: float) -> None:
    lat, azimuth = (each.ravel() for each in np.meshgrid(np.arange(-88.0, 89, 4), np.arange(1.0, 180, 7)))
    lon = np.zeros(len(lat))
    start = unit(lon, lat)
    end = unit(*ahead(lon, lat, azimuth, np.full(len(lat), metres)))
    normal = np.cross(start, end)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    allowed = BESIDE * np.sum((end - start) ** 2, axis=1)
    worst = np.zeros(len(lat))
    for part in np.arange(0.05, 1, 0.05):
        place = unit(*ahead(lon, lat, azimuth, np.full(len(lat), metres * part)))
        worst = np.maximum(worst, np.abs(np.sum(place * normal, axis=1)))
    noise = 3e-8  # places are rounded to a tenth of a metre here
    assert (worst <= allowed + noise).all()
    assert worst.max() > 0.4 * allowed.max()


def test_vectors_are_the_engines_directions() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.integers(-180_000_000, 180_000_001, 20_000), rng.integers(-90_000_000, 90_000_001, 20_000)
    lon[:5], lat[:5] = (
        (180_000_000, -180_000_000, 45_000_000, 90_000_000, 0),
        (90_000_000, 0, -90_000_000, 45_000_000, 0),
    )
    assert np.abs(vectors(lon, lat) - directions(lon, lat)).max() < 2e-15


def cells_around(level: int) -> list[str]:
    """The cells of a level well around all the places that follow."""
    found = list(covers.area_cells(circle(36, 44.5, 500_000), level - 2, 1000))
    while any(len(each) <= level for each in found):
        found = [deeper for each in found for deeper in ([each] if len(each) > level else [each + d for d in "0123"])]
    return found


@pytest.mark.parametrize(
    "place",
    [
        circle(36, 44.5, 60_000),
        circle(35.2644, 45, 9_000),
        area((35, 44), (36, 46), (37, 44.5), (35.7, 44.6)),
        corridor(8_000, (34.5, 43), (36, 45.5), (37, 45)),
        corridor(70_000, (35, 44), (36, 45.5)),
    ],
)
def test_a_cover_without_bounds_is_every_cell_that_the_place_meets_and_hardly_another(place: Place) -> None:
    """Cells as areas, held against the place by the exact engine."""
    level = 7
    every = cells_around(level)
    rings = [
        Area(
            ring=tuple(
                LonLat(round(((lon + 180) % 360 - 180) * 1e6), round(lat * 1e6)) for lon, lat in covers.outline(cell)
            )
        )
        for cell in every
    ]
    made, faults = volumes([volume(cell, ring) for cell, ring in zip(every, rings, strict=True)])
    assert not faults
    own = volumes([volume("place", place)])[0]
    meeting = {every[number] for block in exact.between(own, made) for number in block.other.tolist()}
    cover = covers.area_cells(place, level, 100_000)
    kept = {cell for cell in every if any(cell.startswith(each) for each in cover)}
    assert meeting <= kept
    assert len(kept - meeting) <= 1 + len(meeting) // 20


@pytest.mark.parametrize("most", [4, 16, 64])
def test_a_cover_has_no_more_cells_than_it_may_and_the_finer_lies_within_the_coarser(most: int) -> None:
    place = corridor(8_000, (34.5, 43), (36, 45.5), (37, 45))
    some = covers.area_cells(place, 12, most)
    assert most / 3 < len(some) <= most
    more = covers.area_cells(place, 12, 4 * most)
    assert all(any(cell.startswith(each) for each in some) for cell in more)


PLAN = [
    volume("a", circle(36, 44.5, 60_000), (100 * DAY + 5_000, 102 * DAY), (0, 3_500), [("Mersin Port", "2 items")]),
    volume("b", area((35, 44), (36, 46), (37, 44.5), (35.7, 44.6)), (104 * DAY, None)),
    volume("c", corridor(8_000, (34.5, 43), (36, 45.5), (60, 100)), (107 * DAY, 107 * DAY), (4_000, None)),
    volume("d", corridor(3_000, (89, 0), (89, 179)), (None, 101 * DAY), (None, -20)),
    volume("e", area((-10, 170), (12, -170), (60, 178)), (100 * DAY, 113 * DAY), (2_000, 2_000)),
]


def test_the_keys_of_a_plan_are_these_for_ever() -> None:
    """The way of covering has a name that both sides agree on: with other keys it needs another. An auditor's machine finds the same."""
    found = hashlib.sha256()
    for cover in (covers.COARSE, covers.FINE):
        on = grid(cover=cover)
        for role in ("proposer", "partner"):
            for filled in covers.keys(PLAN, on, role).filled:  # type: ignore[arg-type]
                found.update(repr((filled.bucket, filled.keys)).encode())
    assert found.hexdigest() == "25c95ef09496af8a093ac7a2a48aa1d78486c733e260ec057d132b639662c07d"


def test_keys_do_not_hang_on_the_last_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were another machine to round otherwise by a thousand times what it may, it would find the same keys."""
    made = theatre(40, 7, "a")
    on = grid(cells=covers.area_cells(circle(35, 45, 900_000), 8))
    plainly = [filled.keys for filled in covers.keys(made, on, "partner").filled]
    rng = np.random.default_rng(1)

    def shaken(lon_e6: np.ndarray, lat_e6: np.ndarray) -> np.ndarray:
        return vectors(lon_e6, lat_e6) + rng.normal(0, 1e-13, (len(lon_e6), 3))

    monkeypatch.setattr(covers_shapes, "vectors", shaken)
    assert [filled.keys for filled in covers.keys(made, on, "partner").filled] == plainly


def test_an_edge_along_a_side_of_a_face_is_in_the_cells_on_both_sides() -> None:
    """The meridian of 45 degrees east lies between two faces."""
    border = volume("border", corridor(1, (10, 45), (20, 45)))
    on = grid(start=0, end=DAY)
    for lon in (44.9, 45.1):
        beside: Volume = volume("beside", area((12, 45), (14, 45), (13, lon)))
        assert {(a, b) for a, b in _pairs([border], [beside], on)} == {("border", "beside")}
    faces = {cell[0] for cell in covers.area_cells(border.place, 10)}  # type: ignore[arg-type]
    assert len(faces) == 2
    assert covers_cells.whole_earth() == tuple("abcdef")


def _pairs(one: list[Volume], other: list[Volume], on: covers.Grid) -> set[tuple[str, str]]:
    own, theirs = covers.keys(one, on, "proposer"), covers.keys(other, on, "partner")
    return {
        (a, b)
        for bucket, (mine, yours) in enumerate(zip(own.filled, theirs.filled, strict=True))
        for at, key in enumerate(mine.keys)
        if key in yours.keys
        for a in own.owners(bucket, at)
        for b in theirs.owners(bucket, yours.keys.index(key))
    }
