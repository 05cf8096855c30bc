"""Which own elements were written from results of analyses, and on what these stand. Kept at home for as long as the element, even where the run is forgotten; nothing that sends reads it."""

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from stafftalks.services.analyses_basis import Basis
from stafftalks.services.run_rows import RunId
from stafftalks.values.ids import ElementId, VersionHash


class WrittenRow(msgspec.Struct, frozen=True):
    """An own element that was written from a run's result, in the version in which it was written; `basis` is what the result stands on."""

    element: ElementId
    version: VersionHash
    run: RunId
    by: str
    at: int
    basis: Basis


class Written(Protocol):
    """What was written from results. Never changed, never deleted."""

    def put(self, row: WrittenRow) -> None:
        """Keeps that an element was written so; raises MisuseError where something of this element is kept already."""

    def of(self, element: ElementId) -> WrittenRow | None:
        """What the element was written from, None where by hand."""

    def among(self, elements: Collection[ElementId]) -> Mapping[ElementId, WrittenRow]:
        """What these elements were written from, in one look-up; those written by hand are left out."""

    def from_run(self, run: RunId) -> tuple[WrittenRow, ...]:
        """Everything that was written from a run's result, the oldest first."""
