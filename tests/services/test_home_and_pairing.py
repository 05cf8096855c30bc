"""Own elements, pairing, what needs me and what changed."""

import pytest

from stafftalks.services import accords, elements, overview, pairing, recalls, releases
from stafftalks.services.ports import Policy
from stafftalks.values.errors import PeerError, RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, NOON, OFFICER, PLANNER, FakeClock, make_hq, pair
from tests.services.scenes import PROPOSAL, accepted, asked, house, released, report, settle


def test_two_people_who_revise_at_once_lose_nothing():
    (meridia,) = house("XMR")
    row = elements.add(meridia, PLANNER, report("First."))
    second = elements.revise(meridia, HEAD, row.id, report("Second."), row.version)
    with pytest.raises(elements.ConflictError) as error:
        elements.revise(meridia, PLANNER, row.id, report("Also second."), row.version)
    assert error.value.current.version == second.version
    assert "Nothing was overwritten" in str(error.value)


def test_an_element_can_go_back_to_what_it_said_before():
    (meridia,) = house("XMR")
    first = elements.add(meridia, PLANNER, report("First."))
    second = elements.revise(meridia, PLANNER, first.id, report("Second."), first.version)
    third = elements.revise(meridia, PLANNER, first.id, report("First."), second.version)
    assert third.version == first.version
    assert [row.version for row in elements.versions(meridia, first.id)] == [
        first.version,
        second.version,
        first.version,
    ]
    assert elements.diff(meridia, first.id, first.version, second.version)


def test_saving_what_has_not_changed_makes_no_version():
    (meridia,) = house("XMR")
    row = elements.add(meridia, PLANNER, report())
    assert elements.revise(meridia, PLANNER, row.id, report(), row.version) == row
    assert len(elements.versions(meridia, row.id)) == 1


def test_archived_elements_stay_with_their_versions_and_can_be_brought_back():
    (meridia,) = house("XMR")
    row = elements.add(meridia, PLANNER, report())
    elements.archive(meridia, PLANNER, row.id, archived=True)
    assert elements.find(meridia)[0] == 0
    assert elements.find(meridia, archived=True)[0] == 1
    elements.archive(meridia, PLANNER, row.id, archived=False)
    assert elements.find(meridia)[0] == 1


def test_an_auditor_writes_nothing():
    (meridia,) = house("XMR")
    with pytest.raises(RefusedError, match="auditor"):
        elements.add(meridia, AUDITOR, report())


def test_a_card_is_taken_only_with_the_fingerprint_that_was_compared():
    meridia, torvia = make_hq("XMR"), make_hq("XTV")
    document = torvia.keyring.card_document()
    _, fingerprint = pairing.fingerprint_of(document)
    for confirmed in (None, bytes(16)):
        with pytest.raises(RefusedError, match="fingerprint"):
            pairing.add_partner(meridia, ADMINISTRATOR, document, confirmed)
    with pytest.raises(RefusedError, match="not of XPA"):
        pairing.add_partner(meridia, ADMINISTRATOR, document, fingerprint, expected=PartyId("XPA"))
    with pytest.raises(RefusedError, match="own code"):
        pairing.add_partner(torvia, ADMINISTRATOR, document, fingerprint)
    with pytest.raises(RefusedError, match="administrator"):
        pairing.add_partner(meridia, PLANNER, document, fingerprint)
    with pytest.raises(PeerError):
        pairing.add_partner(meridia, ADMINISTRATOR, document[:-9], fingerprint)
    assert meridia.partners.partners() == ()
    assert pairing.add_partner(meridia, ADMINISTRATOR, document, fingerprint).name == "Torvia"


@pytest.mark.parametrize("stolen", ["hpke_key", "tls_certificate"])
def test_a_card_that_bears_anothers_key_is_refused_new_or_renewed(stolen: str):
    meridia, torvia, third = house("XMR", "XTV", "XPA")
    for victim in (meridia, torvia):
        document = third.keyring.renew(**{stolen: getattr(victim.keyring.card(), stolen)})
        with pytest.raises(RefusedError, match=f"bears a key or certificate of {victim.party}"):
            pairing.add_partner(meridia, ADMINISTRATOR, document, None)
    assert pairing.card_of(meridia.partners.partner(third.party)).version == 1


