"""What the properties and geometry of one GeoJSON feature say: its places, heights, window and claims. Raises MisuseError with the end of a sentence about the feature."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard

from stafftalks.planning.forces import Altitude, Resource
from stafftalks.values.errors import MisuseError
from stafftalks.values.height import METRES, measured
from stafftalks.values.place import Place, from_geojson
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Moment, Window, parse_moment

READ: Final = frozenset(
    {"id", "title", "name", "start", "end", "low", "high", "altitude_unit", "altitude_datum", "resources", "radius_m", "half_width_m", "width_m"}
)  # fmt: skip
"""The properties that are read."""
Properties = Mapping[str, object]
_PARTS: Final = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_MAX_PARTS: Final = 10_000
_MAX_CLAIMS: Final = 10_000
_LIKE_A_RADIUS: Final = re.compile(r"radius|buffer", re.IGNORECASE)
_OPEN: Final = {"low": ("SFC", "GND"), "high": ("UNL", "UNLIMITED")}
_ABOVE_SEA: Final = ("MSL", "AMSL")
_ABOVE_ELLIPSOID: Final = ("WGS84", "W84", "HAE")
_GEOID_LOW_M: Final = 86
_GEOID_HIGH_M: Final = 107
"""The geoid lies at most so far above and below the ellipsoid (EGM2008: 85.8 and 106.9 m)."""


def places(geometry: Mapping[str, object] | None, properties: Properties) -> Iterator[Place]:
    """The footprints of a feature: several where its geometry has several parts."""
    if geometry is None:
        raise MisuseError("no geometry is given; say where.")
    kind, coordinates = str(geometry.get("type"))[:40], geometry.get("coordinates")
    if kind not in ("Point", "LineString", "Polygon", *_PARTS):
        raise MisuseError(
            f"a {kind} cannot be a footprint: use Point, LineString or Polygon, or several of one of them."
        )
    parts: Sequence[object] = (coordinates,)
    if kind in _PARTS:
        if not _is_list(coordinates) or not 0 < len(coordinates) <= _MAX_PARTS:
            raise MisuseError(f"a {kind} has 1 to {_MAX_PARTS:,} parts.")
        kind, parts = _PARTS[kind], coordinates
    for part in parts:
        _need_flat(part)
        shape = {"type": kind, "coordinates": part}
        yield from_geojson({"type": "Feature", "geometry": shape, "properties": _reach(kind, part, properties)})


def altitude(properties: Properties, unit: str, datum: str) -> Altitude:
    """The band in whole metres above mean sea level, never narrower than given; `unit` and `datum` hold where the feature names none."""
    unit = str(properties.get("altitude_unit") or unit).strip().upper()
    datum = str(properties.get("altitude_datum") or datum).strip().upper()
    low, low_unit = _height(properties, "low", unit)
    high, high_unit = _height(properties, "high", unit)
    units = {found for found in (low_unit, high_unit) if found}
    if len(units) > 1:
        raise MisuseError(f"low is in {low_unit} and high in {high_unit}: give both in one unit.")
    if not units:
        return Altitude()
    if units != {"FL"}:
        low, high = _above_sea(low, high, datum)
    elif datum not in ("", "STD"):
        raise MisuseError(f"flight levels stand above the pressure of 1013.25 hPa (STD), not above {datum[:20]}.")
    least, most = None if low is None else math.floor(low), None if high is None else math.ceil(high)
    if any(bound is not None and not -500 <= bound <= 100_000 for bound in (least, most)):
        raise MisuseError("heights lie between -500 and 100,000 m above mean sea level.")
    return Altitude(low_m=least, high_m=most)


def window(properties: Properties) -> Window:
    """From `start` to `end`; what is not given is open."""
    return Window(_moment(properties, "start"), _moment(properties, "end"))


def claim(given: object) -> Resource:
    """One claim: `{"name": "Ramp", "quantity": "3 items"}`."""
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise MisuseError("a claim names its resource and how much, as {“name”: “Ramp”, “quantity”: “3 items”}.")
    quantity = given.get("quantity")
    if not isinstance(quantity, str):
        raise MisuseError(
            f"the claim on “{line(given['name'])}” says how much as a text with a unit, as “3 items” or “40 t”."
        )
    return Resource(name=line(given["name"]) or "?", quantity=Quantity.parse(quantity))


def claims(properties: Properties) -> Sequence[object]:
    """The claims as they are given, not yet read."""
    given = properties.get("resources") or ()
    if not _is_list(given) or len(given) > _MAX_CLAIMS:
        raise MisuseError(f"resources is a list of at most {_MAX_CLAIMS:,} claims.")
    return given


def line(value: object) -> str:
    """A value as one line of at most 200 characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)[:1000]).split())[:200]


