"""The whole answer to a scheduling problem: the best schedule, or, where it is proven that there is none, what stands in the way and what would do, in words."""

import msgspec

from stafftalks.analysis.schedule import Answer, Problem
from stafftalks.analysis.schedule_assumptions import Assumption, Granted
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_conflicts import conflict
from stafftalks.analysis.schedule_relaxations import relaxations
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.schedule_words import change_said, conflict_said, reason_said, relaxation_said
from stafftalks.analysis.watching import Clock, Watch, unwatched


class Reason(msgspec.Struct, frozen=True):
    """One of what cannot hold together, in words."""

    assumption: Assumption
    sentence: str


class Remedy(msgspec.Struct, frozen=True):
    """What would make a schedule possible, in words and as changes that another run can take as given. One was made and verified; `least` where less was proven not to be enough."""

    sentence: str
    changes: tuple[Granted, ...]
    said: tuple[str, ...]
    cost: int
    least: bool


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with the sound part of the problem, which it is about. `why`, `reasons` and `remedies` are told where there is no schedule; `minimal`: each of the reasons is needed for that."""

    problem: Problem
    answer: Answer
    why: str = ""
    reasons: tuple[Reason, ...] = ()
    minimal: bool = False
    remedies: tuple[Remedy, ...] = ()


def scheduled(problem: Problem, effort: Effort, clock: Clock, watch: Watch = unwatched) -> Scheduled:
    """The answer. Where there is no schedule, what stands in the way and what would do are sought for as long again each. Raises as `solve` does."""
    answer = solve(problem, effort, clock, watch)
    sound, _faults = checked(problem)
    if answer.state != "infeasible":
        return Scheduled(problem=sound, answer=answer)
    found = conflict(sound, effort, clock, watch)
    would_do = relaxations(sound, found.assumptions, effort, clock, watch)
    remedies = tuple(
        Remedy(
            relaxation_said(sound, each),
            tuple(Granted(one.assumption.kind, one.assumption.name, one.amount or None) for one in each.changes),
            tuple(change_said(sound, one) for one in each.changes),
            each.cost,
            each.least,
        )
        for each in would_do
    )
    return Scheduled(
        problem=sound,
        answer=answer,
        why=conflict_said(sound, found),
        reasons=tuple(Reason(each, reason_said(sound, each)) for each in found.assumptions),
        minimal=found.minimal,
        remedies=remedies,
    )
