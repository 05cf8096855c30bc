"""Activities with uncertain durations, what must come before what, and what they need: as given, and what of it can be reckoned with.

What cannot be is told as faults, and the rest stands: an activity whose duration is no duration takes no time, an arc from nowhere is left out, what stands on a circle or
after it is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_distributions import MOST_TICKS, Distribution, Fixed, wrong

Policy = Literal["resource-constrained", "unconstrained"]
"""Whether resources are limited, or nothing is ever short."""
MOST_THERE: Final = 2**31 - 2
"""How much of a resource there can be."""
_SHOWN: Final = 12


class Link(msgspec.Struct, frozen=True):
    """What must have ended before, and how many ticks before at least; fewer than none lets the two overlap."""

    task: str
    lag: int = 0


class Use(msgspec.Struct, frozen=True):
    """How much of a resource is held from start to end."""

    resource: str
    amount: int


class Task(msgspec.Struct, frozen=True):
    """Something to be done. `ready` is when it may start at the earliest: when its force is there, when its window opens."""

    id: str
    duration: Distribution
    after: tuple[Link, ...] = ()
    uses: tuple[Use, ...] = ()
    ready: Distribution | None = None


class Step(msgspec.Struct, frozen=True):
    """From this tick on there is so much."""

    tick: int
    amount: int


class Supply(msgspec.Struct, frozen=True):
    """How much of a resource there is over time, nothing before the first step, and nothing before it opens."""

    id: str
    steps: tuple[Step, ...]
    opens: Distribution | None = None


class Closure(msgspec.Struct, frozen=True):
    """A name for the moment at which all of some tasks have ended, as a phase closes."""

    name: str
    tasks: tuple[str, ...]


class Network(msgspec.Struct, frozen=True):
    """What is to be done, with what. Times count from tick 0; a tick has `tick_s` seconds."""

    tasks: tuple[Task, ...]
    supplies: tuple[Supply, ...] = ()
    closures: tuple[Closure, ...] = ()
    tick_s: int = 3600


def usable_supplies(given: Sequence[Supply], faults: list[Fault]) -> dict[str, Supply]:
    """Supplies by id as far as they can be counted; what cannot is added to `faults`."""
    found: dict[str, Supply] = {}
    for supply in given:
        ticks = [step.tick for step in supply.steps]
        if supply.id in found:
            faults.append(Fault(supply.id, "id", f"“{supply.id}” stands twice: only the first is counted."))
            continue
        if any(
            not 0 <= step.amount <= MOST_THERE or not 0 <= step.tick < MOST_TICKS for step in supply.steps
        ) or ticks != sorted(set(ticks)):
            sentence = f"“{supply.id}”: amounts must lie between 0 and {MOST_THERE:,}, times must not be below 0 and must grow; it is left out."
            faults.append(Fault(supply.id, "steps", sentence))
            continue
        reason = wrong(supply.opens) if supply.opens is not None else ""
        if reason:
            faults.append(Fault(supply.id, "opens", f"“{supply.id}”: {reason}; it is taken as open from the start."))
        found[supply.id] = msgspec.structs.replace(supply, opens=None) if reason else supply
    return found


def usable_tasks(given: Sequence[Task], supplies: Mapping[str, Supply], faults: list[Fault]) -> dict[str, Task]:
    """Tasks by id as far as they can be reckoned with; what cannot is added to `faults`."""
    found: dict[str, Task] = {}
    for task in given:
        if task.id in found:
            faults.append(Fault(task.id, "id", f"“{task.id}” stands twice: only the first is counted."))
        else:
            found[task.id] = task
    for name, task in found.items():
        duration, ready = task.duration, task.ready
        if reason := wrong(duration):
            faults.append(Fault(name, "duration", f"“{name}”: {reason}; it is taken to last no time."))
            duration = Fixed(0)
        if ready is not None and (reason := wrong(ready)):
            faults.append(Fault(name, "ready", f"“{name}”: {reason}; it is taken to be ready from the start."))
            ready = None
        after = []
        for link in task.after:
            if link.task not in found:
                sentence = f"“{name}” comes after “{link.task[:60]}”, which is not there; this is left out."
                faults.append(Fault(name, "after", sentence))
            elif abs(link.lag) >= MOST_TICKS:
                faults.append(Fault(name, "after", f"“{name}”: a lag of {link.lag:,} ticks is left out."))
            else:
                after.append(link)
        uses = tuple(use for use in _summed(task.uses) if _usable(name, use, supplies, faults))
        found[name] = Task(name, duration, tuple(after), uses, ready)
    return found


def _summed(uses: Sequence[Use]) -> list[Use]:
    """Each resource once, with all that is used of it."""
    summed: dict[str, int] = {}
    for use in uses:
        summed[use.resource] = summed.get(use.resource, 0) + use.amount
    return [Use(resource, amount) for resource, amount in summed.items()]


def _usable(name: str, use: Use, supplies: Mapping[str, Supply], faults: list[Fault]) -> bool:
    if use.amount < 0:
        sentence = f"“{name}” uses {use.amount} of “{use.resource[:60]}”, which is less than nothing; this is left out."
    elif use.resource not in supplies:
        sentence = f"“{name}” uses “{use.resource[:60]}”, which nobody has; this is left out."
    elif use.amount > max((step.amount for step in supplies[use.resource].steps), default=0):
        sentence = f"“{name}” needs {use.amount} of “{use.resource}”, and there is never so much: it can never be done."
        faults.append(Fault(name, "uses", sentence))
        return True
    else:
        return use.amount > 0
    faults.append(Fault(name, "uses", sentence))
    return False


def without_circles(tasks: Mapping[str, Task], faults: list[Fault]) -> dict[str, Task]:
    """The tasks that stand on no circle and after none; the others are added to `faults`."""
    waiting = {name: len({link.task for link in task.after}) for name, task in tasks.items()}
    later: dict[str, list[str]] = {name: [] for name in tasks}
    for name, task in tasks.items():
        for before in {link.task for link in task.after}:
            later[before].append(name)
    free = [name for name, count in waiting.items() if not count]
    kept = set(free)
    while free:
        for name in later[free.pop()]:
            waiting[name] -= 1
            if not waiting[name]:
                free.append(name)
                kept.add(name)
    on_circle: dict[str, str] = {}
    for name in tasks:
        if name in kept or name in on_circle:
            continue
        circle = _circle(name, tasks, kept)
        if circle[0] in on_circle:
            continue
        ring = " → ".join([*reversed(circle), circle[-1]][:_SHOWN]) + (" → …" if len(circle) >= _SHOWN else "")
        on_circle.update(dict.fromkeys(circle, ring))
        sentence = f"These come after each other in a circle: {ring}. They are left out, with all that comes after."
        faults.append(Fault(circle[-1], "after", sentence))
    for name in tasks:
        if name not in kept and name not in on_circle:
            sentence = f"“{name}” comes after a circle ({next(iter(on_circle.values()))}) and is left out."
            faults.append(Fault(name, "after", sentence))
    return {name: task for name, task in tasks.items() if name in kept}


def _circle(start: str, tasks: Mapping[str, Task], kept: set[str]) -> list[str]:
    """A circle that is met on the way back from `start`, against the arrows."""
    seen: dict[str, int] = {}
    path: list[str] = []
    while start not in seen:
        seen[start] = len(path)
        path.append(start)
        start = next(link.task for link in tasks[start].after if link.task not in kept)
    return path[seen[start] :]
