"""The places of an element as a map draws them: one shape for each field that asks for a place, also where it is still empty."""

from functools import cache
from typing import Final, Literal

import msgspec

from stafftalks.planning import forms
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec
from stafftalks.planning.kinds import KINDS, Content, kind_of
from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Place, Point, corners_of

Form = Literal["point", "circle", "corridor", "area", "named", "none"]


class Shape(msgspec.Struct, frozen=True):
    """One place: the field that holds it (dotted), what the field and its row are called, and where it is.

    `points` are (longitude, latitude) in degrees, WGS84: the spot, the centre, the line or the ring. `metres` is the radius of a
    circle or the half-width of a corridor, else 0. `text` is what a person would type.
    """

    field: str
    label: str
    row: str
    form: Form
    name: str
    points: tuple[tuple[float, float], ...]
    metres: int
    text: str


def _asks_for_place(fields: tuple[FieldSpec, ...]) -> bool:
    return any(field.widget == "place" or _asks_for_place(field.fields) for field in fields)


@cache
def _fields_with_places(kind: str) -> tuple[FieldSpec, ...]:
    return tuple(field for field in forms.describe(kind).fields if _asks_for_place((field,)))


KINDS_WITH_PLACES: Final = tuple(sorted(kind for kind in KINDS if _asks_for_place(forms.describe(kind).fields)))


def shapes_of(content: Content | UnknownContent) -> tuple[Shape, ...]:
    """Every place that `content` holds or could hold, in the order of its fields."""
    if isinstance(content, UnknownContent):
        return ()
    found: list[Shape] = []
    _gather(_fields_with_places(kind_of(content)), content, "", "", found)
    return tuple(found)


def _gather(fields: tuple[FieldSpec, ...], holder: object, prefix: str, row: str, found: list[Shape]) -> None:
    for field in fields:
        value, name = getattr(holder, field.name, None), prefix + field.name
        if field.widget == "place":
            found.append(_shape(name, field.label, row, value))
        elif field.widget == "rows" and _asks_for_place(field.fields) and isinstance(value, tuple):
            for index, line in enumerate(value):
                _gather(field.fields, line, f"{name}.{index}.", str(getattr(line, field.fields[0].name)), found)
        elif field.widget == "group" and _asks_for_place(field.fields):
            _gather(field.fields, value, f"{name}.", row, found)


def _shape(field: str, label: str, row: str, place: Place | None) -> Shape:
    if place is None:
        return Shape(field, label, row, "none", "", (), 0, "")
    form, metres = _form(place)
    points = tuple(_degrees(spot) for spot in corners_of(place))
    return Shape(field, label, row, form, place.name, points, metres, str(place))


def _form(place: Place) -> tuple[Form, int]:
    match place:
        case Point():
            return "point", 0
        case Circle():
            return "circle", place.radius_m
        case Corridor():
            return "corridor", place.half_width_m
        case Area():
            return "area", 0
        case NamedPlace():
            return "named", 0


def _degrees(spot: LonLat) -> tuple[float, float]:
    return spot.lon_e6 / 1_000_000, spot.lat_e6 / 1_000_000
