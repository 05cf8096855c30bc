"""The mix of forces that holds up best across all scenarios: committed here and now, employed scenario by scenario once it is known which one comes.

Three goals, each only as far as those before it stay as good: the worst weighted shortfall, the expected one, the cost. It is one option beside others, with what it leaves short; nothing
follows from it by itself. Every option is verified before it is given. One that is not proven says how far off it could be.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options_answer import (
    Employed,
    Method,
    Option,
    Stage,
    expected_by,
    outcomes,
    shortfall,
    verify_option,
)
from stafftalks.analysis.options_deciding import MANY, Goal, least
from stafftalks.analysis.options_greedy import greedy
from stafftalks.analysis.options_model import Found, Model, Sum
from stafftalks.analysis.options_problem import Choice, Problem, problem
from stafftalks.analysis.watching import Watch, unwatched

SECONDS: Final = 30.0
_STAGES: Final = (0.6, 0.8, 1.0)
"""What part of the time that is left each stage may take."""
_KEPT: Final = 0.25
_NO_LIMIT_S: Final = 1e9
_SHOWN: Final = 5


class Chosen(msgspec.Struct, frozen=True):
    """A choice in numbers: forces committed, by scenario the places in `Problem.serving` employed, and the stages that led to it, in whole numbers, with the seconds of each."""

    committed: frozenset[int]
    employed: tuple[frozenset[int], ...]
    stages: tuple[Stage, ...]
    improved: bool
    seconds: tuple[float, ...]
    stopped: bool


def solve(
    choice: Choice,
    *,
    seconds: float = SECONDS,
    watch: Watch = unwatched,
    keep: Callable[[Option], None] | None = None,
) -> Option:
    """The option for a choice, within so many seconds of the solver; `keep` is given the best so far before each goal. Raises MisuseError where there is nothing to choose for."""
    made, faults = problem(choice)
    kept = None if keep is None else lambda chosen: keep(option(made, chosen, faults))
    return option(made, choose(made, seconds, watch, kept), faults)


def choose(
    made: Problem,
    seconds: float = SECONDS,
    watch: Watch = unwatched,
    keep: Callable[[Chosen], None] | None = None,
) -> Chosen:
    """The lexicographic optimum of a problem, or the best found in time; `keep` is given the best so far before each goal."""
    committed, employed = greedy(made)
    plain = (committed, employed)
    spent, stopped = list[float](), False
    stages: list[Stage] = []
    model = Model(made, range(len(made.scenarios)))
    goals: tuple[tuple[Callable[[], Sum], Goal | Literal["cost"]], ...] = (
        (model.worst, "worst case"),
        (model.expected, "expected shortfall"),
        (model.cost, "cost"),
    )
    for (goal, step), part in zip(goals, _STAGES, strict=True):
        if keep is not None:
            keep(_so_far(made, committed, employed, stages, spent, improved=(committed, employed) != plain))
        time = 0.0 if stopped else (seconds - sum(spent)) * part
        known, took = 0, 0.0
        if step != "cost" and time > 0 and len(made.scenarios) > MANY:
            most_worst = round(stages[0].value) if stages else None
            first = least(made, committed, employed, step, time, watch, most_worst=most_worst)
            committed, employed, known = first.committed, first.employed, first.bound
            took, stopped = first.seconds, first.stopped
        kept = _worth(made, committed, employed)[len(stages)]
        proven = known >= kept
        if not proven:
            model.aim(goal())
            model.start(committed, employed)
            found = model.solve(0.0 if stopped else time - took, unwatched if stopped else watch, step)
            took, stopped = took + found.seconds, stopped or found.stopped
            better = model.chosen(found)
            if better is not None and found.value is not None and found.value <= kept:
                (committed, employed), kept = better, found.value
            known = max(known, found.bound)
            proven = found.proven or known >= kept
        spent.append(took)
        stages.append(Stage(kept, min(known, kept), proven=proven))
        model.at_most(goal(), kept + _KEPT)
    improved = (committed, employed) != plain
    committed, employed = _pruned(made, employed)
    return Chosen(committed, employed, tuple(stages), improved, tuple(spent), stopped)


def narrowed(made: Problem, nodes: int) -> Chosen:
    """The first two goals alone, each sought within so many nodes of the solver's search: whatever the machine, the same. What is kept of an interrupted goal is the best found."""
    committed, employed = greedy(made)
    plain = (committed, employed)
    stages: list[Stage] = []
    model = Model(made, range(len(made.scenarios)))
    goals: tuple[tuple[Callable[[], Sum], str], ...] = (
        (model.worst, "worst case"),
        (model.expected, "expected shortfall"),
    )
    for goal, step in goals:
        kept = _worth(made, committed, employed)[len(stages)]
        model.aim(goal())
        model.start(committed, employed)
        found = model.solve(_NO_LIMIT_S, unwatched, step, nodes=nodes)
        better = model.chosen(found)
        if better is not None and found.value is not None and found.value <= kept:
            (committed, employed), kept = better, found.value
        stages.append(Stage(kept, min(found.bound, kept), proven=found.proven or found.bound >= kept))
        model.at_most(goal(), kept + _KEPT)
    improved = (committed, employed) != plain
    committed, employed = _pruned(made, employed)
    return Chosen(committed, employed, tuple(stages), improved, (), stopped=False)


