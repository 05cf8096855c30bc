"""What an analysis of a headquarters stands on, as commands print it; and `stafftalks analyse stale`: whether an answer that was kept still holds."""

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from stafftalks.cli import inputs
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import LEFT_OUT
from stafftalks.planning.kinds import LABELS
from stafftalks.values.errors import PeerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.watching import Progress, Watch
    from stafftalks.cli.screen import Screen
    from stafftalks.services.analyses import Basis


class InputLine(msgspec.Struct, frozen=True):
    """An exact version that an answer stands on: who wrote it, which parties hold this version, and whether only we do."""

    element: str
    version: str
    owner: str
    readers: tuple[str, ...]
    private: bool
    kind: str
    title: str


class StandsOn(msgspec.Struct, frozen=True):
    """What an answer stands on. `readers` hold every version of it; where it `stays_home`, something unreleased of ours is in it."""

    analysis: str
    contingency: str
    private: bool
    stays_home: bool
    readers: tuple[str, ...]
    inputs: tuple[InputLine, ...]


class MovedLine(msgspec.Struct, frozen=True):
    """Why an answer is stale: `sort` is revised, gone or new; `version` stands now."""

    element: str
    title: str
    sort: str
    version: str
    sentence: str


class StaleFound(msgspec.Struct, frozen=True):
    """Whether an answer still stands on what stands, and what has moved on."""

    analysis: str
    stale: bool
    moved: tuple[MovedLine, ...]


class LeftOutOfIt(msgspec.Struct, frozen=True):
    """What an analysis could not reckon with, and why."""

    element: str
    field: str
    sentence: str


Contingency = Annotated[
    str, typer.Option("--contingency", metavar="NAME", help="Only elements of this contingency; with a headquarters.")
]
Private = Annotated[
    bool,
    typer.Option("--private", help="Also our elements that are not released: then the answer stays home, and says so."),
]
Memory = Annotated[
    int,
    typer.Option(
        "--memory", metavar="MB", min=0, max=1_048_576, help="The most it may take beside its program; 0: no bound."
    ),
]
File = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", help="A problem in YAML or JSON. None: what stands in the headquarters."),
]


def stands_on(basis: "Basis") -> StandsOn:
    """The basis of an answer as it is printed."""
    return msgspec.convert(
        {
            **msgspec.structs.asdict(basis.ask),
            "stays_home": basis.stays_home,
            "readers": basis.readers,
            "inputs": [msgspec.structs.asdict(each) for each in basis.inputs],
        },
        StandsOn,
    )


def left_out(faults: "Iterable[Fault]") -> tuple[LeftOutOfIt, ...]:
    """Faults as they are printed, each once."""
    return tuple(dict.fromkeys(LeftOutOfIt(fault.element, fault.field, fault.sentence) for fault in faults))


def tell_basis(call: Call, basis: StandsOn | None, faults: tuple[LeftOutOfIt, ...]) -> None:
    """Says what the answer stands on and who may see it, and what was left out."""
    screen = call.screen
    if basis is not None:
        kinds: dict[str, int] = {}
        for each in basis.inputs:
            kinds[each.kind] = kinds.get(each.kind, 0) + 1
        named = {kind: (one.lower(), many.lower()) for kind, (one, many) in LABELS.items()}
        counted = ", ".join(
            f"{count:,} {named.get(kind, (kind, kind))[count != 1]}" for kind, count in sorted(kinds.items())
        )
        screen.heading("Stands on")
        screen.say(f"Exact versions of {counted}." if counted else "Nothing that it could stand on is here.")
        if basis.stays_home:
            held = sum(each.private for each in basis.inputs)
            screen.say(f"It stays home: {held:,} of these are not released.")
        elif counted:
            screen.say(f"All of them are held by {', '.join(basis.readers)}.")
    if faults:
        screen.heading("Left out: nothing is said about these")
        screen.say(*(f"- {line.sentence}" for line in faults))


def finish(faults: tuple[LeftOutOfIt, ...]) -> None:
    """Ends with the code that says that something was left out."""
    if faults:
        raise typer.Exit(LEFT_OUT)


def stale(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="An answer of `analyse … --json` that was kept.")],
) -> None:
    """Says whether an answer that was kept still stands on what stands here, and what has moved on. Ends with 8 where it is stale."""
    from stafftalks.cli.failures import NOT_MET
    from stafftalks.services import analyses
    from stafftalks.services.analyses import Ask, Basis

    call = calling(ctx)
    read: Any = inputs.read_data(file)
    try:
        kept = msgspec.convert(read.get("stands_on") if isinstance(read, dict) else None, StandsOn)
        ask = msgspec.convert(
            {"analysis": kept.analysis, "contingency": kept.contingency, "private": kept.private}, Ask
        )
        found = [msgspec.convert(msgspec.structs.asdict(each), analyses.Input) for each in kept.inputs]
    except msgspec.ValidationError as error:
        raise PeerError(f"{file} is no answer of an analysis of a headquarters: {error}.") from error
    moved = analyses.stale(call.hq(), Basis(ask, tuple(found), kept.stays_home, ()))
    lines = tuple(msgspec.convert(msgspec.structs.asdict(each), MovedLine) for each in moved)
    if call.screen.as_json:
        call.screen.document(StaleFound(kept.analysis, bool(lines), lines))
    elif lines:
        call.screen.say("This answer is stale:", *(f"- {each.sentence}" for each in lines))
    else:
        call.screen.say(f"Nothing has moved on: all {len(found):,} versions that it stands on stand.")
    if lines:
        raise typer.Exit(NOT_MET)


@contextmanager
def watched(screen: "Screen", what: str, *, memory_mb: int = 0, seconds: float | None = None) -> "Iterator[Watch]":
    """A watch that shows how far it is, and ends the run at the first Ctrl-C, or after so many seconds; the second Ctrl-C ends the program. Raises HostError beyond the memory."""
    import signal

    from stafftalks.links.memory import memory_bounded

    stopped = False
    until = None if seconds is None else time.monotonic() + seconds

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)

    with screen.progress(what, 1000) as steps:

        def watch(progress: "Progress") -> bool:
            measured = f"{progress.measured} " if progress.measured else ""
            best = "" if progress.best is None else f", best {measured}{progress.best:,.0f}"
            bound = "" if progress.bound is None else f", none below {progress.bound:,.0f}"
            done = "" if progress.done is None else f" {progress.done:,}"
            steps.stands(f"{progress.step}{done}{best}{bound}", round((progress.share or 0) * 1000))
            return not stopped and (until is None or time.monotonic() < until)

        before = signal.signal(signal.SIGINT, stop)
        try:
            with memory_bounded(memory_mb):
                yield watch
        finally:
            signal.signal(signal.SIGINT, before)
