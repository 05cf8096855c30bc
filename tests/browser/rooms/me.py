"""The shell: a person's choices, the plain pages for going anywhere and for the keys, and the design system."""

from django.urls import reverse

from tests.browser.pages import Page
from tests.fakes import PLANNER
from tests.web.world import World


def prepare(world: World) -> None:
    """Nothing: these pages show what any headquarters has."""


def pages(world: World) -> list[Page]:
    """Its pages."""
    return [
        Page("me", reverse("me"), PLANNER),
        Page("go", reverse("go"), PLANNER),
        Page("go-words", reverse("go") + "?q=our", PLANNER),
        Page("shortcuts", reverse("shortcuts"), PLANNER),
        Page("design", reverse("design"), PLANNER),
    ]
