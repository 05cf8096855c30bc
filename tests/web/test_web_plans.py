"""The plan room on the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.rooms import plans as plan_room
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World


@pytest.fixture
def planned(story: World) -> World:
    plan_room.prepare(story)
    return story


def test_every_page_of_every_room_is_drawn(planned: World, enter: Enter) -> None:
    clients = {person.username: enter(person) for person in (PLANNER, OFFICER, HEAD)}
    for page in plan_room.pages(planned):
        answer = clients[page.person.username].get(page.path)
        assert answer.status_code == 200, page.name
