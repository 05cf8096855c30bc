"""The plan room on the pages: read by everybody, written where it is ours, nothing typed lost, and no slower query by query for 500 activities."""

import re
from collections.abc import Callable

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stafftalks.planning.plans import Plan
from stafftalks.planning.profiles import PROFILES
from stafftalks.services import elements, plans, registry
from stafftalks.services.rows import ElementRow
from stafftalks.store.holdings import DjangoHoldings
from stafftalks.values.ids import ElementId
from tests.browser.rooms import plans as plan_room
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content

SUBPAGES = ("plan", "plan-timeline", "plan-matrix", "plan-map", "plan-forces", "plan-organisation")


@pytest.fixture
def planned(story: World) -> World:
    plan_room.prepare(story)
    return story


def _url(name: str, row: ElementRow, party: str = "XMR", **more: str) -> str:
    return reverse(name, kwargs={"party": party, "element": row.id, **more})


def _plan(world: World, row: ElementRow) -> Plan:
    found = elements.content(elements.get(world.hq, row.id))
    assert isinstance(found, Plan)
    return found


def _html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_every_page_of_every_room_is_drawn(planned: World, enter: Enter) -> None:
    clients = {person.username: enter(person) for person in (PLANNER, OFFICER, HEAD)}
    for page in plan_room.pages(planned):
        assert clients[page.person.username].get(page.path).status_code == 200, page.name


def test_with_nothing_written_the_lists_say_what_to_write_first(put: Callable[[World], World], enter: Enter) -> None:
    put(worlds.empty())
    client = enter(PLANNER)
    assert "A plan starts with a title" in _html(client, reverse("plans"))
    assert "A force is a unit or a type of asset" in _html(client, reverse("forces"))


def test_a_room_of_nothing_is_not_found(planned: World, enter: Enter) -> None:
    client = enter(PLANNER)
    for name in SUBPAGES:
        assert client.get(reverse(name, args=["XMR", "a" * 26])).status_code == 404
        assert client.get(_url(name, planned.ours[0])).status_code == 404


def test_a_partner_s_plan_is_read_only_with_ways_to_reply(planned: World, enter: Enter) -> None:
    theirs, client = plan_room.their_plan(planned), enter(PLANNER)
    for name in SUBPAGES:
        html = _html(client, _url(name, theirs, "XTV"))
        main = html[html.index("<main") :]
        assert 'method="post"' not in main, name
        assert "Take a position" in main
        assert "Theirs: Torvia" in main
    assert client.get(_url("plan-write", theirs, "XTV", part="phases")).status_code == 404
    for name in ("plan-anchor", "plan-annexes", "plan-organisation", "plan-activities-add"):
        answer = client.post(
            _url(name, theirs, "XTV"),
            {"0.what": "Meddle", "based_on": "x", "name": "x", "anchor": "C", "at": "2027-01-01"},
        )
        assert elements.find(planned.hq, text="Meddle")[0] == 0, (name, answer.status_code)


def test_an_auditor_reads_and_writes_nothing(planned: World, enter: Enter) -> None:
    escort, client = plan_room.plan_of(planned, plan_room.ESCORT), enter(AUDITOR)
    for name in SUBPAGES:
        html = _html(client, _url(name, escort))
        assert 'method="post"' not in html[html.index("<main") :], name
    assert client.post(_url("plan-activities-add", escort), {"0.what": "Meddle"}).status_code in (403, 422)
    assert elements.find(planned.hq, text="Meddle")[0] == 0


def test_a_paragraph_is_written_and_the_rest_stays(planned: World, enter: Enter) -> None:
    escort = plan_room.plan_of(planned, plan_room.ESCORT)
    before = _plan(planned, escort)
    sent = {
        "paragraphs.situation.opposing": "Two batteries.",
        "paragraphs.situation.general": "",
        "based_on": escort.version,
        "do": "save",
    }
    answer = enter(PLANNER).post(_url("plan-write", escort, part="paragraphs.situation"), sent)
    assert answer.url.endswith("#paragraphs-situation")
    after = _plan(planned, escort)
    assert after.paragraphs.situation.opposing == "Two batteries."
    assert after.paragraphs.situation.friendly == "Torvia sweeps the south."
    assert msgspec.structs.replace(after, paragraphs=before.paragraphs) == before


