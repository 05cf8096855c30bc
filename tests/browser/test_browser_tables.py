"""Bringing tables in and printing, as planners do it: with scripts, without them, and stopped half way."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from stafftalks.services import elements
from stafftalks.services.table_rows import PART
from stafftalks.site.bringing import TableWorker
from stafftalks.web.views.tables import TABLES
from tests.browser.rooms.tables import lines
from tests.browser.stage import NARROW, WIDE, enter
from tests.fakes import PLANNER
from tests.web.world import World

PASTE = """(field, text) => { const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })) }"""
Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def worker(served: Served) -> Iterator[TableWorker]:
    """The worker behind the pages, looking for work often."""
    from django.db import connections

    at_work = TableWorker(served[0].hq, TABLES, between=connections.close_all, tick_s=0.05)
    yield at_work
    at_work.stop()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_hundred_activities_are_pasted_three_mended_and_all_brought_in(
    served: Served, browser: Browser, contexts: Keep, scripts: bool
) -> None:
    world, base = served
    size = WIDE if scripts else NARROW
    tab = contexts(enter(browser, base, PLANNER, viewport=size, java_script_enabled=scripts)).new_page()
    tab.goto("/elements/")
    tab.get_by_role("link", name="Bring in a table").last.click()
    tab.get_by_label("What each row is").select_option(label="Activities")
    tab.get_by_label("Paste the table").fill(lines(200, bad=(3, 77, 150)).replace("Escort", "Passage"))
    tab.get_by_role("button", name="Read the table").click()
    expect(tab.get_by_text("2 columns are left out")).to_be_visible()
    tab.get_by_label("Contingency").fill("Pasted")
    tab.get_by_role("button", name="Check every row").last.click()
    expect(tab.get_by_text("Row 4 Passage of convoy 3")).to_be_visible()
    expect(tab.get_by_text("is not a relative time").first).to_be_visible()
    tab.get_by_role("button", name="Bring in", exact=True).last.click()
    expect(tab.get_by_role("alert")).to_contain_text("3 rows cannot be read yet")
    assert elements.find(world.hq, contingency="Pasted")[0] == 0
    for row, when in (("row 4", "C+2"), ("row 78", "C+3"), ("row 151", "C+4")):
        tab.get_by_label(f"Start, {row}", exact=True).fill(when)
    tab.get_by_role("button", name="Keep what I mended and check again").last.click()
    tab.get_by_role("button", name="Bring in", exact=True).last.click()
    expect(tab.get_by_text("Done. What was brought in is at home only")).to_be_visible()
    assert elements.find(world.hq, contingency="Pasted")[0] == 200


def test_a_big_table_is_stopped_half_way_and_gone_on_with(
    served: Served, browser: Browser, contexts: Keep, worker: TableWorker
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto("/bring-in/")
    tab.get_by_label("Paste the table").evaluate(PASTE, lines(6 * PART).replace("Escort", "Long passage"))
    expect(tab.get_by_text("3,001 lines (0.3 MB) are pasted")).to_be_visible()
    tab.get_by_role("button", name="Read the table").click()
    expect(tab.get_by_text("being read")).to_be_visible()
    worker.look()
    tab.get_by_label("Contingency").fill("Long")
    tab.get_by_role("button", name="Check every row").last.click()
    expect(tab.get_by_text("being checked")).to_be_visible()
    worker.look()
    tab.get_by_role("button", name="Bring in", exact=True).last.click()
    expect(tab.get_by_role("progressbar")).to_be_visible()
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_role("heading", name="Stopped")).to_be_visible()
    worker.look()
    assert elements.find(world.hq, contingency="Long")[0] == 0
    tab.get_by_role("button", name="Go on").click()
    expect(tab.get_by_role("progressbar")).to_be_visible()
    worker.start()
    expect(tab.get_by_text("Done. What was brought in is at home only")).to_be_visible(timeout=60_000)
    assert elements.find(world.hq, contingency="Long")[0] == 6 * PART


def test_ten_megabytes_are_pasted_and_read_without_a_wait(
    served: Served, browser: Browser, contexts: Keep, worker: TableWorker
) -> None:
    tab = contexts(enter(browser, served[1], PLANNER, viewport=WIDE)).new_page()
    tab.goto("/bring-in/")
    text = lines(90_000)
    assert len(text) > 9_000_000
    tab.get_by_label("Paste the table").evaluate(PASTE, text)
    expect(tab.get_by_text("90,001 lines")).to_be_visible()
    tab.get_by_role("button", name="Read the table").click()
    expect(tab.get_by_text("being read")).to_be_visible()
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_role("heading", name="Stopped")).to_be_visible()


def test_a_plan_is_printed_and_downloaded_without_scripts(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    _total, plans = elements.find(world.hq, kind="plan", text="for printing")
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE, java_script_enabled=False)).new_page()
    tab.goto(f"/elements/{plans[0].id}/")
    tab.get_by_role("link", name="Print", exact=True).click()
    expect(tab.get_by_text("Annex R (Reports) omitted")).to_be_visible()
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Download as PDF").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
    assert world.hq.journal.find(subject=plans[0].id)[1][0].act == "printed"


def test_every_printed_sheet_of_the_page_bears_the_banner(served: Served, browser: Browser, contexts: Keep) -> None:
    world, base = served
    _total, plans = elements.find(world.hq, kind="plan", text="for printing")
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(f"/print/XMR/{plans[0].id}/")
    tab.emulate_media(media="print")
    shown = tab.evaluate(
        "[...document.querySelectorAll('.banner')].map(one => [getComputedStyle(one).display, one.textContent.trim()])"
    )
    assert [display for display, _words in shown] == ["table-header-group", "table-footer-group"]
    assert all("XMR RESTRICTED//REL TO XMR, XTV" in words for _display, words in shown)
    assert tab.locator(".side").is_hidden()


def test_a_workbook_that_is_taken_out_opens_as_a_file(served: Served, browser: Browser, contexts: Keep) -> None:
    tab = contexts(enter(browser, served[1], PLANNER, viewport=WIDE)).new_page()
    tab.goto("/bring-in/")
    with tab.expect_download() as saved:
        tab.get_by_role("link", name=re.compile("^Excel workbook ?: Activities")).click()
    assert saved.value.suggested_filename == "XMR-activity.xlsx"
    assert saved.value.path().read_bytes().startswith(b"PK")
