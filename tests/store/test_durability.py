"""A connection keeps what it acknowledged, and one that would not is refused."""

import threading

import pytest
from django.conf import settings
from django.db import connection, connections

from stafftalks.store import durability
from stafftalks.store.edge import writing
from stafftalks.store.models import JournalLine
from stafftalks.store.ports import StorePorts
from stafftalks.values.errors import HostError
from tests.store.rows import accord_row, entry_rows, feed_row

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'")


@pytest.mark.usefixtures("database")
def test_every_connection_of_every_thread_is_set_up_to_keep_its_word() -> None:
    durability.verify(connection)
    faults: list[str] = []

    def other_thread() -> None:
        try:
            durability.verify(connection)
        except HostError as error:
            faults.append(str(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=other_thread)
    thread.start()
    thread.join()
    assert faults == []


@sqlite_only
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("synchronous", "1"),
        ("recursive_triggers", "0"),
        ("foreign_keys", "0"),
        ("secure_delete", "0"),
        ("journal_mode", "delete"),
    ],
)
def test_a_sqlite_setting_that_does_not_hold_is_named(name: str, wrong: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        before = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA {name}={wrong}")
    try:
        with pytest.raises(HostError, match=f"PRAGMA {name} is "):
            durability.verify(connection)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}={before}")
    durability.verify(connection)


@sqlite_only
@pytest.mark.usefixtures("database")
def test_a_write_transaction_takes_the_lock_when_it_begins() -> None:
    """A transaction that began as a reader could find the database changed when it comes to write."""
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    refused: list[str] = []

    def other_writer() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout=0")
            with writing():
                JournalLine.objects.create(at=1, person="a", act="b", subject="c", sentence="d", n=0, chain=b"value")
        except HostError as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    with writing():
        thread = threading.Thread(target=other_writer)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert "busy" in refused[0]
    assert not JournalLine.objects.exists()


@postgresql_only
@pytest.mark.usefixtures("database")
def test_a_postgresql_commit_that_would_not_wait_for_the_disk_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        with pytest.raises(HostError, match="synchronous_commit is off"):
            durability.verify(connection)
        durability.prepare(connection)
        durability.verify(connection)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")


@sqlite_only
def test_cleared_bytes_are_gone_from_the_files(database: StorePorts) -> None:
    secret = b"The bridge at Kalen is to be held until C+3." * 200
    database.records.add_accord(accord_row())
    database.records.add_feed(feed_row())
    rows = [type(row)(row.n, row.leaf, row.leaf_hash, secret) for row in entry_rows(0, 5)]
    database.records.append(feed_row().feed, rows, b"frontier")
    assert any(secret[:44] in content for content in files())
    assert database.records.clear_slips(feed_row().feed, range(5)) == 5
    assert not any(secret[:44] in content for content in files())


def files() -> list[bytes]:
    from pathlib import Path

    name = Path(connection.settings_dict["NAME"])
    return [path.read_bytes() for path in name.parent.glob(name.name + "*")]
