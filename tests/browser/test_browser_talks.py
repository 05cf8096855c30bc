"""Journeys of the talk room in a browser: with scripts, with the keyboard, and without scripts; one served world for each."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.services import editing, elements, releases
from stafftalks.store import notes
from stafftalks.values.ids import PartyId
from tests.browser.rooms import talks as room
from tests.browser.stage import WIDE, enter
from tests.fakes import OFFICER, PLANNER
from tests.web.conftest import account
from tests.web.world import World

Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]
XTV = PartyId("XTV")


def _comment_and_release(tab: Page, world: World, words: str) -> None:
    """From the thread: writes a comment about a part and asks for its release with one more click."""
    tab.goto(f"/talk/XTV/{world.theirs[0].id}/")
    tab.get_by_label("Which part").select_option(label="Branches B2")
    tab.get_by_role("textbox", name="Comment", exact=True).fill(words)
    tab.get_by_role("button", name="Save at home").last.click()
    expect(tab.get_by_role("status").filter(has_text="Saved at home")).to_be_visible()
    draft = tab.get_by_role("article").filter(has_text=words)
    expect(draft).to_contain_text("Ours, at home only")
    expect(draft).to_contain_text("Branches B2")
    draft.get_by_role("button", name="Ask for its release to").click()
    expect(tab.get_by_text("Nothing has left: a different person decides")).to_be_visible()


def _release_all_comments(world: World) -> None:
    for row in world.hq.desk.find(state="waiting")[1]:
        if row.kind == "comment":
            releases.release(world.hq, OFFICER, row.id)
    world.settle()


def _partner_revises(world: World, title: str) -> None:
    theirs = elements.get(world.torvia, world.theirs[0].id)
    changed = editing.change(world.torvia, PLANNER, theirs.id, theirs.version, {"branches.1.title": title})
    world.release(world.torvia, changed.row, "scenarios", "XMR")
    world.settle()


def test_a_comment_on_a_partners_text_goes_stale_with_the_difference_one_click_away(
    served: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    _comment_and_release(tab, world, "All shipping, or only under some flags?")
    _release_all_comments(world)
    tab.goto(f"/talk/XTV/{world.theirs[0].id}/")
    said = tab.get_by_role("article").filter(has_text="under some flags?")
    expect(said).to_contain_text("Ours, said in the accord")
    expect(said).not_to_contain_text("stale")
    _partner_revises(world, "Closed to ships under three flags")
    tab.reload()
    said = tab.get_by_role("article").filter(has_text="under some flags?")
    expect(said).to_contain_text("stale: the text has moved on")
    expect(said.locator("blockquote")).to_contain_text("Closed to all shipping")
    said.get_by_text("What changed since").click()
    expect(said.locator(".change").first).to_be_visible()
    expect(said.locator(".change").first).to_contain_text("Closed to ships under three flags")
    said.get_by_role("button", name="Take this remark over").click()
    moved = tab.get_by_role("article").filter(has_text="A new wording of what we said")
    expect(moved).to_contain_text("Ours, at home only")
    expect(moved).not_to_contain_text("stale")


def test_a_note_calls_a_colleague_who_sees_it_and_no_partner_does(
    served: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = served
    account(OFFICER)
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(f"/accords/{world.accord}/theirs/XTV/{world.theirs[0].id}/")
    tab.get_by_text("Write a note for our own people").click()
    area = tab.get_by_label("A note for our own people")
    area.press_sequentially("Ask @od")
    offered = tab.get_by_role("option").filter(has_text="@oda")
    expect(offered).to_be_visible()
    area.press("Enter")
    expect(area).to_have_value("Ask @oda ")
    area.press_sequentially("whether the harbour may be named.")
    tab.get_by_role("button", name="Keep the note").click()
    expect(tab.get_by_text("Stays at this headquarters").first).to_be_visible()
    expect(tab.get_by_text("whether the harbour may be named")).to_be_visible()
    other = contexts(enter(browser, base, OFFICER, viewport=WIDE)).new_page()
    other.goto("/notes/")
    line = other.get_by_role("listitem").filter(has_text="whether the harbour may be named")
    expect(line).to_contain_text("new")
    line.get_by_role("link").first.click()
    expect(other.get_by_text("Calls: @oda").first).to_be_visible()
    assert all("harbour" not in row.sentence for row in notes.mentions_of("oda"))
    world.settle()
    theirs = world.torvia.records
    held = [
        entry.slip or b"" for feed in theirs.feeds(world.accord) for entry in theirs.entries(feed.feed, 0, feed.size)
    ]
    assert len(held) > 10
    assert not any(b"harbour may be named" in slip for slip in held)


def test_two_sides_minutes_and_sources_are_read_and_written_without_scripts(
    served: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE, java_script_enabled=False)).new_page()
    tab.goto("/minutes/")
    expect(tab.get_by_text("2 records of it, not agreed")).to_be_visible()
    tab.get_by_role("link", name=re.compile("Our record of it.*session 2")).click()
    sides = tab.get_by_role("table").first
    expect(sides.get_by_role("columnheader")).to_have_text([re.compile("XMR"), re.compile("XTV")])
    expect(tab.get_by_text("not adopted by all").first).to_be_visible()
    tab.get_by_text("What differs, from the one above to this one").click()
    expect(tab.locator(".change").first).to_be_visible()
    tab.get_by_label("What it was about").fill("Pilots")
    tab.get_by_role("textbox", name="What", exact=True).last.fill("Name two pilots")
    tab.get_by_label("Due, as C+3 or a date").last.fill("the day after")
    tab.get_by_role("button", name="Add the item").click()
    expect(tab.get_by_role("alert")).to_be_visible()
    expect(tab.get_by_label("What it was about")).to_have_value("Pilots")
    tab.get_by_label("Due, as C+3 or a date").last.fill("C+1")
    tab.get_by_role("button", name="Add the item").click()
    expect(tab.get_by_role("heading", name="3 Pilots")).to_be_visible()
    tab.get_by_label("State: Name two pilots").select_option("done")
    tab.get_by_role("row").filter(has_text="Name two pilots").get_by_role("button", name="Set").click()
    expect(tab.get_by_label("State: Name two pilots")).to_have_value("done")
    tab.get_by_role("button", name="Carry open items over to a next session").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"{room.SERIES}, session 3")
    expect(tab.get_by_text("Send the list of pilots").first).to_be_visible()
    tab.goto("/sources/?show=assessments")
    line = tab.get_by_role("listitem").filter(has_text="Will the partner take up the proposal?")
    expect(line).to_contain_text("the rest go back to 3 independent sources")
    line.get_by_role("link").click()
    expect(tab.get_by_text("passes on “A proposal for joint planning was made”")).to_be_visible()
    expect(tab.get_by_text("1 hop withheld by Torvia")).to_be_visible()
    _comment_and_release(tab, world, "Written without a script.")
    tab.goto(f"/notes/XTV/{world.theirs[0].id}/")
    tab.get_by_label("A note for our own people").fill("Kept without a script.")
    tab.get_by_label("Call somebody").fill("oda")
    tab.get_by_role("button", name="Keep the note").click()
    expect(tab.get_by_text("Kept without a script.", exact=True)).to_be_visible()
    assert notes.about(XTV, world.theirs[0].id)[1][0].text == "Kept without a script."


def test_a_thread_is_answered_with_the_keyboard_alone(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(f"/talk/XTV/{world.theirs[0].id}/")
    reply = tab.get_by_role("article").filter(has_text="By the coast guard; see the narrative.")
    reply.locator("summary").filter(has_text="Answer this").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Then name the coast guard.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    answer = tab.get_by_role("article").filter(has_text="Then name the coast guard.")
    expect(answer).to_contain_text("Answers")
    expect(answer).to_contain_text("Ours, at home only")
