"""Named resources: what activities claim, and how much of it there is. Activities name a resource by its title, without regard to case and spaces."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.text import MAX_ROWS, Line, Row, Text, Titled, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import Place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Window


class ResourceSort(StrEnum):
    """What a resource is."""

    AIRFIELD = "airfield"
    PORT = "port"
    ROUTE = "route"
    FREQUENCIES = "frequency band"
    RANGE = "range"
    OTHER = "other"


class Counted(StrEnum):
    """What a capacity, and what is claimed of it, say."""

    AT_ONCE = "at once"
    A_DAY = "a day"


class Stretch(Row, frozen=True, kw_only=True):
    """A time in which there is more or less of a resource than otherwise."""

    window: Annotated[Window, ask("Window", "From when to when.")] = Window()
    capacity: Annotated[Quantity, ask("Capacity", "How much can be claimed at once in that time, as 0 t.")]


class NamedResource(Titled, frozen=True, kw_only=True, tag="resource"):
    """A resource that several may claim: its title is the name that claims give."""

    sort: Annotated[ResourceSort, ask("Sort", "What it is.")] = ResourceSort.OTHER
    capacity: Annotated[
        Quantity | None,
        ask("Capacity", "How much can be claimed at once, as 12 items or 400 t. Empty: not known."),
    ] = None
    counted: Annotated[
        Counted,
        ask("Counted", "At once, as berths; or a day, as tonnes over a quay: claims then say how much a day."),
    ] = Counted.AT_ONCE
    place: Annotated[Place | None, ask("Place", "Where it is.")] = None
    held_by: Annotated[Line, ask("Held by", "Who runs it and gives it out.")] = ""
    description: Annotated[Text, ask("Description", "What the capacity means, and what else should be known.")] = ""
    stretches: Annotated[
        tuple[Stretch, ...],
        Meta(max_length=MAX_ROWS),
        ask("Other capacity", "When there is more or less of it. Where two overlap, the later row counts."),
    ] = ()

    def __post_init__(self) -> None:
        for row in self.stretches:
            if self.capacity is None:
                raise WrongValueError(
                    "How much there is at some times is given, and not how much there is otherwise: fill in the capacity, as 0 t where there is none."
                )
            if row.capacity.unit != self.capacity.unit:
                raise WrongValueError(
                    f"The capacity is counted in {self.capacity.unit} and at some times in {row.capacity.unit}: count both in one unit."
                )
            if row.capacity.scaled < 0:
                raise WrongValueError(
                    f"A capacity of {row.capacity} is less than nothing: write 0 {row.capacity.unit}."
                )
