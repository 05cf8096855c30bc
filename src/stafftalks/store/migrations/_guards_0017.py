"""What the database refuses of what was written from analyses by itself, as of migration 0017: frozen with it. They are never changed, never deleted."""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLE = "store_writtenline"


def _sqlite_all() -> Iterator[str]:
    for kind, when, condition, sentence in (
        ("update", "UPDATE", "", "rows are never changed"),
        ("delete", "DELETE", "", "rows are never deleted"),
        (
            "replace",
            "INSERT",
            f"WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id)",
            "a row that exists is never replaced",
        ),
    ):
        yield (
            f"CREATE TRIGGER guard_{_TABLE}_{kind} BEFORE {when} ON {_TABLE} FOR EACH ROW {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_TABLE}: {sentence}'); END"
        )


def _postgresql_all() -> Iterator[str]:
    yield (
        f"CREATE TRIGGER guard_{_TABLE}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
    )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
