"""A network with uncertain durations as people write it in a file; and estimates alone, for activities that stand elsewhere."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from stafftalks.analysis.reading import ProblemFile, RowText, UnreadError
from stafftalks.analysis.risk_distributions import Distribution, Empirical, Fixed, Pert, Triangular
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use
from stafftalks.values.errors import PeerError

_HOUR: Final = 3600
Length = float | str
Spread = Length | tuple[Length, Length, Length]
"""A length, or the least, the likeliest and the most."""


class _Uncertain(RowText, frozen=True, kw_only=True):
    duration: Spread | None = None
    observed: tuple[Length, ...] = ()
    shape: Literal["pert", "triangle"] = "pert"
    ready: Spread | None = None


class _LinkText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    activity: str
    lag: Length = 0


class _ActivityText(_Uncertain, frozen=True, kw_only=True):
    after: tuple[str | _LinkText, ...] = ()
    uses: Mapping[str, int] = {}


class _ChangeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: int | str
    capacity: int


class _ResourceText(RowText, frozen=True, kw_only=True):
    capacity: int
    changes: tuple[_ChangeText, ...] = ()
    opens: Spread | None = None


class _OpeningText(RowText, frozen=True, kw_only=True):
    opens: Spread


class _ClosureText(RowText, frozen=True, kw_only=True):
    activities: tuple[str, ...]


class Estimates(msgspec.Struct, frozen=True):
    """By id or title, folded: how long activities take, when they are ready at the earliest, and when resources open."""

    durations: Mapping[str, Distribution]
    ready: Mapping[str, Distribution]
    opens: Mapping[str, Distribution]


NONE: Final = Estimates({}, {}, {})


def network_of(data: object, name: str) -> tuple[Network, ProblemFile, dict[str, str]]:
    """The network, the file as read with what could not be, and titles. Raises PeerError where it is no such file at all."""
    file = ProblemFile(data, name, ("activities", "resources", "closures"), "activities")
    tasks, supplies, titles = [], [], {}
    for row in file.rows("activities", _ActivityText):
        titles[row.id] = row.title or row.id
        try:
            duration = _duration(file, row)
            if duration is None:
                raise UnreadError("duration", "it has neither `duration` nor `observed`")  # noqa: TRY301 - told as the others
            links = tuple(
                Link(link) if isinstance(link, str) else Link(link.activity, round(file.lasting(link.lag, "after")))
                for link in row.after
            )
            uses = tuple(Use(resource, amount) for resource, amount in row.uses.items())
            tasks.append(Task(row.id, duration, links, uses, _spread(file, row.ready, row.shape, "ready", moment=True)))
        except UnreadError as error:
            file.left_out(row.id, error)
    for line in file.rows("resources", _ResourceText):
        titles[line.id] = line.title or line.id
        try:
            steps = [Step(0, line.capacity)]
            steps += [Step(file.tick(each.at, "changes"), each.capacity) for each in line.changes]
            opens = _spread(file, line.opens, "pert", "opens", moment=True)
            supplies.append(Supply(line.id, tuple(steps), opens))
        except UnreadError as error:
            file.left_out(line.id, error)
    closures = tuple(Closure(each.title or each.id, each.activities) for each in file.rows("closures", _ClosureText))
    return Network(tuple(tasks), tuple(supplies), closures, file.times.tick_s), file, titles


def estimates_of(data: object, name: str) -> tuple[Estimates, ProblemFile]:
    """Estimates of a file, in hours where it says nothing else. Raises PeerError where it is no such file at all."""
    file = ProblemFile(data, name, ("activities", "resources"), "activities")
    if file.times.tick_s != _HOUR:
        raise PeerError(f"{name}: estimates are in hours, or written as 3 days: leave `tick_hours` out.")
    durations, ready, opens = {}, {}, {}
    for row in file.rows("activities", _Uncertain):
        try:
            if (duration := _duration(file, row)) is not None:
                durations[_folded(row.id)] = duration
            if (when := _spread(file, row.ready, row.shape, "ready")) is not None:
                ready[_folded(row.id)] = when
        except UnreadError as error:
            file.left_out(row.id, error)
    for line in file.rows("resources", _OpeningText):
        try:
            if (when := _spread(file, line.opens, "pert", "opens")) is not None:
                opens[_folded(line.id)] = when
        except UnreadError as error:
            file.left_out(line.id, error)
    return Estimates(durations, ready, opens), file


def _duration(file: ProblemFile, row: _Uncertain) -> Distribution | None:
    if row.observed:
        return Empirical(tuple(file.lasting(each, "observed") for each in row.observed))
    return _spread(file, row.duration, row.shape, "duration")


def _spread(
    file: ProblemFile, given: Spread | None, shape: str, field: str, *, moment: bool = False
) -> Distribution | None:
    """Lengths of time, or with `moment` ticks that may also be written as `C+3`."""
    if given is None:
        return None
    numbers = [_length(file, each, field, moment=moment) for each in (given if isinstance(given, tuple) else (given,))]
    if len(numbers) == 1:
        return Fixed(numbers[0])
    low, likely, high = numbers
    return Pert(low, likely, high) if shape == "pert" else Triangular(low, likely, high)


def _length(file: ProblemFile, given: Length, field: str, *, moment: bool) -> float:
    if moment and isinstance(given, str) and not given.strip()[:1].isdigit():
        return float(file.tick(given, field))
    return float(file.lasting(given, field))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
