"""Many volumes as columns, made once and compared many times."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.deconflict import claims, footprints, placing
from stafftalks.deconflict.claims import Claims
from stafftalks.deconflict.earth import Ints
from stafftalks.deconflict.footprints import Footprints
from stafftalks.deconflict.search import FOREVER, Extent
from stafftalks.deconflict.volume import Fault, Volume

Names = npt.NDArray[np.object_]
_BLOCK: Final = 1 << 15


class Volumes(msgspec.Struct, frozen=True):
    """Volumes by number. `activities` names them for programs, `titles` for people; an activity may have several. An open end is FOREVER, before or after."""

    activities: Names
    titles: Names
    footprints: Footprints
    start: Ints
    end: Ints
    low: Ints
    high: Ints
    claims: Claims

    def __len__(self) -> int:
        """How many there are."""
        return len(self.activities)

    @property
    def extent(self) -> Extent:
        """What is looked at first."""
        return Extent(self.footprints.entries, self.start, self.end, self.low, self.high)

    def chosen(self, items: Ints) -> "Volumes":
        """Only these, in this order; none of them twice."""
        return Volumes(
            self.activities[items],
            self.titles[items],
            self.footprints.chosen(items),
            self.start[items],
            self.end[items],
            self.low[items],
            self.high[items],
            self.claims.chosen(items),
        )


def volumes(found: Iterable[Volume]) -> tuple[Volumes, tuple[Fault, ...]]:
    """These volumes as columns in their order, and a fault for each whose footprint cannot be compared: its claims still are."""
    faults: list[Fault] = []
    parts = [_part(block, faults) for block in _blocks(found)] or [_part((), faults)]
    return joined(parts), tuple(faults)


def joined(parts: Sequence[Volumes]) -> Volumes:
    """All of these, one set behind the other."""
    return Volumes(
        np.concatenate([part.activities for part in parts]),
        np.concatenate([part.titles for part in parts]),
        footprints.together([part.footprints for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.high for part in parts]),
        claims.together([part.claims for part in parts], [len(part) for part in parts]),
    )


def _blocks(found: Iterable[Volume]) -> Iterator[Sequence[Volume]]:
    """Some at a time, so that what is only needed while they are made is never held for all."""
    rest = iter(found)
    while block := list(islice(rest, _BLOCK)):
        yield block


def _part(block: Sequence[Volume], faults: list[Fault]) -> Volumes:
    made, wrong = placing.footprints([volume.place for volume in block])
    for number, sentence in sorted(wrong.items()):
        volume = block[number]
        faults.append(Fault(volume.activity, "footprint", f"“{volume.title}”: the footprint {sentence}."))
    return Volumes(
        np.array([volume.activity for volume in block], object),
        np.array([volume.title for volume in block], object),
        made,
        _column([volume.start for volume in block], -FOREVER),
        _column([volume.end for volume in block], FOREVER),
        _column([volume.low_m for volume in block], -FOREVER),
        _column([volume.high_m for volume in block], FOREVER),
        claims.claims_of([volume.claims for volume in block]),
    )


def _column(values: list[int | None], missing: int) -> Ints:
    return np.array([missing if value is None else value for value in values], np.int64)
