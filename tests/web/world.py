"""Worlds that pages are looked at in: nothing yet, the told story between allies, and very much of everything.

We are Meridia. Every id is made the same way each time, so pages of one world are equal from run to run.
"""

import contextlib

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause, Proposal
from stafftalks.planning import forms
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import Talk
from stafftalks.services import accords, elements, exchange, recalls, releases
from stafftalks.services.ports import Headquarters, Policy
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.label import Marking
from tests.fakes import HEAD, MARKED, OFFICER, PLANNER, FakeCarrier, FakeClock, make_hq, pair
from tests.services import scenes

ALL_REALMS = ("exercises", "intelligence", "operations", "scenarios")
CLAUSES = (
    Clause("1", "Scope", "Each party shares parts of its plans for different contingencies in the Strait of Vael."),
    Clause(
        "2",
        "Consultation",
        "Each party consults the others before it begins an exercise in the area, where time allows.",
        "consult",
    ),
    Clause("3", "Third parties", "Nothing that was released under this accord is passed on.", "inform"),
)
PROPOSAL = Proposal(
    "Strait of Vael: joint contingency planning",
    "To plan together for a closing of the strait, without either of us being bound to act.",
    ALL_REALMS,
    CLAUSES,
    "Following our conversation in Porto Sereno.",
)
SCENARIO = {
    "title": "Closing of the Strait of Vael",
    "contingency": "Vael",
    "marking": {"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"},
    "narrative": "After a collision in the traffic lane the coastal state closes the strait to tankers.\n\n"
    "Insurance for the remaining passage triples within two days; the first ships turn back.",
    "branches": [
        {"id": "B1", "title": "Closed to tankers only", "likelihood": "likely"},
        {"id": "B2", "title": "Closed to all shipping", "likelihood": "unlikely"},
    ],
    "assumptions": [{"id": "A1", "text": "The port of Mersel stays usable."}],
}
PLAN = {
    "title": "Escort of tankers through the northern lane",
    "contingency": "Vael",
    "detail_level": "CONPLAN",
    "paragraphs": {"mission": "From C+3, escort two convoys a day through the northern lane until it is open to all."},
    "phases": [
        {"id": "P1", "name": "Assembly", "start": "C+0", "end": "C+3", "intent": "Escorts and tankers are assembled."},
        {"id": "P2", "name": "Escort", "start": "C+3", "end": "C+20", "intent": "Two convoys a day pass."},
    ],
}


def content(kind: str, **fields: object) -> Content:
    """Content of `kind` from texts as people type them, marked as what these headquarters write; talk as what it is about."""
    made = forms.parse_mapping(kind, fields)
    if isinstance(made, forms.FormErrors):
        raise AssertionError(made.errors)
    if isinstance(made, Talk) or made.marking != Marking():
        return made
    return msgspec.structs.replace(made, marking=MARKED)


class World(msgspec.Struct):
    """Our headquarters, the others, and the names of what happened; empty where it did not."""

    hq: Headquarters
    others: dict[str, Headquarters]
    accord: AccordId = AccordId("")
    ours: list[ElementRow] = []
    theirs: list[ElementRow] = []
    requests: list[str] = []
    prepared: bool = False

    @property
    def torvia(self) -> Headquarters:
        return self.others["XTV"]

    def settle(self) -> None:
        """Everybody speaks with everybody until nobody has news."""
        everyone = [self.hq, *self.others.values()]
        for _round in range(2):
            for one in everyone:
                for partner in one.partners.partners():
                    exchange.run(one, FakeCarrier(one, everyone), partner.party, force=True)

    def release(self, hq: Headquarters, row: ElementRow, realm: str, to: str, accord: AccordId | None = None) -> None:
        asked = releases.request(hq, PLANNER, accord or self.accord, row.id, realm, [PartyId(to)])
        releases.release(hq, OFFICER, asked.id)

    def advance(self, seconds: int) -> None:
        self.hq.clock.advance(seconds)


