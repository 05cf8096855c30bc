"""Exchange: what one says reaches the others exactly once, whatever the wire does, and every failure is told on both sides."""

import msgspec
import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef
from stafftalks.record import fork
from stafftalks.services import accords, exchange, outgoing, reading, recalls, records
from stafftalks.services.ports import Headquarters, Policy
from stafftalks.values.errors import HostError, MisuseError, PeerError
from tests.fakes import HEAD, OFFICER, FakeCarrier, FakeClock, make_hq, pair
from tests.services.scenes import (
    ALL_REALMS,
    PROPOSAL,
    accepted,
    house,
    log,
    released,
    revised,
    settle,
    state_of,
    talk,
    twin,
)


def test_a_proposal_reaches_the_partner_and_is_cosigned_there():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    talk(meridia, torvia)
    assert accords.view(torvia, accord).title == PROPOSAL.title
    (feed,) = meridia.records.feeds(accord)
    assert [(receipt.party, receipt.size) for receipt in meridia.records.receipts(feed.feed)] == [("XTV", 2)]
    assert state_of(meridia, accord) == state_of(torvia, accord)
    (cosigned,) = log(meridia, "cosigned")
    assert "XTV has cosigned the first 2 entries of our record" in cosigned


def test_when_all_is_said_nobody_is_due_and_nothing_more_is_carried():
    meridia, torvia = house("XMR", "XTV")
    accepted(meridia, torvia)
    assert exchange.due(meridia) == ()
    wire = FakeCarrier(meridia, [torvia])
    assert exchange.run(meridia, wire, torvia.party) == ()
    assert wire.sent == []


def test_a_partner_that_is_down_for_an_hour_loses_nothing():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    down = FakeCarrier(meridia, [])
    for _ in range(60):
        if exchange.due(meridia):
            (round_,) = exchange.run(meridia, down, torvia.party)
            assert "could not be reached" in round_.error
        meridia.clock.advance(60)
    tries = meridia.partners.partner(torvia.party).sending.failures
    assert 10 <= tries <= 20, "backs off to one try in five minutes"
    assert "nothing is lost" in log(meridia, "failed")[0]
    talk(meridia, torvia)
    assert element in accords.view(torvia, accord).accord.sheets[meridia.party].released
    assert meridia.partners.partner(torvia.party).sending.failures == 0


@pytest.mark.parametrize("fault", ["answer lost", "twice", "down"])
def test_a_fault_of_the_wire_neither_loses_nor_doubles_an_entry(fault: str):
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    released(meridia, accord, torvia)
    exchange.run(meridia, FakeCarrier(meridia, [torvia], [fault]), torvia.party)
    meridia.clock.advance(600)
    settle(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)
    for hq in (meridia, torvia):
        assert all(report.sound for report in records.verify(hq, accord))


def test_a_file_carries_the_same_bundle_and_its_receipt_comes_back_by_file():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    taken = exchange.take(torvia, exchange.export(meridia, torvia.party, accord), "file")
    assert (taken.outcome, taken.entries) == ("accepted", 2)
    accords.decline(torvia, HEAD, accord, "Not now.")
    exchange.take(meridia, exchange.export(torvia, meridia.party, accord), "file")
    assert accords.view(meridia, accord).accord.sheets[torvia.party].standing.state == "declined"
    assert any("XTV says: 2 new entries" in sentence for sentence in log(meridia, "received"))
    assert meridia.records.holding(torvia.party, accord)[meridia.records.feeds(accord)[0].feed.origin].size == 2


def test_through_a_one_way_link_everything_comes_again_from_the_start_and_is_taken_once():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    first = exchange.export(meridia, torvia.party, accord)
    accords.accept(meridia, HEAD, accord, ["scenarios"])
    second = exchange.export(meridia, torvia.party, accord)
    assert exchange.take(torvia, second, "file").entries == 3
    assert exchange.take(torvia, first, "file").entries == 0
    assert exchange.take(torvia, second, "file").repeated
    assert state_of(meridia, accord)[meridia.party] == state_of(torvia, accord)[meridia.party]


