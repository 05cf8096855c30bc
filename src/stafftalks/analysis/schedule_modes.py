"""Which modes of activities can be had and are of use: the columns hold no others.

Taken out are modes that use more than there ever is, or more of a stock than the others can leave, and modes that last no less and use no less of anything than another of the
same activity. No schedule worth having is lost by that.

Source: Sprecher, Hartmann, Drexl, "An exact algorithm for project scheduling with multiple modes", OR Spektrum 19 (1997).
"""

from collections.abc import Collection, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.analysis.schedule import Problem, Resource

Ints = npt.NDArray[np.int64]
_Row = tuple[int, int, list[int]]
"""A mode: ticks, its number in its activity, what it uses of each resource, stocks last."""


class Modes(msgspec.Struct, frozen=True):
    """The modes that can be, activity after activity: those of activity number k are `first[k]` to `first[k + 1]`. `kept` is each one's number in its activity."""

    first: Ints
    duration: Ints
    kept: Ints
    use: Ints
    draw: Ints


def modes_of(
    problem: Problem,
    renewable: Sequence[Resource],
    stocks: Sequence[Resource],
    most: Sequence[int],
    scale: int,
    roomy: Collection[str],
) -> Modes:
    """The modes that use no more than there ever is, but of resources that are `roomy`, and that are of some use beside the others."""
    there = [*zip(most, renewable, strict=True), *((stock.capacity, stock) for stock in stocks)]
    held = [None if resource.id in roomy else amount for amount, resource in there]
    place = {resource.id: at for at, (_amount, resource) in enumerate(there)}
    rows = []
    for activity in problem.activities:
        found = []
        for which, mode in enumerate(activity.modes):
            if mode.duration < 0:
                continue
            wanted = [0] * len(there)
            for each in mode.uses:
                if mode.duration or place[each.resource] >= len(renewable):
                    wanted[place[each.resource]] += each.amount
            if all(amount is None or used <= amount for used, amount in zip(wanted, held, strict=True)):
                found.append((mode.duration // scale, which, wanted))
        rows.append(_of_use(found))
    _affordable(rows, held, len(renewable))
    flat = [mode for modes in rows for mode in modes]
    uses = np.array([uses for _duration, _which, uses in flat], np.int64).reshape(len(flat), len(there))
    return Modes(
        np.cumsum([0, *map(len, rows)]).astype(np.int64),
        np.array([duration for duration, _which, _uses in flat], np.int64),
        np.array([which for _duration, which, _uses in flat], np.int64),
        uses[:, : len(renewable)].copy(),
        uses[:, len(renewable) :].copy(),
    )


def _of_use(modes: list[_Row]) -> list[_Row]:
    """Without those that last no less, and use no less of anything, than another: whatever schedule has them has a place for the other."""
    kept: list[_Row] = []
    for mode in sorted(modes, key=lambda each: (each[0], sum(each[2]), each[1])):
        if not any(all(one <= other for one, other in zip(each[2], mode[2], strict=True)) for each in kept):
            kept.append(mode)
    return sorted(kept, key=lambda each: each[1])


def _affordable(rows: list[list[_Row]], held: Sequence[int | None], renewable: int) -> None:
    """Takes out the modes that draw more of a stock than there is beside the least that all others draw, until none is left that does."""
    again = True
    while again:
        again = False
        for stock in range(renewable, len(held)):
            there = held[stock]
            if there is None:
                continue
            least = [min((uses[stock] for _duration, _which, uses in modes), default=0) for modes in rows]
            spare = there - sum(least)
            for at, modes in enumerate(rows):
                kept = [mode for mode in modes if mode[2][stock] - least[at] <= spare]
                again = again or len(kept) < len(modes)
                rows[at] = kept
