"""No page asks the database more often because there is more to show: told over the real store, with few rows and with many."""

import re
from collections.abc import Callable

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stafftalks.services import accords, elements, releases
from stafftalks.services.ports import Headquarters
from stafftalks.store.ports import StorePorts, django_ports
from stafftalks.values.ids import PartyId
from tests.browser.pages import Page, pages
from tests.browser.rooms import rooms
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content

FEW, MANY = 30, 270
# Few are already more than a page shows: one look-up more where a list does not begin at its first row is no growth.
WINDOW = {"start": "C+1", "end": "C+2"}
# What the marks of transactions are called differs from time to time, and says nothing about rows.
_BOOKKEEPING = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|BEGIN|COMMIT)")


def on_the_store(hq: Headquarters) -> Headquarters:
    """The same headquarters over the database: its rows are written anew by those who call."""
    ports = django_ports()
    return msgspec.structs.replace(hq, **{name: getattr(ports, name) for name in StorePorts.__struct_fields__})


@pytest.fixture
def stored(put: Callable[[World], World], monkeypatch: pytest.MonkeyPatch) -> World:
    """The story, with ours told over the database."""
    make = worlds.make_hq

    def made(party: str, **options: object) -> Headquarters:
        hq = make(party, **options)
        return on_the_store(hq) if party == "XMR" else hq

    monkeypatch.setattr(worlds, "make_hq", made)
    world = put(worlds.story())
    for room in rooms():
        room.prepare(world)
    return world


def grow(world: World, count: int) -> None:
    """As many more of each sort of row as pages list: elements of ours and theirs, remarks, requests, references, lines of logs."""
    hq, torvia = world.hq, world.torvia
    scenario, theirs = world.ours[0], world.theirs[0]
    given_version = accords.view(hq, world.accord).accord.sheet(hq.party).released[scenario.id][-1].version
    about = f"XTV/{theirs.id}/{theirs.version}"
    for number in range(count):
        own = (
            content("report", title=f"Watch {number}", said="Quiet.", contingency=f"Case {number}"),
            content(
                "activity",
                title=f"Convoy {number}",
                what="A convoy passes.",
                plan=f"XMR/{world.ours[1].id}",
                window=WINDOW,
            ),
            content(
                "requirement",
                title=f"Need {number}",
                serial=str(number),
                capability="Boats",
                scenario=f"XMR/{scenario.id}",
            ),
            content("option", title=f"Option {number}"),
            content("comment", about=about, text=f"Remark {number}."),
            content("force", title=f"Squadron {number}"),
        )
        rows = [elements.add(hq, PLANNER, one) for one in own]
        world.release(hq, rows[0], "intelligence", "XTV")
        world.release(hq, rows[4], "scenarios", "XTV")
        releases.request(hq, PLANNER, world.accord, rows[1].id, "scenarios", [PartyId("XTV")])
        given = elements.add(torvia, PLANNER, content("report", title=f"Their watch {number}", said="Quiet."))
        world.release(torvia, given, "intelligence", "XMR")
        reply = content("comment", about=f"XMR/{scenario.id}/{given_version}", text=f"Answer {number}.")
        world.release(torvia, elements.add(torvia, PLANNER, reply), "scenarios", "XMR")
    world.settle()


def counts(world: World, enter: Enter, listed: list[Page]) -> dict[str, tuple[int, list[str]]]:
    """How many queries each page takes when it is asked for a second time, and which."""
    found = {}
    clients: dict[str, Client] = {}
    for page in listed:
        who = page.person.username if page.person else ""
        if who not in clients:
            clients[who] = enter(page.person) if page.person else Client()
        client = clients[who]
        client.get(page.path)
        with CaptureQueriesContext(connection) as asked:
            client.get(page.path)
        said = [query["sql"] for query in asked.captured_queries if not _BOOKKEEPING.match(query["sql"])]
        found[page.name] = (len(said), said)
    return found


@pytest.mark.slow
def test_no_pages_query_count_grows_with_rows(stored: World, enter: Enter) -> None:
    grow(stored, FEW)
    listed = pages(stored)
    few = counts(stored, enter, listed)
    grow(stored, MANY)
    many = counts(stored, enter, listed)
    grown = {
        name: (few[name][0], many[name][0], sorted(_shapes(many[name][1]) - _shapes(few[name][1]))[:3])
        for name in few
        if many[name][0] > few[name][0]
    }
    assert grown == {}


def _shapes(said: list[str]) -> set[str]:
    """The statements with their values left out, and how often each was asked."""
    shapes = [re.sub(r"'[^']*'|\b\d+\b", "?", one)[:160] for one in said]
    return {f"{shapes.count(shape)} x {shape}" for shape in shapes}


def test_the_counting_finds_a_planted_loop(stored: World, enter: Enter) -> None:
    with CaptureQueriesContext(connection) as one_by_one:
        for row in stored.ours:
            stored.hq.holdings.element(row.id)
    with CaptureQueriesContext(connection) as at_once:
        stored.hq.holdings.elements([row.id for row in stored.ours])
    assert len(one_by_one) == len(stored.ours) > len(at_once) == 1
