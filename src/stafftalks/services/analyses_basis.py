"""What an answer of an analysis stands on, as values: which question, which exact versions, who holds them all; and why such an answer is stale."""

from typing import Literal

import msgspec

from stafftalks.planning.refs import ExactRef
from stafftalks.values.ids import ElementId, PartyId, VersionHash

Analysis = Literal["coverage", "conflicts", "schedule", "options", "waiting", "risk"]


class Ask(msgspec.Struct, frozen=True):
    """Which elements an analysis is about: those of one contingency or of all, with our unreleased ones or without."""

    analysis: Analysis
    contingency: str = ""
    private: bool = False


class Input(msgspec.Struct, frozen=True):
    """An exact version that an answer stands on. `owner` wrote it; `readers` are all parties that hold this version, ours among them; `private` where only we do."""

    element: str
    version: str
    owner: PartyId
    readers: tuple[PartyId, ...]
    private: bool
    kind: str
    title: str

    @property
    def exact(self) -> ExactRef:
        """The version as references name it."""
        party, _slash, element = self.element.partition("/")
        return ExactRef(PartyId(party), ElementId(element), VersionHash(self.version))


class Basis(msgspec.Struct, frozen=True):
    """What an answer stands on. It may be shown to `readers`, who hold every version of it; where `stays_home`, to nobody else than us."""

    ask: Ask
    inputs: tuple[Input, ...]
    stays_home: bool
    readers: tuple[PartyId, ...]


class Moved(msgspec.Struct, frozen=True):
    """Why an answer is stale: an element it stands on was revised, is not there any more, or one came that it does not know. `version` is what stands now."""

    element: str
    title: str
    sort: Literal["revised", "gone", "new"]
    version: str
    sentence: str
