"""The edge between the database and the services: what a driver raises becomes a sentence, and a failed write changes nothing.

What the database refuses by rule (a constraint, a guard, a value that does not fit) is our misuse; everything else is the host's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, DataError, Error, IntegrityError, InterfaceError, connection, transaction

from stafftalks.store import chaining
from stafftalks.values.errors import HostError, MisuseError, StafftalksError

# What drivers say, in lower case, and what it means to the person who runs the headquarters.
_SENTENCES = (
    (("database is locked", "lock timeout", "deadlock", "could not obtain lock", "database table is locked"),
     "The database is busy with another write and did not come free in time: try again."),
    (("disk is full", "no space left", "disk i/o error", "could not extend file", "could not write"),
     "The disk that holds the database is full or failing: free some space or replace it, then try again."),
    (("readonly database", "read-only", "read only"),
     "The database can only be read: see who owns its file and folder, or whether this PostgreSQL server is a standby."),
    (("unable to open database file",),
     "The database file cannot be opened: see that the headquarters' folder exists and belongs to this user."),
    (("malformed", "not a database", "invalid page", "could not read block"),
     "The database is damaged: stop the headquarters and restore it from a backup."),
    (("permission denied", "must be owner", "password authentication failed"),
     "The database does not let this user do that: give its role the rights that `docs/spec/store.md` lists."),
    (("no such table", "no such column", "does not exist"),
     "The database lacks a table or column of this release: run `stafftalks migrate`, on PostgreSQL as the owner of the tables."),
    (("connection refused", "could not connect", "connection failed", "connection is bad", "server closed", "terminating connection",
      "connection timed out", "connection already closed", "connection is closed", "no such file", "could not translate host"),
     "The database server cannot be reached: see that it runs and that DATABASE_URL names it."),
)  # fmt: skip


@contextmanager
def reading() -> Iterator[None]:
    """Around reads, as block or decorator: MisuseError or HostError with a sentence instead of what the driver raised."""
    try:
        yield
    except Error as error:
        raise _translated(error) from error


@contextmanager
def writing() -> Iterator[None]:
    """Around writes, as block or decorator: one transaction, or a part of the one that is open, all or nothing.

    Lines added to the chained logs within are written as the last thing of the whole transaction (see `chaining`).
    """
    with reading(), transaction.atomic(), chaining.lines_at_end():
        yield


def check_transaction() -> None:
    """Raises MisuseError outside a transaction, where a lock would be let go at once."""
    if not connection.in_atomic_block:
        raise MisuseError("A row can only be locked inside a transaction: open one with `transactions.atomic()` first.")


def storable(text: str) -> str:
    """`text` as both databases can keep it: NUL and lone surrogates, which a partner's bytes may hold, as replacement marks."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _translated(error: Error) -> StafftalksError:
    said = " ".join(str(error).split("\n", 1)[0].split()) or type(error).__name__
    if isinstance(error, IntegrityError | DataError):
        return MisuseError(f"The database refused this, and nothing was changed: {said}.")
    if isinstance(error, DatabaseError | InterfaceError):
        lowered = said.lower()
        for marks, sentence in _SENTENCES:
            if any(mark in lowered for mark in marks):
                return HostError(f"{sentence} ({said})")
    return HostError(f"The database failed, and nothing was changed: {said}.")
