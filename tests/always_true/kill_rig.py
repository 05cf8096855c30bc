"""Kills a real headquarters with SIGKILL again and again, and looks each time at what it left: `python -m tests.always_true.kill_rig`.

One process sets Django up on a real folder and forks a worker for each run; the worker acts, releases, takes bundles, answers and exports until
it is killed. Odd runs are killed by the clock, even ones by their own hand at a counted step: before or after a call of a port, a commit, or a
write of a key or mark. The partner is a headquarters in memory in this process; what the worker had written to the outbox has left.

    kill_rig FOLDER KILLS SEED       prints a JSON summary; any broken promise ends it with an AssertionError
"""

import hashlib
import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.cli.site_port import Founding
from stafftalks.links import durable, sealing
from stafftalks.links.clock import SystemClock
from stafftalks.planning.intelligence import Report
from stafftalks.services import accords, elements, exchange, recalls, releases
from stafftalks.services.ports import Headquarters
from stafftalks.site import founding, wiring
from stafftalks.site.home import Home
from stafftalks.values.ids import AccordId, FeedId, PartyId
from stafftalks.values.person import Role
from tests.always_true.invariants import check_goes_on, check_sound, check_what_left, own_feeds
from tests.fakes import HEAD, OFFICER, PLANNER, FakeCarrier, introduce, make_hq, permit
from tests.services.scenes import ALL_REALMS, PROPOSAL, released

XMR, XTV = PartyId("XMR"), PartyId("XTV")
LONGEST_RUN_S = 0.12
STEPS = 420
OPERATIONS = 60


class Doom:
    """Counts steps, and kills its own process at the last."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            found = call(*args, **kwargs)
            self.step()
            return found

        return stepped


class Doomed:
    """A port of a headquarters that may die before or after each call."""

    def __init__(self, port: Any, doom: Doom) -> None:
        self._port = port
        self._doom = doom

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._doom.around(found) if callable(found) else found


class DoomedTransactions:
    """Commits that may be the last thing, or come one step too late."""

    def __init__(self, port: Any, doom: Doom) -> None:
        self._port = port
        self._doom = doom

    def atomic(self) -> AbstractContextManager[object]:
        doom, block = self._doom, self._port.atomic()

        class Block(AbstractContextManager[object]):
            def __enter__(self) -> object:
                return block.__enter__()

            def __exit__(self, *error: Any) -> Any:
                doom.step()
                done = block.__exit__(*error)
                doom.step()
                return done

        return Block()


def doomed(hq: Headquarters, steps: int) -> Headquarters:
    """`hq`, to be killed after so many steps."""
    doom = Doom(steps)
    for name in ("write", "flush_folder", "flush_file"):
        setattr(durable, name, doom.around(getattr(durable, name)))
    ports = {
        name: Doomed(getattr(hq, name), doom) for name in ("records", "holdings", "desk", "log", "journal", "keyring")
    }
    return msgspec.structs.replace(hq, **ports, transactions=DoomedTransactions(hq.transactions, doom))


class Rig:
    """The folder of the headquarters, its partner, and what has been acknowledged so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.pick = random.Random(seed)
        self.folder = folder
        self.home = Home(folder / "hq")
        told = Founding(
            party=XMR,
            name="Meridia",
            addresses=("https://127.0.0.1:1",),
            web_listen="127.0.0.1:0",
            node_listen="127.0.0.1:0",
            username="hal",
            person_name="Hal",
            roles=frozenset({Role.HEAD}),
            password="a long password",
            default_marking=("PLAIN", "RESTRICTED"),
        )
        founding.found(self.home.folder, told)
        self.partner = make_hq(XTV, clock=SystemClock())  # type: ignore[arg-type]
        private = sealing.new_private_key()
        self.partner.keyring.renew(hpke_key=sealing.public_key(private))
        sealer = sealing.HpkeSealer(lambda: private, max_bytes=1 << 25)
        self.partner = msgspec.structs.replace(self.partner, sealer=sealer)
        hq = self.hq()
        for one, other in ((hq, self.partner), (self.partner, hq)):
            introduce(one, other)
            permit(one, other.party)
        self.accord = accords.propose(hq, HEAD, [XTV], PROPOSAL)
        exchange.take(self.partner, exchange.export(hq, XTV, self.accord), "file")
        self.converse()
        for one in (hq, self.partner):
            accords.accept(one, HEAD, self.accord, ALL_REALMS)
        self.converse()
        self.acked: dict[tuple[str, str, int], str] = {}
        self.said = 0
        self.ends: Counter[str] = Counter()

    def hq(self) -> Headquarters:
        """The headquarters, as a process that starts now sees it."""
        return wiring.headquarters(self.home)

    def converse(self) -> None:
        exchange.run(self.partner, FakeCarrier(self.partner, [self.hq()]), XMR, force=True)

    def run(self, number: int) -> None:
        """One life of the headquarters, its death, and the look at what it left."""
        inbox = self._inbox()
        outbox = self.folder / f"outbox-{number}"
        outbox.mkdir()
        steps = self.pick.randrange(1, STEPS) if number % 2 else 0
        seed, wait_s = self.pick.randrange(1 << 30), self.pick.random() * LONGEST_RUN_S
        wiring.let_go()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _live(self.hq(), self.accord, inbox, outbox, writing, seed, steps)
        os.close(writing)
        acks = self._until_dead(child, reading, None if steps else wait_s)
        self._look(acks, [path.read_bytes() for path in sorted(outbox.glob("*.bundle"))])

    def _inbox(self) -> list[bytes]:
        """Bundles of the partner: each with something new, some older than the last."""
        found = []
        for _ in range(3):
            self.said += 1
            if self.pick.random() < 0.5:
                accords.ask(self.partner, HEAD, self.accord, f"The partner asks, {self.said}.")
            else:
                element = released(self.partner, self.accord, self.hq(), said=f"The partner tells, {self.said}.")
                if self.pick.random() < 0.5:
                    recalls.recall(self.partner, HEAD, self.accord, element, "Sent in error.")
            found.append(exchange.export(self.partner, XMR, self.accord))
        return found

    def _until_dead(self, child: int, reading: int, wait_s: float | None) -> list[dict[str, Any]]:
        """Everything acknowledged before the process was dead."""
        os.set_blocking(reading, True)
        raw = os.read(reading, 6)
        assert raw == b"ready\n", "the worker did not start"
        dead = os.pidfd_open(child)
        over, _, _ = select.select([dead], [], [], wait_s)
        if not over:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(dead)
        with os.fdopen(reading, "rb") as stream:
            lines = stream.read().split(b"\n")
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or os.WEXITSTATUS(status) == 0, f"the worker failed by itself: {status}"
        self.ends["killed" if killed else "finished"] += 1
        self.ends["killed at a step"] += killed and wait_s is None
        return [json.loads(line) for line in lines if line]

    def _look(self, acks: list[dict[str, Any]], left: list[bytes]) -> None:
        hq = self.hq()
        for ack in acks:
            if "entry" in ack:
                self.acked[tuple(ack["entry"])] = ack["body"]
            self.ends[ack["done"]] += 1
        self.ends["bundles left"] += len(left)
        for (party, epoch, n), digest in self.acked.items():
            (entry,) = hq.records.entries(FeedId(self.accord, PartyId(party), epoch), n, n + 1)  # type: ignore[arg-type]
            assert entry.slip is not None
            assert hashlib.sha256(entry.slip[32:]).hexdigest() == digest, "an acknowledged entry has other bytes now"
        for ack in acks:
            if "held" in ack:
                (theirs,) = [row for row in hq.records.feeds(self.accord) if row.feed.party == XTV]
                assert theirs.size >= ack["held"], "an acknowledged bundle is gone"
        check_sound(hq, self.accord)
        check_what_left(hq, self.partner, self.accord, left)
        self.pick.shuffle(left)
        for sealed in left[: self.pick.randrange(len(left) + 1)]:  # some are lost on the way
            exchange.take(self.partner, sealed, "file")
        check_goes_on(hq, self.partner, self.accord)
        (own,) = own_feeds(hq, self.accord)
        assert not own.closed, "a process that died has lost nothing and needs no fresh epoch"
        self.ends["entries held"] = own.size


