"""The node of a headquarters behind a gate: only the gate comes here, and says for whom.

The gate has proved the partner's certificate; here the gate's own is proved, on a private line. What is answered is sealed to the gate alone (`links.gateway`).
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec

from stafftalks.links import gateline, gateseal
from stafftalks.links.door import Answer, read_body, refusal
from stafftalks.links.doorman import Doorman
from stafftalks.links.gateline import PARTNER_HEADER, REFUSED_PATH, Report
from stafftalks.links.wire import JSON_TYPE, FixedPins, Known, Listener
from stafftalks.node.app import NodeApp, Reply
from stafftalks.services import exchange
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import PartyId

_HEADER = "HTTP_" + PARTNER_HEADER.upper().replace("-", "_")
_MAX_REPORT_BYTES = 65_536


class InnerApp(NodeApp):
    """As the node, but that the caller is whom the gate names; and the gate may report what it did not let through."""

    def __init__(
        self,
        hq: Headquarters,
        pins: Known,
        doorman: Doorman,
        *,
        reply: Reply,
        between: Callable[[], None],
        received: Callable[[], None],
    ) -> None:
        super().__init__(hq, pins, doorman, reply=reply, between=between, received=received)
        self.paths[REFUSED_PATH] = ("POST", self._refused)

    def caller(self, environ: dict[str, Any]) -> PartyId | None:
        """The paired partner that the gate names; None where it names none, or it is not the gate."""
        if super().caller(environ) is None:
            return None
        row = self._hq.partners.partner(PartyId(environ.get(_HEADER, "")))
        return row.party if row else None

    def _refused(self, environ: dict[str, Any], party: PartyId) -> Answer:
        body, _ = read_body(environ)
        try:
            report = msgspec.json.decode(body[:_MAX_REPORT_BYTES], type=Report)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return refusal(HTTPStatus.BAD_REQUEST, "node.report", "This is no report of a gate.")
        exchange.gate_refused(self._hq, party, report.bundle, report.accord, report.sentence)
        return Answer(HTTPStatus.OK, JSON_TYPE, b"{}")


class InnerNode(Listener):
    """Listens for the gate on `listen`; `folder` is `keys/gate`. `between` and `received` as for `NodeServer`."""

    def __init__(
        self,
        listen: str,
        hq: Headquarters,
        folder: Path,
        *,
        reply: Reply = exchange.reply,
        between: Callable[[], None] = lambda: None,
        received: Callable[[], None] = lambda: None,
    ) -> None:
        _, certificate = gateseal.read_gate_card(folder)
        doorman, pins = Doorman(gateline.LIMITS), FixedPins(hq.party, certificate)
        app = InnerApp(hq, pins, doorman, reply=reply, between=between, received=received)
        super().__init__(
            listen, app, folder / gateline.LINE, pins, doorman, gateline.LIMITS, name="node behind the gate"
        )
