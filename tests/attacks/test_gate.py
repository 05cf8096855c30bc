"""A headquarters that is broken, or in hostile hands, behind its gate: what it signs and sends by its own keys does not leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stafftalks.gate.passing import REFUSED, Gate, GateRefusedError
from stafftalks.links import gateseal, keys, tls
from stafftalks.links.carrier import HttpsCarrier
from stafftalks.links.gateseal import Packed, read_gate_card
from stafftalks.record import canon
from stafftalks.services import exchange, outgoing
from stafftalks.values.errors import HostError, PeerError
from tests.attacks.hostile import Hostile
from tests.gate.stage import Gated, Open, agreed, refused, size, two_sides
from tests.gate.test_gate_judging import release


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Gated, Open]]:
    with two_sides(tmp_path) as both:
        yield both


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (release({"marking": {"policy": "XMR", "classification": "SECRET"}}), "gate-ceiling"),
        (release({"said": "(S) Above the ceiling in one portion."}), "gate-ceiling"),
        (release({"marking": None}), "gate-label"),
        (release(realm="operations"), "gate-realm"),
        (release(to=["XPA"]), "gate-audience"),
    ],
)
def test_what_a_broken_headquarters_signs_and_sends_stops_at_the_gate(sides, body, rule):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    before = size(torvia.hq, accord, "XMR")
    Hostile(meridia.hq, accord).says("release", canon.encode(body))
    (done,) = meridia.run(torvia)
    assert done.error.startswith(f"{REFUSED} to XTV: Entry XMR/")
    assert f"[{rule}]" in done.error
    assert [(way, rule in rules) for way, rules in refused(meridia)] == [("sent", True)]
    assert exchange.last_gate_refusal(meridia.hq, torvia.hq.party).sentence.startswith(exchange.GATE_REFUSED)
    (status,) = exchange.status(meridia.hq)
    assert status.sentence == status.partner.sending.last_error == done.error
    (asked,) = torvia.run(meridia)  # and in answer to the partner it goes no better
    assert asked.error == "Meridia's node cannot take it now: This headquarters cannot take it now: try again later."
    assert [(way, rule in rules) for way, rules in refused(meridia)][1:] == [("answer", True)]
    told = [row for row in meridia.hq.log.find(outcome="refused")[1] if row.direction == "out"]
    assert len(told) == 2
    assert {row.partner for row in told} == {"XTV"}
    assert size(torvia.hq, accord, "XMR") == before


def test_the_headquarters_cannot_go_round_its_gate(sides, tmp_path):
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    row = meridia.hq.partners.partner(torvia.hq.party)
    sealed = meridia.own_sealer.seal(
        outgoing.compose(meridia.hq, meridia.hq.records.accord(accord), row).plaintext,
        [torvia.hq.keyring.card().hpke_key],
    )
    with pytest.raises(HostError, match="TLS key"):
        HttpsCarrier(meridia.keys / keys.TLS, max_answer_bytes=1_000).exchange(row, sealed)
    own_making = tmp_path / "made.key"
    own_making.write_bytes(tls.new_certificate(["https://127.0.0.1:1"])[0])
    with pytest.raises(HostError, match=r"refused our certificate|broke off"):
        HttpsCarrier(own_making, max_answer_bytes=1_000).exchange(row, sealed)
    line = meridia.keys / "gate" / "line.key"
    with pytest.raises(HostError, match=r"refused our certificate|broke off"):
        HttpsCarrier(line, max_answer_bytes=1_000).exchange(row, sealed)
    # What it exports for hand carriage is sealed to the gate, and to the partner no bundle at all.
    with pytest.raises(PeerError, match="not sealed to"):
        exchange.take(torvia.hq, exchange.export(meridia.hq, torvia.hq.party, accord), "file")


def test_what_is_judged_for_one_partner_cannot_go_to_another(sides, tmp_path):
    """It names Torvia, for whom there are rules, and packs what it composed for somebody else; or answers one who asked with what is for another."""
    meridia, torvia = sides
    accord = agreed(meridia, torvia)
    partial = Open(tmp_path, "XPA", "Partial Partner")
    meridia.takes(partial)
    partial.close()
    row = meridia.hq.records.accord(accord)
    plaintext = outgoing.compose(meridia.hq, row, meridia.hq.partners.partner(partial.hq.party)).plaintext
    gate, gate_key = Gate(meridia.gate), read_gate_card(meridia.keys / "gate")[0]

    def sealed(to: str) -> bytes:
        return meridia.own_sealer.seal(gateseal.pack(Packed(to, {}, plaintext)), [gate_key])

    for to, waits, rule in (
        ("XTV", None, "gate-bundle"),
        ("XPA", None, "gate-partner"),
        ("XPA", torvia.hq.party, "gate-recipient"),
        ("XTV", torvia.hq.party, "gate-bundle"),
        ("XMR", None, "gate-card"),
        ("XOU", None, "gate-card"),
    ):
        with pytest.raises(GateRefusedError, match=rule):
            gate.let_out(sealed(to), "answer" if waits else "sent", waits)


def test_noise_at_the_gate_is_refused_and_never_a_fault(sides):
    meridia, torvia = sides
    agreed(meridia, torvia)
    gate, gate_key = Gate(meridia.gate), read_gate_card(meridia.keys / "gate")[0]
    heads = (
        b"",
        b"{}",
        b"[1]",
        b'{"frontiers":[],"to":"XTV"}',
        b'{"frontiers":{"x":"!"},"to":"XTV"}',
        b'{"frontiers":{},"to":"x"}',
        b"\xff",
    )
    packed = [gateseal.MAGIC + len(head).to_bytes(4, "big") + head + b"rest" for head in heads]
    packed += [b"", gateseal.MAGIC, gateseal.MAGIC + b"\xff" * 4, b"stafftalks/gate/v2\n" + b"\x00" * 40]
    for noise in packed:
        with pytest.raises(GateRefusedError, match="gate-bundle"):
            gate.let_out(meridia.own_sealer.seal(noise, [gate_key]), "sent")
    for noise in (b"", b"noise", meridia.own_sealer.seal(packed[1], [torvia.hq.keyring.card().hpke_key])):
        with pytest.raises(GateRefusedError, match="gate-bundle"):
            gate.let_out(noise, "sent")
    assert {rules for _, rules in refused(meridia)} == {("gate-bundle",)}
