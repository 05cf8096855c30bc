"""The Gantt chart of a schedule: of a few activities all, of many what matters, with each phase as one bar above; under it what is used of the resources."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from stafftalks.analysis.schedule import Problem, Resource
from stafftalks.analysis.times import Times
from stafftalks.formats.charts import gantt
from stafftalks.formats.charts.chart import Chart
from stafftalks.formats.charts.gantt import Bar, Due, Profile
from stafftalks.web import charts
from stafftalks.web.analyses.schedule_rows import ActivityRow, PhaseRow, ResourceRow

MOST_BARS: Final = 60
"""That can be read one below the other."""
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
    """What matters of these activities, as bars in the order of their starts."""
    shown = mattering(rows)
    group = _grouping(shown)
    bars = [_bar(row, group(row)) for row in shown]
    if len(shown) < len(rows):
        bars = [*_rolled(rows, phases, problem), *bars]
    named = {phase for row in shown for phase in row.phases}
    dues = [
        Due(name=row.link.title, tick=row.due, said=row.said_due, closes=row.said_closes)
        for row in phases
        if row.name in named or row.mark == "bad"
    ]
    known = {resource.id: resource for resource in problem.resources}
    profiles = [_profile(row, known[row.profile.resource]) for row in resources[:_MOST_PROFILES]]
    title = _("Who does what when")
    if len(shown) < len(rows):
        counted = {"count": len(shown), "all": len(rows)}
        title = _("Who does what when: the %(count)s of %(all)s activities that matter most, and the phases") % counted
    return gantt.gantt(bars, charts.axis(times), dues=dues[:_MOST_DUES], profiles=profiles, say=say, title=title)


def mattering(rows: Sequence[ActivityRow], most: int = MOST_BARS) -> list[ActivityRow]:
    """All where they are few; else those that are late, then those the end waits for, then those with the least room, by their starts."""
    if len(rows) <= most:
        return list(rows)
    first = sorted(rows, key=lambda row: (not row.late, not row.critical, row.room, row.start))[:most]
    return sorted(first, key=lambda row: (row.start, row.end, row.link.title))


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


def _rolled(rows: Sequence[ActivityRow], phases: Iterable[PhaseRow], problem: Problem) -> list[Bar]:
    """Each phase from the start of its first activity to its closure."""
    starts: dict[str, int] = {}
    for row in rows:
        for phase in row.phases:
            starts[phase] = min(row.start, starts.get(phase, row.start))
    said = problem.ticks.said
    return [
        Bar(
            key=row.link.key,
            name=row.link.title,
            start=starts[row.name],
            end=row.closes,
            group=_("Phase"),
            late=row.mark == "bad",
            said_start=said(starts[row.name]),
            said_end=row.said_closes,
        )
        for row in phases
        if row.name in starts
    ]


def _profile(row: ResourceRow, resource: Resource) -> Profile:
    steps = row.profile.steps
    return Profile(
        name=row.link.title,
        used=tuple((step.at, step.used) for step in steps),
        capacity=tuple((step.at, step.capacity) for step in steps),
        unit=resource.unit,
        key=row.link.key,
    )
