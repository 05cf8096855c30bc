"""The stage: both actors in processes of their own, told what to do over pipes, and always cleared away.

What the stage waits for, it looks for again and again until a deadline; how long anything takes is never guessed.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

import msgspec

from stafftalks.site.demo import cast
from stafftalks.site.demo.lines import Answer, Call, Fault, Orders, Ready, Seen
from stafftalks.values.errors import HostError, StafftalksError
from stafftalks.values.ids import AccordId, PartyId

ACTOR: Final = ("-m", "stafftalks.site.demo.actor")
"""How Python is told to be an actor."""
WELL_KNOWN: Final = (8101, 8441, 8102, 8442)
"""The ports of the shown demonstration, where they are free."""
ANY_PORTS: Final = (0, 0, 0, 0)
PATIENCE_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.02
_T = TypeVar("_T")


class SaidNoError(StafftalksError):
    """An actor did not do what it was told; `fault` says why, with the rules that said no."""

    def __init__(self, party: PartyId, verb: str, fault: Fault) -> None:
        super().__init__(f"{party}, told to {verb}: {fault.sentence}")
        self.fault = fault


class Actor:
    """One headquarters on the stage."""

    def __init__(self, player: cast.Player, folder: Path, process: subprocess.Popen[bytes], log: Path) -> None:
        self.player = player
        self.party = player.party
        self.folder = folder
        self._process = process
        self._log = log
        self._speaking = threading.Lock()
        self.ready = Ready("", "", 0)

    def begin(self, orders: Orders) -> None:
        """Gives the orders."""
        self._write(msgspec.json.encode(orders))

    def await_ready(self) -> None:
        """Returns once it serves; raises HostError with its own words where it cannot."""
        answer = self._answer()
        if answer.fault is not None:
            raise HostError(f"The headquarters of {self.player.name} did not start: {answer.fault.sentence}")
        self.ready = msgspec.convert(answer.result, Ready)

    def call(self, kind: type[_T], verb: str, by: str = "", **args: object) -> _T:
        """What came of `verb`, done by the person `by`; raises SaidNoError where it was not done."""
        with self._speaking:
            self._write(msgspec.json.encode(Call(verb, by, args)))
            answer = self._answer()
        if answer.fault is not None:
            raise SaidNoError(self.party, verb, answer.fault)
        return msgspec.convert(answer.result, kind)

    def refused(self, verb: str, by: str = "", **args: object) -> Fault:
        """Why `verb` was not done; raises HostError where it was done, or failed for a reason nobody foresaw."""
        try:
            self.call(object, verb, by, **args)
        except SaidNoError as error:
            if error.fault.foreseen:
                return error.fault
            raise
        raise HostError(f"{self.party} was told to {verb}, which it should have refused, and did it.")

    def seen(self, accord: AccordId) -> Seen | None:
        """The accord as held there; None where it has not arrived."""
        try:
            return self.call(Seen, "view", accord=accord)
        except SaidNoError as error:
            if error.fault.foreseen:
                return None
            raise

    def files_holding(self, text: str) -> tuple[str, ...]:
        """The names of the files in the headquarters' folder that hold `text` in plain, its database and that database's log among them.

        Read from here and not by the actor: a process that closes a database's file drops its own locks on it.
        """
        wanted = text.encode()
        found: list[str] = []
        for path in sorted(self.folder.rglob("*")):
            with suppress(FileNotFoundError, IsADirectoryError):  # the database's log comes and goes
                if wanted in path.read_bytes():
                    found.append(str(path.relative_to(self.folder)))
        return tuple(found)

    def leave(self) -> None:
        """Ends the process, by closing its input first and by force after a while."""
        if self._process.stdin is not None:
            with suppress(OSError):  # it has gone already
                self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _write(self, line: bytes) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise HostError(f"There is no way to speak to {self.player.name}.")
        try:
            stdin.write(line + b"\n")
            stdin.flush()
        except OSError as error:
            raise self._gone() from error

    def _answer(self) -> Answer:
        stdout = self._process.stdout
        line = stdout.readline() if stdout is not None else b""
        if not line:
            raise self._gone()
        return msgspec.json.decode(line, type=Answer)

    def _gone(self) -> HostError:
        return HostError(f"The process of {self.player.name} ended unasked. What it said last is in {self._log}.")


class Stage:
    """Both headquarters at work."""

    def __init__(self, actors: dict[PartyId, Actor]) -> None:
        self.actors = actors

    @property
    def meridia(self) -> Actor:
        """The headquarters that proposes in the main job."""
        return self.actors[cast.MERIDIA.party]

    @property
    def torvia(self) -> Actor:
        """The one that answers."""
        return self.actors[cast.TORVIA.party]

    def other(self, party: PartyId) -> Actor:
        """The headquarters that is not `party`'s."""
        return next(actor for code, actor in self.actors.items() if code != party)

    def pair(self) -> None:
        """Each takes the other's card, with the fingerprint that the other read out, and gets to know how the other marks its papers."""
        for actor in self.actors.values():
            card = self.other(actor.party).call(dict[str, str], "card")
            actor.call(str, "pair", "head", **card)
        self.read_each_others_markings()

    def read_each_others_markings(self) -> None:
        """Each loads the policy under which the other marks."""
        for actor in self.actors.values():
            actor.call(str, "plain-policy", "admin", name=self.other(actor.party).party)

    def until(self, what: str, look: Callable[[], _T | None]) -> _T:
        """What `look` finds, looked for until it is there; raises HostError naming `what` where it never comes."""
        deadline, pause = monotonic() + PATIENCE_S, threading.Event()
        while monotonic() < deadline:
            found = look()
            if found:
                return found
            pause.wait(_LOOK_EVERY_S)
        raise HostError(f"Waited {PATIENCE_S:g} s in vain: {what}.")

    def settle(self, accord: AccordId) -> tuple[Seen, ...]:
        """Both views of the accord, once each headquarters holds every entry of both records."""

        def alike() -> tuple[Seen, ...] | None:
            views = [actor.seen(accord) for actor in self.actors.values()]
            held = tuple(view for view in views if view is not None)
            same = len(held) == len(views) and all(view.sizes == held[0].sizes for view in held)
            return held if same else None

        return self.until("both headquarters hold the same entries of both records", alike)


