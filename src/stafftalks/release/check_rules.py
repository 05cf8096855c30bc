"""The rules for acts of a private check. Whatever tells of our activities, if only as points, leaves under a letter and by a person's decision.

Proposing, consenting and each part of points: the accord must be in force in a realm in which activities flow, no record frozen, and one letter must let
a check be held with this partner. Declining and stopping need none of that, so nothing a partner writes can keep us in a check. Beyond that the rules
refuse only what would break the check by the partner's fold.
"""

from collections.abc import Iterator
from typing import Final, assert_never

import msgspec

from stafftalks.accord.bodies import (
    CheckBody,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    EntryRef,
)
from stafftalks.accord.check_terms import MAX_WORDS, consent_faults, proposal_faults
from stafftalks.accord.parts import CheckAct
from stafftalks.accord.reading import points_part
from stafftalks.accord.state import Accord, CheckState, check_at, open_realms, part_fault, used_before
from stafftalks.planning.kinds import realms_of
from stafftalks.release.authority import Authority
from stafftalks.release.letter_rules import Verdict, check_verdict
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role

CHECKED: Final = "activity"
"""The kind of element that checks tell of; checks flow where it flows."""
_DECIDERS: Final = (Role.OFFICER, Role.HEAD)

Rules = Iterator[Refusal]


def check_refusals(
    accord: Accord, me: PartyId, person: Person, body: CheckBody, authority: Authority | None, *, frozen: bool
) -> Rules:
    """Every rule that says no to this act of a check."""
    lacking = person.lacking(*_DECIDERS)
    if lacking:
        yield Refusal("act-role", lacking.sentence)
    now = authority.now.seconds if authority else 0
    match body:
        case CheckProposal():
            yield from _going(accord, person, body.terms.to, authority, frozen=frozen)
            yield from _proposal(accord, me, body, now)
        case CheckConsent():
            yield from _answer(accord, me, person, body, authority, frozen=frozen)
        case CheckPoints():
            yield from _points(accord, me, person, body, authority, frozen=frozen)
        case CheckEnd():
            yield from _end(accord, me, body)
        case _:
            assert_never(body)


def letter_for(accord: Accord, party: PartyId, person: Person, authority: Authority | None) -> Verdict:
    """The letter under which a check is held with `party`, or what the nearest says against it."""
    if authority is None:
        sentence = f"No disclosure letter for {party} is known, and without one nothing leaves for it."
        return Verdict(party, None, (Refusal("letter-missing", sentence),))
    return check_verdict(authority, party, realms_of(CHECKED) & open_realms(accord) or realms_of(CHECKED), person)


def addressed(accord: Accord, me: PartyId, body: CheckBody) -> tuple[CheckBody, PartyId]:
    """The body with the other of the two written into it, and who that is; for a body that was admitted."""
    if isinstance(body, CheckProposal):
        return body, body.terms.to
    check = check_at(accord, body.proposal)
    other = check.other(me) if check else PartyId("")
    return msgspec.structs.replace(body, to=other), other


def _going(accord: Accord, person: Person, party: PartyId, authority: Authority | None, *, frozen: bool) -> Rules:
    """What anything that tells of our activities must keep to."""
    if frozen:
        yield Refusal("frozen", "A record of this accord is frozen after a fork: no check is held in it.")
    if not realms_of(CHECKED) & open_realms(accord):
        names = " or ".join(sorted(realms_of(CHECKED)))
        yield Refusal("realm-closed", f"A check tells of activities, and {names} is not open between all parties now.")
    if party in accord.parties:
        yield from letter_for(accord, party, person, authority).refusals


def _proposal(accord: Accord, me: PartyId, body: CheckProposal, now: int) -> Rules:
    if body.terms.to not in accord.others(me):
        sentence = f"A check is proposed to one other party of the accord, and {body.terms.to[:8] or 'nobody'} is none."
        yield Refusal("check-partner", sentence)
    yield from (Refusal("check-terms", sentence) for sentence in proposal_faults(body))
    if body.terms.expires <= now:
        yield Refusal("check-lapsed", "The check would have lapsed before it is proposed: give it a later time.")
    if any(used_before(accord, party, token) for party in accord.parties for token in (body.session, body.key)):
        yield _not_fresh()
    if body.terms.refines is not None:
        yield from _refined(accord, me, body.terms.refines, body.terms.to, now)


