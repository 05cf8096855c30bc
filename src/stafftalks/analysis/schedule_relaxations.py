"""The least that would have to be given for a problem to have a schedule: of one thing alone, and of several together at the least cost.

Amounts are found by a model in which each assumption may give way; the problem is then built anew with exactly that much more, solved and verified: only what was
confirmed so is told. Costs are shares: one percent more of a resource counts as much as one percent more of the time that the whole takes at least, unless told otherwise.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.schedule import Problem
from stafftalks.analysis.schedule_assumptions import Assumption, most_that_helps, relaxed
from stafftalks.analysis.schedule_bounds import earliest_end
from stafftalks.analysis.schedule_columns import Columns, columns
from stafftalks.analysis.schedule_conflicts import Trial
from stafftalks.analysis.schedule_model import Elastic, Model
from stafftalks.analysis.schedule_solving import Effort
from stafftalks.analysis.watching import Clock, Progress, Watch, unwatched

_WHOLE: Final = 10_000
_STEP: Final = "what would do"
Costs = Mapping[Assumption, int]
"""What one piece, or one tick, more of an assumption costs."""


class Change(msgspec.Struct, frozen=True):
    """So much more of an assumption: pieces, or ticks; 0 of an order or windows, which are given up."""

    assumption: Assumption
    amount: int


class Relaxation(msgspec.Struct, frozen=True):
    """With these changes there is a schedule: one was made and verified. `least` where it is proven that less is not enough."""

    changes: tuple[Change, ...]
    cost: int
    least: bool


def relaxations(
    problem: Problem,
    among: Sequence[Assumption],
    effort: Effort,
    clock: Clock,
    watch: Watch = unwatched,
    costs: Costs | None = None,
    *,
    alone: bool = True,
) -> tuple[Relaxation, ...]:
    """What would make a schedule possible, the cheapest first: each of these assumptions `alone`, where it can, and the cheapest mix of all of them."""
    until = clock() + effort.seconds
    trial = Trial(effort, clock, watch, _STEP)
    weights = {each: (costs or {}).get(each) or _cost(problem, each) for each in among}
    found: list[Relaxation] = []
    asked: list[tuple[Assumption, ...]] = [(each,) for each in among] if alone else []
    if len(among) > 1 or not alone:
        asked.append(tuple(among))
    for at, chosen in enumerate(asked):
        left = until - clock()
        if left <= 0 or trial.stopped:
            break
        share = left / (len(asked) - at)
        made = _least(problem, chosen, weights, msgspec.structs.replace(effort, seconds=share), clock, watch)
        if made is None or any(set(one.changes) == set(made.changes) for one in found):
            continue
        amounts = {change.assumption: change.amount if _elastic(change.assumption) else None for change in made.changes}
        if trial.possible(relaxed(problem, amounts)):
            found.append(made)
    return tuple(sorted(found, key=lambda one: (one.cost, len(one.changes))))


def _elastic(assumption: Assumption) -> bool:
    return assumption.kind not in ("order", "windows")


def _cost(problem: Problem, assumption: Assumption) -> int:
    if assumption.kind == "resource":
        most = max(
            max([each.capacity, *(change.capacity for change in each.changes)])
            for each in problem.resources
            if each.id in assumption.about
        )
        return max(_WHOLE // max(most, 1), 1)
    made = columns(problem)
    return max(_WHOLE // max(earliest_end(made) * made.scale, 1), 1)


def _least(
    problem: Problem, chosen: tuple[Assumption, ...], weights: Costs, effort: Effort, clock: Clock, watch: Watch
) -> Relaxation | None:
    """The cheapest amounts of these; None where no amount is enough, or none was found in the time."""
    rigid = [each for each in chosen if not _elastic(each)]
    if rigid and len(chosen) > 1:
        # Of what can only be given up as a whole, each is told alone; a mix gives amounts.
        chosen = tuple(each for each in chosen if _elastic(each))
    if not chosen:
        return None
    if not _elastic(chosen[0]):
        possible = Trial(effort, clock, watch, _STEP).possible(relaxed(problem, {chosen[0]: None}))
        return Relaxation((Change(chosen[0], 0),), _WHOLE, least=True) if possible else None
    loose = _loosened(problem, chosen)
    roomy = {name for each in chosen if each.kind == "resource" for name in each.about}
    made = columns(loose, like=problem, roomy=roomy)
    elastic = [_as_elastic(problem, made, each, weights[each]) for each in chosen]
    model = Model(made, "more", elastic=elastic)
    found = model.solve(
        effort.seconds,
        workers=effort.workers,
        seed=effort.seed,
        told=lambda value, bound: watch(Progress(_STEP, best=value, bound=bound, measured="cost")),
    )
    if found.start is None:
        return None
    changes = tuple(
        Change(each, amount if each.kind == "resource" else amount * made.scale)
        for each, amount in zip(chosen, found.more, strict=True)
        if amount
    )
    cost = sum(weights[change.assumption] * change.amount for change in changes)
    return Relaxation(changes, cost, least=found.status == "optimal")


def _loosened(problem: Problem, chosen: tuple[Assumption, ...]) -> Problem:
    """Without the windows and dates that the model holds itself; resources keep what there is, with room for uses larger than that."""
    return relaxed(problem, {each: None for each in chosen if each.kind != "resource"})


def _as_elastic(problem: Problem, made: Columns, assumption: Assumption, cost: int) -> Elastic:
    number = {activity.id: at for at, activity in enumerate(made.problem.activities)}

    def tick(at: int) -> int:
        return (at - problem.start) // made.scale

    about = set(assumption.about)
    most = most_that_helps(problem, assumption)
    if assumption.kind == "resource":
        return Elastic(most, cost, resources=assumption.about)
    most = most // made.scale + 1
    if assumption.kind == "phase":
        ends = [
            (number[each], tick(phase.due))
            for phase in problem.phases
            if phase.id in about
            for each in phase.activities
        ]
        return Elastic(most, cost * made.scale, ends=tuple(ends))
    bounds = [
        (number[each.id], each.spans[0]) for each in problem.activities if each.id in about and len(each.spans) == 1
    ]
    if assumption.kind == "deadline":
        return Elastic(
            most, cost * made.scale, ends=tuple((at, tick(span.end)) for at, span in bounds if span.end is not None)
        )
    return Elastic(
        most, cost * made.scale, starts=tuple((at, tick(span.start)) for at, span in bounds if span.start is not None)
    )
