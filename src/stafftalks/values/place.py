"""Where: WGS84 places as integer millionths of a degree, so that equal places are equal bytes.

A place is a point, an area, a circle, a corridor, or a name alone. Text puts latitude first, as people say it
(`36.85, 34.64`); GeoJSON puts longitude first, as its standard says. Lines between neighbouring points take the short
way round, so an area or corridor may cross the antimeridian. One millionth of a degree is about 11 cm.

Text forms, each of which may be preceded by a name and ` @ `:
    36.85, 34.64      36.85 N, 34.64 E
    circle 36.85, 34.64 radius 5000 m
    corridor 36.85, 34.64; 36.9, 34.7 half-width 2000 m
    area 36.8, 34.6; 36.9, 34.6; 36.9, 34.7
    Port of Mersin
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from stafftalks.values.errors import MisuseError, WrongValueError
from stafftalks.values.label import LineText

MAX_POINTS = 1_000
_MAX_PLACE_TEXT = 60_000
_Metres = Annotated[int, Meta(ge=1, le=20_000_000)]
_FORMS = "write latitude and longitude, as 36.85, 34.64; a circle, corridor or area of them; or a name"

_DEGREES = r"([+-]?\d{1,3}(?:\.\d+)?) ?°? ?"
_POINT = re.compile(rf"{_DEGREES}([NS]?) ?, ?{_DEGREES}([EW]?)", re.IGNORECASE)
_CIRCLE = re.compile(r"circle (.+?) radius (\d{1,5}(?:\.\d{1,3})?|\d{1,8}) ?(m|km)", re.IGNORECASE)
_CORRIDOR = re.compile(r"corridor (.+?) half-width (\d{1,5}(?:\.\d{1,3})?|\d{1,8}) ?(m|km)", re.IGNORECASE)
_AREA = re.compile(r"area (.+)", re.IGNORECASE)
# Written for text with single spaces only: adjacent runs of `\s*` would take cubic time on a hostile name.
_GEOMETRY = re.compile(r"(?:(?:circle|corridor|area) )?[+-]?\d+(?:\.\d+)? ?°? ?[NSEW]? ?,.*", re.IGNORECASE)


class LonLat(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One spot in millionths of a degree, WGS84: longitude -180 to 180, latitude -90 to 90."""

    lon_e6: Annotated[int, Meta(ge=-180_000_000, le=180_000_000)]
    lat_e6: Annotated[int, Meta(ge=-90_000_000, le=90_000_000)]

    def __post_init__(self) -> None:
        # Also here, and not only in the types: people and importers construct positions directly.
        if abs(self.lat_e6) > 90_000_000 or abs(self.lon_e6) > 180_000_000:
            raise WrongValueError(f"{self} lies off the globe: latitude is -90 to 90, then longitude -180 to 180.")

    def __str__(self) -> str:
        """`36.85, 34.64`: latitude, longitude in degrees, no more digits than it has."""
        return f"{_degrees(self.lat_e6)}, {_degrees(self.lon_e6)}"


_Points = tuple[LonLat, ...]


class _Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="shape"):
    name: LineText = ""

    def _named(self, text: str) -> str:
        return f"{self.name} @ {text}" if self.name else text

    def _check_name(self) -> None:
        if self.name != " ".join(self.name.split()):
            raise WrongValueError(f"{self.name[:40]!r} cannot name a place: single spaces between words, none outside.")
        if " @ " in f" {self.name} " or _GEOMETRY.fullmatch(self.name):
            raise WrongValueError(f"{self.name[:40]!r} cannot name a place: no ' @ ', and not itself coordinates.")


class Point(_Named, frozen=True, kw_only=True, tag="point"):
    """One spot."""

    at: LonLat

    def __post_init__(self) -> None:
        self._check_name()

    def __str__(self) -> str:
        """The text form."""
        return self._named(str(self.at))


