"""What changed between two versions, field by field, in sentences a planner reads.

Rows are matched by their first field (id, letter, name) where it tells them apart on both sides, else by what stayed
the same between them; a matched row that only stands elsewhere is moved, not removed and added. A long text says how
much of it changed; `words` shows where. Nothing here judges a change.
"""

import re
from collections.abc import Hashable, Sequence
from typing import Literal

import msgspec

from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.matching import gaps, rising
from stafftalks.planning.wording import change_in_words, join_labels, number, row_name, shortened, text_of
from stafftalks.values.errors import MisuseError

_MAX_WORDS = 20_000
_Path = tuple[str | int, ...]


class _Spot(msgspec.Struct, frozen=True):
    """Where comparing stands: the path in the later version, and the one in the earlier, where rows may stand elsewhere."""

    now: _Path = ()
    was: _Path = ()

    def at(self, name: str | int, was: str | int | None = None) -> "_Spot":
        """One step further; `was` where the earlier version's step differs."""
        return _Spot((*self.now, name), (*self.was, name if was is None else was))


class Change(msgspec.Struct, frozen=True):
    """One thing that differs. `path` names it in the later version, or in the earlier where it was removed."""

    path: _Path
    label: str
    sort: Literal["added", "removed", "changed", "moved"]
    before: str | None
    after: str | None
    sentence: str


class Span(msgspec.Struct, frozen=True):
    """A run of words: the same in both, removed from the first, or added in the second."""

    sort: Literal["same", "removed", "added"]
    text: str


def diff(before: Content, after: Content) -> tuple[Change, ...]:
    """Every change from `before` to `after`, in the order of the form; none where they are equal.

    Raises MisuseError where the two are of different kinds.
    """
    kind = kind_of(before)
    if kind != kind_of(after):
        raise MisuseError(f"A {kind} and a {kind_of(after)} cannot be compared: choose two versions of one element.")
    changes: list[Change] = []
    _fields(describe(kind).fields, before, after, _Spot(), "", changes)
    return tuple(changes)


def words(before: str, after: str) -> tuple[Span, ...]:
    """The two texts woven together word by word; white space belongs to the word before it.

    Joining the same and added spans gives `after`; the same and removed ones give `before`. Texts of more than 20,000
    words together are shown as wholly replaced.
    """
    if before == after:
        return (Span("same", after),) if after else ()
    one, other = _tokens(before), _tokens(after)
    if len(one) + len(other) > _MAX_WORDS:
        return tuple(span for span in (Span("removed", before), Span("added", after)) if span.text)
    spans: list[Span] = []
    for same, start, end, first, last in gaps(one, other):
        if same:
            spans.append(Span("same", "".join(one[start:end])))
            continue
        if end > start:
            spans.append(Span("removed", "".join(one[start:end])))
        if last > first:
            spans.append(Span("added", "".join(other[first:last])))
    return tuple(spans)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)


def _fields(
    fields: tuple[FieldSpec, ...], before: object, after: object, spot: _Spot, label: str, changes: list[Change]
) -> None:
    for field in fields:
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        here, named = spot.at(field.name), join_labels(label, field.label)
        if field.widget == "rows":
            _rows(field, old, new, here, named, changes)
        elif field.widget == "window":
            for inner in field.fields:
                one, other = getattr(old, inner.name), getattr(new, inner.name)
                if one != other:
                    changes.append(_value(inner, one, other, here.at(inner.name), f"{named} {inner.label.lower()}"))
        elif field.fields:
            _fields(field.fields, old, new, here, named, changes)
        elif field.widget in ("lines", "refs"):
            _lines(old, new, here, named, changes)
        else:
            changes.append(_value(field, old, new, here, named))


def _value(field: FieldSpec, old: object, new: object, spot: _Spot, label: str) -> Change:
    before, after = text_of(old), text_of(new)
    if not before:
        sentence = f"{label} was added: {shortened(after)}".rstrip(".") + "."
        return Change(spot.now, label, "added", None, after, sentence)
    if not after:
        sentence = f"{label} was removed; it was: {shortened(before)}".rstrip(".") + "."
        return Change(spot.was, label, "removed", before, None, sentence)
    if field.widget == "longtext":
        return Change(spot.now, label, "changed", before, after, f"{label} was reworded: {_counted(before, after)}.")
    return Change(spot.now, label, "changed", before, after, f"{label} {change_in_words(field.widget, old, new)}")


