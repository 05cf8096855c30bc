"""The desk: what a decider is shown, what is taken out, who decides, and several in one act."""

import msgspec
import pytest

from stafftalks.planning.letters import CountDetail, Detail, PositionDetail
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.release.redaction import Redaction
from stafftalks.services import accords, desk_reviews, elements, judging, letters, redacting, releases, together
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId
from stafftalks.values.person import Person, Role
from tests.fakes import HEAD, OFFICER, PLANNER, permit
from tests.services.scenes import accepted, asked, house, report, settle
from tests.web.world import content

BOTH = Person("bo", "Bo Both", frozenset({Role.PLANNER, Role.OFFICER, Role.HEAD}))
OTHER_OFFICER = Person("olga", "Olga Officer", frozenset({Role.OFFICER}))
SCENARIO = Scenario(
    title="Closing of the strait",
    narrative="Tankers wait.\n\nThe pilots' list is kept in Mersel.",
    branches=(Branch(id="B1", title="Closed to tankers"), Branch(id="B2", title="Mines are laid", mark="S")),
)


@pytest.fixture
def desk() -> tuple[Headquarters, Headquarters, AccordId]:
    meridia, torvia = house("XMR", "XTV")
    return meridia, torvia, accepted(meridia, torvia)


def rules(refusals: tuple[Refusal, ...]) -> list[str]:
    return [refusal.rule for refusal in refusals]


def scenario_asked(meridia: Headquarters, torvia: Headquarters, accord: AccordId) -> RequestRow:
    row = elements.add(meridia, PLANNER, SCENARIO)
    return asked(meridia, accord, row, (torvia,), "scenarios")


def text_of(row: RequestRow) -> str:
    return row.body.decode()


def test_what_was_taken_out_is_nowhere_in_what_leaves_and_can_be_put_back_until_somebody_decides(desk) -> None:
    meridia, torvia, accord = desk
    request = scenario_asked(*desk)
    assert "label-below-portions" in rules(desk_reviews.review(meridia, request.id, OFFICER).refusals)
    taken = redacting.redact(
        meridia, OFFICER, request.id, [Redaction.parse("remove branches.B2"), Redaction.parse("remove narrative#2")]
    )
    assert "Mines" not in text_of(taken)
    assert "Mersel" not in text_of(taken)
    assert redacting.redact(meridia, PLANNER, request.id, []) == request
    redacting.redact(meridia, OFFICER, request.id, [Redaction.parse("remove branches.B2")])
    view = desk_reviews.review(meridia, request.id, OFFICER)
    assert view.refusals == ()
    done = releases.release(meridia, OFFICER, request.id, view.shown)
    settle(meridia, torvia)
    (held,) = accords.view(torvia, accord).accord.sheets["XMR"].released[request.element]
    assert held.raw == view.preview.raw
    assert b"Mines" not in held.raw
    assert done.redactions == ("remove branches.B2",)
    with pytest.raises(RefusedError, match="released already"):
        redacting.redact(meridia, OFFICER, request.id, [])


def test_a_redaction_that_names_nothing_is_refused_and_changes_nothing(desk) -> None:
    meridia, _torvia, _accord = desk
    request = scenario_asked(*desk)
    with pytest.raises(RefusedError, match="names nothing"):
        redacting.redact(meridia, OFFICER, request.id, [Redaction.parse("remove branches.B9")])
    assert releases.get(meridia, request.id) == request


def test_only_an_officer_or_whoever_asked_redacts(desk) -> None:
    meridia, _torvia, _accord = desk
    request = scenario_asked(*desk)
    other = Person("paul", "Paul Planner", frozenset({Role.PLANNER}))
    with pytest.raises(RefusedError):
        redacting.redact(meridia, other, request.id, [Redaction.parse("remove narrative#2")])


