"""What a run of options came to, as its page tells it: mixes of forces beside each other, what each commits and leaves short, what each side brings, until when which branch can be decided.

Nothing here chooses: an option is an option, and what is not proven says how far off it could be.
"""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis.options_answer import Option, Outcome, Stage
from stafftalks.analysis.options_front import Single
from stafftalks.analysis.options_telling import Tell
from stafftalks.analysis.options_waiting import Waiting
from stafftalks.services import elements, runs
from stafftalks.services.run_problems import OptionsAnswered, OptionsFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result
from stafftalks.values.errors import MisuseError
from stafftalks.web import access, charts
from stafftalks.web.analyses import options_pictures
from stafftalks.web.analyses.options_lines import (
    BranchLine,
    DecisionLine,
    ForceLine,
    MetLine,
    MixLine,
    Named,
    ShareLine,
    StepLine,
    TellLine,
    UseLine,
    short,
    sure,
)
from stafftalks.web.windows import Window, offset_of

_BRANCHES = 12
_TOLD = 8


def context(request: HttpRequest, row: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_options.html` shows, with `charts` as files can be taken of them; raises MisuseError where the result is of another analysis."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, OptionsFrozen) or not isinstance(answered, OptionsAnswered):
        raise MisuseError("This result is not one of options: begin the run again.")
    told = _Told(frozen, answered)
    hq = access.headquarters()
    offset = offset_of(request, "branches")
    drawn = options_pictures.charts(frozen, answered)
    return {
        "charts": drawn,
        "front_chart": next((each for each in drawn if each.name == "front"), None),
        "shares_chart": next((each for each in drawn if each.name == "contributions"), None),
        "headline": told.headline(),
        "sureness": told.sureness(),
        "beside": told.beside(),
        "mixes": told.mixes(),
        "alone": told.alone(),
        "sides": told.sides(),
        "all_forces": len(frozen.choice.forces),
        "branches": told.branches(offset),
        "branch_window": Window(len(answered.option.outcomes), offset, _BRANCHES),
        "shares": told.shares(),
        "shares_sure": answered.sides.proven if answered.sides else True,
        "decisions": told.decisions(),
        "may_write": access.person_of(request).lacking(*elements.writers_of("option")) is None,
        "was_moved": bool(runs.stale(hq, row)),
    }


class _Told:
    """An answer in words, each number with the elements behind it."""

    def __init__(self, frozen: OptionsFrozen, answered: OptionsAnswered) -> None:
        self._frozen, self._answered = frozen, answered
        self._option = answered.option
        self._forces = {force.id: force for force in frozen.choice.forces}
        scenarios = list(dict.fromkeys(way.id.partition("#")[0] for way in frozen.choice.scenarios))
        self._scenario = f"{frozen.titles.get(scenarios[0], '')}: " if len(scenarios) == 1 else ""
        keys = {
            *self._forces,
            *(need.id for need in frozen.choice.requirements),
            *(way.id for way in frozen.choice.scenarios),
            *(tell.element for tell in frozen.tells),
        }
        self._ways = charts.ways(access.headquarters(), (key.partition("#")[0] for key in keys))

    def headline(self) -> str:
        """The mix in a sentence."""
        worst = self._worst(self._option.outcomes)
        said = {
            "count": len(self._option.committed), "all": len(self._forces), "worst": self._short(self._option.worst.value),
            "branch": self._title(worst.scenario), "expected": self._short(self._option.expected.value),
        }  # fmt: skip
        if not self._option.committed:
            return _("No force helps: at worst, in “%(branch)s”, %(worst)s stays short.") % said
        sentence = ngettext(
            "With %(count)d of %(all)d forces %(worst)s stays short at worst, in “%(branch)s”, and %(expected)s on average.",
            "With %(count)d of %(all)d forces %(worst)s stays short at worst, in “%(branch)s”, and %(expected)s on average.",
            len(self._option.committed),
        )
        return sentence % said

    def sureness(self) -> tuple[tuple[str, bool], ...]:
        """How sure each of the goals is, and whether it is proven."""
        goals = ((_("Worst case"), self._option.worst), (_("On average"), self._option.expected))
        found = [(f"{name}: {self._sure(stage)}", stage.proven) for name, stage in goals]
        if not self._option.cost.proven:
            bound = {"count": number_format(self._option.cost.bound, 0)}
            found.append((_("Fewest forces: not proven; at least %(count)s are needed.") % bound, False))
        if self._option.method == "greedy":
            found.append(
                (
                    _(
                        "In its time nothing better was found than by the plain rule: what serves most is committed first."
                    ),
                    False,
                )
            )
        return tuple(found)

    def beside(self) -> str:
        """How the mix compares, in the worst case, with those that are made for one branch; empty where none are."""
        if not self._answered.singles:
            return ""
        best = min(self._answered.singles, key=lambda single: single.worst)
        said = {
            "robust": self._short(self._option.worst.value), "single": self._short(best.worst),
            "branch": self._title(best.worst_in), "made": self._title(best.scenario),
        }  # fmt: skip
        if best.worst <= self._option.worst.value + 0.5:
            return _("The mix made for “%(made)s” alone holds up as well at worst: %(single)s stays short.") % said
        sentence = _(
            "The best of the mixes that are made for one branch alone leaves %(single)s short at worst: it is made for “%(made)s”, and “%(branch)s” comes. The one that holds up leaves %(robust)s."
        ) % said  # fmt: skip
        return f"{sentence} {self._with_as_few(best)}".strip()

    def _with_as_few(self, single: Single) -> str:
        """That also no more forces than a mix for one branch has hold up better, where they do and the one that holds up best has more."""
        few = len(single.committed)
        mixes = self._answered.front.options if self._answered.front else ()
        better = [each for each in mixes if len(each.committed) <= few and each.worst.value < single.worst - 0.5]
        if len(self._option.committed) <= few or not better:
            return ""
        best = min(better, key=lambda each: each.worst.value)
        said = {"count": len(best.committed), "short": self._short(best.worst.value)}
        return _("With no more forces than that (%(count)d) another mix leaves %(short)s.") % said

    def mixes(self) -> tuple[MixLine, ...]:
        """The mix that holds up best, then those of fewer forces that no other beats."""
        mixes = self._answered.front.options if self._answered.front else ()
        fewer = [
            (place, each) for place, each in enumerate(mixes) if set(each.committed) != set(self._option.committed)
        ]
        return (self._mix(self._option, None), *(self._mix(each, place) for place, each in reversed(fewer)))

    def alone(self) -> tuple[MixLine, ...]:
        """The best mix for each branch alone, the best in the worst case first."""
        ordered = sorted(self._answered.singles, key=lambda single: (single.worst, single.shortfall))
        return tuple(self._single(each) for each in ordered)

    def sides(self) -> tuple[tuple[str, tuple[ForceLine, ...]], ...]:
        """By side, which of its forces are committed and for what."""
        uses: dict[str, dict[str, tuple[int, list[str]]]] = {}
        for outcome in self._option.outcomes:
            for met in outcome.met:
                for serving in met.served:
                    row = uses.setdefault(serving.force, {})
                    most, where = row.get(met.requirement, (0, []))
                    row[met.requirement] = (max(most, serving.quantity), [*where, outcome.scenario])
        found: dict[str, list[ForceLine]] = {}
        for force in self._option.committed:
            lines = tuple(
                UseLine(self._named(need), self._frozen.said(need, amount), self._where(where))
                for need, (amount, where) in uses.get(force, {}).items()
            )
            found.setdefault(self._forces[force].party, []).append(ForceLine(self._named(force), lines))
        return tuple((party, tuple(lines)) for party, lines in sorted(found.items()))

    def branches(self, offset: int) -> tuple[BranchLine, ...]:
        """One window of the branches, those that stay shortest first."""
        ordered = sorted(self._option.outcomes, key=lambda outcome: -outcome.shortfall)
        worst = ordered[0].shortfall if ordered else 0
        return tuple(
            BranchLine(
                self._named(outcome.scenario),
                self._short(outcome.shortfall),
                bool(worst) and outcome.shortfall == worst,
                tuple(self._met(outcome)),
            )
            for outcome in ordered[offset : offset + _BRANCHES]
        )

    def shares(self) -> tuple[ShareLine, ...]:
        """What each side takes off the worst case; ties are ties."""
        shares = self._answered.sides.shares if self._answered.sides else ()
        return tuple(
            ShareLine(
                each.name,
                each.rank,
                self._short(each.alone),
                self._short(each.marginal),
                self._short(each.shapley),
                self._short(each.error) if each.error else "",
                tuple(other.name for other in shares if other.rank == each.rank and other is not each),
            )
            for each in shares
        )

    def decisions(self) -> tuple[DecisionLine, ...]:
        """The branches by the latest time at which a decision for each still has its whole value."""
        return tuple(self._decision(row) for row in self._answered.waiting)

    def _mix(self, option: Option, place: int | None) -> MixLine:
        worst = self._worst(option.outcomes)
        return MixLine(
            place=place,
            robust=place is None,
            made_for=None,
            committed=self._names(option.committed),
            worst=self._short(option.worst.value),
            worst_in=self._title(worst.scenario) if worst.shortfall else "",
            expected=self._short(option.expected.value),
            forces=len(option.committed),
            sure=self._sure(option.worst),
            proven=option.worst.proven,
        )

    def _single(self, single: Single) -> MixLine:
        return MixLine(
            place=None,
            robust=False,
            made_for=self._named(single.scenario),
            committed=self._names(single.committed),
            worst=self._short(single.worst),
            worst_in=self._title(single.worst_in) if single.worst else "",
            expected=self._short(single.shortfall),
            forces=len(single.committed),
            sure=_("proven") if single.proven else _("not proven in its time"),
            proven=single.proven,
        )

    def _met(self, outcome: Outcome) -> Iterator[MetLine]:
        for met in sorted(outcome.met, key=lambda met: -met.short * met.weight):
            said = self._frozen.said
            state = "filled" if not met.short else "partial" if met.short < met.needed else "gap"
            served = tuple((self._named(one.force), said(met.requirement, one.quantity)) for one in met.served)
            short = said(met.requirement, met.short) if met.short else ""
            yield MetLine(self._named(met.requirement), said(met.requirement, met.needed), served, short, state)

    def _decision(self, row: Waiting) -> DecisionLine:
        said = self._frozen.times.said
        told = [tell for tell in self._frozen.tells if tell.branch == row.branch]
        steps = tuple(
            StepLine(said(step.latest), self._short(step.before), self._short(step.after), self._names(step.lost))
            for step in row.steps
        )
        gain = "" if row.gain is None else self._short(abs(row.gain))
        return DecisionLine(
            self._named(row.branch),
            said(row.latest),
            self._names(row.opens),
            self._short(row.now),
            self._short(row.at_once),
            said(row.indicator),
            gain,
            None if not row.gain else row.gain > 0,
            steps,
            tuple(self._tell(tell, row) for tell in told if tell.sort != "decision"),
            tuple(self._tell(tell, row) for tell in told if tell.sort == "decision"),
            row.proven,
        )

    def _tell(self, tell: Tell, row: Waiting) -> TellLine:
        late = tell.tick is not None and row.latest is not None and tell.tick > row.latest
        what = Named(tell.title, self._ways.get(tell.element, ""))
        return TellLine(what, tell.sort, self._frozen.times.said(tell.tick), tell.state, tell.who, late)

    def _sure(self, stage: Stage) -> str:
        return sure(self._frozen, stage)

    def _where(self, scenarios: list[str]) -> str:
        if len(scenarios) == len(self._option.outcomes) > 1:
            return _("in every branch")
        shown = ", ".join(self._title(name) for name in scenarios[:_TOLD])
        return (
            shown
            if len(scenarios) <= _TOLD
            else _("%(shown)s and %(count)d more") % {"shown": shown, "count": len(scenarios) - _TOLD}
        )

    def _worst(self, outcomes: Iterable[Outcome]) -> Outcome:
        return max(outcomes, key=lambda outcome: outcome.shortfall)

    def _names(self, names: Iterable[str]) -> tuple[Named, ...]:
        return tuple(self._named(name) for name in names)

    def _named(self, name: str) -> Named:
        party = self._forces[name].party if name in self._forces else ""
        return Named(self._title(name), self._ways.get(name.partition("#")[0], ""), party)

    def _title(self, name: str) -> str:
        """What it is called: of a contribution without its party, which stands beside it; of a branch without its scenario, where there is but one."""
        title = self._frozen.titles.get(name, name)
        if name in self._forces:
            return title.removesuffix(f" ({self._forces[name].party})")
        return title.removeprefix(self._scenario) if "#" in name else title

    def _short(self, value: float) -> str:
        return short(self._frozen, value)
