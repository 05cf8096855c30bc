"""The computing of a private check after both have decided, step by step, without a person: what is next is done, kept, and sent as entries of our record.

1. The partner's points, once they are all there, are multiplied by our scalar (`theirs`), which looks at each before anything of ours answers it.
2. Our own points are made (`own`) and appended, part by part; then, where the partner learns, its points returned.
3. Where we learn, what came back is compared, and what it tells is kept.
4. With our last word, all that was computed is forgotten, and the secret too unless an auditor was agreed.

`advance` may be called at any time by any process: it does again what was lost and nothing twice. What is computed is kept chunk by chunk; a part is appended only
where our record does not have it yet. Inputs and secret were frozen by the decision, and the partner's points are noted before the scalar meets them: it never meets others.
A check whose decision stands in an epoch that can no longer be written on, as after a restore, is never gone on with: it is stopped.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import count, islice
from typing import Final, Literal

import msgspec

from stafftalks.accord.bodies import CheckBody, CheckEnd, CheckPoints, EntryRef
from stafftalks.accord.state import CheckState, StepState, check_at
from stafftalks.deconflict.private import finding, messages, work
from stafftalks.deconflict.private.work import Piece
from stafftalks.record.b64 import url
from stafftalks.services import accords, appending, check_found, checks
from stafftalks.services.check_ports import Workers
from stafftalks.services.check_rows import CheckRow, CheckWork, Job
from stafftalks.services.check_side import Side
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, PeerError

Watch = Callable[["Progress"], bool]
"""Is told of each chunk that was kept; False: no more for now."""
_RESTORED: Final = (
    "This headquarters was restored from a backup, or its record goes on in a fresh epoch: a check from before is never gone on with. "
    "Propose another."
)
LONGEST_STATEMENT: Final = 1_900
GRACE_S: Final = 30 * 86_400
"""How long after a check has lapsed what the partner said in time may still arrive, by hand, and be computed with."""
Doing = Literal["", "own", "theirs", "waiting"]


class Progress(msgspec.Struct, frozen=True):
    """How a check stands after what was done. `doing` says what is under way or next, `done` of `total` how far; `sentence` why it does not go on here.

    `moved` is whether something was appended or found; `over` whether nothing is left to be done here.
    """

    proposal: EntryRef
    state: str
    doing: Doing = ""
    done: int = 0
    total: int = 0
    sentence: str = ""
    moved: bool = False
    over: bool = False


def runnable(hq: Headquarters) -> tuple[EntryRef, ...]:
    """The checks in which something is to be done here now, without a person; the oldest first."""
    rows = hq.checks.checks()
    if not any(row.secret or row.work.job for row in rows):
        return ()
    return tuple(view.state.ref for view in reversed(checks.history(hq)) if has_work(hq, view))


def advance(hq: Headquarters, proposal: EntryRef, workers: Workers, watch: Watch = lambda _: True) -> Progress:
    """Does what is next in the check until the partner must act or `watch` says to stop; returns how it then stands.

    What the rules refuse for now (as without a letter in force) is said in the progress, and tried again by the next call.
    """
    moved = False
    while True:
        found = checks.view(hq, proposal)
        try:
            done = _Step(hq, found, workers, watch).next()
        except _PausedError:
            return _progress(hq, checks.view(hq, proposal), moved=moved)
        except PeerError as error:
            done = _stop(hq, found, str(error))
        except MisuseError as error:
            _note(hq, proposal, str(error))
            done = False
        if not done:
            return _progress(hq, checks.view(hq, proposal), moved=moved)
        moved = True


def progress(hq: Headquarters, proposal: EntryRef) -> Progress:
    """How far the check has come, as any process may ask."""
    return _progress(hq, checks.view(hq, proposal), moved=False)


class _PausedError(Exception):
    """Whoever watches said to stop for now."""


class _Step:
    """The next thing to be done in one check."""

    def __init__(self, hq: Headquarters, found: CheckView, workers: Workers, watch: Watch) -> None:
        self._hq = hq
        self._view = found
        self._state = found.state
        self._ref = found.state.ref
        self._workers = workers
        self._watch = watch

    def next(self) -> bool:
        """Does it; returns whether something was appended, found or forgotten, so that more may be next. Raises PeerError where the partner's message is bad."""
        row = self._view.row
        if row is None or not has_work(self._hq, self._view):
            return False
        match self._state.state:
            case "running" | "done":
                pass
            case "broken":
                return _stop(self._hq, self._view, next(fault.sentence for fault in self._state.faults if fault.breaks))
            case "proposed":
                return False
            case "declined" | "lapsed" | "stopped":
                _forget(self._hq, self._state)
                return True
        if not _continues(self._hq, self._view):
            return _stop(self._hq, self._view, _RESTORED)
        side, me, due = Side(self._hq, self._view, row), self._hq.party, self._state.due
        if self._state.has_learnt(me) and self._hq.checks.found(self._ref) is None:
            self._find(side)
        elif due is not None and due.party == me:
            self._send(side, due)
        else:
            self._end()
        return True

    def _find(self, side: Side) -> None:
        """Compares what came back with the partner's own points, and keeps what that tells."""
        returned = side.sent("returned", side.other)
        seen = work.plan_seen(returned, side.caps(side.role), side.mode)
        for _ in self._workers.run(work.run, (seen.piece(number) for number in range(seen.pieces))):
            pass
        multiplied = b"".join(self._theirs(side))
        own = work.assemble_own(side.own, self._own(side))
        found = finding.find(side.mode, side.own, own, returned, side.theirs, multiplied)
        told = check_found.told(side, found, self._hq.clock.now())
        with self._hq.transactions.atomic():
            if self._hq.checks.found(self._ref) is None:
                self._hq.checks.put_found(self._ref, told)
        self._tell()

    def _send(self, side: Side, due: StepState) -> None:
        """Appends what is missing of our message, part by part."""
        if due.sort == "own":
            if side.role == "partner":
                self._theirs(side)  # nothing of ours answers points that are none
            points = work.assemble_own(side.own, self._own(side)).points
        else:
            points = work.assemble_returned(side.theirs, self._theirs(side), side.mode)
        parts = messages.cut(points)
        for number, part in enumerate(parts[len(due.seen) :], len(due.seen) + 1):
            self._append(due, CheckPoints(self._ref, due.step, due.sort, number, len(parts), url(part), ""))
            self._tell()

    def _append(self, due: StepState, said: CheckPoints) -> None:
        """Appends one part, unless another process did it meanwhile."""
        with self._hq.transactions.atomic():
            state = check_at(accords.lock_and_load(self._hq, self._view.accord).state, self._ref, self._hq.clock.now())
            now_due = state.due if state else None
            if state is None or now_due is None or (now_due.step, now_due.sort) != (due.step, due.sort):
                return
            if len(now_due.seen) == said.part - 1:
                body = msgspec.structs.replace(said, transcript=state.transcript)
                _say(self._hq, self._view, [body])
        self._hq.wake()

    def _end(self) -> None:
        """Our last word: we have what we were to get, and keep nothing that we need not."""
        with self._hq.transactions.atomic():
            state = check_at(accords.lock_and_load(self._hq, self._view.accord).state, self._ref, self._hq.clock.now())
            if state is not None and state.ended(self._hq.party) is None:
                _say(self._hq, self._view, [CheckEnd(self._ref, "done", transcript=state.transcript)])
                checks.forget(self._hq, state)
        self._hq.wake()

    def _own(self, side: Side) -> Iterator[bytes]:
        """Our own points in chunks, computed as far as they are missing."""
        self._pin(opened=side.opened)
        plan = side.own
        self._compute("own", plan.pieces, (plan.piece(number, side.secrets.scalar) for number in count()))
        return self._hq.checks.chunks(self._ref, "own")

    def _theirs(self, side: Side) -> Iterator[bytes]:
        """The partner's points under our scalar in chunks, computed as far as they are missing. Raises PeerError."""
        self._pin(opened=side.opened, theirs=side.theirs_digest)
        plan = side.theirs
        self._compute("theirs", plan.pieces, (plan.piece(number, side.secrets.scalar) for number in count()))
        return self._hq.checks.chunks(self._ref, "theirs")

    def _pin(self, **named: str) -> None:
        """Notes what our secret is applied to before it is; raises PeerError where it was applied to something else before."""
        with self._hq.transactions.atomic():
            row = self._hq.checks.check(self._ref, lock=True)
            if row is None or not row.secret:
                raise MisuseError("The secret of this check is forgotten: nothing more can be computed in it.")
            for name, value in named.items():
                if getattr(row.work, name) not in ("", value):
                    raise PeerError("What this check is to be computed from is not what it was when it was begun.")
            self._hq.checks.put_work(self._ref, msgspec.structs.replace(row.work, **named))

    def _compute(self, job: Job, pieces: int, made: Iterator[Piece]) -> None:
        """Computes and keeps the chunks that are missing, in their order."""
        done = self._hq.checks.chunk_count(self._ref, job)
        if done >= pieces:
            return
        results = self._workers.run(work.run, islice(made, done, pieces))
        try:
            for number, points in enumerate(results, done):
                with self._hq.transactions.atomic():
                    self._hq.checks.put_chunk(self._ref, job, number, points)
                    _note(self._hq, self._ref, "", job=job, done=number + 1, total=pieces)
                self._tell()
        finally:
            if isinstance(results, Generator):
                results.close()

    def _tell(self) -> None:
        if not self._watch(progress(self._hq, self._ref)):
            raise _PausedError


