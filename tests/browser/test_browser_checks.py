"""A private check in a browser: the terms typed and drawn, what each side will know read before the button, and what came out on our own map."""

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.services import check_work, checks
from tests.browser.rooms import checks as room
from tests.browser.stage import WIDE, enter
from tests.fakes import OFFICER, FakeWorkers
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


def draw(tab: Page) -> None:
    """An area on the map, by keyboard alone."""
    tab.get_by_role("button", name="Draw an area").press("Enter")
    stage = tab.get_by_role("application")
    expect(stage).to_be_focused()
    for move in ("ArrowLeft", "ArrowUp", "ArrowRight"):
        stage.press("Space")
        for _ in range(2):
            stage.press(move)
    stage.press("Space")
    stage.press("Enter")
    tab.get_by_role("button", name="Take this area").press("Enter")


def test_a_check_is_proposed_knowingly_runs_and_tells_what_of_ours_is_shared(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = served
    hq, torvia = world.hq, world.torvia
    tab = contexts(enter(browser, base, OFFICER, viewport=WIDE)).new_page()
    tab.goto("/checks/")
    tab.get_by_role("link", name="Propose a check").click()
    assert not tab.get_by_role("button", name="Propose this check").is_visible()
    tab.get_by_label("Purpose").fill("Keep clear by night.")
    draw(tab)
    expect(tab.get_by_label("Latitude of corner 3")).not_to_have_value("")
    for corner, (lat, lon) in enumerate((("37.4", "34.1"), ("37.4", "35.4"), ("36.3", "35.4"), ("36.3", "34.1")), 1):
        tab.get_by_label(f"Latitude of corner {corner}").fill(lat)
        tab.get_by_label(f"Longitude of corner {corner}").fill(lon)
    tab.get_by_label("From (UTC)").fill("2027-05-04T18:00")
    tab.get_by_label("To (UTC)").fill("2027-05-04T23:00")
    tab.get_by_label("Lowest height").fill("0")
    tab.get_by_label("Highest height").fill("3000 ft")
    tab.get_by_label("Number of activities a side").select_option("25")
    knows = tab.get_by_role("region", name="What each side will know")
    expect(knows).to_contain_text("What Torvia will know")
    tab.get_by_label("Only who proposes").check()
    expect(knows).to_contain_text("Nothing: not even whether anything came out.")
    tab.get_by_role("button", name="Propose this check").click()
    expect(tab.get_by_text("It waits for the answer of Torvia")).to_be_visible()

    view = checks.history(hq)[0]
    world.settle()
    checks.consent(torvia, OFFICER, view.state.ref, room.own(torvia))
    world.settle()
    tab.reload()
    expect(tab.get_by_text("Our side computes and sends its part.").first).to_be_visible()
    check_work.advance(hq, view.state.ref, FakeWorkers())
    expect(tab.locator("#progress")).to_contain_text("It waits for what Torvia sends.")
    room.ended(world, view.state.ref)
    # The page asks by itself, and is drawn anew once it is over.
    expect(tab.get_by_role("heading", name="What came out")).to_be_visible()
    expect(tab.locator("#flagged")).to_contain_text("Minesweeping by night")
    assert "Sonar trial" not in tab.content()
    expect(tab.get_by_role("button", name="Show everything").first).to_be_visible()
