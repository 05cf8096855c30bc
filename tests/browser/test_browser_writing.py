"""Writing in a real browser: two people at one element, the end of a sign-in, a restart, and unread marks."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, expect

from stafftalks.services import elements, registry
from stafftalks.services.rows import ElementRow
from tests.browser import stage
from tests.browser.stage import WIDE, enter
from tests.fakes import HEAD, PLANNER
from tests.web import world as worlds
from tests.web.conftest import account
from tests.web.world import World, content

Keep = Callable[[BrowserContext], BrowserContext]
Served = tuple[World, str]


@pytest.fixture
def small(transactional_db: None) -> Iterator[Served]:
    """An accord with open realms, served; without what other rooms add."""
    before = list(registry._CURRENT)
    world = worlds.opened()
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


@pytest.fixture
def row(small: Served) -> ElementRow:
    branches = [{"id": "B1", "title": "Calm"}, {"id": "B2", "title": "Storm"}]
    return elements.add(small[0].hq, PLANNER, content("scenario", title="Vael", narrative="One.", branches=branches))


def now(world: World, row: ElementRow) -> object:
    return elements.content(elements.get(world.hq, row.id))


def sign_in_again(context: BrowserContext, base: str) -> None:
    """A fresh sign-in in the same browser, as in another window of it."""
    client = Client()
    client.force_login(account(PLANNER))
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def test_two_people_edit_one_element_at_once_and_both_changes_stand(
    small: Served, row: ElementRow, browser: Browser, contexts: Keep
) -> None:
    world, base = small
    one = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    other = contexts(enter(browser, base, HEAD, viewport=WIDE)).new_page()
    one.goto(f"/elements/{row.id}/edit/")
    other.goto(f"/elements/{row.id}/edit/")
    expect(other.get_by_text("Pia Planner has this form open")).to_be_visible()
    other.locator('[name="branches.1.title"]').fill("Hurricane")
    other.locator('[name="contingency"]').fill("Vael")
    other.get_by_role("button", name="Save at home").last.click()
    one.locator('[name="title"]').fill("Vael closed")
    one.locator('[name="branches.1.title"]').fill("Gale")
    one.get_by_role("button", name="Save at home").last.click()
    asked = one.get_by_role("group", name="Branches B2, title")
    for text in ("Storm", "Hurricane", "Gale"):
        expect(asked.get_by_text(text, exact=True)).to_be_visible()
    assert now(world, row).branches[1].title == "Hurricane", "nothing was overwritten"
    asked.get_by_label("Theirs stands").check()
    one.get_by_role("button", name="Save as chosen").last.click()
    expect(one.get_by_role("heading", level=1)).to_have_text("Vael closed")
    found = now(world, row)
    assert (found.title, found.contingency, found.branches[1].title) == ("Vael closed", "Vael", "Hurricane")


def test_what_is_typed_outlives_a_restart_and_a_closed_browser(
    small: Served, row: ElementRow, browser: Browser, contexts: Keep
) -> None:
    world, base = small
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.clock.install()
    tab.goto(f"/elements/{row.id}/edit/")
    tab.locator('[name="narrative"]').fill("A long thought, half")
    tab.clock.fast_forward(5_000)
    expect(tab.get_by_text("for you alone")).to_be_visible()
    expect(tab.locator('[name="narrative"]')).to_be_focused()
    tab.context.close()
    with stage.served(world) as again:  # another process's pages over the same tables
        back = contexts(enter(browser, again, PLANNER, viewport=WIDE)).new_page()
        back.goto(f"/elements/{row.id}/edit/")
        expect(back.get_by_text("You were writing this on")).to_be_visible()
        expect(back.locator('[name="narrative"]')).to_have_value("A long thought, half")
        back.get_by_role("button", name="Throw it away").click()
        expect(back.locator('[name="narrative"]')).to_have_value("One.")


def test_a_sign_in_that_ends_while_typing_loses_nothing_with_a_script(
    small: Served, row: ElementRow, browser: Browser, contexts: Keep
) -> None:
    world, base = small
    context = contexts(enter(browser, base, PLANNER, viewport=WIDE))
    tab = context.new_page()
    tab.clock.install()
    tab.goto(f"/elements/{row.id}/edit/")
    context.clear_cookies()
    tab.locator('[name="title"]').fill("Typed through it")
    tab.clock.fast_forward(5_000)
    expect(tab.get_by_text("What you type is not kept now")).to_be_visible()
    sign_in_again(context, base)
    tab.clock.fast_forward(5_000)
    expect(tab.get_by_text("for you alone")).to_be_visible()
    tab.get_by_role("button", name="Save at home").last.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Typed through it")
    assert now(world, row).title == "Typed through it"


def test_a_sign_in_that_ends_while_typing_loses_nothing_without_a_script(
    small: Served, row: ElementRow, browser: Browser, contexts: Keep
) -> None:
    world, base = small
    context = contexts(enter(browser, base, PLANNER, viewport=WIDE, java_script_enabled=False))
    tab = context.new_page()
    tab.goto(f"/elements/{row.id}/edit/")
    tab.locator('[name="title"]').fill("Typed for an hour")
    tab.get_by_role("button", name=" Add a row").first.click()
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    tab.get_by_role("button", name="Save at home").last.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You have been signed out")
    sign_in_again(context, base)
    tab.get_by_role("button", name="Put it back into the form").click()
    expect(tab.get_by_text("It is not saved yet.")).to_be_visible()
    expect(tab.locator('[name="title"]')).to_have_value("Typed for an hour")
    assert now(world, row).title == "Vael"
    tab.get_by_role("button", name="Save at home").last.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Typed for an hour")


def test_unread_marks_clear_when_what_they_are_about_is_opened(small: Served, browser: Browser, contexts: Keep) -> None:
    world, base = small
    tab = contexts(enter(browser, base, HEAD, viewport=WIDE)).new_page()
    tab.goto("/")
    tab.get_by_role("button", name="Mark all as read").click()
    expect(tab.get_by_text("Nothing new from partners.")).to_be_visible()
    world.advance(60)
    theirs = elements.add(world.torvia, PLANNER, content("report", title="Fog at Mersel", said="Fog."))
    world.release(world.torvia, theirs, "intelligence", "XMR")
    world.settle()
    tab.goto("/accords/")
    expect(tab.get_by_text("1 new", exact=True)).to_be_visible()
    tab.goto("/")
    tab.get_by_role("link", name="Fog at Mersel").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Fog at Mersel")
    tab.goto("/")
    expect(tab.get_by_text("Nothing new from partners.")).to_be_visible()


def test_a_list_offers_what_arrived_while_it_was_read(small: Served, browser: Browser, contexts: Keep) -> None:
    world, base = small
    tab = contexts(enter(browser, base, HEAD, viewport=WIDE)).new_page()
    tab.clock.install()
    tab.goto(f"/accords/{world.accord}/released/")
    theirs = elements.add(world.torvia, PLANNER, content("report", title="Fog at Mersel", said="Fog."))
    world.release(world.torvia, theirs, "intelligence", "XMR")
    world.settle()
    tab.clock.fast_forward(11_000)
    expect(tab.get_by_text("1 new entry from Torvia in")).to_be_visible()
    tab.get_by_role("link", name="Show 1 new").click()
    expect(tab.get_by_role("link", name="Fog at Mersel").first).to_be_visible()


def test_a_paste_of_ten_megabytes_is_answered_with_a_sentence_and_loses_nothing(
    small: Served, row: ElementRow, browser: Browser, contexts: Keep
) -> None:
    world, base = small
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(f"/elements/{row.id}/edit/")
    expect(tab.locator("[data-kept]")).to_have_attribute("role", "status")
    box = tab.locator('[name="narrative"]')
    box.fill("Typed before")
    taken = box.evaluate(
        """(box) => { const data = new DataTransfer(); data.setData("text/plain", "A line of text. ".repeat(655360));
        return box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })) }"""
    )
    assert not taken, "the browser is not left to put it in"
    expect(tab.get_by_text("This is too much for one form.")).to_be_visible()
    expect(box).to_have_value("Typed before")
    tab.get_by_role("button", name="Save at home").last.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Vael")
    assert now(world, row).narrative == "Typed before"
