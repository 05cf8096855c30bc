"""The whole answer to a scheduling problem: the best schedule, or, where it is proven that there is none, what stands in the way and what would do, in words."""

from collections.abc import Callable

import msgspec

from stafftalks.analysis.schedule import Answer, Problem
from stafftalks.analysis.schedule_assumptions import Assumption, Granted, assumptions
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_conflicts import MOST, Conflict, conflicts
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
    """Why there is no schedule, in words, and what would do, the cheapest first. All empty where nothing was settled in the time.

    `reasons` cannot hold together; `minimal`: left without any one of them, the others can. Each of `further` are other reasons that cannot either, whatever becomes of the first.
    """

    why: str = ""
    reasons: tuple[Reason, ...] = ()
    minimal: bool = False
    further: tuple[tuple[Reason, ...], ...] = ()
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
    found = conflicts(sound, effort, clock, watch)
    if not found:
        return InTheWay()
    first, *others = found
    further = tuple(_reasons(sound, each) for each in others)
    told = InTheWay(conflict_said(sound, first), _reasons(sound, first), first.minimal, further)
    if keep is not None:
        keep(told)
    if found[-1].stopped:
        return told
    would_do = _what_would_do(sound, found, effort, clock, watch)
    return msgspec.structs.replace(told, remedies=tuple(_remedy(sound, each) for each in would_do))


def _what_would_do(
    sound: Problem, found: tuple[Conflict, ...], effort: Effort, clock: Clock, watch: Watch
) -> tuple[Relaxation, ...]:
    """Of one conflict each part alone and the cheapest mix. No part of one helps against several: then the cheapest mix of all, of dates alone, of resources alone; where there may be more of them, of everything."""
    among = [each for one in found for each in one.assumptions]
    if len(found) == 1:
        return relaxations(sound, among, effort, clock, watch)
    if len(found) == MOST:
        among = list(assumptions(sound))
    until = clock() + effort.seconds
    mixes = [
        among,
        [each for each in among if each.kind != "resource"],
        [each for each in among if each.kind == "resource"],
    ]
    told: list[Relaxation] = []
    for at, mix in enumerate(mixes):
        share = msgspec.structs.replace(effort, seconds=max(until - clock(), 0.0) / (len(mixes) - at))
        made = relaxations(sound, mix, share, clock, watch, alone=False) if mix else ()
        told += [each for each in made if all(set(each.changes) != set(one.changes) for one in told)]
    return tuple(sorted(told, key=lambda each: (each.cost, len(each.changes))))


def _reasons(sound: Problem, found: Conflict) -> tuple[Reason, ...]:
    return tuple(Reason(each, reason_said(sound, each)) for each in found.assumptions)


def _remedy(sound: Problem, found: Relaxation) -> Remedy:
    changes = tuple(Granted(one.assumption.kind, one.assumption.name, one.amount or None) for one in found.changes)
    said = tuple(change_said(sound, one) for one in found.changes)
    return Remedy(relaxation_said(sound, found), changes, said, found.cost, found.least)
