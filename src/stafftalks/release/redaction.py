"""Taking out of an element what may not leave: whole portions, or the finer part of a place, a count or a time.

What is made is new content, and what was taken out is nowhere in it: nothing is blanked, covered or kept beside. Taking out a row takes with it
what only hangs on it (branches after it, lines under it) and every field that names it. Free text may still tell of it: `traces` says
where. Nothing is ever added: no text says that something was here.

Each redaction is spelled on one line, `remove branches.B2`, `cell footprint 5`, `round holdings.0.on_hand 10`, `band participants 100`,
`day window`, `unanchor window.start`. One that names a group or a table tells everything in it more coarsely.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.letters import FINEST_CELL, Detail, Letter
from stafftalks.planning.plans import Plan
from stafftalks.planning.portions import (
    CONTAINERS,
    LABELLING,
    Leaf,
    leaves,
    paragraphs,
    path_of,
    row_path,
    within,
)
from stafftalks.planning.scenarios import Scenario
from stafftalks.planning.wording import shortened, text_of
from stafftalks.release.barred import barred_portions
from stafftalks.release.detail import Act, Sort, coarser, finer, fits, sort_of
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.place import Area, Circle, Corridor, NamedPlace, Point, corners_of
from stafftalks.values.policies import Policies
from stafftalks.values.quantity import MAX_NUMBER, Count, Quantity
from stafftalks.values.relative_time import Instant

_GRAINED: Final = {Act.CELL: (0, FINEST_CELL), Act.ROUND: (2, MAX_NUMBER), Act.BAND: (0, MAX_NUMBER)}
_MAX_PATH: Final = 2_000
Holder = TypeVar("Holder", bound=msgspec.Struct)


class Redaction(msgspec.Struct, frozen=True, order=True):
    """One thing to take out: at which path of the exact version, how, and by which grain (a resolution, a multiple)."""

    path: str
    act: Act
    grain: int = 0

    def __str__(self) -> str:
        """The one spelling, as `cell footprint 5`."""
        return f"{self.act} {self.path} {self.grain}" if self.act in _GRAINED else f"{self.act} {self.path}"

    @classmethod
    def parse(cls, line: str) -> "Redaction":
        """The redaction that a line spells; raises MisuseError with the acts there are."""
        word, _, rest = line.strip().partition(" ")
        acts = ", ".join(Act)
        if word not in tuple(Act) or not rest.strip() or len(rest) > _MAX_PATH:
            raise MisuseError(
                f"{line[:60]!r} is no redaction: write one of {acts}, then a path, as remove branches.B2."
            )
        act, path = Act(word), rest.strip()
        if act not in _GRAINED:
            return cls(path, act)
        path, _, grain = path.rpartition(" ")
        low, high = _GRAINED[act]
        if not path.strip() or not re.fullmatch(r"[0-9]{1,16}", grain) or not low <= int(grain) <= high:
            raise MisuseError(f"{line[:60]!r} lacks its grain: {act} ends with a number from {low:,} to {high:,}.")
        return cls(path.strip(), act, int(grain))


class Trace(msgspec.Struct, frozen=True):
    """Where something that was taken out can still be read in what is left; `certain` where it is more than a common word."""

    taken_from: str
    found_in: str
    sentence: str
    certain: bool


def apply(content: Content, redactions: Sequence[Redaction]) -> Content:
    """What is left of `content`. Paths are those of `content` itself, whatever the order of the redactions.

    Raises RefusedError with a sentence for each redaction that names nothing there, does not suit what it names, or would leave
    something that cannot stand; `content` itself is never changed.
    """
    plan = _Plan((*redactions, *implied(content, redactions)))
    left = _of_struct(content, describe(kind_of(content)).fields, "", plan)
    plan.refusals.extend(_unknown(redaction) for redaction in redactions if not plan.reached(redaction))
    if plan.refusals:
        raise RefusedError(*plan.refusals)
    return left


def implied(content: Content, redactions: Sequence[Redaction]) -> tuple[Redaction, ...]:
    """What goes with the rows that `redactions` remove: what hangs on them, and the fields that name them."""
    removed = [redaction.path for redaction in redactions if redaction.act is Act.REMOVE]
    match content:
        case Scenario():
            return tuple(_with_branches(content, removed))
        case Plan():
            return tuple(_with_lines(content, removed))
        case _:
            return ()


def coarsening(content: Content, detail: Detail) -> tuple[Redaction, ...]:
    """What would make `content` tell nothing more finely than `detail` permits, in reading order; none where it does not."""
    found = (Redaction(item.leaf.path, item.act, item.grain) for item in finer(content, detail))
    return tuple(dict.fromkeys(found))


def needed(content: Content, letter: Letter, policies: Policies) -> tuple[Redaction, ...]:
    """What would make `content` comply with a letter's ceilings and detail, in reading order; none where it does, or nothing could.

    Portions whose own marks go above the letter, bar its partner, or are more than the element's marking covers, are taken out whole; a
    mark that cannot be read bars too. What the element as a whole is marked is for its originator, and nothing here mends it.
    """
    barred = [Redaction(path, Act.REMOVE) for path in barred_portions(content, letter, policies)]
    rest = (
        item for item in coarsening(content, letter.detail) if not any(within(item.path, one.path) for one in barred)
    )
    return (*barred, *rest)


def traces(before: Content | UnknownContent, after: Content | UnknownContent) -> tuple[Trace, ...]:
    """Where something that `before` says and `after` no longer does can still be read in `after`, in reading order.

    Looked for as whole words, in any case. A text of which an equal stands left in a place of its own is no trace: it is told there anyway.
    """
    told = leaves(after)
    standing = {text_of(leaf.value) for leaf in told}
    gone = [leaf for leaf in leaves(before) if text_of(leaf.value) not in standing]
    found: dict[tuple[str, str], Trace] = {}
    texts = [(leaf, _folded(text_of(leaf.value))) for leaf in told]
    for leaf in gone:
        for needle in _needles(leaf.value):
            for place, text in texts:
                if needle not in standing and _says(text, _folded(needle)):
                    sentence = f"“{shortened(needle)}”, taken out of {leaf.label}, can still be read in {place.label}."
                    certain = _telling(leaf, needle)
                    found.setdefault((leaf.path, place.path), Trace(leaf.path, place.path, sentence, certain))
    return tuple(found.values())


class _Plan:
    """The redactions by path, which of them found something, and what spoke against them."""

    def __init__(self, redactions: Sequence[Redaction]) -> None:
        self.removed = {item.path: item for item in redactions if item.act is Act.REMOVE}
        self.coarsened = [item for item in dict.fromkeys(redactions) if item.act is not Act.REMOVE]
        self.done: set[Redaction] = set()
        self.refusals: list[Refusal] = []

    def removes(self, path: str) -> bool:
        """Whether what stands at `path` is to be taken out whole."""
        found = self.removed.get(path)
        if found is not None:
            self.done.add(found)
        return found is not None

    def reached(self, redaction: Redaction) -> bool:
        """Whether the redaction found what it names, or all that it names is taken out with something around it."""
        gone = (item.path for item in self.removed.values() if item in self.done and item != redaction)
        return redaction in self.done or any(within(redaction.path, path) for path in gone)

    def touches(self, path: str) -> bool:
        """Whether anything at `path`, inside it or around it is to be changed."""
        inside = any(within(item, path) for item in self.removed)
        return inside or any(within(item.path, path) or within(path, item.path) for item in self.coarsened)


def _of_struct(holder: Holder, fields: tuple[FieldSpec, ...], path: str, plan: _Plan) -> Holder:
    changed: dict[str, object] = {}
    for field in fields:
        here = path_of(path, field.name)
        if field.name in LABELLING or not plan.touches(here):
            continue
        value = getattr(holder, field.name)
        if plan.removes(here):
            left = _emptied(holder, field, here, plan)
        else:
            left = _left(type(holder), field, value, here, plan)
            if left is None and value is not None:
                left = _emptied(holder, field, here, plan)
        if left is not value:
            changed[field.name] = left
    if not changed:
        return holder
    try:
        return msgspec.structs.replace(holder, **changed)
    except ValueError as error:
        what = path or "the element"
        sentence = f"What would be left of {what} cannot stand: {str(error).rstrip('.')}. Take out more of it, or less."
        plan.refusals.append(Refusal("redaction-invalid", sentence))
        return holder


def _left(owner: type[msgspec.Struct], field: FieldSpec, value: object, path: str, plan: _Plan) -> object:
    """What is left of one field that is not removed whole; None where nothing of it may be told."""
    if field.widget == "rows" and isinstance(value, tuple):
        rows = []
        for at, row in enumerate(value):
            where = row_path(path, field, at, row)
            if not plan.removes(where):
                rows.append(_of_struct(row, field.fields, where, plan) if plan.touches(where) else row)
        _reached(path, plan)
        return value if rows == list(value) else tuple(rows)
    if field.widget in CONTAINERS and isinstance(value, msgspec.Struct):
        _reached(path, plan)
        return _of_struct(value, field.fields, path, plan)
    if field.widget == "longtext" and isinstance(value, str):
        parts = paragraphs(value)
        kept = [part for number, part in enumerate(parts, 1) if not plan.removes(f"{path}#{number}")]
        if len(kept) == len(parts):
            return value
        return "\n\n".join(kept) if kept else None
    if isinstance(value, tuple):
        items = tuple(item for at, item in enumerate(value) if not plan.removes(f"{path}.{at}"))
        return value if items == value else items
    return _coarsened(owner, field, value, path, plan)


def _coarsened(owner: type[msgspec.Struct], field: FieldSpec, value: object, path: str, plan: _Plan) -> object:
    sort = sort_of(owner, field, value)
    for item in plan.coarsened:
        if item.path == path and not fits(item.act, sort) and value is not None:
            sentence = f"{item} cannot be done: {field.label} is no {_SUITS[item.act]}. Remove it instead, or leave it."
            plan.refusals.append(Refusal("redaction-unfit", sentence))
            plan.done.add(item)
        elif within(path, item.path) and fits(item.act, sort):
            plan.done.add(item)
            told = coarser(value, item.act, item.grain)
            if told is None:
                return None
            value = told if text_of(told) != text_of(value) else value
    return value


_SUITS: Final = {
    Act.CELL: "place",
    Act.ROUND: "count",
    Act.BAND: "count",
    Act.DAY: "time",
    Act.UNANCHOR: "time",
    Act.REMOVE: "portion",
}


def _reached(path: str, plan: _Plan) -> None:
    """A redaction of a group or a table has named something, be there anything in it to coarsen or not."""
    plan.done.update(item for item in plan.coarsened if item.path == path)


def _emptied(holder: msgspec.Struct, field: FieldSpec, path: str, plan: _Plan) -> object:
    """What stands in the field when nothing does; a refusal where it may not be empty."""
    for found in msgspec.structs.fields(type(holder)):
        if found.name == field.name and not found.required:
            return found.default
    sentence = f"{path} cannot be taken out alone: {field.label} may not be empty. Take out what it stands in."
    plan.refusals.append(Refusal("redaction-required", sentence))
    return getattr(holder, field.name)


def _unknown(redaction: Redaction) -> Refusal:
    sentence = f"{redaction} names nothing that stands in this version. Look up the path and write it again."
    return Refusal("redaction-unknown", sentence)


def _with_branches(scenario: Scenario, removed: Sequence[str]) -> Iterator[Redaction]:
    field = next(field for field in describe("scenario").fields if field.name == "branches")
    paths = {row.id: row_path("branches", field, at, row) for at, row in enumerate(scenario.branches)}
    gone = {name for name, path in paths.items() if path in removed or "branches" in removed}
    yield from _hanging([(row.id, row.after) for row in scenario.branches], paths, gone)
    named = next(field for field in describe("scenario").fields if field.name == "assumptions")
    for at, row in enumerate(scenario.assumptions):
        if row.triggers in gone:
            yield Redaction(f"{row_path('assumptions', named, at, row)}.triggers", Act.REMOVE)


def _with_lines(plan: Plan, removed: Sequence[str]) -> Iterator[Redaction]:
    specs = {field.name: field for field in describe("plan").fields}
    paths = {
        (name, row_id): row_path(name, specs[name], at, row)
        for name in ("phases", "decision_points", "assumptions", "annexes", "organisation")
        for at, row in enumerate(getattr(plan, name))
        for row_id in [text_of(getattr(row, specs[name].fields[0].name))]
    }
    lines = {row_id: path for (name, row_id), path in paths.items() if name == "organisation"}
    gone = {row_id for row_id, path in lines.items() if path in removed or "organisation" in removed}
    yield from _hanging([(row.id, row.under) for row in plan.organisation], lines, gone)
    ids = {row_id for (name, row_id), path in paths.items() if path in removed or name in removed} | gone
    for at, point in enumerate(plan.decision_points):
        where = row_path("decision_points", specs["decision_points"], at, point)
        for number, linked in enumerate(point.linked):
            if linked in ids:
                yield Redaction(f"{where}.linked.{number}", Act.REMOVE)


def _hanging(rows: Sequence[tuple[str, str]], paths: dict[str, str], gone: set[str]) -> Iterator[Redaction]:
    """The rows (id, id of the one above) that hang on those in `gone`; each is added to `gone`."""
    below: dict[str, list[str]] = {}
    for name, above in rows:
        below.setdefault(above, []).append(name)
    waiting = list(gone)
    while waiting:
        for name in below.get(waiting.pop(), ()):
            if name not in gone:
                gone.add(name)
                waiting.append(name)
                yield Redaction(paths[name], Act.REMOVE)


def _says(text: str, needle: str) -> bool:
    """Whether `needle` stands in `text` as whole words."""
    at = text.find(needle)
    while at >= 0:
        end = at + len(needle)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not ((before.isalnum() and needle[0].isalnum()) or (after.isalnum() and needle[-1].isalnum())):
            return True
        at = text.find(needle, at + 1)
    return False


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _needles(value: object) -> tuple[str, ...]:
    """The ways in which a value that was taken out could be written elsewhere."""
    match value:
        case Count():
            return str(value.stated), f"{value.stated:,}"
        case Quantity():
            return str(value), value.number
        case Instant():
            return str(value), str(value)[:10]
        case Point() | Circle() | Corridor() | Area() | NamedPlace():
            return tuple(text for text in (value.name, *map(str, corners_of(value))) if text)
        case int() if not isinstance(value, bool):
            return str(value), f"{value:,}"
        case _:
            return (text_of(value),)


def _telling(leaf: Leaf, needle: str) -> bool:
    """Whether finding this elsewhere tells more than that a common word or a small number stands there."""
    if leaf.field.widget in ("choice", "boolean", "likelihood", "grade"):
        return False
    digits = any(letter.isdigit() for letter in needle)
    if leaf.field.name == "id":
        return digits and not needle.isdigit()
    return (
        len(needle) >= 8
        or (len(needle) >= 3 and digits)
        or (len(needle) >= 3 and sort_of(leaf.owner, leaf.field, leaf.value) is Sort.POSITION)
    )
