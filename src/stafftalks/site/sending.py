"""Sending each line of the logs, as it comes, to a machine that collects events: off until the administrator names one as `audit_target`.

It runs in a thread of its own beside the pages and the node, reads what was committed and writes nothing but how far it came: no act waits for it. What
could not be sent is sent again, in order, from the last line that was known to have gone; a line may arrive twice, and its number and value tell.
"""

import logging
import socket
from collections.abc import Callable
from itertools import islice
from typing import Final

import msgspec

from stafftalks import __version__
from stafftalks.formats.audit_lines import Chained, as_syslog
from stafftalks.links import syslog
from stafftalks.record.chain import in_words
from stafftalks.services import audit
from stafftalks.services.ports import Headquarters
from stafftalks.site.home import Config, Home
from stafftalks.site.looking import LookingThread
from stafftalks.store import sent
from stafftalks.values.errors import HostError, MisuseError

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 5.0
"""How often it is looked whether lines have come, in seconds."""
_BATCH: Final = 500


class Round(msgspec.Struct, frozen=True):
    """What one round of sending came to: how many lines went, and a sentence for each log that did not go."""

    lines: int
    failures: tuple[str, ...]


def status(config: Config) -> tuple[str, ...]:
    """Sentences on whether the logs are sent anywhere, and how far."""
    if not config.audit_target:
        return ("The logs are sent nowhere: audit_target in stafftalks.toml is empty.",)
    return tuple(_in_words(row) for row in sent.to(str(syslog.parse_target(config.audit_target))))


class LineSender:
    """Sends what has come since it last did. Raises MisuseError at once where the configuration names no such place."""

    def __init__(self, hq: Headquarters, home: Home) -> None:
        config = home.config()
        if not config.audit_target:
            raise MisuseError("The logs are sent nowhere: name a place as audit_target in stafftalks.toml.")
        self._hq = hq
        self.target = syslog.parse_target(config.audit_target)
        self._ca_file = home.folder / config.audit_ca_file if config.audit_ca_file else None
        self._host = config.audit_host or socket.gethostname()

    def look(self, *, force: bool = False) -> Round:
        """One round over both logs; with `force` also where the last failure says to wait."""
        lines, failures = 0, []
        for row in sent.to(str(self.target)):
            if force or self._hq.clock.now() >= row.next_try_at:
                try:
                    lines += self._send(row)
                except HostError as error:
                    sent.failed(row.log, row.target, str(error), now=self._hq.clock.now())
                    failures.append(str(error))
        return Round(lines, tuple(failures))

    def _send(self, row: sent.Sent) -> int:
        log, start = audit.logs(self._hq)[row.log], row.size
        end = log.head().size
        while start < end:
            batch = list(islice(log.lines(start, end), _BATCH))
            messages = [
                as_syslog(
                    Chained(row.log, line.n, line.says, line.value, line.before),
                    self._hq.party,
                    __version__,
                    self._host,
                )
                for line in batch
            ]
            syslog.send(self.target, messages, ca_file=self._ca_file)
            start = batch[-1].n + 1
            sent.went(row.log, row.target, start, now=self._hq.clock.now())
        return start - row.size


class SendingThread(LookingThread):
    """Looks every few seconds, until stopped; `between` as in `LookingThread`."""

    def __init__(self, look: Callable[[], Round], *, between: Callable[[], None], every_s: float = EVERY_S) -> None:
        super().__init__(
            "log sender", self._round, failed="The logs could not be sent", between=between, every_s=every_s
        )
        self._send = look

    def _round(self) -> None:
        for failure in self._send().failures:
            _LOG.warning("%s", failure)


def _in_words(row: sent.Sent) -> str:
    said = f"{in_words(row.log).capitalize()} was sent to {row.target}, lines so far: {row.size}."
    return f"{said} Times in a row that it failed since: {row.failures}. {row.last_error}" if row.failures else said
