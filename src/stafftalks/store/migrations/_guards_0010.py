"""What the database refuses of policies and of markings beside by itself, as of migration 0010: frozen with it. Both are never changed, never deleted."""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLES = ("store_policyline", "store_besideline")


def _sqlite_all() -> Iterator[str]:
    for table in _TABLES:
        for kind, when, condition, sentence in (
            ("update", "UPDATE", "", "rows are never changed"),
            ("delete", "DELETE", "", "rows are never deleted"),
            (
                "replace",
                "INSERT",
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
                "a row that exists is never replaced",
            ),
        ):
            yield (
                f"CREATE TRIGGER guard_{table}_{kind} BEFORE {when} ON {table} FOR EACH ROW {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: {sentence}'); END"
            )


def _postgresql_all() -> Iterator[str]:
    for table in _TABLES:
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
