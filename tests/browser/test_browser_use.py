"""Using the pages with the keyboard alone, without scripts, and while partners write."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.planning.kinds import KINDS
from stafftalks.services import accords, elements, releases
from tests.browser.stage import WIDE, enter
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.conftest import PASSWORD, account
from tests.web.world import World

Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]


def _tab_to(tab: Page, words: str, *, most: int = 120) -> None:
    """Presses Tab until the focus is on what is called `words`; each stop on the way must show where the focus is."""
    for _press in range(most):
        tab.keyboard.press("Tab")
        here = tab.evaluate(
            """() => { const el = document.activeElement, style = getComputedStyle(el);
            const named = (el.getAttribute('aria-label') || el.textContent || '') + [...(el.labels || [])].map(l => l.textContent).join(' ');
            return [named.replace(/\\s+/g, ' ').trim(), style.outlineStyle, parseFloat(style.outlineWidth), el.tagName] }"""
        )
        if here[3] == "BODY":
            continue
        assert here[1] != "none", f"no focus is seen on {here[0]}"
        assert here[2] >= 2, f"no focus is seen on {here[0]}"
        if words in here[0]:
            return
    raise AssertionError(f"{words} cannot be reached with the Tab key")


def test_a_release_is_decided_with_the_keyboard_alone(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    account(OFFICER)
    tab = contexts(enter(browser, base, None, viewport=WIDE)).new_page()
    tab.goto("/")
    tab.get_by_label("Username").focus()
    tab.keyboard.type(OFFICER.username)
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Oda Officer")
    _tab_to(tab, "Release desk")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Release desk")
    _tab_to(tab, "Choose Closing of the Strait of Vael")
    _tab_to(tab, "Closing of the Strait of Vael", most=1)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Exactly what they would read")).to_be_visible()
    _tab_to(tab, "I have read exactly")
    tab.keyboard.press("Space")
    _tab_to(tab, "Release to XTV")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status").filter(has_text="Released.")).to_be_visible()
    assert releases.get(world.hq, world.requests[0]).state == "released"


def test_the_first_tab_leads_past_the_menu(served: Served, browser: Browser, contexts: Keep) -> None:
    tab = contexts(enter(browser, served[1], HEAD, viewport=WIDE)).new_page()
    tab.goto("/elements/")
    tab.keyboard.press("Tab")
    expect(tab.get_by_text("Go to the page’s content")).to_be_focused()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_an_accord_is_proposed_without_scripts(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    tab = contexts(enter(browser, base, HEAD, viewport=WIDE, java_script_enabled=False)).new_page()
    tab.goto("/accords/propose/")
    tab.get_by_label("Torvia (XTV)").check()
    tab.get_by_label("Title").fill("Fisheries")
    tab.get_by_label("Purpose").fill("To plan for a dispute.")
    tab.get_by_label("Scenarios:").check()
    tab.get_by_label("Heading").fill("Scope")
    tab.get_by_role("textbox", name="Text", exact=True).fill("Each shares what it wants.")
    tab.get_by_role("button", name="Add a clause").click()
    expect(tab.get_by_label("Title")).to_have_value("Fisheries")
    second = tab.get_by_role("group", name="Clause 2")
    second.get_by_label("Heading").fill("Consultation")
    second.get_by_label("Text").fill("Each hears the other first.")
    second.get_by_label("Consult:").check()
    expect(second.get_by_label("Consent:")).to_be_disabled()
    tab.get_by_role("button", name="Send the proposal").last.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Fisheries")
    assert len(accords.views(world.hq)) == 2


def test_a_scenario_with_branches_is_written_without_scripts(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    tab = contexts(
        enter(browser, base, PLANNER, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    ).new_page()
    tab.goto("/elements/new/scenario/")
    tab.get_by_label("Title (needed)").fill("Ice")
    for number, title in enumerate(("Early ice", "Late ice")):
        tab.get_by_role("button", name=re.compile("Add a row.*Branches")).click()
        tab.locator(f'[name="branches.{number}.title"]').fill(title)
    tab.locator('[name="branches.0.likelihood"]').fill("perhaps")
    tab.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("alert")).to_contain_text("Nothing you typed is lost")
    expect(tab.locator('[name="branches.1.title"]')).to_have_value("Late ice")
    tab.locator('[name="branches.0.likelihood"]').fill("likely")
    tab.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Ice")
    assert elements.find(world.hq, text="Early ice")[0] == 1


def test_news_comes_by_itself_and_never_touches_what_is_being_typed(
    served: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, HEAD, viewport=WIDE)).new_page()
    tab.clock.install()
    tab.goto(f"/accords/{world.accord}/terms/")
    if not tab.evaluate("typeof htmx === 'object'"):
        raise AssertionError("the live-update script is not in place: run scripts/assets.sh")
    tab.get_by_text("Ask about the whole", exact=True).click()
    box = tab.locator('[name="ask-whole-text"]')
    box.fill("Half a sentence")
    accords.ask(world.torvia, HEAD, world.accord, "Are you there?")
    world.settle()
    tab.clock.fast_forward(11_000)
    expect(tab.get_by_text("1 new entry has arrived")).to_be_visible()
    expect(box).to_have_value("Half a sentence")
    expect(box).to_be_focused()


def test_losing_the_sign_in_while_typing_says_so_and_keeps_the_text(
    served: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = served
    context = contexts(enter(browser, base, HEAD, viewport=WIDE))
    tab = context.new_page()
    tab.clock.install()
    tab.goto(f"/accords/{world.accord}/terms/")
    tab.get_by_text("Ask about the whole", exact=True).click()
    tab.locator('[name="ask-whole-text"]').fill("Half a sentence")
    context.clear_cookies()
    tab.clock.fast_forward(11_000)
    expect(tab.get_by_text("You have been signed out.")).to_be_visible()
    expect(tab.locator('[name="ask-whole-text"]')).to_have_value("Half a sentence")


def test_every_kind_has_a_form_that_fits_a_telephone(served: Served, browser: Browser, contexts: Keep) -> None:
    tab = contexts(enter(browser, served[1], PLANNER, viewport={"width": 390, "height": 844})).new_page()
    for kind in KINDS:
        tab.goto(f"/elements/new/{kind}/")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390, kind


def test_an_error_leads_to_its_field(served: Served, browser: Browser, contexts: Keep) -> None:
    tab = contexts(enter(browser, served[1], PLANNER, viewport=WIDE)).new_page()
    tab.goto("/elements/new/report/")
    tab.get_by_role("button", name="Save at home").click()
    tab.get_by_role("alert").get_by_role("link").first.click()
    assert tab.evaluate("document.activeElement.id || location.hash") in ("f-title", "#f-title")
