"""When everything ends in each draw where nothing is short, and what was critical: by blocks of draws that stay in the processor's cache.

A task is critical in a draw where a delay of its end, by itself, would have delayed the closure asked for: the walk goes back from what closed it to whatever each start waited
for, and where it waited for several at once, to all of them. Compiled and plain passes give the same numbers.
"""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from stafftalks.analysis.compiling import COMPILED, compiled
from stafftalks.analysis.risk_columns import Columns, Problem
from stafftalks.analysis.risk_distributions import Floats, Variables
from stafftalks.analysis.risk_draws import Words, fill, values

BLOCK: Final = 256
Counts = npt.NDArray[np.int64]


def unlimited(
    problem: Problem, first: int, count: int, goal: int, *, plain: bool = not COMPILED
) -> tuple[Floats, Counts]:
    """The tick of each closure (rows) in draws `first` and on, and in how many of them each task was critical for the closure `goal`; of none where it is -1."""
    columns, of = problem.columns, problem.variables
    closed = np.empty((len(problem.closures), count), np.float32)
    critical = np.zeros(len(problem.tasks), np.int64)
    if plain:
        for start in range(0, count, BLOCK):
            size = min(BLOCK, count - start)
            plainly = _plain_pass(problem, first + start, size)
            block = _plain_closed(columns, plainly[1])
            closed[:, start : start + size] = block
            if goal >= 0:
                critical += _plain_critical(columns, *plainly, goal, block[goal])
        return closed, critical
    whole = first - first % 4
    begun, ended = (np.empty((len(problem.tasks), BLOCK), np.float32) for _ in range(2))
    seen = np.full(len(problem.tasks), -1, np.int64)
    mixed, row = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.float32)
    block = np.empty((len(problem.closures), BLOCK), np.float32)
    for start in range(whole, first + count, BLOCK):
        _pass(columns, of, start, mixed, row, begun, ended)
        low, high = max(start, first) - start, min(first + count - start, BLOCK)
        _close(columns, ended, low, high, block)
        closed[:, start + low - first : start + high - first] = block[:, low:high]
        if goal >= 0:
            _mark(columns, begun, ended, low, high, goal, block, start, seen, critical)
    return closed, critical


@compiled
def _pass(columns: Columns, of: Variables, first: int, mixed: Words, row: Floats, begun: Floats, ended: Floats) -> None:
    zero = np.float32(0)
    for task in range(begun.shape[0]):
        start, end = begun[task], ended[task]
        if columns.ready[task] >= 0:
            fill(of, np.int64(columns.ready[task]), first, mixed, start)
        else:
            for j in range(start.shape[0]):
                start[j] = zero
        for arc in range(columns.after[task], columns.after[task + 1]):
            earlier, lag = ended[columns.before[arc]], columns.lag[arc]
            for j in range(start.shape[0]):
                there = np.float32(earlier[j] + lag)
                start[j] = there if there > start[j] else start[j]
        fill(of, task, first, mixed, row)
        for j in range(start.shape[0]):
            end[j] = start[j] + row[j]


@compiled
def _close(columns: Columns, ended: Floats, low: int, high: int, closed: Floats) -> None:
    for closure in range(closed.shape[0]):
        row = closed[closure]
        for j in range(low, high):
            row[j] = np.float32(0)
        for member in range(columns.closing[closure], columns.closing[closure + 1]):
            end = ended[columns.closes[member]]
            for j in range(low, high):
                row[j] = end[j] if end[j] > row[j] else row[j]


@compiled
def _mark(
    columns: Columns,
    begun: Floats,
    ended: Floats,
    low: int,
    high: int,
    goal: int,
    closed: Floats,
    first: int,
    seen: Counts,
    critical: Counts,
) -> None:
    stack = np.empty(seen.shape[0], np.int64)
    for j in range(low, high):
        draw, waiting = first + j, 0
        for member in range(columns.closing[goal], columns.closing[goal + 1]):
            task = columns.closes[member]
            if ended[task, j] == closed[goal, j]:
                seen[task] = draw
                stack[waiting] = task
                waiting += 1
        while waiting:
            waiting -= 1
            task = stack[waiting]
            critical[task] += 1
            for arc in range(columns.after[task], columns.after[task + 1]):
                before = columns.before[arc]
                if seen[before] != draw and np.float32(ended[before, j] + columns.lag[arc]) == begun[task, j]:
                    seen[before] = draw
                    stack[waiting] = before
                    waiting += 1


def _plain_pass(problem: Problem, first: int, count: int) -> tuple[Floats, Floats]:
    columns = problem.columns
    drawn = values(problem.variables, np.arange(len(problem.drawn)), first, count)
    begun, ended = (np.zeros((len(problem.tasks), count), np.float32) for _ in range(2))
    for task, start in enumerate(begun):
        if columns.ready[task] >= 0:
            start[:] = drawn[columns.ready[task]]
        for arc in range(columns.after[task], columns.after[task + 1]):
            np.maximum(start, ended[columns.before[arc]] + columns.lag[arc], out=start)
        np.add(start, drawn[task], out=ended[task])
    return begun, ended


def _plain_closed(columns: Columns, ended: Floats) -> Floats:
    return np.array(
        [ended[columns.closes[low:high]].max(axis=0) for low, high in pairwise(columns.closing.tolist())],
        np.float32,
    )


def _plain_critical(columns: Columns, begun: Floats, ended: Floats, goal: int, closed: Floats) -> Counts:
    marked = np.zeros(ended.shape, bool)
    members = columns.closes[columns.closing[goal] : columns.closing[goal + 1]]
    marked[members] = ended[members] == closed
    for task in range(len(ended) - 1, -1, -1):
        for arc in range(columns.after[task], columns.after[task + 1]):
            before = columns.before[arc]
            marked[before] |= marked[task] & (ended[before] + columns.lag[arc] == begun[task])
    counted: Counts = marked.sum(axis=1)
    return counted
