"""The stores that the contract holds to one behaviour: the fake in memory and the database that the settings name."""

import pytest

from stafftalks.services.ports import Headquarters
from stafftalks.store.ports import StorePorts, django_ports
from tests.fakes import make_hq


@pytest.fixture(params=["memory", pytest.param("database", marks=pytest.mark.django_db(transaction=True))])
def store(request: pytest.FixtureRequest) -> StorePorts | Headquarters:
    """Ports under the names they have in a headquarters."""
    return make_hq("XMR") if request.param == "memory" else django_ports()


@pytest.fixture
def database(transactional_db: None) -> StorePorts:
    """The database alone."""
    return django_ports()
