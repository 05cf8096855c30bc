"""What the database refuses of notes by itself, as of migration 0005: frozen with it.

A note never changes and is never deleted; it can be taken back, which empties its text and nothing else. A mention stays, and only
when it was read can change.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NOTE_FIXED = ("id", "party", "element", "version", "by", "at")
_MENTION_FIXED = ("id", "note_id", "username")
_NOTE = "store_note: a note can only be taken back, which empties it"
_MENTION = "store_mention: only when a mention was read can change"


def _sqlite_all() -> Iterator[str]:
    note = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _NOTE_FIXED)
    mention = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _MENTION_FIXED)
    for table, condition, sentence, same in (
        ("store_note", f"{note} OR NOT NEW.taken_back OR NEW.text <> ''", _NOTE, "id = NEW.id"),
        ("store_mention", mention, _MENTION, "id = NEW.id OR (note_id = NEW.note_id AND username = NEW.username)"),
    ):
        yield (
            f"CREATE TRIGGER guard_{table}_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        yield (
            f"CREATE TRIGGER guard_{table}_delete BEFORE DELETE ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
        )
        yield (
            f"CREATE TRIGGER guard_{table}_replace BEFORE INSERT ON {table} FOR EACH ROW "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: a row that exists is never replaced'); END"
        )


def _postgresql_all() -> Iterator[str]:
    note = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in _NOTE_FIXED)
    mention = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _MENTION_FIXED)
    for table, condition, sentence in (
        ("store_note", f"{note} OR NOT NEW.taken_back OR NEW.text <> ''", _NOTE),
        ("store_mention", mention, _MENTION),
    ):
        # Neither function looks up a table, so no search path can fool it.
        yield f"""
CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END $$
"""
        yield f"CREATE TRIGGER guard_{table}_keep BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
        yield (
            f"CREATE TRIGGER guard_{table}_refuse BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION store_guard_refuse()"
        )


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the guards of the database at hand."""
    statements = {"sqlite": _sqlite_all, "postgresql": _postgresql_all}[schema_editor.connection.vendor]
    for statement in statements():
        schema_editor.execute(statement, params=None)
