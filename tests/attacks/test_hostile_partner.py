"""What a paired partner gone bad once could do to a headquarters, each found by reading or by the fuzzer, and each now refused."""

import random

import msgspec
import pytest

from stafftalks.accord.bodies import Charter, Founder, Release, decode_charter, encode_body, encode_charter
from stafftalks.record import canon
from stafftalks.record import note as notes
from stafftalks.record.b64 import url
from stafftalks.services import accords, appending, exchange, incoming, records
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import PartyId
from tests.attacks.hostile import Hostile, continues_our_record, sends_everything_again, signs_lines_without_end
from tests.fakes import HEAD, FakeCarrier, FakeClock, make_hq, pair
from tests.services.scenes import PROPOSAL, accepted, house, log, released, settle, talk


def scene() -> tuple[Headquarters, Headquarters, Hostile]:
    meridia, torvia, other = house("XMR", "XTV", "XEQ")
    accord = accepted(meridia, torvia, other)
    released(meridia, accord, torvia, said="For Torvia alone.")
    settle(meridia, torvia, other)
    return meridia, torvia, Hostile(other, accord)


def own(hq: Headquarters, hostile: Hostile) -> object:
    return [row for row in hq.records.feeds(hostile.accord) if row.feed.party == hq.party]


def test_a_range_beyond_our_own_end_closes_nothing_unless_our_key_signed_it() -> None:
    meridia, _, hostile = scene()
    before = own(meridia, hostile)
    for seed in range(12):
        forged = continues_our_record(hostile, meridia, hostile.honest(meridia), random.Random(seed))
        taken = exchange.take(meridia, hostile.sealed(forged, meridia), "file")
        assert "older than what was sent" not in taken.sentence
    assert own(meridia, hostile) == before


def test_cosignatures_without_end_do_not_make_our_head_too_long_to_send() -> None:
    meridia, torvia, hostile = scene()
    for seed in range(40):
        forged = signs_lines_without_end(hostile, meridia, hostile.honest(meridia), random.Random(seed))
        exchange.take(meridia, hostile.sealed(forged, meridia), "file")
    for row in meridia.records.feeds(hostile.accord):
        names = [line.name for line in notes.parse(row.note).signatures]
        assert len(names) == len(set(names)) <= 4, "its author's line, and one a party"
    accords.ask(meridia, HEAD, hostile.accord, "Does this still arrive?")
    talk(meridia, torvia)
    assert all(report.sound for report in records.verify(torvia, hostile.accord))
    assert torvia.records.feed(own(meridia, hostile)[0].feed).size == own(meridia, hostile)[0].size


def test_a_cosignature_from_the_end_of_time_is_no_receipt() -> None:
    meridia, _, hostile = scene()
    for seed in range(40):
        forged = signs_lines_without_end(hostile, meridia, hostile.honest(meridia), random.Random(seed))
        exchange.take(meridia, hostile.sealed(forged, meridia), "file")
    for row in meridia.records.feeds(hostile.accord):
        assert all(receipt.at < canon.INTEGER_BOUND for receipt in meridia.records.receipts(row.feed))


def test_a_wrong_text_for_an_entry_held_without_its_text_is_the_partners_fault_and_not_our_disks() -> None:
    meridia, torvia, hostile = scene()
    # The hostile party holds Meridia's sealed entry without its text, and sends it to Torvia with a text of its own.
    partial = make_hq("XTV", clock=torvia.clock)
    pair(partial, meridia, hostile.hq)
    exchange.take(partial, hostile.sealed(hostile.honest(torvia), partial), "file")
    hostile.hq.records.put_holding(torvia.party, hostile.accord, {})
    exchange.take(partial, hostile.sealed(hostile.honest(torvia), partial), "file")
    refused = 0
    for seed in range(20):
        forged = sends_everything_again(hostile, partial, hostile.honest(torvia), random.Random(seed))
        refused += "not the one its author committed to" in exchange.take(
            partial, hostile.sealed(forged, partial), "file"
        ).sentence  # fmt: skip
    assert refused
    assert all(report.sound for report in records.verify(partial, hostile.accord))