def test_what_the_letter_needs_is_proposed_with_its_reasons_and_then_nothing_stands_against_it(desk) -> None:
    meridia, torvia, accord = desk
    permit(
        meridia,
        torvia.party,
        detail=Detail(positions=PositionDetail.CELL, cell=5, counts=CountDetail.ROUNDED, round_to=10),
    )
    exact = content(
        "force", title="1st Brigade", place="36.123456, 28.123456", holdings=[{"item": "Tanks", "on_hand": "57"}]
    )
    force = elements.add(meridia, PLANNER, exact)
    request = asked(meridia, accord, force, (torvia,), "scenarios")
    view = desk_reviews.review(meridia, request.id, OFFICER)
    assert {"letter-detail-position", "letter-detail-count"} <= set(rules(view.refusals))
    assert view.needed
    assert all("letter" in sentence for sentences in view.why.values() for sentence in sentences)
    redacting.redact(meridia, OFFICER, request.id, view.needed)
    after = desk_reviews.review(meridia, request.id, OFFICER)
    assert after.refusals == ()
    assert after.shown != view.shown
    assert releases.release(meridia, OFFICER, request.id, after.shown).state == "released"


def test_nothing_is_decided_on_bytes_other_than_those_shown(desk) -> None:
    meridia, _torvia, _accord = desk
    request = scenario_asked(*desk)
    shown = judging.shown_name(request.body)
    redacting.redact(meridia, PLANNER, request.id, [Redaction.parse("remove branches.B2")])
    with pytest.raises(RefusedError, match="changed since it was shown"):
        releases.release(meridia, OFFICER, request.id, shown)
    with pytest.raises(RefusedError, match="changed since it was shown"):
        releases.release(meridia, OFFICER, request.id, "")
    assert releases.get(meridia, request.id).state == "waiting"


def test_a_body_that_its_redactions_do_not_make_does_not_leave(desk) -> None:
    meridia, _torvia, _accord = desk
    request = scenario_asked(*desk)
    taken = redacting.redact(meridia, OFFICER, request.id, [Redaction.parse("remove branches.B2")])
    forged = redacting.body_with(
        taken.asked, [Redaction.parse("remove branches.B2"), Redaction.parse("remove narrative#1")]
    )
    meridia.desk.put(msgspec.structs.replace(taken, body=forged))
    with pytest.raises(RefusedError) as refused:
        releases.release(meridia, OFFICER, request.id)
    assert "redaction-mismatch" in rules(refused.value.refusals)


def test_where_the_letter_asks_for_the_head_a_third_person_lets_it_go(desk) -> None:
    meridia, torvia, accord = desk
    permit(meridia, torvia.party, head_decides=("report",))
    request = asked(meridia, accord, elements.add(meridia, PLANNER, report()), (torvia,), "intelligence")
    assert desk_reviews.review(meridia, request.id, OFFICER).needs_head
    approved = releases.release(meridia, OFFICER, request.id)
    assert approved.state == "approved"
    assert approved.letters, "it says under which letter"
    assert accords.view(meridia, accord).accord.sheets["XMR"].released == {}, "nothing has left"
    assert desk_reviews.review(meridia, request.id, HEAD).refusals == ()
    done = releases.release(meridia, HEAD, request.id)
    assert (done.state, done.decided_by) == ("released", HEAD.username)
    assert [approval.person for approval in done.approvals] == [OFFICER.username, HEAD.username]


@pytest.mark.parametrize("turn", [releases.refuse, releases.hand_back])
def test_the_head_turns_down_what_an_officer_let_go(desk, turn) -> None:
    meridia, torvia, accord = desk
    permit(meridia, torvia.party, head_decides=("all",))
    request = asked(meridia, accord, elements.add(meridia, PLANNER, report()), (torvia,), "intelligence")
    releases.release(meridia, OFFICER, request.id)
    with pytest.raises(RefusedError):
        redacting.redact(meridia, OFFICER, request.id, [Redaction.parse("remove said")])
    assert turn(meridia, HEAD, request.id, "Not before the visit.").decided_by == HEAD.username
    with pytest.raises(RefusedError, match="already"):
        releases.release(meridia, HEAD, request.id)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_one_person_is_never_two(desk, role: Role) -> None:
    meridia, torvia, accord = desk
    permit(meridia, torvia.party, head_decides=("report",))
    row = elements.add(meridia, BOTH, report())
    own = releases.request(meridia, BOTH, accord, row.id, "intelligence", [torvia.party])
    with pytest.raises(RefusedError):
        releases.release(meridia, BOTH, own.id)
    first = BOTH if role is Role.HEAD else OFFICER
    request = own if role is Role.OFFICER else asked(meridia, accord, row, (torvia,), "intelligence")
    releases.release(meridia, first, request.id)
    with pytest.raises(RefusedError, match="third person"):
        releases.release(meridia, BOTH, request.id)
    with pytest.raises(RefusedError):
        releases.release(meridia, OTHER_OFFICER, request.id)
    assert accords.view(meridia, accord).accord.sheets["XMR"].released == {}


