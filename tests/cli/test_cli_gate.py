"""The gate's keeper at the terminal, and the officer who writes the rules out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stafftalks.links import words
from stafftalks.planning.letters import Ceiling, Letter
from stafftalks.record.card import fingerprint
from stafftalks.services import accords, elements, exchange
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import Instant
from tests.cli.stage import FakeSite, Terminal
from tests.fakes import HEAD
from tests.gate.stage import Gated, Open, rules, written
from tests.services.scenes import PROPOSAL


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[tuple[Gated, Open]]:
    meridia, torvia = Gated(tmp_path, "XMR", "Meridia"), Open(tmp_path, "XTV", "Torvia")
    meridia.knows(torvia)
    torvia.knows(meridia)
    yield meridia, torvia
    meridia.close()
    torvia.close()


@pytest.fixture
def keeper(gated: tuple[Gated, Open], site: FakeSite) -> Terminal:
    return Terminal(site, str(gated[0].gate.folder), who="")


def test_the_keeper_takes_cards_and_rules_and_passes_files(gated, keeper: Terminal, tmp_path: Path) -> None:
    meridia, torvia = gated
    (tmp_path / "torvia.card").write_bytes(torvia.hq.keyring.card_document())
    spoken = words.words(fingerprint(torvia.hq.keyring.card()))
    assert keeper.type("gate", "card", "torvia.card", heard="abandon\n").code == 1
    assert "card 1 of Torvia (XTV)" in keeper.does("gate", "card", "torvia.card", heard=spoken + "\n").out
    (tmp_path / "carried").write_bytes(b"")
    accord = accords.propose(meridia.hq, HEAD, [torvia.hq.party], PROPOSAL)
    (tmp_path / "carried").write_bytes(exchange.export(meridia.hq, torvia.hq.party, accord))
    nothing = keeper.type("gate", "check", "carried")
    assert nothing.code == 1
    assert "[gate-rules]" in nothing.err

    (tmp_path / "bad.toml").write_bytes(written(rules()).replace(b'"https"', b'"pigeon"', 1))
    bad = keeper.type("gate", "rules", "bad.toml")
    assert bad.code == 1
    assert "line " in bad.err
    assert keeper.type("gate", "rules").code == 1
    (tmp_path / "good.toml").write_bytes(written(rules()))
    assert "XMR RESTRICTED" in keeper.does("gate", "rules", "good.toml").out
    assert keeper.reads("gate", "rules")["letters"] == 1

    assert "would pass to XTV" in keeper.does("gate", "check", "carried").out
    verdict = keeper.reads("gate", "check", "carried")
    assert (verdict["partner"], verdict["accord"], verdict["refusals"]) == ("XTV", accord, [])
    assert keeper.reads("gate", "log")["total"] == 0  # looking leaves no trace
    assert "Only XTV can open it" in keeper.does("gate", "pass", "carried", "out").out
    assert exchange.take(torvia.hq, (tmp_path / "out").read_bytes(), "file").entries > 0
    (line,) = keeper.reads("gate", "log")["lines"]
    assert (line["way"], line["outcome"], line["partner"]) == ("file", "passed", "XTV")
    assert "Passed to XTV" in keeper.does("gate", "log").out
    assert "Nothing stands" in keeper.does("gate", "log", "--refused").out

    (tmp_path / "none.toml").write_bytes(written(rules(accords=())))
    keeper.does("gate", "rules", "none.toml")
    stopped = keeper.type("gate", "pass", "carried", "second")
    assert stopped.code == 1
    assert "[gate-accord]" in stopped.err
    assert not (tmp_path / "second").exists()
    assert keeper.reads("gate", "log", "--refused")["total"] == 1


def test_a_gate_is_set_up_from_the_headquarters_folder(site: FakeSite) -> None:
    keeper = Terminal(site, "door", who="")
    done = keeper.reads("gate", "init", "--from", "xmr", "--inner-listen", "10.0.0.2:8444")
    assert "The gate of XMR" in done["notes"][0]
    assert keeper.type("gate", "rules").code == 1  # the stage's gate is none


def test_an_officer_writes_the_letters_out_as_rules(meridia: Terminal, site: FakeSite, tmp_path: Path) -> None:
    hq = site.hqs["xmr"]
    ceiling = Ceiling(policy="XMR", classification="RESTRICTED")
    letter = Letter(
        title="Torvia",
        partner=PartyId("XTV"),
        kinds=("all",),
        ceilings=(ceiling,),
        valid_until=Instant(4_000_000_000),
    )
    elements.add(hq, HEAD, letter)
    elements.add(hq, HEAD, Letter(title="Stranger", partner=PartyId("XOU"), valid_until=Instant(4_000_000_000)))
    assert meridia.type("letter", "export", "-o", "rules.toml", who="pia").code == 1
    said = meridia.does("letter", "export", "-o", "rules.toml").out
    assert "1 letters for XTV" in said
    assert "XOU" in said
    assert 'level = "RESTRICTED"' in (tmp_path / "rules.toml").read_text()
    assert meridia.type("letter", "export", "-o", "rules.toml").code == 1
    assert meridia.reads("letter", "export", "-o", "again.toml")["partners"] == ["XTV"]


def test_status_and_export_say_that_a_gate_is_in_the_way(gated, site: FakeSite, tmp_path: Path) -> None:
    meridia, torvia = gated
    site.hqs["behind"] = meridia.hq
    officer = Terminal(site, "behind")
    accord = accords.propose(meridia.hq, HEAD, [torvia.hq.party], PROPOSAL)
    meridia.run(torvia)
    said = officer.does("exchange", "status").out
    assert f"Everything leaves through the gate at {meridia.hq.policy.gate}" in said
    assert "Last refused to XTV: The gate let nothing through" in said
    (line,) = officer.reads("exchange", "status")
    assert line["gate"] == meridia.hq.policy.gate
    assert line["gate_refused"].startswith("The gate let nothing through to XTV")
    assert "gate pass" in officer.does("exchange", "export", "--to", "XTV", "--accord", accord).out
