"""Chromium, and a world served to it; where there is none the tests are left out and say so, and fail in CI."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from stafftalks.services import registry
from tests.browser import stage
from tests.browser.rooms import prepare
from tests.web import world as worlds
from tests.web.world import World

# Playwright's loop runs in this thread, and Django would take that for an asynchronous view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

Serve = Callable[[World], str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test here as one that needs Chromium."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            # One Chromium for each module; the walks over every page are shared out look by look.
            walk = item.name if item.get_closest_marker("slow") else ""
            item.add_marker(pytest.mark.xdist_group(f"browser-{item.path.stem}{walk}"))
            if not stage.CHROMIUM.exists() and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=f"there is no Chromium at {stage.CHROMIUM}"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with stage.chromium() as found:
        yield found


@pytest.fixture
def served(transactional_db: None) -> Iterator[tuple[World, str]]:
    """The whole story and where it is served."""
    before = list(registry._CURRENT)
    world = prepare(worlds.story())
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


@pytest.fixture
def contexts() -> Iterator[Callable[..., BrowserContext]]:
    """Browser contexts that are closed when the test ends."""
    opened: list[BrowserContext] = []

    def keep(context: BrowserContext) -> BrowserContext:
        opened.append(context)
        return context

    yield keep
    for context in opened:
        context.close()
