"""A long analysis in a browser: asked for with its limits, told live, and drawn anew by itself once it has ended; without a script by loading the page again."""

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, expect

from stafftalks.analysis.watching import Progress
from stafftalks.services import run_work, runs
from tests.browser.rooms import analyses as room
from tests.browser.stage import WIDE, enter
from tests.fakes import PLANNER
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


def test_a_run_is_asked_for_told_live_stopped_and_read(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = served
    hq = world.hq
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto("/analyses/")
    tab.get_by_role("link", name="Schedule", exact=True).click()
    tab.get_by_label("Count our unreleased elements too").check()
    tab.get_by_label("Time").select_option("5 minutes")
    tab.get_by_role("button", name="Begin").click()
    expect(tab.locator("#progress")).to_contain_text("It waits for its turn.")
    run = runs.window(hq)[1][0].id
    while (taken := run_work.take(hq)) is not None and taken.row.id != run:
        run_work.end(hq, taken.row.id, "failed", "It was in the way.", 0.0)
    run_work.tell(hq, run, Progress("solver", 0.5, 200, 150, "end"), 12.0)
    expect(tab.locator("#progress")).to_contain_text("50 %")
    expect(tab.locator("#progress")).to_contain_text("25.0%")
    run_work.tell(hq, run, Progress("solver", 0.6, 200, 190, "end"), 14.0)
    expect(tab.locator("#progress")).to_contain_text("5.0%")
    plain = contexts(enter(browser, base, PLANNER, viewport=WIDE, java_script_enabled=False)).new_page()
    plain.goto(f"/analyses/{run}/")
    expect(plain.locator("#progress")).to_contain_text("60 %")
    plain.get_by_role("link", name="Look again").click()
    plain.get_by_role("button", name="Stop, and keep the best so far").click()
    expect(plain.get_by_text("It was asked to stop, and ends with the best it has.").first).to_be_visible()
    room.found(hq, run)
    run_work.end(hq, run, "stopped", "It was stopped.", 15.0)
    # The page asks by itself, and is drawn anew once it is over.
    expect(tab.get_by_text("It was stopped. The best so far is kept.")).to_be_visible()
    expect(tab.get_by_role("heading", name="What was found")).to_be_visible()
    assert tab.locator("#progress").count() == 0
