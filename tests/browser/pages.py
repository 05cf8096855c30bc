"""Every page of a world by a short name: where it is, and who looks at it."""

import msgspec
from django.urls import reverse

from stafftalks.services import accords, elements, recalls
from stafftalks.values.person import Person
from tests.browser.rooms import rooms
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER
from tests.web.world import World


class Page(msgspec.Struct, frozen=True):
    """One page: its name, its path, and who looks at it (None: nobody signed in)."""

    name: str
    path: str
    person: Person | None = HEAD


def pages(world: World) -> list[Page]:
    """All pages that this world has."""
    found = [
        Page("sign-in", reverse("account_login"), None),
        Page("home-head", reverse("home")),
        Page("home-officer", reverse("home"), OFFICER),
        Page("help", reverse("help")),
        Page("accords", reverse("accords")),
        Page("propose", reverse("propose")),
        Page("elements", reverse("elements"), PLANNER),
        Page("element-kinds", reverse("element-kinds"), PLANNER),
        Page("element-new-report", reverse("element-new", args=["report"]), PLANNER),
        Page("element-new-plan", reverse("element-new", args=["plan"]), PLANNER),
        Page("desk", reverse("desk"), OFFICER),
        Page("letters", reverse("letters"), HEAD),
        Page("desk-all", reverse("desk") + "?state=all", OFFICER),
        Page("exchange", reverse("exchange")),
        Page("exchange-log", reverse("exchange-log")),
        Page("exchange-export", reverse("exchange-export")),
        Page("exchange-import", reverse("exchange-import")),
        Page("pairing", reverse("pairing")),
        Page("pairing-add", reverse("pairing-add")),
        Page("people", reverse("people"), ADMINISTRATOR),
        Page("people-add", reverse("people-add"), ADMINISTRATOR),
        Page("person", reverse("person", args=[ADMINISTRATOR.username]), ADMINISTRATOR),
        Page("journal", reverse("journal"), AUDITOR),
        Page("security", reverse("mfa_index")),
        Page("password", reverse("account_change_password")),
        Page("not-here", "/nothing/", HEAD),
        Page("forbidden", reverse("people"), PLANNER),
    ]
    found += (_accord_pages(world) if world.accord else []) + _element_pages(world)
    return found + [page for room in (rooms() if world.prepared else ()) for page in room.pages(world)]


def _accord_pages(world: World) -> list[Page]:
    view = accords.view(world.hq, world.accord)
    names = (
        "accord",
        "accord-terms",
        "accord-released",
        "accord-talk",
        "accord-agreed",
        "accord-recalls",
        "accord-record",
    )
    found = [Page(name, reverse(name, args=[world.accord])) for name in names]
    found += [
        Page(f"stand-{act}", reverse("accord-stand", args=[world.accord, act]))
        for act in ("accept", "suspend", "withdraw")
    ]
    found.append(Page("partner-view", reverse("partner-view", args=[world.accord, view.partners[0]]), OFFICER))
    for row in sorted(view.feeds, key=lambda row: not row.frozen)[:1]:
        found.append(Page("entries", reverse("record-entries", args=[world.accord, row.feed.party, row.feed.epoch])))
    for recall in recalls.open_recalls(world.hq, world.accord)[:1]:
        where = recall.ref
        found.append(
            Page(
                "answer-recall",
                reverse("answer-recall", args=[world.accord, where.party, where.epoch, where.n]),
                OFFICER,
            )
        )
    for row in world.theirs[:1]:
        found.append(Page("their-element", reverse("their-element", args=[world.accord, "XTV", row.id]), PLANNER))
        for kind in ("comment", "position", "suggestion", "adoption"):
            found.append(
                Page(f"reply-{kind}", reverse("talk-reply", args=[world.accord, "XTV", row.id, kind]), PLANNER)
            )
    for row in world.ours[:1]:
        found.append(
            Page("our-released-element", reverse("their-element", args=[world.accord, "XMR", row.id]), PLANNER)
        )
        found.append(Page("recall", reverse("recall", args=[world.accord, "XTV", row.id]), OFFICER))
    return found


def _element_pages(world: World) -> list[Page]:
    found = []
    for row in world.ours[:1]:
        found += [
            Page("element", reverse("element", args=[row.id]), PLANNER),
            Page("element-edit", reverse("element-edit", args=[row.id]), PLANNER),
            Page("element-release", reverse("element-release", args=[row.id]), PLANNER),
        ]
        versions = elements.versions(world.hq, row.id)
        found.append(Page("element-version", reverse("element-version", args=[row.id, versions[0].version]), PLANNER))
        if len(versions) > 1:
            names = [row.id, versions[0].version, versions[-1].version]
            found.append(Page("element-diff", reverse("element-diff", args=names), PLANNER))
    for at, request in enumerate(world.requests):
        found.append(Page(f"review-{at}", reverse("desk-review", args=[request]), OFFICER))
    return found
