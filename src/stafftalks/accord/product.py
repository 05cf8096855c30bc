"""An accord as the product of its parties' sheets, and what follows for realms, releases and recalls.

Nothing is stored that can be computed, and nothing here changes a sheet. A party whose sheet is missing has said nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from stafftalks.accord.bodies import Charter, EntryRef
from stafftalks.accord.folding import fold
from stafftalks.accord.parts import Recalled, ReleasedVersion, Sheet
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.record.entry import VerifiedEntry
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.realm import Realm

RealmStatus = Literal["proposed", "accepted", "not accepted", "suspended"]
Outcome = Literal["confirmed removed", "not confirmed", "refused"]


class Accord(msgspec.Struct, frozen=True, dict=True):
    """An arrangement between the parties of `charter`: one sheet each, empty where a party has written nothing."""

    id: AccordId
    charter: Charter
    sheets: Mapping[PartyId, Sheet]

    @property
    def parties(self) -> tuple[PartyId, ...]:
        """The codes of the parties, as the charter orders them."""
        return tuple(founder.party for founder in self.charter.parties)

    def sheet(self, party: PartyId) -> Sheet:
        """The party's sheet, empty where none is held."""
        return self.sheets.get(party) or Sheet.empty(party)

    def others(self, me: PartyId) -> tuple[PartyId, ...]:
        """The parties other than `me`."""
        return tuple(party for party in self.parties if party != me)

    def with_sheet(self, sheet: Sheet) -> "Accord":
        """The accord with this party's sheet replaced."""
        return Accord(self.id, self.charter, {**self.sheets, sheet.party: sheet})


class RealmRow(msgspec.Struct, frozen=True):
    """One realm: how each party stands to it, and whether it is open."""

    realm: Realm
    by: Mapping[PartyId, RealmStatus]
    open: bool


class HolderState(msgspec.Struct, frozen=True):
    """What one holder has answered to a recall. Nothing is ever said to be deleted: only what the holder says it removed."""

    party: PartyId
    outcome: Outcome
    statement: str = ""
    removed: tuple[str, ...] = ()
    ref: EntryRef | None = None
    at: int = 0


class RecallState(msgspec.Struct, frozen=True):
    """A recall of `party` and what each holder it asked has answered."""

    party: PartyId
    recall: Recalled
    holders: tuple[HolderState, ...]


def fold_accord(accord: AccordId, charter: Charter, entries: Iterable[VerifiedEntry]) -> Accord:
    """The accord that `entries` amount to: any interleaving of parties, each epoch's entries in order of n."""
    by_party: defaultdict[PartyId, list[VerifiedEntry]] = defaultdict(list)
    for entry in entries:
        if entry.feed.accord == accord:
            by_party[entry.feed.party].append(entry)
    parties = (founder.party for founder in charter.parties)
    return Accord(accord, charter, {party: fold(by_party[party], Sheet.empty(party)) for party in parties})


def open_realms(accord: Accord) -> frozenset[Realm]:
    """The realms that every party of the charter accepts now: none where any has not spoken, suspended or left."""
    realms = frozenset(Realm)
    for party in accord.parties:
        realms &= accord.sheet(party).standing.realms
    return realms if accord.parties else frozenset()


def realm_matrix(accord: Accord) -> tuple[RealmRow, ...]:
    """Every realm with each party's stance to it, in the order of `Realm`."""
    opened = open_realms(accord)
    return tuple(
        RealmRow(realm, {party: _status(accord.sheet(party), realm) for party in accord.parties}, realm in opened)
        for realm in Realm
    )


def _status(sheet: Sheet, realm: Realm) -> RealmStatus:
    standing = sheet.standing
    if realm in standing.realms:
        return "accepted"
    if realm in standing.resumes:
        return "suspended"
    if standing.state in ("silent", "proposed") and sheet.proposal and realm in sheet.proposal.realms:
        return "proposed"
    return "not accepted"


def live_releases(accord: Accord, party: PartyId | None = None) -> tuple[ReleasedVersion, ...]:
    """The newest version of each element that `party` (every party where None) has released and not recalled."""
    if party is not None:
        return accord.sheet(party).live
    return tuple(item for author in accord.parties for item in accord.sheet(author).live)


def holdings_of(accord: Accord, author: PartyId, holder: PartyId) -> tuple[ReleasedVersion, ...]:
    """The newest version of each element of `author` that `holder` was given and that was not recalled."""
    return tuple(
        given[-1]
        for history in accord.sheet(author).released.values()
        if (given := [version for version in history if holder in version.to])
    )


def release_of(accord: Accord, about: ElementRef | ExactRef) -> ReleasedVersion | None:
    """The newest release of what `about` names (of that exact version where it names one), or None where none is held."""
    return next(reversed(_releases(accord, about)), None)


def current_version(accord: Accord, party: PartyId, element: ElementId) -> ReleasedVersion | None:
    """The newest release of this element of `party`, or None where none is live here."""
    history = accord.sheet(party).released.get(element, ())
    return history[-1] if history else None


def audience_of(accord: Accord, about: ElementRef | ExactRef) -> frozenset[PartyId]:
    """Everyone who may know of what `about` names: its party, and those to whom it was released and not recalled.

    Empty where nothing of it is live here.
    """
    known: frozenset[PartyId] = frozenset()
    for version in _releases(accord, about):
        known |= {about.party, *version.to}
    return known


def _releases(accord: Accord, about: ElementRef | ExactRef) -> list[ReleasedVersion]:
    history = accord.sheet(about.party).released.get(about.element, ())
    return [version for version in history if about.version in (None, version.version)]


def recalls(accord: Accord) -> tuple[RecallState, ...]:
    """Every recall with what each holder has answered, by party and then in order of its record."""
    return tuple(
        RecallState(party, recall, tuple(_holders(accord, recall)))
        for party in accord.parties
        for recall in accord.sheet(party).recalls
    )


def asked_by(accord: Accord, recall: Recalled) -> tuple[PartyId, ...]:
    """The parties that `recall` asks to remove: those it names, or every other party where it names none."""
    others = accord.others(recall.ref.party)
    named = tuple(party for party in others if party in recall.to)
    return named or others


def _holders(accord: Accord, recall: Recalled) -> Iterator[HolderState]:
    for party in asked_by(accord, recall):
        said = accord.sheet(party).confirmations.get(recall.ref)
        if said is None:
            yield HolderState(party, "not confirmed")
        else:
            outcome: Outcome = "confirmed removed" if said.outcome == "removed" else "refused"
            yield HolderState(party, outcome, said.statement, said.removed, said.ref, said.at)
