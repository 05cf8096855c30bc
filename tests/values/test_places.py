"""Places: exact, on the globe, one spelling each."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.values.errors import MisuseError
from stafftalks.values.place import (
    Area,
    Circle,
    Corridor,
    LonLat,
    NamedPlace,
    Point,
    corners_of,
    from_geojson,
    parse_place,
)
from tests.planning.cast import places


@given(places)
def test_every_place_reads_back_from_its_own_text(place):
    assert parse_place(str(place)) == place


MERSIN = LonLat(34_640_000, 36_850_000)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("36.85, 34.64", Point(at=MERSIN)),
        ("36.85 N, 34.64° E", Point(at=MERSIN)),
        ("36.85S,34.64W", Point(at=LonLat(-34_640_000, -36_850_000))),
        ("Port of Mersin @ 36.85, 34.64", Point(name="Port of Mersin", at=MERSIN)),
        ("circle 36.85, 34.64 radius 2.5 km", Circle(centre=MERSIN, radius_m=2_500)),
        (
            "Corridor 36.85, 34.64; 0, 180 half-width 50 m",
            Corridor(points=(MERSIN, LonLat(180_000_000, 0)), half_width_m=50),
        ),
        (
            "area 0, 179; 1, 179; 1, -179; 0, 179",
            Area(ring=(LonLat(179_000_000, 0), LonLat(179_000_000, 1_000_000), LonLat(-179_000_000, 1_000_000))),
        ),
        ("  Port   of Mersin ", NamedPlace(name="Port of Mersin")),
        ("0.0000001, 0", Point(at=LonLat(0, 0))),
    ],
)
def test_places_as_people_write_them(typed, meant):
    assert parse_place(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", "91, 0", "0, 181", "36.85, x", "circle 36.85, 34.64 radius 0 m", "circle here radius 5 m",
        "corridor 1, 2 half-width 5 m", "area 1, 2; 3, 4", "area 1, 2; 1, 2; 1, 2", "Port @ nowhere", "@ x",
        "area " + "; ".join(["1, 2", "2, 3"] * 501), "1, " + "2" * 60_001,
    ],
)  # fmt: skip
def test_what_is_no_place_is_answered_with_a_sentence(typed):
    with pytest.raises(MisuseError, match=r"\.$"):
        parse_place(typed)


@pytest.mark.parametrize("name", ["1, 2", "a @ b", " x", "two  spaces", "circle a radius 5 m", "area 1, 2", ""])
def test_names_that_read_as_something_else_are_refused(name):
    with pytest.raises(MisuseError):
        NamedPlace(name=name)


def test_a_hostile_name_is_judged_at_once():
    with pytest.raises(MisuseError, match="single spaces"):
        NamedPlace(name="1" + " " * 100_000)


def test_geojson_puts_longitude_first():
    assert from_geojson({"type": "Point", "coordinates": [34.64, 36.85]}) == Point(at=MERSIN)
    ring = [[0, 0], [0, 1], [1, 1], [0, 0]]
    assert len(corners_of(from_geojson({"type": "Polygon", "coordinates": [ring]}))) == 3
    feature = {
        "type": "Feature",
        "properties": {"name": "Lane", "half_width_m": 200},
        "geometry": {"type": "LineString", "coordinates": [[34.64, 36.85, 12.0], [35, 37]]},
    }
    assert str(from_geojson(feature)) == "Lane @ corridor 36.85, 34.64; 37, 35 half-width 200 m"
    circle = {
        "type": "Feature",
        "properties": {"radius_m": 9},
        "geometry": {"type": "Point", "coordinates": [34.64, 36.85]},
    }
    assert from_geojson(circle) == Circle(centre=MERSIN, radius_m=9)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": "34,36"},
        {"type": "Point", "coordinates": [True, 1]},
        {"type": "Point", "coordinates": [float("nan"), 1]},
        {"type": "Point", "coordinates": [1, 200]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1]], [[0, 0]]]},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "Feature", "geometry": None, "properties": 3},
    ],
)
def test_geojson_that_is_no_place_is_answered_with_a_sentence(shape):
    with pytest.raises(MisuseError, match=r"\.$"):
        from_geojson(shape)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-400, 400)
    | st.floats()
    | st.sampled_from(["Point", "Polygon", "LineString"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "properties", "radius_m"]), inner, max_size=3
        )
    ),
)


@given(st.sampled_from(["Point", "Polygon", "LineString", "Feature"]), _json, _json)
def test_any_mapping_gives_a_place_or_a_sentence(kind, coordinates, properties):
    with contextlib.suppress(MisuseError):
        place = from_geojson(
            {"type": kind, "coordinates": coordinates, "geometry": coordinates, "properties": properties}
        )
        assert parse_place(str(place)) == place
