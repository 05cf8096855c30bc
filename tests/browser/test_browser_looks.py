"""Every page, in every look: readable, within the screen, reachable, without a word of complaint from the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.pages import pages
from tests.browser.stage import enter
from tests.web.world import World

LOOKING = (Path(__file__).parent / "looking.js").read_text()
LOOKS = {
    "wide-light": (1440, "light", ""),
    "wide-dark-rtl": (1440, "dark", "rtl"),
    "narrow-light-rtl": (390, "light", "rtl"),
    "narrow-dark": (390, "dark", ""),
    "reflow-320": (320, "light", ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_read_and_used_in_this_look(
    served: tuple[World, str], browser: Browser, contexts: Callable[[BrowserContext], BrowserContext], look: str
) -> None:
    world, base = served
    width, scheme, direction = LOOKS[look]
    said: list[str] = []
    faults: list[str] = []
    by_person: dict[str, list] = {}
    for page in pages(world):
        by_person.setdefault(page.person.username if page.person else "", []).append(page)
    for group in by_person.values():
        size = {"width": width, "height": 900}
        tab = contexts(enter(browser, base, group[0].person, viewport=size, color_scheme=scheme)).new_page()
        tab.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        for page in group:
            turned = ("&" if "?" in page.path else "?") + f"dir={direction}" if direction else ""
            tab.goto(page.path + turned)
            for fold in tab.locator("details:visible").all():
                fold.evaluate("fold => { fold.open = true }")
            if found := tab.evaluate(LOOKING):
                faults += [f"{page.name}: {sentence}" for sentence in found]
    assert faults == []
    assert [text for text in said if "404" not in text and "403" not in text] == []


def test_the_looking_finds_planted_faults(browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 390, "height": 600})
    tab.set_content(
        "<nav></nav><main><h1>A</h1><h3>B</h3></main><main></main><p style='color:#999'>faint</p><button style='width:9px;height:9px;padding:0'></button>"
        "<div style='width:900px'>wide</div><input>"
    )
    found = " ".join(tab.evaluate(LOOKING))
    tab.close()
    for word in (
        "stands out by only",
        "is a target of",
        "has no name",
        "pixels wide on a screen",
        "not one main",
        "skips from level",
    ):
        assert word in found
