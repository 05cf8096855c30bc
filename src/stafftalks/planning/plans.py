"""Plans: detail level, the five paragraphs, phases, decision points, assumptions and annexes."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.annexes import Annex
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Assumption, need_unique_ids
from stafftalks.planning.task_organisation import TaskedForce, need_forest
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Part, Row, RowId, Text, Titled, ask
from stafftalks.values.place import Place
from stafftalks.values.relative_time import Moment


class DetailLevel(StrEnum):
    """How far a plan is worked out, from a commander's estimate to an operation plan."""

    ESTIMATE = "CDRS ESTIMATE"
    BPLAN = "BPLAN"
    CONPLAN = "CONPLAN"
    OPLAN = "OPLAN"


class Situation(Row, frozen=True, kw_only=True):
    """Paragraph 1; its assumptions are the plan's own rows."""

    general: Annotated[Text, ask("General", "What led to this plan.")] = ""
    area: Annotated[Text, ask("Area of concern", "The area of responsibility, interest and operations.")] = ""
    opposing: Annotated[Text, ask("Opposing forces", "Who opposes, with what, and what they may do.")] = ""
    friendly: Annotated[Text, ask("Friendly forces", "Who else takes part, and their tasks.")] = ""


class Execution(Row, frozen=True, kw_only=True):
    """Paragraph 3."""

    concept: Annotated[Text, ask("Concept of operations", "How the mission is to be carried out.")] = ""
    tasks: Annotated[Text, ask("Tasks", "Who does what.")] = ""
    coordination: Annotated[Text, ask("Coordinating instructions", "What binds two or more of them.")] = ""


class Administration(Row, frozen=True, kw_only=True):
    """Paragraph 4."""

    concept: Annotated[Text, ask("Concept of sustainment", "How the forces are kept going.")] = ""
    logistics: Annotated[Text, ask("Logistics", "Supply, transport, maintenance, medical.")] = ""
    personnel: Annotated[Text, ask("Personnel", "Replacements, welfare, detained persons.")] = ""


class Command(Row, frozen=True, kw_only=True):
    """Paragraph 5."""

    relationships: Annotated[Text, ask("Command relationships", "Who commands whom, and what changes when.")] = ""
    posts: Annotated[Text, ask("Command posts", "Where headquarters are, and who follows whom.")] = ""
    communications: Annotated[Text, ask("Communications", "How they reach each other.")] = ""


class Paragraphs(Part, frozen=True, kw_only=True):
    """The five paragraphs."""

    situation: Annotated[Situation, ask("1 Situation", "")] = Situation()
    mission: Annotated[Text, ask("2 Mission", "Who, what, when, where and why, in one sentence.")] = ""
    execution: Annotated[Execution, ask("3 Execution", "")] = Execution()
    administration: Annotated[Administration, ask("4 Administration and logistics", "")] = Administration()
    command: Annotated[Command, ask("5 Command and control", "")] = Command()


class Phase(Row, frozen=True, kw_only=True):
    """A stretch of the plan with one intent."""

    id: Annotated[RowId, ask("Id", "A short name, as P1.")]
    name: Annotated[Name, ask("Name", "What the phase is called.")]
    start: Annotated[Moment | None, ask("Start", "As C+3 or a date.")] = None
    end: Annotated[Moment | None, ask("End", "As C+10 or a date.")] = None
    intent: Annotated[Text, ask("Intent", "What is to be true at its end.", widget="longtext")] = ""


class DecisionPoint(Row, frozen=True, kw_only=True):
    """A decision that must be taken, by whom, and how late information can still serve it."""

    id: Annotated[RowId, ask("Id", "A short name, as DP1.")]
    decision: Annotated[Name, ask("Decision", "What is to be decided.")]
    authority: Annotated[Line, ask("Authority", "Who decides.")] = ""
    place: Annotated[Place | None, ask("Place", "Where events would call for it.")] = None
    ltiov: Annotated[Moment | None, ask("Latest information", "After this time information is of no value to it.")] = (
        None
    )
    linked: Annotated[Lines, ask("Linked", "Information requirements or branches it hangs on, one a line.")] = ()


class ScenarioChoice(Row, frozen=True, kw_only=True):
    """A scenario the plan is for, and which of its branches; none named means all."""

    scenario: Annotated[ElementRef, ask("Scenario", "The scenario, as PARTY/element.")]
    branches: Annotated[Lines, ask("Branches", "Ids of the branches, one a line; empty for all.")] = ()


class Plan(Titled, frozen=True, kw_only=True, tag="plan"):
    """A plan for one or more scenarios and branches."""

    detail_level: Annotated[DetailLevel, ask("Detail level", "How far it is worked out.")] = DetailLevel.ESTIMATE
    scenarios: Annotated[
        tuple[ScenarioChoice, ...], Meta(max_length=MAX_ROWS), ask("For", "The scenarios and branches it is for.")
    ] = ()
    paragraphs: Annotated[Paragraphs, ask("Paragraphs", "The five paragraphs.")] = Paragraphs()
    phases: Annotated[tuple[Phase, ...], Meta(max_length=MAX_ROWS), ask("Phases", "In order.")] = ()
    decision_points: Annotated[
        tuple[DecisionPoint, ...], Meta(max_length=MAX_ROWS), ask("Decision points", "What must be decided.")
    ] = ()
    assumptions: Annotated[
        tuple[Assumption, ...], Meta(max_length=MAX_ROWS), ask("Assumptions", "What is taken as true.")
    ] = ()
    annexes: Annotated[
        tuple[Annex, ...], Meta(max_length=MAX_ROWS), ask("Annexes", "From the template; omitted ones stay listed.")
    ] = ()
    organisation: Annotated[
        tuple[TaskedForce, ...],
        Meta(max_length=MAX_ROWS),
        ask("Task organisation", "Who works under whom in this plan."),
    ] = ()

    def __post_init__(self) -> None:
        need_unique_ids("phases", [phase.id for phase in self.phases])
        need_unique_ids("decision points", [point.id for point in self.decision_points])
        need_unique_ids("assumptions", [assumption.id for assumption in self.assumptions])
        need_unique_ids("annexes", [annex.letter for annex in self.annexes])
        need_forest(self.organisation)