def test_a_paragraph_that_another_changed_meanwhile_is_shown_and_nothing_typed_is_lost(
    planned: World, enter: Enter
) -> None:
    escort, client = plan_room.plan_of(planned, plan_room.ESCORT), enter(PLANNER)
    url = _url("plan-write", escort, part="paragraphs.mission")
    enter(OFFICER).post(url, {"paragraphs.mission": "Escort three.", "based_on": escort.version, "do": "save"})
    mine = {"paragraphs.mission": "Escort four, I think.", "based_on": escort.version, "do": "save"}
    answer = client.post(url, mine)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Escort four, I think." in html
    assert "oda" in html
    assert _plan(planned, escort).paragraphs.mission == "Escort three."
    again = client.post(url, {**mine, "based_on": answer.context["based_on"]})
    assert again.status_code == 302
    assert _plan(planned, escort).paragraphs.mission == "Escort four, I think."


def test_phases_are_added_removed_and_faults_stand_at_their_field(planned: World, enter: Enter) -> None:
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    url = _url("plan-write", begun, part="phases")
    typed = {"phases.0.id": "P1", "phases.0.name": "Warn", "phases.0.start": "soon", "based_on": begun.version}
    more = client.post(url, {**typed, "do": "add:phases"}).content.decode()
    assert 'name="phases.1.name"' in more
    assert 'value="soon"' in more
    wrong = client.post(url, {**typed, "do": "save"})
    assert wrong.status_code == 422
    assert "#f-phases-0-start" in wrong.content.decode()
    assert (
        client.post(
            url, {**typed, "phases.0.start": "C+1", "phases.3.id": "P2", "phases.3.name": "Lift", "do": "save"}
        ).status_code
        == 302
    )
    assert [phase.name for phase in _plan(planned, begun).phases] == ["Warn", "Lift"]
    now = elements.get(planned.hq, begun.id)
    client.post(url, {"phases.1.id": "P2", "phases.1.name": "Lift", "based_on": now.version, "do": "save"})
    assert [phase.name for phase in _plan(planned, begun).phases] == ["Lift"]


@pytest.mark.parametrize("part", ["nothing", "phases.0.name.x", "title.x", "paragraphs.none", "annexes.x"])
def test_a_part_that_a_plan_has_not_is_no_page(planned: World, enter: Enter, part: str) -> None:
    escort = plan_room.plan_of(planned, plan_room.ESCORT)
    assert enter(PLANNER).get(_url("plan-write", escort, part=part)).status_code == 404


def test_times_carry_dates_and_what_is_due_is_said_in_words(planned: World, enter: Enter) -> None:
    html = _html(enter(HEAD), _url("plan", plan_room.plan_of(planned, plan_room.ESCORT)))
    assert "27 Nov 2025" in html
    assert re.search(r"must be known: in \d+ days?\.", html)
    assert "date not known here" in html
    assert "Annex R (Reports) omitted" in html
    assert "Not written yet:" in html
    planned.advance(30 * 86_400)
    later = _html(enter(HEAD), _url("plan", plan_room.plan_of(planned, plan_room.ESCORT)))
    assert "overdue by" in later


def test_an_anchor_date_is_set_from_the_room_and_stays_home(planned: World, enter: Enter) -> None:
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    wrong = client.post(_url("plan-anchor", begun), {"anchor": "D", "at": "soonish"})
    html = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'value="soonish"' in html
    assert "#anchor-at" in html
    done = client.post(_url("plan-anchor", begun), {"anchor": "D", "at": "2026-02-01"}, follow=True).content.decode()
    assert "no partner reads the date until it is released" in done
    assert "1 Feb 2026" in done
    room = plans.room(planned.hq, planned.hq.party, begun.id)
    assert room is not None
    assert set(room.dates) == {"D"}


def test_annexes_are_listed_from_the_template_and_included_one_by_one(planned: World, enter: Enter) -> None:
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    client.post(_url("plan-annexes", begun), {"do": "fill", "template": "US joint plan", "based_on": begun.version})
    now = elements.get(planned.hq, begun.id)
    assert len(_plan(planned, now).annexes) == 22
    client.post(
        _url("plan-annexes", begun),
        {"do": "states", "annexes.1.state": "to follow", "based_on": now.version, "title": "Taken"},
    )
    after = _plan(planned, begun)
    assert after.annexes[1].state.value == "to follow"
    assert after.title == plan_room.BEGUN
    bad = client.post(_url("plan-annexes", begun), {"do": "fill", "template": "none", "based_on": now.version})
    assert bad.status_code == 422


