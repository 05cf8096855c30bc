"""One headquarters of the demonstration in a process of its own: `python -m stafftalks.site.demo.actor FOLDER`.

It reads its orders, sets its headquarters up where the folder holds none, serves people, partners and the background sender as
`stafftalks serve` does, and then does what it is told, one line of JSON at a time, until its input closes.
"""

import contextlib
import logging
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from stafftalks.cli.site_port import Founding, Listening
from stafftalks.site import founding, wiring
from stafftalks.site.demo import analysis_verbs, cast, check_verbs, looks, verbs
from stafftalks.site.demo.lines import Answer, Args, Call, Fault, Orders, Ready
from stafftalks.site.home import Home
from stafftalks.values.errors import MisuseError, RefusedError, StafftalksError
from stafftalks.values.ids import parse_party
from stafftalks.values.person import Person

_LOG = logging.getLogger(__name__)


class Actor:
    """The headquarters in `folder`, serving from when it is made."""

    def __init__(self, folder: Path, orders: Orders) -> None:
        self._folder = folder
        self._player = cast.PLAYERS[parse_party(orders.party)]
        if not Home(folder).exists:
            _set_up(folder, self._player, orders)
        wiring.set_up_django(Home(folder))
        self.listening = self._serve()

    def do(self, call: Call) -> object:
        """What the call asked for; raises StafftalksError where it could not be done."""
        args = Args(call.args)
        match call.verb:
            case "stop serving":
                self._serving.stop()
                return None
            case "start serving":
                self.listening = self._serve()
                return self.listening
            case "converse":
                return looks.converse(self._serving.hq, self._carrier, args)
        known = verbs.ACTS | looks.LOOKS | check_verbs.CHECKS | analysis_verbs.ANALYSES
        verb = known.get(call.verb)
        if verb is None:
            raise MisuseError(f"There is no verb {call.verb[:40]!r}.")
        return verb(self._serving.hq, self._by(call.by), args)

    def stop(self) -> None:
        """Stops serving."""
        self._serving.stop()

    def _serve(self) -> Listening:
        # Its modules need Django set up, which needs the folder.
        from stafftalks.site.serving import Serving

        self._serving = Serving(self._folder)
        self._carrier = wiring.carrier(Home(self._folder))
        return self._serving.start()

    def _by(self, username: str) -> Person:
        return self._player.person(username or "auditor")


def _set_up(folder: Path, player: cast.Player, orders: Orders) -> None:
    admin = player.people[0]
    founding.found(
        folder,
        Founding(
            party=player.party,
            name=player.name,
            addresses=(f"https://{orders.node_listen}",),
            web_listen=orders.web_listen,
            node_listen=orders.node_listen,
            username=admin.username,
            person_name=admin.name,
            roles=admin.roles,
            password=orders.password,
            profile=player.profile,
            default_marking=player.default_marking,
        ),
    )
    from stafftalks.store import people

    try:
        for person in player.people[1:]:
            people.add(person, orders.password, by=admin.username)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def answer(actor: Actor, line: bytes) -> Answer:
    """What the actor answers to one line; never raises for what can go wrong in doing it."""
    try:
        call = msgspec.json.decode(line, type=Call)
        return Answer(msgspec.to_builtins(actor.do(call)))
    except RefusedError as error:
        return Answer(fault=Fault(str(error), tuple(refusal.rule for refusal in error.refusals)))
    except StafftalksError as error:
        return Answer(fault=Fault(str(error)))
    except Exception as error:  # noqa: BLE001 - a defect, or a file that cannot be written: the stage must hear of it
        _LOG.exception("A call failed unexpectedly.")
        return Answer(fault=Fault(f"{type(error).__name__}: {error}", foreseen=False))
    finally:
        wiring.let_go()


def main() -> int:
    """Plays until the input closes; returns the exit code."""
    # Ctrl-C reaches the whole group of processes: the stage closes our input, and that is our sign to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _answers_to() as out:
        source = sys.stdin.buffer
        try:
            actor = Actor(Path(sys.argv[1]), msgspec.json.decode(source.readline(), type=Orders))
        except StafftalksError as error:
            _say(out, Answer(fault=Fault(str(error))))
            return 1
        listening = actor.listening
        try:
            _say(out, Answer(msgspec.to_builtins(Ready(listening.web, listening.node, os.getpid()))))
            for line in iter(source.readline, b""):
                _say(out, answer(actor, line))
        except BrokenPipeError:
            return 1  # the stage is gone and nobody is left to tell
        finally:
            actor.stop()
    return 0


@contextlib.contextmanager
def _answers_to() -> Iterator[BinaryIO]:
    """The pipe to the stage, kept for answers alone: whatever else this process prints goes where its errors go."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        yield out


def _say(out: BinaryIO, said: Answer) -> None:
    out.write(msgspec.json.encode(said) + b"\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
