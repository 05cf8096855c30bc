"""The best schedule in the time given: first a fast search, then the solver, which improves and proves; every answer is verified before it is given.

1. What cannot be scheduled is left out, with a sentence each (`schedule_checks`).
2. A search makes schedules (`schedule_search`), to its share of the time, or until no schedule can be better or nothing better has come for long. In between, early on, CP-SAT
   has a short go: it closes what is easy, and what it finds goes into the search.
3. CP-SAT begins from the best of them (`schedule_model`): for the least lateness first, then for the earliest end.
4. The answer is verified by code that shares nothing with what made it (`schedule_verifying`).
"""

import math
from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.analysis.schedule import Answer, Placed, Problem, State, Value
from stafftalks.analysis.schedule_bounds import earliest_end, hopeless, least_lateness
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_columns import Columns, columns
from stafftalks.analysis.schedule_model import Aim, Found, Model
from stafftalks.analysis.schedule_modes import Ints
from stafftalks.analysis.schedule_search import Search
from stafftalks.analysis.schedule_verifying import closures, verify_schedule
from stafftalks.analysis.watching import Clock, Progress, Watch, unwatched

_CHUNK: Final = 400
"""Schedules between two looks at the watch at the start; then as many as take a twentieth of a second."""
LATENESS_SHARE: Final = 0.6
"""Of the seconds, that the search may have at most where lateness counts and it goes on getting better."""
_FIRST_SHARE: Final = 0.04
"""Of the seconds, for the search before the solver's short go; and for that go itself:"""
_GO_SHARE: Final = 0.08
_MODES_A_SECOND: Final = 400
"""With more modes than this for each second of a short go, the solver would not come to anything in it."""
_BESIDE_S: Final = 0.05
_KEEP_S: Final = 1.0
_SCHEDULES_A_SECOND: Final = 2_000
_WORK_A_SECOND: Final = 0.1
Keep = Callable[[Answer], None]
"""Given the best schedule so far, for whoever may not be there at the end."""


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How hard to try. With `schedules` the search makes so many, whatever the time; without, it has `search_share` of the seconds. `prove` False: search alone.

    With `any_will_do` the first schedule is enough. With `work` the solver counts what it does instead of time, for each of its goals, and has one worker: with `schedules` as well,
    one seed makes one answer, however fast the machine and however many its cores (`counted`).
    """

    seconds: float = 10.0
    seed: int = 1
    schedules: int | None = None
    work: float | None = None
    search_share: float = 0.35
    workers: int = 8
    prove: bool = True
    any_will_do: bool = False


def counted(seconds: float, *, seed: int = 1) -> Effort:
    """An effort of which each step is counted, not timed: so many schedules and so much of the solver's work as take some such time for a middling problem."""
    schedules = max(round(_SCHEDULES_A_SECOND * seconds), 1)
    return Effort(seconds=seconds, seed=seed, workers=1, schedules=schedules, work=_WORK_A_SECOND * seconds)


def solve(problem: Problem, effort: Effort, clock: Clock, watch: Watch = unwatched, keep: Keep | None = None) -> Answer:
    """The best schedule found, and what is proven. `keep` is given better ones on the way, at most one a second.

    Raises MisuseError where the problem is too large, UnsoundScheduleError never but for a fault in here.
    """
    sound, faults = checked(problem)

    def told(answer: Answer) -> Answer:
        return msgspec.structs.replace(answer, faults=faults)

    run = _Run(sound, effort, clock, watch, None if keep is None else lambda answer: keep(told(answer)))
    return told(run.answer())


