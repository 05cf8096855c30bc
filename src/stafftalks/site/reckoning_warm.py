"""Has the loops of an analysis compiled by a small problem, and kept where numba keeps them, before a process is shut off; from then on what cannot be kept is only used."""

import time
from typing import Any

from stafftalks.analysis import risk, schedule_solving
from stafftalks.analysis.compiling import COMPILED
from stafftalks.analysis.risk import Question
from stafftalks.analysis.risk_distributions import Fixed, Pert
from stafftalks.analysis.risk_network import Link, Network, Step, Supply, Task
from stafftalks.analysis.risk_network import Use as Held
from stafftalks.analysis.schedule import Activity, Arc, Mode, Phase, Problem, Resource, Use
from stafftalks.analysis.schedule_solving import Effort
from stafftalks.services.run_rows import RunAnalysis


def warm(analysis: RunAnalysis) -> None:
    """Everything of this analysis loaded, compiled and kept."""
    if not COMPILED:
        return
    if analysis == "schedule":
        schedule_solving.solve(_PROBLEM, Effort(schedules=20, prove=False), time.monotonic)
    elif analysis == "risk":
        risk.run(_NETWORK, Question(draws=20))
    _use_without_keeping()


def _use_without_keeping() -> None:
    from numba.core import caching

    kept: Any = caching.Cache
    keep = kept.save_overload

    def save_overload(self: Any, sig: Any, data: Any) -> None:
        try:
            keep(self, sig, data)
        except OSError:
            return

    kept.save_overload = save_overload


_PROBLEM = Problem(
    activities=tuple(
        Activity(id=name, modes=(Mode("", 2, (Use("berth", 1),)), Mode("fast", 1, (Use("berth", 2),))))
        for name in "abc"
    ),
    arcs=(Arc("a", "c"),),
    resources=(Resource(id="berth", capacity=2),),
    phases=(Phase(id="all", activities=("a", "b", "c"), due=1),),
)
_NETWORK = Network(
    (
        Task("a", Pert(1, 2, 4), uses=(Held("berth", 1),)),
        Task("b", Fixed(2), (Link("a"),), (Held("berth", 1),), Pert(0, 1, 2)),
        Task("c", Fixed(1), uses=(Held("berth", 1),)),
    ),
    (Supply("berth", (Step(0, 1),)),),
)
