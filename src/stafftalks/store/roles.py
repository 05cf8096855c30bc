"""On PostgreSQL: what the role under which a headquarters runs may do. Its tables belong to another role, which migrates them.

So even code that took over the process cannot change a record, switch a guard off or empty a table: only rows that must change can be
changed, and only in the columns that must. SQLite has no roles; there the guards stand alone.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from stafftalks.store import job_tables
from stafftalks.store.edge import writing
from stafftalks.store.models import (
    AcceptanceLine,
    Accord,
    BesideLine,
    BudgetLine,
    Catalogued,
    Change,
    Check,
    CheckChunk,
    Digest,
    DroppedPoints,
    Element,
    Entry,
    ExchangeLine,
    Feed,
    Holding,
    JournalLine,
    KeptForm,
    LogHead,
    LogSent,
    Mention,
    Note,
    OpenForm,
    OwnListed,
    OwnPoint,
    Partner,
    PartnerCard,
    PolicyLine,
    ReadMark,
    Receipt,
    ReleasedListed,
    ReleasedPoint,
    Request,
    Run,
    SavedView,
    SeenMark,
    SharedPart,
    SharedSweep,
    Slip,
    Table,
    TableMatching,
    TablePart,
    User,
    Version,
    WrittenLine,
)
from stafftalks.values.errors import MisuseError

_ADD = ("SELECT", "INSERT")
_REVISE = (*_ADD, "UPDATE")
_ALL = (*_REVISE, "DELETE")
RIGHTS: dict[type[models.Model], tuple[str, ...]] = {
    Accord: _ADD,
    Entry: _ADD,
    DroppedPoints: _ADD,
    Receipt: _ADD,
    Version: _ADD,
    PartnerCard: _ADD,
    ExchangeLine: _ADD,
    JournalLine: _ADD,
    PolicyLine: _ADD,
    BesideLine: _ADD,
    AcceptanceLine: _ADD,
    BudgetLine: _ADD,
    Check: (*_ADD, "UPDATE (secret, work, found)"),
    CheckChunk: _ALL,
    LogHead: (*_ADD, "UPDATE (size, value)"),
    LogSent: _REVISE,
    Slip: (*_ADD, "UPDATE (payload, cleared)"),
    Feed: (*_ADD, "UPDATE (size, frontier, note, frozen, evidence, frozen_at, closed)"),
    Change: (*_ADD, "UPDATE (count)"),
    Holding: _ALL,
    Element: _REVISE,
    Note: (*_ADD, "UPDATE (text, taken_back)"),
    Mention: (*_ADD, "UPDATE (read_at)"),
    Request: _REVISE,
    WrittenLine: _ADD,
    Run: (*_ADD, "UPDATE (state, stands, answer)", "DELETE"),
    Partner: _REVISE,
    User: _REVISE,
    Catalogued: _ALL,
    OwnListed: _ALL,
    OwnPoint: _ALL,
    ReleasedListed: _ALL,
    ReleasedPoint: _ALL,
    SavedView: _ALL,
    KeptForm: _ALL,
    OpenForm: _ALL,
    SeenMark: _ALL,
    ReadMark: _ADD,
    Digest: _REVISE,
    SharedSweep: ("SELECT", "INSERT", "DELETE"),
    SharedPart: ("SELECT", "INSERT", "DELETE"),
    Table: _ALL,
    TablePart: _ALL,
    TableMatching: _ALL,
}
"""The rights on each table of this store; sessions, sign-in and the like are not records and may be changed freely."""


WORKER_RIGHTS: dict[type[models.Model], tuple[str, ...]] = {SharedSweep: ("SELECT",), SharedPart: ("INSERT",)}
"""All that a worker of shared sweeps needs beside the jobs themselves: it can read no record, no element and no person."""


def grants(role: str, *, worker: bool = False) -> tuple[str, ...]:
    """The statements that give `role` what a headquarters needs, or a worker, and take away all else, for the schema in which the tables stand."""
    quoted = connection.ops.quote_name(role)
    return tuple(_worker_grants(quoted) if worker else _grants(quoted))


@writing()
def apply_grants(role: str, *, worker: bool = False) -> None:
    """Runs them, as the owner of the tables; raises MisuseError on SQLite."""
    if connection.vendor != "postgresql":
        raise MisuseError("Only PostgreSQL has roles: with SQLite, guard the headquarters' folder instead.")
    with connection.cursor() as cursor:
        for statement in grants(role, worker=worker):
            cursor.execute(statement)


def _grants(role: str) -> Iterator[str]:
    quoted = connection.ops.quote_name
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"REVOKE CREATE ON SCHEMA public FROM {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT SELECT ON {quoted('django_migrations')} TO {role}"
    for model in apps.get_models(include_auto_created=True):
        rights = ", ".join(RIGHTS.get(model, _ALL))
        yield f"GRANT {rights} ON {quoted(model._meta.db_table)} TO {role}"  # noqa: SLF001 - Django documents `_meta`
    yield from job_tables.grants(role)


def _worker_grants(role: str) -> Iterator[str]:
    quoted = connection.ops.quote_name
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"REVOKE CREATE ON SCHEMA public FROM {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for model, rights in WORKER_RIGHTS.items():
        yield f"GRANT {', '.join(rights)} ON {quoted(model._meta.db_table)} TO {role}"  # noqa: SLF001 - as above
    yield from job_tables.grants(role)
