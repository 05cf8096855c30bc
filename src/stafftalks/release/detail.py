"""How finely an element tells places, counts and times, beside what a letter permits; and each value told more coarsely.

Counts are: counts as stated, the numbers on hand, required and itemised, and quantities in units of things and of matter. Lengths and
durations are no counts. Times are moments and dates, and how long an activity lasts or waits, from which moments follow; those that only say until when a consent is asked or
given are no times of a plan. A name alone of a place is a position told exactly. What is written in free text is read by people only.

Every coarser value is a function of the value and the grain alone, so the same value is told alike however often it leaves: a cell
holds all of the place; a rounded count lies within half the grain of the count, and a banded one is the lower end of its band; a day is the
day that the time lies in, and a duration is told in days, of which begun ones count whole.
"""

from collections.abc import Iterator
from enum import StrEnum
from math import ceil
from typing import Final, get_args

import msgspec

from stafftalks.planning.durations import Duration, hours_of
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.exercises import Item
from stafftalks.planning.fields import FieldSpec
from stafftalks.planning.forces import Holding, Wait
from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import CountDetail, Detail, PositionDetail, TimeDetail
from stafftalks.planning.portions import Leaf, leaves
from stafftalks.planning.talk import Consent, ConsentRequest
from stafftalks.planning.wording import text_of
from stafftalks.release import cells
from stafftalks.values.place import Place
from stafftalks.values.quantity import MAX_NUMBER, Count, Quantity, Unit
from stafftalks.values.relative_time import MOST_OFFSET, Instant, Moment, RelativeTime

DAY: Final = 86_400
_FIRST_DAY: Final = -62_135_596_800
_COUNTED: Final = frozenset({(Holding, "on_hand"), (Holding, "required"), (Item, "count")})
_NOT_COUNTED: Final = frozenset({Unit.METRES, Unit.KILOMETRES, Unit.HOURS, Unit.DAYS})
_TERMS_OF_CONSENT: Final = frozenset({(ConsentRequest, "until"), (Consent, "until")})

Value = Place | Count | Quantity | Moment | int


class Act(StrEnum):
    """What a redaction does at a place of an element."""

    REMOVE = "remove"
    CELL = "cell"
    ROUND = "round"
    BAND = "band"
    DAY = "day"
    UNANCHOR = "unanchor"


class Sort(StrEnum):
    """What sort of detail a value tells."""

    POSITION = "position"
    COUNT = "count"
    TIME = "time"


class Finer(msgspec.Struct, frozen=True):
    """A value told more finely than a letter permits, and what would mend it; `grain` is that of the act."""

    leaf: Leaf
    sort: Sort
    act: Act
    grain: int


def finer(content: Content | UnknownContent, detail: Detail) -> Iterator[Finer]:
    """Every value in `content` that is told more finely than `detail` permits, in reading order."""
    if all(wanted(sort, detail)[0] is None for sort in Sort):
        return
    for leaf in leaves(content):
        sort = sort_of(leaf.owner, leaf.field, leaf.value)
        if sort is None:
            continue
        act = _mend(leaf.value, sort, detail)
        if act is not None:
            yield Finer(leaf, sort, *act)


def sort_of(owner: type[msgspec.Struct], field: FieldSpec, value: object) -> Sort | None:
    """What sort of detail the value of this field of `owner` tells; None where it is neither place, count nor time."""
    if isinstance(value, get_args(Place)):
        return Sort.POSITION
    if isinstance(value, RelativeTime | Instant):
        return None if (owner, field.name) in _TERMS_OF_CONSENT else Sort.TIME
    if isinstance(value, Count) or (owner, field.name) in _COUNTED:
        return Sort.COUNT
    if isinstance(value, Quantity) and (owner is Duration or (owner, field.name) == (Wait, "lag")):
        return Sort.TIME
    if isinstance(value, Quantity) and value.unit not in _NOT_COUNTED:
        return Sort.COUNT
    return None


