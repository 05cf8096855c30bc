"""Connections that keep what was acknowledged: a commit that can be lost after a signed head has left is a fork.

SQLite's settings are in the site's `init_command`; `prepare` adds that deleted bytes are overwritten, and on PostgreSQL that a
commit waits for the disk. `verify` looks at a live connection and says what does not hold.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from stafftalks.values.errors import HostError

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "recursive_triggers": 1,
    "foreign_keys": 1,
    "secure_delete": 1,
}
POSTGRESQL_SETTINGS = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply"}}


def prepare(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Sets on a new connection what its server or file does not default to; Django's `connection_created` calls it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete=ON")
        elif connection.vendor == "postgresql":
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false) "
                "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"
            )


def verify(connection: BaseDatabaseWrapper) -> None:
    """Raises HostError with every setting under which this connection could lose an acknowledged commit, or undo a refusal."""
    faults = _sqlite_faults(connection) if connection.vendor == "sqlite" else _postgresql_faults(connection)
    if faults:
        raise HostError(
            "The database is not set up to keep what it acknowledges: "
            + "; ".join(faults)
            + ". Correct it, then start again."
        )


def _sqlite_faults(connection: BaseDatabaseWrapper) -> list[str]:
    faults = []
    with connection.cursor() as cursor:
        for name, wanted in SQLITE_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            found = cursor.fetchone()[0]
            if found != wanted:
                faults.append(f"PRAGMA {name} is {found} and must be {wanted}")
    mode = getattr(connection, "transaction_mode", None)
    if mode != "IMMEDIATE":
        faults.append(f"transaction_mode is {mode} and must be IMMEDIATE")
    return faults


def _postgresql_faults(connection: BaseDatabaseWrapper) -> list[str]:
    faults = []
    with connection.cursor() as cursor:
        for name, wanted in POSTGRESQL_SETTINGS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            found = cursor.fetchone()[0]
            if found not in wanted:
                faults.append(f"{name} is {found} and must be {' or '.join(sorted(wanted))}")
    return faults