def empty() -> World:
    """A headquarters just set up."""
    return World(make_hq("XMR", policy=Policy(honour_recalls="ask")), {})


def paired() -> World:
    """Paired with Torvia; nothing said yet."""
    clock, policy = FakeClock(), Policy(honour_recalls="ask")
    hq, torvia = make_hq("XMR", clock=clock, policy=policy), make_hq("XTV", clock=clock, policy=policy)
    pair(hq, torvia)
    return World(hq, {"XTV": torvia})


def proposed() -> World:
    """Torvia has proposed to us, and asked."""
    world = paired()
    world.accord = accords.propose(world.torvia, HEAD, [world.hq.party], PROPOSAL)
    accords.ask(world.torvia, HEAD, world.accord, "Which ports do you have in mind?")
    world.settle()
    return world


def opened(realms: tuple[str, ...] = ("intelligence", "scenarios", "exercises")) -> World:
    """We proposed, Torvia asked and accepted fewer realms; they are open."""
    world = paired()
    world.accord = accords.propose(world.hq, HEAD, [world.torvia.party], PROPOSAL)
    world.settle()
    world.advance(3_600)
    view = accords.view(world.torvia, world.accord)
    clause = next(found for found in state.clause_states(view.accord) if found.id == "1")
    question = "Does this stay in the realm of intelligence and scenarios, or extend to joint operations?"
    accords.ask(world.torvia, HEAD, world.accord, question, clause.variants[0].hash)
    world.settle()
    asked = state.threads(accords.view(world.hq, world.accord).accord)[0]
    accords.answer(
        world.hq, HEAD, world.accord, asked.ref, "Each of us accepts the realms it wants; the rest stay closed."
    )
    accords.accept(world.hq, HEAD, world.accord, ALL_REALMS, statement="We accept all that we proposed.")
    world.settle()
    world.advance(3_600)
    accords.accept(world.torvia, HEAD, world.accord, realms, statement="We accept planning; operations stay apart.")
    world.settle()
    return world


def story() -> World:
    """The whole story: releases both ways, talk, an agreed text, a recall, requests in every state, refusals in the log."""
    world = opened()
    hq, torvia = world.hq, world.torvia
    scenario = elements.add(hq, PLANNER, content("scenario", **SCENARIO))
    plan = elements.add(hq, PLANNER, content("plan", **PLAN))
    report = elements.add(
        hq, PLANNER, content("report", title="Two corvettes left port", said="Two corvettes left Mersel at dawn.")
    )
    world.ours = [scenario, plan, report]
    world.release(hq, scenario, "scenarios", "XTV")
    world.release(hq, report, "intelligence", "XTV")
    theirs = elements.add(
        torvia, PLANNER, content("scenario", **{**SCENARIO, "title": "Mines in the southern approach", "marking": {}})
    )
    force = elements.add(torvia, PLANNER, content("force", title="3rd Frigate Squadron"))
    world.theirs = [theirs, force]
    world.release(torvia, theirs, "scenarios", "XMR")
    world.release(torvia, force, "scenarios", "XMR")
    world.settle()
    world.advance(1_800)
    _talk(world, scenario, theirs)
    _amend_and_ask(world)
    _requests(world, scenario, plan)
    recalls.recall(hq, OFFICER, world.accord, report.id, "The source asked for it.")
    recalls.recall(torvia, OFFICER, world.accord, force.id, "Superseded.")
    world.settle()
    with contextlib.suppress(PeerError):
        exchange.take(hq, b"not a bundle", "file")
    world.advance(86_400)
    return world


class Careless:
    """A keyring without marks, as an equivocator would have."""

    def __init__(self, keyring: object) -> None:
        self._keyring = keyring

    def __getattr__(self, name: str) -> object:
        return getattr(self._keyring, name)

    def high_water(self, epoch: object) -> int:
        return 0


