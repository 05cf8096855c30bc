"""Private checks between two parties: what was proposed, answered and sent, who is next, and what is not as it must be.

A check is computed from the sheets and never stored. The rules kept:

1. Only the two count. What a third says in a check of others is told, and changes nothing.
2. Each message has one author, whom the terms fix: (1) the proposer's own points; (2) the partner's own and, where the proposer learns, the
   proposer's points returned; (3) where the partner learns, the partner's points returned. A later step waits for the earlier ones.
3. A consent names the exact body of the proposal. Each message has exactly the points that the terms say, in parts that fit together.
4. A party's first answer and its first end stand. What it sends after its end, or after the check has lapsed, is without effect.
5. A session or key that a party has used before is not fresh: what names it again is a fault.
6. Each part states all that was said before it in the check (`check_transcript`).
7. A fault of one of the two breaks the check, and nothing more is sent in it. It rests on signed words of that party alone.

What points are, and whether they are good ones, is no matter of this room.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, cast

import msgspec

from stafftalks.accord.bodies import CheckConsent, CheckEnd, CheckProposal, CheckTerms, EntryRef
from stafftalks.accord.check_state import CheckState, Fault, Progress, StepState
from stafftalks.accord.check_terms import MAX_PART_POINTS, MAX_PARTS, consent_faults, proposal_faults
from stafftalks.accord.check_transcript import after, opened
from stafftalks.accord.parts import CheckAct, PointsPart, Sheet
from stafftalks.accord.product import Accord
from stafftalks.values.ids import PartyId

_Sort = Literal["own", "returned"]
_CHECKS: Final = "checks"
_REUSED: Final = "reused in checks"
_ORDINALS: Final = {1: "first", 2: "second", 3: "third"}


def checks(accord: Accord, now: int = 0) -> tuple[CheckState, ...]:
    """Every private check of the accord as held here, the newest first. `now` in unix seconds tells which have lapsed; without it none has for want of time."""
    held = accord.__dict__.get(_CHECKS)
    if held is None:
        about = _acts_about(accord)
        found = [
            _state(accord, act, about.get(act.ref, {}))
            for party in accord.parties
            for act in accord.sheet(party).checks
            if isinstance(act.body, CheckProposal)
        ]
        held = accord.__dict__[_CHECKS] = tuple(sorted(found, key=lambda check: (-check.at, check.ref)))
    return tuple(_as_of(check, now) for check in cast("tuple[CheckState, ...]", held))


def check_at(accord: Accord, proposal: EntryRef, now: int = 0) -> CheckState | None:
    """The check proposed by the entry `proposal`, or None where none is held."""
    return next((check for check in checks(accord, now) if check.ref == proposal), None)


def messages(terms: CheckTerms, proposer: PartyId) -> tuple[StepState, ...]:
    """The messages of a check under these terms, in the order in which they are sent, nothing of them there yet."""
    theirs, ours = terms.partner_points, terms.proposer_points
    planned = [StepState(1, "own", proposer, ours), StepState(2, "own", terms.to, theirs)]
    if terms.learns != "partner":
        planned.append(StepState(2, "returned", terms.to, ours))
    if terms.learns != "proposer":
        planned.append(StepState(3, "returned", proposer, theirs))
    return tuple(planned)


def part_fault(check: CheckState, party: PartyId, act: CheckAct) -> str:
    """Why this further part of points by `party` would have no place in the check as it stands; empty where it has its place."""
    part = cast("PointsPart", act.body)
    step = next((step for step in check.steps if (step.step, step.sort) == (part.step, part.sort)), None)
    why = _misplaced(step, party, part, consented=bool(check.steps))
    if why or step is None:
        return why
    grown, why = _with_part(step, act, part)
    steps = tuple(grown if one is step else one for one in check.steps)
    if not why and part.transcript != check.transcript:
        why = (
            "It does not state what was said in this check so far: send the parts in their order, one after the other."
        )
    return why or next((fault.sentence for fault in _out_of_turn(steps)), "")


def used_before(accord: Accord, party: PartyId, token: str) -> bool:
    """Whether this party names the session or key `token` in any proposal or consent of this accord, also in one that a restore made it forget."""
    said = accord.sheet(party).journal.values()
    return any(token in _tokens(act) for act in said if isinstance(act, CheckAct))


def _as_of(check: CheckState, now: int) -> CheckState:
    late = check.state in ("proposed", "running") and now > check.terms.expires
    return msgspec.structs.replace(check, state="lapsed") if late else check


def _acts_about(accord: Accord) -> dict[EntryRef, dict[PartyId, list[CheckAct]]]:
    """All acts but proposals, by the proposal they name and by party, each party's in the order of its record."""
    found: dict[EntryRef, dict[PartyId, list[CheckAct]]] = {}
    for party in accord.parties:
        for act in accord.sheet(party).checks:
            if not isinstance(act.body, CheckProposal):
                found.setdefault(act.body.proposal, {}).setdefault(party, []).append(act)
    return found