def coarser(value: object, act: Act, grain: int) -> object | None:
    """`value` told as `act` says, None where nothing of it may be told so.

    A place becomes a cell's outline, and a count a rounded or banded one (`grain` 0: in bands of one, ten, a hundred and so on).
    """
    match act, value:
        case Act.CELL, _ if isinstance(value, get_args(Place)):
            cell = cells.cell_of(value, grain)
            return cells.outline(cell) if cell else None
        case ((Act.ROUND | Act.BAND), Count()):
            return Count(_coarse(value.stated, act, grain), approximate=True)
        case ((Act.ROUND | Act.BAND), Quantity()):
            return _coarse_quantity(value, act, grain)
        case ((Act.ROUND | Act.BAND), int()):
            return _coarse(value, act, grain)
        case Act.DAY, Instant():
            return Instant(max(_FIRST_DAY, value.seconds - value.seconds % DAY))
        case Act.DAY, RelativeTime():
            days = value.hours // 24
            offset = days * 24 if value.anchor == "H" else days
            if abs(offset) > MOST_OFFSET:  # its day is one that cannot be written
                return None
            return RelativeTime("H", 0, offset) if value.anchor == "H" else RelativeTime(value.anchor, offset)
        case Act.DAY, Quantity():
            hours = hours_of(value)
            return None if hours is None else Quantity(ceil(hours / 24), Unit.DAYS)
        case Act.UNANCHOR, RelativeTime() | Quantity():
            return value
        case _:
            return None


def fits(act: Act, sort: Sort | None) -> bool:
    """Whether `act` says how to tell a value of this sort more coarsely."""
    return sort is not None and act in _ACTS_OF[sort]


_ACTS_OF: Final[dict[Sort, frozenset[Act]]] = {
    Sort.POSITION: frozenset({Act.CELL}),
    Sort.COUNT: frozenset({Act.ROUND, Act.BAND}),
    Sort.TIME: frozenset({Act.DAY, Act.UNANCHOR}),
}


def interval(value: int, act: Act, grain: int) -> tuple[int, int]:
    """The lowest and highest whole number that is told as `value` under `act` and `grain`."""
    if act is Act.ROUND:
        half = grain // 2
        # Halves are rounded up, away from nought: of 10, 35 to 44 become 40.
        return (value - half, value + grain - half - 1) if value > 0 else (0, grain - half - 1)
    if grain:
        return value, value + grain - 1
    return (value, value * 10 - 1) if value else (0, 0)


def _mend(value: object, sort: Sort, detail: Detail) -> tuple[Act, int] | None:
    """What makes a value of this sort as coarse as `detail` asks; None where it is coarse enough."""
    act, grain = wanted(sort, detail)
    if act is None:
        return None
    if act is Act.REMOVE:
        return act, 0
    told = coarser(value, act, grain)
    if told is not None and text_of(told) == text_of(value):
        return None
    return (Act.REMOVE, 0) if told is None and act is not Act.UNANCHOR else (act, grain)


def wanted(sort: Sort, detail: Detail) -> tuple[Act | None, int]:
    """How a letter wants values of this sort told, and by which grain; (None, 0) where exactly."""
    match sort:
        case Sort.POSITION:
            if detail.positions is PositionDetail.CELL and detail.cell is not None:
                return Act.CELL, detail.cell
            return (None if detail.positions is PositionDetail.EXACT else Act.REMOVE), 0
        case Sort.COUNT:
            if detail.counts is CountDetail.EXACT:
                return None, 0
            return (Act.ROUND if detail.counts is CountDetail.ROUNDED else Act.BAND), detail.round_to or 0
        case Sort.TIME:
            if detail.times is TimeDetail.EXACT:
                return None, 0
            return (Act.DAY if detail.times is TimeDetail.DAY else Act.UNANCHOR), 0


def _coarse(number: int, act: Act, grain: int) -> int:
    """A whole number rounded to a multiple of `grain`, or the lower end of its band, seen from nought; never above MAX_NUMBER."""
    size, sign = abs(number), -1 if number < 0 else 1
    if act is Act.BAND and grain == 0:
        told = 10 ** (len(str(size)) - 1) if size else 0
    elif act is Act.BAND:
        told = size - size % grain
    else:
        told = (size + grain // 2) // grain * grain
        if told > MAX_NUMBER:
            told -= grain
    return sign * told


def _coarse_quantity(value: Quantity, act: Act, grain: int) -> Quantity:
    """A quantity in whole units, rounded or banded as a count is; parts of a unit are rounded with it."""
    if act is Act.ROUND and value.decimals:
        # In parts of the unit, so that 4.9 rounds by what it is and not by its whole part.
        size = 10**value.decimals
        told = _coarse(value.scaled, act, grain * size)
        return Quantity(told // size if told >= 0 else -(-told // size), value.unit)
    size = 10**value.decimals
    whole = abs(value.scaled) // size * (-1 if value.scaled < 0 else 1)
    return Quantity(_coarse(whole, act, grain), value.unit)
