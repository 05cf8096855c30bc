"""Releasing an element: what is let go, and each rule that says no."""

import json

import pytest

from stafftalks.accord.bodies import Question, Recall, Release, Standing, decode_body, encode_body
from stafftalks.accord.state import Accord
from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.planning.intelligence import Hop, Relation, Report
from stafftalks.planning.plans import Plan, ScenarioChoice
from stafftalks.planning.refs import ElementRef
from stafftalks.release import desk
from stafftalks.release.desk import admit_release, prepare, preview, replaces_for
from stafftalks.release.request import Request
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import PartyId, VersionHash
from stafftalks.values.realm import Realm
from tests.accord.cast import (
    ALL_REALMS,
    MERIDIA,
    NORRIN,
    THREE,
    TORVIA,
    Staff,
    adoption,
    an_id,
    comment,
    exact,
    raw_of,
    scenario,
    version,
)
from tests.release.people import EVERYTHING, OFFICER, PLANNER, refused, request

FIRST, SECOND = scenario(1), scenario(1, "Strait mined")


@pytest.fixture
def staff() -> Staff:
    staff = Staff()
    staff.open("scenarios", "exercises")
    return staff


@pytest.fixture
def three() -> Staff:
    staff = Staff(THREE)
    staff.open("scenarios", "exercises")
    return staff


def rules(accord: Accord, asked: Request, *, decider=OFFICER, frozen: bool = False) -> list[str]:
    return refused(lambda: admit_release(accord, MERIDIA, asked, decider, EVERYTHING, frozen=frozen))


def test_what_is_let_go_is_exactly_what_was_prepared_and_previewed(staff: Staff) -> None:
    asked = request(FIRST)
    released = admit_release(staff.accord(), MERIDIA, asked, OFFICER, EVERYTHING)
    assert released.body == prepare(asked)
    assert (released.type, released.audience, released.realm) == ("release", (TORVIA,), Realm.SCENARIOS)
    assert (released.decided_by, released.requested_by) == ("ola", "pia")
    assert released.summary == "XMR releases the scenario 'Strait closed' to XTV in scenarios."
    shown = preview(released.body)
    assert (shown.raw, shown.version, shown.kind, shown.title) == (FIRST, version(FIRST), "scenario", "Strait closed")
    assert (shown.realm, shown.to) == ("scenarios", (TORVIA,))
    assert shown.sections == summary.sections(decode(FIRST).content)


def test_the_released_bytes_read_at_the_partner_as_the_preview_showed(staff: Staff) -> None:
    released = admit_release(staff.accord(), MERIDIA, request(FIRST), OFFICER, EVERYTHING)
    staff[MERIDIA].say(released.body, type_="release")
    (held,) = desk.holdings_of(staff.accord(TORVIA), TORVIA, MERIDIA)
    assert held.raw == preview(released.body).raw == FIRST


def test_nothing_about_people_leaves(staff: Staff) -> None:
    released = admit_release(staff.accord(), MERIDIA, request(FIRST), OFFICER, EVERYTHING)
    assert set(json.loads(released.body)) == {"type", "realm", "to", "element", "replaces"}
    assert b"ola" not in released.body.replace(b"closed", b"")
    assert b"pia" not in released.body


@pytest.mark.parametrize(
    "body", [b"{}", encode_body(Question("?")), encode_body(Release("scenarios", (TORVIA,), "{}"))]
)
def test_a_preview_of_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(PeerError):
        preview(body)


def test_bytes_that_are_not_text_cannot_be_prepared() -> None:
    with pytest.raises(MisuseError, match="UTF-8"):
        prepare(request(b"\xff"))


def test_the_decider_must_be_an_officer_and_another_person(staff: Staff) -> None:
    accord = staff.accord()
    assert rules(accord, request(FIRST), decider=PLANNER) == ["decider-role", "two-person"]
    assert rules(accord, request(FIRST, by="ola")) == ["two-person"]
    assert rules(accord, request(FIRST, by="")) == ["requester-missing"]


def test_the_audience_is_other_parties_each_once_and_never_empty(staff: Staff) -> None:
    accord = staff.accord()
    assert rules(accord, Request(FIRST, version(FIRST), "scenarios", (), "pia")) == ["audience-empty"]
    assert rules(accord, request(FIRST, MERIDIA)) == ["audience-outsider"]
    assert rules(accord, request(FIRST, NORRIN, TORVIA)) == ["audience-outsider"]
    assert rules(accord, request(FIRST, TORVIA, TORVIA)) == ["audience-repeated"]