def _state(accord: Accord, proposal: CheckAct, said: Mapping[PartyId, Sequence[CheckAct]]) -> CheckState:
    body = cast("CheckProposal", proposal.body)
    two = (proposal.ref.party, body.terms.to)
    answer, of_answer = _answer(accord, proposal, said.get(body.terms.to, ()))
    faults = [*_proposal_faults(accord, proposal, body), *of_answer]
    consented = answer is not None and cast("CheckConsent", answer.body).act == "consent"
    if any(fault.breaks for fault in of_answer):
        consented = False
    steps = messages(body.terms, proposal.ref.party) if consented else ()
    for party in two:
        steps, of_points = _sent(steps, party, said.get(party, ()), body.terms.expires)
        faults += of_points
    ends = tuple(end for party in two if (end := _end(said.get(party, ()))) is not None)
    transcript, of_transcript = "", list[Fault]()
    if answer is not None and steps:
        transcript, of_transcript = _heard(opened(accord.id, proposal.digest, answer.digest), steps)
    check = CheckState(proposal.ref, proposal.at, body, proposal.digest, "running", answer, steps, ends, (), transcript)
    faults += [*_out_of_turn(steps), *of_transcript, *_strangers(said, two), *_left_early(check)]
    late = answer is None and any(isinstance(act.body, CheckConsent) for act in said.get(body.terms.to, ()))
    return msgspec.structs.replace(check, state=_progress(check, faults, late=late), faults=tuple(faults))


def _progress(check: CheckState, faults: Sequence[Fault], *, late: bool) -> Progress:
    if check.answer is not None and check.consent is None:
        return "declined"
    if any(fault.breaks for fault in faults):
        return "broken"
    if any(_stops(check, end) for end in check.ends):
        return "stopped"
    if check.answer is None:
        return "lapsed" if late else "proposed"
    return "done" if all(step.complete for step in check.steps) else "running"


def _proposal_faults(accord: Accord, proposal: CheckAct, body: CheckProposal) -> Iterator[Fault]:
    party, ref = proposal.ref.party, proposal.ref
    if body.terms.to not in accord.others(party):
        yield Fault(
            party, ref, f"It proposes a check to {body.terms.to[:8]!r}, which is no other party of this accord."
        )
    yield from (Fault(party, ref, sentence) for sentence in proposal_faults(body))
    if ref in _reused(accord.sheet(party)):
        yield Fault(party, ref, f"{party} has used this session or key before: each check needs fresh ones.")


def _answer(accord: Accord, proposal: CheckAct, said: Sequence[CheckAct]) -> tuple[CheckAct | None, tuple[Fault, ...]]:
    """The partner's first answer, and what is wrong with its answers; one that came too late is none."""
    answers = [act for act in said if isinstance(act.body, CheckConsent)]
    if not answers:
        return None, ()
    first, *later = answers
    again = tuple(
        Fault(act.ref.party, act.ref, f"{act.ref.party} had answered this check already.", breaks=False)
        for act in later
        if act.digest != first.digest
    )
    terms = cast("CheckProposal", proposal.body).terms
    if first.at > terms.expires:
        sentence = f"{terms.to} answered after the check had lapsed."
        return None, (Fault(terms.to, first.ref, sentence, breaks=False), *again)
    faults = (Fault(terms.to, first.ref, sentence) for sentence in _answer_faults(accord, proposal, first))
    return first, (*faults, *again)


