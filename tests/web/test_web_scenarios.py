"""The scenario room's pages: what stands on them, what is sent from them, and what is never lost."""

import pytest
from django.urls import reverse

from tests.browser.rooms import scenarios as room
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter


@pytest.fixture
def stage(put):
    world = worlds.opened()
    room.prepare(world)
    return put(world)


def test_pages_open(stage, enter: Enter) -> None:
    client = enter(PLANNER)
    for path in (
        reverse("scenarios"),
        reverse("scenario", args=["XMR", room.named(stage, room.OURS).id]),
        reverse("scenario", args=["XTV", room.partners(stage, room.THEIRS).id]),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        open("/tmp/" + path.strip("/").replace("/", "_") + ".html", "w").write(answer.content.decode())
