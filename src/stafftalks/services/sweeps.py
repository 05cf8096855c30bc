"""Sweeps that can be stopped and taken up again: what is frozen at the start is kept with every part that is finished, and only what lacks is reckoned.

A sweep's place holds `manifest.json` (what it is about and stands on), `problem.msgpack` (the frozen problem, which the manifest names by its hash) and the parts. Everything is checked when it
is read: a part that is torn or of another problem is set aside with a sentence, and its points are reckoned again. What reckons makes no difference to the answer.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

import msgspec

from stafftalks import __version__
from stafftalks.analysis import sweep, sweep_points
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.sweep import Ready
from stafftalks.analysis.sweep_rows import Row
from stafftalks.analysis.sweep_values import SweepProblem
from stafftalks.analysis.times import Times
from stafftalks.analysis.watching import Clock, Progress, Watch, unwatched
from stafftalks.formats import parquet
from stafftalks.services.analyses import Basis
from stafftalks.services.sweep_batches import BESIDE, FORMAT, named, part_of, rows_of
from stafftalks.services.sweep_ports import Reckoners, Shelf, Span
from stafftalks.values.errors import MisuseError, PeerError

BATCH_S: Final = 0.75
"""How long a batch should take: handing one out costs milliseconds, and a stop waits for those that are at work."""
MOST_IN_BATCH: Final = 5_000
_TRIED_S: Final = 0.1
_TRIED: Final = 16
_MANIFEST: Final = "manifest.json"
_PROBLEM: Final = "problem.msgpack"
_STOP: Final = "stop"
_PART: Final = "part-"
_NAME: Final = 12


class Manifest(msgspec.Struct, frozen=True):
    """What a sweep is about: which problem, reckoned by which software, standing on which versions (`basis`; None for a file), and how its results are marked.

    `analysis` is coverage, schedule, risk or options. `faults` are what was left out of the problem. `times` say its ticks.
    """

    format: str
    software: str
    problem: str
    analysis: str
    points: int
    title: str
    private: bool
    marking: tuple[str, ...]
    basis: Basis | None
    faults: tuple[Fault, ...]
    times: Times | None


class About(msgspec.Struct, frozen=True):
    """What is known of a problem beside itself, when it is frozen."""

    title: str = ""
    marking: tuple[str, ...] = ()
    basis: Basis | None = None
    faults: tuple[Fault, ...] = ()
    times: Times | None = None


class Kept:
    """A sweep in its place."""

    def __init__(self, shelf: Shelf, manifest: Manifest, problem: bytes, ready: Ready) -> None:
        self.shelf = shelf
        self.manifest = manifest
        self.problem = problem
        self.ready = ready
        self.refused: tuple[str, ...] = ()
        self._rows: dict[int, Row] = {}
        self._read()

    @property
    def done(self) -> int:
        """How many points are reckoned."""
        return len(self._rows)

    def rows(self) -> list[Row]:
        """The rows that are there, by number."""
        return [self._rows[number] for number in sorted(self._rows)]

    def lacking(self) -> Iterator[Span]:
        """The stretches of points that are not reckoned yet, in order."""
        first = None
        for number in range(self.manifest.points + 1):
            there = number in self._rows or number == self.manifest.points
            if first is None and not there:
                first = number
            elif first is not None and there:
                yield Span(first, number)
                first = None

    def take(self, part: bytes) -> Span:
        """Keeps a part that was reckoned; raises PeerError where it is none of this sweep."""
        span, rows = rows_of(part, "A part that was reckoned", self.ready, self.manifest.problem)
        self._within(span)
        self.shelf.write(f"{_PART}{span.first:07}-{span.last:07}.parquet", part)
        self._rows.update(zip(range(span.first, span.last), rows, strict=True))
        return span

    def know(self, result: bytes) -> None:
        """Takes over the rows of a result that was kept before; raises PeerError where it is none of this problem."""
        read = parquet.read(result, "The result so far")
        numbers = [row[0] for row in read.rows]
        known = range(self.manifest.points)
        if read.columns != named(self.ready) or any(not isinstance(one, int) or one not in known for one in numbers):
            raise PeerError("The result so far has not the columns and points that it should have.")
        self._rows.update({int(row[0] or 0): row for row in read.rows})

    def result(self) -> bytes:
        """All rows that are there as Parquet: the same bytes whatever reckoned them, in whatever batches."""
        said = {
            BESIDE: msgspec.json.encode(self.manifest).decode(),
            "reckoned": str(self.done),
            "marking": " | ".join(self.manifest.marking),
            "stays home": "yes" if self.manifest.private else "no",
        }
        return parquet.written(named(self.ready), self.rows(), said)

    def _read(self) -> None:
        refused = []
        for name in self.shelf.names():
            if name.startswith(_PART) and name.endswith(".parquet"):
                try:
                    span, rows = rows_of(self.shelf.read(name) or b"", name, self.ready, self.manifest.problem)
                    self._within(span)
                except PeerError as error:
                    aside = self.shelf.set_aside(name)
                    refused.append(f"{error} It is set aside as {aside}, and its points are reckoned again.")
                    continue
                self._rows.update(zip(range(span.first, span.last), rows, strict=True))
        self.refused = tuple(refused)

    def _within(self, span: Span) -> None:
        if not 0 <= span.first < span.last <= self.manifest.points:
            raise PeerError(
                f"Points {span.first:,} to {span.last:,} are none of this sweep's {self.manifest.points:,}."
            )


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended: how many points are there in all, and whether it was stopped before all were."""

    done: int
    stopped: bool


