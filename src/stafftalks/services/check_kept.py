"""What is kept of points of a private check when they are dropped: all that a sheet keeps of them, so that it is folded from the store as before."""

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import CheckAct, PointsPart
from stafftalks.values.errors import HostError


class _Kept(msgspec.Struct, frozen=True):
    digest: str
    part: PointsPart


_KEPT = msgspec.msgpack.Decoder(_Kept)


def encode(digest: str, part: PointsPart) -> bytes:
    """These as bytes; the place and the time of the entry are in its leaf."""
    return msgspec.msgpack.encode(_Kept(digest, part))


def decode(raw: bytes, ref: EntryRef, at: int) -> CheckAct:
    """The act at `ref`, said at `at`. Raises HostError where the bytes are damaged."""
    try:
        kept = _KEPT.decode(raw)
    except msgspec.MsgspecError:
        raise HostError(
            f"What this store kept of entry {ref.n} of {ref.party}'s record is damaged. Restore from a backup; nothing was signed."
        ) from None
    return CheckAct(ref, at, kept.part, kept.digest)
