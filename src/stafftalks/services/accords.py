"""The arrangement itself: proposing, asking, answering, amending, and where we stand. Each act is one entry in our own record.

Nothing here waits for a partner: every act is admitted by rules over what is held now, appended, and sent when the wire allows.
"""

from collections.abc import Iterable, Sequence

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import (
    FOLD_VERSION,
    Amendment,
    Answer,
    Body,
    Charter,
    EntryRef,
    Founder,
    Proposal,
    Question,
    Standing,
    accord_id,
    encode_charter,
)
from stafftalks.accord.state import Accord
from stafftalks.record.b64 import url
from stafftalks.release import desk
from stafftalks.services import appending, pairing, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import AccordRow, FeedRow, JournalRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Person, Role


class AccordView(msgspec.Struct, frozen=True):
    """An accord as a page needs it. `partners` are the other parties; `title` is the first proposal's, or says there is none."""

    row: AccordRow
    accord: Accord
    feeds: tuple[FeedRow, ...]
    title: str
    partners: tuple[PartyId, ...]

    @property
    def latest_at(self) -> int:
        """Unix seconds of the newest thing anybody claims to have said here, or of its arrival."""
        return max(self.row.opened_at, *(sheet.latest_at for sheet in self.accord.sheets.values()))


def propose(hq: Headquarters, person: Person, partners: Iterable[PartyId], proposal: Proposal) -> AccordId:
    """Founds an accord with `partners`, all of them paired, and appends our proposal to it; returns its id."""
    others = sorted(set(partners) - {hq.party})
    if not others:
        raise RefusedError(
            Refusal("no-partner", "Name at least one paired partner to propose to: `pair list` shows them.")
        )
    cards = {row.party: row for row in hq.partners.partners()}
    unknown = [party for party in others if party not in cards]
    if unknown:
        sentence = (
            f"{', '.join(unknown)} is not paired with this headquarters: exchange cards and compare fingerprints first."
        )
        raise RefusedError(Refusal("not-paired", sentence))
    founders = [Founder(hq.party, url(hq.keyring.card().root_key))]
    founders += [Founder(party, url(pairing.card_of(cards[party]).root_key)) for party in others]
    charter = encode_charter(Charter(tuple(founders), FOLD_VERSION, url(hq.entropy.draw("charter", 16))))
    row = AccordRow(accord_id(charter), charter, hq.clock.now())
    with hq.transactions.atomic():
        hq.records.add_accord(row)
        act(hq, person, row.id, proposal)
    hq.wake()
    return row.id


def act(hq: Headquarters, person: Person, accord: AccordId, body: Body) -> EntryRef:
    """Appends `body` to our record where the rules admit it from `person`; raises RefusedError with every rule that said no."""
    with hq.transactions.atomic():
        loaded = lock_and_load(hq, accord)
        released = desk.admit_act(loaded.state, hq.party, person, body)
        ref = appending.append(hq, loaded, released)
        hq.journal.add(JournalRow(hq.clock.now(), person.username, released.type, accord, released.summary))
    hq.wake()
    return ref


def act_all(
    hq: Headquarters, person: Person, accord: AccordId, bodies: Sequence[Body], summary: str
) -> tuple[EntryRef, ...]:
    """Appends all of `bodies`, or none, as one decision of `person`, which the journal keeps in one line: `summary`, or of one body its own."""
    with hq.transactions.atomic():
        loaded = lock_and_load(hq, accord)
        released = desk.admit_acts(loaded.state, hq.party, person, bodies)
        refs = appending.append_all(hq, loaded, released)
        if released:
            said = released[0].summary if len(released) == 1 else summary
            hq.journal.add(JournalRow(hq.clock.now(), person.username, released[0].type, accord, said))
    hq.wake()
    return refs


def lock_and_load(hq: Headquarters, accord: AccordId) -> reading.Loaded:
    """The accord as it stands, our own newest epoch locked until the transaction ends."""
    latest = appending.latest_epoch(hq, accord)
    if latest is not None:
        hq.records.feed(latest.feed, lock=True)
    return reading.load(hq, accord)


def ask(hq: Headquarters, person: Person, accord: AccordId, text: str, clause: str = "") -> EntryRef:
    """Asks what something means; `clause` is the hash of the exact clause, empty for the whole."""
    return act(hq, person, accord, Question(text, clause))


