"""Finding as a planner does it: by words, by filters, kept as a view, from the palette; and all of it without script."""

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.stage import enter
from tests.fakes import PLANNER
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


def test_a_planner_finds_filters_and_keeps_a_view_without_script(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = served
    tab = contexts(enter(browser, base, PLANNER, java_script_enabled=False)).new_page()
    tab.goto("/find/")
    expect(tab.get_by_role("heading", name="The latest")).to_be_visible()
    tab.get_by_role("searchbox", name="Words").fill("tankers closes")
    tab.get_by_role("button", name="Find", exact=True).click()
    expect(tab.locator("mark", has_text="closes").first).to_be_visible()
    before = tab.locator(".find-results > li").count()
    tab.get_by_role("link", name="Theirs").first.click()
    expect(tab.get_by_text("take this filter off")).to_be_attached()
    assert 0 < tab.locator(".find-results > li").count() < before
    tab.get_by_label("Keep these words and filters as").fill("Tankers, theirs")
    tab.get_by_label("Put it on my first page").check()
    tab.get_by_role("button", name="Save this view").click()
    expect(tab.get_by_text("What you see is your view “Tankers, theirs”.")).to_be_visible()
    tab.goto("/")
    tab.get_by_role("link", name="Tankers, theirs").click()
    expect(tab.get_by_role("searchbox", name="Words")).to_have_value("tankers closes")
    tab.locator(".find-results a").first.click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Mines in the southern approach")


def test_the_palette_leads_to_an_element_by_its_title(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = served
    tab = contexts(enter(browser, base, PLANNER)).new_page()
    tab.goto("/find/")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("mines in")
    tab.locator("dialog[open]").get_by_role("option", name="Mines in the southern approach").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Mines in the southern approach")


def test_a_view_is_renamed_and_removed_and_a_bad_name_is_said_where_it_stands(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    _world, base = served
    tab = contexts(enter(browser, base, PLANNER)).new_page()
    tab.goto("/find/?q=mines")
    tab.get_by_role("button", name="Save this view").click()
    expect(tab.get_by_text("Give the view a name")).to_be_visible()
    expect(tab.get_by_role("searchbox", name="Words")).to_have_value("mines")
    tab.get_by_label("Keep these words and filters as").fill("Mines")
    tab.get_by_role("button", name="Save this view").click()
    view = tab.locator(".find-views li").filter(has_text="Mines").filter(has_not_text="theirs")
    view.locator("summary").click()
    view.get_by_label("Name").fill("All mines")
    view.get_by_role("button", name="Rename").click()
    expect(tab.get_by_role("link", name="All mines")).to_be_visible()
    view = tab.locator(".find-views li").filter(has_text="All mines")
    view.locator("summary").click()
    view.get_by_role("button", name="Remove").click()
    expect(tab.get_by_role("link", name="All mines")).to_have_count(0)
