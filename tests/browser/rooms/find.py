"""Finding, over the story: with words, with filters, with nothing found, and with views kept."""

from django.urls import reverse

from stafftalks.store import saved_views
from tests.browser.pages import Page
from tests.fakes import HEAD, PLANNER
from tests.web.conftest import account
from tests.web.world import World


def prepare(world: World) -> None:
    """Two views are kept, one of them on the first page."""
    saved_views.save(account(PLANNER), "Mines, theirs", "q=mines&side=theirs", home=True)
    saved_views.save(account(PLANNER), "Everything on Vael", "contingency=Vael")


def pages(world: World) -> list[Page]:
    """The page in its states."""
    find = reverse("find")
    return [
        Page("find", find, PLANNER),
        Page("find-words", f"{find}?q=strait+-nothing", PLANNER),
        Page("find-filters", f"{find}?q=closed&side=released&contingency=Vael", PLANNER),
        Page("find-nothing", f"{find}?q=zeppelin", HEAD),
    ]
