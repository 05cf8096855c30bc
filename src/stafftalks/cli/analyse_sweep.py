"""`stafftalks analyse sweep`: an analysis at thousands of points, of a file or of what stands in the headquarters."""

import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, Private, watched
from stafftalks.cli.calls import Call, calling
from stafftalks.values.errors import MisuseError

if TYPE_CHECKING:
    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.sweep_files import Analysis, Effort
    from stafftalks.analysis.sweep_points import Sweep
    from stafftalks.services.sweep_ports import Shelf
    from stafftalks.services.sweep_subjects import Here
    from stafftalks.services.sweeps import Kept

_FOLDER = "sweeps"


class Varied(msgspec.Struct, frozen=True):
    """What the command line varies; it goes before what a file says."""

    file: str
    branches: tuple[str, ...]
    assumptions: tuple[str, ...]
    forces: tuple[str, ...]
    at_most: int | None
    seeds: int | None
    seed: int | None


class Asked(msgspec.Struct, frozen=True):
    """What is asked about, as the command line says it."""

    file: str | None
    contingency: str
    estimates: str
    private: bool
    must: bool
    all_forces: bool


def sweep(
    ctx: typer.Context,
    analysis: Annotated[str, typer.Argument(metavar="[ANALYSIS]", help="coverage, schedule, risk or options.")] = "",
    file: File = None,
    contingency: Contingency = "",
    vary: Annotated[
        str,
        typer.Option(
            "--vary", metavar="FILE", help="What is varied, in YAML or JSON; or under `sweep` in the problem's file."
        ),
    ] = "",
    branch: Annotated[
        list[str] | None, typer.Option("--branch", metavar="NAME", help="A branch by itself; each: every one.")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume",
            metavar="TEXT",
            help="What may be otherwise: “Port Y 50% | Port Y 0%”, “Tankers +2 days”, “Load lasts 150%”.",
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="NAME", help="A force that may drop out; each: every one."),
    ] = None,
    at_most: Annotated[
        int | None,
        typer.Option("--at-most", metavar="N", min=1, help="How many forces drop out at once, at most; 1 unless said."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", metavar="N", min=1, help="How many seeds, of schedules and risk.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="The first of them.")] = None,
    schedules: Annotated[
        int, typer.Option("--schedules", metavar="N", min=1, max=10_000_000, help="How many are made at each point.")
    ] = 2000,
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", min=1, max=1_000_000, help="How many at each point.")
    ] = 2000,
    nodes: Annotated[
        int,
        typer.Option(
            "--nodes", metavar="N", min=1, max=10_000_000, help="How many the solver looks at for each goal of options."
        ),
    ] = 2000,
    goal: Annotated[str, typer.Option("--goal", metavar="NAME", help="The closure that risk is asked about.")] = "all",
    by: Annotated[
        str, typer.Option("--by", metavar="DATE", help="When it should be closed: C+9, a date, or a tick.")
    ] = "",
    estimates: Annotated[
        str, typer.Option("--estimates", metavar="FILE", help="How long activities of the headquarters last.")
    ] = "",
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds", metavar="N", min=0.1, max=86_400, help="Stop after so long; what is finished is kept."
        ),
    ] = None,
    on: Annotated[
        str,
        typer.Option(
            "--on", metavar="WHAT", help="What reckons: pool (this machine's cores), jobs, or dask; the same answer."
        ),
    ] = "",
    keep: Annotated[
        str,
        typer.Option("--keep", metavar="DIR", help="Where finished parts are kept; of a headquarters in its folder."),
    ] = "",
    resume: Annotated[
        str,
        typer.Option(
            "--resume", metavar="DIR", help="Go on with a sweep that is kept there; only what lacks is reckoned."
        ),
    ] = "",
    stop: Annotated[
        str,
        typer.Option("--stop", metavar="DIR", help="Have a sweep stop that runs elsewhere; what is finished stays."),
    ] = "",
    parquet: Annotated[
        str, typer.Option("--parquet", metavar="FILE", help="Write all rows to a new Parquet file.")
    ] = "",
    listed: Annotated[
        int,
        typer.Option(
            "--list", metavar="N", min=1, max=10_000, help="How many of the best and worst points are listed."
        ),
    ] = 10,
    *,
    must: Annotated[bool, typer.Option("--must", help="Windows and phases of the headquarters must be kept.")] = False,
    all_forces: Annotated[
        bool, typer.Option("--all-forces", help="Forces count for all they are capable of, offered or not.")
    ] = False,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="Risk as if no force or resource were short.")] = False,
    private: Private = False,
) -> None:
    """Asks coverage, schedule, risk or options again and again: for branches, with assumptions that do not hold, with forces left out, with other seeds.

    Says which points are worst and best, in how many not all is met, and what each thing that is varied does. Ctrl-C stops it; what is finished is kept, where it is kept. Ends with 7 where
    something was left out.
    """
    # Here: what reckons, and what reads and writes Parquet, takes a second to load.
    from stafftalks.analysis.sweep_files import Effort
    from stafftalks.cli import analyse_sweep_lines
    from stafftalks.services import sweeps

    call = calling(ctx)
    if parquet and Path(parquet).exists():
        # Told before anything is reckoned that would then have no place.
        raise MisuseError(f"{parquet} exists already and is left as it is: give another name.")
    if stop:
        sweeps.stop(_shelf(call, stop))
        call.screen.say("It was asked to stop: it ends after the parts that are at work, and what is finished stays.")
        return
    if resume:
        if analysis or file or keep:
            raise MisuseError("--resume goes on with what is kept: leave away what else would say what it is about.")
        place, kept = resume, sweeps.opened(_shelf(call, resume))
    else:
        policy = "unconstrained" if unlimited else "resource-constrained"
        effort = msgspec.convert(
            {"schedules": schedules, "draws": draws, "nodes": nodes, "goal": goal, "by": by, "policy": policy}, Effort
        )
        asked = Asked(file, contingency, estimates, private, must, all_forces)
        varied = Varied(vary, tuple(branch or ()), tuple(assume or ()), tuple(leave_out or ()), at_most, seeds, seed)
        place, kept = _begun(call, analysis, asked, effort, varied, keep)
    with watched(call.screen, "sweep", seconds=seconds) as watch, call.site.reckoners(on, call.folder) as reckoners:
        outcome = sweeps.run(kept, reckoners, time.monotonic, watch)
    if parquet:
        with inputs.new_file(parquet, private=True) as written:
            written.write(kept.result())
    found = analyse_sweep_lines.found(kept, outcome, place, listed)
    if call.screen.as_json:
        call.screen.document(found)
    else:
        analyse_sweep_lines.tell(call, found, kept, parquet)
    analyse_basis.finish(found.left_out)


