"""The Gantt chart of a schedule, of as many activities as can be read one below the other, and of very many the phases before them; under both what is used of the resources."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from stafftalks.analysis.schedule import Problem, Resource
from stafftalks.analysis.times import Times
from stafftalks.formats.charts import gantt
from stafftalks.formats.charts.chart import Chart
from stafftalks.formats.charts.gantt import Bar, Due, Profile
from stafftalks.web import charts
from stafftalks.web.analyses.schedule_rows import ActivityRow, PhaseRow, ResourceRow

MOST_BARS: Final = 60
"""That can be read one below the other; the page shows so many at a time."""
_MOST_PROFILES: Final = 4
_MOST_DUES: Final = 8
_LOOKS: Final = 4
"""Groups that the chart tells apart."""


def chart(
    problem: Problem,
    times: Times,
    rows: Sequence[ActivityRow],
    phases: Sequence[PhaseRow],
    resources: Sequence[ResourceRow],
    say: Callable[[str], str],
) -> Chart:
    """These activities as bars, with the phases that they are of, and under them what is used of the resources meanwhile."""
    group = _grouping(rows)
    bars = [_bar(row, group(row)) for row in rows]
    named = {phase for row in rows for phase in row.phases}
    first, last = min(row.start for row in rows), max(row.end for row in rows)
    # What is due long before or after would leave the bars no room.
    near = (first - (last - first) // 4, last + (last - first) // 4)
    dues = [_due(row) for row in phases if row.name in named and near[0] <= row.due <= near[1]]
    profiles = _profiles(problem, resources)
    return gantt.gantt(bars, charts.axis(times), dues=dues[:_MOST_DUES], profiles=profiles, say=say)


def overview(
    problem: Problem,
    times: Times,
    rows: Sequence[ActivityRow],
    phases: Sequence[PhaseRow],
    resources: Sequence[ResourceRow],
    say: Callable[[str], str],
) -> Chart:
    """Each phase as one bar, from the start of its first activity to its closure, and under them what is used of the resources."""
    starts: dict[str, int] = {}
    for row in rows:
        for phase in row.phases:
            starts[phase] = min(row.start, starts.get(phase, row.start))
    shown = sorted((row for row in phases if row.name in starts), key=lambda row: (starts[row.name], row.closes))
    bars = [
        Bar(
            key=row.link.key,
            name=row.link.title,
            start=starts[row.name],
            end=row.closes,
            late=row.mark == "bad",
            said_start=problem.ticks.said(starts[row.name]),
            said_end=row.said_closes,
        )
        for row in shown[:MOST_BARS]
    ]
    dues = [_due(row) for row in shown[:_MOST_DUES]]
    profiles = _profiles(problem, resources)
    title = _("The phases, and what is used meanwhile")
    made = gantt.gantt(bars, charts.axis(times), dues=dues, profiles=profiles, say=say, title=title)
    return msgspec.structs.replace(made, name="phases")


def _due(row: PhaseRow) -> Due:
    return Due(name=row.link.title, tick=row.due, said=row.said_due, closes=row.said_closes)


def _profiles(problem: Problem, resources: Sequence[ResourceRow]) -> list[Profile]:
    known = {resource.id: resource for resource in problem.resources}
    return [_profile(row, known[row.profile.resource]) for row in resources[:_MOST_PROFILES]]


def _grouping(rows: Sequence[ActivityRow]) -> Callable[[ActivityRow], str]:
    """How bars are told apart: by whose they are and how they are done, as far as the chart can tell so many apart."""
    for named in (_whose_and_how, _whose):
        if len({named(row) for row in rows}) <= _LOOKS:
            return named
    return _alike


def _alike(_row: ActivityRow) -> str:
    return ""


def _whose(row: ActivityRow) -> str:
    return row.link.party or _("Ours")


def _whose_and_how(row: ActivityRow) -> str:
    return ", ".join(part for part in (_whose(row), row.mode) if part)


def _bar(row: ActivityRow, group: str) -> Bar:
    told = [f"{row.link.title}: {row.starts} – {row.ends}", _whose_and_how(row)]
    told.append(_("critical: the end waits for it") if row.critical else _("room: %(room)s") % {"room": row.room_said})
    return Bar(
        key=row.link.key,
        name=row.link.title,
        start=row.start,
        end=row.end,
        group=group,
        late=row.late,
        critical=row.critical,
        room=0 if row.critical else row.room,
        said_start=row.starts,
        said_end=row.ends,
        said_room=_("critical") if row.critical else row.room_said,
        told="; ".join(told),
    )


def _profile(row: ResourceRow, resource: Resource) -> Profile:
    steps = row.profile.steps
    return Profile(
        name=row.link.title,
        used=tuple((step.at, step.used) for step in steps),
        capacity=tuple((step.at, step.capacity) for step in steps),
        unit=resource.unit,
        key=row.link.key,
    )
