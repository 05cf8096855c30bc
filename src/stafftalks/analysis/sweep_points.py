"""What is varied in a sweep, and its points: every combination of a branch, a case of each assumption, a set of forces that are left out, and a seed.

Points are numbered, and made when they are asked for. The order is fixed: branches change slowest, then assumptions as they are given, then sets of forces (none, then one at a time,
then two, each as the forces are given), and seeds fastest. So a number says everything about its point, wherever and whenever it is reckoned.
"""

from collections.abc import Iterator, Sequence
from math import comb, prod
from typing import Final

import msgspec

from stafftalks.values.errors import MisuseError

MOST_POINTS: Final = 100_000
AS_PLANNED: Final = "as planned"
"""What the first case of every assumption is called: nothing is otherwise."""
NOBODY: Final = "none"
"""What the set is called in which no force is left out."""
EACH: Final = "each"
"""Stands alone for every branch, or every force."""
EVERYTHING: Final = "all"
"""Stands for every activity in a change of how long they last."""


class Change(msgspec.Struct, frozen=True):
    """What is otherwise of a thing or an activity: only `share` hundredths of it are there, it comes `late` ticks later, it lasts `lasts` hundredths as long."""

    name: str
    share: int = 100
    late: int = 0
    lasts: int = 100


class Case(msgspec.Struct, frozen=True):
    """One way in which an assumption does not hold."""

    id: str
    changes: tuple[Change, ...]


class Assumption(msgspec.Struct, frozen=True):
    """Something taken for granted, and the ways in which it may be otherwise; that it holds is always a case too, the first."""

    id: str
    cases: tuple[Case, ...]


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """What is varied. Without `branches` all are reckoned with together; `forces` are left out up to `at_most` at once, or as the `sets` say where there are any."""

    branches: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    forces: tuple[str, ...] = ()
    at_most: int = 1
    sets: tuple[tuple[str, ...], ...] = ()
    seeds: int = 1
    seed: int = 1


class Point(msgspec.Struct, frozen=True):
    """One combination: an empty branch is all of them; `cases` has a number for each assumption, 0 where it holds."""

    number: int
    branch: str
    cases: tuple[int, ...]
    without: tuple[str, ...]
    seed: int

    def changes(self, sweep: Sweep) -> tuple[Change, ...]:
        """Everything that is otherwise here, forces that are left out last."""
        chosen = (
            assumption.cases[case - 1].changes
            for assumption, case in zip(sweep.assumptions, self.cases, strict=True)
            if case
        )
        return (*(change for some in chosen for change in some), *(Change(name, share=0) for name in self.without))


def checked(sweep: Sweep) -> Sweep:
    """The sweep; raises MisuseError where a factor is empty or has no meaning, or where there are more points than can be reckoned."""
    for assumption in sweep.assumptions:
        if not assumption.id.strip() or not assumption.cases:
            raise MisuseError(
                f"The assumption “{assumption.id[:80]}” has no case in which it does not hold: say what is otherwise, as “Port Y 50%”."
            )
        for case in assumption.cases:
            _need_meaning(assumption.id, case)
        _need_once(f"cases of “{assumption.id[:80]}”", [AS_PLANNED, *(case.id for case in assumption.cases)])
    _need_once("assumptions", [each.id for each in sweep.assumptions])
    _need_once("branches", list(sweep.branches))
    _need_once("forces", list(sweep.forces))
    if any(not one for one in sweep.sets):
        raise MisuseError("A set of forces is empty: that no force is left out is always a point by itself.")
    if not 1 <= sweep.at_most <= max(len(sweep.forces), 1):
        raise MisuseError(
            f"At most {sweep.at_most} forces at once cannot be left out of {len(sweep.forces)}: write 1 to {max(len(sweep.forces), 1)}."
        )
    if sweep.seeds < 1 or not 0 <= sweep.seed < 2**31:
        raise MisuseError("Give at least one seed, and a first seed from 0 on, below 2,147,483,648.")
    total = count(sweep)
    if total > MOST_POINTS:
        parts = " x ".join(f"{many:,} {name}" for name, many in _sizes(sweep) if many > 1)
        raise MisuseError(
            f"This sweep has {total:,} points ({parts}), and {MOST_POINTS:,} are the most: take fewer levels, or leave fewer forces out at once."
        )
    if total == 1:
        raise MisuseError("Nothing is varied: name branches, assumptions, forces to leave out, or more than one seed.")
    return sweep


