"""Changing some fields of an own element, as a table cell, a drag on the map or a step on the timeline does: the rest stays as it stands.

Whoever changes a field names the version they looked at. Where someone else saved meanwhile, fields that both left alone or that only
one touched are merged; a field that both changed is a conflict that a person settles, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.planning import forms
from stafftalks.planning.forms import FormErrors
from stafftalks.services import elements
from stafftalks.services.elements import ConflictError
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Person


class FieldsError(MisuseError):
    """Some fields cannot be kept as typed; `errors` has a sentence for each dotted path ("" for the whole)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Changed(msgspec.Struct, frozen=True):
    """The element as it stands after the change; `merged` is whether someone else's revision was taken in on the way."""

    row: ElementRow
    merged: bool = False


def change(
    hq: Headquarters,
    person: Person,
    element: ElementId,
    based_on: VersionHash,
    fields: Mapping[str, str],
    *,
    removed: Sequence[str] = (),
) -> Changed:
    """The element with these fields as typed, by dotted path (`window.start`, `branches.2.after`), and without these rows (`branches.2`).

    A row whose number is beyond the last is a new one. Raises FieldsError where something cannot be read, ConflictError where
    someone else changed the same field or the same table meanwhile, RefusedError where this person may not write.
    """
    current = elements.get(hq, element)
    now = forms.flatten(elements.content(current))
    if current.version != based_on:
        before = forms.flatten(elements.content(elements.version(hq, element, based_on)))
        touched = {*(_table(name) for name in fields), *(_table(name) for name in removed)}
        if any(_table(name) in touched and before.get(name) != now.get(name) for name in {*before, *now}):
            raise ConflictError(current)
    kept = {name: text for name, text in now.items() if not any(name.startswith(f"{row}.") for row in removed)}
    content = forms.parse(current.kind, {name: [text] for name, text in {**kept, **fields}.items()})
    if isinstance(content, FormErrors):
        raise FieldsError(content.errors)
    row = elements.revise(hq, person, element, content, current.version)
    return Changed(row, merged=current.version != based_on)


def _table(name: str) -> str:
    """The part of a path before its first row number: what must not have changed meanwhile."""
    parts = name.split(".")
    numbered = next((at for at, part in enumerate(parts) if part.isdecimal()), None)
    return name if numbered is None else ".".join(parts[:numbered])
