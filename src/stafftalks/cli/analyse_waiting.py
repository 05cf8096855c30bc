"""`stafftalks analyse waiting`: until when which decision is still worth something, of a file or of what stands here; what it opens, and what tells."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, LeftOutOfIt, Private, StandsOn, watched
from stafftalks.cli.calls import Call, calling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stafftalks.analysis.faults import Fault
    from stafftalks.analysis.options_telling import Tell
    from stafftalks.analysis.options_waiting import Waiting


class TellLine(msgspec.Struct, frozen=True):
    """What tells of a branch (`sort` assumption or indicator) or is to be decided for it (decision): when it is known by or must be decided by, where that is said; what was last seen; who looks or decides."""

    sort: str
    element: str
    title: str
    tick: int | None
    says: str
    state: str
    who: str


class StepLine(msgspec.Struct, frozen=True):
    """The last time at which deciding leaves no more than `before` short; just after it, `after`, as these forces are too late for something."""

    latest: int
    says: str
    before: float
    after: float
    lost: tuple[str, ...]


class DecisionLine(msgspec.Struct, frozen=True):
    """One branch: until when it can be decided for it alone without loss, what that opens, what would tell, and what waiting for that gains (less than 0: costs).

    Shortfalls are weighted: `now` with what is committed now for all branches, `at_once` with what would be committed for it alone (`opens`), `waited` where that is once it shows.
    """

    branch: str
    title: str
    latest: int | None
    says: str
    opens: tuple[str, ...]
    now: float
    at_once: float
    shows: int | None
    shows_says: str
    waited: float | None
    gain: float | None
    steps: tuple[StepLine, ...]
    tells: tuple[TellLine, ...]
    proven: bool


class WaitingFound(msgspec.Struct, frozen=True):
    """Decisions by the latest time at which they still have their whole value, the earliest first. `stands_on` is null for files."""

    title: str
    stopped: bool
    decisions: tuple[DecisionLine, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def waiting(
    ctx: typer.Context,
    file: File = None,
    contingency: Contingency = "",
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", min=0.1, max=86_400, help="How long at most, for each question.")
    ] = 5.0,
    *,
    all_forces: Annotated[
        bool, typer.Option("--all-forces", help="Forces count for all they are capable of, offered or not.")
    ] = False,
    private: Private = False,
) -> None:
    """Ranks what could be decided, branch by branch, by the latest time at which deciding still has its whole value; says what it opens, what would tell, and what waiting for that is worth.

    Nothing follows from it by itself. Ends with 7 where something was left out.
    """
    from stafftalks.analysis import options_reading, options_telling, options_waiting
    from stafftalks.services import analyses_waiting

    call = calling(ctx)
    basis, whole = None, 1
    worded: Callable[[Fault], Fault] = _as_it_is
    if file is not None:
        choice, read, titles = options_reading.choice_of(inputs.read_data(file), file)
        tells = options_telling.tells_of(read)
        title, faults, said = read.title, tuple(read.faults), read.times.said
    else:
        weighed = analyses_waiting.prepared(call.hq(), contingency=contingency, private=private, all_forces=all_forces)
        here, tells = weighed.prepared, weighed.tells
        choice, titles, title, faults = here.choice, dict(here.titles), contingency, here.faults
        basis, whole, worded, said = (
            analyse_basis.stands_on(here.basis), here.whole, here.gathered.fault, here.times.said,
        )  # fmt: skip
    branches: dict[str, list[str]] = {}
    for way in choice.scenarios:
        branches.setdefault(way.branch or way.id, []).append(titles.get(way.id, way.id))
    for branch, ways in branches.items():
        titles.setdefault(branch, f"{branch}: {', '.join(ways)}")
    with watched(call.screen, "decisions") as watch:
        asked = options_telling.shows(branches, tells)
        rows, more = options_waiting.waiting(choice, asked, seconds=seconds, watch=watch)
        stopped = len(rows) < len(branches)
    shown = _Shown(titles, whole, said, tells)
    every = analyse_basis.left_out((*faults, *(worded(fault) for fault in more)))
    found = WaitingFound(title, stopped, tuple(shown.line(row) for row in rows), basis, every)
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    analyse_basis.finish(found.left_out)


def _as_it_is(fault: "Fault") -> "Fault":
    return fault


class _Shown:
    """Branches in the words of their elements."""

    def __init__(
        self, titles: "Mapping[str, str]", whole: int, said: "Callable[[int | None], str]", tells: "Sequence[Tell]"
    ) -> None:
        self._titles = titles
        self._whole = whole
        self._said = said
        self._tells = tells

    def line(self, row: "Waiting") -> DecisionLine:
        steps = tuple(
            StepLine(
                step.latest,
                self._said(step.latest),
                self._short(step.before),
                self._short(step.after),
                tuple(self._called(name) for name in step.lost),
            )
            for step in row.steps
        )
        tells = tuple(
            TellLine(tell.sort, tell.element, tell.title, tell.tick, self._said(tell.tick), tell.state, tell.who)
            for tell in self._tells
            if tell.branch == row.branch
        )
        return DecisionLine(
            row.branch,
            self._called(row.branch),
            row.latest,
            self._said(row.latest),
            tuple(self._called(name) for name in row.opens),
            self._short(row.now),
            self._short(row.at_once),
            row.indicator,
            self._said(row.indicator),
            None if row.waited is None else self._short(row.waited),
            None if row.gain is None else self._short(row.gain),
            steps,
            tells,
            row.proven,
        )

    def _called(self, name: str) -> str:
        return self._titles.get(name, name)

    def _short(self, value: float) -> float:
        return round(value / self._whole, 6)


def _tell(call: Call, found: WaitingFound) -> None:
    screen = call.screen
    if found.stopped:
        screen.say("It was stopped: some branches are not told.")
    rows = [
        (
            each.title,
            each.says or "at any time",
            ", ".join(each.opens),
            f"{each.now:,.2f}",
            f"{each.at_once:,.2f}",
            "; ".join(tell.title for tell in each.tells if tell.sort != "decision"),
            each.shows_says,
            "" if each.gain is None else f"{each.gain:+,.2f}",
        )
        for each in found.decisions
    ]
    heads = (
        "Branch",
        "Decide until",
        "Opens",
        "Short if all now",
        "Short if alone",
        "Told by",
        "By when",
        "Waiting takes off",
    )
    screen.table(heads, rows, empty="There is no branch to decide for.")
    steps = [
        (each.title, step.says, f"{step.before:,.2f}", f"{step.after:,.2f}", ", ".join(step.lost))
        for each in found.decisions
        for step in each.steps
    ]
    if steps:
        screen.heading("After which more stays short")
        screen.table(("Branch", "After", "Before", "Then", "Too late"), steps, empty="")
    open_ones = [
        (each.title, tell.title, tell.who, tell.says, "too late for all of it" if _late(tell, each) else "")
        for each in found.decisions
        for tell in each.tells
        if tell.sort == "decision"
    ]
    if open_ones:
        screen.heading("Decisions that plans and options leave open")
        screen.table(("Branch", "Decision", "Who decides", "By", ""), open_ones, empty="")
    if not all(each.proven for each in found.decisions):
        screen.say("Not all of it was solved to the end in its time: give it more --seconds.")
    analyse_basis.tell_basis(call, found.stands_on, found.left_out)


def _late(tell: TellLine, about: DecisionLine) -> bool:
    """Whether it would be decided after the time at which deciding still has its whole value."""
    return tell.tick is not None and about.latest is not None and tell.tick > about.latest
