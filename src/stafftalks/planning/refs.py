"""How elements point at each other: by party and id, and where it matters by exact version."""

from typing import Annotated

import msgspec
from msgspec import Meta

from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import ElementId, PartyId, VersionHash, parse_element, parse_party, parse_version

_Party = Annotated[PartyId, Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z")]
_Element = Annotated[ElementId, Meta(pattern=r"\A[a-z2-7]{26}\Z")]
_Version = Annotated[VersionHash, Meta(pattern=r"\A[a-z2-7]{52}\Z")]


class ElementRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An element of a party; without a version, whichever stands."""

    party: _Party
    element: _Element
    version: _Version | None = None

    def __str__(self) -> str:
        """`XMR/<element>` or `XMR/<element>/<version>`."""
        return f"{self.party}/{self.element}" + (f"/{self.version}" if self.version else "")

    @classmethod
    def parse(cls, text: str) -> "ElementRef":
        """The reference that `text` spells; raises MisuseError."""
        parts = text.strip().split("/")
        if len(parts) not in (2, 3):
            raise MisuseError(f"{text[:40]!r} is not a reference: write PARTY/element or PARTY/element/version.")
        return cls(*_ids(parts[0], parts[1]), _version(parts[2]) if len(parts) == 3 else None)


class ExactRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exact version of an element of a party."""

    party: _Party
    element: _Element
    version: _Version

    def __str__(self) -> str:
        """`XMR/<element>/<version>`."""
        return f"{self.party}/{self.element}/{self.version}"

    @classmethod
    def parse(cls, text: str) -> "ExactRef":
        """The exact reference that `text` spells; raises MisuseError."""
        parts = text.strip().split("/")
        if len(parts) != 3:
            raise MisuseError(f"{text[:40]!r} is not an exact reference: write PARTY/element/version.")
        return cls(*_ids(parts[0], parts[1]), _version(parts[2]))


def _ids(party: str, element: str) -> tuple[PartyId, ElementId]:
    try:
        return parse_party(party), parse_element(element)
    except PeerError as error:  # typed here by a person, so the fault is not a peer's
        raise MisuseError(str(error)) from None


def _version(text: str) -> VersionHash:
    try:
        return parse_version(text)
    except PeerError as error:
        raise MisuseError(str(error)) from None
