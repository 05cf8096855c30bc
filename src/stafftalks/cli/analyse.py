"""`stafftalks analyse schedule`: the best schedule of a plain file, or of the activities that stand in the headquarters."""

import time
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, Private, StandsOn, watched
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import LEFT_OUT, NOT_MET
from stafftalks.values.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.schedule import Problem
    from stafftalks.analysis.schedule_answering import Scheduled
    from stafftalks.services.analyses_work import Work

NAME = "analyse"
app = typer.Typer(
    no_args_is_help=True,
    help="What plans add up to: of what stands in the headquarters, or of plain files without one.",
)


class ScheduledLine(msgspec.Struct, frozen=True):
    """One activity as it is scheduled; `start` and `end` in ticks, `starts` and `ends` as people write them."""

    activity: str
    title: str
    mode: str
    start: int
    end: int
    starts: str
    ends: str


class ClosureLine(msgspec.Struct, frozen=True):
    """When a phase closes and was due, in ticks; `lateness` is weighted."""

    phase: str
    title: str
    closes: int
    due: int
    lateness: int


class ChangeLine(msgspec.Struct, frozen=True):
    """What would do: each list of changes makes a schedule possible; `least` where less was proven not to be enough."""

    sentence: str
    cost: int
    least: bool


class UnscheduledLine(msgspec.Struct, frozen=True):
    """What was left out, and why."""

    element: str
    field: str
    sentence: str


class ScheduleFound(msgspec.Struct, frozen=True):
    """The best schedule found. `state` is optimal, feasible, infeasible or unknown; no schedule is better than `least_lateness`, then `earliest_end`.

    `gap` is the share by which the value may still be too high. `conflict` and `would_do` are told where there is no schedule. `stands_on` is null for files.
    """

    title: str
    state: str
    lateness: int | None
    least_lateness: int | None
    end: int | None
    earliest_end: int | None
    ends: str
    gap: float | None
    stopped: bool
    schedules: int
    activities: tuple[ScheduledLine, ...]
    phases: tuple[ClosureLine, ...]
    conflict: str
    would_do: tuple[ChangeLine, ...]
    stands_on: StandsOn | None
    left_out: tuple[UnscheduledLine, ...]


@app.command("schedule")
def schedule(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="YAML or JSON; or .sm, .mm, .rcp of the public collections. None: what stands in the headquarters.",
        ),
    ] = None,
    contingency: Contingency = "",
    estimates: Annotated[
        str, typer.Option("--estimates", metavar="FILE", help="How long activities of the headquarters last.")
    ] = "",
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", min=0.1, max=86_400, help="How long at most.")
    ] = 10.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the search.")] = 1,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Of the solver.")] = 8,
    *,
    must: Annotated[
        bool, typer.Option("--must", help="Windows and phases of the headquarters must be kept, not only aimed at.")
    ] = False,
    private: Private = False,
) -> None:
    """Schedules activities on limited resources: the best in the time given, and what no schedule can beat. Ctrl-C ends it with the best so far.

    Ends with 7 where something was left out, with 8 where there is no schedule or none was found: then what stands in the way is told, and what would do.
    """
    from stafftalks.analysis.schedule_answering import scheduled
    from stafftalks.analysis.schedule_solving import Effort  # here: solvers take a second to load

    call = calling(ctx)
    basis = None
    worded: Callable[[Fault], Fault] = _as_it_is
    if file is None:
        work, problem, faults = _here(call, estimates, contingency, private=private, must=must)
        basis, worded = analyse_basis.stands_on(work.gathered.basis), work.gathered.fault
    elif estimates or must or private or contingency:
        raise MisuseError("These options are for a headquarters: a file says all of it itself.")
    else:
        problem, faults = _read(file)
    effort = Effort(seconds=seconds, seed=seed, workers=workers)
    with watched(call.screen, "schedule") as watch:
        answered = scheduled(problem, effort, time.monotonic, watch)
    answer = answered.answer
    found = _found(answered, (*faults, *(worded(fault) for fault in answer.faults)))
    found = msgspec.structs.replace(found, stands_on=basis)
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    if not answer.placed and answer.state != "optimal":
        raise typer.Exit(NOT_MET)
    if found.left_out:
        raise typer.Exit(LEFT_OUT)


def _as_it_is(fault: "Fault") -> "Fault":
    return fault


