"""The physical floor of an exchange: bytes forced to the disk here, one mutual-TLS POST over loopback, forced to the disk there, an answer.

The other side is a process of its own that does nothing else: `python -m benchmarks.wire OWN_PEM PEER_DER FOLDER`.
"""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from benchmarks.children import ROOT
from stafftalks.links import tls


def kept(path: Path, content: bytes) -> None:
    """Appends `content` to the file `path` and returns when the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, content)
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def floor(folder: Path) -> Iterator["Line"]:
    """A line to the other side, open and warm."""
    folder.mkdir()
    pems = {}
    for side in ("here", "there"):
        pem, der = tls.new_certificate(["https://127.0.0.1"])
        (folder / f"{side}.pem").write_bytes(pem)
        (folder / f"{side}.pem").chmod(0o600)
        (folder / f"{side}.der").write_bytes(der)
        pems[side] = der
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.wire", str(folder / "there.pem"), str(folder / "here.der"), str(folder)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Line(port, tls.client_context(folder / "here.pem", pems["there"]), folder / "here.log")
    finally:
        process.terminate()
        process.wait(10)


class Line:
    """A kept-open connection."""

    def __init__(self, port: int, context: ssl.SSLContext, log: Path) -> None:
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
        self._log = log

    def carry_s(self, content: bytes) -> float:
        """Seconds from having the bytes to their being on both disks and the answer's being here."""
        begun = time.perf_counter()
        kept(self._log, content)
        self._connection.request("POST", "/", body=content)
        answer = self._connection.getresponse()
        answer.read()
        spent = time.perf_counter() - begun
        if answer.status != 200:
            raise RuntimeError(f"The other side of the floor answered {answer.status}.")
        return spent


def _serve(own: Path, peer: Path, folder: Path) -> None:
    context = tls.server_context(own, [peer.read_bytes()])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection.makefile("rb") as incoming:
                while incoming.readline():  # the request line
                    content = incoming.read(_content_length(incoming))
                    kept(folder / "there.log", content)
                    # As many bytes come back: a partner answers a bundle with a bundle.
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)


def _content_length(incoming: BinaryIO) -> int:
    """What the header that follows says of the body's length."""
    length = 0
    while line := incoming.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return length


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
