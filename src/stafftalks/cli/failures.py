"""What a failed command says, and the exit code it ends with.

Every foreseeable failure is a `StafftalksError`, and ends as its sentences on the error stream, one a line; never as a traceback.
With `--json` the same is also one JSON document on the output, so that a program need not read prose.
"""

import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from stafftalks.formats.spif import SpifError
from stafftalks.values.errors import HostError, PeerError, Refusal, RefusedError, StafftalksError
from stafftalks.values.label import LabelError

REFUSED: Final = 1
PEER: Final = 3
HOST: Final = 4
UNSOUND: Final = 5
COLLIDING: Final = 6
LEFT_OUT: Final = 7
NOT_MET: Final = 8
UNEXPECTED: Final = 70

EXIT_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "done",
        REFUSED: "refused: a rule or the request itself; each rule is on a line of its own, and nothing was changed",
        2: "the command line cannot be read",
        PEER: "what came from outside, as a partner's bundle or card, is bad; nothing already held was changed",
        HOST: "this machine, its disk or network, or the way to the partner failed; try again later",
        UNSOUND: "a verification found a fault",
        COLLIDING: "activities collide",
        LEFT_OUT: "some of what was given could not be used, and was left out; in the rest nothing collides",
        NOT_MET: "there is no schedule, or none was found in the time",
        UNEXPECTED: "something unexpected: a fault of this program, written to its log",
    }
)
"""What each exit code means."""


class Failure(msgspec.Struct, frozen=True):
    """The JSON document of a failed command. `refusals` names each rule that said no; empty where no rule did."""

    error: str
    exit_code: int
    refusals: tuple[Refusal, ...] = ()


class UnsoundError(StafftalksError):
    """A verification found a fault; what was found has been printed already."""


def failure_of(error: StafftalksError) -> Failure:
    """The exit code and the sentences of a foreseeable error."""
    match error:
        case RefusedError(refusals=refusals) | LabelError(refusals=refusals):
            return Failure(str(error), REFUSED, tuple(refusals))
        case UnsoundError():
            return Failure(str(error), UNSOUND)
        case SpifError(faults=faults):
            return Failure(str(error), PEER, tuple(Refusal("policy-file", fault) for fault in faults))
        case PeerError():
            return Failure(str(error), PEER)
        case HostError():
            return Failure(str(error), HOST)
        case _:
            return Failure(str(error), REFUSED)


def lines_of(failure: Failure) -> tuple[str, ...]:
    """What to print, one line each: every rule that said no by its name, else the one sentence."""
    if failure.refusals:
        return tuple(f"{refusal.sentence} [{refusal.rule}]" for refusal in failure.refusals)
    return (failure.error,)


def log_unexpected(error: Exception, log: Path) -> str:
    """Appends the traceback of `error` to `log`; the sentence to print, also where the log could not be written."""
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    text = f"{stamp} {''.join(traceback.format_exception(error))}\n"
    what = f"Something unexpected went wrong ({type(error).__name__})"
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("a") as file:
            file.write(text)
    except OSError as refused:
        return (
            f"{what}, and the log {log} cannot be written ({refused.strerror}). Run the command again with --debug to see "
            "the fault."
        )
    return f"{what}. The details are in {log}; run the command again with --debug to see them here."
