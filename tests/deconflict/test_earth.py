"""Metres and edges are as GeographicLib has them, within what the module says."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from stafftalks.deconflict import earth, faces

RNG = np.random.default_rng(7)
COUNT = 400


def around(metres: float, part: float = 1.0) -> tuple[earth.Floats, earth.Floats, earth.Floats]:
    """Places anywhere, places so far from them, and places on the way."""
    lat, lon = np.degrees(np.arcsin(RNG.uniform(-1, 1, COUNT))), RNG.uniform(-180, 180, COUNT)
    lines = [Geodesic.WGS84.Line(*row) for row in zip(lat, lon, RNG.uniform(0, 360, COUNT), strict=True)]
    ends = [[line.Position(at) for line in lines] for at in (metres, metres * part)]

    def vectors(found: list[dict[str, float]]) -> earth.Floats:
        return earth.directions(
            np.array([row["lon2"] * 1e6 for row in found]), np.array([row["lat2"] * 1e6 for row in found])
        )

    return vectors([line.Position(0) for line in lines]), vectors(ends[0]), vectors(ends[1])


@pytest.mark.parametrize(
    ("metres", "bound"), [(0, 1e-6), (1, 1e-6), (1e3, 1e-6), (1e5, 1e-4), (1e6, 0.02), (2e6, 0.2), (5e6, 2), (1e7, 12)]
)
def test_lengths_are_geodesics(metres: float, bound: float) -> None:
    one, other, _ = around(metres)
    assert np.abs(earth.lengths(one, other) - metres).max() < bound
    assert np.abs(earth.edge_lengths(one, other) - metres).max() < 1e-6


def test_a_piece_lies_on_its_geodesic() -> None:
    one, other, middle = around(earth.PIECE_M, 0.5)
    plane = np.cross(one, other)
    plane /= np.linalg.norm(plane, axis=1)[:, None]
    assert np.abs(np.einsum("ij,ij->i", middle, plane)).max() * 6_378_137 < earth.EDGE_ERROR_M


def test_long_edges_are_cut_at_places_of_the_geodesic_whichever_way_they_are_walked() -> None:
    one, other, _ = around(590_000)
    places = np.concatenate([one, other])
    start, end = np.arange(COUNT), np.arange(COUNT) + COUNT
    there, counts = earth.pieced(places, start, end)
    back, _ = earth.pieced(places, end, start)
    assert (counts == 14).all()
    row, _number = earth.ragged(counts)
    total = earth.lengths(one[row], there) + earth.lengths(there, other[row])
    assert np.abs(total - 590_000).max() < 0.01
    assert np.abs(there.reshape(COUNT, 14, 3) - back.reshape(COUNT, 14, 3)[:, ::-1]).max() < 1e-14


def test_directions_and_degrees_are_one_another() -> None:
    lat, lon = RNG.integers(-90_000_000, 90_000_001, COUNT), RNG.integers(-180_000_000, 180_000_001, COUNT)
    found = earth.degrees(earth.directions(lon, lat))
    assert np.abs(found[1] - lat / 1e6).max() < 1e-12
    assert np.abs(found[0] - lon / 1e6).max() < 1e-12


@pytest.mark.parametrize("metres", [0, 10, 1e4, 1e6, 5e6])
def test_a_box_on_a_face_holds_all_that_is_so_near(metres: float) -> None:
    centre, rim, _ = around(metres)
    face = faces.nearest(rim)
    boxes, reaches = faces.boxes(centre, np.full(COUNT, metres / earth.LEAST_SCALE_M), face)
    x, y, along = faces.drawn(rim, face)
    assert reaches.all()
    assert (along > 0.57).all()
    assert ((boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])).all()
    for number in range(faces.FACES):
        here = face == number
        back = faces.raised(x[here], y[here], number)
        back /= np.linalg.norm(back, axis=1)[:, None]
        assert np.abs(back - rim[here]).max(initial=0) < 1e-15
