"""Has a problem reckoned by a process of its own (`reckoning`), within hard limits: what it says is heard as it says it, and it is ended where it does not end by itself.

The process begins a session of its own, so that whatever it starts ends with it. It is given no more of our environment than it needs to find the program.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.links.workers import cores
from stafftalks.services.run_rows import Limits, RunAnalysis
from stafftalks.site import run_frames
from stafftalks.site.run_frames import ASK_TO_STOP, Begun, Broke, Ended, Frames, Given, Kept, Said, Told
from stafftalks.values.errors import PeerError

TOLD_S: Final = 0.5
"""At most so often it is heard how far it is, and asked whether to go on."""
STARTING_S: Final = 300.0
"""To load its program, and at its first start on a machine to compile it."""
BEYOND_S: Final = 45.0
"""How long past its seconds it may take to put its answer together, or to say why there is none, before it is ended."""
STOPPING_S: Final = 10.0
PROGRAM: Final = ("-m", "stafftalks.site.reckoning")
_READ: Final = 1 << 20
_PIPE: Final = 1 << 20
_LAST_WORDS: Final = 4_000
_KEPT_OF_US: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
_ITS_OWN: Final = {
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
"""Threads that nobody asked for would take memory out of what the problem has."""


class Heard(msgspec.Struct, frozen=True):
    """What is done with what is heard: `told` says whether to go on, and is asked also where nothing was told; `kept` is given the best answers so far."""

    told: Callable[[Told | None], bool]
    kept: Callable[[bytes], None]


class Outcome(msgspec.Struct, frozen=True):
    """How it ended: with an answer, of which it is said whether it was cut short by its seconds or because it was asked to end; or broken off, with why.

    `last_words` is what the process wrote on its error stream, for the log alone.
    """

    answer: bytes | None
    cut: bool = False
    asked: bool = False
    sentence: str = ""
    elapsed_s: float = 0.0
    last_words: str = ""


def reckon(
    analysis: RunAnalysis,
    problem: bytes,
    limits: Limits,
    heard: Heard,
    program: tuple[str, ...] = PROGRAM,
) -> Outcome:
    """Returns once the process has ended, however it ended."""
    process = subprocess.Popen(  # noqa: S603 - our own program, and nothing of the problem on its command line
        [sys.executable, "-B", "-s", "-E", *program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env={name: os.environ[name] for name in _KEPT_OF_US if name in os.environ} | _ITS_OWN,
        start_new_session=True,
        close_fds=True,
    )
    with process:
        try:
            return _Hearing(process, limits, heard).until_it_ends(analysis, problem)
        finally:
            _end(process)


class _Hearing:
    """One process that is heard."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits, heard: Heard) -> None:
        self._process = process
        self._limits = limits
        self._heard = heard
        self._frames = Frames()
        self._began = time.monotonic()
        self._until = self._began + STARTING_S
        self._told: Told | None = None
        self._told_at = self._began
        self._asked = False
        self._ended: Ended | Broke | None = None
        self._last_words = b""

    def until_it_ends(self, analysis: RunAnalysis, problem: bytes) -> Outcome:
        outcome = self._outcome(analysis, problem)
        return msgspec.structs.replace(
            outcome,
            elapsed_s=time.monotonic() - self._began,
            last_words=self._last_words.decode("utf-8", "replace"),
        )

    def _outcome(self, analysis: RunAnalysis, problem: bytes) -> Outcome:
        given = Given(
            analysis,
            self._limits.seconds,
            self._limits.memory_mb << 20,
            int((STARTING_S + self._limits.seconds + BEYOND_S) * cores()),
        )
        stdin = self._process.stdin
        try:
            # A pipe breaks where it ended before it had read all: what it said last is heard all the same.
            with contextlib.suppress(BrokenPipeError):
                run_frames.write_all(
                    stdin.fileno() if stdin else -1, run_frames.said(given) + run_frames.framed(problem)
                )
            with contextlib.suppress(BrokenPipeError):
                self._hear()
            self._hear_last_words()
        except PeerError as error:
            return Outcome(None, sentence=str(error))
        match self._ended:
            case Ended(answer, cut, asked):
                return Outcome(answer, cut, asked or self._asked)
            case Broke(sentence):
                return Outcome(None, asked=self._asked, sentence=sentence)
            case None:
                return self._broken_off()

    def _hear(self) -> None:
        """Until it has said its last, closed its pipe, or its time is over."""
        streams = [stream for stream in (self._process.stdout, self._process.stderr) if stream is not None]
        while self._process.stdout in streams and self._ended is None and time.monotonic() < self._until:
            ready, _, _ = select.select(streams, [], [], TOLD_S / 2)
            for stream in ready:
                raw = os.read(stream.fileno(), _READ)
                if not raw:
                    streams.remove(stream)
                elif stream is self._process.stderr:
                    self._note(raw)
                else:
                    for frame in self._frames.take(raw):
                        self._take(run_frames.read_said(frame))
            self._tell()

    def _hear_last_words(self) -> None:
        """What still stands in the pipe of its errors, without waiting for more; no more than a pipe holds, as it may go on writing for ever."""
        errors = self._process.stderr
        for _read in range(_PIPE // _READ + 1):
            if errors is None or not select.select([errors], [], [], 0)[0]:
                return
            self._note(os.read(errors.fileno(), _READ))

    def _note(self, raw: bytes) -> None:
        self._last_words = (self._last_words + raw)[-_LAST_WORDS:]

    def _take(self, message: Said) -> None:
        match message:
            case Begun():
                self._until = time.monotonic() + self._limits.seconds + BEYOND_S
            case Told():
                self._told = message
            case Kept(answer):
                self._heard.kept(answer)
            case Ended() | Broke():
                self._ended = message

    def _tell(self) -> None:
        now = time.monotonic()
        if self._asked or self._ended is not None or now - self._told_at < TOLD_S:
            return
        self._told_at = now
        told, self._told = self._told, None
        if not self._heard.told(told):
            self._asked = True
            self._until = min(self._until, now + STOPPING_S)
            if self._process.stdin is not None:
                run_frames.write_all(self._process.stdin.fileno(), ASK_TO_STOP)

    def _broken_off(self) -> Outcome:
        """Why it ended without a word, as far as that can be known."""
        over = time.monotonic() >= self._until
        if self._process.stdin is not None and not over:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        code = self._process.poll()
        if self._asked:
            return Outcome(None, asked=True, sentence="It did not end when it was asked to, and was ended.")
        if over or code == -signal.SIGXCPU:
            return Outcome(
                None, sentence=f"It did not end by itself after its {self._limits.seconds:g} seconds, and was ended."
            )
        if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL):
            memory = f"the {self._limits.memory_mb:,} MB of memory that it was given"
            return Outcome(
                None,
                sentence=f"It broke off, most likely because it needed more than {memory}: give it more, or ask for less.",
            )
        return Outcome(
            None, sentence="It broke off without saying why: whoever looks after Stafftalks finds more in the log."
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends the process with everything it has started; no effect on what has ended."""
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