def forked() -> World:
    """The equivocator proposed to us, we accepted, and then it gave us two different records."""
    hq, equivocator = scenes.house("XMR", "XEQ")
    accord = scenes.accepted(equivocator, hq)
    careless = msgspec.structs.replace(equivocator, keyring=Careless(equivocator.keyring))
    other = scenes.twin(careless)
    scenes.released(careless, accord, hq, said="One thing.")
    scenes.talk(careless, hq)
    scenes.released(other, accord, hq, said="Another thing.")
    other.records.put_holding(hq.party, accord, {})
    exchange.take(hq, exchange.export(other, hq.party, accord), "file")
    return World(hq, {"XEQ": equivocator}, accord)


def crowded(count: int = 10_000) -> World:
    """The story, with `count` own elements and some hundreds of releases, requests and journal lines besides."""
    world = story()
    for number in range(count):
        title = f"Report {number:05d} of the coastal watch"
        row = elements.add(
            world.hq, PLANNER, content("report", title=title, said=title, contingency=f"Case {number % 12}")
        )
        if number < 120:
            asked = releases.request(world.hq, PLANNER, world.accord, row.id, "intelligence", [PartyId("XTV")])
            if number < 60:
                releases.release(world.hq, OFFICER, asked.id)
    world.settle()
    return world


def _talk(world: World, scenario: ElementRow, theirs: ElementRow) -> None:
    hq, torvia = world.hq, world.torvia
    about_theirs = f"XTV/{theirs.id}/{theirs.version}"
    about_ours = f"XMR/{scenario.id}/{scenario.version}"
    comment = content(
        "comment", about=about_theirs, text="Mines of this type were last seen in 2019.", field="branches.0"
    )
    position = content(
        "position", about=about_theirs, stance="concern", statement="The branch on mines rests on one report."
    )
    for said in (comment, position):
        world.release(hq, elements.add(hq, PLANNER, said), "scenarios", "XTV")
    objection = content("position", about=about_ours, stance="object", statement="We read the coastal state otherwise.")
    world.release(torvia, elements.add(torvia, PLANNER, objection), "scenarios", "XMR")
    for one, other in ((hq, "XTV"), (torvia, "XMR")):
        adoption = content("adoption", about=about_theirs, statement="Taken as our own word.")
        world.release(one, elements.add(one, PLANNER, adoption), "scenarios", other)
    world.settle()


def _amend_and_ask(world: World) -> None:
    wording = Clause("3", "Third parties", "Nothing released here is passed on without a word to its author.", "inform")
    accords.amend(world.torvia, HEAD, world.accord, Amendment((wording,), message="A softer wording."))
    view = accords.view(world.torvia, world.accord)
    second = next(clause for clause in state.clause_states(view.accord) if clause.id == "2")
    accords.ask(world.torvia, HEAD, world.accord, "What does “where time allows” mean here?", second.variants[0].hash)
    world.settle()


def _requests(world: World, scenario: ElementRow, plan: ElementRow) -> None:
    hq = world.hq
    mended = {**SCENARIO, "narrative": SCENARIO["narrative"] + "\n\nThe coastal state offers inspection instead."}
    revised = elements.revise(hq, PLANNER, scenario.id, content("scenario", **mended), scenario.version)
    waiting = releases.request(
        hq, PLANNER, world.accord, revised.id, "scenarios", [PartyId("XTV")], "They asked for this."
    )
    other = releases.request(hq, OFFICER, world.accord, plan.id, "scenarios", [PartyId("XTV")])
    returned = releases.request(hq, PLANNER, world.accord, plan.id, "scenarios", [PartyId("XTV")])
    releases.hand_back(hq, OFFICER, returned.id, "May the phases be shown to them?")
    refused = releases.request(hq, PLANNER, world.accord, plan.id, "scenarios", [PartyId("XTV")])
    releases.refuse(hq, OFFICER, refused.id, "The order of battle is not theirs to read.")
    world.requests = [waiting.id, other.id, returned.id, refused.id]
    world.ours[0] = revised


def ref(party: str, element: ElementId) -> ElementRef:
    """A reference to an element."""
    return ElementRef(PartyId(party), element)
