"""What draws say, and how sure: every figure with the interval in which it lies in 95 of 100 repetitions with other seeds.

Chances have Wilson's interval, quantiles that of order statistics, means the normal one. Sums are of whole numbers, so that the order of adding does not matter.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.analysis.compiling import COMPILED, compiled
from stafftalks.analysis.risk_columns import NEVER, Problem
from stafftalks.analysis.risk_distributions import FIXED, Floats, Variables
from stafftalks.analysis.risk_draws import Words, spin, words
from stafftalks.analysis.risk_passes import Counts

SURE: Final = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""
_BLOCK: Final = 1024
_TENTH: Final = (1 << 32) // 10
_POINTS: Final = 100


class Estimate(msgspec.Struct, frozen=True):
    """A figure, and between what it lies with 95 % confidence."""

    value: float
    low: float
    high: float


class Quantile(msgspec.Struct, frozen=True):
    """The tick by which so large a share of draws has closed, between which ticks it lies, and None for never."""

    share: float
    tick: int | None
    low: int | None
    high: int | None


class Point(msgspec.Struct, frozen=True):
    """The chance that it is closed by the end of a tick."""

    tick: int
    chance: Estimate


class Closing(msgspec.Struct, frozen=True):
    """When one closure comes: mean and standard deviation over the draws in which it comes, quantiles, S-curve, the chance that it never does, and that it has come when it is due."""

    name: str
    mean: Estimate | None
    deviation: float | None
    quantiles: tuple[Quantile, ...]
    curve: tuple[Point, ...]
    never: Estimate
    due: Point | None = None


class Critical(msgspec.Struct, frozen=True):
    """In what share of draws a task was critical for the closure asked for."""

    task: str
    share: Estimate


class Bar(msgspec.Struct, frozen=True):
    """How much one uncertain field moves the closure asked for: a bar of the tornado.

    `correlation` is of ranks, right to `error`; `share` is its part of the variance explained by all. `early` and `late` are the mean closure in draws in which it came out in its lowest and
    in its highest tenth.
    """

    element: str
    field: str
    correlation: float
    error: float
    share: float
    early: float | None
    late: float | None


def proportion(count: int, draws: int) -> Estimate:
    """A chance by how often it came, with Wilson's interval."""
    share, square = count / draws, SURE * SURE
    middle = (share + square / (2 * draws)) / (1 + square / draws)
    half = SURE * math.sqrt(share * (1 - share) / draws + square / (4 * draws * draws)) / (1 + square / draws)
    return Estimate(share, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share)))


def quantile(ordered: Floats, share: float) -> Quantile:
    """A quantile of draws in ascending order."""
    draws = len(ordered)
    half = SURE * math.sqrt(draws * share * (1 - share))
    places = (math.ceil(share * draws), math.floor(share * draws - half), math.ceil(share * draws + half) + 1)
    ticks = [int(ordered[min(max(place, 1), draws) - 1]) for place in places]
    return Quantile(share, *(None if tick >= NEVER else tick for tick in ticks))


