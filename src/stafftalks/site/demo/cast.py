"""Who plays in the demonstration: two fictional allies, or two fictional civil-protection agencies, and their people. Nobody here exists."""

from typing import Final

import msgspec

from stafftalks.planning.profiles import ProfileName
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role


class Player(msgspec.Struct, frozen=True):
    """One headquarters of the demonstration: its party, its folder's name and its people, the administrator first, and its words."""

    party: PartyId
    name: str
    folder: str
    people: tuple[Person, ...]
    profile: ProfileName = "military"
    partner: PartyId = PartyId("")

    @property
    def default_marking(self) -> tuple[str, str, str]:
        """What this staff marks what it writes, where nobody says otherwise."""
        level = "OFFICIAL" if self.profile == "civil" else "RESTRICTED"
        return self.party, level, f"REL TO {', '.join(sorted((self.party, self.partner)))}"

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
    partner=PartyId("XTV"),
)
TORVIA: Final = Player(
    PartyId("XTV"),
    "Torvia General Staff",
    "torvia",
    _people("J. Brandt", "Lt Col A. Reyes", "Maj K. Nakamura", "Brig H. Oduya", "M. Silva"),
    partner=PartyId("XMR"),
)
ORLA: Final = Player(
    PartyId("XOR"),
    "Orla Civil Protection Agency",
    "orla",
    _people("W. Adeyemi", "C. Lindqvist", "F. Moreau", "Director E. Sato", "G. Novak"),
    "civil",
    PartyId("XTA"),
)
TARN: Final = Player(
    PartyId("XTA"),
    "Tarn Valley Emergency Management",
    "tarn",
    _people("B. Haddad", "N. Kowalska", "D. Mbeki", "Director A. Ferreira", "P. Larsen"),
    "civil",
    PartyId("XOR"),
)
CASTS: Final[dict[ProfileName, tuple[Player, Player]]] = {"military": (MERIDIA, TORVIA), "civil": (ORLA, TARN)}
"""The two headquarters of each profile, the one that hosts the main job first."""
PLAYERS: Final = {player.party: player for pair in CASTS.values() for player in pair}
"""All of them, by party code."""
