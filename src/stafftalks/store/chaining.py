"""Adding lines to the chained logs so that no two ever stand in one place, whoever writes at once.

Lines wait until the outermost write of their transaction ends; then the log's head row is held, they are numbered, chained and inserted, and the head
moves on, in that same transaction. So a head is the last thing that any transaction locks and is held only until its commit: writers queue for that
long and cannot lock each other out. Whoever reads a log within the transaction sees the lines that wait: they are written first.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from stafftalks.record import chain
from stafftalks.services.logs import EXCHANGE, JOURNAL, LOGS, Says
from stafftalks.store.models import ExchangeLine, JournalLine, LogHead

TABLES: Final[Mapping[str, Any]] = {JOURNAL: JournalLine, EXCHANGE: ExchangeLine}


class _Waiting(threading.local):
    """What this thread has yet to write, by log, and how deep in writes it is."""

    def __init__(self) -> None:
        self.depth = 0
        self.lines: dict[str, list[Says]] = {log: [] for log in LOGS}


_WAITING = _Waiting()


@contextmanager
def lines_at_end() -> Iterator[None]:
    """Around a write: at the end of the outermost, what waits is written; a write that fails takes with it what was added in it."""
    before = {log: list(lines) for log, lines in _WAITING.lines.items()}
    _WAITING.depth += 1
    try:
        yield
        if _WAITING.depth == 1:
            write_waiting()
    except BaseException:
        # Also what stood here before: where it was written inside the part that failed, that was undone with it.
        _WAITING.lines = before
        raise
    finally:
        _WAITING.depth -= 1


def add(log: str, says: Says) -> None:
    """Adds a line at the end of the write that is open."""
    _WAITING.lines[log].append(says)


def write_waiting() -> None:
    """Writes what waits, in the transaction that is open; the heads are held in the same order by everyone."""
    for log in LOGS:
        if waiting := _WAITING.lines[log]:
            _write(log, waiting)
            _WAITING.lines[log] = []


def head(log: str) -> chain.Head:
    """Where the log ends."""
    found = LogHead.objects.filter(log=log).first()
    return chain.Head(log, found.size, bytes(found.value)) if found else chain.Head(log)


def _write(log: str, waiting: Sequence[Says]) -> None:
    held = _held(log)
    walked, rows = chain.Head(log, held.size, bytes(held.value)), []
    for says in waiting:
        value = chain.following(log, walked.value, chain.line(walked.size, says))
        rows.append(TABLES[log](**says, n=walked.size, chain=value))
        walked = chain.Head(log, walked.size + 1, value)
    TABLES[log].objects.bulk_create(rows)
    LogHead.objects.filter(log=log).update(size=walked.size, value=walked.value)


def _held(log: str) -> LogHead:
    """The log's head, its row held until the transaction ends; made where the log has no line yet."""
    found = LogHead.objects.select_for_update().filter(log=log).first()
    if found is None:
        LogHead.objects.get_or_create(log=log, defaults={"size": 0, "value": chain.START})
        found = LogHead.objects.select_for_update().get(log=log)
    return found
