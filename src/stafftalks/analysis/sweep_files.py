"""What a sweep asks about, from a problem file of its analysis, already read to plain lists and mappings. What is varied may stand in the same file, under `sweep`."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from stafftalks.analysis import coverage_reading, options_reading, risk_reading, schedule_reading
from stafftalks.analysis.coverage_values import Scenario
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_network import Network, Policy
from stafftalks.analysis.schedule import Problem
from stafftalks.analysis.sweep_values import (
    DRAWS,
    NODES,
    SCHEDULES,
    CoverageSubject,
    OptionsSubject,
    RiskSubject,
    ScheduleSubject,
    Subject,
)
from stafftalks.analysis.times import Times
from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import parse_moment

Analysis = Literal["coverage", "schedule", "risk", "options"]
ANALYSES: Final[tuple[Analysis, ...]] = ("coverage", "schedule", "risk", "options")
_DAY_S: Final = 86_400


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How much is done at each point: schedules made, draws, nodes looked at; and what risk asks: which closure, by when (as people write it), with which policy."""

    schedules: int = SCHEDULES
    draws: int = DRAWS
    nodes: int = NODES
    goal: str = "all"
    by: str = ""
    policy: Policy = "resource-constrained"

    def risk(self, times: Times) -> RiskSubject:
        """The question about risk, with no network yet; raises MisuseError where the date cannot be counted."""
        return RiskSubject(Network(()), self.goal, self.draws, self.policy, self._by(times))

    def _by(self, times: Times) -> int | None:
        if not self.by:
            return None
        tick, why = (int(self.by), "") if self.by.lstrip("-").isdigit() else times.tick(parse_moment(self.by))
        if tick is None:
            raise MisuseError(f"--by {self.by[:40]}: {why}.")
        return tick


class InFile(msgspec.Struct, frozen=True):
    """A subject of a file, what its ids are called, what of the file could not be read, and how its ticks are said."""

    subject: Subject
    title: str
    titles: Mapping[str, str]
    faults: tuple[Fault, ...]
    times: Times


def parted(data: object) -> tuple[object, object]:
    """The problem of a file, and what stands under `sweep` in it; None where nothing does."""
    if not isinstance(data, dict):
        return data, None
    rest: dict[str, Any] = {name: value for name, value in data.items() if name != "sweep"}
    return rest, data.get("sweep")


def subject_of(analysis: Analysis, data: object, name: str, effort: Effort) -> InFile:
    """The subject of a file; raises PeerError where it is no problem of this analysis."""
    if analysis == "coverage":
        covered, file, _scale, titles = coverage_reading.coverage_of(data, name)
        held = covered.held
        scenarios = tuple(Scenario(key, branches) for key, branches in held.branches.items())
        subject = CoverageSubject(scenarios, tuple(held.needs.values()), tuple(held.offers.values()))
        return InFile(subject, file.title, titles, tuple(file.faults), file.times)
    if analysis == "risk":
        network, file, titles = risk_reading.network_of(data, name)
        asked = msgspec.structs.replace(effort.risk(file.times), network=network)
        return InFile(asked, file.title, titles, tuple(file.faults), file.times)
    if analysis == "options":
        choice, file, titles = options_reading.choice_of(data, name)
        return InFile(OptionsSubject(choice, nodes=effort.nodes), file.title, titles, tuple(file.faults), file.times)
    problem, faults = schedule_reading.problem_of(data, name)
    return scheduled(problem, faults, effort)


def scheduled(problem: Problem, faults: tuple[Fault, ...], effort: Effort) -> InFile:
    """A scheduling problem as a subject."""
    ticks = problem.ticks
    times = ticks.times or Times(ticks.anchor, tick_s=_DAY_S // ticks.per_day)
    titles = {each.id: each.title for each in problem.resources if each.title}
    titles |= {each.id: each.title for each in problem.activities if each.title}
    return InFile(ScheduleSubject(problem, effort.schedules), problem.title, titles, faults, times)