def worker(
    ctx: typer.Context,
    processes: Annotated[
        int, typer.Option("--processes", metavar="N", min=1, max=256, help="How many work at once on this machine.")
    ] = 1,
    *,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End once nothing waits.")] = False,
) -> None:
    """Works on batches of sweeps (`analyse sweep --on jobs`) that share the PostgreSQL database of DATABASE_URL; on any machine that reaches it, without a headquarters' folder.

    It needs the rights of a worker and no others: `docs/guide/administrator.md`. Ctrl-C ends it after the batch at work.
    """
    call = calling(ctx)
    call.screen.say("Working on sweeps that share this database. Ctrl-C ends it after the batch at work.")
    call.site.work_on_sweeps(call.folder, processes=processes, until_idle=until_idle)


def _begun(call: Call, analysis: str, asked: Asked, effort: "Effort", varied: Varied, keep: str) -> "tuple[str, Kept]":
    """The sweep in its place: of a headquarters in its folder unless said, of a file nowhere unless said."""
    from stafftalks.analysis import sweep_files
    from stafftalks.links.shelf import FolderShelf
    from stafftalks.services import sweep_subjects, sweeps

    kind = next((each for each in sweep_files.ANALYSES if each == analysis), None)
    if kind is None:
        known = ", ".join(sweep_files.ANALYSES)
        raise MisuseError(
            f"There is no analysis {analysis[:40]!r} to sweep: choose one of {known}."
            if analysis
            else f"Say what to sweep: {known}."
        )
    here, written = (
        _here(call, kind, asked, effort) if asked.file is None else _in_file(kind, asked, asked.file, effort)
    )
    problem, ready, about = sweep_subjects.frozen(here, _sweep(varied, written, here))
    place = keep
    if not place and asked.file is None:
        place = str(call.folder / _FOLDER / sweeps.name_of(problem, about))
    shelf = FolderShelf(Path(place)) if place else sweeps.Memory()
    return place, sweeps.begin(shelf, problem, ready, about)


def _sweep(varied: Varied, written: object, here: "Here") -> "Sweep":
    """What is varied: as the file says, and what the command line says instead."""
    from stafftalks.analysis import sweep_reading
    from stafftalks.analysis.sweep_points import Sweep

    tick_s = here.about.times.tick_s if here.about.times is not None else 1
    found, given = Sweep(), written
    if varied.file:
        given = inputs.read_data(varied.file)
    if given is not None:
        found = sweep_reading.sweep_of(given, varied.file or "`sweep`", tick_s)
    said = {
        "branches": varied.branches,
        "assumptions": sweep_reading.assumptions_of(varied.assumptions, tick_s),
        "forces": varied.forces,
        "at_most": varied.at_most,
        "seeds": varied.seeds,
        "seed": varied.seed,
    }
    return msgspec.structs.replace(found, **{name: value for name, value in said.items() if value not in ((), None)})


def _here(call: Call, kind: "Analysis", asked: Asked, effort: "Effort") -> "tuple[Here, None]":
    from stafftalks.analysis import risk_reading
    from stafftalks.services import sweep_subjects

    known = risk_reading.NONE
    given: tuple[Fault, ...] = ()
    if asked.estimates:
        known, source = risk_reading.estimates_of(inputs.read_data(asked.estimates), asked.estimates)
        given = tuple(source.faults)
    here = sweep_subjects.prepared(
        call.hq(),
        kind,
        effort,
        known,
        contingency=asked.contingency,
        private=asked.private,
        must=asked.must,
        all_forces=asked.all_forces,
    )
    about = msgspec.structs.replace(here.about, faults=(*given, *here.about.faults))
    return msgspec.structs.replace(here, about=about), None


def _in_file(kind: "Analysis", asked: Asked, file: str, effort: "Effort") -> "tuple[Here, object]":
    from stafftalks.analysis import schedule_psplib, sweep_files
    from stafftalks.services import sweep_subjects

    if asked.estimates or asked.must or asked.private or asked.all_forces or asked.contingency:
        raise MisuseError("These options are for a headquarters: a file says all of it itself.")
    if kind == "schedule" and PurePath(file).suffix.lower() in schedule_psplib.SUFFIXES:
        read = sweep_files.scheduled(inputs.read_psplib(file), (), effort)
        return sweep_subjects.of_file(read), None
    data, written = sweep_files.parted(inputs.read_data(file))
    return sweep_subjects.of_file(sweep_files.subject_of(kind, data, file, effort)), written


def _shelf(call: Call, name: str) -> "Shelf":
    """The place of a name: a folder, or a sweep in the headquarters' folder."""
    from stafftalks.links.shelf import FolderShelf

    place = Path(name)
    here = call.folder / _FOLDER / name
    return FolderShelf(here if not place.exists() and here.is_dir() else place)
