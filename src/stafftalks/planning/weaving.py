"""Two revisions of one sequence woven together: what each changed apart from the other, and the stretches that both changed.

A three-way merge over the longest runs that stayed the same (`matching.gaps`). It decides nothing where both changed: it only says where
that is, and what each made of it.
"""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import msgspec

from stafftalks.planning.matching import gaps

Item = TypeVar("Item", bound=Hashable)
_Hunk = tuple[int, int, int, int]


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of the base as each side has it; `clash` where both changed it, and not to the same."""

    base: tuple[Hashable, ...]
    mine: tuple[Hashable, ...]
    theirs: tuple[Hashable, ...]

    @property
    def clash(self) -> bool:
        """Whether both changed it, and differently."""
        return self.mine != self.theirs and self.base not in (self.mine, self.theirs)

    @property
    def added(self) -> bool:
        """Whether it is only something that both added at one place."""
        return self.clash and not self.base

    @property
    def merged(self) -> tuple[Hashable, ...]:
        """The side that changed it; of two changes, mine."""
        return self.theirs if self.mine == self.base else self.mine


def weave(base: Sequence[Item], mine: Sequence[Item], theirs: Sequence[Item]) -> list[Stretch]:
    """Stretches that cover all three, in order; every change of either side stands in exactly one of them."""
    hunks = sorted(
        [(start, end, first, last, 0) for start, end, first, last in _hunks(base, mine)]
        + [(start, end, first, last, 1) for start, end, first, last in _hunks(base, theirs)]
    )
    stretches: list[Stretch] = []
    at, index = 0, 0
    while index < len(hunks):
        start, end = hunks[index][:2]
        group = [hunks[index]]
        index += 1
        while index < len(hunks) and _touch(start, end, hunks[index], group):
            end = max(end, hunks[index][1])
            group.append(hunks[index])
            index += 1
        if at < start:
            stretches.append(_same(base[at:start]))
        sides = [_side(base, (mine, theirs)[side], start, end, group, side) for side in (0, 1)]
        stretches.append(Stretch(tuple(base[start:end]), sides[0], sides[1]))
        at = end
    if at < len(base):
        stretches.append(_same(base[at:]))
    return stretches


def _hunks(base: Sequence[Hashable], side: Sequence[Hashable]) -> list[_Hunk]:
    return [(start, end, first, last) for same, start, end, first, last in gaps(base, side) if not same]


def _touch(start: int, end: int, hunk: tuple[int, ...], group: Sequence[tuple[int, ...]]) -> bool:
    """Whether the hunk changes what the group changes: they overlap, or both add at one place."""
    if hunk[0] < end:
        return True
    return hunk[0] == hunk[1] == start == end and all(one[0] == one[1] for one in group)


def _same(items: Sequence[Hashable]) -> Stretch:
    kept = tuple(items)
    return Stretch(kept, kept, kept)


def _side(
    base: Sequence[Hashable],
    side: Sequence[Hashable],
    start: int,
    end: int,
    group: Sequence[tuple[int, ...]],
    number: int,
) -> tuple[Hashable, ...]:
    """What one side made of `base[start:end]`."""
    made: list[Hashable] = []
    at = start
    for one_start, one_end, first, last, owner in group:
        if owner == number:
            made += [*base[at:one_start], *side[first:last]]
            at = one_end
    return (*made, *base[at:end])
