"""Acts in one's own record: who may, what is let go, and each rule that says no."""

import msgspec
import pytest

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Body,
    Clause,
    Confirmation,
    EntryRef,
    Opening,
    Previous,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
    clause_hash,
    decode_body,
    encode_body,
)
from stafftalks.accord.sheet import fold
from stafftalks.release.act_rules import MAX_CLAUSES, MAX_TEXT
from stafftalks.release.desk import admit_act, admit_opening
from stafftalks.values.person import Person
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
    epoch_of,
    reopening,
    scenario,
    version,
)
from tests.release.people import AUDITOR, HEAD, OFFICER, PLANNER, refused

FIRST = scenario(1)
NOWHERE = EntryRef(TORVIA, epoch_of("nowhere"), 3)


@pytest.fixture
def staff() -> Staff:
    return Staff()


def rules(staff: Staff, body: Body, person: Person = HEAD) -> list[str]:
    return refused(lambda: admit_act(staff.accord(), MERIDIA, person, body))


def admitted(staff: Staff, body: Body, person: Person = HEAD) -> str:
    released = admit_act(staff.accord(), MERIDIA, person, body)
    assert released.realm is None
    assert released.decided_by == released.requested_by == person.username
    return released.summary


def clause(**changes: str) -> Clause:
    return msgspec.structs.replace(CONSULT, **changes)


def test_acts_go_to_every_other_party_as_the_exact_body(staff: Staff) -> None:
    released = admit_act(Staff(THREE).accord(), MERIDIA, HEAD, PROPOSAL)
    assert (released.type, released.body) == ("proposal", encode_body(PROPOSAL))
    assert released.audience == (NORRIN, TORVIA)


def test_every_act_has_a_sentence_for_the_journal(staff: Staff) -> None:
    asked = staff[TORVIA].say(Question("Which?"))
    mine = staff.release(MERIDIA, FIRST)
    recall = staff[TORVIA].say(Recall(an_id(2), (staff.release(TORVIA, scenario(2)),), ()))
    assert admitted(staff, PROPOSAL) == "XMR proposes 'Joint contingency planning'."
    assert admitted(staff, Amendment((SCOPE,))) == "XMR amends 1 and strikes out 0 clauses."
    assert admitted(staff, Question("Why?")) == "XMR asks a question."
    assert admitted(staff, Answer(asked, "This.")) == "XMR answers XTV's question at entry 1."
    assert admitted(staff, Standing("accept", ("scenarios",))) == "XMR accepts with scenarios."
    assert admitted(staff, Standing("accept")) == "XMR accepts with no realm."
    assert admitted(staff, Standing("withdraw")) == "XMR withdraws."
    taken = Recall(an_id(1), (mine,), (version(FIRST),))
    assert admitted(staff, taken, OFFICER) == f"XMR recalls element {an_id(1)} from XTV."
    assert "confirms the removal" in admitted(staff, Confirmation(recall, "removed"), OFFICER)
    assert "refuses the removal" in admitted(staff, Confirmation(recall, "refused", (), "In use."))


@pytest.mark.parametrize("person", [PLANNER, OFFICER, AUDITOR])
@pytest.mark.parametrize(
    "body", [PROPOSAL, Amendment((SCOPE,)), Question("Why?"), Standing("withdraw"), Standing("accept")]
)
def test_only_the_head_speaks_for_the_party(staff: Staff, person: Person, body: Body) -> None:
    assert rules(staff, body, person) == ["act-role"]


@pytest.mark.parametrize("person", [PLANNER, AUDITOR])
def test_recalls_and_confirmations_take_the_head_or_an_officer(staff: Staff, person: Person) -> None:
    mine = staff.release(MERIDIA, FIRST)
    assert rules(staff, Recall(an_id(1), (mine,), (version(FIRST),)), person) == ["act-role"]
    recall = staff[TORVIA].say(Recall(an_id(2), (staff.release(TORVIA, scenario(2)),), ()))
    assert rules(staff, Confirmation(recall, "removed"), person) == ["act-role"]


def test_openings_and_releases_are_no_acts_of_a_person(staff: Staff) -> None:
    assert rules(staff, Opening(staff.text.decode(), "founding")) == ["opening-by-person"]
    assert rules(staff, Release("scenarios", (TORVIA,), FIRST.decode())) == ["release-by-desk"]


def test_an_outsider_cannot_act(staff: Staff) -> None:
    assert refused(lambda: admit_act(staff.accord(), NORRIN, HEAD, PROPOSAL)) == ["not-a-party"]


# Terms.


def test_a_consent_clause_is_refused_with_the_reason(staff: Staff) -> None:
    consent = Clause("1", "Veto", "Each waits for the other.", "consent")  # type: ignore[arg-type]
    assert rules(staff, Proposal("T", "P", ("scenarios",), (consent,))) == ["clause-duty"]
    assert rules(staff, Amendment((consent,))) == ["clause-duty"]


