"""Long analyses as they are kept: what was asked, within which limits, how far it is, and what came of it. All of it stays home.

What is reckoned is frozen when the run is started: neither what was asked nor the problem, nor what it stands on, ever changes.
"""

from typing import Final, Literal, NewType

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule_assumptions import Granted
from stafftalks.analysis.watching import Progress
from stafftalks.services.analyses_basis import Basis
from stafftalks.values.label import Marking

RunId = NewType("RunId", str)
SweptAnalysis = Literal["coverage", "schedule", "risk", "options"]
State = Literal["waiting", "running", "done", "stopped", "failed", "lost"]
"""`stopped`: by a person, or by its limit of time, with the best so far. `failed`: it told nothing, or broke off. `lost`: the headquarters ended meanwhile."""
OVER: Final[tuple[State, ...]] = ("done", "stopped", "failed", "lost")
"""States that nothing follows."""
MOST_SECONDS: Final = 86_400
LEAST_MEMORY_MB: Final = 256
MOST_MEMORY_MB: Final = 262_144


class ScheduleWanted(msgspec.Struct, frozen=True, tag="schedule"):
    """A schedule. With `must`, phases and windows must be kept, not only aimed at. The same seed, the same search. What is `given` is taken as changed, and is changed in no plan."""

    must: bool = False
    seed: int = 1
    workers: int = 8
    given: tuple[Granted, ...] = ()


class OptionsWanted(msgspec.Struct, frozen=True, tag="options"):
    """A mix of forces; with the options at lower cost (`front`), what each side brings (`sides`), the best for each single scenario (`singles`), until when each branch can be decided for itself (`waiting`). `budget` is the most forces."""

    budget: int | None = None
    all_forces: bool = False
    front: bool = True
    sides: bool = True
    singles: bool = True
    waiting: bool = True


class RiskWanted(msgspec.Struct, frozen=True, tag="risk"):
    """How sure closures are. `by` are dates (`C+9`, `2027-05-01`) whose chance is told; with `error_ticks` it ends once the goal's nine in ten is known so closely.

    `ways` are the numbers of the ways in which activities are done, where they can be done in several; else the first.
    """

    draws: int = 10_000
    seed: int = 1
    goal: str = "all"
    by: tuple[str, ...] = ()
    error_ticks: float | None = None
    unlimited: bool = False
    ways: tuple[tuple[str, int], ...] = ()


class SweepWanted(msgspec.Struct, frozen=True, tag="sweep"):
    """One of the analyses `of` which it is, at every combination: of branches and forces left out (by key or title; “each”), of assumptions in words, of seeds. The rest is asked as that analysis asks it."""

    of: SweptAnalysis = "coverage"
    branches: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    at_most: int = 1
    seeds: int = 1
    must: bool = False
    all_forces: bool = False
    goal: str = "all"
    by: str = ""
    effort: int = 2_000


Wanted = ScheduleWanted | OptionsWanted | RiskWanted | SweepWanted
RunAnalysis = Literal["schedule", "options", "risk", "sweep"]


class Limits(msgspec.Struct, frozen=True):
    """What a run may take. After `seconds` it ends with the best it has; beyond `memory_mb` it is ended."""

    seconds: float = 60.0
    memory_mb: int = 2048


class RunAsk(msgspec.Struct, frozen=True):
    """A question for a run: of which elements, what of them, and within which limits. With `private` our unreleased elements count, and the answer stays home."""

    wanted: Wanted
    contingency: str = ""
    private: bool = False
    limits: Limits = Limits()

    @property
    def analysis(self) -> RunAnalysis:
        """Which analysis it is."""
        match self.wanted:
            case ScheduleWanted():
                return "schedule"
            case OptionsWanted():
                return "options"
            case RiskWanted():
                return "risk"
            case SweepWanted():
                return "sweep"


class RunStands(msgspec.Struct, frozen=True):
    """How a run stands: how far it is, after how many seconds; `sentence` says why it ended as it did. `answered`: there is a result, the best so far or the whole.

    `began` and `ended` are unix seconds, 0 for not yet.
    """

    state: State = "waiting"
    stop_asked_by: str = ""
    began: int = 0
    ended: int = 0
    progress: Progress = Progress("")
    elapsed_s: float = 0.0
    sentence: str = ""
    answered: bool = False


class RunRow(msgspec.Struct, frozen=True):
    """A run as it is listed: who asked for what and when, on what it stands, with the markings of that, each once, and how it stands."""

    id: RunId
    ask: RunAsk
    by: str
    at: int
    basis: Basis
    faults: tuple[Fault, ...] = ()
    markings: tuple[Marking, ...] = ()
    stands: RunStands = RunStands()
