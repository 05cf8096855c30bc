"""What a sweep asks about, as plain values that can be sent anywhere: one subject for each analysis, and what is varied over it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from stafftalks.analysis.coverage_values import Need, Offer, Scenario
from stafftalks.analysis.options_problem import Choice
from stafftalks.analysis.risk_network import Network, Policy
from stafftalks.analysis.schedule import Problem
from stafftalks.analysis.sweep_points import Sweep

SCHEDULES: Final = 2000
DRAWS: Final = 2000
NODES: Final = 2000


class CoverageSubject(msgspec.Struct, frozen=True, tag="coverage"):
    """Requirements and contributions, as `coverage.cover` takes them."""

    scenarios: tuple[Scenario, ...]
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    private: bool = False


class ScheduleSubject(msgspec.Struct, frozen=True, tag="schedule"):
    """A scheduling problem, how many schedules are made for each point, and by activity the branches in which it is done (all where none is named)."""

    problem: Problem
    schedules: int = SCHEDULES
    branches: Mapping[str, tuple[str, ...]] = {}


class RiskSubject(msgspec.Struct, frozen=True, tag="risk"):
    """A network, which closure is asked about, and how many draws are made for each point. `by` is the tick by which it should be closed; branches as in schedules."""

    network: Network
    goal: str = "all"
    draws: int = DRAWS
    policy: Policy = "resource-constrained"
    by: int | None = None
    branches: Mapping[str, tuple[str, ...]] = {}


class OptionsSubject(msgspec.Struct, frozen=True, tag="options"):
    """A choice; `whole` is what one wholly missing requirement counts; at most so many `nodes` are looked at for each goal of a point."""

    choice: Choice
    whole: int = 1
    nodes: int = NODES


Subject = CoverageSubject | ScheduleSubject | RiskSubject | OptionsSubject


class SweepProblem(msgspec.Struct, frozen=True):
    """What is asked about, and what is varied, by ids; `names` are what these are called in rows, where that is otherwise."""

    subject: Subject
    sweep: Sweep
    names: Mapping[str, str] = {}
