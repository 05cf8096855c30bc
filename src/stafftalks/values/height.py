"""Heights as people write them: `1500 m`, `5000 ft`, `FL120`. Kept are whole metres above mean sea level.

A flight level is taken as its height in the standard atmosphere (ICAO Doc 7488): a hundred feet each.
"""

import math
import re
from typing import Final

from stafftalks.values.errors import MisuseError

METRES: Final = {"M": 1.0, "FT": 0.3048, "FL": 30.48}
"""How many metres one of each unit is; feet are international feet, exactly."""
_HEIGHT: Final = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,6})?) ?(m|ft)|FL ?(\d{1,3})", re.IGNORECASE)
_GROUPED: Final = re.compile(r"(?<=\d)[ ,](?=\d{3}(?!\d))")


def measured(text: str) -> tuple[float, str] | None:
    """Metres, and the unit in which they were written (M, FT or FL); None where it is no height with a unit."""
    match = _HEIGHT.fullmatch(_GROUPED.sub("", text.strip()))
    if match is None:
        return None
    unit = "FL" if match[3] else match[2].upper()
    return float(match[3] or match[1]) * METRES[unit], unit


def whole_metres(text: str, *, upwards: bool) -> int:
    """The height in whole metres, rounded so that a band is never narrower than it was written; a bare number is metres.

    Raises MisuseError with a sentence where it is no height.
    """
    found = measured(text) or measured(f"{text.strip()} m")
    if found is None:
        raise MisuseError(f"{text[:40]!r} is no height: write metres (1500), feet (5000 ft) or a flight level (FL120).")
    # To the micrometre first: 5000 ft are 1524 m, whatever floating point makes of them.
    metres = round(found[0], 6)
    return math.ceil(metres) if upwards else math.floor(metres)
