"""`stafftalks analyse run`: analyses that the headquarters reckons while it serves: begun, looked at, stopped, begun again, written down, forgotten."""

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from stafftalks.cli import analyse_basis
from stafftalks.cli.analyse_basis import Contingency, LeftOutOfIt, MovedLine, Private, StandsOn
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.element import ElementLine
from stafftalks.cli.screen import when
from stafftalks.values.errors import MisuseError

if TYPE_CHECKING:
    from stafftalks.services.run_rows import RunId, RunRow, Wanted

NAME = "run"
app = typer.Typer(
    no_args_is_help=True,
    help="Analyses that the headquarters reckons while it serves: one after another, each within its limits.",
)
_NEWEST = 1_000
Run = Annotated[str, typer.Argument(metavar="RUN", help="The run, or the first letters of its name.")]


class RunLine(msgspec.Struct, frozen=True):
    """A run: what was asked, how it stands and how far it is; `best` and `bound` are of what `measured` says. `answered`: there is a result, the best so far or the whole."""

    run: str
    analysis: str
    contingency: str
    private: bool
    by: str
    at: int
    seconds: float
    memory_mb: int
    state: str
    sentence: str
    step: str
    share: float | None
    measured: str
    best: float | None
    bound: float | None
    gap: float | None
    elapsed_s: float
    answered: bool


class RunsFound(msgspec.Struct, frozen=True):
    """How many runs there are, and the newest of them."""

    total: int
    runs: tuple[RunLine, ...]


class RunFound(msgspec.Struct, frozen=True):
    """One run with what it stands on, what has moved on since, and what was left out."""

    run: RunLine
    moved: tuple[MovedLine, ...]
    stands_on: StandsOn
    left_out: tuple[LeftOutOfIt, ...]


@app.command("begin")
def begin(
    ctx: typer.Context,
    analysis: Annotated[
        Literal["schedule", "options", "risk"], typer.Argument(metavar="ANALYSIS", help="schedule, options or risk.")
    ],
    contingency: Contingency = "",
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", help="After this it ends with the best it has.")
    ] = 60,
    memory: Annotated[
        int, typer.Option("--memory", metavar="MB", help="The most it may take beside its program.")
    ] = 2048,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of schedule and risk.")] = 1,
    budget: Annotated[
        int | None, typer.Option("--budget", metavar="N", min=0, help="Of options: at most so many forces.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", metavar="N", min=1, help="Of risk: how many.")] = 10_000,
    goal: Annotated[str, typer.Option("--goal", metavar="NAME", help="Of risk: the closure asked about.")] = "all",
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="DATE", help="Of risk: tell the chance by then.")
    ] = None,
    *,
    must: Annotated[bool, typer.Option("--must", help="Of a schedule: windows and phases must be kept.")] = False,
    all_forces: Annotated[
        bool, typer.Option("--all-forces", help="Of options: forces that were not offered count too.")
    ] = False,
    private: Private = False,
) -> None:
    """Freezes a question as things stand now; it is reckoned when its turn comes, while the headquarters serves."""
    from stafftalks.services import runs
    from stafftalks.services.run_rows import Limits, OptionsWanted, RiskWanted, RunAsk, ScheduleWanted

    call = calling(ctx)
    wanted: Wanted
    match analysis:
        case "schedule":
            wanted = ScheduleWanted(must=must, seed=seed)
        case "options":
            wanted = OptionsWanted(budget=budget, all_forces=all_forces)
        case "risk":
            wanted = RiskWanted(draws=draws, seed=seed, goal=goal, by=tuple(by or ()))
    run = runs.start(call.hq(), call.person(), RunAsk(wanted, contingency, private, Limits(float(seconds), memory)))
    _tell(call, run, "It waits for its turn; it is reckoned while the headquarters serves.")


@app.command("list")
def listing(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=_NEWEST, help="How many.")] = 20,
) -> None:
    """Lists runs, the newest first."""
    from stafftalks.services import runs

    call = calling(ctx)
    total, rows = runs.window(call.hq(), limit=limit)
    if call.screen.as_json:
        call.screen.document(RunsFound(total, tuple(_line(row) for row in rows)))
        return
    shown = [
        (row.id[:8], row.ask.analysis, row.ask.contingency or "all", row.stands.state, _far(row), row.by, when(row.at))
        for row in rows
    ]
    columns = ("Run", "Analysis", "Contingency", "State", "How far", "By", "Asked")
    call.screen.table(columns, shown, empty="Nothing has been asked yet.")


@app.command("show")
def show(ctx: typer.Context, run: Run) -> None:
    """Shows how a run stands, on what, and what has moved on since. What it came to is read on its page."""
    call = calling(ctx)
    _tell(call, _found(call, run), "")