def count(sweep: Sweep) -> int:
    """How many points there are."""
    return prod(many for _name, many in _sizes(sweep))


def points(sweep: Sweep, first: int = 0, last: int | None = None) -> Iterator[Point]:
    """The points from number `first` up to, not including, `last`, as they are asked for."""
    for number in range(first, count(sweep) if last is None else last):
        yield point(sweep, number)


def point(sweep: Sweep, number: int) -> Point:
    """The point of a number; raises MisuseError where there is none."""
    if not 0 <= number < count(sweep):
        raise MisuseError(f"There is no point {number:,}: they are numbered from 0 to {count(sweep) - 1:,}.")
    rest, seed = divmod(number, sweep.seeds)
    rest, chosen = divmod(rest, _sets(sweep))
    cases = []
    for assumption in reversed(sweep.assumptions):
        rest, case = divmod(rest, len(assumption.cases) + 1)
        cases.append(case)
    branch = sweep.branches[rest] if sweep.branches else ""
    # The draws of a seed are the same in every point, so that what differs between two points is what is varied and not chance.
    return Point(number, branch, tuple(reversed(cases)), _left_out(sweep, chosen), sweep.seed + seed)


def said_set(names: Sequence[str]) -> str:
    """A set of forces as it stands in a row."""
    return " + ".join(names) or NOBODY


def _sizes(sweep: Sweep) -> list[tuple[str, int]]:
    """What is varied, and how many levels it has."""
    return [
        ("branches", max(len(sweep.branches), 1)),
        *((f"cases of “{each.id[:40]}”", len(each.cases) + 1) for each in sweep.assumptions),
        ("sets of forces", _sets(sweep)),
        ("seeds", max(sweep.seeds, 1)),
    ]


def _sets(sweep: Sweep) -> int:
    if sweep.sets:
        return len(sweep.sets) + 1
    return sum(comb(len(sweep.forces), size) for size in range(sweep.at_most + 1)) if sweep.forces else 1


def _left_out(sweep: Sweep, number: int) -> tuple[str, ...]:
    """The set of forces of a number: combinations by size, then in the order of the forces."""
    if not number:
        return ()
    if sweep.sets:
        return sweep.sets[number - 1]
    many, size = len(sweep.forces), 0
    while number >= (these := comb(many, size)):
        number -= these
        size += 1
    found, at = [], 0
    while size:
        with_this = comb(many - at - 1, size - 1)
        if number < with_this:
            found.append(sweep.forces[at])
            size -= 1
        else:
            number -= with_this
        at += 1
    return tuple(found)


def _need_meaning(name: str, case: Case) -> None:
    if not case.id.strip() or not case.changes:
        raise MisuseError(f"A case of “{name[:80]}” changes nothing: say what is otherwise, as “Port Y 50%”.")
    for change in case.changes:
        if not 0 <= change.share <= 1000 or not 1 <= change.lasts <= 1000:
            raise MisuseError(
                f"“{name[:80]}”, {case.id[:80]}: shares go from 0% to 1000%, and what lasts from 1% to 1000%."
            )
        if not 0 <= change.late <= 10**9:
            raise MisuseError(f"“{name[:80]}”, {case.id[:80]}: what comes late comes 0 to 1,000,000,000 ticks later.")


def _need_once(what: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise MisuseError(f"“{name[:80]}” stands twice among the {what}: name each once.")
