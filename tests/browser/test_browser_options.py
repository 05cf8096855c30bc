"""Options, coverage and comparison as a planner uses them, with scripts and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.services import elements
from tests.browser.stage import enter
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.world import World

Keep = Callable[[BrowserContext], BrowserContext]


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def tab(served: tuple[World, str], browser: Browser, contexts: Keep, request: pytest.FixtureRequest) -> Page:
    _world, base = served
    return contexts(enter(browser, base, PLANNER, java_script_enabled=request.param)).new_page()


def option(world: World, title: str) -> object:
    return next(row for row in elements.find(world.hq, kind="option")[1] if row.title == title)


def test_a_planner_tests_scores_and_weighs_options_beside_the_partner_s(served: tuple[World, str], tab: Page) -> None:
    world, _base = served
    tab.goto("/options/")
    tab.get_by_role("link", name="Compare these 3").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Options for Closing of the Strait of Vael")
    tab.get_by_role("link", name="Write in our columns").click()
    tab.get_by_label("Complete: Sweep first", exact=True).select_option("fails")
    tab.get_by_label("Why: Complete, Sweep first", exact=True).fill("Says nothing of pilots.")
    tab.get_by_label("Score: Speed, Sweep first", exact=True).fill("eleven")
    tab.get_by_role("button", name=re.compile("Save this column at home.*Sweep first")).click()
    expect(tab.get_by_label("Score: Speed, Sweep first", exact=True)).to_have_value("eleven")
    expect(tab.get_by_label("Why: Complete, Sweep first", exact=True)).to_have_value("Says nothing of pilots.")
    tab.get_by_label("Score: Speed, Sweep first", exact=True).fill("10")
    tab.get_by_role("button", name=re.compile("Save this column at home.*Sweep first")).click()
    expect(tab.get_by_text("Saved at home: Sweep first.")).to_be_visible()
    assert elements.content(option(world, "Sweep first")).validity.complete.verdict == "fails"
    tab.get_by_role("link", name="Read only").click()
    tab.get_by_label("Weight: Speed", exact=True).fill("0")
    tab.get_by_role("button", name="Try these weights").click()
    expect(tab.get_by_text("You are looking at other weights than the options have.")).to_be_visible()
    tab.get_by_role("button", name="Keep these weights in our options").click()
    expect(tab.get_by_text("Kept at home in options of ours: 2.")).to_be_visible()
    weights = {row.criterion: row.weight for row in elements.content(option(world, "Sweep first")).criteria}
    assert weights["Speed"] == 0


def test_coverage_leads_from_a_gap_to_an_option_that_closes_it(served: tuple[World, str], tab: Page) -> None:
    tab.goto("/coverage/?state=gap&private=yes")
    expect(tab.get_by_role("rowheader", name="Field hospital").first).to_be_visible()
    tab.get_by_role("row", name="Field hospital").first.get_by_role(
        "link", name="Write an option that covers it"
    ).click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("New: Option")
    assert tab.locator("[name='contributions.0.party']").input_value() == "XMR"


@pytest.mark.parametrize("person", [HEAD, OFFICER, PLANNER], ids=lambda person: person.username)
def test_two_sides_stand_beside_each_other_for_every_role(
    served: tuple[World, str], browser: Browser, contexts: Keep, person: object
) -> None:
    world, base = served
    tab = contexts(enter(browser, base, person)).new_page()
    tab.goto(f"/compare/?a=XMR/{world.ours[0].id}")
    tab.get_by_role("link", name=re.compile("Put beside it.*Mines in the southern approach")).click()
    expect(tab.get_by_role("heading", name="differences")).to_be_visible()
    tab.get_by_role("link", name="Exchange the sides").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Mines in the southern approach")
