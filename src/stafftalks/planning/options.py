"""Options: courses of action that a staff compares. Nothing here chooses one, and nothing follows from a score.

The five tests are the field's own: suitable, feasible, acceptable, distinguishable, complete. Scores and weights are a staff's
judgement, kept with their reasons; the weighted sum is computed where it is shown and never stored.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import need_unique_ids
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Part, Row, RowId, Text, Titled, ask
from stafftalks.values.ids import PartyId
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Moment, Window


class Verdict(StrEnum):
    """What a test of validity came to."""

    UNTESTED = "not tested"
    PASSES = "passes"
    FAILS = "fails"
    DOUBTFUL = "doubtful"


class Test(Row, frozen=True, kw_only=True):
    """One test of validity and why it came out so."""

    __test__ = False  # not a test of ours, whatever a test runner makes of the name

    verdict: Annotated[Verdict, ask("Verdict", "What the test came to.")] = Verdict.UNTESTED
    rationale: Annotated[Text, ask("Rationale", "Why.")] = ""


class Validity(Part, frozen=True, kw_only=True):
    """The five tests of a course of action."""

    suitable: Annotated[Test, ask("Suitable", "It accomplishes the mission within the guidance given.")] = Test()
    feasible: Annotated[Test, ask("Feasible", "It can be done with the time, space and means at hand.")] = Test()
    acceptable: Annotated[Test, ask("Acceptable", "What it gains is worth what it costs and risks.")] = Test()
    distinguishable: Annotated[Test, ask("Distinguishable", "It differs from the others in what matters.")] = Test()
    complete: Annotated[Test, ask("Complete", "It says who, what, when, where, why and how.")] = Test()


class Criterion(Row, frozen=True, kw_only=True):
    """One line of the weighted comparison. Options that are compared name their criteria alike."""

    criterion: Annotated[Name, ask("Criterion", "What is judged, named alike in every option.")]
    weight: Annotated[Annotated[int, Meta(ge=0, le=100)], ask("Weight", "0 to 100; how much it counts.")] = 1
    score: Annotated[Annotated[int, Meta(ge=0, le=10)] | None, ask("Score", "0 to 10; more is better.")] = None
    rationale: Annotated[Line, ask("Rationale", "Why.")] = ""


class Promise(StrEnum):
    """How firm a contribution is. Every one can be withdrawn."""

    SOFT = "soft"
    CONDITIONAL = "conditional"
    FIRM = "firm"
    WITHDRAWN = "withdrawn"


class Contribution(Row, frozen=True, kw_only=True):
    """What one side would bring to this option, as far as is known."""

    what: Annotated[Name, ask("What", "What it would bring, in a few words.")]
    party: Annotated[
        PartyId, Meta(pattern=r"\A[A-Z][A-Z0-9]{1,7}\Z"), ask("Party", "Who would bring it, by code.", widget="text")
    ]
    requirement: Annotated[ElementRef | None, ask("Requirement", "The requirement it meets, as PARTY/element.")] = None
    force: Annotated[ElementRef | None, ask("Force", "The force, as PARTY/element.")] = None
    quantity: Annotated[Quantity | None, ask("Quantity", "How much, as 4 items or 250 persons.")] = None
    window: Annotated[Window, ask("Window", "When.")] = Window()
    promise: Annotated[Promise, ask("Promise", "How firm it is.")] = Promise.SOFT
    caveats: Annotated[Line, ask("Caveats", "On what conditions.")] = ""


class OpenDecision(Row, frozen=True, kw_only=True):
    """Something still to be decided before this option could be taken."""

    id: Annotated[RowId, ask("Id", "A short name, as OD1.")]
    decision: Annotated[Name, ask("Decision", "What is to be decided.")]
    authority: Annotated[Line, ask("Authority", "Who decides.")] = ""
    by: Annotated[Moment | None, ask("Decide by", "The latest time at which it helps to decide.")] = None


class Option(Titled, frozen=True, kw_only=True, tag="option"):
    """A course of action: what would be done, with whose means, how it stands up, and what is open."""

    summary: Annotated[Text, ask("Summary", "What would be done, who, when, where and how.")] = ""
    scenario: Annotated[ElementRef | None, ask("Scenario", "The scenario it answers, as PARTY/element.")] = None
    branches: Annotated[Lines, ask("Branches", "Ids of the branches it answers, one a line; empty for all.")] = ()
    plan: Annotated[ElementRef | None, ask("Plan", "The plan it would become or is taken from, as PARTY/element.")] = (
        None
    )
    validity: Annotated[Validity, ask("Tests of validity", "Five questions, each with its reason.")] = Validity()
    criteria: Annotated[
        tuple[Criterion, ...], Meta(max_length=MAX_ROWS), ask("Criteria", "How it scores, criterion by criterion.")
    ] = ()
    contributions: Annotated[
        tuple[Contribution, ...], Meta(max_length=MAX_ROWS), ask("Contributions", "What each side would bring.")
    ] = ()
    open_decisions: Annotated[
        tuple[OpenDecision, ...], Meta(max_length=MAX_ROWS), ask("Open decisions", "What must still be decided.")
    ] = ()
    advantages: Annotated[Lines, ask("Advantages", "One a line.")] = ()
    disadvantages: Annotated[Lines, ask("Disadvantages", "One a line.")] = ()

    def __post_init__(self) -> None:
        need_unique_ids("criteria", [row.criterion for row in self.criteria])
        need_unique_ids("open decisions", [row.id for row in self.open_decisions])
