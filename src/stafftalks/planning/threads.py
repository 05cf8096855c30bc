"""Talk as threads: what was said about a text, what was said about that, and the part of a text that a remark is about. Pure.

Talk names exact versions, so a reply hangs on the remark whose exact version it names; where that remark was revised meanwhile it still
hangs there. Circles, which revisions can make, are cut at the remark said first.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.wording import join_labels, row_name, shortened, text_of
from stafftalks.values.ids import ElementId, PartyId

Named = tuple[PartyId, ElementId]
T = TypeVar("T", bound=Hashable)
_MOST_PARTS = 400


class Node(msgspec.Struct, Generic[T], frozen=True):
    """A remark and what was said about it, in the order given."""

    said: T
    replies: tuple["Node[T]", ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A part of a text: its path as forms name it, what it is called, and what it says."""

    path: str
    label: str
    text: str


def named(ref: ElementRef | ExactRef) -> Named:
    """The element that `ref` names, whichever version."""
    return ref.party, ref.element


def topics(remarks: Iterable[tuple[Named, Named]]) -> dict[Named, Named]:
    """For each remark, given as (itself, what it is about), the text that its thread is about: the first that is no remark given.

    A circle of remarks about one another is about the least of them.
    """
    about = dict(remarks)
    found: dict[Named, Named] = {}
    for start in about:
        walked: dict[Named, None] = {}
        at = start
        while at in about and at not in found and at not in walked:
            walked[at] = None
            at = about[at]
        if at in found:
            end = found[at]
        elif at in walked:
            circle = list(walked)
            end = min(circle[circle.index(at) :])
        else:
            end = at
        found.update(dict.fromkeys(walked, end))
    return found


def nest(remarks: Iterable[tuple[Named, Named, T]]) -> tuple[Node[T], ...]:
    """Remarks, given as (itself, what it is about, the remark) in the order they were said, as trees of replies in that order.

    A remark about nothing that is given stands at the top; so does the first of a circle. Every remark stands exactly once.
    """
    given = list(remarks)
    parent = {key: about for key, about, _ in given}
    below: dict[Named, list[tuple[Named, T]]] = {}
    top: list[tuple[Named, T]] = []
    cut: set[Named] = set()
    for key, about, said in given:
        if about not in parent or _circles(key, parent, cut):
            cut.add(key)
            top.append((key, said))
        else:
            below.setdefault(about, []).append((key, said))
    return tuple(_grown(top, below))


def parts_of(content: Content | UnknownContent) -> tuple[Part, ...]:
    """The parts of `content` that a remark can be about: its filled fields and the rows of its tables, in the order of its form."""
    if isinstance(content, UnknownContent):
        return ()
    found: list[Part] = []
    for part in _parts(describe(kind_of(content)).fields, content, "", ""):
        found.append(part)
        if len(found) == _MOST_PARTS:
            break
    return tuple(found)


def part_of(content: Content | UnknownContent, path: str) -> Part | None:
    """The part of `content` that `path` names, as in forms (`narrative`, `branches.0`, `branches.0.title`); None where there is none."""
    if isinstance(content, UnknownContent) or not path:
        return None
    steps = path.strip().split(".")
    fields, holder, label = describe(kind_of(content)).fields, content, ""
    here: object = holder
    spec: FieldSpec | None = None
    for at, step in enumerate(steps):
        if spec is not None and spec.widget == "rows" and isinstance(here, tuple):
            if not step.isdecimal() or len(step) > 6 or int(step) >= len(here):
                return None
            here = here[int(step)]
            label = f"{label} {shortened(row_name(spec, here))}"
            fields, spec = spec.fields, None
            if at == len(steps) - 1:
                return Part(path, label, _row_text(fields, here))
            continue
        spec = next((field for field in fields if field.name == step), None)
        if spec is None:
            return None
        here, label = getattr(here, step), join_labels(label, spec.label)
        fields = spec.fields
    return Part(path, label, _value_text(spec, here)) if spec else None


def _circles(start: Named, parent: Mapping[Named, Named], cut: set[Named]) -> bool:
    """Whether following what is answered leads from `start` back to it."""
    seen = {start}
    at = parent[start]
    while at in parent and at not in cut:
        if at == start:
            return True
        if at in seen:
            return False
        seen.add(at)
        at = parent[at]
    return False


def _grown(top: list[tuple[Named, T]], below: Mapping[Named, list[tuple[Named, T]]]) -> Iterator[Node[T]]:
    """The trees, built from the leaves up and without recursion: a thread may be as deep as people are patient."""
    order: list[tuple[Named, T]] = []
    waiting = list(reversed(top))
    while waiting:
        key, said = waiting.pop()
        order.append((key, said))
        waiting.extend(reversed(below.get(key, [])))
    made: dict[Named, Node[T]] = {}
    for key, said in reversed(order):
        made[key] = Node(said, tuple(made[reply] for reply, _ in below.get(key, [])))
    for key, _ in top:
        yield made[key]


def _parts(fields: tuple[FieldSpec, ...], holder: object, prefix: str, label: str) -> Iterator[Part]:
    for field in fields:
        value, path, here = getattr(holder, field.name), f"{prefix}{field.name}", join_labels(label, field.label)
        if field.widget == "rows":
            for index, row in enumerate(value):
                yield Part(f"{path}.{index}", f"{here} {shortened(row_name(field, row))}", _row_text(field.fields, row))
        elif field.widget in ("group", "paragraphs"):
            yield from _parts(field.fields, value, f"{path}.", here)
        elif text := _value_text(field, value):
            yield Part(path, here, text)


def _row_text(fields: tuple[FieldSpec, ...], row: object) -> str:
    told = ((field, _value_text(field, getattr(row, field.name))) for field in fields)
    return "\n".join(f"{field.label}: {text}" for field, text in told if text)


def _value_text(field: FieldSpec, value: object) -> str:
    if field.widget == "rows" and isinstance(value, tuple):
        return "\n".join(row_name(field, row) for row in value)
    if field.widget in ("group", "paragraphs"):
        return _row_text(field.fields, value)
    return text_of(value)
