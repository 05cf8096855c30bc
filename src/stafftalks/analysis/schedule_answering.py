"""The whole answer to a scheduling problem: the best schedule, or, where it is proven that there is none, what stands in the way and what would do, in words."""

from collections.abc import Callable

import msgspec

from stafftalks.analysis.schedule import Answer, Problem
from stafftalks.analysis.schedule_assumptions import Assumption, Granted
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_conflicts import conflict
from stafftalks.analysis.schedule_relaxations import Relaxation, relaxations
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


class InTheWay(msgspec.Struct, frozen=True):
    """Why there is no schedule, in words, and what would do, the cheapest first. `minimal`: without any one of the reasons there would be one. All empty where nothing was settled in the time."""

    why: str = ""
    reasons: tuple[Reason, ...] = ()
    minimal: bool = False
    remedies: tuple[Remedy, ...] = ()


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with the sound part of the problem, which it is about; where it is proven that there is no schedule, with what stands in the way."""

    problem: Problem
    answer: Answer
    in_the_way: InTheWay | None = None


def scheduled(problem: Problem, effort: Effort, clock: Clock, watch: Watch = unwatched) -> Scheduled:
    """The answer. Where there is no schedule, what stands in the way and what would do are sought for as long again each. Raises as `solve` does."""
    answer = solve(problem, effort, clock, watch)
    sound, _faults = checked(problem)
    found = in_the_way(sound, effort, clock, watch) if answer.state == "infeasible" and not answer.stopped else None
    return Scheduled(problem=sound, answer=answer, in_the_way=found)


def in_the_way(
    sound: Problem,
    effort: Effort,
    clock: Clock,
    watch: Watch = unwatched,
    keep: Callable[[InTheWay], None] | None = None,
) -> InTheWay:
    """What stands in the way of a schedule of a sound problem that has none. `keep` is given the reasons while what would do is still sought."""
    found = conflict(sound, effort, clock, watch)
    reasons = tuple(Reason(each, reason_said(sound, each)) for each in found.assumptions)
    told = InTheWay(conflict_said(sound, found), reasons, found.minimal)
    if keep is not None:
        keep(told)
    if found.stopped:
        return told
    would_do = relaxations(sound, found.assumptions, effort, clock, watch)
    return msgspec.structs.replace(told, remedies=tuple(_remedy(sound, each) for each in would_do))


def _remedy(sound: Problem, found: Relaxation) -> Remedy:
    changes = tuple(Granted(one.assumption.kind, one.assumption.name, one.amount or None) for one in found.changes)
    said = tuple(change_said(sound, one) for one in found.changes)
    return Remedy(relaxation_said(sound, found), changes, said, found.cost, found.least)
