"""`stafftalks analyse options`: which mix of forces holds up across all scenarios, of a file or of what is offered here."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, LeftOutOfIt, Memory, Private, StandsOn, watched
from stafftalks.cli.calls import Call, calling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.options_answer import Option, Outcome, Stage
    from stafftalks.analysis.options_contributions import Contributions
    from stafftalks.analysis.options_front import Front, Single


class StageLine(msgspec.Struct, frozen=True):
    """What one goal came to, a bound that nothing can be below, and whether the two are proven the same."""

    value: float
    bound: float
    proven: bool


class CommittedLine(msgspec.Struct, frozen=True):
    """A force that is committed before it is known which scenario comes."""

    force: str
    title: str
    party: str


class MetLine(msgspec.Struct, frozen=True):
    """How a requirement is met in a scenario: by which forces, and what stays short."""

    requirement: str
    title: str
    needed: str
    by: tuple[str, ...]
    short: str


class OutcomeLine(msgspec.Struct, frozen=True):
    """What a scenario comes to: its weighted shortfall, and each requirement it has."""

    scenario: str
    title: str
    shortfall: float
    met: tuple[MetLine, ...]


class FrontLine(msgspec.Struct, frozen=True):
    """An option that no other beats in all three goals."""

    committed: tuple[str, ...]
    worst: float
    expected: float
    cost: float
    method: str


class SideLine(msgspec.Struct, frozen=True):
    """What a side takes off the worst weighted shortfall: alone, as the last to come, on average over all orders; those that cannot be told apart have the same rank."""

    party: str
    alone: float
    marginal: float
    shapley: float
    error: float
    rank: int


class SingleLine(msgspec.Struct, frozen=True):
    """The best option if one scenario were certain: its shortfall there, and the worst that it comes to in any."""

    scenario: str
    title: str
    committed: tuple[str, ...]
    shortfall: float
    worst: float
    worst_in: str
    proven: bool


class OptionsFound(msgspec.Struct, frozen=True):
    """One mix of forces and what it leaves short, beside others. Shortfalls are weighted; of a headquarters 1 is a requirement of the least urgent priority that is wholly missing.

    `method` is exact, best so far or greedy. `stands_on` is null for files.
    """

    title: str
    method: str
    stopped: bool
    committed: tuple[CommittedLine, ...]
    worst: StageLine
    expected: StageLine
    cost: StageLine
    expected_by: dict[str, float]
    outcomes: tuple[OutcomeLine, ...]
    front: tuple[FrontLine, ...]
    sides: tuple[SideLine, ...]
    singles: tuple[SingleLine, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def options(
    ctx: typer.Context,
    file: File = None,
    contingency: Contingency = "",
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", min=0.1, max=86_400, help="How long at most, for each question.")
    ] = 10.0,
    budget: Annotated[
        int | None, typer.Option("--budget", metavar="N", min=0, help="The most that may be spent; here, forces.")
    ] = None,
    memory: Memory = 0,
    *,
    all_forces: Annotated[
        bool, typer.Option("--all-forces", help="Forces count for all they are capable of, offered or not.")
    ] = False,
    front: Annotated[bool, typer.Option("--front", help="Also options at lower cost.")] = False,
    sides: Annotated[bool, typer.Option("--sides", help="Also what each side brings.")] = False,
    singles: Annotated[bool, typer.Option("--singles", help="Also the best option for each single scenario.")] = False,
    private: Private = False,
) -> None:
    """Looks for forces that leave least short in the worst scenario, then on average, then at least cost. Ctrl-C ends it with the best so far.

    An option is an option: nothing follows from it by itself. Ends with 7 where something was left out.
    """
    from stafftalks.analysis import options as engine
    from stafftalks.analysis import options_contributions, options_front, options_reading
    from stafftalks.analysis.options_problem import problem
    from stafftalks.services import analyses_options

    call = calling(ctx)
    basis, whole = None, 1
    said: Callable[[str, int], str] = _plain
    worded: Callable[[Fault], Fault] = _as_it_is
    if file is not None:
        choice, read, titles = options_reading.choice_of(inputs.read_data(file), file)
        title, faults = read.title, tuple(read.faults)
    else:
        here = analyses_options.prepared(call.hq(), contingency=contingency, private=private, all_forces=all_forces)
        choice, titles, title, faults = here.choice, dict(here.titles), contingency, here.faults
        basis, whole, said, worded = analyse_basis.stands_on(here.basis), here.whole, here.said, here.gathered.fault
    if budget is not None:
        choice = msgspec.structs.replace(choice, budget=budget)
    with watched(call.screen, "options", memory_mb=memory) as watch:
        option = engine.solve(choice, seconds=seconds, watch=watch)
        steps = options_front.front(choice, seconds=seconds, watch=watch) if front else None
        made, _faults = problem(choice)
        packages = options_contributions.sides(made)
        shares = options_contributions.contributions(made, packages, seconds=seconds, watch=watch) if sides else None
        alone = options_front.singles(choice, seconds=seconds) if singles else ()
    parties = {force.id: force.party for force in choice.forces}
    shown = _Shown(titles, parties, whole, said)
    found = shown.found(title, option, steps, shares, alone)
    every = (*faults, *(worded(fault) for fault in option.faults))
    found = msgspec.structs.replace(found, stands_on=basis, left_out=analyse_basis.left_out(every))
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    analyse_basis.finish(found.left_out)


def _plain(_requirement: str, amount: int) -> str:
    return f"{amount:,}"


def _as_it_is(fault: "Fault") -> "Fault":
    return fault


class _Shown:
    """An option in the words of its elements."""

    def __init__(
        self, titles: "Mapping[str, str]", parties: "Mapping[str, str]", whole: int, said: "Callable[[str, int], str]"
    ) -> None:
        self._titles = titles
        self._parties = parties
        self._whole = whole
        self._said = said

    def found(
        self,
        title: str,
        option: "Option",
        front: "Front | None",
        shares: "Contributions | None",
        singles: "tuple[Single, ...]",
    ) -> OptionsFound:
        return OptionsFound(
            title,
            option.method,
            option.stopped,
            tuple(CommittedLine(name, self._called(name), self._parties[name]) for name in option.committed),
            self._stage(option.worst),
            self._stage(option.expected),
            StageLine(option.cost.value, option.cost.bound, option.cost.proven),
            {party: self._short(value) for party, value in option.expected_by.items()},
            tuple(self._outcome(each) for each in option.outcomes),
            tuple(
                FrontLine(
                    tuple(self._called(name) for name in each.committed),
                    self._short(each.worst.value),
                    self._short(each.expected.value),
                    each.cost.value,
                    each.method,
                )
                for each in (front.options if front else ())
            ),
            tuple(
                SideLine(
                    each.name,
                    self._short(each.alone),
                    self._short(each.marginal),
                    self._short(each.shapley),
                    self._short(each.error),
                    each.rank,
                )
                for each in (shares.shares if shares else ())
            ),
            tuple(
                SingleLine(
                    each.scenario,
                    self._called(each.scenario),
                    tuple(self._called(name) for name in each.committed),
                    self._short(each.shortfall),
                    self._short(each.worst),
                    self._called(each.worst_in),
                    each.proven,
                )
                for each in singles
            ),
            None,
            (),
        )

    def _outcome(self, outcome: "Outcome") -> OutcomeLine:
        met = tuple(
            MetLine(
                each.requirement,
                self._called(each.requirement),
                self._said(each.requirement, each.needed),
                tuple(self._called(serving.force) for serving in each.served),
                self._said(each.requirement, each.short),
            )
            for each in outcome.met
        )
        return OutcomeLine(outcome.scenario, self._called(outcome.scenario), self._short(outcome.shortfall), met)

    def _called(self, name: str) -> str:
        return self._titles.get(name, name)

    def _short(self, value: float) -> float:
        return round(value / self._whole, 6)

    def _stage(self, stage: "Stage") -> StageLine:
        return StageLine(self._short(stage.value), self._short(stage.bound), stage.proven)


def _tell(call: Call, found: OptionsFound) -> None:
    screen = call.screen
    sure = {"exact": "proven"}.get(found.method, found.method)
    stopped = " It was stopped." if found.stopped else ""
    screen.say(
        f"Short in the worst case {found.worst.value:,.2f} (at least {found.worst.bound:,.2f}), on average {found.expected.value:,.2f}, at a cost of {found.cost.value:,.0f}: {sure}.{stopped}"
    )
    rows = [(each.title, each.party) for each in found.committed]
    screen.table(("Committed", "Party"), rows, empty="No force is committed.")
    screen.heading("By scenario")
    lines = [
        (each.title, met.title, met.needed, ", ".join(met.by), met.short) for each in found.outcomes for met in each.met
    ]
    screen.table(("Scenario", "Requirement", "Needed", "By", "Short"), lines, empty="Nothing is needed.")
    if found.front:
        screen.heading("What is bought with what")
        points = [
            (f"{each.cost:,.0f}", f"{each.worst:,.2f}", f"{each.expected:,.2f}", ", ".join(each.committed))
            for each in found.front
        ]
        screen.table(("Cost", "Worst case", "On average", "Forces"), points, empty="")
    if found.sides:
        screen.heading("What each side takes off the worst case")
        brought = [
            (str(each.rank), each.party, f"{each.alone:,.2f}", f"{each.marginal:,.2f}", f"{each.shapley:,.2f}")
            for each in found.sides
        ]
        screen.table(("Rank", "Party", "Alone", "Last to come", "On average"), brought, empty="")
    if found.singles:
        screen.heading("If one scenario were certain")
        each_alone = [
            (each.title, f"{each.shortfall:,.2f}", f"{each.worst:,.2f}", each.worst_in, ", ".join(each.committed))
            for each in found.singles
        ]
        screen.table(("Scenario", "Short there", "Worst in any", "Which", "Forces"), each_alone, empty="")
    analyse_basis.tell_basis(call, found.stands_on, found.left_out)
