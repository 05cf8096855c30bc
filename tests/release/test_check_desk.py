"""Acts of a private check at the desk: under a letter, by an officer, to one partner alone, and nothing that the partner's fold would not take."""

from typing import Any

import msgspec
import pytest

from stafftalks.accord.bodies import Body, CheckConsent, CheckEnd, EntryRef, decode_body
from stafftalks.release.authority import Authority
from stafftalks.release.desk import admit_act
from stafftalks.release.released import Released
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant
from tests.accord.cast import MERIDIA, NORRIN, THREE, TORVIA, Staff, epoch_of
from tests.accord.check_cast import Check
from tests.accord.check_words import PARTNER_POINTS, POINTS, consent, points, proposal
from tests.letters import EVERYTHING, NOW, authority, broad
from tests.release.people import HEAD, OFFICER, PLANNER, refused

NOWHERE = EntryRef(TORVIA, epoch_of("nowhere"), 3)
LATER = NOW.seconds + 1_000


@pytest.fixture
def staff() -> Staff:
    made = Staff(THREE)
    made.open("scenarios")
    return made


def under(party: PartyId = TORVIA, me: PartyId = MERIDIA, **said: Any) -> Authority:
    return authority([broad(party, me, **said)], me=me)


def said(
    staff: Staff, body: Body, by: Person = OFFICER, me: PartyId = MERIDIA, to: PartyId = TORVIA, **letter: Any
) -> Released:
    return admit_act(staff.accord(me), me, by, body, under(to, me, **letter))


def rules(*given: Any, **said_: Any) -> list[str]:
    return refused(lambda: said(*given, **said_))


def offered(name: str = "first", **terms: Any):
    return proposal(name, **{"expires": LATER, **terms})


def asked(
    staff: Staff, proposer: PartyId = TORVIA, partner: PartyId = MERIDIA, name: str = "first", **terms: Any
) -> Check:
    return Check(staff, proposer, partner, name, **{"expires": LATER, **terms})


def answer(check: Check) -> CheckConsent:
    return consent(check.ref, check.body, f"answer {check.name}")


def test_each_act_goes_to_the_partner_alone_and_names_it_under_the_letter(staff: Staff) -> None:
    acts: list[tuple[Body, Released]] = [(offered(), said(staff, offered()))]
    check = asked(staff)
    acts.append((answer(check), said(staff, answer(check))))
    check.consent()
    check.send(TORVIA, 1)
    part = points(check.ref, 2, count=PARTNER_POINTS, transcript=check.now().transcript)
    acts.append((part, said(staff, part)))
    acts.append((CheckEnd(check.ref, "stopped", "Enough."), said(staff, CheckEnd(check.ref, "stopped", "Enough."))))
    for body, released in acts:
        assert released.audience == (TORVIA,)
        assert len(released.letters) == 1
        assert released.decided_by == "ola"
        assert "private check" in released.summary
        read = decode_body(released.body)
        assert (read.terms.to if hasattr(read, "session") else read.to) == TORVIA
        assert read == (body if hasattr(read, "session") else msgspec.structs.replace(body, to=TORVIA))


def test_without_a_letter_in_force_that_permits_it_nothing_of_a_check_leaves(staff: Staff) -> None:
    assert refused(lambda: admit_act(staff.accord(), MERIDIA, OFFICER, offered())) == ["letter-missing"]
    assert rules(staff, offered(), to=NORRIN) == ["letter-missing"]
    for broken, rule in (
        ({"valid_until": Instant(NOW.seconds - 1)}, "letter-expired"),
        ({"kinds": ("plan", "activity")}, "letter-kind"),
        ({"kinds_refused": ("check",)}, "letter-kind"),
        ({"kinds_refused": ("activity",)}, "letter-kind"),
        ({"realms": ("intelligence",)}, "letter-realm"),
        ({"methods": ("file",)}, "letter-method"),
        ({"deciders": ("oda",)}, "letter-decider"),
    ):
        assert rules(staff, offered(), **broken) == [rule], broken
    assert said(staff, offered(), kinds=("check",))


def test_an_officer_decides_or_the_head_where_the_letter_says_so(staff: Staff) -> None:
    assert rules(staff, offered(), PLANNER) == ["act-role", "decider-role"]
    assert rules(staff, offered(), HEAD) == ["decider-role"]
    assert rules(staff, offered(), head_decides=("check",)) == ["letter-head"]
    assert said(staff, offered(), HEAD, head_decides=EVERYTHING).decided_by == "hedda"


