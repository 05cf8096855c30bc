"""The synchronisation matrix: what is done in each phase of a plan for each function, and where decisions fall.

Every activity stands in exactly one cell. One whose phase the plan lacks, or that names no phase or function, stands in the row or
column of those not placed; it is never dropped and never guessed into a place. Names are compared without regard to case.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.planning.plans import DecisionPoint, Phase
from stafftalks.values.relative_time import Instant, Moment, Window, compare_moments, resolve_moment

NOT_PLACED: Final = ""
"""The key of the row or column of activities without a function or phase."""


class Entry(msgspec.Struct, frozen=True):
    """One activity as the matrix places it: who it is, and the phase, function and window it names."""

    key: str
    phase: str = ""
    function: str = ""
    window: Window = Window()


class Column(msgspec.Struct, frozen=True):
    """A phase of the plan with the decisions that fall in it, earliest first; `phase` is None for what is not placed."""

    key: str
    phase: Phase | None
    points: tuple[DecisionPoint, ...] = ()


class Cell(msgspec.Struct, frozen=True):
    """The activities of one phase and one function, those that start first standing first."""

    phase: str
    function: str
    entries: tuple[Entry, ...] = ()


class Line(msgspec.Struct, frozen=True):
    """One function with a cell for each column; `function` is empty for activities that name none."""

    function: str
    cells: tuple[Cell, ...]

    @property
    def count(self) -> int:
        """How many activities serve this function."""
        return sum(len(cell.entries) for cell in self.cells)


class Matrix(msgspec.Struct, frozen=True):
    """Phases as columns, functions as lines; the column and the line of what is not placed come last."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that have a line, in its order."""
        return tuple(line.function for line in self.lines if line.function)


def matrix(
    phases: Sequence[Phase],
    functions: Sequence[str],
    entries: Iterable[Entry],
    points: Sequence[DecisionPoint] = (),
    anchor_dates: Mapping[str, Instant] | None = None,
) -> Matrix:
    """The matrix of `entries`: lines for `functions` in their order, then for those that entries name besides, by name.

    A decision point stands at the phase in which its latest time of information value falls (see `phase_of`).
    """
    dates = anchor_dates or {}
    find_phase = phase_finder(phases)
    named = {_folded(name): name for name in reversed([name for name in functions if name.strip()])}
    known = list(dict.fromkeys(_folded(name) for name in functions if name.strip()))
    cells: dict[tuple[str, str], list[Entry]] = {}
    used: dict[str, str] = {}
    for entry in entries:
        function = _folded(entry.function)
        if function not in named:
            used[function] = min(entry.function.strip(), used.get(function, entry.function.strip()))
        cells.setdefault((find_phase(entry.phase), function), []).append(entry)
    others = sorted((folded for folded in used if folded), key=lambda folded: (folded, used[folded]))
    keys = [*(phase.id for phase in phases), NOT_PLACED]
    lines = [
        Line(
            (named | used).get(function, NOT_PLACED),
            tuple(
                Cell(key, (named | used).get(function, NOT_PLACED), in_order(cells.get((key, function), ()), dates))
                for key in keys
            ),
        )
        for function in (*known, *others, NOT_PLACED)
    ]
    return Matrix(_columns(phases, points, dates), tuple(lines))


def phase_finder(phases: Iterable[Phase]) -> Callable[[str], str]:
    """What tells which phase a text names: its id, by id or else by name; NOT_PLACED where the plan has none such."""
    exact: set[str] = set()
    folded: dict[str, str] = {}
    for phase in phases:
        exact.add(phase.id)
        for name in (phase.id, phase.name):
            folded.setdefault(_folded(name), phase.id)

    def find(text: str) -> str:
        return text.strip() if text.strip() in exact else folded.get(_folded(text), NOT_PLACED)

    return find


def phase_of(phases: Iterable[Phase], moment: Moment | None, anchor_dates: Mapping[str, Instant]) -> str:
    """The id of the first phase within which `moment` falls, its last moment included; NOT_PLACED where none, or it cannot be told."""
    if moment is None:
        return NOT_PLACED
    for phase in phases:
        started = phase.start is None or _not_after(phase.start, moment, anchor_dates)
        lasting = phase.end is None or _not_after(moment, phase.end, anchor_dates)
        if started and lasting and (phase.start is not None or phase.end is not None):
            return phase.id
    return NOT_PLACED


def in_order(entries: Iterable[Entry], anchor_dates: Mapping[str, Instant]) -> tuple[Entry, ...]:
    """The entries by when they start: those with a date known here first, then by anchor and offset, then those without a start."""
    return tuple(sorted(entries, key=lambda entry: (moment_key(entry.window.start, anchor_dates), entry.key)))


def moment_key(moment: Moment | None, anchor_dates: Mapping[str, Instant]) -> tuple[int, str, int]:
    """What to sort moments by: dates known here first, then by anchor and offset, then none at all. Total, unlike times themselves."""
    if moment is None:
        return (2, "", 0)
    known = resolve_moment(moment, anchor_dates)
    if known is not None:
        return (0, "", known.seconds)
    return (1, "", 0) if isinstance(moment, Instant) else (1, moment.anchor, moment.hours)


def _columns(
    phases: Sequence[Phase], points: Sequence[DecisionPoint], dates: Mapping[str, Instant]
) -> tuple[Column, ...]:
    falling: dict[str, list[DecisionPoint]] = {}
    for point in sorted(points, key=lambda point: (moment_key(point.ltiov, dates), point.id)):
        falling.setdefault(phase_of(phases, point.ltiov, dates), []).append(point)
    columns = [Column(phase.id, phase, tuple(falling.get(phase.id, ()))) for phase in phases]
    return (*columns, Column(NOT_PLACED, None, tuple(falling.get(NOT_PLACED, ()))))


def _not_after(one: Moment, other: Moment, dates: Mapping[str, Instant]) -> bool:
    """Whether `one` is known to be no later than `other`; False where it cannot be told."""
    compared = compare_moments(one, other)
    if compared is None:
        first, second = resolve_moment(one, dates), resolve_moment(other, dates)
        compared = compare_moments(first, second) if first and second else None
    return compared is not None and compared <= 0


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
