"""Risk at a point of a sweep: by when a closure comes in how many draws. The draws of a seed are the same in every point."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.analysis import risk
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk import BATCH, Question
from stafftalks.analysis.risk_columns import problem
from stafftalks.analysis.risk_distributions import Distribution, Empirical, Fixed, Pert, Triangular
from stafftalks.analysis.risk_network import Closure, Network, Step, Supply, Task
from stafftalks.analysis.risk_statistics import closing
from stafftalks.analysis.sweep_points import EVERYTHING, Change
from stafftalks.analysis.sweep_rows import Column, Value
from stafftalks.analysis.sweep_values import RiskSubject

SHARES: Final = (0.5, 0.8, 0.9)
SURE: Final = 0.8
COLUMNS: Final = (
    Column("closed in 80%", "whole", "The tick by which it is closed in 80 of 100 draws; empty for never.", less=True),
    Column("mean", "number", "The mean tick at which it is closed, over the draws in which it is.", less=True),
    Column("closed in 50%", "whole", "The tick by which it is closed in half of the draws."),
    Column("closed in 90%", "whole", "The tick by which it is closed in 90 of 100 draws."),
    Column("never", "number", "The share of draws in which it is never closed.", less=True),
    Column("too late", "number", "The share of draws in which it is not closed by the date asked about.", less=True),
)


class RiskReckoner:
    """Draws over one network, again and again."""

    columns = COLUMNS
    lasts = True
    draws = True

    def __init__(self, subject: RiskSubject) -> None:
        made, self.faults = problem(subject.network, 1)
        self._subject = subject
        risk.need_meaning(made, self._question(1))

    faults: tuple[Fault, ...]

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch there is."""
        return tuple(dict.fromkeys(name for some in self._subject.branches.values() for name in some))

    @property
    def things(self) -> tuple[str, ...]:
        """What can drop out, shrink or come late."""
        return tuple(each.id for each in self._subject.network.supplies)

    @property
    def forces(self) -> tuple[str, ...]:
        """Those of them that are forces. Here any resource may be one."""
        return self.things

    @property
    def activities(self) -> tuple[str, ...]:
        """What can come late or last longer."""
        return tuple(each.id for each in self._subject.network.tasks)

    def moves(self, change: Change) -> bool:
        """Whether a change makes any difference to the network."""
        return _changed(self._subject.network, change) != self._subject.network

    def row(self, branch: str, changes: Sequence[Change], seed: int) -> tuple[bool, tuple[Value, ...]]:
        """Whether it is closed in 80 of 100 draws, by the date where one is asked about, and the columns."""
        subject = self._subject
        network = self._in_branch(branch) if branch else subject.network
        for change in changes:
            network = _changed(network, change)
        made, _faults = problem(network, seed)
        question = self._question(seed)
        risk.need_meaning(made, question)
        goal = made.closures.index(subject.goal)
        firsts = range(0, subject.draws, BATCH)
        drawn = [risk.draw(made, question, first, min(BATCH, subject.draws - first)).closed[goal] for first in firsts]
        dates = () if subject.by is None else (subject.by,)
        found = closing(subject.goal, np.concatenate(drawn), SHARES, dates)
        half, most, surest = (each.tick for each in found.quantiles)
        late = None
        if subject.by is not None:
            late = 1 - next(each.chance.value for each in found.curve if each.tick == subject.by)
        met = most is not None and (late is None or late <= 1 - SURE + 1e-9)
        mean = None if found.mean is None else round(found.mean.value, 6)
        late = None if late is None else round(late, 6)
        return met, (most, mean, half, surest, round(found.never.value, 6), late)

    def _question(self, seed: int) -> Question:
        subject = self._subject
        return Question(seed=seed, draws=subject.draws, policy=subject.policy, goal=subject.goal)

    def _in_branch(self, branch: str) -> Network:
        network, of = self._subject.network, self._subject.branches
        kept = {each.id for each in network.tasks if branch in of.get(each.id, ()) or not of.get(each.id)}
        tasks = tuple(
            msgspec.structs.replace(each, after=tuple(link for link in each.after if link.task in kept))
            for each in network.tasks
            if each.id in kept
        )
        closures = tuple(
            Closure(each.name, tuple(name for name in each.tasks if name in kept)) for each in network.closures
        )
        return msgspec.structs.replace(network, tasks=tasks, closures=closures)


def _changed(network: Network, change: Change) -> Network:
    return msgspec.structs.replace(
        network,
        tasks=tuple(_task(each, change) if change.name in (each.id, EVERYTHING) else each for each in network.tasks),
        supplies=tuple(_supply(each, change) if each.id == change.name else each for each in network.supplies),
    )


def _task(task: Task, change: Change) -> Task:
    ready = task.ready
    if change.late:
        ready = Fixed(float(change.late)) if ready is None else turned(ready, 1.0, change.late)
    return msgspec.structs.replace(task, duration=turned(task.duration, change.lasts / 100, 0), ready=ready)


def _supply(supply: Supply, change: Change) -> Supply:
    opens = supply.opens
    if change.late:
        opens = Fixed(float(change.late)) if opens is None else turned(opens, 1.0, change.late)
    steps = tuple(Step(each.tick, each.amount * change.share // 100) for each in supply.steps)
    return msgspec.structs.replace(supply, steps=steps, opens=opens)


def turned(distribution: Distribution, times: float, more: float) -> Distribution:
    """The distribution of what lasts `times` as long, or comes so much later."""
    match distribution:
        case Fixed(value):
            return Fixed(value * times + more)
        case Triangular(low, likely, high):
            return Triangular(low * times + more, likely * times + more, high * times + more)
        case Pert(low, likely, high):
            return Pert(low * times + more, likely * times + more, high * times + more)
        case Empirical(values):
            return Empirical(tuple(value * times + more for value in values))
