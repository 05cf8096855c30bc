"""A set of volumes that changes: activities are taken in and dropped one by one, and each answer costs one look at the set's columns.

What is taken in stands loose beside the columns until there is enough of it to make them anew.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.deconflict import exact
from stafftalks.deconflict.accounts import Capacities, Excess, accounts, excesses
from stafftalks.deconflict.claims import folded
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volume import Fault, Volume
from stafftalks.deconflict.volumes import Volumes, joined, volumes
from stafftalks.values.errors import MisuseError

LOOSE: Final = 128
"""How many volumes may stand loose at least; beyond, a fiftieth of the set."""


class Overlap(msgspec.Struct, frozen=True):
    """Two activities whose volumes overlap, and what they have in common: seconds and metres, closed, None where both are open."""

    one: str
    other: str
    start: int | None
    end: int | None
    low_m: int | None
    high_m: int | None


def listed(one: Volumes, other: Volumes, found: exact.Overlaps, most: int | None = None) -> list[Overlap]:
    """The first `most` of these pairs as values, or all of them."""
    columns = (column[:most].tolist() for column in msgspec.structs.astuple(found))
    return [
        Overlap(
            one.activities[item],
            other.activities[their],
            *(None if abs(bound) >= FOREVER else bound for bound in bounds),
        )
        for item, their, *bounds in zip(*columns, strict=True)
    ]


class Index:
    """Activities by name, each with its volumes."""

    def __init__(self, held: Volumes) -> None:
        self._loose: dict[str, Volumes] = {}
        self._hold(held)

    def __len__(self) -> int:
        """How many volumes there are."""
        return int(self._standing.sum()) + sum(map(len, self._loose.values()))

    def __contains__(self, activity: str) -> bool:
        """Whether the activity has a volume here."""
        return activity in self._where or activity in self._loose

    def take(self, activity: str, found: Sequence[Volume]) -> tuple[tuple[Overlap, ...], tuple[Fault, ...]]:
        """The overlaps of an activity that now has these volumes, instead of any it had; and what of them cannot be compared."""
        made, faults = volumes(found)
        if any(name != activity for name in made.activities):
            raise MisuseError(f"Volumes of another activity than {activity[:60]!r} cannot be taken in as its own.")
        self.drop(activity)
        overlaps = tuple(self.overlaps(made))
        if len(made):
            self._loose[activity] = made
        if sum(map(len, self._loose.values())) > max(LOOSE, len(self._held) // 50):
            self._hold(self.volumes())
        return overlaps, faults

    def drop(self, activity: str) -> None:
        """Forgets an activity; no effect where it is not here."""
        self._loose.pop(activity, None)
        for number in self._where.pop(activity, ()):
            self._standing[number] = False

    def overlaps(self, asked: Volumes) -> Iterator[Overlap]:
        """The overlaps of volumes, which need not be here, with those of other activities that are."""
        for held in (self._held, *self._together()):
            for found in exact.between(asked, held):
                standing = asked.activities[found.one] != held.activities[found.other]
                if held is self._held:
                    standing &= self._standing[found.other]
                columns = (column[standing] for column in msgspec.structs.astuple(found))
                yield from listed(asked, held, exact.Overlaps(*columns))

    def volumes(self) -> Volumes:
        """All that are here now, as one set."""
        return joined([self._held.chosen(np.flatnonzero(self._standing)), *self._loose.values()])

    def excesses(self, resources: Collection[str], capacities: Capacities | None = None) -> tuple[Excess, ...]:
        """The stretches in which too much is claimed of the resources named."""
        wanted = set(map(folded, resources))
        parts = []
        for part in (self._held, *self._together()):
            names = np.array([name in wanted for name, _spelt in part.claims.names], bool)
            claiming = np.unique(part.claims.item[names[part.claims.name]]) if len(names) else np.empty(0, np.int64)
            parts.append(part.chosen(claiming[self._standing[claiming]] if part is self._held else claiming))
        found, _faults = accounts([joined(parts)], capacities)
        return tuple(
            excess for account in found if folded(account.name) in wanted for excess in excesses(account, both=False)
        )

    def _hold(self, held: Volumes) -> None:
        self._held = held
        self._standing = np.ones(len(held), bool)
        self._where: dict[str, list[int]] = {}
        for number, name in enumerate(held.activities.tolist()):
            self._where.setdefault(name, []).append(number)
        self._loose.clear()

    def _together(self) -> list[Volumes]:
        return [joined(list(self._loose.values()))] if self._loose else []
