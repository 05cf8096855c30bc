"""Annex templates: which annexes a party's plans have, as data and never as an enumeration.

A plan carries its annexes with letter and title, the omitted ones too, so that whoever reads it needs no template.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import Name, Row, Text, ask

LISTED_AS: Final = "Listed as"
"""The label of the line for an annex that is not there."""


class AnnexState(StrEnum):
    """Whether an annex is there."""

    INCLUDED = "included"
    TO_FOLLOW = "to follow"
    OMITTED = "omitted"


class Annex(Row, frozen=True, kw_only=True):
    """One annex of a plan; an omitted one stays listed."""

    letter: Annotated[Name, ask("Letter", "As in the template: A, B, C.")]
    title: Annotated[Name, ask("Title", "As in the template.")]
    state: Annotated[AnnexState, ask("State", "An omitted annex stays listed.")] = AnnexState.OMITTED
    text: Annotated[Text, ask("Text", "The annex, or what it will hold.")] = ""
    element: Annotated[ElementRef | None, ask("Element", "The element that is the annex, if it is one.")] = None

    def derived(self) -> tuple[tuple[str, str], ...]:
        """The line that plans print for an annex that is not there."""
        if self.state is AnnexState.INCLUDED:
            return ()
        return ((LISTED_AS, f"Annex {self.letter} ({self.title}) {self.state}"),)


class AnnexTemplate(msgspec.Struct, frozen=True):
    """The annexes a party's plans list, by letter, in order."""

    name: str
    annexes: tuple[tuple[str, str], ...]


US_JOINT: Final = AnnexTemplate(
    "US joint plan",
    (
        ("A", "Task Organization"),
        ("B", "Intelligence"),
        ("C", "Operations"),
        ("D", "Logistics"),
        ("E", "Personnel"),
        ("F", "Public Affairs"),
        ("G", "Civil Affairs"),
        ("H", "Meteorological and Oceanographic Operations"),
        ("J", "Command Relationships"),
        ("K", "Communications"),
        ("L", "Environmental Considerations"),
        ("M", "Geospatial Information and Services"),
        ("N", "Space Operations"),
        ("P", "Host-Nation Support"),
        ("Q", "Medical Services"),
        ("R", "Reports"),
        ("T", "Consequence Management"),
        ("V", "Interagency Coordination"),
        ("W", "Operational Contract Support"),
        ("X", "Execution Checklist"),
        ("Y", "Communication Strategy"),
        ("Z", "Distribution"),
    ),
)
SHORT: Final = AnnexTemplate(
    "Short plan",
    (
        ("A", "Task Organization"),
        ("B", "Intelligence"),
        ("C", "Operations"),
        ("D", "Logistics"),
        ("E", "Communications"),
    ),
)
TEMPLATES: Final[dict[str, AnnexTemplate]] = {template.name: template for template in (US_JOINT, SHORT)}
"""The templates that come with the product; a party adds its own beside them."""


def fill(template: AnnexTemplate, annexes: Sequence[Annex] = ()) -> tuple[Annex, ...]:
    """`annexes` in the template's order with every missing one listed as omitted; others follow at the end."""
    given = {annex.letter: annex for annex in annexes}
    listed = [given.pop(letter, Annex(letter=letter, title=title)) for letter, title in template.annexes]
    return (*listed, *given.values())
