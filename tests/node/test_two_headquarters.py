"""The main job over the real wire: files for keys, post-quantum sealing, mutual TLS, the node and the sender; only the tables are in memory."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from stafftalks.links import files, keys
from stafftalks.links.carrier import HttpsCarrier
from stafftalks.links.keyring import FileKeyring
from stafftalks.links.limits import Limits
from stafftalks.links.sealing import HpkeSealer
from stafftalks.node.sender import Sender
from stafftalks.node.server import NodeServer
from stafftalks.services import accords, exchange, left, recalls, records, releases
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, PeerError
from stafftalks.values.ids import PartyId
from tests.fakes import HEAD, OFFICER, make_hq, pair
from tests.node.house import free_place
from tests.services.scenes import ALL_REALMS, PROPOSAL, log, released


class Open:
    """A headquarters whose node listens."""

    def __init__(self, folder: Path, party: str, name: str) -> None:
        self.keys = folder / party / "keys"
        keys.create_keys(self.keys, PartyId(party), name, [], 1_763_812_800)
        self.hq: Headquarters = msgspec.structs.replace(
            make_hq(party),
            keyring=FileKeyring(self.keys),
            sealer=HpkeSealer(lambda: keys.read_hpke_key(self.keys / keys.HPKE), max_bytes=1 << 24),
        )
        self.taken = threading.Semaphore(0)
        self.server = self.serve(free_place())
        keys.renew_card(self.keys, now=1_763_812_801, addresses=[f"https://{self.server.address}"])
        self.carrier = HttpsCarrier(self.keys / keys.TLS, max_answer_bytes=1 << 24)

    def serve(self, listen: str) -> NodeServer:
        server = NodeServer(
            listen, self.hq, self.keys / keys.TLS, received=self.taken.release, limits=Limits(pins_age_s=0.0)
        )
        server.start()
        return server

    def run(self, other: "Open") -> tuple[exchange.Round, ...]:
        return exchange.run(self.hq, self.carrier, other.hq.party, force=True)

    def close(self) -> None:
        self.carrier.close()
        self.server.stop()


@pytest.fixture
def both(tmp_path) -> Iterator[tuple[Open, Open]]:
    meridia, torvia = Open(tmp_path, "XMR", "Meridia"), Open(tmp_path, "XTV", "Torvia")
    pair(meridia.hq, torvia.hq)
    yield meridia, torvia
    meridia.close()
    torvia.close()


def agreed(meridia: Open, torvia: Open):
    accord = accords.propose(meridia.hq, HEAD, [torvia.hq.party], PROPOSAL)
    meridia.run(torvia)
    accords.accept(torvia.hq, HEAD, accord, ALL_REALMS)
    accords.accept(meridia.hq, HEAD, accord, ALL_REALMS)
    torvia.run(meridia)
    meridia.run(torvia)
    return accord


def test_propose_accept_release_read_recall_confirm_and_verify_both_records(both):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    element = released(meridia.hq, accord, torvia.hq)
    meridia.run(torvia)
    assert [held.element for held in releases.partner_view(meridia.hq, accord, torvia.hq.party)] == [element]
    recalls.recall(meridia.hq, HEAD, accord, element)
    meridia.run(torvia)
    assert recalls.honour_recalls(torvia.hq) == 1
    torvia.run(meridia)
    for side in both:
        assert all(report.sound for report in records.verify(side.hq, accord))


def test_recalls_are_confirmed_refused_and_of_a_partner_that_is_gone_stand_unconfirmed(both):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    texts = [released(meridia.hq, accord, torvia.hq, said=said) for said in ("One.", "Two.", "Three.", "Four.")]
    meridia.run(torvia)
    recalls.recall_many(meridia.hq, HEAD, {accord: texts[:2]}, "Sent in error.")
    meridia.run(torvia)
    first, second = (one.ref for one in recalls.open_recalls(torvia.hq, accord))
    recalls.confirm(torvia.hq, OFFICER, accord, first, "Backups keep it for 30 days.")
    recalls.refuse_recall(torvia.hq, OFFICER, accord, second, "We act on it.")
    torvia.run(meridia)
    listen = torvia.server.address
    torvia.server.stop()
    done = recalls.leave(meridia.hq, HEAD, accord, "withdraw", keeps="Minutes.", recalling=True)
    assert len(done.recalled) == 2
    assert "node is down" in meridia.run(torvia)[0].error
    fates = {one.element: one.holders[0] for one in left.window(meridia.hq)[1]}
    assert [fates[text].fate for text in texts] == ["confirmed removed", "refused", "not confirmed", "not confirmed"]
    assert [fates[text].statement for text in texts[:2]] == ["Backups keep it for 30 days.", "We act on it."]
    assert {fates[text].asked_at for text in texts[2:]} == {0}, "it is not known to have our recall"
    reach = left.reaches(meridia.hq, [torvia.hq.party])[torvia.hq.party]
    assert (reach.out, reach.since) == (True, meridia.hq.clock.now())
    torvia.server = torvia.serve(listen)
    meridia.run(torvia)
    assert recalls.honour_recalls(torvia.hq) == 2
    torvia.run(meridia)
    assert left.parties(meridia.hq)[0].line.fates["confirmed removed"] == 3
    for side in both:
        assert all(report.sound for report in records.verify(side.hq, accord))


def test_the_sender_carries_a_release_to_the_partner_by_itself(both):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    sender = Sender(meridia.hq, meridia.carrier, tick_s=3600.0)
    sender.start()
    while torvia.taken.acquire(blocking=False):
        pass
    before = _size(torvia.hq, accord, "XMR")
    released(meridia.hq, accord, torvia.hq)
    sender.notify()
    assert torvia.taken.acquire(timeout=20)
    sender.stop(20)
    assert _size(torvia.hq, accord, "XMR") > before


def test_a_partner_that_was_down_gets_everything_once_it_is_back(both):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    listen = torvia.server.address
    torvia.server.stop()
    accords.ask(meridia.hq, HEAD, accord, "Which realms?")
    rounds = meridia.run(torvia)
    assert "node is down" in rounds[0].error
    assert "node is down" in meridia.hq.partners.partner(torvia.hq.party).sending.last_error
    torvia.server = torvia.serve(listen)
    assert all(not done.error for done in meridia.run(torvia))
    assert _size(torvia.hq, accord, "XMR") == _size(meridia.hq, accord, "XMR")


def test_the_very_bytes_of_the_wire_go_by_file_too(both, tmp_path):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    accords.ask(meridia.hq, HEAD, accord, "Which realms?")
    sealed = exchange.export(meridia.hq, torvia.hq.party, accord)
    place = files.write_bundle(tmp_path, sealed, files.bundle_name(meridia.hq.party, torvia.hq.party, accord, sealed))
    carried = files.read_bundle(place, max_bytes=1 << 24)
    assert exchange.take(torvia.hq, carried, "file").entries == 1
    assert _size(torvia.hq, accord, "XMR") == _size(meridia.hq, accord, "XMR")
    place.write_bytes(carried[:-1])
    with pytest.raises(PeerError, match="cut short"):
        exchange.take(torvia.hq, files.read_bundle(place, max_bytes=1 << 24), "file")


def test_a_bundle_of_one_partner_posted_by_another_is_refused_and_said_on_both_sides(both, tmp_path):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    outsider = Open(tmp_path, "XOU", "Outsider")
    pair(torvia.hq, outsider.hq)
    stolen = exchange.export(meridia.hq, torvia.hq.party, accord)
    with pytest.raises(PeerError, match=r"^Torvia refused: "):
        outsider.carrier.exchange(outsider.hq.partners.partner(torvia.hq.party), stolen)
    outsider.close()
    assert any("XMR" in said for said in log(torvia.hq, "refused"))


def test_noise_from_a_partner_is_logged_and_changes_nothing(both):
    meridia, torvia = both
    accord = agreed(meridia, torvia)
    before = _size(torvia.hq, accord, "XMR"), _size(torvia.hq, accord, "XTV")
    row = meridia.hq.partners.partner(torvia.hq.party)
    for noise in (b"noise", b"stafftalks/bundle/v1\n", exchange.export(torvia.hq, meridia.hq.party, accord)):
        with pytest.raises((PeerError, HostError)):
            meridia.carrier.exchange(row, noise)
    assert len(log(torvia.hq, "refused")) == 3
    assert before == (_size(torvia.hq, accord, "XMR"), _size(torvia.hq, accord, "XTV"))


def _size(hq: Headquarters, accord, party: str) -> int:
    return sum(row.size for row in hq.records.feeds(accord) if row.feed.party == party)
