"""Activities and forces: what is done where and when, how long it lasts, in which ways it can be done, and with what.

Symbol codes are checked in shape only, 20 or 30 digits or 15 letters; what they depict is the map's business.
"""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.durations import Duration, hours_of
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import need_unique_ids
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Part, Row, Text, Titled, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.ids import PartyId
from stafftalks.values.place import Place
from stafftalks.values.quantity import MAX_NUMBER, Quantity
from stafftalks.values.relative_time import Instant, RelativeTime, Window

_SIDC = re.compile(r"\d{20}(?:\d{10})?|[A-Z*-]{4}[A-Z0-9*-]{11}")
_Metres = Annotated[int, Meta(ge=-500, le=100_000)]


class Resource(Row, frozen=True, kw_only=True):
    """Something an activity uses up or occupies."""

    name: Annotated[Name, ask("Resource", "What is used, as apron space or aviation fuel.")]
    quantity: Annotated[Quantity, ask("Quantity", "How much, as 12 items or 300 t.")]


class Wait(Row, frozen=True, kw_only=True):
    """Another activity after whose end some time must pass, as for concrete to set or crews to rest."""

    after: Annotated[ElementRef, ask("After", "The activity that must have ended, as PARTY/element.")]
    lag: Annotated[Quantity, ask("At least", "How long after its end, as 12 h; -6 h lets the two overlap by 6 h.")]

    def __post_init__(self) -> None:
        if hours_of(self.lag) is None:
            raise WrongValueError(f"{self.lag} is no length of time to wait: write hours or days, as 12 h or 2 d.")


class Mode(Row, frozen=True, kw_only=True):
    """One way to do an activity, as by sea or by air, by ourselves or by a partner."""

    name: Annotated[Name, ask("Way", "What this way is called, as by sea.")]
    party: Annotated[
        Annotated[PartyId, Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z")] | None,
        ask("Provided by", "Whose means these are: empty, or a party by code.", widget="text"),
    ] = None
    duration: Annotated[Duration, ask("Duration", "How long it lasts this way. Empty: as the activity says.")] = (
        Duration()
    )
    resources: Annotated[
        tuple[Resource, ...],
        Meta(max_length=MAX_ROWS),
        ask("Resources", "What this way uses or occupies, beside what every way does."),
    ] = ()
    forces: Annotated[
        tuple[ElementRef, ...],
        Meta(max_length=MAX_ROWS),
        ask("Forces", "The forces that do it this way, beside those of every way, one a line."),
    ] = ()


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
    duration: Annotated[
        Duration,
        ask("Duration", "How long it lasts, somewhere within its window. Empty: as long as the window."),
    ] = Duration()
    phase: Annotated[Line, ask("Phase", "The plan's phase it belongs to.")] = ""
    after: Annotated[
        tuple[ElementRef, ...],
        Meta(max_length=MAX_ROWS),
        ask("After", "Activities that must be done before, one a line."),
    ] = ()
    waits: Annotated[
        tuple[Wait, ...],
        Meta(max_length=MAX_ROWS),
        ask("Waits", "Activities that must be done before, and how long before."),
    ] = ()
    resources: Annotated[
        tuple[Resource, ...], Meta(max_length=MAX_ROWS), ask("Resources", "What it uses or occupies.")
    ] = ()
    forces: Annotated[
        tuple[ElementRef, ...], Meta(max_length=MAX_ROWS), ask("Forces", "The forces that do it, one a line.")
    ] = ()
    modes: Annotated[
        tuple[Mode, ...],
        Meta(max_length=MAX_ROWS),
        ask("Ways", "Ways to do it, of which one is taken; the first is the one intended."),
    ] = ()
    plan: Annotated[ElementRef | None, ask("Plan", "The plan it belongs to, as PARTY/element.")] = None

    def __post_init__(self) -> None:
        need_unique_ids("ways", [mode.name for mode in self.modes])

    @property
    def lies_within(self) -> bool:
        """Whether it lasts less than its window in whichever way it is done, so that it is not said when in it that is."""
        ways = [mode.duration.hours() or self.duration.hours() for mode in self.modes] or [self.duration.hours()]
        longest = [hours[2] for hours in ways if hours is not None]
        if len(longest) < len(ways):
            return False
        match self.window.start, self.window.end:
            case Instant(start), Instant(end):
                return max(longest) * 3600 < end - start
            case RelativeTime() as start, RelativeTime() as end if start.anchor == end.anchor:
                return max(longest) < end.hours - start.hours
            case _:
                return True


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
