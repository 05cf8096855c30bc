"""Where we stand: each act is ours alone, takes effect at once, and is known everywhere after the next conversation."""

import msgspec
import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause, clause_hash
from stafftalks.services import accords, exchange, overview, records
from stafftalks.services.reading import load
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import AccordId
from tests.fakes import ADMINISTRATOR, HEAD, OFFICER, PLANNER, FakeCarrier
from tests.services.scenes import ALL_REALMS, CLAUSES, PROPOSAL, accepted, house, released, settle, state_of, talk, twin


def open_realms(hq, accord) -> set[str]:
    return set(state.open_realms(accords.view(hq, accord).accord))


def test_a_question_hangs_on_its_clause_and_its_answer_on_the_question():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    settle(meridia, torvia)
    question = accords.ask(torvia, HEAD, accord, "Does this reach joint operations?", clause_hash(CLAUSES[0]))
    settle(meridia, torvia)
    accords.answer(meridia, HEAD, accord, question, "It reaches as far as you accept.")
    settle(meridia, torvia)
    for hq in (meridia, torvia):
        (thread,) = state.threads(accords.view(hq, accord).accord)
        assert thread.clause == CLAUSES[0]
        assert [answer.text for answer in thread.answers] == ["It reaches as far as you accept."]


def test_what_is_open_is_what_all_accept_and_one_can_close_it_at_once():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    assert open_realms(meridia, accord) == set(ALL_REALMS)
    accords.accept(meridia, HEAD, accord, ["intelligence"])
    assert open_realms(meridia, accord) == {"intelligence"}, "narrowing takes effect before anybody is told"
    accords.suspend(meridia, HEAD, accord, "Elections.", "Everything, unread.")
    assert open_realms(meridia, accord) == set()
    settle(meridia, torvia)
    assert open_realms(torvia, accord) == set()
    accords.resume(meridia, HEAD, accord)
    settle(meridia, torvia)
    assert open_realms(torvia, accord) == {"intelligence"}


def test_an_amended_clause_is_agreed_again_only_when_both_accept_the_new_wording():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    assert all(clause.agreed for clause in state.clause_states(accords.view(torvia, accord).accord))
    ours = Clause("consult", "Consultation", "Each consults the other, where time allows and it chooses.", "consult")
    accords.amend(torvia, HEAD, accord, Amendment((ours,)))
    settle(meridia, torvia)
    scope, consult = state.clause_states(accords.view(meridia, accord).accord)
    assert [clause.id for clause in (scope, consult)] == ["scope", "consult"]
    assert consult.agreed, "the wording that both accepted stands until they accept another"
    assert len(consult.variants) == 2
    for hq in (meridia, torvia):
        accords.accept(hq, HEAD, accord, ALL_REALMS, [clause_hash(CLAUSES[0]), clause_hash(ours)])
    settle(meridia, torvia)
    assert state.clause_states(accords.view(meridia, accord).accord)[1].variants[-1].accepted_by == ("XMR", "XTV")


def test_a_clause_that_asks_for_consent_is_refused_with_the_reason():
    meridia, torvia = house("XMR", "XTV")
    clause = msgspec.structs.replace(CLAUSES[0], duty="consent")
    with pytest.raises(RefusedError, match="each decides alone"):
        accords.propose(meridia, HEAD, [torvia.party], msgspec.structs.replace(PROPOSAL, clauses=(clause,)))
    assert meridia.records.accords() == (), "nothing was founded"


def test_only_a_head_of_delegation_speaks_for_the_party():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for person in (PLANNER, OFFICER, ADMINISTRATOR):
        for act in (accords.withdraw, accords.suspend, accords.decline):
            with pytest.raises(RefusedError, match="head of delegation"):
                act(meridia, person, accord)
    assert state_of(meridia, accord)["XMR"].standing.state == "accepted"


def test_whoever_withdraws_needs_nobody_and_stays_able_to_read_what_it_holds():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    accords.withdraw(torvia, HEAD, accord, "Our government has changed.", "What was released until today.")
    assert open_realms(torvia, accord) == set()
    assert element in state_of(torvia, accord)["XMR"].released
    with pytest.raises(RefusedError):
        accords.accept(torvia, HEAD, accord, ["scenarios"])
    settle(meridia, torvia)
    assert state_of(meridia, accord)["XTV"].standing.keeps == "What was released until today."


def test_an_accord_that_is_not_held_is_said_to_be_not_held():
    (meridia,) = house("XMR")
    with pytest.raises(MisuseError, match="holds no accord"):
        accords.view(meridia, AccordId("a" * 52))


def test_an_administrator_can_open_a_fresh_epoch_and_nobody_sees_a_fork():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    accords.reopen(meridia, ADMINISTRATOR, accord)
    released(meridia, accord, torvia, said="In the new epoch.")
    settle(meridia, torvia)
    assert [row.ordinal for row in load(torvia, accord).own("XMR")] == [0, 1]
    assert state_of(meridia, accord) == state_of(torvia, accord)
    with pytest.raises(RefusedError):
        accords.reopen(meridia, PLANNER, accord)


def test_status_says_in_words_how_it_stands_with_a_partner():
    meridia, torvia = house("XMR", "XTV")
    (status,) = exchange.status(meridia)
    assert status.sentence == "Not spoken to yet."
    accord = accepted(meridia, torvia)
    assert exchange.status(meridia)[0].sentence == "It holds everything we have said."
    released(meridia, accord, torvia)
    assert exchange.status(meridia)[0].sentence == "To be sent or acknowledged: 1 entry."
    exchange.run(meridia, FakeCarrier(meridia, []), torvia.party, force=True)
    (status,) = exchange.status(meridia)
    assert status.sentence.startswith("Not reached in the last try: Torvia could not be reached.")
    assert [need.rule for need in overview.needs(meridia, HEAD)] == ["unreached"]


@pytest.mark.parametrize("part", ["leaf", "slip"])
def test_verification_finds_one_changed_byte(part: str):
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    assert all(report.sound for report in records.verify(meridia, accord))
    damaged = twin(meridia)
    damage(damaged, accord, part)
    reports = {report.feed.party: report for report in records.verify(damaged, accord)}
    assert not reports["XMR"].sound
    assert "damaged" in reports["XMR"].sentence
    assert reports["XTV"].sound


def damage(hq, accord, part: str) -> None:
    """Changes the last byte of the leaf or slip of our own second entry, as a failing disk would."""
    feed = load(hq, accord).own("XMR")[0].feed
    entries = hq.records.entries

    def changed(wanted, start, stop):
        for row in entries(wanted, start, stop):
            raw = getattr(row, part)
            hit = wanted == feed and row.n == 1
            yield msgspec.structs.replace(row, **{part: raw[:-1] + bytes([raw[-1] ^ 1])}) if hit else row

    hq.records.entries = changed


def test_progress_of_verification_reaches_the_whole():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    talk(meridia, torvia)
    told: list[tuple[int, int]] = []
    records.verify(meridia, accord, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == sum(row.size for row in meridia.records.feeds(accord))
