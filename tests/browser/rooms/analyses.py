"""Long analyses: a schedule that was found and has gone stale, one that is being reckoned, one that waits, one that broke off."""

from contextlib import nullcontext

import msgspec
from django.urls import reverse

from stafftalks.analysis.schedule import Answer, Placed, Value
from stafftalks.analysis.watching import Progress
from stafftalks.services import elements, run_problems, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import ScheduleAnswered, ScheduleFrozen
from stafftalks.services.run_rows import Limits, RiskWanted, RunAsk, RunId, ScheduleWanted, SweepWanted, Wanted
from stafftalks.services.sweep_cores import OnCores
from stafftalks.site.running import RunRunner
from tests.browser.pages import Page
from tests.browser.rooms.conflicts import activity
from tests.fakes import AUDITOR, OFFICER, PLANNER, FakeWorkers
from tests.web.world import World, content

NORTH = {"footprint": "circle 36.80, 34.72 radius 4 km", "altitude": {"low_m": "0", "high_m": "900"}}


def started(hq: Headquarters, wanted: Wanted | None = None, **more: object) -> RunId:
    """A run of everything here, ours that is not released too."""
    ask = RunAsk(wanted or ScheduleWanted(), private=True, limits=Limits(60, 512))
    return runs.start(hq, PLANNER, msgspec.structs.replace(ask, **more))


def found(hq: Headquarters, run: RunId) -> None:
    """An answer for a run of a schedule, as a solver might give it: one activity after the other."""
    frozen = runs.problem(hq, run)
    assert isinstance(frozen, ScheduleFrozen)
    placed, at = [], 0
    for each in frozen.problem.activities:
        lasts = each.modes[0].duration
        placed.append(Placed(each.id, 0, at, at + lasts))
        at += lasts
    answer = Answer(
        state="feasible", placed=tuple(placed), value=Value(0, at), bound=Value(0, at // 2), schedules=4_000
    )
    run_work.keep(hq, run, run_problems.raw(ScheduleAnswered(answer)))


def offered(hq: Headquarters) -> None:
    """A scenario with two branches, what it needs, and what two sides would bring."""
    branches = [{"id": "B1", "title": "Dam breaks"}, {"id": "B2", "title": "Dam holds"}]
    scenario = elements.add(hq, PLANNER, content("scenario", title="Flood of the Kessar", branches=branches))
    wing, guard = (elements.add(hq, PLANNER, content("force", title=name)) for name in ("7th Air Wing", "Coast Guard"))
    need = {
        "capability": "LIFT",
        "quantity": "400 t",
        "window": "2027-05-04T18:00Z to 2027-05-12T18:00Z",
        "scenario": f"XMR/{scenario.id}",
    }
    lift, boats = (
        elements.add(hq, PLANNER, content("requirement", title=title, serial=serial, **need, **more))
        for title, serial, more in (("Airlift", "1", {}), ("Boats", "2", {"branches": ["B1"]}))
    )
    rows = [
        {"what": "Wing", "party": "XMR", "requirement": f"XMR/{lift.id}", "quantity": "300 t", "promise": "firm", "force": f"XMR/{wing.id}"},
        {"what": "Squadron", "party": "XTV", "requirement": f"XMR/{lift.id}", "quantity": "150 t", "promise": "soft"},
        {"what": "Boats", "party": "XMR", "requirement": f"XMR/{boats.id}", "quantity": "400 t", "promise": "firm", "force": f"XMR/{guard.id}"},
    ]  # fmt: skip
    elements.add(
        hq, PLANNER, content("option", title="By air and water", scenario=f"XMR/{scenario.id}", contributions=rows)
    )


def what_ifs(hq: Headquarters) -> None:
    """What-ifs that are reckoned whole."""
    offered(hq)
    wanted = SweepWanted(
        branches=("each",), assumptions=("Storm: 7th Air Wing 50% | 7th Air Wing 0%", "7th Air Wing +2 days"), leave_out=("each", )
    )  # fmt: skip
    started(hq, wanted)
    RunRunner(hq, sweeping=lambda _memory_mb: nullcontext(OnCores(FakeWorkers()))).look()


def prepare(world: World) -> None:
    """The runs."""
    hq = world.hq
    what_ifs(hq)
    world.advance(600)
    swept = elements.add(
        hq, PLANNER, activity("Sweep of the northern lane", window="2027-05-04T18:00Z to 2027-05-04T23:00Z", **NORTH)
    )
    done = started(hq)
    run_work.take(hq)
    run_work.tell(hq, done, Progress("solver", 1.0, 240, 120, "end"), 59.0)
    found(hq, done)
    run_work.end(hq, done, "done", "", 60.0)
    world.advance(600)
    revised = activity("Sweep of the northern lane", window="2027-05-04T18:00Z to 2027-05-05T03:00Z", **NORTH)
    elements.revise(hq, PLANNER, swept.id, revised, swept.version)
    broken = started(hq, RiskWanted())
    run_work.take(hq)
    run_work.end(
        hq,
        broken,
        "failed",
        "It needed more than the 512 MB of memory that it was given: give it more, or ask for less.",
        4.0,
    )
    world.advance(600)
    running = started(hq)
    run_work.take(hq)
    run_work.tell(hq, running, Progress("solver", 0.4, 120, 96, "end"), 24.0)
    found(hq, running)
    world.advance(60)
    started(hq, RiskWanted(draws=50_000, by=("2027-05-14",)))


def pages(world: World) -> list[Page]:
    """The list, the forms, and a run in each state."""
    listed = [
        Page("analyses", reverse("analyses"), PLANNER),
        Page("analyses-auditor", reverse("analyses"), AUDITOR),
        *(
            Page(f"analysis-new-{kind}", reverse("analysis-new", args=[kind]), PLANNER)
            for kind in ("schedule", "options", "risk", "sweep")
        ),
    ]
    _count, rows = runs.window(world.hq)
    names = {"sweep": "what-ifs"}
    return listed + [
        Page(f"analysis-{names.get(row.ask.analysis, row.stands.state)}", reverse("analysis", args=[row.id]), OFFICER)
        for row in rows
    ]
