"""Cells: the squares into which the six faces of the cube are halved and halved again, by level; each lies wholly in one of the level above.

A cell is spelt as its face, `a` to `f`, and one digit from 0 to 3 for each level, so the token of a cell begins with the tokens of all that hold it: `d0123` lies in `d01`.
By number it is its face and those digits in base 4, which begins alike. Lines between cells are planes through the centre; along each side of a face they lie
by a quadratic rule, so that cells of a level are of about one size: from 0.7 to 1.6 times the mean.

All that decides is made of sums, products, quotients and roots, which every machine rounds alike.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from stafftalks.deconflict.earth import Bools, Floats, Ints, degrees
from stafftalks.deconflict.faces import FACES, raised
from stafftalks.values.errors import WrongValueError

FINEST: Final = 16
"""The finest level there is: cells of 150 m. Those of level 8 are 36 km wide, each level halves them."""
FACE_M: Final = 9_220_000
"""The mean side of a face; a cell of level n is about FACE_M / 2**n metres wide."""
_TOKEN: Final = re.compile(rf"([a-f])([0-3]{{0,{FINEST}}})")
_LETTERS: Final = "abcdef"
_STEPS: Final = 8


def token(level: int, code: int) -> str:
    """How a cell of a level is spelt."""
    digits = [str(code >> 2 * (level - 1 - at) & 3) for at in range(level)]
    return _LETTERS[code >> 2 * level] + "".join(digits)


def cell(spelt: str) -> tuple[int, int]:
    """The level and number of a cell. Raises WrongValueError."""
    match = _TOKEN.fullmatch(spelt)
    if match is None:
        raise WrongValueError(
            f"{spelt[:40]!r} is not a cell: a face from a to f, and at most {FINEST} digits from 0 to 3 behind it."
        )
    return len(match[2]), _LETTERS.index(match[1]) << 2 * len(match[2]) | int(match[2] or "0", 4)


def cells(spelt: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """The levels and numbers of the cells of an area, which must be in order and may not overlap. Raises WrongValueError."""
    tokens = tuple(spelt)
    if not tokens:
        raise WrongValueError("The area is empty: it needs at least one cell.")
    found = tuple(cell(each) for each in tokens)
    if list(tokens) != sorted(set(tokens)):
        raise WrongValueError("The area's cells must be in order, each once.")
    # In order, whatever lies in a cell follows it at once.
    for outer, inner in itertools.pairwise(tokens):
        if inner.startswith(outer):
            raise WrongValueError(f"The area's cells overlap: {inner} lies in {outer}. Leave {inner} out.")
    return found


def normal(spelt: Iterable[str]) -> tuple[str, ...]:
    """The same area in the fewest cells, in order: what lies in another is dropped, and four that fill a cell become that cell. Raises WrongValueError."""
    found: list[str] = []
    for each in sorted(set(spelt)):
        cell(each)
        if found and each.startswith(found[-1]):
            continue
        found.append(each)
        while len(found) > 3 and len(found[-1]) > 1 and found[-4:] == [found[-1][:-1] + digit for digit in "0123"]:
            found[-4:] = [found[-1][:-1]]
    return tuple(found)


def sides(level: int, code: Ints) -> tuple[Ints, Ints, Ints]:
    """The face of cells of a level, and the columns and rows in which they lie there, from 0 on."""
    across, up = np.zeros_like(code), np.zeros_like(code)
    for at in range(level):
        across |= (code >> 2 * at & 1) << at
        up |= (code >> 2 * at + 1 & 1) << at
    return code >> 2 * level, across, up


def numbers(level: int, face: Ints, across: Ints, up: Ints) -> Ints:
    """The numbers of the cells of a level in these columns and rows of faces."""
    found = face << 2 * level
    for at in range(level):
        found = found | (across >> at & 1) << 2 * at | (up >> at & 1) << 2 * at + 1
    return found


def line(level: int, number: Ints) -> Floats:
    """Where the lines between columns (or rows) of a level stand on a face, from -1 to 1.

    Source: the quadratic projection of Hilbert curves on a cube by E. Veach, S2.
    """
    part = number / float(1 << level)
    low = 1 - 4 * (1 - part) * (1 - part)
    return np.where(part >= 0.5, 4 * part * part - 1, low) / 3


def outline(spelt: str) -> tuple[tuple[float, float], ...]:
    """The ring of a cell, or of a box's cell, to be drawn: longitudes and latitudes in degrees, WGS84, the first not repeated; some along each side, as its sides bend on a map.

    Longitudes follow each other without a leap, so they may lie beyond 180 where the cell crosses the antimeridian. Raises WrongValueError.
    """
    level, code = cell(spelt.partition("@")[0])
    face, across, up = (int(each[0]) for each in sides(level, np.array([code])))
    steps = max(_STEPS, (64 >> level) if level < 6 else 0)
    part = np.arange(steps) / steps
    x0, x1 = line(level, np.array([across, across + 1])).tolist()
    y0, y1 = line(level, np.array([up, up + 1])).tolist()
    x = np.concatenate([x0 + (x1 - x0) * part, np.full(steps, x1), x1 - (x1 - x0) * part, np.full(steps, x0)])
    y = np.concatenate([np.full(steps, y0), y0 + (y1 - y0) * part, np.full(steps, y1), y1 - (y1 - y0) * part])
    lon, lat = degrees(raised(x, y, face))
    lon = lon[0] + np.cumsum(np.concatenate([[0.0], (np.diff(lon) + 180) % 360 - 180]))
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


def of_level(found: Sequence[tuple[int, int]], level: int) -> Ints:
    """The numbers of the cells of one level among these, in order."""
    return np.array(sorted(code for at, code in found if at == level), np.int64)


def held(level: int, code: Ints, outer: int, within: Ints) -> Bools:
    """Which cells of a level lie in one of the cells `within` (in order) of a level that is not finer."""
    if not len(within):
        return np.zeros(len(code), bool)
    above = code >> 2 * (level - outer)
    return np.asarray(within[np.minimum(np.searchsorted(within, above), len(within) - 1)] == above)


def whole_earth() -> tuple[str, ...]:
    """The six faces."""
    return tuple(_LETTERS[:FACES])
