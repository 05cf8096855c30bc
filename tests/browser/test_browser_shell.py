"""The shell in a browser: palette, keys, menu, looks without a flash, marking in sight and on every printed sheet."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.services import registry
from stafftalks.store.models import User
from tests.browser import stage
from tests.browser.stage import NARROW, WIDE, enter
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.conftest import account
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]
MARKING = "XMR RESTRICTED//REL TO XMR, XTV"


@pytest.fixture
def story(transactional_db: None) -> Iterator[tuple[World, str]]:
    """The story, served."""
    before = list(registry._CURRENT)
    world = worlds.story()
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


def test_palette_and_keys_lead_anywhere_and_never_while_typing(
    story: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = story
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    element = reverse("element", args=[world.ours[0].id])
    _palette(tab, element)
    _keys(tab, element)
    _typing(tab)
    _switched_off(tab)


def _palette(tab: Page, element: str) -> None:
    tab.goto(element)
    tab.keyboard.press("Control+k")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    tab.keyboard.type("exch")
    chosen = dialog.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Exchange")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**{reverse('exchange')}")
    tab.goto(element)
    tab.keyboard.press("/")
    tab.keyboard.type("ask for rel")
    expect(dialog.get_by_role("option", selected=True)).to_contain_text("Ask for release")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.keyboard.press("/")
    tab.keyboard.type("zzzz-no-such-thing")
    expect(dialog.locator("[role=option]").filter(has_text="Exchange")).to_have_count(0)
    tab.keyboard.press("Escape")


def _keys(tab: Page, element: str) -> None:
    tab.goto(element)
    tab.keyboard.press("?")
    expect(tab.get_by_role("dialog").get_by_role("heading", name="Shortcuts")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("g")
    tab.keyboard.press("a")
    tab.wait_for_url(f"**{reverse('accords')}")
    tab.goto(reverse("elements"))
    links = tab.locator("main .rows > li .lead a")
    tab.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    tab.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    tab.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    tab.goto(element)
    tab.keyboard.press("e")
    tab.wait_for_url("**/edit/")


def _typing(tab: Page) -> None:
    tab.goto(reverse("elements"))
    words = tab.get_by_label("Words")
    words.click()
    tab.keyboard.type("gas /?jke")
    expect(words).to_have_value("gas /?jke")
    assert tab.url.endswith(reverse("elements"))
    expect(tab.get_by_role("dialog")).to_have_count(0)


def _switched_off(tab: Page) -> None:
    tab.goto(reverse("me"))
    tab.get_by_label("/: The same, by one key").uncheck()
    tab.get_by_role("button", name="Keep these choices").click()
    expect(tab.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    tab.locator("h1").click()
    tab.keyboard.press("/")
    tab.keyboard.press("?")
    expect(tab.locator("#keys-dialog")).to_be_visible()
    expect(tab.locator("#palette-dialog")).to_be_hidden()


def test_a_look_is_there_before_anything_is_drawn_and_without_scripts(
    story: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = story
    account(PLANNER)
    User.objects.filter(username=PLANNER.username).update(look="dark", density="compact")
    context = contexts(enter(browser, base, PLANNER, viewport=WIDE, color_scheme="light", java_script_enabled=False))
    tab = context.new_page()
    tab.goto("/")
    ground = "el => getComputedStyle(el).backgroundColor"
    assert tab.locator(".page").evaluate(ground) == "rgb(28, 32, 36)"
    User.objects.filter(username=PLANNER.username).update(look="")
    tab.reload()
    assert tab.locator(".page").evaluate(ground) == "rgb(255, 254, 251)"
    tab.goto(reverse("go") + "?q=acc")
    tab.locator("main").get_by_role("link", name="Accords").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Accords")


def test_the_menu_of_a_small_screen_opens_by_keyboard_and_marks_where_one_is(
    story: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = story
    tab = contexts(enter(browser, base, PLANNER, viewport=NARROW)).new_page()
    tab.goto(reverse("elements"))
    here = tab.locator(".menu a[aria-current]")
    expect(here).to_be_hidden()
    tab.locator(".menu > summary").focus()
    tab.keyboard.press("Enter")
    expect(here).to_have_text("Our elements")
    expect(here).to_be_visible()


def test_the_marking_stays_in_sight_and_covers_nothing_that_is_focused(
    story: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = story
    tab = contexts(enter(browser, base, PLANNER, viewport={"width": 1000, "height": 500})).new_page()
    tab.goto(reverse("element", args=[world.ours[0].id]))
    top, bottom = tab.locator(".banner.top"), tab.locator(".banner.bottom")
    last = tab.locator("main a, main button").last
    last.focus()
    for strip in (top, bottom):
        expect(strip).to_contain_text(MARKING)
        expect(strip).to_be_in_viewport(ratio=1)
    button, strip = last.bounding_box(), bottom.bounding_box()
    assert button is not None
    assert strip is not None
    assert button["y"] + button["height"] <= strip["y"]


def test_every_printed_sheet_bears_the_marking_twice(
    story: tuple[World, str], browser: Browser, contexts: Keep, tmp_path: Path
) -> None:
    world, base = story
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(reverse("element", args=[world.ours[0].id]))
    # A page long enough for three sheets.
    tab.evaluate(
        "document.querySelector('.reading').append(...Array.from({length: 90}, () => { const p = document.createElement('p'); p.textContent = 'A line.'; return p; }))"
    )
    sheets = _painted(tab.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True))
    assert len(sheets) >= 3
    banner = sheets[0][0]
    assert len(banner) == 4 * len(MARKING), "the first text of a sheet is its banner, four digits a sign"
    assert min(sheet.count(banner) for sheet in sheets) >= 2, "at its top and at its bottom"


def _painted(pdf: bytes) -> list[list[bytes]]:
    """Of each sheet, its runs of text in the order in which they are painted, as the numbers of their signs in their font."""
    sheets = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            painted = zlib.decompress(stream)
        except zlib.error:
            continue
        if runs := re.findall(rb"BT(.*?)ET", painted, re.DOTALL):
            sheets.append([b"".join(re.findall(rb"<([0-9A-Fa-f]+)>", run)) for run in runs])
    return sheets
