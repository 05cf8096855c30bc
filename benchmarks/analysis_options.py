"""Robust allocation: the three goals, beside HiGHS and CP-SAT given the worst case alone, as one would write it down, for as long."""

import time
from collections.abc import Callable, Iterator

import highspy
import numpy as np
from ortools.sat.python import cp_model

from benchmarks.analysis_options_world import choice
from benchmarks.lines import Line, at_most
from stafftalks.analysis.options import choose, option
from stafftalks.analysis.options_answer import Stage
from stafftalks.analysis.options_contributions import contributions, sides
from stafftalks.analysis.options_problem import Problem, problem

FULL = ((200, 60, 20), 60.0, (1, 2, 3))
QUICK = ((60, 24, 8), 4.0, (1,))
"""Forces, requirements and scenarios; seconds for each solver; seeds."""
Plain = tuple[float | None, float, float]
"""The value found, its bound and the seconds it took."""


def lines(*, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    sizes, seconds, seeds = QUICK if quick else FULL
    for seed in seeds:
        made, _ = problem(choice(*sizes, seed))
        name = f"{sizes[0]} forces x {sizes[1]} requirements x {sizes[2]} scenarios, two sides, seed {seed}"
        tell(f"robust allocation, {name}")
        begun = time.perf_counter()
        chosen = choose(made, seconds)
        spent = time.perf_counter() - begun
        option(made, chosen)  # verified
        worst, expected, cost = chosen.stages
        tell("HiGHS used plainly")
        by_highs = highs_plainly(made, seconds)
        tell("CP-SAT used plainly")
        by_cp_sat = cp_sat_plainly(made, seconds)
        for other, found in (("HiGHS", by_highs), ("CP-SAT", by_cp_sat)):
            value = "nothing" if found[0] is None else f"{found[0]:,.0f}"
            what = f"{name}: {other} used plainly, worst case alone: {value}, bound {found[1]:,.0f}"
            yield Line(what, found[2], "s")
        what = f"{name}: worst case {said(worst)}, first of three goals"
        first = chosen.seconds[0]
        yield Line(what, first, "s", "of CP-SAT used plainly", first / by_cp_sat[2])
        yield Line(what, first, "s", "of HiGHS used plainly", first / by_highs[2])
        best = min((found[0] for found in (by_highs, by_cp_sat) if found[0] is not None), default=worst.value)
        what = f"{name}: worst case {said(worst)}, of it expected {said(expected, sum(made.likelihood))}, cost {said(cost)}"
        yield at_most(what, spent, "s, all three", "the better of both, worst case", worst.value / (best or 1), 1)
        if max(by_highs[1], by_cp_sat[1]) > worst.value + 0.5:
            raise RuntimeError("a bound lies above a value that was verified")
    made, _ = problem(choice(40, 15, 6, 1))
    tell("contributions")
    begun = time.perf_counter()
    found = contributions(made, sides(made), seconds=seconds)
    yield Line("what two sides bring, 40 x 15 x 6, four coalitions", time.perf_counter() - begun, "s")
    packages = {f"package {n}": tuple(f.id for f in made.forces[n::8]) for n in range(8)}
    begun = time.perf_counter()
    found = contributions(made, packages, pairs=3 if quick else 30, seconds=seconds)
    each = (time.perf_counter() - begun) / found.coalitions * 1000
    yield Line(f"what eight packages bring by drawn orders, {found.coalitions} coalitions, each", each, "ms")


def said(stage: Stage, scale: float = 1) -> str:
    """A stage in a few words."""
    value = f"{stage.value / scale:,.1f}".removesuffix(".0")
    return f"{value} proven" if stage.proven else f"{value} (gap {stage.gap:.1%})"


def _apart(made: Problem, one: int, other: int) -> bool:
    first, second = made.requirements[one], made.requirements[other]
    return any(
        a.end is not None and b.start is not None and a.end < b.start for a, b in ((first, second), (second, first))
    )


def highs_plainly(made: Problem, seconds: float) -> Plain:
    """Minimises the worst case by one model, written with HiGHS's own expressions and its defaults."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", seconds)
    committed = [highs.addBinary() for _ in made.forces]
    worst = highs.addVariable()
    for number, scenario in enumerate(made.scenarios):
        employed = [(force, row, quantity, highs.addBinary()) for force, row, quantity in made.serving[number]]
        short = {}
        for row, need in enumerate(made.demand[number]):
            if need:
                short[row] = highs.addVariable(0, need)
                highs.addConstr(sum((q * x for _, r, q, x in employed if r == row), start=short[row] * 1) >= need)
        by_force: dict[int, list[tuple[int, highspy.highs_var]]] = {}
        for force, row, _quantity, x in employed:
            highs.addConstr(x <= committed[force])
            for other, y in by_force.setdefault(force, []):
                if not _apart(made, row, other):
                    highs.addConstr(x + y <= 1)
            by_force[force].append((row, x))
        highs.addConstr(sum(made.requirements[row].weight * one for row, one in short.items()) <= worst)
        if scenario.lift is not None and employed:
            highs.addConstr(sum(made.forces[force].lift * x for force, _, _, x in employed) <= scenario.lift)
    for limit in made.limits:
        own = [y for y, force in zip(committed, made.forces, strict=True) if force.party == limit.party]
        if limit.forces is not None:
            highs.addConstr(sum(own) <= limit.forces)
    begun = time.perf_counter()
    highs.minimize(worst * 1)
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = float(np.clip(info.mip_dual_bound, 0, 1e9))
    return round(info.objective_function_value) if found else None, bound, time.perf_counter() - begun


def cp_sat_plainly(made: Problem, seconds: float) -> Plain:
    """Minimises the worst case by one model, with eight workers."""
    model = cp_model.CpModel()
    committed = [model.new_bool_var("") for _ in made.forces]
    worst = model.new_int_var(0, 10**9, "")
    for number, scenario in enumerate(made.scenarios):
        employed = [(force, row, quantity, model.new_bool_var("")) for force, row, quantity in made.serving[number]]
        short = {}
        for row, need in enumerate(made.demand[number]):
            if need:
                short[row] = model.new_int_var(0, need, "")
                model.add(sum(q * x for _, r, q, x in employed if r == row) + short[row] >= need)
        by_force: dict[int, list[tuple[int, cp_model.IntVar]]] = {}
        for force, row, _quantity, x in employed:
            model.add_implication(x, committed[force])
            for other, y in by_force.setdefault(force, []):
                if not _apart(made, row, other):
                    model.add_at_most_one(x, y)
            by_force[force].append((row, x))
        model.add(sum(made.requirements[row].weight * one for row, one in short.items()) <= worst)
        if scenario.lift is not None and employed:
            model.add(sum(made.forces[force].lift * x for force, _, _, x in employed) <= scenario.lift)
    for limit in made.limits:
        own = [y for y, force in zip(committed, made.forces, strict=True) if force.party == limit.party]
        if limit.forces is not None:
            model.add(sum(own) <= limit.forces)
    model.minimize(worst)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 8
    begun = time.perf_counter()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (
        round(solver.objective_value) if found else None,
        max(0.0, solver.best_objective_bound),
        time.perf_counter() - begun,
    )
