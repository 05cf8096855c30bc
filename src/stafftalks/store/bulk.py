"""Many rows at once: `executemany` on SQLite, COPY on PostgreSQL, where a few rows go faster in one INSERT.

The rows are never all in memory twice.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TypeAlias

from django.db import connection

Cell: TypeAlias = int | str | bytes | bool | None
Row: TypeAlias = tuple[Cell, ...]

# Django keeps what it hands to executemany until the call ends, so long streams go in parts.
_PART = 4096
_FEW = 16


def insert(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> None:
    """Inserts `rows` into `table`; `columns` pairs each name with its PostgreSQL type. Names are ours, never from outside."""
    names = ", ".join(name for name, _ in columns)
    holes = f"({', '.join(['%s'] * len(columns))})"
    stream = iter(rows)
    if connection.vendor == "postgresql":
        first = list(islice(stream, _FEW))
        if len(first) == _FEW:
            _copy(
                f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)",
                [kind for _, kind in columns],
                chain(first, stream),
            )
        elif first:
            with connection.cursor() as cursor:
                statement = f"INSERT INTO {table} ({names}) VALUES {', '.join([holes] * len(first))}"  # noqa: S608
                cursor.execute(statement, [cell for row in first for cell in row])
        return
    with connection.cursor() as cursor:
        while part := list(islice(stream, _PART)):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES {holes}", part)  # noqa: S608


def _copy(statement: str, kinds: Sequence[str], rows: Iterable[Row]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(kinds)
        for row in rows:
            copy.write_row(row)
