"""What follows from the sheets, for two parties and for three."""

import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Answer, Confirmation, Question, Recall, Standing, clause_hash
from stafftalks.accord.state import Accord, live_releases, open_realms, realm_matrix, recalls, what_happens_next
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.talk import Position, Stance
from stafftalks.values.ids import PartyId
from stafftalks.values.realm import Realm
from tests.accord.cast import (
    ALL_REALMS,
    ALLIES,
    CONSULT,
    MERIDIA,
    NORRIN,
    PROPOSAL,
    SCOPE,
    SCOPE_NARROW,
    THREE,
    TORVIA,
    Staff,
    adoption,
    an_id,
    charter_of,
    comment,
    exact,
    position,
    raw_of,
    scenario,
    version,
)

CONSULT_HASH, SCOPE_HASH, NARROW_HASH = clause_hash(CONSULT), clause_hash(SCOPE), clause_hash(SCOPE_NARROW)


def rules(accord: Accord, me: PartyId) -> list[str]:
    return [prompt.rule for prompt in what_happens_next(accord, me)]


@pytest.mark.parametrize("parties", [ALLIES, THREE])
def test_a_realm_is_open_only_when_every_party_accepts_it(parties: tuple[PartyId, ...]) -> None:
    staff = Staff(parties)
    staff[MERIDIA].say(PROPOSAL)
    for party in parties[:-1]:
        staff[party].say(Standing("accept", ALL_REALMS))
        assert open_realms(staff.accord()) == frozenset()
    staff[parties[-1]].say(Standing("accept", ("intelligence", "scenarios")))
    assert open_realms(staff.accord()) == {Realm.INTELLIGENCE, Realm.SCENARIOS}


def test_a_missing_sheet_opens_nothing() -> None:
    staff = Staff()
    staff.open(*ALL_REALMS)
    whole = staff.accord()
    assert open_realms(whole) == frozenset(Realm)
    assert open_realms(Accord(whole.id, whole.charter, {MERIDIA: whole.sheets[MERIDIA]})) == frozenset()
    assert open_realms(Accord(whole.id, charter_of(()), {})) == frozenset()


def test_the_matrix_says_how_each_party_stands_to_each_realm() -> None:
    staff = Staff(THREE)
    staff[MERIDIA].say(PROPOSAL)
    staff[TORVIA].say(Standing("accept", ("scenarios",)))
    staff[NORRIN].say(Standing("accept", ("scenarios", "exercises")))
    staff[NORRIN].say(Standing("suspend"))
    rows = {row.realm: row for row in realm_matrix(staff.accord())}
    assert tuple(rows) == tuple(Realm)
    assert rows[Realm.SCENARIOS].by == {MERIDIA: "proposed", NORRIN: "suspended", TORVIA: "accepted"}
    assert rows[Realm.OPERATIONS].by == {MERIDIA: "proposed", NORRIN: "not accepted", TORVIA: "not accepted"}
    assert not any(row.open for row in rows.values())
    staff[NORRIN].say(Standing("resume"))
    staff[MERIDIA].say(Standing("accept", ("scenarios",)))
    assert [row.realm for row in realm_matrix(staff.accord()) if row.open] == [Realm.SCENARIOS]


def test_a_clause_is_agreed_where_all_accept_the_same_wording() -> None:
    staff = Staff(THREE)
    staff[MERIDIA].say(PROPOSAL)
    staff[TORVIA].say(Amendment((SCOPE_NARROW,), ("1",)))
    for party in THREE:
        scope = SCOPE_HASH if party == NORRIN else NARROW_HASH
        staff[party].say(Standing("accept", (), (CONSULT_HASH, scope)))
    consult, scope_state = state.clause_states(staff.accord())
    assert (consult.id, consult.heading, consult.agreed, consult.struck_by) == ("1", "Consultation", True, (TORVIA,))
    assert not scope_state.agreed
    found = {variant.hash: (variant.authors, variant.accepted_by) for variant in scope_state.variants}
    assert found == {SCOPE_HASH: ((MERIDIA,), (NORRIN,)), NARROW_HASH: ((TORVIA,), (MERIDIA, TORVIA))}


def test_a_wording_amended_since_stays_while_someone_accepts_it() -> None:
    staff = Staff()
    staff[MERIDIA].say(PROPOSAL)
    staff[TORVIA].say(Standing("accept", (), (SCOPE_HASH,)))
    staff[MERIDIA].say(Amendment((SCOPE_NARROW,)))
    scope = state.clause_states(staff.accord())[1]
    assert {variant.hash: variant.authors for variant in scope.variants} == {SCOPE_HASH: (), NARROW_HASH: (MERIDIA,)}
    staff[TORVIA].say(Standing("decline"))
    scope = state.clause_states(staff.accord())[1]
    assert [variant.hash for variant in scope.variants] == [NARROW_HASH]


