"""Risk from elements: the network of activities, with estimates of how long they last."""

from collections.abc import Mapping

import msgspec

from stafftalks.analysis import risk
from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk import Question, Risk
from stafftalks.analysis.risk_distributions import Distribution, Fixed
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use
from stafftalks.analysis.risk_reading import NONE, Estimates
from stafftalks.analysis.times import Times
from stafftalks.analysis.watching import Watch, unwatched
from stafftalks.services import analyses_work
from stafftalks.services.analyses import Ask, Basis
from stafftalks.services.analyses_work import TICK_S, Job, Work
from stafftalks.services.ports import Headquarters


class Risky(msgspec.Struct, frozen=True):
    """The answer with what it stands on; ticks are hours, said by `times`."""

    basis: Basis
    risk: Risk
    times: Times
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]


def prepared(
    hq: Headquarters, estimates: Estimates = NONE, *, contingency: str = "", private: bool = False
) -> tuple[Work, Network]:
    """What is to be done as it stands now, and the network of it."""
    made = analyses_work.work(hq, Ask("risk", contingency, private), estimates.durations)
    tasks = tuple(_task(job, estimates) for job in made.jobs)
    supplies = tuple(
        Supply(name, (Step(0, amount),), estimates.opens.get(name)) for name, amount in made.supplies.items()
    )
    closures = tuple(Closure(stage.name, stage.jobs) for stage in made.stages)
    return made, Network(tasks, supplies, closures, TICK_S)


def answered(made: Work, network: Network, question: Question, watch: Watch = unwatched) -> Risky:
    """The answer; raises MisuseError where nothing can be reckoned with or the question has no meaning."""
    answer = risk.run(network, question, watch=watch)
    every = tuple(made.gathered.fault(fault) for fault in (*made.faults, *answer.faults))
    return Risky(made.gathered.basis, answer, made.times, made.titles, every)


def _task(job: Job, estimates: Estimates) -> Task:
    duration = _estimate(job, estimates.durations) or Fixed(float(job.lasts or 0))
    ready = _estimate(job, estimates.ready)
    if ready is None and job.start is not None:
        ready = Fixed(float(job.start))
    uses = tuple(Use(name, amount) for name, amount in job.uses)
    return Task(job.key, duration, tuple(Link(key) for key in job.after), uses, ready)


def _estimate(job: Job, given: Mapping[str, Distribution]) -> Distribution | None:
    return given.get(job.key.casefold(), given.get(folded(job.title)))
