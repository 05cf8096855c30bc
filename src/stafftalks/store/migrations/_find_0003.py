"""The words of the catalogue as of migration 0003: FTS5 tables on SQLite, `words` columns on PostgreSQL. Frozen with it."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PAIRS = (("store_ownlisted", "store_ownwords"), ("store_releasedlisted", "store_releasedwords"))


def _sqlite() -> list[str]:
    statements = []
    for listed, words in _PAIRS:
        statements.append(
            f"CREATE VIRTUAL TABLE {words} USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        # Whoever deletes a listing deletes its words, so that none is ever found without it.
        statements.append(
            f"CREATE TRIGGER {words}_gone AFTER DELETE ON {listed} FOR EACH ROW "
            f"BEGIN DELETE FROM {words} WHERE rowid = OLD.id; END"
        )
    return statements


def _postgresql() -> list[str]:
    statements = []
    for listed, words in _PAIRS:
        statements.append(f"ALTER TABLE {listed} ADD COLUMN words tsvector NOT NULL DEFAULT ''::tsvector")
        statements.append(f"CREATE INDEX {words} ON {listed} USING gin (words)")
        # Titles are compared letter by letter, whatever the server's language.
        statements.append(f'ALTER TABLE {listed} ALTER COLUMN key TYPE varchar(200) COLLATE "C"')
    return statements


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates what the database at hand needs."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes it away again; the tables themselves go after it."""
    if schema_editor.connection.vendor == "sqlite":
        for _, words in _PAIRS:
            schema_editor.execute(f"DROP TRIGGER {words}_gone", params=None)
            schema_editor.execute(f"DROP TABLE {words}", params=None)