@app.command("stop")
def stop(ctx: typer.Context, run: Run) -> None:
    """Asks a run to end with the best it has."""
    from stafftalks.services import runs

    call = calling(ctx)
    found = _found(call, run)
    runs.stop(call.hq(), call.person(), found)
    _tell(call, found, "It was asked to stop, and ends with the best it has.")


@app.command("again")
def again(ctx: typer.Context, run: Run) -> None:
    """Asks the same question again, of what stands now."""
    from stafftalks.services import runs

    call = calling(ctx)
    begun = runs.again(call.hq(), call.person(), _found(call, run))
    _tell(call, begun, "It waits for its turn; it is reckoned while the headquarters serves.")


@app.command("write")
def write(
    ctx: typer.Context,
    run: Run,
    mix: Annotated[
        int | None,
        typer.Option(
            "--mix",
            metavar="N",
            min=0,
            help="Of options: the mix at this place of the front, from 0, instead of the one that holds up best.",
        ),
    ] = None,
) -> None:
    """Writes what a run came to as a draft of ours: options as an option, schedules and risks as an assessment. It is released, if at all, through the desk."""
    from stafftalks.services import run_writing

    call = calling(ctx)
    row = run_writing.write(call.hq(), call.person(), _found(call, run), at=mix)
    if call.screen.as_json:
        kept = (row.id, row.kind, row.title, row.contingency, row.version, row.revised_at, row.revised_by, row.archived)
        call.screen.document(ElementLine(*kept))
    else:
        call.screen.say(f"Added the {row.kind} {row.title!r}: {row.id}. It stays at home until it is released.")


@app.command("forget")
def forget(ctx: typer.Context, run: Run) -> None:
    """Deletes a run that has ended, with what it came to; prints it as it was."""
    from stafftalks.services import runs

    call = calling(ctx)
    found = _found(call, run)
    row = runs.one(call.hq(), found)
    runs.forget(call.hq(), call.person(), found)
    if call.screen.as_json:
        call.screen.document(_line(row))
    call.screen.say(f"Run {found} is forgotten, with what it came to.")


def _found(call: Call, name: str) -> "RunId":
    from stafftalks.services import runs

    _total, rows = runs.window(call.hq(), limit=_NEWEST)
    named = [row.id for row in rows if name and row.id.startswith(name)]
    if len(named) == 1:
        return named[0]
    if named:
        raise MisuseError(f"{len(named):,} runs begin with {name!r}: give more letters of its name.")
    raise MisuseError(f"No run here begins with {name[:40]!r}: `stafftalks analyse run list` lists them.")


def _tell(call: Call, run: "RunId", sentence: str) -> None:
    from stafftalks.services import runs

    hq = call.hq()
    row = runs.one(hq, run)
    moved = tuple(msgspec.convert(msgspec.structs.asdict(each), MovedLine) for each in runs.stale(hq, row))
    basis = analyse_basis.stands_on(row.basis)
    left = analyse_basis.left_out(runs.left_out(row, runs.result(hq, run)))
    if call.screen.as_json:
        call.screen.document(RunFound(_line(row), moved, basis, left))
        return
    of = row.ask.contingency or "all contingencies"
    far = _far(row)
    call.screen.say(f"Run {run}: {row.ask.analysis} of {of}, {row.stands.state}{f', {far}' if far else ''}.")
    call.screen.say(*(said for said in (row.stands.sentence, sentence) if said))
    if moved:
        call.screen.heading("It is stale")
        call.screen.say(*(f"- {each.sentence}" for each in moved))
    analyse_basis.tell_basis(call, basis, left)


def _line(row: "RunRow") -> RunLine:
    stands, told = row.stands, row.stands.progress
    return RunLine(
        row.id,
        row.ask.analysis,
        row.ask.contingency,
        row.ask.private,
        row.by,
        row.at,
        row.ask.limits.seconds,
        row.ask.limits.memory_mb,
        stands.state,
        stands.sentence,
        told.step,
        told.share,
        told.measured,
        told.best,
        told.bound,
        told.gap,
        stands.elapsed_s,
        stands.answered,
    )


def _far(row: "RunRow") -> str:
    stands, told = row.stands, row.stands.progress
    if stands.state == "waiting":
        return ""
    share = f"{told.share:.0%}" if stands.state == "running" and told.share is not None else ""
    gap = "" if told.gap is None else f"may be too high by {told.gap:.1%}" if told.gap else "proven"
    return ", ".join(part for part in (f"{stands.elapsed_s:.0f} s", share, gap) if part)