def test_activities_are_added_all_or_none_and_nothing_typed_is_lost(planned: World, enter: Enter) -> None:
    escort, client = plan_room.plan_of(planned, plan_room.ESCORT), enter(PLANNER)
    typed = {"0.what": "Lay buoys", "0.phase": "P1", "2.what": "Lift buoys", "2.window.start": "whenever"}
    wrong = client.post(_url("plan-activities-add", escort), {**typed, "do": "add"})
    html = wrong.content.decode()
    assert wrong.status_code == 422
    for kept in ("Lay buoys", "Lift buoys", 'value="whenever"', "#a-2-window-start", "Row 3:"):
        assert kept in html
    assert elements.find(planned.hq, text="buoys")[0] == 0
    more = client.post(_url("plan-activities-add", escort), {**typed, "do": "more"}).content.decode()
    assert 'name="5.what"' in more
    assert "Lift buoys" in more
    done = client.post(
        _url("plan-activities-add", escort), {**typed, "2.window.start": "C+9", "do": "add"}, follow=True
    )
    assert "2 activities added" in done.content.decode()


def test_loose_activities_are_taken_into_the_plan(planned: World, enter: Enter) -> None:
    escort, client = plan_room.plan_of(planned, plan_room.ESCORT), enter(PLANNER)
    html = _html(client, _url("plan-timeline", escort))
    chosen = re.search(r'id="loose-1" name="activity" value="([^"]+)"', html)
    assert chosen
    client.post(_url("plan-activities-take-in", escort), {"activity": chosen[1]})
    assert "Not in any plan" not in _html(client, _url("plan-timeline", escort))


def test_ticked_activities_move_in_the_matrix_and_unticked_stay(planned: World, enter: Enter) -> None:
    escort, client = plan_room.plan_of(planned, plan_room.ESCORT), enter(PLANNER)
    html = _html(client, _url("plan-matrix", escort))
    ticks = dict(
        reversed(pair) for pair in re.findall(r'name="activity" value="([^"]+)" aria-label="Tick ([^"]+)"', html)
    )
    sent = {"activity": [ticks["First convoy"], ticks["Refuel at sea"]], "phase": "P1", "function": "="}
    assert "2 activities moved" in client.post(_url("plan-matrix", escort), sent, follow=True).content.decode()
    found = {row.title: elements.content(row) for row in elements.find(planned.hq, kind="activity")[1]}
    assert (found["First convoy"].phase, found["First convoy"].function) == ("P1", "Movement and manoeuvre")
    assert (found["Refuel at sea"].phase, found["Refuel at sea"].function) == ("P1", "Sustainment")
    assert found["Daily notice to mariners"].phase == "P2"
    stale = client.post(_url("plan-matrix", escort), {**sent, "phase": ""})
    assert stale.status_code == 422
    assert elements.content(elements.get(planned.hq, ElementId(sent["activity"][0].split(":")[0]))).phase == "P1"
    nothing = client.post(_url("plan-matrix", escort), {"phase": "P1", "function": "="})
    assert nothing.status_code == 422
    assert "tick at least one" in nothing.content.decode()


def test_the_matrix_shows_each_activity_once_and_decisions_at_their_phase(planned: World, enter: Enter) -> None:
    html = _html(enter(PLANNER), _url("plan-matrix", plan_room.plan_of(planned, plan_room.ESCORT)))
    for title, *_rest in plan_room._ACTIVITIES:
        assert html.count(f"Tick {title}") == 1
    assert "is not of this plan" in html
    head = html[html.index('<tr class="decisions">') : html.index("</thead>")]
    cells = head.split("<td>")[1:]
    assert "DP1" in cells[0]
    assert "DP2" in cells[2]


def test_lines_of_the_task_organisation_are_added_changed_and_removed_without_scripts(
    planned: World, enter: Enter
) -> None:
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    url = _url("plan-organisation", begun)

    def send(**fields: str) -> object:
        return client.post(url, {**fields, "based_on": elements.get(planned.hq, begun.id).version})

    send(do="add", name="Lift group", command_state="OPCON")
    send(do="add", name="Ferries", under="T1")
    send(do="add", name="Crews", under="T2")
    wrong = send(do="change", line="T1", name="Lift group", under="T3")
    assert wrong.status_code == 422
    assert "circle" in wrong.content.decode()
    assert "moves up to Lift group" in _html(client, url)
    send(do="change", line="T2", name="Fast ferries", under="T1", **{"window.start": "C+1"})
    assert _plan(planned, begun).organisation[1].name == "Fast ferries"
    send(do="remove", line="T2")
    assert [(line.name, line.under) for line in _plan(planned, begun).organisation] == [
        ("Lift group", ""),
        ("Crews", "T1"),
    ]


