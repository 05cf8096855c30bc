"""The door at which a partner's headquarters asks: take this bundle and answer it, and say hello.

A WSGI application that trusts its server for one thing only: `stafftalks.pin`, the SHA-256 of the certificate that the other side proved
to hold. The node and the gate stand behind the same door, so that a partner cannot tell which of them it meets; what becomes of a bundle is their `take`.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from stafftalks import __version__
from stafftalks.links.carrier import BUNDLE_TYPE, BUNDLES_PATH
from stafftalks.links.doorman import Doorman
from stafftalks.links.wire import JSON_TYPE, PIN, Known
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId

HELLO_PATH: Final = "/v1/hello"
_LOG = logging.getLogger(__name__)


class Hello(msgspec.Struct, frozen=True):
    """What a partner learns by saying hello: enough to see that the line works and how far the clocks differ."""

    party: PartyId
    version: str
    now: int


class Answer(msgspec.Struct, frozen=True):
    """What goes back for one request."""

    status: HTTPStatus
    content_type: str
    body: bytes


def sealed_answer(sealed: bytes) -> Answer:
    """A sealed bundle as the answer to one."""
    return Answer(HTTPStatus.OK, BUNDLE_TYPE, sealed)


def refusal(status: HTTPStatus, rule: str, sentence: str) -> Answer:
    """An answer that says no: JSON with the rule's id and the sentence for the other side's people."""
    return Answer(status, JSON_TYPE, msgspec.json.encode(Refusal(rule, sentence)))


def refused_whole(sentence: str) -> Answer:
    """The answer to a bundle that is bad; the sentence says how, and is about the partner's own bytes."""
    return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "bundle.refused", sentence)


def not_ready() -> Answer:
    """The answer where this side is not set up to take it; why is for our own people, who may read of what the partner must not see."""
    sentence = "This headquarters is not set up to take it: its administrator can see why."
    return refusal(HTTPStatus.CONFLICT, "node.not-ready", sentence)


def unable() -> Answer:
    """The answer where disk, database or whatever else is ours is in trouble."""
    sentence = "This headquarters cannot take it now: try again later."
    return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "node.unable", sentence)


def failed() -> Answer:
    """The answer where something unforeseen went wrong here: a partner learns that it did, and nothing about how."""
    sentence = "This headquarters failed on it; its administrator can see why."
    return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "node.failed", sentence)


class _CutOffError(Exception):
    """The body did not come: `failure` is what the socket said."""

    def __init__(self, failure: OSError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Door(ABC):
    """The application. `between` runs after each request and lets go of what its thread holds."""

    def __init__(
        self, party: PartyId, pins: Known, doorman: Doorman, *, now: Callable[[], int], between: Callable[[], None]
    ) -> None:
        self._party = party
        self._pins = pins
        self._doorman = doorman
        self._now = now
        self._between = between
        self.paths: dict[str, tuple[str, Callable[[dict[str, Any], PartyId], Answer]]] = {
            BUNDLES_PATH: ("POST", self._bundle),
            HELLO_PATH: ("GET", self._hello),
        }

    @abstractmethod
    def take(self, sealed: bytes, party: PartyId) -> Answer:
        """The answer to a sealed bundle that `party` posted."""

    def caller(self, environ: dict[str, Any]) -> PartyId | None:
        """Who asks; None where nobody is known by this certificate."""
        return self._pins.party_of(environ[PIN])

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answers one request. Source: PEP 3333."""
        try:
            answer = self._answer(environ)
        except _CutOffError as cut:
            raise cut.failure from None  # the server knows what to do with a connection that failed
        except Exception:  # noqa: BLE001 - the last line: a partner learns that it failed here, and nothing about how
            _LOG.exception("A partner's request failed unexpectedly.")
            answer = failed()
        finally:
            self._between()
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("Cache-Control", "no-store"),
        ]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        party = self.caller(environ)
        if party is None:
            return refusal(
                HTTPStatus.FORBIDDEN,
                "node.stranger",
                "This certificate is not on the card of any partner of this headquarters.",
            )
        if not self._doorman.spend(environ[PIN]):
            return refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "node.rate",
                "Too many requests in a short time: try again in a few seconds.",
            )
        path = environ["PATH_INFO"]
        if path not in self.paths or environ.get("QUERY_STRING"):
            return refusal(
                HTTPStatus.NOT_FOUND, "node.nothing", "There is nothing here: bundles are posted to /v1/bundles."
            )
        method, answer = self.paths[path]
        if environ["REQUEST_METHOD"] != method:
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "node.method", f"{path} takes {method} only.")
        return answer(environ, party)

    def _hello(self, _environ: dict[str, Any], _party: PartyId) -> Answer:
        hello = Hello(self._party, __version__, self._now())
        return Answer(HTTPStatus.OK, JSON_TYPE, msgspec.json.encode(hello))

    def _bundle(self, environ: dict[str, Any], party: PartyId) -> Answer:
        if environ.get("CONTENT_TYPE", "") != BUNDLE_TYPE:
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "node.type", f"A bundle is sent as {BUNDLE_TYPE}.")
        sealed, length = read_body(environ)
        if len(sealed) != length:
            return refusal(
                HTTPStatus.BAD_REQUEST, "node.short", f"The bundle was cut off after {len(sealed)} of {length} bytes."
            )
        return self.take(sealed, party)


def read_body(environ: dict[str, Any]) -> tuple[bytes, int]:
    """What came of the body, and how long it was said to be."""
    length = int(environ["CONTENT_LENGTH"])
    try:
        return bytes(environ["wsgi.input"].read(length)), length
    except OSError as error:
        raise _CutOffError(error) from error
