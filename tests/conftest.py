"""What all tests share. Settings come from `tests.settings`; headquarters in memory from `tests.fakes`."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests import guards


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The tests' database, emptied between tests with transactions of their own: the guards step aside for that, and only for that."""
    flush = connection.ops.execute_sql_flush

    def flushed(sql_list: list[str]) -> None:
        with guards.lifted(connection):
            flush(sql_list)

    connection.ops.execute_sql_flush = flushed
    yield
    connection.ops.execute_sql_flush = flush
