"""`stafftalks analyse` on problem files and on a headquarters: answers, what was left out, and answers that were kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stafftalks.cli import analyse_risk
from tests.cli.stage import Terminal


def written(folder: Path, text: str, name: str = "problem.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


COVERAGE = """
title: North
anchor: C
anchors: {D: C+5}
scenarios: [{id: flood, title: Flood, branches: [B1, B2]}]
requirements:
  - {id: r1, title: Airlift, scenario: flood, quantity: 400 t, window: C+1 to C+9}
  - {id: r2, scenario: flood, branches: [B2], quantity: 3, window: from D}
  - {id: r3, colour: red}
  - {id: r4, window: E+1}
contributions:
  - {id: c1, requirement: r1, party: XMR, quantity: 300 t, window: C+1 to C+5, force: Wing 7, firm: true}
  - {id: c2, requirement: r1, party: XTV, quantity: 100.5 t, window: C+1 to C+9}
  - {id: c3, requirement: r9, party: XTV}
"""


def test_coverage_of_a_file(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, COVERAGE)
    typed = meridia.type("analyse", "coverage", file, "--without", "wing 7", "--json")
    assert typed.code == 7
    found = typed.json
    assert found["counts"] == {"gap": 1, "partial": 2, "filled": 0, "over-offered": 0, "unmeasured": 0}
    row = next(row for row in found["rows"] if row["requirement"] == "r1")
    assert [(part["starts"], part["state"], part["missing"]) for part in row["stretches"]] == [
        ("C+1", "over-offered", "0 t"),
        ("C+5/H+1", "partial", "299.5 t"),
    ]
    assert {(each["sort"], each["name"]) for each in row["alone"]} >= {("force", "Wing 7")}
    (b1, b2) = found["changes"]
    assert (b1["requirement"], b1["branch"], b2["branch"], b1["before"], b1["after"]) == (
        "r1",
        "B1",
        "B2",
        "partial",
        "partial",
    )
    assert [(part["starts"], part["ends"], part["missing"]) for part in b1["stretches"]] == [("C+1", "C+9", "299.5 t")]
    said = {each["element"]: each["sentence"] for each in found["left_out"]}
    assert "unknown field `colour`" in said["r3"]
    assert "E+1 hangs on E, whose date `anchors` does not give" in said["r4"]
    assert "“r9”, which is not there" in said["c3"]
    assert found["stands_on"] is None
    words = meridia.type("analyse", "coverage", file)
    assert "Requirements by branch: 1 gap, 2 partial." in words.out
    assert "Hangs on one thing alone" in words.out


def test_coverage_here_is_kept_and_told_to_be_stale(tmp_path: Path, meridia: Terminal) -> None:
    need = "- {kind: requirement, title: Airlift, serial: '1', capability: LIFT, quantity: 4 items}\n"
    written(tmp_path, need, "need.yaml")
    typed = meridia.type("analyse", "coverage", "--private", "--json")
    assert (typed.code, typed.json["rows"], typed.json["stands_on"]["stays_home"]) == (0, [], False)
    kept = written(tmp_path, typed.out, "kept.json")
    still = meridia.type("analyse", "stale", kept)
    assert (still.code, still.out) == (0, "Nothing has moved on: all 0 versions that it stands on stand.\n")
    meridia.does("element", "import", "need.yaml", who="pia")
    assert meridia.type("analyse", "stale", kept).code == 8
    assert meridia.type("analyse", "stale", kept, "--json").json["moved"][0]["sort"] == "new"
    shown = meridia.type("analyse", "coverage", "--private").out
    assert "It stays home: 1 of these are not released." in shown
    assert "Requirements by branch: none." in meridia.type("analyse", "coverage").out


CONFLICTS = """
anchor: C
bookings:
  - {id: b1, element: Sweep, sort: force, name: 7 Wing, window: C+1 to C+3}
  - {id: b2, element: Escort, sort: force, name: 7 wing, window: C+3 to C+5}
  - {id: b3, element: Sweep, sort: lift, name: Airlift, amount: 300 t, window: C+1 to C+3}
  - {id: b4, element: Escort, sort: lift, name: Airlift, amount: 150.5 t, window: C+2 to C+5}
  - {id: b5, element: Escort, sort: lift, name: Airlift, amount: 3 items, window: C+2 to C+5}
  - {id: b6, sort: boat, name: Airlift}