@pytest.mark.parametrize(
    ("realm", "rule"), [("", "realm-unknown"), ("space", "realm-unknown"), ("operations", "realm-closed")]
)
def test_the_realm_must_be_known_and_open(staff: Staff, realm: str, rule: str) -> None:
    assert rule in rules(staff.accord(), request(FIRST, realm=realm))


def test_a_kind_flows_only_in_its_realms_and_an_unknown_kind_in_none(staff: Staff) -> None:
    assert rules(staff.accord(), request(FIRST, realm="exercises")) == ["kind-realm"]
    orbit = b'{"content":{"kind":"orbit"},"id":"%s"}' % an_id(1).encode()
    assert rules(staff.accord(), request(orbit)) == ["kind-unknown"]


@pytest.mark.parametrize("told", [{"actor": "The pilot"}, {"to": "A paper"}, {"medium": "by radio"}])
def test_a_step_that_is_withheld_leaves_only_where_it_names_nothing(staff: Staff, told: dict[str, str]) -> None:
    def asked(**fields: str) -> Request:
        hop = Hop(**{"actor": "withheld", "relation": Relation.STATED, "withheld_by": "Meridia", **fields})
        return request(raw_of(Report(title="A word", said="A word.", hops=(hop,)), 1), realm="intelligence")

    staff.open("intelligence")
    assert rules(staff.accord(), asked(**told)) == ["step-withheld"]
    assert admit_release(staff.accord(), MERIDIA, asked(), OFFICER, EVERYTHING)


def test_the_bytes_must_be_an_element_and_the_version_asked_for(staff: Staff) -> None:
    accord = staff.accord()
    assert rules(accord, request(b"{}")) == ["bytes-unreadable"]
    assert rules(accord, Request(FIRST, version(SECOND), "scenarios", (TORVIA,), "pia")) == ["version-mismatch"]


@pytest.mark.parametrize("act", ["suspend", "decline", "withdraw"])
def test_a_party_that_stepped_back_releases_nothing(staff: Staff, act: str) -> None:
    staff[MERIDIA].say(Standing(act))  # type: ignore[arg-type]
    assert rules(staff.accord(), request(FIRST)) == ["own-standing", "realm-closed"]


def test_a_frozen_record_stops_releases(staff: Staff) -> None:
    assert rules(staff.accord(), request(FIRST), frozen=True) == ["frozen"]


def test_an_outsider_releases_nothing_here(staff: Staff) -> None:
    found = refused(lambda: admit_release(staff.accord(), NORRIN, request(FIRST), OFFICER, EVERYTHING))
    assert "not-a-party" in found


def test_every_rule_that_fails_is_said_at_once(staff: Staff) -> None:
    staff[MERIDIA].say(Standing("withdraw"))
    asked = Request(FIRST, version(SECOND), "operations", (MERIDIA,), "pia")
    assert rules(staff.accord(), asked, decider=PLANNER, frozen=True) == [
        "decider-role",
        "two-person",
        "own-standing",
        "frozen",
        "audience-outsider",
        "realm-closed",
        "version-mismatch",
        "kind-realm",
    ]


# Revisions.


def test_a_revision_names_the_version_its_holders_have(staff: Staff) -> None:
    staff.release(MERIDIA, FIRST)
    accord = staff.accord()
    assert replaces_for(accord, MERIDIA, an_id(1), (TORVIA,)) == version(FIRST)
    admitted = admit_release(accord, MERIDIA, request(SECOND, replaces=version(FIRST)), OFFICER, EVERYTHING)
    body = decode_body(admitted.body)
    assert isinstance(body, Release)
    assert body.replaces == version(FIRST)
    assert rules(accord, request(SECOND)) == ["replaces"]
    assert rules(accord, request(FIRST, replaces=version(FIRST))) == ["already-held"]
    assert rules(accord, request(scenario(2), replaces=version(FIRST))) == ["replaces"]


