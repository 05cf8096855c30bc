"""Schedules of plain files: the best, what stands in the way, and what was left out, without a headquarters."""

from pathlib import Path

import pytest

from tests.cli.stage import Terminal

pytestmark = pytest.mark.xdist_group("schedule")
PLAN = """
title: Reception
anchor: C
anchors: {D: C+4}
resources:
  - {id: port, title: Port Y, unit: t, capacity: 400, changes: [{at: C+3, capacity: 200}]}
  - {id: fuel, capacity: 60, stock: true}
activities:
  - id: a
    title: Brigade
    modes: [{name: sea, duration: 3 days, uses: {port: 200}}, {name: air, duration: 1 day, uses: {fuel: 60}}]
    window: from C+1
  - {id: b, duration: 2, uses: {port: 400}, after: [{activity: a, lag: -1 day}]}
  - {id: c, duration: 1, uses: {port: 200}, after: [b], windows: [C to C+1, D to D+3]}
phases:
  - {id: p, title: Closed, activities: [a, b, c], due: C+4, weight: 3MUST}
"""


def written(folder: Path, text: str, name: str = "plan.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_the_best_schedule_of_a_plan(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, PLAN.replace("MUST", ""))
    typed = meridia.type("analyse", "schedule", file, "--workers", "1", "--json")
    assert typed.code == 0
    found = typed.json
    assert (found["state"], found["lateness"], found["least_lateness"], found["end"], found["gap"]) == (
        "optimal",
        3,
        3,
        5,
        0,
    )
    lines = {line["activity"]: (line["mode"], line["starts"], line["ends"]) for line in found["activities"]}
    assert lines == {"a": ("air", "C+1", "C+2"), "b": ("", "C+1", "C+3"), "c": ("", "C+4", "C+5")}
    (phase,) = found["phases"]
    assert (phase["closes"], phase["due"], phase["closes_at"], phase["lateness"]) == (5, 4, "C+5", 3)
    assert all(line["critical"] for line in found["activities"] if line["activity"] == "c")
    words = meridia.type("analyse", "schedule", file, "--workers", "1")
    assert "No schedule is better: that is proven." in words.out
    assert "Brigade" in words.out


def test_what_stands_in_the_way_is_told_and_what_would_do(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, PLAN.replace("MUST", ", must: true"))
    typed = meridia.type("analyse", "schedule", file, "--workers", "1", "--json")
    assert typed.code == 8
    assert typed.json["state"] == "infeasible"
    assert typed.json["conflict"].startswith("“Closed” cannot close by C+4: ")
    assert "“Closed” closing 1 day later." in {each["sentence"] for each in typed.json["would_do"]}
    first = typed.json["would_do"][0]["changes"][0]
    change = f"{first['kind']}:{first['name']}={first['amount']}"
    given = meridia.type("analyse", "schedule", file, "--workers", "1", "--given", change, "--json")
    assert given.code == 0
    assert given.json["state"] == "optimal"
    assert given.json["given"] == [first]
    words = meridia.type("analyse", "schedule", file, "--workers", "1")
    assert words.code == 8
    assert "What would do, the least first" in words.out


def test_what_cannot_be_used_is_left_out_and_said(tmp_path: Path, meridia: Terminal) -> None:
    text = """
anchor: C
tick_hours: 12
activities:
  - {id: good, duration: 1 day}
  - {id: x, duration: .nan}
  - {id: y, duration: -2}
  - {id: z, duration: 7 hours}
  - {id: w, duration: 1, window: C+1/H+5 to C+3}
  - {id: v, duration: 1, window: until E+3}
  - {id: u, duration: 1, colour: red}
  - {id: t}
  - {id: s, duration: 1, uses: {crane: 1}}
  - {id: r, duration: 1, after: [q]}
  - {id: q, duration: 1, after: [r]}
  - 7
"""
    file = written(tmp_path, text)
    typed = meridia.type("analyse", "schedule", file, "--workers", "1", "--given", "resource:crane=5", "--json")
    assert typed.code == 7
    assert [line["activity"] for line in typed.json["activities"]] == ["good"]
    said = {line["element"]: line["sentence"] for line in typed.json["left_out"]}
    for element, words in {
        "x": "“x”: `duration` is nan; a whole number is expected; or write 3 days, or 12 hours. It is left out.",
        "y": "a duration of -2 ticks is none",
        "z": "no whole number of ticks of 12 hours",
        "w": "falls between two ticks",
        "v": "hangs on an anchor whose date `anchors` does not give",
        "u": "`colour` is no field of it",
        "t": "neither `duration` nor `modes`",
        "s": "nobody has the resource “crane”",
        "r": "“r” → “q” → “r”",
        "": "a mapping is expected",
    }.items():
        assert words in said[element], element


def test_a_public_instance_is_read_as_it_is(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, "4 1\n3\n0 0 2 2 3\n2 2 1 4\n3 2 1 4\n0 0 0\n", "four.RCP")
    typed = meridia.type("analyse", "schedule", file, "--workers", "1", "--json")
    assert (typed.code, typed.json["state"], typed.json["end"]) == (0, "optimal", 5)


@pytest.mark.parametrize(
    ("text", "name", "code", "words"),
    [
        ("a: 1", "a.yaml", 3, "a list of `activities` is expected"),
        ("activities: []\ntick_hours: 5", "a.yaml", 3, "`tick_hours` is 5"),
        ("activities: []\nanchor: C\nanchors: {D: E+1}", "a.yaml", 3, "must be a date, or hang on C"),
        ("activities: []\nstart: C+1", "a.yaml", 3, "`start` C+1 hangs on an anchor"),
        ("7", "a.sm", 3, "it is not a file in the PSPLIB format"),
    ],
)
def test_what_is_no_such_file_is_refused(
    tmp_path: Path, meridia: Terminal, text: str, name: str, code: int, words: str
) -> None:
    typed = meridia.type("analyse", "schedule", written(tmp_path, text, name), "--json")
    assert typed.code == code
    assert words in typed.json["error"]
