"""The work of a check in pieces: what a side multiplies, cut so that any process can do any piece, and put together again.

Pieces are numbered, and their results, in that order, are all that must be kept to go on after a stop.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.deconflict import group
from stafftalks.deconflict.group import POINT_BYTES
from stafftalks.deconflict.private.messages import Mode, buckets, checked_own, checked_returned, rows
from stafftalks.values.errors import MisuseError, Refusal, RefusedError

PIECE_POINTS: Final = 4096
"""About a fifth of a second of one core."""
OVER_CAP: Final = "check-bucket-over-cap"
_REAL: Final = b"\x00"
_PADDING: Final = b"\x01"


class Piece(msgspec.Struct, frozen=True):
    """A piece of work, whole in itself; `run` does it in whatever process."""

    verb: Literal["mask", "remask", "check"]
    scalar: bytes
    items: tuple[bytes, ...] = ()
    points: bytes = b""

    def __repr__(self) -> str:
        return f"Piece({self.verb})"


def run(piece: Piece) -> bytes:
    """The points a piece gives; none for a check. Raises PeerError where what came from the partner is no point."""
    match piece.verb:
        case "mask":
            return group.mask(piece.scalar, piece.items)
        case "remask":
            return group.remask(piece.scalar, piece.points)
        case "check":
            group.check_all(piece.points)
            return b""


class Own(msgspec.Struct, frozen=True):
    """A side's own points as they are sent, and where each stood in the plan they came of."""

    points: bytes
    order: npt.NDArray[np.int64]

    def __repr__(self) -> str:
        return f"Own({len(self.order)} points)"


class OwnPlan(msgspec.Struct, frozen=True):
    """The keys of a side by bucket, each bucket filled up to its cap with padding. `opened` is the transcript after consent."""

    opened: bytes
    caps: tuple[int, ...]
    keys: tuple[tuple[bytes, ...], ...]
    padding: bytes

    @property
    def size(self) -> int:
        """How many points are sent."""
        return sum(self.caps)

    @property
    def pieces(self) -> int:
        """How many pieces of work there are."""
        return -(-self.size // PIECE_POINTS)

    def piece(self, number: int, scalar: bytes) -> Piece:
        """A piece of work, the first being 0: hash and multiply."""
        start = number * PIECE_POINTS
        return Piece("mask", scalar, items=tuple(self.items(start, min(start + PIECE_POINTS, self.size))))

    def items(self, start: int, stop: int) -> Iterable[bytes]:
        """What is hashed at these places of the plan: in each bucket first the keys, then padding. Real or padding, it is bound to check and bucket."""
        for number, here in buckets(self.caps):
            first, last = max(start, here.start), min(stop, here.stop)
            if first >= last:
                continue
            bucket, keys = number.to_bytes(4, "big"), self.keys[number]
            real, padding, seed = self.opened + bucket + _REAL, self.opened + bucket + _PADDING, self.padding + bucket
            begin, end = first - here.start, last - here.start
            for key in keys[begin:end]:
                yield real + key
            for place in range(max(begin, len(keys)), end):
                yield padding + sha256(seed + place.to_bytes(4, "big")).digest()

    def __repr__(self) -> str:
        return f"OwnPlan({self.size} points in {len(self.caps)} buckets)"


def plan_own(opened: bytes, caps: Sequence[int], keys: Sequence[Sequence[bytes]], padding: bytes) -> OwnPlan:
    """The plan for a side's own points. Raises RefusedError where a bucket holds more keys than its cap: then nothing may leave."""
    if len(keys) != len(caps):
        raise MisuseError(f"There are {len(caps)} buckets, and keys for {len(keys)}.")
    over = [number for number, cap in enumerate(caps) if len(keys[number]) > cap]
    if over:
        raise RefusedError(*(Refusal(OVER_CAP, _over(number, len(keys[number]), caps[number])) for number in over))
    if any(len(set(here)) < len(here) for here in keys):
        raise MisuseError("A key stands twice in its bucket; each is given once.")
    return OwnPlan(opened, tuple(caps), tuple(map(tuple, keys)), padding)


def assemble_own(plan: OwnPlan, results: Iterable[bytes]) -> Own:
    """The points as they are sent, of the results of all pieces in order: each bucket sorted by bytes."""
    made = _joined(results, plan.size)
    found = rows(made)
    order = np.empty(plan.size, np.int64)
    for _number, here in buckets(plan.caps):
        order[here] = here.start + np.argsort(found[here])
    return Own(found[order].tobytes(), order)


class Plan(msgspec.Struct, frozen=True):
    """Points that came from the partner, to be multiplied or only to be checked."""

    verb: Literal["remask", "check"]
    points: bytes
    caps: tuple[int, ...]

    @property
    def pieces(self) -> int:
        """How many pieces of work there are."""
        return -(-len(self.points) // (PIECE_POINTS * POINT_BYTES))

    def piece(self, number: int, scalar: bytes = b"") -> Piece:
        """A piece of work, the first being 0."""
        start = number * PIECE_POINTS * POINT_BYTES
        return Piece(self.verb, scalar, points=self.points[start : start + PIECE_POINTS * POINT_BYTES])

    def __repr__(self) -> str:
        return f"Plan({self.verb}, {sum(self.caps)} points in {len(self.caps)} buckets)"


def plan_returned(theirs: bytes, caps: Sequence[int], ours: bytes = b"", our_caps: Sequence[int] = ()) -> Plan:
    """The plan for multiplying the partner's own points under its caps. Their form is checked at once. Raises PeerError.

    `ours` are own points if they were sent before, under `our_caps`; none of them may be among the partner's.
    """
    checked_own(theirs, caps, ours, our_caps)
    return Plan("remask", theirs, tuple(caps))


def plan_seen(returned: bytes, caps: Sequence[int], mode: Mode) -> Plan:
    """The plan for checking our points, sent under these caps of ours, as the partner returns them. Their form is checked at once. Raises PeerError."""
    checked_returned(returned, caps, mode)
    return Plan("check", returned, tuple(caps))


def assemble_returned(plan: Plan, results: Iterable[bytes], mode: Mode) -> bytes:
    """The partner's points as they are returned, of the results of all pieces in order: where the partner had them, or sorted so that they tell no order."""
    made = _joined(results, sum(plan.caps))
    if mode == "which":
        return made
    found = rows(made)
    return b"".join(np.sort(found[here]).tobytes() for _number, here in buckets(plan.caps))


def _joined(results: Iterable[bytes], size: int) -> bytes:
    made = b"".join(results)
    if len(made) != size * POINT_BYTES:
        raise MisuseError(f"The pieces hold {len(made) // POINT_BYTES} points of {size}; do those that are missing.")
    return made


def _over(number: int, count: int, cap: int) -> str:
    return f"Bucket {number + 1} would hold {count:,} keys and takes {cap:,}: leave out activities, or agree on more of them."
