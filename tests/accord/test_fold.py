"""One party's record, read to its sheet: what each entry does, and what is said of those that do nothing."""

import msgspec
import pytest

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Clause,
    Confirmation,
    EntryRef,
    Opening,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
    encode_body,
)
from stafftalks.accord.sheet import Sheet, fold, fold_sheet
from stafftalks.values.errors import MisuseError
from stafftalks.values.realm import Realm
from tests.accord.cast import (
    ALL_REALMS,
    CONSULT,
    MERIDIA,
    NORRIN,
    PROPOSAL,
    SCOPE,
    SCOPE_NARROW,
    THREE,
    TORVIA,
    Staff,
    Writer,
    an_id,
    reopening,
    scenario,
    version,
)


def sheet_of(writer: Writer) -> Sheet:
    return fold(writer.read())


def notice_of(sheet: Sheet, n: int) -> tuple[str, str]:
    return next((notice.sort, notice.sentence) for notice in sheet.notices if notice.ref.n == n)


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def meridia(staff: Staff) -> Writer:
    return staff[MERIDIA]


def test_a_party_that_wrote_nothing_is_silent_and_its_sheet_is_empty() -> None:
    sheet = Sheet.empty(MERIDIA)
    assert sheet.standing.state == "silent"
    assert fold([], sheet) == sheet


def test_a_fold_of_nothing_from_nothing_says_what_is_missing() -> None:
    with pytest.raises(MisuseError, match=r"Sheet\.empty"):
        fold([])


def test_an_entry_of_another_party_changes_nothing(staff: Staff) -> None:
    sheet = Sheet.empty(TORVIA)
    assert fold_sheet(sheet, staff[MERIDIA].read()[0]) == sheet


def test_entries_read_before_change_nothing(meridia: Writer) -> None:
    meridia.say(PROPOSAL)
    meridia.say(Standing("accept", ALL_REALMS))
    once = sheet_of(meridia)
    assert fold(meridia.read(), once) == once


def test_a_proposal_makes_its_party_proposed_with_its_terms(meridia: Writer) -> None:
    ref = meridia.say(PROPOSAL)
    sheet = sheet_of(meridia)
    assert sheet.standing.state == "proposed"
    assert sheet.proposal is not None
    assert sheet.proposal.proposed == ref
    assert sheet.proposal.realms == frozenset(Realm)
    assert sheet.proposal.clauses == {"1": CONSULT, "2": SCOPE}
    assert sheet.size == 2


def test_a_second_proposal_has_no_effect_and_says_to_amend(meridia: Writer) -> None:
    meridia.say(PROPOSAL)
    again = meridia.say(msgspec.structs.replace(PROPOSAL, title="Another"))
    sheet = sheet_of(meridia)
    assert sheet.proposal is not None
    assert sheet.proposal.title == PROPOSAL.title
    assert notice_of(sheet, again.n)[0] == "without_effect"
    assert "amendment" in notice_of(sheet, again.n)[1]


def test_an_amendment_puts_and_strikes_and_keeps_what_was_written_before(meridia: Writer) -> None:
    meridia.say(PROPOSAL)
    meridia.say(Amendment((SCOPE_NARROW,), ("1", "7"), ("scenarios", "space"), "Fewer."))
    proposal = sheet_of(meridia).proposal
    assert proposal is not None
    assert proposal.clauses == {"2": SCOPE_NARROW}
    assert proposal.struck == {"1", "7"}
    assert proposal.written == (CONSULT, SCOPE, SCOPE_NARROW)
    assert proposal.realms == {Realm.SCENARIOS}
    assert proposal.unknown_realms == ("space",)
    assert proposal.message == "Fewer."


def test_an_amendment_without_a_proposal_is_a_wording_of_its_own_and_a_proposal_may_follow(meridia: Writer) -> None:
    meridia.say(Amendment((SCOPE_NARROW,)))
    before = sheet_of(meridia)
    assert before.standing.state == "silent"
    assert before.proposal is not None
    assert before.proposal.proposed is None
    meridia.say(PROPOSAL)
    after = sheet_of(meridia)
    assert after.standing.state == "proposed"
    assert after.proposal is not None
    assert after.proposal.clauses == {"1": CONSULT, "2": SCOPE}
    assert fold(meridia.read()[2:], before) == after


def test_questions_and_answers_are_kept_with_their_place(staff: Staff, meridia: Writer) -> None:
    asked = meridia.say(Question("Which realm?"), at=77)
    answered = staff[TORVIA].say(Answer(asked, "Scenarios."))
    question = sheet_of(meridia).questions[0]
    assert (question.ref, question.at, question.text, question.clause) == (asked, 77, "Which realm?", "")
    answer = sheet_of(staff[TORVIA]).answers[0]
    assert (answer.ref, answer.question, answer.text) == (answered, asked, "Scenarios.")


