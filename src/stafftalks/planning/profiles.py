"""Profiles: the same product in the words of two allied staffs, or of two civil-protection agencies. Words change, no rule does.

A profile says which other word stands for a label or heading (both are messages that a page then translates), which functions a
synchronisation matrix starts from, which annexes a plan lists, and which sorts of force are offered with their symbol codes.
Nothing an element holds depends on it: elements go from an HQ of one profile to an HQ of another unchanged.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from stafftalks.planning.annexes import SHORT, US_JOINT, AnnexTemplate

ProfileName = Literal["military", "civil"]


class ForceSort(msgspec.Struct, frozen=True):
    """A sort of force that lists offer: what it is called, and its symbol code (20 digits), empty where none fits."""

    name: str
    sidc: str = ""


class Profile(msgspec.Struct, frozen=True):
    """The words and templates of one profile. `words` maps a message to the one that stands in its place."""

    name: ProfileName
    label: str
    words: Mapping[str, str]
    functions: tuple[str, ...]
    annexes: tuple[AnnexTemplate, ...]
    forces: tuple[ForceSort, ...]

    def word(self, message: str) -> str:
        """The message that this profile puts in place of `message`; itself where it has none."""
        return self.words.get(message, message)


MILITARY: Final = Profile(
    name="military",
    label="Allied staffs",
    words={},
    functions=(
        "Command and control",
        "Intelligence",
        "Movement and manoeuvre",
        "Protection",
        "Information",
        "Sustainment",
    ),
    annexes=(US_JOINT, SHORT),
    forces=(
        ForceSort("Infantry battalion", "10031000161211000000"),
        ForceSort("Engineer company", "10031000151407000000"),
        ForceSort("Tanker squadron", "10031000151206000000"),
        ForceSort("Mine countermeasures group", "10033000001204000000"),
        ForceSort("Field hospital", "10031000001613000000"),
    ),
)
CIVIL: Final = Profile(
    name="civil",
    label="Civil-protection agencies",
    words={},
    functions=("Command", "Operations", "Planning", "Logistics", "Finance and administration", "Public information"),
    annexes=(SHORT,),
    forces=(ForceSort("Urban search and rescue team"), ForceSort("High-capacity pumping module")),
)
PROFILES: Final[dict[str, Profile]] = {profile.name: profile for profile in (MILITARY, CIVIL)}
"""The profiles by name; an HQ has one, set by its administrator."""