def test_a_renewed_card_needs_no_comparing_and_an_older_one_is_refused():
    meridia, torvia = house("XMR", "XTV")
    old = torvia.keyring.card_document()
    new = torvia.keyring.renew(addresses=("https://elsewhere.example:8443",))
    row = pairing.add_partner(meridia, ADMINISTRATOR, new, None)
    assert pairing.card_of(row).addresses == ("https://elsewhere.example:8443",)
    assert len(pairing.node_keys(row)) == 2
    with pytest.raises(PeerError):
        pairing.add_partner(meridia, ADMINISTRATOR, old, None)


def test_with_a_renewed_card_what_was_said_before_still_verifies():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    new = torvia.keyring.renew()
    pairing.add_partner(meridia, ADMINISTRATOR, new, None)
    released(torvia, accord, meridia)
    settle(meridia, torvia)
    assert accords.view(meridia, accord).accord.sheets == accords.view(torvia, accord).accord.sheets


def test_each_is_shown_what_waits_for_him_and_nobody_elses():
    meridia, torvia = house("XMR", "XTV")
    accord = accords.propose(meridia, HEAD, [torvia.party], PROPOSAL)
    settle(meridia, torvia)
    assert [need.target for need in overview.needs(torvia, HEAD)] == [("accord", accord)]
    assert overview.needs(torvia, PLANNER) == ()
    accord = accepted(meridia, torvia)
    row = elements.add(meridia, PLANNER, report())
    request = asked(meridia, accord, row, (torvia,), "intelligence")
    assert ("request", request.id) in [need.target for need in overview.needs(meridia, OFFICER)]
    releases.hand_back(meridia, OFFICER, request.id, "Who says so?")
    assert [need.rule for need in overview.needs(meridia, PLANNER)] == ["returned"]


def test_news_is_what_others_said_since_and_not_what_we_said():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    since = meridia.clock.now()
    meridia.clock.advance(60)
    element = released(torvia, accord, meridia)
    released(meridia, accord, torvia)
    settle(meridia, torvia)
    (news,) = overview.news(meridia, since)
    assert news.target == ("element", accord, "XTV", element)
    assert news.sentence.startswith("Torvia released the report “The proposal was made.”")


def test_a_proposal_to_nobody_or_to_a_stranger_founds_nothing():
    (meridia,) = house("XMR")
    for partners in ([], [PartyId("XTV")]):
        with pytest.raises(RefusedError):
            accords.propose(meridia, HEAD, partners, PROPOSAL)
    assert meridia.records.accords() == ()


def test_a_partners_wrong_clock_neither_hides_news_nor_repeats_it():
    meridia, torvia = make_hq("XMR"), make_hq("XTV", clock=FakeClock(NOON - 365 * 86_400))
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    since = meridia.clock.now()
    meridia.clock.advance(60)
    released(torvia, accord, meridia)
    settle(meridia, torvia)
    (news,) = overview.news(meridia, since)
    assert news.at < since - 364 * 86_400, "shown as it claims"
    assert overview.news(meridia, meridia.clock.now()) == ()


def test_a_recall_waits_once_for_a_head_who_is_an_officer_too():
    clock = FakeClock()
    meridia = make_hq("XMR", clock=clock)
    torvia = make_hq("XTV", clock=clock, policy=Policy(honour_recalls="ask"))
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    recalls.recall(meridia, OFFICER, accord, element)
    settle(meridia, torvia)
    for person in (HEAD, OFFICER, Person("b", "Both", frozenset({Role.HEAD, Role.OFFICER}))):
        assert len([need for need in overview.needs(torvia, person) if "recall" in need.rule]) == 1
