"""What the database refuses of runs by itself, as of migration 0016: frozen with it.

What was asked, what it stands on and the problem never change, so that an answer is always of what it says it is of. A run may be forgotten whole.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLE = "store_run"
_FIXED = ("id", "run", "analysis", "by", "at", "asked", "problem")
_SENTENCE = f"{_TABLE}: what a run was asked for never changes"


def _condition(differs: str) -> str:
    return " OR ".join(f'NEW."{name}" {differs} OLD."{name}"' for name in _FIXED)


def _sqlite_all() -> Iterator[str]:
    yield (
        f"CREATE TRIGGER guard_{_TABLE}_fixed BEFORE UPDATE ON {_TABLE} FOR EACH ROW WHEN {_condition('IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{_TABLE}_replace BEFORE INSERT ON {_TABLE} FOR EACH ROW "
        f"WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id OR run = NEW.run) "
        f"BEGIN SELECT RAISE(ABORT, '{_TABLE}: a row that exists is never replaced'); END"
    )


def _postgresql_all() -> Iterator[str]:
    yield (
        "CREATE FUNCTION store_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_condition('IS DISTINCT FROM')} THEN RAISE EXCEPTION '{_SENTENCE}' USING ERRCODE = '23000'; END IF; "
        "RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER guard_{_TABLE}_keep BEFORE UPDATE ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION store_guard_run()"
    )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
