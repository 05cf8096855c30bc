"""Attacks on the wire between headquarters: strangers who knock, partners who push, and cards that borrow another's certificate."""

import datetime
import logging
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stafftalks.links import keys
from stafftalks.links.limits import Limits
from stafftalks.links.tls import client_context
from stafftalks.values.errors import HostError, PeerError
from tests.node.house import NOW, House, ask, dial, post, status_of

HELLO = b"GET /v1/hello HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"


@pytest.fixture
def heard() -> list[tuple[str, bytes]]:
    return []


@pytest.fixture
def houses(tmp_path: Path, heard) -> Iterator[tuple[House, House, House]]:
    """Torvia's node is open and knows Meridia; the outsider is known to nobody."""
    cast = House(tmp_path, "XMR", "Meridia"), House(tmp_path, "XTV", "Torvia"), House(tmp_path, "XOO", "Outsider")
    cast[1].open(
        reply=_listener(heard),
        limits=Limits(pins_age_s=0.0, max_body_bytes=1000, handshake_s=3.0, step_s=2.0, head_s=2.0),
    )
    cast[1].knows(cast[0])
    yield cast
    for house in cast:
        house.close()


def _one_answer(connection: socket.socket) -> bytes:
    """One JSON answer on a connection that stays open."""
    answer = b""
    while not answer.endswith(b"}"):
        answer += connection.recv(10_000)
    return answer


def _listener(heard):
    def reply(hq, sealed, party):
        heard.append((party, sealed))
        return b"heard"

    return reply


# Strangers


def test_no_certificate_is_not_let_in(houses, heard):
    _, torvia, _ = houses
    assert ask(dial(torvia, None), post(b"x")) == b""
    assert heard == []


def test_a_certificate_of_nobody_known_is_not_let_in(houses, heard):
    _, torvia, outsider = houses
    assert ask(dial(torvia, outsider.own_tls), post(b"x")) == b""
    assert heard == []


def test_a_lookalike_of_a_partners_certificate_is_not_let_in(houses, heard, tmp_path):
    """Same subject, serial number, key identifiers and dates; another key."""
    meridia, torvia, _ = houses
    real = x509.load_der_x509_certificate(meridia.card.tls_certificate)
    key = ec.generate_private_key(ec.SECP256R1())
    lookalike = _copy(real, key, key, real.issuer)
    assert ask(dial(torvia, _pem(tmp_path, key, lookalike)), post(b"x")) == b""
    assert heard == []


