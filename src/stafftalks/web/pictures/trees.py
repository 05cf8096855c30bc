"""Rows that name the row above them, drawn as a tree: the branches of a scenario, the task organisation of a plan."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from stafftalks.planning import forms
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import BranchNode, Scenario, branch_tree
from stafftalks.planning.task_organisation import OrganisationNode, organisation_tree
from stafftalks.services.workspace import Piece
from stafftalks.values.scale import Likelihood

Field = Literal["branches", "organisation"]
ABOVE: Mapping[Field, str] = {"branches": "after", "organisation": "under"}
"""The sub-field of each table that names the row above."""


class Twig(msgspec.Struct, frozen=True):
    """One row of the tree: `at` is its number in the table, `above` the id of the row it hangs on, `depth` 1 at the top.

    `before` and `behind` are the numbers of its neighbours under the same row, None at the ends. `fields` are all its texts by
    sub-field, as people type them. A likelihood stands as its words and its lowest and highest percent.
    """

    at: int
    id: str
    title: str
    above: str
    depth: int
    before: int | None
    behind: int | None
    fields: Mapping[str, str]
    sort: str = ""
    detail: str = ""
    force: str = ""
    likelihood: str = ""
    low: int | None = None
    high: int | None = None


def twigs_of(piece: Piece, field: Field) -> tuple[Twig, ...]:
    """The rows in the order in which the tree is read from the top; none where the element holds no such table."""
    content = piece.content
    if isinstance(content, UnknownContent) or not isinstance(content, Scenario | Plan):
        return ()
    if isinstance(content, Scenario) == (field == "organisation"):
        return ()
    nodes = branch_tree(content.branches) if isinstance(content, Scenario) else organisation_tree(content.organisation)
    if isinstance(content, Scenario):
        ids = [branch.id for branch in content.branches]
    else:
        ids = [line.id for line in content.organisation]
    numbers = {name: at for at, name in enumerate(ids)}
    texts = _texts(forms.flatten(content), field)
    found: list[Twig] = []
    # Walked without recursion: ten thousand lines may hang in one chain.
    waiting: list[tuple[BranchNode | OrganisationNode, int | None, int | None]] = list(
        reversed(_lined_up(nodes, numbers))
    )
    while waiting:
        node, before, behind = waiting.pop()
        found.append(_twig(node, numbers, texts, before, behind))
        waiting.extend(reversed(_lined_up(node.below, numbers)))
    return tuple(found)


def _lined_up(
    nodes: tuple[BranchNode, ...] | tuple[OrganisationNode, ...], numbers: Mapping[str, int]
) -> list[tuple[BranchNode | OrganisationNode, int | None, int | None]]:
    """Siblings with the numbers of the rows before and behind each."""
    at = [numbers[_id_of(node)] for node in nodes]
    return list(zip(nodes, [None, *at], [*at[1:], None], strict=False))


def _id_of(node: BranchNode | OrganisationNode) -> str:
    return node.branch.id if isinstance(node, BranchNode) else node.line.id


def _twig(
    node: BranchNode | OrganisationNode,
    numbers: Mapping[str, int],
    texts: Mapping[int, Mapping[str, str]],
    before: int | None,
    behind: int | None,
) -> Twig:
    if isinstance(node, BranchNode):
        branch = node.branch
        low, high = _bounds(branch.likelihood)
        at = numbers[branch.id]
        return Twig(
            at, branch.id, branch.title, branch.after, node.depth, before, behind, texts[at],
            sort=branch.sort.value, detail=branch.condition, likelihood=str(branch.likelihood or ""), low=low, high=high,
        )  # fmt: skip
    line = node.line
    at = numbers[line.id]
    detail = ", ".join(part for part in (line.command_state or "", str(line.window)) if part)
    return Twig(
        at, line.id, line.name, line.under, node.depth, before, behind, texts[at],
        detail=detail, force=str(line.force or ""),
    )  # fmt: skip


def _bounds(likelihood: Likelihood | None) -> tuple[int | None, int | None]:
    return likelihood.range() if likelihood is not None else (None, None)


def _texts(flat: Mapping[str, str], field: Field) -> dict[int, dict[str, str]]:
    """The table's texts by row number and sub-field."""
    rows: dict[int, dict[str, str]] = {}
    for name, text in flat.items():
        head, _, rest = name.partition(".")
        number, _, sub = rest.partition(".")
        if head == field and number.isdecimal():
            rows.setdefault(int(number), {})[sub] = text
    return rows


def exchanged(one: Twig, other: Twig, field: Field) -> dict[str, str]:
    """What to write so that two rows change places in their table; each keeps its id, and so what hangs on it."""
    return {
        f"{field}.{at}.{sub}": text
        for at, row in ((one.at, other), (other.at, one))
        for sub, text in row.fields.items()
    }
