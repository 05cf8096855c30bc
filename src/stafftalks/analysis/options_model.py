"""The choice as one mixed-integer programme, solved by HiGHS.

Commitments y (one for each force), employments x (one for each force, requirement and scenario in which it could serve), what is short of each requirement in each scenario, and the
worst weighted shortfall. y and x are whole: with employments that may be split the optimum comes out too good.

Why HiGHS: it and CP-SAT agree on the worst case; HiGHS also closes the expected shortfall, where CP-SAT leaves some percent open, and it is built into one process with the rest. The version is pinned:
1.13 and 1.14 are wrong about some small programmes, and 1.15 cannot be loaded beside OR-Tools (ADR 0015).
"""

import math
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import highspy
import msgspec
import numpy as np
import numpy.typing as npt
from highspy.highs import HighsCallbackEvent

from stafftalks.analysis.options_problem import Problem
from stafftalks.analysis.watching import Progress, Watch

Numbers = npt.NDArray[np.float64]
_INFINITE: Final = highspy.kHighsInf
_FAR: Final = 1e20
_SLACK: Final = 1e-6
_SET: Final = 0.5
_WHOLE: Final = 0.999
"""Objectives are whole numbers: a gap below one is none."""


class Layout(NamedTuple):
    """Where things stand among the columns of the programme: y first, then x by scenario, then what is short, then the worst."""

    employed: tuple[int, ...]
    short: int
    worst: int
    columns: int


class Sum(NamedTuple):
    """A sum of columns, each with its weight."""

    columns: npt.NDArray[np.int32]
    weights: Numbers


class Found(msgspec.Struct, frozen=True):
    """What a solve gave: values of the columns, or None where it found nothing in time; its value and bound as whole numbers; whether that is proven the best."""

    values: tuple[float, ...] | None
    value: int | None
    bound: int
    proven: bool
    stopped: bool
    seconds: float


