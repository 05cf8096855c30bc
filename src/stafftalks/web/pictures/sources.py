"""Which elements a picture is about: the element itself, what it points at, and what points at it."""

from collections.abc import Iterable, Mapping

from stafftalks.planning.forces import Activity
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.web.pictures.shapes import KINDS_WITH_PLACES

PICTURED_KINDS = tuple(sorted({*KINDS_WITH_PLACES, "plan"}))


def around(hq: Headquarters, about: Piece) -> tuple[Piece, ...]:
    """`about` first, then every element with places that it refers to or that refers to it, and the forces of the activities among them.

    Partners' elements are there as far as they were released to us.
    """
    everything = workspace.pieces(hq, kinds=PICTURED_KINDS)
    by_key = {found.key: found for found in everything}
    keys = [about.key, *_pointed_at(about), *(found.key for found in everything if about.key in _pointed_at(found))]
    for key in tuple(keys):
        found = by_key.get(key)
        if found is not None and isinstance(found.content, Activity):
            keys += [_key(force) for force in found.content.forces]
    by_key[about.key] = about
    return tuple(by_key[key] for key in dict.fromkeys(keys) if key in by_key)


def activities_of(hq: Headquarters, plan: Piece) -> tuple[Piece, ...]:
    """Every activity that says it belongs to `plan`, ours before partners'."""
    return workspace.referring(hq, ElementRef(plan.party, plan.element), kinds=("activity",), fields=("plan",))


def titles(hq: Headquarters, keys: Iterable[str], *, kind: str) -> Mapping[str, str]:
    """What the elements of `kind` with these keys are called, the short name of a force before its title."""
    wanted = set(keys)
    if not wanted:
        return {}
    found = [piece for piece in workspace.pieces(hq, kinds=(kind,)) if piece.key in wanted]
    return {piece.key: getattr(piece.content, "short_name", "") or piece.title for piece in found}


def _pointed_at(piece: Piece) -> set[str]:
    return {_key(ref) for _field, ref in workspace.references(piece.content)}


def _key(ref: ElementRef | ExactRef) -> str:
    return f"{ref.party}/{ref.element}"