def test_accepting_fewer_realms_narrows_and_unknown_names_are_shown_and_never_open(meridia: Writer) -> None:
    meridia.say(Standing("accept", ALL_REALMS))
    meridia.say(Standing("accept", ("scenarios", "space"), ("hash",), "For now."))
    standing = sheet_of(meridia).standing
    assert standing.state == "accepted"
    assert standing.realms == {Realm.SCENARIOS}
    assert standing.unknown_realms == ("space",)
    assert standing.clauses == {"hash"}


def test_suspending_closes_every_realm_and_resuming_brings_back_those_accepted(meridia: Writer) -> None:
    meridia.say(Standing("accept", ("scenarios", "exercises"), ("hash",)))
    meridia.say(Standing("suspend", statement="Until the vote."))
    suspended = sheet_of(meridia)
    assert (suspended.standing.state, suspended.standing.realms) == ("suspended", frozenset())
    meridia.say(Standing("resume"))
    resumed = sheet_of(meridia).standing
    assert resumed.state == "accepted"
    assert resumed.realms == {Realm.SCENARIOS, Realm.EXERCISES}
    assert resumed.clauses == {"hash"}
    assert resumed.resumes == frozenset()


def test_a_withdrawal_is_final(meridia: Writer) -> None:
    meridia.say(Standing("accept", ALL_REALMS))
    meridia.say(Standing("withdraw", statement="Enough.", keeps="The assessments."))
    for body in (
        Standing("accept", ALL_REALMS),
        Standing("withdraw"),
        PROPOSAL,
        Amendment((SCOPE,)),
        Standing("resume"),
    ):
        meridia.say(body)
    sheet = sheet_of(meridia)
    assert sheet.standing.state == "withdrawn"
    assert sheet.standing.keeps == "The assessments."
    assert sheet.standing.realms == frozenset()
    assert sheet.proposal is None
    assert [notice.ref.n for notice in sheet.notices] == [3, 4, 5, 6, 7]
    assert {notice.sort for notice in sheet.notices} == {"without_effect"}


@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_an_act_without_meaning_is_kept_and_said(meridia: Writer, act: str) -> None:
    ref = meridia.say(Standing(act))  # type: ignore[arg-type]
    sheet = sheet_of(meridia)
    assert sheet.standing.state == "silent"
    assert notice_of(sheet, ref.n)[1].startswith(f"It {act}s, but its party has not")


def test_a_consent_clause_has_no_effect_and_the_sentence_says_why(meridia: Writer) -> None:
    consent = encode_body(Proposal("T", "P", (), (Clause("1", "h", "t", "none"),))).replace(b'"none"', b'"consent"')
    ref = meridia.say(consent)
    sheet = sheet_of(meridia)
    assert sheet.proposal is None
    sort, sentence = notice_of(sheet, ref.n)
    assert sort == "without_effect"
    assert "make one party's act wait on another's" in sentence
    assert "'consult'" in sentence


def test_what_cannot_be_read_is_kept_by_sort(meridia: Writer) -> None:
    unknown = meridia.say(b'{"type":"treaty"}')
    future = meridia.say(PROPOSAL, type_="treaty")
    torn = meridia.say(b"{")
    odd = meridia.say(b"[]")
    bad = meridia.say(b'{"act":"veto","type":"standing"}')
    other = meridia.say(PROPOSAL, type_="question")
    leaf = meridia.junk(b"\xff")
    sealed = meridia.say(PROPOSAL, to=())
    named = meridia.say(PROPOSAL)
    sheet = fold(meridia.read(TORVIA, without=[named.n]))
    sorts = {notice.ref.n: notice.sort for notice in sheet.notices}
    assert sorts == {
        unknown.n: "unknown",
        future.n: "unknown",
        torn.n: "unreadable",
        odd.n: "unreadable",
        bad.n: "unreadable",
        other.n: "unreadable",
        leaf.n: "unreadable",
        sealed.n: "sealed",
        named.n: "sealed",
    }
    assert "(proposal)" in notice_of(sheet, named.n)[1]
    assert sheet.proposal is None


def test_an_entry_sealed_before_is_taken_in_at_its_place_when_its_slip_arrives(meridia: Writer) -> None:
    meridia.say(Standing("accept", ("scenarios",)))
    meridia.say(Standing("withdraw"))
    torn = fold(meridia.read(without=[1]))
    whole = fold(meridia.read(), torn)
    assert whole == sheet_of(meridia)


