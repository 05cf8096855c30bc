"""Private checks, one way a process: `python -m benchmarks.deconflict_private_runs VERB COUNT`."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import msgspec
import numpy as np
from btclib_secp256k1 import ffi, lib

from benchmarks import children
from stafftalks.accord import check_transcript
from stafftalks.deconflict import group
from stafftalks.deconflict.private import messages, work
from stafftalks.deconflict.private.finding import find
from stafftalks.deconflict.private.keeping import Secrets
from stafftalks.deconflict.private.work import Own, OwnPlan, Piece, Plan
from stafftalks.links.workers import ProcessWorkers
from stafftalks.record import b64, canon

_OPENED = hashlib.sha256(b"proposal and consent").digest()
_BUCKETS = 100
Keys = Sequence[Sequence[bytes]]
Runner = Callable[[Iterable[Piece]], Iterable[bytes]]


class Spent(msgspec.Struct):
    """CPU seconds of a whole check, both sides, and of as many bare multiplications done between its pieces."""

    cpu_s: float
    floor_s: float


class Wall(msgspec.Struct):
    """Seconds on the clock of a whole check in one process, and with its pieces in two."""

    one_s: float
    two_s: float


class Side:
    """One party of a check: its keys by bucket, filled up to its caps."""

    def __init__(self, name: str, keys: Keys, caps: Sequence[int], their_caps: Sequence[int], runner: Runner) -> None:
        self.runner, self.secrets = runner, Secrets.of(name[:1].encode() * 32)
        self.caps, self.their_caps = tuple(caps), tuple(their_caps)
        self.plan: OwnPlan = work.plan_own(_OPENED, self.caps, keys, self.secrets.padding)
        self.own: Own = work.assemble_own(self.plan, self.done(self.plan))

    def done(self, plan: OwnPlan | Plan) -> Iterable[bytes]:
        return self.runner(plan.piece(number, self.secrets.scalar) for number in range(plan.pieces))

    def answer(self, theirs: bytes) -> tuple[Plan, bytes]:
        plan = work.plan_returned(theirs, self.their_caps, self.own.points, self.caps)
        return plan, work.assemble_returned(plan, self.done(plan), "which")

    def learn(self, returned: bytes, theirs: Plan, multiplied: bytes) -> tuple[tuple[int, int], ...]:
        for _ in self.done(work.plan_seen(returned, self.caps, "which")):
            pass
        return find("which", self.plan, self.own, returned, theirs, multiplied).keys or ()


def side(name: str, count: int, runner: Runner) -> Side:
    """A side with so many points over a hundred buckets, a third of each padding; half of its keys are on either side."""
    caps = [count // _BUCKETS + (number < count % _BUCKETS) for number in range(_BUCKETS)]
    made = (b"%d of 1.25600@0:3000" % number for number in range(count))
    keys = [list(islice(made, cap * 2 // 3)) for cap in caps]
    if name != "a":
        keys = [[key if number % 2 else name.encode() + key for number, key in enumerate(here)] for here in keys]
    return Side(name, keys, caps, caps, runner)


def sent(points: bytes, said: str) -> tuple[bytes, str]:
    """The points as they arrive, in the bodies of slips, and the transcript after them."""
    arrived = []
    for part in messages.cut(points):
        body = canon.encode({"points": b64.url(part), "transcript": said})
        arrived.append(b64.parse_url(msgspec.json.decode(body)["points"], "The points"))
        said = check_transcript.after(said, b64.url(hashlib.sha256(body).digest()))
    return b"".join(arrived), said


def check(count: int, runner: Runner, *, both: bool) -> None:
    """A whole check of so many keys a side, in which the proposer, or both sides, learn which of theirs the other has."""
    found, by_other = between(side("a", count, runner), side("b", count, runner), both=both)
    if not found or (both and len(found) != len(by_other)):
        raise RuntimeError("The two sides do not find what they should.")


def between(one: Side, other: Side, *, both: bool) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """What each side finds, the other only where `both` learn; everything that is sent goes through slips' bodies."""
    to_other, said = sent(one.own.points, b64.url(_OPENED))
    to_one, said = sent(other.own.points, said)
    asked, by_other = other.answer(to_other)
    theirs, by_one = one.answer(to_one)
    back_to_one, said = sent(by_other, said)
    found = one.learn(back_to_one, theirs, by_one)
    if not both:
        return found, ()
    back_to_other, said = sent(by_one, said)
    return found, other.learn(back_to_other, asked, by_other)


