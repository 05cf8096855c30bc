"""Acts of private checks at the gate: only where the rules permit checks with this partner, for this partner, and in the shape of one."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from stafftalks.accord.bodies import CheckBody, CheckConsent, CheckEnd, EntryRef, encode_body
from stafftalks.gate.judging import Author, Case, judge
from stafftalks.gate.rules import parse
from stafftalks.record import canon
from stafftalks.record.b64 import url
from stafftalks.services import check_work, checks, gate_rules, outgoing
from stafftalks.values.ids import EpochId, PartyId
from tests.accord.check_words import TORVIA, consent, points, proposal, token
from tests.fakes import OFFICER
from tests.gate.stage import letter, rules
from tests.gate.test_gate_judging import NOW, carrying, told
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, own, plan
from tests.services.checking import terms as terms_of
from tests.services.scenes import accepted, house, talk

PLACE = EntryRef(PartyId("XTV"), EpochId("a" * 26), 3)
SAID = token("said", 32)
CHECKS = rules(checks=True)
PROPOSAL = proposal()
POINTS = msgspec.structs.replace(points(PLACE, 2, "returned", transcript=SAID), to=TORVIA)
CONSENT = consent(PLACE, PROPOSAL)
END = CheckEnd(PLACE, "stopped", "Enough.", to=TORVIA)
ACTS: tuple[CheckBody, ...] = (PROPOSAL, CONSENT, POINTS, END)


def kind_of(body: CheckBody) -> str:
    return str(body.__struct_config__.tag)


def changed(body: CheckBody, **said: Any) -> dict[str, Any]:
    return {**msgspec.to_builtins(body), **said}


def terms(**said: Any) -> dict[str, Any]:
    return changed(PROPOSAL, terms={**msgspec.to_builtins(PROPOSAL.terms), **said})


@pytest.mark.parametrize("body", ACTS, ids=kind_of)
def test_acts_of_checks_pass_where_checks_are_permitted(body: CheckBody) -> None:
    assert carrying(encode_body(body), kind_of(body), CHECKS).refusals == ()
    assert carrying(encode_body(body), "sealed", CHECKS).refusals == ()


@pytest.mark.parametrize("body", ACTS, ids=kind_of)
def test_only_ending_passes_where_they_are_not(body: CheckBody) -> None:
    expected = set() if body is END else {"gate-check"}
    for found in (rules(), rules(letter(valid_until=NOW), checks=True), rules(letter(methods=("file",)), checks=True)):
        assert told(carrying(encode_body(body), kind_of(body), found)) == expected
    decline = CheckConsent(PLACE, SAID, "decline", to=TORVIA)
    assert told(carrying(encode_body(decline), "check-consent", rules())) == set()


@pytest.mark.parametrize("body", ACTS, ids=kind_of)
def test_none_passes_that_is_for_somebody_else(body: CheckBody) -> None:
    to = PartyId("XPA")
    other = proposal(to=to) if body is PROPOSAL else msgspec.structs.replace(body, to=to)
    for kind in ("sealed", kind_of(body)):
        assert told(carrying(encode_body(other), kind, CHECKS)) == {"gate-audience"}


@pytest.mark.parametrize(
    "body",
    [
        changed(POINTS, points=url(b"The bridge is mined, and here it says so.")),
        changed(POINTS, points=""),
        changed(POINTS, points="The bridge is mined."),
        changed(POINTS, points=POINTS.points + "\n"),
        changed(POINTS, points=[POINTS.points]),
        changed(POINTS, points=url(b"p" * 32 * 40_001)),
        changed(POINTS, step=4),
        changed(POINTS, step=True),
        changed(POINTS, sort="other"),
        changed(POINTS, part=65),
        changed(POINTS, transcript="The bridge is mined."),
        changed(POINTS, proposal={"party": "XTV", "epoch": "The bridge", "n": 3}),
        changed(POINTS, proposal={**msgspec.to_builtins(PLACE), "said": "The bridge is mined."}),
        changed(CONSENT, root=url(b"The bridge is mined.")),
        changed(CONSENT, act="perhaps"),
        changed(CONSENT, statement="x" * 2_001),
        changed(END, statement=7),
        changed(PROPOSAL, session=url(b"The bridge is mined.")),
        changed(PROPOSAL, terms=msgspec.to_builtins(PROPOSAL.terms) | {"said": "The bridge is mined."}),
        terms(cells=["The bridge is mined."]),
        terms(cells=[]),
        terms(cells="a0213"),
        terms(cover="The bridge is mined."),
        terms(purpose="x" * 2_001),
        terms(auditor="x" * 201),
        terms(start=2**50),
        terms(resources=1),
        terms(mode="all"),
        terms(refines="The bridge is mined."),
    ],
)  # fmt: skip
def test_nothing_else_goes_out_in_the_shape_of_a_check(body: dict[str, Any]) -> None:
    assert told(carrying(canon.encode(body), body["type"], CHECKS)) == {"gate-check"}


def test_points_have_a_bound_of_their_own() -> None:
    full = encode_body(msgspec.structs.replace(POINTS, points=url(b"p" * 32 * 40_000)))
    assert carrying(full, "check-points", CHECKS).refusals == ()
    assert told(carrying(full, "check-points", rules(checks=True, max_check_bytes=len(full)))) == {"gate-entry-size"}
    fields = changed(POINTS, also="The bridge is mined.")
    assert told(carrying(canon.encode(fields), "check-points", CHECKS)) == {"gate-body"}


def test_a_whole_check_passes_under_the_rules_that_its_headquarters_wrote() -> None:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for hq, planned in ((meridia, MERIDIAN), (torvia, TORVIAN)):
        plan(hq, planned)
    written = parse(gate_rules.export(meridia).text.encode())
    authors = {hq.party: Author(hq.party, (hq.keyring.card(),)) for hq in (meridia, torvia)}
    about = checks.propose(meridia, OFFICER, accord, terms_of(torvia), own(meridia))
    talk(meridia, torvia)
    checks.consent(torvia, OFFICER, about, own(torvia))
    talk(meridia, torvia)
    for _ in range(4):
        for hq in (meridia, torvia):
            check_work.advance(hq, about, QuickWorkers())
        talk(meridia, torvia)
    row = meridia.records.accord(accord)
    meridia.records.put_holding(torvia.party, accord, {})
    plaintext = outgoing.compose(meridia, row, meridia.partners.partner(torvia.party)).plaintext
    when = datetime.fromtimestamp(meridia.clock.now(), UTC)
    case = Case(written, authors[meridia.party], authors, "https", when)
    passed = judge(plaintext, torvia.party, {}, case)
    assert passed.refusals == ()
    assert plaintext.count(b'"type":"check-points"') == 2
    partner = msgspec.structs.replace(written.partners[0], checks=False)
    without = msgspec.structs.replace(written, partners=(partner,))
    assert told(judge(plaintext, torvia.party, {}, msgspec.structs.replace(case, rules=without))) == {"gate-check"}
