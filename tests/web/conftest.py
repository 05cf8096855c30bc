"""A person signed in at the headquarters of a world."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from stafftalks.services import registry
from stafftalks.store.models import User
from stafftalks.values.person import Person
from tests.browser.rooms import prepare
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.world import World

PASSWORD = "a long enough passphrase 7"
CAST = {person.username: person for person in (PLANNER, OFFICER, HEAD, AUDITOR, ADMINISTRATOR)}

Enter = Callable[..., Client]


def account(person: Person) -> User:
    """The account of a member of the cast."""
    user = User.objects.filter(username=person.username).first()
    if user is None:
        user = User.objects.create_user(person.username, PASSWORD, name=person.name, roles=sorted(person.roles))
    return user


@pytest.fixture
def put(db: None) -> Iterator[Callable[[World], World]]:
    """Makes a world's headquarters this process's own, until the test ends."""
    before = list(registry._CURRENT)

    def install(world: World) -> World:
        registry.install(world.hq)
        return world

    yield install
    registry._CURRENT[:] = before


@pytest.fixture
def enter(db: None) -> Enter:
    """A client with this member of the cast signed in."""

    def signed_in(person: Person = HEAD) -> Client:
        client = Client()
        client.force_login(account(person))
        return client

    return signed_in


@pytest.fixture
def story(put: Callable[[World], World]) -> World:
    """The whole story."""
    return put(worlds.story())


@pytest.fixture
def furnished(story: World) -> World:
    """The whole story with what every room adds to it: every page there is."""
    return prepare(story)


@pytest.fixture
def opened(put: Callable[[World], World]) -> World:
    """An accord with open realms."""
    return put(worlds.opened())
