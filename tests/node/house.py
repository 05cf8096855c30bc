"""Headquarters on loopback for tests of the wire: real keys, real TLS, real sockets; only the services behind are fakes."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from stafftalks.links import keys
from stafftalks.links.carrier import HttpsCarrier, Patience
from stafftalks.links.keyring import FileKeyring
from stafftalks.links.limits import Limits
from stafftalks.links.tls import client_context
from stafftalks.node.server import NodeServer
from stafftalks.record.card import Card, fingerprint
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import PartnerRow, SendingState
from stafftalks.values.ids import PartyId

NOW = 1_763_830_000
QUICK = Limits(pins_age_s=0.0)


class StoppedClock:
    def __init__(self, at: int = NOW) -> None:
        self.at = at

    def now(self) -> int:
        return self.at


class HeldPartners:
    """The partners port in memory."""

    def __init__(self) -> None:
        self.rows: dict[PartyId, PartnerRow] = {}
        self.broken = False

    def partners(self) -> tuple[PartnerRow, ...]:
        if self.broken:
            raise OSError("the database is gone")
        return tuple(self.rows[party] for party in sorted(self.rows))

    def partner(self, party: PartyId) -> PartnerRow | None:
        return self.rows.get(party)

    def put(self, row: PartnerRow) -> None:
        self.rows[row.party] = row

    def put_sending(self, party: PartyId, sending: SendingState) -> None:
        self.rows[party] = msgspec.structs.replace(self.rows[party], sending=sending)


def echo(hq: Headquarters, sealed: bytes, from_party: PartyId) -> bytes:
    return b"%s heard %s say " % (hq.party.encode(), from_party.encode()) + sealed


class House:
    """One headquarters: its keys, its partners, and its node when `open` was called."""

    def __init__(self, folder: Path, party: str, name: str) -> None:
        self.keys = folder / party.lower() / "keys"
        self.card: Card = keys.create_keys(self.keys, PartyId(party), name, ["https://127.0.0.1:1"], NOW)
        self.partners = HeldPartners()
        self.clock = StoppedClock()
        nothing: Any = None
        self.hq = Headquarters(
            party=PartyId(party),
            clock=self.clock,
            entropy=nothing,
            keyring=FileKeyring(self.keys),
            sealer=nothing,
            transactions=nothing,
            records=nothing,
            holdings=nothing,
            catalogue=nothing,
            desk=nothing,
            partners=self.partners,
            log=nothing,
            journal=nothing,
            labels=nothing,
            readers=nothing,
            acceptances=nothing,
            checks=nothing,
            runs=nothing,
            written=nothing,
        )
        self.own_tls = self.keys / keys.TLS
        self.server: NodeServer | None = None
        self.carriers: list[HttpsCarrier] = []

    def open(self, reply: Callable[..., bytes] = echo, limits: Limits = QUICK, **more: Any) -> None:
        self.server = NodeServer("127.0.0.1:0", self.hq, self.own_tls, reply=reply, limits=limits, **more)
        self.server.start()
        self.reachable_at(f"https://{self.server.address}")

    def reachable_at(self, *addresses: str) -> None:
        self.card = keys.renew_card(self.keys, now=NOW, addresses=addresses)

    def knows(self, *others: "House", paired_at: int = NOW) -> None:
        for other in others:
            document = keys.read_card_document(other.keys)
            card = other.card
            self.partners.put(
                PartnerRow(card.party, card.name, document, (document,), fingerprint(card), paired_at, "admin")
            )

    def row(self, other: "House") -> PartnerRow:
        self.knows(other)
        return self.partners.rows[other.card.party]

    def carrier(self, *, max_answer_bytes: int = 1_000_000, patience: Patience | None = None) -> HttpsCarrier:
        made = HttpsCarrier(self.own_tls, max_answer_bytes=max_answer_bytes, patience=patience)
        self.carriers.append(made)
        return made

    def say(self, other: "House", sealed: bytes = b"hello") -> bytes:
        return self.carrier().exchange(self.row(other), sealed)

    @property
    def place(self) -> tuple[str, int]:
        assert self.server is not None
        host, port = self.server.address.rsplit(":", 1)
        return host, int(port)

    def close(self) -> None:
        for carrier in self.carriers:
            carrier.close()
        if self.server is not None:
            self.server.stop()
            self.server = None


def dial(to: House, own_tls: Path | None, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    """A raw TLS connection to a node, by a client that trusts it and may show a certificate of its own."""
    if context is None and own_tls is not None:
        context = client_context(own_tls, to.card.tls_certificate)
    if context is None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(to.place, timeout=10))


def ask(connection: socket.socket, raw: bytes) -> bytes:
    """All that comes back for `raw` until the other side ends; empty where it ended without a word."""
    got = bytearray()
    try:
        connection.sendall(raw)
        while piece := connection.recv(65_536):
            got += piece
    except (ssl.SSLError, ConnectionError):
        pass
    finally:
        connection.close()
    return bytes(got)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def post(body: bytes, *more: str, length: int | None = None, path: str = "/v1/bundles") -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: node",
        "Connection: close",
        "Content-Type: application/vnd.stafftalks.bundle",
    ]
    head += [f"Content-Length: {len(body) if length is None else length}", *more, "", ""]
    return "\r\n".join(head).encode() + body


def free_place() -> str:
    """A place to listen on again after a restart: a port that the system chose itself is not given twice in a row."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"
