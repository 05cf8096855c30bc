"""The machine's cores, as the services use them: processes that do one function's work on many pieces.

They are started when first needed, each a fresh interpreter that has nothing of this one, and end with it, however it ends. Where there is too little work for
them, only one core, or no process can be started, the work is done here.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.connection import wait
from typing import Final

from stafftalks.services.check_ports import Piece, Result

_LOG = logging.getLogger(__name__)
FEWEST: Final = 4
"""With fewer pieces than these, starting processes takes longer than the work."""
_AHEAD: Final = 2
"""How many pieces for each core are handed out before the first is done."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ProcessWorkers:
    """One process for each core, from when they are first needed until `close`. Threads may share it."""

    def __init__(self, count: int | None = None) -> None:
        self._count = cores() if count is None else count
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._alone = self._count < 2

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """`work` of each of `pieces`, in their order, as they come; closing the iterator gives up what has not begun."""
        rest = iter(pieces)
        first = list(islice(rest, FEWEST))
        rest = chain(first, rest)
        pool = None if len(first) < FEWEST else self._started()
        if pool is not None:
            yield from self._shared(pool, work, rest)
        yield from map(work, rest)

    def close(self) -> None:
        """Ends the processes; what they are at is given up."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor | None:
        with self._lock:
            if self._pool is None and not self._alone:
                # Spawned, not forked: this process has threads, and holds keys that no worker is to have.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self._count, mp_context=context, initializer=begin)
            return self._pool

    def _shared(
        self, pool: ProcessPoolExecutor, work: Callable[[Piece], Result], rest: Iterator[Piece]
    ) -> Iterator[Result]:
        """As `run`, by the processes; where these cannot be started or died, what is left is done here."""
        waiting: deque[tuple[Piece, Future[Result] | None]] = deque()
        try:
            while True:
                for piece in islice(rest, max(self._count * _AHEAD - len(waiting), 0)):
                    waiting.append((piece, self._handed(pool, work, piece)))
                if not waiting:
                    return
                piece, future = waiting.popleft()
                yield self._done(work, piece, future)
        finally:
            for _, future in waiting:
                if future is not None:
                    future.cancel()

    def _handed(
        self, pool: ProcessPoolExecutor, work: Callable[[Piece], Result], piece: Piece
    ) -> "Future[Result] | None":
        if self._alone:
            return None
        try:
            return pool.submit(work, piece)
        except (BrokenProcessPool, OSError) as error:
            self._give_up(error)
            return None

    def _done(self, work: Callable[[Piece], Result], piece: Piece, future: "Future[Result] | None") -> Result:
        if future is not None and not self._alone:
            try:
                return future.result()
            except (BrokenProcessPool, OSError) as error:
                self._give_up(error)
        return work(piece)

    def _give_up(self, error: Exception) -> None:
        self._alone = True
        _LOG.warning("No processes can be started to share work among the cores (%s): one core does it all.", error)


def begin() -> None:
    """What each process does first: it ends with the one that started it, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
