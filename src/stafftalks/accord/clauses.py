"""The terms as they stand between the parties: wordings of each clause, who accepted which, questions and answers."""

from collections.abc import Iterator

import msgspec

from stafftalks.accord.bodies import Clause, EntryRef, clause_hash
from stafftalks.accord.parts import Answered, Asked
from stafftalks.accord.product import Accord
from stafftalks.values.ids import PartyId


class Variant(msgspec.Struct, frozen=True):
    """One exact wording. `authors` hold it as their own now (none: amended since); `accepted_by` named its hash."""

    hash: str
    clause: Clause
    authors: tuple[PartyId, ...]
    accepted_by: tuple[PartyId, ...]


class ClauseState(msgspec.Struct, frozen=True):
    """One clause. It is agreed where every party has accepted the same exact wording; nothing else makes it so."""

    id: str
    heading: str
    variants: tuple[Variant, ...]
    agreed: bool
    struck_by: tuple[PartyId, ...] = ()


class Thread(msgspec.Struct, frozen=True):
    """A question and its answers. `question` is None where its content is not held here; `clause` where it hangs on none."""

    ref: EntryRef
    question: Asked | None
    clause: Clause | None
    answers: tuple[Answered, ...]


def clauses_written(accord: Accord) -> dict[str, Clause]:
    """Every wording that any party ever put, by its hash: those of a proposal before those of mere amendments."""
    held = [proposal for party in accord.parties if (proposal := accord.sheet(party).proposal)]
    held.sort(key=lambda proposal: (proposal.proposed is None, proposal.at))
    return {clause_hash(clause): clause for proposal in held for clause in proposal.written}


def clause_states(accord: Accord) -> tuple[ClauseState, ...]:
    """Every clause that some party holds or has accepted, in the order in which their ids were first written.

    A clause keeps its place when it is amended, so that "clause 2" means the same to everyone.
    """
    by_id: dict[str, list[Variant]] = {clause.id: [] for clause in clauses_written(accord).values()}
    for variant in _variants(accord):
        by_id[variant.clause.id].append(variant)
    return tuple(
        ClauseState(
            id=clause,
            heading=variants[0].clause.heading,
            variants=tuple(variants),
            agreed=any(variant.accepted_by == accord.parties for variant in variants),
            struck_by=_struck_by(accord, clause),
        )
        for clause, variants in by_id.items()
        if variants
    )


def _variants(accord: Accord) -> Iterator[Variant]:
    """Every wording that someone holds now or has accepted."""
    wordings = clauses_written(accord)
    holders: dict[str, list[PartyId]] = {wording: [] for wording in wordings}
    for party in accord.parties:
        proposal = accord.sheet(party).proposal
        for clause in proposal.clauses.values() if proposal else ():
            holders[clause_hash(clause)].append(party)
    for wording, clause in wordings.items():
        accepted = tuple(party for party in accord.parties if wording in accord.sheet(party).standing.clauses)
        if holders[wording] or accepted:
            yield Variant(wording, clause, tuple(holders[wording]), accepted)


def _struck_by(accord: Accord, clause: str) -> tuple[PartyId, ...]:
    proposals = ((party, accord.sheet(party).proposal) for party in accord.parties)
    return tuple(party for party, proposal in proposals if proposal and clause in proposal.struck)


def threads(accord: Accord) -> tuple[Thread, ...]:
    """Every question with its answers, oldest claimed time first; then answers to questions that are not held here."""
    written = clauses_written(accord)
    answers: dict[EntryRef, list[Answered]] = {}
    for party in accord.parties:
        for answer in accord.sheet(party).answers:
            answers.setdefault(answer.question, []).append(answer)
    asked = sorted(
        (question for party in accord.parties for question in accord.sheet(party).questions),
        key=lambda question: (question.at, question.ref),
    )
    held = {question.ref for question in asked}
    loose = sorted(ref for ref in answers if ref not in held)
    return (
        *(Thread(q.ref, q, written.get(q.clause), _in_time(answers.get(q.ref, []))) for q in asked),
        *(Thread(ref, None, None, _in_time(answers[ref])) for ref in loose),
    )


def _in_time(answers: list[Answered]) -> tuple[Answered, ...]:
    return tuple(sorted(answers, key=lambda answer: (answer.at, answer.ref)))
