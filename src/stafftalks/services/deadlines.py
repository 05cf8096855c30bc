"""What of our own texts has a time coming or past: assumptions to be known, decisions to be made, actions promised, indicators long unlooked at.

A relative time counts only where its anchor's date is known here. What each version says is read once and remembered.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from stafftalks.planning import watch
from stafftalks.planning.due import due
from stafftalks.planning.element import decode
from stafftalks.planning.intelligence import Indicator
from stafftalks.planning.kinds import Content
from stafftalks.planning.meetings import ActionState, Minutes
from stafftalks.planning.options import Option
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import Assumption, Scenario
from stafftalks.planning.timing import AnchorDate
from stafftalks.services import workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId
from stafftalks.values.relative_time import Instant, Moment

KINDS: Final = ("scenario", "plan", "option", "minutes", "indicator")
UNCHECKED_DAYS: Final = 14
"""After this many days an indicator counts as long unlooked at."""
MOST: Final = 2_000
"""How many elements of each kind are looked through, those revised last first."""
_MEMORY: Final = "deadlines"
_REMEMBERED: Final = 20_000

Sort = Literal["overdue", "soon", "unchecked"]


class Deadline(msgspec.Struct, frozen=True):
    """Something of an own element whose time has passed or is near. `what` says what, `title` in which element; `at` is unix seconds.

    `days` are whole days from now, below zero where it has passed; of an indicator, days since it was last looked at, -1 for never.
    """

    sort: Sort
    rule: Literal["assumption", "decision", "action", "indicator"]
    element: ElementId
    kind: str
    title: str
    what: str
    at: int
    days: int


def deadlines(hq: Headquarters) -> tuple[Deadline, ...]:
    """All of them, overdue first, each by its time; the queries are the same however much there is."""
    now = Instant(hq.clock.now())
    rows = [row for kind in KINDS for row in hq.holdings.find(kind=kind, limit=MOST)[1]]
    anchors = [piece for piece in workspace.pieces(hq, kinds=("anchor",)) if isinstance(piece.content, AnchorDate)]
    found = [one for row in rows for one in _of(row, _read(hq, row), anchors, now)]
    order = {"overdue": 0, "soon": 1, "unchecked": 2}
    return tuple(sorted(found, key=lambda one: (order[one.sort], one.at, one.element, one.what)))


def _read(hq: Headquarters, row: ElementRow) -> Content | None:
    """What the row's version says, where it has anything with a time; remembered by version."""
    held = hq.memory.setdefault(_MEMORY, {})
    if not isinstance(held, dict):
        return None
    if row.version not in held:
        content = decode(row.raw).content
        timed = isinstance(content, Scenario | Plan | Option | Minutes | Indicator)
        if len(held) >= _REMEMBERED:
            held.clear()
        held[row.version] = content if timed else None
    found: Content | None = held[row.version]
    return found


def _of(row: ElementRow, content: Content | None, anchors: list[Piece], now: Instant) -> Iterator[Deadline]:
    match content:
        case Scenario():
            dates = _dates(anchors, row, "")
            yield from _assumptions(row, content.assumptions, dates, now)
        case Plan():
            dates = _dates(anchors, row, row.id)
            yield from _assumptions(row, content.assumptions, dates, now)
            for point in content.decision_points:
                yield from _timed(row, "decision", f"{point.id}: {point.decision}", point.ltiov, dates, now)
        case Option():
            dates = _dates(anchors, row, content.plan.element if content.plan else "")
            for open_one in content.open_decisions:
                yield from _timed(row, "decision", f"{open_one.id}: {open_one.decision}", open_one.by, dates, now)
        case Minutes():
            dates = _dates(anchors, row, "")
            for item in content.agenda:
                for action in item.actions:
                    if action.state not in (ActionState.DONE, ActionState.DROPPED):
                        yield from _timed(row, "action", action.what, action.due, dates, now)
        case Indicator():
            seen = watch.watched(content, _dates(anchors, row, ""), now)
            if seen.never or (seen.at is not None and seen.days >= UNCHECKED_DAYS):
                at = seen.at.seconds if seen.at else 0
                days = -1 if seen.never else seen.days
                yield Deadline("unchecked", "indicator", row.id, row.kind, row.title, row.title, at, days)
        case _:
            return


def _assumptions(
    row: ElementRow, assumptions: tuple[Assumption, ...], dates: Mapping[str, Instant], now: Instant
) -> Iterator[Deadline]:
    for one in watch.assumptions_due(assumptions, dates, now):
        if one.at is not None and (one.standing == "overdue" or one.standing == "soon"):
            what = f"{one.assumption.id}: {one.assumption.text}"
            yield Deadline(one.standing, "assumption", row.id, row.kind, row.title, what, one.at.seconds, one.days)


def _timed(
    row: ElementRow,
    rule: Literal["decision", "action"],
    what: str,
    moment: Moment | None,
    dates: Mapping[str, Instant],
    now: Instant,
) -> Iterator[Deadline]:
    one = due(moment, dates, now.seconds)
    if one.at is not None and (one.state == "overdue" or one.state == "soon"):
        yield Deadline(one.state, rule, row.id, row.kind, row.title, what, one.at.seconds, one.days)


def _dates(anchors: list[Piece], row: ElementRow, plan: str) -> Mapping[str, Instant]:
    """The anchors' dates for an element: those for its plan before those for its contingency, ours before a partner's."""
    best: dict[str, tuple[tuple[bool, bool, int], Instant]] = {}
    for piece in anchors:
        content = piece.content
        if not isinstance(content, AnchorDate):
            continue
        mine = bool(plan) and content.plan is not None and content.plan.element == plan
        if mine or (content.plan is None and piece.contingency in ("", row.contingency)):
            rank = (mine, piece.own, piece.at)
            if content.anchor not in best or rank > best[content.anchor][0]:
                best[content.anchor] = (rank, content.at)
    return {anchor: at for anchor, (_, at) in best.items()}
