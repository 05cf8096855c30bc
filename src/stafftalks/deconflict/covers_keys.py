"""How keys are spelt as bytes, and read again.

A key of a place: `p`, tags and time level, the cell, the node, the band. Of a claim: `r`, tags and time level, the SHA-256 of the resource's folded name, the node. Numbers are unsigned and big-endian;
a cell's number has a bit above it that says its level; a band is counted from the grid's lowest. Both are bound to a check by what is hashed with them.
"""

import struct
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict import covers_cells
from stafftalks.deconflict.covers_grid import Box, Grid
from stafftalks.deconflict.covers_time import bounds
from stafftalks.deconflict.earth import Ints
from stafftalks.values.errors import WrongValueError

_PLACE: Final = struct.Struct(">cBBQQB")
_ROW: Final = np.dtype(
    [("sort", "S1"), ("tags", "u1"), ("node_level", "u1"), ("cell", ">u8"), ("node", ">u8"), ("band", "u1")]
)
_CLAIM: Final = struct.Struct(">cBB32sQ")


class Spot(msgspec.Struct, frozen=True):
    """What a key stands for, to be drawn: a cell ("" for a claim), a window in unix seconds and a band in metres, both closed; None where the band is open."""

    cell: str
    start: int
    end: int
    low_m: int | None
    high_m: int | None


def place_keys(tags: int, node_level: int, level: int, code: Ints, node: Ints, band: Ints) -> tuple[bytes, ...]:
    """The keys of cells of a level, nodes of a level and bands, row by row; `tags` is 2 for the space tag and 1 for the time tag."""
    rows = np.zeros(len(code), _ROW)
    rows["sort"], rows["tags"], rows["node_level"], rows["band"] = b"p", tags, node_level, band
    rows["cell"], rows["node"] = code + (1 << 2 * level + 3), node
    whole, width = rows.tobytes(), _ROW.itemsize
    return tuple([whole[at : at + width] for at in range(0, len(whole), width)])


def claim_key(tags: int, node_level: int, digest: bytes, node: int) -> bytes:
    """The key of a claim on a resource, whose folded name has this SHA-256."""
    return _CLAIM.pack(b"r", tags, node_level, digest, node)


def spot(key: bytes, grid: Grid) -> Spot:
    """What a key of the grid stands for; of a claim only the window. Raises WrongValueError where it is none."""
    if len(key) == _CLAIM.size and key[:1] == b"r":
        _sort, _tags, node_level, _digest, node = _CLAIM.unpack(key)
        return Spot("", *_window(node_level, node, grid), None, None)
    level, code, node_level, node, band = _place(key)
    low, high = grid.band(band)
    return Spot(covers_cells.token(level, code), *_window(node_level, node, grid), low, high)


def box(key: bytes, grid: Grid) -> Box | None:
    """The part of the grid for which a key stands; None for a claim. Raises WrongValueError where it is no key."""
    if key[:1] == b"r":
        return None
    level, code, node_level, node, band = _place(key)
    return Box(level, code, (node_level, node), *grid.band(band))


def _place(key: bytes) -> tuple[int, int, int, int, int]:
    if len(key) != _PLACE.size or key[:1] != b"p":
        raise WrongValueError("These bytes are not a key of a check.")
    _sort, _tags, node_level, marked, node, band = _PLACE.unpack(key)
    level, rest = divmod(marked.bit_length() - 4, 2)
    code = marked - (1 << max(marked.bit_length() - 1, 0))
    if rest or not 0 <= level <= covers_cells.FINEST or code >= 6 << 2 * level:
        raise WrongValueError("These bytes are not a key of a check.")
    return level, code, node_level, node, band


def _window(node_level: int, node: int, grid: Grid) -> tuple[int, int]:
    start, end = bounds(node_level, node)
    return max(start, grid.start), min(end, grid.end)
