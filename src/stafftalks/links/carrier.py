"""The carrier port over HTTPS: one POST to the partner's node carries a sealed bundle there and its sealed answer back.

Trusted is exactly the certificate on the partner's card. Every failure becomes a sentence that says which side can mend it:
HostError where the partner could not be reached or was busy (worth another try), PeerError where it refused (its own sentence).
An address after the first is tried only where nothing was sent yet.
"""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from stafftalks.links import tls
from stafftalks.record.card import Card, open_card
from stafftalks.values.errors import HostError, PeerError

BUNDLE_TYPE: Final = "application/vnd.stafftalks.bundle"
BUNDLES_PATH: Final = "/v1/bundles"
_MAX_REFUSAL_BYTES: Final = 16_384
_MAX_SENTENCE_CHARACTERS: Final = 600
_TRY_AGAIN: Final = frozenset({408, 425, 429})


class Carded(Protocol):
    """Whoever is spoken to: a partner's row, or a partner as the gate holds it. `card` is the newest signed card document."""

    @property
    def card(self) -> bytes:
        """That document."""


class Patience(msgspec.Struct, frozen=True):
    """How long the carrier waits, in seconds: to connect, for each read or write, and for a whole answer."""

    connect_s: float = 5.0
    step_s: float = 30.0
    answer_s: float = 300.0


class _Line(msgspec.Struct):
    """An open line to one partner: kept while its card and our own TLS key stay the same."""

    key: tuple[bytes, bytes]
    client: httpx.Client
    last_good: str = ""


class _Refusal(msgspec.Struct):
    rule: str = ""
    sentence: str = ""


class HttpsCarrier:
    """Carries bundles with our TLS key and certificate in the file `own`. Connections are kept and used again; thread-safe."""

    def __init__(self, own: Path, *, max_answer_bytes: int, patience: Patience | None = None) -> None:
        self._own = own
        self._max_answer_bytes = max_answer_bytes
        self._patience = patience or Patience()
        self._lines: dict[str, _Line] = {}
        self._lock = threading.Lock()

    def exchange(self, partner: Carded, sealed: bytes) -> bytes:
        """The partner's sealed reply. Raises HostError where it could not be reached, PeerError where it refused (its sentence)."""
        card = open_card(partner.card)
        if not card.addresses:
            raise HostError(f"{card.name}'s card names no address: bundles to it are carried by hand.")
        line = self._line(card)
        failures: list[str] = []
        for address in sorted(card.addresses, key=lambda address: address != line.last_good):
            try:
                answer = self._post(line.client, card, address, sealed)
            except _NotReachedError as failure:
                failures.append(str(failure))
                continue
            line.last_good = address
            return answer
        raise HostError(" ".join(failures))

    def close(self) -> None:
        """Closes every connection; the carrier can be used again."""
        with self._lock:
            lines, self._lines = self._lines, {}
        for line in lines.values():
            line.client.close()

    def _line(self, card: Card) -> _Line:
        try:
            key = (card.tls_certificate, self._own.read_bytes())
        except OSError as error:
            raise HostError(f"The TLS key {self._own} cannot be read: {error.strerror or error}.") from error
        with self._lock:
            line = self._lines.get(card.party)
            if line is not None and line.key == key:
                return line
            # A line under an older card is left to those who still use it; its connections close as they fall idle.
            client = httpx.Client(
                verify=tls.client_context(self._own, card.tls_certificate),
                trust_env=False,
                follow_redirects=False,
                headers={"user-agent": "stafftalks", "accept-encoding": "identity"},
                timeout=httpx.Timeout(self._patience.step_s, connect=self._patience.connect_s),
                limits=httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=15.0),
            )
            self._lines[card.party] = line = _Line(key, client)
            return line

    def _post(self, client: httpx.Client, card: Card, address: str, sealed: bytes) -> bytes:
        with (
            _failures_said(card, address),
            client.stream("POST", address + BUNDLES_PATH, content=sealed, headers={"content-type": BUNDLE_TYPE}) as got,
        ):
            if got.status_code != 200:
                raise _refusal(card, got.status_code, self._read(got, _MAX_REFUSAL_BYTES, card, address))
            if got.headers.get("content-type", "") != BUNDLE_TYPE:
                raise PeerError(
                    f"What answers for {card.name} at {address} sent no bundle: another program may listen there."
                )
            return self._read(got, self._max_answer_bytes, card, address)

    def _read(self, response: httpx.Response, max_bytes: int, card: Card, address: str) -> bytes:
        give_up_at = monotonic() + self._patience.answer_s
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > max_bytes:
                raise PeerError(
                    f"{card.name} at {address} answered with more than {max_bytes} bytes; nothing of it was taken."
                )
            if monotonic() > give_up_at:
                raise HostError(
                    f"{card.name} at {address} answered too slowly: {len(body)} bytes in {self._patience.answer_s:g} s."
                )
        return bytes(body)


class _NotReachedError(HostError):
    """Nothing was sent to this address: the next one may be tried."""


@contextlib.contextmanager
def _failures_said(card: Card, address: str) -> Iterator[None]:
    """Turns what the network library raises into sentences of ours."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise _NotReachedError(
            f"{card.name} did not answer at {address} in time: its node may be down, or the way to it blocked."
        ) from error
    except httpx.ConnectError as error:
        raise _NotReachedError(_connect_sentence(card, address, error)) from error
    except httpx.TimeoutException as error:
        raise HostError(f"{card.name} at {address} stopped answering half-way; it is tried again.") from error
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
        if "alert" in str(error).lower():
            raise HostError(
                f"{card.name}'s node at {address} refused our certificate: it may not hold our newest card. Give it to them."
            ) from error
        raise HostError(
            f"The connection to {card.name} at {address} broke off; where this repeats, it may not hold our newest card."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HostError(f"The exchange with {card.name} at {address} failed: {_printable(str(error))}.") from error


def _connect_sentence(card: Card, address: str, error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The certificate at {address} is not the one on {card.name}'s card: ask for its newest card, and compare it."
        if isinstance(cause, ssl.SSLError):
            return f"What listens at {address} does not speak TLS 1.3 as {card.name}'s node must: {_printable(cause.reason or str(cause))}."
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens at {address}: {card.name}'s node is down, or its address has changed."
        cause = cause.__cause__ or cause.__context__
    host = urlsplit(address).hostname
    return f"{card.name} could not be reached at {address} ({_printable(str(error))}): check the network, and that {host} is right."


def _refusal(card: Card, status: int, body: bytes) -> PeerError | HostError:
    try:
        sentence = _printable(msgspec.json.decode(body, type=_Refusal).sentence)
    except (msgspec.DecodeError, UnicodeDecodeError):
        sentence = ""
    if status in _TRY_AGAIN or status >= 500:
        return HostError(f"{card.name}'s node cannot take it now: {sentence or f'it answered {status}.'}")
    if 400 <= status < 500 and sentence:
        return PeerError(f"{card.name} refused: {sentence}")
    return PeerError(
        f"What answers for {card.name} does not answer as a node does (status {status}): check its address."
    )


def _printable(text: str) -> str:
    """What a partner wrote, fit for one line of ours: no control characters, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:_MAX_SENTENCE_CHARACTERS]).split())
