"""What `accord` commands print as JSON, and draw as tables. Times are unix seconds as claimed by their author, 0 for never.

Field names are kept from version to version; new ones may be added.
"""

from collections.abc import Mapping

import msgspec

from stafftalks.accord import state
from stafftalks.accord.state import Accord
from stafftalks.cli import names
from stafftalks.services.accords import AccordView
from stafftalks.values.ids import PartyId
from stafftalks.values.realm import Realm


class AccordLine(msgspec.Struct, frozen=True):
    """An accord in a list. `standings` maps each party to where it stands."""

    id: str
    title: str
    partners: tuple[str, ...]
    standings: Mapping[str, str]
    open_realms: tuple[str, ...]
    latest_at: int


class StandingLine(msgspec.Struct, frozen=True):
    """Where a party stands, with the realms it holds open from its side."""

    party: str
    state: str
    realms: tuple[str, ...]
    statement: str
    keeps: str
    at: int


class RealmLine(msgspec.Struct, frozen=True):
    """A realm: whether it is open, and each party's stance."""

    realm: str
    open: bool
    by: Mapping[PartyId, str]


class WordingLine(msgspec.Struct, frozen=True):
    """One exact wording of a clause."""

    hash: str
    heading: str
    text: str
    duty: str
    authors: tuple[str, ...]
    accepted_by: tuple[str, ...]


class ClauseLine(msgspec.Struct, frozen=True):
    """A clause with its wordings; agreed where every party accepted the same one."""

    id: str
    agreed: bool
    struck_by: tuple[str, ...]
    wordings: tuple[WordingLine, ...]


class AnswerLine(msgspec.Struct, frozen=True):
    """An answer to a question."""

    entry: str
    party: str
    text: str
    at: int


class QuestionLine(msgspec.Struct, frozen=True):
    """A question, the id of the clause it hangs on (empty for the whole), and its answers. `text` is null where it is not held."""

    entry: str
    party: str
    text: str | None
    clause: str
    at: int
    answers: tuple[AnswerLine, ...]


class ReleasedLine(msgspec.Struct, frozen=True):
    """The newest release of an element that stands, of ours or a partner's."""

    party: str
    element: str
    kind: str
    title: str
    version: str
    realm: str
    to: tuple[str, ...]
    entry: str
    at: int


class HolderLine(msgspec.Struct, frozen=True):
    """What a holder answered to a recall: confirmed removed, refused or not confirmed."""

    party: str
    outcome: str
    statement: str
    at: int


class RecallLine(msgspec.Struct, frozen=True):
    """A recall with what each holder answered."""

    entry: str
    party: str
    element: str
    reason: str
    at: int
    holders: tuple[HolderLine, ...]


class AgreedLine(msgspec.Struct, frozen=True):
    """An exact version that every party has adopted; `current` is false where its host has revised it since."""

    party: str
    element: str
    version: str
    title: str
    current: bool


class NoticeLine(msgspec.Struct, frozen=True):
    """An entry kept without effect, and why."""

    entry: str
    sort: str
    sentence: str


class AccordPage(msgspec.Struct, frozen=True):
    """One accord whole. `next` are sentences: what could be done now; none of it is owed."""

    id: str
    title: str
    purpose: str
    parties: tuple[str, ...]
    opened_at: int
    standings: tuple[StandingLine, ...]
    realms: tuple[RealmLine, ...]
    clauses: tuple[ClauseLine, ...]
    questions: tuple[QuestionLine, ...]
    released: tuple[ReleasedLine, ...]
    recalls: tuple[RecallLine, ...]
    agreed: tuple[AgreedLine, ...]
    notices: tuple[NoticeLine, ...]
    next: tuple[str, ...]


def line(view: AccordView) -> AccordLine:
    """An accord as its line in the list."""
    found = view.accord
    return AccordLine(
        view.row.id,
        view.title,
        view.partners,
        {party: found.sheet(party).standing.state for party in found.parties},
        ordered(state.open_realms(found)),
        view.latest_at,
    )


def page(view: AccordView, me: PartyId, now: int) -> AccordPage:
    """An accord as `me` sees it at `now`, unix seconds."""
    found = view.accord
    return AccordPage(
        id=view.row.id,
        title=view.title,
        purpose=next((p.purpose for party in found.parties if (p := found.sheet(party).proposal) and p.purpose), ""),
        parties=found.parties,
        opened_at=view.row.opened_at,
        standings=tuple(_standing(found, party) for party in found.parties),
        realms=tuple(RealmLine(row.realm, row.open, row.by) for row in state.realm_matrix(found)),
        clauses=tuple(_clause(clause) for clause in state.clause_states(found)),
        questions=tuple(_question(thread) for thread in state.threads(found)),
        released=released(found),
        recalls=tuple(_recall(item) for item in state.recalls(found)),
        agreed=tuple(
            AgreedLine(item.party, item.element, item.version, item.title, item.current) for item in state.agreed(found)
        ),
        notices=tuple(
            NoticeLine(names.spell(notice.ref), notice.sort, notice.sentence)
            for party in found.parties
            for notice in found.sheet(party).notices
        ),
        next=tuple(prompt.sentence for prompt in state.what_happens_next(found, me, now)),
    )


def released(found: Accord) -> tuple[ReleasedLine, ...]:
    """The newest standing release of every element, party by party."""
    return tuple(
        ReleasedLine(
            item.ref.party,
            item.element,
            item.kind,
            state.title_of(item),
            item.version,
            item.realm,
            item.to,
            names.spell(item.ref),
            item.at,
        )
        for item in state.live_releases(found)
    )


def ordered(realms: frozenset[Realm]) -> tuple[str, ...]:
    """Realms in the order of growing commitment."""
    return tuple(realm for realm in Realm if realm in realms)


def _standing(found: Accord, party: PartyId) -> StandingLine:
    standing = found.sheet(party).standing
    return StandingLine(
        party, standing.state, ordered(standing.realms), standing.statement, standing.keeps, standing.at
    )


def _clause(clause: state.ClauseState) -> ClauseLine:
    wordings = tuple(
        WordingLine(
            variant.hash,
            variant.clause.heading,
            variant.clause.text,
            variant.clause.duty,
            variant.authors,
            variant.accepted_by,
        )
        for variant in clause.variants
    )
    return ClauseLine(clause.id, clause.agreed, clause.struck_by, wordings)


def _question(thread: state.Thread) -> QuestionLine:
    asked = thread.question
    answers = tuple(
        AnswerLine(names.spell(answer.ref), answer.ref.party, answer.text, answer.at) for answer in thread.answers
    )
    clause = thread.clause.id if thread.clause else ""
    return QuestionLine(
        names.spell(thread.ref),
        thread.ref.party,
        asked.text if asked else None,
        clause,
        asked.at if asked else 0,
        answers,
    )


def _recall(item: state.RecallState) -> RecallLine:
    recall = item.recall
    holders = tuple(HolderLine(holder.party, holder.outcome, holder.statement, holder.at) for holder in item.holders)
    return RecallLine(names.spell(recall.ref), item.party, recall.element, recall.reason, recall.at, holders)
