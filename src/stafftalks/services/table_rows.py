"""A table on its way in, as plain frozen rows, and the store that keeps it between the steps.

A table is its person's own until its rows are elements. Its store is apart from the headquarters' ports because nothing but bringing in uses it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Literal, Protocol

import msgspec

from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId, PartyId, element_id

PART: Final = 500
"""Rows that are kept, checked and brought in together."""
State = Literal["reading", "matching", "checking", "checked", "bringing", "stopped", "done", "failed"]
RUNNING: Final[tuple[State, ...]] = ("reading", "checking", "bringing")
"""States in which there is work to do without a person."""
Existing = Literal["", "revise", "skip", "add"]
"""What becomes of a row that matches an own element; empty where nobody has said."""
Which = Literal["all", "good", "chosen"]


class Fault(msgspec.Struct, frozen=True):
    """Why a row cannot be brought in: the column's index (-1 for the row as a whole, or a field without a column) and a sentence."""

    column: int
    sentence: str


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row: its number in the source, its cells, what the check found, the own element it matches (`known`, in the version `seen`), what a
    person chose, what became of it.

    `outcome` is empty while nothing has, `added`, `revised`, `same` or `skipped`, or `left` with the sentence in `reason`.
    """

    n: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    known: str = ""
    seen: str = ""
    choice: Existing = ""
    outcome: str = ""
    reason: str = ""
    element: str = ""


class Part(msgspec.Struct, frozen=True):
    """Up to PART rows, in order."""

    number: int
    lines: tuple[Line, ...]

    @property
    def faulty(self) -> int:
        """How many rows have a fault."""
        return sum(bool(line.faults) for line in self.lines)

    @property
    def known(self) -> int:
        """How many rows match an own element."""
        return sum(bool(line.known) for line in self.lines)

    @property
    def left(self) -> int:
        """How many rows were left out."""
        return sum(line.outcome == "left" for line in self.lines)


class Counts(msgspec.Struct, frozen=True):
    """What came of the rows so far."""

    faulty: int = 0
    known: int = 0
    added: int = 0
    revised: int = 0
    same: int = 0
    skipped: int = 0
    left: int = 0


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A table under way.

    `seed` gives each row the id of its element, so that bringing in again what was brought in already adds nothing. `matching` maps a column's
    index to a field's path, `common` a path to the text that stands for all rows without one. `done` counts rows through the present step, `steps`
    rows that it has to go through. `runner` is who is at work on it and `beat_at` when it last said so. `failure` is the sentence of what stopped it,
    `before` the state to go back to.
    """

    id: str
    owner: str
    party: PartyId
    kind: str
    name: str
    at: int
    state: State
    seed: str
    headed: bool = True
    sheet: str = ""
    encoding: str = ""
    columns: tuple[str, ...] = ()
    line: int = 0
    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    rows: int = 0
    matching: dict[int, str] = {}
    why: dict[int, str] = {}
    common: dict[str, str] = {}
    existing: Existing = ""
    which: Which = "all"
    chosen: str = ""
    done: int = 0
    steps: int = 0
    counts: Counts = Counts()
    runner: str = ""
    beat_at: int = 0
    failure: str = ""
    before: State = "matching"

    @property
    def running(self) -> bool:
        """Whether there is work to do without a person."""
        return self.state in RUNNING

    @property
    def percent(self) -> int:
        """How far the present step has come."""
        return min(100, 100 * self.done // self.steps) if self.steps else 0


class Matching(msgspec.Struct, frozen=True):
    """A matching kept by name: field paths by folded heading."""

    kind: str
    name: str
    columns: dict[str, str]
    by: str
    at: int


class TableStore(Protocol):
    """Where tables under way are kept; every call is durable when it returns, or part of the transaction that is open."""

    def atomic(self) -> AbstractContextManager[object]:
        """A write transaction of this store: all or nothing; nests, and joins the headquarters' own where both keep to one database."""

    def add(self, row: TableRow, source: bytes) -> None:
        """Adds a table with what was sent."""

    def table(self, table: str, *, lock: bool = False) -> TableRow | None:
        """The table; with `lock` its row is held until the transaction ends."""

    def put(self, row: TableRow) -> None:
        """Replaces a table's row; its source and parts stay."""

    def of(self, owner: str) -> tuple[TableRow, ...]:
        """A person's tables, newest first."""

    def running(self) -> tuple[str, ...]:
        """The ids of the tables that have work to do, oldest first."""

    def source(self, table: str) -> bytes:
        """What was sent; empty once it has been read."""

    def clear_source(self, table: str) -> None:
        """Forgets what was sent."""

    def remove(self, table: str) -> None:
        """Forgets the table and its parts; elements it became stay."""

    def put_part(self, table: str, part: Part) -> None:
        """Adds or replaces a part."""

    def part(self, table: str, number: int) -> Part | None:
        """One part."""

    def parts(self, table: str, numbers: Sequence[int]) -> tuple[Part, ...]:
        """These parts, in order."""

    def tally(self, table: str) -> tuple[tuple[int, int, int, int], ...]:
        """(number, faulty, known, left) of every part, in order, without its lines."""

    def drop_parts(self, table: str) -> None:
        """Forgets all parts."""

    def matchings(self, kind: str) -> tuple[Matching, ...]:
        """The matchings kept for a kind, by name."""

    def put_matching(self, matching: Matching) -> None:
        """Keeps a matching; one of the same kind and name is replaced."""


@contextmanager
def together(hq: Headquarters, store: TableStore) -> Iterator[None]:
    """One transaction over the headquarters and the tables under way."""
    with hq.transactions.atomic(), store.atomic():
        yield


def element_of(row: TableRow, line: Line) -> ElementId:
    """The id that this row's element has, or would have."""
    return element_id(hashlib.sha256(f"{row.seed}/{line.n}".encode()).digest()[:16])
