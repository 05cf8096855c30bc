"""The plan room used: by its planner with and without scripts, read by others, a partner's left as it is."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.planning.forces import Activity
from stafftalks.planning.plans import Plan
from stafftalks.services import elements, registry
from tests.browser.rooms import plans as room
from tests.browser.stage import WIDE, enter, served
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.world import World

Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]


@pytest.fixture
def planned(transactional_db: None) -> Iterator[Served]:
    """The story with the plan room's plans, served."""
    before = list(registry._CURRENT)
    world = worlds.story()
    room.prepare(world)
    with served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


def _plan(world: World, title: str) -> Plan:
    found = elements.content(elements.get(world.hq, room.plan_of(world, title).id))
    assert isinstance(found, Plan)
    return found


def _activity(world: World, title: str) -> Activity:
    _total, rows = world.hq.holdings.find(kind="activity", limit=100)
    found = elements.content(next(row for row in rows if row.title == title))
    assert isinstance(found, Activity)
    return found


def _open(tab: Page, title: str, sub: str = "") -> None:
    tab.goto("/plans/")
    tab.get_by_role("link", name=title).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(title)
    if sub:
        tab.get_by_role("navigation", name="Parts of the plan room").get_by_role("link", name=sub, exact=True).click()


def test_a_planner_builds_a_plan_without_scripts(planned: Served, browser: Browser, contexts: Keep) -> None:
    world, base = planned
    narrow = {"width": 390, "height": 844}
    tab = contexts(enter(browser, base, PLANNER, viewport=narrow, java_script_enabled=False)).new_page()
    _open(tab, room.BEGUN)
    mission = tab.get_by_role("article", name="2 Mission")
    mission.get_by_text("Write this paragraph").click()
    mission.get_by_role("textbox").fill("Bring all nationals home by D+5.")
    mission.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("status").first).to_contain_text("Saved at home")
    expect(tab.get_by_role("article", name="2 Mission")).to_contain_text("Bring all nationals home")
    tab.get_by_role("link", name="Write the phases").click()
    for number, name in enumerate(("Warn", "Lift")):
        tab.get_by_role("button", name=re.compile("Add a row.*Phases")).click()
        tab.locator(f'[name="phases.{number}.id"]').fill(f"P{number + 1}")
        tab.locator(f'[name="phases.{number}.name"]').fill(name)
    tab.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_role("heading", name="P2 Lift")).to_be_visible()
    tab.get_by_label("Anchor", exact=True).select_option("D")
    tab.get_by_label("Date", exact=True).fill("2026-02-01")
    tab.get_by_role("button", name="Set the date").click()
    expect(tab.get_by_role("status").first).to_contain_text("at home only")
    tab.get_by_role("button", name="List these annexes").click()
    expect(tab.get_by_text("Annex R (Reports) omitted")).to_be_visible()
    tab.get_by_role("link", name="Activities", exact=True).click()
    tab.get_by_label("What, row 1").fill("Call the nationals")
    tab.get_by_label("Phase, row 1").select_option("P1")
    tab.get_by_label("What, row 2").fill("Charter ferries")
    tab.get_by_label("Start, row 2").fill("sometime")
    tab.get_by_role("button", name="Add these activities").click()
    expect(tab.get_by_role("alert")).to_contain_text("Row 2")
    expect(tab.get_by_label("What, row 1")).to_have_value("Call the nationals")
    tab.get_by_label("Start, row 2").fill("D+1")
    tab.get_by_role("button", name="Add these activities").click()
    expect(tab.get_by_role("status").first).to_contain_text("2 activities added")
    tab.get_by_role("link", name="Matrix", exact=True).click()
    tab.get_by_label("Tick Charter ferries").check()
    tab.get_by_label("Move the ticked ones to phase").select_option("P2")
    tab.get_by_label("and function").select_option("Sustainment")
    tab.get_by_role("button", name="Move", exact=True).click()
    assert (_activity(world, "Charter ferries").phase, _activity(world, "Charter ferries").function) == (
        "P2",
        "Sustainment",
    )


