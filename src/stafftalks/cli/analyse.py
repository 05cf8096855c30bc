"""`stafftalks analyse schedule`: the best schedule of a plain file, or of the activities that stand in the headquarters."""

import time
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, analyse_scheduled, inputs
from stafftalks.cli.analyse_basis import Contingency, Memory, Private, watched
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import LEFT_OUT, NOT_MET
from stafftalks.values.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.schedule import Problem
    from stafftalks.analysis.schedule_assumptions import Granted
    from stafftalks.services.analyses_work import Work

NAME = "analyse"
app = typer.Typer(
    no_args_is_help=True,
    help="What plans add up to: of what stands in the headquarters, or of plain files without one.",
)


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
    memory: Memory = 0,
    *,
    must: Annotated[
        bool, typer.Option("--must", help="Windows and phases of the headquarters must be kept, not only aimed at.")
    ] = False,
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="KIND:NAME[=N]", help="As if there were N more of it, or not it at all."),
    ] = None,
    private: Private = False,
) -> None:
    """Schedules activities on limited resources: the best in the time given, and what no schedule can beat. Ctrl-C ends it with the best so far.

    Plans are not changed by `--given`, whose kinds and names are those of `would_do`. Ends with 7 where something was left out, with 8 where there is no schedule or none was found: then what stands in the way is told, and what would do.
    """
    from stafftalks.analysis.schedule_answering import scheduled
    from stafftalks.analysis.schedule_assumptions import granting
    from stafftalks.analysis.schedule_solving import Effort  # here: solvers take a second to load
    from stafftalks.services import analyses_planned

    call = calling(ctx)
    worded: Callable[[Fault], Fault] = _as_it_is
    work = None
    if file is None:
        work, problem, faults = _here(call, estimates, contingency, private=private, must=must)
        worded = work.gathered.fault
    elif estimates or must or private or contingency:
        raise MisuseError("These options are for a headquarters: a file says all of it itself.")
    else:
        problem, faults = _read(file)
    grants = tuple(map(_grant, given or ()))
    problem, unknown = granting(problem, grants)
    effort = Effort(seconds=seconds, seed=seed, workers=workers)
    with watched(call.screen, "schedule", memory_mb=memory) as watch:
        answered = scheduled(problem, effort, time.monotonic, watch)
    answer = answered.answer
    told = (*faults, *map(worded, (*unknown, *answer.faults)))
    found = analyse_scheduled.found(answered, grants, told)
    if work is not None:
        compared = analyses_planned.compared(call.hq(), work.gathered.basis.ask, work.times, answer.placed)
        found = msgspec.structs.replace(
            found,
            stands_on=analyse_basis.stands_on(work.gathered.basis),
            apart=analyse_scheduled.apart(compared, problem),
        )
    if call.screen.as_json:
        call.screen.document(found)
    else:
        analyse_scheduled.tell(call, found)
    if not answer.placed and answer.state != "optimal":
        raise typer.Exit(NOT_MET)
    if found.left_out:
        raise typer.Exit(LEFT_OUT)


def _grant(text: str) -> "Granted":
    """`resource:port y=200`, `phase:North: Reception=48`, `order:agreed order`."""
    from stafftalks.analysis.schedule_assumptions import Granted

    kind, colon, rest = text.partition(":")
    name, _equals, amount = rest.rpartition("=") if "=" in rest else (rest, "", "")
    try:
        if not colon or not name:
            raise MisuseError(f"--given {text[:60]}: write KIND:NAME=N, as resource:port y=200.")
        return msgspec.convert({"kind": kind, "name": name, "amount": int(amount) if amount else None}, Granted)
    except (ValueError, msgspec.ValidationError) as error:
        kinds = "resource, ready, deadline, windows, phase, order"
        raise MisuseError(f"--given {text[:60]}: KIND is one of {kinds}, and N a whole number.") from error


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
    return inputs.read_psplib(file), ()
