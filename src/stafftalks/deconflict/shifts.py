"""The smallest shifts of an activity, in time or in height, that clear what it collides with and collide with nothing else.

For each of the others that it would meet if only it stood right, the shifts at which it does are one closed interval: from where its end touches the other's
beginning to where its beginning touches the other's end. The smallest shift outside all of these intervals is found in one walk through them in order.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec
import numpy as np

from stafftalks.deconflict import exact
from stafftalks.deconflict.accounts import Capacities, crowded
from stafftalks.deconflict.claims import folded
from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volumes import Names, Volumes

LOWEST_M: Final = -500
HIGHEST_M: Final = 100_000

_Interval = tuple[int, int]


class Shift(msgspec.Struct, frozen=True):
    """A change of an activity's whole window, in seconds, or of its whole band, in metres; less than nothing is earlier or lower."""

    of: Literal["time", "height"]
    by: int


def shifts(
    moved: Volumes,
    others: Volumes,
    *,
    clear: Collection[str] | None = None,
    resources: Collection[str] | None = None,
    capacities: Capacities | None = None,
    step_s: int = 60,
    step_m: int = 10,
) -> tuple[Shift, ...]:
    """The smallest shifts each way, at most four, of time before height and the smaller first; none where nothing helps.

    `moved` are the volumes of one activity, which move together; its own among `others` are passed over. `clear` names the activities, and `resources` the
    resources, that it is to get clear of; None is all of them. With others it may go on colliding where it does so today. Shifts are whole multiples of a step.
    """
    rest = others.chosen(np.flatnonzero(~np.isin(others.activities, moved.activities)))
    today = {str(name) for found in exact.between(moved, rest) for name in rest.activities[found.other]}
    kept = set() if clear is None else today - set(clear)
    in_time = [*_in_time(moved, rest, kept), *_crowded(moved, rest, resources, capacities)]
    found = [Shift("time", by) for by in _smallest(in_time, step_s)]
    bounds = np.concatenate([moved.low[moved.low > -FOREVER], moved.high[moved.high < FOREVER]])
    if len(bounds):
        lowest, highest = LOWEST_M - int(bounds.min()), HIGHEST_M - int(bounds.max())
        in_height = _smallest(_in_height(moved, rest, kept), step_m)
        found += [Shift("height", by) for by in in_height if lowest <= by <= highest]
    return tuple(found)


def _smallest(taken: Iterable[_Interval], step: int) -> list[int]:
    """The smallest whole multiples of `step`, one above nothing and one below, in none of the closed intervals; the smaller first."""
    forward = sorted(taken)
    above, below = _above(forward, step), _above(sorted((-end, -start) for start, end in forward), step)
    found = [*([above] if above is not None else ()), *([-below] if below is not None else ())]
    return sorted(found, key=abs)


def _above(taken: Sequence[_Interval], step: int) -> int | None:
    by = step
    for start, end in taken:
        if start <= by <= end:
            by = (end // step + 1) * step
    return by if by < FOREVER // 2 else None


def _in_time(moved: Volumes, others: Volumes, kept: Collection[str]) -> Iterator[_Interval]:
    """The seconds by which none of the volumes may be shifted."""
    always = msgspec.structs.replace(
        moved, start=np.full_like(moved.start, -FOREVER), end=np.full_like(moved.end, FOREVER)
    )
    for found in exact.between(always, others):
        early, late = others.start[found.other] - moved.end[found.one], others.end[found.other] - moved.start[found.one]
        yield from _not_kept(early, late, others.activities[found.other], kept)


def _in_height(moved: Volumes, others: Volumes, kept: Collection[str]) -> Iterator[_Interval]:
    """The metres by which none of the volumes may be shifted."""
    everywhere = msgspec.structs.replace(
        moved, low=np.full_like(moved.low, -FOREVER), high=np.full_like(moved.high, FOREVER)
    )
    for found in exact.between(everywhere, others):
        low, high = others.low[found.other] - moved.high[found.one], others.high[found.other] - moved.low[found.one]
        yield from _not_kept(low, high, others.activities[found.other], kept)


def _not_kept(starts: Ints, ends: Ints, names: Names, kept: Collection[str]) -> Iterator[_Interval]:
    for start, end, name in zip(starts.tolist(), ends.tolist(), names.tolist(), strict=True):
        if name not in kept:
            yield start, end


def _crowded(
    moved: Volumes, others: Volumes, resources: Collection[str] | None, capacities: Capacities | None
) -> Iterator[_Interval]:
    """The seconds by which no volume may be shifted, as it would claim what others have taken."""
    wanted = None if resources is None else set(map(folded, resources))
    for item, claim in moved.claims.listed():
        early, late = int(moved.start[item]), int(moved.end[item])
        for start, end in crowded(others, claim, capacities):
            meets_today = start <= late and end >= early
            if not meets_today or wanted is None or folded(claim.resource) in wanted:
                yield start - late, end - early
