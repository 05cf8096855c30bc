"""The `TableStore` over the database of this process: tables on their way in, between the steps."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import msgspec

from stafftalks.services.table_rows import RUNNING, Line, Matching, Part, TableRow
from stafftalks.store.edge import check_transaction, reading, storable, writing
from stafftalks.store.models import Table, TableMatching, TablePart

_LINES = msgspec.json.Decoder(tuple[Line, ...])
_TABLE = msgspec.json.Decoder(TableRow)


class DjangoTables:
    """Tables under way. It holds no state of its own, so threads may share it."""

    def atomic(self) -> AbstractContextManager[object]:
        """A write transaction: all or nothing, durable at exit; nests."""
        return writing()

    @writing()
    def add(self, row: TableRow, source: bytes) -> None:
        """Adds a table with what was sent."""
        Table.objects.create(
            id=row.id, owner=row.owner, state=row.state, at=row.at, details=msgspec.json.encode(row), source=source
        )

    @reading()
    def table(self, table: str, *, lock: bool = False) -> TableRow | None:
        """The table; with `lock` its row is held until the transaction ends."""
        found = Table.objects.defer("source").filter(id=table)
        if lock:
            check_transaction()
            found = found.select_for_update()
        row = found.first()
        return _TABLE.decode(bytes(row.details)) if row else None

    @writing()
    def put(self, row: TableRow) -> None:
        """Replaces a table's row; its source and parts stay."""
        Table.objects.filter(id=row.id).update(state=row.state, details=msgspec.json.encode(row))

    @reading()
    def of(self, owner: str) -> tuple[TableRow, ...]:
        """A person's tables, newest first."""
        return tuple(_TABLE.decode(bytes(row.details)) for row in Table.objects.defer("source").filter(owner=owner))

    @reading()
    def running(self) -> tuple[str, ...]:
        """The ids of the tables that have work to do, oldest first."""
        return tuple(Table.objects.filter(state__in=RUNNING).order_by("at", "id").values_list("id", flat=True))

    @reading()
    def source(self, table: str) -> bytes:
        """What was sent; empty once it has been read."""
        found = Table.objects.filter(id=table).values_list("source", flat=True).first()
        return bytes(found) if found else b""

    @writing()
    def clear_source(self, table: str) -> None:
        """Forgets what was sent."""
        Table.objects.filter(id=table).update(source=b"")

    @writing()
    def remove(self, table: str) -> None:
        """Forgets the table and its parts; elements it became stay."""
        TablePart.objects.filter(table_id=table).delete()
        Table.objects.filter(id=table).delete()

    @writing()
    def put_part(self, table: str, part: Part) -> None:
        """Adds or replaces a part."""
        fields = {
            "faulty": part.faulty,
            "known": part.known,
            "left": part.left,
            "lines": msgspec.json.encode(part.lines),
        }
        TablePart.objects.update_or_create(table_id=table, number=part.number, defaults=fields)

    @reading()
    def part(self, table: str, number: int) -> Part | None:
        """One part."""
        found = TablePart.objects.filter(table_id=table, number=number).first()
        return _part(found) if found else None

    @reading()
    def parts(self, table: str, numbers: Sequence[int]) -> tuple[Part, ...]:
        """These parts, in order."""
        return tuple(_part(found) for found in TablePart.objects.filter(table_id=table, number__in=list(numbers)))

    @reading()
    def tally(self, table: str) -> tuple[tuple[int, int, int, int], ...]:
        """(number, faulty, known, left) of every part, in order, without its lines."""
        found = TablePart.objects.filter(table_id=table).values_list("number", "faulty", "known", "left")
        return tuple(found)

    @writing()
    def drop_parts(self, table: str) -> None:
        """Forgets all parts."""
        TablePart.objects.filter(table_id=table).delete()

    @reading()
    def matchings(self, kind: str) -> tuple[Matching, ...]:
        """The matchings kept for a kind, by name."""
        found = TableMatching.objects.filter(kind=kind)
        return tuple(Matching(row.kind, row.name, dict(row.columns), row.by, row.at) for row in found)

    @writing()
    def put_matching(self, matching: Matching) -> None:
        """Keeps a matching; one of the same kind and name is replaced."""
        fields = {
            "columns": {storable(name): path for name, path in matching.columns.items()},
            "by": matching.by,
            "at": matching.at,
        }
        TableMatching.objects.update_or_create(kind=matching.kind, name=storable(matching.name), defaults=fields)


def _part(found: TablePart) -> Part:
    return Part(found.number, _LINES.decode(bytes(found.lines)))
