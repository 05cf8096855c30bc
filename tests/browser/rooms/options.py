"""Options side by side, coverage, and texts beside each other."""

from django.urls import reverse

from stafftalks.planning.refs import ElementRef
from stafftalks.services import elements
from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import World, content

NEEDS = (
    ("R-1", "Mine clearance", "4 items"),
    ("R-2", "Air refuelling", "6 items"),
    ("R-3", "Field hospital", "1 items"),
)


def prepare(world: World) -> None:
    """Three requirements, two options of ours and one of theirs for our scenario."""
    scenario = f"XMR/{world.ours[0].id}"
    needs = [
        elements.add(
            world.hq, PLANNER,
            content("requirement", title=what, serial=serial, capability=what, quantity=much, scenario=scenario, priority="1"),
        )
        for serial, what, much in NEEDS
    ]  # fmt: skip
    for number, (title, firm) in enumerate((("Sweep first", "3 items"), ("Escort at once", "1 items"))):
        _option(world, title, scenario, number, f"XMR/{needs[0].id}", firm, f"XMR/{needs[1].id}")
    theirs = elements.add(
        world.torvia, PLANNER,
        content(
            "option", title="Wait for inspection", scenario=scenario, summary="Accept inspection, and watch.",
            criteria=[{"criterion": "Speed", "weight": 5, "score": 2}, {"criterion": "Risk", "weight": 2, "score": 9}],
        ),
    )  # fmt: skip
    world.release(world.torvia, theirs, "scenarios", "XMR")
    world.settle()


def _option(world: World, title: str, scenario: str, number: int, first: str, amount: str, second: str) -> None:
    fields = {
        "title": title,
        "scenario": scenario,
        "summary": "Sweep the northern lane, then escort two convoys a day.",
        "validity": {
            "suitable": {"verdict": "passes", "rationale": "It opens the lane."},
            "feasible": {
                "verdict": "doubtful" if number else "passes",
                "rationale": "Berths at Mersel are to be checked.",
            },
        },
        "criteria": [
            {"criterion": "Speed", "weight": 3, "score": 4 + 4 * number, "rationale": "Five days."},
            {"criterion": "Risk", "weight": 2, "score": 8 - 5 * number},
        ],
        "contributions": [
            {"what": "Minehunters", "party": "XMR", "requirement": first, "quantity": amount, "promise": "firm"},
            {
                "what": "Minehunters",
                "party": "XTV",
                "requirement": first,
                "quantity": "1 items",
                "promise": "conditional",
            },
            {
                "what": "Tankers",
                "party": "XTV",
                "requirement": second,
                "quantity": "8 items",
                "caveats": "By day only.",
            },
        ],
        "open_decisions": [{"decision": "Who commands the escort", "authority": "Heads of delegation", "by": "C+2"}],
        "advantages": ["Fewer ships at risk"],
    }
    elements.add(world.hq, PLANNER, content("option", **fields))


def pages(world: World) -> list[Page]:
    """The lists; with the story also the comparisons."""
    found = [
        Page("options", reverse("options"), PLANNER),
        Page("coverage", reverse("coverage"), PLANNER),
        Page("compare-start", reverse("compare"), PLANNER),
    ]
    if not world.ours or not world.theirs:
        return found
    scenario = ElementRef(world.hq.party, world.ours[0].id)
    beside = f"{reverse('compare')}?a={scenario}&b=XTV/{world.theirs[0].id}"
    return [
        *found,
        Page("options-compare", f"{reverse('options-compare')}?scenario={scenario}", PLANNER),
        Page("options-write", f"{reverse('options-compare')}?scenario={scenario}&write=1&w.Speed=1", PLANNER),
        Page(
            "coverage-of-scenario", f"{reverse('coverage')}?scenario={scenario}&private=yes&without=party:XTV", PLANNER
        ),
        Page("compare-choose", f"{reverse('compare')}?a={scenario}", PLANNER),
        Page("compare-beside", beside, PLANNER),
    ]
