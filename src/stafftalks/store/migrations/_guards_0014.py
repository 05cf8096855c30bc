"""What the database refuses of private checks by itself, as of migration 0014: frozen with it.

A check is never deleted, what was put into it never changes, its secret can only be cleared, and what it told is kept once: so that no scalar is ever used
with other inputs, and no result is made up later. Budgets, as they were set, are never changed and never deleted.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_FIXED = ("id", "accord", "party", "epoch", "n", "by", "roles", "at", "size", "inputs")
_SENTENCES = {
    "fixed": "what was put into a check never changes",
    "secret": "a secret can only be cleared",
    "found": "what a check told is kept once",
}


def _conditions(differs: str) -> dict[str, str]:
    return {
        "fixed": " OR ".join(f"NEW.{_quoted(name)} {differs} OLD.{_quoted(name)}" for name in _FIXED),
        "secret": f"NEW.secret {differs} OLD.secret AND LENGTH(NEW.secret) > 0",
        "found": f"OLD.found IS NOT NULL AND NEW.found {differs} OLD.found",
    }


def _quoted(name: str) -> str:
    return f'"{name}"'


def _sqlite_all() -> Iterator[str]:
    for what, condition in _conditions("IS NOT").items():
        yield _sqlite("store_check", what, "UPDATE", f"WHEN {condition}", _SENTENCES[what])
    yield _sqlite("store_budgetline", "update", "UPDATE", "", "rows are never changed")
    keys = {
        "store_check": "id = NEW.id OR (party = NEW.party AND epoch = NEW.epoch AND n = NEW.n)",
        "store_budgetline": "id = NEW.id",
    }
    for table, key in keys.items():
        yield _sqlite(table, "delete", "DELETE", "", "rows are never deleted")
        taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key})"
        yield _sqlite(table, "replace", "INSERT", taken, "a row that exists is never replaced")


def _sqlite(table: str, what: str, when: str, condition: str, sentence: str) -> str:
    return (
        f"CREATE TRIGGER guard_{table}_{what} BEFORE {when} ON {table} FOR EACH ROW {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {sentence}'); END"
    )


def _postgresql_all() -> Iterator[str]:
    refusals = "".join(
        f"IF {condition} THEN RAISE EXCEPTION 'store_check: {_SENTENCES[what]}' USING ERRCODE = '23000'; END IF; "
        for what, condition in _conditions("IS DISTINCT FROM").items()
    )
    yield (
        "CREATE FUNCTION store_guard_check() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {refusals} RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER guard_store_check_keep BEFORE UPDATE ON store_check "
        "FOR EACH ROW EXECUTE FUNCTION store_guard_check()"
    )
    for table, what in (("store_check", "DELETE OR TRUNCATE"), ("store_budgetline", "UPDATE OR DELETE OR TRUNCATE")):
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE {what} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