def has_work(hq: Headquarters, found: CheckView) -> bool:
    """Whether something is to be done here now."""
    state, row, me = found.state, found.row, hq.party
    if row is None:
        return False
    match state.state:
        case "running" | "done" if state.ended(me) is None:
            mine = state.due is not None and state.due.party == me
            wanting = state.has_learnt(me) and hq.checks.found(state.ref) is None
            sent = bool(state.steps) and all(step.complete for step in state.steps if step.party == me)
            return bool(row.secret) and (mine or wanting or (sent and _has_all(hq, state)))
        case "broken":
            return state.ended(me) is None
        case "declined" | "stopped":
            return bool(row.work.job) or _forgettable(row, state)
        case "lapsed":
            late = hq.clock.now() > state.terms.expires + GRACE_S
            return late and (bool(row.work.job) or _forgettable(row, state))
        case _:
            return False


def _has_all(hq: Headquarters, state: CheckState) -> bool:
    """Whether we have all that we are to learn."""
    return not state.learns(hq.party) or hq.checks.found(state.ref) is not None


def _forgettable(row: CheckRow, state: CheckState) -> bool:
    """Whether a secret is kept that nobody can ask for: no auditor was agreed, or nothing was consented to."""
    return bool(row.secret) and (not state.terms.auditor or state.consent is None)


