"""The reckoning of a frozen problem, for whoever does it: it needs no headquarters, and has none.

It ends by itself with the best it has once its seconds are over or its watch says so. What it found on the way it gives to be kept, so that less is lost where it is ended by force.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.analysis import (
    options,
    options_contributions,
    options_front,
    options_telling,
    options_waiting,
    risk,
    schedule_solving,
)
from stafftalks.analysis.options_answer import Option
from stafftalks.analysis.options_problem import problem
from stafftalks.analysis.risk import Risk
from stafftalks.analysis.schedule import Answer
from stafftalks.analysis.schedule_answering import InTheWay, in_the_way
from stafftalks.analysis.schedule_checks import checked
from stafftalks.analysis.watching import Clock, Progress, Watch
from stafftalks.services.run_problems import (
    Answered,
    Frozen,
    OptionsAnswered,
    OptionsFrozen,
    RiskAnswered,
    RiskFrozen,
    ScheduleAnswered,
    ScheduleFrozen,
    SweepFrozen,
)
from stafftalks.values.errors import MisuseError

LEAST_TO_EXPLAIN_S: Final = 10.0
"""Where there is no schedule, each of what stands in the way and what would do has so many seconds, even if all others are over."""
Keep = Callable[[Answered], None]
"""Given the best so far, whenever it is better than what was given before."""


class Reckoned(msgspec.Struct, frozen=True):
    """An answer, and whether it was ended because its seconds were over before it had done all it was asked for."""

    answered: Answered
    cut: bool


def reckon(frozen: Frozen, seconds: float, clock: Clock, watch: Watch, keep: Keep) -> Reckoned:
    """The answer, or the best there is when the seconds are over or the watch says no; raises MisuseError where the problem is none."""
    until = clock() + seconds
    cut = False

    def in_time(progress: Progress) -> bool:
        nonlocal cut
        going = watch(progress)
        cut = cut or (going and clock() >= until)
        return going and not cut

    def kept_risk(found: Risk) -> None:
        keep(RiskAnswered(found))

    match frozen:
        case ScheduleFrozen():
            # It keeps its seconds by itself, and what it proves in them is whole.
            return Reckoned(_schedule(frozen, until, clock, watch, keep), cut=False)
        case OptionsFrozen():
            return Reckoned(_options(frozen, until, clock, in_time, keep), cut)
        case RiskFrozen():
            found = risk.run(frozen.network, frozen.question, watch=in_time, keep=kept_risk)
            return Reckoned(RiskAnswered(found), cut and found.stopped)
        case SweepFrozen():
            raise MisuseError("A sweep is reckoned by processes of its own, many at once, and not by this one.")


def _schedule(frozen: ScheduleFrozen, until: float, clock: Clock, watch: Watch, keep: Keep) -> ScheduleAnswered:
    given = frozen.problem

    def kept(answer: Answer) -> None:
        keep(ScheduleAnswered(answer))

    def kept_reasons(found: InTheWay) -> None:
        keep(ScheduleAnswered(answer, found))

    answer = schedule_solving.solve(given, frozen.effort, clock, watch, kept)
    if answer.state != "infeasible" or answer.stopped:
        return ScheduleAnswered(answer)
    keep(ScheduleAnswered(answer))
    sound, _faults = checked(given)

    # As long for what stands in the way as for what would do.
    effort = msgspec.structs.replace(frozen.effort, seconds=max((until - clock()) / 2, LEAST_TO_EXPLAIN_S))
    return ScheduleAnswered(answer, in_the_way(sound, effort, clock, watch, kept_reasons))


def _options(frozen: OptionsFrozen, until: float, clock: Clock, watch: Watch, keep: Keep) -> OptionsAnswered:
    """First the mix itself, for half of the time at most; then what was asked for beside it, as far as the rest of the time goes."""
    choice = frozen.choice
    beside = sum((frozen.front, frozen.sides, frozen.singles, frozen.waiting))
    going = True

    def on(progress: Progress) -> bool:
        nonlocal going
        going = watch(progress) and going
        return going

    def part() -> float:
        return max(until - clock(), 0.0) / (beside + 1)

    def kept(option: Option) -> None:
        keep(OptionsAnswered(option))

    made, _faults = problem(choice)
    answered = OptionsAnswered(
        options.solve(choice, seconds=part() if not beside else max(part(), (until - clock()) / 2), watch=on, keep=kept)
    )
    keep(answered)
    if frozen.front and on(Progress("budgets")):
        front = options_front.front(choice, seconds=part() / (options_front.STEPS + 1), watch=on)
        answered = msgspec.structs.replace(answered, front=front)
        keep(answered)
    beside -= frozen.front
    if frozen.sides and on(Progress("coalitions")):
        packages = options_contributions.sides(made)
        count = 2 ** min(len(packages), options_contributions.EXACT + 1)
        shares = options_contributions.contributions(made, packages, seconds=part() / count, watch=on)
        answered = msgspec.structs.replace(answered, sides=shares)
        keep(answered)
    beside -= frozen.sides
    if frozen.singles and on(Progress("single scenarios")):
        count = len(made.scenarios) * (len(made.scenarios) + 1)
        answered = msgspec.structs.replace(answered, singles=options_front.singles(choice, seconds=part() / count))
        keep(answered)
    beside -= frozen.singles
    if frozen.waiting and on(Progress("branches")):
        asked = options_telling.shows([way.branch or way.id for way in made.scenarios], frozen.tells)
        rows, _faults = options_waiting.waiting(choice, asked, seconds=part() / (8 * len(asked) + 4), watch=on)
        answered = msgspec.structs.replace(answered, waiting=rows)
    return answered
