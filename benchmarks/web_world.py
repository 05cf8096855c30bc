"""A headquarters whose one accord holds many elements, with people signed in: what the benchmark of the pages is run against.

Both sides' records are written by the product's own encoders and exchanged over the wire (`benchmarks.headquarters`); then ours is closed, its
released elements are put among its own, a scenario and a plan are written, and every person is given a session as signing in gives one.
"""

import os
import re
import time
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import children, headquarters
from stafftalks.planning import forms
from stafftalks.planning.kinds import Content
from stafftalks.values.ids import AccordId

ACTIVITIES = 60
REQUIREMENTS = 20
REQUESTS = 30


class World(msgspec.Struct):
    """Where the headquarters is, its pages by name, the name of the session's cookie and one value of it for each person."""

    home: str
    pages: dict[str, str]
    cookie: str
    sessions: list[str]
    elements: int
    own: int
    catalogue_s: float


def make(folder: Path, elements: int, users: int, port: int) -> World:
    """The world; about half of `elements` are ours. Its pages will be served on `port` of this machine."""
    # Of 16 entries of a realistic feed, 13 release a new element.
    entries = elements * 16 // 13 // 2
    with headquarters.two(folder) as (meridia, torvia, accord):
        for author, reader, party in ((meridia, torvia, "XMR"), (torvia, meridia, "XTV")):
            before = reader.do("size", accord, party)
            author.do("fill", accord, entries)
            reader.do("grown", accord, party, before + entries)
        meridia.do("settled", accord, "XTV")
    home = folder / "XMR"
    config = home / "stafftalks.toml"
    config.write_text(re.sub(r"(?m)^web_listen = .*$", f'web_listen = "127.0.0.1:{port}"', config.read_text()))
    made = children.run("benchmarks.web_world", "settle", home, accord, users)
    return msgspec.convert(made, World)


def settle(home: str, accord: str, users: str) -> World:
    """What `make` does in a process that has the headquarters open."""
    hq = _opened(Path(home))
    from django.conf import settings
    from django.urls import reverse

    from stafftalks.services import accords, cataloguing

    view = accords.view(hq, AccordId(accord))
    own = _hold(hq, view.accord.sheet(hq.party).live)
    scenario, plan = _plan(hq)
    _ask(hq, accord, own)
    begun = time.perf_counter()
    cataloguing.follow(hq)
    spent = time.perf_counter() - begun
    theirs = view.accord.sheet(view.partners[0]).live
    middle = own[len(own) // 2].id
    pages = {
        "home": reverse("home"),
        "accord": reverse("accord", args=[accord]),
        "released": reverse("accord-released", args=[accord]),
        "their element": reverse("their-element", args=[accord, view.partners[0], theirs[len(theirs) // 2].element]),
        "our elements": reverse("elements"),
        "element": reverse("element", args=[middle]),
        "element, editing": reverse("element-edit", args=[middle]),
        "scenario": reverse("scenario", args=[hq.party, scenario]),
        "plan": reverse("plan", args=[hq.party, plan]),
        "find": f"{reverse('find')}?q=transports+escort+{len(own) // 2:08d}",
    }
    sessions = [_signed_in(f"user{number}") for number in range(int(users))]
    count = sum(len(sheet.live) for sheet in view.accord.sheets.values())
    return World(home, pages, settings.SESSION_COOKIE_NAME, sessions, count, len(own), spent)


def cold(home: str) -> dict[str, float]:
    """Seconds from an open database to every accord folded, and then to the same asked again."""
    hq = _opened(Path(home))
    from stafftalks.services import accords

    begun = time.perf_counter()
    accords.views(hq)
    folded = time.perf_counter()
    accords.views(hq)
    return {"cold_s": folded - begun, "warm_s": time.perf_counter() - folded, "peak_mb": children.peak_mb()}


def _opened(home: Path) -> Any:
    os.environ["STAFFTALKS_HOME"] = str(home)
    from stafftalks.site import wiring

    return wiring.open_home(home)


def _hold(hq: Any, released: Any) -> list[Any]:
    """Puts what we released among our own elements, as it was written at home."""
    from stafftalks.planning.element import decode
    from stafftalks.planning.summary import headline
    from stafftalks.services.rows import ElementRow

    rows = []
    for item in released:
        title = headline(decode(item.raw).content)
        rows.append(ElementRow(item.element, item.kind, title, "", item.version, item.raw, hq.clock.now(), "planner"))
    for at in range(0, len(rows), 2_000):
        with hq.transactions.atomic():
            for row in rows[at : at + 2_000]:
                hq.holdings.put(row, None)
    return [row for row in rows if row.kind == "report"]


def _plan(hq: Any) -> tuple[str, str]:
    """A scenario with requirements, and a plan for it with activities: their ids."""
    from stafftalks.services import elements

    def add(kind: str, **fields: object) -> str:
        return str(elements.add(hq, headquarters.PLANNER, _content(kind, fields)).id)

    branches = [{"title": "Closed to tankers"}, {"title": "Closed to all"}]
    scenario = add("scenario", title="Closing of the strait", narrative="The strait is closed.", branches=branches)
    about = f"{hq.party}/{scenario}"
    phases = [
        {"name": name, "start": f"C+{at}", "end": f"C+{at + 9}"} for at, name in ((0, "Assembly"), (10, "Escort"))
    ]
    plan = add("plan", title="Escort", detail_level="CONPLAN", scenarios=[{"scenario": about}], phases=phases)
    for number in range(ACTIVITIES):
        window = {"start": f"C+{number % 20}", "end": f"C+{number % 20 + 2}"}
        add("activity", title=f"Convoy {number}", what="A convoy passes.", window=window, plan=f"{hq.party}/{plan}")
    for number in range(REQUIREMENTS):
        add("requirement", title=f"Need {number}", serial=str(number), capability="Escort", scenario=about)
    return scenario, plan


def _ask(hq: Any, accord: str, own: list[Any]) -> None:
    """Requests that wait at the release desk."""
    from stafftalks.services import releases

    for row in own[:REQUESTS]:
        releases.request(hq, headquarters.PLANNER, AccordId(accord), row.id, "intelligence", ["XTV"])


def _content(kind: str, fields: dict[str, object]) -> Content:
    made = forms.parse_mapping(kind, fields)
    if isinstance(made, forms.FormErrors):
        raise ValueError(f"{kind}: {made.errors}")
    return made


def _signed_in(username: str) -> str:
    """The session of a new person with every working role."""
    from django.test import Client

    from stafftalks.store.models import User

    user = User.objects.create_user(username, None, name=username, roles=["planner", "officer", "head"])
    client = Client()
    client.force_login(user)
    from django.conf import settings

    return client.cookies[settings.SESSION_COOKIE_NAME].value


if __name__ == "__main__":
    children.answer({"settle": settle, "cold": cold})
