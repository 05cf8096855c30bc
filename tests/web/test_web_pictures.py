"""The pictures' tables and data: what they say, to whom, and that either is written by the same plain forms."""

from django.urls import reverse

from stafftalks.services import elements
from tests.fakes import AUDITOR, PLANNER
from tests.web.conftest import Enter
from tests.web.test_web_markup import faults_of
from tests.web.world import World, content


def _picture(what: str, element: str, party: str = "XMR") -> str:
    return reverse("picture", args=[what, party, element])


def test_pages_of_pictures_are_sound(story: World, enter: Enter) -> None:
    plan = elements.add(
        story.hq, PLANNER,
        content("plan", title="P", phases=[{"id": "P1", "name": "One", "start": "C", "end": "C+3"}],
                decision_points=[{"id": "DP1", "decision": "Go", "ltiov": "C+1", "place": "36, 34"}],
                organisation=[{"id": "T1", "name": "HQ"}, {"id": "T2", "name": "A", "under": "T1"}]),
    )  # fmt: skip
    elements.add(
        story.hq, PLANNER,
        content("activity", title="Sweep", what="Sweep", plan=f"XMR/{plan.id}", window="C+1 to C+2",
                footprint="corridor 36, 34; 36.5, 34.5 half-width 500 m"),
    )  # fmt: skip
    for person in (PLANNER, AUDITOR):
        client = enter(person)
        for what, element in (("map", plan.id), ("timeline", plan.id), ("organisation", plan.id), ("branches", story.ours[0].id)):
            answer = client.get(_picture(what, element))
            assert answer.status_code == 200
            assert faults_of(answer.content.decode()) == []
