"""What one party says about an exact version of another's element (or its own): it changes and blocks nothing."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ExactRef
from stafftalks.planning.text import MAX_ROWS, Line, Name, Prose, Talk, Text, ask
from stafftalks.values.relative_time import Instant

PortionHash = Annotated[str, Meta(pattern=r"\A[a-z2-7]{52}\Z")]
"""The hash of one exact portion of a version: see `planning.portions`."""
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


class ConsentRequest(Talk, frozen=True, kw_only=True, tag="consent-request"):
    """Asks the originator of a release whether exact parts of it may be passed on to somebody else, and until when."""

    about: _About
    recipient: Annotated[Name, ask("Recipient", "To whom it would be passed on, by code or name.")]
    portions: Annotated[
        tuple[PortionHash, ...],
        Meta(max_length=MAX_ROWS),
        ask("Portions", "The hashes of the exact parts, one a line. Empty: the whole version.", widget="lines"),
    ] = ()
    until: Annotated[Instant, ask("Until", "The last day on which it would be passed on.")]
    purpose: Annotated[Text, ask("Purpose", "Why, and for what use.")] = ""


class Verdict(StrEnum):
    """What an originator says to a request for consent."""

    GRANTED = "granted"
    REFUSED = "refused"


class Consent(Talk, frozen=True, kw_only=True, tag="consent"):
    """An originator's answer about its own text: whether it may be passed on. It binds nobody in their own plans."""

    about: Annotated[ExactRef, ask("About", "The request that is answered, as PARTY/element/version.")]
    source: Annotated[ExactRef, ask("Source", "The exact version of ours that may be passed on.")]
    recipient: Annotated[Name, ask("Recipient", "To whom, by code or name, as in the request.")]
    portions: Annotated[
        tuple[PortionHash, ...],
        Meta(max_length=MAX_ROWS),
        ask("Portions", "The hashes of the exact parts, one a line. Empty: the whole version.", widget="lines"),
    ] = ()
    verdict: Annotated[Verdict, ask("Verdict", "Granted or refused.")]
    until: Annotated[Instant, ask("Until", "The last day on which it may be passed on.")]
    conditions: Annotated[Text, ask("Conditions", "What is asked of whoever passes it on.")] = ""


class Acknowledgement(Talk, frozen=True, kw_only=True, tag="acknowledgement"):
    """A party tells, because it chooses to, that a release reached its people, and how many have read it."""

    about: _About
    readers: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None, ask("Readers", "How many have read it. Empty: not told.")
    ] = None
    statement: Annotated[Text, ask("Statement", "What is said with it, if anything.")] = ""
