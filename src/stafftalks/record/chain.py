"""Chained logs: each line carries a value over itself and the value before it, so that a line changed, removed, inserted or moved no longer fits.

    line    canonical JSON of what it says and its number {"n":152, ...}, from 0 without a gap
    value   SHA256("stafftalks/log/v1\\n" || log || "\\n" || value before || line)              before the first line: 32 zero bytes
    head    <log>:<number of lines>:<value of the last, URL-safe base64>        what can be written down elsewhere

The chain alone proves nothing against someone who can write all of it anew, values too: that shows only against a head that was written down
before, where they cannot reach it. Not here: reading the lines, and who may.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.record import b64, canon
from stafftalks.values.errors import PeerError, StafftalksError

VALUE_BYTES: Final = 32
START: Final = bytes(VALUE_BYTES)
"""The value before the first line."""
_DOMAIN: Final = b"stafftalks/log/v1\n"
_LOG = re.compile(r"[a-z]{1,20}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NAMES: Final = {"journal": "the journal", "exchange": "the exchange log"}


class BrokenError(StafftalksError):
    """A log that is not as it was written; `n` is the first line that does not fit."""

    def __init__(self, log: str, n: int, sentence: str) -> None:
        super().__init__(sentence)
        self.log = log
        self.n = n


class Head(msgspec.Struct, frozen=True):
    """Where a log ends: how many lines it has, and the value of the last."""

    log: str
    size: int = 0
    value: bytes = START

    def __str__(self) -> str:
        """The head in one line, to be written down: `journal:1234:<43 characters>`."""
        return f"{self.log}:{self.size}:{b64.url(self.value)}"


def parse_head(text: str) -> Head:
    """The head spelt in `text`; raises PeerError where it is none."""
    log, _, rest = text.strip().partition(":")
    size, _, value = rest.partition(":")
    if not _LOG.fullmatch(log) or not _SIZE.fullmatch(size) or int(size) >= canon.INTEGER_BOUND:
        raise PeerError(
            f"{text[:100]!r} is not the head of a log: it is written as log, number of lines and value, as `audit head` prints it."
        )
    return Head(log, int(size), b64.parse_url(value, "The value in this head", size=VALUE_BYTES))


def line(n: int, says: Mapping[str, str | int]) -> bytes:
    """The bytes of line `n` that the chain runs over; raises MisuseError where canonical JSON cannot hold what it says."""
    return canon.encode({**says, "n": n})


def following(log: str, before: bytes, raw: bytes) -> bytes:
    """The value of the line `raw` of `log` after a line whose value is `before`."""
    return hashlib.sha256(_DOMAIN + log.encode() + b"\n" + before + raw).digest()


def in_words(log: str) -> str:
    """What a log is called in sentences."""
    return _NAMES.get(log, f"the log {log}")


class Walk:
    """A log read line by line from `start`, each held to the one before it."""

    def __init__(self, start: Head) -> None:
        self._log = start.log
        self._size = start.size
        self._value = start.value

    @property
    def head(self) -> Head:
        """Where the lines taken so far end."""
        return Head(self._log, self._size, self._value)

    def take(self, n: int, says: Mapping[str, str | int], value: bytes) -> None:
        """Takes the next line; raises BrokenError where it is not the one that was written after the last."""
        self._check_number(n)
        found = following(self._log, self._value, line(n, says))
        if found != value:
            raise BrokenError(
                self._log,
                n,
                f"Line {n} of {in_words(self._log)} does not fit the line before it: it was changed after it was written, or another "
                "was put in its place.",
            )
        self._size, self._value = n + 1, found

    def check_head(self, head: Head) -> None:
        """Raises BrokenError where `head`, written down before, is of this size and of other lines."""
        if head.size == self._size and head.value != self._value:
            raise BrokenError(
                self._log,
                max(0, head.size - 1),
                f"The first {head.size} lines of {in_words(self._log)} are not those of the head that was written down: something in them "
                "was changed afterwards, and the values after it were made to fit.",
            )

    def check_end(self, head: Head, what: str) -> None:
        """Raises BrokenError where the lines end before `head`; `what` names the head in the sentence."""
        if head.size > self._size:
            raise BrokenError(
                self._log,
                self._size,
                f"{in_words(self._log).capitalize()} ends after {self._size} lines, and {what} counts {head.size}: lines were removed from its "
                "end, or an older backup was restored.",
            )

    def _check_number(self, n: int) -> None:
        if n > self._size:
            after = f"right after line {self._size - 1}" if self._size else "first"
            raise BrokenError(
                self._log,
                self._size,
                f"Line {self._size} of {in_words(self._log)} is missing: line {n} stands {after}.",
            )
        if n < self._size:
            raise BrokenError(
                self._log,
                n,
                f"Line {n} of {in_words(self._log)} stands where line {self._size} should: lines were inserted, repeated or put in another order.",
            )
