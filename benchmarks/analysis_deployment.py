"""A made deployment: movements of two sides by three modes, which share lift, ports and airfields; phases that must close by their dates."""

import random
from typing import Final

from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Problem, Resource, Span, Ticks, Use

SIDES: Final = ("ours", "theirs")
PORTS: Final = 3
AIRFIELDS: Final = 3
PER_DAY: Final = 4
"""Ticks of six hours."""


def deployment(movements: int, seed: int) -> Problem:
    """A problem of so many movements; the same for the same arguments. Dates are tight: about half of the phases can only close late."""
    draw = random.Random(seed)
    units = movements // 2
    scale = max(movements / 200, 1.0) ** 0.85
    resources = [
        *(_changing(draw, f"ships-{side}", round(6 * scale), 0.7) for side in SIDES),
        *(_changing(draw, f"aircraft-{side}", round(7 * scale), 0.6) for side in SIDES),
        _changing(draw, "road", round(10 * scale), 0.8),
        *(_changing(draw, f"port-{at}", round(340 * scale), 0.5) for at in range(PORTS)),
        *(_changing(draw, f"airfield-{at}", round(52 * scale), 0.5) for at in range(AIRFIELDS)),
    ]
    activities, arcs = [], []
    phases: dict[int, list[str]] = {at: [] for at in range(8)}
    for unit in range(units):
        side = SIDES[unit % 2]
        # Each unit moves twice: its body to a port or airfield, then on by road, or its second echelon after the first.
        first, second = f"move-{unit}a", f"move-{unit}b"
        tons = draw.randrange(40, 260, 20)
        port, airfield = draw.randrange(PORTS), draw.randrange(AIRFIELDS)
        ready = draw.randrange(0, 10 * PER_DAY)
        phase = min(unit * 8 // units, 7)
        activities.append(
            Activity(
                id=first,
                title=f"Unit {unit + 1}, main body",
                modes=_modes(draw, side, tons, port, airfield),
                spans=(Span(ready, None),),
                assumption=f"readiness of unit {unit + 1}",
            )
        )
        activities.append(
            Activity(
                id=second,
                title=f"Unit {unit + 1}, second echelon",
                modes=_modes(draw, side, max(tons // 2, 20), port, airfield),
            )
        )
        arcs.append(Arc(first, second, draw.randrange(0, 3)))
        if unit >= 2 and draw.random() < 0.4:
            arcs.append(Arc(f"move-{draw.randrange(max(0, unit - 20), unit)}a", first))
        phases[phase] += [first, second]
    return Problem(
        title=f"deployment of {movements} movements, seed {seed}",
        activities=tuple(activities),
        arcs=tuple(arcs),
        resources=tuple(resources),
        phases=tuple(
            Phase(
                id=f"phase-{at}",
                title=f"Phase {at + 1}",
                activities=tuple(members),
                due=(9 + 4 * at) * PER_DAY,
                weight=draw.randrange(1, 6),
            )
            for at, members in phases.items()
        ),
        ticks=Ticks("C", PER_DAY),
    )


def _modes(draw: random.Random, side: str, tons: int, port: int, airfield: int) -> tuple[Mode, ...]:
    other = next(each for each in SIDES if each != side)
    ships = 1 + tons // 120
    aircraft = 1 + tons // 60
    return (
        Mode(
            "by sea, own lift",
            draw.randrange(10, 22),
            (Use(f"ships-{side}", ships), Use(f"port-{port}", tons)),
        ),
        Mode(
            "by air",
            draw.randrange(2, 6),
            (Use(f"aircraft-{side}", aircraft), Use(f"airfield-{airfield}", min(10 + tons // 6, 60))),
        ),
        Mode(
            "by road, then the other side's ships",
            draw.randrange(14, 28),
            (Use("road", 1 + tons // 100), Use(f"ships-{other}", ships), Use(f"port-{(port + 1) % PORTS}", tons)),
        ),
    )


def _changing(draw: random.Random, name: str, most: int, least: float) -> Resource:
    """So much, with days on which there is less: maintenance, weather, another's use."""
    changes, at = [], 0
    for _ in range(5):
        at += draw.randrange(4, 10) * PER_DAY
        changes.append(Change(at, round(most * draw.uniform(least, 0.9))))
        at += draw.randrange(1, 4) * PER_DAY
        changes.append(Change(at, most))
    return Resource(id=name, title=name.replace("-", ", "), capacity=most, changes=tuple(changes))
