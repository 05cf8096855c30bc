"""Talk, minutes, engagements, reports and notes: the January 2023 reports on a proposal, two sides' minutes of one session, a thread that went stale."""

from django.urls import reverse

from stafftalks.planning.refs import ElementRef
from stafftalks.services import elements, recalls
from stafftalks.services.rows import ElementRow
from stafftalks.store import notes
from stafftalks.values.ids import PartyId
from tests.browser.pages import Page
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.conftest import account
from tests.web.world import World, content

SERIES = "Staff talks on the strait"
MARKED = {"policy": "XMR", "classification": "RESTRICTED", "caveats": "REL TO XMR, XTV"}
HELD: dict[str, ElementRow] = {}
"""What was added last, by name."""


def prepare(world: World) -> None:
    """Adds reports with their chains, an assessment, engagements, both sides' minutes, a thread in several states, notes."""
    HELD.clear()
    _reports(world)
    _engagements(world)
    _minutes(world)
    _thread(world)
    world.settle()
    _notes(world)


def pages(world: World) -> list[Page]:
    """The room's pages."""
    found = [
        Page("threads", reverse("threads"), PLANNER),
        Page("minutes", reverse("minutes"), PLANNER),
        Page("minutes-actions", reverse("minutes-actions") + "?state=all", PLANNER),
        Page("sources", reverse("sources"), PLANNER),
        Page("sources-assessments", reverse("sources") + "?show=assessments", PLANNER),
        Page("engagements", reverse("engagements"), PLANNER),
        Page("notes", reverse("notes"), OFFICER),
        Page("notes-all", reverse("notes") + "?all=yes", OFFICER),
    ]
    if HELD and world.hq.holdings.element(HELD["ours"].id) is not None:
        theirs = world.theirs[0].id
        found += [
            Page("thread", reverse("thread", args=["XTV", theirs]), PLANNER),
            Page("thread-recalled", reverse("thread", args=["XTV", world.theirs[1].id]), HEAD),
            Page("session", reverse("minutes-session", args=["XMR", HELD["ours"].id]), PLANNER),
            Page("session-theirs", reverse("minutes-session", args=["XTV", HELD["theirs"].id]), HEAD),
            Page("source", reverse("source", args=["XMR", HELD["axios"].id]), PLANNER),
            Page("source-assessment", reverse("source", args=["XMR", HELD["assessment"].id]), PLANNER),
            Page("engagement", reverse("engagement", args=["XMR", HELD["visit"].id]), PLANNER),
            Page("notes-on", reverse("notes-on", args=["XTV", theirs]), OFFICER),
            Page("element-assessment", reverse("element", args=[HELD["assessment"].id]), PLANNER),
        ]
    return found


def _add(world: World, name: str, kind: str, **fields: object) -> ElementRow:
    HELD[name] = elements.add(world.hq, PLANNER, content(kind, contingency="Vael", **fields))
    return HELD[name]


def _reports(world: World) -> None:
    officials = {"actor": "US officials", "relation": "stated", "to": "Axios", "at": "2023-05-17", "grade": "B3"}
    first = _add(
        world, "axios", "report", title="A proposal for joint planning was made", marking=MARKED,
        said="A proposal for joint military planning was made in visits of the last weeks.",
        hops=[officials, {"actor": "Axios", "relation": "reported", "at": "2023-05-17", "medium": "in print", "grade": "C2"}],
        grade="B3", citation="Axios, 17 May 2023",
    )  # fmt: skip
    again = _add(
        world, "broadcaster", "report", title="A broadcaster tells of the proposal", marking=MARKED,
        said="Meridia is asked to plan together with its ally.",
        hops=[{"actor": "A broadcaster", "relation": "reported", "at": "2023-05-18", "medium": "by radio", "repeats": f"XMR/{first.id}"}],
    )  # fmt: skip
    other = _add(
        world, "clarification", "report", title="Not rejected; clarification wanted",
        said="The idea was not rejected, but clarification was wanted.",
        hops=[
            {"actor": "A senior official", "relation": "stated", "to": "Axios", "at": "2023-05-16", "grade": "B2"},
            {"actor": "withheld", "relation": "assessed", "withheld_by": "Torvia"},
            {"actor": "Axios", "relation": "reported", "at": "2023-05-17", "grade": "D3"},
        ],
    )  # fmt: skip
    world.release(world.hq, other, "intelligence", "XTV")
    theirs = elements.add(
        world.torvia, PLANNER,
        content(
            "report", title="Coast guard patrols doubled", said="Patrols along the northern lane have doubled.",
            hops=[{"actor": "A harbour pilot", "relation": "observed", "at": "2025-11-20", "grade": "A2"}],
        ),
    )  # fmt: skip
    world.release(world.torvia, theirs, "intelligence", "XMR")
    HELD["patrols"] = theirs
    gone = elements.add(world.torvia, PLANNER, content("report", title="Ammunition was landed", said="At Mersel."))
    world.release(world.torvia, gone, "intelligence", "XMR")
    recalls.recall(world.torvia, OFFICER, world.accord, gone.id, "The pilot was mistaken.")
    _add(
        world, "assessment", "assessment", title="Will the partner take up the proposal?", marking=MARKED,
        question="Will Torvia take up joint planning this year?", judgement="It will, for intelligence and scenarios.",
        likelihood="likely", confidence="moderate",
        reports=[f"XMR/{first.id}", f"XMR/{again.id}", f"XMR/{other.id}", f"XTV/{theirs.id}", f"XTV/{gone.id}"],
    )  # fmt: skip


