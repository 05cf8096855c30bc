"""Every page, in every look: readable, within the screen, reachable, without a word of complaint from the browser or from axe-core."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.axe import violations
from tests.browser.pages import pages
from tests.browser.stage import enter
from tests.web.world import World

LOOKING = (Path(__file__).parent / "looking.js").read_text()
LOOKS = {
    "": (("wide-light", 1440, "light"), ("narrow-dark", 390, "dark"), ("reflow-320", 320, "light")),
    "rtl": (("wide-dark-rtl", 1440, "dark"), ("narrow-light-rtl", 390, "light")),
}
"""Each direction with its looks: a page is asked for once in each direction, and then drawn in each look."""
_SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.slow
@pytest.mark.parametrize("direction", LOOKS, ids=["ltr", "rtl"])
def test_every_page_can_be_read_and_used_in_every_look(
    served: tuple[World, str], browser: Browser, contexts: Callable[[BrowserContext], BrowserContext], direction: str
) -> None:
    world, base = served
    said: list[str] = []
    faults: list[str] = []
    tabs: dict[str, Page] = {}
    for page in pages(world):
        name = page.person.username if page.person else ""
        new = name not in tabs
        if new:
            # axe needs to run its own script: what our policy for scripts forbids shows in the other direction.
            context = enter(browser, base, page.person, bypass_csp=direction == "")
            tab = tabs[name] = contexts(context).new_page()
            tab.on("console", lambda told: said.append(told.text) if told.type in ("error", "warning") else None)
            tab.on("pageerror", lambda error: said.append(str(error)))
        faults += [f"{page.name}, {fault}" for fault in _looked_at(tabs[name], page.path, direction)]
        if direction == "":
            faults += [f"{page.name}, axe: {fault}" for fault in _judged(tabs[name], menu=new)]
    assert faults == []
    assert [text for text in said if "404" not in text and "403" not in text] == []


def _judged(tab: Page, *, menu: bool) -> list[str]:
    """What axe finds in the page that stands there, in light on a wide screen. How colours stand out in dark, looking.js measures in each look."""
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.emulate_media(color_scheme="light")
    return violations(tab, menu=menu)


def _looked_at(tab: Page, path: str, direction: str) -> list[str]:
    """What is wrong with the page in each look of this direction."""
    turned = ("&" if "?" in path else "?") + f"dir={direction}" if direction else ""
    found: list[str] = []
    for number, (look, width, scheme) in enumerate(LOOKS[direction]):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        if number == 0:
            tab.goto(path + turned)
        tab.evaluate(
            "for (const fold of document.querySelectorAll('details')) if (fold.checkVisibility()) fold.open = true"
        )
        tab.evaluate(_SETTLED)
        found += [f"{look}: {sentence}" for sentence in tab.evaluate(LOOKING)]
    return found


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


def test_axe_finds_a_planted_fault(browser: Browser) -> None:
    tab = browser.new_page()
    tab.set_content("<html lang='en'><title>A</title><main><h1>A</h1><input><img src=''></main>")
    found = " ".join(violations(tab))
    tab.close()
    assert "label (critical)" in found
    assert "image-alt (critical)" in found
