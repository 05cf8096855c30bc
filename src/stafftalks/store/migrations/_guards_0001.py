"""What the database refuses by itself, as of migration 0001: frozen with it, so later guards go into a later migration.

Never changed, never deleted: accords, entries, receipts, exchange lines, journal lines, versions, party cards. Entries stand at 0, 1, 2, ... of their
feed, none in a feed that is frozen (a closed one of ours still takes back
what a partner held of it). A slip belongs to an entry and can only be cleared. A feed's identity, key and certificate
never change, its size is that of its entries and never falls, and it is never reopened or thawed, nor frozen later than it was.

SQLite checks row by row; an insert over an existing key is refused too, so `INSERT OR REPLACE` is, even on a connection that
forgot `recursive_triggers`. PostgreSQL checks entries and slips once a statement, so that COPY stays fast. Its functions look tables
up in their own schema first: a temporary table of the same name cannot fool them.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Table, then each of its unique keys: a REPLACE deletes whatever stands in the way of any of them.
_APPEND_ONLY = {
    "store_accord": (("id",),),
    "store_entry": (("feed_id", "n"),),
    "store_receipt": (("feed_id", "size", "party", "at"),),
    "store_exchangeline": (("id",),),
    "store_journalline": (("id",),),
    "store_version": (("id",),),
    "store_partnercard": (("id",), ("partner_id", "ordinal")),
}
_NO_REPLACE = {
    **_APPEND_ONLY,
    "store_feed": (("number",), ("accord_id", "party", "epoch")),
    "store_slip": (("feed_id", "n"),),
}
_FEED_FIXED = ("number", "accord_id", "party", "epoch", "ordinal", "public_key", "certificate")


def _sqlite(table: str, what: str, when: str, condition: str, sentence: str) -> str:
    return (
        f"CREATE TRIGGER guard_{table}_{what} BEFORE {when} ON {table} FOR EACH ROW {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _sqlite_replacing(table: str, keys: tuple[tuple[str, ...], ...]) -> str:
    matches = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    condition = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {matches})"
    return _sqlite(table, "replace", "INSERT", condition, f"{table}: a row that exists is never replaced")


def _sqlite_all() -> Iterator[str]:
    for table in _APPEND_ONLY:
        yield _sqlite(table, "update", "UPDATE", "", f"{table}: rows are never changed")
    for table in (*_APPEND_ONLY, "store_feed", "store_slip"):
        yield _sqlite(table, "delete", "DELETE", "", f"{table}: rows are never deleted")
    for table, keys in _NO_REPLACE.items():
        yield _sqlite_replacing(table, keys)
    yield _sqlite(
        "store_entry",
        "gap",
        "INSERT",
        "WHEN NEW.n IS NOT (SELECT COALESCE(MAX(n) + 1, 0) FROM store_entry WHERE feed_id = NEW.feed_id)",
        "store_entry: entries of a feed follow one another without a gap",
    )
    yield _sqlite(
        "store_entry",
        "open",
        "INSERT",
        "WHEN NOT EXISTS (SELECT 1 FROM store_feed WHERE number = NEW.feed_id AND frozen = '')",
        "store_entry: the feed is unknown or frozen",
    )
    yield _sqlite(
        "store_slip",
        "entry",
        "INSERT",
        "WHEN NOT EXISTS (SELECT 1 FROM store_entry WHERE feed_id = NEW.feed_id AND n = NEW.n)",
        "store_slip: a slip belongs to an entry",
    )
    yield _sqlite(
        "store_slip",
        "update",
        "UPDATE",
        "WHEN NEW.payload IS NOT NULL OR NOT NEW.cleared OR NEW.feed_id IS NOT OLD.feed_id OR NEW.n IS NOT OLD.n "
        "OR NEW.audience IS NOT OLD.audience",
        "store_slip: a slip can only be cleared",
    )
    yield _sqlite(
        "store_feed",
        "start",
        "INSERT",
        "WHEN NEW.size IS NOT 0",
        "store_feed: a feed begins empty",
    )
    yield _sqlite(
        "store_feed",
        "fixed",
        "UPDATE",
        "WHEN " + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FEED_FIXED),
        "store_feed: what a feed is, its key and its certificate never change",
    )
    yield _sqlite(
        "store_feed",
        "size",
        "UPDATE",
        "WHEN NEW.size < OLD.size OR (NEW.size IS NOT OLD.size "
        "AND NEW.size IS NOT (SELECT COALESCE(MAX(n) + 1, 0) FROM store_entry WHERE feed_id = OLD.number))",
        "store_feed: the size is that of the entries and never falls",
    )
    yield _sqlite(
        "store_feed",
        "ended",
        "UPDATE",
        "WHEN (OLD.closed AND NOT NEW.closed) OR (OLD.frozen <> '' AND NEW.frozen = '') "
        "OR (OLD.frozen <> '' AND NEW.frozen_at > OLD.frozen_at) "
        "OR (LENGTH(OLD.evidence) > 0 AND LENGTH(NEW.evidence) = 0)",
        "store_feed: a feed is never reopened or thawed, and its evidence is never taken away",
    )


_REFUSE = """
CREATE FUNCTION store_guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows are never changed or deleted (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = '23000';
END $$
"""
# One look-up by key for each feed in a statement, whatever its length: a single query over `added` would be planned as a scan of the
# whole table. Because entries have no gap, the last one's predecessor, or a slip's last entry, stands for all before it.
_ENTRIES = """
CREATE FUNCTION store_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run record;
BEGIN
    FOR run IN SELECT feed_id, MIN(n) AS head, MAX(n) AS tail, COUNT(*) AS many FROM added GROUP BY feed_id LOOP
        PERFORM 1 FROM store_feed WHERE number = run.feed_id AND frozen = '';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'store_entry: the feed is unknown or frozen' USING ERRCODE = '23000';
        END IF;
        PERFORM 1 FROM store_entry WHERE feed_id = run.feed_id AND n = run.head - 1;
        IF run.head < 0 OR run.tail - run.head + 1 <> run.many OR (run.head > 0 AND NOT FOUND) THEN
            RAISE EXCEPTION 'store_entry: entries of a feed follow one another without a gap' USING ERRCODE = '23000';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
_SLIPS = """
CREATE FUNCTION store_guard_slips() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run record;
BEGIN
    FOR run IN SELECT feed_id, MIN(n) AS head, MAX(n) AS tail FROM added GROUP BY feed_id LOOP
        PERFORM 1 FROM store_entry WHERE feed_id = run.feed_id AND n = run.tail;
        IF run.head < 0 OR NOT FOUND THEN
            RAISE EXCEPTION 'store_slip: a slip belongs to an entry' USING ERRCODE = '23000';
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""
_SLIP = """
CREATE FUNCTION store_guard_slip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payload IS NOT NULL OR NOT NEW.cleared OR NEW.feed_id <> OLD.feed_id OR NEW.n <> OLD.n
        OR NEW.audience <> OLD.audience
    THEN
        RAISE EXCEPTION 'store_slip: a slip can only be cleared' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$
"""
_FEED = f"""
CREATE FUNCTION store_guard_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.size <> 0 THEN
            RAISE EXCEPTION 'store_feed: a feed begins empty' USING ERRCODE = '23000';
        END IF;
        RETURN NEW;
    END IF;
    IF {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FEED_FIXED)} THEN
        RAISE EXCEPTION 'store_feed: what a feed is, its key and its certificate never change' USING ERRCODE = '23000';
    END IF;
    IF NEW.size < OLD.size OR (NEW.size <> OLD.size
        AND NEW.size <> (SELECT COALESCE(MAX(n) + 1, 0) FROM store_entry WHERE feed_id = OLD.number))
    THEN
        RAISE EXCEPTION 'store_feed: the size is that of the entries and never falls' USING ERRCODE = '23000';
    END IF;
    IF (OLD.closed AND NOT NEW.closed) OR (OLD.frozen <> '' AND NEW.frozen = '')
        OR (OLD.frozen <> '' AND NEW.frozen_at > OLD.frozen_at)
        OR (LENGTH(OLD.evidence) > 0 AND LENGTH(NEW.evidence) = 0)
    THEN
        RAISE EXCEPTION 'store_feed: a feed is never reopened or thawed, and its evidence is never taken away' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$
"""
_OWN_SCHEMA = """
DO $$ DECLARE guard text; BEGIN
    FOREACH guard IN ARRAY ARRAY['store_guard_entries', 'store_guard_slips', 'store_guard_feed'] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$
"""


def _postgresql_all() -> Iterator[str]:
    yield from (_REFUSE, _ENTRIES, _SLIPS, _SLIP, _FEED, _OWN_SCHEMA)
    for table in _APPEND_ONLY:
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )
    for table in ("store_feed", "store_slip"):
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )
    for table, function in (("store_entry", "store_guard_entries"), ("store_slip", "store_guard_slips")):
        yield (
            f"CREATE TRIGGER guard_{table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    yield (
        "CREATE TRIGGER guard_store_slip_clear BEFORE UPDATE ON store_slip "
        "FOR EACH ROW EXECUTE FUNCTION store_guard_slip()"
    )
    yield (
        "CREATE TRIGGER guard_store_feed_keep BEFORE INSERT OR UPDATE ON store_feed "
        "FOR EACH ROW EXECUTE FUNCTION store_guard_feed()"
    )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
