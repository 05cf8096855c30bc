"""The record at the terminal: verified, read, proved; and a fault found ends with its own exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

import stafftalks
from stafftalks.values.ids import FeedId
from tests.cli.stage import FakeSite, Terminal


def test_a_sound_record_verifies_and_is_read(open_accord: str, meridia: Terminal) -> None:
    shown = meridia.does("record", "verify").out
    assert shown.count("sound") == 2
    assert "NOT SOUND" not in shown
    page = meridia.reads("record", "show", open_accord)
    assert [line["n"] for line in page["entries"]] == list(range(page["size"]))
    assert [line["type"] for line in page["entries"]] == ["opening", "proposal", "standing"]
    theirs = meridia.reads("record", "show", open_accord, "XTV", "--offset", "1", "--limit", "1")
    assert [line["n"] for line in theirs["entries"]] == [1]
    assert theirs["entries"][0]["later_than"]
    assert "Earlier than" in meridia.does("record", "show", open_accord).out


def test_a_damaged_entry_is_found_and_ends_with_5(site: FakeSite, open_accord: str, meridia: Terminal) -> None:
    hq = site.hqs["xmr"]
    (feed,) = (row for row in hq.records.feeds(open_accord) if row.feed.party == "XTV")  # type: ignore[arg-type]
    held = hq.records._entries  # type: ignore[attr-defined]
    rows = list(held[feed.feed])
    rows[0] = msgspec.structs.replace(rows[0], leaf=rows[0].leaf.replace(b'"n":0', b'"n":7'))
    held[feed.feed] = tuple(rows)
    typed = meridia.type("record", "verify", "--json")
    assert typed.code == 5
    verdicts = {line["party"]: line["sound"] for line in typed.json}
    assert verdicts == {"XMR": True, "XTV": False}


def test_a_proof_is_written_whole_and_never_over_a_file(open_accord: str, meridia: Terminal, tmp_path: Path) -> None:
    meridia.does("record", "proof", open_accord, "XTV/1", "-o", "proof.json")
    document = json.loads((tmp_path / "proof.json").read_bytes())
    assert [one["n"] for one in document["entries"]] == [1]
    assert FeedId.parse(document["feeds"][document["entries"][0]["feed"]]["origin"]).party == "XTV"
    assert meridia.type("record", "proof", open_accord, "XTV/0", "-o", "proof.json").code == 1
    assert json.loads((tmp_path / "proof.json").read_bytes()) == document
    assert meridia.type("record", "proof", open_accord, "XTV/99", "-o", "other.json").code == 1
    assert not (tmp_path / "other.json").exists()


def test_there_is_no_fork_proof_of_an_honest_partner(open_accord: str, meridia: Terminal, tmp_path: Path) -> None:
    typed = meridia.type("record", "fork-proof", open_accord, "XTV", "-o", "fork.json")
    assert typed.code == 1
    assert "No fork proof" in typed.err
    assert not (tmp_path / "fork.json").exists()


def test_a_fresh_epoch_is_opened_and_old_entries_stay_nameable(open_accord: str, meridia: Terminal) -> None:
    old = meridia.reads("record", "show", open_accord)["epoch"]
    new = meridia.reads("record", "reopen", open_accord)["epoch"]
    assert new != old
    assert meridia.reads("record", "show", open_accord)["epoch"] == new
    ambiguous = meridia.type("record", "proof", open_accord, "XMR/0", "-o", "p.json")
    assert ambiguous.code == 1
    assert "several epochs" in ambiguous.err
    meridia.does("record", "proof", open_accord, f"XMR/{old[:8]}/0", "-o", "p.json")


def test_a_proof_is_checked_where_there_is_no_headquarters_and_never_was(
    open_accord: str, meridia: Terminal, torvia: Terminal, tmp_path: Path
) -> None:
    """In a process of its own, in an empty folder, without settings: exactly what a third party has."""
    meridia.does("element", "add", "--kind", "report", "--set", "title=Bridge", "--set", "said=It is open.", who="pia")
    element = meridia.reads("element", "list", "--kind", "report")["elements"][0]["id"]
    request = meridia.reads(
        "release", "request", open_accord, element, "--realm", "intelligence", "--to", "XTV", who="pia"
    )
    meridia.does("release", "decide", request["id"], "--release", who="oda")
    meridia.does("exchange", "run")
    torvia.does("exchange", "run")
    meridia.does("exchange", "run")
    meridia.does("record", "proof", open_accord, "--element", element, "-o", "whole.json", who="")
    meridia.does("record", "proof", open_accord, "--element", element, "--without-text", "-o", "bare.json")
    torvia.does("record", "proof", open_accord, "--element", f"XMR/{element}", "-o", "theirs.json")
    said = elsewhere(tmp_path, "whole.json")
    assert said.returncode == 0
    assert "whole.json holds: every hash and signature in it fits." in said.stdout
    assert "XMR gave XTV the report “Bridge” (element " in said.stdout
    assert "by XTV's clock" in said.stdout
    assert "Not proved" in said.stdout
    assert list((tmp_path / "elsewhere").iterdir()) == []
    nobody = Terminal(FakeSite(tmp_path / "none.log"), "nowhere", who="")
    assert [one["text"] for one in nobody.reads("record", "verify", "--proof", "bare.json")["entries"]] == [""]
    assert "It is open." in nobody.does("record", "verify", "--proof", "theirs.json", "--show").out
    raw = (tmp_path / "whole.json").read_bytes()
    (tmp_path / "changed.json").write_bytes(raw.replace(b'"n":', b'"n":1', 1))
    refused = elsewhere(tmp_path, "changed.json")
    assert refused.returncode == 3
    assert refused.stderr.count("\n") == 1
    assert nobody.type("record", "verify", "--proof", "missing.json").code == 1


def elsewhere(tmp_path: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "elsewhere"
    folder.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "STAFFTALKS", "DATABASE"))
    }
    source = Path(stafftalks.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-m", "stafftalks.site", "record", "verify", "--proof", str(tmp_path / name), *more],
        cwd=folder, env=environment | {"PYTHONPATH": str(source), "COLUMNS": "200"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_proof_names_an_entry_or_an_element_and_a_file(open_accord: str, meridia: Terminal, tmp_path: Path) -> None:
    for words, said in (
        ((), "Say where the proof goes"),
        (("-o", "p.json"), "Name an entry, or an element"),
        (("XTV/1", "--element", "a", "-o", "p.json"), "Name an entry, or an element"),
        (("--element", "XTV/short", "-o", "p.json"), "is not an element id"),
        (("--element", f"XTV/{'a' * 26}", "-o", "p.json"), "is in any record of this accord"),
    ):
        typed = meridia.type("record", "proof", open_accord, *words)
        assert (typed.code, said in typed.err) == (1, True), typed.err
    assert not (tmp_path / "p.json").exists()
