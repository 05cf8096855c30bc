"""What a run reckons, frozen whole: the problem with what is needed to say its answer in people's words; and the answer. Both as bytes, for the store and for another process.

A problem holds plain values alone: whoever reads its bytes gets numbers and names, and nothing that could be carried out.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.analysis import amounts
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.options_answer import Option
from stafftalks.analysis.options_contributions import Contributions
from stafftalks.analysis.options_front import Front, Single
from stafftalks.analysis.options_problem import Choice
from stafftalks.analysis.options_telling import Tell
from stafftalks.analysis.options_waiting import Waiting
from stafftalks.analysis.risk import Question, Risk
from stafftalks.analysis.risk_network import Network
from stafftalks.analysis.schedule import Answer, Problem, Value
from stafftalks.analysis.schedule_answering import InTheWay
from stafftalks.analysis.schedule_solving import Effort
from stafftalks.analysis.sweep_values import SweepProblem
from stafftalks.analysis.times import Times
from stafftalks.analysis.watching import Progress
from stafftalks.services.analyses_options import Counted
from stafftalks.values.errors import PeerError


class ScheduleFrozen(msgspec.Struct, frozen=True, tag="schedule"):
    """A schedule to be found. Ticks are hours, which the problem says; `titles` by key."""

    problem: Problem
    effort: Effort
    titles: Mapping[str, str]


class OptionsFrozen(msgspec.Struct, frozen=True, tag="options"):
    """A mix of forces to be chosen. `whole` is what a requirement of the least urgent priority counts that is wholly missing; `tells` what tells of branches, and is to be decided for them."""

    choice: Choice
    front: bool
    sides: bool
    singles: bool
    whole: int
    counted: Mapping[str, Counted]
    scale: Mapping[str, int]
    times: Times
    titles: Mapping[str, str]
    waiting: bool = False
    tells: tuple[Tell, ...] = ()

    def said(self, requirement: str, amount: int) -> str:
        """An amount of what a requirement asks for, as people write it."""
        counted = self.counted[requirement]
        return amounts.said(amount * counted.parts, counted.unit, self.scale)


class RiskFrozen(msgspec.Struct, frozen=True, tag="risk"):
    """A network to be drawn. Ticks are hours, said by `times`; `titles` by key."""

    network: Network
    question: Question
    times: Times
    titles: Mapping[str, str]


class SweepFrozen(msgspec.Struct, frozen=True, tag="sweep"):
    """A sweep. Ticks are said by `times`; what is varied is named in the problem."""

    problem: SweepProblem
    times: Times

    @property
    def titles(self) -> Mapping[str, str]:
        """What things are called."""
        return self.problem.names


Frozen = ScheduleFrozen | OptionsFrozen | RiskFrozen | SweepFrozen


class ScheduleAnswered(msgspec.Struct, frozen=True, tag="schedule"):
    """The best schedule found; where it is proven that there is none, what stands in the way, as far as that was found."""

    answer: Answer
    in_the_way: InTheWay | None = None


class OptionsAnswered(msgspec.Struct, frozen=True, tag="options"):
    """The best mix found, and what was asked for beside it as far as the time went."""

    option: Option
    front: Front | None = None
    sides: Contributions | None = None
    singles: tuple[Single, ...] = ()
    waiting: tuple[Waiting, ...] = ()


class RiskAnswered(msgspec.Struct, frozen=True, tag="risk"):
    """How sure closures are."""

    risk: Risk


class SweepAnswered(msgspec.Struct, frozen=True, tag="sweep"):
    """The rows that are reckoned, as a Parquet file with marking and origin in its schema, and how many there are."""

    result: bytes
    done: int


Answered = ScheduleAnswered | OptionsAnswered | RiskAnswered | SweepAnswered

_FROZEN: Final[msgspec.msgpack.Decoder[Frozen]] = msgspec.msgpack.Decoder(Frozen)
_ANSWERED: Final[msgspec.msgpack.Decoder[Answered]] = msgspec.msgpack.Decoder(Answered)


def frozen(raw: bytes) -> Frozen:
    """A problem from its bytes; raises PeerError where they hold none."""
    try:
        return _FROZEN.decode(raw)
    except msgspec.MsgspecError as error:
        raise PeerError(f"This problem cannot be read: {error}. Begin the run again.") from error


def answered(raw: bytes) -> Answered:
    """An answer from its bytes; raises PeerError where they hold none."""
    try:
        return _ANSWERED.decode(raw)
    except msgspec.MsgspecError as error:
        raise PeerError(f"This answer cannot be read: {error}. Begin the run again.") from error


def faults(answer: Answered) -> tuple[Fault, ...]:
    """What could not be reckoned with, as the analysis says it."""
    match answer:
        case ScheduleAnswered():
            return answer.answer.faults
        case OptionsAnswered():
            return answer.option.faults
        case RiskAnswered():
            return answer.risk.faults
        case SweepAnswered():
            return ()


def reached(answer: Answered, before: Progress) -> Progress:
    """How far an answer has come, and how good it is proven to be; `before` is what was told last."""
    match answer:
        case ScheduleAnswered(answer=Answer(value=Value() as value, bound=Value() as bound)):
            if value.lateness:
                return Progress(before.step, 1.0, value.lateness, bound.lateness, "lateness")
            return Progress(before.step, 1.0, value.end, bound.end, "end")
        case OptionsAnswered(option=option):
            return Progress(before.step, 1.0, option.worst.value, option.worst.bound, "worst case")
        case RiskAnswered(risk=found):
            return msgspec.structs.replace(before, done=found.draws)
        case _:
            return msgspec.structs.replace(before, best=None, bound=None)


def raw(value: Frozen | Answered) -> bytes:
    """A problem or an answer as bytes; equal values give equal bytes."""
    return msgspec.msgpack.encode(value, order="sorted")