def test_forces_are_filtered_and_totals_keep_stated_and_required_apart(planned: World, enter: Enter) -> None:
    client = enter(HEAD)
    html = _html(client, reverse("forces"))
    for said in (
        "2 short",
        "none short",
        "not said how many there should be",
        "moves within 5 d",
        "nobody says how many",
    ):
        assert said in html
    only = _html(client, reverse("forces") + "?effectiveness=AMBER")
    assert "21st Tanker Squadron" in only
    assert "Mine Countermeasures" not in only
    assert "5th Frigate" in _html(client, reverse("forces") + "?side=XTV")
    assert "No force matches" in _html(client, reverse("forces") + "?text=zeppelin")
    room = _html(client, _url("plan-forces", plan_room.plan_of(planned, plan_room.ESCORT)))
    assert "in the task organisation as Tankers" in room
    assert "does 2 activities" in room


def test_a_page_that_names_a_marked_force_bears_its_marking(planned: World, enter: Enter) -> None:
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    marking = {"policy": "XMR", "classification": "SECRET"}
    force = elements.add(planned.hq, PLANNER, content("force", title="Quiet unit", marking=marking))
    assert "XMR SECRET" in _html(client, _url("plan-organisation", begun))
    auditor = enter(AUDITOR)
    assert "XMR SECRET" not in _html(auditor, _url("plan-organisation", begun))
    client.post(_url("plan-organisation", begun), {"do": "add", "force": f"XMR/{force.id}", "based_on": begun.version})
    assert "XMR SECRET" in _html(auditor, _url("plan-organisation", begun))


def test_civil_protection_agencies_start_from_their_own_functions_and_annexes(planned: World, enter: Enter) -> None:
    civil = msgspec.structs.replace(planned.hq.policy, profile="civil")
    registry.install(msgspec.structs.replace(planned.hq, policy=civil))
    begun, client = plan_room.plan_of(planned, plan_room.BEGUN), enter(PLANNER)
    matrix = _html(client, _url("plan-matrix", begun))
    assert 'data-function="Finance and administration"' in matrix
    assert "Movement and manoeuvre" not in matrix
    offered = PROFILES["civil"].annexes[0]
    client.post(_url("plan-annexes", begun), {"do": "fill", "template": offered.name, "based_on": begun.version})
    assert len(_plan(planned, begun).annexes) == len(offered.annexes)


def _many(world: World, count: int) -> ElementRow:
    """A plan with `count` activities, in a real database."""
    row = elements.add(world.hq, PLANNER, content("plan", **{**worlds.PLAN, "title": f"Plan of {count}"}))
    made = [
        content("activity", title=f"Convoy {at:05d}", what="Escort", phase=f"P{at % 3}", function=("Protection", "Intelligence", "")[at % 3],
                plan=f"XMR/{row.id}", window=f"C+{at % 30} to C+{at % 30 + 2}")
        for at in range(count)
    ]  # fmt: skip
    elements.add_all(world.hq, PLANNER, made)
    return row


def test_no_page_asks_more_of_the_database_for_500_activities_than_for_3(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = worlds.opened()
    world.hq = msgspec.structs.replace(world.hq, holdings=DjangoHoldings())
    put(world)
    few, many = _many(world, 3), _many(world, 500)
    client = enter(PLANNER)
    for name in ("plans", "forces"):
        _html(client, reverse(name))
    for name in SUBPAGES:
        asked = []
        for row in (few, few, many):
            with CaptureQueriesContext(connection) as captured:
                _html(client, _url(name, row))
            asked.append(len(captured))
        assert asked[1] == asked[2], name


def test_a_page_of_500_activities_shows_a_window_of_them(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.opened())
    row, client = _many(world, 500), enter(PLANNER)
    html = _html(client, _url("plan-timeline", row))
    assert "1 to 50 of 500" in html
    assert html.count("data-url=") == 50
    assert "451 to 500 of 500" in _html(client, _url("plan-timeline", row) + "?offset=450")
    matrix = _html(client, _url("plan-matrix", row))
    assert matrix.count('aria-label="Tick ') <= 12 * 9
    more = re.search(r'href="([^"]+)">and \d+ more', matrix)
    assert more
    listed = _html(client, more[1].replace("&amp;", "&"))
    assert "activities of 500" in re.sub(r"\s+", " ", listed)
