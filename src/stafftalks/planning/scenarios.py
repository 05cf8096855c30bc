"""Scenarios with their branches and assumptions, and the requirements that follow from them.

Branches are kept as rows that name the branch they hang on, so that a branch keeps its id when the tree is rearranged;
`branch_tree` gives the tree. A branch is an option within the same phase; a sequel is what follows from an outcome.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import MAX_ROWS, Line, Lines, Name, Part, Row, RowId, Text, Titled, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import Place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Moment, Window
from stafftalks.values.scale import Likelihood

MAX_BRANCH_DEPTH = 12


class AssumptionState(StrEnum):
    """Whether an assumption still holds."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    INVALID = "invalid"


class Assumption(Row, frozen=True, kw_only=True):
    """Something taken as true in order to plan, with who must find out and by when."""

    id: Annotated[RowId, ask("Id", "A short name, as A1.")]
    text: Annotated[Name, ask("Assumption", "What is taken as true.")]
    owner: Annotated[Line, ask("Owner", "Who finds out.")] = ""
    validate_by: Annotated[Moment | None, ask("Validate by", "When it must be known, as D-10.")] = None
    state: Annotated[AssumptionState, ask("State", "What is known so far.")] = AssumptionState.OPEN
    triggers: Annotated[Line, ask("Triggers branch", "The branch to take if it proves invalid.")] = ""


class BranchSort(StrEnum):
    """How a branch hangs on the one before it."""

    BRANCH = "branch"
    SEQUEL = "sequel"


class Branch(Row, frozen=True, kw_only=True):
    """One way events could develop."""

    id: Annotated[RowId, ask("Id", "A short name, as B1.")]
    title: Annotated[Name, ask("Title", "What happens, in a few words.")]
    after: Annotated[Line, ask("After", "The id of the branch this one hangs on; empty at the top.")] = ""
    sort: Annotated[BranchSort, ask("Sort", "An option within the phase, or what follows an outcome.")] = (
        BranchSort.BRANCH
    )
    condition: Annotated[Line, ask("Condition", "What would make events go this way.")] = ""
    likelihood: Annotated[Likelihood | None, ask("Likelihood", "How likely, on a named scale.")] = None


class BranchNode(Part, frozen=True, kw_only=True):
    """A branch with those that hang on it, at `depth` 1 for the top."""

    branch: Branch
    depth: int
    below: tuple["BranchNode", ...] = ()


class Scenario(Titled, frozen=True, kw_only=True, tag="scenario"):
    """A situation that could develop, its branches and what is assumed."""

    narrative: Annotated[Text, ask("Narrative", "The situation, told so that a stranger can follow it.")] = ""
    area: Annotated[Place | None, ask("Area", "Where: a name, coordinates, or an area.")] = None
    window: Annotated[Window, ask("Window", "When, if it can be said.")] = Window()
    likelihood: Annotated[Likelihood | None, ask("Likelihood", "How likely the scenario is as a whole.")] = None
    branches: Annotated[
        tuple[Branch, ...], Meta(max_length=MAX_ROWS), ask("Branches", "The ways events could go from here.")
    ] = ()
    assumptions: Annotated[
        tuple[Assumption, ...], Meta(max_length=MAX_ROWS), ask("Assumptions", "What is taken as true.")
    ] = ()

    def __post_init__(self) -> None:
        need_unique_ids("branches", [branch.id for branch in self.branches])
        need_unique_ids("assumptions", [assumption.id for assumption in self.assumptions])
        branch_tree(self.branches)
        known = {branch.id for branch in self.branches}
        for assumption in self.assumptions:
            if assumption.triggers and assumption.triggers not in known:
                raise WrongValueError(
                    f"Assumption {assumption.id} triggers branch {assumption.triggers!r}, which this scenario lacks."
                )


class CommandState(StrEnum):
    """Under whose command, and how far (US and NATO terms)."""

    ORGANIC = "ORGANIC"
    ATTACHED = "ATTACHED"
    FULLCOM = "FULLCOM"
    OPCOM = "OPCOM"
    OPCON = "OPCON"
    TACOM = "TACOM"
    TACON = "TACON"
    ADCON = "ADCON"
    NONE = "NONE"


class Requirement(Titled, frozen=True, kw_only=True, tag="requirement"):
    """What is needed: a capability, how much, where, when and how ready. Who offers it is another element."""

    serial: Annotated[Name, ask("Serial", "The line's number in the statement of requirements.")]
    capability: Annotated[Name, ask("Capability", "The capability, by code or by name.")]
    statement: Annotated[Text, ask("Statement", "What it must be able to do.")] = ""
    quantity: Annotated[Quantity | None, ask("Quantity", "How much, as 4 items or 250 persons.")] = None
    place: Annotated[Place | None, ask("Place", "Where it is needed.")] = None
    window: Annotated[Window, ask("Window", "When it is needed.")] = Window()
    command_state: Annotated[CommandState | None, ask("Command state", "Under whose command, how far.")] = None
    notice: Annotated[Quantity | None, ask("Notice to move", "Within what notice, as 5 d or 72 h.")] = None
    priority: Annotated[Annotated[int, Meta(ge=1, le=999)] | None, ask("Priority", "1 is the most urgent.")] = None
    scenario: Annotated[ElementRef | None, ask("Scenario", "The scenario it follows from, as PARTY/element.")] = None
    branches: Annotated[Lines, ask("Branches", "Ids of the branches it is for, one a line; empty for all.")] = ()


def need_unique_ids(what: str, ids: Sequence[str]) -> None:
    """Nothing; raises WrongValueError naming the first id that stands twice among `what`."""
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise WrongValueError(f"Two {what} have the id {name!r}: give each its own.")
        seen.add(name)


def branch_tree(branches: Sequence[Branch]) -> tuple[BranchNode, ...]:
    """The branches as a tree, in their written order at every level.

    Raises WrongValueError where one hangs on a branch that is not there, on itself through others, or deeper than
    MAX_BRANCH_DEPTH.
    """
    known, below = {branch.id for branch in branches}, dict[str, list[Branch]]()
    for branch in branches:
        if branch.after and branch.after not in known:
            raise WrongValueError(f"Branch {branch.id} hangs on {branch.after!r}, which this scenario lacks.")
        below.setdefault(branch.after, []).append(branch)

    def grown(after: str, depth: int) -> tuple[BranchNode, ...]:
        rows = below.pop(after, [])
        if rows and depth > MAX_BRANCH_DEPTH:
            raise WrongValueError(f"Branch {rows[0].id} lies deeper than {MAX_BRANCH_DEPTH} levels: start a scenario.")
        return tuple(BranchNode(branch=row, depth=depth, below=grown(row.id, depth + 1)) for row in rows)

    tree = grown("", 1)
    if below:  # what no root reaches hangs on itself
        rest = sorted(row.id for rows in below.values() for row in rows)
        raise WrongValueError(f"These branches hang on each other in a circle: {', '.join(rest[:10])}.")
    return tree
