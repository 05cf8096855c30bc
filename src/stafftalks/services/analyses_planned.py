"""A schedule beside what plans say now: which activities it places outside the windows that plans give them, and by how much.

A schedule changes no plan. Whoever wants a plan to follow it revises the activities, and releases them as any others.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from stafftalks.analysis.schedule import Placed
from stafftalks.analysis.times import Times
from stafftalks.planning.forces import Activity
from stafftalks.services import analyses, analyses_times
from stafftalks.services.analyses import Ask
from stafftalks.services.analyses_work import TICK_S
from stafftalks.services.ports import Headquarters

Sort = Literal["later", "earlier", "open", "gone", "new"]
"""`later`, `earlier`: than its window; `open`: it has no window, or one that cannot be counted; `gone`: no plan has it any more; `new`: the schedule does not know it."""


class Apart(msgspec.Struct, frozen=True):
    """An activity that is scheduled otherwise than planned, in ticks of the answer: `by` so many outside its window. `window` is what its element says now."""

    activity: str
    title: str
    own: bool
    sort: Sort
    window: str = ""
    start: int | None = None
    end: int | None = None
    by: int = 0


class Compared(msgspec.Struct, frozen=True):
    """What is apart, the furthest first, and how many activities lie within what plans say. `countable` is False where anchors are counted otherwise than then: windows are not compared."""

    apart: tuple[Apart, ...]
    within: int
    countable: bool = True


def compared(hq: Headquarters, ask: Ask, times: Times, placed: Iterable[Placed]) -> Compared:
    """The schedule beside the same elements as they stand now; `times` are those of the answer. Where nothing is scheduled there is nothing beside plans."""
    placed = tuple(placed)
    if not placed:
        return Compared((), 0)
    gathered = analyses.gather(hq, ask)
    activities = {piece.key: (piece, content) for piece, content in gathered.of(Activity)}
    whole, of = analyses_times.counted(
        gathered, {key: [content.window] for key, (_piece, content) in activities.items()}, tick_s=TICK_S
    )
    countable = (whole.anchor, whole.dated) == (times.anchor, times.dated)
    apart, within = [], 0
    known = set()
    for each in placed:
        known.add(each.activity)
        found = activities.get(each.activity)
        if found is None:
            apart.append(Apart(each.activity, "", own=False, sort="gone", start=each.start, end=each.end))
            continue
        piece, content = found
        first, last, _why = of(piece, content.plan).window(content.window) if countable else (None, None, "")
        line = Apart(piece.key, piece.title, piece.own, "open", str(content.window), each.start, each.end)
        before = 0 if first is None else first - times.shift - each.start
        after = 0 if last is None else each.end - (last - times.shift)
        if after > 0:
            apart.append(msgspec.structs.replace(line, sort="later", by=after))
        elif before > 0:
            apart.append(msgspec.structs.replace(line, sort="earlier", by=before))
        elif first is None and last is None and countable:
            apart.append(line)
        else:
            within += countable
    apart += [
        Apart(key, piece.title, piece.own, "new", str(content.window))
        for key, (piece, content) in activities.items()
        if key not in known
    ]
    return Compared(tuple(sorted(apart, key=lambda one: (-one.by, one.sort, one.title))), within, countable)
