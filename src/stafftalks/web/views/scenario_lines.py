"""A scenario's room line by line: judgements side by side, branches as they hang, assumptions and indicators with their dates in words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning import likelihoods
from stafftalks.planning.likelihoods import Spread
from stafftalks.planning.scenarios import Branch, BranchNode
from stafftalks.planning.watch import Due, Watched
from stafftalks.services.scenarios import ByBranch, Comparison, Judgement, Room, WatchedIndicator
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import RelativeTime
from stafftalks.values.scale import Likelihood, ScaleName
from stafftalks.web.element_inputs import Input
from stafftalks.web.views.scenario_parts import Drawn, Part, check

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Bar = tuple[str, str, str, Likelihood | None]


class Cell(msgspec.Struct, frozen=True):
    """One party's judgement in the table: in the host's text, or by an assessment; `range` is what its term means, in percent."""

    likelihood: str
    range: str
    confidence: str = ""
    piece: Piece | None = None


class Topic(msgspec.Struct, frozen=True):
    """A row of the comparison: a branch or the whole, a cell for the text and one a party, and what divides them in words."""

    branch: str
    title: str
    text: Cell | None
    cells: tuple[Cell | None, ...]
    spread: Spread
    words: str
    bars: tuple[Bar, ...]
    give: str
    ours: Piece | None


class BranchLine(msgspec.Struct, frozen=True):
    """One branch of the tree, with those below it."""

    branch: Branch
    part: Part
    topic: Topic
    triggers: tuple[str, ...]
    requirements: int
    below: tuple["BranchLine", ...]


class AssumptionLine(msgspec.Struct, frozen=True):
    """One assumption, when it must be known in words, and the branch it triggers with its place on the page."""

    due: Due
    words: str
    part: Part
    branch: str
    branch_title: str
    branch_href: str


class IndicatorLine(msgspec.Struct, frozen=True):
    """One indicator, when it was looked at in words, and the form that records a check, where it is ours."""

    one: WatchedIndicator
    words: str
    check: tuple[Input, ...]
    open: bool


def topics(room: Room, parties: Sequence[PartyId], me: PartyId) -> dict[str, Topic]:
    """The comparison's rows by branch id, the whole under the empty one; a cell for each of `parties` in order."""
    return {one.branch: _topic(room, one, parties, me) for one in room.comparisons}


def judging(room: Room, me: PartyId) -> tuple[PartyId, ...]:
    """Every party that may judge: ourselves, the host, and whoever has."""
    assessed = {found.party for found in room.assessments}
    others = sorted({*assessed, room.piece.party, *room.piece.readers} - {me})
    return (me, *others)


def divided(found: Mapping[str, Topic]) -> tuple[Topic, ...]:
    """The topics on which two parties have judged, where they differ most first."""
    ordered = likelihoods.by_divergence((topic, topic.spread) for topic in found.values())
    return tuple(topic for topic, _spread in ordered)


def tree(room: Room, parts: Mapping[str, Part], found: Mapping[str, Topic]) -> tuple[BranchLine, ...]:
    """The branches as they hang."""
    rows = {branch.id: at for at, branch in enumerate(room.scenario.branches)}
    triggers: dict[str, list[str]] = {}
    for assumption in room.scenario.assumptions:
        if assumption.triggers:
            triggers.setdefault(assumption.triggers, []).append(assumption.id)
    wanted = {group.branch: len(group.pieces) for group in room.requirements}

    def line(node: BranchNode) -> BranchLine:
        branch = node.branch
        return BranchLine(
            branch, parts[f"branches.{rows[branch.id]}"], found[branch.id], tuple(triggers.get(branch.id, ())),
            wanted.get(branch.id, 0), tuple(line(one) for one in node.below),
        )  # fmt: skip

    return tuple(line(node) for node in room.tree)


def assumptions(room: Room, parts: Mapping[str, Part]) -> tuple[AssumptionLine, ...]:
    """The assumptions, most pressing first."""
    rows = {branch.id: (at, branch.title) for at, branch in enumerate(room.scenario.branches)}
    found = []
    for due in room.assumptions:
        at, title = rows.get(due.assumption.triggers, (-1, ""))
        href = f"#branches-{at}" if at >= 0 else ""
        found.append(
            AssumptionLine(due, due_words(due), parts[f"assumptions.{due.row}"], due.assumption.triggers, title, href)
        )
    return tuple(sorted(found, key=lambda line: not line.part.trouble))


def indicators(drawn: Drawn) -> tuple[IndicatorLine, ...]:
    """The indicators, what was observed first."""
    found = []
    for one in drawn.room.indicators:
        form = check(drawn, one) if drawn.may_write and one.piece.own else ()
        found.append(
            IndicatorLine(one, _checked(one.standing), form, drawn.trouble.form == f"check.{one.piece.element}")
        )
    return tuple(sorted(found, key=lambda line: not line.open))


def windowed(groups: Sequence[ByBranch], start: int, stop: int) -> tuple[ByBranch, ...]:
    """The groups with those of their pieces that stand from `start` up to `stop`, counted through all groups."""
    shown: list[ByBranch] = []
    for group in groups:
        pieces = group.pieces[max(0, start) : max(0, stop)]
        if pieces:
            shown.append(msgspec.structs.replace(group, pieces=pieces))
        start, stop = start - len(group.pieces), stop - len(group.pieces)
    return tuple(shown)


