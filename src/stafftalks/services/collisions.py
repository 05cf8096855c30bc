"""What collides between two sets of activities, or within one: as values for people, with what could not be compared beside them.

This compares what it is given and reads no headquarters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np

from stafftalks.deconflict import exact
from stafftalks.deconflict.accounts import Capacities, Excess, accounts, excesses
from stafftalks.deconflict.claims import folded
from stafftalks.deconflict.exact import Overlaps
from stafftalks.deconflict.region import Region, region
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.shifts import Shift, shifts
from stafftalks.deconflict.volume import Fault, Volume, volume_of
from stafftalks.deconflict.volumes import Volumes, joined, volumes
from stafftalks.formats.geojson import GeoActivities
from stafftalks.planning.forces import Activity
from stafftalks.values.relative_time import Instant


class Collision(msgspec.Struct, frozen=True):
    """Two activities that overlap, by name, and what they have in common: unix seconds and metres, closed, None where open.

    `stated` is whether both say from when to when and up to where; else they overlap only because something is open.
    """

    one: str
    one_title: str
    other: str
    other_title: str
    start: int | None
    end: int | None
    low_m: int | None
    high_m: int | None
    where: Region
    stated: bool


class Prepared(msgspec.Struct, frozen=True):
    """Activities ready to be compared, and what of them cannot be."""

    volumes: Volumes
    faults: tuple[Fault, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What collides. `collisions` and `excesses` are the earliest of `pairs` and `stretches`; `compared` counts the activities of each set that were compared.

    Where `faults` is not empty, what they name was left out, and nothing is said about it.
    """

    compared: tuple[int, ...]
    pairs: int
    collisions: tuple[Collision, ...]
    stretches: int
    excesses: tuple[Excess, ...]
    faults: tuple[Fault, ...]


class Movable:
    """All activities of one set or two, and what it would take to move one of the first out of a collision."""

    def __init__(self, sets: Sequence[Prepared], capacities: Capacities | None = None) -> None:
        self._capacities = capacities
        # The same name may stand in both sets.
        self._all = joined(
            [
                msgspec.structs.replace(each.volumes, activities=np.array([f"{side}:{name}" for name in names], object))
                for side, each in enumerate(sets)
                for names in (each.volumes.activities.tolist(),)
            ]
        )
        self._other = len(sets) - 1

    def shifts(self, found: Collision, *, step_s: int = 60, step_m: int = 10) -> tuple[Shift, ...]:
        """The smallest shifts of its first activity that clear it, and make no other collision."""
        moved = self._all.chosen(np.flatnonzero(self._all.activities == f"0:{found.one}"))
        clear = (f"{self._other}:{found.other}",)
        return shifts(
            moved, self._all, clear=clear, resources=(), capacities=self._capacities, step_s=step_s, step_m=step_m
        )


def prepared(activities: Iterable[tuple[str, Activity]], dates: Mapping[str, Instant]) -> Prepared:
    """These activities, by name, where anchors have these dates."""
    faults: list[Fault] = []
    made, wrong = volumes(_volumes(activities, dates, faults))
    return Prepared(made, (*faults, *wrong))


def prepared_file(read: GeoActivities) -> Prepared:
    """The activities of a file; of a feature that could not be read wholly, only what the file's reader said is told."""
    found = prepared(read.activities, read.anchors)
    # A footprint was left out because it, or its altitude, could not be read.
    told = {fault.activity for fault in read.faults if fault.field in ("footprint", "altitude")}
    faults = [Fault(fault.activity, fault.field, fault.sentence) for fault in read.faults]
    faults += (fault for fault in found.faults if fault.field != "footprint" or fault.activity not in told)
    return Prepared(found.volumes, tuple(dict.fromkeys(faults)))


def capacities_of(files: Sequence[GeoActivities]) -> tuple[Capacities | None, tuple[Fault, ...]]:
    """What there is of each resource that the files list, and a fault for each that they list otherwise; None where none lists any."""
    listed = [read.resources for read in files if read.resources is not None]
    rows = [(folded(name), name, quantity) for resources in listed for name, quantity in resources.items()]
    found = {name: (spelt, quantity) for name, spelt, quantity in reversed(rows)}
    faults = []
    for name, spelt, quantity in rows:
        if found[name][1] not in (None, quantity):
            sentence = f"The files list “{spelt}” with different capacities: it is taken as not known."
            faults.append(Fault("", "resources", sentence))
            found[name] = (spelt, None)
    return (dict(found.values()) if listed else None), tuple(faults)


def compare(sets: Sequence[Prepared], capacities: Capacities | None = None, *, limit: int = 1000) -> Answer:
    """What collides between two sets, or within one; the earliest `limit` pairs and stretches are told one by one."""
    made = [each.volumes for each in sets]
    both = len(made) == 2
    blocks = list(exact.between(*made) if both else exact.within(made[0]))
    found, faults = accounts(made, capacities)
    stretches = [excess for account in found for excess in excesses(account, both=both)]
    stretches.sort(key=lambda excess: (excess.start, excess.resource))
    return Answer(
        tuple(len(set(each.activities.tolist())) for each in made),
        sum(len(block.one) for block in blocks),
        tuple(_earliest(made[0], made[-1], blocks, limit)),
        len(stretches),
        tuple(stretches[:limit]),
        (*(fault for each in sets for fault in each.faults), *faults),
    )


def _volumes(
    activities: Iterable[tuple[str, Activity]], dates: Mapping[str, Instant], faults: list[Fault]
) -> Iterator[Volume]:
    for name, activity in activities:
        volume, wrong = volume_of(name, activity, dates)
        faults.extend(wrong)
        if volume is not None:
            yield volume


def _earliest(one: Volumes, other: Volumes, blocks: Sequence[Overlaps], limit: int) -> Iterator[Collision]:
    if not blocks:
        return
    columns = zip(*map(msgspec.structs.astuple, blocks), strict=True)
    ones, others, start, end, low, high = (np.concatenate(column) for column in columns)
    order = np.lexsort((others, ones, end, start))[:limit]
    rows = (column[order].tolist() for column in (ones, others, start, end, low, high))
    for item, their, *bounds in zip(*rows, strict=True):
        start_at, end_at, low_m, high_m = (None if abs(bound) >= FOREVER else bound for bound in bounds)
        where = region(one.footprints, item, other.footprints, their)
        yield Collision(
            one.activities[item],
            one.titles[item],
            other.activities[their],
            other.titles[their],
            start_at,
            end_at,
            low_m,
            high_m,
            where,
            _stated(one, item) and _stated(other, their),
        )


def _stated(made: Volumes, item: int) -> bool:
    return bool(made.start[item] > -FOREVER and made.end[item] < FOREVER and made.high[item] < FOREVER)
