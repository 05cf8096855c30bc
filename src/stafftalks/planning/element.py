"""An element: an id and its content; its exact bytes; the hash that names a version.

An element's bytes are canonical JSON `{"content":{"kind":...},"id":...}` with default fields left out. They are exactly
what is released, and the version hash is over exactly them: of an element received, hash the bytes that were received
(`version_hash_of_bytes`). A kind not known here is kept whole and shown as such, never refused. Text is not normalised
here: what was written is what is hashed.
"""

import hashlib
from typing import Final

import msgspec

from stafftalks.planning.kinds import KINDS, Content, kind_of
from stafftalks.planning.plain import to_plain
from stafftalks.record import canon
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import ElementId, VersionHash, base32, parse_element

MAX_BYTES: Final = 1_048_576
"""The largest element, in bytes of its canonical form."""
_VERSION_PREFIX: Final = b"stafftalks/version/v1\n"
_MAX_KIND: Final = 64


class UnknownContent(msgspec.Struct, frozen=True):
    """Content of a kind that this version does not know: its name, and its canonical bytes."""

    kind: str
    raw: bytes


class Element(msgspec.Struct, frozen=True):
    """A unit of planning content; its party is whoever's record or drafts it stands in."""

    id: ElementId
    content: Content | UnknownContent

    @property
    def kind(self) -> str:
        """The name of the content's kind, known here or not."""
        return self.content.kind if isinstance(self.content, UnknownContent) else kind_of(self.content)


def encode(element: Element) -> bytes:
    """The element's exact bytes.

    Raises MisuseError where it is larger than MAX_BYTES or holds what `decode` would refuse, so that nothing is ever
    written that a partner cannot read.
    """
    if isinstance(element.content, UnknownContent):
        content = canon.decode(element.content.raw, max_bytes=MAX_BYTES)
    else:
        content = to_plain(element.content)
        _need_valid(content, kind_of(element.content))
    _need_id(element.id)
    raw = canon.encode({"content": content, "id": element.id})
    if len(raw) > MAX_BYTES:
        raise MisuseError(f"This element is {len(raw):,} bytes long; at most {MAX_BYTES:,} can be held. Divide it.")
    return raw


def decode(raw: bytes) -> Element:
    """The element that `raw` spells; content of an unknown kind comes as UnknownContent.

    Raises PeerError, and nothing else, where `raw` is not the one spelling of an element within the limits.
    """
    value = canon.decode(raw, max_bytes=MAX_BYTES)
    if not isinstance(value, dict) or set(value) != {"content", "id"} or not isinstance(value["id"], str):
        raise PeerError("These bytes are not an element: an object of id and content is needed.")
    content, element_id = value["content"], parse_element(value["id"])
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(kind, str) or not 0 < len(kind) <= _MAX_KIND:
        raise PeerError("This element's content does not say what kind it is.")
    if kind not in KINDS:
        return Element(element_id, UnknownContent(kind, canon.encode(content)))
    try:
        known = msgspec.convert(content, KINDS[kind])
    except msgspec.ValidationError as error:
        raise PeerError(f"This {kind} is not as its kind must be: {str(error).rstrip('.')}.") from None
    if to_plain(known) != content:
        raise PeerError(f"This {kind} is not in its one spelling: fields that hold their default must be left out.")
    return Element(element_id, known)


def version_hash(element: Element) -> VersionHash:
    """The name of this exact version of an element of ours; changes with any content. Raises as `encode`."""
    return version_hash_of_bytes(encode(element))


def version_hash_of_bytes(raw: bytes) -> VersionHash:
    """The version hash of an element's exact bytes, as written or as received; `raw` is not read."""
    return VersionHash(base32(hashlib.sha256(_VERSION_PREFIX + raw).digest()))


def _need_id(element_id: ElementId) -> None:
    try:
        parse_element(element_id)
    except PeerError as error:  # our own id, so the fault is ours
        raise MisuseError(str(error)) from None


def _need_valid(content: canon.JsonValue, kind: str) -> None:
    try:
        msgspec.convert(content, KINDS[kind])
    except msgspec.ValidationError as error:
        raise MisuseError(f"This {kind} cannot be written: {str(error).rstrip('.')}.") from None
