"""`stafftalks analyse risk`: how sure closures are, of a network in a file or of the activities that stand here."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, LeftOutOfIt, Memory, Private, StandsOn, watched
from stafftalks.cli.calls import Call, calling
from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import parse_moment

if TYPE_CHECKING:
    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.risk import Risk
    from stafftalks.analysis.risk_statistics import Closing, Point
    from stafftalks.analysis.times import Times


class QuantileLine(msgspec.Struct, frozen=True):
    """By when a closure has come in so large a share of draws, and between which ticks that lies; null for never."""

    share: float
    tick: int | None
    low: int | None
    high: int | None
    says: str


class ChanceLine(msgspec.Struct, frozen=True):
    """The chance that it is closed by the end of a tick, and between what that lies."""

    tick: int
    says: str
    chance: float
    low: float
    high: float


class ClosingLine(msgspec.Struct, frozen=True):
    """When a closure comes; `never` is the chance that it does not. `curve` are the points of its S-curve and the dates that were asked for; `due`, the chance that it has come when it is due, where that is said."""

    name: str
    mean: float | None
    deviation: float | None
    never: float
    quantiles: tuple[QuantileLine, ...]
    curve: tuple[ChanceLine, ...]
    due: ChanceLine | None


class CriticalLine(msgspec.Struct, frozen=True):
    """In what share of draws an activity was critical for the goal, and between what that lies."""

    activity: str
    title: str
    share: float
    low: float
    high: float


class TornadoLine(msgspec.Struct, frozen=True):
    """How much one uncertain field moves the goal: rank correlation, its share of the variance, and the mean closure in its earliest and latest tenth."""

    element: str
    title: str
    field: str
    correlation: float
    error: float
    share: float
    early: float | None
    late: float | None


class RiskFound(msgspec.Struct, frozen=True):
    """How sure closures are. `without_limits` is the same draws with nothing short. `stands_on` is null for files."""

    title: str
    policy: str
    goal: str
    seed: int
    draws: int
    stopped: bool
    reached: bool | None
    closings: tuple[ClosingLine, ...]
    without_limits: tuple[ClosingLine, ...]
    critical: tuple[CriticalLine, ...]
    tornado: tuple[TornadoLine, ...]
    account: tuple[str, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def risk(
    ctx: typer.Context,
    file: File = None,
    contingency: Contingency = "",
    estimates: Annotated[
        str, typer.Option("--estimates", metavar="FILE", help="How long activities of the headquarters last.")
    ] = "",
    goal: Annotated[str, typer.Option("--goal", metavar="NAME", help="The closure that is asked about.")] = "all",
    draws: Annotated[int, typer.Option("--draws", metavar="N", min=1, help="How many, at most.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed, the same answer.")] = 1,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="DATE", help="Tell the chance by then: C+9, a date, or a tick.")
    ] = None,
    error: Annotated[
        float, typer.Option("--error", metavar="TICKS", min=0, help="Stop once nine in ten is known so closely.")
    ] = 0,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds", metavar="N", min=0.1, max=86_400, help="How long at most; then the draws made so far count."
        ),
    ] = None,
    memory: Memory = 0,
    *,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="As if no force or resource were short.")] = False,
    private: Private = False,
) -> None:
    """Says how sure it is that all is done, or a phase closed, by when; what is critical, and what moves it most. Ctrl-C ends it with the draws made so far.

    Ends with 7 where something was left out.
    """
    from stafftalks.analysis import risk as engine
    from stafftalks.analysis import risk_reading
    from stafftalks.services import analyses_risk

    call = calling(ctx)
    policy = "unconstrained" if unlimited else "resource-constrained"
    question = msgspec.convert(
        {"seed": seed, "draws": draws, "policy": policy, "goal": goal, "error_ticks": error or None}, engine.Question
    )
    basis = None
    given: tuple[Fault, ...] = ()
    if file is not None:
        if estimates:
            raise MisuseError("Estimates are for a headquarters: in a file, write durations beside the activities.")
        network, read, titles = risk_reading.network_of(inputs.read_data(file), file)
        question = msgspec.structs.replace(question, dates=_dates(by, read.times))
        with watched(call.screen, "risk", memory_mb=memory, seconds=seconds) as watch:
            answer = engine.run(network, question, watch=watch)
        found = _found(read.title, answer, read.times, titles)
        faults: tuple[Fault, ...] = (*read.faults, *answer.faults)
    else:
        known = risk_reading.NONE
        if estimates:
            known, source = risk_reading.estimates_of(inputs.read_data(estimates), estimates)
            given = tuple(source.faults)
        work, network = analyses_risk.prepared(call.hq(), known, contingency=contingency, private=private)
        question = msgspec.structs.replace(question, dates=_dates(by, work.times), dues=analyses_risk.dues(work))
        with watched(call.screen, "risk", memory_mb=memory, seconds=seconds) as watch:
            here = analyses_risk.answered(work, network, question, watch)
        found = _found(contingency, here.risk, here.times, here.titles)
        basis, faults = analyse_basis.stands_on(here.basis), here.faults
    found = msgspec.structs.replace(found, stands_on=basis, left_out=analyse_basis.left_out((*given, *faults)))
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found, question.dates)
    analyse_basis.finish(found.left_out)


def _dates(by: list[str] | None, times: "Times") -> tuple[int, ...]:
    found = []
    for text in by or ():
        tick, why = (int(text), "") if text.lstrip("-").isdigit() else times.tick(parse_moment(text))
        if tick is None:
            raise MisuseError(f"--by {text[:40]}: {why}.")
        found.append(tick)
    return tuple(found)


def _found(title: str, answer: "Risk", times: "Times", titles: Mapping[str, str]) -> RiskFound:
    def said(match: re.Match[str]) -> str:
        return times.said(int(match[2].replace(",", ""))) if match[1] else match[0]

    account = tuple(re.sub(r"(tick )([\d,]*\d)", said, line) for line in answer.account)
    return RiskFound(
        title,
        answer.policy,
        answer.goal,
        answer.seed,
        answer.draws,
        answer.stopped,
        answer.reached,
        tuple(_closing(each, times) for each in answer.closings),
        tuple(_closing(each, times) for each in answer.without_limits),
        tuple(
            CriticalLine(each.task, titles.get(each.task, each.task), each.share.value, each.share.low, each.share.high)
            for each in answer.critical
        ),
        tuple(
            TornadoLine(
                each.element,
                titles.get(each.element, each.element),
                each.field,
                each.correlation,
                each.error,
                each.share,
                each.early,
                each.late,
            )
            for each in answer.tornado
        ),
        account,
        None,
        (),
    )


def _closing(closing: "Closing", times: "Times") -> ClosingLine:
    return ClosingLine(
        closing.name,
        None if closing.mean is None else closing.mean.value,
        closing.deviation,
        closing.never.value,
        tuple(
            QuantileLine(each.share, each.tick, each.low, each.high, times.said(each.tick) or "never")
            for each in closing.quantiles
        ),
        tuple(_chance(each, times) for each in closing.curve),
        None if closing.due is None else _chance(closing.due, times),
    )


def _chance(point: "Point", times: "Times") -> ChanceLine:
    chance = point.chance
    return ChanceLine(point.tick, times.said(point.tick), chance.value, chance.low, chance.high)


def _tell(call: Call, found: RiskFound, dates: tuple[int, ...]) -> None:
    screen = call.screen
    screen.say(*found.account)
    shares = [quantile.share for quantile in found.closings[0].quantiles]
    screen.heading("Closed by")
    rows = [
        (each.name, *(quantile.says for quantile in each.quantiles), f"{each.never:.1%}") for each in found.closings
    ]
    screen.table(("What", *(f"in {share:.0%}" for share in shares), "Never"), rows, empty="")
    if any(each.due for each in found.closings):
        screen.heading("In time")
        in_time = [
            (each.name, each.due.says, f"{each.due.chance:.1%}", f"{each.due.low:.1%} to {each.due.high:.1%}")
            for each in found.closings
            if each.due
        ]
        screen.table(("What", "Due", "Chance", "Surely"), in_time, empty="")
    if dates:
        screen.heading("Chances")
        goal = next(each for each in found.closings if each.name == found.goal)
        chances = [
            (point.says, f"{point.chance:.1%}", f"{point.low:.1%} to {point.high:.1%}")
            for point in goal.curve
            if point.tick in dates
        ]
        screen.table(("By", "Chance", "Surely"), chances, empty="")
    screen.heading("Critical")
    lines = [(each.title, f"{each.share:.1%}") for each in found.critical[:20]]
    screen.table(("Activity", "In so many draws"), lines, empty="Nothing is.")
    if found.tornado:
        screen.heading("What moves it most")
        bars = [(each.title, each.field, f"{each.correlation:+.2f}", f"{each.share:.0%}") for each in found.tornado]
        screen.table(("What", "Field", "Correlation", "Of the variance"), bars, empty="")
    analyse_basis.tell_basis(call, found.stands_on, found.left_out)
