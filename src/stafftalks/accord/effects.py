"""What journal items amount to, applied in order to one mutable state that freezes to the fields of a sheet.

The state is private to a running fold; nothing outside ever sees it half done. What depends on several releases of one
element (does `replaces` name the version it follows?) is computed when the state is frozen, from the releases that are
left and the recalls, so that a release which was recalled leaves no trace.

Going on from a sheet costs what the new items touch: an element's history is opened, and its notices computed again, only
where an item is about that element. Everything else is taken over as it is.
"""

from collections.abc import Iterable, Iterator, Mapping

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Clause,
    Confirmation,
    EntryRef,
    Opening,
    Proposal,
    Question,
    Recall,
    Standing,
)
from stafftalks.accord.parts import (
    Answered,
    Asked,
    CheckAct,
    ConfirmationState,
    Item,
    Notice,
    ProposalState,
    Recalled,
    ReleasedVersion,
    Said,
    Sheet,
)
from stafftalks.accord.standing import StandingState, advance, next_state, why_not
from stafftalks.accord.terms import known_realm, known_realms, unknown_realms
from stafftalks.values.ids import ElementId, EpochId, PartyId, VersionHash

_OPEN_AT_ONCE = 4096
"""How many histories are held open; more are closed in between, so that a long fold needs little memory beside its sheet."""


class Wording:
    """A party's own wording of the terms while it is read."""

    __slots__ = ("at", "clauses", "message", "proposed", "purpose", "realms", "refs", "struck", "title", "written")

    def __init__(self, known: ProposalState | None = None) -> None:
        self.title = known.title if known else ""
        self.purpose = known.purpose if known else ""
        self.realms: tuple[str, ...] = (*sorted(known.realms), *known.unknown_realms) if known else ()
        self.clauses: dict[str, Clause] = dict(known.clauses) if known else {}
        self.message = known.message if known else ""
        self.refs: list[EntryRef] = list(known.refs) if known else []
        self.proposed = known.proposed if known else None
        self.at = known.at if known else 0
        self.struck: set[str] = set(known.struck) if known else set()
        self.written: dict[Clause, None] = dict.fromkeys(known.written) if known else {}

    def propose(self, said: Proposal, ref: EntryRef, at: int) -> None:
        """Takes in the party's proposal."""
        self.title, self.purpose, self.proposed = said.title, said.purpose, ref
        self._put(said.clauses, said.realms, said.message, ref, at)

    def amend(self, said: Amendment, ref: EntryRef, at: int) -> None:
        """Takes in an amendment: what it strikes out goes first, then what it puts in comes."""
        for struck in said.struck:
            self.clauses.pop(struck, None)
        self.struck.update(said.struck)
        self._put(said.clauses, said.realms, said.message, ref, at)

    def _put(
        self, clauses: tuple[Clause, ...], realms: tuple[str, ...] | None, message: str, ref: EntryRef, at: int
    ) -> None:
        self.clauses.update((clause.id, clause) for clause in clauses)
        self.written.update(dict.fromkeys(clauses))
        self.struck.difference_update(clause.id for clause in clauses)
        self.realms = self.realms if realms is None else realms
        self.message = message
        self.refs.append(ref)
        self.at = at

    def frozen(self) -> ProposalState:
        """The wording as a value."""
        return ProposalState(
            title=self.title,
            purpose=self.purpose,
            realms=known_realms(self.realms),
            clauses=dict(self.clauses),
            message=self.message,
            refs=tuple(self.refs),
            proposed=self.proposed,
            at=self.at,
            struck=frozenset(self.struck),
            written=tuple(self.written),
            unknown_realms=unknown_realms(self.realms),
        )


