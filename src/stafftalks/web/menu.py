"""The rooms one can go to: one table for the menu, the palette, the plain page that stands for it, and the list of keys.

A room that this installation does not have, or that this person has no role for, is left out; nothing here decides what a person may do.
"""

from collections.abc import Sequence

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop

from stafftalks.values.person import Role


class Room(msgspec.Struct, frozen=True):
    """One entry: the url name (which is its `place` too), what it is called (a message), the letter after `g`, and who has it in the menu."""

    place: str
    label: str
    key: str = ""
    roles: tuple[Role, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """Rooms under one word. `listed` says whether they stand in the menu, or are reached from elsewhere on the page."""

    label: str
    rooms: tuple[Room, ...]
    listed: bool = True


class Way(msgspec.Struct, frozen=True):
    """A room and where it is."""

    room: Room
    url: str


GROUPS = (
    Group(
        gettext_noop("Work"),
        (
            Room("home", gettext_noop("Home"), "h"),
            Room("accords", gettext_noop("Accords"), "a"),
            Room("desk", gettext_noop("Release desk"), "d"),
            Room("letters", gettext_noop("Disclosure letters"), "l"),
            Room("left", gettext_noop("What left"), "v"),
        ),
    ),
    Group(
        gettext_noop("Plan"),
        (
            Room("scenarios", gettext_noop("Scenarios"), "s"),
            Room("plans", gettext_noop("Plans"), "p"),
            Room("forces", gettext_noop("Forces"), "f"),
            Room("options", gettext_noop("Options"), "o"),
            Room("coverage", gettext_noop("Coverage"), "c"),
            Room("conflicts", gettext_noop("Conflicts"), "z"),
            Room("analyses", gettext_noop("Analyses"), roles=(Role.PLANNER, Role.OFFICER, Role.HEAD, Role.AUDITOR)),
            Room("checks", gettext_noop("Private checks"), "g"),
            Room("compare", gettext_noop("Side by side"), "b"),
            Room("elements", gettext_noop("Our elements"), "e"),
            Room("tables", gettext_noop("Bring in a table"), "t"),
        ),
    ),
    Group(
        gettext_noop("Talk"),
        (
            Room("threads", gettext_noop("Threads"), "k"),
            Room("minutes", gettext_noop("Minutes"), "m"),
            Room("sources", gettext_noop("Sources"), "r"),
            Room("notes", gettext_noop("Notes"), "n"),
        ),
    ),
    Group(
        gettext_noop("Partners"),
        (Room("exchange", gettext_noop("Exchange"), "x"), Room("pairing", gettext_noop("Pairing"), "w")),
    ),
    Group(
        gettext_noop("House"),
        (
            Room("people", gettext_noop("People"), "u", (Role.ADMINISTRATOR,)),
            Room("policies", gettext_noop("Marking policies"), roles=(Role.ADMINISTRATOR,)),
            Room("journal", gettext_noop("Journal"), "j", (Role.AUDITOR, Role.ADMINISTRATOR)),
            Room("audit", gettext_noop("Audit"), "q", (Role.AUDITOR,)),
        ),
    ),
    Group(
        gettext_noop("You"),
        (
            Room("find", gettext_noop("Find"), "i"),
            Room("me", gettext_noop("Your choices"), "y"),
            Room("mfa_index", gettext_noop("Sign-in and security")),
            Room("help", gettext_noop("First steps")),
            Room("shortcuts", gettext_noop("Keys")),
            Room("design", gettext_noop("Design system")),
        ),
        listed=False,
    ),
)


def rooms(roles: frozenset[Role]) -> list[tuple[Group, list[Way]]]:
    """The groups with the rooms that are here and that `roles` have; no group is empty."""
    groups = [(group, ways(group.rooms, roles)) for group in GROUPS]
    return [(group, found) for group, found in groups if found]


def ways(listed: Sequence[Room], roles: frozenset[Role]) -> list[Way]:
    """Those of `listed` that are here and that `roles` have, with where they are."""
    here = ((room, url_of(room.place)) for room in listed if not room.roles or roles.intersection(room.roles))
    return [Way(room, url) for room, url in here if url]


def url_of(name: str) -> str:
    """Where the page of this url name is; empty where there is none that needs no argument."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
