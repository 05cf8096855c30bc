"""Maps, timelines and trees: drawn, changed by hand and by keyboard, put back where refused, and the same from their tables."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from stafftalks.services import elements, registry
from tests.browser import stage
from tests.browser.rooms import pictures as room
from tests.browser.stage import WIDE, enter
from tests.fakes import AUDITOR, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.world import World, content

Served = tuple[World, str]
Keep = Callable[[BrowserContext], BrowserContext]
SPOT = r"-?\d+(\.\d+)?, -?\d+(\.\d+)?"


@pytest.fixture
def pictured(transactional_db: None) -> Iterator[Served]:
    """The story with the plan and the scenario of the pictures' room, and where it is served."""
    before = list(registry._CURRENT)
    world = worlds.story()
    room.prepare(world)
    with stage.served(world) as base:
        yield world, base
    registry._CURRENT[:] = before


def _open(served: Served, browser: Browser, keep: Keep, name: str, person: object = PLANNER, **options: object) -> Page:
    world, base = served
    page = next(page for page in room.pages(world) if page.name == name)
    tab = keep(enter(browser, base, person, viewport=WIDE, **options)).new_page()
    tab.said = []
    # A refusal is an answer of its own, and the map library once times both ways of reading a canvas: the browser remarks on both.
    tab.on(
        "console",
        lambda message: (
            tab.said.append(message.text)
            if message.type in ("error", "warning")
            and not re.search("willReadFrequently|status of 4(09|22)", message.text)
            else None
        ),
    )
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.goto(page.path)
    return tab


def _element(world: World, title: str) -> object:
    return next(row for row in elements.find(world.hq, text=title)[1] if row.title == title)


def _content(world: World, title: str) -> object:
    return elements.content(_element(world, title))


def _click(stage_: Locator, x: int, y: int, **options: object) -> None:
    stage_.click(position={"x": x, "y": y}, **options)


def _row(tab: Page, title: str) -> Locator:
    return tab.locator(".pic-table tr").filter(has=tab.get_by_role("link", name=title, exact=True))