def spread_words(spread: Spread) -> str:
    """What divides the judgements, in a few words."""
    named = {"low": spread.low, "high": spread.high, "points": spread.points}
    match spread.sort:
        case "none":
            return _("not judged yet")
        case "one":
            return _("one judgement only")
        case "same":
            return _("the same range")
        case "overlap" if spread.low == spread.high:
            return _("one lies within the other, at %(low)d %%") % named
        case "overlap":
            return _("they overlap from %(low)d to %(high)d %%") % named
        case "touching":
            return _("they only meet, at %(low)d %%") % named
        case "apart":
            return ngettext("%(points)d point apart", "%(points)d points apart", spread.points) % named


def due_words(due: Due) -> str:
    """When the assumption must be known, seen from today; empty where it says nothing of that."""
    by = due.assumption.validate_by
    if by is None:
        return _("no date to know it by") if due.standing == "no date" else ""
    if due.at is None:
        return _("to be known by %(by)s; the date of %(anchor)s is not set here") % {"by": by, "anchor": anchor_of(due)}
    day = _day(due.at.seconds)
    shown = f"{by} ({day})" if isinstance(by, RelativeTime) else day
    match due.standing:
        case "overdue" if due.days == 0:
            return _("was to be known by %(by)s: overdue since today") % {"by": shown}
        case "overdue":
            sentence = ngettext(
                "was to be known by %(by)s: overdue by %(days)d day",
                "was to be known by %(by)s: overdue by %(days)d days",
                -due.days,
            )
            return sentence % {"by": shown, "days": -due.days}
        case "soon" | "later" if due.days == 0:
            return _("to be known by %(by)s: today") % {"by": shown}
        case "soon" | "later":
            sentence = ngettext(
                "to be known by %(by)s: in %(days)d day", "to be known by %(by)s: in %(days)d days", due.days
            )
            return sentence % {"by": shown, "days": due.days}
    return _("was to be known by %(by)s") % {"by": shown}


def _day(seconds: int) -> str:
    return date_format(_EPOCH + timedelta(seconds=seconds), "DATE_FORMAT")


def _checked(standing: Watched) -> str:
    if standing.never:
        return _("never checked")
    if standing.at is None:
        return _("checked at a time that cannot be told here")
    if standing.days <= 0:
        return _("last checked %(at)s, today") % {"at": _day(standing.at.seconds)}
    sentence = ngettext(
        "last checked %(at)s, %(days)d day ago", "last checked %(at)s, %(days)d days ago", standing.days
    )
    return sentence % {"at": _day(standing.at.seconds), "days": standing.days}


def anchor_of(due: Due) -> str:
    """The anchor that an assumption's date hangs on, as `D-day`; empty where it hangs on none."""
    by = due.assumption.validate_by
    return f"{by.anchor}-{_('hour') if by.anchor == 'H' else _('day')}" if isinstance(by, RelativeTime) else ""


def _topic(room: Room, one: Comparison, parties: Sequence[PartyId], me: PartyId) -> Topic:
    stated, *assessed = one.judgements
    by_party = {judgement.party: judgement for judgement in assessed}
    # Drawn is what is compared: one likelihood a party, the host's from its text where it has made no assessment.
    bars: list[Bar] = [
        (judged.piece.title, judged.piece.side, judged.party, judged.likelihood)
        for judged in assessed
        if judged.piece is not None and judged.likelihood is not None
    ]
    if stated.likelihood is not None and all(party != stated.party for _label, _side, party, _likelihood in bars):
        bars.insert(0, (_("In the text"), room.piece.side, room.piece.party, stated.likelihood))
    mine = by_party.get(me)
    return Topic(
        one.branch, one.title, _cell(stated) if stated.likelihood is not None else None,
        tuple(_cell(by_party[party]) if party in by_party else None for party in parties),
        one.spread, spread_words(one.spread), tuple(bars), _give(room, one), mine.piece if mine is not None else None,
    )  # fmt: skip


def _cell(judgement: Judgement) -> Cell:
    given = judgement.likelihood
    meant = ""
    if given is not None and given.scale is not ScaleName.PERCENT:
        meant = "{}–{} %".format(*given.range())
    confidence = getattr(judgement.piece.content, "confidence", None) if judgement.piece is not None else None
    return Cell(str(given or ""), meant, str(confidence or ""), judgement.piece)


def _give(room: Room, one: Comparison) -> str:
    """Where our own judgement of it is written, with everything filled that is known."""
    title = f"{room.piece.title}: {one.branch} {one.title}" if one.branch else room.piece.title
    query = {
        "scenario": room.piece.key,
        "branch": one.branch,
        "title": _("How likely: %(title)s") % {"title": title},
        "question": _("How likely is it that events go this way: %(title)s?") % {"title": title},
        "contingency": room.piece.contingency,
    }
    return f"{reverse('element-new', args=['assessment'])}?{urlencode({name: text for name, text in query.items() if text})}"