capacities: [{id: Airlift, sort: lift, capacity: 400 t}]
assumptions:
  - {id: a1, plan: North, text: "Port Y: open"}
  - {id: a2, plan: South, text: "port y = mined"}
  - {id: a3, plan: South, text: The bridge is not usable}
  - {id: a4, plan: North, text: The bridge is unusable., invalid: true}
reliances: [{id: r1, plan: North, relies_on: Tankers, recalled: "by XTV, 3 May"}]
"""


def test_conflicts_of_a_file(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, CONFLICTS)
    typed = meridia.type("analyse", "conflicts", file, "--json")
    assert typed.code == 6
    said = {each["sentence"] for each in typed.json["clashes"]}
    assert said == {
        "The force “7 Wing” is counted on by “Escort” and “Sweep” at once, at C+3.",
        "Of “Airlift” 450.5 t are booked by “Escort” and “Sweep”, and there are 400 t, from C+2 until C+3.",
        "“North” takes for granted that port y is “open”, and “South” that it is “mined”.",
        "“North” takes for granted that the bridge is usable, and “South” that it is not so.",
        "“North” relies on “Tankers” in a version that was recalled (by XTV, 3 May): look again at what it says there.",
    }
    left = {each["element"]: each["sentence"] for each in typed.json["left_out"]}
    assert "is in items and “Airlift” in t" in left["b5"]
    assert "Invalid enum value 'boat'" in left["b6"]
    assert "How surely" in meridia.type("analyse", "conflicts", file).out
    none = meridia.type("analyse", "conflicts")
    assert (none.code, none.out.splitlines()[0]) == (0, "Nothing clashes.")


RISK = """
anchor: C
tick_hours: 24
activities:
  - {id: a, title: Load, duration: [1 day, 2 days, 6 days], uses: {berth: 1}}
  - {id: b, title: Sail, duration: 4, after: [{activity: a, lag: 1 day}]}
  - {id: c, title: Unload, observed: [1, 2, 2, 3], after: [b], uses: {berth: 1}, ready: C+6}
  - {id: d, duration: soon}
  - {id: e}
  - {id: f, duration: 1, after: [x], shape: pear}
resources: [{id: berth, capacity: 1, changes: [{at: C+30, capacity: 2}]}]
closures: [{id: there, title: All there, activities: [a, b]}]
"""


def test_risk_of_a_file(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, RISK)
    typed = meridia.type("analyse", "risk", file, "--draws", "1000", "--by", "C+9", "--json")
    assert typed.code == 7
    found = typed.json
    assert [each["name"] for each in found["closings"]] == ["all", "All there"]
    quantiles = {each["share"]: each for each in found["closings"][0]["quantiles"]}
    assert quantiles[0.5]["says"] == f"C+{quantiles[0.5]['tick']}"
    assert 8 <= quantiles[0.5]["tick"] <= 12
    assert any(point["tick"] == 9 for point in found["closings"][0]["curve"])
    assert {each["title"] for each in found["critical"]} == {"Load", "Sail", "Unload"}
    assert {(each["title"], each["field"]) for each in found["tornado"]} == {
        ("Load", "duration"),
        ("Unload", "duration"),
    }
    said = {each["element"]: each["sentence"] for each in found["left_out"]}
    assert "'soon' is no length of time" in said["d"]
    assert "neither `duration` nor `observed`" in said["e"]
    assert "Invalid enum value 'pear'" in said["f"]
    again = meridia.type("analyse", "risk", file, "--draws", "1000", "--by", "C+9", "--json")
    assert again.out == typed.out
    words = meridia.type("analyse", "risk", file, "--draws", "200", "--by", "C+9", "--goal", "All there").out
    assert "“All there” is closed by C+" in words
    assert "Chances" in words


def test_a_run_that_is_stopped_gives_what_it_has(
    tmp_path: Path, meridia: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def stopped(*_about: object, **_limits: object) -> Iterator[object]:
        yield lambda _progress: False

    monkeypatch.setattr(analyse_risk, "watched", stopped)
    found = meridia.type("analyse", "risk", written(tmp_path, RISK), "--json").json
    assert (found["stopped"], found["draws"]) == (True, 1000)
    assert "It was stopped before the 10,000 draws that were asked for." in found["account"]


OPTIONS = """
anchor: C
forces:
  - {id: wing, title: 7 Wing, party: XMR, capabilities: {airlift: 300}, cost: 5}
  - {id: ships, title: Ferries, party: XTV, capabilities: {airlift: 0, sealift: 200}, cost: 2, notice: 3 days}
  - {id: x, capabilities: {airlift: 3}}
