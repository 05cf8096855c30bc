"""Cells: what is told holds what it stands for, and nothing finer can be read from it."""

import math

import h3
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.release import cells
from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Point
from tests.planning.cast import places, positions

RESOLUTIONS = st.integers(0, 15)


@given(positions, RESOLUTIONS)
@settings(max_examples=300)
def test_a_spot_is_told_as_its_cell_which_can_be_read_back(spot: LonLat, size: int) -> None:
    cell = cells.cell_of(Point(name="Here", at=spot), size)
    assert cell == h3.latlng_to_cell(spot.lat_e6 / 1e6, spot.lon_e6 / 1e6, size)
    told = cells.outline(cell)
    assert cells.cell_in(told) == cell
    assert cells.cell_of(told, size) == cell
    assert not told.name


@given(positions, st.integers(1, 60_000), st.integers(0, 9), st.floats(0, 360), st.floats(0, 1))
@settings(max_examples=150)
def test_the_cell_of_a_circle_holds_all_of_it(spot: LonLat, radius: int, size: int, bearing: float, far: float) -> None:
    cell = cells.cell_of(Circle(centre=spot, radius_m=radius), size)
    if cell is not None:
        assert cells.resolution_of(cell) <= size
        lat, lon = _reached(spot, radius * far, bearing)
        assert h3.latlng_to_cell(lat, lon, cells.resolution_of(cell)) == cell


@given(places, RESOLUTIONS)
@settings(max_examples=150)
def test_every_place_is_told_as_one_cell_or_not_at_all(place: object, size: int) -> None:
    cell = cells.cell_of(place, size)  # type: ignore[arg-type]
    if isinstance(place, NamedPlace):
        assert cell is None
    if cell is not None and isinstance(place, Area | Corridor):
        corners = place.ring if isinstance(place, Area) else place.points
        found = {h3.latlng_to_cell(at.lat_e6 / 1e6, at.lon_e6 / 1e6, cells.resolution_of(cell)) for at in corners}
        assert found == {cell} or cells.cell_in(place) == cell  # type: ignore[arg-type]


def test_only_an_outline_without_a_name_is_read_as_a_cell() -> None:
    told = cells.outline(h3.latlng_to_cell(36.85, 34.64, 5))
    assert cells.cell_in(Area(name="Port", ring=told.ring)) is None
    assert cells.cell_in(Area(ring=told.ring[:-1])) is None
    assert cells.cell_in(Area(ring=(*told.ring[:-1], LonLat(34_600_000, 36_900_000)))) is None
    assert cells.cell_in(Point(at=told.ring[0])) is None


def _reached(spot: LonLat, metres: float, bearing: float) -> tuple[float, float]:
    lat, lon, turn, reach = (
        math.radians(spot.lat_e6 / 1e6),
        math.radians(spot.lon_e6 / 1e6),
        math.radians(bearing),
        metres / 6_371_008.8,
    )
    there = math.asin(math.sin(lat) * math.cos(reach) + math.cos(lat) * math.sin(reach) * math.cos(turn))
    across = math.atan2(
        math.sin(turn) * math.sin(reach) * math.cos(lat), math.cos(reach) - math.sin(lat) * math.sin(there)
    )
    return math.degrees(there), math.degrees(lon + across)
