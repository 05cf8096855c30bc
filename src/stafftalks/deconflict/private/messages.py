"""The messages of a check: how points are cut into parts, and what is checked before a received point meets a scalar.

A message holds as many points as all caps of the side whose points these first were, bucket after bucket; the caps of the two sides may differ. A side's own points stand in the order of their bytes inside each bucket, which is a
shuffle, for they are pseudorandom; returned points stand where the owner had them if he is to know which of his collide, and in the order of their bytes if not.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal

import numpy as np
import numpy.typing as npt

from stafftalks.accord.check_terms import MAX_PART_POINTS
from stafftalks.deconflict.group import POINT_BYTES
from stafftalks.values.errors import PeerError

Mode = Literal["which", "count", "any"]
Side = Literal["proposer", "partner"]


def cut(points: bytes) -> tuple[bytes, ...]:
    """The points of a message in parts of the size that slips carry; at least one part."""
    step = MAX_PART_POINTS * POINT_BYTES
    return tuple(points[at : at + step] for at in range(0, max(len(points), 1), step))


def checked_own(points: bytes, caps: Sequence[int], ours: bytes = b"", our_caps: Sequence[int] = ()) -> None:
    """Raises PeerError unless these can be all of a partner's own points: right in number, in each bucket in ascending order and none twice.

    `ours` are our own points if they were sent before: none may come back as the partner's. Whether each is on the curve is asked where it is multiplied.
    """
    number = _not_ascending(points, caps)
    if number is not None:
        raise PeerError(
            f"The partner's points in bucket {number + 1} are not in ascending order, or one stands there twice."
        )
    theirs, sent = rows(points), rows(ours)
    for (number, here), (_number, there) in zip(buckets(caps), buckets(our_caps), strict=False):
        if not set(sent[there].tolist()).isdisjoint(theirs[here].tolist()):
            raise PeerError(f"The partner sends points of ours in bucket {number + 1} as its own.")


def checked_returned(points: bytes, caps: Sequence[int], mode: Mode) -> None:
    """Raises PeerError unless these can be all of our points as the partner returns them: right in number, none twice in a bucket, ordered as `mode` wants it."""
    if mode == "which":
        _check_number(points, caps)
        all_ = rows(points)
        number = next((at for at, here in buckets(caps) if len(set(all_[here].tolist())) < caps[at]), None)
    else:
        number = _not_ascending(points, caps)
    if number is not None:
        raise PeerError(
            f"The points returned in bucket {number + 1} carry an order they must not, or one stands there twice."
        )


def rows(points: bytes) -> npt.NDArray[np.bytes_]:
    """Points as an array of 32 bytes each, which compares and sorts as the bytes do."""
    return np.frombuffer(points, f"S{POINT_BYTES}")


def buckets(caps: Sequence[int]) -> Iterator[tuple[int, slice]]:
    """The number of each bucket and where its points stand in a message."""
    start = 0
    for number, stop in enumerate(accumulate(caps)):
        yield number, slice(start, stop)
        start = stop


def _not_ascending(points: bytes, caps: Sequence[int]) -> int | None:
    """The first bucket in which the points do not ascend, each above the one before. Raises PeerError where they are not as many as the caps."""
    _check_number(points, caps)
    found = rows(points)
    falls = np.flatnonzero(found[:-1] >= found[1:]) + 1
    stops = np.cumsum(caps)
    falls = falls[~np.isin(falls, stops)]  # from one bucket to the next they may fall
    return int(np.searchsorted(stops, falls[0], side="right")) if len(falls) else None


def _check_number(points: bytes, caps: Sequence[int]) -> None:
    if len(points) != sum(caps) * POINT_BYTES:
        size = len(points) / POINT_BYTES
        raise PeerError(f"A message of this check holds {sum(caps):,} points; this one holds {size:,g}.")
