"""The grid of a check: the area, window and bands that both sides agree to compare, how finely, and how many keys each may put into every bucket.

What each part means:
- `cells`: the area, as tokens of cells in order (`covers_cells`). In a finer check they may be boxes, `d0123@2.59010@3000:6000`: the cell, behind it a time node (its level and
  number), behind that a band of heights, an open end left empty. Only what lies in a box is compared.
- `start`, `end`: the window in unix seconds, closed. Open windows of activities are taken as far as this.
- `floor_m`, `ceiling_m`, `band_m`: bands of `band_m` metres from the floor up. An open floor is 0 m and an open ceiling OPEN_CEILING_M, and the lowest and highest bands then hold all
  that lies below and above.
- `finest`: the finest level of cells; `granule_s`: the shortest time node, UNIT_S times a power of two. Node number n of length s is the seconds from n·s to (n + 1)·s - 1 of unix time.
- `activities`: for how many a side the buckets are made; `resources`: whether claims on named resources are compared too.
- `cover`: how activities are covered: by COARSE or FINE.
"""

import re
from functools import lru_cache
from typing import Final, Literal

import msgspec

from stafftalks.deconflict import covers_cells
from stafftalks.values.errors import WrongValueError

UNIT_S: Final = 225
"""The shortest time node there is: a sixteenth of an hour."""
OPEN_CEILING_M: Final = 12_000
MAX_BANDS: Final = 64
MAX_CELLS: Final = 4_096
MAX_NODES: Final = 1 << 16
"""Of the shortest time nodes the window has at most so many: 30 minutes for 3 years."""
MAX_ACTIVITIES: Final = 1_000
MAX_SECONDS: Final = 1 << 38
COARSE: Final = "cube-dyadic/1"
FINE: Final = "cube-dyadic/1/fine"
BUDGETS: Final = {COARSE: (16, 4), FINE: (64, 4)}
"""How many cells and how many time nodes cover an activity at most."""
_BOX: Final = re.compile(r"([a-f][0-3]*)(?:@(\d{1,2})\.(\d{1,12})(?:@(-?\d{1,7})?:(-?\d{1,7})?)?)?")
Role = Literal["proposer", "partner"]


class Box(msgspec.Struct, frozen=True, order=True):
    """A part of the area that alone is compared: a cell; a time node, as level and number, None for the whole window; a closed band of heights, None where open."""

    level: int
    code: int
    node: tuple[int, int] | None = None
    low_m: int | None = None
    high_m: int | None = None

    def __str__(self) -> str:
        """As it stands among a grid's cells."""
        spelt = covers_cells.token(self.level, self.code)
        if self.node is not None:
            spelt += f"@{self.node[0]}.{self.node[1]}"
            if self.low_m is not None or self.high_m is not None:
                spelt += f"@{'' if self.low_m is None else self.low_m}:{'' if self.high_m is None else self.high_m}"
        return spelt