def test_a_question_is_answered_by_asking_again_and_the_earlier_request_stays_linked(desk) -> None:
    meridia, torvia, accord = desk
    request = scenario_asked(*desk)
    redacting.redact(
        meridia, OFFICER, request.id, [Redaction.parse("remove branches.B2"), Redaction.parse("remove narrative#2")]
    )
    returned = releases.hand_back(meridia, OFFICER, request.id, "Whose list is it?")
    row = elements.get(meridia, request.element)
    revised = elements.revise(
        meridia, PLANNER, row.id, msgspec.structs.replace(SCENARIO, narrative="Tankers wait."), row.version
    )
    again = releases.request(meridia, PLANNER, accord, revised.id, "scenarios", [torvia.party], follows=returned.id)
    assert again.follows == returned.id
    assert releases.asked_after(meridia, returned) == again
    assert [str(item) for item in redacting.as_before(meridia, again)] == ["remove branches.B2"], (
        "what can still be made"
    )
    other = elements.add(meridia, PLANNER, report())
    with pytest.raises(MisuseError, match="same element"):
        releases.request(meridia, PLANNER, accord, other.id, "intelligence", [torvia.party], follows=returned.id)
    with pytest.raises(MisuseError, match="same element"):
        releases.request(meridia, PLANNER, accord, revised.id, "scenarios", [torvia.party], follows=again.id)


def test_who_looked_at_which_text_is_in_the_journal_once(desk) -> None:
    meridia, _torvia, _accord = desk
    request = scenario_asked(*desk)

    def looks() -> list[str]:
        lines = meridia.journal.find(subject=request.id)[1]
        return [line.person for line in lines if line.act == desk_reviews.LOOKED]

    for _look in range(2):
        desk_reviews.review(meridia, request.id, OFFICER)
    desk_reviews.review(meridia, request.id, PLANNER)
    desk_reviews.review(meridia, request.id, None)
    assert sorted(looks()) == [OFFICER.username, PLANNER.username]
    redacting.redact(meridia, OFFICER, request.id, [Redaction.parse("remove branches.B2")])
    desk_reviews.review(meridia, request.id, OFFICER)
    assert len(looks()) == 3


def test_the_queue_says_which_rules_stand_against_each(desk) -> None:
    meridia, torvia, accord = desk
    marked = scenario_asked(*desk)
    fine = asked(meridia, accord, elements.add(meridia, PLANNER, report()), (torvia,), "intelligence")
    against = desk_reviews.standing_against(meridia, [marked, fine])
    assert against[fine.id] == ()
    assert "label-below-portions" in rules(against[marked.id])
    permit(meridia, torvia.party, kinds=())
    assert rules(desk_reviews.standing_against(meridia, [fine])[fine.id]) == ["letter-kind"]


def reports_asked(meridia: Headquarters, torvia: Headquarters, accord: AccordId, count: int) -> list[str]:
    rows = [elements.add(meridia, PLANNER, report(f"Sighting {number}.")) for number in range(count)]
    return [asked(meridia, accord, row, (torvia,), "intelligence").id for row in rows]


def test_several_are_decided_in_one_act_under_one_letter(desk) -> None:
    meridia, torvia, accord = desk
    requests = reports_asked(*desk, 3)
    batch = together.batch(meridia, OFFICER, requests)
    assert batch.stands
    assert batch.letter is not None
    shown = {row.id: judging.shown_name(row.body) for row in batch.rows}
    decided = together.decide(meridia, OFFICER, requests[:2], shown)
    assert [row.state for row in decided] == ["released", "released"]
    assert decided[1].entry.n == decided[0].entry.n + 1
    assert {line.act for line in meridia.journal.find(subject=requests[0])[1]} == {"release asked", "release released"}
    settle(meridia, torvia)
    assert len(accords.view(torvia, accord).accord.sheets["XMR"].released) == 2
    assert releases.get(meridia, requests[2]).state == "waiting", "left out"


