"""The plan room's pages: a plan of ours well under way, one just begun, one of the partner's, and forces of both sides."""

from django.urls import reverse

from stafftalks.planning.kinds import Content
from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from tests.browser.pages import Page
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.world import World, content

ESCORT = "Escort of the northern lane"
BEGUN = "Evacuation of nationals"
THEIRS = "Clearing the southern approach"
_SUBPAGES = ("plan", "plan-timeline", "plan-matrix", "plan-map", "plan-forces", "plan-organisation")


def prepare(world: World) -> None:
    """Adds two plans of ours, one of the partner's with its activities and a force, and our forces and activities."""
    hq, torvia = world.hq, world.torvia
    scenario = world.ours[0]
    tanker = _force(world, "21st Tanker Squadron", "AMBER", on_hand=4, required=6, sidc="10031000151206000000")
    sweep = _force(world, "Mine Countermeasures Group 1", "GREEN", on_hand=3, required=3, sidc="10033000001204000000")
    plan = elements.add(hq, PLANNER, content("plan", **_plan(scenario, tanker, sweep)))
    elements.add(hq, PLANNER, content("plan", title=BEGUN, contingency="Mersel"))
    elements.add(
        hq,
        PLANNER,
        content("anchor", title="C-day", anchor="C", at="2025-11-27", plan=f"XMR/{plan.id}", contingency="Vael"),
    )
    for title, function, phase, start, end, forces in _ACTIVITIES:
        named = {"tanker": tanker, "sweep": sweep}.get(forces)
        elements.add(hq, PLANNER, _activity(f"XMR/{plan.id}", title, function, phase, start, end, named))
    elements.add(
        hq, PLANNER, content("activity", title="Harbour pilots on call", what="Keep pilots", contingency="Vael")
    )
    other = elements.add(torvia, PLANNER, content("plan", **_their_plan()))
    frigates = elements.add(torvia, PLANNER, content("force", title="5th Frigate Squadron", sort="Frigate squadron"))
    sweeping = elements.add(
        torvia, PLANNER,
        content("activity", title="Sweep the southern lane", what="Sweep", phase="S1", function="Protection", contingency="Vael",
                plan=f"XTV/{other.id}", forces=[f"XTV/{frigates.id}"], window="C+1 to C+4"),
    )  # fmt: skip
    for row in (other, frigates, sweeping):
        world.release(torvia, row, "scenarios", "XMR")
    world.settle()


def plan_of(world: World, title: str) -> ElementRow:
    """Our plan of this title."""
    _total, rows = world.hq.holdings.find(kind="plan", limit=100)
    return next(row for row in rows if row.title == title)


def their_plan(world: World) -> ElementRow:
    """The partner's plan."""
    _total, rows = world.torvia.holdings.find(kind="plan", limit=100)
    return next(row for row in rows if row.title == THEIRS)


def pages(world: World) -> list[Page]:
    """The lists, and every sub-page of the rooms that this world has."""
    found = [Page("plans", reverse("plans")), Page("forces", reverse("forces"), PLANNER)]
    _total, rows = world.hq.holdings.find(kind="plan", limit=100)
    titles = {row.title for row in rows}
    if ESCORT not in titles:
        return found
    begun, escort, theirs = plan_of(world, BEGUN), plan_of(world, ESCORT), their_plan(world)
    for name in _SUBPAGES:
        found.append(Page(name, reverse(name, args=["XMR", escort.id]), PLANNER))
        found.append(Page(f"{name}-begun", reverse(name, args=["XMR", begun.id]), OFFICER))
        found.append(Page(f"{name}-theirs", reverse(name, args=["XTV", theirs.id]), HEAD))
    found += [
        Page(f"plan-write-{part.replace('.', '-')}", reverse("plan-write", args=["XMR", escort.id, part]), PLANNER)
        for part in ("phases", "paragraphs.situation", "annexes.1", "scenarios")
    ]
    line = reverse("plan-organisation", args=["XMR", escort.id]) + "?line=T2"
    return [*found, Page("plan-organisation-line", line, PLANNER)]


