"""Anchors resolved for an analysis: one count of time for all its elements, each with the dates of its own plan and contingency."""

from collections.abc import Callable, Mapping
from functools import cache

import msgspec

from stafftalks.analysis.times import Times, times_of
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import workspace
from stafftalks.services.analyses import Gathered
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, Window

Of = Callable[[Piece, ElementRef | ExactRef | None], Times]
"""The times of an element, where it belongs to a plan or to none."""


def counted(gathered: Gathered, windows: Mapping[str, list[Window]], *, tick_s: int = 1) -> tuple[Times, Of]:
    """How the whole answer counts, and how each element's own moments are counted in it. `windows` are all that are reckoned with, by element.

    Where most moments hang on one anchor of which no date is known, ticks count from it: a plan can be reckoned with before there is a date.
    """
    dates = _dates(gathered)
    every: list[Moment] = [
        moment for some in windows.values() for window in some for moment in (window.start, window.end) if moment
    ]
    named = {moment.anchor for moment in every if isinstance(moment, RelativeTime)}
    known: dict[str, Instant] = {}
    for piece in gathered.pieces:
        if piece.kind == "anchor":
            known |= {anchor: at for anchor, at in dates(piece.contingency, None).items() if anchor in named}
            content = piece.content
            known |= {str(getattr(content, "anchor", "")): getattr(content, "at", Instant(0))}
    whole = times_of(every, known, tick_s=tick_s)
    return whole, counting(gathered, whole)


def counting(gathered: Gathered, whole: Times) -> Of:
    """How each element's own moments are counted in an answer that counts so."""
    dates = _dates(gathered)

    def of(piece: Piece, plan: ElementRef | ExactRef | None) -> Times:
        if whole.anchor:
            return whole
        bare = None if plan is None else ElementRef(plan.party, plan.element)
        return msgspec.structs.replace(whole, dates=dates(piece.contingency, bare))

    return of


def alone(window: Window, whole: Times) -> Times | None:
    """How a window is counted that hangs on one anchor alone, of which no date is known; None where it does not."""
    anchors = {
        moment.anchor if isinstance(moment, RelativeTime) else "" for moment in (window.start, window.end) if moment
    }
    if len(anchors) != 1 or "" in anchors or anchors & whole.dates.keys():
        return None
    return Times(anchors.pop(), tick_s=whole.tick_s)


def _dates(gathered: Gathered) -> Callable[[str, ElementRef | None], Mapping[str, Instant]]:
    anchors = [piece for piece in gathered.pieces if piece.kind == "anchor"]
    return cache(lambda contingency, plan: workspace.dates_among(anchors, contingency=contingency, plan=plan))