def closing(name: str, drawn: Floats, shares: Sequence[float], dates: Sequence[int], due: int | None = None) -> Closing:
    """What draws say of one closure; the S-curve has at most a hundred points from first to last, the dates named, and when it is due."""
    ordered = np.sort(drawn)
    draws, there = len(ordered), int(np.searchsorted(ordered, NEVER))
    mean, deviation = None, None
    ticks = set(dates) | ({due} if due is not None else set())
    if there:
        whole = ordered[:there].astype(np.int64)
        total, squares = int(whole.sum()), sum(int(part) for part in (whole * whole).reshape(1, -1).sum(axis=1))
        deviation = math.sqrt(max(0, there * squares - total * total) / (there * max(1, there - 1)))
        half = SURE * deviation / math.sqrt(there)
        mean = Estimate(total / there, total / there - half, total / there + half)
        first, last = int(whole[0]), int(whole[-1])
        ticks |= {first + (last - first) * step // (_POINTS - 1) for step in range(_POINTS)}
    by = np.searchsorted(ordered[:there], np.array(sorted(ticks)), side="right").tolist()
    curve = tuple(Point(tick, proportion(count, draws)) for tick, count in zip(sorted(ticks), by, strict=True))
    never = proportion(draws - there, draws)
    then = next((point for point in curve if point.tick == due), None)
    return Closing(name, mean, deviation, tuple(quantile(ordered, share) for share in shares), curve, never, then)


def criticality(problem: Problem, critical: Counts, draws: int) -> tuple[Critical, ...]:
    """Every task that was ever critical, the most often first."""
    order = sorted(np.flatnonzero(critical).tolist(), key=lambda task: (-int(critical[task]), task))
    return tuple(Critical(problem.tasks[task], proportion(int(critical[task]), draws)) for task in order)


def tornado(problem: Problem, drawn: Floats, most: int, *, plain: bool = not COMPILED) -> tuple[Bar, ...]:
    """The fields that move this closure most, draws from the first on, the largest first.

    Ranks are taken of where each draw lies in its own distribution, which is the order of what was drawn.
    """
    draws = len(drawn)
    moving = np.flatnonzero(problem.variables.kind != FIXED)
    if draws < 2 or not len(moving):
        return ()
    ordered, found = np.sort(drawn), drawn.astype(np.int64)
    # Twice the mean rank, so that ties stay whole numbers.
    ranks = np.searchsorted(ordered, drawn, side="left") + np.searchsorted(ordered, drawn, side="right") + 1
    ticks = np.where(found < NEVER, found, -1)
    sums = (_plain_sums if plain else _sums)(problem.variables, moving, ranks, ticks)
    of_ranks = math.sqrt(_spread(draws, int(ranks.sum()), sum(map(int, (ranks * ranks).tolist()))))
    bars = []
    for number, row in zip(moving.tolist(), sums.tolist(), strict=True):
        place, square, both, low, low_sum, high, high_sum = row
        spread = math.sqrt(_spread(draws, place, square)) * of_ranks
        correlation = (draws * both - place * int(ranks.sum())) / spread if spread else 0.0
        ends = (low_sum / low if low else None, high_sum / high if high else None)
        bars.append((correlation, number, ends))
    noise = 1 / draws
    explained = sum(max(0.0, bar[0] ** 2 - noise) for bar in bars) or 1.0
    bars.sort(key=lambda bar: (-abs(bar[0]), bar[1]))
    error = SURE / math.sqrt(draws)
    return tuple(
        Bar(*problem.drawn[number], correlation, error, max(0.0, correlation**2 - noise) / explained, early, late)
        for correlation, number, (early, late) in bars[:most]
    )


def _spread(count: int, total: int, squares: int) -> int:
    return count * squares - total * total


@compiled
def _sums(of: Variables, moving: Counts, ranks: Counts, ticks: Counts) -> Counts:
    """For each variable: sums of its place, place squared, and place times rank; of its lowest and of its highest tenth, how many draws closed and their ticks."""
    sums = np.zeros((moving.shape[0], 7), np.int64)
    mixed: Words = np.empty(_BLOCK, np.uint32)
    for row in range(moving.shape[0]):
        places, squares, both = np.int64(0), np.int64(0), np.int64(0)
        low, low_sum, high, high_sum = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        one, two = of.key[moving[row], 0], of.key[moving[row], 1]
        for start in range(0, ranks.shape[0], _BLOCK):
            spin(one, two, start, mixed)
            for j in range(min(_BLOCK, ranks.shape[0] - start)):
                place = np.int64(mixed[j] >> np.uint32(16))
                places += place
                squares += place * place
                both += place * ranks[start + j]
                there = ticks[start + j]
                under = np.int64(there >= 0 and np.int64(mixed[j]) < _TENTH)
                over = np.int64(there >= 0 and np.int64(mixed[j]) >= 9 * _TENTH)
                low, low_sum = low + under, low_sum + under * there
                high, high_sum = high + over, high_sum + over * there
        sums[row, 0], sums[row, 1], sums[row, 2] = places, squares, both
        sums[row, 3], sums[row, 4], sums[row, 5], sums[row, 6] = low, low_sum, high, high_sum
    return sums


def _plain_sums(of: Variables, moving: Counts, ranks: Counts, ticks: Counts) -> Counts:
    sums = np.zeros((len(moving), 7), np.int64)
    there = ticks >= 0
    for row, number in enumerate(moving.tolist()):
        mixed = words(of.key[number : number + 1], 0, len(ranks))[0].astype(np.int64)
        place, low, high = mixed >> 16, there & (mixed < _TENTH), there & (mixed >= 9 * _TENTH)
        sums[row, :3] = place.sum(), (place * place).sum(), (place * ranks).sum()
        sums[row, 3:] = low.sum(), ticks[low].sum(), high.sum(), ticks[high].sum()
    return sums