class Circle(_Named, frozen=True, kw_only=True, tag="circle"):
    """Everything within `radius_m` metres of the centre."""

    centre: LonLat
    radius_m: _Metres

    def __post_init__(self) -> None:
        self._check_name()

    def __str__(self) -> str:
        """The text form."""
        return self._named(f"circle {self.centre} radius {self.radius_m} m")


class Corridor(_Named, frozen=True, kw_only=True, tag="corridor"):
    """Everything within `half_width_m` metres of a line through two points or more."""

    points: Annotated[_Points, Meta(min_length=2, max_length=MAX_POINTS)]
    half_width_m: _Metres

    def __post_init__(self) -> None:
        self._check_name()

    def __str__(self) -> str:
        """The text form."""
        return self._named(f"corridor {'; '.join(map(str, self.points))} half-width {self.half_width_m} m")


class Area(_Named, frozen=True, kw_only=True, tag="area"):
    """The inside of a ring of three points or more; the first is not repeated at the end."""

    ring: Annotated[_Points, Meta(min_length=3, max_length=MAX_POINTS)]

    def __post_init__(self) -> None:
        self._check_name()
        if len(set(self.ring)) < 3:
            raise WrongValueError("An area needs at least three different points.")
        if self.ring[0] == self.ring[-1]:
            raise WrongValueError("An area's first point is not repeated at its end: leave the last one out.")

    def __str__(self) -> str:
        """The text form."""
        return self._named(f"area {'; '.join(map(str, self.ring))}")


class NamedPlace(_Named, frozen=True, kw_only=True, tag="named"):
    """A place known by name only; nothing is looked up."""

    def __post_init__(self) -> None:
        self._check_name()
        if not self.name:
            raise WrongValueError("A place without coordinates needs a name.")
        if _CIRCLE.fullmatch(self.name) or _CORRIDOR.fullmatch(self.name):
            raise WrongValueError(f"{self.name[:40]!r} cannot name a place: it reads as a circle or corridor.")

    def __str__(self) -> str:
        """The name."""
        return self.name


Place = Point | Area | Circle | Corridor | NamedPlace


def parse_place(text: str) -> Place:
    """The place a person wrote, in one of the text forms above; raises MisuseError with a sentence."""
    line = " ".join(text.split())
    if len(line) > _MAX_PLACE_TEXT:
        raise MisuseError(f"This place is {len(line):,} characters long; at most {_MAX_PLACE_TEXT:,} are read.")
    name, at, geometry = (part.strip() for part in line.rpartition(" @ "))
    if match := _CIRCLE.fullmatch(geometry):
        return Circle(name=name, centre=_position(match[1]), radius_m=_metres(match[2], match[3]))
    if match := _CORRIDOR.fullmatch(geometry):
        return _checked(Corridor(name=name, points=_positions(match[1]), half_width_m=_metres(match[2], match[3])))
    if _GEOMETRY.fullmatch(geometry):
        if match := _AREA.fullmatch(geometry):
            ring = _positions(match[1])
            return _checked(Area(name=name, ring=ring[:-1] if ring[0] == ring[-1] and len(ring) > 3 else ring))
        return Point(name=name, at=_position(geometry))
    if at or not geometry:
        raise MisuseError(f"{text[:60]!r} is not a place: {_FORMS}.")
    return NamedPlace(name=geometry)


