"""Where a part of one version of an element stands in another: a remark on `branches.2.title` follows its branch when rows move.

Rows are followed by their first field (id, letter, name), which planners keep when they rearrange; a row that is gone is said to be gone.
"""

import msgspec

from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.wording import row_name


class Part(msgspec.Struct, frozen=True):
    """A part of an element in words: the field's label, the row's own name where it is in a table, and the inner field's label."""

    label: str
    row: str = ""
    field: str = ""


def follow(path: str, before: Content, after: Content) -> str | None:
    """The dotted path in `after` of what `path` names in `before`; None where `before` has no such part, or `after` no longer."""
    if kind_of(before) != kind_of(after):
        return None
    fields, old, new = describe(kind_of(before)).fields, before, after
    steps = iter(path.split("."))
    found: list[str] = []
    holders: tuple[object, object] = (old, new)
    for step in steps:
        field = _named(fields, step)
        if field is None:
            return None
        found.append(step)
        holders = getattr(holders[0], step), getattr(holders[1], step)
        fields = field.fields
        if field.widget != "rows":
            continue
        number = next(steps, None)
        if number is None:
            break
        followed = _row(field, holders, number)
        if followed is None:
            return None
        at, holders = followed
        found.append(str(at))
    return ".".join(found)


def part(path: str, content: Content) -> Part | None:
    """What `path` names in `content`, in words; None where it names nothing there."""
    head, *rest = path.split(".")
    field = _named(describe(kind_of(content)).fields, head)
    if field is None:
        return None
    if field.widget != "rows" or not rest:
        inner = _named(field.fields, rest[0]) if rest else None
        return Part(field.label, field=inner.label if inner else "") if bool(inner) == bool(rest) else None
    rows = getattr(content, head)
    if not rest[0].isdecimal() or int(rest[0]) >= len(rows):
        return None
    inner = _named(field.fields, rest[1]) if len(rest) > 1 else None
    if len(rest) > 1 and inner is None:
        return None
    return Part(field.label, row_name(field, rows[int(rest[0])]), inner.label if inner else "")


def _named(fields: tuple[FieldSpec, ...], name: str) -> FieldSpec | None:
    return next((field for field in fields if field.name == name), None)


def _row(field: FieldSpec, tables: tuple[object, object], number: str) -> tuple[int, tuple[object, object]] | None:
    """The number in the later table of the row that stands at `number` in the earlier one, and the row as it was and is."""
    old, new = tables
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return None
    if not number.isascii() or not number.isdecimal() or len(number) > 6 or int(number) >= len(old):
        return None
    was = old[int(number)]
    wanted = row_name(field, was)
    return next(((at, (was, row)) for at, row in enumerate(new) if row_name(field, row) == wanted), None)
