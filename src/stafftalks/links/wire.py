"""The wire under an application that holders of pinned certificates speak to: cheroot's server, with handshake, deadlines and refusals made our own.

The node and the gate listen through it. It decides who is on the line and how long they may take, and never what may be said.

What cheroot does not do by itself, and why it matters here:
- it completes handshakes in the thread that accepts connections, so one silent stranger would stop all partners: here a handshake goes on
  only as bytes arrive, and has a deadline;
- its time limits start anew with every byte: here each request has a deadline, and a body a slowest speed;
- it reads what an application left unread, whatever its length: here a length is checked before anything is read.
"""

import contextlib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from pathlib import Path
from time import monotonic, time
from typing import Any, Final, Protocol, cast

import msgspec
from cheroot import errors, wsgi
from cheroot.makefile import StreamReader, StreamWriter
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.ssl import Adapter

from stafftalks.links import tls
from stafftalks.links.doorman import Doorman
from stafftalks.links.limits import Limits
from stafftalks.values.errors import HostError, MisuseError, Refusal
from stafftalks.values.ids import PartyId

JSON_TYPE: Final = "application/json"
PIN: Final = "stafftalks.pin"
"""In a request's environment: the SHA-256 of the certificate that the other side proved to hold."""
_LOG = logging.getLogger(__name__)
_DIGITS: Final = re.compile(rb"[0-9]{1,12}")
_DRAIN_BYTES: Final = 64 * 1024 * 1024
_PLAIN_HTTP: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis is an HTTPS address.\n"
)
_SENTENCES: Final = {
    400: ("wire.malformed", "This is not a request as HTTP/1.1 defines it."),
    408: ("wire.slow", "The request came too slowly and was dropped; nothing of it was taken."),
    411: ("wire.length", "The length of the body must be said beforehand in Content-Length; chunks are not taken."),
    413: ("wire.size", "The request is larger than this headquarters takes: send the records in parts."),
    414: ("wire.address", "The address asked for is too long."),
    429: ("wire.busy", "Too many requests of this partner at once: send one after the other."),
    500: ("node.failed", "This headquarters failed on it; its administrator can see why."),
}


class Pins(msgspec.Struct, frozen=True):
    """One reading of who may come: parties by the pin of their certificate, and the certificates themselves (DER)."""

    parties: dict[str, PartyId]
    anchors: frozenset[bytes]


class Known(Protocol):
    """Who may come, as of now."""

    def current(self) -> Pins:
        """The pins; raises where they cannot be read, and then nobody is known."""

    def party_of(self, pin: str) -> PartyId | None:
        """The party whose certificate has this pin, or None."""


class FixedPins:
    """Those who may come, the same for as long as this lives: the other end of a private line."""

    def __init__(self, party: PartyId, certificate: bytes) -> None:
        self._pins = Pins({tls.pin(certificate): party}, frozenset({certificate}))

    def current(self) -> Pins:
        """The pins."""
        return self._pins

    def party_of(self, pin: str) -> PartyId | None:
        """The party at the other end, for its own certificate."""
        return self._pins.parties.get(pin)


class NodeSocket(ssl.SSLSocket):
    """A TLS socket whose every read and write ends by `deadline` (monotonic seconds; None: no limit but the socket's own)."""

    deadline: float | None = None
    step_s: float = 20.0
    came_from: str = ""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """As ssl.SSLSocket; raises TimeoutError past the deadline."""
        self._keep_to_deadline()
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        """As ssl.SSLSocket; raises TimeoutError past the deadline."""
        self._keep_to_deadline()
        return super().send(data, flags)

    def _keep_to_deadline(self) -> None:
        if self.deadline is not None:
            left = self.deadline - monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.settimeout(min(self.step_s, left))