def test_a_proposal_needs_words_and_realms(staff: Staff) -> None:
    assert rules(staff, Proposal(" ", "", (), ())) == ["text-empty", "realms-empty"]
    assert rules(staff, Proposal("T", "", ("space",), ())) == ["realm-unknown"]
    assert rules(staff, Proposal("T", "", ("scenarios", "scenarios"), ())) == ["realm-repeated"]
    assert rules(staff, Proposal("T" * 501, "", ("scenarios",), ())) == ["text-long"]


@pytest.mark.parametrize(
    ("clauses", "rule"),
    [
        ((clause(id=""),), "text-empty"),
        ((clause(heading=""),), "text-empty"),
        ((clause(text="x" * (MAX_TEXT + 1)),), "text-long"),
        ((CONSULT, clause(text="Again.")), "clause-repeated"),
        (tuple(clause(id=str(n)) for n in range(MAX_CLAUSES + 1)), "clauses-many"),
    ],
)
def test_clauses_are_numbered_worded_and_bounded(staff: Staff, clauses: tuple[Clause, ...], rule: str) -> None:
    assert rules(staff, msgspec.structs.replace(PROPOSAL, clauses=clauses)) == [rule]


def test_a_second_proposal_is_an_amendment(staff: Staff) -> None:
    staff[MERIDIA].say(Amendment((SCOPE,)))
    assert admitted(staff, PROPOSAL)
    staff[MERIDIA].say(PROPOSAL)
    assert rules(staff, PROPOSAL) == ["already-proposed"]


def test_an_amendment_changes_something_that_is_there(staff: Staff) -> None:
    assert rules(staff, Amendment()) == ["amendment-empty"]
    assert rules(staff, Amendment(struck=("1",))) == ["clause-unknown"]
    assert rules(staff, Amendment(realms=("space",))) == ["realm-unknown"]
    staff[TORVIA].say(PROPOSAL)
    assert admitted(staff, Amendment(struck=("1",)))
    assert admitted(staff, Amendment(realms=("scenarios",)))


def test_a_question_has_words_and_hangs_on_a_wording_that_exists(staff: Staff) -> None:
    assert rules(staff, Question("", "")) == ["text-empty"]
    assert rules(staff, Question("Why?", clause_hash(SCOPE))) == ["clause-unknown"]
    staff[TORVIA].say(PROPOSAL)
    assert admitted(staff, Question("Why?", clause_hash(SCOPE)))


def test_an_answer_is_to_anothers_question(staff: Staff) -> None:
    mine = staff[MERIDIA].say(Question("Why?"))
    assert rules(staff, Answer(mine, "Because.")) == ["own-question"]
    assert rules(staff, Answer(NOWHERE, "")) == ["text-empty", "question-unknown"]


# Standing.


def test_acceptance_names_wordings_that_exist_one_a_clause(staff: Staff) -> None:
    hashes = (clause_hash(SCOPE), clause_hash(SCOPE_NARROW))
    assert rules(staff, Standing("accept", (), hashes[:1])) == ["clause-unknown"]
    staff[TORVIA].say(PROPOSAL)
    staff[MERIDIA].say(Amendment((SCOPE_NARROW,)))
    assert admitted(staff, Standing("accept", ("scenarios",), (clause_hash(CONSULT), hashes[1], hashes[1])))
    assert rules(staff, Standing("accept", ("space",), hashes)) == ["realm-unknown", "clause-twice"]


def test_only_acceptance_carries_realms_and_clauses(staff: Staff) -> None:
    assert rules(staff, Standing("decline", ("scenarios",))) == ["only-accept"]
    assert rules(staff, Standing("withdraw", (), ("hash",))) == ["only-accept"]


@pytest.mark.parametrize("act", ["resume", "suspend"])
def test_an_act_without_meaning_now_is_refused(staff: Staff, act: str) -> None:
    assert rules(staff, Standing(act)) == ["standing-nonsense"]  # type: ignore[arg-type]


def test_standing_moves_by_the_table(staff: Staff) -> None:
    for act in ("accept", "suspend", "resume", "decline", "accept", "accept", "withdraw"):
        body = Standing(act)  # type: ignore[arg-type]
        assert admitted(staff, body)
        staff[MERIDIA].say(body)


@pytest.mark.parametrize(
    "body", [PROPOSAL, Amendment((SCOPE,)), Question("Why?"), Standing("accept"), Standing("withdraw")]
)
def test_a_withdrawal_is_final(staff: Staff, body: Body) -> None:
    staff[MERIDIA].say(Standing("withdraw"))
    assert rules(staff, body) == ["withdrawn-final"]


