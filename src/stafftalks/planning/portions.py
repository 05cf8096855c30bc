"""The portions of an element: every short field, every paragraph of a long text, every row, each with the mark that it bears.

A portion's own mark is what a row says in its field `mark`, or what a text begins with in parentheses, as `(S//REL TO XMR) The text.`; a
bullet or a number may stand before it. A portion without one bears that of the row that it stands in, and at the top that of the element, which
is written as an empty mark. The marking and the origins of an element are no portions: they label it and are never taken out of it.

Paths name portions in one exact version: `branches.B1.title`, `hops.0`, `capabilities.2`, `narrative#1` for the first paragraph. Rows that have an id
or a letter go by it, all others by their place from 0; `%`, `.` and `#` inside an id are written `%25`, `%2E` and `%23`.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.text import Row
from stafftalks.planning.wording import join_labels, row_name, shortened, text_of
from stafftalks.record import canon
from stafftalks.values.ids import VersionHash, base32
from stafftalks.values.label_reading import split_portion_mark

LABELLING: Final = frozenset({"marking", "mark", "origins"})
"""Fields that say how an element is marked and whence it is drawn; no portions."""
CONTAINERS: Final = frozenset({"rows", "group", "paragraphs", "window"})
"""Widgets whose fields are portions, and not they themselves."""
_TEXTS: Final = frozenset({"text", "longtext", "lines"})
_NAMED_BY: Final = ("id", "letter")
_REMEMBERED: Final = 64
"""How many contents' portions are kept: the rules of one release walk through the same content again and again."""
_HASH_PREFIX: Final = b"stafftalks/portion/v1\n"
_LEAD: Final = re.compile(r"\s*(?:(?:[-*•–—]|\(?[0-9]{1,4}(?:\.[0-9]{1,4}){0,6}[.)]?|[A-Za-z][.)])[ \t]+)?")
_IN_PARENTHESES: Final = re.compile(r"(\([^()\n]{1,300}\))[ \t]*")

_MARK_FIELD: Final = '"mark":'
_BEGINS: Final = re.compile(r'(?:"|\\n)(?:\s|\\t)*(?:[^"\\\s]{1,40}(?:\s|\\t)+)?\(')
"""In canonical JSON: a parenthesis that begins a text or a line, after at most one bullet or number."""


class Portion(msgspec.Struct, frozen=True):
    """One portion: where it stands, what it is called, what it says, and the mark that it bears.

    `text` leaves the mark out; that of a row is all that stands in it. `mark` is empty where it bears the element's marking. `row` is whether
    it is a whole row, whose fields follow as portions of their own.
    """

    path: str
    label: str
    text: str
    mark: str
    row: bool


class Leaf(msgspec.Struct, frozen=True):
    """One filled value of an element: a short field, an item of a list, a paragraph. `owner` is the struct that it stands in."""

    path: str
    label: str
    owner: type[msgspec.Struct]
    field: FieldSpec
    value: object
    mark: str


@lru_cache(maxsize=_REMEMBERED)
def portions(content: Content | UnknownContent) -> tuple[Portion, ...]:
    """Every portion that is filled, in reading order; none of a kind that is not known here."""
    if isinstance(content, UnknownContent):
        return ()
    return tuple(_portions(describe(kind_of(content)).fields, content, "", "", ""))


@lru_cache(maxsize=_REMEMBERED)
def leaves(content: Content | UnknownContent) -> tuple[Leaf, ...]:
    """Every value that is filled, in reading order, with where it stands: what detail is judged by."""
    if isinstance(content, UnknownContent):
        return ()
    return tuple(_leaves(describe(kind_of(content)).fields, content, "", "", ""))


def may_be_marked(raw: bytes) -> bool:
    """Whether a portion of the element that these exact bytes spell can bear a mark of its own; True also where only a parenthesis begins a line.

    A look at the bytes, so that the many elements without any are not taken apart for it.
    """
    text = raw.decode("utf-8", "replace")
    return _MARK_FIELD in text or _BEGINS.search(text) is not None


def portion_hash(version: VersionHash, portion: Portion) -> str:
    """The name of this portion of this exact version: 52 base32 characters."""
    said = canon.encode({"path": portion.path, "mark": portion.mark, "text": portion.text, "version": version})
    return base32(hashlib.sha256(_HASH_PREFIX + said).digest())


