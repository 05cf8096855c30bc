"""After it left, in a browser: taking back what was ticked, telling an author by choice, leaving with everything recalled."""

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, expect

from stafftalks.services import accords, recalls
from tests.browser.stage import WIDE, enter
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


def test_what_left_is_taken_back_an_author_is_told_and_leaving_takes_the_rest_back(
    served: tuple[World, str], browser: Browser, contexts: Keep
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, OFFICER, viewport=WIDE)).new_page()
    tab.goto("/left/")
    line = tab.get_by_role("listitem").filter(has_text="Closing of the Strait of Vael").first
    expect(line).to_contain_text("Read by 3 persons, as they chose to tell.")
    tick = tab.get_by_role("checkbox", name="Choose for a recall: Closing of the Strait of Vael")
    tick.focus()
    tab.keyboard.press("Space")
    tab.get_by_role("button", name="Recall what is ticked").press("Enter")
    expect(tab.get_by_role("heading", name="What a recall does, and what it cannot do")).to_be_visible()
    tab.get_by_label("Reason").fill("A wrong date.")
    tab.get_by_role("button", name="Recall them from every holder").click()
    gone = tab.get_by_role("listitem").filter(has_text="Closing of the Strait of Vael").first
    expect(gone).to_contain_text("recalled, not confirmed")
    expect(gone).to_contain_text("Our recall is not known to have reached them.")

    planner = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    planner.goto(f"/accords/{world.accord}/theirs/XTV/{world.theirs[0].id}/")
    planner.get_by_role("link", name="Tell them it was read by 1").click()
    planner.get_by_label("That it was received, and read by 1 person here").check()
    planner.get_by_role("button", name="Write it, and ask for its release").click()
    expect(planner.get_by_text("Nothing has left: a different person decides")).to_be_visible()

    head = contexts(enter(browser, base, HEAD, viewport=WIDE)).new_page()
    head.goto(f"/accords/{world.accord}/stand/withdraw/")
    head.get_by_label("What we keep").fill("Minutes of our talks.")
    head.get_by_label("Recall everything of ours").check()
    head.get_by_label("I have read what happens next").check()
    head.get_by_role("button", name="Withdraw").click()
    expect(head.get_by_text("With it we recalled")).to_be_visible()
    keeps = head.get_by_role("region", name="What each side keeps")
    expect(keeps).to_contain_text("Says it keeps: Minutes of our talks.")
    expect(keeps).to_contain_text("not confirmed")
    assert recalls.standing(accords.view(world.hq, world.accord).accord, world.hq.party) == ()
