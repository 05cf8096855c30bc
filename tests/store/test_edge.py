"""What the database and the machine do wrong reaches people as a sentence, and changes nothing."""

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.utils import load_backend
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import JournalLine
from stafftalks.store.ports import StorePorts
from stafftalks.values.errors import HostError, MisuseError
from tests.store.rows import accord_row, element_row, entry_rows, exchange_row, feed_row, journal_row, partner_row

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'")


def pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {statement}")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


@sqlite_only
def test_a_full_disk_is_said_so_and_nothing_is_half_written(database: StorePorts) -> None:
    database.records.add_accord(accord_row())
    database.records.add_feed(feed_row())
    limit = pragma("max_page_count")
    with connection.cursor() as cursor:  # pages that earlier tests gave back would make room beyond any limit
        cursor.execute("CREATE TABLE taken_up (bytes BLOB)")
        cursor.execute("INSERT INTO taken_up VALUES (zeroblob(%s))", [pragma("freelist_count") * pragma("page_size")])
    pragma(f"max_page_count={pragma('page_count') + 20}")
    try:
        with pytest.raises(HostError, match="disk that holds the database is full"):
            database.records.append(feed_row().feed, entry_rows(0, 20_000), b"frontier")
    finally:
        pragma(f"max_page_count={limit}")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE taken_up")
    assert database.records.feed(feed_row().feed) == feed_row()
    assert list(database.records.entries(feed_row().feed, 0, 9)) == []
    database.records.append(feed_row().feed, entry_rows(0, 5), b"frontier")


@sqlite_only
def test_a_database_that_can_only_be_read_is_said_so(database: StorePorts) -> None:
    pragma("query_only=ON")
    try:
        with pytest.raises(HostError, match="can only be read"):
            database.journal.add(journal_row("One."))
    finally:
        pragma("query_only=OFF")


@pytest.mark.usefixtures("database")
def test_tables_of_another_release_are_said_so() -> None:
    with pytest.raises(HostError, match="lacks a table or column"), reading(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM store_of_tomorrow")


@pytest.mark.usefixtures("database")
def test_a_database_server_that_does_not_answer_is_said_so() -> None:
    backend = load_backend("django.db.backends.postgresql")
    nowhere = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": "1", "NAME": "hq", "USER": "hq", "OPTIONS": {}}
    with pytest.raises(HostError, match="cannot be reached"), reading():
        backend.DatabaseWrapper(nowhere, DEFAULT_DB_ALIAS).ensure_connection()


@pytest.mark.usefixtures("database")
def test_what_the_database_refuses_by_rule_is_our_misuse() -> None:
    JournalLine.objects.create(at=1, person="a", act="b", subject="c", sentence="d", n=0, chain=b"value")
    with pytest.raises(MisuseError, match="refused this, and nothing was changed"), writing():
        JournalLine.objects.all().delete()


@pytest.mark.parametrize("text", ["before\0after", "half \ud800 pair", "both \0 and \udfff"])
def test_bytes_that_a_partner_made_up_do_not_keep_a_line_out_of_the_logs(database: StorePorts, text: str) -> None:
    database.log.add(exchange_row("a", sentence=text))
    database.journal.add(journal_row(text))
    database.partners.put(partner_row())
    _, (line,) = database.log.find()
    assert line.sentence == storable(text) != text


def test_a_title_that_a_database_cannot_keep_is_our_misuse_and_changes_nothing(database: StorePorts) -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(MisuseError):
            database.holdings.put(element_row("flood", title="before\0after"), None)
        assert database.holdings.find() == (0, ())
    else:
        database.holdings.put(element_row("flood", title="before\0after"), None)
        assert database.holdings.find(text="before") == (1, (element_row("flood", title="before\0after"),))


@given(st.text(st.characters(), max_size=40))
def test_storable_text_is_utf8_without_nul_and_sound_text_is_left_alone(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert storable(kept) == kept
    if "\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text):
        assert kept == text