def test_threads_join_questions_with_the_answers_of_all() -> None:
    staff = Staff(THREE)
    staff[MERIDIA].say(PROPOSAL)
    on_whole = staff[NORRIN].say(Question("Why now?"), at=20)
    on_clause = staff[TORVIA].say(Question("Joint operations too?", SCOPE_HASH), at=10)
    hidden = staff[NORRIN].say(Question("Between us?"), to=[MERIDIA])
    staff[MERIDIA].say(Answer(on_clause, "Scenarios first."), at=40)
    staff[NORRIN].say(Answer(on_clause, "We think not."), at=30)
    staff[MERIDIA].say(Answer(hidden, "Yes."))
    threads = state.threads(staff.accord(TORVIA))
    assert [thread.ref for thread in threads] == [on_clause, on_whole, hidden]
    assert threads[0].clause == SCOPE
    assert [answer.text for answer in threads[0].answers] == ["We think not.", "Scenarios first."]
    assert threads[1].clause is None
    assert (threads[1].answers, threads[2].question) == ((), None)


# Releases, holdings and who may know of what.


def test_live_releases_are_the_newest_version_of_each_element() -> None:
    staff = Staff()
    staff.release(MERIDIA, scenario(1))
    newest = staff.release(MERIDIA, scenario(1, "Strait mined"), replaces=version(scenario(1)))
    theirs = staff.release(TORVIA, scenario(2))
    accord = staff.accord()
    assert [held.ref for held in live_releases(accord)] == [newest, theirs]
    assert [held.ref for held in live_releases(accord, TORVIA)] == [theirs]


def test_a_release_to_one_party_is_a_sealed_notice_for_the_other_and_does_nothing_there() -> None:
    staff = Staff(THREE)
    staff.open("scenarios")
    ref = staff.release(MERIDIA, scenario(1), TORVIA)
    seen, unseen = staff.accord(TORVIA), staff.accord(NORRIN)
    assert state.holdings_of(seen, MERIDIA, TORVIA)[0].raw == scenario(1)
    assert live_releases(unseen) == ()
    notice = unseen.sheet(MERIDIA).notices[0]
    assert (notice.ref, notice.sort) == (ref, "sealed")
    assert "release" not in notice.sentence
    assert open_realms(seen) == open_realms(unseen)
    assert seen.sheet(NORRIN) == unseen.sheet(NORRIN)


def test_holdings_and_audience_follow_who_was_given_which_version() -> None:
    staff = Staff(THREE)
    first, second = scenario(1), scenario(1, "Strait mined")
    staff.release(MERIDIA, first, NORRIN, TORVIA)
    staff.release(MERIDIA, second, TORVIA, replaces=version(first))
    accord = staff.accord()
    assert [held.raw for held in state.holdings_of(accord, MERIDIA, NORRIN)] == [first]
    assert [held.raw for held in state.holdings_of(accord, MERIDIA, TORVIA)] == [second]
    assert state.audience_of(accord, ElementRef(MERIDIA, an_id(1))) == set(THREE)
    assert state.audience_of(accord, exact(MERIDIA, 1, second)) == {MERIDIA, TORVIA}
    assert state.audience_of(accord, exact(MERIDIA, 2, second)) == frozenset()
    newest = state.release_of(accord, ElementRef(MERIDIA, an_id(1)))
    assert newest is not None
    assert newest.raw == second
    assert state.title_of(newest) == "Strait mined"
    assert state.release_of(accord, ElementRef(TORVIA, an_id(1))) is None


def test_a_recall_shows_what_each_holder_answered_and_never_more() -> None:
    staff = Staff(THREE)
    ref = staff.release(MERIDIA, scenario(1))
    recall = staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(scenario(1)),), "", (NORRIN, TORVIA)))
    assert [holder.outcome for holder in recalls(staff.accord())[0].holders] == ["not confirmed", "not confirmed"]
    staff[TORVIA].say(Confirmation(recall, "removed", ("payload",), "Backups keep it for 30 days."))
    staff[NORRIN].say(Confirmation(recall, "refused", (), "In use."))
    (found,) = recalls(staff.accord())
    assert (found.party, found.recall.ref) == (MERIDIA, recall)
    assert [(holder.party, holder.outcome, holder.statement) for holder in found.holders] == [
        (NORRIN, "refused", "In use."),
        (TORVIA, "confirmed removed", "Backups keep it for 30 days."),
    ]