def _reach(kind: str, spots: object, properties: Properties) -> dict[str, int]:
    """How far the footprint reaches around its place or line, in the one property that its kind has."""
    if kind == "Point":
        like = [name for name in properties if _LIKE_A_RADIUS.search(name) and name != "radius_m"]
        if like:
            raise MisuseError(
                f"the property “{line(like[0])}” may be a radius: give it in metres as radius_m, or leave it out."
            )
        return {} if properties.get("radius_m") is None else {"radius_m": _whole(properties["radius_m"], "radius_m")}
    if kind == "LineString":
        half, width = properties.get("half_width_m"), properties.get("width_m")
        if (half is None) == (width is None):
            raise MisuseError("a line needs its width in metres: half_width_m or width_m, and not both.")
        return {"half_width_m": _whole(half, "half_width_m") if half is not None else -(-_whole(width, "width_m") // 2)}
    ring = spots[0] if _is_list(spots) and spots else None
    if not _is_list(ring) or len(ring) < 4 or ring[0] != ring[-1]:
        raise MisuseError(
            "the polygon is not closed: its ring has four positions or more, and the last repeats the first."
        )
    return {}


def _whole(value: object, name: str) -> int:
    """Whole metres, never less than was given."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 20_000_000:
        raise MisuseError(f"{name} is a number of metres above 0, at most 20,000,000.")
    return math.ceil(value)


def _need_flat(spots: object) -> None:
    """Heights in coordinates are above the ellipsoid, and one a point: passed over, they would be missed."""
    if not _is_list(spots):
        return
    if len(spots) > 2 and not any(_is_list(each) for each in spots):
        if any(spots[2:]):
            raise MisuseError("the coordinates hold heights: give them as low and high, with altitude_datum.")
        return
    for each in spots:
        _need_flat(each)


def _height(properties: Properties, field: str, unit: str) -> tuple[float | None, str]:
    """Metres and the unit they were given in; None and none where that end is open."""
    given = properties.get(field)
    if isinstance(given, str):
        text = given.strip().upper()
        if not text or text in _OPEN[field]:
            return None, ""
        if (found := measured(text)) is None:
            raise MisuseError(f"{field} is a height as “1500 m”, “5000 ft” or “FL120”, not “{line(given)[:40]}”.")
        return found
    if given is None:
        return None, ""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise MisuseError(f"{field} is a number, or a text as “1500 m”, “5000 ft” or “FL120”.")
    if unit not in METRES:
        raise MisuseError(f"{field} is a number without a unit: give altitude_unit as m, ft or FL.")
    return given * METRES[unit], unit


def _above_sea(low: float | None, high: float | None, datum: str) -> tuple[float | None, float | None]:
    if datum in _ABOVE_SEA:
        return low, high
    if datum in _ABOVE_ELLIPSOID:  # widened by all that the geoid may be, so that nothing is missed
        return None if low is None else low - _GEOID_LOW_M, None if high is None else high + _GEOID_HIGH_M
    if not datum:
        raise MisuseError(
            "heights are given without a datum: give altitude_datum as MSL, WGS84, or STD for flight levels."
        )
    raise MisuseError(f"heights above {line(datum)[:20]} cannot be compared: give them above mean sea level (MSL).")


def _moment(properties: Properties, field: str) -> Moment | None:
    text = properties.get(field)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise MisuseError(f"{field} is a text, as “2027-05-04T06:00Z” or “C+3”.")
    return parse_moment(text)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)
