"""Private checks as people decide them: proposing, consenting, declining, stopping; and every check as it stands.

One person decides on each side, a disclosure officer, or the head of delegation where a letter says so. What he puts in is frozen with his decision, in the same
transaction as the entry: the activities in their exact versions, and the secret they are masked with. What follows needs no person (`check_work`).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import (
    CheckBody,
    CheckConsent,
    CheckEnd,
    CheckProposal,
    CheckTerms,
    EntryRef,
)
from stafftalks.accord.state import CheckState
from stafftalks.accord.state import checks as states
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Grid
from stafftalks.deconflict.private.keeping import SEED_BYTES, Inputs, Secrets
from stafftalks.record.b64 import url
from stafftalks.release import desk
from stafftalks.services import accords, appending, authority, check_budgets, check_costs, check_inputs
from stafftalks.services.check_inputs import Put
from stafftalks.services.check_rows import CheckFound, CheckInput, CheckRow, CheckWork
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError, WrongValueError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person

SESSION_BYTES: Final = 16


class CheckView(msgspec.Struct, frozen=True):
    """A check as it stands here. `row` is what we keep of it, None where we have neither proposed nor consented; `title` is the accord's."""

    accord: AccordId
    title: str
    state: CheckState
    row: CheckRow | None
    ours: bool


def history(hq: Headquarters) -> tuple[CheckView, ...]:
    """Every check that we proposed or that was proposed to us, in all accords, the newest first."""
    rows = {row.proposal: row for row in hq.checks.checks()}
    now = hq.clock.now()
    found = [
        CheckView(view.row.id, view.title, state, rows.get(state.ref), state.proposer == hq.party)
        for view in accords.views(hq)
        for state in states(view.accord, now)
        if hq.party in (state.proposer, state.partner)
    ]
    return tuple(sorted(found, key=lambda view: (-view.state.at, view.state.ref)))


def waiting(hq: Headquarters) -> tuple[CheckView, ...]:
    """The checks that wait for an answer of our people, the newest first."""
    return tuple(view for view in history(hq) if not view.ours and view.state.state == "proposed")


def view(hq: Headquarters, proposal: EntryRef) -> CheckView:
    """One check; raises MisuseError where none of ours was proposed there."""
    found = next((view for view in history(hq) if view.state.ref == proposal), None)
    if found is None:
        raise MisuseError(f"No private check of ours was proposed at entry {proposal.n} of {proposal.party}'s record.")
    return found


def propose(
    hq: Headquarters, by: Person, accord: AccordId, terms: CheckTerms, activities: Sequence[ElementId]
) -> EntryRef:
    """Proposes a check on these terms and freezes these own activities for it; returns the place of the proposal, by which the check is known.

    The number of points is computed here. Raises RefusedError with every rule that said no, WrongValueError where the terms make no grid.
    """
    terms = check_costs.sized(terms)
    _check_refines(hq, terms)
    put = check_inputs.put(hq, terms, "proposer", activities)
    drawn = _Drawn(hq, put)
    session = url(hq.entropy.draw("session", SESSION_BYTES))
    body = CheckProposal(terms, session, url(drawn.inputs.root), url(drawn.secrets.key))
    with hq.transactions.atomic():
        _check_possible(hq, terms.to, terms, put)
        (ref,) = say(hq, by, accord, terms.to, [body])
        drawn.keep(by, accord, ref)
    hq.wake()
    return ref


def consent(
    hq: Headquarters, by: Person, proposal: EntryRef, activities: Sequence[ElementId], statement: str = ""
) -> EntryRef:
    """Consents to a check that was proposed to us and freezes these own activities for it; returns our entry.

    Raises RefusedError with every rule that said no, and where the terms are not what this version of the software computes with.
    """
    found = view(hq, proposal)
    terms = found.state.terms
    _check_terms(found)
    _check_refines(hq, terms)
    put = check_inputs.put(hq, terms, "partner", activities)
    drawn = _Drawn(hq, put)
    root, key = url(drawn.inputs.root), url(drawn.secrets.key)
    body = CheckConsent(proposal, found.state.digest, "consent", statement, root, key)
    with hq.transactions.atomic():
        _check_possible(hq, found.state.proposer, terms, put, found.state)
        (ref,) = say(hq, by, found.accord, found.state.proposer, [body])
        drawn.keep(by, found.accord, proposal)
    hq.wake()
    return ref


def decline(hq: Headquarters, by: Person, proposal: EntryRef, statement: str = "") -> EntryRef:
    """Declines a check that was proposed to us; nothing of ours is told."""
    found = view(hq, proposal)
    body = CheckConsent(proposal, found.state.digest, "decline", statement)
    with hq.transactions.atomic():
        (ref,) = say(hq, by, found.accord, found.state.proposer, [body])
    hq.wake()
    return ref


