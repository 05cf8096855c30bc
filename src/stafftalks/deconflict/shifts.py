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
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import Volumes, volumes

LOWEST_M: Final = -500
HIGHEST_M: Final = 100_000

_Interval = tuple[int, int]


class Shift(msgspec.Struct, frozen=True):
    """A change of an activity's whole window, in seconds, or of its whole band, in metres; less than nothing is earlier or lower."""

    of: Literal["time", "height"]
    by: int


def shifts(
    moved: Sequence[Volume],
    others: Volumes,
    *,
    clear: Collection[str] | None = None,
    resources: Collection[str] | None = None,
    capacities: Capacities | None = None,
    step_s: int = 60,
    step_m: int = 10,
) -> tuple[Shift, ...]:
    """The smallest shifts each way, at most four, the smaller of each two first; none where nothing helps.

    `moved` are the volumes of one activity, which move together; its own among `others` are passed over. `clear` names the activities, and `resources` the resources,
    that it is to get clear of; None is all of them. Others that it collides with today do not stand in the way: it may go on colliding with those. Shifts are whole multiples of a step.
    """
    names = {volume.activity for volume in moved}
    rest = others.chosen(np.flatnonzero(~np.isin(others.activities, sorted(names))))
    today = {other for volume in moved for other in _meeting(volume, rest)}
    kept = set() if clear is None else today - set(clear)
    found: list[Shift] = []
    in_time = [interval for volume in moved for interval in _in_time(volume, rest, kept)]
    in_time += _crowded(moved, rest, resources, capacities)
    in_height = [interval for volume in moved for interval in _in_height(volume, rest, kept)]
    found += [Shift("time", by) for by in _smallest(in_time, step_s)]
    bounds = [bound for volume in moved for bound in (volume.low_m, volume.high_m) if bound is not None]
    if bounds:
        lowest, highest = LOWEST_M - min(bounds), HIGHEST_M - max(bounds)
        found += [Shift("height", by) for by in _smallest(in_height, step_m) if lowest <= by <= highest]
    return tuple(found)


def _smallest(taken: Iterable[_Interval], step: int) -> list[int]:
    """The smallest whole multiples of `step`, one above nothing and one below, in none of the closed intervals; the smaller first."""
    above = _above(sorted(taken), step)
    below = _above(sorted((-end, -start) for start, end in taken), step)
    found = [*([above] if above is not None else ()), *([-below] if below is not None else ())]
    return sorted(found, key=abs)


def _above(taken: Sequence[_Interval], step: int) -> int | None:
    by = step
    for start, end in taken:
        if start <= by <= end:
            by = (end // step + 1) * step
    return by if by < FOREVER // 2 else None


def _meeting(volume: Volume, others: Volumes) -> Iterator[str]:
    for found in exact.between(volumes([volume])[0], others):
        yield from others.activities[found.other].tolist()


def _in_time(volume: Volume, others: Volumes, kept: Collection[str]) -> Iterator[_Interval]:
    """The seconds by which the volume may not be shifted."""
    for found in exact.between(volumes([msgspec.structs.replace(volume, start=None, end=None)])[0], others):
        early = -FOREVER if volume.start is None else volume.start
        late = FOREVER if volume.end is None else volume.end
        for other in found.other.tolist():
            if others.activities[other] not in kept:
                yield int(others.start[other]) - late, int(others.end[other]) - early


def _in_height(volume: Volume, others: Volumes, kept: Collection[str]) -> Iterator[_Interval]:
    """The metres by which the volume may not be shifted."""
    for found in exact.between(volumes([msgspec.structs.replace(volume, low_m=None, high_m=None)])[0], others):
        low = -FOREVER if volume.low_m is None else volume.low_m
        high = FOREVER if volume.high_m is None else volume.high_m
        for other in found.other.tolist():
            if others.activities[other] not in kept:
                yield int(others.low[other]) - high, int(others.high[other]) - low


def _crowded(
    moved: Sequence[Volume], others: Volumes, resources: Collection[str] | None, capacities: Capacities | None
) -> Iterator[_Interval]:
    """The seconds by which no volume may be shifted, as it would claim what others have taken."""
    wanted = None if resources is None else set(map(folded, resources))
    for volume in moved:
        early = -FOREVER if volume.start is None else volume.start
        late = FOREVER if volume.end is None else volume.end
        for claim in volume.claims:
            for start, end in crowded(others, claim, capacities):
                meets_today = start <= late and end >= early
                if not meets_today or wanted is None or folded(claim.resource) in wanted:
                    yield start - late, end - early
