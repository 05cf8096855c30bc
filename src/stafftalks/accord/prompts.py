"""What a party could do next, in sentences. Prompts oblige to nothing and lock nothing; leaving them all is an answer too."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

import msgspec

from stafftalks.accord.bodies import Clause
from stafftalks.accord.check_state import CheckState, StepState
from stafftalks.accord.checks import checks
from stafftalks.accord.clauses import clause_states, threads
from stafftalks.accord.consents import askings
from stafftalks.accord.product import Accord, open_realms, recalls
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.realm import Realm
from stafftalks.values.relative_time import Instant

_SINGLY: Final = 5
"""Up to so many recalls of one party, or private checks that wait for the same, stand in a line each."""
_MANY_CHECKS: Final = {
    "answer-check": "%d private checks are proposed to you: consent to each, or decline it.",
    "await-check": "%d private checks wait for the other side.",
    "go-on-check": "%d private checks go on with our points: they are to be sent, or the checks stopped.",
    "stop-check": "%d private checks are broken and cannot go on: stop them.",
}


class Prompt(msgspec.Struct, frozen=True):
    """Something to do: a stable rule id, and the sentence for the person."""

    rule: str
    sentence: str


def what_happens_next(accord: Accord, me: PartyId, now: int = 0) -> tuple[Prompt, ...]:
    """What `me` could do now, most pressing first; a party that has withdrawn still sees recalls. Told once of each accord as it stands.

    `now`, in unix seconds, leaves out private checks that have lapsed.
    """
    key = f"prompts {me}"
    held = accord.__dict__.get(key)
    if held is None:
        held = accord.__dict__[key] = _prompts(accord, me)
    return (*check_prompts(accord, me, now), *cast("tuple[Prompt, ...]", held))


def check_prompts(accord: Accord, me: PartyId, now: int = 0) -> tuple[Prompt, ...]:
    """What waits in the private checks of `me`, whoever is to act; none where its party has withdrawn."""
    if accord.sheet(me).standing.state == "withdrawn":
        return ()
    mine = [check for check in checks(accord, now) if me in (check.proposer, check.partner) and not check.ended(me)]
    prompts = [prompt for check in mine if (prompt := _check_prompt(check, me)) is not None]
    counts = Counter(prompt.rule for prompt in prompts)
    singly = [prompt for prompt in prompts if counts[prompt.rule] <= _SINGLY]
    many = [Prompt(rule, _MANY_CHECKS[rule] % count) for rule, count in counts.items() if count > _SINGLY]
    return (*singly, *many)


def _check_prompt(check: CheckState, me: PartyId) -> Prompt | None:
    other, due = check.other(me), check.due
    match check.state:
        case "proposed" if check.partner == me:
            sentence = f"{other} proposes a private check: answer it by {_until(check)}, by consenting or declining."
            return Prompt("answer-check", sentence)
        case "proposed":
            return Prompt(
                "await-check", f"{other} can answer the private check that you proposed until {_until(check)}."
            )
        case "running" if due is not None and due.party == me:
            sentence = (
                f"The private check with {other} goes on with our points: {_sent(due)} by {_until(check)}, or stop it."
            )
            return Prompt("go-on-check", sentence)
        case "running" if due is not None:
            return Prompt(
                "await-check", f"{other} is next in the private check: {_there(due)}. It lapses {_until(check)}."
            )
        case "broken":
            why = next(fault.sentence for fault in check.faults if fault.breaks)
            return Prompt("stop-check", f"The private check with {other} is broken and cannot go on. {why} Stop it.")
        case _:
            return None


def _until(check: CheckState) -> str:
    return str(Instant(check.terms.expires))


def _sent(due: StepState) -> str:
    left = due.points - due.received
    return f"{left} are still to be sent" if due.seen else f"{left} are to be sent"


def _there(due: StepState) -> str:
    return f"{due.received} of {due.points} points of its next message are here"


def _prompts(accord: Accord, me: PartyId) -> tuple[Prompt, ...]:
    prompts = [*_recall_prompts(accord, me), *_consent_prompts(accord, me)]
    if accord.sheet(me).standing.state != "withdrawn":
        prompts += [
            *_question_prompts(accord, me),
            *_proposal_prompts(accord, me),
            *_partner_prompts(accord, me),
            *_clause_prompts(accord, me),
            *_realm_prompts(accord, me),
        ]
    return tuple(prompts)


def _recall_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    """One for each recall that waits, or one for all of a party's where they are many: they can be answered in one act."""
    unconfirmed: dict[PartyId, list[ElementId]] = {}
    to_answer: dict[PartyId, list[ElementId]] = {}
    for state in recalls(accord):
        waiting = [holder.party for holder in state.holders if holder.outcome == "not confirmed"]
        if state.party == me:
            for party in waiting:
                unconfirmed.setdefault(party, []).append(state.recall.element)
        elif me in waiting:
            to_answer.setdefault(state.party, []).append(state.recall.element)
    for party, gone in unconfirmed.items():
        for what in _named(gone):
            yield Prompt("recall-unconfirmed", f"{party} has not confirmed that it removed {what}, which you recalled.")
    for party, asked in to_answer.items():
        for what in _named(asked):
            yield Prompt("confirm-recall", f"{party} recalls {what}: remove and confirm, or refuse and say why.")


