"""Release: two persons, the exact bytes, open realms only; nothing else is a way out."""

import pytest

from stafftalks.accord.bodies import Release, decode_body
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Position, Stance
from stafftalks.services import accords, desk_reviews, elements, recalls, records, releases
from stafftalks.services.reading import load
from stafftalks.values.errors import RefusedError
from stafftalks.values.person import Person, Role
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.services.scenes import accepted, asked, house, released, report, revised, settle, state_of

BOTH = Person("bo", "Bo Both", frozenset({Role.PLANNER, Role.OFFICER}))


def rules(error: pytest.ExceptionInfo[RefusedError]) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def test_what_leaves_is_exactly_what_was_reviewed():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report("A fleet was seen."))
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    review = desk_reviews.review(meridia, request.id, OFFICER)
    assert review.refusals == ()
    assert "Torvia (XTV)" in review.readers[0].sentence
    elements.revise(meridia, PLANNER, row.id, report("A fleet was seen, and more."), row.version)
    decided = releases.release(meridia, OFFICER, request.id)
    settle(meridia, torvia)
    (held,) = accords.view(torvia, accord).accord.sheets["XMR"].released[row.id]
    assert held.raw == review.preview.raw == row.raw, "a later draft does not slip in"
    assert decided.entry == held.ref


def test_whoever_asked_cannot_decide():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, BOTH, report())
    request = releases.request(meridia, BOTH, accord, row.id, "intelligence", [torvia.party])
    with pytest.raises(RefusedError) as error:
        releases.release(meridia, BOTH, request.id)
    assert "person" in str(error.value)
    assert releases.get(meridia, request.id).state == "waiting"
    assert state_of(meridia, accord)["XMR"].released == {}


def test_a_planner_cannot_decide():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    for decide in (
        lambda: releases.release(meridia, HEAD, request.id),
        lambda: releases.refuse(meridia, HEAD, request.id, "No."),
        lambda: releases.hand_back(meridia, PLANNER, request.id, "Why?"),
    ):
        with pytest.raises(RefusedError):
            decide()


@pytest.mark.parametrize("realm", ["operations", "", "intelligenze"])
def test_nothing_leaves_in_a_realm_that_is_not_open(realm: str):
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia, realms=("intelligence", "scenarios"))
    row = elements.add(meridia, PLANNER, report())
    before = load(meridia, accord).own("XMR")[-1].size
    with pytest.raises(RefusedError):
        releases.release(meridia, OFFICER, asked(meridia, accord, row, (torvia,), realm).id)
    assert load(meridia, accord).own("XMR")[-1].size == before


def test_an_empty_audience_is_nobody():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    with pytest.raises(RefusedError):
        releases.release(meridia, OFFICER, asked(meridia, accord, row, (), "intelligence").id)


def test_when_a_realm_closes_between_asking_and_deciding_nothing_leaves():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    accords.accept(torvia, HEAD, accord, ["scenarios"])
    settle(meridia, torvia)
    assert desk_reviews.review(meridia, request.id, OFFICER).refusals
    with pytest.raises(RefusedError):
        releases.release(meridia, OFFICER, request.id)


def test_an_objection_blocks_nothing():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    version = accords.view(torvia, accord).accord.sheets["XMR"].released[element][-1].version
    about = ExactRef(party=meridia.party, element=element, version=version)
    position = elements.add(
        torvia, PLANNER, Position(title="We object", about=about, stance=Stance.OBJECT, statement="No.")
    )
    releases.release(torvia, OFFICER, asked(torvia, accord, position, (meridia,), "intelligence").id)
    settle(meridia, torvia)
    revised(meridia, accord, element, torvia, said="We go on regardless.")
    settle(meridia, torvia)
    assert len(accords.view(torvia, accord).accord.sheets["XMR"].released[element]) == 2


def test_a_request_handed_back_says_what_the_officer_asks_and_is_decided_no_more():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    with pytest.raises(RefusedError):
        releases.hand_back(meridia, OFFICER, request.id, "  ")
    assert releases.hand_back(meridia, OFFICER, request.id, "Who is the source?").reason == "Who is the source?"
    with pytest.raises(RefusedError, match="returned already"):
        releases.release(meridia, OFFICER, request.id)


def test_only_its_drafter_takes_a_request_back():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    with pytest.raises(RefusedError):
        releases.cancel(meridia, OFFICER, request.id)
    assert releases.cancel(meridia, PLANNER, request.id).state == "withdrawn"


def test_a_revision_names_the_version_it_replaces_and_says_what_changed():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="Ten ships.")
    first = accords.view(meridia, accord).accord.sheets["XMR"].released[element][-1].version
    row = elements.revise(meridia, PLANNER, element, report("Twelve ships."), elements.get(meridia, element).version)
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    body = decode_body(request.body)
    assert isinstance(body, Release)
    assert body.replaces == first
    review = desk_reviews.review(meridia, request.id, OFFICER)
    assert any("Twelve" in change.sentence or "Twelve" in (change.after or "") for change in review.changes)
    assert review.held is not None


def test_what_was_never_released_cannot_be_recalled():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    with pytest.raises(RefusedError, match="nothing to recall"):
        recalls.recall(meridia, OFFICER, accord, row.id)


def test_the_partner_view_shows_what_the_partner_holds_and_nothing_else():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    kept = released(meridia, accord, torvia, said="Released.")
    back = released(meridia, accord, torvia, said="Recalled.")
    elements.add(meridia, PLANNER, report("Never released."))
    recalls.recall(meridia, OFFICER, accord, back)
    assert [version.element for version in releases.partner_view(meridia, accord, torvia.party)] == [kept]


def test_an_entry_is_dated_by_an_interval():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    meridia.clock.advance(1000)
    released(meridia, accord, torvia)
    meridia.clock.advance(1000)
    settle(meridia, torvia)
    feed = load(torvia, accord).own("XMR")[-1]
    line = records.page(torvia, feed.feed, feed.size - 1, 1)[0]
    assert line.later_than, "it acknowledges what it had seen"
    assert line.earlier_than == line.at + 1000