requirements:
  - {id: air, title: Airlift, capability: airlift, quantity: 400, weight: 2, window: C+1 to C+9}
  - {id: sea, title: Sealift, capability: sealift, quantity: 200, window: C+4 to C+9}
  - {id: late, capability: sealift, quantity: 5, window: C+9 to C+1}
scenarios:
  - {id: flood, title: Flood, likelihood: {XMR: 60, XTV: 20}, needs: {sea: 0}}
  - {id: storm, title: Storm, likelihood: {XMR: 40, XTV: 80}, needs: {air: 100}}
"""


def test_options_of_a_file(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, OPTIONS)
    typed = meridia.type("analyse", "options", file, "--front", "--sides", "--singles", "--json")
    assert typed.code == 7
    found = typed.json
    assert (found["method"], {each["force"] for each in found["committed"]}) == ("exact", {"wing", "ships"})
    assert (found["worst"]["value"], found["cost"]["value"], found["worst"]["proven"]) == (200, 7, True)
    assert [each["shortfall"] for each in found["outcomes"]] == [200, 0]
    assert found["outcomes"][0]["met"][0] == {
        "requirement": "air", "title": "Airlift", "needed": "400", "by": ["7 Wing"], "short": "100",
    }  # fmt: skip
    assert found["front"][-1]["cost"] == 7
    assert {each["party"] for each in found["sides"]} == {"XMR", "XTV"}
    assert [each["title"] for each in found["singles"]] == ["Flood", "Storm"]
    left = {each["element"]: each["sentence"] for each in found["left_out"]}
    assert "missing required field `party`" in left["x"]
    assert "ends before it starts" in left["late"]
    words = meridia.type("analyse", "options", file, "--budget", "2", "--sides").out
    assert "Ferries" in words
    assert "What each side takes off the worst case" in words


def test_decisions_of_a_file_by_the_latest_time_at_which_they_still_have_value(
    tmp_path: Path, meridia: Terminal
) -> None:
    told = """