def test_bundles_that_arrive_out_of_order_say_what_they_wait_for():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    talk(meridia, torvia)
    accords.accept(meridia, HEAD, accord, ["scenarios"])
    late = exchange.export(meridia, torvia.party, accord)
    fresh = make_hq("XTV", clock=torvia.clock)
    pair(fresh, meridia)
    taken = exchange.take(fresh, late, "file")
    assert taken.outcome == "refused"
    assert "waiting for 0-2" in taken.sentence
    talk(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)


def test_a_long_record_arrives_in_several_bundles_each_with_a_head_of_its_own():
    clock = FakeClock()
    meridia = make_hq("XMR", clock=clock, policy=Policy(max_bundle_bytes=4_000))
    torvia = make_hq("XTV", clock=clock, policy=Policy(max_bundle_bytes=40_000))
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    for number in range(30):
        released(meridia, accord, torvia, said=f"Report {number}. " + "x" * 500)
    wire = FakeCarrier(meridia, [torvia])
    rounds = exchange.run(meridia, wire, torvia.party)
    assert len(wire.sent) > 5
    assert sum(round_.sent for round_ in rounds) == 30
    assert len(accords.view(torvia, accord).accord.sheets[meridia.party].released) == 30
    receipts = torvia.records.receipts(meridia.records.feeds(accord)[0].feed)
    assert len({receipt.size for receipt in receipts}) > 5, "each head on the way was cosigned"


def test_a_bundle_over_another_partys_connection_is_refused_on_both_sides():
    meridia, torvia, outsider = house("XMR", "XTV", "XOU")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    sealed = exchange.export(meridia, torvia.party, accord)
    with pytest.raises(PeerError, match="came over XOU's connection"):
        exchange.reply(torvia, sealed, outsider.party)
    assert "came over XOU's connection" in log(torvia, "refused")[0]
    assert torvia.records.accords() == ()


def test_a_bundle_for_another_party_is_refused_and_nothing_of_it_is_kept():
    meridia, torvia, outsider = house("XMR", "XTV", "XOU")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    plain = torvia.sealer.unseal(exchange.export(meridia, torvia.party, accord))
    resealed = meridia.sealer.seal(plain, [outsider.keyring.card().hpke_key])
    with pytest.raises(PeerError, match="wrongly addressed"):
        exchange.take(outsider, resealed, "file")
    assert outsider.records.accords() == ()


def test_a_party_outside_the_accord_is_told_nothing_of_it():
    meridia, torvia, outsider = house("XMR", "XTV", "XOU")
    accord = accepted(meridia, torvia)
    row = meridia.records.accord(accord)
    with pytest.raises(HostError):
        FakeCarrier(meridia, []).exchange(meridia.partners.partner(outsider.party), b"")
    with pytest.raises(Exception, match="not a party"):
        exchange.export(meridia, outsider.party, row.id)
    # The outsider learnt the accord's id somehow, and asks about it.
    outsider.records.add_accord(row)
    with pytest.raises(Exception, match="not a party"):
        exchange.reply(meridia, exchange_bytes(outsider, meridia, accord), outsider.party)


def exchange_bytes(sender, recipient, accord) -> bytes:
    """A bundle about an accord, made without asking whether the recipient is a party to it."""
    out = outgoing.compose(sender, sender.records.accord(accord), sender.partners.partner(recipient.party))
    return sender.sealer.seal(out.plaintext, [recipient.keyring.card().hpke_key])


def test_a_partners_clock_a_year_off_is_said_and_nothing_is_refused():
    meridia, torvia = make_hq("XMR"), make_hq("XTV", clock=FakeClock(1_763_812_800 + 365 * 86_400))
    pair(meridia, torvia)
    accord = accords.propose(torvia, HEAD, [meridia.party], PROPOSAL)
    taken = exchange.take(meridia, exchange.export(torvia, meridia.party, accord), "file")
    assert taken.outcome == "accepted"
    assert "clock is 365 days ahead of ours" in taken.sentence


