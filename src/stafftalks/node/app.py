"""The two things a partner's headquarters can ask: take this bundle and answer it, and say hello.

A WSGI application that trusts its server for one thing only: `stafftalks.pin`, the SHA-256 of the certificate that the other side proved
to hold. What the partner did wrong is told to it; what is wrong on our side is logged here and told only as "not now".
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from stafftalks import __version__
from stafftalks.node.doorman import Doorman
from stafftalks.node.limits import Limits
from stafftalks.node.pins import PartnerPins
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, MisuseError, PeerError, Refusal
from stafftalks.values.ids import PartyId

BUNDLE_TYPE: Final = "application/vnd.stafftalks.bundle"
JSON_TYPE: Final = "application/json"
BUNDLES_PATH: Final = "/v1/bundles"
HELLO_PATH: Final = "/v1/hello"
PIN: Final = "stafftalks.pin"
_METHODS: Final = {BUNDLES_PATH: "POST", HELLO_PATH: "GET"}
_LOG = logging.getLogger(__name__)

Reply = Callable[[Headquarters, bytes, PartyId], bytes]
"""Takes a sealed bundle of a partner and gives the sealed answer: `services.exchange.reply`."""


class Hello(msgspec.Struct, frozen=True):
    """What a partner learns by saying hello: enough to see that the line works and how far the clocks differ."""

    party: PartyId
    version: str
    now: int


class _Answer(msgspec.Struct, frozen=True):
    status: HTTPStatus
    content_type: str
    body: bytes


class _CutOffError(Exception):
    """The body did not come: `failure` is what the socket said."""

    def __init__(self, failure: OSError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class NodeApp:
    """The application. `between` runs after each request (it lets go of database connections); `received` after a bundle was taken."""

    def __init__(
        self,
        hq: Headquarters,
        pins: PartnerPins,
        doorman: Doorman,
        limits: Limits,
        *,
        reply: Reply,
        between: Callable[[], None],
        received: Callable[[], None],
    ) -> None:
        self._hq = hq
        self._pins = pins
        self._doorman = doorman
        self._limits = limits
        self._reply = reply
        self._between = between
        self._received = received

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Answers one request. Source: PEP 3333."""
        try:
            answer = self._answer(environ)
        except _CutOffError as cut:
            raise cut.failure from None  # the server knows what to do with a connection that failed
        except Exception:  # noqa: BLE001 - the last line: a partner learns that it failed here, and nothing about how
            _LOG.exception("A partner's request failed unexpectedly.")
            answer = refusal(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "node.failed",
                "This headquarters failed on it; its administrator can see why.",
            )
        finally:
            self._between()
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("Cache-Control", "no-store"),
        ]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        party = self._pins.party_of(environ[PIN])
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
        if path not in _METHODS or environ.get("QUERY_STRING"):
            return refusal(
                HTTPStatus.NOT_FOUND, "node.nothing", "There is nothing here: bundles are posted to /v1/bundles."
            )
        if environ["REQUEST_METHOD"] != _METHODS[path]:
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "node.method", f"{path} takes {_METHODS[path]} only.")
        if path == HELLO_PATH:
            hello = Hello(self._hq.party, __version__, self._hq.clock.now())
            return _Answer(HTTPStatus.OK, JSON_TYPE, msgspec.json.encode(hello))
        return self._take(environ, party)

    def _take(self, environ: dict[str, Any], party: PartyId) -> _Answer:
        if environ.get("CONTENT_TYPE", "") != BUNDLE_TYPE:
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "node.type", f"A bundle is sent as {BUNDLE_TYPE}.")
        length = int(environ["CONTENT_LENGTH"])
        try:
            sealed = environ["wsgi.input"].read(length)
        except OSError as error:
            raise _CutOffError(error) from error
        if len(sealed) != length:
            return refusal(
                HTTPStatus.BAD_REQUEST, "node.short", f"The bundle was cut off after {len(sealed)} of {length} bytes."
            )
        try:
            answer = self._reply(self._hq, sealed, party)
        except PeerError as error:
            _LOG.info("A bundle of %s was refused: %s", party, error)
            return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "bundle.refused", str(error))
        except MisuseError as error:
            # Written for our own people: it may speak of what the partner must not see.
            _LOG.warning("A bundle of %s could not be answered: %s", party, error)
            return refusal(
                HTTPStatus.CONFLICT,
                "node.not-ready",
                "This headquarters is not set up to take it: its administrator can see why.",
            )
        except HostError as error:
            _LOG.error("A bundle of %s could not be taken: %s", party, error)
            return refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "node.unable", "This headquarters cannot take it now: try again later."
            )
        self._received()
        return _Answer(HTTPStatus.OK, BUNDLE_TYPE, answer)


def refusal(status: HTTPStatus, rule: str, sentence: str) -> _Answer:
    """An answer that says no: JSON with the rule's id and the sentence for the partner's people."""
    return _Answer(status, JSON_TYPE, msgspec.json.encode(Refusal(rule, sentence)))