class Model:
    """One programme whose goal is changed from stage to stage; what earlier stages reached is kept as rows."""

    def __init__(self, problem: Problem, scenarios: Sequence[int], *, whole: Collection[int] | None = None) -> None:
        """The programme over these scenarios only; where `whole` is given, forces may be split between requirements in all others: a bound."""
        self.problem, self.scenarios = problem, tuple(scenarios)
        self.layout, lp = _programme(problem, self.scenarios, self.scenarios if whole is None else whole)
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own signature
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", _WHOLE)
        self._highs.passModel(lp)

    def worst(self) -> Sum:
        """The worst weighted shortfall."""
        return Sum(np.array([self.layout.worst], np.int32), np.ones(1))

    def expected(self) -> Sum:
        """The weighted shortfalls, each times how likely its scenario is, as whole numbers."""
        weights = np.array(self.problem.weights(), float)
        likely = [self.problem.likelihood[scenario] for scenario in self.scenarios]
        columns = np.arange(self.layout.short, self.layout.worst, dtype=np.int32)
        return Sum(columns, np.concatenate([weights * share for share in likely]))

    def cost(self) -> Sum:
        """What all that is committed costs."""
        count = len(self.problem.forces)
        return Sum(np.arange(count, dtype=np.int32), np.array([force.cost for force in self.problem.forces], float))

    def aim(self, goal: Sum) -> None:
        """Minimises this sum from now on."""
        cost = np.zeros(self.layout.columns)
        cost[goal.columns] = goal.weights
        self._highs.changeColsCost(self.layout.columns, np.arange(self.layout.columns, dtype=np.int32), cost)

    def at_most(self, kept: Sum, most: float) -> None:
        """Keeps this sum at or below `most` from now on."""
        self._highs.addRow(-_INFINITE, most, len(kept.columns), kept.columns, kept.weights)

    def commit(self, *, least: Collection[int] = (), most: Collection[int] | None = None) -> None:
        """From now on, the forces in `least` are committed, and none but those in `most`."""
        count = len(self.problem.forces)
        low, high = np.zeros(count), np.ones(count)
        low[list(least)] = 1
        if most is not None:
            high[:] = 0
            high[list(most)] = 1
        self._highs.changeColsBounds(count, np.arange(count, dtype=np.int32), low, high)

    def start(self, committed: Collection[int], employed: Sequence[Collection[int]]) -> None:
        """Begins the next solve from this choice, employments by scenario of the problem, which must keep every rule."""
        problem, layout = self.problem, self.layout
        values = np.zeros(layout.columns)
        values[list(committed)] = 1
        for place, (scenario, first) in enumerate(zip(self.scenarios, layout.employed, strict=True)):
            left = list(problem.demand[scenario])
            for number in employed[scenario]:
                values[first + number] = 1
                left[problem.serving[scenario][number][1]] -= problem.serving[scenario][number][2]
            short = np.maximum(left, 0)
            low = layout.short + place * len(short)
            values[low : low + len(short)] = short
            values[layout.worst] = max(values[layout.worst], short @ np.array(problem.weights()))
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._highs.setSolution(solution)

    def chosen(self, found: Found) -> tuple[frozenset[int], tuple[frozenset[int], ...]] | None:
        """The forces committed and, by place in `scenarios`, the places in `serving` that are employed; None where nothing was found."""
        if found.values is None:
            return None
        values = np.array(found.values) > _SET
        employed = tuple(
            frozenset(np.flatnonzero(values[first : first + len(self.problem.serving[scenario])]).tolist())
            for scenario, first in zip(self.scenarios, self.layout.employed, strict=True)
        )
        return frozenset(np.flatnonzero(values[: len(self.problem.forces)]).tolist()), employed

    def shortfalls(self, found: Found) -> list[float]:
        """What was found to be short, weighted, in each scenario: less than whole employments leave where they may be split."""
        if found.values is None:
            return [0.0] * len(self.scenarios)
        weights = np.array(self.problem.weights(), float)
        short = np.array(found.values)[self.layout.short : self.layout.worst].reshape(len(self.scenarios), -1)
        return [float(row) for row in short @ weights]

    def solve(self, seconds: float, watch: Watch, step: str, *, nodes: int | None = None) -> Found:
        """The best found within so many seconds of the solver's clock; with `nodes`, within so many nodes of its search."""
        highs, stopped = self._highs, False
        before = highs.getRunTime()
        highs.setOptionValue("time_limit", max(seconds, 0.01))
        if nodes is not None:
            highs.setOptionValue("mip_max_nodes", nodes)

        def ask(event: HighsCallbackEvent) -> None:
            nonlocal stopped
            data = event.data_out
            best = data.mip_primal_bound if abs(data.mip_primal_bound) < _FAR else None
            bound = data.mip_dual_bound if abs(data.mip_dual_bound) < _FAR else None
            if not watch(Progress(step, best=best, bound=bound)):
                stopped = True
                event.interrupt()

        highs.cbMipInterrupt += ask
        try:
            highs.run()
        finally:
            highs.cbMipInterrupt -= ask
        status, info = highs.getModelStatus(), highs.getInfo()
        proven = status == highspy.HighsModelStatus.kOptimal
        has = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = tuple(highs.getSolution().col_value) if has else None
        value = round(info.objective_function_value) if has else None
        known = info.mip_dual_bound if abs(info.mip_dual_bound) < _FAR else 0.0
        bound = value if proven and value is not None else max(0, math.ceil(known - _SLACK))
        return Found(values, value, bound, proven, stopped, highs.getRunTime() - before)


