"""How long something may take, or when something may be there: distributions in ticks, and their columns.

What is drawn is rounded to whole ticks, half a tick upwards, so that sums are exact. A three-point estimate says the least, the likeliest and the most, all of which
can happen: drawn from a triangle, or from the PERT curve (a beta distribution with mean (low + 4 likely + high) / 6), tabled at 1,024 equal steps of
probability and straight between them: its mean is right to a thousandth of the width. Observed values are drawn as they are, each as often as it is given.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
MOST_TICKS: Final = 1 << 24
"""Beyond, whole ticks are not exact in 32-bit floats."""
KNOTS: Final = 1024
_SHAPES: Final = 64
FIXED, TRIANGLE, CURVE, OBSERVED = range(4)


class Fixed(msgspec.Struct, frozen=True, tag="fixed"):
    """Always the same."""

    value: float


class Triangular(msgspec.Struct, frozen=True, tag="triangular"):
    """A three-point estimate, as a triangle."""

    low: float
    likely: float
    high: float


class Pert(msgspec.Struct, frozen=True, tag="pert"):
    """A three-point estimate, as a PERT curve: nearer to the likeliest than a triangle."""

    low: float
    likely: float
    high: float


class Empirical(msgspec.Struct, frozen=True, tag="empirical"):
    """Values that were observed, in any order."""

    values: tuple[float, ...]


Distribution = Fixed | Triangular | Pert | Empirical


def mean(distribution: Distribution) -> float:
    """The expected value in ticks, before rounding."""
    match distribution:
        case Fixed(value):
            return value
        case Triangular(low, likely, high):
            return (low + likely + high) / 3
        case Pert(low, likely, high):
            return (low + 4 * likely + high) / 6
        case Empirical(values):
            return math.fsum(values) / len(values)


def most(distribution: Distribution) -> int:
    """The largest value that can be drawn, in whole ticks."""
    match distribution:
        case Fixed(value):
            return _whole(value)
        case Triangular(high=high) | Pert(high=high):
            return _whole(high)
        case Empirical(values):
            return _whole(max(values))


def wrong(distribution: Distribution) -> str:
    """Why nothing can be drawn from this, as the end of a sentence; empty where it can."""
    match distribution:
        case Fixed(value):
            given: tuple[float, ...] = (value,)
        case Triangular(low, likely, high) | Pert(low, likely, high):
            given = (low, likely, high)
        case Empirical(values):
            given = values
    if not given:
        return "no value is given: name what was observed"
    for number in given:
        if not math.isfinite(number):
            return f"{number} is not a number of ticks"
        if number < 0:
            return f"{number:g} ticks is less than nothing"
        if number >= MOST_TICKS:
            return f"{number:g} ticks is too long: choose longer ticks, at most {MOST_TICKS:,} of them"
    if isinstance(distribution, Triangular | Pert) and not given[0] <= given[1] <= given[2]:
        return f"{given[0]:g}, {given[1]:g}, {given[2]:g} are not in order: give the least, the likeliest, the most"
    return ""


class Variables(NamedTuple):
    """Everything uncertain as columns: what it is drawn from, and its key of two words."""

    kind: Ints
    key: npt.NDArray[np.uint32]
    low: Floats
    high: Floats
    left: Floats
    right: Floats
    cut: Floats
    offset: Ints
    size: Ints
    table: Floats


def variables(drawn: Sequence[tuple[str, Distribution]], seed: int) -> Variables:
    """Columns of distributions, each with the name that its draws are keyed by: they stay the same whatever else is drawn."""
    count = len(drawn)
    kind, offset, size = (np.zeros(count, np.int32) for _ in range(3))
    low, high, left, right, cut = (np.zeros(count) for _ in range(5))
    tables: list[Floats] = []
    filled = 0
    for row, (_name, distribution) in enumerate(drawn):
        match distribution:
            case Fixed(value):
                kind[row], low[row], high[row] = FIXED, value, value
            case Triangular(least, likely, greatest) if least < greatest:
                width = greatest - least
                kind[row], low[row], high[row] = TRIANGLE, least, greatest
                left[row], right[row] = width * (likely - least), width * (greatest - likely)
                cut[row] = (likely - least) / width
            case Pert(least, likely, greatest) if least < greatest:
                kind[row], low[row], high[row] = CURVE, least, greatest
                tables.append((least + (greatest - least) * _curve((likely - least) / (greatest - least))).astype("f4"))
            case Triangular(least) | Pert(least):
                kind[row], low[row], high[row] = FIXED, least, least
            case Empirical(values):
                kind[row], low[row], high[row] = OBSERVED, min(values), max(values)
                tables.append(np.sort(np.array(values, np.float32)))
        if kind[row] in (CURVE, OBSERVED):
            offset[row], size[row] = filled, len(tables[-1])
            filled += len(tables[-1])
    key = np.array([key_of(name, seed) for name, _ in drawn], np.uint32).reshape(count, 2)
    low_, high_, left_, right_, cut_ = (column.astype(np.float32) for column in (low, high, left, right, cut))
    table = np.concatenate([*tables, np.zeros(1, np.float32)])
    return Variables(kind, key, low_, high_, left_, right_, cut_, offset, size, table)


def key_of(name: str, seed: int) -> tuple[int, int]:
    """The two words that draws of a name are keyed by."""
    digest = hashlib.blake2b(name.encode(), digest_size=8, key=str(seed).encode()[:64]).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def _whole(value: float) -> int:
    return math.floor(value + 0.5)


def _curve(mode: float) -> npt.NDArray[np.float64]:
    """The PERT curve from 0 to 1 with its peak at `mode`, at equal steps of probability."""
    place = mode * _SHAPES
    below = min(int(place), _SHAPES - 1)
    share = place - below
    return (1 - share) * _shape(below) + share * _shape(below + 1)


@lru_cache(maxsize=_SHAPES + 1)
def _shape(number: int) -> npt.NDArray[np.float64]:
    mode = number / _SHAPES
    # Fine towards both ends, where the curve is steep: the squares of sines are spread so.
    ends = np.sin(np.linspace(0, np.pi / 2, 8193)) ** 2
    middles = (ends[1:] + ends[:-1]) / 2
    density = middles ** (4 * mode) * (1 - middles) ** (4 - 4 * mode)
    grown = np.concatenate([[0.0], np.cumsum(density * np.diff(ends))])
    found: npt.NDArray[np.float64] = np.interp(np.linspace(0, 1, KNOTS + 1), grown / grown[-1], ends)
    return found
