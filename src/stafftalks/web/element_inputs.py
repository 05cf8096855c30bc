"""An element's form as a tree of inputs, made from its kind's description and from what was typed so far.

Adding and removing rows is done by submit buttons that give the form back, so that it works without a script and nothing typed is lost.
"""

import re
from collections.abc import Mapping

import msgspec

from stafftalks.planning.fields import Choice, FieldSpec, KindSpec

MOST_ROWS = 2_000
_INPUT = frozenset(
    {
        "moment",
        "instant",
        "place",
        "quantity",
        "count",
        "likelihood",
        "grade",
        "ref",
        "exactref",
        "text",
        "integer",
        "floor",
        "ceiling",
    }
)
_PROPOSED = (
    ("marking.policy", "known-policy"),
    ("marking.classification", "known-level"),
    (".mark", "known-mark"),
)
"""Proposals for what is typed into a marking, by how the field's name ends."""
_AREA = frozenset({"longtext", "lines", "refs"})


class Input(msgspec.Struct, frozen=True):
    """One field as drawn: `shape` is line, area, tick, choice, group or rows; `rows` are (number, inputs)."""

    name: str
    label: str
    help: str
    shape: str
    widget: str
    required: bool
    value: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    parts: tuple["Input", ...] = ()
    rows: tuple["InputRow", ...] = ()
    warning: str = ""

    @property
    def id(self) -> str:
        """The HTML id."""
        return "f-" + self.name.replace(".", "-")

    @property
    def list_id(self) -> str:
        """The id of the proposals that go with the input, empty where it has none."""
        if self.widget in ("ref", "exactref"):
            return f"known-{self.widget}"
        for ending, proposals in _PROPOSED:
            if f".{self.name}".endswith(ending):
                return proposals
        return f"known-{self.widget}" if self.choices and self.widget == "likelihood" else ""

    @property
    def next_row(self) -> str:
        """The id of the row that an Add button makes."""
        return f"{self.id}-{max((row.number for row in self.rows), default=-1) + 1}"


class InputRow(msgspec.Struct, frozen=True):
    """One row of a table, as its inputs."""

    number: int
    parts: tuple[Input, ...]
    error: str = ""


def inputs(
    spec: KindSpec, typed: Mapping[str, str], errors: Mapping[str, str], warnings: Mapping[str, str] | None = None
) -> tuple[Input, ...]:
    """The form of `spec`, filled with `typed` by dotted name, each error and each warning (which stops no saving) at its field."""
    said = _Said(errors, warnings or {})
    return tuple(_input(field, field.name, typed, said) for field in spec.fields)


class _Said(msgspec.Struct, frozen=True):
    errors: Mapping[str, str]
    warnings: Mapping[str, str]


def all_inputs(tree: tuple[Input, ...]) -> tuple[Input, ...]:
    """Every input of the tree that holds a value."""
    found: list[Input] = []
    for one in tree:
        below = one.parts + tuple(part for row in one.rows for part in row.parts)
        found += all_inputs(below) if below else [one]
    return tuple(found)


def with_row(typed: dict[str, str], rows: str) -> tuple[dict[str, str], str]:
    """What was typed with one more blank row in the table `rows`; and that row's prefix."""
    number = max(_numbers(typed, rows), default=-1) + 1
    if number >= MOST_ROWS:
        return typed, rows
    return {**typed, f"{rows}.{number}.": ""}, f"{rows}.{number}"


def without_row(typed: dict[str, str], row: str) -> dict[str, str]:
    """What was typed without the row whose prefix is `row`; the numbers of the others stay."""
    return {name: value for name, value in typed.items() if not name.startswith(f"{row}.")}


def _input(field: FieldSpec, name: str, typed: Mapping[str, str], said: _Said) -> Input:
    shape = _shape(field)
    parts: tuple[Input, ...] = ()
    rows: tuple[InputRow, ...] = ()
    if shape == "group":
        parts = tuple(_input(inner, f"{name}.{inner.name}", typed, said) for inner in field.fields)
    elif shape == "rows":
        rows = tuple(
            InputRow(
                number,
                tuple(_input(inner, f"{name}.{number}.{inner.name}", typed, said) for inner in field.fields),
                said.errors.get(f"{name}.{number}", ""),
            )
            for number in sorted(_numbers(typed, name))
        )
    return Input(
        name, field.label, field.help, shape, field.widget, field.required, typed.get(name, field.default),
        said.errors.get(name, ""), field.choices, parts, rows, said.warnings.get(name, ""),
    )  # fmt: skip


def _shape(field: FieldSpec) -> str:
    if field.widget == "rows":
        return "rows"
    if field.fields:
        return "group"
    if field.widget in _AREA:
        return "area"
    return {"boolean": "tick", "choice": "choice"}.get(field.widget, "line")


def _numbers(typed: Mapping[str, str], rows: str) -> set[int]:
    pattern = re.compile(re.escape(rows) + r"\.([0-9]{1,6})\.")
    return {int(match[1]) for name in typed if (match := pattern.match(name))}
