"""The carrier against servers that are not what they should be. Against a real node: tests/node and tests/attacks."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stafftalks.links import carrier as carrier_module
from stafftalks.links.carrier import Patience
from stafftalks.links.limits import Limits
from stafftalks.links.tls import client_context, server_context
from stafftalks.values.errors import HostError, PeerError
from tests.node.house import House

REFUSAL = '{"rule":"a","sentence":"It\\u0007 is\\n damaged."}'
BUNDLE = "Content-Type: application/vnd.stafftalks.bundle\r\n"


@pytest.fixture
def houses(tmp_path) -> Iterator[tuple[House, House]]:
    cast = House(tmp_path, "XMR", "Meridia"), House(tmp_path, "XTV", "Torvia")
    yield cast
    for house in cast:
        house.close()


@contextmanager
def impostor(house: House, trusted: House, answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A TLS server with `house`'s key that reads one request and answers as `answer` does; gives its address."""
    context = server_context(house.own_tls, [trusted.card.tls_certificate])
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                accepted, _ = listening.accept()
                with context.wrap_socket(accepted, server_side=True) as connection:
                    head = b""
                    while not head.endswith(b"\r\n\r\nsealed"):  # what is left unread would reset the connection
                        head += connection.recv(65_536)
                    answer(connection)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)


