"""One batch of a sweep as bytes in and bytes out: what a process, a machine or a cluster is given to do. A part says which problem it is of, which points, and which software reckoned it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks import __version__
from stafftalks.analysis import sweep
from stafftalks.analysis.sweep import Ready
from stafftalks.analysis.sweep_rows import Row
from stafftalks.formats import parquet
from stafftalks.services.sweep_ports import Span
from stafftalks.values.errors import PeerError

FORMAT: Final = "stafftalks-sweep/v1"
BESIDE: Final = "stafftalks"
"""The key in the schema of each file under which it says what it is."""


class PartOf(msgspec.Struct, frozen=True):
    """What a part is of."""

    format: str
    software: str
    problem: str
    first: int
    last: int


def reckoned(problem: bytes, first: int, last: int) -> bytes:
    """The part of these points; raises PeerError where the bytes are no problem."""
    ready = sweep.ready(problem)
    return part_of(ready, sweep.problem_hash(problem), first, ready.rows(first, last))


def part_of(ready: Ready, problem: str, first: int, rows: Sequence[Row]) -> bytes:
    """The part of rows that were reckoned already, from the point `first` on."""
    of = PartOf(FORMAT, __version__, problem, first, first + len(rows))
    return parquet.written(named(ready), rows, {BESIDE: msgspec.json.encode(of).decode()})


def reckoned_piece(piece: tuple[bytes, int, int]) -> bytes:
    """As `reckoned`, of one value."""
    return reckoned(*piece)


def rows_of(data: bytes, name: str, ready: Ready, problem: str) -> tuple[Span, list[Row]]:
    """The points of a part and their rows. Raises PeerError where it is torn, or of another problem or software, or lacks a point."""
    read = parquet.read(data, name)
    try:
        of = msgspec.json.decode(read.beside.get(BESIDE, ""), type=PartOf)
    except msgspec.DecodeError as error:
        raise PeerError(f"{name} does not say what it is a part of.") from error
    if of.format != FORMAT or of.problem != problem:
        raise PeerError(f"{name} is of another problem, {of.problem[:12]}, and not of {problem[:12]}.")
    if of.software != __version__:
        raise PeerError(
            f"{name} was reckoned by version {of.software[:20]} of this software, and this is {__version__}."
        )
    numbers = [row[0] for row in read.rows]
    if read.columns != named(ready) or numbers != list(range(of.first, of.last)):
        raise PeerError(f"{name} has not the columns and points that it should have.")
    return Span(of.first, of.last), read.rows


def named(ready: Ready) -> tuple[tuple[str, str], ...]:
    """Names and types of the columns."""
    return tuple((column.name, column.type) for column in ready.columns)
