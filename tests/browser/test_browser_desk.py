"""Two people, and the head of delegation as a third, take ten elements of ten kinds through the desk; what the partner then holds is searched."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stafftalks.planning.letters import CountDetail, Detail, PositionDetail, TimeDetail
from stafftalks.services import accords, elements, registry, releases
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.ids import PartyId
from tests.browser.stage import WIDE, enter, served
from tests.fakes import HEAD, OFFICER, PLANNER, permit
from tests.web import world as worlds
from tests.web.world import World, content

Keep = Callable[[BrowserContext], BrowserContext]

FINE = Detail(positions=PositionDetail.CELL, cell=5, counts=CountDetail.ROUNDED, round_to=10, times=TimeDetail.EXACT)
TEXTS: dict[str, dict[str, object]] = {
    "report": {"title": "Lights off Mersel", "said": "Lights were seen off Mersel at dawn."},
    "assessment": {"title": "Will the lane stay open", "question": "Will it?", "judgement": "Our source in the port says so."},
    "scenario": {
        "title": "Mines in the lane", "narrative": "Two minefields are laid.\n\nThe pilots’ duty list is kept in Mersel.",
        "branches": [{"id": "B1", "title": "Cleared"}, {"id": "B2", "title": "Laid anew at night", "mark": "S"}],
    },
    "requirement": {"title": "Mine hunters", "serial": "7", "capability": "Mine hunting"},
    "plan": {"title": "Escort of tankers", "detail_level": "CONPLAN"},
    "activity": {"title": "First convoy", "what": "A convoy passes.", "footprint": "36.123456, 28.654321"},
    "force": {"title": "Engineer regiment", "holdings": [{"item": "Bridges", "on_hand": "50"}]},
    "option": {"title": "Wait for the thaw"},
    "exercise": {"title": "Juniper Lane", "aim": "To clear a lane together."},
}  # fmt: skip
REALMS = {"report": "intelligence", "assessment": "intelligence", "exercise": "exercises"}
STAYS = (b"duty list", b"Laid anew at night", b"36.123456", b"28.654321", b"Our source in the port")


class Stage:
    """The world, with what is to be released, by kind."""

    def __init__(self, world: World, base: str) -> None:
        self.world, self.base = world, base
        self.rows: dict[str, ElementRow] = {
            kind: elements.add(world.hq, PLANNER, content(kind, **fields)) for kind, fields in TEXTS.items()
        }
        theirs = elements.add(world.torvia, PLANNER, content("scenario", title="Their own reading"))
        world.release(world.torvia, theirs, "scenarios", "XMR")
        world.settle()
        about = f"XTV/{theirs.id}/{theirs.version}"
        self.rows["comment"] = elements.add(
            world.hq, PLANNER, content("comment", about=about, text="We read it otherwise.")
        )

    def request(self, kind: str) -> RequestRow:
        """The request for the element of this kind: the one that was not handed back, where one was."""
        rows = releases.find(self.world.hq, element=self.rows[kind].id)[1]
        return next((row for row in rows if row.state != "returned"), rows[0])


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    """A headquarters with a letter that lets places and counts go coarsely and wants the head for requirements."""
    before = list(registry._CURRENT)
    world = worlds.opened()
    permit(world.hq, PartyId("XTV"), detail=FINE, head_decides=("requirement",))
    with served(world) as base:
        yield Stage(world, base)
    registry._CURRENT[:] = before


def ask(tab: Page, stage: Stage, kind: str, note: str = "") -> None:
    """The drafter asks for the release of the element of this kind."""
    tab.goto(f"/elements/{stage.rows[kind].id}/release/")
    realm = REALMS.get(kind, "scenarios")
    tab.locator(f'input[name="way"][value$=".{realm}"]').check()
    tab.get_by_label("Torvia (XTV)").check()
    tab.get_by_label("Note to the disclosure officer").fill(note)
    tab.get_by_role("button", name="Ask for release").click()
    expect(tab.get_by_role("status").filter(has_text="Asked.")).to_be_visible()


def review(tab: Page, stage: Stage, kind: str) -> None:
    tab.goto(f"/desk/{stage.request(kind).id}/")


def release(tab: Page, said: str = "Released.") -> None:
    """Whoever decides says that it was read, and lets it go."""
    tab.get_by_label("I have read exactly").check()
    tab.locator('button[value="release"]').click()
    expect(tab.get_by_role("status").filter(has_text=said)).to_be_visible()


def test_ten_releases_of_ten_kinds_by_two_people_and_the_head(stage: Stage, browser: Browser, contexts: Keep) -> None:
    drafter = contexts(enter(browser, stage.base, PLANNER, viewport=WIDE)).new_page()
    officer = contexts(enter(browser, stage.base, OFFICER, viewport=WIDE)).new_page()
    head = contexts(enter(browser, stage.base, HEAD, viewport=WIDE)).new_page()
    for kind in stage.rows:
        ask(drafter, stage, kind)
    by_keyboard_alone(officer, stage)
    refused_with_a_reason(officer, stage)
    redacted_by_portion(officer, stage)
    let_go_by_a_third_person(officer, head, stage)
    handed_back_and_asked_again(officer, drafter, stage)
    told_more_coarsely(officer, stage)
    two_in_one_act(officer, stage)
    for kind in ("exercise", "comment"):
        review(officer, stage, kind)
        release(officer)
    states = {kind: stage.request(kind).state for kind in stage.rows}
    assert states.pop("assessment") == "refused"
    assert set(states.values()) == {"released"}
    held_by_the_partner(stage)


def by_keyboard_alone(tab: Page, stage: Stage) -> None:
    """The report: j and k walk, Enter opens, a leads to the decision, Space and Enter decide."""
    tab.goto("/desk/?text=lights")
    tab.keyboard.press("j")
    expect(tab.get_by_role("link", name="Lights off Mersel")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Exactly what they would read")).to_be_visible()
    tab.keyboard.press("a")
    expect(tab.get_by_label("I have read exactly")).to_be_focused()
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status").filter(has_text="Released.")).to_be_visible()
    assert stage.request("report").state == "released"


def refused_with_a_reason(tab: Page, stage: Stage) -> None:
    review(tab, stage, "assessment")
    tab.keyboard.press("r")
    tab.keyboard.type("It names our source.")
    tab.get_by_role("button", name="Refuse", exact=True).click()
    expect(tab.get_by_role("status").filter(has_text="Refused.")).to_be_visible()


def redacted_by_portion(tab: Page, stage: Stage) -> None:
    review(tab, stage, "scenario")
    expect(tab.get_by_text("marked below its portions")).to_be_visible()
    assert tab.locator('button[value="release"]').count() == 0
    tab.get_by_text("Take out by portion").click()
    tab.get_by_label("Branches B2", exact=False).first.check()
    tab.get_by_label("Narrative, paragraph 2").check()
    tab.get_by_role("button", name="Draw it anew without these").click()
    expect(tab.get_by_role("status").filter(has_text="Taken out.")).to_be_visible()
    leaves = tab.locator("section", has=tab.locator("#exact"))
    expect(leaves).not_to_contain_text("duty list")
    expect(leaves).not_to_contain_text("Laid anew")
    expect(tab.locator("section", has=tab.locator("#stays"))).to_contain_text("duty list")
    release(tab)


def let_go_by_a_third_person(officer: Page, head: Page, stage: Stage) -> None:
    review(officer, stage, "requirement")
    release(officer, "Let go. Nothing has left")
    head.goto("/desk/?state=approved")
    head.get_by_role("link", name="Mine hunters").click()
    release(head)


def handed_back_and_asked_again(officer: Page, drafter: Page, stage: Stage) -> None:
    review(officer, stage, "plan")
    officer.keyboard.press("b")
    officer.keyboard.type("May they know that it is a concept plan?")
    officer.get_by_role("button", name="Hand back", exact=True).click()
    expect(officer.get_by_role("status").filter(has_text="Handed back.")).to_be_visible()
    review(drafter, stage, "plan")
    drafter.get_by_role("link", name="Ask again").click()
    expect(drafter.get_by_text("May they know that it is a concept plan?")).to_be_visible()
    drafter.get_by_label("Note to the disclosure officer").fill("They know it already.")
    drafter.get_by_role("button", name="Ask for release").click()
    expect(drafter.get_by_role("status").filter(has_text="Asked.")).to_be_visible()
    review(officer, stage, "plan")
    expect(officer.get_by_text("They know it already.")).to_be_visible()
    expect(officer.get_by_role("link", name="The earlier request")).to_be_visible()
    release(officer)


def told_more_coarsely(tab: Page, stage: Stage) -> None:
    review(tab, stage, "activity")
    expect(tab.get_by_text("places too fine")).to_be_visible()
    tab.get_by_text("Take out by portion").click()
    tab.get_by_label("How to tell Footprint").select_option("cell footprint 5")
    tab.get_by_role("button", name="Draw it anew without these").click()
    expect(tab.locator("section", has=tab.locator("#exact"))).not_to_contain_text("36.123456")
    release(tab)


def two_in_one_act(tab: Page, stage: Stage) -> None:
    """The force and the option, chosen with x and left where they stand until one decision lets both go."""
    tab.goto("/desk/?state=waiting")
    for title in ("Engineer regiment", "Wait for the thaw"):
        tab.get_by_role("link", name=title).focus()
        tab.keyboard.press("x")
    tab.get_by_role("button", name="Decide the chosen together").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Decide together")
    tab.get_by_text("Exactly what they would read").first.click()
    tab.get_by_label("I have read exactly").check()
    tab.get_by_role("button", name="Release those that are ticked").click()
    expect(tab.get_by_role("status").filter(has_text="2 were released in one act.")).to_be_visible()


def held_by_the_partner(stage: Stage) -> None:
    """The partner holds the nine that were let go, and no byte of what was taken out or refused."""
    stage.world.settle()
    sheet = accords.view(stage.world.torvia, stage.world.accord).accord.sheet(PartyId("XMR"))
    assert set(sheet.released) == {row.id for kind, row in stage.rows.items() if kind != "assessment"}
    everything = b"".join(
        entry.slip or b""
        for feed in stage.world.torvia.records.feeds(stage.world.accord)
        for entry in stage.world.torvia.records.entries(feed.feed, 0, feed.size)
    )
    assert b"Two minefields" in everything
    assert [said for said in STAYS if said in everything] == []
