"""Why a problem has no schedule: a smallest set of what it rests on that cannot hold together, found by halves over problems that are built anew.

Taking away counts only where it is proven that what is left has no schedule still; where that could not be told in the time, the set holds together no more than was proven,
but may be larger than need be, and says so.

Source: Junker, "QuickXplain: preferred explanations and relaxations for over-constrained problems", AAAI 2004.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.analysis.schedule import Problem
from stafftalks.analysis.schedule_assumptions import Assumption, assumptions, without
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.analysis.watching import Clock, Progress, Watch, unwatched

MOST: Final = 5
"""Sets that cannot hold together, told beside each other."""
_SCHEDULES: Final = 60
"""Made for a quick yes, before the solver is asked."""


class Conflict(msgspec.Struct, frozen=True):
    """What cannot hold together: without any one of them the rest can, where `minimal`. Empty where the problem has a schedule, or nothing was proven."""

    assumptions: tuple[Assumption, ...]
    minimal: bool
    proven: bool
    stopped: bool = False


class Trial:
    """Asks whether problems have a schedule, within a time for all of it and a part of that for each."""

    def __init__(self, effort: Effort, clock: Clock, watch: Watch, step: str = "what stands in the way") -> None:
        """Nothing asked yet; time runs from now. `step` is what the watch is told."""
        self._step = step
        self._effort = effort
        self._clock = clock
        self._watch = watch
        self._until = clock() + effort.seconds
        self.asked = 0
        self.stopped = False

    def possible(self, problem: Problem) -> bool | None:
        """Whether there is a schedule; None where neither could be shown in the time."""
        self.asked += 1
        going = self._heard()
        left = self._until - self._clock()
        if not going or left <= 0:
            self.stopped = self.stopped or not going
            return None
        # Only whether there is one is asked: the least of nothing is proven by the first schedule.
        plain = msgspec.structs.replace(problem, phases=tuple(phase for phase in problem.phases if phase.hard))
        effort = Effort(
            seconds=min(left, max(self._effort.seconds / 8, 1.0)),
            seed=self._effort.seed,
            schedules=_SCHEDULES,
            workers=self._effort.workers,
            any_will_do=True,
        )
        found = solve(plain, effort, self._clock, lambda _progress: self._heard())
        self.stopped = self.stopped or found.stopped
        return True if found.placed or found.state == "optimal" else False if found.state == "infeasible" else None

    def _heard(self) -> bool:
        """Tells how many problems were asked; what these are worth says nothing of the one that was given."""
        return self._watch(Progress(self._step, done=self.asked))


def conflict(problem: Problem, effort: Effort, clock: Clock, watch: Watch = unwatched) -> Conflict:
    """A smallest set of what the problem rests on that has no schedule. `effort.seconds` is for all of it."""
    trial = Trial(effort, clock, watch)
    search = _Halves(problem, trial)
    if trial.possible(problem) is not False:
        return Conflict((), minimal=False, proven=False, stopped=trial.stopped)
    found = search.smallest(search.all)
    return Conflict(tuple(found), minimal=not search.unsure and not trial.stopped, proven=True, stopped=trial.stopped)


def conflicts(
    problem: Problem, effort: Effort, clock: Clock, watch: Watch = unwatched, most: int = MOST
) -> tuple[Conflict, ...]:
    """The first smallest set, and then others that cannot hold together beside it, none of them about the same; up to `most`. `effort.seconds` is for all of them."""
    until = clock() + effort.seconds
    found: list[Conflict] = []
    left = problem
    while len(found) < most and (seconds := until - clock()) > 0:
        one = conflict(left, msgspec.structs.replace(effort, seconds=seconds), clock, watch)
        if not one.proven:
            break
        found.append(one)
        if not one.assumptions or one.stopped:
            break
        left = without(left, one.assumptions)
    return tuple(found)


class _Halves:
    def __init__(self, problem: Problem, trial: Trial) -> None:
        self._problem = problem
        self._trial = trial
        order = ("order", "phase", "deadline", "ready", "windows", "resource")
        # What stands last is the first to be kept: an answer that names resources and dates is of more use than one that names every readiness.
        self.all = sorted(assumptions(problem), key=lambda each: order.index(each.kind))
        self.unsure = False

    def smallest(self, among: Sequence[Assumption]) -> list[Assumption]:
        """A smallest part of these that is impossible, with nothing else held."""
        return self._needed([], [], list(among))

    def _impossible(self, held: Sequence[Assumption]) -> bool:
        gone = [each for each in self.all if each not in held]
        possible = self._trial.possible(without(self._problem, gone))
        self.unsure = self.unsure or possible is None
        return possible is False

    def _needed(self, held: list[Assumption], fresh: list[Assumption], among: list[Assumption]) -> list[Assumption]:
        if fresh and self._impossible(held):
            return []
        if len(among) <= 1:
            return among
        half = len(among) // 2
        one, other = among[:half], among[half:]
        second = self._needed([*held, *one], one, other)
        first = self._needed([*held, *second], second, one)
        return [*first, *second]
