"""Every foreseeable failure ends with its exit code and its sentences, never with a traceback."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from stafftalks.cli.app import build, hoist
from stafftalks.cli.failures import EXIT_CODES
from stafftalks.services.ports import Policy
from stafftalks.values.errors import HostError, MisuseError, PeerError, Refusal, RefusedError
from tests.cli.stage import FakeSite, Terminal


@pytest.mark.parametrize(
    ("fault", "code", "lines"),
    [
        (MisuseError("Not so."), 1, ["Not so."]),
        (RefusedError(Refusal("a", "One."), Refusal("b", "Two.")), 1, ["One. [a]", "Two. [b]"]),
        (PeerError("Bad bytes."), 3, ["Bad bytes."]),
        (HostError("Disk full."), 4, ["Disk full."]),
    ],
)
def test_each_branch_of_errors_has_its_exit_code(
    site: FakeSite, meridia: Terminal, fault: Exception, code: int, lines: list[str]
) -> None:
    site.fault = fault
    typed = meridia.type("accord", "list")
    assert (typed.code, typed.out, typed.err.splitlines()) == (code, "", lines)
    as_json = meridia.type("accord", "list", "--json")
    assert as_json.code == code
    assert as_json.json["exit_code"] == code
    assert as_json.json["error"] == str(fault)
    assert [refusal["sentence"] for refusal in as_json.json["refusals"]] == (["One.", "Two."] if len(lines) > 1 else [])


def test_something_unexpected_is_one_sentence_and_a_log(site: FakeSite, meridia: Terminal, tmp_path: Path) -> None:
    site.fault = ZeroDivisionError("planted")
    typed = meridia.type("accord", "list")
    assert typed.code == 70
    assert len(typed.err.splitlines()) == 1
    assert "stafftalks.log" in typed.err
    assert "Traceback" not in typed.err
    assert "planted" in (tmp_path / "stafftalks.log").read_text()


def test_something_unexpected_is_raised_in_full_with_debug(site: FakeSite, meridia: Terminal) -> None:
    site.fault = ZeroDivisionError("planted")
    with pytest.raises(ZeroDivisionError, match="planted"):
        meridia.type("--debug", "accord", "list")


def test_a_log_that_cannot_be_written_is_said_too(site: FakeSite, meridia: Terminal, tmp_path: Path) -> None:
    site.fault = ZeroDivisionError("planted")
    site._log = tmp_path
    typed = meridia.type("accord", "list")
    assert typed.code == 70
    assert "cannot be written" in typed.err


def test_an_act_without_a_person_lists_the_people(meridia: Terminal, accord: str) -> None:
    nobody = meridia.type("accord", "decline", accord, who="")
    assert nobody.code == 1
    assert "--as USERNAME" in nobody.err
    for username in ("ada", "hal", "oda", "pia"):
        assert username in nobody.err
    stranger = meridia.type("accord", "decline", accord, who="mallory")
    assert stranger.code == 1
    assert "Nobody acts here as 'mallory'" in stranger.err


def test_the_person_may_come_from_the_environment(meridia: Terminal, accord: str) -> None:
    typed = meridia.type("accord", "decline", accord, who="", env={"STAFFTALKS_AS": "hal"})
    assert typed.code == 0


def test_a_person_without_the_role_is_refused(meridia: Terminal, accord: str) -> None:
    typed = meridia.type("accord", "decline", accord, who="ava")
    assert typed.code == 1
    assert "[" in typed.err


def test_a_folder_without_headquarters_is_said(site: FakeSite) -> None:
    typed = Terminal(site, "elsewhere").type("accord", "list")
    assert typed.code == 1
    assert "stafftalks init" in typed.err


@pytest.mark.parametrize("words", [["bogus"], ["accord", "accept", "x"], ["element", "list", "--limit", "0"]])
def test_a_command_line_that_cannot_be_read_ends_with_2(meridia: Terminal, words: list[str]) -> None:
    typed = meridia.type(*words)
    assert typed.code == 2
    assert "Traceback" not in typed.err


def test_options_for_every_command_may_stand_anywhere() -> None:
    assert hoist(["accord", "list", "--json", "--as", "hal", "--home=x"]) == [
        "--json", "--as", "hal", "--home=x", "accord", "list",
    ]  # fmt: skip
    assert hoist(["accord", "ask", "x", "--", "--json"]) == ["accord", "ask", "x", "--", "--json"]
    assert hoist(["accord", "list", "--as"]) == ["--as", "accord", "list"]


def test_the_help_names_every_exit_code(site: FakeSite) -> None:
    shown = " ".join(CliRunner().invoke(build(site), ["--help"]).stdout.split())
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in shown


def test_a_failed_command_prints_one_document_only(meridia: Terminal, accord: str) -> None:
    typed = meridia.type("accord", "show", "zzzz", "--json")
    assert json.loads(typed.out)["exit_code"] == typed.code == 1


def test_a_damaged_bundle_changes_nothing_and_ends_with_3(
    accord: str, meridia: Terminal, torvia: Terminal, tmp_path: Path
) -> None:
    torvia.does("accord", "decline", accord)
    torvia.does("exchange", "export", "--to", "XMR", "--accord", accord, "-o", "good")
    before = meridia.reads("accord", "show", accord)
    raw = (tmp_path / "good").read_bytes()
    for name, bad in {"cut": raw[:-10], "empty": b"", "noise": b"\x00" * 100, "flipped": raw[:-1] + b"!"}.items():
        (tmp_path / name).write_bytes(bad)
        typed = meridia.type("exchange", "import", name)
        assert typed.code == 3, name
        assert len(typed.err.splitlines()) == 1
    assert torvia.type("exchange", "import", "good").code == 3
    assert meridia.type("exchange", "import", "missing").code == 1
    assert meridia.reads("accord", "show", accord) == before
    meridia.does("exchange", "import", "good")
    assert "Already taken in" in meridia.does("exchange", "import", "good").out


def test_an_export_never_writes_over_a_file_nor_says_that_it_was_sent(
    accord: str, meridia: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("kept")
    lines = meridia.reads("exchange", "log")["total"]
    for place in ("kept", "nowhere/file"):
        typed = meridia.type("exchange", "export", "--to", "XTV", "--accord", accord, "-o", place)
        assert typed.code == 1
        assert place in typed.err
    assert (tmp_path / "kept").read_text() == "kept"
    assert meridia.reads("exchange", "log")["total"] == lines


def test_what_does_not_fit_into_one_file_is_written_into_several(
    accord: str, site: FakeSite, meridia: Terminal, torvia: Terminal, tmp_path: Path
) -> None:
    for number in range(3):
        meridia.does("accord", "ask", accord, f"Question {number}: " + "why? " * 300)
    site.hqs["xmr"] = msgspec.structs.replace(site.hqs["xmr"], policy=Policy(max_bundle_bytes=2_000))
    said = meridia.does("exchange", "export", "--to", "XTV", "--accord", accord, "-o", "carried").out
    assert "carried-part2, carried-part3" in said
    assert torvia.type("exchange", "import", "carried-part2").code == 3
    for name in ("carried", "carried-part2", "carried-part3"):
        torvia.does("exchange", "import", name)
    assert len(torvia.reads("accord", "show", accord)["questions"]) == 3
    (tmp_path / "stick").mkdir()
    written = meridia.reads("exchange", "export", "--to", "XTV", "--accord", accord, "-o", "stick")
    assert [Path(file).stem[-6:] for file in written["further"]] == ["-part2", "-part3"]