def test_whoever_fills_the_headquarters_with_proposals_is_stopped_and_told():
    clock = FakeClock()
    meridia = make_hq("XMR", clock=clock)
    torvia = make_hq("XTV", clock=clock, policy=Policy(max_unanswered_accords=3))
    pair(meridia, torvia)
    for _ in range(5):
        accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    rounds = exchange.run(meridia, FakeCarrier(meridia, [torvia]), torvia.party)
    assert len(torvia.records.accords()) == 3
    assert "wait unanswered" in rounds[-1].error
    assert any("wait unanswered" in sentence for sentence in log(meridia, "refused"))
    assert any("wait unanswered" in sentence for sentence in log(torvia, "refused"))


def test_a_recall_is_confirmed_only_by_the_holders_own_act_and_the_text_is_gone():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="A word too many.")
    revised(meridia, accord, element, torvia, said="Still a word too many.")
    settle(meridia, torvia)
    recall = recalls.recall(meridia, OFFICER, accord, element, "Sent in error.")
    talk(meridia, torvia)
    before = [row.size for row in torvia.records.feeds(accord)]
    assert confirmed(meridia, accord) == ["not confirmed"]
    assert recalls.honour_recalls(torvia) == 1
    assert [row.size for row in torvia.records.feeds(accord)] != before, "the confirmation is an act of Torvia's own"
    feed = meridia.records.feeds(accord)[0].feed
    texts = b"".join(row.slip or b"" for row in torvia.records.entries(feed, 0, 1000))
    assert b"word too many" not in texts
    settle(meridia, torvia)
    assert confirmed(meridia, accord) == ["confirmed removed"]
    assert state_of(meridia, accord) == state_of(torvia, accord)
    assert all(report.sound for report in records.verify(torvia, accord))
    assert isinstance(recall, EntryRef)


def confirmed(hq, accord) -> list[str]:
    """What each holder answered to the one recall there is."""
    (recall,) = state.recalls(accords.view(hq, accord).accord)
    return [holder.outcome for holder in recall.holders]


def test_when_the_order_is_to_ask_a_recall_waits_for_a_person_who_may_refuse():
    clock = FakeClock()
    meridia = make_hq("XMR", clock=clock)
    torvia = make_hq("XTV", clock=clock, policy=Policy(honour_recalls="ask"))
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    recall = recalls.recall(meridia, OFFICER, accord, element)
    settle(meridia, torvia)
    assert recalls.honour_recalls(torvia) == 0
    assert [found.ref for found in recalls.open_recalls(torvia, accord)] == [recall]
    recalls.refuse_recall(torvia, OFFICER, accord, recall, "Kept as evidence for an inquiry.")
    settle(meridia, torvia)
    assert confirmed(meridia, accord) == ["refused"]


def test_three_parties_agree_on_everything_that_is_for_all_of_them():
    hqs = house("XMR", "XTV", "XPA")
    accord = accepted(*hqs)
    for hq in hqs:
        released(hq, accord, *(other for other in hqs if other is not hq), said=f"Said by {hq.party}.")
    settle(*hqs)
    assert state_of(hqs[0], accord) == state_of(hqs[1], accord) == state_of(hqs[2], accord)
    assert state.open_realms(accords.view(hqs[2], accord).accord) == frozenset(ALL_REALMS)


def test_what_is_sealed_to_one_is_relayed_to_the_third_without_its_text():
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    element = released(meridia, accord, torvia, said="For Torvia's eyes only.")
    talk(meridia, torvia)
    talk(torvia, partial)  # Torvia relays Meridia's record
    feed = meridia.records.feeds(accord)[0].feed
    relayed = list(partial.records.entries(feed, 0, 1000))
    assert len(relayed) == meridia.records.feed(feed).size
    assert relayed[-1].slip is None
    assert b"Torvia's eyes" not in b"".join(row.leaf + (row.slip or b"") for row in relayed)
    assert b"release" not in relayed[-1].leaf
    settle(meridia, torvia, partial)
    assert element in accords.view(torvia, accord).accord.sheets[meridia.party].released
    assert element not in accords.view(partial, accord).accord.sheets[meridia.party].released


