"""What it is worth to wait: each branch decided for itself once it shows, beside all decided now; and until when that is possible.

Whoever waits knows the branch and commits for it alone, but only forces that can still be there in time. Waiting gains where forces can be chosen for the branch, and costs where notice runs out.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options import Chosen, choose, fixed
from stafftalks.analysis.options_model import Found, Model
from stafftalks.analysis.options_problem import Choice, Problem, problem
from stafftalks.analysis.watching import unwatched

_SECONDS: Final = 5.0


class Waiting(msgspec.Struct, frozen=True):
    """One branch. All figures are its worst weighted shortfall: committed now for all branches; decided for it alone at once; decided once its indicator shows.

    `gain` is what waiting takes off (less than 0: it costs). `latest` is the last tick at which deciding for this branch is as good as at once, None where it never gets worse. `lost` names
    the forces that are too late for some requirement just after it.
    """

    branch: str
    indicator: int
    now: float
    at_once: float
    waited: float
    gain: float
    latest: int | None
    lost: tuple[str, ...]
    proven: bool
    account: str


def waiting(
    choice: Choice, indicators: Mapping[str, int], *, chosen: Chosen | None = None, seconds: float = _SECONDS
) -> tuple[tuple[Waiting, ...], tuple[Fault, ...]]:
    """Every branch that has an indicator's tick, the earliest `latest` first; `chosen` is the here-and-now choice where it is known already."""
    made, _ = problem(choice)
    held = chosen if chosen is not None else choose(made, 4 * seconds)
    faults = []
    rows = []
    for branch, tick in indicators.items():
        numbers = [number for number, scenario in enumerate(made.scenarios) if scenario.branch == branch]
        if not numbers:
            sentence = f"“{branch[:60]}” has an indicator, and no scenario belongs to it; it is left out."
            faults.append(Fault(branch, "indicators", sentence))
        elif tick < 0:
            faults.append(Fault(branch, "indicators", f"“{branch}”: tick {tick} is before now; it is left out."))
        else:
            own = tuple(made.scenarios[number] for number in numbers)
            alone = msgspec.structs.replace(choice, scenarios=own)
            rows.append(_branch(branch, tick, alone, fixed(made, held.committed, numbers, seconds), seconds))
    ordered = sorted(rows, key=lambda row: (row.latest is None, row.latest or 0))
    return tuple(ordered), tuple(faults)


def _branch(branch: str, indicator: int, alone: Choice, held: Found, seconds: float) -> Waiting:
    first, _ = problem(alone)
    solved: dict[int, Found] = {}

    def at(tick: int) -> float:
        made, _ = problem(alone, decided=tick)
        if tick not in solved:
            model = Model(made, range(len(made.scenarios)))
            model.aim(model.worst())
            solved[tick] = model.solve(seconds, unwatched, "branch")
        value = solved[tick].value
        return float(solved[tick].bound if value is None else value)

    # Only just after such a tick can fewer forces be there in time.
    ticks = sorted({tick for tick in _ends(first) if tick >= 0})
    low, high = 0, len(ticks)
    while low < high:  # the number of ticks after which it is still as good as at once
        middle = (low + high) // 2
        if at(ticks[middle] + 1) > at(0):
            high = middle
        else:
            low = middle + 1
    latest = ticks[low] if low < len(ticks) else None
    lost = () if latest is None else _lost(first, latest)
    now = float(held.bound if held.value is None else held.value)
    waited = at(indicator)
    proven = held.proven and all(found.proven for found in solved.values())
    until = "at any time" if latest is None else f"until tick {latest:,}"
    verb = f"takes off {now - waited:,.0f}" if waited <= now else f"costs {waited - now:,.0f}"
    account = f"Waiting for tick {indicator:,} and then deciding for “{branch}” alone {verb}; it can be decided {until} without loss."
    return Waiting(branch, indicator, now, at(0), waited, now - waited, latest, lost, proven, account)


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