@contextmanager
def set_stage(
    folder: Path,
    password: str,
    actor: Iterable[str] = ACTOR,
    players: Iterable[cast.Player] = cast.CASTS["military"],
    ports: tuple[int, ...] = ANY_PORTS,
) -> Iterator[Stage]:
    """Both headquarters in `folder`, played by `players`, started and cleared away whatever happens.

    Each of `ports` is used where it is free: for each headquarters that of its pages, then that of its node. Headquarters that are there already
    keep the ports they were set up with.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = not is_taken(folder)
    with ExitStack() as leaving:
        try:
            actors = _started(folder, password, tuple(actor), tuple(players), ports, leaving)
        except HostError:
            # A port that was free when it was looked at may be taken by another program until its headquarters listens there.
            if not new:
                raise
            leaving.close()
            for player in players:
                shutil.rmtree(folder / player.folder, ignore_errors=True)
            actors = _started(folder, password, tuple(actor), tuple(players), ANY_PORTS, leaving)
        yield Stage(actors)


def is_taken(folder: Path) -> bool:
    """Whether there is anything in `folder` where a headquarters of the demonstration would be."""
    return any((folder / player.folder).exists() for player in cast.PLAYERS.values())


def _started(
    folder: Path,
    password: str,
    actor: tuple[str, ...],
    players: tuple[cast.Player, ...],
    wanted: tuple[int, ...],
    leaving: ExitStack,
) -> dict[PartyId, Actor]:
    ports = _free_ports(wanted)
    actors: dict[PartyId, Actor] = {}
    for index, player in enumerate(players):
        found = _spawn(folder, player, actor)
        leaving.callback(found.leave)
        listen = [f"127.0.0.1:{port}" for port in ports[2 * index : 2 * index + 2]]
        found.begin(Orders(player.party, listen[0], listen[1], password))
        actors[player.party] = found
    for found in actors.values():
        found.await_ready()
    return actors


def _spawn(folder: Path, player: cast.Player, actor: tuple[str, ...]) -> Actor:
    home, log = folder / player.folder, folder / f"{player.folder}.log"
    # Each has a folder and an SQLite database of its own; a DATABASE_URL of the caller's would put both into one database.
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *actor, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**kept, "STAFFTALKS_HOME": str(home)},
        )
    return Actor(player, home, process, log)


def _free_ports(wanted: tuple[int, ...]) -> list[int]:
    """A free loopback port for each one wanted: itself where it is free, any other where it is taken or 0."""
    with ExitStack() as held:
        return [_free_port(port, held) for port in wanted]


def _free_port(port: int, held: ExitStack) -> int:
    for candidate in (port, 0) if port else (0,):
        probe = held.enter_context(socket.socket())
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", candidate))
        except OSError:
            continue
        return int(probe.getsockname()[1])
    raise HostError("No loopback port is free on this machine: stop some other programs.")
