"""Task organisation: who works under whom in one plan, as rows that name the row above them.

Rows and not nested trees, for the reason that branches are rows: a line keeps its id when the tree is rearranged.
"""

from collections.abc import Sequence
from typing import Annotated

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import CommandState, need_unique_ids
from stafftalks.planning.text import Line, Name, Part, Row, RowId, ask
from stafftalks.values.errors import WrongValueError
from stafftalks.values.relative_time import Window


class TaskedForce(Row, frozen=True, kw_only=True):
    """One line of the task organisation: a force, or a headquarters or group that holds others."""

    id: Annotated[RowId, ask("Id", "A short name, as T1.")]
    name: Annotated[Name, ask("Name", "The force, headquarters or group.")]
    under: Annotated[Line, ask("Under", "The id of the line it works under; empty at the top.")] = ""
    force: Annotated[ElementRef | None, ask("Force", "The force it is, as PARTY/element, where it is an element.")] = (
        None
    )
    command_state: Annotated[CommandState | None, ask("Command state", "Under whose command, how far.")] = None
    window: Annotated[Window, ask("Window", "From when to when.")] = Window()


class OrganisationNode(Part, frozen=True, kw_only=True):
    """A line with those that work under it, at `depth` 1 for the top."""

    line: TaskedForce
    depth: int
    below: tuple["OrganisationNode", ...] = ()


def need_forest(lines: Sequence[TaskedForce]) -> None:
    """Nothing; raises WrongValueError where two lines share an id, or `organisation_tree` finds no tree."""
    need_unique_ids("lines of the task organisation", [line.id for line in lines])
    organisation_tree(lines)


def organisation_tree(lines: Sequence[TaskedForce]) -> tuple[OrganisationNode, ...]:
    """The lines as trees, in their written order at every level.

    Raises WrongValueError where one works under a line that is not there, or under itself through others. Walked without
    recursion on the way down, since ten thousand lines may hang in one chain.
    """
    known = {line.id for line in lines}
    below: dict[str, list[TaskedForce]] = {}
    for line in lines:
        if line.under and line.under not in known:
            raise WrongValueError(f"Line {line.id} works under {line.under!r}, which this task organisation lacks.")
        below.setdefault(line.under, []).append(line)
    order: list[tuple[TaskedForce, int]] = []
    waiting = [(line, 1) for line in reversed(below.get("", []))]
    while waiting:
        line, depth = waiting.pop()
        order.append((line, depth))
        waiting.extend((under, depth + 1) for under in reversed(below.get(line.id, [])))
    if len(order) < len(lines):
        reached = {line.id for line, _ in order}
        rest = sorted(known - reached)
        raise WrongValueError(f"These lines work under each other in a circle: {', '.join(rest[:10])}.")
    nodes: dict[str, OrganisationNode] = {}
    for line, depth in reversed(order):
        inner = tuple(nodes[under.id] for under in below.get(line.id, []))
        nodes[line.id] = OrganisationNode(line=line, depth=depth, below=inner)
    return tuple(nodes[line.id] for line in below.get("", []))