def test_the_task_organisation_is_built_without_scripts(planned: Served, browser: Browser, contexts: Keep) -> None:
    world, base = planned
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE, java_script_enabled=False)).new_page()
    _open(tab, room.BEGUN, "Task organisation")
    tab.get_by_label("Name").fill("Lift group")
    tab.get_by_label("Command state").select_option("OPCON")
    tab.get_by_role("button", name="Add the line").click()
    tab.get_by_label("Force", exact=True).select_option(label="5th Frigate Squadron")
    tab.get_by_label("Under", exact=True).select_option("T1")
    tab.get_by_role("button", name="Add the line").click()
    row = tab.get_by_role("row", name=re.compile("5th Frigate Squadron"))
    expect(row).to_contain_text("Lift group")
    row.get_by_role("link", name="Change").click()
    tab.locator("#edit-name").fill("Escort")
    tab.get_by_role("button", name="Save at home").click()
    expect(tab.get_by_text("1 line under it moves up to the top.")).to_be_visible()
    tab.get_by_role("button", name=re.compile("Remove.*Lift group")).click()
    expect(tab.get_by_role("status").first).to_contain_text("1 line under it moved up")
    assert [(line.name, line.under) for line in _plan(world, room.BEGUN).organisation] == [("Escort", "")]


def test_an_activity_moves_in_the_matrix_by_keyboard_and_by_drag(
    planned: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = planned
    tab = contexts(enter(browser, base, PLANNER, viewport={"width": 1440, "height": 1600})).new_page()
    _open(tab, room.ESCORT, "Matrix")
    tick = tab.get_by_label("Tick First convoy")
    tick.focus()
    tab.keyboard.press("Shift+ArrowLeft")
    expect(tab.locator("#matrix-said")).to_have_text("First convoy moved to P1 Assembly, Movement and manoeuvre.")
    expect(tick).to_be_focused()
    tab.keyboard.press("Shift+ArrowDown")
    expect(tab.locator("#matrix-said")).to_have_text("First convoy moved to P1 Assembly, Protection.")
    tab.keyboard.press("Shift+ArrowLeft")
    expect(tab.locator("#matrix-said")).to_have_text("There is no further cell that way.")
    assert (_activity(world, "First convoy").phase, _activity(world, "First convoy").function) == ("P1", "Protection")
    box = tab.locator('td[data-phase="P2"][data-function="Intelligence"]')
    tab.locator("li", has_text="Refuel at sea").drag_to(box)
    expect(box).to_contain_text("Refuel at sea")
    expect(tab.locator("#matrix-said")).to_contain_text("Refuel at sea moved to P2 Escort, Intelligence.")
    assert _activity(world, "Refuel at sea").function == "Intelligence"


def test_a_cell_of_the_activities_table_is_changed_where_it_stands(
    planned: Served, browser: Browser, contexts: Keep
) -> None:
    world, base = planned
    tab = contexts(enter(browser, base, PLANNER, viewport=WIDE)).new_page()
    _open(tab, room.ESCORT, "Activities")
    cell = tab.get_by_role("button", name=re.compile("Change: Start, First convoy"))
    cell.click()
    field = tab.get_by_label("Start, First convoy")
    field.fill("whenever")
    tab.keyboard.press("Enter")
    expect(tab.locator(".cell-form .error")).to_contain_text("is not a relative time")
    expect(field).to_have_value("whenever")
    field.fill("C+2")
    tab.keyboard.press("Enter")
    expect(tab.locator("#cells-said")).to_contain_text("Saved at home")
    assert str(_activity(world, "First convoy").window.start) == "C+2"
    tab.get_by_role("button", name=re.compile("Change: Phase, First convoy")).click()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("button", name=re.compile("Change: Phase, First convoy"))).to_be_focused()


def test_head_and_officer_read_and_a_partner_s_plan_is_read_only(
    planned: Served, browser: Browser, contexts: Keep
) -> None:
    _world, base = planned
    for person in (OFFICER, HEAD):
        tab = contexts(enter(browser, base, person, viewport=WIDE)).new_page()
        _open(tab, room.ESCORT)
        expect(tab.get_by_role("article", name="2 Mission")).to_contain_text("escort two convoys")
        expect(tab.get_by_text("Seen by: our people only").first).to_be_visible()
    _open(tab, room.THEIRS)
    for name in ("Activities", "Matrix", "Map", "Forces", "Task organisation"):
        tab.get_by_role("navigation", name="Parts of the plan room").get_by_role("link", name=name, exact=True).click()
        expect(tab.get_by_text("Theirs: Torvia").first).to_be_visible()
        assert tab.locator("main form[method=post]").count() == 0, name
    tab.get_by_role("link", name="Take a position").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(room.THEIRS)
