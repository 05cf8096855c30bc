"""`stafftalks analyse sweep` on problem files and on a headquarters: answers, files, what is kept and taken up again, what is refused."""

from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stafftalks.cli import analyse_sweep
from stafftalks.services import sweeps
from tests.cli.stage import Terminal

COVERAGE = """
title: North
anchor: C
scenarios: [{id: flood, title: Flood, branches: [B1, B2]}]
requirements:
  - {id: r1, title: Airlift, scenario: flood, quantity: 400 t, window: C+1 to C+9}
  - {id: r2, scenario: flood, branches: [B2], quantity: 3, window: from C+5}
  - {id: r3, colour: red}
contributions:
  - {id: c1, requirement: r1, party: XMR, quantity: 300 t, window: C+1 to C+9, force: Wing 7, through: [Port Y]}
  - {id: c2, requirement: r1, party: XTV, quantity: 150.5 t, window: C+1 to C+9, force: Wing 9}
  - {id: c3, requirement: r2, party: XTV, quantity: 4, force: Brigade}
sweep:
  branches: [each]
  assumptions: ["Port Y is open: Port Y 50% | Port Y 0%", "Wing 9 +2 days"]
  forces: [each]
  at_most: 2
"""
ELEMENTS = """
- {kind: requirement, title: Airlift, serial: '1', capability: LIFT, quantity: 4 items}
- {kind: requirement, title: Boats, serial: '2', capability: BOATS, quantity: 2 items}
"""


