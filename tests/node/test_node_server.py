import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest

from stafftalks import __version__
from stafftalks.links import keys
from stafftalks.node.server import NodeServer
from stafftalks.values.errors import HostError, MisuseError, PeerError, Refusal, RefusedError
from tests.node.house import NOW, ask, dial, post, status_of

HELLO = b"GET /v1/hello HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"


def test_two_headquarters_talk_both_ways_over_mutual_tls(houses):
    meridia, torvia, _ = houses
    for house in (meridia, torvia):
        house.open()
    meridia.knows(torvia)
    torvia.knows(meridia)
    assert meridia.say(torvia, b"bundle") == b"XTV heard XMR say bundle"
    assert torvia.say(meridia, b"bundle") == b"XMR heard XTV say bundle"


def test_one_connection_serves_many_bundles(houses):
    meridia, torvia, _ = houses
    torvia.open()
    torvia.knows(meridia)
    carrier, row = meridia.carrier(), meridia.row(torvia)
    for i in range(20):
        assert carrier.exchange(row, b"%d" % i).endswith(b"say %d" % i)
    assert torvia.server._server.doorman._connected.total() == 1


def test_hello_says_who_which_version_and_what_time(houses):
    meridia, torvia, _ = houses
    torvia.open()
    torvia.knows(meridia)
    head, body = ask(dial(torvia, meridia.own_tls), HELLO).split(b"\r\n\r\n", 1)
    assert json.loads(body) == {"party": "XTV", "version": __version__, "now": NOW}
    assert b"Server: stafftalks" in head


def test_a_large_bundle_arrives_whole(houses):
    meridia, torvia, _ = houses
    torvia.open(reply=lambda hq, sealed, party: sealed[::-1])
    torvia.knows(meridia)
    sealed = bytes(range(256)) * 30_000
    assert meridia.carrier(max_answer_bytes=len(sealed)).exchange(meridia.row(torvia), sealed) == sealed[::-1]


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (PeerError("Block 2 does not open."), PeerError, r"^Torvia refused: Block 2 does not open\.$"),
        (HostError("/secret/path is full"), HostError, "cannot take it now: try again later"),
        (MisuseError("secret accord is closed"), PeerError, "not set up to take it"),
        (RefusedError(Refusal("a.b", "secret")), PeerError, "not set up to take it"),
        (KeyError("secret"), HostError, "failed on it"),
    ],
)
def test_every_failure_reaches_the_other_side_as_a_sentence_and_no_secret_does(houses, error, kind, said):
    meridia, torvia, _ = houses
    worked: list[str] = []

    def reply(hq, sealed, party):
        raise error

    torvia.open(reply=reply, between=lambda: worked.append("between"), received=lambda: worked.append("received"))
    torvia.knows(meridia)
    with pytest.raises(kind, match=said) as caught:
        meridia.say(torvia)
    assert "secret" not in str(caught.value)
    assert "between" in worked
    assert "received" not in worked


def test_who_took_a_bundle_is_told_so_that_it_can_answer(houses):
    meridia, torvia, _ = houses
    worked: list[str] = []
    torvia.open(received=lambda: worked.append("received"))
    torvia.knows(meridia)
    meridia.say(torvia)
    assert worked == ["received"]


def test_a_partner_paired_while_the_node_runs_is_let_in(houses):
    meridia, torvia, outsider = houses
    torvia.open()
    with pytest.raises(HostError):
        meridia.say(torvia)
    torvia.knows(meridia)
    assert meridia.say(torvia)
    torvia.knows(outsider)
    assert outsider.say(torvia)


def test_a_partner_with_a_renewed_tls_key_is_let_in_and_its_old_key_is_not(houses):
    meridia, torvia, _ = houses
    torvia.open()
    torvia.knows(meridia)
    old = meridia.keys / "old.pem"
    old.write_bytes(meridia.own_tls.read_bytes())
    assert meridia.say(torvia)
    meridia.card = keys.renew_card(meridia.keys, now=NOW, fresh_tls=True)
    with pytest.raises(HostError, match="newest card"):
        meridia.say(torvia)
    torvia.knows(meridia)
    assert meridia.say(torvia)
    assert not ask(dial(torvia, old), HELLO)


def test_our_own_renewed_tls_key_is_served_without_a_restart(houses):
    meridia, torvia, _ = houses
    torvia.open()
    torvia.knows(meridia)
    torvia.card = keys.renew_card(torvia.keys, now=NOW, fresh_tls=True)
    assert meridia.say(torvia)


def test_many_bundles_at_once_are_each_answered_with_their_own(houses):
    meridia, torvia, outsider = houses
    torvia.open()
    torvia.knows(meridia, outsider)
    talks = [(house, house.carrier(), house.row(torvia)) for house in (meridia, outsider)]

    def talk(i: int) -> bool:
        house, carrier, row = talks[i % 2]
        return carrier.exchange(row, b"%d" % i) == b"XTV heard %s say %d" % (house.card.party.encode(), i)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(talk, range(60)))


def test_a_partner_whose_requests_all_hang_takes_nothing_from_another(houses):
    meridia, torvia, other = houses
    go_on, begun, arrived = Event(), [], Semaphore(0)

    def reply(hq, sealed, party):
        if party == "XMR":
            begun.append(sealed)
            arrived.release()
            assert go_on.wait(60)
        return b"done"

    torvia.open(reply=reply)
    torvia.knows(meridia, other)
    places = torvia.server._server.limits.requests_per_partner
    with ThreadPoolExecutor(places) as pool:
        hanging = [pool.submit(ask, dial(torvia, meridia.own_tls), post(b"%d" % i)) for i in range(places)]
        assert all(arrived.acquire(timeout=20) for _ in range(places)), "every place is taken"
        one_more = ask(dial(torvia, meridia.own_tls), HELLO)
        assert other.say(torvia) == b"done"
        go_on.set()
        assert [status_of(answer.result()) for answer in hanging] == [200] * places
    assert status_of(one_more) == 429
    assert b"one after the other" in one_more
    assert len(begun) == places


def test_a_port_that_is_taken_and_an_address_that_is_none_are_said(houses):
    meridia, torvia, _ = houses
    torvia.open()
    with pytest.raises(HostError, match="cannot listen"):
        NodeServer(torvia.server.address, meridia.hq, meridia.own_tls).start()
    for listen in ("8443", "host:", "host:99999", ":80"):
        with pytest.raises(MisuseError, match="not an address to listen on"):
            NodeServer(listen, meridia.hq, meridia.own_tls)
