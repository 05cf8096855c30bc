"""What a run of options came to, looked at: within the screen in every look, without complaint of axe or of the browser, and written as a draft by hand."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.services import registry
from tests.browser import axe
from tests.browser.stage import enter, served
from tests.fakes import PLANNER
from tests.services import scenes
from tests.services.mixes import flood, reckoned

LOOKING = (Path(__file__).parent / "looking.js").read_text()
LOOKS = (("", 1440, "light"), ("", 390, "dark"), ("rtl", 390, "light"))


@pytest.fixture
def tab(
    transactional_db: None, browser: Browser, contexts: Callable[[BrowserContext], BrowserContext]
) -> Iterator[tuple[Page, str, list[str]]]:
    """A tab of a planner, the address of the run, and what the browser complained of."""
    before = list(registry._CURRENT)
    there = flood(*scenes.house("XMR", "XTV"))
    run = reckoned(there.ours)
    with served(SimpleNamespace(hq=there.ours)) as base:  # type: ignore[arg-type]
        page = contexts(enter(browser, base, PLANNER)).new_page()
        said: list[str] = []
        page.on("console", lambda told: said.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page, f"/analyses/{run}/", said
    registry._CURRENT[:] = before


def test_a_run_of_options_is_read_in_every_look_and_written_as_a_draft(tab: tuple[Page, str, list[str]]) -> None:
    page, address, said = tab
    for way, width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(f"{address}?dir={way}" if way else address)
        expect(page.locator(".chart-room[data-drawn] svg")).to_have_count(2, timeout=15_000)
        assert page.evaluate(LOOKING) == [], (way, width)
    page.goto(address)
    assert axe.violations(page) == []
    page.get_by_role("button", name=re.compile("Write as an option.*Holds up best")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mix of 3 forces")
    expect(page.get_by_role("heading", name="Written from an analysis")).to_be_visible()
    expect(page.get_by_text("Its figures stand on 2 elements of ours that are not released.")).to_be_visible()
    assert axe.violations(page) == []
    assert said == []
