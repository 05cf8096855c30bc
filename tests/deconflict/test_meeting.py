"""Footprints meet where the oracle says so: nothing that touches is missed, and nothing is found that lies a metre apart."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict import exact
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.place import Place, Point
from tests.deconflict import oracle
from tests.deconflict.cast import HARD, area, circle, corridor, places, spot, touching, volume

sizes = st.sampled_from([30.0, 900.0, 12_000.0, 150_000.0, 600_000.0, 2_500_000.0])


def found(shapes: list[Place]) -> tuple[set[tuple[int, int]], set[int]]:
    """The pairs that meet, by number, and the numbers of what cannot be compared."""
    made, faults = volumes(volume(str(number), shape) for number, shape in enumerate(shapes))
    pairs = {
        pair for block in exact.within(made) for pair in zip(block.one.tolist(), block.other.tolist(), strict=True)
    }
    return pairs, {int(fault.activity) for fault in faults}


def check(shapes: list[Place], pairs: list[tuple[int, int]]) -> None:
    meeting, left_out = found(shapes)
    for one, other in pairs:
        if one in left_out or other in left_out:
            continue
        if (one, other) not in meeting:
            assert not oracle.meet(shapes[one], shapes[other]), "a meeting was missed"
        else:
            band = 1 + 3e-6 * (oracle.reach(shapes[one]) + oracle.reach(shapes[other]))
            assert oracle.meet(shapes[one], shapes[other], band), "found, though further apart than the tolerance"


@settings(max_examples=45)
@given(st.data())
def test_what_lies_about_each_other_is_told_as_by_the_oracle(data: st.DataObject) -> None:
    around, size = data.draw(st.sampled_from(HARD)), data.draw(sizes)
    shapes = [data.draw(places(around, size)) for _ in range(5)]
    check(shapes, list(combinations(range(5), 2)))


@settings(max_examples=80)
@given(st.data())
def test_what_touches_is_never_missed(data: st.DataObject) -> None:
    around, size = data.draw(st.sampled_from(HARD)), data.draw(sizes)
    one = data.draw(places(around, size))
    check([one, data.draw(touching(one, size))], [(0, 1)])


def test_an_edge_of_600_km_is_a_geodesic_and_not_a_line_of_the_map() -> None:
    # Source: a straight edge of the map lies 9.0 km south of the geodesic here.
    north = area((52, 0), (52, 8.75), (50, 4))
    assert found([north, circle(52.05, 4.375, 1_000)])[0] == {(0, 1)}
    assert found([north, circle(52.11, 4.375, 1_000)])[0] == set()


def test_a_circle_is_no_polygon() -> None:
    # An inscribed polygon of 20 corners would miss up to 566 m of a circle of 46 km.
    edge = oracle.EARTH.Direct(52, 5, 9, 46_000)
    lat, lon = edge["lat2"], edge["lon2"]
    assert found([circle(52, 5, 46_000), Point(at=spot(lat, lon))])[0] == {(0, 1)}
    beyond = oracle.EARTH.Direct(52, 5, 9, 46_002)
    assert found([circle(52, 5, 46_000), Point(at=spot(beyond["lat2"], beyond["lon2"]))])[0] == set()


@pytest.mark.parametrize(
    "shape",
    [
        area((80, 0), (80, 90), (80, 180), (80, -90)),
        circle(89.99, 120, 20_000),
        corridor(500, (85, 10), (85, -170)),
    ],
)
def test_the_pole_is_a_place_like_others(shape: Place) -> None:
    assert found([shape, Point(at=spot(90, 77)), Point(at=spot(79, 0)), Point(at=spot(-90, 0))])[0] == {(0, 1)}


def test_the_antimeridian_is_a_line_like_others() -> None:
    across = area((10, 179), (10, -179), (12, -179), (12, 179))
    pairs, _ = found(
        [across, Point(at=spot(11, 180)), Point(at=spot(11, -180)), Point(at=spot(11, 0)), circle(11, -178.9, 20_000)]
    )
    assert {pair for pair in pairs if pair[0] == 0} == {(0, 1), (0, 2), (0, 4)}


def test_an_area_wider_than_a_face_is_the_smaller_side_of_its_ring() -> None:
    # Round the globe at 20 degrees south: the inside holds the south pole, on every face the ring crosses.
    south = area(*((-20, lon) for lon in range(-180, 180, 60)))
    inside, outside = [(-90, 0), (-60, 44), (-30, 135), (-27, -90)], [(90, 0), (-5, 45), (0, 180), (30, -135)]
    pairs, faults = found([south, *(Point(at=spot(*place)) for place in [*inside, *outside])])
    assert not faults
    assert pairs == {(0, 1), (0, 2), (0, 3), (0, 4)}
    ocean = area((50, 150), (55, -170), (40, -130), (0, -110), (-45, -80), (-50, -150), (-40, 175), (0, 160))
    pairs, faults = found(
        [ocean, *(Point(at=spot(*place)) for place in [(0, 180), (30, -160), (-30, -120), (0, 0), (51, 5)]), ocean]
    )
    assert not faults
    assert {pair for pair in pairs if pair[0] == 0} == {(0, 1), (0, 2), (0, 3), (0, 6)}


def test_a_route_round_the_world_meets_what_lies_on_it() -> None:
    stops = [(51, 0), (41, -74), (21, -158), (35, 140), (1, 104), (25, 55)]
    route = corridor(20_000, *stops)
    on = [Point(at=spot(*place)) for place in stops]
    pairs, faults = found([route, *on, Point(at=spot(-50, 100))])
    assert not faults
    assert {pair for pair in pairs if pair[0] == 0} == {(0, number) for number in range(1, 7)}


def nearest_on(edge: oracle.Edge, spot_: tuple[float, float]) -> float:
    """Metres from a place to an edge, which has one nearest place."""
    low, high = 0.0, edge.length
    while high - low > 1:
        one, other = low + (high - low) / 3, high - (high - low) / 3
        if oracle.metres(spot_, edge.at(one)) < oracle.metres(spot_, edge.at(other)):
            high = other
        else:
            low = one
    return oracle.metres(spot_, edge.at(low))


@pytest.mark.parametrize("radius_m", [300_000, 1_200_000, 3_000_000])
def test_far_reaches_are_measured_along_the_ground(radius_m: int) -> None:
    # The edge's nearest place lies between its ends and at them; a few metres more or less decide.
    wall = corridor(1, (10, 20), (30, 26))
    for azimuth, place in ((80, (20, 22.9)), (200, (10, 20)), (340, (30, 26))):
        for metres in (-6, 6):
            far = oracle.EARTH.Direct(*place, azimuth, radius_m)
            centre = far["lat2"], far["lon2"]
            nearest = nearest_on(oracle.edges(wall)[0], centre)
            reach = round(nearest) + metres
            assert found([wall, circle(*centre, reach - 1)])[0] == ({(0, 1)} if metres > 0 else set())
