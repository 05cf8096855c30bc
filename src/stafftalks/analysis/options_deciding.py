"""The least shortfall over many scenarios, by those that decide it.

Employments are whole only in some scenarios, and may be split in the others, which can only make the value better: a bound. What it commits is then held up against every scenario by itself, with whole
employments: a value. Where the two meet, it is proven; otherwise the scenarios that fell furthest behind are made whole as well, and so on. The worst case hangs on few scenarios, and begins with the two that are worst by
the plain rule; the expected shortfall begins with none.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from stafftalks.analysis.options_answer import shortfall
from stafftalks.analysis.options_greedy import employments
from stafftalks.analysis.options_model import Found, Model
from stafftalks.analysis.options_problem import Problem
from stafftalks.analysis.watching import Progress, Watch, unwatched

Goal = Literal["worst case", "expected shortfall"]
MANY: Final = 4
"""Below so many scenarios all are whole at once."""
_FIRST: Final = 2
_MORE: Final = 4
_KEPT: Final = 0.25


class Least(msgspec.Struct, frozen=True):
    """The best choice found, its value in whole numbers, a bound, and the seconds of the solver."""

    committed: frozenset[int]
    employed: tuple[frozenset[int], ...]
    value: int
    bound: int
    seconds: float
    stopped: bool


def least(
    made: Problem,
    committed: frozenset[int],
    employed: Sequence[frozenset[int]],
    goal: Goal,
    seconds: float,
    watch: Watch,
    *,
    most_worst: int | None = None,
) -> Least:
    """The least of a goal, from a choice that is known; with `most_worst`, only among those whose worst case is no worse."""
    numbers = range(len(made.scenarios))
    shortfalls = [shortfall(made, number, employed[number]) for number in numbers]
    best = Least(committed, tuple(employed), _value(made, goal, shortfalls), 0, 0.0, stopped=False)
    whole: list[int] = []
    if goal == "worst case":
        whole += sorted(numbers, key=lambda number: (-shortfalls[number], number))[:_FIRST]
    while best.bound < best.value and best.seconds < seconds and not best.stopped:
        model = Model(made, numbers, whole=whole)
        if most_worst is not None:
            model.at_most(model.worst(), most_worst + _KEPT)
        model.aim(model.worst() if goal == "worst case" else model.expected())
        model.start(best.committed, best.employed)
        found = model.solve(seconds - best.seconds, _told(watch, goal, best), goal)
        best = msgspec.structs.replace(
            best,
            bound=max(best.bound, min(found.bound, best.value)),
            seconds=best.seconds + found.seconds,
            stopped=found.stopped,
        )
        chosen = model.chosen(found)
        if chosen is None:
            break
        best, shortfalls = _held_up(made, goal, best, chosen[0], seconds, most_worst)
        behind = _behind(made, goal, shortfalls, model, found, best.bound)
        more = sorted(
            (number for number in numbers if number not in whole and behind[number] > 0), key=lambda n: -behind[n]
        )
        if not more:
            break
        whole += more[:_MORE]
    return best


def recourse(made: Problem, committed: frozenset[int], number: int, seconds: float) -> tuple[frozenset[int], float]:
    """The employments that leave least short in one scenario with these forces, and the seconds of the solver."""
    plain = frozenset(employments(made, number, committed))
    if not shortfall(made, number, plain):
        return plain, 0.0
    model = Model(made, [number])
    model.commit(least=committed, most=committed)
    model.aim(model.worst())
    by_scenario: list[frozenset[int]] = [frozenset()] * len(made.scenarios)
    by_scenario[number] = plain
    model.start(committed, by_scenario)
    found = model.solve(seconds, unwatched, "worst case")
    chosen = model.chosen(found)
    if chosen is None or shortfall(made, number, chosen[1][0]) > shortfall(made, number, plain):
        return plain, found.seconds
    return chosen[1][0], found.seconds


def _held_up(
    made: Problem, goal: Goal, best: Least, committed: frozenset[int], seconds: float, most_worst: int | None
) -> tuple[Least, list[int]]:
    """The better of the best and these forces in every scenario by itself, and what these leave short."""
    held, spent = [], best.seconds
    for number in range(len(made.scenarios)):
        own, took = recourse(made, committed, number, max(seconds - spent, 0.1))
        held.append(own)
        spent += took
    best = msgspec.structs.replace(best, seconds=spent)
    shortfalls = [shortfall(made, number, own) for number, own in enumerate(held)]
    value = _value(made, goal, shortfalls)
    if value <= best.value and (most_worst is None or max(shortfalls) <= most_worst):
        best = msgspec.structs.replace(best, committed=committed, employed=tuple(held), value=value)
    return best, shortfalls


def _value(made: Problem, goal: Goal, shortfalls: Sequence[int]) -> int:
    if goal == "worst case":
        return max(shortfalls)
    return sum(share * short for share, short in zip(made.likelihood, shortfalls, strict=True))


def _behind(
    made: Problem, goal: Goal, shortfalls: Sequence[int], model: Model, found: Found, bound: int
) -> list[float]:
    """How far each scenario is behind what its bound took for possible."""
    if goal == "worst case":
        return [short - bound for short in shortfalls]
    split = model.shortfalls(found)
    return [share * (short - own) for share, short, own in zip(made.likelihood, shortfalls, split, strict=True)]


def _told(watch: Watch, goal: Goal, known: Least) -> Watch:
    def told(progress: Progress) -> bool:
        return watch(Progress(goal, best=known.value, bound=max(known.bound, progress.bound or 0)))

    return told
