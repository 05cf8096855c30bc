"""The database itself refuses changes, deletions, gaps and replacements, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.refs import ExactRef
from stafftalks.services.check_rows import BudgetRow, CheckFound, CheckInput, CheckRow
from stafftalks.services.rows import AcceptanceRow, BesideRow, PolicyRow, ReceiptRow
from stafftalks.store.models import (
    AcceptanceLine,
    Accord,
    BesideLine,
    BudgetLine,
    Check,
    DroppedPoints,
    Entry,
    ExchangeLine,
    Feed,
    JournalLine,
    LogHead,
    PartnerCard,
    PolicyLine,
    Receipt,
    Slip,
    Version,
    WrittenLine,
)
from stafftalks.store.ports import StorePorts
from stafftalks.values.ids import AccordId, ElementId, EpochId, VersionHash
from stafftalks.values.label import Marking
from tests.guards import lifted
from tests.store.rows import (
    XMR,
    XTV,
    accord_row,
    element_row,
    entry_rows,
    exchange_row,
    feed_row,
    journal_row,
    partner_row,
    run_row,
    written_row,
)

FEED = feed_row().feed
FROZEN = feed_row(XTV).feed
BESIDE = BesideRow(ExactRef(XTV, ElementId("a" * 26), VersionHash("b" * 52)), Marking("XMR", "SECRET"), "pia", 1)
CHECK = CheckRow(AccordId("c" * 52), EntryRef(XMR, EpochId("e" * 26), 7), "oda", 1, b"s" * 32, 1)
NEVER_CHANGED = {
    Accord: "opened_at",
    Entry: "leaf",
    Receipt: "at",
    Version: "at",
    PartnerCard: "ordinal",
    ExchangeLine: "at",
    JournalLine: "at",
    PolicyLine: "raw",
    BesideLine: "marking",
    AcceptanceLine: "reason",
    BudgetLine: "checks_a_week",
    DroppedPoints: "kept",
    WrittenLine: "said",
}
NEVER_DELETED = (Feed, Slip, LogHead, Check)
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'")


@pytest.fixture
def full(database: StorePorts) -> None:
    """A row in every table that never changes, a feed of three entries, and a frozen one of two."""
    records = database.records
    records.add_accord(accord_row())
    for row, size in ((feed_row(), 3), (feed_row(XTV), 2)):
        records.add_feed(row)
        records.append(row.feed, entry_rows(0, size), b"frontier")
    records.drop_points(FROZEN, {1: b"kept"})
    records.add_receipt(FEED, ReceiptRow(XTV, 3, 1))
    records.clear_slips(FEED, [2])
    records.freeze(FROZEN, "Two records at #1.", b"proof", 1)
    records.close(FROZEN)
    database.holdings.put(element_row("flood"), None)
    database.partners.put(partner_row())
    database.log.add(exchange_row("a"))
    database.acceptances.put(AcceptanceRow("a" * 26, ("XMR/a/b",), "Known.", "pia", 1))
    database.journal.add(journal_row("One."))
    database.checks.add(CHECK, [CheckInput(ElementId("a" * 26), VersionHash("b" * 52), "Patrol", b"put in")])
    database.checks.put_found(CHECK.proposal, CheckFound(2, count=3))
    database.checks.put_budget(BudgetRow(XTV, by="hal", at=1))
    database.labels.put_policy(PolicyRow("ISLES", "spif", b"<SPIF/>", 1, "ada"))
    database.labels.put_beside(BESIDE)
    database.written.put(written_row())


def number(party: str = XMR) -> int:
    return Feed.objects.get(party=party).number


def refused(statement: str, *cells: object) -> None:
    """Runs the statement and holds the database to refusing it and staying as it was."""
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, cells)
    assert everything() == before


def everything() -> list[list[tuple[object, ...]]]:
    tables = [model._meta.db_table for model in (*NEVER_CHANGED, *NEVER_DELETED)]
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            found.append(
                [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in cursor.fetchall()]
            )
    return found


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", NEVER_CHANGED)
def test_rows_that_never_change_are_neither_changed_nor_deleted(model: type) -> None:
    table, column = model._meta.db_table, NEVER_CHANGED[model]
    refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", NEVER_DELETED)
def test_feeds_slips_heads_and_checks_are_never_deleted(model: type) -> None:
    refused(f"DELETE FROM {model._meta.db_table}")


@sqlite_only
@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("model", [*NEVER_CHANGED, *NEVER_DELETED])
def test_insert_or_replace_replaces_nothing_even_without_recursive_triggers(model: type, recursive: str) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
    try:
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        refused(f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")


@sqlite_only
@pytest.mark.usefixtures("full")
def test_a_card_or_feed_is_not_replaced_through_its_other_key() -> None:
    refused(
        "INSERT OR REPLACE INTO store_partnercard (partner_id, ordinal, document) VALUES ('XTV', 0, %s)",
        b"another card",
    )
    refused(
        "INSERT OR REPLACE INTO store_feed (accord_id, party, epoch, ordinal, public_key, certificate, size, frontier, note, "
        "frozen, evidence, frozen_at, closed) SELECT accord_id, party, epoch, 7, public_key, certificate, 0, frontier, note, "
        "frozen, evidence, frozen_at, closed FROM store_feed WHERE party = 'XMR'"
    )


@postgresql_only
@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", [*NEVER_CHANGED, *NEVER_DELETED])
def test_no_table_of_the_record_can_be_truncated(model: type) -> None:
    refused(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("n", [-1, 0, 2, 4, 99])
def test_an_entry_stands_only_right_after_the_last(n: int) -> None:
    refused(
        "INSERT INTO store_entry (feed_id, n, leaf, leaf_hash) VALUES (%s, %s, %s, %s)", number(), n, b"leaf", b"hash"
    )


@pytest.mark.usefixtures("full")
def test_several_entries_at_once_leave_no_gap_either() -> None:
    refused(
        "INSERT INTO store_entry (feed_id, n, leaf, leaf_hash) VALUES (%s, 3, %s, %s), (%s, 5, %s, %s)",
        *(number(), b"leaf", b"hash") * 2,
    )


@pytest.mark.usefixtures("full")
def test_an_entry_stands_in_no_feed_that_is_frozen_or_unknown() -> None:
    for feed, n in ((number(XTV), 2), (number(XTV) + 1000, 0)):
        refused(
            "INSERT INTO store_entry (feed_id, n, leaf, leaf_hash) VALUES (%s, %s, %s, %s)", feed, n, b"leaf", b"hash"
        )


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("n", [-1, 3])
def test_a_slip_stands_only_beside_its_entry(n: int) -> None:
    refused(
        "INSERT INTO store_slip (feed_id, n, payload, cleared, audience) VALUES (%s, %s, %s, %s, '')",
        number(), n, b"slip", False,
    )  # fmt: skip


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "change",
    [
        "payload = leaf_hash FROM store_entry WHERE store_entry.feed_id = store_slip.feed_id AND store_entry.n = store_slip.n",
        "audience = 'XOU'",
        "payload = NULL",
        "payload = NULL, cleared = TRUE, audience = 'XOU'",
        "payload = NULL, cleared = TRUE, n = n + 10",
        "cleared = FALSE",
    ],
)
def test_a_slip_can_only_be_cleared(change: str) -> None:
    refused(f"UPDATE store_slip SET {change}")


@pytest.mark.usefixtures("full")
def test_clearing_a_slip_is_allowed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_slip SET payload = NULL, cleared = TRUE")
    assert not Slip.objects.filter(cleared=False).exists()


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "change",
    [
        "size = 2",
        "size = 4",
        "size = 0",
        "public_key = certificate",
        "certificate = public_key",
        "party = 'XPA'",
        "epoch = 'other'",
        "ordinal = 5",
        "number = number + 100",
    ],
)
def test_a_feed_keeps_its_identity_key_and_size(change: str) -> None:
    refused(f"UPDATE store_feed SET {change} WHERE party = 'XMR'")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("change", ["closed = FALSE", "frozen = ''", "frozen_at = 2", "evidence = ''"])
def test_a_feed_is_never_reopened_or_thawed(change: str) -> None:
    refused(f"UPDATE store_feed SET {change} WHERE party = 'XTV'")


@pytest.mark.usefixtures("full")
def test_a_feed_begins_empty() -> None:
    refused(
        "INSERT INTO store_feed (accord_id, party, epoch, ordinal, public_key, certificate, size, frontier, note, frozen, "
        "evidence, frozen_at, closed) SELECT accord_id, 'XPA', epoch, ordinal, public_key, certificate, 1, frontier, note, "
        "frozen, evidence, frozen_at, closed FROM store_feed WHERE party = 'XMR'"
    )


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", [ExchangeLine, JournalLine])
@pytest.mark.parametrize("n", ["-1", "0", "2", "NULL"])
def test_a_line_takes_the_next_number_of_its_log(model: type, n: str) -> None:
    names = [field.column for field in model._meta.fields if field.name not in ("id", "n")]
    columns = ", ".join(names)
    refused(f"INSERT INTO {model._meta.db_table} ({columns}, n) SELECT {columns}, {n} FROM {model._meta.db_table}")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("log", ["exchange", "journal"])
@pytest.mark.parametrize(
    "change", ["size = 0", "size = 2", "size = size", "value = log", "log = 'another'", "size = 2, value = log"]
)
def test_a_head_only_follows_the_lines_of_its_log(log: str, change: str) -> None:
    change = change.replace("= log", "= (SELECT public_key FROM store_feed WHERE party = 'XMR')")
    refused(f"UPDATE store_loghead SET {change} WHERE log = %s", log)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "change",
    [
        "inputs = work",
        "accord = 'other'",
        "n = n + 1",
        "party = 'XTV'",
        "secret = inputs",
        "found = work",
        "found = NULL",
        "size = 2",
    ],
)
def test_what_was_put_into_a_check_and_what_it_told_never_change(change: str) -> None:
    refused(f"UPDATE store_check SET {change}")


@pytest.mark.parametrize(
    "change", ["asked = stands", "problem = stands", "problem = ''", "at = at + 1", "by = 'hal'", "analysis = 'risk'"]
)
def test_what_a_run_was_asked_for_never_changes(database: StorePorts, change: str) -> None:
    row = run_row()
    database.runs.add(row, b"problem")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE store_run SET {change}")
    assert (database.runs.run(row.id), database.runs.problem(row.id)) == (row, b"problem")


@pytest.mark.usefixtures("full")
def test_a_secret_that_was_forgotten_does_not_come_back(database: StorePorts) -> None:
    database.checks.forget_secret(CHECK.proposal)
    refused("UPDATE store_check SET secret = inputs")


@pytest.mark.usefixtures("full")
def test_a_head_begins_empty() -> None:
    refused("INSERT INTO store_loghead (log, size, value) SELECT 'another', 1, value FROM store_loghead LIMIT 1")


@pytest.mark.usefixtures("full")
def test_these_tests_would_see_a_guard_that_is_missing() -> None:
    with lifted(connection), connection.cursor() as cursor:
        for model, column in NEVER_CHANGED.items():
            cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = {column}")
        cursor.execute("UPDATE store_feed SET size = 0 WHERE party = 'XMR'")
    assert Feed.objects.get(party=XMR).size == 0


@pytest.mark.usefixtures("database")
def test_every_guarded_table_still_has_its_guards() -> None:
    """A later migration that lets Django rebuild a table on SQLite would drop them without a word."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        found = {name for (name,) in cursor.fetchall()}
    always = {f"guard_{model._meta.db_table}" for model in (*NEVER_CHANGED, *NEVER_DELETED)}
    kinds = ("update", "delete", "replace") if connection.vendor == "sqlite" else ("refuse",)
    wanted = {f"{guard}_{kind}" for guard in always for kind in kinds} - {
        "guard_store_feed_update",
        "guard_store_loghead_update",
        "guard_store_check_update",
    }
    wanted |= (
        {"guard_store_run_fixed", "guard_store_run_replace"}
        if connection.vendor == "sqlite"
        else {"guard_store_run_keep"}
    )
    wanted |= {f"guard_store_{table}_gap" for table in ("exchangeline", "journalline")}
    if connection.vendor == "sqlite":
        wanted |= {f"guard_store_entry_{kind}" for kind in ("gap", "open")} | {"guard_store_slip_entry"}
        wanted |= {f"guard_store_feed_{kind}" for kind in ("start", "fixed", "size", "ended")}
        wanted |= {f"guard_store_loghead_follow_{log}" for log in ("exchange", "journal")}
        wanted |= {f"guard_store_check_{kind}" for kind in ("fixed", "secret", "found")}
        wanted |= {"store_ownwords_gone", "store_releasedwords_gone"}
        wanted |= {f"guard_store_{table}_{kind}" for table in ("note", "mention") for kind in kinds}
    else:
        wanted |= {
            "guard_store_entry_added",
            "guard_store_slip_added",
            "guard_store_slip_clear",
            "guard_store_feed_keep",
            "guard_store_loghead_keep",
            "guard_store_check_keep",
        }
        wanted |= {f"guard_store_{table}_{kind}" for table in ("note", "mention") for kind in ("keep", "refuse")}
    assert found == wanted