class Effects:
    """The effect so far of one party's items."""

    __slots__ = (
        "_closed",
        "_dropped",
        "_noticed",
        "_notices",
        "_open",
        "answers",
        "checks",
        "confirmations",
        "questions",
        "recalled",
        "recalls",
        "standing",
        "wording",
    )

    def __init__(self, sheet: Sheet) -> None:
        """Goes on from `sheet`, which is not changed."""
        self.standing: StandingState = sheet.standing
        self.wording = Wording(sheet.proposal) if sheet.proposal else None
        self.questions = list(sheet.questions)
        self.answers = list(sheet.answers)
        self.recalled = dict(sheet.recalled)
        self.recalls = list(sheet.recalls)
        self.confirmations = dict(sheet.confirmations)
        self.checks = list(sheet.checks)
        # Every element with releases, in the order of the record; what is open stands in `_open` and is out of date here.
        self._closed = dict(sheet.released)
        self._open: dict[ElementId, dict[EntryRef, ReleasedVersion]] = {}
        # The notices of `sheet`, those of its entries whose notices no longer hold, and the new ones.
        self._noticed = sheet.notices
        self._dropped: set[EntryRef] = set()
        self._notices: dict[EntryRef, Notice] = {}

    def apply(self, item: Item) -> None:
        """Takes in the next item."""
        if isinstance(item, ReleasedVersion):
            self._history(item.element)[item.ref] = item
            self._closed.setdefault(item.element, ())
        elif isinstance(item, Notice):
            self._notices[item.ref] = item
        elif isinstance(item, CheckAct):
            self.checks.append(item)
        else:
            self._apply_said(item)

    def _apply_said(self, said: Said) -> None:
        ref, at, body = said.ref, said.at, said.body
        match body:
            case Opening():
                pass
            case Proposal():
                self._propose(body, ref, at)
            case Amendment():
                self._amend(body, ref, at)
            case Question():
                self.questions.append(Asked(ref, at, body.text, body.clause))
            case Answer():
                self.answers.append(Answered(ref, at, body.question, body.text))
            case Standing():
                standing = advance(self.standing, body, ref, at)
                if standing is None:
                    self._without_effect(ref, why_not(body.act))
                else:
                    self.standing = standing
            case Recall():
                recall = Recalled(body.element, body.entries, body.versions, body.reason, ref, at, body.to)
                self._history(body.element)  # its notices depend on its recalls
                self.recalled[body.element] = recall
                self.recalls.append(recall)
            case Confirmation():
                outcome, removed, statement = body.outcome, body.removed, body.statement
                self.confirmations[body.recall] = ConfirmationState(body.recall, outcome, removed, statement, ref, at)

    def _propose(self, said: Proposal, ref: EntryRef, at: int) -> None:
        state = next_state(self.standing.state, "propose")
        wording = self.wording or Wording()
        if state is None or wording.proposed is not None:
            self._without_effect(ref, why_not("propose"))
            return
        wording.propose(said, ref, at)
        self.wording = wording
        if state != self.standing.state:
            self.standing = StandingState(state, ref=ref, at=at)

    def _amend(self, said: Amendment, ref: EntryRef, at: int) -> None:
        if self.standing.state == "withdrawn":
            self._without_effect(
                ref, "It amends, but its party has withdrawn, and a withdrawal is final in this accord."
            )
            return
        self.wording = self.wording or Wording()
        self.wording.amend(said, ref, at)

    def _without_effect(self, ref: EntryRef, sentence: str) -> None:
        self._notices[ref] = Notice(ref, "without_effect", sentence)

    def take_back(self, item: ReleasedVersion | Notice) -> None:
        """Undoes what `item`, which was taken back, had shown."""
        self._drop(item.ref)
        if isinstance(item, ReleasedVersion):
            history = self._history(item.element)
            history.pop(item.ref, None)
            if not history:
                self._closed.pop(item.element, None)

    def released(self) -> dict[ElementId, tuple[ReleasedVersion, ...]]:
        """The releases that are left, by element, oldest first."""
        self._close()
        return self._closed

    def notices(self, rank: Mapping[EpochId, int]) -> tuple[Notice, ...]:
        """All notices in order of the record, whose epochs are ranked by `rank`."""
        self._close()
        kept = self._noticed
        if self._dropped:
            kept = tuple(notice for notice in kept if notice.ref not in self._dropped)

        def place(notice: Notice) -> tuple[int, int]:
            return rank[notice.ref.epoch], notice.ref.n

        added = sorted(self._notices.values(), key=place)
        if kept and added and place(added[0]) < place(kept[-1]):
            return tuple(sorted((*kept, *added), key=place))
        return (*kept, *added)

    def _history(self, element: ElementId) -> dict[EntryRef, ReleasedVersion]:
        """The releases of one element, open for change; what was said of them is dropped and will be computed again."""
        history = self._open.get(element)
        if history is None:
            if len(self._open) >= _OPEN_AT_ONCE:
                self._close()
            history = self._open[element] = {version.ref: version for version in self._closed.get(element, ())}
            for ref in history:
                self._drop(ref)
        return history

    def _close(self) -> None:
        """Closes every open history. What is odd about its releases is a function of those left and of the recalls alone."""
        gone: dict[ElementId, set[VersionHash]] = {}
        if not self.recalled.keys().isdisjoint(self._open):
            for recall in self.recalls:
                if recall.element in self._open:
                    gone.setdefault(recall.element, set()).update(recall.versions)
        for element, history in self._open.items():
            if history:
                self._closed[element] = tuple(history.values())
                odd = _odd_releases(history.values(), gone.get(element, set()))
                self._notices.update((notice.ref, notice) for notice in odd)
        self._open.clear()

    def _drop(self, ref: EntryRef) -> None:
        self._notices.pop(ref, None)
        if self._noticed:
            self._dropped.add(ref)


def _odd_releases(history: Iterable[ReleasedVersion], gone: set[VersionHash]) -> Iterator[Notice]:
    """Notices for the releases of one element, oldest first, whose realm or whose `replaces` does not fit."""
    current: dict[PartyId, VersionHash] = {}
    for version in history:
        faults = []
        if known_realm(version.realm) is None:
            faults.append(f"It names the realm {version.realm[:40]!r}, which this version does not know.")
        before = {current[party] for party in version.to if party in current} - {version.version}
        fits = version.replaces in before or version.replaces in gone if version.replaces else not before
        if not fits:
            faults.append(
                "It does not name the version that its holders had before as the one it replaces, so it stands beside it as a "
                "further release and not as a revision of it."
            )
        if faults:
            yield Notice(version.ref, "without_effect", " ".join(faults))
        current.update(dict.fromkeys(version.to, version.version))
