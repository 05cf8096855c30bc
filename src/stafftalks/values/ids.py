"""Names of things: parties, accords, epochs, feeds, elements, versions.

All are plain ASCII text with one spelling each, so that equal names are equal bytes. Parsers raise `PeerError`
because a name that arrives misspelt arrived from outside.
"""

import base64
import re
from typing import NewType

import msgspec

from stafftalks.values.errors import PeerError

PartyId = NewType("PartyId", str)
"""A party's short code, as on its card: 2 to 8 capital letters or digits, first a letter (`XMR`)."""
AccordId = NewType("AccordId", str)
"""base32(SHA-256(charter)): 52 lower-case characters."""
EpochId = NewType("EpochId", str)
"""base32(SHA-256(feed public key)), first 26 lower-case characters."""
ElementId = NewType("ElementId", str)
"""base32 of 16 random bytes: 26 lower-case characters."""
VersionHash = NewType("VersionHash", str)
"""base32 of SHA-256 over an element's content: 52 lower-case characters; changes with any content."""

_PARTY = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_BASE32_26 = re.compile(r"[a-z2-7]{26}")
_BASE32_52 = re.compile(r"[a-z2-7]{52}")


def base32(raw: bytes) -> str:
    """Lower-case RFC 4648 base32 of `raw`, without padding."""
    return base64.b32encode(raw).decode().rstrip("=").lower()


def parse_party(text: str) -> PartyId:
    """`text` as a party code; raises PeerError where it is not one."""
    if not _PARTY.fullmatch(text):
        raise PeerError(f"{text[:20]!r} is not a party code: 2 to 8 capital letters or digits, first a letter, as XMR.")
    return PartyId(text)


def parse_accord(text: str) -> AccordId:
    """`text` as an accord id; raises PeerError where it is not one."""
    return AccordId(_matching(_BASE32_52, text, "an accord id"))


def parse_epoch(text: str) -> EpochId:
    """`text` as an epoch id; raises PeerError where it is not one."""
    return EpochId(_matching(_BASE32_26, text, "an epoch id"))


def parse_element(text: str) -> ElementId:
    """`text` as an element id; raises PeerError where it is not one."""
    return ElementId(_matching(_BASE32_26, text, "an element id"))


def parse_version(text: str) -> VersionHash:
    """`text` as a version hash; raises PeerError where it is not one."""
    return VersionHash(_matching(_BASE32_52, text, "a version hash"))


def element_id(random16: bytes) -> ElementId:
    """The element id spelt from 16 random bytes."""
    return ElementId(base32(random16))


class FeedId(msgspec.Struct, frozen=True, order=True):
    """One party's record in one accord in one epoch; `origin` is its name in signed notes."""

    accord: AccordId
    party: PartyId
    epoch: EpochId

    @property
    def origin(self) -> str:
        """`stafftalks.org/a1/<accord>/<party>/<epoch>`, the first line of every checkpoint of this feed."""
        return f"stafftalks.org/a1/{self.accord}/{self.party}/{self.epoch}"

    @classmethod
    def parse(cls, origin: str) -> "FeedId":
        """The feed that `origin` names; raises PeerError where it names none."""
        parts = origin.split("/")
        if len(parts) != 5 or parts[:2] != ["stafftalks.org", "a1"]:
            raise PeerError(f"{origin[:80]!r} does not name a record: stafftalks.org/a1/<accord>/<party>/<epoch>.")
        return cls(parse_accord(parts[2]), parse_party(parts[3]), parse_epoch(parts[4]))


def _matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise PeerError(f"{text[:60]!r} is not {what}: lower-case base32 letters and digits.")
    return text
