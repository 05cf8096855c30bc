"""GeoJSON files become activities; what cannot be read is a sentence, and nothing that would change the meaning is passed over."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.formats import geojson
from stafftalks.formats.geojson import GeoActivities
from stafftalks.values.errors import PeerError
from stafftalks.values.place import Area, Circle, Corridor, LonLat, Point
from stafftalks.values.relative_time import Instant, RelativeTime

SQUARE = [[[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 51.0], [10.0, 50.0]]]
WHEN = {"start": "2027-05-04T06:00Z", "end": "040800ZMAY27"}


def feature(kind: str, coordinates: object, /, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {**WHEN, **properties},
    }


def read(*features: object, **settings_: object) -> GeoActivities:
    whole = {"type": "FeatureCollection", "features": list(features), "stafftalks": settings_}
    return geojson.read(json.dumps(whole).encode(), "plan.geojson")


def test_each_geometry_is_a_footprint() -> None:
    found = read(
        feature("Point", [34.5, 36.25], id="p"),
        feature("Point", [34.5, 36.25], id="c", radius_m=1500.2),
        feature("LineString", [[0, 1], [2, 3]], id="l", width_m=2001),
        feature("Polygon", SQUARE, id="a", title="Box\x07  one"),
        feature(
            "MultiPoint", [[1, 2], [3, 4]], id="m", radius_m=10, resources=[{"name": "Ramp", "quantity": "3 items"}]
        ),
    )
    assert found.faults == ()
    assert found.features == 5
    places = {}
    for name, activity in found.activities:
        places.setdefault(name, []).append(activity.footprint)
    assert places["p"] == [Point(at=LonLat(34_500_000, 36_250_000))]
    assert places["c"] == [Circle(centre=LonLat(34_500_000, 36_250_000), radius_m=1501)]
    assert places["l"] == [Corridor(points=(LonLat(0, 1_000_000), LonLat(2_000_000, 3_000_000)), half_width_m=1001)]
    assert isinstance(places["a"][0], Area)
    assert len(places["m"]) == 2
    claims = [activity.resources for name, activity in found.activities if name == "m"]
    assert [len(each) for each in claims] == [1, 0], "claimed once, however many its parts"
    assert found.activities[3][1].title == "Box one"
    assert str(found.activities[0][1].window) == "2027-05-04T06:00:00Z to 2027-05-04T08:00:00Z"


@pytest.mark.parametrize(
    ("properties", "band"),
    [
        ({}, (None, None)),
        ({"low": "1000 m", "high": "2000 m", "altitude_datum": "MSL"}, (1000, 2000)),
        ({"low": "SFC", "high": "5001 ft", "altitude_datum": "amsl"}, (None, 1525)),
        ({"low": 100, "high": "UNL", "altitude_unit": "ft", "altitude_datum": "MSL"}, (30, None)),
        ({"low": "FL100", "high": "FL 245"}, (3048, 7468)),
        ({"low": 100, "high": 110, "altitude_unit": "FL", "altitude_datum": "STD"}, (3048, 3353)),
        ({"low": 0, "high": 100.5, "altitude_unit": "m", "altitude_datum": "WGS84"}, (-86, 208)),
    ],
)  # fmt: skip
def test_heights_become_metres_above_the_sea_rounded_outwards(
    properties: dict[str, object], band: tuple[int | None, int | None]
) -> None:
    ((_, activity),) = read(feature("Point", [0, 0], **properties)).activities
    assert (activity.altitude.low_m, activity.altitude.high_m) == band
    assert activity.footprint is not None


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (feature("Polygon", [SQUARE[0][:-1]]), "footprint", "the polygon is not closed"),
        (feature("Polygon", [*SQUARE, SQUARE[0]]), "footprint", "A polygon with holes cannot be kept"),
        (feature("Polygon", []), "footprint", "not closed"),
        (feature("LineString", [[0, 0], [1, 1]]), "footprint", "a line needs its width"),
        (feature("LineString", [[0, 0], [1, 1]], width_m=1, half_width_m=1), "footprint", "not both"),
        (feature("LineString", [[0, 0]], width_m=1), "footprint", "at least two points"),
        (feature("Point", [0, 0], radius_km=3), "footprint", "“radius_km” may be a radius"),
        (feature("Point", [0, 0], radius_m=-1), "footprint", "radius_m is a number of metres above 0"),
        (feature("Point", [0, 0, 120.0]), "footprint", "the coordinates hold heights"),
        (feature("Point", [0, 91]), "footprint", "lies off the globe"),
        (feature("GeometryCollection", []), "footprint", "a GeometryCollection cannot be a footprint"),
        ({"type": "Feature", "geometry": None, "properties": WHEN}, "footprint", "no geometry is given"),
        (feature("Point", [0, 0], low=5, altitude_datum="MSL"), "altitude", "low is a number without a unit"),
        (feature("Point", [0, 0], low="5 m"), "altitude", "heights are given without a datum"),
        (feature("Point", [0, 0], low="5 m", altitude_datum="AGL"), "altitude", "heights above AGL cannot be compared"),
        (feature("Point", [0, 0], low="5 m", high="900 ft", altitude_datum="MSL"), "altitude", "low is in M and high in FT"),
        (feature("Point", [0, 0], low="FL100", altitude_datum="MSL"), "altitude", "flight levels stand above the pressure"),
        (feature("Point", [0, 0], low="9 m", high="5 m", altitude_datum="MSL"), "altitude", "upside down"),
        (feature("Point", [0, 0], low="high"), "altitude", "low is a height as"),
        (feature("Point", [0, 0], low="200000 m", altitude_datum="MSL"), "altitude", "heights lie between"),
        (feature("Point", [0, 0], end="2027-05-01"), "window", "ends before it starts"),
        (feature("Point", [0, 0], end=17), "window", "end is a text"),
        (feature("Point", [0, 0], end="soon"), "window", "'soon' is not a time"),
        (feature("Point", [0, 0], resources=[{"name": "Ramp", "quantity": 3}]), "resources", "says how much as a text"),
        (feature("Point", [0, 0], resources=[{"name": "Ramp", "quantity": "3 bags"}]), "resources", "'bags' is not a unit"),
        (feature("Point", [0, 0], resources={"Ramp": "3"}), "resources", "resources is a list"),
        ({"type": "Feature", "geometry": 7}, "feature", "Feature 1 is not a GeoJSON Feature"),
        ({"type": "Point", "coordinates": [0, 0]}, "feature", "not a Feature"),
        ([1, 2], "feature", "Feature 1 is not a GeoJSON Feature"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence_and_the_rest_is_read(given: object, field: str, words: str) -> None:
    found = read(given, feature("Point", [5, 5], id="good"))
    (fault,) = found.faults
    assert fault.field == field
    assert words in fault.sentence
    assert fault.sentence.rstrip("”").endswith(".")
    assert [name for name, _ in found.activities][-1] == "good"
    for name, activity in found.activities:
        if name != "good" and field in ("footprint", "altitude"):
            assert activity.footprint is None, "compared by its claims only"


def test_ids_given_twice_are_two_activities() -> None:
    found = read(
        *(feature("Point", [0, 0], id="x") for _ in range(3)), feature("Point", [0, 0]), feature("Point", [0, 0], id=7)
    )
    assert [name for name, _ in found.activities] == ["x", "x#2", "x#3", "4", "7"]


def test_what_holds_for_the_file() -> None:
    found = read(
        feature("Point", [0, 0], start="C+1", end="C+2", low=10, owner="navy"),
        anchors={"C": "2027-05-04", "Q": "2027-05-04", "D": "when"},
        resources={"Ramp  3": "12 items", "Quay": None, "Pier": "many"},
        altitude_unit="m",
        altitude_datum="MSL",
    )
    assert found.anchors == {"C": Instant.parse("2027-05-04")}
    assert found.resources is not None
    assert {name: str(quantity) for name, quantity in found.resources.items()} == {
        "Ramp 3": "12 items",
        "Quay": "None",
        "Pier": "None",
    }
    assert sorted(fault.field for fault in found.faults) == ["anchors", "anchors", "resources"]
    assert found.activities[0][1].window.start == RelativeTime("C", 1)
    assert found.activities[0][1].altitude.low_m == 10
    assert found.notes == ("Not read: the property “owner” of 1 features.",)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is not GeoJSON"),
        (b"\xff\xfe", "is not GeoJSON"),
        (b"[" * 100_000, "is not GeoJSON"),
        (b'{"type": "Topology"}', "a FeatureCollection, or one Feature, is needed"),
        (b'{"type": "FeatureCollection", "stafftalks": {"ancors": {}}}', "is not GeoJSON"),
        (b'{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:25832"}}}', "in another reference system"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(PeerError, match=words):
        geojson.read(raw, "plan.geojson")


def test_one_feature_and_a_stated_reference_system_are_read() -> None:
    raw = json.dumps(
        {**feature("Point", [0, 0]), "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}
    ).encode()
    assert len(geojson.read(raw, "-").activities) == 1


def test_a_file_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MAX_BYTES", 10)
    with pytest.raises(PeerError, match="at most 10 are read"):
        geojson.read(b" " * 11, "plan.geojson")


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-400, 400) | st.floats(-200, 200) | st.sampled_from(["Point", "Polygon", "LineString", "C+3", "FL90", "5 m"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["type", "coordinates", "name", "quantity", "low"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
members = st.sampled_from(
    ["type", "geometry", "properties", "id", "start", "end", "low", "high", "altitude_unit", "altitude_datum", "resources", "radius_m", "width_m", "title"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(
        st.dictionaries(members, anything, max_size=8)
        | st.builds(feature, st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon"]), anything),
        max_size=3,
    )
)
def test_whatever_stands_in_it_the_reader_gives_a_value_or_a_peers_error(features: list[object]) -> None:
    try:
        found = read(*features)
    except PeerError:
        return
    assert all(fault.sentence for fault in found.faults)


def test_the_guide_names_every_property_that_is_read() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "deconfliction.md").read_text()
    assert {name for name in geojson.parts.READ if f"`{name}`" not in guide} == set()