indicators: [{id: i1, title: Gauge, branch: storm, at: C, state: observed}, {id: i2, branch: nowhere}, {id: i3, branch: flood, at: E+1}]
decisions: [{id: d1, title: Send the ferries, branch: storm, by: C+2, who: J3}]
budget: 5
"""
    file = written(tmp_path, OPTIONS + told)
    typed = meridia.type("analyse", "waiting", file, "--json")
    assert typed.code == 7
    flood, storm = sorted(typed.json["decisions"], key=lambda each: each["branch"])
    assert (flood["says"], flood["opens"], flood["shows"], flood["waited"], flood["gain"]) == (
        "C+1",
        ["7 Wing"],
        None,
        None,
        None,
    )
    assert (storm["says"], storm["latest"], storm["opens"], storm["shows_says"]) == ("C+1", 24, ["Ferries"], "C")
    assert [(each["says"], each["before"], each["after"], each["lost"]) for each in storm["steps"]] == [
        ("C+1", 200, 400, ["7 Wing", "Ferries"])
    ]
    assert [(each["sort"], each["title"], each["state"]) for each in storm["tells"]] == [
        ("indicator", "Gauge", "observed"), ("decision", "Send the ferries", ""),
    ]  # fmt: skip
    left = {each["element"]: each["sentence"] for each in typed.json["left_out"]}
    assert "no scenario belongs to it" in left["nowhere"]
    assert "hangs on E" in left["i3"]
    words = meridia.type("analyse", "waiting", file).out
    assert "too late for all of it" in words
    assert "After which more stays short" in words


HERE = """
- {kind: resource, title: Port Y, sort: port, capacity: 400 t}
- {kind: activity, title: Brigade, what: Move, window: C+1 to C+3, phase: Closed, resources: [{name: Port Y, quantity: 300 t}]}
- {kind: activity, title: Guns, what: Move, window: C+1 to C+3, phase: Closed, resources: [{name: Port Y, quantity: 300 t}]}
"""


def test_a_schedule_of_what_stands_here(tmp_path: Path, meridia: Terminal) -> None:
    written(tmp_path, HERE, "here.yaml")
    meridia.does("element", "import", "here.yaml", who="pia")
    words = ("analyse", "schedule", "--private", "--workers", "1", "--seconds", "2")
    found = meridia.type(*words, "--json").json
    assert (found["state"], found["ends"], found["stands_on"]["stays_home"]) == ("optimal", "C+5", True)
    assert "It stays home: 3 of these are not released." in meridia.type(*words).out
    strict = meridia.type(*words, "--must", "--json")
    assert (strict.code, strict.json["state"]) == (8, "infeasible")
    assert "“Port Y”" in strict.json["conflict"]
    lengths = "activities: [{id: Guns, duration: 1 day}, {id: Brigade, duration: 24}]"
    eased = meridia.type(*words, "--must", "--estimates", written(tmp_path, lengths), "--json")
    assert (eased.code, eased.json["ends"]) == (0, "C+3")
    refused = meridia.type("analyse", "schedule", str(tmp_path / "problem.yaml"), "--must")
    assert refused.code == 1


@pytest.mark.parametrize(
    ("command", "text", "code", "words"),
    [
        ("coverage", "a: 1", 3, "a list of `requirements` is expected"),
        ("coverage", "requirements: []\nmore: 1", 3, "`more` is no part of it"),
        ("coverage", "requirements: []\nanchor: C\nanchors: {D: E+1}", 3, "must be a date, or hang on C"),
        ("coverage --without Oban", "requirements: []", 1, "Nothing that is offered hangs on 'Oban'"),
        ("coverage --state red", "requirements: []", 1, "There is no state 'red'"),
        ("options", "requirements: []", 1, "set of scenarios is empty"),
        ("options", "requirements: []\nbudget: much", 3, "`budget` is 'much'"),
        ("risk", "activities: []", 1, "nothing"),
        ("risk --by E+1", "activities: [{id: a, duration: 1}]", 1, "--by E+1: E+1 hangs on E"),
        ("risk --goal x", "activities: [{id: a, duration: 1}]", 1, "No closure has the name 'x'"),
        ("risk --estimates f.yaml", "activities: []", 1, "Estimates are for a headquarters"),
        ("stale", "stands_on: 1", 3, "is no answer of an analysis"),
    ],
)
def test_what_cannot_be_answered_is_said(
    tmp_path: Path, meridia: Terminal, command: str, text: str, code: int, words: str
) -> None:
    typed = meridia.type("analyse", *command.split(), written(tmp_path, text), "--json")
    assert typed.code == code
    assert words in typed.json["error"]
