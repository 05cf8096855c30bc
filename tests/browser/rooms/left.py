"""What left and third parties: a text acknowledged by the partner, one of theirs drawn on, consents asked for, granted and refused on both sides."""

from django.urls import reverse

from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Verdict
from stafftalks.services import accords, acknowledgements, consents, drawing, elements, releases
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.relative_time import Instant
from tests.browser.pages import Page
from tests.fakes import OFFICER, PLANNER
from tests.web.world import World, content

DAY = 86_400
HELD: dict[str, ElementRow] = {}
"""What was added last, by name."""


def prepare(world: World) -> None:
    """Torvia tells that three have read our scenario, and asks about it; we draw on theirs, ask about it, and are answered."""
    HELD.clear()
    hq, torvia, accord = world.hq, world.torvia, world.accord
    ours, theirs = _released(world, "XMR"), _released(world, "XTV")
    for person in ("pia", "oda", "hal"):
        torvia.readers.note(person, ExactRef("XMR", ours.element, ours.version), torvia.clock.now())
    _let_go(
        torvia,
        acknowledgements.tell(torvia, PLANNER, accord, "XMR", ours.element, readers=True, statement="Read with care."),
    )
    until = Instant((hq.clock.now() // DAY + 30) * DAY)
    for recipient in ("XPA", "The coast guard of Norrin"):
        about = ExactRef("XMR", ours.element, ours.version)
        purpose = "They patrol the southern approach."
        _let_go(torvia, consents.ask(torvia, PLANNER, accord, about, recipient, until, purpose=purpose))
    source = ExactRef("XTV", theirs.element, theirs.version)
    row = elements.add(
        hq,
        PLANNER,
        content(
            "assessment", title="Mines: what we make of it", question="Are the mines new?", judgement="They are old."
        ),
    )
    HELD["drawn"] = drawing.draw(hq, PLANNER, source, ["branches.B1"], row.id)
    for recipient in ("XPA", "XNO"):
        _let_go(hq, consents.ask(hq, PLANNER, accord, source, recipient, until, purpose="For the mine hunters."))
    world.settle()
    for asking, verdict in zip(
        consents.board(torvia, accord).to_answer, (Verdict.GRANTED, Verdict.REFUSED), strict=True
    ):
        made = consents.answer(
            torvia, PLANNER, accord, "XMR", asking.element, verdict, until, conditions="Name us as the source."
        )
        _let_go(torvia, made)
    world.settle()
    asked = consents.board(hq, accord).to_answer
    granted = consents.answer(
        hq, PLANNER, accord, "XTV", asked[-1].element, Verdict.GRANTED, Instant(until.seconds - 20 * DAY)
    )
    _let_go(hq, granted)
    HELD["asking"] = elements.get(torvia, asked[0].element)
    world.settle()


def pages(world: World) -> list[Page]:
    """The rooms' pages."""
    accord = world.accord
    found = [
        Page("left", reverse("left"), OFFICER),
        Page("left-elements", reverse("left") + "?by=element", PLANNER),
        Page("left-not-confirmed", reverse("left") + "?fate=not+confirmed&partner=XTV", OFFICER),
        Page("consents", reverse("accord-consents", args=[accord]), OFFICER),
        Page("recall-everything", reverse("recall-everything", args=[accord]), OFFICER),
    ]
    if world.ours:
        found.append(Page("element-left", reverse("element-left", args=[world.ours[0].id]), OFFICER))
    if world.theirs:
        theirs = [accord, "XTV", world.theirs[0].id]
        found += [Page(name, reverse(name, args=theirs), PLANNER) for name in ("draw", "tell", "consent-ask")]
    waiting = [one for one in consents.board(world.hq, accord).to_answer if one.answer is None]
    for asking in waiting[:1]:
        found.append(Page("consent-answer", reverse("consent-answer", args=[accord, "XTV", asking.element]), PLANNER))
    if "asking" in HELD:
        found.append(Page("their-asking", reverse("their-element", args=[accord, "XTV", HELD["asking"].id]), PLANNER))
    return found


def _released(world: World, party: str) -> ReleasedVersion:
    row = (world.ours if party == "XMR" else world.theirs)[0]
    return accords.view(world.hq, world.accord).accord.sheet(party).released[row.id][-1]


def _let_go(hq: Headquarters, request: RequestRow) -> None:
    releases.release(hq, OFFICER, request.id)
