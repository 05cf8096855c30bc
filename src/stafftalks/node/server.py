"""The node server: mutual TLS 1.3 with paired partners only, in threads beside whatever else the process does."""

from collections.abc import Callable
from pathlib import Path

from stafftalks.links.doorman import Doorman
from stafftalks.links.limits import Limits
from stafftalks.links.wire import Listener
from stafftalks.node.app import NodeApp, Reply
from stafftalks.node.pins import PartnerPins
from stafftalks.services import exchange
from stafftalks.services.ports import Headquarters


class NodeServer(Listener):
    """A node that listens on `listen` ("127.0.0.1:8443"; port 0: any free one) with the TLS key and certificate in the file `own_tls`.

    `between` runs after every piece of work in a thread of the node, and lets go of what the thread holds of the database.
    `received` runs after a bundle was taken, and should wake the sender.
    """

    def __init__(
        self,
        listen: str,
        hq: Headquarters,
        own_tls: Path,
        *,
        reply: Reply = exchange.reply,
        between: Callable[[], None] = lambda: None,
        received: Callable[[], None] = lambda: None,
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        doorman = Doorman(limits)
        pins = PartnerPins(hq.partners, max_age_s=limits.pins_age_s, between=between)
        app = NodeApp(hq, pins, doorman, reply=reply, between=between, received=received)
        super().__init__(listen, app, own_tls, pins, doorman, limits)
