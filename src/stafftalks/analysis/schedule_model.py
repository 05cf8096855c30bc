"""The problem as a model of OR-Tools' CP-SAT: proves, improves what the search found, and says what no schedule can beat.

An interval for each activity and mode, exactly one of which is there; order and lags as inequalities, resources as cumulatives in which what is missing at a time is an interval
that stands fixed. The search's schedule comes along as a hint, and its value as what must not be passed.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
import numpy as np
from ortools.sat.python import cp_model

from stafftalks.analysis.schedule_columns import Columns
from stafftalks.analysis.schedule_modes import Ints

Aim = Literal["lateness", "end", "any", "more"]
POLL_S: Final = 0.05


class Found(msgspec.Struct, frozen=True):
    """What the solver came to: starts and modes (rows of the columns), the value of what was aimed at, and its bound; None where there is none."""

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    start: Ints | None
    mode: Ints | None
    value: int | None
    bound: int | None
    stopped: bool = False
    more: tuple[int, ...] = ()


class Elastic(msgspec.Struct, frozen=True):
    """What may be more, by up to `most`, each piece at a cost: what there is of resources, how late activities end, how early they start (activity, tick)."""

    most: int
    cost: int
    resources: tuple[str, ...] = ()
    ends: tuple[tuple[int, int], ...] = ()
    starts: tuple[tuple[int, int], ...] = ()


class Model:
    """The model for one aim. `least` holds lateness at what it is while the end is aimed at."""

    def __init__(
        self,
        columns: Columns,
        aim: Aim,
        *,
        latest_end: int | None = None,
        most_late: int | None = None,
        elastic: Sequence[Elastic] = (),
    ) -> None:
        """Every schedule that ends by `latest_end` and has no more than `most_late` of lateness, in columns' ticks."""
        self.columns = columns
        self.aim = aim
        self.model = cp_model.CpModel()
        net = columns.net
        self.more = [self.model.new_int_var(0, each.most, f"more{at}") for at, each in enumerate(elastic)]
        self.horizon = net.horizon if latest_end is None else min(latest_end, net.horizon)
        self._times(columns)
        for more, each in zip(self.more, elastic, strict=True):
            for activity, due in each.ends:
                self.model.add(self.end[activity] <= due + more)
            for activity, ready in each.starts:
                self.model.add(self.start[activity] >= ready - more)
        self._resources(
            columns, {name: more for more, each in zip(self.more, elastic, strict=True) for name in each.resources}
        )
        self._aims(columns, most_late)
        if aim == "more":
            self.model.minimize(sum(each.cost * more for more, each in zip(self.more, elastic, strict=True)))

    def _times(self, columns: Columns) -> None:
        net, model, horizon = columns.net, self.model, self.horizon
        self.start: list[cp_model.IntVar] = []
        self.end: list[Any] = []
        self.present: list[cp_model.IntVar] = []
        self.intervals: list[cp_model.IntervalVar] = []
        for activity in range(columns.count):
            modes = range(net.mode_first[activity], net.mode_first[activity + 1])
            spans = [
                (int(net.span_start[row]), int(net.span_end[row]))
                for row in range(net.span_first[activity], net.span_first[activity + 1])
            ]
            domains = [
                cp_model.Domain.from_intervals(
                    [
                        [first, min(last, horizon) - int(net.duration[mode])]
                        for first, last in spans
                        if first <= min(last, horizon) - int(net.duration[mode])
                    ]
                )
                for mode in modes
            ]
            whole = cp_model.Domain.from_intervals([])
            for domain in domains:
                whole = whole.union_with(domain)
            if whole.is_empty():
                whole = cp_model.Domain(0, 0)
                model.add_bool_or([])
            start = model.new_int_var_from_domain(whole, f"s{activity}")
            self.start.append(start)
            if len(modes) == 1:
                duration = int(net.duration[modes[0]])
                self.present.append(model.new_constant(1))
                self.intervals.append(model.new_fixed_size_interval_var(start, duration, f"i{activity}"))
                self.end.append(start + duration)
                continue
            literals = [model.new_bool_var(f"m{mode}") for mode in modes]
            model.add_exactly_one(literals)
            for mode, literal, domain in zip(modes, literals, domains, strict=True):
                duration = int(net.duration[mode])
                self.intervals.append(model.new_optional_fixed_size_interval_var(start, duration, literal, f"i{mode}"))
                if domain.is_empty():
                    model.add(literal == 0)
                elif domain.flattened_intervals() != whole.flattened_intervals():
                    model.add_linear_expression_in_domain(start, domain).only_enforce_if(literal)
            self.present += literals
            end = model.new_int_var(0, horizon, f"e{activity}")
            model.add(
                end
                == start + sum(int(net.duration[mode]) * literal for mode, literal in zip(modes, literals, strict=True))
            )
            self.end.append(end)
        for activity in range(columns.count):
            for row in range(net.after_first[activity], net.after_first[activity + 1]):
                model.add(self.start[net.after[row]] >= self.end[activity] + int(net.after_lag[row]))

    def _resources(self, columns: Columns, more: Mapping[str, cp_model.IntVar]) -> None:
        net, model = columns.net, self.model
        for at, resource in enumerate(columns.renewable):
            users = [mode for mode in range(len(net.duration)) if columns.use[mode, at] and net.duration[mode]]
            levels = level_changes(columns, at)
            most = max(level for _from, _to, level in levels)
            least = min(level for _from, _to, level in levels)
            if sum(int(columns.use[mode, at]) for mode in users) <= least and resource.id not in more:
                continue
            intervals = [self.intervals[mode] for mode in users]
            demands = [int(columns.use[mode, at]) for mode in users]
            for begin, stop, level in levels:
                if level < most and begin < self.horizon:
                    intervals.append(
                        model.new_fixed_size_interval_var(
                            begin, min(stop, self.horizon) - begin, f"{resource.id}{begin}"
                        )
                    )
                    demands.append(most - level)
            model.add_cumulative(intervals, demands, most + more[resource.id] if resource.id in more else most)
        stocks = [resource.id for resource in columns.problem.resources if not resource.renewable]
        for stock, name in enumerate(stocks):
            model.add(
                sum(
                    int(net.draw[mode, stock]) * self.present[mode]
                    for mode in range(len(net.duration))
                    if net.draw[mode, stock]
                )
                <= int(net.stock[stock]) + more.get(name, 0)
            )

    def _aims(self, columns: Columns, most_late: int | None) -> None:
        net, model = columns.net, self.model
        lates = []
        self.closes: list[cp_model.IntVar] = []
        for phase in range(len(net.due)):
            members = net.phase_member[net.phase_first[phase] : net.phase_first[phase + 1]].tolist()
            due, weight = int(net.due[phase]), int(net.weight[phase])
            if net.hard[phase]:
                for member in members:
                    model.add(self.end[member] <= due)
                continue
            if not weight:
                continue
            late = model.new_int_var(0, max(self.horizon - due, 0), f"late{phase}")
            self.closes.append(late)
            for member in members:
                model.add(late >= self.end[member] - due)
            lates.append(weight * late)
        self.lateness = sum(lates) if lates else 0
        if most_late is not None and lates:
            model.add(self.lateness <= most_late)
        self.last = model.new_int_var(0, self.horizon, "end")
        for activity in range(columns.count):
            if net.after_first[activity] == net.after_first[activity + 1] or (net.after_lag < 0).any():
                model.add(self.last >= self.end[activity])
        if self.aim == "lateness":
            model.minimize(self.lateness)
        elif self.aim == "end":
            model.minimize(self.last)

    def hint(self, start: Ints, mode: Ints) -> None:
        """Begins from this schedule."""
        net, model = self.columns.net, self.model
        for activity in range(self.columns.count):
            model.add_hint(self.start[activity], int(start[activity]))
            if net.mode_first[activity + 1] - net.mode_first[activity] > 1:
                for row in range(net.mode_first[activity], net.mode_first[activity + 1]):
                    model.add_hint(self.present[row], int(row == mode[activity]))
                model.add_hint(self.end[activity], int(start[activity] + net.duration[mode[activity]]))
        ends = start + net.duration[mode]
        model.add_hint(self.last, int(ends.max(initial=0)))

    def solve(
        self,
        seconds: float,
        *,
        workers: int,
        seed: int,
        told: Callable[[int | None, int | None], bool],
        work: float | None = None,
    ) -> Found:
        """The best schedule for so many seconds; `told` hears the value and the bound every now and then, and ends it by giving False.

        With `work` it is not time that ends it but how much was done, as the solver counts it, and there is one worker: the same answer however fast the machine and however many its cores.
        """
        solver = cp_model.CpSolver()
        if work is None:
            solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        else:
            solver.parameters.max_deterministic_time = max(work, 0.001)
        solver.parameters.num_workers = workers if work is None else 1
        solver.parameters.random_seed = seed
        solver.parameters.catch_sigint_signal = False
        heard = _Heard()
        solver.best_bound_callback = heard.bound_is
        ended = threading.Event()
        status: list[cp_model.CpSolverStatus] = []

        def run() -> None:
            try:
                status.append(solver.solve(self.model, heard))
            finally:
                ended.set()

        # The solver runs beside, so that whoever waits for it is told how far it is, and can end it, at any time.
        beside = threading.Thread(target=run, daemon=True)
        beside.start()
        stopped = False
        try:
            while not ended.wait(POLL_S):
                # Told again, for it may not have begun to listen when it was told first.
                stopped = stopped or not told(heard.best, heard.bound)
                if stopped:
                    solver.stop_search()
        finally:
            if not ended.is_set():
                solver.stop_search()
            beside.join()
        if not status:
            raise RuntimeError("the solver ended without an answer")
        return self._found(solver, status[0], stopped=stopped)

    def _found(self, solver: cp_model.CpSolver, status: cp_model.CpSolverStatus, *, stopped: bool) -> Found:
        if status == cp_model.INFEASIBLE:
            return Found("infeasible", None, None, None, None, stopped)
        # Bounds are whole numbers here; what the solver gives as a fraction is safe to be raised by less than its own precision only.
        raw = solver.best_objective_bound
        bound = int(np.ceil(raw - 1e-6)) if np.isfinite(raw) else None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found("unknown", None, None, None, bound, stopped)
        net = self.columns.net
        start = np.array([solver.value(each) for each in self.start], np.int64)
        mode = np.array(
            [
                next(
                    row
                    for row in range(net.mode_first[at], net.mode_first[at + 1])
                    if solver.boolean_value(self.present[row])
                )
                for at in range(self.columns.count)
            ],
            np.int64,
        )
        kind: Literal["optimal", "feasible"] = "optimal" if status == cp_model.OPTIMAL else "feasible"
        more = tuple(solver.value(each) for each in self.more)
        return Found(kind, start, mode, round(solver.objective_value), bound, stopped, more)


class _Heard(cp_model.CpSolverSolutionCallback):
    """Keeps the last value and bound that the solver told."""

    def __init__(self) -> None:
        super().__init__()
        self.best: int | None = None
        self.bound: int | None = None

    def on_solution_callback(self) -> None:
        """A better schedule was found."""
        self.best = round(self.objective_value)

    def bound_is(self, bound: float) -> None:
        """It was proven that none is better than this."""
        self.bound = int(np.ceil(bound - 1e-6))


def level_changes(columns: Columns, resource: int) -> list[tuple[int, int, int]]:
    """How much there is of a renewable resource: from, until, how much, in columns' ticks, over the whole horizon."""
    held = columns.renewable[resource]
    edges, levels = [0], [held.capacity]
    for change in held.changes:
        at = max((change.at - columns.problem.start) // columns.scale, 0)
        if at >= columns.net.horizon:
            break
        if at == edges[-1]:
            levels[-1] = change.capacity
        else:
            edges.append(at)
            levels.append(change.capacity)
    return list(zip(edges, [*edges[1:], columns.net.horizon], levels, strict=True))
