"""What is to be done, with what, from elements: the activities of plans with what comes before what, and the forces and resources that they share. Schedules and risk both begin here.

An activity lasts as long as it says, in each of its ways; without a duration, as long as its window. Estimates of a file count before what elements say.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Final

import msgspec

from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_distributions import Distribution, Fixed, Pert
from stafftalks.analysis.times import Times
from stafftalks.planning.durations import Duration, hours_of
from stafftalks.planning.forces import Activity
from stafftalks.planning.plans import Phase, Plan
from stafftalks.planning.resources import NamedResource
from stafftalks.services import analyses, analyses_supplies, analyses_times
from stafftalks.services.analyses import Ask, Gathered, key_of
from stafftalks.services.analyses_supplies import Supplied, Supplies
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Window

TICK_S: Final = 3600


class Way(msgspec.Struct, frozen=True):
    """One way to do a job. `lasts` in hours; None where neither an estimate, nor the activity, nor its window says how long. `uses` are so much of each force (its key) or resource (its folded name)."""

    name: str
    lasts: Distribution | None
    uses: tuple[tuple[str, int], ...]


class Job(msgspec.Struct, frozen=True):
    """An activity in hours from the earliest start of all. `estimated`: how long it lasts is said otherwise than by its window. `after` are others with how many hours must lie between."""

    key: str
    title: str
    start: int | None
    end: int | None
    estimated: bool
    after: tuple[tuple[str, int], ...]
    ways: tuple[Way, ...]


class Stage(msgspec.Struct, frozen=True):
    """A phase of a plan, or what activities call one: which close it, and the hour at which it is due, where that is said."""

    name: str
    jobs: tuple[str, ...]
    due: int | None


class Work(msgspec.Struct, frozen=True):
    """All of it. `supplies` is how much there is of each force (its key) and resource (its folded name)."""

    gathered: Gathered
    jobs: tuple[Job, ...]
    supplies: Mapping[str, Supplied]
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
    known = analyses_supplies.claimed(gathered)
    whole, of = analyses_times.counted(gathered, windows, tick_s=TICK_S)
    spans = {}
    for piece, content in activities:
        start, end, why = of(piece, content.plan).window(content.window)
        if why:
            faults.append(Fault(piece.key, "window", f"“{piece.title}”: {why}; the window is left out."))
        spans[piece.key] = (start, end)
    zero = min((start for start, _end in spans.values() if start is not None), default=0)
    supplies = Supplies(gathered, known, of, zero, faults)
    jobs = []
    for piece, content in activities:
        start, end = (None if tick is None else tick - zero for tick in spans[piece.key])
        estimate = durations.get(piece.key.casefold(), durations.get(folded(piece.title)))
        window = None if start is None or end is None else Fixed(float(end - start))
        ways = tuple(_ways(piece, content, supplies, estimate, window))
        if any(way.lasts is None for way in ways):
            sentence = f"“{piece.title}”: neither a duration, nor a window from when to when, nor an estimate says how long it lasts; it is taken to last no time."
            faults.append(Fault(piece.key, "duration", sentence))
        estimated = estimate is not None or any(_said(content, at) is not None for at in range(len(ways)))
        jobs.append(Job(piece.key, piece.title, start, end, estimated, _after(content), ways))
    times = msgspec.structs.replace(whole, shift=zero)
    names = {folded(piece.title): piece.title for piece, _content in gathered.of(NamedResource)}
    stages = _stages(gathered, of, zero, faults)
    return Work(gathered, tuple(jobs), supplies.all, stages, times, {**names, **gathered.titles}, tuple(faults))


def _ways(
    piece: Piece, content: Activity, supplies: Supplies, estimate: Distribution | None, window: Distribution | None
) -> Iterator[Way]:
    """An activity's ways in their order, an estimate of a file before what they say; without any, the one that it is."""
    tables = list(analyses_supplies.claims(content))
    for at in range(max(1, len(content.modes))):
        mode = content.modes[at] if content.modes else None
        forces = content.forces if mode is None else (*content.forces, *mode.forces)
        uses = supplies.uses(piece, forces, [tables[0], *tables[at + 1 : at + 2]])
        name = "" if mode is None else f"{mode.name} ({mode.party})" if mode.party else mode.name
        yield Way(name, estimate or _said(content, at) or window, uses)


def _said(content: Activity, at: int) -> Distribution | None:
    """How long the way of that number lasts by what the element says; None where it does not."""
    own = _estimate(content.modes[at].duration) if at < len(content.modes) else None
    return own if own is not None else _estimate(content.duration)


def _estimate(duration: Duration) -> Distribution | None:
    hours = duration.hours()
    if hours is None:
        return None
    low, likely, high = map(float, hours)
    return Fixed(likely) if low == high else Pert(low, likely, high)


def _after(content: Activity) -> tuple[tuple[str, int], ...]:
    """Each activity that must have ended before, with the hours between; begun hours count whole."""
    found = {key_of(ref): 0 for ref in content.after}
    for row in content.waits:
        found[key_of(row.after)] = ceil(hours_of(row.lag) or 0)
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
