"""Private checks with Torvia: one that told us what is shared, one that told a number, one under way, one that we declined, one that waits for our answer."""

import msgspec
from django.urls import reverse

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.services import check_budgets, check_drafts, check_work, checks, elements
from stafftalks.services.check_drafts import Draft
from stafftalks.services.ports import Headquarters
from stafftalks.values.place import Area, Circle, parse_place
from stafftalks.values.relative_time import Instant
from tests.browser.pages import Page
from tests.browser.rooms.conflicts import activity
from tests.fakes import HEAD, OFFICER, PLANNER, FakeWorkers
from tests.web.world import World

LANE = "circle 36.85, 34.75 radius 60 km"
START = Instant.parse("2027-05-03T00:00Z").seconds
DAY_S = 86_400


def terms(hq: Headquarters, to: str, **said: object) -> CheckTerms:
    """Terms over the lane, for a few activities, so that they are computed at once."""
    area = parse_place(LANE)
    assert isinstance(area, Area | Circle)
    draft = Draft(
        **{
            "to": to, "purpose": "Keep clear of each other in the lane.", "area": area, "start": START, "end": START + 3 * DAY_S,
            "expires": hq.clock.now() + 7 * DAY_S, "floor_m": 0, "ceiling_m": 6_000, "activities": 10, **said,
        }
    )  # fmt: skip
    # Cells as wide as 36 km: few keys.
    return msgspec.structs.replace(check_drafts.terms(draft), **_coarse(area))


def _coarse(area: Area | Circle) -> dict[str, object]:
    from stafftalks.deconflict import covers

    return {"finest": 8, "granule_s": 7_200, "cells": covers.area_cells(area, 8)}


def lavish(*hqs: Headquarters) -> None:
    """Budgets that stand in nobody's way."""
    for hq in hqs:
        for partner in hq.partners.partners():
            check_budgets.set_budget(hq, HEAD, partner.party, checks_a_week=100, cooldown_s=0, share_percent=100)


def own(hq: Headquarters) -> list[str]:
    return list(check_drafts.all_activities(hq))


def agreed(world: World, one: Headquarters, other: Headquarters, **said: object) -> EntryRef:
    """A check that `one` proposed and `other` consented to."""
    ref = checks.propose(one, OFFICER, world.accord, terms(one, other.party, **said), own(one))
    world.settle()
    checks.consent(other, OFFICER, ref, own(other), "We agree, for the lane.")
    world.settle()
    return ref


def ended(world: World, ref: EntryRef) -> EntryRef:
    """The check run to its end by both."""
    for _ in range(9):
        stands = [check_work.advance(hq, ref, FakeWorkers()) for hq in (world.hq, world.torvia)]
        world.settle()
        if all(one.over for one in stands):
            return ref
    raise AssertionError(stands)


def planned(world: World) -> None:
    """What each side plans in the lane and has not shown the other: one collision among it."""
    low = {"low_m": "0", "high_m": "900"}
    for hq, title, place, window in (
        (world.hq, "Minesweeping by night", "circle 36.80, 34.72 radius 4 km", "2027-05-04T18:00Z to 2027-05-04T23:00Z"),
        (world.hq, "Survey of the far shore", "circle 36.40, 34.10 radius 3 km", "2027-05-05T06:00Z to 2027-05-05T09:00Z"),
        (world.torvia, "Sonar trial", "circle 36.82, 34.74 radius 5 km", "2027-05-04T20:00Z to 2027-05-05T01:00Z"),
    ):  # fmt: skip
        elements.add(hq, PLANNER, activity(title, footprint=place, window=window, altitude=low))


def prepare(world: World) -> None:
    """The plans, and a check in every state that a page shows."""
    hq, torvia = world.hq, world.torvia
    lavish(hq, torvia)
    planned(world)
    ended(world, agreed(world, hq, torvia, auditor="The umpire of the exercise"))
    world.advance(3_600)
    ended(world, agreed(world, torvia, hq, mode="count", purpose="How much do we share in May?"))
    world.advance(3_600)
    declined = checks.propose(
        torvia, OFFICER, world.accord, terms(torvia, "XMR", purpose="The whole strait."), own(torvia)
    )
    world.settle()
    checks.decline(hq, OFFICER, declined, "Too wide an area.")
    world.settle()
    world.advance(3_600)
    running = agreed(world, hq, torvia, mode="any", learns="proposer", purpose="Anything at all on the third of May?")
    check_work.advance(hq, running, FakeWorkers())
    world.advance(3_600)
    checks.propose(
        torvia, OFFICER, world.accord, terms(torvia, "XMR", purpose="Keep clear in the northern lane."), own(torvia)
    )
    world.settle()


def pages(world: World) -> list[Page]:
    """The list, the form, the budget, and a check in each state."""
    found = {}
    for view in checks.history(world.hq):
        found.setdefault((view.state.state, view.state.terms.mode), view.state.ref)
    pages = [
        Page("checks", reverse("checks"), OFFICER),
        Page("checks-planner", reverse("checks"), PLANNER),
        Page("check-new", reverse("check-new"), OFFICER),
        Page("check-budget", reverse("check-budget", args=["XTV"]), HEAD),
    ]
    for (state, mode), ref in found.items():
        args = [ref.party, ref.epoch, ref.n]
        pages.append(Page(f"check-{state}-{mode}", reverse("check", args=args), OFFICER))
        if state == "running":
            pages.append(Page("check-stop", reverse("check-stop", args=args), OFFICER))
        if (state, mode) == ("done", "which"):
            pages += [
                Page(f"check-{name}", reverse(f"check-{name}", args=args), OFFICER) for name in ("opening", "finer")
            ]
    return pages


def many(world: World, count: int = 70) -> None:
    """As many checks that they proposed and we declined."""
    for number in range(count):
        ref = checks.propose(
            world.torvia, OFFICER, world.accord, terms(world.torvia, "XMR", purpose=f"Sector {number}."), []
        )
        world.settle()
        checks.decline(world.hq, OFFICER, ref)
        world.advance(60)
    world.settle()
