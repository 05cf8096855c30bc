"""The cores of this machine for sweeps that the pages ask for: processes that hold nothing of the headquarters and may have so much memory and no more, ended where they are at work when it is over."""

import contextlib
import multiprocessing
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from stafftalks.links.memory import bound_memory
from stafftalks.links.workers import begin, cores
from stafftalks.services.sweep_ports import Span
from stafftalks.values.errors import HostError

_AHEAD: Final = 2
"""How many batches for each core are handed out before the first is done."""
_LOOK_S: Final = 0.5
_BOUNDED: Final[list[int]] = []
"""What this process was bounded to, once it was."""


class BoundedCores:
    """Batches shared among one process for each core, started for each sweep."""

    def __init__(self, memory_mb: int, count: int | None = None) -> None:
        self._memory_mb = memory_mb
        self._count = cores() if count is None else count

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes | None]:
        """The part of each span, as they are done. Raises HostError where a process broke off."""
        # Spawned, not forked: this process has threads, and holds keys that none of these is to have.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self._count, mp_context=context, initializer=begin)
        rest, out = iter(spans), set[Future[bytes]]()
        try:
            while True:
                while len(out) < self._count * _AHEAD and (span := next(rest, None)) is not None:
                    out.add(pool.submit(part, problem, span.first, span.last, self._memory_mb))
                if not out:
                    return
                done, out = wait(out, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                if not done:
                    yield None
                for future in done:
                    yield future.result()
        except (BrokenProcessPool, MemoryError, OSError) as error:
            raise HostError(
                f"A process broke off, most likely because it needed more than the {self._memory_mb:,} MB of memory that it was given: give it more, or ask for less."
            ) from error
        finally:
            _end(pool)


def part(problem: bytes, first: int, last: int, memory_mb: int) -> bytes:
    """In a process of its own: the part of these points, within so much memory beyond what the program takes by itself."""
    from stafftalks.services.sweep_batches import reckoned

    _bound(problem, memory_mb)
    return reckoned(problem, first, last)


def _bound(problem: bytes, memory_mb: int) -> None:
    """Once a process: the program is loaded and its loops are compiled, and then its memory is bounded."""
    if _BOUNDED:
        return
    import pyarrow

    from stafftalks.analysis import sweep
    from stafftalks.formats import parquet
    from stafftalks.services.sweeps import analysis_of
    from stafftalks.site import reckoning_warm

    match analysis_of(sweep.ready(problem).problem):
        case "schedule" | "risk" | "options" as analysis:
            reckoning_warm.warm(analysis)
    # Its own pool takes room for a gigabyte at its first use, and is not asked again.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    parquet.read(parquet.written((("point", "whole"),), [(0,)], {}), "a first one")
    bound_memory(memory_mb << 20)
    _BOUNDED.append(memory_mb)


def _end(pool: ProcessPoolExecutor) -> None:
    """Ends all processes, whatever they are at."""
    running = list((pool._processes or {}).values())  # noqa: SLF001 - before Python 3.14 there is no other way to end what is at work
    pool.shutdown(wait=False, cancel_futures=True)
    for process in running:
        with contextlib.suppress(OSError, ValueError):
            process.kill()
