"""Which column of a table fills which field: proposed by the words of its heading, else by what its cells hold; never by where it stands.

A proposal is only that: a person sees it with the first rows as they would read, and changes it. A column that nothing speaks for is left
out, and said to be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.formats.headings import Target, folded, spellings, targets
from stafftalks.values.errors import MisuseError
from stafftalks.values.place import parse_place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Moment, compare_moments, parse_moment, resolve_moment

Why = Literal["saved", "heading", "content"]
_SIDC = re.compile(r"\d{20}(?:\d{10})?|[A-Z*-]{4}[A-Z0-9*-]{11}")
_COORDINATES = re.compile(r"-?\d{1,2}(?:\.\d+)?\s*[,;]\s*-?\d{1,3}(?:\.\d+)?")
_ENOUGH: Final = 0.8
_ORDER: Final[Mapping[str, Instant]] = {anchor: Instant(0) for anchor in "CDHNMRWGE"}


class Proposal(msgspec.Struct, frozen=True):
    """The field that a column seems to fill, and what speaks for it."""

    path: str
    why: Why


def propose(
    kind: str, columns: Sequence[str], sample: Sequence[Sequence[str]], saved: Mapping[str, str] | None = None
) -> dict[int, Proposal]:
    """For each column that something speaks for, by its index: its field. No field is proposed twice."""
    known = targets(kind)
    found: dict[int, Proposal] = {}
    taken: set[str] = set()

    def take(at: int, path: str, why: Why) -> None:
        if at not in found and path not in taken:
            found[at] = Proposal(path, why)
            taken.add(path)

    paths = {target.path for target in known}
    for at, column in enumerate(columns):
        if saved and (path := saved.get(folded(column), "")) in paths:
            take(at, path, "saved")
    for target in known:  # a field's own label and path come before names that several fields go by
        for at, column in enumerate(columns):
            if folded(column) in (folded(target.label), folded(target.path)):
                take(at, target.path, "heading")
    for at, column in enumerate(columns):
        for spelling in spellings(column):
            for target in known:
                if spelling in target.names:
                    take(at, target.path, "heading")
    for at, path in _by_content(known, columns, sample, set(found), taken).items():
        take(at, path, "content")
    return found


def saved_as(columns: Sequence[str], matching: Mapping[int, str]) -> dict[str, str]:
    """A matching by the words of the headings, fit to be kept for the next table like it."""
    return {folded(columns[at]): path for at, path in matching.items() if path and at < len(columns)}


def _by_content(
    known: Sequence[Target], columns: Sequence[str], sample: Sequence[Sequence[str]], done: set[int], taken: set[str]
) -> dict[int, str]:
    """What the cells of the columns that are left speak for, where they speak for one field only."""
    free = [target for target in known if target.path not in taken]
    left = {at: cells for at in range(len(columns)) if at not in done and (cells := _cells(sample, at))}
    found = _windows(free, left)
    for at, cells in left.items():
        if at in found:
            continue
        fits = [target.path for target in free if target.path not in found.values() and _fits(target, cells)]
        rivals = [
            other for other in left if other != at and other not in found and fits and _same_sort(left[other], cells)
        ]
        if len(fits) == 1 and not rivals:
            found[at] = fits[0]
    return found


def _windows(free: Sequence[Target], left: Mapping[int, list[str]]) -> dict[int, str]:
    """Two columns of times as start and end: the one whose times are never later is the start."""
    paths = {target.path for target in free}
    if not {"window.start", "window.end"} <= paths or "window" not in paths:
        return {}
    timed = [at for at, cells in left.items() if _share(cells, _is_moment) >= _ENOUGH]
    if len(timed) != 2:
        return {}
    one, other = timed
    pairs = [compare_moments(a, b) for a, b in zip(_moments(left[one]), _moments(left[other]), strict=False) if a and b]
    told = [sign for sign in pairs if sign]
    if told and all(sign < 0 for sign in told):
        return {one: "window.start", other: "window.end"}
    if told and all(sign > 0 for sign in told):
        return {one: "window.end", other: "window.start"}
    return {}


def _fits(target: Target, cells: list[str]) -> bool:
    spec = target.spec
    if target.path == "sidc":
        return _share(cells, lambda cell: bool(_SIDC.fullmatch(cell))) >= _ENOUGH
    match spec.widget:
        case "place":
            return _share(cells, _is_place) >= _ENOUGH
        case "quantity":
            return _share(cells, _is_quantity) >= _ENOUGH
        case "choice":
            words = {word.casefold() for choice in spec.choices for word in (choice.value, choice.label)}
            return _share(cells, lambda cell: cell.casefold() in words) >= _ENOUGH
        case _:
            return False


def _same_sort(one: list[str], other: list[str]) -> bool:
    """Whether two columns hold the same sort of thing, so that nothing tells which is which."""
    tests = (_is_place, _is_quantity, _is_moment)
    return any(_share(one, test) >= _ENOUGH and _share(other, test) >= _ENOUGH for test in tests)


def _cells(sample: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in sample if at < len(row) and row[at]]


def _share(cells: list[str], test: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if test(cell)) / len(cells) if cells else 0.0


def _is_moment(cell: str) -> bool:
    return len(cell) <= 40 and any(mark.isdigit() for mark in cell) and _moment(cell) is not None


def _moment(cell: str) -> Moment | None:
    try:
        return parse_moment(cell)
    except MisuseError:
        return None


def _moments(cells: list[str]) -> list[Moment | None]:
    return [moment and (resolve_moment(moment, _ORDER) or moment) for moment in map(_moment, cells)]


def _is_place(cell: str) -> bool:
    if not _COORDINATES.match(cell):
        return False
    try:
        parse_place(cell)
    except MisuseError:
        return False
    return True


def _is_quantity(cell: str) -> bool:
    if not cell[:1].isdigit() or len(cell) > 60:
        return False
    try:
        Quantity.parse(cell)
    except MisuseError:
        return False
    return True