def test_where_no_activity_flows_no_check_is_held(staff: Staff) -> None:
    closed = Staff(THREE)
    closed.open("intelligence")
    assert rules(closed, offered()) == ["realm-closed"]
    frozen = refused(lambda: admit_act(staff.accord(), MERIDIA, OFFICER, offered(), under(), frozen=True))
    assert frozen == ["frozen"]


def test_a_proposal_keeps_to_the_bounds_and_is_fresh(staff: Staff) -> None:
    assert rules(staff, offered(to=MERIDIA)) == ["letter-missing", "check-partner"]
    assert rules(staff, offered(to=PartyId("XQQ"))) == ["check-partner"]
    assert rules(staff, offered(cells=("b", "a"), end=0)) == ["check-terms", "check-terms"]
    assert rules(staff, offered(expires=NOW.seconds)) == ["check-lapsed"]
    asked(staff)
    assert rules(staff, offered()) == ["check-fresh"]
    assert rules(staff, msgspec.structs.replace(offered("other"), key=offered().key)) == ["check-fresh"]


def test_a_finer_check_refines_one_of_the_two_that_is_done(staff: Staff) -> None:
    first = asked(staff)
    assert rules(staff, offered("finer", refines=NOWHERE)) == ["check-refines"]
    assert rules(staff, offered("finer", refines=first.ref)) == ["check-refines"]
    first.run()
    assert said(staff, offered("finer", refines=first.ref))
    others = asked(staff, TORVIA, NORRIN, "others")
    others.run()
    assert rules(staff, offered("finer", refines=others.ref)) == ["check-refines"]


def test_only_a_proposal_to_us_can_be_answered_once_and_in_its_own_terms(staff: Staff) -> None:
    check = asked(staff)
    assert rules(staff, CheckConsent(NOWHERE, "", "decline")) == ["check-unknown"]
    changed = msgspec.structs.replace(answer(check), terms=answer(check).root)
    assert rules(staff, changed) == ["check-changed"]
    assert rules(staff, msgspec.structs.replace(answer(check), key="")) == ["check-terms"]
    mine = asked(staff, MERIDIA, TORVIA, "mine")
    assert rules(staff, answer(mine)) == ["check-unknown"]
    stale = asked(staff, name="stale", expires=NOW.seconds - 1)
    assert rules(staff, answer(stale)) == ["check-lapsed"]
    assert said(staff, CheckConsent(stale.ref, stale.now().digest, "decline"))
    broken = asked(staff, name="broken", end=0)
    assert rules(staff, answer(broken)) == ["check-broken"]
    assert said(staff, CheckConsent(broken.ref, broken.now().digest, "decline"))
    assert rules(staff, msgspec.structs.replace(answer(check), key=check.body.key)) == ["check-fresh"]
    check.consent()
    assert rules(staff, answer(check)) == ["check-answered", "check-state", "check-fresh"]


def test_points_are_sent_in_turn_in_order_and_as_many_as_agreed(staff: Staff) -> None:
    check = asked(staff, MERIDIA, TORVIA)
    part = points(check.ref, 1)
    assert rules(staff, part) == ["check-state", "check-points"]
    check.consent()
    part = points(check.ref, 1, transcript=check.now().transcript)
    for wrong in (
        points(check.ref, 2, count=PARTNER_POINTS, transcript=part.transcript),
        points(check.ref, 1, count=POINTS - 1, transcript=part.transcript),
        points(check.ref, 1, part=2, parts=2, count=POINTS + 1, transcript=part.transcript),
        points(check.ref, 1),
    ):
        assert rules(staff, wrong) == ["check-points"]
    assert rules(staff, part, kinds=("plan",)) == ["letter-kind"]
    assert said(staff, part)
    check.send(MERIDIA, 1)
    assert rules(staff, part) == ["check-points"]
    assert rules(staff, points(NOWHERE, 1)) == ["check-unknown"]
    check.end(MERIDIA, "stopped")
    assert rules(staff, part) == ["check-state", "check-ended", "check-points"]


def test_stopping_needs_no_letter_and_no_open_realm(staff: Staff) -> None:
    check = asked(staff, MERIDIA, TORVIA)
    stop = CheckEnd(check.ref, "stopped", "We withdraw it.")
    assert rules(staff, CheckEnd(check.ref, "done")) == ["check-early"]
    assert rules(staff, CheckEnd(check.ref, "stopped", "x" * 3_000)) == ["text-long"]
    assert rules(staff, CheckEnd(NOWHERE, "stopped")) == ["check-unknown"]
    for by in (HEAD, OFFICER):
        assert admit_act(staff.accord(), MERIDIA, by, stop).audience == (TORVIA,)
    check.end(MERIDIA, "stopped")
    assert rules(staff, stop) == ["check-ended"]
