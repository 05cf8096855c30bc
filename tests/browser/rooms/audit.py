"""The auditor's pages: what left, an element's whole way, a proof, and the journal once it was checked."""

from django.urls import reverse

from stafftalks.services import audit
from tests.browser.pages import Page
from tests.fakes import AUDITOR
from tests.web.world import World


def prepare(world: World) -> None:
    """The logs were checked once."""
    audit.note(world.hq, AUDITOR.username, audit.verify(world.hq))


def pages(world: World) -> list[Page]:
    """All of them."""
    found = [
        Page("audit", reverse("audit"), AUDITOR),
        Page("audit-none", reverse("audit") + "?words=nothing+such", AUDITOR),
    ]
    for row in world.ours[:1]:
        found.append(Page("audit-element", reverse("audit-element", args=[row.id]), AUDITOR))
    for request in world.hq.desk.let_go(limit=1)[1]:
        if request.entry is not None:
            where = (request.accord, request.entry.party, request.entry.epoch, request.entry.n)
            found.append(Page("record-proof", reverse("record-proof", args=where), AUDITOR))
    return found