def test_holders_of_different_versions_are_released_to_apart(three: Staff) -> None:
    three.release(MERIDIA, FIRST, TORVIA)
    accord = three.accord()
    assert replaces_for(accord, MERIDIA, an_id(1), (NORRIN, TORVIA)) is None
    assert replaces_for(accord, MERIDIA, an_id(1), (NORRIN,)) is None
    assert rules(accord, request(SECOND, NORRIN, TORVIA, replaces=version(FIRST))) == ["replaces-mixed"]
    assert admit_release(accord, MERIDIA, request(FIRST, NORRIN), OFFICER, EVERYTHING).audience == (NORRIN,)
    leaking: VersionHash = version(FIRST)
    assert rules(accord, request(SECOND, NORRIN, replaces=leaking)) == ["replaces"]


def test_after_a_recall_an_element_can_be_released_anew(staff: Staff) -> None:
    ref = staff.release(MERIDIA, FIRST)
    staff[MERIDIA].say(Recall(an_id(1), (ref,), (version(FIRST),)))
    assert admit_release(staff.accord(), MERIDIA, request(FIRST), OFFICER, EVERYTHING).audience == (TORVIA,)
    assert desk.holdings_of(staff.accord(), TORVIA, MERIDIA) == ()


# What talk is about, and what an element names.


def test_talk_is_about_what_stands_released_in_its_realm(staff: Staff) -> None:
    staff.release(TORVIA, FIRST)
    about = exact(TORVIA, 1, FIRST)
    for raw in (comment(5, about), adoption(6, about)):
        assert admit_release(staff.accord(), MERIDIA, request(raw), OFFICER, EVERYTHING).audience == (TORVIA,)
    assert rules(staff.accord(), request(comment(5, about), realm="exercises")) == ["about-realm"]
    assert rules(staff.accord(), request(comment(5, exact(TORVIA, 1, SECOND)))) == ["about-unreleased"]


def test_talk_about_our_own_element_needs_it_released(staff: Staff) -> None:
    about = exact(MERIDIA, 1, FIRST)
    assert rules(staff.accord(), request(adoption(5, about))) == ["about-unreleased"]
    staff.release(MERIDIA, FIRST)
    assert admit_release(staff.accord(), MERIDIA, request(adoption(5, about)), OFFICER, EVERYTHING).type == "release"


def test_a_sealed_element_is_not_spoken_of_outside_its_audience(three: Staff) -> None:
    three.release(TORVIA, FIRST, MERIDIA)
    raw = comment(5, exact(TORVIA, 1, FIRST))
    accord = three.accord(MERIDIA)
    assert rules(accord, request(raw, NORRIN, TORVIA)) == ["about-audience"]
    assert admit_release(accord, MERIDIA, request(raw, TORVIA), OFFICER, EVERYTHING).audience == (TORVIA,)


def plan_for(party: PartyId) -> bytes:
    return raw_of(Plan(title="Escort", scenarios=(ScenarioChoice(scenario=ElementRef(party, an_id(1))),)), 8)


def test_an_element_does_not_name_what_its_readers_were_not_given(three: Staff) -> None:
    ref = three.release(TORVIA, FIRST, MERIDIA)
    accord = three.accord(MERIDIA)
    assert rules(accord, request(plan_for(TORVIA), NORRIN)) == ["refers-audience"]
    assert admit_release(accord, MERIDIA, request(plan_for(TORVIA), TORVIA), OFFICER, EVERYTHING).type == "release"
    recall = Recall(an_id(1), (ref,), (version(FIRST),), "", (MERIDIA,))
    three[TORVIA].say(recall, to=[MERIDIA])
    recalled = three.accord(MERIDIA)
    assert rules(recalled, request(plan_for(TORVIA), NORRIN)) == ["refers-audience"]
    assert admit_release(recalled, MERIDIA, request(plan_for(TORVIA), TORVIA), OFFICER, EVERYTHING).type == "release"


def test_naming_our_own_or_what_nothing_is_known_of_is_ours_to_decide(three: Staff) -> None:
    for party in (MERIDIA, TORVIA):
        assert admit_release(
            three.accord(), MERIDIA, request(plan_for(party), NORRIN), OFFICER, EVERYTHING
        ).audience == (NORRIN,)


def test_a_body_too_long_to_carry_is_refused(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MAX_BODY_BYTES", 50)
    assert rules(staff.accord(), request(FIRST)) == ["body-long"]


def test_open_realms_decide_and_not_what_one_party_accepts() -> None:
    staff = Staff()
    staff[MERIDIA].say(Standing("accept", ALL_REALMS))
    assert rules(staff.accord(), request(FIRST)) == ["realm-closed"]
