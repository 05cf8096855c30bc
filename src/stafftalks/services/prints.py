"""What is printed or taken out as a file: gathered for paper, and recorded. Printing releases nothing; it is our own people's reading."""

from collections.abc import Mapping

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.markings import markings_within
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import elements, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.label import Marking
from stafftalks.values.person import Person


class Material(msgspec.Struct, frozen=True):
    """An element with what is printed with it.

    `activities` are those of a plan, `requirements` and `indicators` those of a scenario, `annexes` the elements that are annexes of a plan, by
    how they are referred to. `titles` are what the elements referred to are called here.
    """

    piece: Piece
    activities: tuple[Piece, ...] = ()
    requirements: tuple[Piece, ...] = ()
    indicators: tuple[Piece, ...] = ()
    annexes: Mapping[str, Piece] = {}
    titles: Mapping[tuple[PartyId, ElementId], str] = {}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Everything whose text stands on the paper."""
        return (self.piece, *self.activities, *self.requirements, *self.indicators, *self.annexes.values())

    @property
    def markings(self) -> tuple[Marking, ...]:
        """The markings of all that and of every portion of it, each once."""
        known = (piece.content for piece in self.pieces if not isinstance(piece.content, UnknownContent))
        return tuple(dict.fromkeys(one for content in known for one in markings_within(content)))


def gather(hq: Headquarters, about: ElementRef | ExactRef) -> Material | None:
    """The element with what belongs to it, ours and partners'; None where our people may not read it."""
    piece = workspace.piece(hq, about)
    if piece is None:
        return None
    ref = ElementRef(piece.party, piece.element)
    activities = requirements = indicators = ()  # type: tuple[Piece, ...]
    annexes: dict[str, Piece] = {}
    match piece.kind:
        case "plan":
            activities = workspace.referring(hq, ref, kinds=("activity",), fields=("plan",))
            annexes = _annexes(hq, piece)
        case "scenario":
            belonging = workspace.referring(
                hq, ref, kinds=("requirement", "indicator"), fields=("scenario", "bears_on")
            )
            requirements = tuple(found for found in belonging if found.kind == "requirement")
            indicators = tuple(found for found in belonging if found.kind == "indicator")
        case _:
            pass
    held = (piece, *activities, *requirements, *indicators, *annexes.values())
    refs = {(ref.party, ref.element) for found in held for _, ref in workspace.references(found.content)}
    return Material(piece, activities, requirements, indicators, annexes, elements.titles_of(hq, refs))


def note(hq: Headquarters, person: Person, act: str, subject: str, sentence: str) -> None:
    """Records in the journal that this person printed something, or took it out as a file."""
    hq.journal.add(JournalRow(hq.clock.now(), person.username, act, subject, sentence))


def _annexes(hq: Headquarters, piece: Piece) -> dict[str, Piece]:
    if not isinstance(piece.content, Plan):
        return {}
    found: dict[str, Piece] = {}
    for annex in piece.content.annexes:
        held = workspace.piece(hq, annex.element) if annex.element is not None else None
        if annex.element is not None and held is not None:
            found[str(annex.element)] = held
    return found
