"""From a question to a problem that can be reckoned elsewhere: what stands now, as plain values, with the words in which its answer is told."""

import msgspec

from stafftalks.analysis import options_problem, risk, risk_columns, sweep_files, sweep_reading
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options_telling import Tell
from stafftalks.analysis.risk import Question
from stafftalks.analysis.risk_reading import NONE
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.schedule_solving import Effort
from stafftalks.analysis.sweep_points import Sweep
from stafftalks.analysis.times import Times
from stafftalks.services import analyses_options, analyses_risk, analyses_schedule, analyses_waiting, sweep_subjects
from stafftalks.services.analyses import Gathered
from stafftalks.services.analyses_options import Prepared
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import Frozen, OptionsFrozen, RiskFrozen, ScheduleFrozen, SweepFrozen
from stafftalks.services.run_rows import OptionsWanted, RiskWanted, RunAsk, ScheduleWanted, SweepWanted
from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import parse_moment


class Made(msgspec.Struct, frozen=True):
    """A problem, what it stands on, and what of that could not be reckoned with."""

    frozen: Frozen
    gathered: Gathered
    faults: tuple[Fault, ...]


def freeze(hq: Headquarters, ask: RunAsk) -> Made:
    """The problem of a question as it stands now; raises MisuseError where there is nothing to reckon or the question has no meaning."""
    match ask.wanted:
        case ScheduleWanted():
            return _schedule(hq, ask, ask.wanted)
        case OptionsWanted():
            return _options(hq, ask, ask.wanted)
        case RiskWanted():
            return _risk(hq, ask, ask.wanted)
        case SweepWanted():
            return _sweep(hq, ask, ask.wanted)


def _schedule(hq: Headquarters, ask: RunAsk, wanted: ScheduleWanted) -> Made:
    work, problem = analyses_schedule.prepared(
        hq, {}, contingency=ask.contingency, private=ask.private, must=wanted.must, grants=wanted.given
    )
    sound, faults = checked(problem)
    if not sound.activities:
        raise MisuseError(_nothing(ask, "activity", faults))
    effort = Effort(seconds=float(ask.limits.seconds), seed=wanted.seed, workers=wanted.workers)
    return _made(ScheduleFrozen(problem, effort, work.titles), work.gathered, work.faults)


def _options(hq: Headquarters, ask: RunAsk, wanted: OptionsWanted) -> Made:
    here, tells = _choice(hq, ask, wanted)
    choice = here.choice
    if not choice.requirements or not choice.scenarios:
        missing = "requirement with a quantity" if not choice.requirements else "scenario that requires anything"
        raise MisuseError(_nothing(ask, missing, here.faults))
    choice = msgspec.structs.replace(choice, budget=wanted.budget)
    options_problem.problem(choice)
    frozen = OptionsFrozen(
        choice,
        wanted.front,
        wanted.sides,
        wanted.singles,
        here.whole,
        here.counted,
        here.scale,
        here.times,
        here.titles,
        wanted.waiting,
        tells,
    )
    return Made(frozen, here.gathered, here.faults)


def _choice(hq: Headquarters, ask: RunAsk, wanted: OptionsWanted) -> tuple[Prepared, tuple[Tell, ...]]:
    if not wanted.waiting:
        here = analyses_options.prepared(
            hq, contingency=ask.contingency, private=ask.private, all_forces=wanted.all_forces
        )
        return here, ()
    weighed = analyses_waiting.prepared(
        hq, contingency=ask.contingency, private=ask.private, all_forces=wanted.all_forces
    )
    return weighed.prepared, weighed.tells


def _risk(hq: Headquarters, ask: RunAsk, wanted: RiskWanted) -> Made:
    ways = dict(wanted.ways)
    work, network = analyses_risk.prepared(hq, NONE, contingency=ask.contingency, private=ask.private, ways=ways)
    if not network.tasks:
        raise MisuseError(_nothing(ask, "activity", work.faults))
    question = Question(
        seed=wanted.seed,
        draws=wanted.draws,
        policy="unconstrained" if wanted.unlimited else "resource-constrained",
        goal=wanted.goal,
        dates=tuple(_tick(text, work.times) for text in wanted.by),
        dues=analyses_risk.dues(work),
        error_ticks=wanted.error_ticks,
    )
    made, _faults = risk_columns.problem(network, question.seed)
    risk.need_meaning(made, question)
    faults = (*work.faults, *analyses_risk.other_ways(work, ways))
    return _made(RiskFrozen(network, question, work.times, work.titles), work.gathered, faults)


def _sweep(hq: Headquarters, ask: RunAsk, wanted: SweepWanted) -> Made:
    effort = sweep_files.Effort(
        schedules=wanted.effort, draws=wanted.effort, nodes=wanted.effort, goal=wanted.goal, by=wanted.by
    )
    here = sweep_subjects.prepared(
        hq,
        wanted.of,
        effort,
        contingency=ask.contingency,
        private=ask.private,
        must=wanted.must,
        all_forces=wanted.all_forces,
    )
    times = here.about.times or Times()
    varied = Sweep(
        branches=wanted.branches,
        assumptions=sweep_reading.assumptions_of(wanted.assumptions, times.tick_s),
        forces=wanted.leave_out,
        at_most=wanted.at_most,
        seeds=wanted.seeds,
    )
    problem, _ready, about = sweep_subjects.frozen(here, varied)
    if here.gathered is None:
        raise MisuseError(_nothing(ask, "element", about.faults))
    return Made(SweepFrozen(problem, msgspec.structs.replace(times, dates={})), here.gathered, about.faults)


def _made(frozen: Frozen, gathered: Gathered, faults: tuple[Fault, ...]) -> Made:
    return Made(frozen, gathered, tuple(gathered.fault(fault) for fault in faults))


def _tick(text: str, times: Times) -> int:
    tick, why = (int(text), "") if text.lstrip("-").isdecimal() else times.tick(parse_moment(text))
    if tick is None:
        raise MisuseError(f"“{text[:40]}” is no date that can be counted here: {why}.")
    return tick


def _nothing(ask: RunAsk, what: str, faults: tuple[Fault, ...]) -> str:
    where = f"in “{ask.contingency[:80]}”" if ask.contingency else "here"
    kept = (
        ""
        if ask.private
        else " Only what is released was looked at: our own unreleased elements count where you say so."
    )
    left = f" {len(faults):,} things were left out; the first: {faults[0].sentence}" if faults else ""
    return f"There is nothing to reckon: no {what} stands {where}.{kept}{left}"