def answer(hq: Headquarters, person: Person, accord: AccordId, question: EntryRef, text: str) -> EntryRef:
    """Answers the partner's question whose entry is `question`."""
    return act(hq, person, accord, Answer(question, text))


def amend(hq: Headquarters, person: Person, accord: AccordId, amendment: Amendment) -> EntryRef:
    """Puts our own wording of some clauses, or of the realms, on the table."""
    return act(hq, person, accord, amendment)


def accept(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    realms: Sequence[str],
    clauses: Sequence[str] | None = None,
    statement: str = "",
) -> EntryRef:
    """Accepts these realms, all or fewer, and these clauses by hash; None: every wording now on the table."""
    if clauses is None:
        clauses = current_wordings(reading.load(hq, accord).state)
    return act(
        hq, person, accord, Standing("accept", tuple(sorted(set(realms))), tuple(sorted(set(clauses))), statement)
    )


def current_wordings(accord: Accord) -> tuple[str, ...]:
    """The hashes of the clauses that have exactly one wording on the table: what a plain acceptance accepts."""
    return tuple(clause.variants[0].hash for clause in state.clause_states(accord) if len(clause.variants) == 1)


def decline(hq: Headquarters, person: Person, accord: AccordId, statement: str = "") -> EntryRef:
    """Declines the accord; it can still be accepted later."""
    return act(hq, person, accord, Standing("decline", statement=statement))


def suspend(hq: Headquarters, person: Person, accord: AccordId, statement: str = "", keeps: str = "") -> EntryRef:
    """Closes every realm from our side at once, until we resume; `keeps` says what we keep meanwhile."""
    return act(hq, person, accord, Standing("suspend", statement=statement, keeps=keeps))


def resume(hq: Headquarters, person: Person, accord: AccordId, statement: str = "") -> EntryRef:
    """Ends our suspension: the realms we had accepted are accepted again."""
    return act(hq, person, accord, Standing("resume", statement=statement))


def withdraw(hq: Headquarters, person: Person, accord: AccordId, statement: str = "", keeps: str = "") -> EntryRef:
    """Leaves the accord for good; `keeps` says what we keep of what we were given."""
    return act(hq, person, accord, Standing("withdraw", statement=statement, keeps=keeps))


def reopen(hq: Headquarters, person: Person, accord: AccordId) -> FeedRow:
    """Opens a fresh epoch of our own record, as after a restore; for an administrator or head of delegation."""
    refusal = person.lacking(Role.ADMINISTRATOR, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    with hq.transactions.atomic():
        loaded = lock_and_load(hq, accord)
        if not loaded.own(hq.party):
            raise MisuseError("Our record in this accord has no epoch yet; the first act opens one.")
        row = appending.open_epoch(hq, loaded, "restore")
        sentence = f"A fresh epoch {row.feed.epoch[:8]} of our record was opened."
        hq.journal.add(JournalRow(hq.clock.now(), person.username, "opening", accord, sentence))
    return row


def view(hq: Headquarters, accord: AccordId) -> AccordView:
    """The accord as held here now."""
    loaded = reading.load(hq, accord)
    return _view(hq, loaded)


def views(hq: Headquarters) -> tuple[AccordView, ...]:
    """Every accord held here, the one with the newest activity first."""
    return views_of(hq, reading.load_all(hq))


def views_of(hq: Headquarters, loads: Iterable[reading.Loaded]) -> tuple[AccordView, ...]:
    """These accords, the one with the newest activity first."""
    found = [_view(hq, loaded) for loaded in loads]
    return tuple(sorted(found, key=lambda view: (-view.latest_at, view.row.id)))


def _view(hq: Headquarters, loaded: reading.Loaded) -> AccordView:
    parties = [founder.party for founder in loaded.state.charter.parties]
    partners = tuple(party for party in parties if party != hq.party)
    proposals = [sheet.proposal for sheet in loaded.state.sheets.values() if sheet.proposal and sheet.proposal.title]
    first = min(proposals, key=lambda proposal: (proposal.at, proposal.title), default=None)
    title = first.title if first else f"No proposal has been read yet ({', '.join(partners)})"
    return AccordView(loaded.row, loaded.state, loaded.feeds, title, partners)
