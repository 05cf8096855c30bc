"""The rooms one can go to: one table for the menu, the palette, the plain page that stands for it, and the list of keys.

A room that this installation does not have, or that this person has no role for, is left out; nothing here decides what a person may do.
"""

from collections.abc import Sequence

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop as said

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
        said("Work"),
        (
            Room("home", said("Home"), "h"),
            Room("accords", said("Accords"), "a"),
            Room("desk", said("Release desk"), "d"),
        ),
    ),
    Group(
        said("Plan"),
        (
            Room("scenarios", said("Scenarios"), "s"),
            Room("plans", said("Plans"), "p"),
            Room("forces", said("Forces"), "f"),
            Room("options", said("Options"), "o"),
            Room("coverage", said("Coverage"), "c"),
            Room("compare", said("Side by side"), "b"),
            Room("elements", said("Our elements"), "e"),
            Room("tables", said("Bring in a table"), "t"),
        ),
    ),
    Group(
        said("Talk"),
        (
            Room("threads", said("Threads"), "k"),
            Room("minutes", said("Minutes"), "m"),
            Room("sources", said("Sources"), "r"),
            Room("notes", said("Notes"), "n"),
        ),
    ),
    Group(said("Partners"), (Room("exchange", said("Exchange"), "x"), Room("pairing", said("Pairing"), "w"))),
    Group(
        said("House"),
        (
            Room("people", said("People"), "u", (Role.ADMINISTRATOR,)),
            Room("journal", said("Journal"), "j", (Role.AUDITOR, Role.ADMINISTRATOR)),
        ),
    ),
    Group(
        said("You"),
        (
            Room("find", said("Find"), "i"),
            Room("me", said("Your choices"), "y"),
            Room("mfa_index", said("Sign-in and security")),
            Room("help", said("First steps")),
            Room("shortcuts", said("Keys")),
            Room("design", said("Design system")),
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
