"""What tells which branch comes, and which decisions hang on it, from elements: assumptions that trigger branches, indicators, and decisions that plans and options leave open.

A branch is known by the time by which every assumption that triggers it must be known. Indicators say what is watched and not by when.
"""

from collections.abc import Iterator

import msgspec

from stafftalks.analysis.options_telling import Tell
from stafftalks.analysis.times import Times
from stafftalks.planning.intelligence import Assessment, Indicator
from stafftalks.planning.options import Option
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.services import analyses_options, analyses_times
from stafftalks.services.analyses import Gathered, key_of
from stafftalks.services.analyses_options import Prepared
from stafftalks.services.ports import Headquarters
from stafftalks.services.workspace import Piece
from stafftalks.values.relative_time import Moment


class Weighed(msgspec.Struct, frozen=True):
    """A choice, and what tells of its branches."""

    prepared: Prepared
    tells: tuple[Tell, ...]


def prepared(hq: Headquarters, *, contingency: str = "", private: bool = False, all_forces: bool = False) -> Weighed:
    """The choice as it stands now, standing on plans and indicators too, with what they say of its branches."""
    made = analyses_options.prepared(
        hq, contingency=contingency, private=private, all_forces=all_forces, analysis="waiting"
    )
    branches = {way.id for way in made.choice.scenarios}
    found = [tell for tell in _Telling(made.gathered, made.times).every() if tell.branch in branches]
    return Weighed(made, tuple(dict.fromkeys(found)))


class _Telling:
    """The tells of what was gathered, each moment counted as its element's plan and contingency say."""

    def __init__(self, gathered: Gathered, times: Times) -> None:
        self._gathered = gathered
        self._of = analyses_times.counting(gathered, times)
        self._branches = {
            piece.key: {branch.id: f"{piece.key}#branches.{number}" for number, branch in enumerate(content.branches)}
            for piece, content in gathered.of(Scenario)
        }

    def every(self) -> Iterator[Tell]:
        """Assumptions, indicators, decisions, in the order of their elements."""
        yield from self._assumptions()
        yield from self._indicators()
        yield from self._decisions()

    def _assumptions(self) -> Iterator[Tell]:
        for piece, scenario in self._gathered.of(Scenario):
            for one in scenario.assumptions:
                branch = self._branches[piece.key].get(one.triggers)
                if branch is not None:
                    tick = self._tick(piece, None, one.validate_by)
                    yield Tell(branch, "assumption", piece.key, one.text, tick, one.state.value, one.owner)

    def _indicators(self) -> Iterator[Tell]:
        judged = {
            piece.key: (key_of(content.scenario), content.branch)
            for piece, content in self._gathered.of(Assessment)
            if content.scenario is not None
        }
        for piece, indicator in self._gathered.of(Indicator):
            for ref in indicator.bears_on:
                scenario, branch = judged.get(key_of(ref), (key_of(ref), ""))
                for name in self._named(scenario, (branch,) if branch else ()):
                    state, who = indicator.state.value, indicator.source
                    yield Tell(name, "indicator", piece.key, piece.title, None, state, who)

    def _decisions(self) -> Iterator[Tell]:
        for piece, plan in self._gathered.of(Plan):
            own = ElementRef(piece.party, piece.element)
            for chosen in plan.scenarios:
                for point in plan.decision_points:
                    linked = [name for name in point.linked if not chosen.branches or name in chosen.branches]
                    tick = self._tick(piece, own, point.ltiov)
                    for name in self._named(key_of(chosen.scenario), linked) if linked else ():
                        yield Tell(name, "decision", piece.key, point.decision, tick, "", point.authority)
        for piece, option in self._gathered.of(Option):
            for name in self._answered(option) if option.open_decisions else ():
                for one in option.open_decisions:
                    tick = self._tick(piece, option.plan, one.by)
                    yield Tell(name, "decision", piece.key, one.decision, tick, "", one.authority)

    def _answered(self, option: Option) -> Iterator[str]:
        """The branches that an option is for: those that it names, else those whose requirements it would meet."""
        if option.scenario is None:
            return
        ids = dict.fromkeys(option.branches)
        if not ids:
            met = {key_of(row.requirement) for row in option.contributions if row.requirement is not None}
            needs = [need for piece, need in self._gathered.of(Requirement) if piece.key in met]
            if any(not need.branches for need in needs):
                yield from self._named(key_of(option.scenario), ())
                return
            ids = dict.fromkeys(name for need in needs for name in need.branches)
        if ids:
            yield from self._named(key_of(option.scenario), tuple(ids))

    def _named(self, scenario: str, ids: tuple[str, ...] | list[str]) -> list[str]:
        """The branches with these ids; without ids all of the scenario, or itself where it has none."""
        own = self._branches.get(scenario, {})
        return [own[name] for name in ids if name in own] if ids else [*own.values()] or [scenario]

    def _tick(self, piece: Piece, plan: ElementRef | ExactRef | None, moment: Moment | None) -> int | None:
        return None if moment is None else self._of(piece, plan).tick(moment)[0]