def _programme(problem: Problem, scenarios: Sequence[int], whole: Collection[int]) -> tuple[Layout, highspy.HighsLp]:
    forces, rows = len(problem.forces), len(problem.requirements)
    employed, column = [], forces
    for scenario in scenarios:
        employed.append(column)
        column += len(problem.serving[scenario])
    short, worst = column, column + rows * len(scenarios)
    layout = Layout(tuple(employed), short, worst, worst + 1)
    built = _Rows()
    for place, scenario in enumerate(scenarios):
        _one_scenario(problem, scenario, employed[place], short + place * rows, worst, built)
    for limit in problem.limits:
        own = [number for number, force in enumerate(problem.forces) if force.party == limit.party]
        if limit.forces is not None:
            built.add(-_INFINITE, limit.forces, own, [1] * len(own))
        if limit.cost is not None:
            built.add(-_INFINITE, limit.cost, own, [problem.forces[number].cost for number in own])
    if problem.budget is not None:
        built.add(-_INFINITE, problem.budget, range(forces), [force.cost for force in problem.forces])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = layout.columns, len(built.low)
    lp.col_cost_ = np.zeros(layout.columns)
    lp.col_lower_ = np.zeros(layout.columns)
    upper = np.ones(layout.columns)
    upper[short:worst] = [need for scenario in scenarios for need in problem.demand[scenario]]
    upper[worst] = _INFINITE
    lp.col_upper_ = upper
    lp.row_lower_, lp.row_upper_ = np.array(built.low, float), np.array(built.high, float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(built.start, np.int32)
    lp.a_matrix_.index_ = np.array(built.index, np.int32)
    lp.a_matrix_.value_ = np.array(built.value, float)
    # What is short is whole wherever y and x are. It is said all the same, so that no rule of presolve about continuous columns is asked.
    kinds = [highspy.HighsVarType.kInteger] * layout.columns
    for place, scenario in enumerate(scenarios):
        if scenario not in whole:
            parts = (
                range(employed[place], employed[place] + len(problem.serving[scenario])),
                range(short + place * rows, short + (place + 1) * rows),
            )
            for column in (*parts[0], *parts[1]):
                kinds[column] = highspy.HighsVarType.kContinuous
    lp.integrality_ = kinds
    return layout, lp


class _Rows:
    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.start: list[int] = [0]
        self.index: list[int] = []
        self.value: list[float] = []

    def add(self, low: float, high: float, columns: Sequence[int], weights: Sequence[float]) -> None:
        self.low.append(low)
        self.high.append(high)
        self.index.extend(columns)
        self.value.extend(weights)
        self.start.append(len(self.index))


def _one_scenario(problem: Problem, scenario: int, first: int, short: int, worst: int, built: _Rows) -> None:
    serving, demand = problem.serving[scenario], problem.demand[scenario]
    by_force: dict[int, dict[int, int]] = {}
    by_row: dict[int, list[tuple[int, int]]] = {}
    for column, (force, row, quantity) in enumerate(serving, first):
        by_force.setdefault(force, {})[row] = column
        by_row.setdefault(row, []).append((column, quantity))
    for force, columns in by_force.items():
        # One at a time, and only if committed: one row for each set of requirements that exclude each other.
        sets = {tuple(row for row in clique if row in columns) for clique in problem.cliques}
        for rows in sorted(one for one in sets if one and not any(set(one) < set(other) for other in sets)):
            built.add(-_INFINITE, 0, [*(columns[row] for row in rows), force], [*[1.0] * len(rows), -1.0])
    for row, need in enumerate(demand):
        if need:
            able = by_row.get(row, [])
            # What serves more than is needed serves as much as is needed: a tighter row with the same answers.
            quantities = [float(min(quantity, need)) for _column, quantity in able]
            built.add(need, _INFINITE, [*(column for column, _ in able), short + row], [*quantities, 1.0])
    lift = problem.scenarios[scenario].lift
    if lift is not None:
        lifts = [problem.forces[force].lift for force, _row, _quantity in serving]
        built.add(-_INFINITE, lift, range(first, first + len(serving)), lifts)
    rows_count = len(demand)
    built.add(-_INFINITE, 0, [*range(short, short + rows_count), worst], [*problem.weights(), -1.0])
