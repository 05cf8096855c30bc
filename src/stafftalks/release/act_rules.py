"""The rules for acts in one's own record: proposing, asking, answering, standing, recalling, confirming.

No rule for declining, suspending, withdrawing or recalling reads another party's sheet, so nothing a partner writes can stop them.
The rules refuse only what would have no meaning; the partner's fold would keep it without effect.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Body,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    Clause,
    Confirmation,
    EntryRef,
    Opening,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
)
from stafftalks.accord.parts import Recalled, ReleasedVersion, Sheet
from stafftalks.accord.standing import next_state
from stafftalks.accord.state import Accord, asked_by, clauses_written
from stafftalks.accord.terms import DUTIES, refuse_consent, unknown_realms
from stafftalks.release.authority import Authority
from stafftalks.release.check_rules import check_refusals
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role
from stafftalks.values.realm import Realm

MAX_LINE: Final = 500
"""Characters in a title, heading or clause id."""
MAX_TEXT: Final = 20_000
"""Characters in a text, statement, reason or message."""
MAX_CLAUSES: Final = 500

Rules = Iterator[Refusal]
ActBody = Opening | Proposal | Amendment | Question | Answer | Standing | Release | Recall | Confirmation
"""What is said in an accord outside private checks, which have rules of their own (`check_rules`)."""


def act_refusals(
    accord: Accord,
    me: PartyId,
    person: Person,
    body: Body,
    authority: Authority | None = None,
    *,
    frozen: bool = False,
) -> Rules:
    """Every rule that says no to `person` saying `body` for `me`, in a fixed order; none where it may be said.

    `authority` and `frozen` are read for acts of private checks only.
    """
    if me not in accord.parties:
        yield Refusal("not-a-party", f"{me} is not a party to this accord.")
    match body:
        case Proposal() | Amendment() | Question() | Answer() | Standing():
            yield from _role(person, Role.HEAD)
        case Recall() | Confirmation():
            yield from _role(person, Role.HEAD, Role.OFFICER)
        case CheckProposal() | CheckConsent() | CheckPoints() | CheckEnd():
            yield from check_refusals(accord, me, person, body, authority, frozen=frozen)
            return
        case Opening() | Release():
            pass
        case _:
            assert_never(body)
    yield from _meaning(accord, me, body)


def _meaning(accord: Accord, me: PartyId, body: ActBody) -> Rules:
    """Why `body` would have no meaning in our record now."""
    own = accord.sheet(me)
    match body:
        case Opening():
            yield Refusal(
                "opening-by-person", "An epoch of a record is opened by the headquarters itself and by no person."
            )
        case Release():
            yield Refusal(
                "release-by-desk", "An element is released at the release desk, where another person decides."
            )
        case Proposal():
            yield from _proposal(own, body)
        case Amendment():
            yield from _amendment(accord, own, body)
        case Question():
            yield from _not_withdrawn(own)
            yield from _text("The question", body.text)
            if body.clause and body.clause not in clauses_written(accord):
                yield _clause_unknown(body.clause)
        case Answer():
            yield from _answer(accord, me, body)
        case Standing():
            yield from _standing(accord, own, body)
        case Recall():
            yield from _recall(own, body)
        case Confirmation():
            yield from _confirmation(accord, own, body)
        case _:
            assert_never(body)


def _role(person: Person, *needed: Role) -> Rules:
    lacking = person.lacking(*needed)
    if lacking:
        yield Refusal("act-role", lacking.sentence)


def _text(what: str, text: str, *, limit: int = MAX_TEXT, needed: bool = True) -> Rules:
    if needed and not text.strip():
        yield Refusal("text-empty", f"{what} is empty: write it.")
    if len(text) > limit:
        yield Refusal(
            "text-long", f"{what} is {len(text):,} characters long; at most {limit:,} can be carried. Shorten it."
        )


def _not_withdrawn(own: Sheet) -> Rules:
    if own.standing.state == "withdrawn":
        yield Refusal(
            "withdrawn-final", f"{own.party} has withdrawn, which is final in this accord: propose a new one."
        )


def _clauses(clauses: tuple[Clause, ...]) -> Rules:
    if len(clauses) > MAX_CLAUSES:
        yield Refusal("clauses-many", f"There are {len(clauses)} clauses; at most {MAX_CLAUSES} can be carried.")
    ids = [clause.id for clause in clauses]
    for twice in sorted({clause for clause in ids if ids.count(clause) > 1} if len(ids) <= MAX_CLAUSES else ()):
        yield Refusal("clause-repeated", f"Clause {twice[:40]} is there twice: give each clause its own number.")
    for clause in clauses:
        name = f"clause {clause.id[:40]}"
        yield from _text("A clause's number", clause.id, limit=40)
        yield from _text(f"The heading of {name}", clause.heading, limit=MAX_LINE)
        yield from _text(f"The text of {name}", clause.text)
        # A duty from a form or a file is text that nothing has checked against the type.
        if clause.duty not in DUTIES:
            yield refuse_consent(clause.duty)


def _realms(realms: tuple[str, ...]) -> Rules:
    for name in unknown_realms(realms):
        yield Refusal("realm-unknown", f"{name[:40]!r} is not a realm. Use {', '.join(Realm)}.")
    if len(set(realms)) != len(realms):
        yield Refusal("realm-repeated", "A realm is named twice. Name each once.")


def _proposal(own: Sheet, body: Proposal) -> Rules:
    yield from _not_withdrawn(own)
    if own.proposal and own.proposal.proposed:
        yield Refusal(
            "already-proposed", f"{own.party} has proposed already in this accord: amend the proposal instead."
        )
    yield from _text("The title", body.title, limit=MAX_LINE)
    yield from _text("The purpose", body.purpose, needed=False)
    yield from _text("The message", body.message, needed=False)
    yield from _clauses(body.clauses)
    yield from _realms(body.realms)
    if not body.realms:
        yield Refusal("realms-empty", "The proposal names no realm, so nothing could ever flow. Name one or more.")


def _amendment(accord: Accord, own: Sheet, body: Amendment) -> Rules:
    yield from _not_withdrawn(own)
    if not body.clauses and not body.struck and body.realms is None:
        yield Refusal("amendment-empty", "The amendment changes nothing: put or strike a clause, or name other realms.")
    yield from _clauses(body.clauses)
    yield from _realms(body.realms or ())
    yield from _text("The message", body.message, needed=False)
    known = {clause.id for clause in clauses_written(accord).values()}
    for struck in body.struck:
        if struck not in known:
            yield Refusal("clause-unknown", f"There is no clause {struck[:40]!r} to strike out.")


def _answer(accord: Accord, me: PartyId, body: Answer) -> Rules:
    yield from _text("The answer", body.text)
    if body.question.party == me:
        yield Refusal("own-question", "This is our own question: only another party can answer it.")
    elif not any(asked.ref == body.question for asked in accord.sheet(body.question.party).questions):
        yield Refusal("question-unknown", f"There is no question at {_place(body.question)}: name one that was asked.")


def _standing(accord: Accord, own: Sheet, body: Standing) -> Rules:
    if next_state(own.standing.state, body.act) is None:
        if own.standing.state == "withdrawn":
            yield from _not_withdrawn(own)
        else:
            sentence = f"{own.party} cannot {body.act} now: its standing is {own.standing.state!r}."
            yield Refusal("standing-nonsense", sentence)
    yield from _text("The statement", body.statement, needed=False)
    yield from _text("What is kept", body.keeps, needed=False)
    if body.act == "accept":
        yield from _accept(accord, body)
    elif body.realms or body.clauses:
        yield Refusal("only-accept", f"Only an acceptance carries realms and clauses, and this is to {body.act}.")


def _accept(accord: Accord, body: Standing) -> Rules:
    yield from _realms(body.realms)
    written = clauses_written(accord)
    chosen: dict[str, str] = {}
    for wording in dict.fromkeys(body.clauses):
        clause = written.get(wording)
        if clause is None:
            yield _clause_unknown(wording)
        elif chosen.setdefault(clause.id, wording) != wording:
            yield Refusal(
                "clause-twice", f"Two wordings of clause {clause.id[:40]} are accepted at once: accept one of them."
            )


def _clause_unknown(wording: str) -> Refusal:
    return Refusal(
        "clause-unknown", f"No party has written a clause with the hash {wording[:8]!r}: read the terms again."
    )


def _recall(own: Sheet, body: Recall) -> Rules:
    """Reads our own sheet alone. Releases that a restore made us forget can be recalled too: their holders still have them."""
    if not body.entries:
        yield Refusal("recall-empty", "The recall names no release: name the entries that released the element.")
    versions = set()
    for ref in body.entries:
        item = own.journal.get(ref)
        if isinstance(item, ReleasedVersion) and item.element == body.element:
            versions.add(item.version)
        else:
            sentence = f"There is no standing release of this element of ours at {_place(ref)}: it was never made, or is recalled."
            yield Refusal("recall-unknown", sentence)
    if set(body.versions) != versions:
        yield Refusal("recall-versions", "The versions named are not those that the named entries released.")
    yield from _text("The reason", body.reason, needed=False)


def recall_holders(own: Sheet, body: Recall) -> tuple[PartyId, ...]:
    """Everyone to whom the named entries of ours released something, sorted."""
    found = (own.journal.get(ref) for ref in body.entries)
    return tuple(
        sorted({party for item in found if isinstance(item, ReleasedVersion) for party in item.to} - {own.party})
    )


def recall_at(accord: Accord, ref: EntryRef) -> Recalled | None:
    """The recall whose entry is `ref`, or None where none is held."""
    return accord.sheet(ref.party).recall_at.get(ref)


def _confirmation(accord: Accord, own: Sheet, body: Confirmation) -> Rules:
    recall = recall_at(accord, body.recall)
    if body.recall.party == own.party:
        yield Refusal("own-recall", "This is our own recall: only those who hold the element can answer it.")
    elif recall is None:
        yield Refusal("recall-missing", f"There is no recall at {_place(body.recall)}: name one that was made.")
    elif own.party not in asked_by(accord, recall):
        yield Refusal("recall-others", "This recall asks other parties and not us: there is nothing to confirm.")
    said = own.confirmations.get(body.recall)
    if said and said.outcome in ("removed", body.outcome):
        yield Refusal("already-answered", f"This recall is answered already ({said.outcome}).")
    yield from _text("The statement", body.statement, needed=body.outcome == "refused")


def _place(ref: EntryRef) -> str:
    return f"entry {ref.n} of {ref.party}'s record"
