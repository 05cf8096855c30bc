"""What journal items amount to, applied in order to one mutable state that freezes to the fields of a sheet.

The state is private to a running fold; nothing outside ever sees it half done. What depends on several releases of one
element (does `replaces` name the version it follows?) is computed when the state is frozen, from the releases that are
left and the recalls, so that a release which was recalled leaves no trace.
"""

from collections.abc import Iterable, Iterator

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
    ConfirmationState,
    Notice,
    ProposalState,
    Recalled,
    ReleasedVersion,
    Said,
    Sheet,
)
from stafftalks.accord.standing import StandingState, advance, next_state, why_not
from stafftalks.accord.terms import known_realm, known_realms, unknown_realms
from stafftalks.values.ids import ElementId, PartyId, VersionHash


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
        "answers",
        "confirmations",
        "notices",
        "questions",
        "recalled",
        "recalls",
        "released",
        "standing",
        "wording",
    )

    def __init__(self, sheet: Sheet) -> None:
        """Goes on from `sheet`, which is not changed."""
        self.standing: StandingState = sheet.standing
        self.wording = Wording(sheet.proposal) if sheet.proposal else None
        self.questions = list(sheet.questions)
        self.answers = list(sheet.answers)
        self.released: dict[ElementId, dict[EntryRef, ReleasedVersion]] = {
            element: {version.ref: version for version in history} for element, history in sheet.released.items()
        }
        self.recalled = dict(sheet.recalled)
        self.recalls = list(sheet.recalls)
        self.confirmations = dict(sheet.confirmations)
        self.notices = {notice.ref: notice for notice in sheet.notices if not _about_release(notice, sheet)}

    def apply(self, item: Said | ReleasedVersion | Notice) -> None:
        """Takes in the next item."""
        if isinstance(item, ReleasedVersion):
            self.released.setdefault(item.element, {})[item.ref] = item
        elif isinstance(item, Notice):
            self.notices[item.ref] = item
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
        self.notices[ref] = Notice(ref, "without_effect", sentence)

    def take_back(self, item: ReleasedVersion | Notice) -> None:
        """Undoes what `item`, which was taken back, had shown."""
        self.notices.pop(item.ref, None)
        if isinstance(item, ReleasedVersion):
            history = self.released.get(item.element, {})
            history.pop(item.ref, None)
            if not history:
                self.released.pop(item.element, None)

    def release_notices(self) -> Iterator[Notice]:
        """What is odd about the releases that are left: a function of them and of the recalls alone."""
        gone: dict[ElementId, set[VersionHash]] = {}
        for recall in self.recalls:
            gone.setdefault(recall.element, set()).update(recall.versions)
        for element, history in self.released.items():
            yield from _odd_releases(history.values(), gone.get(element, set()))


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


def _about_release(notice: Notice, sheet: Sheet) -> bool:
    """Whether `notice` is one that freezing computes again."""
    return notice.sort != "forgotten" and isinstance(sheet.journal.get(notice.ref), ReleasedVersion)
