"""What is sent in which order, how points are cut into parts, and what is checked before a received point meets a scalar.

A message holds as many points as all caps of the side whose points these first were, bucket after bucket; the caps of the two sides may differ. A side's own points stand in the order of their bytes inside each bucket, which is a
shuffle, for they are pseudorandom; returned points stand where the owner had them if he is to know which of his collide, and in the order of their bytes if not.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.deconflict.group import POINT_BYTES
from stafftalks.values.errors import PeerError

Mode = Literal["which", "count", "any"]
Learns = Literal["proposer", "partner", "both"]
Side = Literal["proposer", "partner"]
Sort = Literal["own", "returned"]
PART_POINTS: Final = 40_000


class Step(msgspec.Struct, frozen=True):
    """All parts of one message: the number of the step, who sends it, and whose points these were first."""

    number: int
    by: Side
    sort: Sort


def steps(learns: Learns) -> tuple[Step, ...]:
    """The messages of a check in the order in which they are sent, after consent."""
    found = [Step(1, "proposer", "own"), Step(2, "partner", "own")]
    if learns != "partner":
        found.append(Step(2, "partner", "returned"))
    if learns != "proposer":
        found.append(Step(3, "proposer", "returned"))
    return tuple(found)


class Transcript(msgspec.Struct, frozen=True):
    """Everything said in a check so far, in 32 bytes. Each message states it as it stood before; so none can be left out, changed, or come from another check."""

    value: bytes

    @classmethod
    def opened(cls, accord: str, proposal: bytes, consent: bytes) -> "Transcript":
        """After proposal and consent, by the exact bytes of their bodies: it binds terms, roots and keys. Hashes of keys are taken under this value."""
        parts = (accord.encode(), proposal, consent)
        return cls(hashlib.sha256(b"stafftalks/check/opened/v1\n" + b"".join(_digest(part) for part in parts)).digest())

    def after(self, body: bytes) -> "Transcript":
        """After one more message, by the exact bytes of its body."""
        return Transcript(hashlib.sha256(b"stafftalks/check/after/v1\n" + self.value + _digest(body)).digest())

    def expect(self, stated: bytes) -> None:
        """Raises PeerError unless a message states this transcript."""
        if stated != self.value:
            raise PeerError(
                "This message answers something else than what was said in this check so far: it was changed or swapped on the way, or belongs to another check."
            )


def cut(points: bytes) -> tuple[bytes, ...]:
    """The points of a message in parts of at most 40,000; at least one part."""
    step = PART_POINTS * POINT_BYTES
    return tuple(points[at : at + step] for at in range(0, max(len(points), 1), step))


def parts(size: int) -> int:
    """Into how many parts so many points are cut."""
    return max(1, -(-size // PART_POINTS))


def part_size(size: int, part: int) -> int:
    """How many points stand in a part, the first being 1; nought where there is no such part."""
    return max(0, min(PART_POINTS, size - PART_POINTS * (part - 1))) if part > 0 else 0


def checked_own(points: bytes, caps: Sequence[int], ours: bytes = b"", our_caps: Sequence[int] = ()) -> None:
    """Raises PeerError unless these can be all of a partner's own points: right in number, in each bucket in ascending order and none twice.

    `ours` are our own points if they were sent before: none may come back as the partner's. Whether each is on the curve is asked where it is multiplied.
    """
    if len(points) != sum(caps) * POINT_BYTES:
        raise _wrong_number(len(points), caps)
    theirs = rows(points)
    for number, here in buckets(caps):
        found = theirs[here]
        if not (found[:-1] < found[1:]).all():
            raise PeerError(
                f"The partner's points in bucket {number + 1} are not in ascending order, or one stands there twice."
            )
    sent = rows(ours)
    for (number, here), (_number, there) in zip(buckets(caps), buckets(our_caps), strict=False):
        if np.isin(theirs[here], sent[there]).any():
            raise PeerError(f"The partner sends points of ours in bucket {number + 1} as its own.")


def checked_returned(points: bytes, caps: Sequence[int], mode: Mode) -> None:
    """Raises PeerError unless these can be all of our points as the partner returns them: right in number, none twice in a bucket, ordered as `mode` wants it."""
    if len(points) != sum(caps) * POINT_BYTES:
        raise _wrong_number(len(points), caps)
    all_ = rows(points)
    for number, here in buckets(caps):
        found = all_[here] if mode != "which" else np.sort(all_[here])
        if not (found[:-1] < found[1:]).all():
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


def _wrong_number(size: int, caps: Sequence[int]) -> PeerError:
    return PeerError(f"A message of this check holds {sum(caps):,} points; this one holds {size / POINT_BYTES:,g}.")


def _digest(part: bytes) -> bytes:
    return hashlib.sha256(part).digest()
