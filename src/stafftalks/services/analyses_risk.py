"""Risk from elements: the network of activities, with what they and estimates say of how long they last.

Of activities that can be done in several ways one way is reckoned with: the one that is named, as a schedule has chosen it, else the first, and the account says which.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.analysis import risk
from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk import Question, Risk
from stafftalks.analysis.risk_distributions import Fixed
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use
from stafftalks.analysis.risk_reading import NONE, Estimates
from stafftalks.analysis.times import Times
from stafftalks.analysis.watching import Watch, unwatched
from stafftalks.services import analyses_work
from stafftalks.services.analyses import Ask, Basis
from stafftalks.services.analyses_work import TICK_S, Job, Way, Work
from stafftalks.services.ports import Headquarters

NO_WAYS: Final[Mapping[str, int]] = {}


class Risky(msgspec.Struct, frozen=True):
    """The answer with what it stands on; ticks are hours, said by `times`."""

    basis: Basis
    risk: Risk
    times: Times
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]


def prepared(
    hq: Headquarters,
    estimates: Estimates = NONE,
    *,
    contingency: str = "",
    private: bool = False,
    ways: Mapping[str, int] = NO_WAYS,
) -> tuple[Work, Network]:
    """What is to be done as it stands now, and the network of it; `ways` are the numbers of ways that are taken, by activity."""
    made = analyses_work.work(hq, Ask("risk", contingency, private), estimates.durations)
    tasks = tuple(_task(job, estimates, _taken(job, ways)) for job in made.jobs)
    supplies = tuple(
        Supply(name, tuple(Step(*step) for step in ((0, there.amount), *there.changes)), estimates.opens.get(name))
        for name, there in made.supplies.items()
    )
    closures = tuple(Closure(stage.name, stage.jobs) for stage in made.stages)
    return made, Network(tasks, supplies, closures, TICK_S)


def dues(made: Work) -> dict[str, int]:
    """When each phase is due, where that is said."""
    return {stage.name: stage.due for stage in made.stages if stage.due is not None}


def answered(
    made: Work,
    network: Network,
    question: Question,
    watch: Watch = unwatched,
    *,
    ways: Mapping[str, int] = NO_WAYS,
) -> Risky:
    """The answer, `ways` as it was prepared with; raises MisuseError where nothing can be reckoned with or the question has no meaning."""
    answer = risk.run(network, question, watch=watch)
    told = tuple(each.sentence for each in other_ways(made, ways))
    answer = msgspec.structs.replace(answer, account=(*answer.account, *told))
    every = tuple(made.gathered.fault(fault) for fault in (*made.faults, *answer.faults))
    return Risky(made.gathered.basis, answer, made.times, made.titles, every)


def other_ways(made: Work, ways: Mapping[str, int] = NO_WAYS) -> tuple[Fault, ...]:
    """For each activity with several ways, with which of them it is reckoned: the others are left out."""
    return tuple(
        Fault(
            job.key,
            "modes",
            f"“{job.title}” can be done in {len(job.ways)} ways: it is reckoned with “{_taken(job, ways).name}”.",
        )
        for job in made.jobs
        if len(job.ways) > 1
    )


def _taken(job: Job, ways: Mapping[str, int]) -> Way:
    number = ways.get(job.key, 0)
    return job.ways[number if number < len(job.ways) else 0]


def _task(job: Job, estimates: Estimates, way: Way) -> Task:
    ready = estimates.ready.get(job.key.casefold(), estimates.ready.get(folded(job.title)))
    if ready is None and job.start is not None:
        ready = Fixed(float(job.start))
    uses = tuple(Use(name, amount) for name, amount in way.uses)
    after = tuple(Link(key, lag) for key, lag in job.after)
    return Task(job.key, way.lasts or Fixed(0.0), after, uses, ready)
