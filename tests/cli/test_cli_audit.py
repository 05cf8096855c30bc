"""The logs at the terminal: checked, written down, taken out; a file of them is checked where there is no headquarters."""

import json
from pathlib import Path

import pytest

from stafftalks.services.logs import JOURNAL
from tests.cli.stage import FakeSite, Terminal


def spoil(site: FakeSite, n: int) -> None:
    lines = site.hqs["xmr"].journal._memory.table("journal")  # type: ignore[attr-defined]
    row, line = lines[n]
    line.says["sentence"] = "It never happened."
    lines[n] = (row, line)


def test_a_sound_log_is_said_so_and_the_check_is_journalled(
    site: FakeSite, open_accord: str, meridia: Terminal
) -> None:
    heads = meridia.reads("audit", "head")
    assert [one["log"] for one in heads] == ["journal", "exchange"]
    assert heads[0]["head"] == f"journal:{heads[0]['size']}:{heads[0]['value']}"
    words = meridia.does("audit", "verify", "--since", heads[0]["head"], "--since", heads[1]["head"]).out
    assert words.count("fits the one before it") == 2
    assert words.count("was changed since that head was written down") == 2
    assert "was checked to line" in meridia.does("audit", "status").out
    assert site.hqs["xmr"].journal.find(act="log checked", person="hal")[0] == 2
    meridia.does("audit", "verify", who="")
    assert site.hqs["xmr"].journal.find(act="log checked", person="terminal")[0] == 2


def test_a_changed_line_ends_with_5_and_is_named(site: FakeSite, open_accord: str, meridia: Terminal) -> None:
    spoil(site, 1)
    typed = meridia.type("audit", "verify", "--json")
    assert typed.code == 5
    journal, exchange = typed.json
    assert (journal["sound"], journal["n"], exchange["sound"]) == (False, 1, True)
    assert journal["sentence"].startswith("Line 1 of the journal does not fit the line before it")
    assert "does not fit" in meridia.does("audit", "status").out


def test_a_log_that_was_cut_short_shows_against_heads_in_a_file(
    site: FakeSite, open_accord: str, meridia: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "heads.txt").write_text(meridia.does("audit", "head").out)
    lines = site.hqs["xmr"].journal._memory.table("journal")  # type: ignore[attr-defined]
    del lines[len(lines) - 1]
    typed = meridia.type("audit", "verify", "--since-file", "heads.txt")
    assert typed.code == 5
    assert "lines were removed from its end" in typed.out


def test_lines_are_taken_out_and_checked_from_the_file_alone(
    site: FakeSite, open_accord: str, meridia: Terminal, tmp_path: Path
) -> None:
    head = meridia.reads("audit", "head")[0]["head"]
    taken = meridia.reads("audit", "export", "-o", "logs.jsonl", "--log", "both")
    raw = (tmp_path / "logs.jsonl").read_bytes()
    assert taken["lines"] == raw.count(b"\n")
    assert json.loads(raw.splitlines()[0])["log"] == "journal"
    alone = Terminal(FakeSite(tmp_path / "none.log"), "nowhere", who="")
    said = alone.does("audit", "verify", "--file", "logs.jsonl", "--since", head).out
    assert "each is as it was written after the one before it" in said
    assert "agrees with the heads that were written down at " in said
    (tmp_path / "changed.jsonl").write_bytes(raw.replace(b'"person":"hal"', b'"person":"oda"', 1))
    assert alone.type("audit", "verify", "--file", "changed.jsonl").code == 5
    (tmp_path / "other.jsonl").write_bytes(b"no line\n")
    assert alone.type("audit", "verify", "--file", "other.jsonl").code == 3
    assert alone.type("audit", "verify", "--file", "missing.jsonl").code == 1


def test_a_window_is_taken_out_by_time_person_and_act(open_accord: str, meridia: Terminal, tmp_path: Path) -> None:
    some = meridia.reads("audit", "export", "-o", "a.jsonl", "--who", "hal", "--act", "proposal")
    assert some["lines"] == 1
    assert "lines are left out" not in meridia.does("audit", "verify", "--file", "a.jsonl").out
    assert (
        meridia.reads(
            "audit", "export", "-o", "b.csv", "--form", "csv", "--from", "2025-11-22", "--until", "2025-11-22"
        )["lines"]
        > 1
    )
    assert meridia.reads("audit", "export", "-o", "c.cef", "--form", "cef", "--until", "2025-11-21T23:00")["lines"] == 0
    assert (tmp_path / "b.csv").read_text().startswith('\ufeff"n","time","at","person"')
    assert meridia.reads("audit", "export", "-o", "d.cef", "--log", "exchange", "--form", "cef")["lines"] > 0
    assert (tmp_path / "d.cef").read_text().startswith("CEF:0|Stafftalks|")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--log", "others"), "There is no log"),
        (("--form", "xml"), "There is no form"),
        (("--log", "both", "--form", "csv"), "different columns"),
        (("--from", "yesterday"), "no day or time"),
    ],
)
def test_what_cannot_be_taken_out_leaves_no_file_and_no_line(
    words: tuple[str, ...], said: str, site: FakeSite, open_accord: str, meridia: Terminal, tmp_path: Path
) -> None:
    before = site.hqs["xmr"].journal.head()
    typed = meridia.type("audit", "export", "-o", "x.jsonl", *words)
    assert typed.code == 1
    assert said in typed.err
    assert not (tmp_path / "x.jsonl").exists()
    assert site.hqs["xmr"].journal.head() == before
    assert before.log == JOURNAL


def test_sending_says_how_many_lines_went(meridia: Terminal) -> None:
    meridia.site.digests = (7, ())
    assert meridia.reads("audit", "send") == {"lines": 7, "failures": []}
    meridia.site.digests = (0, ("Nobody answered.",))
    assert meridia.type("audit", "send").code == 4
