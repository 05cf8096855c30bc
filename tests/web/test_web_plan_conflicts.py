"""Conflicts between plans as people read them: what is booked twice, opposite assumptions, and that nothing unreleased is compared unless asked."""

import re

import pytest
from django.urls import reverse

from stafftalks.services import elements
from tests.fakes import AUDITOR, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World, content

PRIVATE = "?private=yes"


@pytest.fixture
def world(story: World) -> World:
    """One force on two activities of two plans at once, and a port that one takes for open and the other for mined."""
    force = elements.add(story.hq, PLANNER, content("force", title="7 Wing"))
    for number, state in enumerate(("open", "mined")):
        plan = elements.add(
            story.hq,
            PLANNER,
            content("plan", title=f"Plan {number}", assumptions=[{"id": "A1", "text": f"Port Y: {state}"}]),
        )
        window = {"start": f"C+{number}", "end": "C+5"}
        fields = {
            "title": f"Airlift {number}",
            "what": "Airlift",
            "plan": f"XMR/{plan.id}",
            "forces": [f"XMR/{force.id}"],
            "window": window,
        }
        elements.add(story.hq, PLANNER, content("activity", **fields))
    return story


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_what_is_booked_twice_and_what_is_assumed_otherwise_is_told_with_the_elements_behind_it(
    world: World, enter: Enter
) -> None:
    answer = enter(AUDITOR).get(reverse("plan-conflicts") + PRIVATE)
    said = text(answer)
    assert "The force “7 Wing” is counted on by “Airlift 0” and “Airlift 1” at once" in said
    assert "takes for granted that port y is “open”" in said
    for title in ("Airlift 0", "Plan 1", "7 Wing"):
        assert re.search(rf'<a href="/elements/[^"]+"><bdi>{title}</bdi></a>', answer.content.decode())
    assert "It stays home" in said
    only = text(enter(AUDITOR).get(reverse("plan-conflicts") + PRIVATE + "&sort=assumption"))
    assert "is counted on by" not in only
    assert "takes for granted" in only


def test_nothing_that_is_not_released_is_compared_unless_asked(world: World, enter: Enter) -> None:
    said = text(enter(PLANNER).get(reverse("plan-conflicts")))
    assert "7 Wing" not in said
    assert "It stays home" not in said
    assert "Compare ours that is not released too" in said


def test_both_parts_lead_to_each_other_and_bad_queries_are_passed_over(world: World, enter: Enter) -> None:
    client = enter(PLANNER)
    assert reverse("plan-conflicts") in client.get(reverse("conflicts")).content.decode()
    stray = client.get(reverse("plan-conflicts") + "?sort=x&severity=y&offset=z&contingency=no")
    assert stray.status_code == 200
    assert "Nothing that could clash is released" in text(stray)
