"""The scenario room: our own scenario with everything that hangs on it, and a partner's that we reply to."""

from django.urls import reverse

from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import World, content

OURS = "Ferry service across the Vael suspended"
THEIRS = "Oil on the beaches of Torvia"
CASE = "Vael ferry"


def prepare(world: World) -> None:
    """Adds both scenarios, judgements of both sides, indicators, requirements, a plan, options and talk."""
    ours(world)
    theirs(world)
    world.settle()


def pages(world: World) -> list[Page]:
    """The list, our room and theirs; with the form of one part in trouble too."""
    mine, other = named(world, OURS), partners(world, THEIRS)
    return [
        Page("scenarios", reverse("scenarios"), PLANNER),
        Page("scenarios-case", reverse("scenarios") + "?contingency=Vael+ferry", PLANNER),
        Page("scenario-ours", reverse("scenario", args=["XMR", mine.id]), PLANNER),
        Page("scenario-theirs", reverse("scenario", args=["XTV", other.id]), PLANNER),
        Page("scenario-story", reverse("scenario", args=["XTV", world.theirs[0].id]), PLANNER),
    ]


def ours(world: World) -> ElementRow:
    """Our scenario as it stands after Torvia has read it, judged it and suggested a change."""
    hq, torvia = world.hq, world.torvia
    scenario = elements.add(
        hq,
        PLANNER,
        content(
            "scenario",
            title=OURS,
            contingency=CASE,
            marking={"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"},
            narrative="After two nights of fog and a near miss the ferry company stops its crossings.\n\n"
            "Some 400 lorries a day wait in Mersel; the island has food for nine days.",
            area="area 36.70, 34.40; 36.70, 34.90; 36.95, 34.90; 36.95, 34.40",
            window="C to C+20",
            likelihood="likely",
            branches=[
                {"id": "B1", "title": "Crossings resume by day", "condition": "the fog lifts", "likelihood": "likely"},
                {
                    "id": "B2",
                    "title": "The company stays closed",
                    "condition": "the crews refuse",
                    "likelihood": "unlikely",
                },
                {"id": "B3", "title": "The island is supplied by air", "after": "B2", "sort": "sequel"},
                {"id": "B4", "title": "Fuel runs short", "after": "B3", "likelihood": "20-30 %"},
            ],
            assumptions=[
                {"id": "A1", "text": "The port of Mersel stays usable.", "validate_by": "C-3", "owner": "J2"},
                {"id": "A2", "text": "The crews go on working.", "state": "invalid", "triggers": "B2"},
                {"id": "A3", "text": "The island’s stores are full.", "validate_by": "D-10"},
                {"id": "A4", "text": "The airfield takes heavy aircraft.", "state": "confirmed"},
            ],
        ),
    )
    key, exact = f"XMR/{scenario.id}", f"XMR/{scenario.id}/{scenario.version}"
    world.release(hq, scenario, "scenarios", "XTV")
    report = elements.add(
        hq,
        PLANNER,
        content("report", title="Crews of the Vael ferry meet", said="They voted not to sail.", contingency=CASE),
    )
    for kind, fields in (
        ("anchor", {"title": "C-day", "anchor": "C", "at": "2025-11-20"}),
        (
            "assessment",
            {
                "title": "The company will stay closed",
                "question": "Will it reopen?",
                "judgement": "It will not, before the crews are heard.",
                "likelihood": "likely",
                "confidence": "moderate",
                "scenario": key,
                "branch": "B2",
                "reports": f"XMR/{report.id}",
            },
        ),
        (
            "indicator",
            {"title": "Crew meetings", "watched": "The crews meet outside the port.", "bears_on": key, "state": "observed",
             "last_checked": "2025-11-10T08:00Z", "source": "Harbour liaison", "actions": "Tell the island’s council"},
        ),
        ("indicator", {"title": "Fog forecasts", "watched": "Fog for more than 48 hours.", "bears_on": key}),
        ("requirement", {"title": "Air bridge", "serial": "1", "capability": "Airlift", "scenario": key, "branches": "B3"}),
        ("requirement", {"title": "Lorry park", "serial": "2", "capability": "Parking", "scenario": key}),
        ("plan", {"title": "Supply of the island", "scenarios": [{"scenario": key, "branches": "B2\nB3"}]}),
        ("option", {"title": "Charter two ferries", "scenario": key, "branches": "B2"}),
    ):  # fmt: skip
        elements.add(hq, PLANNER, content(kind, contingency=CASE, **fields))
    world.settle()
    said = content(
        "assessment", title="Torvia on the ferry", question="Will it reopen?", judgement="It will, within a week.",
        likelihood="unlikely (PHIA)", scenario=key, branch="B2", contingency=CASE,
    )  # fmt: skip
    world.release(torvia, elements.add(torvia, PLANNER, said), "intelligence", "XMR")
    suggestion = content(
        "suggestion", about=exact, field="branches.1.title", proposed="The company stays closed for a month",
        rationale="Their insurer has said so.",
    )  # fmt: skip
    comment = content("comment", about=exact, field="narrative", text="We count 350 lorries a day.")
    for one in (suggestion, comment):
        world.release(torvia, elements.add(torvia, PLANNER, one), "scenarios", "XMR")
    return scenario


def theirs(world: World) -> ElementRow:
    """Torvia's scenario, revised once after we had commented on it."""
    hq, torvia = world.hq, world.torvia
    texts = {
        "title": THEIRS,
        "contingency": CASE,
        "narrative": "A tanker aground off Mersel loses oil; the wind carries it to the beaches of Torvia.",
        "likelihood": "very unlikely",
        "branches": [
            {"id": "B1", "title": "The hull holds", "likelihood": "likely"},
            {"id": "B2", "title": "The hull breaks", "likelihood": "unlikely"},
        ],
        "assumptions": [{"id": "A1", "text": "Booms can be brought within a day."}],
    }
    first = elements.add(torvia, PLANNER, content("scenario", **texts))
    world.release(torvia, first, "scenarios", "XMR")
    world.settle()
    key, exact = f"XTV/{first.id}", f"XTV/{first.id}/{first.version}"
    remark = content("comment", about=exact, field="branches.1", text="Which hull: the tanker has two.")
    world.release(hq, elements.add(hq, PLANNER, remark), "scenarios", "XTV")
    position = content("position", about=exact, stance="concern", statement="The booms are in our port, not theirs.")
    world.release(hq, elements.add(hq, PLANNER, position), "scenarios", "XTV")
    branches = [{"id": "B0", "title": "The tanker is refloated"}, *texts["branches"]]
    revised = elements.revise(
        torvia, PLANNER, first.id, content("scenario", **{**texts, "branches": branches}), first.version
    )
    world.release(torvia, revised, "scenarios", "XMR")
    judged = content(
        "assessment", title="The hull will break", question="Will it?", judgement="In the next gale, yes.",
        likelihood="very likely", scenario=key, branch="B2", contingency=CASE,
    )  # fmt: skip
    elements.add(hq, PLANNER, judged)
    return revised


def named(world: World, title: str) -> ElementRow:
    """Our scenario of this title."""
    return next(row for row in elements.find(world.hq, kind="scenario", limit=500)[1] if row.title == title)


def partners(world: World, title: str) -> ElementRow:
    """Torvia's scenario of this title, as it stands at Torvia's home."""
    return next(row for row in elements.find(world.torvia, kind="scenario", limit=500)[1] if row.title == title)
