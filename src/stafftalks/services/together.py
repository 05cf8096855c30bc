"""Several requests decided in one act: allowed only under one letter that says so, all of them or none, and every rule asked of each.

What is released together is judged together: each request is judged as if those before it had been given to the partner already, so that nothing
adds up inside a batch that would not be let go one by one. All of them stand in our record under one signed head.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.planning.letters import Detail
from stafftalks.planning.refs import ExactRef
from stafftalks.release.authority import Authority, Given, StandingLetter
from stafftalks.services import accords, appending, authority, judging, reading, releases
from stafftalks.services.judging import LetGo
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Person

MOST: Final = 1_000
"""Requests decided in one act."""


class Batch(msgspec.Struct, frozen=True):
    """Requests that would be decided in one act, in the order given: what stands against each, by its id, and what each would come to.

    `letter` is the one that they all stand under, None where there is none such.
    """

    rows: tuple[RequestRow, ...]
    against: Mapping[str, tuple[Refusal, ...]]
    outcomes: Mapping[str, LetGo]
    letter: StandingLetter | None

    @property
    def stands(self) -> bool:
        """Whether nothing stands against any of them."""
        return bool(self.rows) and not any(self.against.values())

    @property
    def leaving(self) -> int:
        """How many would leave at once; the rest would wait for the head of delegation."""
        return sum(1 for outcome in self.outcomes.values() if outcome.released is not None)


class BatchError(RefusedError):
    """Nothing was decided, because rules said no to some of the requests: `against` holds what was said, by request."""

    def __init__(self, against: Mapping[str, tuple[Refusal, ...]]) -> None:
        super().__init__(*dict.fromkeys(refusal for refusals in against.values() for refusal in refusals))
        self.against = against


def batch(hq: Headquarters, person: Person, request_ids: Sequence[str]) -> Batch:
    """What deciding these together would come to for `person`; nothing is written."""
    rows = _ordered(hq.desk.requests(request_ids), request_ids)
    return _judged(hq, person, rows, {accord: reading.load(hq, accord) for accord in {row.accord for row in rows}})


def decide(
    hq: Headquarters, person: Person, request_ids: Sequence[str], shown: Mapping[str, str] | None = None
) -> tuple[RequestRow, ...]:
    """Lets all of these go in one act, or none of them; raises BatchError with every rule that said no, by request.

    `shown` names the body of each that was shown (`judging.shown_name`), None where a program decides on them as they stand.
    """
    with hq.transactions.atomic():
        rows = _ordered(hq.desk.requests(request_ids, lock=True), request_ids)
        loads = {accord: accords.lock_and_load(hq, accord) for accord in sorted({row.accord for row in rows})}
        found = _judged(hq, person, rows, loads)
        against = {row.id: (*_unshown(row, shown), *found.against.get(row.id, ())) for row in rows}
        if any(against.values()):
            raise BatchError({request: refusals for request, refusals in against.items() if refusals})
        after = {row.id: found.outcomes[row.id].row for row in rows}
        for accord, loaded in loads.items():
            leaving = [
                outcome for outcome in found.outcomes.values() if outcome.released and outcome.row.accord == accord
            ]
            refs = appending.append_all(hq, loaded, [outcome.released for outcome in leaving if outcome.released])
            for outcome, ref in zip(leaving, refs, strict=True):
                after[outcome.row.id] = msgspec.structs.replace(outcome.row, entry=ref)
        decided = tuple(after[row.id] for row in rows)
        hq.desk.put_all(decided)
        for row in decided:
            hq.journal.add(releases.decision(person, row))
    hq.wake()
    return decided


def _ordered(found: Mapping[str, RequestRow], request_ids: Sequence[str]) -> tuple[RequestRow, ...]:
    wanted = tuple(dict.fromkeys(request_ids))
    if not wanted:
        raise MisuseError("Choose the requests that are to be decided together.")
    if len(wanted) > MOST:
        raise MisuseError(
            f"At most {MOST:,} requests can be decided in one act, and these are {len(wanted):,}: take fewer."
        )
    missing = [request for request in wanted if request not in found]
    if missing:
        raise MisuseError(f"There is no release request {missing[0][:26]}: see `release list`.")
    return tuple(found[request] for request in wanted)


def _judged(
    hq: Headquarters, person: Person, rows: Sequence[RequestRow], loads: Mapping[AccordId, reading.Loaded]
) -> Batch:
    held = authority.of(hq, [judging.request_of(row) for row in rows if row.state in judging.OPEN])
    against: dict[str, list[Refusal]] = {row.id: [*_state(row, rows)] for row in rows}
    outcomes: dict[str, LetGo] = {}
    told: set[tuple[str, PartyId]] = set()
    for row in rows:
        pairs = {(row.element, party) for party in row.audience}
        if pairs & told:
            sentence = f"“{row.title}” stands in this batch twice for one partner: leave one out."
            against[row.id].append(Refusal("batch-repeated", sentence))
        told |= pairs
        if row.state not in judging.OPEN:
            continue
        try:
            outcome = judging.let_go(hq, person, loads[row.accord], row, held)
        except RefusedError as error:
            against[row.id].extend(error.refusals)
            continue
        outcomes[row.id] = outcome
        held = _as_given(hq.party, held, outcome)
    letter = _one_letter(held, outcomes)
    for row in rows:
        if row.id in outcomes:
            against[row.id].extend(_together(row, letter))
    return Batch(tuple(rows), {name: tuple(said) for name, said in against.items() if said}, outcomes, letter)


def _state(row: RequestRow, rows: Sequence[RequestRow]) -> Iterator[Refusal]:
    if row.state not in judging.OPEN:
        yield Refusal("decided", f"“{row.title}” is {row.state} already, by {row.decided_by}: leave it out.")
    elif row.state != rows[0].state:
        sentence = "Some of these wait for an officer and some for the head of delegation: decide them apart."
        yield Refusal("batch-state", sentence)


def _as_given(me: PartyId, held: Authority, outcome: LetGo) -> Authority:
    """The authority as it would be with this release given already, whether it leaves now or waits for the head."""
    row, request = outcome.row, judging.request_of(outcome.row)
    given = dict(held.given)
    for party in row.audience:
        item = Given(
            ExactRef(me, row.element, request.version),
            row.kind,
            request.element_raw,
            row.accord,
            row.decided_at,
            _detail(held, party, row.letters),
        )
        given[party] = (*given.get(party, ()), item)
    return msgspec.structs.replace(held, given=given)


def _detail(held: Authority, party: PartyId, letters: Sequence[ExactRef]) -> Detail | None:
    return next((one.letter.detail for one in held.letters.get(party, ()) if one.ref in letters), None)


def _one_letter(held: Authority, outcomes: Mapping[str, LetGo]) -> StandingLetter | None:
    """The one letter that all stand under; None where they stand under several, or one under more than one."""
    named = {outcome.row.letters for outcome in outcomes.values()}
    letters = next(iter(named)) if len(named) == 1 else ()
    if len(letters) != 1:
        return None
    return next((one for found in held.letters.values() for one in found if one.ref == letters[0]), None)


def _together(row: RequestRow, letter: StandingLetter | None) -> Iterator[Refusal]:
    if letter is None:
        sentence = (
            f"“{row.title}” does not stand under one letter with all the others: decide those of each letter apart."
        )
        yield Refusal("batch-letter", sentence)
    elif not letter.letter.together:
        sentence = (
            f"The letter “{letter.name}” does not allow that several are decided in one act: decide each by itself."
        )
        yield Refusal("batch-together", sentence)


def _unshown(row: RequestRow, shown: Mapping[str, str] | None) -> Iterator[Refusal]:
    if shown is not None:
        try:
            judging.check_shown(row, shown.get(row.id, ""))
        except RefusedError as error:
            yield from error.refusals
