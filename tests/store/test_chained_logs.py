"""Lines of the logs are chained as they are written, whoever writes at once; lines from before there was a chain are chained by the migration."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from stafftalks.record.chain import START, Head, Walk, following, line
from stafftalks.services.logs import EXCHANGE, JOURNAL, LOGS, LinesWanted, exchange_says, journal_says
from stafftalks.services.ports import ChainedLog, Headquarters
from stafftalks.store import chaining
from stafftalks.store.ports import StorePorts
from stafftalks.values.errors import PeerError, StafftalksError
from tests.store.rows import exchange_row, journal_row


def walked(log: ChainedLog) -> Head:
    walk = Walk(Head(log.head().log))
    for found in log.lines():
        assert found.before == walk.head.value
        walk.take(found.n, found.says, found.value)
    return walk.head


def test_every_line_is_chained_to_the_one_before_it(store: Headquarters) -> None:
    assert (store.journal.head(), store.log.head()) == (Head(JOURNAL), Head(EXCHANGE))
    for n in range(3):
        store.journal.add(journal_row(f"Line {n} “ל”.", at=n))
        store.log.add(exchange_row(f"b{n}", sentence="half \ud800 pair"))
    for log in (store.journal, store.log):
        assert walked(log) == log.head()
        assert log.head().size == 3
    first = next(iter(store.journal.lines()))
    assert first.value == following(JOURNAL, START, line(0, first.says))


def test_lines_are_read_by_number_time_person_subject_act_and_words(store: Headquarters) -> None:
    for n in range(6):
        person, act = ("pia", "element added") if n % 2 else ("oda", "signed in")
        store.journal.add(journal_row(f"Line {n}.", at=100 + n, person=person, act=act, subject=f"s{n % 3}"))
        store.log.add(exchange_row(f"b{n}", at=100 + n, partner=("XTV", "XPA")[n % 2], outcome="sent"))

    def numbers(**wanted: object) -> list[int]:
        return [found.n for found in store.journal.lines(wanted=LinesWanted(**wanted))]

    assert [found.n for found in store.journal.lines(2, 4)] == [2, 3]
    assert [found.n for found in store.journal.lines(4)] == [4, 5]
    assert numbers(since=102, until=104) == [2, 3, 4]
    assert numbers(who="pia") == [1, 3, 5]
    assert numbers(who="pia", about="s0") == [3]
    assert numbers(act="signed in") == [0, 2, 4]
    assert numbers(words="LINE 4") == [4]
    assert [found.n for found in store.log.lines(wanted=LinesWanted(who="XPA", act="sent"))] == [1, 3, 5]
    total, window = store.journal.window(LinesWanted(who="oda"), 1, 1)
    assert (total, [found.n for found in window]) == (3, [2])
    assert store.journal.window(LinesWanted(), 0, 2)[0] == 6
    assert store.journal.find(act="signed in", limit=1)[0] == 3


def test_a_transaction_sees_its_own_lines_and_a_failed_one_leaves_none(store: Headquarters) -> None:
    def fail() -> None:
        with store.transactions.atomic():
            store.journal.add(journal_row("Inner."))
            assert store.journal.find()[0] == 2
            raise PeerError("It was not what it must be.")

    with store.transactions.atomic():
        store.journal.add(journal_row("Before."))
        with pytest.raises(PeerError):
            fail()
        store.journal.add(journal_row("After."))
    assert [row.sentence for row in store.journal.find()[1]] == ["After.", "Before."]
    assert walked(store.journal) == store.journal.head()


def test_a_log_longer_than_one_window_is_streamed_whole(database: StorePorts) -> None:
    with database.transactions.atomic():
        for n in range(5_000):
            database.journal.add(journal_row(f"Line {n}."))
    assert walked(database.journal) == database.journal.head()
    assert [found.n for found in database.journal.lines(4_990)] == list(range(4_990, 5_000))


def test_threads_that_write_both_logs_leave_no_gap_and_no_fork(database: StorePorts) -> None:
    faults: list[StafftalksError] = []

    def write(word: str, *, journal_first: bool) -> None:
        try:
            for n in range(12):
                with database.transactions.atomic():
                    adds = [
                        lambda n=n: database.journal.add(journal_row(f"{word} {n}")),
                        lambda n=n: database.log.add(exchange_row(f"{word} {n}")),
                    ]
                    # Whichever comes first, nobody waits for another who waits for them.
                    for add in adds if journal_first else reversed(adds):
                        add()
        except StafftalksError as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(word,), kwargs={"journal_first": word < "c"}) for word in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for log in (database.journal, database.log):
        assert walked(log) == log.head()
        assert log.head().size == 48
    assert {row.sentence for row in database.journal.find(limit=99)[1]} == {
        f"{w} {n}" for w in "abcd" for n in range(12)
    }


def test_a_thread_that_failed_leaves_nothing_behind_for_its_next_write(database: StorePorts) -> None:
    def fail() -> None:
        with database.transactions.atomic():
            database.journal.add(journal_row("Lost."))
            raise PeerError("It was not what it must be.")

    with pytest.raises(PeerError):
        fail()
    assert chaining._WAITING.depth == 0
    database.journal.add(journal_row("Kept."))
    assert [row.sentence for row in database.journal.find()[1]] == ["Kept."]


@contextmanager
def older(tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection to an empty database beside the tests' own."""
    name = str(tmp_path / "older.sqlite3")
    if connection.vendor == "postgresql":
        name = "stafftalks_older"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
    settings = {**connection.settings_dict, "NAME": name}
    own, held = (
        connections[DEFAULT_DB_ALIAS],
        load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS),
    )
    connections[DEFAULT_DB_ALIAS] = held  # Django notes what it migrated by this name
    try:
        yield held
    finally:
        held.close()
        connections[DEFAULT_DB_ALIAS] = own
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.usefixtures("database")
def test_lines_from_before_the_chain_are_chained_by_the_migration(tmp_path: Path) -> None:
    with older(tmp_path) as held:
        MigrationExecutor(held).migrate([("store", "0008_desk")])
        with transaction.atomic(), held.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO store_journalline (id, at, person, act, subject, sentence) VALUES (%s, %s, 'pia', 'added', 'flood', %s)",
                [(2 * n + 1, n, f"Line {n} “ל”") for n in range(5_000)],
            )
            cursor.execute(
                "INSERT INTO store_exchangeline (at, partner, direction, channel, bundle, outcome, sentence, accord, entries, size_bytes) "
                "VALUES (1, 'XTV', 'in', 'https', 'b', 'received', 'One.', '', 3, 9)"
            )
        MigrationExecutor(held).migrate([("store", "0009_chain")])
        assert chained(held, JOURNAL).size == 5_000
        assert chained(held, EXCHANGE).size == 1
        with held.cursor() as cursor, pytest.raises(IntegrityError, match="without a gap"):
            cursor.execute(
                "INSERT INTO store_journalline (at, person, act, subject, sentence, n, chain) "
                "SELECT at, person, act, subject, sentence, 5001, chain FROM store_journalline WHERE n = 0"
            )


@pytest.mark.usefixtures("database")
def test_empty_logs_are_chained_too(tmp_path: Path) -> None:
    with older(tmp_path) as held:
        MigrationExecutor(held).migrate([("store", "0009_chain")])
        assert [chained(held, log) for log in LOGS] == [Head(JOURNAL), Head(EXCHANGE)]


def chained(held: BaseDatabaseWrapper, log: str) -> Head:
    """The head of the log as it stands there, its lines having led to it."""
    names = {JOURNAL: journal_says(journal_row("")), EXCHANGE: exchange_says(exchange_row(""))}[log]
    walk = Walk(Head(log))
    with held.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)}, n, chain FROM {chaining.TABLES[log]._meta.db_table} ORDER BY id")
        for *cells, n, value in cursor.fetchall():
            walk.take(n, dict(zip(names, cells, strict=True)), bytes(value))
        cursor.execute("SELECT size, value FROM store_loghead WHERE log = %s", [log])
        size, value = cursor.fetchone()
    assert walk.head == Head(log, size, bytes(value))
    return walk.head
