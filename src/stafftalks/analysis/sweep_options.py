"""Options at a point of a sweep: the forces that hold up best, sought to a number of nodes and not of seconds, so that the answer is the same on every machine."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options import narrowed
from stafftalks.analysis.options_problem import Choice, Force, Scenario, problem
from stafftalks.analysis.sweep_points import Change, said_set
from stafftalks.analysis.sweep_rows import Column, Value
from stafftalks.analysis.sweep_values import OptionsSubject

COLUMNS: Final = (
    Column("worst", "number", "The weighted shortfall in the worst scenario.", less=True),
    Column("expected", "number", "The expected weighted shortfall.", less=True),
    Column("at least", "number", "No worst case is less."),
    Column("proven", "truth", "Whether both are proven the least there is."),
    Column("committed", "whole", "How many forces are committed."),
    Column("which", "text", "The forces that are committed."),
)


class OptionsReckoner:
    """Options of one choice, again and again."""

    columns = COLUMNS
    lasts = False
    draws = False

    def __init__(self, subject: OptionsSubject, names: Mapping[str, str]) -> None:
        _made, self.faults = problem(subject.choice)
        self._subject = subject
        self._names = names

    faults: tuple[Fault, ...]

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch, and every scenario by itself."""
        scenarios = self._subject.choice.scenarios
        return tuple(
            dict.fromkeys([*(each.branch for each in scenarios if each.branch), *(each.id for each in scenarios)])
        )

    @property
    def things(self) -> tuple[str, ...]:
        """What can drop out, shrink or come late: forces, and all those of a party."""
        forces = self._subject.choice.forces
        return tuple(dict.fromkeys([*(each.id for each in forces), *(each.party for each in forces)]))

    @property
    def forces(self) -> tuple[str, ...]:
        """Those of them that are forces."""
        return tuple(each.id for each in self._subject.choice.forces)

    @property
    def activities(self) -> tuple[str, ...]:
        """Nothing here lasts."""
        return ()

    def moves(self, change: Change) -> bool:
        """Whether a change makes any difference to the choice."""
        return _changed(self._subject.choice, change) != self._subject.choice

    def row(self, branch: str, changes: Sequence[Change], _seed: int) -> tuple[bool, tuple[Value, ...]]:
        """Whether nothing is short in any scenario, and the columns."""
        choice, whole = self._subject.choice, self._subject.whole
        if branch:
            scenarios = tuple(each for each in choice.scenarios if branch in (each.branch, each.id))
            choice = msgspec.structs.replace(choice, scenarios=scenarios)
        for change in changes:
            choice = _changed(choice, change)
        made, _faults = problem(choice)
        chosen = narrowed(made, self._subject.nodes)
        worst, expected = chosen.stages
        likely = sum(made.likelihood) or 1
        forces = [made.forces[number].id for number in sorted(chosen.committed)]
        names = [self._names.get(name, name) for name in forces]
        return worst.value == 0, (
            round(worst.value / whole, 6),
            round(expected.value / likely / whole, 6),
            round(worst.bound / whole, 6),
            worst.proven and expected.proven,
            len(names),
            said_set(names),
        )


def _changed(choice: Choice, change: Change) -> Choice:
    about = {each.id for each in choice.forces if change.name in (each.id, each.party)}
    if not change.share:
        forces = tuple(each for each in choice.forces if each.id not in about)
        offers = choice.offers
        return msgspec.structs.replace(
            choice,
            forces=forces,
            offers=None if offers is None else tuple(each for each in offers if each.force not in about),
        )
    return msgspec.structs.replace(
        choice,
        forces=tuple(_force(each, change) if each.id in about else each for each in choice.forces),
        scenarios=tuple(_scenario(each, about, change) for each in choice.scenarios),
    )


def _force(force: Force, change: Change) -> Force:
    return msgspec.structs.replace(force, notice=force.notice + change.late)


def _scenario(scenario: Scenario, about: set[str], change: Change) -> Scenario:
    there = {name: min(scenario.present.get(name, 100) * change.share // 100, 100) for name in sorted(about)}
    return msgspec.structs.replace(scenario, present={**scenario.present, **there})