def stop(hq: Headquarters, by: Person, proposal: EntryRef, statement: str = "") -> EntryRef:
    """Stops a check: nothing more is sent in it. What the partner has received it keeps, and the check counts against the budget."""
    found = view(hq, proposal)
    with hq.transactions.atomic():
        (ref,) = say(hq, by, found.accord, found.state.other(hq.party), [CheckEnd(proposal, "stopped", statement)])
        forget(hq, found.state)
    hq.wake()
    return ref


def say(
    hq: Headquarters, by: Person, accord: AccordId, partner: PartyId, bodies: Sequence[CheckBody]
) -> tuple[EntryRef, ...]:
    """Appends what is said in a check with `partner`, all or none and under one head; the journal keeps one line. Must be called inside a transaction.

    Raises RefusedError with every rule of the desk that said no.
    """
    loaded = accords.lock_and_load(hq, accord)
    lent, frozen = authority.about(hq, partner), any(row.frozen for row in loaded.feeds)
    released = [desk.admit_act(loaded.state, hq.party, by, body, lent, frozen=frozen) for body in bodies]
    refs = appending.append_all(hq, loaded, released)
    if released:
        last = released[-1]
        hq.journal.add(JournalRow(hq.clock.now(), by.username, last.type, accord, last.summary))
    return refs


def forget(hq: Headquarters, state: CheckState) -> None:
    """Forgets what was computed of a check that is over, and its secret too where no auditor was agreed to whom it could be opened."""
    row = hq.checks.check(state.ref)
    if row is not None:
        hq.checks.drop_chunks(row.proposal)
        hq.checks.put_work(row.proposal, CheckWork(at=hq.clock.now()))
        if row.secret and not state.terms.auditor:
            hq.checks.forget_secret(row.proposal)


def commitments(inputs: Sequence[CheckInput]) -> tuple[bytes, ...]:
    """What is committed to of these inputs, in their order: never nothing at all."""
    return tuple(one.committed for one in inputs) or (check_inputs.NOTHING,)


class _Drawn:
    """What is drawn and frozen for one check."""

    def __init__(self, hq: Headquarters, put: Put) -> None:
        self._hq = hq
        self._put = put
        self._secret = hq.entropy.draw("check", SEED_BYTES)
        self.secrets = Secrets.of(self._secret)
        self.inputs = Inputs.of(commitments(put.inputs), self.secrets.salt)

    def keep(self, by: Person, accord: AccordId, proposal: EntryRef) -> None:
        """Keeps it for the check of this proposal."""
        now, roles = self._hq.clock.now(), tuple(sorted(by.roles))
        row = CheckRow(accord, proposal, by.username, now, self._secret, len(self._put.inputs), roles)
        self._hq.checks.add(row, self._put.inputs)


def _check_possible(
    hq: Headquarters, partner: PartyId, terms: CheckTerms, put: Put, answering: CheckState | None = None
) -> None:
    """Raises RefusedError where a bucket holds too much, or the partner's budget does not allow the check."""
    over = [Refusal("check-over", one.sentence) for one in put.covered.over]
    refusals = (*over, *check_budgets.refusals(hq, partner, terms, answering))
    if refusals:
        raise RefusedError(*refusals)


def _check_terms(found: CheckView) -> None:
    """Raises RefusedError where these terms cannot be computed with here as they were meant."""
    terms = found.state.terms
    try:
        sized = check_costs.sized(terms)
    except WrongValueError as error:
        raise RefusedError(Refusal("check-terms", f"{error} Decline it, and say so.")) from error
    if sized != terms:
        sentence = (
            "The numbers of points in the proposal are not those that follow from its terms here: the two headquarters do not "
            "compute alike. Decline it, and compare versions of the software."
        )
        raise RefusedError(Refusal("check-terms", sentence))


def _check_refines(hq: Headquarters, terms: CheckTerms) -> None:
    """Raises RefusedError where a check is to refine another and looks anywhere but where both know already that it was hit."""
    if terms.refines is None:
        return
    first, kept = view(hq, terms.refines).state.terms, hq.checks.found(terms.refines)
    try:
        wanted = finer_grid(first, kept, terms.activities)
    except MisuseError as error:
        raise RefusedError(Refusal("check-refines", str(error))) from error
    if check_inputs.grid_of(terms) != wanted:
        sentence = "It says that it refines a check, and looks elsewhere, or otherwise, than where that one was hit."
        raise RefusedError(Refusal("check-refines", sentence))


def finer_grid(first: CheckTerms, kept: CheckFound | None, activities: int) -> Grid:
    """What a check that refines this one looks at, so finely. Raises MisuseError where there is nothing that both know."""
    if first.mode != "which" or first.learns != "both":
        raise MisuseError(
            "Only a check in which both learned which of theirs collide is refined: a finer proposal names the places that were hit."
        )
    if kept is None or not kept.keys:
        raise MisuseError("This check has found nothing here that a finer one could look at.")
    return covers.finer(check_inputs.grid_of(first), kept.keys, activities=activities)