def test_each_shape_is_drawn_and_changed_on_the_map_and_stands_in_the_table(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    tab = _open(pictured, browser, contexts, "picture-map")
    on_map, said = tab.locator(".pic-map"), tab.locator("[data-said]")
    typed = _row(tab, "Open the field hospital").locator("input[type=text]")
    tab.get_by_role("button", name=re.compile("^Open the field hospital")).click()
    drawings = {
        "Point": ([(300, 200)], rf"{SPOT}"),
        "Circle": ([(300, 200), (340, 220)], rf"circle {SPOT} radius \d+ m"),
        "Corridor": ([(200, 200), (260, 240), (330, 210)], rf"corridor {SPOT}; {SPOT}; {SPOT} half-width 1000 m"),
        "Area": ([(200, 150), (300, 160), (310, 260), (220, 270)], rf"area {SPOT}; {SPOT}; {SPOT}; {SPOT}"),
    }
    for shape, (spots, spelt) in drawings.items():
        tab.get_by_label("Shape").select_option(label=shape)
        tab.get_by_role("button", name="Draw", exact=True).click()
        for x, y in spots:
            _click(on_map, x, y)
            on_map.hover(position={"x": x + 1, "y": y + 1})
        if shape in ("Corridor", "Area"):
            tab.get_by_role("button", name="Finish").click()
        tab.get_by_role("button", name="Save this place").click()
        expect(said).to_have_text("Saved at home.")
        expect(typed).to_have_value(re.compile(f"^{spelt}$"))
    before = typed.input_value()
    tab.get_by_role("button", name="Change its place").click()
    on_map.press("ArrowRight")
    on_map.press("Enter")
    expect(typed).not_to_have_value(before)
    assert str(_content(pictured[0], "Open the field hospital").footprint) == typed.input_value()
    assert tab.said == []


def test_the_table_moves_the_map_and_a_refused_drawing_is_put_back(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    world = pictured[0]
    tab = _open(pictured, browser, contexts, "picture-map")
    typed = _row(tab, "Escort convoys").locator("input[type=text]")
    in_list = tab.locator(".pic-list button").filter(has_text="Escort convoys")
    typed.fill("circle 95, 34 radius 5 km")
    typed.press("Enter")
    expect(_row(tab, "Escort convoys").locator(".error")).to_be_visible()
    assert typed.input_value() == "circle 95, 34 radius 5 km"
    typed.fill("circle 36.2, 34.5 radius 5 km")
    typed.press("Enter")
    expect(in_list).to_contain_text("radius 5000 m")
    in_list.click()
    tab.get_by_role("button", name="Change its place").click()
    tab.locator(".pic-map").press("ArrowDown")
    row = _element(world, "Escort convoys")
    other = {**_fields(row), "footprint": "36, 34"}
    elements.revise(world.hq, OFFICER, row.id, content("activity", **other), row.version)
    tab.get_by_role("button", name="Save this place").click()
    expect(tab.locator("[data-said]")).to_contain_text("Put back where it was.")
    expect(tab.locator("[data-said]")).to_contain_text("oda ")
    expect(in_list).to_contain_text("36.2, 34.5 radius 5000 m")
    assert str(_content(world, "Escort convoys").footprint) == "36, 34"


def test_activities_phases_and_decisions_are_moved_on_the_timeline_and_in_its_table(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    world = pictured[0]
    tab = _open(pictured, browser, contexts, "picture-timeline")
    starts, ends = (tab.get_by_label(f"{end} of Clear the northern lane", exact=True) for end in ("Start", "End"))
    bar = tab.get_by_role("button", name=re.compile("^Clear the northern lane,"))
    bar.focus()
    bar.press("ArrowRight")
    bar.press("Shift+ArrowRight")
    expect(starts).to_have_value("C+4")
    expect(ends).to_have_value("C+11")
    bar.press("ArrowLeft")
    bar.press("Escape")
    expect(bar).to_have_attribute("aria-label", re.compile("C\\+4 to C\\+11"))
    _drag(tab, bar, 0.5, -60)
    expect(starts).not_to_have_value("C+4")
    moved = starts.input_value()
    assert str(_content(world, "Clear the northern lane").window.start) == moved
    _drag(tab, bar, 0.99, 60)
    expect(ends).not_to_have_value("C+11")
    assert starts.input_value() == moved
    starts.fill("C+2")
    starts.press("Enter")
    expect(bar).to_have_attribute("aria-label", re.compile("C\\+2 to"))
    phase = tab.get_by_role("button", name=re.compile("^P2 Clearance,"))
    phase.focus()
    phase.press("Alt+ArrowRight")
    expect(tab.get_by_label("Start of Clearance")).to_have_value("C+4")
    decision = tab.get_by_role("button", name=re.compile("^DP2 "))
    decision.focus()
    decision.press("ArrowRight")
    expect(tab.get_by_label("Latest information of Open the lane")).to_have_value("C+9")
    bar.focus()
    bar.press("Enter")
    expect(tab).to_have_url(re.compile(f"/{_element(world, 'Clear the northern lane').id}/"))
    assert tab.said == []


def test_a_refused_move_on_the_timeline_is_put_back(pictured: Served, browser: Browser, contexts: Keep) -> None:
    world = pictured[0]
    tab = _open(pictured, browser, contexts, "picture-timeline")
    bar = tab.get_by_role("button", name=re.compile("^Escort convoys,"))
    expect(bar).to_be_visible()
    row = _element(world, "Escort convoys")
    other = {**_fields(row), "window": "C+10 to C+21"}
    elements.revise(world.hq, OFFICER, row.id, content("activity", **other), row.version)
    _drag(tab, bar, 0.5, 60)
    expect(tab.locator("[data-said]")).to_contain_text("Put back where it was.")
    expect(bar).to_have_attribute("aria-label", re.compile("C\\+9 to C\\+20"))
    assert str(_content(world, "Escort convoys").window) == "C+10 to C+21"


def test_a_tree_is_rearranged_by_keyboard_by_drag_and_in_its_table(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    world = pictured[0]
    tab = _open(pictured, browser, contexts, "picture-organisation")
    tree, said = tab.get_by_role("tree"), tab.locator("[data-said]")

    def above(line: str) -> str:
        return next(
            row.under for row in _content(world, "Keeping the northern lane open").organisation if row.id == line
        )

    hospital = tree.get_by_role("treeitem", name="Hospital ashore")
    hospital.focus()
    hospital.press("Alt+ArrowRight")
    expect(hospital).to_have_attribute("aria-level", "2")
    assert above("T5") == "T1"
    expect(tab.get_by_label("T5 hangs on")).to_have_value("T1")
    expect(hospital).to_be_focused()
    hospital.press("Alt+ArrowUp")
    expect(tree.get_by_role("treeitem").nth(3)).to_contain_text("Hospital ashore")
    tree.get_by_role("treeitem", name="Escort unit").drag_to(tree.get_by_role("treeitem", name="Clearance unit"))
    expect(tab.get_by_label("T3 hangs on")).to_have_value("T2")
    expect(tree.get_by_role("treeitem", name="Escort unit")).to_have_attribute("aria-level", "3")
    tree.get_by_role("treeitem", name="Task group Vael").drag_to(tree.get_by_role("treeitem", name="Divers"))
    expect(said).to_contain_text("circle")
    assert above("T1") == ""
    tab.get_by_label("T4 hangs on").select_option("T1")
    _row_of(tab, "T4").get_by_role("button", name="Move").click()
    expect(tree.get_by_role("treeitem", name="Divers")).to_have_attribute("aria-level", "2")
    group = tree.get_by_role("treeitem", name="Task group Vael")
    group.press("ArrowLeft")
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    assert tab.said == []


def test_without_scripts_the_tables_and_their_forms_do_the_same(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    world = pictured[0]
    tab = _open(pictured, browser, contexts, "picture-map", java_script_enabled=False)
    _row(tab, "Escort convoys").locator("input[type=text]").fill("corridor 36, 34; 36.5, 34.5 half-width 2 km")
    _row(tab, "Escort convoys").get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status").filter(has_text="Saved at home.")).to_be_visible()
    assert _content(world, "Escort convoys").footprint.half_width_m == 2_000
    tab = _open(pictured, browser, contexts, "picture-timeline", java_script_enabled=False)
    tab.get_by_label("Start of Escort convoys").fill("D-1")
    _row(tab, "Escort convoys").get_by_role("button", name="Save").click()
    expect(tab.get_by_label("Start of Escort convoys")).to_have_value("D-1")
    tab = _open(pictured, browser, contexts, "picture-branches", java_script_enabled=False)
    tab.get_by_label("B4 hangs on").select_option("B2")
    _row_of(tab, "B4").get_by_role("button", name="Move").click()
    expect(tab.get_by_label("B4 hangs on")).to_have_value("B2")
    tab.get_by_role("button", name="B2 later").click()
    rows = _content(world, "The strait closes by degrees").branches
    assert [(row.id, row.after) for row in rows] == [("B1", ""), ("B3", "B1"), ("B2", "B1"), ("B4", "B2")]


def test_who_may_only_read_is_offered_nothing_to_write(pictured: Served, browser: Browser, contexts: Keep) -> None:
    for name in ("picture-map", "picture-timeline", "picture-organisation"):
        tab = _open(pictured, browser, contexts, name, AUDITOR)
        expect(tab.locator(".pic-room")).to_be_visible()
        assert tab.locator(".pic-table :is(input, select, button), .movable, [draggable=true]").count() == 0
    line = tab.get_by_role("treeitem").first
    line.press("Alt+ArrowDown")
    expect(tab.locator("[data-said]")).to_have_text("You may read this, and not change it.")


@pytest.mark.slow
def test_five_thousand_activities_stand_on_the_timeline_and_only_those_seen_in_the_page(
    pictured: Served, browser: Browser, contexts: Keep
) -> None:
    world = pictured[0]
    many(world, 5_000)
    tab = _open(pictured, browser, contexts, "picture-timeline")
    bars = tab.locator(".time-item.bar")
    expect(bars.first).to_be_visible()
    assert 5 < bars.count() < 80
    scroll = tab.locator(".time-scroll")
    assert scroll.evaluate("scroll => scroll.scrollHeight") > 5_000 * 32
    first = tab.locator(".time-item.bar").first
    first.focus()
    first.press("End")
    expect(tab.locator(".time-item.bar:focus")).to_be_visible()
    assert bars.count() < 80
    scroll.evaluate("scroll => { scroll.scrollTop = 80000 }")
    expect(tab.get_by_role("button", name=re.compile("^Activity [1-9]"))).not_to_have_count(0)
    assert tab.locator(".pic-table tbody tr").count() < 60
    assert tab.said == []


def many(world: World, count: int) -> None:
    """So many activities more in the plan, over four phases and three anchors."""
    plan = _element(world, "Keeping the northern lane open")
    for number in range(count):
        start = number // 20
        anchor = "CCCCCCCCDH"[number % 10]
        end = start + 1 + number % 9
        elements.add(
            world.hq,
            PLANNER,
            content(
                "activity",
                title=f"Activity {number:04d}",
                what="Work",
                function=f"Function {number % 6}",
                phase=f"P{number % 3 + 1}",
                window=f"{anchor}+{start} to {anchor}+{end}",
                plan=f"XMR/{plan.id}",
                footprint=f"circle {35.5 + number % 70 / 50}, {33 + number // 70 / 40} radius {500 + number % 9 * 300} m",
            ),
        )


def _fields(row: object) -> dict[str, object]:
    """What an activity of the room says, as it is typed."""
    found = elements.content(row)
    return {
        "title": found.title,
        "what": found.what,
        "contingency": found.contingency,
        "function": found.function,
        "phase": found.phase,
        "window": str(found.window),
        "footprint": str(found.footprint or ""),
        "after": "\n".join(map(str, found.after)),
        "plan": str(found.plan),
    }


def _row_of(tab: Page, line: str) -> Locator:
    return tab.locator(f".pic-table tr[data-row={line}]")


def _drag(tab: Page, bar: Locator, share: float, across: int) -> None:
    """Takes hold of a bar at that share of its width and moves it by so many pixels."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] * share, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + across / 2, y)
    tab.mouse.move(x + across, y)
    tab.mouse.up()
