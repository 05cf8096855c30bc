import threading

import pytest

from stafftalks.node.sender import Sender
from stafftalks.services import accords, exchange
from stafftalks.values.errors import HostError
from tests.fakes import HEAD, FakeCarrier
from tests.services.scenes import PROPOSAL, accepted, house, settle


class BrokenCarrier:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def exchange(self, partner, sealed):
        self.asked += 1
        raise self.error


def run_once(sender: Sender) -> tuple[str, ...]:
    begun = sender.cycle()
    sender.stop()
    return begun


def sender_of(hq, carrier, **more) -> Sender:
    return Sender(hq, carrier, **more)


def test_what_is_due_is_sent_and_nothing_is_sent_again():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    carrier = FakeCarrier(meridia, [torvia])
    assert run_once(sender_of(meridia, carrier)) == ("XTV",)
    assert accords.view(torvia, accord).title == PROPOSAL.title
    sent = len(carrier.sent)
    assert run_once(sender_of(meridia, carrier)) == ()
    assert len(carrier.sent) == sent


def test_news_is_sent_before_the_partner_would_be_asked_again():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    carrier = FakeCarrier(meridia, [torvia])
    run_once(sender_of(meridia, carrier))
    accords.suspend(meridia, HEAD, accord)
    assert run_once(sender_of(meridia, carrier)) == ("XTV",)


@pytest.mark.parametrize("error", [HostError("Torvia is down."), KeyError("a fault of ours")])
def test_every_failure_is_recorded_and_put_off_twice_as_long_up_to_five_minutes(error):
    meridia, torvia = house("XMR", "XTV")
    accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    carrier = BrokenCarrier(error)
    waits = []
    for _ in range(9):
        assert run_once(sender_of(meridia, carrier)) == ("XTV",)
        sending = meridia.partners.partner(torvia.party).sending
        waits.append(sending.next_try_at - meridia.clock.now())
        assert run_once(sender_of(meridia, carrier)) == ()
        meridia.clock.advance(waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert carrier.asked == 9
    assert sending.failures == 9
    assert sending.last_error
    assert "a fault of ours" not in sending.last_error


def test_a_partner_that_was_down_for_an_hour_has_lost_nothing():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    for _ in range(20):
        run_once(sender_of(meridia, BrokenCarrier(HostError("down"))))
        meridia.clock.advance(180)
        accords.ask(meridia, HEAD, accord, "Still there?")
    meridia.clock.advance(300)
    run_once(sender_of(meridia, FakeCarrier(meridia, [torvia])))
    assert meridia.partners.partner(torvia.party).sending.failures == 0
    settle(meridia, torvia)
    ours, theirs = (accords.view(hq, accord).feeds[0] for hq in (meridia, torvia))
    assert ours.size == theirs.size > 20


def test_a_partner_that_never_answers_delays_no_other():
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accords.propose(meridia, HEAD, [torvia.party, partial.party], PROPOSAL)
    go_on, asked, reached = threading.Event(), threading.Event(), threading.Event()

    class HalfDead(FakeCarrier):
        def exchange(self, partner, sealed):
            if partner.party == "XTV":
                asked.set()
                go_on.wait(20)
                raise HostError("never answered")
            answer = super().exchange(partner, sealed)
            reached.set()
            return answer

    sender = sender_of(meridia, HalfDead(meridia, [partial]))
    assert set(sender.cycle()) == {"XTV", "XPA"}
    assert asked.wait(20)
    assert reached.wait(20)
    assert "XTV" not in sender.cycle()  # one conversation at a time
    go_on.set()
    sender.stop()


def test_it_survives_a_database_that_is_gone_and_lets_go_of_it_each_time():
    meridia, torvia = house("XMR", "XTV")
    accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    let_go: list[str] = []
    sender = sender_of(
        meridia, FakeCarrier(meridia, [torvia]), between=lambda: let_go.append(threading.current_thread().name)
    )
    partners = meridia.partners.partners
    meridia.partners.partners = _gone
    assert sender.cycle() == ()
    meridia.partners.partners = partners
    assert run_once(sender) == ("XTV",)
    assert len(let_go) == 3
    assert "sender-XTV" in let_go


def _gone():
    raise OSError("the database is gone")


def test_in_the_background_it_sends_at_start_and_whenever_it_is_woken():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    arrived = threading.Semaphore(0)

    class Telling(FakeCarrier):
        def exchange(self, partner, sealed):
            answer = super().exchange(partner, sealed)
            arrived.release()
            return answer

    meridia.clock.advance(meridia.policy.poll_seconds)
    sender = sender_of(meridia, Telling(meridia, [torvia]), tick_s=3600.0)
    sender.start()
    assert arrived.acquire(timeout=20)
    accords.suspend(meridia, HEAD, accord)
    sender.notify()
    assert arrived.acquire(timeout=20)
    sender.stop()
    assert exchange.status(meridia)[0].unsent == 0


def test_news_that_comes_as_a_conversation_ends_is_sent_without_waiting_for_the_next_look():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    ended, told = threading.Event(), threading.Event()

    class Telling(FakeCarrier):
        def exchange(self, partner, sealed):
            answer = super().exchange(partner, sealed)
            if ended.is_set():
                told.set()
            return answer

    def between() -> None:
        if threading.current_thread().name == "sender-XTV" and not ended.is_set():
            ended.set()
            accords.suspend(meridia, HEAD, accord)
            assert sender.cycle() == ()  # this conversation still counts as under way

    meridia.clock.advance(meridia.policy.poll_seconds)
    sender = sender_of(meridia, Telling(meridia, [torvia]), between=between, tick_s=3600.0)
    sender.start()
    assert told.wait(20)
    sender.stop()


def test_stopping_before_starting_is_no_error():
    meridia, _ = house("XMR", "XTV")
    sender_of(meridia, BrokenCarrier(HostError("x"))).stop()
