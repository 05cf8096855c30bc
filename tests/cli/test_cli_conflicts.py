"""Files are compared without a headquarters; the exit code says what was found, and what was left out is never silent."""

import json
from pathlib import Path

import pytest

from tests.cli.stage import Terminal


def feature(name: str, lon: float, **properties: object) -> dict[str, object]:
    whole = {
        "title": f"Activity {name}",
        "radius_m": 5000,
        "start": "2027-05-04T06:00Z",
        "end": "2027-05-04T08:00Z",
        **properties,
    }
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Point", "coordinates": [lon, 36.0]},
        "properties": whole,
    }


def written(folder: Path, name: str, *features: object, **settings: object) -> str:
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": features, "stafftalks": settings}))
    return str(folder / name)


@pytest.fixture
def ours(tmp_path: Path) -> str:
    return written(
        tmp_path,
        "ours.geojson",
        feature("1", 34.0, resources=[{"name": "Ramp", "quantity": "8 items"}]),
        feature("2", 38.0),
        resources={"Ramp": "12 items"},
    )


def test_one_file_within_itself(tmp_path: Path, meridia: Terminal) -> None:
    file = written(
        tmp_path,
        "plan.geojson",
        feature("1", 34.0),
        feature("2", 34.05, start="2027-05-04T08:00Z", end="2027-05-04T09:00Z"),
        feature("3", 34.2),
    )
    typed = meridia.type("conflicts", file, "--json")
    assert typed.code == 6
    (line,) = typed.json["collisions"]
    assert (line["one"], line["other"], line["one_title"]) == ("1", "2", "Activity 1")
    assert line["start"] == line["end"], "they touch at eight"
    assert (line["low_m"], line["high_m"], line["shifts"]) == (None, None, [])
    assert (line["lat"], line["lon"]) == pytest.approx((36.0, 34.025), abs=0.001)
    assert typed.json["compared"] == [3]
    assert (typed.json["pairs"], typed.json["left_out"]) == (1, [])


def test_two_files_against_each_other_with_what_would_clear_them(tmp_path: Path, meridia: Terminal, ours: str) -> None:
    theirs = written(
        tmp_path,
        "theirs.geojson",
        feature("1", 34.05, resources=[{"name": "ramp", "quantity": "5 items"}]),
        feature("2", 34.051, start="2027-05-04T09:00Z", end="2027-05-04T10:00Z"),
    )
    typed = meridia.type("conflicts", ours, theirs, "--suggest", "--json")
    assert typed.code == 6
    (line,) = typed.json["collisions"]
    assert (line["one"], line["other"]) == ("1", "1"), "the same name in two files is two activities"
    assert line["shifts"] == [{"of": "time", "by": -7260}, {"of": "time", "by": 4 * 3600 + 60}]
    (excess,) = typed.json["excesses"]
    assert (excess["most"], excess["capacity"], excess["over"]) == ("13 items", "12 items", "1 items")
    assert excess["activities"] == ["A:1", "B:1"]
    words = meridia.type("conflicts", ours, theirs, "--suggest")
    assert words.code == 6
    assert "Compared 2 with 2 activities: 1 overlaps, 1 times that too much is claimed." in words.out
    assert "-2:01 h; +4:01 h" in words.out
    assert "every height" in words.out


def test_nothing_found_is_nothing_found_only_where_all_was_compared(
    tmp_path: Path, meridia: Terminal, ours: str
) -> None:
    typed = meridia.type("conflicts", ours)
    assert (typed.code, "0 overlaps" in typed.out) == (0, True)
    theirs = written(
        tmp_path, "theirs.geojson", feature("1", 34.05, low=100), feature("2", 34.05, end=None, start=None)
    )
    typed = meridia.type("conflicts", ours, theirs, "--json")
    assert typed.code == 7
    assert {(line["activity"], line["field"]) for line in typed.json["left_out"]} == {
        ("1", "altitude"),
        ("2", "window"),
    }
    assert "Left out: nothing is said about these" in meridia.type("conflicts", ours, theirs).out


def test_all_are_counted_and_the_earliest_listed(tmp_path: Path, meridia: Terminal) -> None:
    file = written(
        tmp_path,
        "plan.geojson",
        *(feature(str(n), 34.0, start=f"2027-05-04T0{9 - n}:00Z", end="2027-05-05") for n in range(6)),
    )
    typed = meridia.type("conflicts", file, "--limit", "2", "--json")
    assert (typed.json["pairs"], len(typed.json["collisions"])) == (15, 2)
    assert {typed.json["collisions"][0]["one"], typed.json["collisions"][0]["other"]} == {"4", "5"}
    assert "the first 2 of 15" in meridia.type("conflicts", file, "--limit", "2").out


def test_lists_that_differ_are_said(tmp_path: Path, meridia: Terminal, ours: str) -> None:
    theirs = written(tmp_path, "theirs.geojson", feature("9", 50.0), resources={"RAMP": "10 items"})
    typed = meridia.type("conflicts", ours, theirs, "--json")
    assert typed.code == 7
    assert (
        typed.json["left_out"][0]["sentence"]
        == "The files list “RAMP” with different capacities: it is taken as not known."
    )


def test_what_cannot_be_opened_is_said(tmp_path: Path, meridia: Terminal, ours: str) -> None:
    (tmp_path / "none.geojson").write_text("{}")
    assert meridia.type("conflicts", str(tmp_path / "none.geojson")).code == 3
    assert meridia.type("conflicts", str(tmp_path / "absent.geojson")).code == 1
    assert meridia.type("conflicts", ours, ours, ours).code == 2


def test_without_a_file_what_is_held_here_is_compared(meridia: Terminal) -> None:
    for title, lon in (("Sweep", 34.0), ("Patrol", 34.05)):
        fields = {
            "title": title,
            "what": title,
            "footprint": f"circle 36, {lon} radius 5 km",
            "window": "2027-05-04 to 2027-05-05",
            "altitude.high_m": "900",
        }
        sets = [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]
        assert meridia.type("element", "add", "--kind", "activity", *sets, "--as", "pia").code == 0
    typed = meridia.type("conflicts", "--suggest", "--json")
    assert typed.code == 6
    (line,) = typed.json["collisions"]
    assert {line["one_title"], line["other_title"]} == {"Sweep", "Patrol"}
    assert (line["severity"], line["accepted"]) == ("certain", None)
    assert {"of": "time", "by": 86460} in line["shifts"]
    assert "Sweep" in meridia.type("conflicts").out
