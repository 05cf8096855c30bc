"""Lines of the logs go to what collects events as they come: in order, after restarts, over TLS, and no act waits for it."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from stafftalks.links import syslog, tls
from stafftalks.services.logs import EXCHANGE, JOURNAL
from stafftalks.services.ports import Headquarters
from stafftalks.site.home import Config, Home
from stafftalks.site.sending import LineSender, Round, SendingThread, status
from stafftalks.store import sent
from stafftalks.store.ports import django_ports
from stafftalks.values.errors import HostError, MisuseError
from tests.fakes import make_hq
from tests.store.rows import exchange_row, journal_row

pytestmark = pytest.mark.django_db(transaction=True)


class Collector(socketserver.ThreadingTCPServer):
    """Takes counted messages; where `deaf`, it breaks off without reading."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Listener)
        self.context = context
        self.taken: list[str] = []
        self.deaf = False
        self.come = threading.Condition()

    def until(self, count: int) -> list[str]:
        with self.come:
            assert self.come.wait_for(lambda: len(self.taken) >= count, 20)
        return self.taken

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Listener(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server = self.server
        line = self.request
        if server.deaf:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            line.close()  # a reset, as of a collector that died
            return
        if server.context is not None:
            line = server.context.wrap_socket(line, server_side=True)
        raw = b""
        while part := line.recv(65_536):
            raw += part
        while raw:
            length, _, rest = raw.partition(b" ")
            with server.come:
                server.taken.append(rest[: int(length)].decode())
                server.come.notify_all()
            raw = rest[int(length) :]
        if server.context is not None:
            line.unwrap()


@pytest.fixture
def collector() -> Iterator[Collector]:
    yield from _serving(Collector())


def _serving(server: Collector) -> Iterator[Collector]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hq() -> Headquarters:
    store = django_ports()
    return msgspec.structs.replace(
        make_hq("XMR"), journal=store.journal, log=store.log, transactions=store.transactions
    )


def sender(hq: Headquarters, folder: Path, target: str, **more: object) -> LineSender:
    home = Home(folder)
    home.write_config(Config(party=hq.party, audit_target=target, audit_host="hq.example", **more))
    return LineSender(hq, home)


def test_every_line_goes_once_in_order_also_after_a_restart(
    hq: Headquarters, collector: Collector, tmp_path: Path
) -> None:
    target = f"tcp://127.0.0.1:{collector.port}"
    for n in range(3):
        hq.journal.add(journal_row(f"Line {n}."))
    hq.log.add(exchange_row("a"))
    assert sender(hq, tmp_path, target).look().lines == 4
    assert [text.split(" - CEF:0")[0].rpartition(" ")[2] for text in collector.until(4)] == [JOURNAL] * 3 + [EXCHANGE]
    assert "msg=Line 2. cn1Label=line cn1=2 " in collector.taken[2]
    again = sender(hq, tmp_path, target)  # as after a restart
    assert again.look().lines == 0
    hq.journal.add(journal_row("Line 3."))
    assert again.look().lines == 1
    assert "msg=Line 3." in collector.until(5)[4]
    assert "was sent to tcp://127.0.0.1" in " ".join(status(Home(tmp_path).config()))


def test_what_was_not_taken_is_sent_again_later_and_no_act_waits(
    hq: Headquarters, collector: Collector, tmp_path: Path
) -> None:
    target = f"tcp://127.0.0.1:{collector.port}"
    sending = sender(hq, tmp_path, target)
    collector.deaf = True
    hq.journal.add(journal_row("One."))
    (failure,) = sending.look().failures
    assert "They are sent again later" in failure
    assert sending.look() == Round(0, ())  # not before its time
    assert "failed since: 1" in " ".join(status(Home(tmp_path).config()))
    collector.deaf = False
    hq.clock.advance(10)
    hq.journal.add(journal_row("Two."))
    assert sending.look().lines == 2
    assert len(collector.until(2)) == 2
    assert [row.failures for row in sent.to(target)] == [0, 0]


def test_over_tls_only_a_collector_that_is_vouched_for_gets_anything(hq: Headquarters, tmp_path: Path) -> None:
    pem, _ = tls.new_certificate(["https://127.0.0.1:6514"])
    (tmp_path / "collector.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "collector.pem")
    for collector in _serving(Collector(context)):
        target = f"tls://127.0.0.1:{collector.port}"
        hq.journal.add(journal_row("One."))
        assert sender(hq, tmp_path, target).look().failures
        assert collector.taken == []
        trusting = sender(hq, tmp_path, target, audit_ca_file="collector.pem")
        assert trusting.look(force=True).lines == 1
        assert len(collector.until(1)) == 1


def test_datagrams_are_sent_one_a_line(hq: Headquarters, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        hq.journal.add(journal_row("One."))
        hq.journal.add(journal_row("Two."))
        assert sender(hq, tmp_path, f"udp://127.0.0.1:{listener.getsockname()[1]}").look().lines == 2
        assert [b"msg=One." in listener.recv(9_000), b"msg=Two." in listener.recv(9_000)] == [True, True]


def test_the_thread_sends_while_acts_go_on(hq: Headquarters, collector: Collector, tmp_path: Path) -> None:
    from django.db import connections

    sending = sender(hq, tmp_path, f"tcp://127.0.0.1:{collector.port}")
    thread = SendingThread(sending.look, between=connections.close_all, every_s=0.02)
    thread.start()
    try:
        for n in range(5):
            hq.journal.add(journal_row(f"Line {n}."))
        assert len(collector.until(5)) == 5
    finally:
        thread.stop()


def test_it_is_off_until_a_place_is_named(hq: Headquarters, tmp_path: Path) -> None:
    Home(tmp_path).write_config(Config(party=hq.party))
    with pytest.raises(MisuseError, match="sent nowhere"):
        LineSender(hq, Home(tmp_path))
    assert status(Config()) == ("The logs are sent nowhere: audit_target in stafftalks.toml is empty.",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "collector:514",
        "http://collector:514",
        "tcp://collector",
        "tcp://collector:0",
        "tcp://a b:514",
        "tcp://c:99999",
    ],
)
def test_what_is_no_place_is_refused_at_once(text: str) -> None:
    with pytest.raises(MisuseError, match="is not where syslog messages can go"):
        syslog.parse_target(text)


def test_a_place_is_spelt_as_it_was_read() -> None:
    for text in ("tls://collector.example:6514", "udp://[::1]:514", "tcp://192.0.2.7:601"):
        assert str(syslog.parse_target(text)) == text


def test_nobody_listening_is_the_hosts_fault() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        target = syslog.Target("tcp", "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(HostError, match=r"could not be sent to tcp://127\.0\.0\.1"):
            syslog.send(target, [b"x"])
