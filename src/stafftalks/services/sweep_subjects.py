"""What a sweep asks about, from elements: the same problems that coverage, schedule, risk and options reckon with, as plain values, with what they stand on."""

from collections.abc import Mapping
from typing import assert_never

import msgspec

from stafftalks.analysis import sweep
from stafftalks.analysis.coverage_values import Scenario as Ways
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.risk_reading import NONE, Estimates
from stafftalks.analysis.sweep import Ready
from stafftalks.analysis.sweep_files import Analysis, Effort, InFile
from stafftalks.analysis.sweep_points import Sweep
from stafftalks.analysis.sweep_values import CoverageSubject, OptionsSubject, ScheduleSubject, Subject, SweepProblem
from stafftalks.analysis.times import Times
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.forces import Activity
from stafftalks.planning.markings import markings_within
from stafftalks.planning.options import Option
from stafftalks.planning.plans import Plan
from stafftalks.planning.scenarios import Scenario
from stafftalks.services import analyses_coverage, analyses_options, analyses_risk, analyses_schedule, labels
from stafftalks.services.analyses import Gathered, key_of
from stafftalks.services.analyses_work import Work
from stafftalks.services.ports import Headquarters
from stafftalks.services.sweeps import About
from stafftalks.values.banner import banners


class Here(msgspec.Struct, frozen=True):
    """A subject, what its ids are called, and what is known of it; `gathered` is None where it came from a file."""

    subject: Subject
    titles: Mapping[str, str]
    about: About
    gathered: Gathered | None = None


def frozen(here: Here, varied: Sweep) -> tuple[SweepProblem, Ready, About]:
    """The problem of a sweep, with everything that was left out of it; raises MisuseError where a name is not there or a factor has no meaning."""
    problem, ready = sweep.frozen(here.subject, varied, here.titles)
    rest = ready.reckoner.faults
    if here.gathered is not None:
        rest = tuple(here.gathered.fault(fault) for fault in rest)
    faults = tuple(dict.fromkeys((*here.about.faults, *rest)))
    return problem, ready, msgspec.structs.replace(here.about, faults=faults)


def of_file(read: InFile) -> Here:
    """A subject of a file, which stands on nothing here and bears no marking."""
    return Here(read.subject, read.titles, About(read.title, (), None, read.faults, read.times))


def prepared(
    hq: Headquarters,
    analysis: Analysis,
    effort: Effort,
    estimates: Estimates = NONE,
    *,
    contingency: str = "",
    private: bool = False,
    must: bool = False,
    all_forces: bool = False,
) -> Here:
    """What stands here now; raises MisuseError where nothing of it can be reckoned with."""
    match analysis:
        case "coverage":
            return _coverage(hq, contingency, private=private)
        case "schedule":
            known = estimates.durations
            work, problem = analyses_schedule.prepared(hq, known, contingency=contingency, private=private, must=must)
            return _of_work(hq, contingency, work, ScheduleSubject(problem, effort.schedules, _branches(work.gathered)))
        case "risk":
            work, network = analyses_risk.prepared(hq, estimates, contingency=contingency, private=private)
            asked = effort.risk(work.times)
            subject = msgspec.structs.replace(asked, network=network, branches=_branches(work.gathered))
            return _of_work(hq, contingency, work, subject)
        case "options":
            made = analyses_options.prepared(hq, contingency=contingency, private=private, all_forces=all_forces)
            titles = {**_branch_titles(made.gathered), **made.titles}
            about = _about(hq, made.gathered, contingency, made.faults, made.times)
            return Here(OptionsSubject(made.choice, made.whole, effort.nodes), titles, about, made.gathered)
    assert_never(analysis)


def _coverage(hq: Headquarters, contingency: str, *, private: bool) -> Here:
    made = analyses_coverage.coverage(hq, contingency=contingency, private=private)
    held = made.coverage.held
    subject = CoverageSubject(
        tuple(Ways(name, branches) for name, branches in held.branches.items()),
        tuple(held.needs.values()),
        tuple(held.offers.values()),
        private=private,
    )
    if sum(bool(scenario.branches) for scenario in subject.scenarios) > 1:
        subject = _told_apart(subject)
    told = {
        f"{piece.key}#contributions.{number}": f"{row.what} ({row.party})"
        for piece, option in made.gathered.of(Option)
        for number, row in enumerate(option.contributions)
    }
    apart = {
        _branch(piece.key, branch.id): f"{piece.title}: {branch.title or branch.id}"
        for piece, scenario in made.gathered.of(Scenario)
        for branch in scenario.branches
    }
    titles = {**told, **apart, **_branch_titles(made.gathered), **made.titles}
    return Here(subject, titles, _about(hq, made.gathered, contingency, made.faults, made.times), made.gathered)


def _told_apart(subject: CoverageSubject) -> CoverageSubject:
    """The subject with branches named by their scenarios: a branch of one is not the branch of the same id of another."""
    scenario_of = {need.id: need.scenario for need in subject.needs}

    def named(scenario: str, branches: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_branch(scenario, branch) for branch in branches) if scenario else branches

    return msgspec.structs.replace(
        subject,
        scenarios=tuple(Ways(each.id, named(each.id, each.branches)) for each in subject.scenarios),
        needs=tuple(
            msgspec.structs.replace(each, branches=named(each.scenario, each.branches)) for each in subject.needs
        ),
        offers=tuple(
            msgspec.structs.replace(each, branches=named(scenario_of.get(each.need, ""), each.branches))
            for each in subject.offers
        ),
    )


def _branch(scenario: str, branch: str) -> str:
    return f"{scenario}#{branch}"


def _of_work(hq: Headquarters, contingency: str, work: Work, subject: Subject) -> Here:
    faults = tuple(work.gathered.fault(fault) for fault in work.faults)
    return Here(subject, work.titles, _about(hq, work.gathered, contingency, faults, work.times), work.gathered)


def _about(hq: Headquarters, gathered: Gathered, contingency: str, faults: tuple[Fault, ...], times: Times) -> About:
    known = labels.known(hq)
    markings = [
        marking
        for piece in gathered.pieces
        if not isinstance(piece.content, UnknownContent)
        for marking in markings_within(piece.content)
    ]
    beside = [known.beside[piece.version] for piece in gathered.pieces if piece.version in known.beside]
    return About(contingency, banners(known.policies, (*markings, *beside)), gathered.basis, faults, times)


def _branch_titles(gathered: Gathered) -> dict[str, str]:
    """By id, what branches are called; of an id that several scenarios use for different branches nothing."""
    found: dict[str, set[str]] = {}
    for _piece, scenario in gathered.of(Scenario):
        for branch in scenario.branches:
            found.setdefault(branch.id, set()).add(branch.title)
    return {name: titles.pop() for name, titles in found.items() if len(titles) == 1 and "" not in titles}


def _branches(gathered: Gathered) -> dict[str, tuple[str, ...]]:
    """By activity, the branches for which its plan is; none where the plan is for all."""
    by_plan = {
        piece.key: tuple(dict.fromkeys(branch for row in plan.scenarios for branch in row.branches))
        for piece, plan in gathered.of(Plan)
    }
    return {
        piece.key: by_plan.get(key_of(activity.plan), ())
        for piece, activity in gathered.of(Activity)
        if activity.plan is not None
    }
