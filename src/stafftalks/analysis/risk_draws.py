"""Random numbers by counter: the n-th draw of a variable follows from its key and n alone, so that any split of the draws gives the same ones.

Philox-4x32 with ten rounds. Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (2011). A counter gives four draws. Twenty-three bits of
each word make a number between 0 and 1 that is never either.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from stafftalks.analysis.compiling import compiled
from stafftalks.analysis.risk_distributions import CURVE, FIXED, KNOTS, TRIANGLE, Floats, Variables

Words = npt.NDArray[np.uint32]
_ROUNDS: Final = 10
_ONE, _TWO = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEP_ONE, _STEP_TWO = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_UPPER, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
_CUT: Final = np.uint32(9)
_SCALE, _MIDDLE = np.float32(2.0**-23), np.float32(2.0**-24)
_KNOTS: Final = np.float32(KNOTS)
_HALF, _WHOLE = np.float32(0.5), np.float32(1)


def words(key: Words, first: int, count: int) -> Words:
    """Draws `first` and on of every key, as one row of 32-bit words each."""
    low, high = first // 4, (first + count + 3) // 4
    c0 = np.broadcast_to(np.arange(low, high, dtype=np.uint64), (len(key), high - low))
    c1 = c2 = c3 = np.zeros((len(key), high - low), np.uint64)
    one, two = key[:, :1].copy(), key[:, 1:].copy()
    for _ in range(_ROUNDS):
        p, q = _ONE * c0, _TWO * c2
        c0, c1, c2, c3 = (q >> _UPPER) ^ c1 ^ one, q & _LOWER, (p >> _UPPER) ^ c3 ^ two, p & _LOWER
        one, two = one + _STEP_ONE, two + _STEP_TWO
    mixed = np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32).reshape(len(key), 4 * (high - low))
    return mixed[:, first - 4 * low : first - 4 * low + count]


def values(of: Variables, chosen: npt.NDArray[np.int64], first: int, count: int) -> Floats:
    """Draws `first` and on of the variables chosen, one row each, in whole ticks."""
    found = np.empty((len(chosen), count), np.float32)
    found[:] = of.low[chosen, None]
    moving = np.flatnonzero(of.kind[chosen] != FIXED)
    drawn = words(of.key[chosen[moving]], first, count)
    uniform = (drawn >> _CUT).astype(np.float32) * _SCALE + _MIDDLE
    for row, word, u in zip(moving.tolist(), drawn, uniform, strict=True):
        number = int(chosen[row])
        table = of.table[of.offset[number] : of.offset[number] + of.size[number]]
        if of.kind[number] == TRIANGLE:
            low = u < of.cut[number]
            root = np.sqrt(np.where(low, u * of.left[number], (_WHOLE - u) * of.right[number]))
            found[row] = np.where(low, of.low[number] + root, of.high[number] - root)
        elif of.kind[number] == CURVE:
            place = u * _KNOTS
            knot = place.astype(np.int32)
            found[row] = table[knot] + (place - knot.astype(np.float32)) * (table[knot + 1] - table[knot])
        else:
            found[row] = table[(word.astype(np.uint64) * np.uint64(len(table)) >> _UPPER).astype(np.int64)]
    rounded: Floats = np.floor(found + _HALF)
    return rounded


@compiled
def spin(one: np.uint32, two: np.uint32, first: int, mixed: Words) -> None:
    """Draws `first` (a multiple of four) and on of one key, into `mixed`, whose length is a multiple of four."""
    for place in range(mixed.shape[0] // 4):
        c0, c1, c2, c3 = np.uint32(first // 4 + place), np.uint32(0), np.uint32(0), np.uint32(0)
        a, b = one, two
        for _ in range(_ROUNDS):
            p, q = _ONE * np.uint64(c0), _TWO * np.uint64(c2)
            c0, c1 = np.uint32(np.uint32(q >> _UPPER) ^ c1 ^ a), np.uint32(q)
            c2, c3 = np.uint32(np.uint32(p >> _UPPER) ^ c3 ^ b), np.uint32(p)
            a, b = np.uint32(a + _STEP_ONE), np.uint32(b + _STEP_TWO)
        mixed[4 * place], mixed[4 * place + 1], mixed[4 * place + 2], mixed[4 * place + 3] = c0, c1, c2, c3


@compiled
def fill(of: Variables, number: int | np.int64, first: int, mixed: Words, row: Floats) -> None:
    """Draws `first` (a multiple of four) and on of one variable into `row`, in whole ticks; `mixed` is room for as many words."""
    kind = of.kind[number]
    lowest, highest = of.low[number], of.high[number]
    if kind == FIXED:
        fixed = np.floor(lowest + _HALF)
        for j in range(row.shape[0]):
            row[j] = fixed
        return
    spin(of.key[number, 0], of.key[number, 1], first, mixed)
    if kind == TRIANGLE:
        left, right, cut = of.left[number], of.right[number], of.cut[number]
        for j in range(row.shape[0]):
            u = np.float32(np.float32(np.int32(mixed[j] >> _CUT)) * _SCALE + _MIDDLE)
            low = u < cut
            root = np.sqrt(np.float32(u * left) if low else np.float32(np.float32(_WHOLE - u) * right))
            row[j] = np.floor(np.float32(lowest + root if low else highest - root) + _HALF)
        return
    offset, size = of.offset[number], of.size[number]
    table = of.table[offset : offset + size]
    if kind == CURVE:
        for j in range(row.shape[0]):
            place = np.float32(np.float32(np.float32(np.int32(mixed[j] >> _CUT)) * _SCALE + _MIDDLE) * _KNOTS)
            knot = np.int32(place)
            value = table[knot]
            value = np.float32(value + np.float32(place - np.float32(knot)) * np.float32(table[knot + 1] - value))
            row[j] = np.floor(np.float32(value + _HALF))
        return
    for j in range(row.shape[0]):
        row[j] = np.floor(table[np.int64(np.uint64(mixed[j]) * np.uint64(size) >> _UPPER)] + _HALF)