_ACTIVITIES = (
    ("Assemble escorts off Mersel", "Movement and manoeuvre", "P1", "C+0", "C+2", "tanker"),
    ("Watch the coastal batteries", "Intelligence", "P1", "C+0", "C+20", ""),
    ("Sweep the northern lane", "Protection", "P1", "C+1", "C+3", "sweep"),
    ("First convoy", "Movement and manoeuvre", "P2", "C+3", "C+4", ""),
    ("Refuel at sea", "Sustainment", "P2", "C+4", "C+20", "tanker"),
    ("Daily notice to mariners", "Public affairs", "P2", "C+3", "C+20", ""),
    ("Hand over to the port authority", "", "P9", "", "", ""),
)


def _plan(scenario: ElementRow, tanker: ElementRow, sweep: ElementRow) -> dict[str, object]:
    return {
        "title": ESCORT,
        "contingency": "Vael",
        "marking": {"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"},
        "detail_level": "CONPLAN",
        "scenarios": [{"scenario": f"XMR/{scenario.id}", "branches": ["B1"]}],
        "paragraphs": {
            "situation": {"general": "The strait is closed to tankers.\n\nInsurers have withdrawn.", "friendly": "Torvia sweeps the south."},
            "mission": "From C+3, escort two convoys a day through the northern lane until it is open to all.",
            "execution": {"concept": "Assemble, sweep, escort; hand over as soon as insurers return."},
        },
        "phases": [
            {"id": "P1", "name": "Assembly", "start": "C+0", "end": "C+3", "intent": "Escorts and tankers are assembled."},
            {"id": "P2", "name": "Escort", "start": "C+3", "end": "C+20", "intent": "Two convoys a day pass."},
        ],
        "decision_points": [
            {"id": "DP1", "decision": "Sail the first convoy", "authority": "Commander", "ltiov": "C+2", "place": "36.9, 34.7"},
            {"id": "DP2", "decision": "Widen to all shipping", "ltiov": "D+10"},
        ],
        "assumptions": [
            {"id": "A1", "text": "The port of Mersel stays usable.", "owner": "Liaison", "validate_by": "C-2"},
            {"id": "A2", "text": "Insurers return within a month.", "validate_by": "C+30", "state": "confirmed"},
        ],
        "annexes": [
            {"letter": "A", "title": "Task Organization", "state": "included", "text": "See the task organisation."},
            {"letter": "R", "title": "Reports", "state": "omitted"},
        ],
        "organisation": [
            {"id": "T1", "name": "Escort Group", "command_state": "OPCON"},
            {"id": "T2", "name": "Tankers", "under": "T1", "force": f"XMR/{tanker.id}", "command_state": "TACON", "window": "C+0 to C+20"},
            {"id": "T3", "name": "Sweepers", "under": "T1", "force": f"XMR/{sweep.id}"},
        ],
    }  # fmt: skip


def _their_plan() -> dict[str, object]:
    return {
        "title": THEIRS,
        "contingency": "Vael",
        "paragraphs": {"mission": "Clear the southern approach of mines by C+6."},
        "phases": [{"id": "S1", "name": "Sweep", "start": "C+0", "end": "C+6"}],
        "organisation": [{"id": "T1", "name": "Mine group south"}],
    }


def _force(world: World, title: str, fitness: str, *, on_hand: int, required: int, sidc: str) -> ElementRow:
    return elements.add(
        world.hq, PLANNER,
        content(
            "force", title=title, sort="Unit", contingency="Vael", sidc=sidc, place="36.8, 34.6",
            holdings=[{"item": "Ships", "on_hand": on_hand, "required": required}, {"item": "Crew", "on_hand": 120}],
            capabilities=["M-ESC", "M-LOG"], readiness={"notice": "5 d", "effectiveness": fitness, "availability": "C+0 to C+30"},
        ),
    )  # fmt: skip


def _activity(
    plan: str, title: str, function: str, phase: str, start: str, end: str, force: ElementRow | None
) -> Content:
    fields: dict[str, object] = {
        "title": title, "what": title, "function": function, "phase": phase, "contingency": "Vael", "plan": plan,
        "window": {"start": start, "end": end}, "footprint": "circle 36.85, 34.64 radius 5 km",
    }  # fmt: skip
    if force is not None:
        fields["forces"] = [f"XMR/{force.id}"]
    return content("activity", **fields)
