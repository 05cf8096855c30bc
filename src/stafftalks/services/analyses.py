"""From elements to what an analysis reckons with, and back: which exact versions an answer stands on, who holds them all, and what has moved on since.

Unless asked otherwise an answer stands on what was released alone: of our own elements, the version that partners hold. Own elements that are not released, and own versions that are newer
than the release, come in only where `private` is asked for, and such an answer stays home. Nothing here leaves by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

from stafftalks.analysis.faults import Fault
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import workspace
from stafftalks.services.analyses_basis import Analysis, Ask, Basis, Input, Moved
from stafftalks.services.catalogue import references
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import PartyId

__all__ = [
    "KINDS",
    "Analysis",
    "Ask",
    "Basis",
    "Gathered",
    "Input",
    "Moved",
    "gather",
    "key_of",
    "stale",
    "told",
    "worded",
]
KINDS: Final[Mapping[Analysis, tuple[str, ...]]] = {
    "coverage": ("scenario", "requirement", "option", "activity", "force", "anchor"),
    "conflicts": ("scenario", "plan", "activity", "force", "resource", "option", "anchor"),
    "schedule": ("plan", "activity", "force", "resource", "anchor"),
    "options": ("scenario", "requirement", "option", "force", "assessment", "adoption", "anchor"),
    "waiting": ("scenario", "requirement", "option", "force", "assessment", "adoption", "anchor", "plan", "indicator"),
    "risk": ("plan", "activity", "force", "resource", "anchor"),
}
"""The kinds of elements that each analysis stands on."""
_SHARED: Final = ("anchor", "resource", "force")
"""Kinds of which those that belong to no contingency count in each."""
_KEY: Final = re.compile(r"([A-Z][A-Z0-9]{1,7}/[a-z2-7]{26})(?:#([a-z_]+)\.(\d+))?")
_Content = TypeVar("_Content", bound=Content)


class Gathered:
    """The elements that an analysis stands on, by kind, and what they are called."""

    def __init__(self, ask: Ask, pieces: Iterable[Piece], me: PartyId) -> None:
        self.ask = ask
        self.pieces = tuple(pieces)
        self.titles = {piece.key: piece.title for piece in self.pieces}
        self.by_key = {piece.key: piece for piece in self.pieces}
        self.basis = _basis(ask, self.pieces, me)

    def of(self, kind: type[_Content]) -> Iterator[tuple[Piece, _Content]]:
        """The elements of one kind, each with what it says."""
        for piece in self.pieces:
            if isinstance(piece.content, kind):
                yield piece, piece.content

    def worded(self, text: str) -> str:
        """A sentence with what elements are called instead of their keys."""
        return worded(text, self.titles)

    def fault(self, fault: Fault) -> Fault:
        """A fault of a row, told of its element and field, in words."""
        return told(fault, self.titles)


def gather(hq: Headquarters, ask: Ask) -> Gathered:
    """What stands now for this question."""
    found: dict[str, Piece] = {}
    for piece in _read(hq, ask):
        shared = piece.kind in _SHARED and not piece.contingency
        if ask.contingency in ("", piece.contingency) or shared:
            used = piece if ask.private or not piece.own else _as_released(hq, piece)
            if used is not None:
                found[used.key] = used
    _add_named(hq, ask, found)
    # What stands at home may be in any order; what may be shown is in the same order on every side.
    ordered = sorted(found.values(), key=lambda piece: (ask.private and not piece.own, piece.key))
    return Gathered(ask, ordered, hq.party)


def stale(hq: Headquarters, basis: Basis) -> tuple[Moved, ...]:
    """What has moved on since an answer was given; nothing while it stands on what stands."""
    now = {each.element: each for each in gather(hq, basis.ask).basis.inputs}
    before = {each.element: each for each in basis.inputs}
    moved = []
    for key, old in before.items():
        new = now.get(key)
        if new is None:
            said = f"“{old.title}” is not there any more: it was recalled, put away at home, or moved to another contingency."
            moved.append(Moved(key, old.title, "gone", "", said))
        elif new.version != old.version:
            said = f"“{new.title}” was revised: the answer stands on version {old.version[:8]}, and {new.version[:8]} stands now."
            moved.append(Moved(key, new.title, "revised", new.version, said))
    for key in now.keys() - before.keys():
        said = f"“{now[key].title}” has come since: the answer does not know it."
        moved.append(Moved(key, now[key].title, "new", now[key].version, said))
    return tuple(sorted(moved, key=lambda each: (each.sort, each.title, each.element)))


def key_of(ref: ElementRef | ExactRef) -> str:
    """`XMR/<element>`, whichever version a reference names."""
    return f"{ref.party}/{ref.element}"


def worded(text: str, titles: Mapping[str, str]) -> str:
    """A sentence with what elements are called instead of their keys."""

    def named(match: re.Match[str]) -> str:
        title = titles.get(match[1], match[1])
        return title if match[2] is None else f"{title}, {match[2].replace('_', ' ')} {int(match[3]) + 1}"

    return _KEY.sub(named, text)


def told(fault: Fault, titles: Mapping[str, str]) -> Fault:
    """A fault of a row, told of its element and field, in words."""
    element, row, number = _parts(fault.element)
    field = f"{row}.{number}.{fault.field}" if row else fault.field
    return Fault(element, field, worded(fault.sentence, titles))


def _read(hq: Headquarters, ask: Ask) -> Iterator[Piece]:
    """Everything of the analysis' kinds. What was put away at home stands released all the same, and counts where the answer is about releases."""
    kinds = KINDS[ask.analysis]
    yield from workspace.pieces(hq, kinds=kinds)
    if not ask.private:
        yield from (piece for piece in workspace.pieces(hq, kinds=kinds, archived=True) if piece.own)


