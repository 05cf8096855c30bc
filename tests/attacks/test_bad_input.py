"""Bad input: each case gives one clear sentence, raised and in the exchange log of both sides where the channel allows; nothing held is lost."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest

from stafftalks.links import sealing
from stafftalks.record import dsse
from stafftalks.services import accords, desk_reviews, elements, exchange, outgoing, pairing, releases
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import PartnerRow
from stafftalks.values.errors import PeerError, RefusedError
from stafftalks.values.ids import AccordId, PartyId
from tests.always_true.own import again
from tests.attacks.hostile import Hostile
from tests.fakes import ADMINISTRATOR, HEAD, OFFICER, PLANNER, FakeCarrier, make_hq, pair
from tests.services.scenes import PROPOSAL, accepted, asked, house, log, released, report, settle, talk

MAX_BYTES = 1 << 20
HEADER = len(sealing.MAGIC) + 2 + 8 + 2 + sealing.SEALED_KEY_BYTES
BLOCK = sealing.BLOCK_BYTES + sealing.TAG_BYTES


def with_real_sealing(*hqs: Headquarters) -> tuple[Headquarters, ...]:
    """The same headquarters with real keys and real sealing, not yet paired."""
    found = []
    for hq in hqs:
        private = sealing.new_private_key()
        hq.keyring.renew(hpke_key=sealing.public_key(private))
        sealer = sealing.HpkeSealer(lambda private=private: private, max_bytes=MAX_BYTES)
        found.append(msgspec.structs.replace(hq, sealer=sealer))
    return tuple(found)


@cache
def built() -> tuple[tuple[Headquarters, ...], AccordId]:
    one, other, third = house("XMR", "XTV", "XOU")
    for hq in (one, other, third):
        hq.partners._partners.clear()
    meridia, torvia, outsider = with_real_sealing(one, other, third)
    pair(meridia, torvia, outsider)
    accord = accepted(meridia, torvia)
    for number in range(4):
        released(meridia, accord, torvia, said=f"Report {number}. " + "r" * 19_000)
    settle(meridia, torvia)
    for number in range(8):
        released(meridia, accord, torvia, said=f"Held back {number}. " + "s" * 19_000)
    return (meridia, torvia, outsider), accord


def stage() -> tuple[Headquarters, Headquarters, Headquarters, AccordId]:
    """Meridia has some hundred kilobytes to say to Torvia; an outsider is paired with both but no party to the accord."""
    hqs, accord = built()
    return (*again(*hqs), accord)  # type: ignore[return-value]


def tables(hq: Headquarters) -> dict[str, dict[Any, Any]]:
    """Everything stored, but for the exchange log and how the sender stands, which tell of the refusal."""
    found = {name: dict(table) for name, table in hq.records._memory.tables.items() if name != "exchange log"}
    return {name: table for name, table in found.items() if name != "partners"}


def blocks(sealed: bytes) -> list[bytes]:
    body = sealed[HEADER:]
    return [body[at : at + BLOCK] for at in range(0, len(body), BLOCK)]


def joined(sealed: bytes, *pieces: bytes) -> bytes:
    return sealed[:HEADER] + b"".join(pieces)


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "does not begin as one"),
    "cut inside its header": (lambda s: s[:500], "cut short"),
    "cut at the end of a block": (lambda s: joined(s, *blocks(s)[:-1]), "cut short: after block"),
    "cut inside a block": (lambda s: s[:-1000], "does not open"),
    "cut to one byte": (lambda s: s[:1], "cut short"),
    "blocks out of order": (lambda s: joined(s, blocks(s)[1], blocks(s)[0], *blocks(s)[2:]), "out of order"),
    "a block repeated": (lambda s: joined(s, blocks(s)[0], blocks(s)[0], *blocks(s)[1:]), "repeated"),
    "something added": (lambda s: s + b"x" * BLOCK, "or the end was moved"),
    "a byte changed": (lambda s: s[:-9_000] + bytes([s[-9_000] ^ 1]) + s[-8_999:], "does not open"),
    "its header changed": (lambda s: s[:600] + bytes([s[600] ^ 1]) + s[601:], "header was changed"),
    "another format": (lambda s: s.replace(b"bundle/v1", b"bundle/v7", 1), "version that this headquarters cannot read"),
    "oversized": (lambda s: s + b"x" * (2 * MAX_BYTES), "over the limit"),
    "no bundle at all": (lambda _: b"PK\x03\x04 a spreadsheet", "not a Stafftalks bundle"),
}  # fmt: skip


class Damaging(FakeCarrier):
    """A wire that damages what it carries."""

    def __init__(self, sender: Headquarters, other: Headquarters, damage: Callable[[bytes], bytes]) -> None:
        super().__init__(sender, [other])
        self._damage = damage

    def exchange(self, partner: PartnerRow, sealed: bytes) -> bytes:
        return super().exchange(partner, self._damage(sealed))


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_on_the_way_is_told_in_a_sentence_on_both_sides_and_loses_nothing(name: str) -> None:
    damage, words = DAMAGE[name]
    meridia, torvia, _, accord = stage()
    sealed = exchange.export(meridia, torvia.party, accord)
    assert len(blocks(sealed)) > 2
    before = tables(torvia)
    with pytest.raises(PeerError, match=words) as refusal:
        exchange.take(torvia, damage(sealed), "file")
    assert str(refusal.value).endswith(".")
    assert log(torvia, "refused")[0] == str(refusal.value)
    assert tables(torvia) == before
    (round_,) = exchange.run(meridia, Damaging(meridia, torvia, damage), torvia.party)
    assert words in round_.error
    assert words in log(meridia, "refused")[0], "the sender reads why"
    assert words in log(torvia, "refused")[0]
    assert tables(torvia) == before
    talk(meridia, torvia)
    assert len(accords.view(torvia, accord).accord.sheets[meridia.party].released) == 12, "and what was meant arrives"


def sealed_by(hq: Headquarters, to: Headquarters, accord: AccordId, about: Headquarters | None = None) -> bytes:
    """A bundle of `hq` addressed to `about`, sealed to `to`."""
    partner = hq.partners.partner((about or to).party)
    row = hq.records.accord(accord)
    assert partner is not None
    assert row is not None
    return hq.sealer.seal(outgoing.compose(hq, row, partner).plaintext, [to.keyring.card().hpke_key])


def test_a_bundle_for_another_party_is_refused_on_both_sides_whoever_it_is_sealed_to() -> None:
    meridia, torvia, outsider, accord = stage()
    before = tables(outsider)
    for sealed, words in (
        (exchange.export(meridia, torvia.party, accord), "not sealed to this headquarters' key"),
        (sealed_by(meridia, outsider, accord, torvia), "wrongly addressed"),
    ):
        with pytest.raises(PeerError, match=words) as refusal:
            exchange.take(outsider, sealed, "file")
        assert log(outsider, "refused")[0] == str(refusal.value)
    assert tables(outsider) == before


def test_a_bundle_signed_by_another_key_is_refused() -> None:
    meridia, torvia, outsider, accord = stage()
    row = meridia.records.accord(accord)
    plain = outgoing.compose(meridia, row, meridia.partners.partner(torvia.party)).plaintext  # type: ignore[arg-type]
    size = 4 + int.from_bytes(plain[:4])
    payload = dsse.parse(plain[4:size], max_bytes=1 << 24).payload
    forged = Hostile(outsider, accord).signed(payload, plain[size:], meridia.party)
    before = tables(torvia)
    with pytest.raises(PeerError, match="wrongly signed") as refusal:
        exchange.take(torvia, outsider.sealer.seal(forged, [torvia.keyring.card().hpke_key]), "file")
    assert log(torvia, "refused")[0] == str(refusal.value)
    assert tables(torvia) == before


def test_a_bundle_of_a_party_that_is_not_paired_is_refused() -> None:
    meridia, torvia, _, accord = stage()
    (stranger,) = with_real_sealing(make_hq("XPA", clock=meridia.clock))
    pair(stranger, torvia)
    torvia.partners._partners.pop(PartyId("XPA"))
    stranger_accord = accords.propose(stranger, HEAD, [torvia.party], PROPOSAL)
    before = tables(torvia)
    with pytest.raises(PeerError, match="pair with it first") as refusal:
        exchange.take(torvia, exchange.export(stranger, torvia.party, stranger_accord), "file")
    assert log(torvia, "refused")[0] == str(refusal.value)
    assert tables(torvia) == before
    assert accord != stranger_accord


def test_a_bundle_over_anothers_connection_is_refused_and_told_to_whoever_brought_it() -> None:
    meridia, torvia, outsider, accord = stage()
    sealed = exchange.export(meridia, torvia.party, accord)
    before = tables(torvia)
    with pytest.raises(PeerError, match="came over XOU's connection") as refusal:
        exchange.reply(torvia, sealed, outsider.party)
    assert log(torvia, "refused")[0] == str(refusal.value)
    assert tables(torvia) == before


def test_a_file_that_was_refused_in_part_is_told_to_its_author_in_the_next_one() -> None:
    meridia, torvia, _, accord = stage()
    accords.ask(torvia, HEAD, accord, "To be spoilt.")
    hostile = Hostile(torvia, accord)
    bundle = hostile.honest(meridia)
    spoilt = msgspec.structs.replace(bundle, leaves={feed: [b"spoilt"] for feed in bundle.leaves})
    taken = exchange.take(meridia, hostile.sealed(spoilt, meridia), "file")
    assert taken.outcome == "refused"
    assert log(meridia, "refused")[0] == taken.sentence
    exchange.take(torvia, exchange.export(meridia, torvia.party, accord), "file")
    assert any(taken.sentence in sentence for sentence in log(torvia, "refused")), "its author reads why"


def test_the_same_file_twice_is_said_to_be_held_already() -> None:
    meridia, torvia, _, accord = stage()
    sealed = exchange.export(meridia, torvia.party, accord)
    exchange.take(torvia, sealed, "file")
    before = tables(torvia)
    assert "Already taken in before" in exchange.take(torvia, sealed, "file").sentence
    assert tables(torvia) == before
    assert "Already taken in before" in log(torvia, "repeated")[0]


@pytest.mark.parametrize("days", [365, -365])
def test_a_clock_a_year_off_is_said_on_both_sides_and_nothing_is_refused_for_it(days: int) -> None:
    meridia, torvia, _, accord = stage()
    wrong = again(torvia)[0]
    wrong.clock.advance(days * 86_400)
    accords.ask(wrong, HEAD, accord, "What time is it?")
    taken = exchange.take(meridia, exchange.export(wrong, meridia.party, accord), "file")
    words = f"XTV's clock is 365 days {'ahead of' if days > 0 else 'behind'} ours"
    assert (taken.outcome, taken.entries) == ("accepted", 1)
    assert words in log(meridia, "received")[0]
    back = exchange.take(wrong, exchange.export(meridia, wrong.party, accord), "file")
    assert back.outcome == "accepted"
    assert any(words in sentence for sentence in log(wrong, "received")), "the other side reads it too"


def test_a_card_of_another_party_or_of_ourselves_or_no_card_is_refused() -> None:
    meridia, torvia, outsider, _ = stage()
    before = meridia.partners.partners()
    for document, expected, words in (
        (outsider.keyring.card_document(), torvia.party, "the card of XOU"),
        (meridia.keyring.card_document(), torvia.party, "this headquarters' own code"),
    ):
        with pytest.raises(RefusedError) as refusal:
            pairing.add_partner(meridia, ADMINISTRATOR, document, None, expected=expected)
        assert words in refusal.value.refusals[0].sentence
    for junk in (b"", b"{}", b"\xff" * 100, torvia.keyring.card_document()[:-40]):
        with pytest.raises(PeerError):
            pairing.add_partner(meridia, ADMINISTRATOR, junk, None)
    document = torvia.keyring.card_document()
    changed = document[:200] + bytes([document[200] ^ 1]) + document[201:]
    with pytest.raises(PeerError):
        pairing.add_partner(meridia, ADMINISTRATOR, changed, None)
    assert meridia.partners.partners() == before


@pytest.mark.parametrize(
    ("realm", "audience"),
    [("intelligence", []), ("", ["XTV"]), ("", []), ("nowhere", ["XTV"]), ("intelligence", [""]), ("intelligence", ["XMR"])],
)  # fmt: skip
def test_an_empty_audience_or_realm_releases_nothing(realm: str, audience: list[str]) -> None:
    meridia, torvia, _, accord = stage()
    talk(meridia, torvia)
    row = elements.add(meridia, PLANNER, report("For nobody."))
    size = [feed.size for feed in meridia.records.feeds(accord)]
    wanted = releases.request(meridia, PLANNER, accord, row.id, realm, [PartyId(party) for party in audience])
    with pytest.raises(RefusedError) as refusal:
        releases.release(meridia, OFFICER, wanted.id)
    assert all(found.sentence.endswith(".") for found in refusal.value.refusals)
    assert desk_reviews.review(meridia, wanted.id, OFFICER).refusals == refusal.value.refusals
    assert [feed.size for feed in meridia.records.feeds(accord)] == size
    assert torvia.party not in exchange.due(meridia)
    assert b"For nobody" not in torvia.sealer.unseal(exchange.export(meridia, torvia.party, accord))


def test_a_realm_that_is_not_open_releases_nothing() -> None:
    meridia, torvia, _, accord = stage()
    accords.accept(torvia, HEAD, accord, [])
    talk(torvia, meridia)
    row = elements.add(meridia, PLANNER, report("Too late."))
    wanted = asked(meridia, accord, row, (torvia,), "intelligence")
    with pytest.raises(RefusedError):
        releases.release(meridia, OFFICER, wanted.id)
    assert b"Too late" not in torvia.sealer.unseal(exchange.export(meridia, torvia.party, accord))
