"""Many rows at once: `executemany` on SQLite, COPY on PostgreSQL; the rows are never all in memory twice."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from django.db import connection

Cell: TypeAlias = int | str | bytes | bool | None
Row: TypeAlias = tuple[Cell, ...]

# Django keeps what it hands to executemany until the call ends, so long streams go in parts.
_PART = 4096


def insert(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> None:
    """Inserts `rows` into `table`; `columns` pairs each name with its PostgreSQL type. Names are ours, never from outside."""
    if connection.vendor == "postgresql":
        _copy(table, columns, rows)
    else:
        names = ", ".join(name for name, _ in columns)
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
        with connection.cursor() as cursor:
            for part in _parts(rows):
                cursor.executemany(statement, part)


def _copy(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> None:
    names = ", ".join(name for name, _ in columns)
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([kind for _, kind in columns])
        for row in rows:
            copy.write_row(row)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    stream = iter(rows)
    while part := list(islice(stream, _PART)):
        yield part
