"""Writing an own element beside others: a whole form, or some fields as a table cell, a drag on the map or a step on the timeline changes them.

Whoever writes names the version they looked at. Where someone else saved meanwhile, what the two changed apart is merged; what both changed
is told, with its three texts, for a person to settle, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.planning import compare, forms
from stafftalks.planning.compare import Change
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import Content
from stafftalks.planning.merging import Conflict, Merged, Way, merge
from stafftalks.services import elements
from stafftalks.services.elements import ConflictError
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.person import Person

_TRIES = 3


class FieldsError(MisuseError):
    """Some fields cannot be kept as typed; `errors` has a sentence for each dotted path ("" for the whole)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class BothChangedError(ConflictError):
    """Someone else changed at least one of the same fields meanwhile; `conflicts` has each with its three texts. Nothing was saved."""

    def __init__(self, current: ElementRow, conflicts: Sequence[Conflict]) -> None:
        super().__init__(current)
        self.conflicts = tuple(conflicts)


class Changed(msgspec.Struct, frozen=True):
    """The element as it stands after the change; `merged` is whether someone else's revision was taken in on the way.

    `by` is who saved meanwhile, and `taken` what of theirs was taken in, in words; empty where nobody did.
    """

    row: ElementRow
    merged: bool = False
    by: str = ""
    taken: tuple[Change, ...] = ()


class Dispute(msgspec.Struct, frozen=True):
    """What is to be settled between what one person typed, beginning from `base`, and what was saved meanwhile as `theirs`.

    `shown` is both merged, with mine where both changed: what the form holds while it is settled.
    """

    base: VersionHash
    theirs: VersionHash
    by: str
    mine: Content
    shown: Content
    conflicts: tuple[Conflict, ...]
    taken: tuple[Change, ...]


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

    Paths are those of the version looked at; a row whose number is beyond the last is a new one. Raises FieldsError where something cannot
    be read, ConflictError where someone else changed the same meanwhile, RefusedError where this person may not write.
    """
    looked_at = forms.flatten(elements.content(elements.version(hq, element, based_on)))
    kept = {name: text for name, text in looked_at.items() if not any(name.startswith(f"{row}.") for row in removed)}
    typed = {name: [text] for name, text in {**kept, **fields}.items()}
    content = forms.parse(elements.get(hq, element).kind, typed)
    if isinstance(content, FormErrors):
        raise FieldsError(content.errors)
    return save(hq, person, element, based_on, content)


def save(hq: Headquarters, person: Person, element: ElementId, based_on: VersionHash, content: Content) -> Changed:
    """The element with `content`, a revision of its version `based_on`, merged with what anybody saved since.

    Raises BothChangedError where both changed the same, MisuseError where there was no such version, RefusedError where this person may not
    write.
    """
    for tries in range(_TRIES):
        current = elements.get(hq, element)
        merged, taken = _merged(hq, element, based_on, content, current)
        if merged.conflicts:
            raise BothChangedError(current, merged.conflicts)
        try:
            row = elements.revise(hq, person, element, merged.content, current.version)
        except ConflictError:
            if tries == _TRIES - 1:
                raise
            continue
        beside = current.version != based_on
        return Changed(row, merged=beside, by=current.revised_by if beside else "", taken=taken)
    raise MisuseError("This element is being saved by many at once: try again.")


def dispute(
    hq: Headquarters, element: ElementId, base: VersionHash, theirs: VersionHash, by: str, mine: Content
) -> Dispute:
    """What is to be settled between `mine`, typed from version `base`, and the saved version `theirs` of `by`."""
    before = elements.content(elements.version(hq, element, base))
    saved = elements.content(elements.version(hq, element, theirs))
    merged = merge(before, mine, saved)
    return Dispute(base, theirs, by, mine, merged.content, merged.conflicts, compare.diff(mine, merged.content))


def settle(hq: Headquarters, element: ElementId, found: Dispute, typed: Content, ways: Mapping[str, Way]) -> Merged:
    """What was typed while settling, with each conflict as chosen; left are those not chosen, and those both chosen and typed over."""
    before = elements.content(elements.version(hq, element, found.base))
    saved = elements.content(elements.version(hq, element, found.theirs))
    chosen = merge(before, found.mine, saved, ways)
    final = merge(found.shown, typed, chosen.content)
    return Merged(final.content, (*chosen.conflicts, *final.conflicts))


def _merged(
    hq: Headquarters, element: ElementId, based_on: VersionHash, mine: Content, current: ElementRow
) -> tuple[Merged, tuple[Change, ...]]:
    """`mine` with what was saved since `based_on`, and what of that was taken in."""
    if current.version == based_on:
        return Merged(mine, ()), ()
    before = elements.content(elements.version(hq, element, based_on))
    merged = merge(before, mine, elements.content(current))
    return merged, compare.diff(mine, merged.content)