def within(path: str, outer: str) -> bool:
    """Whether `path` is `outer` or stands inside it."""
    return path == outer or path.startswith((f"{outer}.", f"{outer}#"))


def path_of(outer: str, name: str) -> str:
    """The path of the field `name` of what stands at `outer`."""
    return f"{outer}.{name}" if outer else name


def row_path(outer: str, field: FieldSpec, at: int, row: object) -> str:
    """The path of a row of the table at `outer`: by its id or letter, else by its place."""
    key = field.fields[0].name
    if key not in _NAMED_BY:
        return f"{outer}.{at}"
    name = text_of(getattr(row, key)).replace("%", "%25").replace(".", "%2E").replace("#", "%23")
    return f"{outer}.{name}"


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a long text. A line that begins with a mark begins one, also where no empty line stands before it."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip() or (found[-1] and split_mark(line)[0]):
            found.append([])
        if line.strip():
            found[-1].append(line)
    return tuple("\n".join(part) for part in found if part)


def split_mark(text: str) -> tuple[str, str]:
    """The portion mark at the beginning of a text, without its parentheses (empty where none), and the text without it."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    found = _IN_PARENTHESES.match(text, start)
    mark = split_portion_mark(found[1])[0] if found else ""
    return (mark, text[:start] + text[found.end() :]) if found and mark else ("", text)


def without_lead(text: str) -> str:
    """The text without the bullet or number that it begins with."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def _leaves(fields: tuple[FieldSpec, ...], holder: msgspec.Struct, path: str, label: str, mark: str) -> Iterator[Leaf]:
    for field in fields:
        if field.name in LABELLING:
            continue
        value, here, named = getattr(holder, field.name), path_of(path, field.name), join_labels(label, field.label)
        if field.widget == "rows":
            for at, row in enumerate(value):
                yield from _leaves(
                    field.fields,
                    row,
                    row_path(here, field, at, row),
                    _row_label(named, field, row),
                    _mark_of(row, mark),
                )
        elif field.widget in CONTAINERS:
            yield from _leaves(field.fields, value, here, named, _mark_of(value, mark))
        else:
            for where, called, part in _values(field, value, here, named):
                own, rest = split_mark(part) if isinstance(part, str) and field.widget in _TEXTS else ("", part)
                yield Leaf(where, called, type(holder), field, rest, own or mark)


def _values(field: FieldSpec, value: object, path: str, label: str) -> Iterator[tuple[str, str, object]]:
    """The filled values of one field that holds no other fields: itself, its items or its paragraphs."""
    if field.widget == "longtext" and isinstance(value, str):
        parts = paragraphs(value)
        for number, part in enumerate(parts, 1):
            yield f"{path}#{number}", label if len(parts) == 1 else f"{label}, paragraph {number}", part
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield f"{path}.{at}", label if len(value) == 1 else f"{label} {at + 1}", item
    elif text_of(value):
        yield path, label, value


def _portions(
    fields: tuple[FieldSpec, ...], holder: msgspec.Struct, path: str, label: str, mark: str
) -> Iterator[Portion]:
    for field in fields:
        if field.name in LABELLING:
            continue
        value, here, named = getattr(holder, field.name), path_of(path, field.name), join_labels(label, field.label)
        if field.widget == "rows":
            for at, row in enumerate(value):
                yield from _row(field, row, row_path(here, field, at, row), _row_label(named, field, row), mark)
        elif isinstance(value, Row):
            yield from _row(field, value, here, named, mark)
        elif field.widget in CONTAINERS:
            yield from _portions(field.fields, value, here, named, mark)
        else:
            one = (field,)
            for leaf in _leaves(one, holder, path, label, mark):
                yield Portion(leaf.path, leaf.label, text_of(leaf.value), leaf.mark, row=False)


def _row(field: FieldSpec, row: Row, path: str, label: str, mark: str) -> Iterator[Portion]:
    borne = _mark_of(row, mark)
    inside = tuple(_portions(field.fields, row, path, label, borne))
    if inside:
        yield Portion(path, label, "; ".join(part.text for part in inside if not part.row), borne, row=True)
        yield from inside


def _mark_of(holder: object, outer: str) -> str:
    return (holder.mark if isinstance(holder, Row) else "") or outer


def _row_label(label: str, field: FieldSpec, row: object) -> str:
    return f"{label} {shortened(row_name(field, row))}"