def test_a_headquarters_restored_from_an_old_backup_takes_its_entries_back_and_opens_a_new_epoch():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    backup = twin(meridia)
    element = released(meridia, accord, torvia, said="After the backup.")
    settle(meridia, torvia)
    backup.keyring.lose_feed_keys()
    restored = backup
    talk(restored, torvia)
    mine = [row for row in restored.records.feeds(accord) if row.feed.party == "XMR"]
    assert mine[0].size == torvia.records.feed(mine[0].feed).size, "its own entries came back"
    assert element in accords.view(restored, accord).accord.sheets["XMR"].released
    released(restored, accord, torvia, said="After the restore.")
    settle(restored, torvia)
    assert [row.ordinal for row in torvia.records.feeds(accord) if row.feed.party == "XMR"] == [0, 1]
    assert state_of(restored, accord) == state_of(torvia, accord)
    assert not any(row.frozen for row in torvia.records.feeds(accord))


def test_a_restored_headquarters_can_act_before_any_partner_answers_and_still_makes_no_fork():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    restored = twin(meridia)
    released(meridia, accord, torvia, said="Remembered by Torvia alone.")
    settle(meridia, torvia)
    # The keys survived beside an older database: the mark on the epoch says that more had left than it remembers.
    released(restored, accord, torvia, said="After the restore.")
    mine = [row for row in restored.records.feeds(accord) if row.feed.party == "XMR"]
    assert [row.closed for row in mine] == [True, False]
    settle(restored, torvia)
    assert not any(row.frozen for row in torvia.records.feeds(accord))
    assert state_of(restored, accord) == state_of(torvia, accord)
    held = [version[-1].raw for version in accords.view(torvia, accord).accord.sheets["XMR"].released.values()]
    assert any(b"After the restore" in raw for raw in held)


class Careless:
    """A keyring without marks, as an equivocator would have."""

    def __init__(self, keyring: object) -> None:
        self._keyring = keyring

    def __getattr__(self, name: str) -> object:
        return getattr(self._keyring, name)

    def high_water(self, epoch: object) -> int:
        return 0


def test_an_equivocator_is_proved_by_two_who_compare_and_only_its_own_record_freezes():
    meridia, torvia, equivocator = house("XMR", "XTV", "XEQ")
    accord = accepted(equivocator, meridia, torvia)
    careless = msgspec.structs.replace(equivocator, keyring=Careless(equivocator.keyring))
    other = twin(careless)
    released(careless, accord, meridia, torvia, said="To Meridia: we stay out.")
    released(other, accord, meridia, torvia, said="To Torvia: we go in.")
    talk(careless, meridia)
    talk(other, torvia)
    settle(meridia, torvia)
    for hq in (meridia, torvia):
        (frozen,) = [row for row in hq.records.feeds(accord) if row.frozen]
        assert frozen.feed.party == "XEQ"
        assert f"at entry {frozen.frozen_at}" in frozen.frozen
        proof = fork.decode(records.fork_proof(hq, frozen.feed))
        fork.verify_fork(proof, frozen.public_key)
    assert state_of(meridia, accord) == state_of(torvia, accord), "both fall back to the last common entry"
    released(meridia, accord, torvia, said="We go on without it.")
    settle(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)


