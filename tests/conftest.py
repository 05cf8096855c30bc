"""What all tests share. Settings come from `tests.settings`; headquarters in memory from `tests.fakes`."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import settings

from tests import guards
from tests.always_true.stage import Stage

# How long an example takes says nothing about what it claims, least of all on a machine that is busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: one that began last would leave all other processes waiting for its end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The tests' database, emptied between tests with transactions of their own: the guards step aside for that, and only for that.

    Set on the class: a browser's event loop in this thread gives its tests a connection of their own.
    """
    kind = type(connection.ops)
    flush = kind.execute_sql_flush

    def flushed(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with guards.lifted(self.connection):
            flush(self, sql_list)

    kind.execute_sql_flush = flushed
    yield
    kind.execute_sql_flush = flush


@pytest.fixture(scope="session")
def whole_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two whole headquarters in processes of their own, which can live through things again and again."""
    made = Stage(tmp_path_factory.mktemp("whole"))
    yield made
    made.close()
