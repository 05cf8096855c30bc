"""Scenarios and what hangs on them: the list of all that our people may read, and everything that one scenario's room shows.

Both are read afresh each time from our own elements and from partners' records; nothing that leaves is made from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.planning import likelihoods, watch
from stafftalks.planning.intelligence import Assessment, Indicator
from stafftalks.planning.likelihoods import Spread
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import BranchNode, Requirement, Scenario, branch_tree
from stafftalks.planning.watch import Due, Watched
from stafftalks.services import accords, cataloguing, elements, reading, workspace
from stafftalks.services.catalogue import Wanted, parse_terms
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.relative_time import Instant
from stafftalks.values.scale import Likelihood

_BEARING = ("assessment", "requirement", "plan", "option")


class Listing(msgspec.Struct, frozen=True):
    """How many scenarios match, and one window of them; every contingency and every party that any scenario has, with how many.

    Windows follow each other newest first, whoever wrote them; inside a window they stand by contingency, those without one last.
    """

    total: int
    pieces: tuple[Piece, ...]
    contingencies: tuple[tuple[str, int], ...]
    parties: tuple[tuple[str, int], ...]


class Judgement(msgspec.Struct, frozen=True):
    """What one party judges: by its newest assessment, or in the host's own text where `piece` is None."""

    party: PartyId
    likelihood: Likelihood | None
    piece: Piece | None = None


class Comparison(msgspec.Struct, frozen=True):
    """All judgements of one branch, or of the scenario as a whole where `branch` is empty, and how far they lie apart.

    The host's own text comes first, then each party's newest assessment by party. `spread` is over one likelihood a party: its
    assessment's, or the text's for a host that has made no assessment.
    """

    branch: str
    title: str
    judgements: tuple[Judgement, ...]
    spread: Spread


class WatchedIndicator(msgspec.Struct, frozen=True):
    """An indicator that bears on the scenario, or on one of its assessments (`via`)."""

    piece: Piece
    content: Indicator
    standing: Watched
    via: Piece | None = None


class ByBranch(msgspec.Struct, frozen=True):
    """What follows from one branch; from the scenario as a whole where `branch` is empty. `known` is False for a branch that is not there."""

    branch: str
    title: str
    pieces: tuple[Piece, ...]
    known: bool = True


class Source(msgspec.Struct, frozen=True):
    """A report that assessments rest on; `title` is empty where it is not held here, `accord` where it is ours."""

    ref: ElementRef
    title: str
    accord: AccordId | Literal[""]
    cited_by: tuple[Piece, ...]


class Room(msgspec.Struct, frozen=True):
    """Everything one scenario's room shows but what was said about it."""

    piece: Piece
    scenario: Scenario
    tree: tuple[BranchNode, ...]
    assumptions: tuple[Due, ...]
    indicators: tuple[WatchedIndicator, ...]
    comparisons: tuple[Comparison, ...]
    assessments: tuple[Piece, ...]
    reports: tuple[Source, ...]
    requirements: tuple[ByBranch, ...]
    plans: tuple[tuple[Piece, tuple[str, ...]], ...]
    options: tuple[ByBranch, ...]
    anchor_dates: Mapping[str, Instant]

    @property
    def about(self) -> ElementRef:
        """The scenario, whichever version stands."""
        return ElementRef(self.piece.party, self.piece.element)


def listing(
    hq: Headquarters, *, contingency: str = "", party: str = "", text: str = "", offset: int = 0, limit: int = 50
) -> Listing:
    """The scenarios our people may read, of this contingency and party where one is named; `text` are words in title or text."""
    loads = reading.load_all(hq)
    cataloguing.follow(hq, loads)
    contingencies, parties = Counter[str](), Counter[str]()
    for found in hq.catalogue.combinations(Wanted(), hq.party):
        if found.kind != "scenario":
            continue
        parties[found.party] += found.count
        if found.contingency:
            contingencies[found.contingency] += found.count
    counted = tuple(sorted(contingencies.items())), tuple(sorted(parties.items()))
    wanted = Wanted(parse_terms(text), ("scenario",), party=party, contingency=contingency)
    if text.strip() and not wanted.terms:
        return Listing(0, (), *counted)
    matches = hq.catalogue.window(wanted, hq.party, offset, limit)
    pieces = workspace.of_matches(hq, accords.views_of(hq, loads), matches)
    ordered = sorted(pieces, key=lambda found: (not found.contingency, found.contingency.casefold()))
    return Listing(hq.catalogue.count(wanted, hq.party), tuple(ordered), *counted)


def room(hq: Headquarters, about: ElementRef) -> Room | None:
    """The room of the scenario that `about` names; None where it is no scenario, or our people may not read it."""
    piece = workspace.piece(hq, about)
    if piece is None or not isinstance(piece.content, Scenario):
        return None
    scenario, now = piece.content, Instant(hq.clock.now())
    dates = workspace.anchor_dates(hq, contingency=piece.contingency)
    on_it = [found for found in workspace.referring(hq, about, kinds=_BEARING) if _names(found, about)]
    assessments = tuple(found for found in on_it if isinstance(found.content, Assessment))
    requirements = [found for found in on_it if isinstance(found.content, Requirement)]
    return Room(
        piece, scenario, branch_tree(scenario.branches),
        watch.assumptions_due(scenario.assumptions, dates, now),
        _indicators(workspace.pieces(hq, kinds=("indicator",)), about, assessments, dates, now),
        _comparisons(piece, scenario, assessments),
        assessments,
        _reports(hq, assessments),
        _by_branch(scenario, requirements),
        tuple((found, _chosen(found, about)) for found in on_it if isinstance(found.content, Plan)),
        _by_branch(scenario, [found for found in on_it if found.kind == "option"]),
        dates,
    )  # fmt: skip


