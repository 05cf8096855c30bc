"""Private checks as the sheets of the two tell them: how far they are, who is next, and every way in which one of them breaks the rules."""

import hashlib

import pytest

from stafftalks.accord.bodies import POINT_BYTES, CheckConsent, CheckEnd, CheckPoints
from stafftalks.accord.check_state import CheckState
from stafftalks.accord.parts import CheckAct, PointsPart
from stafftalks.accord.state import checks
from stafftalks.deconflict import group
from stafftalks.record.b64 import url
from stafftalks.record.slip import parse_slip
from stafftalks.values.ids import PartyId
from tests.accord.cast import MERIDIA, NORRIN, THREE, TORVIA, Staff
from tests.accord.check_cast import Check
from tests.accord.check_words import PARTNER_POINTS, POINTS, consent, points, proposal, token


@pytest.fixture
def staff() -> Staff:
    return Staff(THREE)


@pytest.fixture
def check(staff: Staff) -> Check:
    return Check(staff)


def now(check: Check, at: int = 0) -> CheckState:
    return check.now(at)


def broken(check: Check, party: str, words: str) -> None:
    found = now(check)
    assert found.state == "broken"
    assert [fault.party for fault in found.faults if fault.breaks and words in fault.sentence] == [party], found.faults
    assert found.next is None


def ignored(check: Check, words: str) -> None:
    assert [fault.breaks for fault in now(check).faults if words in fault.sentence] == [False]


def test_a_check_goes_from_proposal_to_done_and_says_who_is_next(check: Check) -> None:
    assert (now(check).state, now(check).next) == ("proposed", TORVIA)
    check.consent()
    assert (now(check).state, now(check).next) == ("running", MERIDIA)
    check.send(MERIDIA, 1)
    assert now(check).next == TORVIA
    check.send(TORVIA, 2, part=1, parts=2, count=PARTNER_POINTS - 1)
    due = now(check).due
    assert due is not None
    assert (due.party, due.step, due.sort, due.received, due.parts) == (TORVIA, 2, "own", PARTNER_POINTS - 1, 2)
    check.send(TORVIA, 2, part=2, parts=2, count=1)
    check.send(TORVIA, 2, "returned")
    assert (now(check).next, now(check).has_learnt(MERIDIA), now(check).has_learnt(TORVIA)) == (MERIDIA, True, False)
    check.send(MERIDIA, 3, "returned")
    assert (now(check).state, now(check).next, now(check).has_learnt(TORVIA)) == ("done", None, True)
    check.end(TORVIA)
    check.end(MERIDIA)
    assert (now(check).state, now(check).faults, len(now(check).ends)) == ("done", (), 2)


@pytest.mark.parametrize(("learns", "messages"), [("proposer", 3), ("partner", 3), ("both", 4)])
def test_only_what_the_terms_provide_for_is_sent(staff: Staff, learns: str, messages: int) -> None:
    check = Check(staff, learns=learns)
    check.run()
    assert now(check).state == "done"
    assert len(now(check).steps) == messages
    assert [party for party in (MERIDIA, TORVIA) if now(check).learns(party)] == (
        [MERIDIA, TORVIA] if messages == 4 else [MERIDIA if learns == "proposer" else TORVIA]
    )


def test_a_sheet_keeps_of_points_how_many_they_are_and_not_one_of_them(check: Check) -> None:
    check.consent()
    check.send(MERIDIA, 1)
    sheet = check.staff.accord().sheet(MERIDIA)
    part = next(act.body for act in sheet.checks if isinstance(act.body, PointsPart))
    assert part.count == POINTS
    for item in (*sheet.checks, *(item for item in sheet.journal.values() if isinstance(item, CheckAct))):
        assert not isinstance(item.body, CheckPoints)
        assert "points='" not in repr(item)


