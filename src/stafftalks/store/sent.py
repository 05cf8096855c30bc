"""How far each log was sent to a place that collects events: it outlives restarts, and a place that is named later gets everything."""

from typing import Final

import msgspec

from stafftalks.services.logs import LOGS
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import LogSent

_FIRST_WAIT: Final = 5
_LONGEST_WAIT: Final = 3_600


class Sent(msgspec.Struct, frozen=True):
    """How far a log was sent to a place: the lines below `size`. Times in unix seconds, 0 for never."""

    log: str
    target: str
    size: int = 0
    failures: int = 0
    next_try_at: int = 0
    last_error: str = ""
    last_ok_at: int = 0


@reading()
def to(target: str) -> tuple[Sent, ...]:
    """How far each log was sent to this place."""
    found = {row.log: row for row in LogSent.objects.filter(target=target)}
    return tuple(_sent(found[log]) if log in found else Sent(log, target) for log in LOGS)


@writing()
def went(log: str, target: str, size: int, *, now: int) -> None:
    """Notes that the lines below `size` were sent; it never goes back."""
    row, _ = LogSent.objects.get_or_create(log=log, target=target)
    row.size = max(row.size, size)
    row.failures, row.next_try_at, row.last_error, row.last_ok_at = 0, 0, "", now
    row.save()


@writing()
def failed(log: str, target: str, reason: str, *, now: int) -> None:
    """Notes that sending failed; it is tried again after a while that doubles with each failure, up to an hour."""
    row, _ = LogSent.objects.get_or_create(log=log, target=target)
    row.next_try_at = now + min(_FIRST_WAIT * 2 ** min(row.failures, 16), _LONGEST_WAIT)
    row.failures += 1
    row.last_error = storable(reason[:500])
    row.save()


def _sent(row: LogSent) -> Sent:
    return Sent(row.log, row.target, row.size, row.failures, row.next_try_at, row.last_error, row.last_ok_at)
