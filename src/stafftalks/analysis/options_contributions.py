"""What each side, or each package of forces, brings: by what it takes off the shortfall, beside all the others.

Two measures. Marginal: how much more would be short without it and with all the others. Shapley: the mean of what it takes off, over all orders in which the sides could come. Up to `EXACT` sides every
coalition is solved; beyond, orders are drawn in antithetic pairs (each beside its reverse) and the standard error is told. What cannot be told apart has the same rank.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Final, Literal

import msgspec
import numpy as np

from stafftalks.analysis.options_model import Model
from stafftalks.analysis.options_problem import Problem
from stafftalks.analysis.risk_distributions import key_of
from stafftalks.analysis.risk_draws import words
from stafftalks.analysis.watching import Progress, Watch, unwatched
from stafftalks.values.errors import MisuseError

Measure = Literal["worst", "expected"]
EXACT: Final = 6
_SURE: Final = 1.96


class Share(msgspec.Struct, frozen=True):
    """What one side takes off the weighted shortfall: alone, as the last to come, and on average over all orders, right to `error` (one standard error, 0 where exact).

    `rank` 1 brings most; those that cannot be told apart have the same.
    """

    name: str
    alone: float
    marginal: float
    shapley: float
    error: float
    rank: int


class Contributions(msgspec.Struct, frozen=True):
    """Each side's share, most first. `none` and `whole` are the shortfall with no side and with all; `proven` is False where a coalition was not solved to the end in its time."""

    measure: Measure
    none: float
    whole: float
    shares: tuple[Share, ...]
    coalitions: int
    proven: bool
    stopped: bool
    account: tuple[str, ...]


def sides(made: Problem) -> dict[str, tuple[str, ...]]:
    """The forces of each party, as packages."""
    return {party: tuple(force.id for force in made.forces if force.party == party) for party in made.parties}


def contributions(
    made: Problem,
    packages: Mapping[str, Collection[str]],
    *,
    measure: Measure = "worst",
    pairs: int = 50,
    seed: int = 1,
    seconds: float = 5.0,
    watch: Watch = unwatched,
) -> Contributions:
    """What each package brings; `seconds` is for each coalition. Forces in no package are always there. Raises MisuseError where packages share a force or name one that is not there."""
    game = _Game(made, packages, measure, seconds)
    names = list(packages)
    if len(names) <= EXACT:
        found, errors, stopped = _exact(game, names, watch), dict.fromkeys(names, 0.0), False
    else:
        found, errors, stopped = _sampled(game, names, pairs, seed, watch)
    everyone = frozenset(names)
    none, whole = game.value(frozenset()), game.value(everyone)
    shares = [
        Share(
            name,
            none - game.value(frozenset({name})),
            game.value(everyone - {name}) - whole,
            found[name],
            errors[name],
            0,
        )
        for name in names
    ]
    ranked = _ranked(sorted(shares, key=lambda share: (-share.shapley, names.index(share.name))))
    account = [
        f"The {'worst' if measure == 'worst' else 'expected'} weighted shortfall is {none:,.1f} with none of them and {whole:,.1f} with all."
    ]
    for share in ranked:
        tied = [other.name for other in ranked if other.rank == share.rank and other is not share]
        beside = f", as much as {', '.join(tied)} as far as can be told" if tied else ""
        account.append(
            f"“{share.name}” takes off {share.shapley:,.1f} on average over all orders{beside}; without it {share.marginal:,.1f} more would be short."
        )
    if not game.proven:
        account.append(
            "Not every coalition was solved to the end in its time: shares are right only as far as those are."
        )
    return Contributions(measure, none, whole, ranked, len(game.known), game.proven, stopped, tuple(account))


class _Game:
    """The shortfall of each coalition, solved once."""

    def __init__(
        self, made: Problem, packages: Mapping[str, Collection[str]], measure: Measure, seconds: float
    ) -> None:
        numbers = {force.id: number for number, force in enumerate(made.forces)}
        seen: dict[str, str] = {}
        for name, forces in packages.items():
            for force in forces:
                if force not in numbers:
                    raise MisuseError(f"Package “{name}” holds “{force[:60]}”, which is not among the forces.")
                if force in seen:
                    raise MisuseError(f"“{force}” is in two packages, “{seen[force]}” and “{name}”: put it in one.")
                seen[force] = name
        self._of = {name: frozenset(numbers[force] for force in forces) for name, forces in packages.items()}
        self._always = frozenset(range(len(made.forces))) - frozenset().union(*self._of.values())
        self._model = Model(made, range(len(made.scenarios)))
        self._model.aim(self._model.worst() if measure == "worst" else self._model.expected())
        self._scale = 1 if measure == "worst" else sum(made.likelihood) or 1
        self._seconds = seconds
        self.known: dict[frozenset[str], float] = {}
        self.proven = True

    def value(self, members: frozenset[str]) -> float:
        """The least shortfall with these packages."""
        if members not in self.known:
            self._model.commit(most=self._always.union(*(self._of[name] for name in members)))
            found = self._model.solve(self._seconds, unwatched, "coalition")
            self.proven = self.proven and found.proven
            if found.value is None:
                raise MisuseError("A coalition was not solved in its time: give each more seconds.")
            self.known[members] = found.value / self._scale
        return self.known[members]


def _exact(game: _Game, names: Sequence[str], watch: Watch) -> dict[str, float]:
    count = len(names)
    found = dict.fromkeys(names, 0.0)
    for size in range(count):
        weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
        for members in combinations(names, size):
            coalition = frozenset(members)
            for name in names:
                if name not in coalition:
                    found[name] += weight * (game.value(coalition) - game.value(coalition | {name}))
        # Every coalition is needed, so it goes on to the end; the watch is only told.
        watch(Progress("coalitions", (size + 1) / count))
    return found


def _sampled(
    game: _Game, names: Sequence[str], pairs: int, seed: int, watch: Watch
) -> tuple[dict[str, float], dict[str, float], bool]:
    drawn: dict[str, list[float]] = {name: [] for name in names}
    stopped = False
    for pair in range(max(2, pairs)):
        drawn_words = words(np.array([key_of("order", seed)], np.uint32), pair * len(names), len(names))[0]
        order = [names[place] for place in np.argsort(drawn_words, kind="stable").tolist()]
        forth, back = _came(game, order), _came(game, order[::-1])
        for name in names:
            drawn[name].append((forth[name] + back[name]) / 2)
        if not watch(Progress("orders", (pair + 1) / pairs)) and pair:
            stopped = True
            break
    found, errors = {}, {}
    for name, values in drawn.items():
        mean = math.fsum(values) / len(values)
        found[name] = mean
        errors[name] = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
    return found, errors, stopped


def _came(game: _Game, order: Sequence[str]) -> dict[str, float]:
    there, before, found = frozenset[str](), game.value(frozenset()), {}
    for name in order:
        there |= {name}
        after = game.value(there)
        found[name], before = before - after, after
    return found


def _ranked(shares: Sequence[Share]) -> tuple[Share, ...]:
    found: list[Share] = []
    for place, share in enumerate(shares):
        rank = place + 1
        if found:
            above = found[-1]
            apart = _SURE * math.hypot(above.error, share.error) + 1e-9 * max(1.0, abs(above.shapley))
            if above.shapley - share.shapley <= apart:
                rank = above.rank
        found.append(msgspec.structs.replace(share, rank=rank))
    return tuple(found)
