"""Every chart is drawn in Chromium under the policy of our pages, in each look, and loads nothing."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from django.template import Context, Template
from django.test import RequestFactory
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from stafftalks.formats.charts.chart import Chart
from stafftalks.services import registry
from stafftalks.web.middleware import POLICY
from tests.browser import stage
from tests.formats import charts
from tests.web import world as worlds

_PAGE = Template(
    "{% load static charts %}<!doctype html><html lang=en dir={{ page_dir }} data-look=system><head><title>Charts</title>"
    "<link rel=stylesheet href=\"{% static 'web/tokens.css' %}\"><link rel=stylesheet href=\"{% static 'web/stafftalks.css' %}\"><link rel=stylesheet href=\"{% static 'web/parts.css' %}\"></head>"
    "<body>{% for one in every %}<section>{% chart one files=False %}</section>{% endfor %}</body></html>"
)
LOOKS = (
    ("ltr", 1440, "light", "none"),
    ("ltr", 390, "dark", "none"),
    ("rtl", 390, "light", "none"),
    ("ltr", 1440, "light", "active"),
)
_LOW = """() => [...document.querySelectorAll(".chart-room svg text")].filter((text) => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  const light = (colour) => parts(colour).map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ink = light(getComputedStyle(text).fill), ground = light(getComputedStyle(document.querySelector(".chart-room")).backgroundColor);
  return text.textContent && (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05) < 4.5;
}).map((text) => text.textContent)"""


def page_of(every: list[Chart], way: str) -> str:
    """A page with these charts alone."""
    request = RequestFactory().get("/specimen/")
    return _PAGE.render(Context({"every": every, "page_dir": way, "request": request}))


def _answer(route: Route, html: str) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


@pytest.fixture
def tab(
    transactional_db: None, browser: Browser, contexts: Callable[[BrowserContext], BrowserContext]
) -> Iterator[tuple[Page, list[str]]]:
    """A tab, and what its browser complained of or asked elsewhere."""
    before = list(registry._CURRENT)
    with stage.served(worlds.opened()) as base:
        page = contexts(browser.new_context(base_url=base)).new_page()
        said: list[str] = []
        page.on("console", lambda told: said.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(base) else said.append(f"asked for {asked.url}"))
        yield page, said
    registry._CURRENT[:] = before


def test_every_chart_is_drawn_in_every_look_within_the_screen_and_loads_nothing(tab: tuple[Page, list[str]]) -> None:
    page, said = tab
    drawn = [msgspec.structs.replace(one, name=f"{one.name}-{at}") for at, one in enumerate(charts.every())]
    html = {way: page_of(drawn, way) for way in ("ltr", "rtl")}
    for way in html:
        page.route(f"**/specimen/{way}/", lambda route, _asked, way=way: _answer(route, html[way]))
    for way, width, scheme, forced in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, forced_colors=forced, reduced_motion="reduce")
        page.goto(f"/specimen/{way}/")
        expect(page.locator(".chart-room[data-drawn] svg")).to_have_count(len(drawn), timeout=15_000)
        wide = page.evaluate(
            "[...document.querySelectorAll('.chart-room svg')].map((one) => one.getBoundingClientRect().width - Math.max(one.closest('.chart-room').clientWidth, one.closest('.chart-room').tabIndex === 0 ? 640 : 0))"
        )
        assert max(wide) < 2, (way, width, wide)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(
            "[...document.querySelectorAll('.chart-room')].every((one) => one.getAttribute('aria-label'))"
        )
        if forced == "none":
            assert page.evaluate(_LOW) == []
    assert said == []
