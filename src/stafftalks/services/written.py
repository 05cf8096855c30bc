"""On what an element stands that was written from an analysis: what of that is not released, what its recipients were not given, and what has moved on since."""

from collections.abc import Collection

import msgspec

from stafftalks.services import analyses, workspace
from stafftalks.services.analyses_basis import Basis, Input, Moved
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import RunId
from stafftalks.services.written_rows import WrittenRow
from stafftalks.values.ids import ElementId, PartyId


class Unseen(msgspec.Struct, frozen=True):
    """Something that a result stands on and that these parties were not given in this version, none where it is not released to anybody (`private`)."""

    input: Input
    parties: tuple[PartyId, ...]
    private: bool


class Standing(msgspec.Struct, frozen=True):
    """What a draft that was written from a result stands on: `private` of it only we have, `unseen` the audience asked about was not given, `moved` has moved on since. `revised`: it was changed by hand since."""

    row: WrittenRow
    private: tuple[Input, ...]
    unseen: tuple[Unseen, ...]
    moved: tuple[Moved, ...]
    revised: bool


def standing(hq: Headquarters, element: ElementId, audience: Collection[PartyId] = ()) -> Standing | None:
    """What the element stands on, seen by this audience; None where it was not written from a result."""
    row = hq.written.of(element)
    if row is None:
        return None
    unseen = []
    for each in row.basis.inputs:
        holders = _holders(hq, each)
        lacking = tuple(sorted(party for party in audience if party not in holders))
        if lacking or not holders:
            unseen.append(Unseen(each, lacking, not holders))
    current = hq.holdings.element(element)
    revised = current is not None and current.version != row.version
    private = tuple(one.input for one in unseen if one.private)
    return Standing(row, private, tuple(unseen), moved_since(hq, row.run, row.basis), revised)


def _holders(hq: Headquarters, each: Input) -> set[PartyId]:
    """Who beside us holds this exact version now, its author among them."""
    piece = workspace.piece(hq, each.exact)
    held = {reader for one in piece.held if one.version == each.version for reader in one.to} if piece else set()
    return held | ({each.owner} if each.owner != hq.party else set())


def moved_since(hq: Headquarters, run: RunId, basis: Basis) -> tuple[Moved, ...]:
    """What of a run's basis has moved on; that something was written from its result is no news to it."""
    own = {f"{hq.party}/{one.element}" for one in hq.written.from_run(run)}
    moved = analyses.stale(hq, basis)
    return tuple(each for each in moved if not (each.sort == "new" and each.element in own))