def _refined(accord: Accord, me: PartyId, refines: EntryRef, partner: PartyId, now: int) -> Rules:
    first = check_at(accord, refines, now)
    if first is None or {first.proposer, first.partner} != {me, partner}:
        sentence = f"It is to refine the check at {_place(refines)}, and no check with {partner} was proposed there."
        yield Refusal("check-refines", sentence)
    elif first.state != "done":
        yield Refusal("check-refines", f"The check at {_place(refines)} is not done, so it has no hits to refine.")


def _answer(
    accord: Accord, me: PartyId, person: Person, body: CheckConsent, authority: Authority | None, *, frozen: bool
) -> Rules:
    check = check_at(accord, body.proposal, authority.now.seconds if authority else 0)
    if check is None or check.partner != me:
        yield Refusal("check-unknown", f"No check was proposed to us at {_place(body.proposal)}: nothing to answer.")
        return
    yield from (Refusal("check-terms", sentence) for sentence in consent_faults(body))
    if check.answer is not None:
        yield Refusal("check-answered", "This check is answered already.")
    if body.terms != check.digest:
        yield Refusal("check-changed", "The terms named are not those of the proposal: read it again.")
    if body.act == "decline":
        return
    yield from _going(accord, person, check.proposer, authority, frozen=frozen)
    yield from _not_open(check, "proposed")
    if any(used_before(accord, party, body.key) for party in accord.parties):
        yield _not_fresh()
    if any(used_before(accord, me, token) for token in (check.body.session, check.body.key)):
        yield Refusal("check-fresh", "The proposal names a session or key that we have used ourselves: decline it.")
    if check.terms.refines is not None:
        now = authority.now.seconds if authority else 0
        yield from _refined(accord, me, check.terms.refines, check.proposer, now)


def _points(
    accord: Accord, me: PartyId, person: Person, body: CheckPoints, authority: Authority | None, *, frozen: bool
) -> Rules:
    check = check_at(accord, body.proposal, authority.now.seconds if authority else 0)
    if check is None or me not in (check.proposer, check.partner):
        yield Refusal("check-unknown", f"No check of ours was proposed at {_place(body.proposal)}.")
        return
    yield from _going(accord, person, check.other(me), authority, frozen=frozen)
    yield from _not_open(check, "running")
    if check.ended(me):
        yield Refusal("check-ended", "We have said our last word in this check: nothing more is sent in it.")
    part = CheckAct(body.proposal, 0, points_part(body), "")
    why = part_fault(check, me, part)
    if why:
        yield Refusal("check-points", why)
    held = next((step for step in check.steps if (step.step, step.sort) == (body.step, body.sort)), None)
    if held is not None and not why and any(getattr(act.body, "part", 0) == body.part for act in held.seen):
        yield Refusal("check-points", f"Part {body.part} of this message was sent already.")


def _end(accord: Accord, me: PartyId, body: CheckEnd) -> Rules:
    check = check_at(accord, body.proposal)
    if check is None or me not in (check.proposer, check.partner):
        yield Refusal("check-unknown", f"No check of ours was proposed at {_place(body.proposal)}.")
        return
    if len(body.statement) > MAX_WORDS:
        yield Refusal("text-long", f"The statement is {len(body.statement):,} characters long: at most {MAX_WORDS:,}.")
    if check.ended(me) or check.state == "declined":
        yield Refusal("check-ended", "This check has ended for us already.")
    elif body.outcome == "done" and (not check.steps or any(not s.complete for s in check.steps if s.party == me)):
        yield Refusal("check-early", "We have not sent all that we are to send in this check: send it, or stop it.")


def _not_open(check: CheckState, wanted: str) -> Rules:
    """Why a check that is not `wanted` cannot go on."""
    if check.state == wanted:
        return
    broken = next((fault.sentence for fault in check.faults if fault.breaks), "")
    match check.state:
        case "broken":
            yield Refusal(
                "check-broken", f"This check is broken: {broken} Stop it, and propose another if you want one."
            )
        case "lapsed":
            yield Refusal("check-lapsed", "This check has lapsed: propose another if you want one.")
        case _:
            yield Refusal("check-state", f"This check is {check.state}: nothing of the kind can be said in it now.")


def _not_fresh() -> Refusal:
    return Refusal("check-fresh", "The session or key was used in this accord before: each check needs fresh ones.")


def _place(ref: EntryRef) -> str:
    return f"entry {ref.n} of {ref.party}'s record"
