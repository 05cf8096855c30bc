"""The least worst case of many scenarios, by those that decide it.

The worst case hangs on few scenarios. Employments are whole only in those, and may be split in the others, which can only make the value better: a bound. What it commits is then held up against every
scenario by itself, with whole employments: a value. Where the two meet, it is proven; otherwise the scenarios that were worse are made whole as well, and so on.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.analysis.options_answer import shortfall
from stafftalks.analysis.options_greedy import employments
from stafftalks.analysis.options_model import Model
from stafftalks.analysis.options_problem import Problem
from stafftalks.analysis.watching import Progress, Watch, unwatched

MANY: Final = 4
"""Below so many scenarios all are whole at once."""
_FIRST: Final = 2
_MORE: Final = 3


class Worst(msgspec.Struct, frozen=True):
    """The best choice found, its worst shortfall, a bound, and the seconds of the solver."""

    committed: frozenset[int]
    employed: tuple[frozenset[int], ...]
    value: int
    bound: int
    seconds: float
    stopped: bool


def least_worst(
    made: Problem, committed: frozenset[int], employed: Sequence[frozenset[int]], seconds: float, watch: Watch
) -> Worst:
    """The least worst case, from a choice that is known."""
    numbers = range(len(made.scenarios))
    shortfalls = [shortfall(made, number, employed[number]) for number in numbers]
    best = Worst(committed, tuple(employed), max(shortfalls), 0, 0.0, stopped=False)
    whole = sorted(numbers, key=lambda number: (-shortfalls[number], number))[:_FIRST]
    while best.bound < best.value and best.seconds < seconds and not best.stopped:
        model = Model(made, numbers, whole=whole)
        model.aim(model.worst())

        def told(progress: Progress, known: Worst = best) -> bool:
            bound = max(known.bound, progress.bound or 0)
            return watch(Progress("worst case", best=known.value, bound=bound))

        found = model.solve(seconds - best.seconds, told, "worst case")
        bound = max(best.bound, min(found.bound, best.value))
        best = msgspec.structs.replace(best, bound=bound, seconds=best.seconds + found.seconds, stopped=found.stopped)
        chosen = model.chosen(found)
        if chosen is None:
            break
        held, spent = [], 0.0
        for number in numbers:
            own, took = recourse(made, chosen[0], number, max(seconds - best.seconds - spent, 0.1))
            held.append(own)
            spent += took
        shortfalls = [shortfall(made, number, held[number]) for number in numbers]
        if max(shortfalls) <= best.value:
            best = msgspec.structs.replace(best, committed=chosen[0], employed=tuple(held), value=max(shortfalls))
        best = msgspec.structs.replace(best, seconds=best.seconds + spent)
        worse = [number for number in numbers if shortfalls[number] > best.bound and number not in whole]
        if not worse:
            break
        whole += sorted(worse, key=lambda number: (-shortfalls[number], number))[:_MORE]
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