class NodeAdapter(Adapter):
    """Gives each new connection a TLS context that knows today's partners, and leaves the handshake to the connection."""

    def __init__(self, own: Path, pins: Known, doorman: Doorman, limits: Limits, fit: Callable[[int], None]) -> None:
        self._own = own
        self._pins = pins
        self._doorman = doorman
        self._limits = limits
        self._fit = fit
        self._context: ssl.SSLContext | None = None
        self._context_of: tuple[bytes, frozenset[bytes]] | None = None

    def bind(self, sock: socket.socket) -> socket.socket:
        """The listening socket as it is."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[NodeSocket, dict[str, Any]]:
        """The connection with TLS begun and nothing awaited; raises FatalSSLAlert where it must be dropped at once."""
        try:
            came_from = str(sock.getpeername()[0])
        except OSError as error:
            sock.close()
            raise errors.FatalSSLAlert(str(error)) from error
        if not self._doorman.knock(came_from):
            sock.close()
            raise errors.FatalSSLAlert(f"too many connections in handshake from {came_from}, or in all")
        try:
            context = self._current_context()
            wrapped = cast("NodeSocket", context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False))
        except Exception as error:
            self._doorman.knocked(came_from)
            sock.close()
            _LOG.exception("A connection was dropped: this node cannot tell who its partners are, or use its TLS key.")
            raise errors.FatalSSLAlert(str(error)) from error
        wrapped.came_from = came_from
        wrapped.step_s = self._limits.step_s
        return wrapped, {}

    def get_environ(self) -> dict[str, Any]:
        """Nothing: who the peer is becomes known after the handshake, and is set by the connection."""
        return {}

    def makefile(self, sock: NodeSocket, mode: str = "r", bufsize: int = -1) -> StreamReader | StreamWriter:
        """A buffered stream over the connection."""
        return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)

    def _current_context(self) -> ssl.SSLContext:
        anchors = self._pins.current().anchors
        key = (self._own.read_bytes(), anchors)
        if self._context is None or key != self._context_of:
            context = tls.server_context(self._own, anchors)
            context.sslsocket_class = NodeSocket
            self._fit(len(anchors))
            self._context, self._context_of = context, key
        return self._context


class NodeRequest(HTTPRequest):
    """A request whose head is judged before its body is touched, and whose refusals are JSON with a sentence."""

    def read_request_headers(self) -> bool:
        """Whether the head is one we go on with; answers it otherwise."""
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        length = self.inheaders.get(b"Content-Length")
        if self.inheaders.get(b"Transfer-Encoding") or (length is None and self.method == b"POST"):
            self.simple_response("411 Length Required")
            return False
        if length is not None and not _DIGITS.fullmatch(length):
            self.simple_response("400 Bad Request")
            return False
        body_bytes = int(length or 0)
        if body_bytes and self.method != b"POST":
            self.simple_response("413 Content Too Large")
            return False
        limits = self.server.limits
        self.conn.socket.deadline = monotonic() + limits.step_s + body_bytes / limits.min_body_bytes_per_s
        return True

    def simple_response(self, status: str, msg: str = "") -> None:  # noqa: ARG002 - the server's own words are not shown
        """Refuses and ends the connection."""
        self.close_connection = True
        code = int(str(status)[:3])
        rule, sentence = _SENTENCES.get(code, ("wire.refused", f"The request was refused: {HTTPStatus(code).phrase}."))
        body = msgspec.json.encode(Refusal(rule, sentence))
        head = f"HTTP/1.1 {status}\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.conn.socket.deadline = monotonic() + self.server.limits.step_s
        with contextlib.suppress(OSError):  # who does not read the refusal does without
            self.conn.wfile.write(head.encode("ascii") + body)
            if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                self._drain()

    def _drain(self) -> None:
        """Reads off what is still being sent, within bounds: closing on it would destroy the refusal under way."""
        buffer = bytearray(64 * 1024)
        drained = 0
        while drained < _DRAIN_BYTES:
            count = self.conn.socket.recv_into(buffer)
            if not count:
                return
            drained += count


class NodeConnection(HTTPConnection):
    """A connection that is a stranger's until its handshake has proved a partner's certificate."""

    RequestHandlerClass = NodeRequest

    def __init__(self, server: "CherootNode", sock: NodeSocket, makefile: Callable[..., object]) -> None:
        self._came_at = time()
        self._put_at = self._came_at
        self._pin = ""
        self._pending = True
        super().__init__(server, sock, makefile)

    @property
    def last_used(self) -> float:
        """When the server should count this connection as idle from: a stranger's clock runs from its arrival."""
        if self._pin:
            return self._put_at
        limits = self.server.limits
        return float(self._came_at - limits.idle_s + limits.handshake_s)

    @last_used.setter
    def last_used(self, at: float) -> None:
        self._put_at = at

    def communicate(self) -> bool:
        """Goes one step on: a step of the handshake, or one request. Returns whether to keep the connection."""
        if not self._pin:
            return self._greet()
        doorman = self.server.doorman
        if not doorman.ask(self._pin):
            NodeRequest(self.server, self).simple_response("429 Too Many Requests")
            return False
        try:
            self.socket.deadline = monotonic() + self.server.limits.head_s
            return bool(super().communicate())  # type: ignore[no-untyped-call]
        finally:
            doorman.asked(self._pin)

    def close(self) -> None:
        """Closes it and gives back its places."""
        try:
            super().close()
        finally:
            self._leave_pending()
            pin, self._pin = self._pin, ""
            if pin:
                self.server.doorman.disconnect(pin)

    def _greet(self) -> bool:
        self.socket.settimeout(0)
        try:
            self.socket.do_handshake()
        except ssl.SSLWantReadError:
            return bool(time() - self._came_at < self.server.limits.handshake_s)
        except ssl.SSLError as error:
            _LOG.info("A connection from %s was refused in its handshake: %s", self.socket.came_from, error.reason)
            if "HTTP_REQUEST" in (error.reason or ""):
                with contextlib.suppress(OSError):
                    socket.socket.send(self.socket, _PLAIN_HTTP)
            return False
        except OSError:
            return False
        self._leave_pending()
        pin = tls.pin(self.socket.getpeercert(binary_form=True) or b"")
        if self.server.pins.party_of(pin) is None or not self.server.doorman.connect(pin):
            _LOG.warning(
                "A connection from %s was closed: no partner's certificate, or too many of them.", self.socket.came_from
            )
            return False
        self._pin = pin
        self.ssl_env = {PIN: pin, "wsgi.url_scheme": "https"}
        self.socket.settimeout(self.server.limits.step_s)
        return True

    def _leave_pending(self) -> None:
        if self._pending:
            self._pending = False
            self.server.doorman.knocked(self.socket.came_from)


