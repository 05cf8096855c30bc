"""A headquarters behind its gate and a partner without one, over HTTPS on loopback: what passes, what is refused, and who is told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stafftalks.gate import log as gate_log
from stafftalks.gate.folder import GateConfig, GateFolder
from stafftalks.gate.passing import REFUSED, Gate, GateRefusedError
from stafftalks.links import keys, sealing, tls
from stafftalks.links.door import HELLO_PATH
from stafftalks.links.gateseal import read_gate_card
from stafftalks.node.server import NodeServer
from stafftalks.planning.intelligence import Report
from stafftalks.record.card import fingerprint, open_card
from stafftalks.services import accords, elements, exchange, outgoing, recalls, records, releases
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.label import Marking
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.gate.stage import QUICK, Gated, Open, agreed, letter, refused, rules, size, two_sides
from tests.letters import broad
from tests.node.house import ask, free_place, post
from tests.services.scenes import PROPOSAL

RESTRICTED = Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",))


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Gated, Open]]:
    with two_sides(tmp_path) as both:
        yield both


def released(meridia: Gated, accord, torvia: Open, marking: Marking = RESTRICTED, said: str = "The proposal was made."):
    if not meridia.hq.holdings.find(kind="letter")[0]:
        elements.add(meridia.hq, HEAD, broad(torvia.hq.party))  # what the desk permits is wider than what the gate does
    row = elements.add(meridia.hq, PLANNER, Report(title="Proposal", said=said, marking=marking))
    request = releases.request(meridia.hq, PLANNER, accord, row.id, "intelligence", [torvia.hq.party])
    releases.release(meridia.hq, OFFICER, request.id)
    return row.id


def test_a_release_a_recall_and_answers_both_ways_pass(sides):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    element = released(meridia, accord, torvia)
    assert not any(done.error for done in meridia.run(torvia))
    assert [held.element for held in releases.partner_view(meridia.hq, accord, torvia.hq.party)] == [element]
    assert size(torvia.hq, accord, "XMR") == size(meridia.hq, accord, "XMR")
    recalls.recall(meridia.hq, HEAD, accord, element)
    assert not any(done.error for done in torvia.run(meridia))  # the recall goes in answer
    assert recalls.honour_recalls(torvia.hq) == 1
    assert not any(done.error for done in torvia.run(meridia))
    for side in sides:
        assert all(report.sound for report in records.verify(side.hq, accord))
    assert refused(meridia) == []
    passed = [line for line in gate_log.read(meridia.gate.log_file) if line.outcome == "passed"]
    assert {line.way for line in passed} == {"sent", "answer"}
    assert [line.releases for line in passed if line.releases] == [(element,)]


def test_once_it_is_recalled_the_rest_goes_on(sides):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    element = released(meridia, accord, torvia, Marking("XMR", "SECRET"))
    assert "gate-ceiling" in meridia.run(torvia)[0].error
    recalls.recall(meridia.hq, HEAD, accord, element)
    assert not any(done.error for done in meridia.run(torvia))
    assert size(torvia.hq, accord, "XMR") == size(meridia.hq, accord, "XMR")


def test_without_rules_or_with_a_fault_in_them_nothing_leaves(sides):
    meridia, torvia = sides
    agreed(meridia, torvia)
    sound = meridia.gate.rules_file.read_bytes()
    meridia.gate.rules_file.write_bytes(sound.replace(b'"https"', b'"pigeon"', 1))
    assert "line " in meridia.run(torvia)[0].error
    meridia.gate.rules_file.unlink()
    assert "has no rules" in meridia.run(torvia)[0].error
    assert torvia.run(meridia)[0].error
    assert {rule for _, rule in refused(meridia)} == {("gate-rules",)}
    with pytest.raises(MisuseError, match="gate of XMR"):
        meridia.gate.install(sound.replace(b'party = "XMR"', b'party = "XPA"', 1))
    meridia.gate.install(sound)
    assert not meridia.run(torvia)[0].error


def test_a_gate_that_is_down_lets_nothing_through_and_that_is_said(sides):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    accords.ask(meridia.hq, HEAD, accord, "Which realms?")
    meridia.stop_gate()
    (done,) = meridia.run(torvia)
    assert "does not answer" in done.error
    assert "Nothing leaves for Torvia until the gate runs again." in done.error
    assert "node is down" in torvia.run(meridia)[0].error
    assert size(torvia.hq, accord, "XMR") < size(meridia.hq, accord, "XMR")


def test_a_log_that_cannot_be_written_lets_nothing_through(sides):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    meridia.gate.log_file.unlink()
    meridia.gate.log_file.mkdir()
    accords.ask(meridia.hq, HEAD, accord, "Which realms?")
    assert "log" in meridia.run(torvia)[0].error
    assert size(torvia.hq, accord, "XMR") < size(meridia.hq, accord, "XMR")


def test_what_a_partner_receives_has_the_size_that_it_has_without_a_gate(sides):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    came: list[int] = []

    def heard(hq, sealed, party):
        came.append(len(sealed))
        return exchange.reply(hq, sealed, party)

    torvia.server.stop()
    torvia.server = NodeServer(torvia.place, torvia.hq, torvia.keys / keys.TLS, reply=heard, limits=QUICK)
    torvia.server.start()
    accords.ask(meridia.hq, HEAD, accord, "Which realms?")
    row, partner = meridia.hq.records.accord(accord), meridia.hq.partners.partner(torvia.hq.party)
    plaintext = outgoing.compose(meridia.hq, row, partner).plaintext
    meridia.run(torvia)
    assert came[0] == sealing.sealed_size(len(plaintext), 1)


def test_a_partner_reads_the_same_answers_from_a_gate_as_from_a_node(sides):
    meridia, torvia = sides
    agreed(meridia, torvia)
    beside = NodeServer(free_place(), meridia.hq, meridia.gate.tls, limits=QUICK)
    beside.start()
    hello = f"GET {HELLO_PATH} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n".encode()
    asked = [
        hello, post(b"noise"), post(b""), post(b"x", path="/v1/nothing"), post(b"x", path="/v1/refused"), b"POST /v1/bundles HTTP/1.1\r\n\r\n",
        post(b"stafftalks/bundle/v1\n"), post(b"x").replace(b"vnd.stafftalks.bundle", b"json"), hello.replace(b"GET", b"POST"),
    ]  # fmt: skip
    try:
        assert meridia.serving is not None
        answers = [
            [_asked(place, torvia, raw) for raw in asked] for place in (beside.address, meridia.serving.outer.address)
        ]
    finally:
        beside.stop()
    moments = [[b"" if b'"now"' in answer else answer for answer in told] for told in answers]
    assert moments[0] == moments[1]
    assert all(answer.startswith(b"HTTP/1.1 ") for answer in answers[1])


def _asked(place: str, by: Open, raw: bytes) -> bytes:
    host, _, port = place.rpartition(":")
    card = by.hq.partners.partner("XMR").card
    context = tls.client_context(by.keys / keys.TLS, open_card(card).tls_certificate)
    answer = ask(context.wrap_socket(socket.create_connection((host, int(port)), timeout=10)), raw)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Date:")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def test_strangers_and_partners_are_kept_apart_on_both_doors(sides, tmp_path):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    stranger = Open(tmp_path, "XOU", "Outsider")
    stranger.knows(meridia)
    stranger_row = stranger.hq.partners.partner("XMR")
    with pytest.raises(HostError, match=r"refused our certificate|broke off"):
        stranger.carrier.exchange(stranger_row, b"x")
    stranger.close()
    host, _, port = meridia.hq.policy.gate.removeprefix("https://").rpartition(":")
    context = tls.client_context(torvia.keys / keys.TLS, read_gate_card(meridia.keys / "gate")[1])
    connection = context.wrap_socket(socket.create_connection((host, int(port)), timeout=10))
    assert ask(connection, post(b"x")) == b""
    # What is the partner's own business is bounded by the gate; what it may not be answered it is not told.
    (done,) = [one for one in torvia.run(meridia) if one.accord == accord]
    assert not done.error


def test_cards_are_taken_only_after_comparing_and_renewed_by_the_card_held(sides, tmp_path):
    meridia, torvia = sides
    gate = meridia.gate
    partial = Open(tmp_path, "XPA", "Partial Partner")
    partial.close()
    document, card = partial.hq.keyring.card_document(), partial.hq.keyring.card()
    for compared in (None, bytes(16)):
        with pytest.raises(MisuseError, match="not compared"):
            gate.take_card(document, compared)
    assert "XPA" not in gate.cards()
    gate.take_card(document, fingerprint(card))
    keys.renew_card(torvia.keys, now=2, addresses=[f"https://{torvia.place}"])
    renewed = torvia.hq.keyring.card_document()
    gate.take_card(renewed, None)
    assert [held.opened.version for held in gate.cards()[torvia.hq.party]] == [2, 1]
    with pytest.raises(PeerError, match="version"):
        gate.take_card(renewed, None)
    with pytest.raises(PeerError):
        gate.take_card(renewed[:-2], None)


def test_a_partner_without_a_card_at_the_gate_gets_nothing(sides):
    meridia, torvia = sides
    for path in (meridia.gate.folder / "cards").glob("XTV.*"):
        path.unlink()
    accords.propose(meridia.hq, HEAD, [torvia.hq.party], PROPOSAL)
    assert "[gate-card]" in meridia.run(torvia)[0].error


def test_a_file_passes_the_same_judgement(sides, tmp_path):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    meridia.permits(rules(letter(methods=("file",))))
    released(meridia, accord, torvia)
    gate = Gate(meridia.gate)
    carried = exchange.export(meridia.hq, torvia.hq.party, accord)
    passed = gate.let_out(carried, "file")
    taken = exchange.take(torvia.hq, passed.sealed, "file")
    assert taken.entries >= 1
    assert not taken.refusals
    for wrong in (carried[:-1], b"noise", torvia.own_sealer.seal(b"noise", [meridia.hq.keyring.card().hpke_key])):
        with pytest.raises(GateRefusedError, match="gate-bundle"):
            gate.let_out(wrong, "file")
    meridia.permits(rules(letter(methods=("https",)), methods=("https",)))
    with pytest.raises(GateRefusedError, match="gate-method"):
        gate.let_out(carried, "file")


def test_the_gates_keys_and_log_are_its_accounts_alone_and_a_second_gate_is_not_set_up(sides, tmp_path):
    meridia, torvia = sides
    agreed(meridia, torvia)
    assert not (meridia.keys / keys.TLS).exists()
    assert tls.pin(meridia.hq.keyring.card().tls_certificate)
    for path in meridia.gate.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    settings = GateConfig(meridia.hq.party, "127.0.0.1:1", "127.0.0.1:2", "https://127.0.0.1:3")
    with pytest.raises(MisuseError, match="not empty"):
        meridia.gate.set_up(settings, meridia.keys)
    with pytest.raises(MisuseError, match="has a gate already"):
        GateFolder(tmp_path / "second").set_up(settings, meridia.keys)
    with pytest.raises(MisuseError, match="No gate is set up"):
        GateFolder(tmp_path / "third").config()


def test_the_gates_words_are_those_by_which_the_headquarters_finds_them():
    assert exchange.GATE_REFUSED == REFUSED