def written(folder: Path, text: str, name: str = "problem.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_sweep_of_a_file(tmp_path: Path, meridia: Terminal) -> None:
    file = written(tmp_path, COVERAGE)
    typed = meridia.type("analyse", "sweep", "coverage", file, "--parquet", "out.parquet", "--list", "3", "--json")
    assert typed.code == 7
    found = typed.json
    assert (found["points"], found["done"], found["met"], found["measure"], found["place"]) == (84, 84, 3, "short", "")
    assert [each["short"] for each in found["worst"]] == [2.0] * 3
    assert found["account"][0] == "All is met in 3 of 84 points; in 81 (96%) it is not."
    assert [
        level["level"] for level in next(e for e in found["effects"] if e["factor"] == "Port Y is open")["levels"]
    ] == [
        "as planned",
        "Port Y 50%",
        "Port Y 0%",
    ]
    assert "unknown field `colour`" in found["left_out"][0]["sentence"]
    assert found["stands_on"] is None
    table = pq.read_table("out.parquet")
    assert table.num_rows == 84
    assert table.schema.metadata[b"stays home"] == b"no"
    assert Path("out.parquet").stat().st_mode & 0o777 == 0o600
    words = meridia.type("analyse", "sweep", "coverage", file, "--branch", "B2", "--at-most", "1")
    assert "What each does to “short”" in words.out
    assert "points; in" in words.out


def test_a_sweep_that_was_stopped_is_taken_up_again(
    tmp_path: Path, meridia: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, COVERAGE)

    @contextmanager
    def stopped(_screen, _what, **_more):
        yield lambda progress: progress.done == 0

    with monkeypatch.context() as changed:
        changed.setattr(analyse_sweep, "watched", stopped)
        changed.setattr(sweeps, "MOST_IN_BATCH", 5)
        typed = meridia.type("analyse", "sweep", "coverage", file, "--keep", "kept")
    assert "It was stopped: " in typed.out
    assert "go on with --resume kept" in typed.out
    part = next(Path("kept").glob("part-*"))
    part.write_bytes(part.read_bytes()[:-9])
    found = meridia.type("analyse", "sweep", "--resume", "kept", "--json").json
    assert (found["done"], found["stopped"]) == (84, False)
    assert "is torn" in found["refused"][0]
    whole = meridia.type("analyse", "sweep", "coverage", file, "--parquet", "whole.parquet").out
    assert whole
    meridia.type("analyse", "sweep", "--resume", "kept", "--parquet", "again.parquet")
    assert Path("again.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    assert meridia.type("analyse", "sweep", "--stop", "kept").code == 0
    assert meridia.type("analyse", "sweep", "--stop", "nowhere").code == 1


def test_a_sweep_of_what_stands_here_names_its_versions_and_stays_home(tmp_path: Path, meridia: Terminal) -> None:
    written(tmp_path, ELEMENTS, "needs.yaml")
    options = """
- {kind: option, title: By air, contributions: [{party: XMR, what: Wing 7, requirement: REQ, quantity: 4 items}, {party: XTV, what: Wing 9, requirement: REQ, quantity: 1 items}]}
"""
    meridia.does("element", "import", "needs.yaml", who="pia")
    ids = [line["id"] for line in meridia.reads("element", "list", "--kind", "requirement")["elements"]]
    written(tmp_path, options.replace("REQ", f"XMR/{ids[0]}"), "options.yaml")
    meridia.does("element", "import", "options.yaml", who="pia")
    sweep = ("analyse", "sweep", "coverage", "--leave-out", "XMR", "--leave-out", "XTV", "--at-most", "2")
    found = meridia.type(*sweep, "--private", "--parquet", "home.parquet", "--json").json
    assert (found["points"], found["done"]) == (4, 4)
    assert found["stands_on"]["stays_home"] is True
    assert {each["kind"] for each in found["stands_on"]["inputs"]} == {"requirement", "option"}
    assert Path(found["place"]).parent == Path("xmr/sweeps")
    metadata = pq.read_schema("home.parquet").metadata
    assert metadata[b"stays home"] == b"yes"
    again = meridia.type("analyse", "sweep", "--resume", Path(found["place"]).name, "--json").json
    assert again["account"] == found["account"]
    assert "It stays home: 3 of these are not released." in meridia.type(*sweep, "--private").out
    assert "There is no force “XMR” here; there is none." in meridia.type(*sweep).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("coverage", "FILE", "--branch", "B7"), "There is no branch “B7” here"),
        (("coverage", "FILE", "--leave-out", "Wing 8"), "There is no force “Wing 8” here"),
        (("coverage", "FILE", "--assume", "Port Y"), "says no change"),
        (("coverage", "FILE", "--seeds", "2"), "Nothing here is drawn"),
        (("coverage", "FILE", "--private"), "These options are for a headquarters"),
        (("weather", "FILE"), "There is no analysis 'weather' to sweep"),
        ((), "Say what to sweep"),
        (("coverage", "FILE", "--resume", "kept"), "leave away what else would say"),
        (("--resume", "kept"), "No sweep is kept there"),
        (("coverage", "FILE", "--on", "moon"), "'moon'"),
        (("coverage", "FILE", "--vary", "EMPTY"), "`forces` is empty"),
        (("risk", "FILE"), "a list of `activities` is expected"),
        (("coverage", "FILE", "--parquet", "EMPTY"), "exists already and is left as it is"),
    ],
)
def test_what_cannot_be_swept_is_refused_with_a_sentence(
    tmp_path: Path, meridia: Terminal, words: tuple[str, ...], said: str
) -> None:
    names = {"FILE": written(tmp_path, COVERAGE), "EMPTY": written(tmp_path, "forces: []", "empty.yaml")}
    typed = meridia.type("analyse", "sweep", *(names.get(word, word) for word in words))
    assert typed.code in (1, 3)
    assert said in typed.err


@pytest.mark.xdist_group("compiled")
def test_risk_and_schedules_of_files_are_swept_too(tmp_path: Path, meridia: Terminal) -> None:
    risk = """
anchor: C
activities: [{id: load, duration: [1 day, 2 days, 6 days], uses: {berth: 1}}, {id: store, duration: 1 day, uses: {berth: 1}}]
resources: [{id: berth, capacity: 1}]
"""
    found = meridia.reads(
        "analyse", "sweep", "risk", written(tmp_path, risk), "--assume", "load lasts 150%", "--seeds", "2",
        "--draws", "100", "--by", "C+6", "--list", "9",
    )  # fmt: skip
    assert found["points"] == 4
    plain, longer = (
        [each["mean"] for each in found["best"] if each["load lasts 150%"] == case]
        for case in ("as planned", "load lasts 150%")
    )
    assert max(plain) < min(longer)
    plan = "{anchor: C, resources: [{id: port, capacity: 1}], activities: [{id: a, duration: 1, uses: {port: 1}}]}"
    typed = meridia.does(
        "analyse",
        "sweep",
        "schedule",
        written(tmp_path, plan, "p.yaml"),
        "--assume",
        "port +3 days | port 0%",
        "--schedules",
        "3",
    )
    assert "C+4" in typed.out