def _named(gone: list[ElementId]) -> list[str]:
    if len(gone) > _SINGLY:
        return [f"{len(gone)} elements"]
    return [f"element {one}" for one in gone]


def _consent_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    for asking in askings(accord):
        if asking.originator == me and not asking.fault and asking.answer is None:
            what = f"element {asking.content.about.element}"
            sentence = (
                f"{asking.party} asks whether it may pass {what} on to {asking.content.recipient}: grant or refuse."
            )
            yield Prompt("answer-consent", sentence)


def _question_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    for thread in threads(accord):
        if thread.question is None or thread.ref.party == me:
            continue
        if any(answer.ref.party == me for answer in thread.answers):
            continue
        yield Prompt("answer-question", f"{thread.ref.party} asks {_about(thread.clause)}: answer it.")


def _about(clause: Clause | None) -> str:
    return f"about clause {clause.id} ({clause.heading})" if clause else "about the proposal"


def _proposal_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    standing = accord.sheet(me).standing
    proposing = [party for party in accord.others(me) if (p := accord.sheet(party).proposal) and p.proposed is not None]
    if standing.state == "silent":
        for party in proposing:
            yield Prompt("answer-proposal", f"{party} proposes: ask, accept (all or fewer realms), or decline.")
        if not proposing:
            yield Prompt("propose", "Nobody has proposed yet: propose terms and realms, or wait.")
    if standing.state == "suspended":
        yield Prompt("resume", "You have suspended: nothing flows until you resume. You can also withdraw.")


def _partner_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    mine = accord.sheet(me).standing.state
    for party in accord.others(me):
        match accord.sheet(party).standing.state:
            case "silent":
                if mine in ("proposed", "accepted"):
                    yield Prompt("await-answer", f"{party} has not answered yet.")
            case "declined":
                yield Prompt("declined", f"{party} has declined: amend the terms, or leave it.")
            case "suspended":
                yield Prompt("suspended", f"{party} has suspended: no realm is open until it resumes.")
            case "withdrawn":
                yield Prompt("withdrawn", f"{party} has withdrawn: nothing more flows. Recall what it should not keep.")
            case "proposed" | "accepted":
                pass


def _clause_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    if accord.sheet(me).standing.state not in ("proposed", "accepted"):
        return
    for clause in clause_states(accord):
        offered = [v for v in clause.variants if me not in v.accepted_by and set(v.authors) - {me}]
        if not clause.agreed and offered:
            sentence = (
                f"Clause {clause.id} ({clause.heading}) is not agreed: accept a wording, amend it, or leave it open."
            )
            yield Prompt("clause-open", sentence)


def _realm_prompts(accord: Accord, me: PartyId) -> Iterator[Prompt]:
    opened = open_realms(accord)
    if accord.sheet(me).standing.state not in ("silent", "suspended"):
        waiting = frozenset(Realm) - accord.sheet(me).standing.realms
        for party in accord.others(me):
            waiting &= accord.sheet(party).standing.realms
        if waiting:
            names = ", ".join(realm for realm in Realm if realm in waiting)
            yield Prompt("accept-realms", f"All others accept {names}: it opens when you accept it too.")
    if opened and not accord.sheet(me).released:
        names = ", ".join(realm for realm in Realm if realm in opened)
        yield Prompt("release", f"Open now: {names}. You have released nothing yet.")