def _answer_faults(accord: Accord, proposal: CheckAct, answer: CheckAct) -> Iterator[str]:
    said, asked = cast("CheckConsent", answer.body), cast("CheckProposal", proposal.body)
    yield from consent_faults(said)
    if said.terms != proposal.digest:
        yield f"{asked.terms.to} answered other terms than those proposed."
    if said.act == "consent" and said.key == asked.key:
        yield f"{asked.terms.to} answered with the key of the proposal instead of its own."
    if answer.ref in _reused(accord.sheet(asked.terms.to)):
        yield f"{asked.terms.to} has used this key before: each check needs a fresh one."


def _sent(
    steps: tuple[StepState, ...], party: PartyId, said: Sequence[CheckAct], expires: int
) -> tuple[tuple[StepState, ...], list[Fault]]:
    """The messages with the parts that this party has sent, and what is wrong with those."""
    planned: dict[tuple[int, str], StepState] = {(step.step, step.sort): step for step in steps}
    faults: list[Fault] = []
    ended = False
    for act in said:
        part = act.body
        if isinstance(part, CheckEnd):
            ended = True
        if not isinstance(part, PointsPart):
            continue
        step = planned.get((part.step, part.sort))
        if ended or act.at > expires:
            when = "its last word in this check" if ended else "the check had lapsed"
            faults.append(
                Fault(party, act.ref, f"{party} sent points after {when}: they are without effect.", breaks=False)
            )
        elif why := _misplaced(step, party, part, consented=bool(steps)):
            faults.append(Fault(party, act.ref, why))
        elif step is not None:
            planned[step.step, step.sort], why = _with_part(step, act, part)
            faults += [Fault(party, act.ref, why)] if why else []
    return tuple(planned.values()), faults


def _misplaced(step: StepState | None, party: PartyId, part: PointsPart, *, consented: bool) -> str:
    """Why these points have no place in the check at all; empty where they have one."""
    what = f"the {_ORDINALS.get(part.step, 'a further')} step ({part.sort})"
    if not consented:
        return f"{party} sent points before the check was consented to."
    if step is None:
        return f"{party} sent points for {what}, which the terms do not provide for."
    if step.party != party:
        return f"{party} sent points for {what}, in which it is {step.party}'s turn."
    if not 1 <= part.part <= part.parts <= MAX_PARTS:
        return f"{party} sent part {part.part} of {part.parts} for {what}: a message has 1 to {MAX_PARTS} parts."
    if not 1 <= part.count <= MAX_PART_POINTS:
        return f"{party} sent a part of {what} that is not 1 to {MAX_PART_POINTS} points of one length."
    return ""


def _with_part(step: StepState, act: CheckAct, part: PointsPart) -> tuple[StepState, str]:
    """The message with one more part, and why that part does not fit into it; empty where it fits, or is there already."""
    parts = {cast("PointsPart", seen.body).part: seen for seen in step.seen}
    held = parts.get(part.part)
    if held is not None:
        twice = f"{step.party} sent two different parts {part.part} of one message."
        return step, "" if held.digest == act.digest else twice
    if step.parts not in (0, part.parts):
        return (
            step,
            f"{step.party} sent part {part.part} of {part.parts}, and earlier parts said that there are {step.parts}.",
        )
    seen = tuple(act for _, act in sorted({**parts, part.part: act}.items()))
    grown = msgspec.structs.replace(step, parts=part.parts, seen=seen)
    if grown.received > step.points or (grown.complete and grown.received != step.points):
        return grown, f"{step.party} sent {grown.received} points in one message; by the terms it has {step.points}."
    return grown, ""


