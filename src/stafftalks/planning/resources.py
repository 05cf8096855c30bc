"""Named resources: what activities claim, and how much of it there is. Activities name a resource by its title, without regard to case and spaces."""

from enum import StrEnum
from typing import Annotated

from stafftalks.planning.text import Line, Text, Titled, ask
from stafftalks.values.place import Place
from stafftalks.values.quantity import Quantity


class ResourceSort(StrEnum):
    """What a resource is."""

    AIRFIELD = "airfield"
    PORT = "port"
    ROUTE = "route"
    FREQUENCIES = "frequency band"
    RANGE = "range"
    OTHER = "other"


class NamedResource(Titled, frozen=True, kw_only=True, tag="resource"):
    """A resource that several may claim: its title is the name that claims give."""

    sort: Annotated[ResourceSort, ask("Sort", "What it is.")] = ResourceSort.OTHER
    capacity: Annotated[
        Quantity | None,
        ask("Capacity", "How much can be claimed at once, as 12 items or 400 t. Empty: not known."),
    ] = None
    place: Annotated[Place | None, ask("Place", "Where it is.")] = None
    held_by: Annotated[Line, ask("Held by", "Who runs it and gives it out.")] = ""
    description: Annotated[Text, ask("Description", "What the capacity means, and what else should be known.")] = ""