def test_in_one_act_all_leave_or_none(desk) -> None:
    meridia, _torvia, accord = desk
    requests = [*reports_asked(*desk, 2), scenario_asked(*desk).id]
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, requests)
    assert list(refused.value.against) == [requests[2]]
    assert {releases.get(meridia, request).state for request in requests} == {"waiting"}
    assert accords.view(meridia, accord).accord.sheets["XMR"].released == {}


def test_in_one_act_only_where_the_letter_says_so(desk) -> None:
    meridia, torvia, _accord = desk
    permit(meridia, torvia.party, together=False)
    requests = reports_asked(*desk, 2)
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, requests)
    assert set(rules(refused.value.refusals)) == {"batch-together"}


def test_in_one_act_never_for_partners_under_different_letters() -> None:
    meridia, torvia, amar = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, amar)
    rows = [elements.add(meridia, PLANNER, report(f"Sighting {number}.")) for number in range(2)]
    requests = [
        asked(meridia, accord, rows[0], (torvia,), "intelligence").id,
        asked(meridia, accord, rows[1], (amar,), "intelligence").id,
    ]
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, requests)
    assert set(rules(refused.value.refusals)) == {"batch-letter"}


def test_a_batch_is_judged_as_if_each_had_been_given_before_the_next(desk) -> None:
    meridia, torvia, accord = desk
    row = elements.add(meridia, PLANNER, report())
    twice = [asked(meridia, accord, row, (torvia,), "intelligence").id for _ask in range(2)]
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, twice)
    assert "batch-repeated" in rules(refused.value.refusals)


def test_in_a_batch_what_needs_the_head_waits_for_the_head(desk) -> None:
    meridia, torvia, accord = desk
    permit(meridia, torvia.party, head_decides=("scenario",))
    plain = msgspec.structs.replace(SCENARIO, branches=SCENARIO.branches[:1])
    scenario = asked(meridia, accord, elements.add(meridia, PLANNER, plain), (torvia,), "scenarios")
    requests = [*reports_asked(*desk, 1), scenario.id]
    assert together.batch(meridia, OFFICER, requests).leaving == 1
    decided = together.decide(meridia, OFFICER, requests)
    assert [row.state for row in decided] == ["released", "approved"]
    with pytest.raises(together.BatchError):
        together.decide(meridia, OFFICER, [scenario.id])
    assert [row.state for row in together.decide(meridia, HEAD, [scenario.id])] == ["released"]


def test_nothing_is_smuggled_into_a_batch(desk) -> None:
    meridia, torvia, accord = desk
    requests = reports_asked(*desk, 2)
    shown = {request: judging.shown_name(releases.get(meridia, request).body) for request in requests}
    (late,) = reports_asked(*desk, 1)
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, [*requests, late], shown)
    assert list(refused.value.against) == [late]
    own = elements.add(meridia, OFFICER, report("My own."))
    mine = releases.request(meridia, OFFICER, accord, own.id, "intelligence", [torvia.party])
    with pytest.raises(together.BatchError) as refused:
        together.decide(meridia, OFFICER, [*requests, mine.id])
    assert "two-person" in rules(refused.value.refusals)
    for wrong in ([], ["unknown"], requests * 600 + [f"r{number}" for number in range(1001)]):
        with pytest.raises(MisuseError):
            together.decide(meridia, OFFICER, wrong)


def test_letters_are_listed_by_partner_with_how_they_stand_and_what_they_would_allow(desk) -> None:
    meridia, torvia, _accord = desk
    (held,) = letters.letters(meridia)
    assert held.standing == "in force"
    rows = [elements.add(meridia, PLANNER, report()), elements.add(meridia, PLANNER, SCENARIO)]
    first, second = letters.allowed(meridia, held, rows)
    assert first.refusals == ()
    assert second.mendable
    permit(meridia, torvia.party, kinds=("plan",))
    (held,) = letters.letters(meridia)
    assert rules(letters.allowed(meridia, held, rows[:1])[0].refusals) == ["letter-kind"]
    assert not letters.allowed(meridia, held, rows[:1])[0].mendable
    elements.archive(meridia, HEAD, held.row.id, archived=True)
    assert letters.letters(meridia) == ()
    assert letters.letters(meridia, archived=True)[0].standing == "put away"
    with pytest.raises(MisuseError, match="no disclosure letter"):
        letters.get(meridia, rows[0].id)
