"""The record at the terminal: verified, read, proved; and a fault found ends with its own exit code."""

import json
from pathlib import Path

import msgspec

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
    assert document["n"] == 1
    assert FeedId.parse(document["origin"]).party == "XTV"
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
