"""A planner has a schedule reckoned, sees it come, takes its picture out, and tries what would do where there is none."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.formats.charts import drawing
from stafftalks.formats.charts.chart import Chart
from stafftalks.services import registry
from stafftalks.site.running import RunRunner
from tests.browser import stage
from tests.browser.stage import enter
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.test_web_schedules import movements
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]
COME_MS = 90_000
"""On a machine where nothing was reckoned yet, the search is compiled first."""
TOP_BAND = """async (png) => {
  const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (each) => each.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(image.width, Math.round(image.height / 9)), to = canvas.getContext("2d");
  to.drawImage(image, 0, 0);
  return to.getImageData(0, 0, canvas.width, canvas.height).data.filter((value, at) => at % 4 === 0 && value < 90).length;
}"""


@pytest.fixture
def deployment(transactional_db: None) -> Iterator[tuple[World, str]]:
    """Three movements over one port that close in time, and where it is served; runs are reckoned as they come."""
    before = list(registry._CURRENT)
    world = worlds.empty()
    movements(world.hq, 2)
    runner = RunRunner(world.hq, tick_s=0.2)
    with stage.served(world) as base:
        runner.start()
        yield world, base
        runner.stop()
    registry._CURRENT[:] = before


def ask(tab: Page, *, must: bool) -> None:
    tab.goto("/analyses/new/schedule/")
    tab.get_by_label("Contingency").select_option("Vael")
    tab.get_by_label("Count our unreleased elements too").check()
    tab.get_by_label("Windows and phases must be kept").set_checked(must)
    tab.get_by_label("Time", exact=True).select_option("10")
    tab.get_by_role("button", name="Begin").click()


def test_a_schedule_is_asked_for_comes_and_goes_out_as_a_picture_with_its_marking(
    deployment: tuple[World, str], browser: Browser, contexts: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, base = deployment
    banners: list[str] = []
    drawn = drawing.file_of

    def file_of(form: drawing.Form, chart: Chart, around: drawing.Around) -> bytes:
        banners.append(around.banner)
        return drawn(form, chart, around)

    monkeypatch.setattr(drawing, "file_of", file_of)
    tab = contexts(enter(browser, base, PLANNER, accept_downloads=True)).new_page()
    ask(tab, must=False)
    expect(tab.get_by_text("No schedule is better: this is proved best.")).to_be_visible(timeout=COME_MS)
    picture = tab.locator("#chart-gantt")
    expect(picture.locator("svg")).to_be_visible()
    expect(picture.locator("svg")).to_contain_text("Brigade")
    row = tab.locator("#activities-list").get_by_role("row", name="March")
    expect(row).to_contain_text("It comes after Stores")
    with tab.expect_download() as taken:
        picture.get_by_role("link", name="PNG").click()
    png = Path(taken.value.path()).read_bytes()
    assert banners == ["PLAIN RESTRICTED"]
    assert tab.evaluate(TOP_BAND, base64.b64encode(png).decode()) > 200, "the marking stands above the picture"
    assert any("chart gantt" in line.subject for line in world.hq.journal.find()[1])

    movements(world.hq, 9)
    ask(tab, must=True)
    expect(tab.get_by_text("There is no schedule: that is proved.")).to_be_visible(timeout=COME_MS)
    expect(tab.get_by_role("heading", name="What cannot hold together")).to_be_visible()
    tab.get_by_role("button", name="Try it in a new run").first.click()
    expect(tab.get_by_text("with that taken as given. No plan is changed.")).to_be_visible()
    expect(tab.get_by_text("that no plan makes")).to_be_visible()