def test_an_audience_of_thousands_is_kept_as_the_parties_that_are_in_the_accord() -> None:
    meridia, _, hostile = scene()
    to = (*(PartyId(f"X{number}") for number in range(9000)), PartyId("a b\x00"), meridia.party)
    place = hostile.says("sealed", encode_body(Release("intelligence", to, "{}")))
    exchange.take(meridia, hostile.sealed(hostile.honest(meridia), meridia), "file")
    (entry,) = meridia.records.entries(hostile.row.feed, place.n, place.n + 1)
    assert entry.audience == (meridia.party,)


def test_an_epoch_that_continues_a_negative_size_is_refused() -> None:
    meridia, _, hostile = scene()
    opening = {
        "charter": hostile.hq.records.accord(hostile.accord).charter.decode(),
        "previous": {"epoch": hostile.row.feed.epoch, "root": "", "size": -1},
        "reason": "restore",
        "type": "opening",
    }
    with hostile.hq.transactions.atomic():
        appending.open_epoch(hostile.hq, accords.lock_and_load(hostile.hq, hostile.accord), "restore")
    fresh = hostile.row
    lied = make_opening(hostile, fresh, canon.encode(opening))
    taken = exchange.take(meridia, hostile.hq.sealer.seal(lied, [meridia.keyring.card().hpke_key]), "file")
    assert "ended before it began" in taken.sentence
    assert meridia.records.feed(fresh.feed) is None


def make_opening(hostile: Hostile, fresh: object, body: bytes) -> bytes:
    """A bundle that brings the first entry of `fresh` with another body than was appended."""
    from stafftalks.record import bundle as bundles
    from stafftalks.record import tree
    from stafftalks.record.slip import commitment

    slip = b"s" * 32 + body
    leaf = canon.encode({"at": 1, "c": commitment(slip), "n": 0, "t": "opening", "v": 1})
    note = hostile.head(fresh, 1, tree.root_of([tree.leaf_hash(leaf)])).decode()
    honest = hostile.honest(make_hq("XMR"))
    found = bundles.FeedRange(fresh.feed, 0, 1, fresh.public_key, fresh.certificate, 1)
    changed = msgspec.structs.replace(honest.manifest, feeds=(found,), notes=(note,))
    return hostile.plaintext(bundles.Bundle(changed, {fresh.feed: [leaf]}, {fresh.feed: {0: slip}}))


def test_epochs_without_end_are_stopped_before_they_no_longer_fit_into_a_bundle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incoming, "MAX_EPOCHS", 5)
    meridia, torvia, hostile = scene()
    for _ in range(8):
        with hostile.hq.transactions.atomic():
            appending.open_epoch(hostile.hq, accords.lock_and_load(hostile.hq, hostile.accord), "restore")
        exchange.take(meridia, hostile.sealed(hostile.honest(meridia), meridia), "file")
    theirs = [row for row in meridia.records.feeds(hostile.accord) if row.feed.party == hostile.hq.party]
    assert len(theirs) == 5
    assert any("no more are taken" in sentence for sentence in log(meridia, "refused"))
    talk(meridia, torvia)


def test_a_charter_of_parties_that_cannot_be_is_refused() -> None:
    key = url(b"k" * 32)
    for names in (("a b", "XMR"), ("XMR", "X" * 90_00), ("XMR", "\x00"), tuple(f"X{n:04}" for n in range(65))):
        founders = tuple(Founder(PartyId(name), key) for name in sorted(names))
        with pytest.raises(PeerError):
            decode_charter(encode_charter(Charter(founders, 1, "nonce")))


