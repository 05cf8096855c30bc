"""The stores that the contract holds to one behaviour: the fake in memory and the database that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from stafftalks.services.ports import Headquarters
from stafftalks.store.ports import StorePorts, django_ports
from stafftalks.store.roles import apply_grants
from tests.fakes import make_hq

APP_ROLE = "stafftalks_app"


@contextmanager
def as_app_role() -> Iterator[None]:
    """On PostgreSQL the block runs with the rights of the role under which a headquarters runs, and no others."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
        apply_grants(APP_ROLE)
        cursor.execute(f"SET ROLE {APP_ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@pytest.fixture(params=["memory", pytest.param("database", marks=pytest.mark.django_db(transaction=True))])
def store(request: pytest.FixtureRequest) -> Iterator[StorePorts | Headquarters]:
    """Ports under the names they have in a headquarters."""
    if request.param == "memory":
        yield make_hq("XMR")
    else:
        with as_app_role():
            yield django_ports()


@pytest.fixture
def database(transactional_db: None) -> StorePorts:
    """The database alone, as the owner of its tables."""
    return django_ports()
