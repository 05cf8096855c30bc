"""The tables of procrastinate, which hands out the batches of shared sweeps: a schema of their own on PostgreSQL, brought up to date by `stafftalks migrate`.

What is applied is what the installed procrastinate brings. The comment on the schema says how far its migrations were applied.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from stafftalks.store.edge import reading
from stafftalks.values.errors import HostError, MisuseError

SCHEMA: Final = "stafftalks_jobs"
_STEP: Final = re.compile(r"\d\d\.\d\d\.\d\d_\d\d_[a-z0-9_]+")


def installed() -> bool:
    """Whether procrastinate is installed."""
    return find_spec("procrastinate") is not None


def standing() -> str:
    """How far its migrations are applied: the name of the last one; empty where there is no schema, or no PostgreSQL."""
    if connection.vendor != "postgresql":
        return ""
    with reading(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        )
        row = cursor.fetchone()
    return "" if row is None else str(row[0])


def apply() -> tuple[str, ...]:
    """Makes the tables, or brings them up to what is installed, as their owner. Returns a sentence where sweeps cannot be shared, and why; nothing where there is nothing to do."""
    if connection.vendor != "postgresql" or not installed():
        return ()
    steps, before = list(_steps()), standing()
    waiting = [step for step in steps if step.stem > before]
    if not waiting:
        return ()
    try:
        with reading(), transaction.atomic(), connection.cursor() as cursor:
            if not before:
                cursor.execute(f"CREATE SCHEMA {SCHEMA}")
            cursor.execute(f"SET LOCAL search_path TO {SCHEMA}")
            for text in [step.read_text() for step in waiting] if before else [_whole()]:
                cursor.execute(text)
            cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{steps[-1].stem}'")
    except (HostError, MisuseError) as error:
        return (f"Sweeps cannot be shared among machines: the schema {SCHEMA} could not be made. {error}",)
    return ()


def grants(role: str) -> Iterator[str]:
    """The statements that let `role`, quoted already, hand out and take jobs; none where there is no schema."""
    if standing():
        yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}"
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {role}"


def _steps() -> Iterator[Path]:
    from procrastinate.schema import SchemaManager

    for step in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if _STEP.fullmatch(step.stem):
            yield step


def _whole() -> str:
    from procrastinate.schema import SchemaManager

    return SchemaManager.get_schema()
