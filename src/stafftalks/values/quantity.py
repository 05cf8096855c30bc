"""How much and how many: exact decimal quantities in named units, and counts that may be approximate.

No floats: a quantity is a scaled integer, so that equal amounts are equal bytes. Nothing is converted between units
here; 2000 m and 2 km are both kept as written.
"""

import re
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from stafftalks.values.errors import MisuseError, WrongValueError

MAX_NUMBER = 2**53 - 1
_DECIMAL = r"([+-]?)(\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.(\d+))?"
_QUANTITY = re.compile(rf"{_DECIMAL}\s*(\S.*)", re.DOTALL)
_COUNT = re.compile(
    r"(?:(~|about|approximately|approx\.?|around|ca\.?|some)\s*)?(\d{1,3}(?:[ ,]\d{3})+|\d+)", re.IGNORECASE
)


class Unit(StrEnum):
    """The units a quantity can have."""

    METRES = "m"
    KILOMETRES = "km"
    HOURS = "h"
    DAYS = "d"
    TONNES = "t"
    LITRES = "L"
    PERSONS = "persons"
    ITEMS = "items"
    PERCENT = "percent"


_SPELLINGS = {
    "metre": Unit.METRES,
    "metres": Unit.METRES,
    "kilometres": Unit.KILOMETRES,
    "hour": Unit.HOURS,
    "hours": Unit.HOURS,
    "day": Unit.DAYS,
    "days": Unit.DAYS,
    "tonne": Unit.TONNES,
    "tonnes": Unit.TONNES,
    "l": Unit.LITRES,
    "litre": Unit.LITRES,
    "litres": Unit.LITRES,
    "person": Unit.PERSONS,
    "personnel": Unit.PERSONS,
    "item": Unit.ITEMS,
    "%": Unit.PERCENT,
}


class Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`scaled / 10**decimals` of `unit`; one spelling per amount, so decimals never end in a zero."""

    scaled: Annotated[int, Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)]
    unit: Unit
    decimals: Annotated[int, Meta(ge=0, le=6)] = 0

    def __post_init__(self) -> None:
        if self.decimals and self.scaled % 10 == 0:
            raise WrongValueError("A quantity's decimals may not end in a zero: write 2.5, not 2.50.")

    def __str__(self) -> str:
        """`2.5 km`, `12 t`, `6400 persons`."""
        return f"{self.number} {self.unit}"

    @property
    def number(self) -> str:
        """The amount alone as decimal text."""
        digits = str(abs(self.scaled)).rjust(self.decimals + 1, "0")
        sign = "-" if self.scaled < 0 else ""
        return sign + (f"{digits[: -self.decimals]}.{digits[-self.decimals :]}" if self.decimals else digits)

    @classmethod
    def parse(cls, text: str) -> "Quantity":
        """The quantity a person wrote, as `2.5 km`, `6,400 persons` or `40 %`; raises MisuseError."""
        match = _QUANTITY.fullmatch(text.strip())
        if match is None:
            raise MisuseError(f"{text[:40]!r} is not a quantity: write a number and a unit, as 2.5 km or 12 t.")
        fraction = (match[3] or "").rstrip("0")
        scaled = int(re.sub(r"[ ,]", "", match[2]) + fraction)
        if len(fraction) > 6 or scaled > MAX_NUMBER:
            raise MisuseError(f"{text[:40]!r} is too large or too fine: at most six decimals and fifteen digits.")
        return cls(-scaled if match[1] == "-" else scaled, parse_unit(match[4]), len(fraction))


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many were stated, and whether the source said "about"."""

    stated: Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
    approximate: bool = False

    def __str__(self) -> str:
        """`6400` or `about 6400`."""
        return f"about {self.stated}" if self.approximate else str(self.stated)

    @classmethod
    def parse(cls, text: str) -> "Count":
        """The count a person wrote, as `6400`, `6,400` or `about 6400`; raises MisuseError."""
        match = _COUNT.fullmatch(text.strip())
        number = int(re.sub(r"[ ,]", "", match[2])) if match and len(match[2]) < 25 else -1
        if match is None or not 0 <= number <= MAX_NUMBER:
            raise MisuseError(f"{text[:40]!r} is not a count: write a whole number, as 6400, or about 6400.")
        return cls(number, match[1] is not None)


def parse_unit(text: str) -> Unit:
    """The unit a person wrote, by symbol or name; raises MisuseError with the list of units."""
    name = text.strip()
    for unit in Unit:
        if name in (unit.value, unit.value.upper()) and (name.lower() == unit.value.lower()):
            return unit
    if found := _SPELLINGS.get(name.lower()):
        return found
    raise MisuseError(f"{text[:40]!r} is not a unit known here: use one of {', '.join(Unit)}.")
