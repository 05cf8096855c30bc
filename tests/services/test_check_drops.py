"""Points of checks that are over: dropped when nobody can need them, and the check stands as it stood, also read anew, also half way, also at a partner that lost it."""

import msgspec
import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import check_drops, check_openings, check_results, check_work, checks, outgoing, reading
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import AccordId
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER, FakeClock
from tests.services.checking import DAY, MERIDIAN, TORVIAN, QuickWorkers, agreed, copied, plan, run
from tests.services.scenes import accepted, house, talk

LAPSES = 30 * DAY


def scene() -> tuple[Headquarters, Headquarters, AccordId]:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    return meridia, torvia, accord


def over(**said: object) -> tuple[Headquarters, Headquarters, AccordId, EntryRef]:
    """A check that is done on both sides."""
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord, **said)
    run(meridia, torvia, proposal, QuickWorkers())
    return meridia, torvia, accord, proposal


def texts(hq: Headquarters, accord: AccordId) -> int:
    """Bytes of texts held."""
    rows = [entry for row in hq.records.feeds(accord) for entry in hq.records.entries(row.feed, 0, row.size)]
    return sum(len(entry.slip or b"") for entry in rows)


def dropped(hq: Headquarters) -> int:
    """How many are dropped now."""
    count = 0
    while some := check_drops.drop_some(hq):
        count += some
    return count


def later(hq: Headquarters, seconds: int) -> None:
    assert isinstance(hq.clock, FakeClock)
    hq.clock.advance(seconds)


def test_a_check_stands_as_it_stood_after_every_batch_and_every_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_drops, "BATCH", 1)
    meridia, torvia, accord, proposal = over()
    before, sheets = checks.view(meridia, proposal), reading.load(meridia, accord).state.sheets
    result, told = check_results.result(meridia, proposal), check_results.told(meridia, proposal)
    assert result is not None
    size, changes = texts(meridia, accord), meridia.records.changes()
    assert check_drops.said(meridia, before) == ""
    assert check_openings.transcript_files(meridia, AUDITOR, proposal)
    for _ in range(4):
        assert check_drops.drop_some(meridia) == 1
        assert texts(meridia, accord) < size
        size = texts(meridia, accord)
        assert checks.view(meridia, proposal) == before
        meridia.memory.clear()
        assert reading.load(meridia, accord).state.sheets == sheets
        assert checks.view(meridia, proposal) == before
    assert check_drops.drop_some(meridia) == 0
    assert (size < 20_000, meridia.records.changes()) == (True, changes)
    assert check_results.result(meridia, proposal) == msgspec.structs.replace(result, view=before)
    assert check_results.told(meridia, proposal) == told
    assert "kept here no more" in check_drops.said(meridia, before)
    with pytest.raises(MisuseError, match="transcript can no longer be made"):
        check_openings.transcript_files(meridia, AUDITOR, proposal)
    assert check_work.runnable(meridia) == ()
    assert check_drops.said(torvia, checks.view(torvia, proposal)) == ""


def test_what_leaves_is_the_same_to_whoever_has_what_was_dropped() -> None:
    meridia, torvia, accord, _ = over()
    (other,) = copied(meridia)
    assert dropped(other) == 4
    made = [
        outgoing.compose(hq, reading.accord_row(hq, accord), partner)
        for hq in (meridia, other)
        for partner in hq.partners.partners()
    ]
    assert made[0] == made[1]
    assert not outgoing.has_news(other, reading.accord_row(other, accord), torvia.party)


def test_nothing_is_dropped_while_anybody_may_need_it() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    for _ in range(6):
        for hq in (meridia, torvia):
            state = checks.view(hq, proposal).state
            assert not dropped(hq) or all(state.ended(party) for party in (meridia.party, torvia.party))
        for hq in (meridia, torvia):
            check_work.advance(hq, proposal, QuickWorkers())
        talk(meridia, torvia)
    assert all(check_drops.dropped(hq, checks.view(hq, proposal)) for hq in (meridia, torvia))


def test_a_check_that_did_not_come_to_its_end_is_kept_as_long_as_something_may_come_by_hand() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    check_work.advance(meridia, proposal, QuickWorkers())
    talk(meridia, torvia)
    checks.stop(torvia, OFFICER, proposal, "Enough.")
    talk(meridia, torvia)
    later(meridia, LAPSES + check_work.GRACE_S)
    for hq in (meridia, torvia):
        check_work.advance(hq, proposal, QuickWorkers())
        assert dropped(hq) == 0
    later(meridia, DAY)
    for hq in (meridia, torvia):
        before = checks.view(hq, proposal)
        assert before.state.state == "stopped"
        assert dropped(hq) == 1
        hq.memory.clear()
        assert checks.view(hq, proposal) == before


def test_where_an_auditor_was_agreed_they_are_kept_until_a_person_says_so_or_for_the_stated_time() -> None:
    meridia, torvia, _, proposal = over(auditor="The umpire")
    assert [dropped(meridia), dropped(torvia)] == [0, 0]
    with pytest.raises(RefusedError):
        check_drops.audited(meridia, PLANNER, proposal)
    check_drops.audited(meridia, HEAD, proposal)
    check_drops.audited(meridia, HEAD, proposal)
    assert [dropped(meridia), dropped(torvia)] == [4, 0]
    with pytest.raises(MisuseError, match="transcript can no longer be made"):
        check_openings.transcript_files(meridia, OFFICER, proposal)
    later(torvia, 89 * DAY)
    assert dropped(torvia) == 0
    later(torvia, 2 * DAY)
    assert dropped(torvia) == 4


def test_a_person_has_no_word_in_a_check_without_an_auditor_or_that_goes_on() -> None:
    meridia, torvia, accord = scene()
    plain = agreed(meridia, torvia, accord)
    with pytest.raises(RefusedError, match="dropped by themselves"):
        check_drops.audited(meridia, OFFICER, plain)
    checks.stop(meridia, OFFICER, plain)
    talk(meridia, torvia)
    later(meridia, 2 * DAY)
    running = agreed(meridia, torvia, accord, auditor="The umpire")
    with pytest.raises(MisuseError, match="not over yet"):
        check_drops.audited(meridia, OFFICER, running)


def test_a_partner_restored_from_a_backup_is_told_that_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_drops, "BATCH", 1)
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    check_work.advance(meridia, proposal, QuickWorkers())
    talk(meridia, torvia)
    early = copied(torvia)[0]
    check_work.advance(torvia, proposal, QuickWorkers())
    half = copied(torvia)[0]
    run(meridia, torvia, proposal, QuickWorkers())
    for left in (3, 2, 1, 0):
        assert check_drops.drop_some(meridia) == 1
        for backup in (early, half):
            ours, restored = copied(meridia, backup)
            restored.keyring.lose_feed_keys()
            for _ in range(2):
                talk(restored, ours)
                check_work.advance(restored, proposal, QuickWorkers())
            found = checks.view(restored, proposal)
            assert not [fault for fault in found.state.faults if fault.breaks], left
            assert found.state.state in ("stopped", "done")
            assert check_work.progress(restored, proposal).over
            assert check_work.runnable(restored) == ()
            told = [fault.sentence for fault in found.state.faults]
            assert found.state.state == "done" or any(
                "or they are kept no more. The check is over." in one for one in told
            )
            assert checks.view(ours, proposal).state.state == "done"
    assert found.state.state == "stopped"
