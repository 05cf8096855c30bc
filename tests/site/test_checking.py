"""The thread that computes private checks: by itself to the end, stopped after a chunk, and at rest where there is nothing to do."""

import threading

from stafftalks.services import check_results, check_work, checks
from stafftalks.site.checking import CheckRunner
from tests.fakes import FakeClock, FakeWorkers
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, agreed, plan, run
from tests.services.scenes import accepted, house, talk


def test_both_come_to_the_end_by_themselves_and_then_rest() -> None:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    proposal = agreed(meridia, torvia, accord)
    rested: list[str] = []
    runners = [CheckRunner(hq, QuickWorkers(), rest=lambda hq=hq: rested.append(hq.party)) for hq in (meridia, torvia)]
    for _ in range(5):
        for runner in runners:
            runner.cycle()
        talk(meridia, torvia)
    assert [runner.look() for runner in runners] == [0, 0]
    for hq in (meridia, torvia):
        assert check_results.result(hq, proposal) is not None
    assert not rested
    for _ in range(70):
        runners[0].cycle()
    assert rested == ["XMR"]


def test_it_drops_what_is_over_once_an_hour_a_few_at_a_time(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("stafftalks.services.check_drops.BATCH", 3)
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    runner = CheckRunner(meridia, QuickWorkers())
    assert runner.drop() == 0
    run(meridia, torvia, agreed(meridia, torvia, accord), QuickWorkers())
    assert [runner.drop() for _ in range(2)] == [0, 0]
    assert isinstance(meridia.clock, FakeClock)
    meridia.clock.advance(3_600)
    assert [runner.drop() for _ in range(4)] == [3, 1, 0, 0]


class Waiting(FakeWorkers):
    """Cores that are at their second piece until the runner is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.stopping = threading.Event(), threading.Event()

    def run(self, work, pieces):  # type: ignore[no-untyped-def]
        for number, made in enumerate(QuickWorkers().run(work, pieces)):
            if number == 1:
                self.begun.set()
                assert self.stopping.wait(30)
            yield made


def test_it_ends_after_the_chunk_that_is_being_computed_and_loses_nothing(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("stafftalks.deconflict.private.work.PIECE_POINTS", 500)
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    proposal = agreed(meridia, torvia, accord)
    hands = Waiting()
    runner = CheckRunner(meridia, hands, tick_s=30)
    hands.stopping = runner._stopping
    runner.start()
    assert hands.begun.wait(30)
    runner.stop(30)
    stands = check_work.progress(meridia, proposal)
    assert 1 <= stands.done < stands.total
    assert checks.view(meridia, proposal).state.state == "running"
    fresh = QuickWorkers()
    check_work.advance(meridia, proposal, fresh)
    assert fresh.done == stands.total - stands.done
