"""Schedules from elements: when the activities of plans can be done on the forces and resources that they share, and whether phases close in time.

An activity starts no earlier than its window. Where an estimate says how long it lasts it must lie wholly inside; without one it lasts as long as its window, and may be done later, as when what it needs is
busy. Phases cost an hour for each hour that they close too late, unless they `must` close in time; then windows must be kept as well.
"""

from collections.abc import Mapping
from math import ceil

from stafftalks.analysis.risk_distributions import Distribution, wrong
from stafftalks.analysis.schedule import Activity, Arc, Mode, Phase, Problem, Resource, Span, Ticks, Use
from stafftalks.analysis.times import Times
from stafftalks.services import analyses_work
from stafftalks.services.analyses import Ask
from stafftalks.services.analyses_work import Job, Work
from stafftalks.services.ports import Headquarters


class Hours(Ticks, frozen=True):
    """Ticks of an hour, said by the times of the whole answer."""

    times: Times = Times()

    def said(self, tick: int) -> str:
        """`C+9/H+6`, or a date."""
        return self.times.said(tick)

    def lasting(self, ticks: int) -> str:
        """`3 days`, `6 hours`."""
        return Ticks("C", 24).lasting(ticks)


def prepared(
    hq: Headquarters,
    durations: Mapping[str, Distribution],
    *,
    contingency: str = "",
    private: bool = False,
    must: bool = False,
) -> tuple[Work, Problem]:
    """What is to be done as it stands now, and the problem of it; `durations` are estimates by folded key or title, of which the mean counts."""
    sound = {name: each for name, each in durations.items() if not wrong(each)}
    made = analyses_work.work(hq, Ask("schedule", contingency, private), sound)
    activities = tuple(_activity(job, must=must) for job in made.jobs)
    problem = Problem(
        activities=activities,
        arcs=tuple(Arc(before, job.key) for job in made.jobs for before in job.after),
        resources=tuple(
            Resource(id=name, capacity=amount, title=made.titles.get(name, name))
            for name, amount in made.supplies.items()
        ),
        phases=tuple(
            Phase(id=stage.name, activities=stage.jobs, due=stage.due, title=stage.name, hard=must)
            for stage in made.stages
            if stage.due is not None
        ),
        title=contingency,
        ticks=Hours(per_day=24, times=made.times),
    )
    return made, problem


def _activity(job: Job, *, must: bool) -> Activity:
    held = must or job.estimated
    span = Span(job.start, job.end if held else None)
    uses = tuple(Use(name, amount) for name, amount in job.uses)
    mode = Mode("", ceil(job.lasts or 0), uses)
    spans = () if span == Span() else (span,)
    return Activity(id=job.key, modes=(mode,), title=job.title, spans=spans)