def _out_of_turn(steps: Sequence[StepState]) -> Iterator[Fault]:
    """One fault for each message that was begun before every message of an earlier step was there in full."""
    for message in steps:
        waiting = next((one for one in steps if one.step < message.step and not one.complete), None)
        if waiting is not None and message.seen:
            sentence = f"{message.party} sent points of the {_ORDINALS[message.step]} step before those of the {_ORDINALS[waiting.step]} were there."
            yield Fault(message.party, message.seen[0].ref, sentence)


def _heard(transcript: str, steps: Sequence[StepState]) -> tuple[str, list[Fault]]:
    """What the next message must state, and whoever stated something else; as far as the parts are there without a gap."""
    faults: list[Fault] = []
    for message in steps:
        for number, act in enumerate(message.seen, 1):
            part = cast("PointsPart", act.body)
            if part.part != number:
                return transcript, faults
            if part.transcript != transcript:
                sentence = (
                    f"{message.party} answered something else than what was said in this check so far: it was changed or swapped on the way, or "
                    "belongs to another check."
                )
                faults.append(Fault(message.party, act.ref, sentence))
            transcript = after(transcript, act.digest)
        if not message.complete:
            break
    return transcript, faults


def _strangers(said: Mapping[PartyId, Sequence[CheckAct]], two: tuple[PartyId, PartyId]) -> Iterator[Fault]:
    """What is said by others than the two, and answers of the proposer to itself: told, and without effect."""
    for party, acts in said.items():
        for act in acts:
            if party not in two:
                sentence = f"{party} speaks in a check between {two[0]} and {two[1]}: it is without effect."
                yield Fault(party, act.ref, sentence, breaks=False)
            elif party == two[0] and isinstance(act.body, CheckConsent):
                yield Fault(party, act.ref, f"{party} answers its own proposal: only {two[1]} can.", breaks=False)


def _end(said: Sequence[CheckAct]) -> CheckAct | None:
    return next((act for act in said if isinstance(act.body, CheckEnd)), None)


def _stops(check: CheckState, end: CheckAct) -> bool:
    """Whether a last word stops the check: it says so, or was said before all that its party had to send was sent."""
    stopped = isinstance(end.body, CheckEnd) and end.body.outcome == "stopped"
    return stopped or any(not step.complete for step in check.steps if step.party == end.ref.party)


def _left_early(check: CheckState) -> Iterator[Fault]:
    """Whoever stopped once it had what it wanted, before the other had: it stands there for whoever is asked for the next check.

    Who says that it is done may have sent all, and keep it no more: whoever lost it since, as by a restore, is told that it can be either.
    """
    for end in check.ends:
        party, other = end.ref.party, check.other(end.ref.party)
        learnt = check.has_learnt(party) and check.learns(other) and not check.has_learnt(other)
        stopped = f"stopped after it had what it was to learn, and before {other} had"
        if not _stops(check, end):
            continue
        if isinstance(end.body, CheckEnd) and end.body.outcome == "done":
            why = f"it {stopped}" if learnt else "they were not sent"
            sentence = f"{party} says that it is done, and not all of its points are held here: {why}, or they are kept no more. The check is over."
            yield Fault(party, end.ref, sentence, breaks=False)
        elif learnt:
            yield Fault(party, end.ref, f"{party} {stopped}.", breaks=False)


def _tokens(act: CheckAct) -> tuple[str, ...]:
    """The session and keys that an act uses."""
    match act.body:
        case CheckProposal(session=session, key=key):
            return (session, key)
        case CheckConsent(act="consent", key=key):
            return (key,)
        case _:
            return ()


def _reused(sheet: Sheet) -> frozenset[EntryRef]:
    """The party's proposals and consents that use a session or key which an earlier one had used; told once of each sheet."""
    held = sheet.__dict__.get(_REUSED)
    if held is None:
        used: set[str] = set()
        found = set()
        for act in sheet.checks:
            tokens = _tokens(act)
            if not used.isdisjoint(tokens) or len(set(tokens)) < len(tokens):
                found.add(act.ref)
            used.update(tokens)
        held = sheet.__dict__[_REUSED] = frozenset(found)
    return cast("frozenset[EntryRef]", held)
