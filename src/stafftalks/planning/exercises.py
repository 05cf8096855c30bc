"""Exercises and who takes part.

What a party stated as a total and what it itemised are two things and stay apart: 55 itemised of 100 stated is not an
error, and neither number is ever made to fit the other.
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from stafftalks.planning.scenarios import need_unique_ids
from stafftalks.planning.text import MAX_ROWS, Line, Name, Row, RowId, Text, Titled, ask
from stafftalks.values.place import Place
from stafftalks.values.quantity import MAX_NUMBER, Count
from stafftalks.values.relative_time import Window

ITEMISED_SUM: Final = "Itemised sum"
"""The label of what follows from the itemised parts."""


class Item(Row, frozen=True, kw_only=True):
    """One itemised part of a group."""

    item: Annotated[Name, ask("Item", "The type, as B-52 bomber.")]
    count: Annotated[Annotated[int, Meta(ge=0, le=MAX_NUMBER)], ask("Count", "How many were named.")]


class Group(Row, frozen=True, kw_only=True):
    """Aircraft, ships or another sort of participant, as stated and as itemised."""

    what: Annotated[Name, ask("What", "Aircraft, ships, vehicles.")]
    stated_total: Annotated[Count | None, ask("Stated total", "As stated: 100, or about 100.")] = None
    itemised: Annotated[tuple[Item, ...], Meta(max_length=MAX_ROWS), ask("Itemised", "The parts that were named.")] = ()
    including: Annotated[Line, ask("Including", "What else was said of them, as one carrier strike group.")] = ""

    @property
    def itemised_total(self) -> int:
        """The sum of the itemised parts; not the stated total."""
        return sum(part.count for part in self.itemised)

    def derived(self) -> tuple[tuple[str, str], ...]:
        """How much of the stated total was itemised."""
        if not self.itemised:
            return ()
        if self.stated_total is None:
            return ((ITEMISED_SUM, f"{self.itemised_total} itemised, no total stated"),)
        return ((ITEMISED_SUM, f"{self.itemised_total} of {self.stated_total} itemised"),)


class Participant(Row, frozen=True, kw_only=True):
    """A party that takes part, with its people and its groups."""

    party: Annotated[Name, ask("Party", "Who takes part, by name.")]
    personnel: Annotated[Count | None, ask("Personnel", "As stated: 6400, or about 6400.")] = None
    groups: Annotated[tuple[Group, ...], Meta(max_length=MAX_ROWS), ask("Groups", "Aircraft, ships and so on.")] = ()


class Objective(Row, frozen=True, kw_only=True):
    """What is to be trained or tested."""

    id: Annotated[RowId, ask("Id", "A short name, as O1.")]
    task: Annotated[Name, ask("Task", "What is to be done.")]
    condition: Annotated[Line, ask("Condition", "Under what conditions.")] = ""
    standard: Annotated[Line, ask("Standard", "How well.")] = ""
    training_audience: Annotated[Line, ask("Training audience", "Who is trained.")] = ""


class Stage(StrEnum):
    """How far an exercise has come."""

    INITIATION = "0 initiation"
    SPECIFICATION = "1 specification"
    PLANNING = "2 planning"
    CONDUCT = "3 conduct"
    DONE = "conducted"


class Exercise(Titled, frozen=True, kw_only=True, tag="exercise"):
    """An exercise: what for, for whose eyes, how far, when, and who takes part."""

    aim: Annotated[Text, ask("Aim", "What it is to achieve.")] = ""
    audience: Annotated[Line, ask("Audience", "Who is meant to see it.")] = ""
    message: Annotated[Line, ask("Message", "What they are meant to conclude.")] = ""
    stage: Annotated[Stage, ask("Stage", "How far it has come.")] = Stage.INITIATION
    place: Annotated[Place | None, ask("Place", "Where.")] = None
    window: Annotated[Window, ask("Window", "When.")] = Window()
    days: Annotated[Annotated[int, Meta(ge=1, le=3_650)] | None, ask("Days", "How many days it lasts.")] = None
    objectives: Annotated[
        tuple[Objective, ...], Meta(max_length=MAX_ROWS), ask("Objectives", "What is trained or tested.")
    ] = ()
    participants: Annotated[
        tuple[Participant, ...], Meta(max_length=MAX_ROWS), ask("Participants", "Who takes part, with what.")
    ] = ()

    def __post_init__(self) -> None:
        need_unique_ids("objectives", [objective.id for objective in self.objectives])
