"""What a run of options came to, as its page tells it: mixes of forces beside each other, what each commits and leaves short, what each side brings, until when which branch can be decided.

Nothing here chooses: an option is an option, and what is not proven says how far off it could be.
"""

from collections.abc import Iterable, Iterator

import msgspec
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis.options_answer import Option, Outcome, Stage
from stafftalks.analysis.options_front import Single
from stafftalks.analysis.options_telling import Tell
from stafftalks.analysis.options_waiting import Waiting
from stafftalks.formats.charts import options as pictures
from stafftalks.formats.charts.chart import Chart
from stafftalks.services import elements, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import OptionsAnswered, OptionsFrozen
from stafftalks.services.run_rows import RunId, RunRow
from stafftalks.services.runs import Result
from stafftalks.values.errors import MisuseError
from stafftalks.web import access, charts
from stafftalks.web.templatetags.stafftalks import tr
from stafftalks.web.windows import Window, offset_of

_BRANCHES = 12
_TOLD = 8


class Named(msgspec.Struct, frozen=True):
    """Something of an element: what it is called, where it is read (empty where nowhere any more), and whose it is where that is told."""

    title: str
    url: str
    party: str = ""


class MixLine(msgspec.Struct, frozen=True, kw_only=True):
    """One mix beside others: its place in the front, None for the one that holds up best or was made for one branch (`made_for`); what it commits, what stays short, and how sure that is."""

    place: int | None
    robust: bool
    made_for: Named | None
    committed: tuple[Named, ...]
    worst: str
    worst_in: str
    expected: str
    forces: int
    sure: str
    proven: bool


class UseLine(msgspec.Struct, frozen=True):
    """What a committed force meets: which requirement, how much of it at most, and in how many of the branches."""

    requirement: Named
    amount: str
    where: str


class ForceLine(msgspec.Struct, frozen=True):
    """A force that is committed, with what it is for."""

    force: Named
    uses: tuple[UseLine, ...]


class MetLine(msgspec.Struct, frozen=True):
    """What a requirement gets in a branch: from which forces, and what stays short; `state` is filled, partial or gap."""

    requirement: Named
    needed: str
    served: tuple[tuple[Named, str], ...]
    short: str
    state: str


class BranchLine(msgspec.Struct, frozen=True):
    """What the mix comes to in one branch."""

    branch: Named
    short: str
    worst: bool
    met: tuple[MetLine, ...]


class ShareLine(msgspec.Struct, frozen=True):
    """What one side takes off; `tied` are those that cannot be told apart from it."""

    party: str
    rank: int
    alone: str
    marginal: str
    shapley: str
    error: str
    tied: tuple[str, ...]


class StepLine(msgspec.Struct, frozen=True):
    """The last time at which no more than `before` need stay short; after it `after`, as these are too late for something."""

    until: str
    before: str
    after: str
    lost: tuple[Named, ...]


class TellLine(msgspec.Struct, frozen=True):
    """What tells of a branch, or is to be decided for it; `late` where that would come after the time at which it has its whole value."""

    what: Named
    sort: str
    when: str
    state: str
    who: str
    late: bool


class DecisionLine(msgspec.Struct, frozen=True):
    """One branch: until when it can be decided for itself, what that opens, and what waiting until it shows is worth."""

    branch: Named
    until: str
    opens: tuple[Named, ...]
    now: str
    alone: str
    shows: str
    gain: str
    gains: bool | None
    steps: tuple[StepLine, ...]
    tells: tuple[TellLine, ...]
    decisions: tuple[TellLine, ...]
    proven: bool


def context(request: HttpRequest, row: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_options.html` shows, with `charts` as files can be taken of them; raises MisuseError where the result is of another analysis."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, OptionsFrozen) or not isinstance(answered, OptionsAnswered):
        raise MisuseError("This result is not one of options: begin the run again.")
    told = _Told(frozen, answered)
    hq = access.headquarters()
    offset = offset_of(request, "branches")
    drawn = told.charts()
    return {
        "charts": drawn,
        "front_chart": drawn[0] if drawn else None,
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
        "written": _written(hq, row.id),
        "may_write": access.person_of(request).lacking(*elements.writers_of("option")) is None,
        "was_moved": bool(runs.stale(hq, row)),
    }


def _written(hq: Headquarters, run: RunId) -> list[tuple[Named, str, int]]:
    """What was written from it, by whom and when; what is put away too."""
    rows = hq.written.from_run(run)
    own = hq.holdings.elements([row.element for row in rows])
    ways = charts.ways(hq, (f"{hq.party}/{row.element}" for row in rows))
    return [
        (Named(own[row.element].title, ways.get(f"{hq.party}/{row.element}", "")), row.by, row.at)
        for row in rows
        if row.element in own
    ]


class _Told:
    """An answer in words, each number with the elements behind it."""

    def __init__(self, frozen: OptionsFrozen, answered: OptionsAnswered) -> None:
        self._frozen, self._answered = frozen, answered
        self._option = answered.option
        self._forces = {force.id: force for force in frozen.choice.forces}
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
        if best.worst > self._option.worst.value + 0.5:
            return _(
                "The best of the mixes that are made for one branch alone leaves %(single)s short at worst: it is made for “%(made)s”, and “%(branch)s” comes. The one that holds up leaves %(robust)s."
            ) % said  # fmt: skip
        return _("The mix made for “%(made)s” alone holds up as well at worst: %(single)s stays short.") % said

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

    def charts(self) -> tuple[Chart, ...]:
        """The front, where there is one, with the mixes made for one branch beside it."""
        mixes = self._answered.front.options if self._answered.front else ()
        if not mixes:
            return ()
        whole = self._frozen.whole
        shown = [
            pictures.Option(
                name=self._mix_name(each), forces=len(each.committed), worst=each.worst.value / whole, average=each.expected.value / whole,
                said_worst=self._short(each.worst.value), said_average=self._short(each.expected.value), sure=self._sure(each.worst),
            )
            for each in mixes
        ]  # fmt: skip
        shown += [
            pictures.Option(
                name=self._title(each.scenario), forces=len(each.committed), worst=each.worst / whole, average=None,
                said_worst=self._short(each.worst), said_average="", sure=_("proven") if each.proven else _("not proven in its time"), alone=True,
            )
            for each in self._answered.singles
        ]  # fmt: skip
        return (pictures.front(shown, say=tr),)

    def _mix_name(self, option: Option) -> str:
        count = len(option.committed)
        return ngettext("%d force", "%d forces", count) % count

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
        if stage.proven:
            return _("proven: no mix leaves less")
        said = {"bound": self._short(stage.bound), "gap": f"{number_format(100 * stage.gap, 1)} %"}
        return _("not proven: nothing can be below %(bound)s; it may be too high by %(gap)s") % said

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
        """What it is called; of a contribution without a force, without its party, which stands beside it."""
        title = self._frozen.titles.get(name, name)
        return title.removesuffix(f" ({self._forces[name].party})") if name in self._forces else title

    def _short(self, value: float) -> str:
        return number_format(value / self._frozen.whole, 2, force_grouping=True)