def option(made: Problem, chosen: Chosen, faults: tuple[Fault, ...] = ()) -> Option:
    """A choice as an answer with its account, verified."""
    found = outcomes(made, chosen.employed)
    total = sum(made.likelihood) or 1
    worst, expected, cost = chosen.stages
    values = _worth(made, chosen.committed, chosen.employed)
    answer = Option(
        tuple(made.forces[force].id for force in sorted(chosen.committed)),
        msgspec.structs.replace(worst, value=values[0]),
        Stage(values[1] / total, min(expected.bound, values[1]) / total, expected.proven),
        Stage(values[2], min(cost.bound, values[2]), cost.proven),
        found,
        expected_by(made, found),
        _method(chosen),
        sum(chosen.seconds),
        chosen.stopped,
        faults,
        (),
    )
    verify_option(made, answer)
    return msgspec.structs.replace(answer, account=_account(made, answer))


def fixed(made: Problem, committed: Collection[int], scenarios: Sequence[int], seconds: float = SECONDS) -> Found:
    """The least worst case over some scenarios when exactly these forces may be employed."""
    model = Model(made, scenarios)
    model.commit(least=committed, most=committed)
    model.aim(model.worst())
    return model.solve(seconds, unwatched, "worst case")


def _worth(made: Problem, committed: Collection[int], employed: Employed) -> tuple[int, int, int]:
    """The worst shortfall, the sum of all times their likelihood, and the cost."""
    shortfalls = [shortfall(made, number, places) for number, places in enumerate(employed)]
    expected = sum(share * short for share, short in zip(made.likelihood, shortfalls, strict=True))
    return max(shortfalls), expected, sum(made.forces[force].cost for force in committed)


def _so_far(
    made: Problem,
    committed: frozenset[int],
    employed: tuple[frozenset[int], ...],
    stages: Sequence[Stage],
    spent: Sequence[float],
    *,
    improved: bool,
) -> Chosen:
    """The choice as it is before a goal is sought: of that goal, and of later ones, nothing is proven."""
    unsought = [Stage(value, 0, proven=False) for value in _worth(made, committed, employed)[len(stages) :]]
    forces, kept = _pruned(made, employed)
    return Chosen(forces, kept, (*stages, *unsought), improved, tuple(spent), stopped=True)


def _pruned(made: Problem, employed: Employed) -> tuple[frozenset[int], tuple[frozenset[int], ...]]:
    """The choice without employments that change nothing, and without forces that are then employed nowhere."""
    kept = []
    for number, places in enumerate(employed):
        over = [-need for need in made.demand[number]]
        for place in places:
            over[made.serving[number][place][1]] += made.serving[number][place][2]
        left = set(places)
        for place in sorted(places, key=lambda place: (made.serving[number][place][2], place)):
            _force, row, quantity = made.serving[number][place]
            if quantity <= over[row]:
                over[row] -= quantity
                left.discard(place)
        kept.append(frozenset(left))
    forces = frozenset(made.serving[number][place][0] for number, places in enumerate(kept) for place in places)
    return forces, tuple(kept)


def _method(chosen: Chosen) -> Method:
    if all(stage.proven for stage in chosen.stages):
        return "exact"
    return "best so far" if chosen.improved else "greedy"


def _account(made: Problem, answer: Option) -> tuple[str, ...]:
    worst = max(answer.outcomes, key=lambda outcome: outcome.shortfall)
    lines = [
        f"{len(answer.committed)} of {len(made.forces)} forces are committed. At worst, in “{worst.scenario}”, the weighted shortfall is "
        f"{answer.worst.value:,.0f}; expected is {answer.expected.value:,.1f}; the cost is {answer.cost.value:,.0f}."
    ]
    for stage, words in (
        (answer.worst, "worst case"),
        (answer.expected, "expected shortfall"),
        (answer.cost, "cost"),
    ):
        if not stage.proven:
            lines.append(
                f"The {words} is not proven the best: nothing can be below {stage.bound:,.1f} ({stage.gap:.1%} less)."
            )
    if answer.method == "greedy":
        lines.append(
            "No better one than by the plain rule (what serves most is committed first) was found in the time given."
        )
    if answer.stopped:
        lines.append("It was stopped before its time.")
    if not answer.worst.proven:
        lines.append("Later goals were sought beside the worst case found, and not beside the best there is.")
    able = {(made.forces[force].id, made.requirements[row].id) for rows in made.serving for force, row, _ in rows}
    for met in sorted((met for met in worst.met if met.short), key=lambda met: -met.short * met.weight)[:_SHOWN]:
        who = [force for force, requirement in able if requirement == met.requirement]
        idle = sorted(set(who) - {served.force for served in met.served})
        if not who:
            why = "nobody who is there in time has the capability, or has offered it"
        elif not idle:
            why = "all who can serve it do"
        else:
            why = f"others who could serve it ({', '.join(idle[:_SHOWN])}) serve elsewhere, or are beyond a limit"
        lines.append(f"“{met.requirement}” lacks {met.short:,} of {met.needed:,} in “{worst.scenario}”: {why}.")
    if worst.lift_limit is not None and worst.shortfall and worst.lift >= worst.lift_limit:
        lines.append(f"All lift of “{worst.scenario}” is used: {worst.lift:,} of {worst.lift_limit:,}.")
    if answer.faults:
        lines.append(f"{len(answer.faults)} things could not be reckoned with and are listed.")
    return tuple(lines)