class _Run:
    """One run: the best so far in columns' ticks, and what is proven."""

    def __init__(self, problem: Problem, effort: Effort, clock: Clock, watch: Watch, keep: Keep | None = None) -> None:
        self.problem = problem
        self.effort = effort
        self.clock = clock
        self.watch = watch
        self.began = clock()
        self.columns: Columns = columns(problem)
        self.stopped = False
        self.start: Ints | None = None
        self.mode: Ints | None = None
        self.value = (0, 0)
        self.bound = (0, 0)
        self.schedules = 0
        self.state: State = "unknown"
        self.keep = keep
        self.kept: tuple[int, int] | None = None
        self.kept_at = self.began

    def answer(self) -> Answer:
        if not self.columns.count:
            nothing = Value(0, self.problem.start)
            return Answer(state="optimal", value=nothing, bound=nothing)
        if hopeless(self.columns):
            return Answer(state="infeasible")
        self.bound = (least_lateness(self.columns), earliest_end(self.columns))
        search = Search(self.columns, self.effort.seed)
        if self._tell("compiling", "any"):
            search.go_on(1)
        # The first search of an installation waits for its loops to be compiled, which is not counted.
        self.began = self.clock()
        *first, last = self._shares()
        for share in first:
            if self._going():
                self._search(search, self.effort.seconds * share)
            if self._going():
                self._prove(self.effort.seconds * _GO_SHARE)
            if self.start is not None and self.mode is not None:
                search.learn(self.start, self.mode, self.value)
        if self._going():
            self._search(search, self.effort.seconds * last)
        if self.effort.prove and self._going():
            self._prove(self._left())
        return self._told()

    def _going(self) -> bool:
        return not self.stopped and self.state == "unknown" and not self._closed()

    def _closed(self) -> bool:
        return self.start is not None and (self.value == self.bound or self.effort.any_will_do)

    def _shares(self) -> tuple[float, ...]:
        """Up to which share of the seconds the search goes on; the solver has a short go after each but the last."""
        if not self.effort.prove:
            return (1.0,)
        last = LATENESS_SHARE if self._counts() else self.effort.search_share
        modes = len(self.columns.net.duration)
        short = self.effort.schedules is not None or modes > _MODES_A_SECOND * _GO_SHARE * self.effort.seconds
        return (last,) if short else (_FIRST_SHARE, last)

    def _counts(self) -> bool:
        return any(not phase.hard for phase in self.problem.phases)

    def _left(self) -> float:
        return self.effort.seconds - (self.clock() - self.began)

    def _tell(self, step: str, aim: Aim, best: int | None = None, bound: int | None = None) -> bool:
        """Tells the watch how far it is; value and bound of the aim in columns' ticks."""
        share = min((self.clock() - self.began) / self.effort.seconds, 1.0) if self.effort.seconds > 0 else 1.0
        if aim in ("lateness", "end"):
            told = Progress(step, share, self._shown(aim, best), self._shown(aim, bound), aim)
        else:
            told = Progress(step, share)
        going = self.watch(told)
        self.stopped = self.stopped or not going
        self._keep_best()
        return going

    def _keep_best(self) -> None:
        now = self.clock()
        better = self.start is not None and (self.kept is None or self.value < self.kept)
        if self.keep is not None and better and (self.kept is None or now - self.kept_at >= _KEEP_S):
            self.kept, self.kept_at = self.value, now
            self.keep(self._told())

    def _shown(self, aim: Aim, value: int | None) -> int | None:
        if value is None:
            return None
        return value * self.columns.scale if aim == "lateness" else self.columns.tick(value)

    def _search(self, search: Search, until: float) -> None:
        """Goes on with the search until so many seconds have passed since the beginning."""
        began = self.clock()
        chunk = _CHUNK
        best, bettered = search.value, began
        while True:
            before = self.clock()
            if self.effort.schedules is not None:
                chunk = max(min(chunk, self.effort.schedules - search.schedules), 0)
            search.go_on(chunk)
            broken, late, end = search.value
            if search.value < best:
                best, bettered = search.value, self.clock()
            if not broken:
                self.start, self.mode = search.best
                self.value = (late, end)
            if not self._tell_of("search", "lateness" if self._late() else "end") or self._closed():
                break
            if self.effort.schedules is not None and search.schedules >= self.effort.schedules:
                break
            now = self.clock()
            if self.effort.schedules is None:
                # Where the search finds nothing the solver may: it reasons, and can prove that there is nothing.
                if now - self.began >= (until if self.start is not None or not self.effort.prove else until / 4):
                    break
                # The search may go on getting better for long, or soon have nothing more to give.
                quiet = 3 if self._counts() else 2
                if self.effort.prove and self.effort.seconds / 8 <= now - began < quiet * (now - bettered):
                    break
                chunk = max(int(chunk * min(_BESIDE_S / max(now - before, 1e-6), 4)), 10)
        self.schedules = search.schedules

    def _late(self) -> bool:
        return self.value[0] > 0 or (self.start is None and self._counts())

    def _prove(self, seconds: float) -> None:
        """Has the solver at it for so long."""
        until = self.clock() + seconds if self.effort.work is None else math.inf
        if self.effort.any_will_do:
            self.state = "infeasible" if self._aimed("any", seconds).status == "infeasible" else self.state
            return
        if (self._late() and self.value[0] != self.bound[0]) or (self._late() and self.start is None):
            found = self._aimed("lateness", seconds * 0.95)
            if found.status == "infeasible":
                self.state = "infeasible"
                return
            if found.bound is not None:
                self.bound = (
                    max(self.bound[0], min(found.bound, self.value[0]) if self.start is not None else found.bound),
                    self.bound[1],
                )
        if self.stopped or self.state == "infeasible" or self._closed() or self.clock() >= until:
            return
        found = self._aimed("end", until - self.clock())
        if found.status == "infeasible":
            self.state = "infeasible"
        elif found.bound is not None and self.start is not None and self.value[0] == self.bound[0]:
            # Of schedules with so little lateness none ends earlier; it says nothing of those with more, which are worse anyway.
            self.bound = (self.bound[0], max(self.bound[1], min(found.bound, self.value[1])))

    def _aimed(self, aim: Aim, seconds: float) -> Found:
        known = self.start is not None
        model = Model(
            self.columns,
            aim,
            latest_end=self.value[1] if known and aim == "end" else None,
            # Told not to pass the lateness that is known, the solver was slower to better it: the hint is enough.
            most_late=self.value[0] if known and aim == "end" else None,
        )
        if self.start is not None and self.mode is not None:
            model.hint(self.start, self.mode)

        found = model.solve(
            seconds,
            workers=self.effort.workers,
            seed=self.effort.seed,
            told=lambda value, bound: self._tell_of("solver", aim, value, bound),
            work=self.effort.work,
        )
        self.stopped = self.stopped or found.stopped
        if found.start is not None and found.mode is not None:
            value = self._measured(found.start, found.mode)
            if self.start is None or value < self.value:
                self.start, self.mode, self.value = found.start, found.mode, value
        return found

    def _tell_of(self, step: str, aim: Aim, value: int | None = None, bound: int | None = None) -> bool:
        """Tells the better of what this step has come to and what was known: the solver need begin neither with what the search found nor with what is proven."""
        at = 0 if aim == "lateness" else 1
        known = None if self.start is None else self.value[at]
        best = min((each for each in (value, known) if each is not None), default=None)
        least = max(self.bound[at], bound or 0)
        return self._tell(step, aim, best, least if best is None else min(least, best))

    def _measured(self, start: Ints, mode: Ints) -> tuple[int, int]:
        net = self.columns.net
        ends = start + net.duration[mode]
        late = 0
        for phase in range(len(net.due)):
            closes = ends[net.phase_member[net.phase_first[phase] : net.phase_first[phase + 1]]].max()
            if not net.hard[phase]:
                late += int(max(closes - net.due[phase], 0) * net.weight[phase])
        return late, int(ends.max(initial=0))

    def _told(self) -> Answer:
        if self.start is None or self.mode is None:
            return Answer(state=self.state, schedules=self.schedules, stopped=self.stopped)
        columns = self.columns
        placed = tuple(
            Placed(
                activity.id,
                int(columns.modes[self.mode[at]]),
                columns.tick(int(self.start[at])),
                columns.tick(int(self.start[at] + columns.net.duration[self.mode[at]])),
            )
            for at, activity in enumerate(self.problem.activities)
        )
        value = Value(self.value[0] * columns.scale, columns.tick(self.value[1]) if placed else self.problem.start)
        bound = Value(self.bound[0] * columns.scale, columns.tick(self.bound[1]))
        verify_schedule(self.problem, placed, value)
        return Answer(
            state="optimal" if value == bound else "feasible",
            placed=placed,
            value=value,
            bound=bound,
            closures=closures(self.problem, placed),
            schedules=self.schedules,
            stopped=self.stopped,
        )