def one_learns(count: str) -> Spent:
    """A check in which the proposer learns, beside bare multiplications."""
    return _beside_bare(int(count), both=False)


def both_learn(count: str) -> Spent:
    """A check in which both sides learn, beside bare multiplications."""
    return _beside_bare(int(count), both=True)


def _beside_bare(count: int, *, both: bool) -> Spent:
    """After each piece as many points are multiplied as it multiplied, by the library alone: no hash, no check, no bytes made."""
    spent, bare = Spent(0.0, 0.0), Bare()

    def runner(pieces: Iterable[Piece]) -> Iterator[bytes]:
        for piece in pieces:
            yield work.run(piece)
            if piece.verb == "check":
                continue
            before = time.process_time()
            bare.multiply(len(piece.items) or len(piece.points) // group.POINT_BYTES)
            spent.floor_s += time.process_time() - before

    begun = time.process_time()
    check(count, runner, both=both)
    spent.cpu_s = time.process_time() - begun - spent.floor_s
    return spent


def one_core_and_two(count: str) -> Wall:
    """The same check twice, by one core and by two as a headquarters uses them; processes are started before the clock is."""
    begun = time.perf_counter()
    check(int(count), lambda pieces: map(work.run, pieces), both=True)
    one_s = time.perf_counter() - begun
    workers = ProcessWorkers(2)
    try:
        for _ in workers.run(work.run, [Piece("check", b"", points=group.hash_to_point(b"warm"))] * 8):
            pass
        begun = time.perf_counter()
        check(int(count), lambda pieces: workers.run(work.run, pieces), both=True)
        return Wall(one_s, time.perf_counter() - begun)
    finally:
        workers.close()


def peak(count: str) -> float:
    """The most memory one side of a check takes, in MB, all keys and points of it held at once; the partner's points are hashes, for want of a partner."""
    one = side("a", int(count), lambda pieces: map(work.run, pieces))
    hashed = b"".join(group.hash_to_point(number.to_bytes(8, "big")) for number in range(int(count)))
    theirs = b"".join(np.sort(messages.rows(hashed)[here]).tobytes() for _number, here in messages.buckets(one.caps))
    plan, multiplied = one.answer(theirs)
    one.learn(theirs, plan, multiplied)
    return children.peak_mb()


class Bare:
    """The library's multiplication and nothing else: points that are there already, by one scalar, into one place."""

    def __init__(self) -> None:
        self.context = lib.secp256k1_context_create(1)
        self.points = ffi.new("secp256k1_pubkey[]", work.PIECE_POINTS)
        for number in range(work.PIECE_POINTS):
            spelt = b"\x02" + group.hash_to_point(number.to_bytes(4, "big"))
            lib.secp256k1_ec_pubkey_parse(self.context, self.points + number, spelt, len(spelt))

    def multiply(self, times: int) -> None:
        context, points, out, nothing = self.context, self.points, ffi.new("unsigned char[64]"), ffi.NULL
        key, copy = hashlib.sha256(b"floor").digest(), lib.btclib_secp256k1_ecdh_hash_function_xy
        multiply = lib.secp256k1_ecdh
        for number in range(times):
            multiply(context, out, points + number, key, copy, nothing)


if __name__ == "__main__":
    children.answer({verb.__name__: verb for verb in (one_learns, both_learn, one_core_and_two, peak)})
