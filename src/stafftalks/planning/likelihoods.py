"""How far several parties' likelihoods of the same thing lie apart, whatever scale each was given on.

Every term stands for a range of percent on its own scale; only ranges are compared, and terms are never translated into each other.
What the ranges share, or the gap between the two farthest apart, is all that is said: no mean, no vote, no weight.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from stafftalks.values.scale import Likelihood

Sort = Literal["none", "one", "same", "overlap", "touching", "apart"]
_RANK: Mapping[Sort, int] = {"apart": 0, "touching": 1, "overlap": 2, "same": 3, "one": 4, "none": 5}
T = TypeVar("T")


class Spread(msgspec.Struct, frozen=True):
    """How the likelihoods that were given stand to each other.

    `sort` is none (nobody gave one), one (a single party did), same (equal ranges), overlap, touching (they share a border and nothing
    else) or apart. `low` to `high` is in percent: what all share, or the gap between the two farthest apart. `lowest` and `highest`
    name who judged least and most likely, the first by name where several did. `between` is the distance of their middles, in half
    points, so that it stays whole.
    """

    sort: Sort
    low: int = 0
    high: int = 0
    lowest: str = ""
    highest: str = ""
    between: int = 0

    @property
    def points(self) -> int:
        """The width of the gap where they lie apart, of what they share otherwise; in points of percent."""
        return self.high - self.low

    @property
    def comparable(self) -> bool:
        """Whether at least two parties gave a likelihood."""
        return self.sort not in ("none", "one")

    @property
    def order(self) -> tuple[int, int, int]:
        """Rises as parties differ less: farthest apart first, then touching, overlapping, the same, and what cannot be compared."""
        return _RANK[self.sort], -self.points if self.sort == "apart" else 0, -self.between


def spread(likelihoods: Mapping[str, Likelihood | None]) -> Spread:
    """How these likelihoods, by whoever gave them, stand to each other; None is one not given."""
    return spread_of({who: given.range() for who, given in likelihoods.items() if given is not None})


def spread_of(given: Mapping[str, tuple[int, int]]) -> Spread:
    """How these ranges in percent, by whoever gave them, stand to each other.

    A plain percentage is a range without width: where it lies inside another's range, the two overlap.
    """
    ranges = dict(sorted(given.items()))
    if not ranges:
        return Spread("none")
    lowest = min(ranges, key=lambda who: sum(ranges[who]))
    highest = max(ranges, key=lambda who: sum(ranges[who]))
    between = sum(ranges[highest]) - sum(ranges[lowest])
    low, high = max(low for low, _ in ranges.values()), min(high for _, high in ranges.values())
    if len(ranges) == 1:
        return Spread("one", low, high, lowest, highest)
    if len(set(ranges.values())) == 1:
        return Spread("same", low, high, lowest, highest)
    if low > high:
        return Spread("apart", high, low, lowest, highest, between)
    pointed = any(one == other for one, other in ranges.values())
    sort: Sort = "touching" if low == high and not pointed else "overlap"
    return Spread(sort, low, high, lowest, highest, between)


def by_divergence(topics: Iterable[tuple[T, Spread]]) -> tuple[tuple[T, Spread], ...]:
    """Those on which at least two parties gave a likelihood, where they differ most first; equal ones keep their order."""
    return tuple(sorted((topic for topic in topics if topic[1].comparable), key=lambda topic: topic[1].order))
