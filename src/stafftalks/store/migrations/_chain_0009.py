"""What migration 0009 does to the logs, and what the database refuses of them by itself from then on: frozen with it.

Lines that stand already are chained in the order in which they were written, a part at a time, so that a log of any length needs little memory. The
guards of the two logs step aside for that and come back after it, with more to refuse: a line takes the next number, and a head follows the
lines that stand.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from stafftalks.record import chain

_PART = 4096
_LOGS = {
    "journal": ("store_journalline", ("act", "at", "person", "sentence", "subject")),
    "exchange": (
        "store_exchangeline",
        ("accord", "at", "bundle", "channel", "direction", "entries", "outcome", "partner", "sentence", "size_bytes"),
    ),
}
_TABLES = tuple(table for table, _ in _LOGS.values())
_KINDS = ("update", "delete", "replace")
_HEAD = "store_loghead: a head follows the lines of its log"


def step_aside(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the guards of the two logs away; on SQLite a table that is made anew would lose them in any case."""
    for table in _TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for kind in _KINDS:
                schema_editor.execute(f"DROP TRIGGER guard_{table}_{kind}", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER guard_{table}_refuse ON {table}", params=None)


def link(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Numbers and chains every line, and notes where each log ends."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for log, (table, names) in _LOGS.items():
            head, last = chain.Head(log), -1
            while True:
                columns = ", ".join(("id", *names))
                cursor.execute(
                    f"SELECT {columns} FROM {table} WHERE id > %s ORDER BY id LIMIT {_PART}",  # noqa: S608
                    [last],
                )
                part = cursor.fetchall()
                if not part:
                    break
                links = []
                for number, *cells in part:
                    raw = chain.line(head.size, dict(zip(names, cells, strict=True)))
                    value = chain.following(log, head.value, raw)
                    links.append((head.size, value, number))
                    head = chain.Head(log, head.size + 1, value)
                cursor.executemany(f"UPDATE {table} SET n = %s, chain = %s WHERE id = %s", links)  # noqa: S608
                last = part[-1][0]
            cursor.execute(
                "INSERT INTO store_loghead (log, size, value) VALUES (%s, %s, %s)", [log, head.size, head.value]
            )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


def _sqlite(table: str, kind: str, when: str, condition: str, sentence: str) -> str:
    return (
        f"CREATE TRIGGER guard_{table}_{kind} BEFORE {when} ON {table} FOR EACH ROW {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _sqlite_all() -> Iterator[str]:
    for table in _TABLES:
        yield _sqlite(table, "update", "UPDATE", "", f"{table}: rows are never changed")
        yield _sqlite(table, "delete", "DELETE", "", f"{table}: rows are never deleted")
        yield _sqlite(
            table,
            "replace",
            "INSERT",
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR n = NEW.n)",
            f"{table}: a row that exists is never replaced",
        )
        yield _sqlite(
            table,
            "gap",
            "INSERT",
            f"WHEN NEW.n IS NOT (SELECT COALESCE(MAX(n) + 1, 0) FROM {table})",
            f"{table}: lines follow one another without a gap",
        )
    yield _sqlite("store_loghead", "delete", "DELETE", "", "store_loghead: rows are never deleted")
    yield _sqlite(
        "store_loghead",
        "replace",
        "INSERT",
        "WHEN EXISTS (SELECT 1 FROM store_loghead WHERE log = NEW.log) OR NEW.size IS NOT 0",
        "store_loghead: a head begins empty and is never replaced",
    )
    for log, (table, _) in _LOGS.items():
        yield _sqlite(
            "store_loghead",
            f"follow_{log}",
            "UPDATE",
            f"WHEN (OLD.log = '{log}' OR NEW.log = '{log}') AND (NEW.log IS NOT OLD.log OR NEW.size <= OLD.size "
            f"OR NEW.size IS NOT (SELECT MAX(n) + 1 FROM {table}) "
            f"OR NEW.value IS NOT (SELECT chain FROM {table} WHERE n = NEW.size - 1))",
            _HEAD,
        )


_LINES = """
CREATE FUNCTION store_guard_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE next bigint;
BEGIN
    EXECUTE format('SELECT COALESCE(MAX(n) + 1, 0) FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO next;
    IF NEW.n <> next THEN
        RAISE EXCEPTION '%: lines follow one another without a gap', TG_TABLE_NAME USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$
"""
_HEADS = f"""
CREATE FUNCTION store_guard_heads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ends bigint; last bytea;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.size <> 0 THEN
            RAISE EXCEPTION 'store_loghead: a head begins empty and is never replaced' USING ERRCODE = '23000';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.log = 'journal' THEN
        SELECT n + 1, chain INTO ends, last FROM store_journalline ORDER BY n DESC LIMIT 1;
    ELSE
        SELECT n + 1, chain INTO ends, last FROM store_exchangeline ORDER BY n DESC LIMIT 1;
    END IF;
    IF NEW.log <> OLD.log OR NEW.size <= OLD.size OR NEW.size IS DISTINCT FROM ends OR NEW.value IS DISTINCT FROM last THEN
        RAISE EXCEPTION '{_HEAD}' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$
"""
_OWN_SCHEMA = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION store_guard_heads() SET search_path = %I, pg_temp', current_schema());
END $$
"""


def _postgresql_all() -> Iterator[str]:
    yield from (_LINES, _HEADS, _OWN_SCHEMA)
    for table in _TABLES:
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )
        yield (
            f"CREATE TRIGGER guard_{table}_gap BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION store_guard_lines()"
        )
    yield (
        "CREATE TRIGGER guard_store_loghead_refuse BEFORE DELETE OR TRUNCATE ON store_loghead "
        "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
    )
    yield (
        "CREATE TRIGGER guard_store_loghead_keep BEFORE INSERT OR UPDATE ON store_loghead "
        "FOR EACH ROW EXECUTE FUNCTION store_guard_heads()"
    )
