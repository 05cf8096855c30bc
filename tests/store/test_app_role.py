"""On PostgreSQL the role under which a headquarters runs can do its work, and cannot undo the record even with the guards away."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

from stafftalks.store import people
from stafftalks.store.edge import reading
from stafftalks.store.models import Accord, Entry, ExchangeLine, Feed, JournalLine, PartnerCard, Receipt, Slip, Version
from stafftalks.store.ports import StorePorts
from stafftalks.store.roles import RIGHTS, apply_grants, grants
from stafftalks.values.errors import HostError, MisuseError
from stafftalks.values.person import Person, Role
from tests.store.conftest import APP_ROLE, as_app_role
from tests.store.rows import accord_row, entry_rows, feed_row

FIXED = (Accord, Entry, Receipt, Version, PartnerCard, ExchangeLine, JournalLine)
pytestmark = [pytest.mark.django_db(transaction=True)]
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'")


def denied(statement: str) -> None:
    with (
        as_app_role(),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@postgresql_only
@pytest.mark.parametrize("model", FIXED)
def test_what_never_changes_can_only_be_read_and_added_to(model: type) -> None:
    table = model._meta.db_table
    column = model._meta.concrete_fields[-1].column
    denied(f"UPDATE {table} SET {column} = {column}")
    denied(f"DELETE FROM {table}")
    denied(f"TRUNCATE {table}")


@postgresql_only
@pytest.mark.parametrize("model", [*FIXED, Feed, Slip])
def test_no_guard_can_be_switched_off_or_away(model: type) -> None:
    table = model._meta.db_table
    denied(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    denied(f"DROP TABLE {table}")
    denied("DROP FUNCTION store_guard_refuse() CASCADE")
    denied("CREATE TABLE store_other (n int)")
    denied("SET session_replication_role = replica")


@postgresql_only
def test_feeds_and_slips_can_be_changed_only_where_they_must() -> None:
    for column in ("public_key", "certificate", "party", "ordinal"):
        denied(f"UPDATE store_feed SET {column} = {column}")
    for column in ("audience", "n"):
        denied(f"UPDATE store_slip SET {column} = {column}")
    denied("DELETE FROM store_feed")
    denied("DELETE FROM store_slip")


@postgresql_only
def test_a_temporary_table_of_the_same_name_does_not_fool_a_guard(database: StorePorts) -> None:
    database.records.add_accord(accord_row())
    database.records.add_feed(feed_row())
    number = Feed.objects.get().number
    with as_app_role(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE store_entry (feed_id bigint, n bigint)")
        try:
            cursor.execute("INSERT INTO pg_temp.store_entry VALUES (%s, 6)", [number])
            with pytest.raises(Exception, match="without a gap"):
                cursor.execute(
                    "INSERT INTO public.store_entry (feed_id, n, leaf, leaf_hash) VALUES (%s, 7, 'x', 'x')", [number]
                )
        finally:
            cursor.execute("DROP TABLE pg_temp.store_entry")


@postgresql_only
def test_an_act_that_the_role_may_not_do_is_said_in_a_sentence() -> None:
    with (
        as_app_role(),
        pytest.raises(HostError, match="does not let this user"),
        reading(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM store_entry")


@postgresql_only
def test_accounts_are_managed_under_the_app_role() -> None:
    with as_app_role():
        people.add(Person("ada", "Ada", frozenset({Role.ADMINISTRATOR})), "correct horse battery", by="ada")
        people.set_password("ada", "another long password", by="ada")


@postgresql_only
def test_the_command_gives_the_role_its_rights(database: StorePorts) -> None:
    with as_app_role():
        pass
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE}")
    call_command("grant_app_role", APP_ROLE, "--apply", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP_ROLE}")
        database.records.add_accord(accord_row())
        database.records.add_feed(feed_row())
        database.records.append(feed_row().feed, entry_rows(0, 3), b"frontier")
        cursor.execute("RESET ROLE")
    assert Entry.objects.count() == 3


def test_the_command_prints_the_statements_for_someone_else_to_run() -> None:
    out = StringIO()
    call_command("grant_app_role", 'head"quarters', stdout=out)
    printed = out.getvalue()
    assert printed == "".join(f"{statement};\n" for statement in grants('head"quarters'))
    assert 'GRANT SELECT, INSERT ON "store_entry" TO "head' in printed


def test_every_table_of_the_store_has_its_rights_stated() -> None:
    from django.apps import apps

    assert set(apps.get_app_config("store").get_models()) == set(RIGHTS)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_sqlite_has_no_roles() -> None:
    with pytest.raises(MisuseError, match="Only PostgreSQL has roles"):
        apply_grants("anyone")
