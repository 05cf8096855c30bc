"""What collides: activities of ours and one of theirs over the northern lane, a ramp that is claimed twice, and one that cannot be compared."""

from django.urls import reverse

from stafftalks.services import conflict_moves, conflicts, elements
from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import World, content

LANE = "corridor 36.8, 34.6; 36.95, 34.9 half-width 6 km"
SOON = "2027-05-04T06:00Z to 2027-05-04T12:00Z"


def activity(title: str, **fields: object) -> object:
    return content("activity", title=title, what=title, **{"window": SOON, **fields})


def prepare(world: World) -> None:
    """Three conflicts: ours with ours, ours with theirs, and too much claimed of a ramp."""
    low, high = {"low_m": "0", "high_m": "3000"}, {"low_m": "2500", "high_m": "6000"}
    ramp = content("resource", title="Ramp 3 at Mersel", sort="airfield", capacity="12 items")
    for made in (
        ramp,
        activity("Mine sweep of the northern lane", footprint=LANE, altitude=low, resources=[{"name": "Ramp 3 at Mersel", "quantity": "8 items"}]),
        activity("Drone patrol over the lane", footprint="circle 36.85, 34.7 radius 15 km", altitude=high, resources=[{"name": "ramp 3 at mersel", "quantity": "6 items"}]),
        activity("Harbour survey", footprint="Port of Mersel"),
    ):  # fmt: skip
        elements.add(world.hq, PLANNER, made)
    theirs = elements.add(
        world.torvia,
        PLANNER,
        activity("Tanker track Blue", footprint="circle 36.9, 34.8 radius 20 km", altitude={"low_m": "5500"}),
    )
    world.release(world.torvia, theirs, "scenarios", "XMR")
    world.settle()


def pages(world: World) -> list[Page]:
    """The list, and one conflict of each sort and severity."""
    one = {(each.sort, each.severity): each.id for each in conflicts.board(world.hq).conflicts}
    return [
        Page("conflicts", reverse("conflicts"), PLANNER),
        Page("plan-conflicts", reverse("plan-conflicts") + "?private=yes", PLANNER),
        Page("conflicts-all", reverse("conflicts") + "?state=all", PLANNER),
        *(
            Page(f"conflict-{sort}-{severity}", reverse("conflict", args=[key]), PLANNER)
            for (sort, severity), key in one.items()
        ),
        *(Page("conflict-move", path, PLANNER) for path in _a_move(world)),
    ]


def _a_move(world: World) -> list[str]:
    for each in conflicts.board(world.hq).conflicts:
        for move in conflict_moves.moves(world.hq, each)[:1]:
            return [reverse("conflict-move", args=[each.id, move.piece.element, move.shift.of, str(move.shift.by)])]
    return []
