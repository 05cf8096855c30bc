"""Long feeds pass through in constant memory, whole and in order, without a query for each row."""

import tracemalloc
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stafftalks.services.rows import EntryRow
from stafftalks.store.ports import StorePorts
from tests.store.rows import accord_row, digest, element_row, entry_rows, feed_row, partner_row, request_row

FEED = feed_row().feed
MIB = 1024 * 1024


@pytest.fixture
def held(database: StorePorts) -> StorePorts:
    database.records.add_accord(accord_row())
    database.records.add_feed(feed_row())
    return database


def peak_of(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_feed_of_twenty_thousand_entries_streams_in_and_out(held: StorePorts) -> None:
    body = bytes(500)

    def write() -> None:
        with held.transactions.atomic():
            for start in range(0, 20_000, 2000):
                rows = [EntryRow(n, b"%0300d" % n, digest(str(n)), body) for n in range(start, start + 2000)]
                held.records.append(FEED, rows, b"frontier")

    def read() -> None:
        assert sum(row.n for row in held.records.entries(FEED, 0, 20_000)) == 20_000 * 19_999 // 2

    assert peak_of(write) < 8 * MIB  # 19 MiB pass through
    assert peak_of(read) < 8 * MIB


def test_slips_of_the_largest_size_are_never_many_in_memory(held: StorePorts) -> None:
    rows = [EntryRow(n, b"leaf", digest(str(n)), bytes([n]) * (4 * MIB)) for n in range(12)]
    held.records.append(FEED, rows, b"frontier")

    def read() -> None:
        for n, row in enumerate(held.records.entries(FEED, 0, 12)):
            assert row.slip is not None
            assert (row.n, row.slip[0], len(row.slip)) == (n, n, 4 * MIB)

    assert peak_of(read) < 40 * MIB  # 48 MiB of slips, and a driver may hold a row in two forms


def test_appending_takes_the_same_few_statements_however_many_entries(held: StorePorts) -> None:
    counts = []
    for start, stop in ((0, 10), (10, 1010)):
        with CaptureQueriesContext(connection) as captured:
            held.records.append(FEED, entry_rows(start, stop), b"frontier")
        counts.append(len(captured))
    assert counts[0] == counts[1] < 10


def test_lists_take_the_same_few_statements_however_many_rows(held: StorePorts) -> None:
    def count() -> list[int]:
        counts = []
        for look in (held.holdings.find, held.desk.find, held.partners.partners, held.log.find, held.journal.find):
            with CaptureQueriesContext(connection) as captured:
                look()
            counts.append(len(captured))
        return counts

    def fill(start: int, stop: int) -> None:
        for n in range(start, stop):
            held.holdings.put(element_row(f"e{n}"), None)
            held.desk.put(request_row(f"r{n}"))
            held.partners.put(partner_row(f"XP{n}", (b"one", b"two")))

    fill(0, 1)
    before = count()
    fill(1, 30)
    assert count() == before
    assert max(before) <= 2


def test_listing_ten_thousand_elements_uses_an_index(held: StorePorts) -> None:
    from stafftalks.store.models import Element

    for wanted in ({}, {"kind": "plan"}, {"contingency": "Flood"}, {"archived": True}):
        found = Element.objects.filter(**{"archived": False} | wanted)[:50]
        if connection.vendor == "sqlite":
            plan = found.explain()
            assert "USING INDEX element_" in plan
            assert "TEMP B-TREE" not in plan
        else:
            with connection.cursor() as cursor:
                # An empty table is always scanned and sorted otherwise.
                cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
            plan = found.explain()
            with connection.cursor() as cursor:
                cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")
            assert "Sort Key" not in plan
            assert "Index Scan using element_" in plan


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_one_more_entry_never_makes_postgresql_read_the_whole_table(held: StorePorts) -> None:
    for start in range(0, 6000, 1000):
        held.records.append(FEED, entry_rows(start, start + 1000), b"frontier")

    def scans() -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname IN ('store_entry', 'store_slip') ORDER BY 1"
            )
            return cursor.fetchall()

    before = scans()
    held.records.append(FEED, entry_rows(6000, 6001), b"frontier")
    held.records.append(FEED, [EntryRow(6001, b"leaf", digest("x"), None)], b"frontier")
    held.records.add_slip(FEED, 6001, b"late", [])
    held.records.clear_slips(FEED, [17])
    assert scans() == before