def _forget(hq: Headquarters, state: CheckState) -> None:
    with hq.transactions.atomic():
        checks.forget(hq, state)
        row = hq.checks.check(state.ref)
        if row is not None and _forgettable(row, state):
            hq.checks.forget_secret(state.ref)


def _continues(hq: Headquarters, found: CheckView) -> bool:
    """Whether our decision stands in the epoch that we write on now."""
    answer, latest = found.state.answer, appending.latest_epoch(hq, found.accord)
    decided = found.state.ref if found.ours else answer.ref if answer is not None else None
    if latest is None or decided is None:
        return False
    return decided.epoch == latest.feed.epoch and appending.continues(hq, latest)


def _stop(hq: Headquarters, found: CheckView, sentence: str) -> bool:
    """Ends the check with a word to the partner, where we have not said our last word; returns whether it did."""
    if found.state.ended(hq.party) is not None:
        return False
    with hq.transactions.atomic():
        _say(hq, found, [CheckEnd(found.state.ref, "stopped", sentence[:LONGEST_STATEMENT], found.state.transcript)])
        checks.forget(hq, found.state)
        _note(hq, found.state.ref, sentence)
    hq.wake()
    return True


def _say(hq: Headquarters, found: CheckView, bodies: Sequence[CheckBody]) -> None:
    """Appends what follows from the decision, as an act of whoever decided."""
    if found.row is not None:
        checks.say(hq, found.row.decider, found.accord, found.state.other(hq.party), bodies)


def _note(hq: Headquarters, proposal: EntryRef, sentence: str, **changes: object) -> None:
    with hq.transactions.atomic():
        row = hq.checks.check(proposal, lock=True)
        if row is not None:
            work_ = msgspec.structs.replace(row.work, sentence=sentence, at=hq.clock.now(), **changes)
            hq.checks.put_work(proposal, work_)


def _progress(hq: Headquarters, found: CheckView, *, moved: bool) -> Progress:
    state, row = found.state, found.row
    kept = row.work if row else CheckWork()
    mine = row is not None and has_work(hq, found)
    running = state.state in ("proposed", "running") or (state.state == "done" and mine)
    doing: Doing = "" if not running else (kept.job or "own") if mine else "waiting"
    sentence = "" if state.state == "done" and not mine else kept.sentence
    over = not running and not mine
    return Progress(state.ref, state.state, doing, kept.done, kept.total, sentence, moved=moved, over=over)