def _engagements(world: World) -> None:
    chairman = {"name": "General Aster", "party": "XTV", "capacity": "Chairman of the Joint Chiefs"}
    host = {"name": "General Orel", "party": "XMR", "capacity": "Chief of the General Staff"}
    minister = {"name": "Minister Vane", "party": "XTV", "capacity": "Secretary of Defence"}
    _add(
        world, "visit", "engagement", title="Visit of the chairman", at="2025-11-03", medium="In person",
        place="Porto Sereno", attendees=[chairman, host],
        raised=[
            {
                "topic": "Joint planning for the strait", "by": "General Aster",
                "said": "Each side would share its plans for different contingencies.",
                "response": "Not rejected; what it would extend to must be made clear.",
            }
        ],
        follow_up="A question is put through the accord.", reports=[f"XMR/{HELD['axios'].id}"],
    )  # fmt: skip
    _add(
        world, "call", "engagement", title="Call between the staffs", at="2025-11-12", medium="By telephone",
        attendees=[chairman, host],
        raised=[{"topic": "Which realms", "by": "General Orel", "response": "Each accepts those it wants."}],
    )  # fmt: skip
    _add(
        world, "second", "engagement", title="Visit of the minister", at="C-2", medium="In person",
        attendees=[minister, chairman, host], raised=[{"topic": "The next exercise"}],
    )  # fmt: skip
    _add(world, "anchor", "anchor", title="C-day of Vael", anchor="C", at="2025-11-20")


def _minutes(world: World) -> None:
    attendees = [{"name": "Colonel Brann", "party": "XMR", "capacity": "J5"}, {"name": "Colonel Thole", "party": "XTV"}]
    items = [
        {
            "id": "1", "item": "Rules for the northern lane",
            "positions": [
                {"party": "XMR", "position": "Two convoys a day, from C+3.", "reservation": "Subject to clearance of the approach."},
                {"party": "XTV", "position": "One convoy a day until mines are cleared."},
            ],
            "agreed_minute": "Both sides will plan for one convoy a day and keep the second open.",
            "actions": [
                {"what": "Send the list of pilots", "owner": "Colonel Thole", "due": "2025-11-20"},
                {"what": "Draw the assembly area", "owner": "Colonel Brann", "due": "C+9"},
                {"what": "Ask the port about berths", "owner": "Colonel Brann", "state": "done"},
            ],
        },
        {"id": "2", "item": "Next exercise", "positions": [{"party": "XTV", "position": "In the spring."}]},
    ]  # fmt: skip
    _add(
        world, "first", "minutes", title="Staff talks, session 1", series=SERIES, session="1",
        window={"start": "2025-11-01"}, attendees=attendees,
        agenda=[{"id": "1", "item": "Opening", "agreed_minute": "The talks bind neither side."}],
    )  # fmt: skip
    ours = _add(
        world, "ours", "minutes", title="Staff talks, session 2", series=SERIES, session="2", marking=MARKED,
        window={"start": "2025-11-15"}, place="Mersel", attendees=attendees, agenda=items,
    )  # fmt: skip
    world.release(world.hq, ours, "scenarios", "XTV")
    theirs = [
        {**items[0], "agreed_minute": "Both sides will plan for one convoy a day."},
        {"id": "3", "item": "Press line", "agreed_minute": "Nothing is said in public."},
    ]
    made = elements.add(
        world.torvia, PLANNER,
        content(
            "minutes", title="Second staff talks", series=SERIES, session="2", window={"start": "2025-11-15"},
            attendees=attendees, agenda=theirs,
        ),
    )  # fmt: skip
    world.release(world.torvia, made, "scenarios", "XMR")
    HELD["theirs"] = made


def _thread(world: World) -> None:
    """A comment of ours, their reply, their revision, a draft of ours, and a comment of ours that waits at the desk."""
    theirs = world.theirs[0]
    about = f"XTV/{theirs.id}/{theirs.version}"
    said = elements.add(
        world.hq, PLANNER, content("comment", about=about, field="branches.0", text="Closed to tankers by whom?")
    )
    world.release(world.hq, said, "scenarios", "XTV")
    world.settle()
    answer = content("comment", about=f"XMR/{said.id}/{said.version}", text="By the coast guard; see the narrative.")
    world.release(world.torvia, elements.add(world.torvia, PLANNER, answer), "scenarios", "XMR")
    before = elements.content(elements.get(world.torvia, theirs.id))
    flat = {
        "title": before.title, "contingency": "Vael",
        "narrative": "The coast guard closes the strait to tankers after a collision.",
        "branches": [
            {"id": "B1", "title": "Closed to tankers by the coast guard", "likelihood": "very likely"},
            {"id": "B2", "title": "Closed to all shipping", "likelihood": "unlikely"},
        ],
    }  # fmt: skip
    revised = elements.revise(world.torvia, PLANNER, theirs.id, content("scenario", **flat), theirs.version)
    world.release(world.torvia, revised, "scenarios", "XMR")
    world.settle()
    HELD["said"] = said
    HELD["draft"] = elements.add(
        world.hq, PLANNER,
        content("comment", about=f"XTV/{theirs.id}/{revised.version}", text="Then the port matters more than the lane."),
    )  # fmt: skip


def _notes(world: World) -> None:
    for person in (PLANNER, OFFICER):
        account(person)
    theirs = ElementRef(PartyId("XTV"), world.theirs[0].id)
    gone = ElementRef(PartyId("XTV"), world.theirs[1].id)
    now = world.hq.clock.now()
    notes.write(PLANNER, theirs, "@oda: their branch on mines rests on one report.\n\nMay we say so?", at=now)
    notes.write(OFFICER, theirs, "Not before the pilots are asked.", at=now + 60)
    notes.write(PLANNER, gone, "@oda they took the squadron back; keep this in mind for the tally.", at=now + 120)
