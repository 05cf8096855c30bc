"""One process that is a headquarters: people's pages, the node for partners and the background sender, each in threads of its own."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from cheroot.wsgi import Server as WsgiServer
from django.core.wsgi import get_wsgi_application
from django.db import connection

from stafftalks.cli.site_port import Listening
from stafftalks.links.keys import TLS
from stafftalks.links.workers import ProcessWorkers
from stafftalks.node.inner import InnerNode
from stafftalks.node.sender import Sender
from stafftalks.node.server import NodeServer
from stafftalks.services import registry
from stafftalks.services.ports import Headquarters
from stafftalks.site import sweeping, wiring
from stafftalks.site.checking import CheckRunner
from stafftalks.site.home import Home
from stafftalks.site.running import RunRunner
from stafftalks.values.errors import HostError, MisuseError

if TYPE_CHECKING:
    from stafftalks.links.wire import Listener
    from stafftalks.site.bringing import TableWorker
    from stafftalks.site.mailing import DigestThread
    from stafftalks.site.sending import SendingThread

_LOG = logging.getLogger(__name__)
WEB_THREADS = 12
WAITING_CONNECTIONS = 128
"""Browsers that connect while all threads are at work; beyond these a connection is dropped and tried again a second or more later."""
LARGEST_PAGE_REQUEST_BYTES = 48 * 1024 * 1024


class Serving:
    """A headquarters at work, from `start` to `stop`."""

    def __init__(self, folder: Path, *, with_web: bool = True) -> None:
        self._home = Home(folder)
        self._hq = wiring.open_home(folder)
        _check_tables()
        _check_durability()
        self._config = self._home.config()
        _check_gate(self._home)
        self._carrier = wiring.carrier(self._home)
        self._sender = Sender(self._hq, self._carrier, between=wiring.let_go)
        self._hq = _waking(self._hq, self._wake)
        self._workers = ProcessWorkers()
        self._checks = CheckRunner(self._hq, self._workers, between=wiring.let_go, rest=self._workers.close)
        self._runs = RunRunner(
            self._hq, between=wiring.let_go, sweeping=lambda memory_mb: sweeping.within(self._home, memory_mb)
        )
        self._digests: DigestThread | None = None
        self._tables: TableWorker | None = None
        self._lines: SendingThread | None = None
        self._with_web = with_web
        self._node: Listener | None = None
        self._web: WsgiServer | None = None
        self._threads: list[threading.Thread] = []

    @property
    def hq(self) -> Headquarters:
        """The headquarters that this serves."""
        return self._hq

    def start(self) -> Listening:
        """Serves from when this returns; raises HostError where an address is taken, and then nothing is left running."""
        try:
            if self._config.node_addresses:
                self.start_node()
            if self._with_web:
                self._start_web()
            self._sender.start()
            self._checks.start()
            self._runs.start()
            self._start_digests()
            self._start_tables()
            self._start_lines()
        except BaseException:
            self.stop()
            raise
        return Listening(self.web_url, self._config.node_addresses[0] if self._node else "")

    def start_node(self) -> None:
        """Answers partners, or the gate that stands before us; part of `start`, and again after `stop_node`."""
        between, received = wiring.let_go, self._wake
        node: Listener
        if self._config.gate:
            listen = self._config.gate_listen
            node = InnerNode(listen, self._hq, self._home.gate_keys, between=between, received=received)
        else:
            listen = self._config.node_listen
            node = NodeServer(listen, self._hq, self._home.keys / TLS, between=between, received=received)
        node.start()
        self._node = node

    def stop_node(self) -> None:
        """Answers partners no longer; pages and sender go on."""
        if self._node is not None:
            self._node.stop()
            self._node = None

    def stop(self) -> None:
        """Stops everything; what was acknowledged is on the disk."""
        self._checks.stop()
        self._runs.stop()
        self._workers.close()
        self._sender.stop()
        if self._digests is not None:
            self._digests.stop()
        if self._tables is not None:
            self._tables.stop()
        if self._lines is not None:
            self._lines.stop()
        self.stop_node()
        if self._web is not None:
            self._web.stop()
        for thread in self._threads:
            thread.join(5)
        self._carrier.close()

    @property
    def web_url(self) -> str:
        """Where people's pages are."""
        scheme = "https" if self._config.web_secure else "http"
        return f"{scheme}://{self._config.web_listen}/"

    def _wake(self) -> None:
        """There may be something to send, or to compute."""
        self._sender.notify()
        self._checks.notify()
        self._runs.notify()

    def _start_digests(self) -> None:
        # Imported late: its models need Django set up.
        from stafftalks.site.mailing import DigestThread, Rounds

        self._digests = DigestThread(Rounds(self._hq, self._config), between=wiring.let_go)
        self._digests.start()

    def _start_tables(self) -> None:
        # Imported late: its models need Django set up.
        from stafftalks.site.bringing import TableWorker
        from stafftalks.store.tables import DjangoTables

        self._tables = TableWorker(self._hq, DjangoTables(), between=wiring.let_go)
        self._tables.start()

    def _start_lines(self) -> None:
        if not self._config.audit_target:
            return
        # Imported late: its models need Django set up.
        from stafftalks.site.sending import LineSender, SendingThread

        self._lines = SendingThread(LineSender(self._hq, self._home).look, between=wiring.let_go)
        self._lines.start()

    def _start_web(self) -> None:
        host, _, port = self._config.web_listen.rpartition(":")
        web = WsgiServer(
            (host.strip("[]"), int(port)),
            get_wsgi_application(),
            numthreads=WEB_THREADS,
            request_queue_size=WAITING_CONNECTIONS,
            server_name="stafftalks",
            timeout=30,
        )
        web.max_request_body_size = LARGEST_PAGE_REQUEST_BYTES
        web.error_log = _to_log  # type: ignore[method-assign]
        try:
            web.prepare()
        except OSError as error:
            raise HostError(
                f"The pages cannot be served on {self._config.web_listen}: {error}. Free the port, or change web_listen."
            ) from error
        thread = threading.Thread(target=web.serve, name="web", daemon=True)
        thread.start()
        self._threads.append(thread)
        self._web = web


def _waking(hq: Headquarters, wake: Callable[[], None]) -> Headquarters:
    woken = msgspec.structs.replace(hq, wake=wake)
    registry.install(woken)
    return woken


def _check_gate(home: Home) -> None:
    """A gate decides nothing where the headquarters could speak to partners by itself."""
    if home.config().gate and (home.keys / TLS).exists():
        raise MisuseError(
            f"A gate is set in {home.config_file}, and the TLS key is still in {home.keys / TLS}: the gate alone must hold it. Remove the file, or "
            "take the line `gate` out."
        )


def _check_tables() -> None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise HostError("The tables are of an older version of Stafftalks: back up, then run `stafftalks migrate`.")


def _check_durability() -> None:
    from stafftalks.store import durability

    connection.ensure_connection()
    durability.verify(connection)


def _to_log(msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's signature
    _LOG.log(level, msg, exc_info=traceback)
