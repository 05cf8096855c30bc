"""What is to be done, with what, from elements: the activities of plans with what comes before what, and the forces and resources that they share. Schedules and risk both begin here.

An activity says when, not how long: without an estimate it is taken to last as long as its window. A force does one thing at a time; a resource serves as much as its capacity, and where that is not
known it limits nothing, and this is said.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.analysis.amounts import scaled, scales
from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_distributions import Distribution, mean
from stafftalks.analysis.times import Times
from stafftalks.planning.forces import Activity
from stafftalks.planning.plans import Phase, Plan
from stafftalks.planning.resources import NamedResource
from stafftalks.services import analyses, analyses_times
from stafftalks.services.analyses import Ask, Gathered, key_of
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Window

TICK_S: Final = 3600


class Job(msgspec.Struct, frozen=True):
    """An activity in hours from the earliest start of all. `lasts` is None where neither a window nor an estimate says how long."""

    key: str
    title: str
    start: int | None
    end: int | None
    lasts: float | None
    estimated: bool
    after: tuple[str, ...]
    uses: tuple[tuple[str, int], ...]


class Stage(msgspec.Struct, frozen=True):
    """A phase of a plan, or what activities call one: which close it, and the hour at which it is due, where that is said."""

    name: str
    jobs: tuple[str, ...]
    due: int | None


class Work(msgspec.Struct, frozen=True):
    """All of it. `supplies` is how much there is of each force (its key) and resource (its folded name), in parts of its unit."""

    gathered: Gathered
    jobs: tuple[Job, ...]
    supplies: Mapping[str, int]
    stages: tuple[Stage, ...]
    times: Times
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]


def work(hq: Headquarters, ask: Ask, durations: Mapping[str, Distribution]) -> Work:
    """What is to be done as it stands now; `durations` are estimates by folded key or title."""
    gathered = analyses.gather(hq, ask)
    faults: list[Fault] = []
    activities = list(gathered.of(Activity))
    windows = {piece.key: [content.window] for piece, content in activities}
    for piece, plan in gathered.of(Plan):
        windows[piece.key] = [Window(None, phase.end) for phase in plan.phases]
    whole, of = analyses_times.counted(gathered, windows, tick_s=TICK_S)
    spans = {}
    for piece, content in activities:
        start, end, why = of(piece, content.plan).window(content.window)
        if why:
            faults.append(Fault(piece.key, "window", f"“{piece.title}”: {why}; the window is left out."))
        spans[piece.key] = (start, end)
    zero = min((start for start, _end in spans.values() if start is not None), default=0)
    capacity = _capacity(gathered)
    scale = scales([*capacity.values(), *(row.quantity for _, content in activities for row in content.resources)])
    supplies = {name: scaled(quantity, scale)[0] or 0 for name, quantity in capacity.items()}
    supplies |= {key_of(force): 1 for _piece, content in activities for force in content.forces}
    jobs = []
    for piece, content in activities:
        start, end = (None if tick is None else tick - zero for tick in spans[piece.key])
        estimate = durations.get(piece.key.casefold(), durations.get(folded(piece.title)))
        lasts = (
            mean(estimate) if estimate is not None else end - start if start is not None and end is not None else None
        )
        if lasts is None:
            sentence = f"“{piece.title}”: neither a window from when to when nor an estimate says how long it lasts; it is taken to last no time."
            faults.append(Fault(piece.key, "window", sentence))
        uses = _uses(piece, content, capacity, scale, faults)
        after = tuple(dict.fromkeys(key_of(ref) for ref in content.after))
        jobs.append(Job(piece.key, piece.title, start, end, lasts, estimate is not None, after, uses))
    times = msgspec.structs.replace(whole, shift=zero)
    names = {folded(piece.title): piece.title for piece, _content in gathered.of(NamedResource)}
    stages = _stages(gathered, of, zero, faults)
    return Work(gathered, tuple(jobs), supplies, stages, times, {**names, **gathered.titles}, tuple(faults))


def _capacity(gathered: Gathered) -> dict[str, Quantity]:
    """By folded title; by party, with our unreleased elements ours first."""
    found: dict[str, Quantity] = {}
    for piece, content in gathered.of(NamedResource):
        if content.capacity is not None:
            found.setdefault(folded(piece.title), content.capacity)
    return found


def _uses(
    piece: Piece,
    content: Activity,
    capacity: Mapping[str, Quantity],
    scale: Mapping[str, int],
    faults: list[Fault],
) -> tuple[tuple[str, int], ...]:
    found = {key_of(ref): 1 for ref in content.forces}
    for number, row in enumerate(content.resources):
        held = capacity.get(folded(row.name))
        if held is None:
            why = f"“{row.name}” is claimed, and how much of it there is is not known: it limits nothing"
        elif held.unit != row.quantity.unit:
            why = f"“{row.name}” is claimed in {row.quantity.unit} and counted in {held.unit}: this is left out"
        else:
            name = folded(row.name)
            found[name] = found.get(name, 0) + (scaled(row.quantity, scale)[0] or 0)
            continue
        faults.append(Fault(piece.key, f"resources.{number}", f"“{piece.title}”: {why}."))
    return tuple(found.items())


def _stages(gathered: Gathered, of: analyses_times.Of, zero: int, faults: list[Fault]) -> tuple[Stage, ...]:
    """Each phase that activities name: of their plan by id or name, with when it is to end; else by what they call it."""
    members: dict[tuple[str, str], list[str]] = {}
    for piece, content in gathered.of(Activity):
        if content.phase:
            plan = "" if content.plan is None else key_of(content.plan)
            members.setdefault((plan, folded(content.phase)), []).append(piece.key)
    found = []
    for (plan, name), keys in members.items():
        holder = gathered.by_key.get(plan)
        phases = holder.content.phases if holder is not None and isinstance(holder.content, Plan) else ()
        phase: Phase | None = next((each for each in phases if name in (folded(each.id), folded(each.name))), None)
        due = None
        if holder is not None and phase is not None and phase.end is not None:
            tick, why = of(holder, None).tick(phase.end)
            due = None if tick is None else tick - zero
            if why:
                faults.append(Fault(holder.key, "phases", f"“{holder.title}”, {phase.name}: {why}; it is never due."))
        shown = f"{holder.title}: {phase.name if phase else name}" if holder is not None else name
        found.append(Stage(shown, tuple(keys), due))
    return tuple(found)