def test_a_recall_that_names_no_holders_asks_everyone() -> None:
    staff = Staff(THREE)
    ref = staff.release(MERIDIA, scenario(1))
    staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(scenario(1)),)))
    assert [holder.party for holder in recalls(staff.accord())[0].holders] == [NORRIN, TORVIA]


# Talk, positions, adoption, agreement.


def test_talk_names_an_exact_version_and_goes_stale_when_its_host_revises() -> None:
    staff = Staff()
    first, second = scenario(1), scenario(1, "Strait mined")
    staff.release(MERIDIA, first)
    about = exact(MERIDIA, 1, first)
    staff.release(TORVIA, comment(7, about))
    staff.release(TORVIA, position(8, about))
    staff.release(TORVIA, scenario(9))
    element = ElementRef(MERIDIA, an_id(1))
    assert [remark.current for remark in state.talk(staff.accord(), element)] == [True, True]
    staff.release(MERIDIA, second, replaces=version(first))
    staff.release(TORVIA, comment(10, exact(MERIDIA, 1, second)))
    accord = staff.accord()
    assert [remark.current for remark in state.talk(accord, element)] == [False, False, True]
    assert len(state.talk(accord, about)) == 2
    assert state.talk(accord, ElementRef(TORVIA, an_id(9))) == ()


def test_positions_are_each_partys_latest_and_block_nothing() -> None:
    staff = Staff()
    staff.open("scenarios")
    staff.release(MERIDIA, scenario(1))
    about = exact(MERIDIA, 1, scenario(1))
    staff.release(TORVIA, position(8, about))
    was = staff.accord()
    staff.release(TORVIA, position(3, about, Stance.CONCERN))
    staff.release(MERIDIA, position(4, about, Stance.CONCUR))
    accord = staff.accord()
    found = {
        remark.party: remark.content.stance
        for remark in state.positions(accord, about)
        if isinstance(remark.content, Position)
    }
    assert found == {MERIDIA: Stance.CONCUR, TORVIA: Stance.CONCERN}
    assert open_realms(accord) == open_realms(was)
    assert accord.sheet(MERIDIA).released[an_id(1)] == was.sheet(MERIDIA).released[an_id(1)]


@pytest.mark.parametrize("parties", [ALLIES, THREE])
def test_text_is_agreed_where_every_party_adopted_the_same_version_and_not_before(parties: tuple[PartyId, ...]) -> None:
    staff = Staff(parties)
    first, second = scenario(1), scenario(1, "Strait mined")
    staff.release(MERIDIA, first)
    about = exact(MERIDIA, 1, first)
    for number, party in enumerate(parties, 20):
        assert state.agreed(staff.accord()) == ()
        staff.release(party, adoption(number, about))
    (found,) = state.agreed(staff.accord())
    assert (found.party, found.element, found.version, found.title) == (
        MERIDIA,
        an_id(1),
        version(first),
        "Strait closed",
    )
    assert found.current
    staff.release(MERIDIA, second, replaces=version(first))
    (stale,) = state.agreed(staff.accord())
    assert not stale.current
    assert not any(remark.current for remark in state.adoptions(staff.accord(), ElementRef(MERIDIA, an_id(1))))
    staff.release(MERIDIA, adoption(30, exact(MERIDIA, 1, second)))
    assert state.agreed(staff.accord()) == ()


def test_an_adoption_that_was_recalled_agrees_to_nothing() -> None:
    staff = Staff()
    staff.release(MERIDIA, scenario(1))
    about = exact(MERIDIA, 1, scenario(1))
    staff.release(MERIDIA, adoption(20, about))
    ref = staff.release(TORVIA, adoption(21, about))
    assert len(state.agreed(staff.accord())) == 1
    staff[TORVIA].say(Recall(an_id(21), (ref,), (version(adoption(21, about)),)))
    assert state.agreed(staff.accord()) == ()


def test_what_was_adopted_and_then_recalled_by_its_host_is_agreed_without_a_title_and_not_current() -> None:
    staff = Staff()
    ref = staff.release(MERIDIA, scenario(1))
    about = exact(MERIDIA, 1, scenario(1))
    staff.release(MERIDIA, adoption(20, about))
    staff.release(TORVIA, adoption(21, about))
    staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(scenario(1)),)))
    (found,) = state.agreed(staff.accord())
    assert (found.title, found.current) == ("", False)


