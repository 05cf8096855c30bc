"""Meetings: engagements (who met whom, what was raised) and the minutes of staff talks. They record, and bind nobody."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import need_unique_ids
from stafftalks.planning.text import MAX_ROWS, Line, Name, Row, RowId, Text, Titled, ask
from stafftalks.values.place import Place
from stafftalks.values.relative_time import Moment, Window


class Attendee(Row, frozen=True, kw_only=True):
    """Somebody who was there."""

    name: Annotated[Name, ask("Name", "Who, with rank or title.")]
    party: Annotated[Line, ask("Party", "For whom, by code or name.")] = ""
    capacity: Annotated[Line, ask("Capacity", "In what office: head of delegation, J5, interpreter.")] = ""


class Raised(Row, frozen=True, kw_only=True):
    """One thing that was raised, by whom, and what the others said to it."""

    topic: Annotated[Name, ask("Topic", "What was raised, in a few words.")]
    by: Annotated[Line, ask("By", "Who raised it.")] = ""
    said: Annotated[Text, ask("Said", "What was said, in sense or in words.", widget="longtext")] = ""
    response: Annotated[Text, ask("Response", "What the others said to it.", widget="longtext")] = ""
    about: Annotated[ElementRef | None, ask("About", "The element it is about, as PARTY/element, if one.")] = None


class Engagement(Titled, frozen=True, kw_only=True, tag="engagement"):
    """A visit, call or meeting: who met whom, when and where, and what was raised."""

    at: Annotated[Moment | None, ask("When", "As 2023-01-19 or 190900ZJAN23.")] = None
    place: Annotated[Place | None, ask("Place", "Where.")] = None
    medium: Annotated[Line, ask("Medium", "In person, by telephone, in writing.")] = ""
    attendees: Annotated[
        tuple[Attendee, ...], Meta(max_length=MAX_ROWS), ask("Who met", "Everybody known to have met.")
    ] = ()
    raised: Annotated[tuple[Raised, ...], Meta(max_length=MAX_ROWS), ask("What was raised", "In order.")] = ()
    follow_up: Annotated[Text, ask("Follow-up", "What is to happen next.")] = ""
    reports: Annotated[
        tuple[ElementRef, ...], Meta(max_length=MAX_ROWS), ask("Reports", "Reports that tell of it, one a line.")
    ] = ()


class SidePosition(Row, frozen=True, kw_only=True):
    """How one side stood on an agenda item."""

    party: Annotated[Name, ask("Party", "Whose position, by code or name.")]
    position: Annotated[Text, ask("Position", "What that side held.", widget="longtext")] = ""
    reservation: Annotated[Text, ask("Reservation", "What it reserved, if anything.", widget="longtext")] = ""


class ActionState(StrEnum):
    """How far an action has come."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Action(Row, frozen=True, kw_only=True):
    """Something somebody said they would do. Nothing here makes them."""

    what: Annotated[Name, ask("Action", "What is to be done.")]
    owner: Annotated[Line, ask("Owner", "Who said they would.")] = ""
    due: Annotated[Moment | None, ask("Due", "By when.")] = None
    state: Annotated[ActionState, ask("State", "How far it has come.")] = ActionState.OPEN


class AgendaItem(Row, frozen=True, kw_only=True):
    """One item: what it was about, how each side stood, what was minuted as agreed, and who does what."""

    id: Annotated[RowId, ask("Id", "Its number, as 3a.")]
    item: Annotated[Name, ask("Item", "What it was about.")]
    about: Annotated[ElementRef | None, ask("About", "The element it is about, as PARTY/element, if one.")] = None
    positions: Annotated[
        tuple[SidePosition, ...], Meta(max_length=MAX_ROWS), ask("Positions", "How each side stood.")
    ] = ()
    agreed_minute: Annotated[
        Text, ask("Agreed minute", "The words both sides let stand. Empty where there are none.", widget="longtext")
    ] = ""
    actions: Annotated[tuple[Action, ...], Meta(max_length=MAX_ROWS), ask("Actions", "Who does what by when.")] = ()


class Minutes(Titled, frozen=True, kw_only=True, tag="minutes"):
    """The minutes of one session of staff talks. Agreed by both only where both have adopted this exact text."""

    series: Annotated[Line, ask("Series", "The series of talks it belongs to.")] = ""
    session: Annotated[Line, ask("Session", "Its number or name in the series.")] = ""
    window: Annotated[Window, ask("Window", "When the session was held.")] = Window()
    place: Annotated[Place | None, ask("Place", "Where.")] = None
    attendees: Annotated[tuple[Attendee, ...], Meta(max_length=MAX_ROWS), ask("Who met", "Everybody present.")] = ()
    agenda: Annotated[tuple[AgendaItem, ...], Meta(max_length=MAX_ROWS), ask("Agenda", "Item by item.")] = ()

    def __post_init__(self) -> None:
        need_unique_ids("agenda items", [item.id for item in self.agenda])
