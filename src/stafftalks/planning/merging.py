"""Two revisions of one element merged field by field: what each changed apart from the other stands, what both changed is a person's to settle.

Rows are matched by their first field (id, letter, name) where it tells them apart in all three versions, else by what stayed the same. Long
texts are merged by paragraph and lists by line. A marking is never mixed from two: it is one side's whole, or it is to be settled.
Every change of either side is in the merged content or in a conflict; until a conflict is settled the merged content holds mine.
"""

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.plain import to_plain
from stafftalks.planning.weaving import Stretch, weave
from stafftalks.planning.wording import join_labels, row_name, shortened, text_of
from stafftalks.values.errors import MisuseError

Way = Literal["mine", "theirs", "both"]
_Path = tuple[str | int, ...]
_NONE_SETTLED: Final[Mapping[str, Way]] = MappingProxyType({})
_ID_LENGTH: Final = 34


class Conflict(msgspec.Struct, frozen=True):
    """What both changed at once, and not alike. The texts are as each version has it, empty where it is not there.

    `key` names it steadily while it is being settled, by the names of rows (`branches.B2.title`); `path` leads to it in the merged content, as
    far as it is there. `sort` is field, row (changed by one and removed by the other, or added by both under one name), order or whole.
    `both` is whether both can be kept.
    """

    key: str
    path: _Path
    label: str
    sort: Literal["field", "row", "order", "whole"]
    before: str
    theirs: str
    mine: str
    both: bool = False


class Merged(msgspec.Struct, frozen=True):
    """The merged content, valid as it stands, and what is still to be settled in it."""

    content: Content
    conflicts: tuple[Conflict, ...]


class _Spot(msgspec.Struct, frozen=True):
    path: _Path = ()
    key: str = ""
    label: str = ""

    def at(self, field: FieldSpec) -> "_Spot":
        key = f"{self.key}.{field.name}" if self.key else field.name
        return _Spot((*self.path, field.name), key, join_labels(self.label, field.label))

    def row(self, index: int, name: str) -> "_Spot":
        return _Spot((*self.path, index), f"{self.key}.{name}", f"{self.label} {shortened(name)}")


def merge(base: Content, mine: Content, theirs: Content, settled: Mapping[str, Way] = _NONE_SETTLED) -> Merged:
    """`mine` and `theirs`, both revisions of `base`, as one; conflicts whose key is in `settled` are settled that way.

    Raises MisuseError where the three are not of one kind.
    """
    if len({kind_of(base), kind_of(mine), kind_of(theirs)}) > 1:
        raise MisuseError("Only versions of one element can be merged: these are of different kinds.")
    if mine == theirs or theirs == base:
        return Merged(mine, ())
    if mine == base:
        return Merged(theirs, ())
    work = _Work(settled)
    values = work.fields(describe(kind_of(mine)).fields, base, mine, theirs, _Spot())
    merged = _valid(mine, values)
    if merged is not None:
        return Merged(merged, tuple(work.conflicts))
    return _unmixed(base, mine, theirs, values, settled)


def _unmixed(
    base: Content, mine: Content, theirs: Content, values: dict[str, Any], settled: Mapping[str, Way]
) -> Merged:
    """The merge where mixing made something that cannot be (branches in a circle): mixed fields are settled whole, or all of it."""
    work = _Work(settled)
    for field in describe(kind_of(mine)).fields:
        was, one, other = (getattr(content, field.name) for content in (base, mine, theirs))
        if one != other and was not in (one, other):
            values[field.name] = work.choose(field, was, one, other, _Spot().at(field))
    merged = _valid(mine, values)
    if merged is not None:
        return Merged(merged, tuple(work.conflicts))
    conflict = Conflict("", (), "", "whole", "", theirs.title, mine.title)
    return Merged(theirs if settled.get("") == "theirs" else mine, () if "" in settled else (conflict,))