def begin(shelf: Shelf, problem: SweepProblem, ready: Ready, about: About) -> Kept:
    """A sweep in a place: a new one, or the same where it is kept there already. Raises MisuseError where another one is."""
    data = sweep.encoded(problem)
    times = None if about.times is None else msgspec.structs.replace(about.times, dates={})
    manifest = Manifest(
        FORMAT,
        __version__,
        sweep.problem_hash(data),
        analysis_of(problem),
        sweep_points.count(problem.sweep),
        about.title,
        about.basis is not None and about.basis.stays_home,
        about.marking,
        about.basis,
        about.faults,
        times,
    )
    if shelf.read(_MANIFEST) is not None:
        kept = opened(shelf)
        if kept.manifest != manifest:
            raise MisuseError(
                "Another sweep is kept there: take that one up again with --resume, or name another place."
            )
        return kept
    shelf.write(_PROBLEM, data)
    shelf.write(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return Kept(shelf, manifest, data, ready)


def opened(shelf: Shelf) -> Kept:
    """A sweep that is kept. Raises MisuseError where there is none, or of another version; PeerError where what is there was changed."""
    text, data = shelf.read(_MANIFEST), shelf.read(_PROBLEM)
    if text is None or data is None:
        raise MisuseError("No sweep is kept there: begin one with `stafftalks analyse sweep`.")
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise PeerError(f"The manifest of the sweep cannot be read: {error}. Begin the sweep anew.") from error
    if manifest.format != FORMAT or manifest.software != __version__:
        raise MisuseError(
            f"The sweep was begun by version {manifest.software[:20]} of this software, and this is {__version__}: rows of both would not be alike. Begin it anew."
        )
    if sweep.problem_hash(data) != manifest.problem:
        raise PeerError(
            "The problem that is kept is not the one that the manifest names: it was changed. Begin the sweep anew."
        )
    problem = sweep.decoded(data)
    if sweep_points.count(problem.sweep) != manifest.points or analysis_of(problem) != manifest.analysis:
        raise PeerError(
            "The manifest does not speak of the problem that is kept: it was changed. Begin the sweep anew."
        )
    return Kept(shelf, manifest, data, sweep.ready(data))


def run(kept: Kept, reckoners: Reckoners, clock: Clock, watch: Watch = unwatched, *, here: bool = True) -> Outcome:
    """Reckons what lacks, and keeps each part as it is done. The watch, or a stop that was asked for by `stop`, ends it; what is at work then is given up.

    With `here` the first points are reckoned in this process, to see what they cost; without, batches begin with one point and grow.
    """
    kept.shelf.remove(_STOP)
    spans = list(kept.lacking())
    if not spans:
        return Outcome(kept.done, stopped=False)
    if not _told(kept, watch):
        return Outcome(kept.done, stopped=True)
    batches = _Batches(clock, _size(kept, spans[0], clock) if here else None)
    parts = reckoners.run(kept.problem, batches.over(list(kept.lacking())))
    stopped = False
    try:
        for part in parts:
            if part is not None:
                batches.came(kept.take(part))
            if not _told(kept, watch) or kept.shelf.read(_STOP) is not None:
                stopped = kept.done < kept.manifest.points
                break
    finally:
        parts.close()
    kept.shelf.remove(_STOP)
    return Outcome(kept.done, stopped)


def stop(shelf: Shelf) -> None:
    """Asks whatever runs this sweep to stop; raises MisuseError where none is kept there."""
    if shelf.read(_MANIFEST) is None:
        raise MisuseError("No sweep is kept there.")
    shelf.write(_STOP, b"")


def analysis_of(problem: SweepProblem) -> str:
    """Which analysis a sweep asks again and again."""
    return str(problem.subject.__struct_config__.tag)


def _told(kept: Kept, watch: Watch) -> bool:
    total = kept.manifest.points
    return watch(Progress("points", kept.done / total, done=kept.done, of=total))


def _size(kept: Kept, span: Span, clock: Clock) -> int:
    """How many points make a batch, by what a few cost here, which are kept too. The first costs more, as loops are compiled then: it is not counted."""
    began, rows = clock(), list[Row]()
    for number in range(span.first, min(span.last, span.first + _TRIED)):
        rows.append(kept.ready.row(number))
        if len(rows) == 1:
            began = clock()
        elif clock() - began > _TRIED_S:
            break
    each = (clock() - began) / max(len(rows) - 1, 1)
    kept.take(part_of(kept.ready, kept.manifest.problem, span.first, rows))
    return max(1, min(ceil(BATCH_S / max(each, 1e-6)), MOST_IN_BATCH))


class _Batches:
    """Batches of a size that is known, or that doubles as long as they come back too soon."""

    def __init__(self, clock: Clock, size: int | None) -> None:
        self._clock = clock
        self._growing = size is None
        self._size = 1 if size is None else size
        self._handed: dict[int, float] = {}

    def over(self, spans: Sequence[Span]) -> Iterator[Span]:
        """Batches of these stretches, cut as they are drawn."""
        for span in spans:
            first = span.first
            while first < span.last:
                last = min(first + self._size, span.last)
                self._handed[first] = self._clock()
                yield Span(first, last)
                first = last

    def came(self, span: Span) -> None:
        """A batch is back."""
        took = self._clock() - self._handed.pop(span.first, 0.0)
        if self._growing and took < BATCH_S and span.last - span.first >= self._size:
            self._size = min(2 * self._size, MOST_IN_BATCH)


def name_of(problem: SweepProblem, about: About) -> str:
    """What a sweep's place may be called: the same for the same problem on the same versions."""
    basis = msgspec.json.encode(about.basis)
    return sweep.problem_hash(sweep.encoded(problem) + basis)[:_NAME]


class Memory:
    """A place that lasts as long as this process: for a sweep that nobody asked to keep."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def names(self) -> tuple[str, ...]:
        """The names of all files, in order."""
        return tuple(sorted(self._files))

    def read(self, name: str) -> bytes | None:
        """What is in a file."""
        return self._files.get(name)

    def write(self, name: str, content: bytes) -> None:
        """Writes a file."""
        self._files[name] = content

    def set_aside(self, name: str) -> str:
        """Gives a file another name."""
        self._files[f"refused-{name}"] = self._files.pop(name)
        return f"refused-{name}"

    def remove(self, name: str) -> None:
        """Removes a file."""
        self._files.pop(name, None)
