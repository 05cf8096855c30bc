"""What the page of a schedule run shows: what is known of the whole, phases, a window of the activities with the Gantt chart, resources, what plans say now; or what stands in the way, and what would do."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from stafftalks.analysis.schedule import Answer, Problem
from stafftalks.analysis.schedule_answering import InTheWay, Reason
from stafftalks.analysis.schedule_assumptions import Granted, assumptions
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_relaxations import Change
from stafftalks.analysis.schedule_words import change_said
from stafftalks.analysis.times import Times
from stafftalks.formats.charts.chart import Chart
from stafftalks.services import analyses_planned
from stafftalks.services.analyses import Ask
from stafftalks.services.analyses_planned import Apart, Compared
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import ScheduleAnswered, ScheduleFrozen
from stafftalks.services.run_rows import RunRow, ScheduleWanted
from stafftalks.services.runs import Result
from stafftalks.web import access
from stafftalks.web.analyses import schedule_gantt, schedule_rows
from stafftalks.web.analyses.behind import Behind, Link
from stafftalks.web.analyses.lasting import lasting
from stafftalks.web.analyses.schedule_rows import ActivityRow, PhaseRow, ResourceRow, Verdict
from stafftalks.web.templatetags.stafftalks import tr
from stafftalks.web.windows import Window, offset_of

_MOST_APART: Final = 100
_MOST_LEVERS: Final = 200


class ReasonRow(msgspec.Struct, frozen=True):
    """One of what cannot hold together: in words, with the elements it is about."""

    sentence: str
    about: tuple[Link, ...]


class RemedyRow(msgspec.Struct, frozen=True):
    """What would do: each change in words with the elements it is about, and all of it as `given` for a run that takes it as given."""

    sentence: str
    changes: tuple[ReasonRow, ...]
    given: str
    least: bool


class ApartRow(msgspec.Struct, frozen=True):
    """An activity beside its plan: what its window is now, when it is scheduled, how far apart; `edit` is where ours is revised."""

    link: Link
    sort: str
    words: str
    window: str
    scheduled: str
    edit: str


class Picked(msgspec.Struct, frozen=True):
    """Which activities are asked for: all, those the end waits for or those that are late (`only`); of a party; of a phase."""

    only: str = ""
    party: str = ""
    phase: str = ""

    def has(self, row: ActivityRow) -> bool:
        """Whether this one is among them."""
        return (
            (self.only != "critical" or row.critical)
            and (self.only != "late" or row.late)
            and (not self.phase or self.phase in row.phases)
            and (not self.party or self.party == row.link.party or (self.party == "ours" and not row.link.party))
        )


EVERY: Final = Picked()
"""Nothing is asked for in particular."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """All of a schedule that its page and its files need. `every` are all activities, `activities` those that were `picked`, of which one window is drawn."""

    problem: Problem
    answer: Answer
    verdict: Verdict
    every: tuple[ActivityRow, ...]
    picked: Picked
    activities: tuple[ActivityRow, ...]
    window: Window
    phases: tuple[PhaseRow, ...]
    resources: tuple[ResourceRow, ...]
    charts: tuple[Chart, ...]

    @property
    def drawn(self) -> tuple[ActivityRow, ...]:
        """The activities of this window."""
        return self.activities[self.window.offset : self.window.offset + self.window.limit]


def context(request: HttpRequest, run: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_schedule.html` shows; `charts` are what the page offers as files."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, ScheduleFrozen) or not isinstance(answered, ScheduleAnswered):
        return {}
    hq = access.headquarters()
    problem, _faults = checked(frozen.problem)
    times = frozen.problem.ticks.times or Times()
    behind = Behind(hq, run.basis, frozen.titles)
    found = shown(problem, answered.answer, times, behind, picked_of(request), offset_of(request))
    made = listed(request, hq, run.basis.ask, found, times, behind)
    made["levers"] = levers(problem, behind)
    if answered.in_the_way is not None:
        made["in_the_way"] = in_the_way(problem, answered.in_the_way, behind)
    if isinstance(run.ask.wanted, ScheduleWanted):
        made["granted"] = granted(problem, run.ask.wanted.given, behind)
    return made


def shown(
    problem: Problem, answer: Answer, times: Times, behind: Behind, picked: Picked = EVERY, offset: int = 0
) -> Shown:
    """The rows and the charts of a sound problem and its answer."""
    placed = bool(answer.placed)
    every = schedule_rows.activity_rows(problem, answer, behind) if placed else ()
    picked = _what_matters(picked, every)
    rows = tuple(row for row in every if picked.has(row))
    phases = schedule_rows.phase_rows(problem, answer, behind)
    resources = schedule_rows.resource_rows(problem, answer, behind) if placed else ()
    found = Shown(
        problem=problem,
        answer=answer,
        verdict=schedule_rows.verdict(problem, answer),
        every=every,
        picked=picked,
        activities=rows,
        window=Window(len(rows), offset, schedule_gantt.MOST_BARS),
        phases=phases,
        resources=resources,
        charts=(),
    )
    made = []
    if len(every) > schedule_gantt.MOST_BARS and phases:
        made.append(schedule_gantt.overview(problem, times, every, phases, resources, tr))
    if found.drawn:
        made.append(schedule_gantt.chart(problem, times, found.drawn, phases, resources, tr))
    return msgspec.structs.replace(found, charts=tuple(made))


def _what_matters(picked: Picked, every: Sequence[ActivityRow]) -> Picked:
    """Of very many, where nothing was asked for, those that the end waits for."""
    if picked != EVERY or len(every) <= schedule_gantt.MOST_BARS or not any(row.critical for row in every):
        return picked
    return Picked("critical")


def picked_of(request: HttpRequest) -> Picked:
    """What the query asks for."""
    return Picked(request.GET.get("only", ""), request.GET.get("party", ""), request.GET.get("phase", ""))


def in_the_way(problem: Problem, found: InTheWay, behind: Behind) -> dict[str, object]:
    """Why there is no schedule, with links, and what would do."""
    known = {(each.kind, each.name): each for each in assumptions(problem)}

    def rows(reasons: Iterable[Reason]) -> list[ReasonRow]:
        return [ReasonRow(each.sentence, behind.links(each.assumption.about)) for each in reasons]

    remedies = []
    for each in found.remedies:
        about = [known.get((one.kind, one.name)) for one in each.changes]
        changes = tuple(
            ReasonRow(said, behind.links(one.about) if one is not None else ())
            for said, one in zip(each.said, about, strict=True)
        )
        remedies.append(RemedyRow(each.sentence, changes, given(each.changes), each.least))
    return {
        "why": found.why,
        "reasons": rows(found.reasons),
        "minimal": found.minimal,
        "further": [rows(each) for each in found.further],
        "remedies": remedies,
    }


def levers(problem: Problem, behind: Behind) -> list[tuple[str, str]]:
    """What can be taken as otherwise by an amount, with what there is of it: resources, and phases that must close in time."""
    found = []
    for each in problem.resources[:_MOST_LEVERS]:
        there = f"{each.capacity:,} {each.unit}".strip()
        found.append((f"resource:{each.assumption or each.id}", f"{behind.link(each.id).title} ({there})"))
    for phase in problem.phases[:_MOST_LEVERS]:
        if phase.hard:
            said = _("%(phase)s: hours later than %(due)s") % {
                "phase": phase.title,
                "due": problem.ticks.said(phase.due),
            }
            found.append((f"phase:{phase.id}", said))
    return found


def given(changes: Sequence[Granted]) -> str:
    """Changes as a form carries them."""
    return msgspec.json.encode(changes).decode()


def granted(problem: Problem, grants: Iterable[Granted], behind: Behind) -> list[ReasonRow]:
    """What a run took as given, in words, with the elements that it is about."""
    known = {(each.kind, each.name): each for each in assumptions(problem)}
    rows = []
    for each in grants:
        assumption = known.get((each.kind, each.name))
        if assumption is not None and each.amount is not None:
            rows.append(
                ReasonRow(change_said(problem, Change(assumption, each.amount)), behind.links(assumption.about))
            )
        else:
            rows.append(
                ReasonRow(_("without “%(name)s”") % {"name": behind.link(each.name).title}, behind.links([each.name]))
            )
    return rows


def beside_plans(compared: Compared, problem: Problem, behind: Behind) -> list[ApartRow]:
    """What is scheduled otherwise than plans say now, the furthest first."""
    return [_apart(each, problem, behind) for each in compared.apart[:_MOST_APART]]


def _apart(apart: Apart, problem: Problem, behind: Behind) -> ApartRow:
    by = {"time": lasting(problem.ticks, apart.by)}
    words = {
        "later": _("ends %(time)s after its window"),
        "earlier": _("starts %(time)s before its window"),
        "open": _("has no window"),
        "gone": _("is in no plan any more"),
        "new": _("has come since: the schedule does not know it"),
    }[apart.sort]
    said = problem.ticks.said
    when = "" if apart.start is None or apart.end is None else f"{said(apart.start)} – {said(apart.end)}"
    link = behind.link(apart.activity)
    if not link.key:
        link = msgspec.structs.replace(link, key=apart.activity, title=apart.title or link.title)
    edit = reverse("element-edit", args=[apart.activity.rpartition("/")[2]]) if apart.own else ""
    return ApartRow(link, apart.sort, words % by, apart.window, when, edit)


def listed(
    request: HttpRequest, hq: Headquarters, ask: Ask, found: Shown, times: Times, behind: Behind
) -> dict[str, object]:
    """The context of the part about a schedule that was found."""
    compared = analyses_planned.compared(hq, ask, times, found.answer.placed)
    return {
        "shown": found,
        "charts": found.charts,
        "window": found.window,
        "activities": found.drawn,
        "modes": any(row.mode for row in found.drawn),
        "narrowed": found.picked.only == "critical" and "only" not in request.GET,
        "compared": compared,
        "apart": beside_plans(compared, found.problem, behind),
        "parties": sorted({row.link.party for row in found.every} - {""}),
        "picks": [("all", _("All")), ("critical", _("Those the end waits for")), ("late", _("Those that are late"))],
    }