def _counted(before: str, after: str) -> str:
    spans = words(before, after)
    added, removed = (
        sum(len(span.text.split()) for span in spans if span.sort == sort) for sort in ("added", "removed")
    )
    if not added and not removed:
        return "only its spacing changed"
    return f"{number(added)} word{'' if added == 1 else 's'} added, {number(removed)} removed"


def _lines(old: Sequence[object], new: Sequence[object], spot: _Spot, label: str, changes: list[Change]) -> None:
    one, other = [text_of(item) for item in old], [text_of(item) for item in new]
    gone: list[tuple[int, str]] = []
    come: list[tuple[int, str]] = []
    for same, start, end, first, last in gaps(one, other):
        if not same:
            gone.extend(enumerate(one[start:end], start))
            come.extend(enumerate(other[first:last], first))
    left: dict[str, list[int]] = {}
    for index, text in reversed(gone):
        left.setdefault(text, []).append(index)
    for index, text in come:
        if left.get(text):
            changes.append(_moved((*spot.now, index), label, text, left[text].pop(), index))
        else:
            sentence = f"{label}: “{shortened(text)}” was added."
            changes.append(Change((*spot.now, index), label, "added", None, text, sentence))
    for index, text in sorted((index, text) for text, places in left.items() for index in places):
        sentence = f"{label}: “{shortened(text)}” was removed."
        changes.append(Change((*spot.was, index), label, "removed", text, None, sentence))


def _rows(
    field: FieldSpec, old: Sequence[Hashable], new: Sequence[Hashable], spot: _Spot, label: str, changes: list[Change]
) -> None:
    one, other = [row_name(field, row) for row in old], [row_name(field, row) for row in new]
    if len(set(one)) < len(one) or len(set(other)) < len(other):
        _unnamed_rows(field, old, new, spot, label, changes)
        return
    was, still = {name: index for index, name in enumerate(one)}, set(other)
    kept = [was[name] for name in other if name in was]
    stay = {kept[index] for index in rising(kept)}
    for index, (name, row) in enumerate(zip(other, new, strict=True)):
        here, named = spot.at(index, was.get(name)), f"{label} {shortened(name)}"
        if name not in was:
            changes.append(_row(field, row, here.now, named, "added"))
            continue
        if was[name] not in stay:
            changes.append(_moved(here.now, label, name, was[name], index))
        _fields(field.fields, old[was[name]], row, here, named, changes)
    for index, (name, row) in enumerate(zip(one, old, strict=True)):
        if name not in still:
            changes.append(_row(field, row, (*spot.was, index), f"{label} {shortened(name)}", "removed"))


def _unnamed_rows(
    field: FieldSpec, old: Sequence[Hashable], new: Sequence[Hashable], spot: _Spot, label: str, changes: list[Change]
) -> None:
    """Rows that their first field does not tell apart: matched by the longest run of equal rows, then by place."""
    for same, start, end, first, last in gaps(old, new):
        if same:
            continue
        paired = min(end - start, last - first)
        for step in range(paired):
            here, row = spot.at(first + step, start + step), new[first + step]
            _fields(field.fields, old[start + step], row, here, f"{label} {first + step + 1}", changes)
        for index in range(first + paired, last):
            changes.append(_row(field, new[index], (*spot.now, index), f"{label} {index + 1}", "added"))
        for index in range(start + paired, end):
            changes.append(_row(field, old[index], (*spot.was, index), f"{label} {index + 1}", "removed"))


def _row(field: FieldSpec, row: object, path: _Path, label: str, sort: Literal["added", "removed"]) -> Change:
    cells = [(inner, _cell(inner, getattr(row, inner.name))) for inner in field.fields]
    text = "; ".join(cell for _, cell in cells if cell)
    told = "; ".join(cell for inner, cell in cells[1:] if cell not in ("", inner.default))
    sentence = (f"{label} was {sort}: {shortened(told)}" if told else f"{label} was {sort}").rstrip(".") + "."
    return Change(path, label, sort, text if sort == "removed" else None, text if sort == "added" else None, sentence)


def _cell(field: FieldSpec, value: object) -> str:
    if field.widget == "rows" and isinstance(value, tuple):
        return ", ".join(row_name(field, row) for row in value)
    if field.fields and field.widget != "window":
        return ", ".join(filter(None, (_cell(inner, getattr(value, inner.name)) for inner in field.fields)))
    return " ".join(text_of(value).split())


def _moved(path: _Path, label: str, name: str, old: int, new: int) -> Change:
    sentence = f"{label}: “{shortened(name)}” moved from place {old + 1} to place {new + 1}."
    return Change(path, label, "moved", str(old + 1), str(new + 1), sentence)