class Grid(msgspec.Struct, frozen=True):
    """What is compared, and how finely; see the module. Raises WrongValueError with a sentence where it cannot be."""

    cells: tuple[str, ...]
    start: int
    end: int
    floor_m: int | None
    ceiling_m: int | None
    finest: int
    granule_s: int
    band_m: int
    resources: bool
    activities: int
    cover: str = COARSE

    def __post_init__(self) -> None:
        boxes = self.boxes
        if not boxes:
            raise WrongValueError("The area is empty: it needs at least one cell.")
        if len(boxes) > MAX_CELLS:
            raise WrongValueError(f"The area has {len(boxes):,} cells; at most {MAX_CELLS:,} can be compared.")
        if list(self.cells) != sorted(set(self.cells)):
            raise WrongValueError("The area's cells must be in order, each once.")
        if not any(box.node for box in boxes):
            covers_cells.cells(self.cells)
        elif not all(box.node for box in boxes):
            raise WrongValueError("Either every cell of the area is given with a time node, or none is.")
        self._check_finest(boxes)
        self._check_window()
        self._check_bands()
        if not 1 <= self.activities <= MAX_ACTIVITIES:
            raise WrongValueError(
                f"A check is for 1 to {MAX_ACTIVITIES:,} activities a side, not for {self.activities:,}."
            )
        if self.cover not in BUDGETS:
            raise WrongValueError(
                f"{self.cover[:40]!r} is no way of covering that is known here; known are {', '.join(BUDGETS)}."
            )

    def _check_finest(self, boxes: tuple[Box, ...]) -> None:
        if not 0 <= self.finest <= covers_cells.FINEST:
            raise WrongValueError(f"The finest level is 0 to {covers_cells.FINEST}, not {self.finest}.")
        deepest = max(boxes, key=lambda box: box.level)
        if deepest.level > self.finest:
            raise WrongValueError(
                f"The cell {covers_cells.token(deepest.level, deepest.code)} is of level {deepest.level}, finer than the finest level {self.finest}."
            )

    def _check_window(self) -> None:
        if not 0 <= self.start < MAX_SECONDS or not 0 <= self.end < MAX_SECONDS:
            raise WrongValueError("The window lies outside the calendar: give both ends as seconds since 1970.")
        if self.start > self.end:
            raise WrongValueError("The window ends before it starts: exchange the two.")
        times, rest = divmod(self.granule_s, UNIT_S)
        if times < 1 or rest or times & (times - 1):
            raise WrongValueError(
                f"The shortest time node must be {UNIT_S} s times a power of two (225 s, 450 s, 900 s, 1800 s and so on), not {self.granule_s} s."
            )
        if (self.end // self.granule_s) - (self.start // self.granule_s) >= MAX_NODES:
            raise WrongValueError(
                f"The window holds more than {MAX_NODES:,} time nodes of {self.granule_s} s: shorten it, or take longer nodes."
            )

    def _check_bands(self) -> None:
        if self.floor_m is not None and self.ceiling_m is not None and self.floor_m > self.ceiling_m:
            raise WrongValueError(f"The ceiling of {self.ceiling_m} m is below the floor of {self.floor_m} m.")
        if self.band_m < 1:
            raise WrongValueError(f"Bands of heights are at least 1 m high, not {self.band_m} m.")
        if self.bands > MAX_BANDS:
            raise WrongValueError(
                f"There are {self.bands:,} bands of {self.band_m} m between floor and ceiling; at most {MAX_BANDS} can be compared: make them higher."
            )

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The area, part by part, as its cells are listed. Raises WrongValueError."""
        return _boxes(self.cells)

    @property
    def area(self) -> tuple[tuple[int, int], ...]:
        """The area as levels and numbers of cells that do not overlap, boxes taken together."""
        return _area(self.boxes)

    @property
    def first_time_level(self) -> int:
        """The level of the shortest time nodes; each level doubles UNIT_S."""
        return (self.granule_s // UNIT_S).bit_length() - 1

    @property
    def last_time_level(self) -> int:
        """The level of the longest time nodes: of the longest box, or the first at which the window lies in two, or one."""
        level = self.first_time_level
        if self.boxes[0].node is not None:
            return max(level, *(box.node[0] for box in self.boxes if box.node is not None))
        while (self.end // (UNIT_S << level)) - (self.start // (UNIT_S << level)) > 1:
            level += 1
        return level

    @property
    def coarsest(self) -> int:
        """The level of the area's largest cell."""
        return self.area[0][0]

    @property
    def lowest_m(self) -> int:
        """The height from which bands are counted."""
        if self.floor_m is not None:
            return self.floor_m
        return 0 if self.ceiling_m is None or self.ceiling_m > 0 else self.ceiling_m - self.band_m

    @property
    def bands(self) -> int:
        """How many bands there are."""
        top = self.ceiling_m if self.ceiling_m is not None else max(OPEN_CEILING_M, self.lowest_m + self.band_m)
        return max(1, -(-(top - self.lowest_m) // self.band_m))

    def band(self, number: int) -> tuple[int | None, int | None]:
        """The lowest and highest whole metre of a band, None where it is open."""
        low, last = self.lowest_m + number * self.band_m, number == self.bands - 1
        return self.floor_m if number == 0 else low, self.ceiling_m if last else low + self.band_m - 1


@lru_cache(maxsize=64)
def _boxes(cells: tuple[str, ...]) -> tuple[Box, ...]:
    return tuple(map(_box, cells))


@lru_cache(maxsize=64)
def _area(boxes: tuple[Box, ...]) -> tuple[tuple[int, int], ...]:
    found: dict[tuple[int, int], None] = {}
    for level, code in sorted({(box.level, box.code) for box in boxes}):  # the larger first
        if not any((outer, code >> 2 * (level - outer)) in found for outer in range(level)):
            found[level, code] = None
    return tuple(found)


def _box(spelt: str) -> Box:
    match = _BOX.fullmatch(spelt)
    level, code = covers_cells.cell(spelt if match is None else match[1])
    if match is None or match[2] is None:
        return Box(level, code)
    found = Box(
        level,
        code,
        (int(match[2]), int(match[3])),
        int(match[4]) if match[4] else None,
        int(match[5]) if match[5] else None,
    )
    if str(found) != spelt:
        raise WrongValueError(f"{spelt[:60]!r} is not spelt as a box is: {found}.")
    return found
