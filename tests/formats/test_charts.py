"""Charts: every specification is one that Vega-Lite draws without complaint, tells nothing by colour alone, and leaves with its marking only."""

import ast
import json
import re
from pathlib import Path

import msgspec
import pytest
import vl_convert

from stafftalks.formats.charts import coverage, drawing, gantt, layers, look, network, words
from stafftalks.formats.charts.chart import Axis, Chart, turned
from stafftalks.formats.charts.drawing import Around
from stafftalks.values.errors import HostError
from tests.formats import charts

ROOM = Path(drawing.__file__).parent
TOKENS = ROOM.parents[1] / "web" / "static" / "web" / "tokens.css"
AROUND = Around(
    kind="Analysis", author="Meridia (XMR)", banner="XMR SECRET//REL TO XMR, XTV", language="en", direction="ltr",
    cover=(("Who can see it", "Our own people only."), ("Printed", "at Meridia by Ana, 1 May 2027")), foot="Not a release", page="Page", of="of",
    stands_on="Stands on", version_columns=("Title", "Version"), versions=tuple((f"Element {at}", "a" * 16) for at in range(15)),
    table="The same as a table", more="and %(count)s more",
)  # fmt: skip


def named(chart: Chart) -> str:
    return chart.name


@pytest.mark.parametrize("chart", charts.every() + charts.empty(), ids=named)
@pytest.mark.parametrize("way", ["ltr", "rtl"])
def test_every_chart_is_drawn_without_a_warning_in_both_directions(
    chart: Chart, way: str, capfd: pytest.CaptureFixture[str]
) -> None:
    spec = turned(chart).spec if way == "rtl" else chart.spec
    vl_convert.vegalite_to_vega(spec, vl_version="6.4", show_warnings=True)
    assert vl_convert.vegalite_to_svg(spec, vl_version="6.4", show_warnings=True, allowed_base_urls=[]).startswith(
        "<svg"
    )
    told = capfd.readouterr()
    assert "WARN" not in told.out + told.err


@pytest.mark.parametrize("chart", charts.every() + charts.empty(), ids=named)
def test_a_chart_carries_its_data_and_names_no_address(chart: Chart) -> None:
    raw = json.dumps(chart.spec)
    assert '"url"' not in raw
    assert "://" not in raw
    assert chart.title
    assert chart.description.endswith(".")
    assert len({len(row) for row in chart.rows} | {len(chart.columns)}) == 1 or not chart.rows
    assert len(chart.links) in (0, len(chart.rows))


def test_a_specification_that_names_an_address_is_refused_and_nothing_is_asked_of_it() -> None:
    chart = charts.covered()
    named = {"data": {"url": "https://127.0.0.1:9/rows.json"}, "mark": "bar", "encoding": {"x": {"field": "amount"}}}
    stray = msgspec.structs.replace(chart, spec=named)
    with pytest.raises(HostError, match="url not allowed"):
        drawing.svg(stray)


def test_colours_are_those_of_the_light_look_and_all_that_stand_in_charts_are_known_to_pages() -> None:
    css = TOKENS.read_text()
    for colour, token in look.TOKENS.items():
        assert f"{token}: light-dark({colour}," in css
    for chart in charts.every():
        assert set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(chart.spec))) <= set(look.TOKENS)


def test_names_that_are_spelt_alike_stand_on_lines_of_their_own() -> None:
    assert {row["row"] for row in charts.covered().spec["data"]["values"]} == {0, 1, 2}


def test_where_nothing_says_when_no_time_is_drawn() -> None:
    cell = coverage.Cell(key="", line="x", start=None, end=None, state="gap", told="", cells=("x",))
    assert coverage.heat((cell,), charts.DATED, ("What",)).spec["layer"][0]["encoding"]["x"]["axis"] is None


def test_time_from_an_anchor_is_in_days_and_dates_are_in_milliseconds() -> None:
    assert Axis(anchor="C", tick_s=3600).at(36) == 1.5
    assert Axis(dated=True, tick_s=60, zero=1_800_000_000).at(1) == 1_800_000_060_000
    assert Axis(dated=True).at(10**15) == 253_402_300_799_000


def test_every_arc_of_a_network_leads_to_the_right_and_a_circle_is_told_in_the_table_alone() -> None:
    keys = tuple("abcdef")
    arcs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "a"), ("d", "c"), ("e", "f"), ("x", "a"), ("f", "f")]
    place = layers.placed(keys, arcs)
    assert [place[key][0] for key in keys] == [0, 1, 2, 0, 0, 1]
    assert len(set(place.values())) == len(keys)
    drawn = charts.critical().spec["layer"][0]["data"]["values"]
    assert all(line["x"] < line["x2"] for line in drawn)
    assert len(drawn) == 7


def test_crossings_that_need_not_be_are_not_drawn() -> None:
    place = layers.placed("abcdxyzw", [("a", "w"), ("b", "z"), ("c", "y"), ("d", "x")])
    order = [sorted("abcd", key=lambda key: place[key][1]), sorted("wzyx", key=lambda key: place[key][1])]
    assert [dict(zip("abcd", "wzyx", strict=True))[key] for key in order[0]] == order[1]


def test_where_a_network_is_too_large_the_most_critical_are_drawn_and_ways_through_the_others_stay() -> None:
    nodes = [
        network.Node(key=f"k{at:03}", name=str(at), share=0.9 if at % 2 else 0.1, low=0, high=1) for at in range(100)
    ]
    chart = network.criticality(nodes, [(f"k{at:03}", f"k{at + 1:03}") for at in range(99)])
    boxes = chart.spec["layer"][2]["data"]["values"]
    assert len(boxes) == 60
    assert len(chart.rows) == 100
    assert len(chart.spec["layer"][0]["data"]["values"]) == 59
    assert "40 more are only in the table." in chart.description


def test_what_there_is_of_a_resource_is_drawn_where_it_is_known_alone() -> None:
    spec = charts.scheduled().spec["vconcat"][1]["layer"][1]["data"]["values"]
    assert [(row["part"], row["there_is"]) for row in spec] == [(0, 400), (0, 400), (1, 200), (1, 200)]
    assert gantt.gantt((), charts.RELATIVE).rows == ()


@pytest.mark.parametrize("form", list(drawing.TYPES))
def test_no_file_of_a_chart_is_without_its_marking_nor_says_with_what_it_was_made(form: drawing.Form) -> None:
    made = drawing.file_of(form, charts.covered(), AROUND)
    assert made == drawing.file_of(form, charts.covered(), AROUND)
    for name in (b"ypst", b"vega", b"Vega", b"stafftalks", b"CreationDate"):
        assert name not in made
    if form == "csv":
        assert made.decode("utf-8-sig").startswith('"XMR SECRET//REL TO XMR, XTV"')
    else:
        other = drawing.file_of(form, charts.covered(), msgspec.structs.replace(AROUND, banner="XMR"))
        assert other != made


def test_a_hostile_title_is_set_as_text() -> None:
    hostile = '"); evil(#read("/etc/passwd")) \\u{0} </svg><script>'
    chart = msgspec.structs.replace(charts.covered(), title=hostile, description=hostile)
    assert drawing.file_of("pdf", chart, AROUND).startswith(b"%PDF")


def test_every_phrase_of_charts_is_given_to_translators() -> None:
    said = {
        node.args[0].value
        for path in sorted(ROOM.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
    }
    assert said == set(words.MESSAGES)
