"""The store of tables under way, in memory; `tests/store/test_tables.py` holds it and the real one to the same promises."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from stafftalks.services.ports import Headquarters
from stafftalks.services.table_rows import Matching, Part, TableRow


class FakeTables:
    """Shares the headquarters' memory, so that a transaction that fails puts its tables back too."""

    def __init__(self, hq: Headquarters) -> None:
        self._memory = hq.holdings._memory

    def atomic(self) -> AbstractContextManager[None]:
        return self._memory.atomic()

    def add(self, row: TableRow, source: bytes) -> None:
        self._memory.table("tables")[row.id] = row
        self._memory.table("table sources")[row.id] = source

    def table(self, table: str, *, lock: bool = False) -> TableRow | None:
        if lock:
            self._memory.check_transaction()
        return self._memory.table("tables").get(table)

    def put(self, row: TableRow) -> None:
        if row.id in self._memory.table("tables"):
            self._memory.table("tables")[row.id] = row

    def of(self, owner: str) -> tuple[TableRow, ...]:
        rows = [row for row in self._memory.table("tables").values() if row.owner == owner]
        return tuple(sorted(rows, key=lambda row: (-row.at, row.id)))

    def running(self) -> tuple[str, ...]:
        rows = [row for row in self._memory.table("tables").values() if row.running]
        return tuple(row.id for row in sorted(rows, key=lambda row: (row.at, row.id)))

    def source(self, table: str) -> bytes:
        return self._memory.table("table sources").get(table, b"")

    def clear_source(self, table: str) -> None:
        self._memory.table("table sources")[table] = b""

    def remove(self, table: str) -> None:
        self._memory.table("tables").pop(table, None)
        self._memory.table("table sources").pop(table, None)
        self.drop_parts(table)

    def put_part(self, table: str, part: Part) -> None:
        self._memory.table("table parts")[table, part.number] = part

    def part(self, table: str, number: int) -> Part | None:
        return self._memory.table("table parts").get((table, number))

    def parts(self, table: str, numbers: Sequence[int]) -> tuple[Part, ...]:
        held = self._memory.table("table parts")
        return tuple(held[table, number] for number in sorted(numbers) if (table, number) in held)

    def tally(self, table: str) -> tuple[tuple[int, int, int, int], ...]:
        parts = sorted(
            (part for (of, _), part in self._memory.table("table parts").items() if of == table), key=_number
        )
        return tuple((part.number, part.faulty, part.known, part.left) for part in parts)

    def drop_parts(self, table: str) -> None:
        held = self._memory.table("table parts")
        for key in [key for key in held if key[0] == table]:
            del held[key]

    def matchings(self, kind: str) -> tuple[Matching, ...]:
        found = [row for row in self._memory.table("table matchings").values() if row.kind == kind]
        return tuple(sorted(found, key=lambda row: row.name))

    def put_matching(self, matching: Matching) -> None:
        self._memory.table("table matchings")[matching.kind, matching.name] = matching


def _number(part: Part) -> int:
    return part.number
