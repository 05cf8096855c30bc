"""A run's result as the content of an element: options as an option, schedules and risks as an assessment. What it says comes from the result alone, and it names what it stands on where that leaves nothing of home behind.

References name exact versions where these are released to anybody; an element of ours that is not released is named without its version, as a version's hash could be tried out. What it
draws on of other parties stands among its origins, with the markings that they gave, so that nothing is passed on without their consent.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from stafftalks.analysis.options_answer import Option as Mix
from stafftalks.analysis.options_answer import Stage
from stafftalks.analysis.options_waiting import Waiting
from stafftalks.analysis.schedule_answering import InTheWay
from stafftalks.analysis.times import Times
from stafftalks.planning.intelligence import Assessment
from stafftalks.planning.options import Contribution, OpenDecision, Option, Promise
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Requirement
from stafftalks.planning.text import Origin
from stafftalks.services import drawing, labels, workspace
from stafftalks.services.analyses_basis import Basis, Input
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import OptionsFrozen, RiskAnswered, RiskFrozen, ScheduleAnswered, ScheduleFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.label import LabelError, Marking
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Moment, Window, parse_moment

_MOST_LINES: Final = 200
_LINE: Final = 480
_TEXT: Final = 20_000
NOTHING_FOLLOWS: Final = "It is one option beside others: nothing follows from it by itself."


def option_of(
    hq: Headquarters, row: RunRow, frozen: OptionsFrozen, mix: Mix, waiting: Sequence[Waiting] = ()
) -> Option:
    """The mix as an option: what it commits and what each would meet, what stays short in which branch, what is to be decided by when. Raises MisuseError where a source is not held any more."""
    made = _OptionText(hq, row, frozen, mix)
    scenario, branches = made.about()
    short = list(made.short())
    return Option(
        title=made.title(),
        contingency=row.ask.contingency,
        marking=marking_of(hq, row.markings),
        origins=origins_of(hq, row.basis),
        summary=made.summary(),
        scenario=scenario,
        branches=branches,
        contributions=tuple(made.contributions()),
        open_decisions=tuple(made.decisions(waiting)),
        advantages=tuple(list(made.met())[:_MOST_LINES]),
        disadvantages=tuple(short[:_MOST_LINES]),
    )


def assessment_of(
    hq: Headquarters, row: RunRow, frozen: ScheduleFrozen | RiskFrozen, answered: ScheduleAnswered | RiskAnswered
) -> Assessment:
    """A schedule, or how sure closures are, as an assessment: the question, what the result says, and from what it was reckoned. Raises as `option_of`."""
    match frozen, answered:
        case RiskFrozen(), RiskAnswered():
            question, lines = "How sure is it that phases close, and by when?", list(_risk(frozen, answered))
        case ScheduleFrozen(), ScheduleAnswered():
            question, lines = (
                "Can the activities be done on what they share, and by when?",
                list(_schedule(frozen, answered)),
            )
        case _:
            raise MisuseError("This result does not belong to its problem: begin the run again.")
    return Assessment(
        title=f"{'Schedule' if isinstance(frozen, ScheduleFrozen) else 'How sure closures are'}, reckoned {_day(row.at)}",
        contingency=row.ask.contingency,
        marking=marking_of(hq, row.markings),
        origins=origins_of(hq, row.basis),
        question=question,
        judgement="\n".join(lines)[:_TEXT],
        basis=f"Reckoned on {_day(row.at)} from elements as they stood then; what was not known counted as the analysis says.",
    )


def origins_of(hq: Headquarters, basis: Basis) -> tuple[Origin, ...]:
    """Every release of another party that a result stands on, and what those and ours are drawn from in turn. Raises MisuseError where one is not held any more."""
    return drawing.joined(origin for each in basis.inputs for origin in drawing.origins(hq, each.exact))


def marking_of(hq: Headquarters, markings: Sequence[Marking]) -> Marking:
    """One marking at least as strict as each of these under the policy that most of them follow; none where none can be read, and then the headquarters' own is given."""
    policies = labels.known(hq).policies
    read = []
    for marking in markings:
        try:
            read.append(policies.read(marking))
        except LabelError:
            continue
    wholes = policies.combined(read)
    counts = {
        label.policy: sum(policies.get(one.policy) is policies.get(label.policy) for one in read) for label in wholes
    }
    best = max(wholes, key=lambda label: counts[label.policy], default=None)
    return Marking() if best is None else policies.marking(best)


