"""A verified entry: the only form in which the rooms above ever see what a record says.

Nothing but `feed` makes one, and only after the leaf has been tied to a signed head or to our own stored frontier; and the audit of a check, of what a proof file ties so.
"""

import enum

import msgspec

from stafftalks.values.ids import FeedId


class Reading(enum.Enum):
    """How much of an entry this installation can read."""

    readable = "readable"
    unreadable = "unreadable"
    """The leaf cannot be decoded or states another position; its bytes are kept and relayed, and it has no effect."""
    sealed = "sealed"
    """The leaf can be read and no slip is held: removed, recalled, or not sent to us."""


class VerifiedEntry(msgspec.Struct, frozen=True, gc=False):
    """One authenticated entry of `feed`.

    `at` is unix seconds as its author claims, `type` as its leaf says; 0 and empty where the reading is unreadable. `slip` and
    `body` are None where none is held. `seen` maps feed origins to the sizes the author acknowledges with this entry.
    """

    feed: FeedId
    n: int
    at: int
    type: str
    leaf: bytes
    body: bytes | None
    reading: Reading
    seen: dict[str, int] = {}
    slip: bytes | None = None
