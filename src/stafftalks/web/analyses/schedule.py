"""The result of a schedule: when each activity is, when phases close, and where there is none what stands in the way."""

from django.http import HttpRequest

from stafftalks.services.run_problems import ScheduleAnswered, ScheduleFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result


def context(_request: HttpRequest, _run: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_schedule.html` shows."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, ScheduleFrozen) or not isinstance(answered, ScheduleAnswered):
        return {}
    problem, answer = frozen.problem, answered.answer
    known = {activity.id: activity for activity in problem.activities}
    phases = {phase.id: phase for phase in problem.phases}
    said = problem.ticks.said
    return {
        "answer": answer,
        "ends": said(answer.value.end) if answer.value else "",
        "earliest": said(answer.bound.end) if answer.bound else "",
        "gap": "" if answer.gap is None else f"{answer.gap:.1%}",
        "activities": [
            (
                known[each.activity].title or each.activity,
                known[each.activity].modes[each.mode].name,
                said(each.start),
                said(each.end),
            )
            for each in sorted(answer.placed, key=lambda placed: (placed.start, placed.end))
        ],
        "phases": [
            (phases[each.phase].title or each.phase, said(each.closes), said(each.due), each.lateness)
            for each in answer.closures
        ],
        "conflict": answered.conflict,
        "would_do": answered.would_do,
    }
