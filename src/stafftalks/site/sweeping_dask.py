"""Sweeps on a Dask cluster that stands already. Whoever runs it can run anything in the name of its workers and sees every problem: it is trusted like this headquarters (docs/threats.md).

distributed is imported only here, and only when asked for. Where a batch is lost the cluster reckons it again by itself.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from stafftalks.services.sweep_batches import reckoned
from stafftalks.services.sweep_ports import Reckoners, Span
from stafftalks.values.errors import HostError, MisuseError

AHEAD: Final = 64
"""How many batches the cluster has at once, at most."""
_CONNECT_S: Final = 15
_LOOK_S: Final = 0.5


@contextmanager
def cluster(scheduler: str) -> Iterator[Reckoners]:
    """The cluster whose scheduler has this address. Raises MisuseError where none is named or distributed is not installed, HostError where it cannot be reached."""
    if not scheduler:
        raise MisuseError(
            'No Dask cluster is named: write its scheduler as dask_scheduler = "tls://host:8786" in stafftalks.toml.'
        )
    if find_spec("distributed") is None:
        raise MisuseError(
            "distributed is not installed here: install the extra `stafftalks[dask]`, or reckon on the pool."
        )
    # Without types, as most of it is.
    distributed: Any = import_module("distributed")
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        raise HostError(f"The Dask scheduler {scheduler[:200]} cannot be reached: {error}") from error
    with client:
        yield OnDask(client, distributed.wait)


class OnDask:
    """Batches as tasks of a cluster."""

    def __init__(self, client: Any, wait: Callable[..., Any]) -> None:
        self._client = client
        self._wait = wait

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes | None]:
        """The part of each span, as they are done. Raises HostError where the cluster fails."""
        sent = self._client.scatter(problem, broadcast=True, hash=False)
        rest, out = iter(spans), set[Any]()
        try:
            while True:
                while len(out) < AHEAD and (span := next(rest, None)) is not None:
                    out.add(self._client.submit(reckoned, sent, span.first, span.last, pure=False))
                if not out:
                    return
                try:
                    done, out = self._wait(out, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                except TimeoutError:
                    yield None
                    continue
                for future in done:
                    yield self._part(future)
        finally:
            self._client.cancel([*out, sent])

    def _part(self, future: Any) -> bytes:
        try:
            part = future.result()
        except Exception as error:
            raise HostError(f"The cluster could not reckon a batch: {error}") from error
        if not isinstance(part, bytes):
            raise HostError("The cluster gave back something that is no part.")
        return part
