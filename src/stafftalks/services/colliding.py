"""What is known of every activity that our people may read, and what of it collides: kept between calls, and renewed by what changed alone.

An activity that was written anew, released, recalled or dated otherwise is held against the others; the rest is left as it was. Nothing here leaves.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from stafftalks.deconflict import exact
from stafftalks.deconflict.accounts import Excess, accounts, excesses
from stafftalks.deconflict.claims import folded
from stafftalks.deconflict.index import Index, Overlap, listed
from stafftalks.deconflict.volume import Fault, Volume, volume_of
from stafftalks.deconflict.volumes import volumes
from stafftalks.planning.forces import Activity
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.resources import NamedResource
from stafftalks.services import cataloguing, reading, workspace
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.quantity import Quantity

MOST: Final = 20_000
"""How many overlaps are told one by one; beyond, they are counted."""
_MEMORY: Final = "colliding"
_AT_ONCE: Final = 200
"""So many activities that changed are held against the others one by one; more, and everything is compared anew."""

Faults = dict[str, tuple[Fault, ...]]


class Known:
    """As of one stamp of the catalogue, by the activities' keys: pieces, volumes, what of them cannot be compared, and what collides.

    `resources` is how much there is of each resource, by name; None where no resource is held, and every name is taken as it stands.
    """

    def __init__(self) -> None:
        self.stamp: object = None
        self.pieces: dict[str, Piece] = {}
        self.volumes: dict[str, Volume] = {}
        self.resources: Mapping[str, Quantity | None] | None = None
        self.index = Index(volumes(())[0])
        self.overlaps: dict[tuple[str, str], Overlap] = {}
        self.beyond = 0
        self.excesses: tuple[Excess, ...] = ()
        self._unmade: Faults = {}
        self._unplaced: Faults = {}
        self._unclaimed: tuple[Fault, ...] = ()
        self._twice: tuple[Fault, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that could not be compared; those of resources bear no activity's key."""
        by_activity = (fault for faults in (self._unmade, self._unplaced) for each in faults.values() for fault in each)
        return (*by_activity, *self._unclaimed, *self._twice)

    def renew(self, held: Sequence[Piece], stamp: object) -> None:
        """Brings all up to date with `held`: every activity, anchor and resource that our people may read now."""
        self.stamp = None  # what is half renewed counts for nothing
        pieces = {piece.key: piece for piece in held if isinstance(piece.content, Activity)}
        made, self._unmade = _volumes(pieces, [piece for piece in held if piece.kind == "anchor"])
        resources, self._twice = _resources(held)
        changed = [key for key, volume in made.items() if self.volumes.get(key) != volume]
        gone = [key for key in self.volumes if key not in made]
        touched = [each[key] for each in (made, self.volumes) for key in (*changed, *gone) if key in each]
        if self.beyond or not self.volumes or len(changed) + len(gone) > _AT_ONCE:
            self._compare_all(made)
        else:
            self._compare(made, changed, gone)
        claims = resources != self.resources or any(volume.claims for volume in touched)
        self.pieces, self.volumes, self.resources = pieces, made, resources
        if claims:
            found, self._unclaimed = accounts([self.index.volumes()], resources)
            self.excesses = tuple(excess for account in found for excess in excesses(account, both=False))
        self.stamp = stamp

    def _compare_all(self, made: Mapping[str, Volume]) -> None:
        whole, faults = volumes(made.values())
        self.index = Index(whole)
        self._unplaced = {fault.activity: (fault,) for fault in faults}
        self.overlaps, self.beyond = {}, 0
        for block in exact.within(whole):
            room = MOST - len(self.overlaps)
            self.beyond += max(len(block.one) - room, 0)
            if room > 0:
                self._keep(listed(whole, whole, block, room))

    def _compare(self, made: Mapping[str, Volume], changed: Sequence[str], gone: Sequence[str]) -> None:
        moved = {*changed, *gone}
        self.overlaps = {pair: each for pair, each in self.overlaps.items() if not moved.intersection(pair)}
        for key in gone:
            self.index.drop(key)
            self._unplaced.pop(key, None)
        for key in changed:
            found, faults = self.index.take(key, [made[key]])
            self._unplaced.pop(key, None)
            if faults:
                self._unplaced[key] = faults
            self._keep(found)
        self.beyond = max(len(self.overlaps) - MOST, 0)

    def _keep(self, found: Sequence[Overlap]) -> None:
        self.overlaps |= {(min(each.one, each.other), max(each.one, each.other)): each for each in found}


def known(hq: Headquarters) -> Known:
    """What is known now. To be called, and what it gives to be read, while `hq.folding` is held."""
    found = hq.memory.get(_MEMORY)
    if not isinstance(found, Known):
        found = Known()
    cataloguing.follow(hq, reading.load_all(hq))
    stamp = hq.catalogue.stamp()
    if found.stamp != stamp:
        found.renew(workspace.pieces(hq, kinds=("activity", "anchor", "resource")), stamp)
        hq.memory[_MEMORY] = found
    return found


def _volumes(pieces: Mapping[str, Piece], anchors: Sequence[Piece]) -> tuple[dict[str, Volume], Faults]:
    """The volume of each activity that has one, and what of each cannot be compared; each plan's own anchors before its contingency's."""
    made: dict[str, Volume] = {}
    faults: Faults = {}
    dates = cache(lambda contingency, plan: workspace.dates_among(anchors, contingency=contingency, plan=plan))
    for key, piece in pieces.items():
        if not isinstance(piece.content, Activity):
            continue
        plan = piece.content.plan
        of = None if plan is None else ElementRef(plan.party, plan.element)
        volume, wrong = volume_of(key, piece.content, dates(piece.contingency, of))
        if volume is not None:
            made[key] = volume
        if wrong:
            faults[key] = wrong
    return made, faults


def _resources(held: Sequence[Piece]) -> tuple[Mapping[str, Quantity | None] | None, tuple[Fault, ...]]:
    """How much there is of each resource, ours before a partner's; and a fault where the two say otherwise."""
    found: dict[str, tuple[Piece, Quantity | None]] = {}
    faults = []
    for piece in held:
        if not isinstance(piece.content, NamedResource):
            continue
        first, quantity = found.setdefault(folded(piece.title), (piece, piece.content.capacity))
        if quantity != piece.content.capacity:
            said = f"“{piece.title}” is held with two capacities, {quantity} and {piece.content.capacity}; that of {first.party} is taken."
            faults.append(Fault("", "resources", said.replace("None", "not known")))
    return ({piece.title: quantity for piece, quantity in found.values()} if found else None), tuple(faults)