class _Work:
    """One merge under way: what is settled, and the conflicts met so far."""

    def __init__(self, settled: Mapping[str, Way]) -> None:
        self._settled = settled
        self.conflicts: list[Conflict] = []

    def fields(self, fields: tuple[FieldSpec, ...], base: Any, mine: Any, theirs: Any, spot: _Spot) -> dict[str, Any]:
        """Each field merged, by name."""
        merged = {}
        for field in fields:
            was, one, other = (getattr(holder, field.name) for holder in (base, mine, theirs))
            merged[field.name] = self.field(field, was, one, other, spot)
        return merged

    def struct(self, fields: tuple[FieldSpec, ...], base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        """The part with each field merged; None where its own rule refuses the mixture, as a window that would end before it starts."""
        met = len(self.conflicts)
        try:
            return msgspec.structs.replace(mine, **self.fields(fields, base, mine, theirs, spot))
        except ValueError:
            del self.conflicts[met:]
            return None

    def field(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, outer: _Spot) -> Any:
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        spot = outer.at(field)
        match field.widget:
            case "rows":
                return self.rows(field, base, mine, theirs, spot)
            case "lines" | "refs":
                return self.lines(field, base, mine, theirs, spot)
            case "longtext":
                return self.paragraphs(field, base, mine, theirs, spot)
            case "marking":
                return self.choose(field, base, mine, theirs, spot)
            case _ if field.fields:
                return self.group(field, base, mine, theirs, spot)
            case _:
                return self.choose(field, base, mine, theirs, spot)

    def choose(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        """One side's whole value, as settled; mine, and a conflict, where it is not."""
        told = (_told(field, base), _told(field, theirs), _told(field, mine))
        return theirs if self._settle(spot, "field", told) == "theirs" else mine

    def group(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        met = len(self.conflicts)
        merged = self.struct(field.fields, base, mine, theirs, spot)
        if merged is not None and (field.widget != "window" or len(self.conflicts) == met):
            return merged
        del self.conflicts[met:]  # a window is mixed only from one side's start and the other's end
        return self.choose(field, base, mine, theirs, spot)

    def paragraphs(self, field: FieldSpec, base: str | None, mine: str | None, theirs: str | None, spot: _Spot) -> Any:
        stretches = weave(*(text.split("\n\n") if text else [] for text in (base, mine, theirs)))
        one, other = ("\n\n".join(str(item) for item in _sided(stretches, side)) for side in ("mine", "theirs"))
        return self.choose(field, base, one, other, spot) if any(part.clash for part in stretches) else one

    def lines(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        stretches = [_both_kept(part) for part in weave(base, mine, theirs)]
        one, other = (tuple(_sided(stretches, side)) for side in ("mine", "theirs"))
        return self.choose(field, base, one, other, spot) if any(part.clash for part in stretches) else one

    def rows(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        named = [{row_name(field, row): row for row in rows} for rows in (base, mine, theirs)]
        if any(len(one) < len(rows) for one, rows in zip(named, (base, mine, theirs), strict=True)):
            return self.unnamed_rows(field, base, mine, theirs, spot)
        return self.named_rows(field, named[0], named[1], named[2], spot)

    def unnamed_rows(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        """Rows that their first field does not tell apart, by what stayed the same; one row beside one row is merged field by field."""
        made: list[Stretch] = []
        for part in (_both_kept(part) for part in weave(base, mine, theirs)):
            if part.clash and len(part.base) == len(part.mine) == len(part.theirs) == 1:
                at = sum(len(before.merged) for before in made)
                here = spot.row(at, str(at + 1))
                row = self.row(field, part.base[0], part.mine[0], part.theirs[0], here)
                made.append(Stretch((row,), (row,), (row,)))
            else:
                made.append(part)
        one, other = (tuple(_sided(made, side)) for side in ("mine", "theirs"))
        return self.choose(field, base, one, other, spot) if any(part.clash for part in made) else one

    def named_rows(
        self, field: FieldSpec, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], spot: _Spot
    ) -> Any:
        order = self._order(list(base), list(mine), list(theirs), spot)
        found: list[Any] = []
        for name in order:
            here = spot.row(len(found), name)
            was, one, other = base.get(name), mine.get(name), theirs.get(name)
            if was is not None and one is not None and other is not None:
                found.append(self.row(field, was, one, other, here))
                continue
            found += self._row_of_one(field, was, one, other, here, {*base, *mine, *theirs})
        return tuple(found)

    def row(self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot) -> Any:
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        merged = self.struct(field.fields, base, mine, theirs, spot)
        if merged is not None:
            return merged
        told = (_row_told(field, base), _row_told(field, theirs), _row_told(field, mine))
        return theirs if self._settle(spot, "row", told) == "theirs" else mine

    def _row_of_one(
        self, field: FieldSpec, base: Any, mine: Any, theirs: Any, spot: _Spot, taken: set[str]
    ) -> list[Any]:
        """The rows, none, one or two, that become of a row which is not in all three versions."""
        if base is None and (mine is None or theirs is None or mine == theirs):
            return [mine if theirs is None else theirs]
        if base is not None and base in (mine, theirs):  # left alone by one and removed by the other
            return []
        if base is not None and mine is None and theirs is None:
            return []
        told = tuple("" if row is None else _row_told(field, row) for row in (base, theirs, mine))
        both = base is None and field.fields[0].name == "id"
        way = self._settle(spot, "row", (told[0], told[1], told[2]), both=both)
        if way == "both" and both:
            fresh = _fresh(mine.id, taken)
            return [theirs, msgspec.structs.replace(mine, id=fresh)]
        kept = theirs if way == "theirs" else mine
        return [] if kept is None else [kept]

    def _order(self, base: list[str], mine: list[str], theirs: list[str], spot: _Spot) -> list[str]:
        """Every name of the three in one order: that of the side which moved rows, else theirs with mine added."""
        common = set(base) & set(mine) & set(theirs)
        was, one, other = ([name for name in names if name in common] for names in (base, mine, theirs))
        lead, follow = theirs, mine
        if one != other and other == was:
            lead, follow = mine, theirs
        elif one != other and one != was:
            told = (", ".join(was), ", ".join(other), ", ".join(one))
            here = _Spot(spot.path, f"{spot.key}.order", f"{spot.label}, order")
            if self._settle(here, "order", told) != "theirs":
                lead, follow = mine, theirs
        return _inserted(_inserted(lead, follow), base)

    def _settle(
        self,
        spot: _Spot,
        sort: Literal["field", "row", "order"],
        told: tuple[str, str, str],
        *,
        both: bool = False,
    ) -> Way:
        way = self._settled.get(spot.key)
        if way is None:
            self.conflicts.append(Conflict(spot.key, spot.path, spot.label, sort, told[0], told[1], told[2], both))
        return way or "mine"


def _valid(mine: Content, values: Mapping[str, Any]) -> Content | None:
    """The content of these fields; None where it could not be written, being over its limits or not as its kind must be."""
    try:
        made = msgspec.structs.replace(mine, **values)
        msgspec.convert(to_plain(made), type(mine))
    except ValueError:  # msgspec's ValidationError is one too
        return None
    return made


def _sided(stretches: Sequence[Stretch], side: Literal["mine", "theirs"]) -> list[Hashable]:
    """The stretches joined, with one side's word where both changed."""
    return [item for part in stretches for item in (getattr(part, side) if part.clash else part.merged)]


def _both_kept(part: Stretch) -> Stretch:
    """Of what both added at one place, theirs and then what is mine alone; any other stretch as it is."""
    if not part.added:
        return part
    rest = list(part.theirs)
    alone = []
    for item in part.mine:
        if item in rest:
            rest.remove(item)
        else:
            alone.append(item)
    together = (*part.theirs, *alone)
    return Stretch((), together, together)


def _inserted(lead: Sequence[str], follow: Sequence[str]) -> list[str]:
    """The names of `lead` in its order, with those only in `follow` each behind the name that it follows there."""
    there = set(follow)
    after: dict[str, str] = dict(zip(["", *lead], [*lead, ""], strict=True))
    before = ""
    for name in follow:
        if name not in after:
            while before and after[before] and after[before] not in there:
                before = after[before]
            after[before], after[name] = name, after[before]
        before = name
    placed: list[str] = []
    while after[placed[-1] if placed else ""]:
        placed.append(after[placed[-1] if placed else ""])
    return placed


def _fresh(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name[:_ID_LENGTH]}-{number}" in taken:
        number += 1
    return f"{name[:_ID_LENGTH]}-{number}"


def _told(field: FieldSpec, value: Any) -> str:
    """A field's value as a person reads it; a table one line a row."""
    if field.widget == "rows":
        return "\n".join(_row_told(field, row) for row in value)
    if field.fields and field.widget not in ("window", "marking"):
        return "; ".join(filter(None, (_told(inner, getattr(value, inner.name)) for inner in field.fields)))
    return text_of(value)


def _row_told(field: FieldSpec, row: Any) -> str:
    cells = (_told(inner, getattr(row, inner.name)) for inner in field.fields)
    return "; ".join(" ".join(cell.split()) for cell in cells if cell)
