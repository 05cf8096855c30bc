"""Sending messages of RFC 5424 to the machine that collects them: over TLS (RFC 5425), TCP (RFC 6587, counted) or UDP (RFC 5426).

A batch has a connection of its own, and counts as sent only once the other side has closed it after us, or has kept quiet for a while: so what a
collector that broke down never read is sent again. Over UDP nothing tells what became of a message.
"""

import contextlib
import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, cast

import msgspec

from stafftalks.values.errors import HostError, MisuseError

_TARGET = re.compile(
    r"(tls|tcp|udp)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?):([1-9][0-9]{0,4})"
)
_MAX_DATAGRAM: Final = 8_192
CONNECT_S: Final = 5.0
CLOSE_S: Final = 5.0


class Target(msgspec.Struct, frozen=True):
    """Where messages go."""

    way: Literal["tls", "tcp", "udp"]
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.way}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def parse_target(text: str) -> Target:
    """The target spelt in `text`, as `tls://collector.example:6514`; raises MisuseError where it is none."""
    found = _TARGET.fullmatch(text.strip())
    if found is None or int(found[3]) > 65_535:
        raise MisuseError(
            f"{text[:100]!r} is not where syslog messages can go: write tls://host:port, tcp://host:port or udp://host:port."
        )
    return Target(cast("Literal['tls', 'tcp', 'udp']", found[1]), found[2].strip("[]"), int(found[3]))


def send(target: Target, messages: Sequence[bytes], *, ca_file: Path | None = None) -> None:
    """Sends the messages in order; raises HostError where it cannot be known that all were taken.

    `ca_file` holds the certificates (PEM) that may vouch for the collector's, over TLS; the system's where it is None.
    """
    try:
        if target.way == "udp":
            _send_datagrams(target, messages)
        else:
            _send_stream(target, messages, ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise HostError(
            f"Lines of the logs could not be sent to {target}: {reason}. They are sent again later."
        ) from error


def _send_datagrams(target: Target, messages: Sequence[bytes]) -> None:
    family, _, _, _, address = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.connect(address)  # so that a refusal of an earlier datagram is told at the next
        for message in messages:
            line.send(message[:_MAX_DATAGRAM])


def _send_stream(target: Target, messages: Sequence[bytes], ca_file: Path | None) -> None:
    with socket.create_connection((target.host, target.port), timeout=CONNECT_S) as plain:
        line = _context(ca_file).wrap_socket(plain, server_hostname=target.host) if target.way == "tls" else plain
        with line:
            line.sendall(b"".join(b"%d " % len(message) + message for message in messages))
            _close(line)


def _close(line: socket.socket) -> None:
    """Says that no more comes and waits for the other side to close; what it says meanwhile is not looked at."""
    line.settimeout(CLOSE_S)
    if isinstance(line, ssl.SSLSocket):
        # Collectors differ in how they end TLS. What they say instead of ending it, as that they want a certificate, is a refusal.
        with contextlib.suppress(TimeoutError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            line.unwrap()
        return
    line.shutdown(socket.SHUT_WR)
    with contextlib.suppress(TimeoutError):
        while line.recv(4_096):
            pass


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
