"""The gate's log: one line of JSON for each bundle that carried something or was refused; only ever added to.

It names parties, entries, elements and rules, and no text of an element. Its keeper moves the file away by hand to begin another. A bundle whose line
cannot be written does not pass.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from stafftalks.values.errors import HostError

Outcome = Literal["passed", "refused", "failed"]


class LogLine(msgspec.Struct, frozen=True):
    """One bundle. `way` is "sent", "answer" or "file"; `at` unix seconds; `rules` are the ids of the rules that said no, `bytes` its plaintext's length."""

    at: int
    way: str
    partner: str
    outcome: Outcome
    sentence: str
    rules: tuple[str, ...] = ()
    bundle: str = ""
    accord: str = ""
    entries: int = 0
    releases: tuple[str, ...] = ()
    bytes: int = 0


def write(path: Path, line: LogLine) -> None:
    """Adds the line, on the disk when this returns; raises HostError where it cannot."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            raw = msgspec.json.encode(line) + b"\n"
            if os.write(descriptor, raw) != len(raw):
                raise OSError("the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise HostError(
            f"The gate's log {path} cannot be written ({error.strerror or error}), so nothing passes."
        ) from error


def read(path: Path) -> Iterator[LogLine]:
    """The lines of the log, oldest first; a line that was cut or changed is left out. Nothing where there is no log yet."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for raw in file:
            try:
                yield msgspec.json.decode(raw, type=LogLine)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
