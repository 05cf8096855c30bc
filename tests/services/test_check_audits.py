"""What an auditor finds in the files of a check: nothing where both kept to the rules, and by name what somebody left out, made up or sent otherwise."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.accord.bodies import EntryRef
from stafftalks.deconflict import covers
from stafftalks.deconflict.private import work
from stafftalks.deconflict.private.work import Piece
from stafftalks.record import dsse
from stafftalks.services import check_audits, check_openings, check_work, checks, elements
from stafftalks.services.check_audits import AuditReport
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, PeerError, RefusedError
from stafftalks.values.ids import AccordId
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, own, plan, quickly, run, terms
from tests.services.scenes import accepted, house, talk

HANDS = QuickWorkers()


def quick(pieces: Iterable[Piece]) -> Iterable[bytes]:
    return map(quickly, pieces)


def held(
    *,
    auditor: str = "Col Audit",
    theirs: slice = slice(None),
    between: Callable[[Headquarters], object] = lambda _: None,
    **said: object,
) -> tuple[Headquarters, Headquarters, AccordId, EntryRef]:
    """A check that is over; Torvia puts in only these of its activities."""
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    chosen = plan(torvia, TORVIAN)
    proposal = checks.propose(meridia, OFFICER, accord, terms(torvia, auditor=auditor, **said), own(meridia))
    talk(meridia, torvia)
    checks.consent(torvia, OFFICER, proposal, chosen[theirs])
    talk(meridia, torvia)
    between(torvia)
    run(meridia, torvia, proposal, HANDS)
    return meridia, torvia, accord, proposal


def files(proposal: EntryRef, *opening: Headquarters, plans: bool = False) -> dict[str, bytes]:
    """The transcript, the openings of these, and where asked for what they planned."""
    found = {
        f"transcript {number}": raw
        for number, raw in enumerate(check_openings.transcript_files(opening[0], OFFICER, proposal))
    }
    for hq in opening:
        found[f"{hq.party} opening"] = check_openings.opening(hq, OFFICER, proposal)
        if plans:
            found[f"{hq.party} plans"] = check_openings.plans_file(hq, OFFICER, proposal)
    return found


def about(report: AuditReport) -> set[tuple[str, str]]:
    return {(finding.party, finding.about) for finding in report.findings}


@pytest.mark.parametrize("said", [{}, {"mode": "count", "learns": "proposer"}, {"mode": "any", "learns": "partner"}])
def test_where_both_kept_to_the_rules_nothing_is_found(said: dict[str, object]) -> None:
    meridia, torvia, accord, proposal = held(**said)
    report = check_audits.audit(files(proposal, meridia, torvia, plans=True), quick)
    assert report.sound, report.findings
    assert (report.accord, report.proposal, set(report.opened)) == (accord, proposal, {"XMR", "XTV"})
    assert not report.unchecked
    assert any("XTV opened 2 activities" in sentence for sentence in report.checked)


def test_of_one_opening_what_could_not_be_looked_at_is_said() -> None:
    meridia, *_, proposal = held()
    report = check_audits.audit(files(proposal, meridia), quick)
    assert report.sound
    assert report.opened == ("XMR",)
    assert {"XTV did not open: whether it kept to the rules is not told."} < set(report.unchecked)


def test_who_leaves_out_an_activity_is_found_by_what_it_planned() -> None:
    _, torvia, _, proposal = held(theirs=slice(1, None))  # the sonar trial stays out
    assert check_audits.audit(files(proposal, torvia), quick).sound
    report = check_audits.audit(files(proposal, torvia, plans=True), quick)
    assert about(report) == {("XTV", "omitted")}
    assert [finding.title for finding in report.findings] == ["Sonar trial"]


def test_what_was_planned_only_afterwards_or_elsewhere_was_not_left_out() -> None:
    def later(torvia: Headquarters) -> None:
        torvia.clock.advance(60)
        plan(torvia, [("Later", *MERIDIAN[0][1:])])
        row = next(row for row in torvia.holdings.find(kind="activity")[1] if row.title == "Sonar trial")
        content = msgspec.structs.replace(elements.content(row), title="Sonar trial, revised")  # type: ignore[type-var]
        elements.revise(torvia, PLANNER, row.id, content, row.version)
        plan(torvia, [("Elsewhere", "circle 10, 10 radius 1 km", *MERIDIAN[0][2:])])

    _, torvia, _, proposal = held(between=later)
    assert check_audits.audit(files(proposal, torvia, plans=True), quick).sound


def test_who_commits_to_an_activity_and_sends_no_points_for_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = covers.keys

    def lying(torvia: Headquarters) -> None:
        def fewer(volumes, grid, role):  # type: ignore[no-untyped-def]
            return right([one for one in volumes if one.title != "Sonar trial"], grid, role)

        monkeypatch.setattr(covers, "keys", fewer)

    _, torvia, _, proposal = held(between=lying)
    monkeypatch.setattr(covers, "keys", right)
    report = check_audits.audit(files(proposal, torvia), quick)
    assert ("XTV", "keys") in about(report)
    assert {finding.title for finding in report.findings if finding.about == "keys"} == {"Sonar trial"}


def test_who_opens_another_scalar_or_other_activities_is_found() -> None:
    _, torvia, _, proposal = held()
    row = torvia.checks.check(proposal)
    assert row is not None
    torvia.checks._rows[proposal] = msgspec.structs.replace(row, secret=b"x" * 32)  # type: ignore[attr-defined]
    report = check_audits.audit(files(proposal, torvia), quick)
    assert {("XTV", "root"), ("XTV", "scalar")} <= about(report)


def test_who_returns_other_points_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = work.assemble_returned

    def swapped(*args: Any) -> bytes:
        made = right(*args)
        return made[32:64] + made[:32] + made[64:]

    with monkeypatch.context() as lying:
        lying.setattr(work, "assemble_returned", swapped)
        _, torvia, _, proposal = held(learns="proposer")
    report = check_audits.audit(files(proposal, torvia), quick)
    assert about(report) == {("XTV", "returned")}


def test_an_opening_that_its_party_did_not_sign_is_refused() -> None:
    meridia, torvia, _, proposal = held()
    shown = files(proposal, torvia, meridia)
    envelope, _ = check_openings.read_opening(shown["XTV opening"])
    for key in ("x", dsse.key_id(meridia.keyring.card().node_key), dsse.key_id(torvia.keyring.card().node_key)):
        shown["XTV opening"] = dsse.sign(envelope.payload_type, envelope.payload, [(key, meridia.keyring.sign_as_node)])
        with pytest.raises(PeerError, match="XTV opening: "):
            check_audits.audit(shown, quick)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_a_party_opens_an_auditor_gets_a_report_or_a_sentence(data: st.DataObject) -> None:
    _, torvia, shown = audited()
    envelope, _ = check_openings.read_opening(shown["XTV opening"])
    payload = bytearray(envelope.payload)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(payload) - 1))
        payload[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"0", b"z", b'\\"', b"[", b"-1"])
        )
    key = dsse.key_id(torvia.keyring.card().node_key)
    forged = dsse.sign(envelope.payload_type, bytes(payload), [(key, torvia.keyring.sign_as_node)])
    sound = False
    with suppress(PeerError):
        sound = check_audits.audit({**shown, "XTV opening": forged}, quick).sound
    assert sound == (bytes(payload) == envelope.payload)


@cache
def audited() -> tuple[Headquarters, Headquarters, dict[str, bytes]]:
    """A check that is over, with its files; made once."""
    meridia, torvia, _, proposal = held()
    return meridia, torvia, files(proposal, torvia, plans=True)


def test_files_of_two_checks_or_of_none_are_refused() -> None:
    meridia, torvia, _, proposal = held()
    other = held()
    opening = check_openings.opening(torvia, OFFICER, proposal)
    with pytest.raises(PeerError, match="transcripts of 0 checks"):
        check_audits.audit({"opening": opening}, quick)
    with pytest.raises(PeerError, match="damaged: "):
        check_audits.audit({**files(proposal, meridia), "damaged": opening[:-9]}, quick)
    other[0].clock.advance(5)
    again = checks.view(other[0], other[3])
    assert again.state.ref == proposal  # the same dice: the same record


def test_nothing_is_opened_where_no_auditor_was_agreed_or_by_whom_it_is_not_to_be() -> None:
    meridia, _, _, proposal = held(auditor="")
    with pytest.raises(RefusedError, match="No auditor was agreed"):
        check_openings.opening(meridia, OFFICER, proposal)
    meridia, torvia, _, proposal = held()
    with pytest.raises(RefusedError):
        check_openings.opening(meridia, PLANNER, proposal)
    with pytest.raises(RefusedError):
        check_openings.plans_file(meridia, AUDITOR, proposal)
    assert check_openings.transcript_files(meridia, AUDITOR, proposal)
    meridia.checks.forget_secret(proposal)
    with pytest.raises(MisuseError, match="not kept any more"):
        check_openings.opening(meridia, HEAD, proposal)
    assert [row.act for row in torvia.journal.find(act="check opened")[1]] == []
    check_openings.opening(torvia, OFFICER, proposal)
    assert [row.act for row in torvia.journal.find(act="check opened")[1]] == ["check opened"]
    assert check_work.runnable(torvia) == ()
