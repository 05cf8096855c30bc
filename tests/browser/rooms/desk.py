"""The release desk and its letters: requests in every state, one redacted, one that needs the head, one asked again, a letter that ends soon."""

from django.urls import reverse

from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import CountDetail, Detail, PositionDetail
from stafftalks.release.redaction import Redaction
from stafftalks.services import elements, redacting, releases
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.ids import PartyId
from tests.browser.pages import Page
from tests.fakes import HEAD, OFFICER, PLANNER, permit
from tests.web.world import World, content

NARROWS = True
"""Its letter lets less go than the other rooms release."""
XTV = PartyId("XTV")
FORCE = {
    "title": "Coastal engineer regiment",
    "contingency": "Vael",
    "place": "36.123456, 28.654321",
    "holdings": [{"item": "Bridging vehicles", "on_hand": "57", "required": "60"}],
}
MINES = {
    "title": "Mines in the northern lane",
    "contingency": "Vael",
    "narrative": "Two minefields are laid by night.\n\nThe harbour pilots’ duty list is kept in Mersel.",
    "branches": [
        {"id": "B1", "title": "Cleared within a week", "likelihood": "likely"},
        {"id": "B2", "title": "Laid anew each night", "likelihood": "unlikely", "mark": "S"},
    ],
}
HELD: dict[str, RequestRow] = {}
"""What was asked for last, by name."""
LETTER: list[ElementRow] = []


def prepare(world: World) -> None:
    """Adds a letter with ceilings and coarse detail, and requests that show what the desk can say."""
    HELD.clear()
    fine = Detail(positions=PositionDetail.CELL, cell=5, counts=CountDetail.ROUNDED, round_to=10)
    LETTER[:] = [
        permit(world.hq, XTV, detail=fine, head_decides=("requirement",), general="For planning in the strait.")
    ]
    _ask(world, "force", content("force", **FORCE))
    _ask(world, "mines", content("scenario", **MINES))
    redacted = _ask(world, "redacted", content("scenario", **{**MINES, "title": "Mines in the southern lane"}))
    taken = [Redaction.parse("remove branches.B2"), Redaction.parse("remove narrative#2")]
    HELD["redacted"] = redacting.redact(world.hq, OFFICER, redacted.id, taken)
    need = _ask(
        world,
        "head",
        content("requirement", title="Mine hunters", serial="7", capability="Mine hunting", contingency="Vael"),
    )
    HELD["head"] = releases.release(world.hq, OFFICER, need.id)
    back = _ask(
        world,
        "returned",
        content("report", title="Lights seen", said="Lights were seen off Mersel.", contingency="Vael"),
        "intelligence",
    )
    HELD["returned"] = releases.hand_back(world.hq, OFFICER, back.id, "Who saw them?")
    again = releases.request(
        world.hq,
        PLANNER,
        world.accord,
        back.element,
        "intelligence",
        [XTV],
        "The lighthouse keeper did.",
        follows=back.id,
    )
    HELD["again"] = again
    gone = _ask(world, "released", content("force", title="Harbour patrol", contingency="Vael"))
    HELD["released"] = releases.release(world.hq, OFFICER, gone.id)


def pages(world: World) -> list[Page]:
    """The room's pages."""
    found = [
        Page("desk-approved", reverse("desk") + "?state=approved", HEAD),
        Page("desk-all", reverse("desk") + "?state=all", OFFICER),
        Page("desk-filtered", reverse("desk") + "?partner=XTV&kind=scenario&whose=others&text=mines", OFFICER),
        Page("desk-together", reverse("desk-together"), OFFICER),
        Page("letters-away", reverse("letters") + "?archived=yes", PLANNER),
    ]
    if not HELD or world.hq.desk.request(HELD["force"].id) is None:
        return found
    found += [
        Page(f"review-{name}", reverse("desk-review", args=[row.id]), HEAD if name == "head" else OFFICER)
        for name, row in HELD.items()
    ]
    found.append(Page("review-own", reverse("desk-review", args=[HELD["mines"].id]), PLANNER))
    letter = LETTER[0].id
    found.append(Page("letter", reverse("letter", args=[letter]), HEAD))
    found.append(Page("letter-check", reverse("letter-check", args=[letter]), HEAD))
    return found


def _ask(world: World, name: str, made: Content, realm: str = "scenarios") -> RequestRow:
    row = elements.add(world.hq, PLANNER, made)
    HELD[name] = releases.request(world.hq, PLANNER, world.accord, row.id, realm, [XTV])
    return HELD[name]
