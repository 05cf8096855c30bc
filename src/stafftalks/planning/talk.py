"""What one party says about an exact version of another's element (or its own): it changes and blocks nothing."""

from enum import StrEnum
from typing import Annotated

from stafftalks.planning.refs import ExactRef
from stafftalks.planning.text import Line, Name, Prose, Talk, Text, ask

_About = Annotated[ExactRef, ask("About", "The exact version it speaks about, as PARTY/element/version.")]


class Comment(Talk, frozen=True, kw_only=True, tag="comment"):
    """A remark."""

    about: _About
    text: Annotated[Prose, ask("Comment", "What there is to say.", widget="longtext")]
    field: Annotated[Line, ask("Field", "The part it is about, if one.")] = ""


class Stance(StrEnum):
    """How a party stands to an element."""

    CONCUR = "concur"
    CONCERN = "concern"
    OBJECT = "object"


class Position(Talk, frozen=True, kw_only=True, tag="position"):
    """A party's stance, recorded beside the element; it ties nobody's hands."""

    about: _About
    stance: Annotated[Stance, ask("Stance", "Concur, concern or object.")]
    statement: Annotated[Text, ask("Statement", "Why, and what would change it.")] = ""


class Suggestion(Talk, frozen=True, kw_only=True, tag="suggestion"):
    """A change of text proposed to whoever hosts the element, who alone can take it in."""

    about: _About
    field: Annotated[Name, ask("Field", "The part to change, as branches.0.title.")]
    proposed: Annotated[Text, ask("Proposed text", "What it should say.")] = ""
    rationale: Annotated[Text, ask("Rationale", "Why.")] = ""


class Adoption(Talk, frozen=True, kw_only=True, tag="adoption"):
    """A party takes an exact version as its own word; agreed is what every party has adopted."""

    about: _About
    statement: Annotated[Text, ask("Statement", "What is said with it, if anything.")] = ""
