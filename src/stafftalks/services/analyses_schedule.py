"""Schedules from elements: when the activities of plans can be done on the forces and resources that they share, and whether phases close in time.

An activity starts no earlier than its window. Where it or an estimate says how long it lasts it must lie wholly inside; else it lasts as long as its window, and may be done later, as when what it needs is
busy. It is done in one of its ways; of an estimate the mean counts, begun hours whole. Phases cost an hour for each hour that they close too late, unless they `must` close in time; then windows must be kept as well.
"""

from collections.abc import Iterable, Mapping
from math import ceil

import msgspec

from stafftalks.analysis.risk_distributions import Distribution, mean, wrong
from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Problem, Resource, Span, Ticks, Use
from stafftalks.analysis.schedule_assumptions import Granted, granting
from stafftalks.services import analyses_work
from stafftalks.services.analyses import Ask
from stafftalks.services.analyses_supplies import Supplied
from stafftalks.services.analyses_work import Job, Work
from stafftalks.services.ports import Headquarters


def prepared(
    hq: Headquarters,
    durations: Mapping[str, Distribution],
    *,
    contingency: str = "",
    private: bool = False,
    must: bool = False,
    grants: Iterable[Granted] = (),
) -> tuple[Work, Problem]:
    """What is to be done as it stands now, and the problem of it; `durations` are estimates by folded key or title, of which the mean counts.

    With `grants` the problem is as if these changes were made; nothing is changed in plans by that.
    """
    sound = {name: each for name, each in durations.items() if not wrong(each)}
    made = analyses_work.work(hq, Ask("schedule", contingency, private), sound)
    activities = tuple(_activity(job, must=must) for job in made.jobs)
    problem = Problem(
        activities=activities,
        arcs=tuple(Arc(before, job.key, lag) for job in made.jobs for before, lag in job.after),
        resources=tuple(
            _resource(name, made.titles.get(name, name), supplied) for name, supplied in made.supplies.items()
        ),
        phases=tuple(
            Phase(id=stage.name, activities=stage.jobs, due=stage.due, title=stage.name, hard=must)
            for stage in made.stages
            if stage.due is not None
        ),
        title=contingency,
        ticks=Ticks(per_day=24, times=made.times),
    )
    problem, faults = granting(problem, grants)
    return msgspec.structs.replace(made, faults=(*made.faults, *faults)), problem


def _resource(name: str, title: str, supplied: Supplied) -> Resource:
    unit = supplied.unit if supplied.parts == 1 else f"× {1 / supplied.parts:g} {supplied.unit}"
    unit = f"{unit} a day" if supplied.daily else unit
    changes = tuple(Change(at, amount) for at, amount in supplied.changes)
    return Resource(id=name, capacity=supplied.amount, title=title, unit=unit, changes=changes)


def _activity(job: Job, *, must: bool) -> Activity:
    held = must or job.estimated
    span = Span(job.start, job.end if held else None)
    modes = tuple(
        Mode(
            way.name,
            0 if way.lasts is None else ceil(mean(way.lasts)),
            tuple(Use(name, amount) for name, amount in way.uses),
        )
        for way in job.ways
    )
    spans = () if span == Span() else (span,)
    return Activity(id=job.key, modes=modes, title=job.title, spans=spans)