def test_a_decline_or_a_stop_ends_it(staff: Staff) -> None:
    check = Check(staff)
    check.say(TORVIA, CheckConsent(check.ref, now(check).digest, "decline", "Not in this area."))
    assert (now(check).state, now(check).next) == ("declined", None)
    check = Check(staff, name="second")
    check.end(MERIDIA, "stopped", "Proposed in error.")
    assert now(check).state == "stopped"
    check = Check(staff, name="third")
    check.consent()
    check.send(MERIDIA, 1)
    check.end(TORVIA, "stopped", "Points that are none.")
    assert now(check).state == "stopped"
    assert [one.state for one in checks(staff.accord())] == ["stopped", "stopped", "declined"]


def test_it_lapses_where_it_is_not_done_in_time(staff: Staff) -> None:
    check = Check(staff, expires=2_000)
    assert [now(check, at).state for at in (0, 2_000, 2_001)] == ["proposed", "proposed", "lapsed"]
    check.consent()
    assert [now(check, at).state for at in (2_000, 2_001)] == ["running", "lapsed"]
    check.say(MERIDIA, points(check.ref, 1), at=2_001)
    ignored(check, "after the check had lapsed")
    late = Check(staff, name="late", expires=2_000)
    late.say(TORVIA, consent(late.ref, late.body, "late"), at=2_001)
    assert now(late).state == "lapsed"
    done = Check(staff, name="done", expires=2_000)
    done.run()
    assert now(done, 9_000).state == "done"


def test_stopping_after_learning_is_told(check: Check) -> None:
    check.consent()
    check.send(MERIDIA, 1)
    check.send(TORVIA, 2)
    check.send(TORVIA, 2, "returned")
    check.end(MERIDIA, "stopped")
    assert now(check).state == "stopped"
    ignored(check, "XMR stopped after it had what it was to learn, and before XTV had")


def test_a_last_word_before_all_is_sent_is_a_stop(check: Check) -> None:
    check.consent()
    check.end(MERIDIA, "done")
    assert now(check).state == "stopped"
    check.send(MERIDIA, 1)
    ignored(check, "sent points after its last word")


def test_a_second_answer_changes_nothing(check: Check) -> None:
    check.consent()
    check.say(TORVIA, CheckConsent(check.ref, now(check).digest, "decline"))
    assert now(check).state == "running"
    ignored(check, "had answered this check already")


def test_the_same_part_sent_again_changes_nothing(check: Check) -> None:
    check.consent()
    said = check.now().transcript
    check.send(MERIDIA, 1, transcript=said)
    check.send(MERIDIA, 1, transcript=said)
    assert (now(check).next, now(check).faults) == (TORVIA, ())


def test_third_parties_change_nothing(check: Check) -> None:
    check.say(NORRIN, consent(check.ref, check.body, "stranger"))
    assert now(check).state == "proposed"
    check.consent()
    check.send(NORRIN, 1)
    check.end(NORRIN, "stopped")
    assert (now(check).state, now(check).next) == ("running", MERIDIA)
    assert [(fault.party, fault.breaks) for fault in now(check).faults] == [(NORRIN, False)] * 3


def test_faults_of_the_answer_break_it(staff: Staff) -> None:
    check = Check(staff)
    check.say(TORVIA, consent(check.ref, proposal("first", activities=11)))
    broken(check, TORVIA, "other terms")
    check = Check(staff, name="mirror")
    check.say(TORVIA, consent(check.ref, check.body, "mirror"))
    broken(check, TORVIA, "the key of the proposal")
    check = Check(staff, name="again")
    check.say(TORVIA, consent(check.ref, check.body, "answer again"))
    another = Check(staff, name="another")
    another.say(TORVIA, consent(another.ref, another.body, "answer again"))
    assert now(check).state == "running"
    broken(another, TORVIA, "used this key before")


def test_faults_of_the_proposal_break_it(staff: Staff) -> None:
    first, second = Check(staff), Check(staff)
    assert now(first).state == "proposed"
    broken(second, MERIDIA, "used this session or key before")
    broken(Check(staff, MERIDIA, MERIDIA, name="self"), MERIDIA, "no other party")
    broken(Check(staff, name="cells", cells=("b", "a")), MERIDIA, "tokens of cells in order")
    broken(Check(staff, name="points", partner_points=0), MERIDIA, "0 points")


