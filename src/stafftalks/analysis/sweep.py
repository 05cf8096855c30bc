"""Sweeps: the same question asked at thousands of points, each with another branch, other assumptions, other forces left out, another seed.

A problem is frozen first: what is asked about as plain values, and what is varied; its hash names it. A row is then a function of that problem and of the number of a point, and of nothing
else: no clock, no chance, no order. So any machine may reckon any points, again and again, and the rows are the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol, assert_never

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.sweep_points import EACH, EVERYTHING, Assumption, Case, Change, Sweep, checked, point
from stafftalks.analysis.sweep_rows import Column, Row, Value, columns, row
from stafftalks.analysis.sweep_values import (
    CoverageSubject,
    OptionsSubject,
    RiskSubject,
    ScheduleSubject,
    Subject,
    SweepProblem,
)
from stafftalks.values.errors import MisuseError, PeerError

_SHOWN: Final = 12


class Reckoner(Protocol):
    """One subject, made ready for many points."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is measured."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What of the subject cannot be reckoned with, at any point."""

    @property
    def lasts(self) -> bool:
        """Whether something in it lasts."""

    @property
    def draws(self) -> bool:
        """Whether something in it is drawn."""

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch there is."""

    @property
    def things(self) -> tuple[str, ...]:
        """What can be left out, shrink or come late."""

    @property
    def forces(self) -> tuple[str, ...]:
        """Those of them that “each” stands for."""

    @property
    def activities(self) -> tuple[str, ...]:
        """What can come late or last longer."""

    def moves(self, change: Change, /) -> bool:
        """Whether a change makes any difference to what is given."""

    def row(self, branch: str, changes: tuple[Change, ...], _seed: int, /) -> tuple[bool, tuple[Value, ...]]:
        """Whether all that is asked for is met, and what is measured."""


class Ready:
    """A problem made ready: rows by number."""

    def __init__(self, problem: SweepProblem) -> None:
        self.problem = problem
        self.reckoner = reckoner(problem.subject, problem.names)
        self.columns = columns(problem.sweep, self.reckoner.columns)

    def row(self, number: int) -> Row:
        """The row of a point; where nothing can be said of it, why."""
        sweep = self.problem.sweep
        at = point(sweep, number)
        try:
            met, measured = self.reckoner.row(at.branch, at.changes(sweep), at.seed)
        except MisuseError as error:
            nothing = (None,) * len(self.reckoner.columns)
            return row(sweep, self.problem.names, at, nothing, met=False, why=str(error))
        return row(sweep, self.problem.names, at, measured, met=met)

    def rows(self, first: int, last: int) -> list[Row]:
        """The rows of the points from `first` up to, not including, `last`."""
        return [self.row(number) for number in range(first, last)]


def reckoner(subject: Subject, names: Mapping[str, str] = MappingProxyType({})) -> Reckoner:
    """What reckons a subject; raises MisuseError where nothing of it can be reckoned with."""
    # Each when it is asked for: solvers and compiled loops take a second to load, and every process that reckons loads them.
    match subject:
        case CoverageSubject():
            from stafftalks.analysis.sweep_coverage import CoverageReckoner

            return CoverageReckoner(subject)
        case ScheduleSubject():
            from stafftalks.analysis.sweep_schedule import ScheduleReckoner

            return ScheduleReckoner(subject)
        case RiskSubject():
            from stafftalks.analysis.sweep_risk import RiskReckoner

            return RiskReckoner(subject)
        case OptionsSubject():
            from stafftalks.analysis.sweep_options import OptionsReckoner

            return OptionsReckoner(subject, names)
    assert_never(subject)


def frozen(subject: Subject, sweep: Sweep, titles: Mapping[str, str]) -> tuple[SweepProblem, Ready]:
    """The problem with every name as an id, and made ready; raises MisuseError where a name is not there or a factor has no meaning.

    Names are ids, or titles whatever their case; “each” alone stands for all branches, or all forces.
    """
    ready = reckoner(subject)
    things = _Names(ready.things, titles)
    every = _Names((*ready.things, *ready.activities), titles)
    branches = _Names(ready.branches, titles)
    found = msgspec.structs.replace(
        sweep,
        branches=_each(sweep.branches, branches, ready.branches, "branch"),
        forces=_each(sweep.forces, things, ready.forces, "force"),
        sets=tuple(tuple(things.id(name, "force") for name in some) for some in sweep.sets),
        assumptions=tuple(_assumption(each, every, ready) for each in sweep.assumptions),
    )
    if sweep.seeds > 1 and not ready.draws:
        raise MisuseError("Nothing here is drawn, so more than one seed changes nothing: leave the seeds out.")
    made = SweepProblem(subject, checked(found), _called((*ready.branches, *ready.things), titles))
    # As it is read again: 1 and 1.0 are the same in a field of numbers, and must be the same bytes.
    problem = decoded(encoded(made))
    return problem, Ready(problem)


