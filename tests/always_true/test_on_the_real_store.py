"""The same on the database that the settings name, SQLite or PostgreSQL: one main job, an attack, a fork and a restore."""

import random

import msgspec
import pytest

from stafftalks.deconflict.private import work
from stafftalks.record import fork
from stafftalks.services import (
    accords,
    check_drops,
    check_results,
    check_work,
    checks,
    exchange,
    left,
    recalls,
    records,
)
from stafftalks.services.ports import Headquarters
from stafftalks.store.ports import django_ports
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId
from tests.always_true.invariants import check_goes_on
from tests.always_true.own import own_things
from tests.always_true.test_nothing_reaches_in import attack
from tests.attacks.hostile import Hostile
from tests.fakes import HEAD, OFFICER, FakeClock, make_hq, pair
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, agreed, plan, run
from tests.services.scenes import accepted, log, released, revised, settle, state_of, talk, twin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meridia() -> Headquarters:
    """Meridia over the real store; keys, clock and sealing in memory."""
    ports = django_ports()
    names = (
        "transactions",
        "records",
        "holdings",
        "desk",
        "partners",
        "log",
        "journal",
        "catalogue",
        "readers",
        "checks",
    )
    return msgspec.structs.replace(make_hq("XMR"), **{name: getattr(ports, name) for name in names})


def others(meridia: Headquarters, *parties: str) -> list[Headquarters]:
    assert isinstance(meridia.clock, FakeClock)
    found = [make_hq(party, clock=meridia.clock) for party in parties]
    pair(meridia, *found)
    return found


def test_the_main_job_from_proposal_to_confirmed_recall(meridia: Headquarters) -> None:
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="Released.")
    revised(meridia, accord, element, torvia, said="Revised.")
    theirs = released(torvia, accord, meridia, said="Told to Meridia, and regretted.")
    settle(meridia, torvia)
    recall = recalls.recall(torvia, OFFICER, accord, theirs, "Sent in error.")
    settle(meridia, torvia)
    assert [found.ref for found in recalls.open_recalls(meridia, accord)] == [recall]
    assert recalls.honour_recalls(meridia) == 1
    settle(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)
    held = [row for row in meridia.records.feeds(accord) if row.feed.party == torvia.party]
    texts = b"".join(entry.slip or b"" for entry in meridia.records.entries(held[0].feed, 0, 99))
    assert b"regretted" not in texts
    check_goes_on(meridia, torvia, accord)