class _OptionText:
    """The parts of an option, in plain words."""

    def __init__(self, hq: Headquarters, row: RunRow, frozen: OptionsFrozen, mix: Mix) -> None:
        self._hq, self._row, self._frozen, self._mix = hq, row, frozen, mix
        self._inputs = {each.element: each for each in row.basis.inputs}
        self._forces = {force.id: force for force in frozen.choice.forces}

    def title(self) -> str:
        count = len(self._mix.committed)
        return f"Mix of {count:,} {'force' if count == 1 else 'forces'}, reckoned {_day(self._row.at)}"

    def summary(self) -> str:
        worst = max(self._mix.outcomes, key=lambda outcome: outcome.shortfall)
        lines = [
            f"Committed before it is known which branch comes, of {len(self._forces):,} forces that could be: {self._listed(self._mix.committed)}.",
            f"At worst, in “{self._called(worst.scenario)}”, what stays short weighs {self._short(self._mix.worst.value)} "
            f"(a requirement of the least urgent priority that is wholly missing weighs 1); expected over all branches: {self._short(self._mix.expected.value)}.",
            *(f"The {name} {self._sure(stage)}" for name, stage in (("worst case", self._mix.worst), ("expected shortfall", self._mix.expected))),
            f"Reckoned on {_day(self._row.at)} from elements as they stood then, in the versions that are named in the rows and among what this is drawn from.",
            NOTHING_FOLLOWS,
        ]  # fmt: skip
        return "\n".join(lines)[:_TEXT]

    def about(self) -> tuple[ElementRef | None, tuple[str, ...]]:
        """The scenario, where all branches are of one; and their ids."""
        keys = list(dict.fromkeys(way.id.partition("#")[0] for way in self._frozen.choice.scenarios))
        return (self._ref(keys[0]), ()) if len(keys) == 1 else (None, ())

    def contributions(self) -> Iterator[Contribution]:
        served: dict[tuple[str, str], int] = {}
        where: dict[tuple[str, str], list[str]] = {}
        for outcome in self._mix.outcomes:
            for met in outcome.met:
                for serving in met.served:
                    pair = (serving.force, met.requirement)
                    served[pair] = max(served.get(pair, 0), serving.quantity)
                    where.setdefault(pair, []).append(self._called(outcome.scenario))
        for (force, need), amount in sorted(served.items(), key=lambda item: self._mix.committed.index(item[0][0])):
            yield Contribution(
                what=self._what(force),
                party=PartyId(self._forces[force].party),
                requirement=self._ref(need),
                force=None if "#" in force else self._ref(force),
                quantity=self._quantity(need, amount),
                window=self._window(need),
                promise=Promise.SOFT,
                caveats=_line(f"In {'; '.join(where[force, need])}."),
            )

    def met(self) -> Iterator[str]:
        """Requirements that stay short in no branch."""
        short = {met.requirement for outcome in self._mix.outcomes for met in outcome.met if met.short}
        asked = dict.fromkeys(met.requirement for outcome in self._mix.outcomes for met in outcome.met)
        for need in asked:
            if need not in short:
                yield _line(f"“{self._called(need)}” is met in every branch that asks for it.")

    def short(self) -> Iterator[str]:
        """What stays short, branch by branch."""
        for outcome in self._mix.outcomes:
            for met in outcome.met:
                if met.short:
                    lacks, needed = self._said(met.requirement, met.short), self._said(met.requirement, met.needed)
                    yield _line(
                        f"“{self._called(met.requirement)}” lacks {lacks} of {needed} in “{self._called(outcome.scenario)}”."
                    )

    def decisions(self, waiting: Sequence[Waiting]) -> Iterator[OpenDecision]:
        """For each branch that can be decided for itself until some time, that."""
        for number, row in enumerate((row for row in waiting if row.latest is not None), 1):
            decision = f"What is committed for “{self._called(row.branch)}” alone"
            yield OpenDecision(id=f"OD{number}", decision=_line(decision), by=moment_of(self._frozen.times, row.latest))

    def _sure(self, stage: Stage) -> str:
        if stage.proven:
            return "is proven: nothing that could be committed leaves less."
        return f"is not proven the best: nothing can be below {self._short(stage.bound)}."

    def _short(self, value: float) -> str:
        return f"{value / self._frozen.whole:,.2f}"

    def _said(self, need: str, amount: int) -> str:
        return self._frozen.said(need, amount)

    def _called(self, name: str) -> str:
        return self._frozen.titles.get(name, name)

    def _listed(self, names: Sequence[str]) -> str:
        return ", ".join(f"{self._what(name)} ({self._forces[name].party})" for name in names) or "none"

    def _what(self, force: str) -> str:
        """What a contribution without a force was called, so that it is known to be the same; else the force's title."""
        return _line(self._called(force).removesuffix(f" ({self._forces[force].party})"))

    def _ref(self, key: str) -> ElementRef:
        return reference(self._inputs, key)

    def _quantity(self, need: str, amount: int) -> Quantity | None:
        try:
            return Quantity.parse(self._said(need, amount))
        except MisuseError:
            return None

    def _window(self, need: str) -> Window:
        piece = workspace.piece(self._hq, self._inputs[need].exact) if need in self._inputs else None
        return piece.content.window if piece is not None and isinstance(piece.content, Requirement) else Window()


