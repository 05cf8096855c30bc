"""Writing a feed into a store, one way a process: `python -m benchmarks.storing VERB FOLDER PATH ...`; on PostgreSQL where DATABASE_URL says so.

`FOLDER` becomes a headquarters' folder, set up as `stafftalks init` does; the tables, guards and settings are the product's.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import children, feeds
from stafftalks.record import tree
from stafftalks.record.feed import FeedReader
from stafftalks.values.ids import PartyId


class Result(msgspec.Struct):
    """What it cost to write `entries` entries, and the most memory the process had."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    entries: int


def singles(folder: str, path: str, count: str) -> Result:
    """One entry a transaction, each with its signed head: as an act of a person is kept."""
    records, atomic, row = _store(Path(folder), Path(path))
    author = feeds.Author()
    with children.cost() as spent:
        for start, leaves, slips in author.batches(int(count), size=1):
            entry = row(start, leaves[0], tree.leaf_hash(leaves[0]), slips[0])
            with atomic():
                records.feed(author.feed, lock=True)
                records.append(author.feed, [entry], author.frontier.encode())
                records.put_note(author.feed, author.note())
    return _result(spent, int(count))


def batched(folder: str, path: str, count: str, size: str) -> Result:
    """`size` entries a transaction, made before the measured time begins."""
    records, atomic, row = _store(Path(folder), Path(path))
    author = feeds.Author()
    batches = []
    for start, leaves, slips in author.batches(int(count), size=int(size)):
        hashes = tree.leaf_hashes(leaves)
        rows = [row(start + i, leaf, hashes[i], slips[i]) for i, leaf in enumerate(leaves)]
        batches.append((rows, author.frontier.encode()))
    with children.cost() as spent:
        for rows, frontier in batches:
            with atomic():
                records.append(author.feed, rows, frontier)
    return _result(spent, int(count))


def load(folder: str, path: str) -> Result:
    """The whole feed from its file: authenticated, every commitment checked, and stored; streaming, `feeds.BATCH` a transaction."""
    records, atomic, row = _store(Path(folder), Path(path))
    made = feeds.written(Path(path))
    with children.cost() as spent:
        reader = FeedReader(made.feed, made.public_key, tree.Frontier.empty())
        for batch in feeds.read(Path(path)):
            reader.take(batch.start, batch.leaves)
        authentic = reader.finish(made.note)
        frontier = tree.Frontier.empty()
        for batch in feeds.read(Path(path)):
            entries = authentic.entries(batch.start, batch.leaves, dict(enumerate(batch.slips, batch.start)))
            hashes = tree.leaf_hashes(batch.leaves)
            frontier = frontier.extend(hashes)
            rows = [row(entry.n, entry.leaf, hashes[i], entry.slip) for i, entry in enumerate(entries)]
            with atomic():
                records.append(made.feed, rows, frontier.encode())
        with atomic():
            records.put_note(made.feed, made.note)
    if records.feed(made.feed).size != made.entries:
        raise RuntimeError("Not all entries were stored.")
    return _result(spent, made.entries)


def raw_sqlite(folder: str, count: str, size: str) -> Result:
    """The floor on SQLite, in a file beside `folder`: the same rows and settings, by the driver alone, into tables without guards."""
    batches = list(_raw_rows(int(count), int(size)))
    database = sqlite3.connect(f"{folder}.sqlite3", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        "CREATE TABLE entry (feed INTEGER, n INTEGER, leaf BLOB, leaf_hash BLOB, PRIMARY KEY (feed, n));"
        "CREATE TABLE slip (feed INTEGER, n INTEGER, payload BLOB, cleared BOOL, audience TEXT, PRIMARY KEY (feed, n));"
    )
    with children.cost() as spent:
        for entries, slips in batches:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", entries)
            database.executemany("INSERT INTO slip VALUES (?, ?, ?, ?, ?)", slips)
            database.execute("COMMIT")
    database.close()
    return _result(spent, int(count))


def raw_copy(_: str, count: str, size: str) -> Result:
    """The floor on PostgreSQL: the same rows by COPY alone, into tables without guards."""
    import psycopg

    batches = list(_raw_rows(int(count), int(size)))
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        for table in (
            "raw_entry (feed int8, n int8, leaf bytea, leaf_hash bytea, PRIMARY KEY (feed, n))",
            "raw_slip (feed int8, n int8, payload bytea, cleared bool, audience varchar, PRIMARY KEY (feed, n))",
        ):
            database.execute(f"DROP TABLE IF EXISTS {table.split()[0]}")
            database.execute(f"CREATE TABLE {table}")
        database.commit()
        with children.cost() as spent:
            for entries, slips in batches:
                with database.cursor() as cursor:
                    _copy(cursor, "raw_entry", ("int8", "int8", "bytea", "bytea"), entries)
                    _copy(cursor, "raw_slip", ("int8", "int8", "bytea", "bool", "varchar"), slips)
                database.commit()
    return _result(spent, int(count))


def _copy(cursor: Any, table: str, types: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _raw_rows(count: int, size: int) -> Iterator[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]:
    for start, leaves, slips in feeds.Author().batches(count, size=size):
        hashes = tree.leaf_hashes(leaves)
        entries = [(1, start + i, leaf, hashes[i]) for i, leaf in enumerate(leaves)]
        yield entries, [(1, start + i, slip, False, feeds.PARTNER) for i, slip in enumerate(slips)]


def _store(folder: Path, path: Path) -> tuple[Any, Any, Any]:
    """The records port over a new headquarters that holds the feed's accord and the feed, empty; its transactions; and what makes a row."""
    from stafftalks.cli.site_port import Founding
    from stafftalks.services.rows import AccordRow, EntryRow, FeedRow
    from stafftalks.site import founding
    from stafftalks.values.person import Role

    password = "a long word for benchmarks alone"
    nowhere = "127.0.0.1:1"
    founding.found(
        folder, Founding(PartyId("XTV"), "Torvia", (), nowhere, nowhere, "ada", "Ada", frozenset(Role), password)
    )
    from stafftalks.services import registry

    hq = registry.current()
    made = feeds.written(path)
    hq.records.add_accord(AccordRow(made.feed.accord, made.charter, 0))
    hq.records.add_feed(FeedRow(made.feed, 0, made.public_key, b"", 0, tree.Frontier.empty().encode()))

    def row(n: int, leaf: bytes, leaf_hash: bytes, slip: bytes | None) -> EntryRow:
        return EntryRow(n, leaf, leaf_hash, slip, audience=(feeds.PARTNER,))

    return hq.records, hq.transactions.atomic, row


def _result(spent: children.Cost, entries: int) -> Result:
    return Result(spent.wall_s, spent.cpu_s, children.peak_mb(), entries)


if __name__ == "__main__":
    children.answer({verb.__name__: verb for verb in (singles, batched, load, raw_sqlite, raw_copy)})
