"""How much memory a process of ours may have: bounded by the system, counted beyond what its program takes by itself."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stafftalks.values.errors import HostError

_UNKNOWN_BYTES: Final = 2 << 30


def own_bytes() -> int:
    """How much memory this process has asked the system for so far; a generous guess where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _UNKNOWN_BYTES
    return pages * resource.getpagesize()


def bound_memory(more_bytes: int) -> None:
    """From here on the process gets so much more and then no more: what asks beyond fails (MemoryError), or the process ends. What bounds it more narrowly already stays."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = own_bytes() + more_bytes
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


@contextmanager
def memory_bounded(megabytes: int) -> Iterator[None]:
    """Inside, the process has so much more and then no more; 0 bounds nothing. Raises HostError, with what it was given, where that was not enough."""
    if not megabytes:
        yield
        return
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = own_bytes() + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
    try:
        yield
    except MemoryError as error:
        raise HostError(
            f"It needed more than the {megabytes:,} MB of memory that it was given: give it more, or ask for less."
        ) from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))
