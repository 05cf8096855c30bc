"""The process that reckons a run: `python -m stafftalks.site.reckoning`, started by its headquarters and by nobody else.

It is given numbers and names over a pipe, and gives an answer back. It has no keys, no database and no secret, neither in its environment nor on its command line, and it is shut off
before it reads its problem:

1. No core files, an end to its cores' time; where the system allows, a network of its own in which there is nothing.
2. Its loops are compiled and kept, by a small problem of its own, while it may still write to where they are kept.
3. So much memory and no more; no file can be written, nothing opened but to read, no other program started, no connection made.

Where its headquarters ends, it ends, with whatever it has started.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Final

from stafftalks.analysis.watching import Progress
from stafftalks.links.memory import bound_memory
from stafftalks.site import run_frames
from stafftalks.site.run_frames import ASK_TO_STOP, Begun, Broke, Ended, Given, Kept, Said, Told

_IN, _OUT = 0, 1
_TOLD_S: Final = 0.25
_KEPT_S: Final = 1.0
_OWN_NETWORK: Final = 0x10000000 | 0x40000000
"""CLONE_NEWUSER, which lets an ordinary user ask for CLONE_NEWNET."""
_FORBIDDEN: Final = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link",
    "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.kill", "ctypes.dlopen", "shutil.", "sqlite3.", "ftplib.", "http.", "smtplib.", "urllib.", "webbrowser.", "pty.",
)  # fmt: skip
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> int:
    """Reckons the one problem that comes over the pipe; 0 where it told an answer or why there is none."""
    _no_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given, problem = run_frames.read_given(lambda size: os.read(_IN, size))
    resource.setrlimit(resource.RLIMIT_CPU, (given.cpu_s, given.cpu_s))
    talk = _Talk()
    threading.Thread(target=_listen, args=(talk,), daemon=True).start()
    try:
        # Imported late: the solvers take a second to load, and are bounded already.
        from stafftalks.site import reckoning_warm

        reckoning_warm.warm(given.analysis)
        _shut_off(given)
        talk.say(Begun())
        _reckon(given, problem, talk)
    except MemoryError:
        talk.say(Broke(_no_memory(given)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the headquarters is told
        talk.say(Broke(_words(error, given)))
        traceback.print_exc()
    return 0


class _Talk:
    """What is said to the headquarters, by one thread at a time; and whether it asked to stop."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._lock = threading.Lock()

    def say(self, message: Said) -> None:
        with self._lock:
            run_frames.write_all(_OUT, run_frames.said(message))


def _reckon(given: Given, problem: bytes, talk: _Talk) -> None:
    from stafftalks.services import run_problems, run_reckoning

    frozen = run_problems.frozen(problem)
    began = told_at = time.monotonic()
    kept_at = 0.0
    better: run_problems.Answered | None = None

    def watch(progress: Progress) -> bool:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _TOLD_S:
            told_at = now
            talk.say(Told(progress, now - began))
        hand_on(now)
        return not talk.asked.is_set()

    def keep(answered: run_problems.Answered) -> None:
        nonlocal better
        better = answered
        hand_on(time.monotonic())

    def hand_on(now: float) -> None:
        nonlocal better, kept_at
        if better is not None and now - kept_at >= _KEPT_S:
            talk.say(Kept(run_problems.raw(better)))
            better, kept_at = None, now

    found = run_reckoning.reckon(frozen, given.seconds, time.monotonic, watch, keep)
    talk.say(Ended(run_problems.raw(found.answered), found.cut, talk.asked.is_set()))


def _listen(talk: _Talk) -> None:
    """Hears that it is to stop; and ends everything where the headquarters is gone."""
    with contextlib.suppress(OSError):
        while (heard := os.read(_IN, 1)) == ASK_TO_STOP:
            talk.asked.set()
        if heard:
            return
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _no_network() -> None:
    """A network of its own, in which nothing can be reached; where the system does not allow that, `_shut_off` forbids it all the same."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_OWN_NETWORK)


def _shut_off(given: Given) -> None:
    bound_memory(given.memory_bytes)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    """Raises PermissionError for what a reckoning has no need of; Python asks before each such call, and nothing can take this away again."""
    writing = event == "open" and (
        (isinstance(args[1], str) and any(sign in args[1] for sign in "wax+"))
        or (isinstance(args[2], int) and bool(args[2] & _WRITING))
    )
    own_group = event == "os.killpg" and args[0] == 0
    if writing or (event.startswith(_FORBIDDEN) and not own_group):
        raise PermissionError(f"A reckoning may not do this: {event}.")


def _words(error: Exception, given: Given) -> str:
    from stafftalks.values.errors import StafftalksError

    if isinstance(error, StafftalksError):
        return str(error)
    if any("thread" in str(each) or isinstance(each, MemoryError) for each in _behind(error)):
        return _no_memory(given)
    return f"It broke off by a fault in Stafftalks ({type(error).__name__}): tell whoever looks after it, who finds more in the log."


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _no_memory(given: Given) -> str:
    return f"It needed more than the {given.memory_bytes >> 20:,} MB of memory that it was given: give it more, or ask for less."


if __name__ == "__main__":
    sys.exit(main())
