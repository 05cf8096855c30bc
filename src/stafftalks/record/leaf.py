"""A leaf: the small canonical statement that is hashed into the log for each entry.

It says when the author claims to have written (`at`), what the slip's commitment is, at which position it stands, of which
type the entry is ("sealed" keeps the type in the slip), and, where they changed, the sizes of other feeds acknowledged.
A leaf that cannot be decoded is still a leaf: the chain never depends on understanding one.
"""

import re
from typing import Annotated, Final

import msgspec

from stafftalks.record import canon
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId

MAX_LEAF_BYTES: Final = 65_535
SEALED: Final = "sealed"
"""The type written in a leaf whose real type is sensitive and therefore stands in the slip's body."""
VERSION: Final = 1

# 32 bytes have exactly one spelling: the 43rd character carries four bits and two zeros.
_COMMITMENT = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_TYPE = re.compile(r"[a-z][a-z0-9._-]{0,63}")
_Count = Annotated[int, msgspec.Meta(ge=0, lt=canon.INTEGER_BOUND)]


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """One entry's statement. `at` is unix seconds as claimed; `seen` maps feed origins to sizes, empty when unchanged."""

    at: int
    commitment: str
    n: int
    type: str
    seen: dict[str, int] = {}
    v: int = VERSION


class _Wire(msgspec.Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The leaf as spelt: fields in sorted order, so that writing it again shows whether it was canonical."""

    at: _Count
    c: str
    n: _Count
    seen: dict[str, _Count] = {}
    t: str
    v: int


_DECODER = msgspec.json.Decoder(_Wire, strict=True)
_ENCODER = msgspec.json.Encoder(order="sorted")


def encode_leaf(leaf: Leaf) -> bytes:
    """The canonical bytes of `leaf`; raises MisuseError where it breaks a rule of the format."""
    value: dict[str, canon.JsonInput] = {
        "at": leaf.at,
        "c": leaf.commitment,
        "n": leaf.n,
        "t": leaf.type,
        "v": leaf.v,
    }
    if leaf.seen:
        value["seen"] = leaf.seen
    raw = canon.encode(value)
    try:
        decode_leaf(raw)
    except PeerError as error:
        raise MisuseError(f"This entry cannot be written: {error}") from None
    return raw


def decode_leaf(raw: bytes) -> Leaf:
    """The leaf in `raw`; raises PeerError where it is not a canonical leaf of version 1."""
    if len(raw) > MAX_LEAF_BYTES:
        raise PeerError(f"A leaf of {len(raw)} bytes is too long; at most {MAX_LEAF_BYTES} are read.")
    try:
        wire = _DECODER.decode(raw)
        canonical = _ENCODER.encode(wire) == raw
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise PeerError(f"This leaf cannot be read: {error}.") from None
    if not canonical:
        raise PeerError("This leaf is not canonical JSON, so it cannot be read.")
    if wire.v != VERSION:
        raise PeerError(f"This leaf is of version {wire.v}; this release of the software reads version {VERSION}.")
    if not _TYPE.fullmatch(wire.t):
        raise PeerError(f"{wire.t[:80]!r} is not an entry type: lower-case letters, digits, dot, hyphen, underscore.")
    if not _COMMITMENT.fullmatch(wire.c):
        raise PeerError("This leaf's commitment is not 32 bytes in URL-safe base64.")
    for origin in wire.seen:
        FeedId.parse(origin)
    return Leaf(wire.at, wire.c, wire.n, wire.t, wire.seen, wire.v)