def test_points_out_of_place_break_it(staff: Staff) -> None:
    check = Check(staff, name="early")
    check.send(MERIDIA, 1)
    broken(check, MERIDIA, "before the check was consented to")
    for name, party, step, sort, words in (
        ("turn", TORVIA, 1, "own", "XMR's turn"),
        ("sort", MERIDIA, 1, "returned", "do not provide for"),
        ("order", TORVIA, 2, "own", "second step before those of the first"),
    ):
        check = Check(staff, name=name)
        check.consent()
        check.send(party, step, sort)
        broken(check, party, words)
    check = Check(staff, name="unlearnt", learns="proposer")
    check.run()
    check.send(MERIDIA, 3, "returned")
    broken(check, MERIDIA, "do not provide for")


def test_parts_that_do_not_fit_break_it(staff: Staff) -> None:
    for name, said, words in (
        ("zero", {"part": 0}, "part 0 of 1"),
        ("beyond", {"part": 2}, "part 2 of 1"),
        ("many", {"parts": 65}, "1 to 64 parts"),
        ("none", {"count": 0}, "not 1 to 40000 points"),
        ("more", {"count": POINTS + 1}, "7 points in one message; by the terms it has 6"),
        ("fewer", {"count": POINTS - 1}, "5 points in one message"),
    ):
        check = Check(staff, name=name)
        check.consent()
        check.send(MERIDIA, 1, **said)
        broken(check, MERIDIA, words)
    check = Check(staff, name="uneven")
    check.consent()
    check.send(MERIDIA, 1, parts=2, count=2)
    check.send(MERIDIA, 1, part=2, parts=3, count=2)
    broken(check, MERIDIA, "earlier parts said that there are 2")


def test_two_different_parts_in_one_place_break_it(check: Check) -> None:
    check.consent()
    check.send(MERIDIA, 1)
    check.send(MERIDIA, 1, name="other")
    broken(check, MERIDIA, "two different parts 1")


def test_points_that_are_no_points_break_it(check: Check) -> None:
    check.consent()
    check.say(MERIDIA, CheckPoints(check.ref, 1, "own", 1, 1, token("x", 31), ""))
    broken(check, MERIDIA, "of one length")


def test_words_about_no_check_do_nothing(staff: Staff) -> None:
    nowhere = Check(staff).consent()
    staff[MERIDIA].say(CheckEnd(nowhere, "stopped"))
    assert [one.state for one in checks(staff.accord())] == ["running"]


def test_points_that_answer_something_else_break_it(staff: Staff) -> None:
    first, second = Check(staff), Check(staff, name="second")
    for check in (first, second):
        check.consent()
    second.send(MERIDIA, 1, transcript=first.now().transcript)
    broken(second, MERIDIA, "answered something else")
    first.send(MERIDIA, 1)
    early = first.now().transcript
    first.send(TORVIA, 2)
    first.send(TORVIA, 2, "returned", transcript=early)
    broken(first, TORVIA, "answered something else")


def test_the_transcript_is_a_chain_over_the_exact_bodies(check: Check) -> None:
    check.consent()
    hashes = [
        hashlib.sha256(part).digest()
        for part in (check.staff.id.encode(), exact_body(check, MERIDIA, 1), exact_body(check, TORVIA, 1))
    ]
    opened = hashlib.sha256(b"stafftalks/check/opened/v1\n" + b"".join(hashes)).digest()
    assert check.now().transcript == url(opened)
    check.send(MERIDIA, 1)
    sent = hashlib.sha256(exact_body(check, MERIDIA, 2)).digest()
    assert check.now().transcript == url(hashlib.sha256(b"stafftalks/check/after/v1\n" + opened + sent).digest())
    assert POINT_BYTES == group.POINT_BYTES


def exact_body(check: Check, party: PartyId, n: int) -> bytes:
    return parse_slip(check.staff[party].slips[n][0]).body