def _add_named(hq: Headquarters, ask: Ask, found: dict[str, Piece]) -> None:
    """Adds what these elements name: of the analysis' kinds, whatever their contingency; for conflicts of any kind, as a release that is relied on is."""
    asked: set[str] = set()
    for piece in tuple(found.values()):
        for _field, ref in references(piece.content):
            key = key_of(ref)
            if key in found or key in asked:
                continue
            asked.add(key)
            named = workspace.piece(hq, ElementRef(ref.party, ref.element))
            if named is not None and (ask.analysis == "conflicts" or named.kind in KINDS[ask.analysis]):
                used = named if ask.private or not named.own else _as_released(hq, named)
                if used is not None:
                    found[key] = used


def _as_released(hq: Headquarters, piece: Piece) -> Piece | None:
    """An own element in the version that was released last; None where none stands."""
    if not piece.held:
        return None
    if piece.held[0].version == piece.version:
        return piece
    return workspace.piece(hq, ElementRef(piece.party, piece.element, piece.held[0].version))


def _basis(ask: Ask, pieces: Iterable[Piece], me: PartyId) -> Basis:
    inputs = tuple(sorted((_input(piece, me) for piece in pieces), key=lambda each: each.element))
    common: set[PartyId] | None = None
    for each in inputs:
        common = set(each.readers) if common is None else common & set(each.readers)
    home = any(each.private for each in inputs)
    return Basis(ask, inputs, home, (me,) if home or common is None else tuple(sorted(common)))


def _input(piece: Piece, me: PartyId) -> Input:
    holders = {party for held in piece.held if held.version == piece.version for party in held.to}
    readers = tuple(sorted(holders | {me, piece.party}))
    return Input(piece.key, piece.version, piece.party, readers, piece.own and not holders, piece.kind, piece.title)


def _parts(name: str) -> tuple[str, str, str]:
    match = _KEY.fullmatch(name)
    return (match[1], match[2] or "", match[3] or "") if match else (name, "", "")
