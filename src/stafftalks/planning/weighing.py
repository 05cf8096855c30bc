"""Options weighed against each other by a staff's own criteria, and how much that hangs on the weights.

A weighted mean of scores is arithmetic on judgements, nothing more: nobody is told what to do, ties are ties, and a missing score makes
a range and never a guess. Weights belong to the comparison: the same for every option in it, and each can be moved to see what follows.

Source: the weighted decision matrix of staff planning; breaking points are where two straight lines in one weight cross.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from stafftalks.planning.options import Option

TOP_SCORE = 10
TOP_WEIGHT = 100


class Weighed(msgspec.Struct, frozen=True):
    """One option under the weights: its weighted mean from 0 to 10, `low` and `high` where scores are missing (alike where none is)."""

    key: str
    low: Fraction
    high: Fraction
    missing: tuple[str, ...]


class Turn(msgspec.Struct, frozen=True):
    """How far one weight can move, the others staying, before another option leads.

    `low` and `high` bound the weights (0 to 100) under which nothing overtakes the present leaders; `below` and `above` are those that
    do beyond, empty where the bound is the scale's end.
    """

    criterion: str
    weight: int
    low: Fraction
    high: Fraction
    below: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no weight of this criterion changes who leads."""
        return not self.below and not self.above


class Weighing(msgspec.Struct, frozen=True):
    """The comparison: criteria with their weights in order, options weighed, who leads (several where they tie), and the turns.

    `leaders` and `turns` are empty where scores are missing or all weights are nought: then nothing can be said.
    """

    weights: Mapping[str, int]
    options: tuple[Weighed, ...]
    leaders: tuple[str, ...]
    turns: tuple[Turn, ...]


def criteria_of(options: Sequence[Option]) -> dict[str, tuple[int, ...]]:
    """Every criterion in the order first named, with the different weights that the options give it."""
    found: dict[str, dict[int, None]] = {}
    for option in options:
        for row in option.criteria:
            found.setdefault(row.criterion, {})[row.weight] = None
    return {criterion: tuple(weights) for criterion, weights in found.items()}


def weigh(options: Mapping[str, Option], weights: Mapping[str, int]) -> Weighing:
    """The options by key, compared under `weights` (criterion to 0..100)."""
    scores = {key: {row.criterion: row.score for row in option.criteria} for key, option in options.items()}
    weighed = tuple(_weighed(key, given, weights) for key, given in scores.items())
    if not weighed or not any(weights.values()) or any(one.missing for one in weighed):
        return Weighing(weights, weighed, (), ())
    best = max(one.low for one in weighed)
    leaders = tuple(one.key for one in weighed if one.low == best)
    whole = {key: {name: score or 0 for name, score in given.items()} for key, given in scores.items()}
    turns = tuple(_turn(criterion, weights, whole, leaders) for criterion in weights)
    return Weighing(weights, weighed, leaders, turns)


def _weighed(key: str, scores: Mapping[str, int | None], weights: Mapping[str, int]) -> Weighed:
    missing = tuple(name for name, weight in weights.items() if weight and scores.get(name) is None)
    total = sum(weights.values())
    known = sum(weight * (scores.get(name) or 0) for name, weight in weights.items())
    unknown = sum(weights[name] for name in missing) * TOP_SCORE
    if not total:
        return Weighed(key, Fraction(0), Fraction(0), missing)
    return Weighed(key, Fraction(known, total), Fraction(known + unknown, total), missing)


def _turn(
    criterion: str, weights: Mapping[str, int], scores: Mapping[str, Mapping[str, int]], leaders: tuple[str, ...]
) -> Turn:
    """Where, as this weight alone moves, one that does not lead now catches up with one that does.

    The lead of `first` over another is `rest + weight x slope`; it is nought at `-rest / slope`.
    """
    now = weights[criterion]
    first = scores[leaders[0]]
    low, high = Fraction(0), Fraction(TOP_WEIGHT)
    below: list[str] = []
    above: list[str] = []
    for key, other in scores.items():
        if key in leaders:
            continue
        gaps = {name: first.get(name, 0) - other.get(name, 0) for name in weights}
        slope = gaps[criterion]
        rest = sum(weight * gaps[name] for name, weight in weights.items() if name != criterion)
        if slope == 0:
            continue
        crossing = Fraction(-rest, slope)
        if now < crossing < high or (crossing == high and high < TOP_WEIGHT):
            above = [*above, key] if crossing == high else [key]
            high = crossing
        elif low < crossing < now or (crossing == low and low > 0):
            below = [*below, key] if crossing == low else [key]
            low = crossing
    return Turn(criterion, now, low, high, tuple(below), tuple(above))
