"""Drawing on another's release: an element of ours says from which exact version it is drawn, with the marking that its originator gave.

What the source is itself drawn from is carried on, so that no originator is lost on the way; nothing of theirs is changed.
"""

from collections.abc import Iterable, Sequence

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import Portion, portions, within
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.text import Origin
from stafftalks.services import elements, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Person


def parts(content: Content | UnknownContent) -> tuple[Portion, ...]:
    """The parts of a text, as one chooses among them: whole rows, paragraphs and single fields, none twice."""
    found: list[Portion] = []
    row = ""
    for portion in portions(content):  # what stands in a row follows it
        if not row or not within(portion.path, row):
            found.append(portion)
            row = portion.path if portion.row else ""
    return tuple(found)


def origins(hq: Headquarters, source: ExactRef, used: Sequence[str] = ()) -> tuple[Origin, ...]:
    """What an element drawn on these parts of `source` (all of it where none is named) must say: the source, then what it is drawn from.

    Raises MisuseError where that exact version is not held here, cannot be read, or has no such part.
    """
    piece = workspace.piece(hq, source)
    if piece is None or isinstance(piece.content, UnknownContent):
        raise MisuseError(f"{source.party}/{source.element[:8]} is not held in that version, or cannot be read here.")
    known = portions(piece.content)
    for path in used:
        if not any(within(portion.path, path) for portion in known):
            raise MisuseError(
                f"{path[:60]!r} is no part of this text: name parts as branches.B1, or leave it empty for all."
            )
    own = (Origin(source=source, parts=tuple(dict.fromkeys(used)), marking=piece.content.marking),)
    return joined((*(own if source.party != hq.party else ()), *piece.content.origins))


def draw(
    hq: Headquarters,
    person: Person,
    source: ExactRef,
    used: Sequence[str],
    onto: ElementId,
    based_on: VersionHash | None = None,
) -> ElementRow:
    """The element of ours, which from now on says that it is drawn on these parts of `source`; raises as `origins` and `elements.revise`."""
    added = origins(hq, source, used)
    row = elements.get(hq, onto)
    content = elements.content(row)
    revised = msgspec.structs.replace(content, origins=joined((*content.origins, *added)))
    return elements.revise(hq, person, onto, revised, based_on or row.version)


def joined(found: Iterable[Origin]) -> tuple[Origin, ...]:
    """These origins with each source once: all parts that are used of it, and all of it where one uses all."""
    by_source: dict[ExactRef, Origin] = {}
    for origin in found:
        held = by_source.get(origin.source)
        if held is None:
            by_source[origin.source] = origin
        else:
            both = tuple(dict.fromkeys((*held.parts, *origin.parts))) if held.parts and origin.parts else ()
            by_source[origin.source] = msgspec.structs.replace(held, parts=both)
    return tuple(by_source.values())
