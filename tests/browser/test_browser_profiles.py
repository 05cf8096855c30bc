"""The civil profile: the same pages for every role, in the words of a civil-protection agency."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from stafftalks.services import registry
from tests.browser import stage
from tests.browser.pages import pages
from tests.browser.rooms import prepare
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def civil(transactional_db: None) -> Iterator[tuple[World, str]]:
    """The story at a headquarters of the civil profile."""
    before = list(registry._CURRENT)
    world = prepare(worlds.story())
    policy = msgspec.structs.replace(world.hq.policy, profile="civil")
    world.hq = msgspec.structs.replace(world.hq, policy=policy)
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


def test_every_page_is_answered_for_its_role_in_civil_words(
    civil: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = civil
    failed: list[str] = []
    tabs = {}
    for page in pages(world):
        name = page.person.username if page.person else ""
        if name not in tabs:
            tabs[name] = contexts(stage.enter(browser, base, page.person)).request
        answer = tabs[name].get(page.path)
        if answer.status >= 500:
            failed.append(page.name)
        elif "Opposing forces" in answer.text():
            failed.append(f"{page.name} speaks of opposing forces")
    assert failed == []


def test_a_planner_writes_a_team_and_a_plan_in_the_words_of_the_agency(
    civil: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = civil
    tab = contexts(stage.enter(browser, base, PLANNER)).new_page()
    tab.goto("/elements/new/")
    tab.get_by_role("link", name="Team", exact=True).click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("New: Team")
    tab.goto("/elements/new/plan/")
    for words in ("2 Objectives", "3 Operations", "4 Logistics and finance", "Hazard"):
        expect(tab.get_by_text(words, exact=False).first).to_be_visible()
