"""The private line between a headquarters and its own gate, which may be on two machines: TLS 1.3 with a key of its own at each end.

at the headquarters   keys/gate/line.key         at the gate   keys/line.key, keys/hq.crt
"""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Final

import httpx
import msgspec

from stafftalks.links import tls
from stafftalks.links.limits import Limits
from stafftalks.values.errors import HostError

PARTNER_HEADER: Final = "stafftalks-partner"
REFUSED_PATH: Final = "/v1/refused"
LINE: Final = "line.key"
LIMITS: Final = Limits(
    step_s=600.0,  # the answer to a bundle waits for a partner, who may be slow
    connections_per_partner=64,
    requests_per_partner=32,
    burst_per_partner=10_000,
    requests_per_s=1_000.0,
)
"""On this line the other end is our own: what bounds partners is done where they come in."""


class Report(msgspec.Struct, frozen=True):
    """What the gate tells the headquarters of an answer that it did not let through; all empty but `partner` and `sentence` where unknown."""

    partner: str
    bundle: str
    accord: str
    sentence: str


class Reply(msgspec.Struct, frozen=True):
    """What came back over the line."""

    status: int
    content_type: str
    body: bytes

    @property
    def sentence(self) -> str:
        """The sentence of a refusal, fit for one line; empty where none was said."""
        try:
            said = msgspec.json.decode(self.body, type=_Said)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return ""
        return " ".join("".join(c if c.isprintable() else " " for c in said.sentence).split())


class _Said(msgspec.Struct):
    sentence: str = ""


class PrivateLine:
    """One end of the line: posts to the other end, known by its exact certificate, with our own key in the file `own`. Thread-safe.

    `other` is who is at the other end, for sentences.
    """

    def __init__(self, address: str, own: Path, anchor: bytes, other: str, *, max_answer_bytes: int) -> None:
        self._address = address.rstrip("/")
        self._other = other
        self._max_answer_bytes = max_answer_bytes
        self._client = httpx.Client(
            verify=tls.client_context(own, anchor),
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": "stafftalks", "accept-encoding": "identity"},
            timeout=httpx.Timeout(LIMITS.step_s, connect=5.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=15.0),
        )

    def post(self, path: str, content: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> Reply:
        """What the other end answers; raises HostError where it cannot be reached or answers without end."""
        give_up_at = monotonic() + LIMITS.step_s
        try:
            with self._client.stream(
                "POST", self._address + path, content=content, headers={"content-type": content_type, **(headers or {})}
            ) as got:
                body = bytearray()
                for piece in got.iter_raw():
                    body += piece
                    if len(body) > self._max_answer_bytes or monotonic() > give_up_at:
                        raise HostError(
                            f"{self._other} at {self._address} answered without end; nothing of it was taken."
                        )
                return Reply(got.status_code, got.headers.get("content-type", ""), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HostError(
                f"{self._other} at {self._address} does not answer ({error or type(error).__name__})."
            ) from error

    def close(self) -> None:
        """Closes every connection."""
        self._client.close()