def says(raw: str | bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(raw.encode() if isinstance(raw, str) else raw)


def answered(houses, answer, *, max_answer_bytes=1000, patience=None) -> bytes:
    meridia, torvia = houses
    with impostor(torvia, meridia, answer) as address:
        torvia.reachable_at(address)
        carrier = meridia.carrier(max_answer_bytes=max_answer_bytes, patience=patience)
        return carrier.exchange(meridia.row(torvia), b"sealed")


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"https://127.0.0.1:{taken.getsockname()[1]}"


def test_an_answer_of_the_right_kind_is_returned(houses):
    assert answered(houses, says(f"HTTP/1.1 200 OK\r\n{BUNDLE}Content-Length: 2\r\n\r\nok")) == b"ok"


@pytest.mark.parametrize(
    ("raw", "kind", "said"),
    [
        (f"HTTP/1.1 200 OK\r\n{BUNDLE}Content-Length: 1001\r\n\r\n" + "x" * 1001, PeerError, "more than 1000 bytes"),
        (
            f"HTTP/1.1 200 OK\r\n{BUNDLE}Transfer-Encoding: chunked\r\n\r\n" + ("3e8\r\n" + "x" * 1000 + "\r\n") * 3,
            PeerError,
            "more than 1000",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", PeerError, "sent no bundle"),
        (
            "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
            PeerError,
            r"status 302",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone",
            PeerError,
            r"does not answer as a node does \(status 404\)",
        ),
        (
            f"HTTP/1.1 422 No\r\nContent-Length: {len(REFUSAL)}\r\n\r\n{REFUSAL}",
            PeerError,
            r"^Torvia refused: It is damaged\.$",
        ),
        ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", HostError, "cannot take it now: it answered 500"),
        (
            f"HTTP/1.1 429 Slow\r\nContent-Length: {len(REFUSAL)}\r\n\r\n{REFUSAL}",
            HostError,
            "cannot take it now",
        ),
        ("SSH-2.0-something\r\n\r\n", HostError, "broke off"),
        (f"HTTP/1.1 200 OK\r\n{BUNDLE}Content-Length: 100\r\n\r\nonly this", HostError, "broke off"),
        ("", HostError, "broke off"),
    ],
)
def test_whatever_answers_gives_a_sentence(houses, raw, kind, said):
    with pytest.raises(kind, match=said) as caught:
        answered(houses, says(raw))
    assert str(caught.value).isprintable()


def test_a_refusal_of_any_length_is_read_no_further_than_needed(houses):
    with pytest.raises(PeerError, match="more than 16384 bytes"):
        answered(houses, says("HTTP/1.1 422 No\r\nContent-Length: 99999\r\n\r\n" + "x" * 99_999))


def test_an_answer_that_never_comes_is_given_up(houses):
    over = threading.Event()
    with pytest.raises(HostError, match="stopped answering half-way"):
        answered(houses, lambda connection: over.wait(0.5), patience=Patience(step_s=0.1))
    over.set()


def test_an_answer_that_drips_is_given_up(houses):
    def drip(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\n{BUNDLE}Content-Length: 900000000\r\n\r\n".encode())
        while True:
            connection.sendall(b"x")

    with pytest.raises(HostError, match="answered too slowly"):
        answered(houses, drip, max_answer_bytes=900_000_000, patience=Patience(answer_s=0.05))


def test_a_node_that_is_down_is_said_and_its_second_address_is_tried(houses):
    meridia, torvia = houses
    down = closed_port()
    torvia.reachable_at(down)
    with pytest.raises(HostError, match=f"Nothing listens at {down}: Torvia's node is down"):
        meridia.say(torvia)
    torvia.open()
    torvia.knows(meridia)
    torvia.reachable_at(down, f"https://{torvia.server.address}")
    carrier = meridia.carrier()
    for _ in range(2):
        assert carrier.exchange(meridia.row(torvia), b"hello")
    assert carrier._lines["XTV"].last_good.endswith(torvia.server.address)


def test_a_partner_without_an_address_is_for_hand_carriage(houses):
    meridia, torvia = houses
    torvia.reachable_at()
    with pytest.raises(HostError, match="carried by hand"):
        meridia.say(torvia)


def test_another_certificate_than_the_cards_is_refused_before_anything_is_sent(houses):
    meridia, torvia = houses
    heard: list[bytes] = []
    with impostor(meridia, meridia, lambda connection: heard.append(b"a request")) as address:
        torvia.reachable_at(address)
        with pytest.raises(HostError, match=f"The certificate at {address} is not the one on Torvia's card"):
            meridia.say(torvia, b"sealed")
    assert heard == []


def test_a_certificate_issued_under_the_pinned_one_is_not_the_pinned_one(houses, tmp_path):
    """Even where a partner's certificate could issue others: the bytes are compared, not only the chain."""
    meridia, _ = houses
    authority, child = _authority_and_child(tmp_path)
    context = client_context(meridia.own_tls, authority)
    serving = server_context(child, [meridia.card.tls_certificate])
    near, far = socket.socketpair()

    def serve() -> None:
        with far, suppress(OSError):
            serving.wrap_socket(far, server_side=True).close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with near, pytest.raises(ssl.SSLCertVerificationError, match="not the pinned one"):
        context.wrap_socket(near)
    thread.join(10)


def _authority_and_child(folder):
    """An issuing certificate (DER), and the PEM file of a certificate under it with its key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "child")]
    made = []
    for place in (0, 1):
        issuer = keys[0].public_key()
        usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
        usage |= dict.fromkeys(("crl_sign", "encipher_only", "decipher_only"), False)
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[place])
            .issuer_name(names[0])
            .public_key(keys[place].public_key())
            .serial_number(place + 1)
            .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
            .not_valid_after(datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC))
            .add_extension(x509.BasicConstraints(ca=place == 0, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=place == 0, **usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(keys[place].public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        )
        made.append(builder.sign(keys[0], hashes.SHA256()))
    pem = folder / "child.pem"
    pem.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made[1].public_bytes(serialization.Encoding.PEM)
    )
    return made[0].public_bytes(serialization.Encoding.DER), pem


def test_a_server_that_speaks_no_tls_is_said(houses):
    meridia, torvia = houses
    with socket.create_server(("127.0.0.1", 0)) as listening:
        torvia.reachable_at(f"https://127.0.0.1:{listening.getsockname()[1]}")

        def serve() -> None:
            accepted, _ = listening.accept()
            with accepted:
                accepted.recv(10_000)
                accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(HostError, match=r"does not speak TLS 1\.3"):
            meridia.say(torvia)
        thread.join(10)


def test_a_proxy_in_the_environment_is_not_used(houses, monkeypatch):
    meridia, torvia = houses
    monkeypatch.setenv("HTTPS_PROXY", closed_port().replace("https", "http"))
    monkeypatch.setenv("ALL_PROXY", closed_port().replace("https", "http"))
    torvia.open(limits=Limits(pins_age_s=0.0))
    torvia.knows(meridia)
    assert meridia.say(torvia)


def test_a_partner_without_our_newest_card_is_told_apart(houses):
    meridia, torvia = houses
    torvia.open()
    with pytest.raises(HostError, match="newest card"):
        meridia.say(torvia)


def test_what_a_partner_writes_is_shortened():
    assert len(carrier_module._printable("word " * 10_000)) <= 600