def test_a_private_check_is_gone_on_with_after_every_chunk_and_keeps_no_secret(
    meridia: Headquarters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PIECE_POINTS", 900)
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    proposal = agreed(torvia, meridia, accord)
    looks = 0
    for _ in range(5):
        while check_work.runnable(meridia):
            check_work.advance(meridia, proposal, QuickWorkers(), lambda _: False)
            meridia.memory.clear()
            looks += 1
        check_work.advance(torvia, proposal, QuickWorkers())
        talk(meridia, torvia)
    assert looks > 5
    result, row = check_results.result(meridia, proposal), meridia.checks.check(proposal)
    assert result is not None
    assert [flagged.title for flagged in result.flagged] == ["Minesweeping"]
    assert row is not None
    assert (row.secret, list(meridia.checks.chunks(proposal, "own"))) == (b"", [])


def test_points_of_a_check_that_is_over_leave_the_database_and_the_check_stands(
    meridia: Headquarters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_drops, "BATCH", 3)
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    proposal = agreed(torvia, meridia, accord)
    run(meridia, torvia, proposal, QuickWorkers())
    before, size = checks.view(meridia, proposal), slips(meridia, accord)
    stands = state_of(meridia, accord)
    assert [check_drops.drop_some(meridia) for _ in range(3)] == [3, 1, 0]
    assert slips(meridia, accord) < size / 10
    for _ in range(2):
        assert (checks.view(meridia, proposal), state_of(meridia, accord)) == (before, stands)
        meridia.memory.clear()
    settle(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)
    assert all(report.sound for report in records.verify(meridia, accord))
    check_goes_on(meridia, torvia, accord)


def slips(hq: Headquarters, accord: AccordId) -> int:
    """Bytes of texts held."""
    feeds = [row for row in hq.records.feeds(accord) if row.size]
    return sum(len(entry.slip or b"") for row in feeds for entry in hq.records.entries(row.feed, 0, row.size))


def test_leaving_recalls_everything_under_one_head_and_what_left_is_told_of_it(meridia: Headquarters) -> None:
    torvia, partial = others(meridia, "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    for number in range(12):
        released(meridia, accord, *((torvia,) if number % 2 else (torvia, partial)), said=f"Report {number}.")
    settle(meridia, torvia, partial)
    done = recalls.leave(meridia, HEAD, accord, "withdraw", keeps="Minutes.", recalling=True, reason="We go.")
    assert len(done.recalled) == 12
    settle(meridia, torvia, partial)
    assert recalls.honour_recalls(torvia) == 12
    waiting = [one.ref for one in recalls.open_recalls(partial, accord)]
    recalls.answer_many(partial, OFFICER, accord, waiting, "refused", "We act on it.")
    settle(torvia, partial, meridia)
    lines = {line.party: line.line for line in left.parties(meridia)}
    assert (lines["XTV"].fates["confirmed removed"], lines["XPA"].fates["refused"]) == (12, 6)
    total, sent = left.window(meridia, partner=partial.party, limit=3)
    assert (total, len(sent)) == (6, 3)
    assert all(one.title and one.request and one.earlier_than and one.later_than for one in sent)


def test_a_hostile_partner_reaches_nothing_and_breaks_nothing(meridia: Headquarters) -> None:
    torvia, other = others(meridia, "XTV", "XEQ")
    accord = accepted(meridia, torvia, other)
    released(meridia, accord, torvia, other, said="Released to both.")
    released(torvia, accord, other, said="To the other alone: Meridia holds the entry without its text.")
    settle(meridia, torvia, other)
    hostile, pick = Hostile(other, accord), random.Random(7)
    before = own_things(meridia)
    outcomes = []
    for number in range(120):
        sealed = attack(hostile, meridia, pick)
        try:
            if number % 2:
                exchange.reply(meridia, sealed, other.party)
            outcomes.append(exchange.take(meridia, sealed, "file").outcome)
        except PeerError:
            outcomes.append("refused whole")
        assert own_things(meridia) == before
    assert set(outcomes) == {"accepted", "refused", "refused whole"}
    accords.suspend(meridia, HEAD, accord)
    accords.resume(meridia, HEAD, accord)
    talk(meridia, torvia)
    assert all(report.sound for report in records.verify(torvia, accord) if report.feed.party == meridia.party)


class Careless:
    """A keyring without marks, as an equivocator would have."""

    def __init__(self, keyring: object) -> None:
        self._keyring = keyring

    def __getattr__(self, name: str) -> object:
        return getattr(self._keyring, name)

    def high_water(self, epoch: object) -> int:
        return 0


def test_an_equivocator_is_proved_and_frozen(meridia: Headquarters) -> None:
    torvia, equivocator = others(meridia, "XTV", "XEQ")
    accord = accepted(equivocator, meridia, torvia)
    careless = msgspec.structs.replace(equivocator, keyring=Careless(equivocator.keyring))
    double = twin(careless)
    released(careless, accord, meridia, torvia, said="To Meridia: we stay out.")
    released(double, accord, meridia, torvia, said="To Torvia: we go in.")
    talk(careless, meridia)
    talk(double, torvia)
    settle(meridia, torvia)
    for hq in (meridia, torvia):
        (frozen,) = [row for row in hq.records.feeds(accord) if row.frozen]
        assert frozen.feed.party == equivocator.party
        fork.verify_fork(fork.decode(records.fork_proof(hq, frozen.feed)), frozen.public_key)
    assert state_of(meridia, accord) == state_of(torvia, accord)
    accords.ask(meridia, HEAD, accord, "We go on without it?")
    settle(meridia, torvia)
    assert state_of(meridia, accord) == state_of(torvia, accord)


def test_a_partner_restored_from_a_backup_gets_its_own_back_and_ours_too(meridia: Headquarters) -> None:
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    backup = twin(torvia)
    theirs = released(torvia, accord, meridia, said="After the backup.")
    ours = released(meridia, accord, torvia, said="Told after the backup.")
    settle(meridia, torvia)
    backup.keyring.lose_feed_keys()
    talk(backup, meridia)
    sheets = accords.view(backup, accord).accord.sheets
    assert theirs in sheets["XTV"].released
    assert ours in sheets["XMR"].released
    accords.ask(backup, HEAD, accord, "Said after the restore?")
    settle(backup, meridia)
    assert state_of(meridia, accord) == state_of(backup, accord)


def test_our_own_lost_keys_open_a_fresh_epoch(meridia: Headquarters) -> None:
    (torvia,) = others(meridia, "XTV")
    accord = accepted(meridia, torvia)
    meridia.keyring.lose_feed_keys()
    released(meridia, accord, torvia, said="Under a fresh key.")
    settle(meridia, torvia)
    mine = [row for row in meridia.records.feeds(accord) if row.feed.party == meridia.party]
    assert [row.closed for row in mine] == [True, False]
    assert state_of(meridia, accord) == state_of(torvia, accord)
    assert not log(meridia, "refused")
