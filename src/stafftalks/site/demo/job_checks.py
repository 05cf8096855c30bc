"""The main job's private check: both staffs learn that two plans collide which neither has shown the other."""

from functools import partial
from typing import Final

from stafftalks.accord.bodies import EntryRef
from stafftalks.site.demo.job import Job, need
from stafftalks.site.demo.lines import CheckSeen, Made
from stafftalks.site.demo.stage import Actor, SaidNoError

AREA: Final = "circle -34.60, -14.90 radius 40 km"
WINDOW: Final = "2027-05-08T00:00Z to 2027-05-12T00:00Z"
_MORNING: Final = "2027-05-10T08:00Z to 2027-05-10T12:00Z"
_NARROWS: Final = "circle -34.62, -14.88 radius 3 km"


def _activity(title: str, place: str, window: str, low_m: int, high_m: int) -> dict[str, object]:
    return {
        "kind": "activity",
        "title": title,
        "what": title,
        "footprint": place,
        "window": window,
        "altitude": {"low_m": low_m, "high_m": high_m},
    }


# The first of each collide. Each other one is where and when they are, but for the time, or for the height.
HOST: Final = (
    _activity("Sonar trial off the narrows", _NARROWS, _MORNING, 0, 2_000),
    _activity("Night flying off the narrows", _NARROWS, "2027-05-10T20:00Z to 2027-05-10T23:00Z", 0, 900),
)
PARTNER: Final = (
    _activity("Divers at the north buoy", "circle -34.61, -14.87 radius 800 m", "2027-05-10T10:00Z to 2027-05-10T16:00Z", -60, 20),
    _activity("Survey flight", _NARROWS, _MORNING, 6_200, 6_800),
)  # fmt: skip


def private_check(job: Job) -> str:
    """Each side is told which of its own collide; nothing of what it does not show is at the other."""
    host, partner = job.host, job.partner
    ours, theirs = (_planned(actor, found) for actor, found in ((host, HOST), (partner, PARTNER)))
    proposed = {"to": [partner.party], "area": AREA, "window": WINDOW, "purpose": "Keep clear of each other."}
    fault = host.refused("propose check", "planner", accord=job.accord, activities=ours, **proposed)
    need("act-role" in fault.rules, f"A planner's check was refused by {fault.rules}: {fault.sentence}")
    check = host.call(EntryRef, "propose check", "officer", accord=job.accord, activities=ours, **proposed)
    job.stage.until(f"{partner.party} holds the proposal", partial(_seen, partner, check))
    partner.call(EntryRef, "consent to check", "officer", check=check, activities=theirs)
    done = [job.stage.until(f"{actor.party} has its answer", partial(_over, actor, check)) for actor in job.both]
    for actor, view, plan in zip(job.both, done, (HOST, PARTNER), strict=True):
        wanted = (str(plan[0]["title"]),)
        need(view.state == "done", f"At {actor.party} the check is {view.state}: {' '.join(view.faults)}")
        need(view.flagged == wanted, f"{actor.party} was told of {view.flagged} and not of {wanted}.")
    for holder, other in ((host, PARTNER), (partner, HOST)):
        for activity in other:
            found = holder.files_holding(str(activity["title"]))
            need(not found, f"{', '.join(found)} at {holder.party} holds “{activity['title']}”.")
    fault = host.refused("propose check", "officer", accord=job.accord, activities=ours, **proposed)
    need(fault.rules == ("check-budget",), f"A second check was refused by {fault.rules}: {fault.sentence}")
    return (
        f"{host.party} learns that “{HOST[0]['title']}” collides, {partner.party} that “{PARTNER[0]['title']}” does, over "
        f"{done[0].points:,} points a side; neither headquarters holds the other's activities, and a second check must wait a day."
    )


def _planned(actor: Actor, activities: tuple[dict[str, object], ...]) -> list[str]:
    return [actor.call(Made, "add", "planner", content=content).element for content in activities]


def _seen(actor: Actor, check: EntryRef) -> CheckSeen | None:
    """The check as it stands at `actor`; None where it has not arrived."""
    try:
        return actor.call(CheckSeen, "view check", check=check)
    except SaidNoError as error:
        if error.fault.foreseen:
            return None
        raise


def _over(actor: Actor, check: EntryRef) -> CheckSeen | None:
    """The check once nothing is left to be done in it at `actor`."""
    view = _seen(actor, check)
    return view if view is not None and view.over else None