def _live(
    hq: Headquarters, accord: AccordId, inbox: list[bytes], outbox: Path, acks: int, seed: int, steps: int
) -> None:
    """The worker: acts until it is killed. Never returns."""
    status = 1
    try:
        pick = random.Random(seed)
        hq.records.accords()  # opens the database before the clock runs
        os.write(acks, b"ready\n")
        if steps:
            hq = doomed(hq, steps)
        for number in range(OPERATIONS):
            os.write(acks, json.dumps(_operate(hq, accord, inbox, outbox, pick, number)).encode() + b"\n")
        status = 0
    finally:
        os._exit(status)


def _operate(
    hq: Headquarters, accord: AccordId, inbox: list[bytes], outbox: Path, pick: random.Random, number: int
) -> dict[str, Any]:
    """One operation of the headquarters, and what is acknowledged once it has returned."""
    match pick.randrange(7):
        case 0 | 1:
            return _acked(
                "said", hq, accord, accords.ask(hq, HEAD, accord, f"Question {number} " + "x" * pick.randrange(900))
            )
        case 2:
            row = elements.add(hq, PLANNER, Report(title="R", said=f"Report {number}."))
            asked = releases.request(hq, PLANNER, accord, row.id, "intelligence", [XTV])
            done = releases.release(hq, OFFICER, asked.id)
            assert done.entry is not None
            return _acked("released", hq, accord, done.entry)
        case 3:
            exchange.take(hq, pick.choice(inbox), "file")
            (theirs,) = [row for row in hq.records.feeds(accord) if row.feed.party == XTV]
            return {"done": "took", "held": theirs.size}
        case 4:
            _send(outbox, number, exchange.reply(hq, pick.choice(inbox), XTV))
            return {"done": "answered"}
        case 5:
            return {"done": "honoured", "recalls": recalls.honour_recalls(hq)}
        case _:
            _send(outbox, number, exchange.export(hq, XTV, accord))
            return {"done": "exported"}


def _acked(what: str, hq: Headquarters, accord: AccordId, ref: EntryRef) -> dict[str, Any]:
    (entry,) = hq.records.entries(FeedId(accord, ref.party, ref.epoch), ref.n, ref.n + 1)
    assert entry.slip is not None
    return {"done": what, "entry": [ref.party, ref.epoch, ref.n], "body": hashlib.sha256(entry.slip[32:]).hexdigest()}


def _send(outbox: Path, number: int, sealed: bytes) -> None:
    beside = outbox / f"{number:04}.part"
    beside.write_bytes(sealed)
    beside.rename(outbox / f"{number:04}.bundle")


def main() -> None:
    """Runs until so many were killed."""
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    started = time.monotonic()
    rig = Rig(folder, seed)
    number = 0
    while rig.ends["killed"] < kills:
        rig.run(number)
        number += 1
    print(json.dumps({**rig.ends, "runs": number, "seed": seed, "seconds": round(time.monotonic() - started, 1)}))


if __name__ == "__main__":
    main()
