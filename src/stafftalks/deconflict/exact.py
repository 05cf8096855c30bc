"""Every pair of volumes that overlaps, with the overlap itself: between two sets, or within one.

Pairs come in blocks, and memory does not grow with how many there are. Within a set, two volumes of one activity are no pair.
"""

from collections.abc import Iterator

import msgspec
import numpy as np

from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.meeting import meet
from stafftalks.deconflict.search import candidates
from stafftalks.deconflict.volumes import Volumes


class Overlaps(msgspec.Struct, frozen=True):
    """Pairs whose volumes overlap, by their numbers in the two sets, each pair once; and the window and band they have in common, both closed.

    Seconds and metres; FOREVER and -FOREVER where both are open.
    """

    one: Ints
    other: Ints
    start: Ints
    end: Ints
    low: Ints
    high: Ints


def between(one: Volumes, other: Volumes) -> Iterator[Overlaps]:
    """The pairs of a volume of the one set and one of the other, in no order."""
    return _overlaps(one, other, same=False)


def within(one: Volumes) -> Iterator[Overlaps]:
    """The pairs within a set, the smaller number first, in no order."""
    return _overlaps(one, one, same=True)


def _overlaps(one: Volumes, other: Volumes, *, same: bool) -> Iterator[Overlaps]:
    for found in candidates(one.extent, other.extent, same=same):
        meeting = meet(one.footprints, found.one, other.footprints, found.other, found.face)
        if same:
            meeting &= one.activities[found.one] != other.activities[found.other]
        ones, others = found.one[meeting], found.other[meeting]
        yield Overlaps(
            ones,
            others,
            np.maximum(one.start[ones], other.start[others]),
            np.minimum(one.end[ones], other.end[others]),
            np.maximum(one.low[ones], other.low[others]),
            np.minimum(one.high[ones], other.high[others]),
        )
