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
_CIVIL_WORDS: Final = {
    "Force": "Team",
    "Forces": "Teams",
    "A unit or a type of asset.": "A team, a module or a type of resource.",
    "The forces that do it, one a line.": "The teams that do it, one a line.",
    "The type of unit or asset, as tanker squadron.": "The type of team or resource, as pumping module.",
    "The force it is, as PARTY/element, where it is an element.": "The team it is, as PARTY/element, where it is an element.",
    "The force, headquarters or group.": "The team, command post or branch.",
    "The force, as PARTY/element.": "The team, as PARTY/element.",
    "Task organisation": "Organisation chart",
    "Effectiveness": "Condition",
    "Notice to move": "Response time",
    "Within what notice, as 5 d or 72 h.": "How soon after the call it leaves, as 2 h.",
    "Under whose command, and how far.": "Under whose lead, and how far.",
    "Under whose command, how far.": "Under whose lead, how far.",
    "Command state": "Who leads it",
    "Command": "Who leads it",
    "Interfaces": "Fits with",
    "What it connects by: data links, fuels, gauges; one a line.": "What it connects by: hose couplings, radio channels, fuels; one a line.",
    "Opposing forces": "Hazard",
    "Who opposes, with what, and what they may do.": "What threatens, how far it reaches, and how it may develop.",
    "Friendly forces": "Supporting agencies",
    "2 Mission": "2 Objectives",
    "Who, what, when, where and why, in one sentence.": "What is to be achieved, by when and where, in order of priority.",
    "3 Execution": "3 Operations",
    "Concept of operations": "Strategy",
    "How the mission is to be carried out.": "How the objectives are to be reached.",
    "Tasks": "Assignments",
    "4 Administration and logistics": "4 Logistics and finance",
    "5 Command and control": "5 Command and coordination",
    "Command relationships": "Who leads whom",
    "Who commands whom, and what changes when.": "Who leads whom, and what changes when help arrives.",
    "Command posts": "Command posts and coordination centres",
    "Where headquarters are, and who follows whom.": "Where they are, and who takes over if one fails.",
    "CDRS ESTIMATE": "Outline assessment",
    "BPLAN": "Outline plan",
    "CONPLAN": "Contingency plan",
    "OPLAN": "Incident action plan",
    "ORGANIC": "Own team",
    "ATTACHED": "Attached for the incident",
    "OPCON": "Led by the receiving incident command",
    "TACON": "Tasked by the receiving incident command",
    "NONE": "Stays under its own lead",
    "Engagement": "Liaison meeting",
    "Engagements": "Liaison meetings",
    "The joint function or line of effort it serves.": "The section or line of work it serves.",
    "A course of action: what would be done, with whose means, how it stands up, and what is open.": (
        "A way to respond: what would be done, with whose means, how it stands up, and what is open."
    ),
    "It accomplishes the mission within the guidance given.": "It reaches the objectives within the guidance given.",
}
# Source: the forms of the Incident Command System (FEMA, in the public domain), by number.
ICS: Final = AnnexTemplate(
    "Incident action plan (ICS)",
    (
        ("202", "Incident Objectives"),
        ("203", "Organization Assignment List"),
        ("204", "Assignment List"),
        ("205", "Incident Radio Communications Plan"),
        ("206", "Medical Plan"),
        ("207", "Incident Organization Chart"),
        ("208", "Safety Message"),
        ("209", "Incident Status Summary"),
        ("213RR", "Resource Request Message"),
        ("215", "Operational Planning Worksheet"),
        ("215A", "Safety Analysis"),
        ("220", "Air Operations Summary"),
    ),
)
FLOOD: Final = AnnexTemplate(
    "Flood",
    (
        ("A", "Organisation"),
        ("B", "Forecast and Gauges"),
        ("C", "Dykes, Pumps and Sluices"),
        ("D", "Warning the Public"),
        ("E", "Evacuation and Shelter"),
        ("F", "Health and Social Care"),
        ("G", "Receiving Help from Outside"),
        ("H", "Logistics and Costs"),
    ),
)
WILDFIRE: Final = AnnexTemplate(
    "Wildfire",
    (
        ("A", "Organisation"),
        ("B", "Fire Weather and Behaviour"),
        ("C", "Water Supply"),
        ("D", "Aircraft"),
        ("E", "Escape Routes and Safety Zones"),
        ("F", "Evacuation and Smoke"),
        ("G", "Receiving Help from Outside"),
        ("H", "Logistics and Costs"),
    ),
)
CIVIL: Final = Profile(
    name="civil",
    label="Civil-protection agencies",
    words=_CIVIL_WORDS,
    functions=("Command", "Operations", "Planning", "Logistics", "Finance and administration", "Public information"),
    annexes=(ICS, FLOOD, WILDFIRE),
    # Source: the modules of the European civil protection mechanism, by their public names; no symbol code fits all of them.
    forces=tuple(
        ForceSort(name)
        for name in (
            "High-capacity pumping module",
            "Flood containment module",
            "Flood rescue team with boats",
            "Water purification module",
            "Ground forest firefighting module",
            "Ground forest firefighting module with vehicles",
            "Aerial forest firefighting module with aeroplanes",
            "Aerial forest firefighting module with helicopters",
            "Medium urban search and rescue team",
            "Emergency medical team, type 1",
            "Temporary shelter module",
            "Technical assistance and support team",
        )
    ),
)
PROFILES: Final[dict[str, Profile]] = {profile.name: profile for profile in (MILITARY, CIVIL)}
"""The profiles by name; an HQ has one, set by its administrator."""