def test_an_opening_counts_only_first_and_under_this_charter(staff: Staff, meridia: Writer) -> None:
    late = meridia.say(Opening(staff.text.decode(), "founding"))
    stranger = Writer(staff.id, TORVIA)
    stranger.say(Opening("{}", "founding"))
    assert "first entry" in notice_of(sheet_of(meridia), late.n)[1]
    assert "another charter" in notice_of(sheet_of(stranger), 0)[1]


def test_releases_are_kept_as_exact_bytes_oldest_first(staff: Staff, meridia: Writer) -> None:
    first, second = scenario(1), scenario(1, "Strait mined")
    staff.release(MERIDIA, first)
    ref = staff.release(MERIDIA, second, replaces=version(first))
    sheet = sheet_of(meridia)
    history = sheet.released[an_id(1)]
    assert [held.raw for held in history] == [first, second]
    newest = history[-1]
    assert (newest.kind, newest.version, newest.to, newest.ref) == ("scenario", version(second), (TORVIA,), ref)
    assert newest.replaces == version(first)
    assert sheet.notices == ()


def test_a_release_that_does_not_name_what_it_replaces_is_kept_with_a_notice(staff: Staff, meridia: Writer) -> None:
    staff.release(MERIDIA, scenario(1))
    ref = staff.release(MERIDIA, scenario(1, "Strait mined"))
    sheet = sheet_of(meridia)
    assert len(sheet.released[an_id(1)]) == 2
    assert "further release" in notice_of(sheet, ref.n)[1]


def test_a_release_to_another_holder_needs_no_replaces() -> None:
    staff = Staff(THREE)
    staff.release(MERIDIA, scenario(1), TORVIA)
    staff.release(MERIDIA, scenario(1), NORRIN)
    staff.release(MERIDIA, scenario(1, "Strait mined"), TORVIA, replaces=version(scenario(1)))
    assert sheet_of(staff[MERIDIA]).notices == ()


def test_a_release_to_nobody_or_of_no_element_releases_nothing(meridia: Writer) -> None:
    nobody = meridia.say(Release("scenarios", (), scenario(1).decode()))
    itself = meridia.say(Release("scenarios", (MERIDIA,), scenario(1).decode()))
    nothing = meridia.say(Release("scenarios", (TORVIA,), "{}"))
    sheet = sheet_of(meridia)
    assert sheet.released == {}
    assert [notice_of(sheet, ref.n)[0] for ref in (nobody, itself, nothing)] == [
        "without_effect",
        "without_effect",
        "unreadable",
    ]


def test_a_release_in_an_unknown_realm_is_shown_as_such(staff: Staff, meridia: Writer) -> None:
    ref = staff.release(MERIDIA, scenario(1), realm="space")
    sheet = sheet_of(meridia)
    assert sheet.released[an_id(1)][0].realm == "space"
    assert "'space'" in notice_of(sheet, ref.n)[1]


def test_an_element_of_an_unknown_kind_is_held_whole(staff: Staff, meridia: Writer) -> None:
    raw = b'{"content":{"kind":"orbit","tle":"1 25544U"},"id":"%s"}' % an_id(1).encode()
    staff.release(MERIDIA, raw)
    held = sheet_of(meridia).released[an_id(1)][0]
    assert (held.kind, held.raw) == ("orbit", raw)


def test_a_recall_takes_back_and_a_later_release_is_live_again(staff: Staff, meridia: Writer) -> None:
    raw = scenario(1)
    first = staff.release(MERIDIA, raw)
    recall = meridia.say(Recall(an_id(1), (first,), (version(raw),), "Sent in error.", (TORVIA,)), at=9)
    recalled = sheet_of(meridia)
    assert recalled.released == {}
    assert recalled.recalled[an_id(1)].ref == recall
    assert recalled.recalled[an_id(1)].to == (TORVIA,)
    again = staff.release(MERIDIA, raw)
    sheet = sheet_of(meridia)
    assert [held.ref for held in sheet.released[an_id(1)]] == [again]
    assert sheet.recalls == recalled.recalls
    assert sheet.notices == ()


def test_a_recall_of_an_earlier_version_leaves_the_later_one(staff: Staff, meridia: Writer) -> None:
    first, second = scenario(1), scenario(1, "Strait mined")
    ref = staff.release(MERIDIA, first)
    staff.release(MERIDIA, second, replaces=version(first))
    meridia.say(Recall(an_id(1), (ref,), (version(first),)))
    sheet = sheet_of(meridia)
    assert [held.raw for held in sheet.released[an_id(1)]] == [second]
    assert sheet.notices == ()


def test_a_recall_that_names_no_earlier_own_entry_has_no_effect(staff: Staff, meridia: Writer) -> None:
    theirs = staff.release(TORVIA, scenario(1))
    ref = meridia.say(Recall(an_id(1), (theirs, EntryRef(MERIDIA, meridia.feed.epoch, 99)), ()))
    sheet = sheet_of(meridia)
    assert sheet.recalls == ()
    assert "no earlier entry" in notice_of(sheet, ref.n)[1]