def test_an_equivocator_who_gives_one_partner_two_records_is_proved_by_that_partner_alone():
    meridia, equivocator = house("XMR", "XEQ")
    accord = accepted(equivocator, meridia)
    careless = msgspec.structs.replace(equivocator, keyring=Careless(equivocator.keyring))
    other = twin(careless)
    released(careless, accord, meridia, said="One thing.")
    talk(careless, meridia)
    released(other, accord, meridia, said="Another thing.")
    released(other, accord, meridia, said="And more of it.")
    other.records.put_holding(meridia.party, accord, {})  # it sends its whole second record
    taken = exchange.take(meridia, exchange.export(other, meridia.party, accord), "file")
    assert taken.outcome == "refused"
    assert "signed two different records" in taken.sentence
    (frozen,) = [row for row in meridia.records.feeds(accord) if row.frozen]
    branch = records.other_branch(meridia, frozen.feed)
    assert [entry.n for entry in branch] == [frozen.frozen_at, frozen.frozen_at + 1], "the other branch stays readable"


def small(*parties: str, most: int = 4_000) -> list[Headquarters]:
    """Headquarters that put little into one bundle, each paired with each."""
    clock = FakeClock()
    found = [make_hq(party, clock=clock, policy=Policy(max_bundle_bytes=most)) for party in parties]
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            pair(one, other)
    return found


def test_what_does_not_fit_into_one_file_makes_several_that_are_carried_together():
    meridia, torvia = small("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for number in range(12):
        released(meridia, accord, torvia, said=f"Report {number}. " + "x" * 500)
    parts = list(exchange.export_all(meridia, torvia.party, accord))
    assert len(parts) > 2
    assert [exchange.take(torvia, part, "file").outcome for part in parts] == ["accepted"] * len(parts)
    assert state_of(meridia, accord) == state_of(torvia, accord)
    sentences = [row.sentence for row in meridia.log.find(limit=100)[1] if "part" in row.sentence]
    assert "part 2 is to be taken in after it" in sentences[-1]
    assert "More waits" not in sentences[0]


def test_a_part_is_the_same_whoever_asks_for_it_and_there_are_only_so_many():
    meridia, torvia = small("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for number in range(8):
        released(meridia, accord, torvia, said=f"Report {number}. " + "x" * 500)
    count = len(list(exchange.export_all(meridia, torvia.party, accord)))
    # A second export before the first was taken begins anew; each part says what follows it.
    for part in range(1, count + 1):
        assert exchange.take(torvia, exchange.export(meridia, torvia.party, accord, part), "file").entries
    assert state_of(meridia, accord) == state_of(torvia, accord)
    with pytest.raises(MisuseError, match="there is no part 9"):
        exchange.export(meridia, torvia.party, accord, 9)
    late = small("XMR", "XTV")
    again = accepted(*late)
    for number in range(8):
        released(late[0], again, late[1], said=f"Report {number}. " + "x" * 500)
    out_of_order = exchange.take(late[1], exchange.export(late[0], late[1].party, again, 2), "file")
    assert out_of_order.outcome == "refused"


def test_what_two_others_say_to_each_other_takes_no_room_in_what_a_third_is_given(monkeypatch):
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    for number in range(4):
        released(meridia, accord, torvia, said=f"Report {number}. " + "x" * 2_000)
    monkeypatch.setattr(outgoing, "RELAYED_MAX_BYTES", 4_000)
    talk(meridia, torvia)
    talk(torvia, partial)
    origin = next(row.feed.origin for row in meridia.records.feeds(accord) if row.feed.party == meridia.party)
    sizes = {row.feed.origin: row.size for row in partial.records.feeds(accord)}
    assert sizes[origin] == next(row.size for row in meridia.records.feeds(accord) if row.feed.origin == origin)


def test_a_long_record_is_read_a_part_at_a_time(monkeypatch):
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for number in range(6):
        released(meridia, accord, torvia, said=f"Report {number}. " + "x" * 500)
    settle(meridia, torvia)
    before = accords.view(torvia, accord).accord
    monkeypatch.setattr(reading, "BATCH_BYTES", 1_000)
    torvia.memory.clear()
    assert accords.view(torvia, accord).accord == before
