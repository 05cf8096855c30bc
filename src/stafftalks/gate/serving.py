"""The gate at work: its outer door is the address on our card, where partners come; its inner door is where our headquarters comes.

Partners meet the same door as at a node (`links.door`), so nothing tells them that a gate is there. What they bring goes to the headquarters sealed as it
came, and the gate cannot read it; what the headquarters answers, or sends by itself, passes by `passing` or not at all.
"""

import logging
from http import HTTPStatus
from typing import Final

import msgspec

from stafftalks.gate.folder import GateFolder
from stafftalks.gate.passing import MAX_PLAINTEXT_BYTES, Gate, GateRefusedError
from stafftalks.links import gateline
from stafftalks.links.carrier import BUNDLE_TYPE, BUNDLES_PATH, HttpsCarrier
from stafftalks.links.door import Answer, Door, failed, not_ready, refusal, refused_whole, sealed_answer, unable
from stafftalks.links.doorman import Doorman
from stafftalks.links.gateline import PARTNER_HEADER, REFUSED_PATH, PrivateLine, Reply, Report
from stafftalks.links.limits import Limits
from stafftalks.links.wire import JSON_TYPE, FixedPins, Listener
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import PartyId

_LOG = logging.getLogger(__name__)
_MAX_SEALED_BYTES: Final = MAX_PLAINTEXT_BYTES + 1024 * 1024
_MAX_SENTENCE: Final = 600


class OuterDoor(Door):
    """Where partners come."""

    def __init__(self, gate: Gate, party: PartyId, doorman: Doorman, line: PrivateLine) -> None:
        super().__init__(party, gate.folder, doorman, now=lambda: int(gate.now().timestamp()), between=lambda: None)
        self._gate = gate
        self._line = line

    def take(self, sealed: bytes, party: PartyId) -> Answer:
        """The headquarters' answer, judged; where it may not go, the partner is told only that there is none now."""
        try:
            reply = self._line.post(BUNDLES_PATH, sealed, BUNDLE_TYPE, {PARTNER_HEADER: party})
            if reply.status == HTTPStatus.OK:
                return sealed_answer(self._gate.let_out(reply.body, "answer", party).sealed)
            return self._refusal(reply, party)
        except GateRefusedError as refused:
            self._report(refused)
        except (HostError, MisuseError) as error:
            _LOG.error("A bundle of %s could not be answered: %s", party, error)
        return unable()

    def _refusal(self, reply: Reply, party: PartyId) -> Answer:
        """A refusal of the headquarters, in the words that a node has for it; only what is wrong with the partner's bytes is told in its own."""
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and self._gate.folder.rules().partner(party):
            return refused_whole(reply.sentence[:_MAX_SENTENCE])
        return {HTTPStatus.CONFLICT: not_ready, HTTPStatus.INTERNAL_SERVER_ERROR: failed}.get(
            HTTPStatus(reply.status), unable
        )()

    def _report(self, refused: GateRefusedError) -> None:
        judged = refused.judged
        report = Report(judged.partner, judged.bundle, judged.accord, str(refused))
        try:
            self._line.post(REFUSED_PATH, msgspec.json.encode(report), JSON_TYPE, {PARTNER_HEADER: judged.partner})
        except HostError as error:
            _LOG.warning("The headquarters could not be told of a refusal, which the gate's log holds: %s", error)


class InnerDoor(Door):
    """Where our headquarters comes with what it wants to send."""

    def __init__(self, gate: Gate, party: PartyId, pins: FixedPins, doorman: Doorman, carrier: HttpsCarrier) -> None:
        super().__init__(party, pins, doorman, now=lambda: int(gate.now().timestamp()), between=lambda: None)
        self._gate = gate
        self._carrier = carrier

    def take(self, sealed: bytes, party: PartyId) -> Answer:  # noqa: ARG002 - only our own headquarters comes here
        """The partner's answer, sealed to the headquarters; a refusal, of the gate or of the partner, with its sentence."""
        try:
            passed = self._gate.let_out(sealed, "sent")
            return sealed_answer(self._carrier.exchange(passed.partner, passed.sealed))
        except GateRefusedError as refused:
            _LOG.warning("%s", refused)
            return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "gate.refused", str(refused))
        except PeerError as error:
            return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "partner.refused", str(error))
        except HostError as error:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "partner.unreached", str(error))


class GateServing:
    """A gate at work, from `start` to `stop`."""

    def __init__(self, folder: GateFolder, *, limits: Limits | None = None) -> None:
        config, limits = folder.config(), limits or Limits()
        gate = Gate(folder)
        far = folder.headquarters_certificate()
        self._line = PrivateLine(
            config.headquarters, folder.line, far, "The headquarters", max_answer_bytes=_MAX_SEALED_BYTES
        )
        self._carrier = HttpsCarrier(folder.tls, max_answer_bytes=_MAX_SEALED_BYTES)
        doorman, inner = Doorman(limits), Doorman(gateline.LIMITS)
        pins = FixedPins(config.party, far)
        self.outer = Listener(
            config.listen,
            OuterDoor(gate, config.party, doorman, self._line),
            folder.tls,
            folder,
            doorman,
            limits,
            name="gate",
        )
        self.inner = Listener(
            config.inner_listen, InnerDoor(gate, config.party, pins, inner, self._carrier), folder.line, pins, inner, gateline.LIMITS,
            name="gate's inner door",
        )  # fmt: skip

    def start(self) -> None:
        """Serves from when this returns; raises HostError where an address is taken, and then nothing is left running."""
        self.outer.start()
        try:
            self.inner.start()
        except BaseException:
            self.outer.stop()
            raise

    def stop(self) -> None:
        """Stops everything."""
        for listener in (self.inner, self.outer):
            listener.stop()
        self._line.close()
        self._carrier.close()
