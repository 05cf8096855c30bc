"""The pictures of the story: a plan in the Strait of Vael with its activities, forces, phases and task organisation."""

from django.urls import reverse

from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import World, content

_PLAN = {
    "title": "Keeping the northern lane open",
    "contingency": "Vael",
    "detail_level": "CONPLAN",
    "phases": [
        {"id": "P1", "name": "Assembly", "start": "C", "end": "C+3"},
        {"id": "P2", "name": "Clearance", "start": "C+3", "end": "C+9"},
        {"id": "P3", "name": "Escort", "start": "C+9", "end": "C+24"},
    ],
    "decision_points": [
        {
            "id": "DP1",
            "decision": "Begin clearance",
            "ltiov": "C+2/H+12",
            "authority": "Joint staff",
            "place": "36.1, 34.2",
        },
        {"id": "DP2", "decision": "Open the lane to convoys", "ltiov": "C+8", "place": "Port of Mersel"},
    ],
    "organisation": [
        {"id": "T1", "name": "Task group Vael", "command_state": "OPCON"},
        {"id": "T2", "name": "Clearance unit", "under": "T1", "command_state": "TACON"},
        {"id": "T3", "name": "Escort unit", "under": "T1"},
        {"id": "T4", "name": "Divers", "under": "T2"},
        {"id": "T5", "name": "Hospital ashore"},
    ],
}
_SCENARIO = "The strait closes by degrees"
_BRANCHES = [
    {"id": "B1", "title": "Closed to tankers only", "likelihood": "likely", "condition": "Insurance is withdrawn"},
    {"id": "B2", "title": "Closed to all shipping", "after": "B1", "likelihood": "unlikely"},
    {"id": "B3", "title": "Reopened under inspection", "after": "B1", "sort": "sequel", "likelihood": "35-40 %"},
    {"id": "B4", "title": "Nothing is closed"},
]


def prepare(world: World) -> None:
    """Adds a plan with activities and forces, and a scenario with a tree of branches, to our own elements."""
    hq = world.hq
    plan = elements.add(hq, PLANNER, content("plan", **_PLAN))
    plan_ref = f"XMR/{plan.id}"
    elements.add(
        hq,
        PLANNER,
        content(
            "scenario",
            title=_SCENARIO,
            contingency="Vael",
            branches=_BRANCHES,
            area="area 35.6, 33.6; 36.6, 33.6; 36.6, 35.2; 35.6, 35.2",
        ),
    )
    hunters = elements.add(
        hq,
        PLANNER,
        content(
            "force",
            title="1st Mine Countermeasures Group",
            short_name="1 MCMG",
            sidc="10033000001204000000",
            place="35.95, 34.05",
        ),
    )
    sweep = _activity(
        world,
        title="Clear the northern lane",
        function="Protection",
        phase="P2",
        window="C+3 to C+9",
        footprint="corridor 35.8, 33.8; 36.1, 34.4; 36.4, 34.6 half-width 4 km",
        forces=[f"XMR/{hunters.id}"],
        plan=plan_ref,
    )
    _activity(
        world,
        title="Escort convoys",
        function="Movement and manoeuvre",
        phase="P3",
        window="C+9 to C+20",
        footprint="circle 36.3, 34.9 radius 12 km",
        after=[f"XMR/{sweep.id}"],
        plan=plan_ref,
    )
    _activity(world, title="Open the field hospital", function="Sustainment", window="D to D+6", plan=plan_ref)


def pages(world: World) -> list[Page]:
    """Each picture on a page of its own."""
    plan, scenario = (_named(world, title) for title in (_PLAN["title"], _SCENARIO))
    if plan is None or scenario is None:
        return []
    return [
        Page("picture-map", reverse("picture", args=["map", "XMR", plan]), PLANNER),
        Page("picture-timeline", reverse("picture", args=["timeline", "XMR", plan]), PLANNER),
        Page("picture-organisation", reverse("picture", args=["organisation", "XMR", plan]), PLANNER),
        Page("picture-branches", reverse("picture", args=["branches", "XMR", scenario]), PLANNER),
    ]


def _activity(world: World, **fields: object) -> ElementRow:
    return elements.add(world.hq, PLANNER, content("activity", contingency="Vael", what=str(fields["title"]), **fields))


def _named(world: World, title: str) -> str | None:
    return next((row.id for row in elements.find(world.hq, text=title)[1] if row.title == title), None)