def test_a_recall_cannot_unsay_a_question(meridia: Writer) -> None:
    asked = meridia.say(Question("Which?"))
    meridia.say(Recall(an_id(1), (asked,), ()))
    assert [question.ref for question in sheet_of(meridia).questions] == [asked]


def test_the_latest_answer_to_a_recall_counts_and_nobody_confirms_their_own(staff: Staff, meridia: Writer) -> None:
    recall = meridia.say(Recall(an_id(1), (staff.release(MERIDIA, scenario(1)),), ()))
    staff[TORVIA].say(Confirmation(recall, "refused", (), "In use."))
    staff[TORVIA].say(Confirmation(recall, "removed", ("payload",)))
    own = meridia.say(Confirmation(recall, "removed"))
    state = sheet_of(staff[TORVIA]).confirmations[recall]
    assert (state.outcome, state.removed) == ("removed", ("payload",))
    assert sheet_of(meridia).confirmations == {}
    assert "only a holder" in notice_of(sheet_of(meridia), own.n)[1]


# Restores: a later epoch continues its predecessor up to the size it names.


def test_entries_that_a_restore_forgot_are_shown_and_have_no_effect(staff: Staff, meridia: Writer) -> None:
    meridia.say(PROPOSAL)
    meridia.say(Standing("accept", ALL_REALMS))
    lost = meridia.say(Standing("withdraw"))
    second = reopening(staff, meridia, lost.n)
    second.say(Standing("accept", ("scenarios",)))
    sheet = fold([*meridia.read(), *second.read()])
    assert sheet.standing.state == "accepted"
    assert sheet.standing.realms == {Realm.SCENARIOS}
    assert sheet.proposal is not None
    assert [(notice.ref, notice.sort) for notice in sheet.notices] == [(lost, "forgotten")]
    assert [(part.epoch, part.size, part.counted) for part in sheet.epochs] == [
        (meridia.feed.epoch, 4, 3),
        (second.feed.epoch, 2, 2),
    ]
    assert sheet.size == 6
    assert fold(meridia.read(), fold(second.read())) == sheet
    assert fold(second.read(), fold(meridia.read())) == sheet


def test_what_a_forgotten_recall_took_back_stays_taken_back(staff: Staff, meridia: Writer) -> None:
    ref = staff.release(MERIDIA, scenario(1))
    recall = meridia.say(Recall(an_id(1), (ref,), (version(scenario(1)),)))
    second = reopening(staff, meridia, recall.n)
    sheet = fold([*meridia.read(), *second.read()])
    assert sheet.released == {}
    assert sheet.recalls == ()
    assert "stays taken back" in notice_of(sheet, recall.n)[1]


def test_a_recall_in_a_later_epoch_reaches_releases_of_the_epoch_before(staff: Staff, meridia: Writer) -> None:
    ref = staff.release(MERIDIA, scenario(1))
    second = reopening(staff, meridia, 2)
    recall = second.say(Recall(an_id(1), (ref,), (version(scenario(1)),)))
    sheet = fold([*meridia.read(), *second.read()])
    assert sheet.released == {}
    assert sheet.recalled[an_id(1)].ref == recall
    assert fold(meridia.read(), fold(second.read())) == sheet


def test_of_two_restores_from_one_backup_the_one_claimed_later_counts_whatever_came_first(
    staff: Staff, meridia: Writer
) -> None:
    meridia.say(Standing("accept", ALL_REALMS))
    early = reopening(staff, meridia, 2, "second", at=5000)
    early.say(Standing("withdraw"))
    late = reopening(staff, meridia, 2, "third", at=6000)
    parts = (meridia.read(), early.read(), late.read())
    sheets = [fold([*a, *b, *c]) for a, b, c in (parts, parts[::-1], (parts[1], parts[0], parts[2]))]
    assert sheets[0] == sheets[1] == sheets[2]
    assert sheets[0].standing.state == "accepted"
    assert [part.counted for part in sheets[0].epochs] == [2, 1, 0]


def test_epochs_that_name_each_other_in_a_circle_still_give_a_sheet(staff: Staff) -> None:
    first, second = Writer(staff.id, MERIDIA, "a"), Writer(staff.id, MERIDIA, "b")
    one = reopening(staff, second, 9, "a")
    two = reopening(staff, first, 9, "b")
    one.say(PROPOSAL)
    sheet = fold([*one.read(), *two.read()])
    assert sheet == fold([*two.read(), *one.read()])
    assert len(sheet.epochs) == 2
