"""What it is worth to wait: each branch decided for itself once it shows, beside all decided now; and until when a decision for it is still worth something.

Whoever waits knows the branch and commits for it alone, but only forces that can still be there in time. Waiting gains where forces can be chosen for the branch, and costs where notice runs out.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options import Chosen, choose, fixed
from stafftalks.analysis.options_model import Found, Model
from stafftalks.analysis.options_problem import Choice, Problem, problem
from stafftalks.analysis.watching import Progress, Watch, unwatched

_SECONDS: Final = 5.0


class Step(msgspec.Struct, frozen=True):
    """The last tick at which a decision leaves no more than `before` short; just after it, `after`. `lost` names the forces that are too late for some requirement then."""

    latest: int
    before: float
    after: float
    lost: tuple[str, ...]


class Waiting(msgspec.Struct, frozen=True):
    """One branch. All figures are its worst weighted shortfall: committed now for all branches; decided for it alone at once; decided once its indicator shows, None where it is not known when.

    `gain` is what waiting takes off (less than 0: it costs). `steps` are the ticks after which less can be reached, the earliest first; none where it never gets worse. `opens` names the forces that
    deciding for it alone at once would commit.
    """

    branch: str
    indicator: int | None
    now: float
    at_once: float
    waited: float | None
    gain: float | None
    steps: tuple[Step, ...]
    opens: tuple[str, ...]
    proven: bool
    account: str

    @property
    def latest(self) -> int | None:
        """The last tick at which deciding for this branch is as good as at once, None where it never gets worse."""
        return self.steps[0].latest if self.steps else None

    @property
    def lost(self) -> tuple[str, ...]:
        """The forces that are too late for some requirement just after it."""
        return self.steps[0].lost if self.steps else ()


def waiting(
    choice: Choice,
    indicators: Mapping[str, int | None],
    *,
    chosen: Chosen | None = None,
    seconds: float = _SECONDS,
    watch: Watch = unwatched,
) -> tuple[tuple[Waiting, ...], tuple[Fault, ...]]:
    """Every branch that is asked for, the earliest `latest` first, those that never get worse last; `chosen` is the here-and-now choice where it is known already.

    Branches are named as scenarios name theirs, or by the scenario's id where it names none; each has the tick at which it shows, None where that is not known. A run that is
    stopped gives the branches that it has.
    """
    made, _ = problem(choice)
    held = chosen if chosen is not None else choose(made, 4 * seconds)
    faults: list[Fault] = []
    rows: list[Waiting] = []
    for place, (branch, tick) in enumerate(indicators.items()):
        numbers = [number for number, one in enumerate(made.scenarios) if branch == (one.branch or one.id)]
        if not numbers:
            sentence = f"“{branch[:60]}” has an indicator, and no scenario belongs to it; it is left out."
            faults.append(Fault(branch, "indicators", sentence))
            continue
        if tick is not None and tick < 0:
            sentence = f"“{branch}” shows at tick {tick}, before now: what waiting for it is worth is left out."
            faults.append(Fault(branch, "indicators", sentence))
        known = None if tick is None or tick < 0 else tick
        if not watch(Progress("branches", place / len(indicators))):
            break
        own = tuple(made.scenarios[number] for number in numbers)
        alone = msgspec.structs.replace(choice, scenarios=own)
        rows.append(_branch(branch, known, alone, fixed(made, held.committed, numbers, seconds), seconds))
    ordered = sorted(rows, key=lambda row: (row.latest is None, row.latest or 0))
    return tuple(ordered), tuple(faults)


class _Alone:
    """One branch, decided for it alone at any tick; each tick is solved once."""

    def __init__(self, alone: Choice, seconds: float) -> None:
        self._alone, self._seconds = alone, seconds
        self._solved: dict[int, Found] = {}
        self.made, _ = problem(alone)

    def at(self, tick: int) -> float:
        """The worst weighted shortfall of the branch."""
        if tick not in self._solved:
            made, _ = problem(self._alone, decided=tick)
            model = Model(made, range(len(made.scenarios)))
            model.aim(model.worst())
            self._solved[tick] = model.solve(self._seconds, unwatched, "branch")
        return _value(self._solved[tick])

    @property
    def proven(self) -> bool:
        """Whether all that was solved is proven."""
        return all(found.proven for found in self._solved.values())

    def steps(self) -> tuple[Step, ...]:
        """Every tick after which less can be reached, the earliest first."""
        # Only just after such a tick can fewer forces be there in time.
        ticks = sorted(tick for tick in _ends(self.made) if tick >= 0)
        return tuple(
            Step(tick, before, after, _lost(self.made, tick)) for tick, before, after in self._worse(ticks, self.at(0))
        )

    def _worse(self, ticks: Sequence[int], before: float) -> list[tuple[int, float, float]]:
        """The ticks among these after which it gets worse, with what it is before and after; by halves, for between equals nothing changes."""
        if not ticks or self.at(ticks[-1] + 1) <= before:
            return []
        if len(ticks) == 1:
            return [(ticks[0], before, self.at(ticks[0] + 1))]
        half = len(ticks) // 2
        middle = max(before, self.at(ticks[half - 1] + 1))
        return [*self._worse(ticks[:half], before), *self._worse(ticks[half:], middle)]


def _branch(branch: str, indicator: int | None, alone: Choice, held: Found, seconds: float) -> Waiting:
    own = _Alone(alone, seconds)
    now, at_once = _value(held), own.at(0)
    waited = None if indicator is None else own.at(indicator)
    steps = own.steps()
    best = choose(own.made, seconds)
    opens = tuple(own.made.forces[force].id for force in sorted(best.committed))
    gain = None if waited is None else now - waited
    account = _account(branch, indicator, gain, steps)
    return Waiting(branch, indicator, now, at_once, waited, gain, steps, opens, held.proven and own.proven, account)


def _account(branch: str, indicator: int | None, gain: float | None, steps: Sequence[Step]) -> str:
    until = f"until tick {steps[0].latest:,}" if steps else "at any time"
    if indicator is None or gain is None:
        return f"“{branch}” alone can be decided {until} without loss; when it shows is not known."
    verb = f"takes off {gain:,.0f}" if gain >= 0 else f"costs {-gain:,.0f}"
    return f"Waiting for tick {indicator:,} and then deciding for “{branch}” alone {verb}; it can be decided {until} without loss."


def _value(found: Found) -> float:
    return float(found.bound if found.value is None else found.value)


def _ends(made: Problem) -> set[int]:
    able = {(force, row) for serving in made.serving for force, row, _ in serving}
    starts = {(force, made.requirements[row].start) for force, row in able}
    return {start - made.forces[force].notice for force, start in starts if start is not None}


def _lost(made: Problem, tick: int) -> tuple[str, ...]:
    able = {(force, row) for serving in made.serving for force, row, _ in serving}
    late = {
        force
        for force, row in able
        if (start := made.requirements[row].start) is not None and start - made.forces[force].notice == tick
    }
    return tuple(made.forces[force].id for force in sorted(late))