def encoded(problem: SweepProblem) -> bytes:
    """The problem as bytes: the same for the same problem."""
    return msgspec.msgpack.encode(problem, order="deterministic")


def decoded(data: bytes) -> SweepProblem:
    """The problem of bytes, which may come from anywhere: only values of its types are made. Raises PeerError where they are none."""
    try:
        problem = msgspec.msgpack.decode(data, type=SweepProblem)
        checked(problem.sweep)
    except (msgspec.DecodeError, MisuseError, RecursionError) as error:
        raise PeerError(f"These bytes are no problem of a sweep: {error}") from error
    return problem


def problem_hash(data: bytes) -> str:
    """What names a problem: the hash of its bytes."""
    return hashlib.sha256(b"stafftalks-sweep/v1\n" + data).hexdigest()


@lru_cache(maxsize=2)
def ready(data: bytes) -> Ready:
    """A problem made ready, kept for the next points of it."""
    return Ready(decoded(data))


def _called(ids: Iterable[str], titles: Mapping[str, str]) -> dict[str, str]:
    """What things are called in rows: their titles; where two have the same, with the id."""
    wanted = {each: titles.get(each, each) for each in sorted(set(ids))}
    many = Counter(wanted.values())
    named = {each: title if many[title] == 1 else f"{title} ({each})" for each, title in wanted.items()}
    return {each: name for each, name in named.items() if name != each}


class _Names:
    def __init__(self, ids: Iterable[str], titles: Mapping[str, str]) -> None:
        self._ids = tuple(dict.fromkeys(ids))
        self._titles = titles
        self._folded: dict[str, str] = {}
        for each in self._ids:
            for name in (titles.get(each, each), each):
                self._folded.setdefault(_fold(name), each)

    def __contains__(self, name: str) -> bool:
        return name in self._ids or _fold(name) in self._folded

    def id(self, name: str, what: str) -> str:
        found = name if name in self._ids else self._folded.get(_fold(name))
        if found is None:
            known = ", ".join(f"“{self._titles.get(each, each)}”" for each in self._ids[:_SHOWN])
            more = f" and {len(self._ids) - _SHOWN} more" if len(self._ids) > _SHOWN else ""
            there = f"these are there: {known}{more}" if known else "there is none"
            raise MisuseError(f"There is no {what} “{name[:80]}” here; {there}.")
        return found


def _each(given: tuple[str, ...], names: _Names, every: tuple[str, ...], what: str) -> tuple[str, ...]:
    if given == (EACH,) and EACH not in names:
        if not every:
            raise MisuseError(f"There is no {what} here that could be varied.")
        return every
    return tuple(names.id(name, what) for name in given)


def _assumption(assumption: Assumption, names: _Names, ready: Reckoner) -> Assumption:
    return Assumption(
        assumption.id,
        tuple(Case(case.id, tuple(_change(each, names, ready) for each in case.changes)) for case in assumption.cases),
    )


def _change(change: Change, names: _Names, ready: Reckoner) -> Change:
    if change.lasts != 100 and not ready.lasts:
        raise MisuseError(f"“{change.name[:80]}” cannot last longer or shorter here: nothing in this analysis lasts.")
    if change.name == EVERYTHING and change.name not in names:
        if change.lasts == 100 or change.share != 100 or change.late:
            raise MisuseError(
                "“all” stands for every activity, and can only be said of how long they last: “all lasts 120%”."
            )
        return change
    found = msgspec.structs.replace(change, name=names.id(change.name, "force, resource or activity"))
    activity = found.name in ready.activities
    if found.share != 100 and found.name not in ready.things:
        raise MisuseError(
            f"“{change.name[:80]}” is an activity: of it nothing can be less; it can come late, or last longer."
        )
    if (found.share, found.late, found.lasts) != (100, 0, 100) and not ready.moves(found):
        raise MisuseError(
            f"What may be otherwise of “{change.name[:80]}” changes nothing here: what comes later must have a beginning, what lasts longer must last, and of nothing there cannot be less."
        )
    if found.lasts != 100 and not activity:
        raise MisuseError(
            f"“{change.name[:80]}” is no activity, and does not last: of it there can be less, or it can come late."
        )
    return found


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
