"""A schedule as rows for people: when each phase closes, when each activity runs and what holds it there, what is used of each resource, and what is known of the whole.

Nothing is asked of the headquarters here but where an element is read; sentences are in the reader's language.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis.schedule import Answer, Closure, Phase, Placed, Problem
from stafftalks.analysis.schedule_standing import Held, Profile, Standing, profiles, standings
from stafftalks.web.analyses.behind import Behind, Link
from stafftalks.web.analyses.lasting import lasting

Mark = Literal["yes", "no", "wait", "bad"]


class Hold(msgspec.Struct, frozen=True):
    """Why an activity is not earlier: in words, with the activities it waited for and the resource, as links."""

    words: str
    by: tuple[Link, ...] = ()
    resource: Link | None = None


class ActivityRow(msgspec.Struct, frozen=True, kw_only=True):
    """When an activity runs, in ticks and in words, in which mode; how much later it alone could be; and why not earlier."""

    link: Link
    mode: str
    start: int
    end: int
    starts: str
    ends: str
    lasts: str
    phases: tuple[str, ...]
    critical: bool
    late: bool
    room: int
    room_said: str
    holds: tuple[Hold, ...]


class PhaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """When a phase closes beside when it is due, how far apart that is in words, and with which activities it closes."""

    name: str
    link: Link
    due: int
    closes: int
    said_due: str
    said_closes: str
    mark: Mark
    words: str
    must: bool
    last: tuple[Link, ...]


class ResourceRow(msgspec.Struct, frozen=True):
    """How much of a resource is used at most, of how much; `full` says from when it is used up for the first time, `full_for` how long in all."""

    link: Link
    percent: int
    full: str
    full_for: str
    profile: Profile


class Verdict(msgspec.Struct, frozen=True):
    """What is known of the whole: `mark` for its colour, and sentences, the first the shortest."""

    mark: Literal["good", "ask", "bad"]
    sentences: tuple[str, ...]


def activity_rows(problem: Problem, answer: Answer, behind: Behind) -> tuple[ActivityRow, ...]:
    """Every activity of the schedule, in the order of their starts."""
    known = {each.id: each for each in problem.activities}
    stands = {each.activity: each for each in standings(problem, answer.placed)}
    late = _late(problem, answer)
    phases: dict[str, list[str]] = {}
    for phase in problem.phases:
        for name in phase.activities:
            phases.setdefault(name, []).append(phase.id)
    return tuple(
        _activity(
            problem, each, known[each.activity].modes[each.mode].name, stands[each.activity], late, phases, behind
        )
        for each in sorted(answer.placed, key=lambda placed: (placed.start, placed.end, placed.activity))
    )


def _activity(
    problem: Problem,
    placed: Placed,
    mode: str,
    standing: Standing,
    late: frozenset[str],
    phases: Mapping[str, list[str]],
    behind: Behind,
) -> ActivityRow:
    said = problem.ticks.said
    return ActivityRow(
        link=behind.link(placed.activity),
        mode=mode,
        start=placed.start,
        end=placed.end,
        starts=said(placed.start),
        ends=said(placed.end),
        lasts=lasting(problem.ticks, placed.end - placed.start),
        phases=tuple(phases.get(placed.activity, ())),
        critical=standing.critical,
        late=placed.activity in late,
        room=standing.room,
        room_said=lasting(problem.ticks, standing.room) if standing.room else _("none"),
        holds=tuple(_hold(each, behind) for each in standing.held),
    )


def _hold(held: Held, behind: Behind) -> Hold:
    by = behind.links(held.by)
    match held.how:
        case "after":
            return Hold(_("It comes after"), by)
        case "busy":
            return Hold(_("It waits for what is given back then:"), by, behind.link(held.resource))
        case "less":
            return Hold(_("Before, there is not enough of"), (), behind.link(held.resource))
        case "window":
            return Hold(_("It may not start before: its window opens then."))
        case "start":
            return Hold(_("It starts as soon as anything may."))
        case "free":
            return Hold(_("It could start earlier: nothing that matters would come sooner."))


def phase_rows(problem: Problem, answer: Answer, behind: Behind) -> tuple[PhaseRow, ...]:
    """Every phase, the latest beyond what it is due first."""
    known = {each.id: each for each in problem.phases}
    ends = {each.activity: each.end for each in answer.placed}
    rows = [_phase(problem, known[each.phase], each, ends, behind) for each in answer.closures]
    return tuple(sorted(rows, key=lambda row: (row.due - row.closes, row.due)))


def _phase(problem: Problem, phase: Phase, closure: Closure, ends: Mapping[str, int], behind: Behind) -> PhaseRow:
    said, by = problem.ticks.said, closure.closes - closure.due
    apart = {"time": lasting(problem.ticks, abs(by))}
    mark: Mark = "bad" if by > 0 else "yes"
    words = _("%(time)s late") % apart if by > 0 else _("%(time)s early") % apart if by else _("just in time")
    last = [name for name in phase.activities if ends.get(name) == closure.closes]
    return PhaseRow(
        name=phase.id,
        link=behind.link(phase.id),
        due=closure.due,
        closes=closure.closes,
        said_due=said(closure.due),
        said_closes=said(closure.closes),
        mark=mark,
        words=words,
        must=phase.hard,
        last=behind.links(last),
    )


def resource_rows(problem: Problem, answer: Answer, behind: Behind) -> tuple[ResourceRow, ...]:
    """Every resource that is shared over time and used: those of which there are several before single forces, the fullest first."""
    rows = []
    for each in profiles(problem, answer.placed):
        full = next((step.at for step in each.steps if step.used >= step.capacity > 0), None)
        full_for = _full_for(each)
        row = ResourceRow(
            behind.link(each.resource),
            round(100 * each.fullest),
            "" if full is None else problem.ticks.said(full),
            lasting(problem.ticks, full_for) if full_for else "",
            each,
        )
        single = max(step.capacity for step in each.steps) < 2
        rows.append((single, -each.fullest, -full_for, row))
    return tuple(row for *_order, row in sorted(rows, key=lambda row: row[:3]))


def _full_for(profile: Profile) -> int:
    ends = [*(step.at for step in profile.steps[1:]), profile.until]
    return sum(end - step.at for step, end in zip(profile.steps, ends, strict=True) if step.used >= step.capacity > 0)


def verdict(problem: Problem, answer: Answer) -> Verdict:
    """What is known of the whole, in plain words; “proved” stands only where it is."""
    match answer.state:
        case "infeasible":
            return Verdict("bad", (_("There is no schedule: that is proved."),))
        case "unknown":
            more = _("Give it more time, or less to do at once.")
            return Verdict("ask", (_("No schedule was found in the time, and none was proved not to exist."), more))
    if answer.value is None or not answer.placed:
        return Verdict("ask", (_("There is nothing to schedule."),))
    late = [each for each in answer.closures if each.closes > each.due]
    said = {"end": problem.ticks.said(answer.value.end)}
    ends = _("The last activity ends at %(end)s.") % said
    if late:
        closed = ngettext("%(count)s phase closes late.", "%(count)s phases close late.", len(late)) % {
            "count": len(late)
        }
    else:
        closed = _("Every phase that is due closes in time.") if answer.closures else ends
    sentences = (closed, *((ends,) if answer.closures else ()), *_proved(problem, answer))
    good = not late and answer.state == "optimal"
    return Verdict("good" if good else "bad" if late and answer.state == "optimal" else "ask", sentences)


def _proved(problem: Problem, answer: Answer) -> tuple[str, ...]:
    value, bound = answer.value, answer.bound
    if value is None or bound is None:
        return ()
    if answer.state == "optimal":
        if value.lateness:
            late = {"time": lasting(problem.ticks, value.lateness)}
            return (_("Together they are %(time)s late. No schedule is less late: this is proved best.") % late,)
        return (_("No schedule is better: this is proved best."),)
    if value.lateness:
        known = {"best": lasting(problem.ticks, value.lateness), "least": lasting(problem.ticks, bound.lateness)}
        first = (
            _("Together they are %(best)s late; no schedule is less than %(least)s late.") % known
            if value.lateness > bound.lateness
            else _("Together they are %(best)s late. No schedule is less late: that is proved.") % known
        )
    else:
        first = ""
    if value.lateness > bound.lateness:
        open_words = _("Between the two nothing is proved: more time may find a better one.")
    else:
        end = {"earliest": problem.ticks.said(bound.end)}
        open_words = _("None can end before %(earliest)s; between the two nothing is proved.") % end
    gap = "" if answer.gap is None else _("At most %(gap)s of it could still be saved.") % {"gap": percent(answer.gap)}
    return tuple(each for each in (first, open_words, gap) if each)


def percent(share: float) -> str:
    """A share as people write it: `12 %`, `0.4 %`."""
    return f"{share * 100:.0f} %" if share >= 0.1 or not share else f"{share * 100:.2g} %"


def _late(problem: Problem, answer: Answer) -> frozenset[str]:
    """The activities that end after a phase of theirs was due."""
    ends = {each.activity: each.end for each in answer.placed}
    due = {each.id: each.due for each in problem.phases}
    return frozenset(
        name for phase in problem.phases for name in phase.activities if ends.get(name, due[phase.id]) > due[phase.id]
    )
