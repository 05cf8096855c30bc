"""axe-core finds nothing serious or critical on any page, in light and in dark, for the role that has it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import pages
from tests.browser.stage import WIDE, enter
from tests.web.world import World

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""WCAG 2.2 up to AA, and what axe calls good practice."""
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can differ between light and dark: the rest of a page is the same."""
_RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.split("\\n").slice(1, 3).join(" ").trim()}`),
  }));
}"""


def violations(tab: Page, rules: dict[str, Any] = ALL) -> list[str]:
    """What axe finds serious or critical on the page as it stands, in words."""
    tab.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = tab.evaluate(_RUN, rules)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {' || '.join(one['nodes'])}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_page_in_light_or_dark(
    served: tuple[World, str], browser: Browser, contexts: Callable[[BrowserContext], BrowserContext]
) -> None:
    world, base = served
    tabs: dict[str, Page] = {}
    faults: dict[str, list[str]] = {}
    for page in pages(world):
        name = page.person.username if page.person else ""
        if name not in tabs:
            context = enter(browser, base, page.person, viewport=WIDE, bypass_csp=True)
            tabs[name] = contexts(context).new_page()
        tab = tabs[name]
        tab.emulate_media(color_scheme="light")
        tab.goto(page.path)
        found = violations(tab)
        tab.emulate_media(color_scheme="dark")
        if found := found + violations(tab, COLOURS):
            faults[page.name] = found
    assert faults == {}


def test_axe_finds_a_planted_fault(browser: Browser) -> None:
    tab = browser.new_page()
    tab.set_content("<html lang='en'><title>A</title><main><h1>A</h1><input><p style='color:#aaa'>faint</p></main>")
    found = " ".join(violations(tab))
    tab.close()
    assert "label (critical)" in found
    assert "color-contrast (serious)" in found