def test_who_is_no_party_to_an_accord_cannot_learn_whether_it_exists_here() -> None:
    meridia, torvia, outsider = house("XMR", "XTV", "XOU")
    other = make_hq("XMR", clock=meridia.clock)
    pair(other, outsider)
    accord = accepted(meridia, torvia)
    spy = Hostile(outsider, accord)
    outsider.records.add_accord(meridia.records.accord(accord))
    said = []
    for hq in (meridia, other):
        for charter in (b"", meridia.records.accord(accord).charter):
            bundle = spy.honest(hq)
            bundle = msgspec.structs.replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, charter=charter))
            with pytest.raises(PeerError) as refusal:
                exchange.reply(hq, spy.sealed(bundle, hq), outsider.party)
            said.append(str(refusal.value))
    assert said[:2] == said[2:]


def test_what_a_partner_cannot_take_in_is_not_told_to_it_without_end() -> None:
    """Two parties that are not paired with each other once kept the third in an endless conversation."""
    clock = FakeClock()
    meridia, torvia, partial = (make_hq(party, clock=clock) for party in ("XMR", "XTV", "XPA"))
    pair(meridia, torvia)
    pair(meridia, partial)
    accord = accords.propose(meridia, HEAD, [torvia.party, partial.party], PROPOSAL)
    talk(meridia, torvia, partial)
    accords.accept(partial, HEAD, accord, ["scenarios"])
    for _ in range(4):
        for hq in (meridia, torvia, partial):
            for party in exchange.due(hq):
                exchange.run(hq, FakeCarrier(hq, [meridia, torvia, partial]), party)
    assert [exchange.due(hq) for hq in (meridia, torvia, partial)] == [(), (), ()]
    assert any("not paired here" in sentence for sentence in log(torvia, "refused"))
    pair(torvia, partial)
    clock.advance(60)
    for hq in (meridia, torvia, partial):
        for party in exchange.due(hq):
            exchange.run(hq, FakeCarrier(hq, [meridia, torvia, partial]), party)
    assert {row.feed.party for row in torvia.records.feeds(accord)} == {"XMR", "XPA"}, (
        "what waited is taken once they are paired"
    )


def test_a_feed_that_fails_is_left_exactly_as_it_was() -> None:
    """A late text that fits was once kept though the entries after it in the same bundle were refused."""
    _, torvia, hostile = scene()
    place = hostile.says("unheard-of", b"whatever")
    withheld = hostile.honest(torvia)
    exchange.take(torvia, hostile.sealed(msgspec.structs.replace(withheld, slips={}), torvia), "file")
    before = list(torvia.records.entries(hostile.row.feed, 0, 99))
    assert before[place.n].slip is None
    hostile.says("unheard-of", b"more")
    bundle = hostile.honest(torvia)
    assert [found.start for found in bundle.manifest.feeds if found.feed == hostile.row.feed] == [place.n]
    leaves = {feed: [*held[:-1], held[-1] + b" "] for feed, held in bundle.leaves.items()}
    taken = exchange.take(torvia, hostile.sealed(msgspec.structs.replace(bundle, leaves=leaves), torvia), "file")
    assert taken.outcome == "refused"
    assert list(torvia.records.entries(hostile.row.feed, 0, 99)) == before


@pytest.mark.parametrize("malicious", [False, True])
def test_a_relay_that_lacks_or_withholds_a_text_does_not_keep_it_from_whom_it_is_for(*, malicious: bool) -> None:
    """What came by relay without its text was once taken for delivered, and its author never sent the text."""
    meridia, torvia, hostile = scene()
    element = released(meridia, hostile.accord, torvia, *([hostile.hq] if malicious else []), said="For Torvia.")
    talk(meridia, hostile.hq)
    bundle = hostile.honest(torvia)
    bare = msgspec.structs.replace(bundle, slips={}) if malicious else bundle
    assert exchange.take(torvia, hostile.sealed(bare, torvia), "file").entries == 1
    assert element not in accords.view(torvia, hostile.accord).accord.sheets[meridia.party].released
    talk(torvia, meridia)
    assert element in accords.view(torvia, hostile.accord).accord.sheets[meridia.party].released
    settle(meridia, torvia, hostile.hq)
    assert exchange.due(meridia) == exchange.due(torvia) == ()
