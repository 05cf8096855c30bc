"""Writing together: a form left unfinished, a form that a colleague has open, a form in dispute, and the choice of mail."""

import msgspec
from django.urls import reverse

from stafftalks.planning import forms
from stafftalks.planning.merging import merge
from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from stafftalks.store import kept
from tests.browser.pages import Page
from tests.fakes import HEAD, PLANNER
from tests.web.conftest import account
from tests.web.world import World, content

HELD: dict[str, ElementRow] = {}
"""What was added last, by name."""
TITLE = "Ice in the northern lane"
BRANCHES = [{"id": "B1", "title": "First ice"}, {"id": "B2", "title": "Last ice"}]


def prepare(world: World) -> None:
    """Adds a scenario that two revise at once, what one of them typed, and a new report that was never saved."""
    HELD.clear()
    hq, now = world.hq, world.hq.clock.now()
    for person in (HEAD, PLANNER):
        account(person)
    first = content("scenario", title=TITLE, narrative="The lane freezes.\n\nTugs are few.", branches=BRANCHES)
    row = elements.add(hq, PLANNER, first)
    theirs = content(
        "scenario", title="Ice in both lanes", narrative="The lane freezes.\n\nTugs are few.\n\nInsurance rises.",
        branches=[BRANCHES[0], {"id": "B2", "title": "Last ice and fog"}], contingency="Vael",
    )  # fmt: skip
    mine = content(
        "scenario", title="Ice in the whole strait", narrative="The lane freezes early.\n\nTugs are few.",
        branches=[BRANCHES[0], {"id": "B2", "title": "Very last ice"}],
    )  # fmt: skip
    saved = elements.revise(hq, HEAD, row.id, theirs, row.version)
    HELD["disputed"] = saved
    fields = {
        **forms.flatten(merge(first, mine, theirs).content), "based_on": saved.version, "dispute.base": row.version, "dispute.by": HEAD.username,
        "dispute.mine": msgspec.json.encode(forms.flatten(mine)).decode(),
    }  # fmt: skip
    kept.keep(PLANNER.username, reverse("element-edit", args=[row.id]), fields, at=now - 3_600)
    kept.keep(HEAD.username, reverse("element-new", args=["report"]), {"title": "Two corvettes"}, at=now - 86_400)
    kept.opened(HEAD.username, row.id, at=now - 60)
    kept.opened(HEAD.username, row.id, at=now - 20, typed=True)


def pages(world: World) -> list[Page]:
    """The room's pages."""
    found = [
        Page("writing-kept", reverse("element-new", args=["report"]), HEAD),
        Page("writing-digest", reverse("me-digest"), PLANNER),
        Page("writing-signed-in", reverse("writing-signed-in"), PLANNER),
        Page("writing-home", reverse("home"), PLANNER),
    ]
    if HELD and world.hq.holdings.element(HELD["disputed"].id) is not None:
        found.append(Page("writing-dispute", reverse("element-edit", args=[HELD["disputed"].id]), PLANNER))
    return found
