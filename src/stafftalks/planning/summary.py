"""Elements laid out for reading, as plain data that pages, terminals and the release preview draw alike.

One layout for all, so that what a disclosure officer sees before a release is what the partner will see after it.
Labels and headings are messages that a page translates; texts are the planners' own and are shown as they are.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, choice_label, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.scenarios import Branch, BranchNode, branch_tree
from stafftalks.planning.talk import (
    Acknowledgement,
    Adoption,
    Comment,
    Consent,
    ConsentRequest,
    Position,
    Suggestion,
)
from stafftalks.planning.text import Part, Row
from stafftalks.planning.wording import row_name, shortened, text_of
from stafftalks.values.scale import Grade, Likelihood, ScaleName

UNKNOWN_LABELS: Final = ("Kind", "Not known here", "As received")
"""The labels of an element of unknown kind."""


Said: TypeAlias = Comment | Position | Suggestion | Adoption | ConsentRequest | Consent | Acknowledgement
"""Talk: what may stand without a title of its own."""


class Table(msgspec.Struct, frozen=True):
    """Rows under column headings; every row has as many cells as there are columns.

    `marks` are the rows' own portion marks as they were typed, one for each row: empty where a row bears what its section bears.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """A part of an element. `level` 1 is the element itself; a heading is a message, a `name` the planners' own.

    `mark` is the portion mark as it was typed of the innermost row that this stands in and that bears one; empty: as the element.
    """

    heading: str
    level: int
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    table: Table | None = None
    mark: str = ""


def headline(content: Content | UnknownContent) -> str:
    """One line that names the element: its title, or what a comment, position, suggestion or adoption says."""
    match content:
        case UnknownContent():
            return f"Unknown kind: {content.kind}"
        case _ if isinstance(content, Said) and not content.title:
            return shortened(_said(content))
        case _:
            return content.title


def facts(content: Content | UnknownContent) -> tuple[tuple[str, str], ...]:
    """The short fields that are filled, as (label, text), and how many rows each table has: enough for a card."""
    if isinstance(content, UnknownContent):
        return ((UNKNOWN_LABELS[0], content.kind),)
    found: list[tuple[str, str]] = []
    for field in describe(kind_of(content)).fields:
        value = getattr(content, field.name)
        if field.widget in ("rows", "lines", "refs"):
            found.extend([(field.label, str(len(value)))] if value else [])
        elif field.widget not in ("longtext", "paragraphs", "group") and field.name != "title":
            found.extend(_fact(field, value))
        elif field.widget == "group":
            found.extend(fact for inner in field.fields for fact in _fact(inner, getattr(value, inner.name)))
    return tuple(found)


def sections(content: Content | UnknownContent) -> tuple[Section, ...]:
    """The whole element for reading, in the order of its form; empty fields are left out."""
    if isinstance(content, UnknownContent):
        raw = content.raw.decode("utf-8", "replace")
        return (
            Section(UNKNOWN_LABELS[1], 1, content.kind, ((UNKNOWN_LABELS[0], content.kind),)),
            Section(UNKNOWN_LABELS[2], 2, paragraphs=(raw,)),
        )
    spec = describe(kind_of(content))
    return tuple(_laid_out(spec.label, headline(content), 1, spec.fields, content))


def _laid_out(
    heading: str, name: str, level: int, fields: Iterable[FieldSpec], holder: object, mark: str = ""
) -> list[Section]:
    """A section for `holder` with its short fields, then one for each field that needs room; `mark` is of what it stands in."""
    mark = (holder.mark if isinstance(holder, Row) else "") or mark
    short: list[tuple[str, str]] = []
    below: list[Section] = []
    for field in fields:
        value = getattr(holder, field.name)
        if field.widget == "rows":
            below.extend(_rows(field, value, level + 1, mark))
        elif field.widget in ("group", "paragraphs"):
            inner = _laid_out(field.label, "", level + 1, field.fields, value, mark)
            below.extend(inner if len(inner) > 1 or inner[0].facts else [])
        elif field.widget == "longtext":
            below.extend([Section(field.label, level + 1, paragraphs=_paragraphs(value), mark=mark)] if value else [])
        elif field.widget in ("lines", "refs"):
            items = tuple(map(text_of, value))
            below.extend([Section(field.label, level + 1, items=items, mark=mark)] if items else [])
        elif not (level == 1 and field.name == "title"):
            short.extend(_fact(field, value))
    derived = holder.derived() if isinstance(holder, Part) else ()
    return [Section(heading, level, name, (*short, *derived), mark=mark), *below]


def _rows(field: FieldSpec, rows: tuple[Part, ...], level: int, mark: str) -> list[Section]:
    if not rows:
        return []
    if any(inner.widget in ("rows", "longtext", "paragraphs") for inner in field.fields):
        laid_out = [Section(field.label, level, mark=mark)]
        for row in rows:
            laid_out.extend(_laid_out(field.label, row_name(field, row), level + 1, field.fields[1:], row, mark))
        return laid_out
    branches = tuple(row for row in rows if isinstance(row, Branch))
    if branches:
        return [Section(field.label, level, table=_branches(field, branch_tree(branches)), mark=mark)]
    return [Section(field.label, level, table=_table(field, rows), mark=mark)]


def _table(field: FieldSpec, rows: tuple[Part, ...]) -> Table:
    cells = [[(inner.label, _cell(inner, getattr(row, inner.name))) for inner in field.fields] for row in rows]
    whole = [[*line, *row.derived()] for line, row in zip(cells, rows, strict=True)]
    columns = tuple(dict.fromkeys(label for line in whole for label, text in line if text))
    lines = [dict(line) for line in whole]
    cells_of = tuple(tuple(line.get(column, "") for column in columns) for line in lines)
    return Table(columns, cells_of, tuple(row.mark if isinstance(row, Row) else "" for row in rows))


def _branches(field: FieldSpec, tree: tuple[BranchNode, ...]) -> Table:
    """The branches in the order of the tree; each title is led by one mark for every level above it."""
    walked: list[BranchNode] = []

    def walk(nodes: tuple[BranchNode, ...]) -> None:
        for node in nodes:
            walked.append(node)
            walk(node.below)

    walk(tree)
    table = _table(field, tuple(node.branch for node in walked))
    at = table.columns.index("Title")
    marked = [
        (*row[:at], "› " * (node.depth - 1) + row[at], *row[at + 1 :])
        for node, row in zip(walked, table.rows, strict=True)
    ]
    return Table(table.columns, tuple(marked), table.marks)


def _fact(field: FieldSpec, value: object) -> list[tuple[str, str]]:
    text = _cell(field, value)
    return [(field.label, text)] if text else []


def _cell(field: FieldSpec, value: object) -> str:
    """A short field as people read it: choices by label, grades and likelihoods with what they mean."""
    if field.widget == "choice":
        return choice_label(text_of(value))
    if isinstance(value, Grade):
        return f"{value}: {value.words}"
    if isinstance(value, Likelihood) and value.scale is not ScaleName.PERCENT:
        low, high = value.range()
        return f"{value}: {low} to {high} %"
    if isinstance(value, tuple):
        return "; ".join(map(text_of, value))
    if field.widget == "group":
        return ", ".join(
            f"{label}: {text}" for inner in field.fields for label, text in _fact(inner, getattr(value, inner.name))
        )
    return text_of(value)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip("\n") for part in text.split("\n\n")) if part)


def _said(content: Said) -> str:
    match content:
        case Comment(text=text):
            return text
        case Position(stance=stance, statement=statement):
            return f"{choice_label(stance)}: {statement}" if statement else choice_label(stance)
        case Suggestion(field=field, proposed=proposed):
            return f"{field}: {proposed}" if proposed else field
        case Adoption(about=about, statement=statement):
            return statement or str(about)
        case ConsentRequest(recipient=recipient, purpose=purpose):
            return f"To pass on to {recipient}: {purpose}" if purpose else f"To pass on to {recipient}"
        case Consent(verdict=verdict, recipient=recipient):
            return f"{choice_label(verdict)}: to pass on to {recipient}"
        case Acknowledgement(readers=readers, statement=statement):
            return statement or ("Received" if readers is None else f"Read by {readers}")