def test_talk_about_what_is_not_held_here_is_shown_and_is_not_current() -> None:
    staff = Staff()
    raw = raw_of(Position(about=exact(MERIDIA, 1, scenario(1)), stance=Stance.CONCUR), 5)
    staff.release(TORVIA, raw)
    (remark,) = state.talk(staff.accord(), ElementRef(MERIDIA, an_id(1)))
    assert not remark.current


# Prompts.


def test_prompts_follow_the_arrangement_from_silence_to_withdrawal() -> None:
    staff = Staff()
    assert rules(staff.accord(), MERIDIA) == ["propose"]
    staff[MERIDIA].say(PROPOSAL)
    assert rules(staff.accord(), TORVIA) == ["answer-proposal"]
    assert rules(staff.accord(), MERIDIA) == ["await-answer"]
    asked = staff[TORVIA].say(Question("Operations too?", SCOPE_HASH))
    assert what_happens_next(staff.accord(), MERIDIA)[0].sentence == "XTV asks about clause 2 (Scope): answer it."
    staff[MERIDIA].say(Answer(asked, "Scenarios first."))
    staff[MERIDIA].say(Question("And the whole?"))
    assert "about the proposal" in what_happens_next(staff.accord(), TORVIA)[0].sentence
    assert rules(staff.accord(), MERIDIA) == ["await-answer"]
    staff[TORVIA].say(Standing("accept", ("scenarios",), (CONSULT_HASH, SCOPE_HASH)))
    assert rules(staff.accord(), MERIDIA) == ["accept-realms"]
    staff[MERIDIA].say(Standing("accept", ("scenarios",), (CONSULT_HASH, SCOPE_HASH)))
    assert rules(staff.accord(), MERIDIA) == ["release"]
    staff.release(MERIDIA, scenario(1))
    assert rules(staff.accord(), MERIDIA) == []
    staff[TORVIA].say(Amendment((SCOPE_NARROW,)))
    assert rules(staff.accord(), MERIDIA) == []
    staff[MERIDIA].say(Standing("suspend"))
    assert rules(staff.accord(), MERIDIA) == ["resume"]
    assert rules(staff.accord(), TORVIA) == ["answer-question", "suspended"]
    staff[MERIDIA].say(Standing("withdraw"))
    assert rules(staff.accord(), MERIDIA) == []
    assert rules(staff.accord(), TORVIA) == ["answer-question", "withdrawn"]


def test_an_open_clause_a_declining_partner_and_a_recall_each_prompt() -> None:
    staff = Staff()
    staff[MERIDIA].say(PROPOSAL)
    staff[TORVIA].say(Amendment((SCOPE_NARROW,)))
    staff[TORVIA].say(Standing("decline"))
    assert rules(staff.accord(), MERIDIA) == ["declined", "clause-open"]
    ref = staff.release(MERIDIA, scenario(1))
    recall = staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(scenario(1)),), "", (TORVIA,)))
    assert rules(staff.accord(), MERIDIA)[0] == "recall-unconfirmed"
    assert rules(staff.accord(), TORVIA)[0] == "confirm-recall"
    staff[TORVIA].say(Confirmation(recall, "removed"))
    assert "recall-unconfirmed" not in rules(staff.accord(), MERIDIA)
    assert "confirm-recall" not in rules(staff.accord(), TORVIA)


def test_a_recall_that_asks_another_does_not_prompt_me() -> None:
    staff = Staff(THREE)
    ref = staff.release(MERIDIA, scenario(1), TORVIA)
    staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(scenario(1)),), "", (TORVIA,)))
    assert "confirm-recall" not in rules(staff.accord(), NORRIN)
    assert "confirm-recall" in rules(staff.accord(), TORVIA)


def test_a_sheet_can_be_replaced_and_others_named() -> None:
    accord = Staff(THREE).accord()
    assert accord.others(NORRIN) == (MERIDIA, TORVIA)
    other = Staff()
    other[MERIDIA].say(PROPOSAL)
    changed = accord.with_sheet(other.accord().sheet(MERIDIA))
    assert changed.sheet(MERIDIA).standing.state == "proposed"
    assert accord.sheet(MERIDIA).standing.state == "silent"


def test_entries_of_another_accord_are_not_read() -> None:
    staff, other = Staff(), Staff(THREE)
    other[MERIDIA].say(PROPOSAL)
    entries = [*staff[MERIDIA].read(), *other[MERIDIA].read()]
    assert state.fold_accord(staff.id, staff.charter, entries).sheet(MERIDIA).proposal is None