def without_branch(scenario: Scenario, row: int) -> tuple[dict[str, str], tuple[str, ...]]:
    """What takes a branch out of the tree, as `editing.change` takes it: fields by path, and rows to take away.

    Branches that hang on it move up to the one it hangs on, and assumptions that trigger it trigger nothing.
    """
    gone = scenario.branches[row]
    moved = {f"branches.{at}.after": gone.after for at, one in enumerate(scenario.branches) if one.after == gone.id}
    freed = {f"assumptions.{at}.triggers": "" for at, one in enumerate(scenario.assumptions) if one.triggers == gone.id}
    return {**moved, **freed}, (f"branches.{row}",)


def below(nodes: Iterable[BranchNode], branch: str) -> frozenset[str]:
    """The ids of the branch and of everything that hangs on it: what it cannot itself hang on."""
    for node in nodes:
        if node.branch.id == branch:
            return frozenset({branch}.union(*(below((one,), one.branch.id) for one in node.below)))
        if found := below(node.below, branch):
            return found
    return frozenset()


def _same(one: ElementRef | None, other: ElementRef) -> bool:
    return one is not None and (one.party, one.element) == (other.party, other.element)


def _names(piece: Piece, about: ElementRef) -> bool:
    """Whether the element points at the scenario itself, by the field that is meant for it."""
    match piece.content:
        case Plan(scenarios=chosen):
            return any(_same(choice.scenario, about) for choice in chosen)
        case content:
            return _same(getattr(content, "scenario", None), about)


def _chosen(piece: Piece, about: ElementRef) -> tuple[str, ...]:
    """The branches of the scenario that the plan is for; empty for all."""
    if not isinstance(piece.content, Plan):
        return ()
    named = [choice.branches for choice in piece.content.scenarios if _same(choice.scenario, about)]
    return () if any(not branches for branches in named) else tuple(branch for one in named for branch in one)


def _indicators(
    every: Iterable[Piece],
    about: ElementRef,
    assessments: Sequence[Piece],
    dates: Mapping[str, Instant],
    now: Instant,
) -> tuple[WatchedIndicator, ...]:
    judged = {found.key: found for found in assessments}
    direct = f"{about.party}/{about.element}"
    found: list[WatchedIndicator] = []
    for piece in every:
        if not isinstance(piece.content, Indicator):
            continue
        named = [f"{ref.party}/{ref.element}" for ref in piece.content.bears_on]
        via = next((judged[key] for key in named if key in judged), None)
        if direct in named or via is not None:
            standing = watch.watched(piece.content, dates, now)
            found.append(WatchedIndicator(piece, piece.content, standing, None if direct in named else via))
    return tuple(sorted(found, key=lambda one: watch.urgency(one.standing)))


def _comparisons(piece: Piece, scenario: Scenario, assessments: Sequence[Piece]) -> tuple[Comparison, ...]:
    newest: dict[tuple[str, PartyId], Piece] = {}
    for found in assessments:
        branch = found.content.branch if isinstance(found.content, Assessment) else ""
        held = newest.get((branch, found.party))
        if held is None or found.at > held.at:
            newest[branch, found.party] = found
    topics = [("", "", scenario.likelihood)]
    topics += [(branch.id, branch.title, branch.likelihood) for branch in scenario.branches]
    by_branch: dict[str, list[Piece]] = {}
    for (branch, _party), found in sorted(newest.items(), key=lambda item: item[0]):
        by_branch.setdefault(branch, []).append(found)
    return tuple(_compared(piece.party, *topic, by_branch.get(topic[0], [])) for topic in topics)


def _compared(
    host: PartyId, branch: str, title: str, stated: Likelihood | None, assessed: Sequence[Piece]
) -> Comparison:
    judgements = [Judgement(host, stated)]
    effective: dict[str, Likelihood | None] = {host: stated}
    for found in assessed:
        given = found.content.likelihood if isinstance(found.content, Assessment) else None
        judgements.append(Judgement(found.party, given, found))
        effective[found.party] = given or effective.get(found.party)
    return Comparison(branch, title, tuple(judgements), likelihoods.spread(effective))


def _reports(hq: Headquarters, assessments: Sequence[Piece]) -> tuple[Source, ...]:
    cited: dict[tuple[PartyId, ElementId], list[Piece]] = {}
    for found in assessments:
        for ref in found.content.reports if isinstance(found.content, Assessment) else ():
            citing = cited.setdefault((ref.party, ref.element), [])
            if found not in citing:
                citing.append(found)
    titles = elements.titles_of(hq, cited)
    views = accords.views(hq) if cited else ()
    where = {
        (party, element): view.row.id
        for view in views
        for party, element in cited
        if party != hq.party and party in view.accord.parties and view.accord.sheet(party).released.get(element)
    }
    return tuple(
        Source(ElementRef(*key), titles.get(key, ""), where.get(key, ""), tuple(citing))
        for key, citing in cited.items()
    )


def _by_branch(scenario: Scenario, found: Sequence[Piece]) -> tuple[ByBranch, ...]:
    """The pieces under each branch they name, in the order of the text; those for the whole first, those for branches that are gone last."""
    under: dict[str, list[Piece]] = {}
    for piece in found:
        for branch in getattr(piece.content, "branches", ()) or ("",):
            under.setdefault(branch, []).append(piece)
    titles = {"": "", **{branch.id: branch.title for branch in scenario.branches}}
    known = [ByBranch(branch, title, tuple(under[branch])) for branch, title in titles.items() if branch in under]
    gone = [ByBranch(branch, "", tuple(rows), known=False) for branch, rows in under.items() if branch not in titles]
    return (*known, *gone)