class CherootNode(wsgi.Server):
    """cheroot's server, wired to our connections, limits and log."""

    ConnectionClass = NodeConnection

    def __init__(self, bind: tuple[str, int], app: Any, limits: Limits, pins: Known, doorman: Doorman) -> None:
        super().__init__(
            bind, app, numthreads=limits.requests_per_partner + 2, server_name="stafftalks", timeout=limits.idle_s
        )
        self.limits = limits
        self.pins = pins
        self.doorman = doorman
        self.max_request_header_size = limits.max_header_bytes
        self.max_request_body_size = limits.max_body_bytes
        self.request_queue_size = 128
        self.expiration_interval = 0.2
        self.keep_alive_conn_limit = limits.max_pending + 64 * limits.connections_per_partner
        self._workers = threading.Lock()
        self._threads_wanted = limits.requests_per_partner + 2

    def fit(self, partners: int) -> None:
        """Adds worker threads until every partner's places can be filled at once."""
        with self._workers:
            wanted = partners * self.limits.requests_per_partner + 2
            if wanted > self._threads_wanted:
                self.requests.grow(wanted - self._threads_wanted)
                self._threads_wanted = wanted

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's signature
        """Sends the server's own lines to the log."""
        _LOG.log(level, "%s", msg, exc_info=traceback)


class Listener:
    """Listens on `listen` ("127.0.0.1:8443"; port 0: any free one) with the TLS key and certificate in the file `own_tls`, in threads of its own.

    Raises MisuseError where `listen` is no such address.
    """

    def __init__(
        self, listen: str, app: Any, own_tls: Path, pins: Known, doorman: Doorman, limits: Limits, *, name: str = "node"
    ) -> None:
        self._listen = listen
        self._name = name
        self._server = CherootNode(_host_and_port(listen), app, limits, pins, doorman)
        self._server.ssl_adapter = NodeAdapter(own_tls, pins, doorman, limits, self._server.fit)
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Listens from when this returns; raises HostError where it cannot."""
        self._thread.start()
        try:
            self._ready.result()
        except OSError as error:
            raise HostError(
                f"The {self._name} cannot listen on {self._listen}: {error}. Free the port, or change where it listens."
            ) from error

    def _serve(self) -> None:
        # Prepared in this thread, because worker threads inherit that they may not keep a finished process alive.
        try:
            self._server.prepare()
        except BaseException as error:  # noqa: BLE001 - raised again in `start`
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        self._server.serve()

    def stop(self) -> None:
        """Stops listening; requests under way are finished, or cut off after five seconds."""
        self._server.stop()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens, as host:port; the port chosen where 0 was asked for."""
        host, port = self._server.bind_addr[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise MisuseError(f"{listen!r} is not an address to listen on: host:port, as 0.0.0.0:8443 or [::]:8443.")
    return host.strip("[]"), int(port)
