"""Activities and forces: what is done where and when, and with what.

Symbol codes are checked in shape only, 20 or 30 digits or 15 letters; what they depict is the map's business.
"""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Part, Row, Text, Titled, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import Place
from stafftalks.values.quantity import MAX_NUMBER, Quantity
from stafftalks.values.relative_time import Window

_SIDC = re.compile(r"\d{20}(?:\d{10})?|[A-Z*-]{4}[A-Z0-9*-]{11}")
_Metres = Annotated[int, Meta(ge=-500, le=100_000)]


class Resource(Row, frozen=True, kw_only=True):
    """Something an activity uses up or occupies."""

    name: Annotated[Name, ask("Resource", "What is used, as apron space or aviation fuel.")]
    quantity: Annotated[Quantity, ask("Quantity", "How much, as 12 items or 300 t.")]


class Altitude(Part, frozen=True, kw_only=True):
    """A band of heights in metres above mean sea level; an end left empty is open."""

    low_m: Annotated[
        _Metres | None,
        ask("From (m)", "Metres above mean sea level, or as 5000 ft or FL120; empty for the surface.", widget="floor"),
    ] = None
    high_m: Annotated[
        _Metres | None,
        ask("To (m)", "Metres above mean sea level, or as 5000 ft or FL120; empty for no limit.", widget="ceiling"),
    ] = None

    def __post_init__(self) -> None:
        if self.low_m is not None and self.high_m is not None and self.low_m > self.high_m:
            raise WrongValueError(f"The altitude band is upside down: {self.low_m} m to {self.high_m} m.")


class Activity(Titled, frozen=True, kw_only=True, tag="activity"):
    """Something done at a place in a window, after other things, with forces and resources."""

    what: Annotated[Name, ask("What", "What is done, in a few words.")]
    function: Annotated[Line, ask("Function", "The joint function or line of effort it serves.")] = ""
    description: Annotated[Text, ask("Description", "How it is done.")] = ""
    footprint: Annotated[Place | None, ask("Footprint", "The ground or sea it takes up.")] = None
    altitude: Annotated[Altitude, ask("Altitude", "The heights it takes up.")] = Altitude()
    window: Annotated[Window, ask("Window", "When.")] = Window()
    phase: Annotated[Line, ask("Phase", "The plan's phase it belongs to.")] = ""
    after: Annotated[
        tuple[ElementRef, ...],
        Meta(max_length=MAX_ROWS),
        ask("After", "Activities that must be done before, one a line."),
    ] = ()
    resources: Annotated[
        tuple[Resource, ...], Meta(max_length=MAX_ROWS), ask("Resources", "What it uses or occupies.")
    ] = ()
    forces: Annotated[
        tuple[ElementRef, ...], Meta(max_length=MAX_ROWS), ask("Forces", "The forces that do it, one a line.")
    ] = ()
    plan: Annotated[ElementRef | None, ask("Plan", "The plan it belongs to, as PARTY/element.")] = None


class Holding(Row, frozen=True, kw_only=True):
    """How many of one thing a force has, and how many it should."""

    item: Annotated[Name, ask("Item", "Equipment, personnel or supplies, by name.")]
    on_hand: Annotated[Annotated[int, Meta(ge=0, le=MAX_NUMBER)], ask("On hand", "How many there are.")]
    required: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_NUMBER)] | None, ask("Required", "How many there should be.")
    ] = None


class Effectiveness(StrEnum):
    """How fit a force is for its task, by colour."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    BLACK = "BLACK"
    WHITE = "WHITE"


class Readiness(Part, frozen=True, kw_only=True):
    """How soon, how long and how fit."""

    notice: Annotated[Quantity | None, ask("Notice to move", "As 5 d or 72 h.")] = None
    availability: Annotated[Window, ask("Available", "From when to when.")] = Window()
    effectiveness: Annotated[Effectiveness | None, ask("Effectiveness", "Fitness for the task, by colour.")] = None


class Force(Titled, frozen=True, kw_only=True, tag="force"):
    """A unit or a type of asset."""

    sort: Annotated[Line, ask("Sort", "The type of unit or asset, as tanker squadron.")] = ""
    short_name: Annotated[Line, ask("Short name", "As on maps and lists.")] = ""
    sidc: Annotated[Line, ask("Symbol code", "20 or 30 digits, or the 15-letter code. May be empty.")] = ""
    place: Annotated[Place | None, ask("Place", "Where it is.")] = None
    command_state: Annotated[Line, ask("Command", "Under whose command, and how far.")] = ""
    holdings: Annotated[
        tuple[Holding, ...], Meta(max_length=MAX_ROWS), ask("Counts", "What it has and what it should have.")
    ] = ()
    capabilities: Annotated[Lines, ask("Capability codes", "One a line.")] = ()
    interfaces: Annotated[Lines, ask("Interfaces", "What it connects by: data links, fuels, gauges; one a line.")] = ()
    readiness: Annotated[Readiness, ask("Readiness", "How soon, how long and how fit.")] = Readiness()

    def __post_init__(self) -> None:
        if self.sidc and not _SIDC.fullmatch(self.sidc):
            raise WrongValueError(
                f"{self.sidc[:40]!r} is not a symbol code: 20 or 30 digits, or 15 letters, dashes and asterisks."
            )
