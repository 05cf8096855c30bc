"""Pairing takes nothing before the fingerprint that the partner reads out has been typed, and is that of the card."""

from pathlib import Path

import pytest

from stafftalks.links.words import words
from stafftalks.record.card import digits, fingerprint
from tests.cli.stage import FakeSite, Terminal
from tests.fakes import make_hq


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    """Meridia and Torvia before they have met, each one's card in a file."""
    monkeypatch.chdir(tmp_path)
    site = FakeSite(tmp_path / "log", make_hq("XMR"), make_hq("XTV"), make_hq("XEQ", addresses=()))
    for home in ("xmr", "xtv", "xeq"):
        Terminal(site, home).does("pair", "card", "-o", f"{home}.card")
    return Terminal(site, "xmr", "ada"), Terminal(site, "xtv", "ada")


def read_out(terminal: Terminal) -> dict[str, str]:
    """What the partner's people read from their own screen."""
    found: dict[str, str] = terminal.reads("pair", "card")
    return found


def test_a_card_shows_its_fingerprint_in_words_and_digits(strangers: tuple[Terminal, Terminal]) -> None:
    _, torvia = strangers
    raw = fingerprint(torvia.site.hqs["xtv"].keyring.card())
    page = read_out(torvia)
    assert page["words"] == words(raw)
    assert page["digits"] == digits(raw)
    assert len(page["words"].split()) == 12
    assert len("".join(page["digits"].split())) == 40
    shown = torvia.does("pair", "card").out
    assert page["words"] in shown
    assert page["digits"] in shown


@pytest.mark.parametrize("form", ["words", "digits"])
def test_a_partner_is_paired_once_its_fingerprint_is_typed(strangers: tuple[Terminal, Terminal], form: str) -> None:
    meridia, torvia = strangers
    meridia.does("pair", "add", "xtv.card", "--expect", "XTV", heard=read_out(torvia)[form].upper() + "\n")
    (line,) = meridia.reads("pair", "list")
    assert (line["party"], line["name"], line["paired_by"]) == ("XTV", "Torvia", "ada")


def test_the_fingerprint_may_be_given_as_an_option(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, torvia = strangers
    paired = meridia.does("pair", "add", "xtv.card", "--fingerprint", read_out(torvia)["words"], "--json").json
    assert paired["party"] == "XTV"


def test_a_fingerprint_of_another_card_is_refused(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, _ = strangers
    other = read_out(Terminal(meridia.site, "xeq"))["words"]
    typed = meridia.type("pair", "add", "xtv.card", heard=other + "\n")
    assert typed.code == 1
    assert "not that of this card" in typed.err
    assert meridia.reads("pair", "list") == []


def test_nothing_is_taken_where_nobody_types(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, _ = strangers
    typed = meridia.type("pair", "add", "xtv.card", heard="")
    assert typed.code == 1
    assert "--fingerprint" in typed.err
    assert meridia.reads("pair", "list") == []


def test_a_misheard_word_is_named(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, torvia = strangers
    heard = read_out(torvia)["words"].split()
    heard[2] = "xylophonist"
    typed = meridia.type("pair", "add", "xtv.card", "--fingerprint", " ".join(heard))
    assert typed.code == 1
    assert "Word 3" in typed.err


def test_a_card_of_another_party_is_refused_before_anything_is_asked(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, _ = strangers
    typed = meridia.type("pair", "add", "xeq.card", "--expect", "XTV")
    assert typed.code == 1
    assert "card of XEQ" in typed.err
    assert "not of XTV" in typed.err
    own = meridia.type("pair", "add", "xmr.card", "--fingerprint", read_out(meridia)["words"])
    assert own.code == 1
    assert "own code" in own.err


def test_bytes_that_are_no_card_are_the_outside_s_fault(strangers: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    meridia, _ = strangers
    raw = (tmp_path / "xtv.card").read_bytes()
    for name, bad in {"cut": raw[:-5], "empty": b"", "noise": b"{}"}.items():
        (tmp_path / name).write_bytes(bad)
        assert meridia.type("pair", "add", name).code == 3, name
    (tmp_path / "large").write_bytes(raw * 100)
    assert meridia.type("pair", "add", "large").code == 1


def test_a_renewed_card_needs_no_fingerprint(strangers: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    meridia, torvia = strangers
    meridia.does("pair", "add", "xtv.card", "--fingerprint", read_out(torvia)["words"])
    renewed = torvia.site.hqs["xtv"].keyring.renew()  # type: ignore[attr-defined]
    (tmp_path / "renewed.card").write_bytes(renewed)
    meridia.does("pair", "add", "renewed.card")
    assert meridia.reads("pair", "list")[0]["card_version"] == 2


def test_a_card_is_never_written_over_a_file(strangers: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    meridia, _ = strangers
    before = (tmp_path / "xtv.card").read_bytes()
    assert meridia.type("pair", "card", "-o", "xtv.card").code == 1
    assert (tmp_path / "xtv.card").read_bytes() == before


def test_a_renewed_card_is_taken_without_comparing_again(strangers: tuple[Terminal, Terminal]) -> None:
    meridia, torvia = strangers
    meridia.does("pair", "add", "xtv.card", "--fingerprint", read_out(torvia)["words"])
    renewed = torvia.does("pair", "renew", "--address", "https://moved.example:8443", "--json").json
    assert renewed["version"] == 2
    torvia.does("pair", "card", "-o", "xtv-2.card")
    meridia.does("pair", "add", "xtv-2.card")
    (line,) = meridia.reads("pair", "list")
    assert (line["card_version"], line["addresses"]) == (2, ["https://moved.example:8443"])


def test_only_an_administrator_or_head_renews_the_card(strangers: tuple[Terminal, Terminal]) -> None:
    _, torvia = strangers
    typed = Terminal(torvia.site, "xtv", "pia").type("pair", "renew")
    assert typed.code == 1
    assert "administrator" in typed.err
    assert torvia.type("pair", "renew", "--by-hand", "--address", "https://a.example:1").code == 1
