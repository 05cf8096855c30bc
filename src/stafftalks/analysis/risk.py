"""How sure a closure is: Monte Carlo over a network of activities, repeatable by its seed, with a stated error.

Resources are limited unless the caller says otherwise, for without limits the answer is too early; the answer names its policy, and where resources were limited it says beside what
the same draws give without. The limited policy places by one order in all draws and knows durations as it places: who learns them only as they go may close later.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_columns import Problem, problem
from stafftalks.analysis.risk_distributions import Floats
from stafftalks.analysis.risk_network import Network, Policy
from stafftalks.analysis.risk_passes import Counts, unlimited
from stafftalks.analysis.risk_serial import limited
from stafftalks.analysis.risk_statistics import (
    SURE,
    Bar,
    Closing,
    Critical,
    closing,
    criticality,
    quantile,
    tornado,
)
from stafftalks.analysis.watching import Progress, Watch, unwatched
from stafftalks.values.errors import MisuseError

MOST_DRAWS: Final = 1_000_000
BATCH: Final = 1000
"""After so many draws it is asked whether to go on, and whether the error is small enough."""


class Question(msgspec.Struct, frozen=True):
    """What is asked. `goal` names the closure for criticality and tornado; `dues` say by name when closures are due. With `error_ticks`, draws go on only until the interval of the `sure` quantile is so narrow on either side."""

    seed: int = 1
    draws: int = 10_000
    policy: Policy = "resource-constrained"
    goal: str = "all"
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.8, 0.9, 0.95)
    dates: tuple[int, ...] = ()
    dues: Mapping[str, int] = {}
    error_ticks: float | None = None
    sure: float = 0.9
    bars: int = 20


class Drawn(msgspec.Struct, frozen=True):
    """What a run of draws gave: the tick of each closure by draw, with the policy asked for and without limits, and how often each task was critical."""

    first: int
    closed: Floats
    without: Floats
    critical: Counts


class Risk(msgspec.Struct, frozen=True):
    """The answer. `without_limits` is the same draws with nothing short. `reached` says whether the error asked for was; `stopped`, that the watch ended it early."""

    policy: Policy
    goal: str
    seed: int
    draws: int
    tick_s: int
    closings: tuple[Closing, ...]
    without_limits: tuple[Closing, ...]
    critical: tuple[Critical, ...]
    tornado: tuple[Bar, ...]
    reached: bool | None
    stopped: bool
    faults: tuple[Fault, ...]
    account: tuple[str, ...]


def run(
    network: Network,
    question: Question,
    *,
    watch: Watch = unwatched,
    keep: Callable[[Risk], None] | None = None,
) -> Risk:
    """The answer for a network; `keep` is given the answer so far each time that draws have doubled.

    Raises MisuseError where nothing can be reckoned with or the question has no meaning.
    """
    made, faults = problem(network, question.seed)
    need_meaning(made, question)
    parts: list[Drawn] = []
    kept_at = BATCH
    drawn, stopped, reached = 0, False, None if question.error_ticks is None else False
    while drawn < question.draws and not stopped and not reached:
        parts.append(draw(made, question, drawn, min(BATCH, question.draws - drawn)))
        drawn += parts[-1].closed.shape[1]
        half = _half_width(made, question, parts) if question.error_ticks is not None else None
        reached = None if question.error_ticks is None else half is not None and half <= question.error_ticks
        told = Progress("draws", drawn / question.draws, half, measured="error", done=drawn, of=question.draws)
        stopped = not watch(told) and drawn < question.draws and not reached
        if keep is not None and drawn >= kept_at and drawn < question.draws:
            kept_at = 2 * drawn
            keep(judge(made, question, parts, faults, reached=reached, stopped=True))
    return judge(made, question, parts, faults, reached=reached, stopped=stopped)


def draw(made: Problem, question: Question, first: int, count: int) -> Drawn:
    """Draws `first` and on: a piece of work for another process or machine, the same wherever it is done."""
    goal = made.closures.index(question.goal)
    without, critical = unlimited(made, first, count, goal)
    if question.policy == "unconstrained":
        return Drawn(first, without, without, critical)
    closed, critical = limited(made, first, count, goal)
    return Drawn(first, closed, without, critical)


def judge(
    made: Problem,
    question: Question,
    parts: Sequence[Drawn],
    faults: tuple[Fault, ...] = (),
    *,
    reached: bool | None = None,
    stopped: bool = False,
) -> Risk:
    """The answer from pieces, in any order, that together hold the draws from 0 on; raises MisuseError where one is missing."""
    ordered = sorted(parts, key=lambda part: part.first)
    draws = 0
    for part in ordered:
        if part.first != draws:
            raise MisuseError(f"Draws {min(draws, part.first)} to {max(draws, part.first)} are missing or stand twice.")
        draws += part.closed.shape[1]
    if not draws:
        raise MisuseError("There are no draws to judge.")
    closed, without = (np.hstack([getattr(part, side) for part in ordered]) for side in ("closed", "without"))
    critical = np.sum([part.critical for part in ordered], axis=0)
    goal = made.closures.index(question.goal)
    closings, freely = (
        tuple(
            closing(name, row, question.quantiles, question.dates, question.dues.get(name))
            for name, row in zip(made.closures, rows, strict=True)
        )
        for rows in (closed, without)
    )
    answer = Risk(
        question.policy,
        question.goal,
        question.seed,
        draws,
        made.tick_s,
        closings,
        freely,
        criticality(made, critical, draws),
        tornado(made, closed[goal], question.bars),
        reached,
        stopped,
        faults,
        (),
    )
    return msgspec.structs.replace(answer, account=_account(answer, question, closed[goal], without[goal]))


def need_meaning(made: Problem, question: Question) -> None:
    """Nothing; raises MisuseError where a question has no meaning for a network."""
    if question.goal not in made.closures:
        known = ", ".join(made.closures[:12])
        raise MisuseError(f"No closure has the name {question.goal[:60]!r}: choose one of {known}.")
    if not 1 <= question.draws <= MOST_DRAWS:
        raise MisuseError(f"{question.draws:,} draws cannot be made: ask for 1 to {MOST_DRAWS:,}.")
    for share in (*question.quantiles, question.sure):
        if not 0 < share < 1:
            raise MisuseError(f"{share} is not a share of draws: give a number between 0 and 1, as 0.9.")
    if question.error_ticks is not None and not question.error_ticks > 0:
        raise MisuseError(f"An error of {question.error_ticks} ticks cannot be reached: give more than 0.")


def _half_width(made: Problem, question: Question, parts: Sequence[Drawn]) -> float | None:
    goal = made.closures.index(question.goal)
    found = quantile(np.sort(np.concatenate([part.closed[goal] for part in parts])), question.sure)
    return None if found.low is None or found.high is None else (found.high - found.low) / 2


def _account(answer: Risk, question: Question, closed: Floats, without: Floats) -> tuple[str, ...]:
    share = f"{question.sure:.0%}".replace("%", " %")
    limited_to, free = (quantile(np.sort(row), question.sure) for row in (closed, without))
    worst = 100 * SURE * 0.5 / answer.draws**0.5
    how = (
        "resources limited, placed in one order in all draws" if question.policy != "unconstrained" else "nothing short"
    )
    lines = [f"{answer.draws:,} draws with seed {answer.seed}, {how}; a chance is right to ±{worst:.2g} % at worst."]
    if limited_to.tick is None:
        lines.append(f"“{question.goal}” is not closed in {share} of draws, however long one waits.")
    else:
        until = "never" if limited_to.high is None else f"{limited_to.high:,}"
        within = f"between {limited_to.low or 0:,} and {until}"
        lines.append(f"“{question.goal}” is closed by tick {limited_to.tick:,} in {share} of draws ({within}).")
    if question.policy != "unconstrained" and free.tick is not None and free.tick != limited_to.tick:
        lines.append(f"With nothing short it would be tick {free.tick:,}: the rest is waiting for resources.")
    if answer.stopped:
        lines.append(f"It was stopped before the {question.draws:,} draws that were asked for.")
    if answer.reached is False:
        lines.append(f"An error of {question.error_ticks:g} ticks was not reached: ask for more draws.")
    if answer.faults:
        lines.append(f"{len(answer.faults)} things could not be reckoned with and are listed.")
    return tuple(lines)
