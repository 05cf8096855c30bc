"""What becomes of a bundle at the node: one service takes it and gives the answer.

What the partner did wrong is told to it; what is wrong on our side is logged here and told only as "not now".
"""

import logging
from collections.abc import Callable

from stafftalks.links.door import Answer, Door, not_ready, refused_whole, sealed_answer, unable
from stafftalks.links.doorman import Doorman
from stafftalks.links.wire import Known
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import PartyId

_LOG = logging.getLogger(__name__)

Reply = Callable[[Headquarters, bytes, PartyId], bytes]
"""Takes a sealed bundle of a partner and gives the sealed answer: `services.exchange.reply`."""


class NodeApp(Door):
    """The application. `between` runs after each request (it lets go of database connections); `received` after a bundle was taken."""

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
        super().__init__(hq.party, pins, doorman, now=hq.clock.now, between=between)
        self._hq = hq
        self._reply = reply
        self._received = received

    def take(self, sealed: bytes, party: PartyId) -> Answer:
        """The sealed answer of the service, or the refusal that its error is to a partner."""
        try:
            answer = self._reply(self._hq, sealed, party)
        except PeerError as error:
            _LOG.info("A bundle of %s was refused: %s", party, error)
            return refused_whole(str(error))
        except MisuseError as error:
            # Written for our own people: it may speak of what the partner must not see.
            _LOG.warning("A bundle of %s could not be answered: %s", party, error)
            return not_ready()
        except HostError as error:
            _LOG.error("A bundle of %s could not be taken: %s", party, error)
            return unable()
        self._received()
        return sealed_answer(answer)
