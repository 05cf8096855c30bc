"""Who plays in the demonstration: two fictional allies and their people. Nobody here exists."""

from typing import Final

import msgspec

from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role


class Player(msgspec.Struct, frozen=True):
    """One headquarters of the demonstration: its party, its folder's name and its people, the administrator first."""

    party: PartyId
    name: str
    folder: str
    people: tuple[Person, ...]

    def person(self, role: str) -> Person:
        """Who acts in the part `role`: planner, officer, head, auditor or admin."""
        return next(person for person in self.people if person.username == role)


def _people(admin: str, planner: str, officer: str, head: str, auditor: str) -> tuple[Person, ...]:
    return (
        Person("admin", admin, frozenset({Role.ADMINISTRATOR})),
        Person("planner", planner, frozenset({Role.PLANNER})),
        Person("officer", officer, frozenset({Role.OFFICER})),
        Person("head", head, frozenset({Role.HEAD})),
        Person("auditor", auditor, frozenset({Role.AUDITOR})),
    )


MERIDIA: Final = Player(
    PartyId("XMR"),
    "Meridia Joint Headquarters",
    "meridia",
    _people("T. Okello", "Cdr I. Aldana", "Maj R. Vestergaard", "RAdm S. Marchetti", "L. Petrov"),
)
TORVIA: Final = Player(
    PartyId("XTV"),
    "Torvia General Staff",
    "torvia",
    _people("J. Brandt", "Lt Col A. Reyes", "Maj K. Nakamura", "Brig H. Oduya", "M. Silva"),
)
PLAYERS: Final = {player.party: player for player in (MERIDIA, TORVIA)}
"""Both, by party code."""
