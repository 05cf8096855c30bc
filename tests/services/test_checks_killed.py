"""A headquarters that dies at any write of a private check goes on with it afterwards: nothing twice, nothing lost but a chunk, the same result."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import msgspec
import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import PointsPart
from stafftalks.deconflict.private import messages, work
from stafftalks.services import check_results, check_work, checks, reading
from stafftalks.services.ports import Headquarters, Transactions
from stafftalks.values.ids import AccordId
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, agreed, copied, plan
from tests.services.scenes import accepted, house, talk

Moment = Literal["before it is on the disk", "after it is on the disk"]


class KilledError(BaseException):
    """The process is gone: nothing of it runs on."""


class Doomed:
    """Transactions of a headquarters that dies at the write number `at`, before or after it is on the disk; `done` counts them."""

    def __init__(self, inner: Transactions, at: int, moment: Moment) -> None:
        self._inner = inner
        self._at = at
        self._moment = moment
        self._depth = 0
        self.done = 0

    @contextmanager
    def atomic(self) -> Iterator[None]:
        self._depth += 1
        try:
            with self._inner.atomic():
                yield
                self._reach("before it is on the disk")
        finally:
            self._depth -= 1
        self._reach("after it is on the disk")

    def _reach(self, moment: Moment) -> None:
        outermost = self._depth == (1 if moment == "before it is on the disk" else 0)
        if outermost and moment == self._moment:
            self.done += 1
            if self.done == self._at:
                raise KilledError


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three chunks and three parts for each message, so that there is something between."""
    monkeypatch.setattr(work, "PIECE_POINTS", 2_500)
    monkeypatch.setattr(messages, "MAX_PART_POINTS", 2_500)


@pytest.fixture(scope="module")
def begun() -> tuple[Headquarters, Headquarters, AccordId, EntryRef]:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    return meridia, torvia, accord, agreed(meridia, torvia, accord)


def lived(hq: Headquarters, proposal: EntryRef, at: int, moment: Moment) -> int:
    """A life of the headquarters in which it goes on with the check; returns how many writes it came to, 0 where it was killed."""
    doomed = Doomed(hq.transactions, at, moment)
    try:
        check_work.advance(msgspec.structs.replace(hq, transactions=doomed, memory={}), proposal, QuickWorkers())
    except KilledError:
        hq.memory.clear()
        return 0
    return doomed.done


def to_the_end(one: Headquarters, other: Headquarters, proposal: EntryRef) -> None:
    for _ in range(6):
        for hq in (one, other):
            check_work.advance(hq, proposal, QuickWorkers())
        talk(one, other)


def check_whole(one: Headquarters, other: Headquarters, accord: AccordId, proposal: EntryRef) -> None:
    """Every entry of the check is there once, by both, and each knows what it is to know."""
    state = checks.view(one, proposal).state
    assert state.state == "done"
    assert not state.faults
    said = Counter(
        (act.ref.party, act.body.step, act.body.sort, act.body.part)
        if isinstance(act.body, PointsPart)
        else (act.ref.party, type(act.body).__name__)
        for party in (one.party, other.party)
        for act in reading.load(one, accord).state.sheet(party).checks
    )
    assert set(said.values()) == {1}
    for hq, title in ((one, "Minesweeping"), (other, "Sonar trial")):
        result = check_results.result(hq, proposal)
        assert result is not None
        assert [flagged.title for flagged in result.flagged] == [title]
        row = hq.checks.check(proposal)
        assert row is not None
        assert not row.secret


@pytest.mark.parametrize("moment", ["before it is on the disk", "after it is on the disk"])
@pytest.mark.parametrize("who", [0, 1], ids=["the proposer", "the partner"])
def test_killed_at_any_write_a_check_goes_on(
    begun: tuple[Headquarters, Headquarters, AccordId, EntryRef], who: int, moment: Moment
) -> None:
    meridia, torvia, accord, proposal = begun
    killed = 0
    # The lives in which this side has something to do, each killed at every one of its writes in turn.
    before = copied(meridia, torvia)
    while check_work.runnable(before[0]) or check_work.runnable(before[1]):
        if not check_work.runnable(before[who]):
            check_work.advance(before[1 - who], proposal, QuickWorkers())
            talk(*before)
            continue
        at = 1
        while True:
            pair = copied(*before)
            if lived(pair[who], proposal, at, moment):
                break
            killed += 1
            # From what they leave, one in four goes on to the end.
            if at % 4 == (1 if moment == "before it is on the disk" else 3):
                to_the_end(*pair, proposal)
                check_whole(*pair, accord, proposal)
            at += 1
        before = pair
        talk(*before)
    check_whole(*before, accord, proposal)
    assert killed > 15


def test_of_what_was_computed_a_kill_loses_one_chunk_at_most(
    begun: tuple[Headquarters, Headquarters, AccordId, EntryRef],
) -> None:
    (meridia,) = copied(begun[0])
    proposal = begun[3]
    hands = QuickWorkers()
    lives = 0
    while not checks.view(meridia, proposal).state.steps[0].complete:
        lives += 1
        doomed = Doomed(meridia.transactions, 2, "after it is on the disk")
        try:
            check_work.advance(msgspec.structs.replace(meridia, transactions=doomed, memory={}), proposal, hands)
        except KilledError:
            meridia.memory.clear()
    assert lives > 4
    pieces = -(-checks.view(meridia, proposal).state.terms.proposer_points // 2_500)
    assert hands.done == pieces


def test_two_processes_at_one_check_say_nothing_twice(
    begun: tuple[Headquarters, Headquarters, AccordId, EntryRef],
) -> None:
    meridia, torvia = copied(*begun[:2])
    accord, proposal = begun[2:]
    for _ in range(4):
        for hq in (meridia, torvia):
            other = msgspec.structs.replace(hq, memory={})
            turns = iter(range(1_000))

            def meanwhile(_: object, other: Headquarters = other, turns: Iterator[int] = turns) -> bool:
                if next(turns) % 2:
                    check_work.advance(other, proposal, QuickWorkers(), lambda _: False)
                return True

            check_work.advance(hq, proposal, QuickWorkers(), meanwhile)
        talk(meridia, torvia)
    check_whole(meridia, torvia, accord, proposal)


@pytest.mark.parametrize("what", ["theirs", "opened"])
def test_the_scalar_is_applied_to_nothing_but_what_it_met_first(
    what: str, begun: tuple[Headquarters, Headquarters, AccordId, EntryRef]
) -> None:
    meridia, torvia = copied(*begun[:2])
    proposal = begun[3]
    check_work.advance(meridia, proposal, QuickWorkers())
    talk(meridia, torvia)
    check_work.advance(torvia, proposal, QuickWorkers(), lambda _: False)
    row = torvia.checks.check(proposal)
    assert row is not None
    assert row.work.theirs
    assert row.work.opened
    torvia.checks.put_work(proposal, msgspec.structs.replace(row.work, **{what: "another"}))
    hands = QuickWorkers()
    ended = check_work.advance(torvia, proposal, hands)
    assert (hands.done, ended.over) == (0, True)
    assert "not what it was when it was begun" in ended.sentence
    talk(meridia, torvia)
    assert checks.view(meridia, proposal).state.state == "stopped"