def from_geojson(shape: Mapping[str, object]) -> Place:
    """The place in a GeoJSON geometry or Feature (Point, Polygon without holes, LineString with `half_width_m`).

    A Feature's `name`, `radius_m` (on a Point: a circle) and `half_width_m` properties are read. Raises MisuseError.
    """
    if shape.get("type") == "Feature":
        geometry, properties = shape.get("geometry"), shape.get("properties") or {}
    else:
        geometry, properties = shape, {}
    if not isinstance(geometry, Mapping) or not isinstance(properties, Mapping):
        raise MisuseError("This is not GeoJSON: a geometry, or a Feature with geometry and properties, is needed.")
    name, coordinates = " ".join(str(properties.get("name") or "").split()), geometry.get("coordinates")
    match geometry.get("type"):
        case "Point" if "radius_m" in properties:
            return Circle(name=name, centre=_from_pair(coordinates), radius_m=_property_metres(properties, "radius_m"))
        case "Point":
            return Point(name=name, at=_from_pair(coordinates))
        case "LineString":
            width = _property_metres(properties, "half_width_m")
            return _checked(Corridor(name=name, points=_from_pairs(coordinates), half_width_m=width))
        case "Polygon" if isinstance(coordinates, Sequence) and len(coordinates) == 1:
            ring = _from_pairs(coordinates[0])
            return _checked(Area(name=name, ring=ring[:-1] if ring[0] == ring[-1] else ring))
        case "Polygon":
            raise MisuseError("A polygon with holes cannot be kept: give its outer ring alone.")
        case other:
            raise MisuseError(
                f"GeoJSON of type {str(other)[:40]!r} cannot be a place: use Point, LineString or Polygon."
            )


def corners_of(place: Place) -> tuple[LonLat, ...]:
    """The spots that carry the place, for drawing it and for finding what lies near; none for a name alone."""
    match place:
        case Point():
            return (place.at,)
        case Circle():
            return (place.centre,)
        case Corridor():
            return place.points
        case Area():
            return place.ring
        case NamedPlace():
            return ()


def _checked(place: Area | Corridor) -> Area | Corridor:
    if len(corners_of(place)) > MAX_POINTS:
        raise MisuseError(f"A place may have at most {MAX_POINTS} points; simplify the line.")
    if isinstance(place, Corridor) and len(place.points) < 2:
        raise MisuseError("A corridor needs at least two points, separated by a semicolon.")
    return place


def _degrees(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(millionths), 1_000_000)
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _millionths(degrees: str) -> int:
    return round(Decimal(degrees) * 1_000_000)


def _position(text: str) -> LonLat:
    match = _POINT.fullmatch(text.strip())
    if match is None or len(text) > 100:
        raise MisuseError(f"{text[:40]!r} is not a latitude and longitude: write degrees, as 36.85, 34.64.")
    lat, lon = _millionths(match[1]), _millionths(match[3])
    return LonLat(-lon if match[4].upper() == "W" else lon, -lat if match[2].upper() == "S" else lat)


def _positions(text: str) -> tuple[LonLat, ...]:
    return tuple(_position(part) for part in text.strip().strip(";").split(";"))


def _metres(number: str, unit: str) -> int:
    metres = int(Decimal(number) * (1000 if unit.lower() == "km" else 1))
    if not 1 <= metres <= 20_000_000:
        raise MisuseError(f"{number} {unit} is not a usable distance: between 1 m and 20,000 km.")
    return metres


def _from_pair(pair: object) -> LonLat:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) not in (2, 3):
        raise MisuseError("A GeoJSON position is a list of longitude and latitude, as [34.64, 36.85].")
    numbers = [number for number in pair[:2] if isinstance(number, int | float) and not isinstance(number, bool)]
    if len(numbers) != 2 or not all(abs(number) <= 360 for number in numbers):
        raise MisuseError("A GeoJSON position holds two numbers of degrees, as [34.64, 36.85].")
    return LonLat(*(_millionths(repr(number)) for number in numbers))


def _from_pairs(pairs: object) -> tuple[LonLat, ...]:
    if not isinstance(pairs, Sequence) or isinstance(pairs, str) or not pairs:
        raise MisuseError("A GeoJSON line or ring is a list of positions, as [[34.6, 36.8], [34.7, 36.8]].")
    return tuple(_from_pair(pair) for pair in pairs)


def _property_metres(properties: Mapping[str, object], name: str) -> int:
    value = properties.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 20_000_000:
        raise MisuseError(f"The GeoJSON property {name} must be whole metres, from 1 to 20,000,000.")
    return value