def _here(
    call: Call, estimates: str, contingency: str, *, private: bool, must: bool
) -> "tuple[Work, Problem, tuple[Fault, ...]]":
    from stafftalks.analysis import risk_reading
    from stafftalks.services import analyses_schedule

    known = risk_reading.NONE
    given: tuple[Fault, ...] = ()
    if estimates:
        known, source = risk_reading.estimates_of(inputs.read_data(estimates), estimates)
        given = tuple(source.faults)
    work, problem = analyses_schedule.prepared(
        call.hq(), known.durations, contingency=contingency, private=private, must=must
    )
    return work, problem, (*given, *(work.gathered.fault(fault) for fault in work.faults))


def _read(file: str) -> "tuple[Problem, tuple[Fault, ...]]":
    from stafftalks.analysis import schedule_psplib, schedule_reading

    if PurePath(file).suffix.lower() not in schedule_psplib.SUFFIXES:
        return schedule_reading.problem_of(inputs.read_data(file), file)
    try:
        text = inputs.read_bytes(file, inputs.MAX_TEXT_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{file} is not UTF-8 text: byte {error.start} is wrong.") from error
    return schedule_psplib.read(text, PurePath(file).name), ()


def _found(answered: "Scheduled", faults: "tuple[Fault, ...]") -> ScheduleFound:
    """The document; where there is no schedule, with what stands in the way and what would do."""
    problem, answer = answered.problem, answered.answer
    known = {activity.id: activity for activity in problem.activities}
    phases = {phase.id: phase for phase in problem.phases}
    said = problem.ticks.said
    value, bound = answer.value, answer.bound
    return ScheduleFound(
        problem.title,
        answer.state,
        value.lateness if value else None,
        bound.lateness if bound else None,
        value.end if value else None,
        bound.end if bound else None,
        said(value.end) if value else "",
        None if answer.gap is None else round(answer.gap, 6),
        answer.stopped,
        answer.schedules,
        tuple(
            ScheduledLine(
                each.activity,
                known[each.activity].title,
                known[each.activity].modes[each.mode].name,
                each.start,
                each.end,
                said(each.start),
                said(each.end),
            )
            for each in sorted(answer.placed, key=lambda placed: (placed.start, placed.end))
        ),
        tuple(
            ClosureLine(each.phase, phases[each.phase].title, each.closes, each.due, each.lateness)
            for each in answer.closures
        ),
        answered.why,
        tuple(ChangeLine(each.sentence, each.cost, each.least) for each in answered.remedies),
        None,
        tuple(UnscheduledLine(fault.element, fault.field, fault.sentence) for fault in faults),
    )


def _tell(call: Call, found: ScheduleFound) -> None:
    screen = call.screen
    stopped = " It was stopped." if found.stopped else ""
    if found.state == "infeasible":
        screen.say(f"There is no schedule: that is proven.{stopped}")
        screen.say(*([found.conflict] if found.conflict else []))
        if found.would_do:
            screen.heading("What would do, the least first")
            screen.say(*(f"- {each.sentence}" for each in found.would_do))
    elif found.end is None:
        screen.say(f"No schedule was found in the time, and none is proven not to be.{stopped}")
    else:
        late = f"weighted lateness {found.lateness:,}, at least {found.least_lateness:,}; " if found.phases else ""
        sure = (
            "No schedule is better: that is proven."
            if found.state == "optimal"
            else f"It may be too high by {found.gap or 0:.1%}."
        )
        screen.say(
            f"{late}the last activity ends at {found.ends}, none can end before tick {found.earliest_end:,}. {sure}{stopped}"
        )
        rows = [(each.title or each.activity, each.mode, each.starts, each.ends) for each in found.activities]
        screen.table(("Activity", "Mode", "Starts", "Ends"), rows, empty="There is nothing to schedule.")
    if found.phases:
        screen.heading("Phases")
        lines = [
            (each.title or each.phase, str(each.closes), str(each.due), str(each.lateness) if each.lateness else "")
            for each in found.phases
        ]
        screen.table(("Phase", "Closes", "Due", "Lateness"), lines, empty="")
    if found.stands_on is not None:
        analyse_basis.tell_basis(call, found.stands_on, ())
    if found.left_out:
        screen.heading("Left out")
        screen.say(*(f"- {line.sentence}" for line in found.left_out))