def test_a_certificate_issued_by_a_partners_key_is_not_let_in(houses, heard, tmp_path):
    """A partner's own certificate is an anchor, yet it vouches for nobody else."""
    meridia, torvia, _ = houses
    real = x509.load_der_x509_certificate(meridia.card.tls_certificate)
    partner_key = serialization.load_pem_private_key(meridia.own_tls.read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    child = _copy(real, key, partner_key, real.subject, serial=real.serial_number + 1)
    own = _pem(tmp_path, key, child)
    own.write_bytes(own.read_bytes() + real.public_bytes(serialization.Encoding.PEM))
    assert ask(dial(torvia, own), post(b"x")) == b""
    assert heard == []


def test_tls_1_2_is_refused(houses):
    meridia, torvia, _ = houses
    context = client_context(meridia.own_tls, torvia.card.tls_certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        dial(torvia, None, context)


def test_plain_http_is_told_so_and_not_served(houses, heard):
    _, torvia, _ = houses
    with socket.create_connection(torvia.place, timeout=10) as connection:
        answer = ask(connection, post(b"x"))
    assert status_of(answer) == 400
    assert b"HTTPS address" in answer
    assert heard == []


def test_noise_instead_of_a_handshake_stops_nothing(houses):
    meridia, torvia, _ = houses
    for noise in (b"\x00" * 2000, b"\x16\x03\x01\xff\xff" + b"\x01" * 500, b"SSH-2.0-x\r\n", b""):
        with socket.create_connection(torvia.place, timeout=10) as connection:
            connection.sendall(noise)
    assert meridia.say(torvia) == b"heard"


def test_silent_strangers_do_not_keep_partners_waiting_and_are_shown_out(houses):
    meridia, torvia, _ = houses
    limits = torvia.server._server.limits
    silent = [socket.create_connection(torvia.place, timeout=10) for _ in range(limits.max_pending_per_address - 1)]
    assert meridia.say(torvia) == b"heard"
    assert {connection.recv(10) for connection in silent} == {b""}  # ends as the node closes, after handshake_s
    for connection in silent:
        connection.close()


def test_one_address_cannot_take_every_place_of_those_who_knock(houses):
    meridia, _, _ = houses
    meridia.open(limits=Limits(pins_age_s=0.0, handshake_s=60.0, max_pending_per_address=4))
    knocking = [socket.create_connection(meridia.place, timeout=10) for _ in range(4)]
    with socket.create_connection(meridia.place, timeout=10) as one_too_many:
        assert one_too_many.recv(10) == b""  # at once: those before it still have a minute
    for connection in knocking:
        connection.close()


def test_a_stranger_learns_neither_who_lives_here_nor_who_the_partners_are(houses):
    _, torvia, _ = houses
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command")
    host, port = torvia.place
    seen = subprocess.run(
        ["openssl", "s_client", "-connect", f"{host}:{port}", "-showcerts"],
        input=b"",
        capture_output=True,
        check=False,
        timeout=20,
    ).stdout
    assert b"No client certificate CA names sent" in seen
    assert b"CN = node " in seen or b"CN=node " in seen
    for word in (b"XMR", b"XTV", b"Meridia", b"Torvia"):
        assert word not in seen


# Partners who push


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (post(b"x" * 1001), 413, b"larger than this headquarters takes"),
        (post(b"", length=10**11), 413, b"larger than"),
        (post(b"", length=-1), 400, b"HTTP/1.1 defines"),
        (post(b"").replace(b"Content-Length: 0", b"Content-Length: 1_0"), 400, b"HTTP/1.1 defines"),
        (post(b"").replace(b"Content-Length: 0", b"Content-Length: 0x1"), 400, b"HTTP/1.1 defines"),
        (post(b"5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 411, b"chunks are not taken"),
        (post(b"", "Transfer-Encoding: gzip, chunked"), 501, b"refused"),
        (post(b"").replace(b"Content-Length: 0\r\n", b""), 411, b"Content-Length"),
        (post(b"x", "Content-Type: text/plain"), 415, b"application/vnd.stafftalks.bundle"),
        (post(b"x", path="/v1/bundles/"), 404, b"nothing here"),
        (post(b"x", path="/v1/bundles?a=b"), 404, b"nothing here"),
        (post(b"x", path="/"), 404, b"nothing here"),
        (post(b"x", path="/%2e%2e/etc/passwd"), 404, b"nothing here"),
        (post(b"x", path="/v1/hello"), 405, b"takes GET only"),
        (post(b"x", path="https://elsewhere.example/v1/bundles"), 400, b"HTTP/1.1 defines"),
        (HELLO.replace(b"/v1/hello", b"/v1/bundles"), 405, b"takes POST only"),
        (HELLO.replace(b"GET", b"DELETE"), 405, b"takes GET only"),
        (HELLO.replace(b"GET", b"CONNECT"), 405, b"refused"),
        (HELLO.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc"), 413, b"larger than"),
        (HELLO.replace(b"Host: node", b"X: " + b"y" * 20_000), 413, b"larger than"),
        (HELLO.replace(b"Host: node", b"no colon"), 400, b"HTTP/1.1 defines"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414, b"too long"),
        (b"GET / HTTP/9.9\r\n\r\n", 505, b"refused"),
        (b"\x00\x01\x02\r\n\r\n", 400, b"HTTP/1.1 defines"),
    ],
)
def test_every_wrong_request_has_its_status_and_sentence_and_reaches_no_service(houses, heard, raw, status, said):
    meridia, torvia, _ = houses
    answer = ask(dial(torvia, meridia.own_tls), raw)
    assert (status_of(answer), said in answer) == (status, True), answer
    assert b"application/json" in answer
    assert heard == []
    assert meridia.say(torvia) == b"heard"


def test_an_oversized_body_is_refused_even_while_it_is_being_sent(houses, heard):
    meridia, torvia, _ = houses
    with pytest.raises(PeerError, match="larger than this headquarters takes"):
        meridia.say(torvia, b"x" * 5_000_000)
    assert heard == []


def test_a_slow_body_is_cut_off_and_nothing_of_it_is_taken(houses, heard):
    meridia, torvia, _ = houses
    answer = ask(dial(torvia, meridia.own_tls), post(b"only the beginning", length=900))
    assert status_of(answer) == 408
    assert b"too slowly" in answer
    assert heard == []


def test_a_body_that_drips_is_cut_off_though_it_never_pauses(houses, heard):
    meridia, torvia, _ = houses
    connection = dial(torvia, meridia.own_tls)
    connection.sendall(post(b"", length=900))
    connection.settimeout(0.05)
    answer = b""
    for _ in range(800):
        try:
            connection.sendall(b"x")
            answer += connection.recv(10_000)
        except TimeoutError:
            continue
        except (ConnectionError, ssl.SSLError):
            break
        if answer:
            break
    connection.close()
    assert status_of(answer) == 408
    assert heard == []


def test_a_slow_head_is_cut_off(houses):
    meridia, torvia, _ = houses
    assert status_of(ask(dial(torvia, meridia.own_tls), b"POST /v1/bundles HTTP/1.1\r\nHost:")) == 408


def test_a_body_cut_off_by_its_sender_is_not_taken(houses, heard):
    meridia, torvia, _ = houses
    connection = dial(torvia, meridia.own_tls)
    connection.sendall(post(b"half", length=8))
    socket.socket.shutdown(connection, socket.SHUT_WR)
    connection.close()
    assert meridia.say(torvia) == b"heard"
    assert heard == [("XMR", b"hello")]


def test_a_flood_of_requests_is_slowed_and_leaves_other_partners_alone(houses):
    meridia, torvia, other = houses
    torvia.knows(other)
    burst = torvia.server._server.limits.burst_per_partner
    connection = dial(torvia, meridia.own_tls)
    connection.sendall(HELLO.replace(b"Connection: close\r\n", b"") * (burst * 2))
    answers = b""
    while answers.count(b"HTTP/1.1 ") < burst * 2:
        answers += connection.recv(65_536)
    connection.close()
    assert answers.count(b"HTTP/1.1 200") >= burst
    assert b"HTTP/1.1 429" in answers
    assert other.say(torvia) == b"heard"


def test_a_partner_holds_only_so_many_connections(houses):
    meridia, torvia, other = houses
    torvia.knows(other)
    most = torvia.server._server.limits.connections_per_partner
    held = [dial(torvia, meridia.own_tls) for _ in range(most)]
    for connection in held:
        connection.sendall(HELLO.replace(b"Connection: close\r\n", b""))
        assert status_of(_one_answer(connection)) == 200
    assert ask(dial(torvia, meridia.own_tls), HELLO) == b""
    assert other.say(torvia) == b"heard"
    held.pop().close()
    for connection in held:
        connection.close()


# Partners who change


def test_a_partner_that_was_removed_is_refused_at_once_also_on_an_open_connection(houses, heard):
    meridia, torvia, _ = houses
    connection = dial(torvia, meridia.own_tls)
    connection.sendall(HELLO.replace(b"Connection: close\r\n", b""))
    assert status_of(_one_answer(connection)) == 200
    del torvia.partners.rows[meridia.card.party]
    answer = ask(connection, post(b"x"))
    assert status_of(answer) == 403
    assert b"not on the card of any partner" in answer
    assert ask(dial(torvia, meridia.own_tls), post(b"x")) == b""
    assert heard == []


def test_a_session_from_before_cannot_be_resumed(houses):
    meridia, torvia, _ = houses
    context = client_context(meridia.own_tls, torvia.card.tls_certificate)
    first = dial(torvia, None, context)
    first.sendall(HELLO)
    assert first.recv(10_000).startswith(b"HTTP/1.1 200")
    assert first.session is None or not first.session.has_ticket
    first.close()


def test_whoever_puts_anothers_certificate_on_its_card_only_locks_itself_out(houses, heard, caplog):
    meridia, torvia, thief = houses
    thief.card = _card_with(thief, meridia.card.tls_certificate)
    torvia.knows(thief, paired_at=NOW + 1)
    with caplog.at_level(logging.WARNING):
        assert meridia.say(torvia) == b"heard"
    assert heard == [("XMR", b"hello")]
    assert "XOO cannot connect: its card bears the TLS certificate of XMR" in caplog.text
    assert ask(dial(torvia, thief.own_tls), post(b"x")) == b""


@pytest.mark.parametrize("junk", [b"\x30\x03\x02\x01\x00", b"junk", b"\x00" * 8000])
def test_an_unusable_certificate_on_one_card_keeps_no_other_partner_out(houses, caplog, junk):
    meridia, torvia, broken = houses
    broken.card = _card_with(broken, junk)
    torvia.knows(broken)
    assert meridia.say(torvia) == b"heard"
    assert "XOO cannot connect" in caplog.text


def test_while_partners_cannot_be_read_nobody_is_let_in(houses, heard):
    meridia, torvia, _ = houses
    torvia.partners.broken = True
    with pytest.raises(HostError):
        meridia.say(torvia)
    assert heard == []
    torvia.partners.broken = False
    assert meridia.say(torvia) == b"heard"


def _card_with(house: House, certificate: bytes):
    """The house's next card, bearing this certificate, as whoever owns the keys could sign it."""
    card = msgspec.structs.replace(house.card, version=house.card.version + 1, tls_certificate=certificate)
    root, node = (keys.read_signing_key(house.keys / file) for file in (keys.ROOT, keys.NODE))
    document = keys.sign_card(card, keys.signer(root), keys.signer(node))
    (house.keys / keys.CARD).write_bytes(document)
    return card


def _copy(real: x509.Certificate, key, signing_key, issuer: x509.Name, serial: int = 0) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(real.subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial or real.serial_number)
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(real.not_valid_after_utc)
    )
    for extension in real.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(signing_key, hashes.SHA256())


def _pem(folder: Path, key, certificate: x509.Certificate) -> Path:
    own = folder / "attacker.pem"
    own.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return own
