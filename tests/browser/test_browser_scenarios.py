"""The journeys of the scenario room: a tree edited and a check recorded with and without scripts; a suggestion made there and taken in here."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from stafftalks.planning.scenarios import Scenario
from stafftalks.services import elements, registry
from tests.browser import stage
from tests.browser.rooms import scenarios as room
from tests.browser.stage import NARROW, WIDE, enter
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.world import World

Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def told(transactional_db: None) -> Iterator[Served]:
    """Only this room's story, served: quicker than every room's."""
    before = list(registry._CURRENT)
    world = worlds.opened()
    room.prepare(world)
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


def _scenario(world: World) -> Scenario:
    found = elements.content(room.named(world, room.OURS))
    assert isinstance(found, Scenario)
    return found


def _branch(tab: Page, words: str) -> Locator:
    return tab.locator("article.scenario-branch").filter(has=tab.get_by_role("heading", name=words))


def _form(branch: Locator, button: str) -> Locator:
    return branch.locator("form").filter(has=branch.page.locator("button").filter(has_text=button))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_planner_edits_the_tree_and_records_a_check(
    told: Served, browser: Browser, contexts: Keep, *, scripts: bool
) -> None:
    world, base = told
    tab = contexts(
        enter(browser, base, PLANNER, viewport=WIDE if scripts else NARROW, java_script_enabled=scripts)
    ).new_page()
    tab.goto("/scenarios/")
    tab.get_by_role("link", name=room.OURS).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(room.OURS)

    branch = _branch(tab, "Fuel runs short")
    branch.get_by_text("Change", exact=False).first.click()
    form = _form(branch, "Save at home")
    form.get_by_label("After").select_option(label="B1 Crossings resume by day")
    form.get_by_label("Likelihood").fill("perhaps so")
    form.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("alert")).to_contain_text("perhaps so")
    expect(form.get_by_label("Likelihood")).to_have_value("perhaps so")
    form.get_by_label("Likelihood").fill("roughly even chance")
    form.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("status").filter(has_text="Saved at home.")).to_be_visible()
    moved = _scenario(world).branches[3]
    assert (moved.after, str(moved.likelihood)) == ("B1", "roughly even chance (ICD 203)")

    branch = _branch(tab, "Crossings resume by day")
    branch.get_by_text("Add a branch below", exact=False).click()
    form = _form(branch, "Add the branch, at home")
    form.get_by_label("Title").fill("At night too")
    form.get_by_role("button").click()
    expect(_branch(tab, "At night too")).to_be_visible()
    assert _scenario(world).branches[4].after == "B1"

    line = tab.locator("#assumptions-1")
    line.get_by_role("button", name="Confirmed").click()
    expect(tab.get_by_role("status").filter(has_text="A2 is confirmed.")).to_be_visible()
    tab.locator("#assumptions-1").get_by_role("button", name="Invalid: take B2").click()
    expect(tab.get_by_role("status").filter(has_text="it leads to branch B2")).to_be_visible()
    needs = tab.get_by_role("region", name="Needs looking after")
    needs.get_by_role("link", name=re.compile("A2 is invalid")).click()
    expect(tab).to_have_url(re.compile("#branches-1$"))

    check = tab.locator("li").filter(has=tab.get_by_role("link", name="Fog forecasts")).locator("form")
    check.get_by_label("State").select_option("ambiguous")
    check.get_by_role("button", name="Record the check").click()
    expect(tab.get_by_role("status").filter(has_text="The check is recorded, at home.")).to_be_visible()
    expect(tab.locator("li").filter(has=tab.get_by_role("link", name="Fog forecasts"))).to_contain_text("today")


def test_a_suggestion_is_made_there_taken_in_here_and_the_divergence_is_drawn(
    told: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = told
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    theirs = room.partners(world, room.THEIRS)
    tab.goto(f"/scenarios/XTV/{theirs.id}/")
    expect(tab.get_by_text("about an older version").first).to_be_visible()
    branch = _branch(tab, "The hull breaks")
    branch.get_by_text("Suggest a change", exact=False).click()
    form = _form(branch, "Save the suggestion at home")
    expect(form.get_by_label("Title")).to_have_value("The hull breaks")
    form.get_by_label("Title").fill("The hull breaks in two")
    form.get_by_label("Rationale").fill("Our divers say so.")
    form.get_by_role("button").click()
    expect(tab.get_by_role("status").filter(has_text="ask for its release now")).to_be_visible()
    tab.goto(f"/scenarios/XTV/{theirs.id}/")
    expect(_branch(tab, "The hull breaks")).to_contain_text("Ours, at home only")
    _released(world, elements.find(world.hq, kind="suggestion")[1][0].id)

    registry.install(world.torvia)
    tab.goto(f"/scenarios/XTV/{theirs.id}/")
    branch = _branch(tab, "The hull breaks")
    expect(branch).to_contain_text("waits for our answer")
    branch.get_by_role("button", name="Take in").click()
    expect(tab.get_by_role("status").filter(has_text="Taken in, at home.")).to_be_visible()
    expect(_branch(tab, "The hull breaks in two")).to_contain_text("our text at home says so")
    registry.install(world.hq)

    tab.goto(f"/scenarios/XMR/{room.named(world, room.OURS).id}/")
    judged = tab.get_by_role("region", name="Judgements side by side").first
    expect(judged).to_contain_text("20 points apart")
    expect(judged.locator("svg").first).to_be_visible()
    row = judged.get_by_role("row").filter(has_text="The company stays closed")
    for words in ("unlikely (ICD 203)", "likely (ICD 203)", "unlikely (PHIA)", "20 points apart"):
        expect(row).to_contain_text(words)
    judged.get_by_role("row").filter(has_text="Fuel runs short").get_by_role(
        "link", name="Give our own judgement"
    ).click()
    expect(tab.get_by_label("Branch", exact=True)).to_have_value("B4")


def _released(world: World, suggestion: str) -> None:
    """The suggestion is released and reaches Torvia."""
    row = elements.get(world.hq, suggestion)
    world.release(world.hq, row, "scenarios", "XTV")
    world.settle()


def test_a_branch_moved_in_the_picture_is_moved_in_the_list_below_it(
    told: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = told
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    tab.goto(f"/scenarios/XMR/{room.named(world, room.OURS).id}/")
    line = tab.get_by_role("treeitem").filter(has_text="Fuel runs short").last
    line.focus()
    tab.keyboard.press("Alt+ArrowLeft")
    expect(tab.locator("#branch-list > li > ol > li > article > h3").filter(has_text="Fuel runs short")).to_be_visible()
    form = _branch(tab, "Fuel runs short")
    form.get_by_text("Change", exact=False).first.click()
    expect(_form(form, "Save at home").get_by_label("After")).to_have_value("B2")
    assert _scenario(world).branches[3].after == "B2"
