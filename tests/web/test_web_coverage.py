"""Coverage as people read it: who meets what when, what hangs on one thing alone, what would change, and that nothing unreleased is counted unless asked."""

import re

import pytest
from django.urls import reverse

from stafftalks.services import elements
from tests.browser.rooms import options as room
from tests.fakes import AUDITOR, HEAD, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World, content

PRIVATE = "?private=yes"


@pytest.fixture
def world(story: World) -> World:
    room.prepare(story)
    return story


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def timed(world: World) -> str:
    """A requirement from C+1 to C+9 in two branches, met by one force until C+5; its key."""
    scenario = elements.add(
        world.hq, PLANNER,
        content("scenario", title="Flood", branches=[{"id": "B1", "title": "Dam breaks"}, {"id": "B2", "title": "Dam holds"}]),
    )  # fmt: skip
    force = elements.add(world.hq, PLANNER, content("force", title="7 Wing", capabilities=["Airlift"]))
    need = elements.add(
        world.hq, PLANNER,
        content(
            "requirement", title="Airlift to Oban", serial="R-9", capability="airlift", quantity="300 t", scenario=f"XMR/{scenario.id}",
            window={"start": "C+1", "end": "C+9"},
        ),
    )  # fmt: skip
    row = {"what": "C-130s", "party": "XMR", "requirement": f"XMR/{need.id}", "quantity": "300 t", "window": {"start": "C+1", "end": "C+5"}, "promise": "firm", "force": f"XMR/{force.id}"}  # fmt: skip
    elements.add(world.hq, PLANNER, content("option", title="By air", branches=["B1"], contributions=[row]))
    return f"XMR/{need.id}"


def test_each_requirement_is_told_with_who_brings_what_and_what_is_missing(world: World, enter: Enter) -> None:
    said = text(enter(HEAD).get(f"{reverse('coverage')}{PRIVATE}&scenario=XMR/{world.ours[0].id}"))
    for words in ("Nobody yet: 2", "Covered: 2", "More than needed: 2", "3 items of it firm", "1 items missing"):
        assert words in said
    assert "Sweep first" in said
    only_gaps = text(enter(HEAD).get(f"{reverse('coverage')}{PRIVATE}&state=gap"))
    assert "Field hospital" in only_gaps
    assert "Mine clearance 4" not in only_gaps


def test_nothing_that_is_not_released_is_counted_unless_asked_and_then_it_stays_home(
    world: World, enter: Enter
) -> None:
    client = enter(PLANNER)
    without = text(client.get(reverse("coverage")))
    assert "Field hospital" not in without
    assert "It stays home" not in without
    assert "Count ours that is not released too" in without
    assert "It stays home" in text(client.get(reverse("coverage") + PRIVATE))


def test_a_gap_in_time_and_in_one_branch_is_told_with_what_it_hangs_on(world: World, enter: Enter) -> None:
    timed(world)
    answer = enter(PLANNER).get(f"{reverse('coverage')}{PRIVATE}&branch=B1")
    said = text(answer)
    assert "R-9 Airlift to Oban B1 Dam breaks" in said
    assert "C+1 – C+5 Covered 300 t 300 t of it firm" in said
    assert "Nobody yet 300 t missing" in said
    assert "Force 7 Wing" in said
    assert "Could: 7 Wing XMR" in said
    other = text(enter(PLANNER).get(f"{reverse('coverage')}{PRIVATE}&branch=B2"))
    assert "C+1 – C+9 Nobody yet" in other


def test_what_drops_out_and_what_a_branch_asks_for_is_told_and_nothing_is_changed(world: World, enter: Enter) -> None:
    timed(world)
    force = next(row for row in elements.find(world.hq, kind="force")[1] if row.title == "7 Wing")
    flood = next(row for row in elements.find(world.hq, kind="scenario")[1] if row.title == "Flood")
    page = f"{reverse('coverage')}{PRIVATE}&without=force:XMR/{force.id}&opens=XMR/{flood.id}%23B2"
    said = text(enter(AUDITOR).get(page))
    assert "Airlift to Oban B1 C+1 – C+5 Covered Nobody yet , 300 t missing" in said
    assert "If that branch opens 1 requirement is asked for" in said
    party = text(enter(AUDITOR).get(f"{reverse('coverage')}{PRIVATE}&without=party:XMR"))
    assert re.search(r"Mine clearance B1 always Covered In part , 3 items missing", party)
    assert "nothing is changed or stored" in said
    stray = enter(AUDITOR).get(f"{reverse('coverage')}{PRIVATE}&without=force:nobody&opens=x%23y&state=no&offset=x")
    assert stray.status_code == 200


def test_only_some_options_are_counted_where_asked(world: World, enter: Enter) -> None:
    sweep = next(row for row in elements.find(world.hq, kind="option")[1] if row.title == "Escort at once")
    said = text(enter(PLANNER).get(f"{reverse('coverage')}{PRIVATE}&o=XMR/{sweep.id}"))
    assert "2 items missing" in said


def test_serials_stand_in_the_order_in_which_people_count(world: World, enter: Enter) -> None:
    for number in (10, 9):
        fields = {"title": f"Last {number}", "serial": f"Z-{number}", "capability": "x", "priority": "900"}
        elements.add(world.hq, PLANNER, content("requirement", **fields))
    said = text(enter(PLANNER).get(reverse("coverage") + PRIVATE + "&state=gap"))
    assert said.index("Z-9 Last 9") < said.index("Z-10 Last 10")


def test_what_is_left_out_is_told(world: World, enter: Enter) -> None:
    fields = {"title": "Lost", "serial": "R-8", "capability": "x", "window": {"start": "M+1", "end": "E+2"}}
    elements.add(world.hq, PLANNER, content("requirement", **fields))
    timed(world)
    said = text(enter(PLANNER).get(reverse("coverage") + PRIVATE))
    assert "“Lost”" in said
    assert "it is left out" in said


@pytest.mark.parametrize("form", ["png", "svg", "pdf", "csv"])
def test_the_heat_map_and_the_table_are_taken_out_with_their_marking_and_the_journal_knows(
    world: World, enter: Enter, form: str
) -> None:
    timed(world)
    answer = enter(PLANNER).get(f"{reverse('coverage')}{PRIVATE}&chart=coverage&take={form}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="XMR-coverage.{form}"'
    assert f"Chart: Who covers what, over time, as {form.upper()}." in str(list(world.hq.journal.lines())[-1].says)
    if form == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith('"')
        assert any("Airlift to Oban" in line and "300 t missing" in line for line in lines)
    assert enter(PLANNER).get(f"{reverse('coverage')}?chart=coverage&take=exe").status_code == 404
    assert enter(PLANNER).get(f"{reverse('coverage')}?chart=other&take=png").status_code == 404


def test_a_file_bears_the_markings_of_all_that_it_stands_on(world: World, enter: Enter) -> None:
    marked = {"policy": "", "classification": "XMR SECRET"}
    fields = {"title": "Marked", "serial": "R-7", "capability": "x", "marking": marked}
    elements.add(world.hq, PLANNER, content("requirement", **fields))
    answer = enter(PLANNER).get(f"{reverse('coverage')}{PRIVATE}&state=filled&chart=coverage&take=csv")
    assert "SECRET" in answer.content.decode().splitlines()[0]