def reference(inputs: Mapping[str, Input], key: str) -> ElementRef:
    """How an element of the basis is named: exactly, unless only we have this version."""
    party, _slash, element = key.partition("/")
    known = inputs.get(key)
    version = VersionHash(known.version) if known is not None and not known.private else None
    return ElementRef(PartyId(party), ElementId(element), version)


def moment_of(times: Times, tick: int | None) -> Moment | None:
    """A tick as a moment: a date, or so much after the anchor; None where ticks are bare numbers."""
    if tick is None or not (times.anchor or times.dated):
        return None
    seconds = (tick + times.shift) * times.tick_s
    if times.anchor:
        days, hours = divmod(seconds // 3600, 24)
        return parse_moment(f"H{seconds // 3600:+d}" if times.anchor == "H" else f"{times.anchor}{days:+d}/H{hours:+d}")
    return Instant(seconds + times.zero)


def _risk(frozen: RiskFrozen, answered: RiskAnswered) -> Iterator[str]:
    for closing in answered.risk.closings:
        quantiles = [
            f"{each.share * 100:.0f} % by {frozen.times.said(each.tick)}"
            for each in closing.quantiles
            if each.tick is not None
        ]
        name = "All of it" if closing.name == "all" else f"“{closing.name}”"
        yield f"{name} closes: {', '.join(quantiles) or 'never, as far as can be told'}."
    yield from answered.risk.account[:1]


def _schedule(frozen: ScheduleFrozen, answered: ScheduleAnswered) -> Iterator[str]:
    answer, said = answered.answer, frozen.problem.ticks.said
    if answer.state == "infeasible":
        yield "There is no schedule: that is proven."
        told = answered.in_the_way or InTheWay()
        yield from [told.why] if told.why else []
        yield from (f"It would do: {each.sentence}" for each in told.remedies)
    elif answer.value is None:
        yield "No schedule was found in the time, and none is proven not to be."
    else:
        proven = (
            "and no schedule is better: that is proven"
            if answer.state == "optimal"
            else "and it is not proven that none is better"
        )
        yield f"The last activity ends at {said(answer.value.end)}, {proven}."
        titles = {phase.id: phase.title or phase.id for phase in frozen.problem.phases}
        for closure in answer.closures:
            late = f", and was due {said(closure.due)}" if closure.lateness else ", in time"
            yield f"“{titles[closure.phase]}” closes at {said(closure.closes)}{late}."


def _day(at: int) -> str:
    return str(Instant(at))[:10]


def _line(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"