def test_after_withdrawing_one_can_still_answer_recall_and_confirm(staff: Staff) -> None:
    mine = staff.release(MERIDIA, FIRST)
    recall = staff[TORVIA].say(Recall(an_id(2), (staff.release(TORVIA, scenario(2)),), ()))
    asked = staff[TORVIA].say(Question("What do you keep?"))
    staff[MERIDIA].say(Standing("withdraw"))
    for body in (
        Recall(an_id(1), (mine,), (version(FIRST),)),
        Confirmation(recall, "removed"),
        Answer(asked, "Nothing."),
    ):
        assert admitted(staff, body)


# Recalls and their answers.


def test_a_recall_names_our_own_standing_releases_and_their_versions(staff: Staff) -> None:
    mine, theirs = staff.release(MERIDIA, FIRST), staff.release(TORVIA, scenario(2))
    assert rules(staff, Recall(an_id(1), (), ())) == ["recall-empty"]
    assert rules(staff, Recall(an_id(2), (theirs,), (version(scenario(2)),))) == ["recall-unknown", "recall-versions"]
    assert rules(staff, Recall(an_id(2), (mine,), ())) == ["recall-unknown"]
    assert rules(staff, Recall(an_id(1), (mine,), ())) == ["recall-versions"]
    body = Recall(an_id(1), (mine,), (version(FIRST),))
    assert admitted(staff, body)
    staff[MERIDIA].say(body)
    assert rules(staff, body) == ["recall-unknown", "recall-versions"]


def test_a_recall_asks_and_tells_only_those_who_were_given_the_element() -> None:
    staff = Staff(THREE)
    mine = staff.release(MERIDIA, FIRST, TORVIA)
    released = admit_act(staff.accord(), MERIDIA, HEAD, Recall(an_id(1), (mine,), (version(FIRST),)))
    assert released.audience == (TORVIA,)
    body = decode_body(released.body)
    assert isinstance(body, Recall)
    assert body.to == (TORVIA,)


def test_a_release_that_a_restore_forgot_can_still_be_recalled(staff: Staff) -> None:
    before: Writer = staff[MERIDIA]
    mine = staff.release(MERIDIA, FIRST)
    after = reopening(staff, before, mine.n)
    accord = staff.accord()
    accord = accord.with_sheet(fold(after.read(), accord.sheet(MERIDIA)))
    assert accord.sheet(MERIDIA).released == {}
    body = Recall(an_id(1), (mine,), (version(FIRST),))
    assert admit_act(accord, MERIDIA, HEAD, body).audience == (TORVIA,)


def test_a_confirmation_answers_anothers_recall_that_asks_us_once(staff: Staff) -> None:
    mine = staff[MERIDIA].say(Recall(an_id(1), (staff.release(MERIDIA, FIRST),), ()))
    recall = staff[TORVIA].say(Recall(an_id(2), (staff.release(TORVIA, scenario(2)),), ()))
    assert rules(staff, Confirmation(mine, "removed")) == ["own-recall"]
    assert rules(staff, Confirmation(NOWHERE, "removed")) == ["recall-missing"]
    assert rules(staff, Confirmation(recall, "refused")) == ["text-empty"]
    staff[MERIDIA].say(Confirmation(recall, "refused", (), "In use."))
    assert rules(staff, Confirmation(recall, "refused", (), "Still.")) == ["already-answered"]
    assert admitted(staff, Confirmation(recall, "removed"))
    staff[MERIDIA].say(Confirmation(recall, "removed"))
    assert rules(staff, Confirmation(recall, "refused", (), "No.")) == ["already-answered"]


def test_a_recall_that_asks_another_is_not_ours_to_confirm_and_answers_stay_among_the_asked() -> None:
    staff = Staff(THREE)
    raw = scenario(2)
    recall = staff[TORVIA].say(Recall(an_id(2), (staff.release(TORVIA, raw, NORRIN),), (version(raw),), "", (NORRIN,)))
    assert rules(staff, Confirmation(recall, "removed")) == ["recall-others"]
    assert admit_act(staff.accord(), NORRIN, HEAD, Confirmation(recall, "removed")).audience == (TORVIA,)


# Openings.


def test_an_opening_carries_this_charter_and_follows_what_it_must(staff: Staff) -> None:
    accord, text = staff.accord(), staff.text.decode()
    released = admit_opening(accord, MERIDIA, Opening(text, "founding"))
    assert (released.type, released.audience, released.decided_by) == ("opening", (TORVIA,), "")
    restored = Opening(text, "restore", Previous(epoch_of("a"), 3, "root"))
    assert "restore" in admit_opening(accord, MERIDIA, restored).summary
    assert refused(lambda: admit_opening(accord, NORRIN, Opening("{}", "restore"))) == [
        "not-a-party",
        "opening-charter",
        "opening-previous",
    ]


def test_all_realms_can_be_accepted_at_once(staff: Staff) -> None:
    assert admitted(staff, Standing("accept", ALL_REALMS)).endswith("operations.")
