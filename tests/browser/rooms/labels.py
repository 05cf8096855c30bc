"""Marking policies: the list, policies from a file and of the house; a partner's text under an unknown policy with ours beside it, and one of ours marked wrongly."""

from pathlib import Path

from django.urls import reverse

from stafftalks.planning.letters import Ceiling
from stafftalks.planning.refs import ExactRef
from stafftalks.services import elements, labels
from stafftalks.values.label import Marking
from tests.browser.pages import Page
from tests.fakes import ADMINISTRATOR, PLANNER, permit
from tests.web.world import World, content

ISLES = (Path(__file__).parents[2] / "vectors" / "labels" / "isles.xml").read_bytes()
_MADE: dict[str, str] = {}


def prepare(world: World) -> None:
    """A policy is loaded, a partner's text bears a policy that is not known here, and a report of ours a wrong marking."""
    labels.load_spif(world.hq, ADMINISTRATOR, ISLES)
    labels.add_plain(world.hq, ADMINISTRATOR, "XTV")
    labels.add_plain(world.torvia, ADMINISTRATOR, "MAINLAND")
    permit(
        world.torvia,
        world.hq.party,
        ceilings=(Ceiling(policy="MAINLAND", classification="SECRET", categories=("all",)),),
    )
    theirs = elements.add(
        world.torvia, PLANNER,
        content("scenario", title="Ferries held", narrative="Two ferries wait.", marking={"policy": "MAINLAND", "classification": "SECRET"}),
    )  # fmt: skip
    world.release(world.torvia, theirs, "scenarios", "XMR")
    permit(world.torvia, world.hq.party)
    world.settle()
    ref = ExactRef(world.torvia.party, theirs.id, theirs.version)
    labels.put_beside(world.hq, PLANNER, ref, Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",)))
    wrong = elements.add(
        world.hq, PLANNER,
        content(
            "report", title="Marked wrongly", said="(TS) Said in confidence.\n\nAnd openly.",
            marking={"policy": "XMR", "classification": "RESTRICTED", "caveats": ["WINTEL"]},
        ),
    )  # fmt: skip
    _MADE.update(theirs=theirs.id, wrong=wrong.id)


def pages(world: World) -> list[Page]:
    """Its pages."""
    one = reverse("policy")
    return [
        Page("policies", reverse("policies"), ADMINISTRATOR),
        Page("policies-read", reverse("policies"), PLANNER),
        Page("policy-file", f"{one}?name=ISLES", ADMINISTRATOR),
        Page("policy-house", f"{one}?name=XMR", ADMINISTRATOR),
        Page("policy-tlp", f"{one}?name=TLP", PLANNER),
        Page("label-unknown", reverse("their-element", args=[world.accord, "XTV", _MADE["theirs"]]), PLANNER),
        Page("label-wrong", reverse("element", args=[_MADE["wrong"]]), PLANNER),
        Page("label-wrong-edit", reverse("element-edit", args=[_MADE["wrong"]]), PLANNER),
    ]
