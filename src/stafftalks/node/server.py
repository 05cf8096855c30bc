"""The node server: mutual TLS 1.3 with paired partners only, in threads beside whatever else the process does."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from stafftalks.node.app import NodeApp, Reply
from stafftalks.node.doorman import Doorman
from stafftalks.node.limits import Limits
from stafftalks.node.pins import PartnerPins
from stafftalks.node.wire import CherootNode, NodeAdapter
from stafftalks.services import exchange
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, MisuseError


class NodeServer:
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
        self._listen = listen
        limits = limits or Limits()
        doorman = Doorman(limits)
        pins = PartnerPins(hq.partners, max_age_s=limits.pins_age_s, between=between)
        app = NodeApp(hq, pins, doorman, limits, reply=reply, between=between, received=received)
        self._server = CherootNode(_host_and_port(listen), app, limits, pins, doorman)
        self._server.ssl_adapter = NodeAdapter(own_tls, pins, doorman, limits, self._server.fit)
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, name="node", daemon=True)

    def start(self) -> None:
        """Listens from when this returns; raises HostError where it cannot."""
        self._thread.start()
        try:
            self._ready.result()
        except OSError as error:
            raise HostError(
                f"The node cannot listen on {self._listen}: {error}. Free the port, or change node_listen."
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
