"""`stafftalks analyse coverage`: who covers what and when, in files without a headquarters, or among what stands here."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, LeftOutOfIt, Private, StandsOn
from stafftalks.cli.calls import Call, calling
from stafftalks.values.errors import MisuseError

if TYPE_CHECKING:
    from stafftalks.analysis.coverage import Coverage
    from stafftalks.analysis.coverage_values import Row
    from stafftalks.analysis.times import Times


class StretchLine(msgspec.Struct, frozen=True):
    """Part of a requirement's window in which nothing changes, both ends included, null where open; `starts` and `ends` as people write them."""

    start: int | None
    end: int | None
    starts: str
    ends: str
    state: str
    offered: str
    firm: str
    missing: str
    by: tuple[str, ...]


class AloneLine(msgspec.Struct, frozen=True):
    """What it hangs on alone that a requirement is filled (`sort` is force, party or through), and what would be left without."""

    sort: str
    name: str
    starts: str
    ends: str
    left: str


class CoverageRow(msgspec.Struct, frozen=True):
    """A requirement in a branch of a scenario; `state` is that of its worst stretch."""

    scenario: str
    branch: str
    requirement: str
    title: str
    needed: str
    state: str
    stretches: tuple[StretchLine, ...]
    alone: tuple[AloneLine, ...]


class CoverageChange(msgspec.Struct, frozen=True):
    """What becomes of a row if what was named drops out: its state now and then, and the stretches that are then otherwise than now."""

    scenario: str
    branch: str
    requirement: str
    title: str
    before: str
    after: str
    stretches: tuple[StretchLine, ...]


class CoverageFound(msgspec.Struct, frozen=True):
    """Coverage: `counts` of all rows by state, the first `rows`, what `changes` without what was named. `stands_on` is null for files."""

    title: str
    counts: dict[str, int]
    rows: tuple[CoverageRow, ...]
    without: tuple[str, ...]
    changes: tuple[CoverageChange, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def coverage(
    ctx: typer.Context,
    file: File = None,
    contingency: Contingency = "",
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="gap, partial, filled, over-offered or unmeasured only.")
    ] = "",
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="NAME", help="Say what changes if this force, party, port or airfield drops out."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many rows are listed; all are counted.")
    ] = 1000,
    *,
    private: Private = False,
) -> None:
    """Says who covers which requirement from when to when, branch by branch: gaps, what is partial, what hangs on one thing alone.

    Ends with 7 where something was left out.
    """
    from stafftalks.analysis import coverage_reading
    from stafftalks.analysis.coverage_values import STATES
    from stafftalks.services import analyses_coverage

    call = calling(ctx)
    if state and state not in STATES:
        raise MisuseError(f"There is no state {state[:40]!r}: choose one of {', '.join(STATES)}.")
    if file is not None:
        covered, read, scale, titles = coverage_reading.coverage_of(inputs.read_data(file), file)
        shown = _Shown(covered, lambda _need: read.times, scale, titles)
        basis, faults, title = None, (*read.faults, *covered.faults), read.title
    else:
        answer = analyses_coverage.coverage(call.hq(), contingency=contingency, private=private)
        shown = _Shown(answer.coverage, answer.clock, answer.scales, answer.titles)
        basis, faults, title = analyse_basis.stands_on(answer.basis), answer.faults, contingency
    rows = []
    for row in shown.coverage.rows():
        if not state or row.state == state:
            rows.append(shown.row(row))
        if len(rows) == limit:
            break
    names = tuple(without or ())
    found = CoverageFound(
        title,
        {str(each): count for each, count in shown.coverage.counts().items()},
        tuple(rows),
        names,
        shown.changes(names),
        basis,
        analyse_basis.left_out(faults),
    )
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    analyse_basis.finish(found.left_out)


class _Shown:
    """An answer in the words of its elements."""

    def __init__(
        self,
        coverage: "Coverage",
        clock: "Callable[[str], Times]",
        scale: Mapping[str, int],
        titles: Mapping[str, str],
    ) -> None:
        self.coverage = coverage
        self._clock = clock
        self._scale = scale
        self._titles = titles

    def row(self, row: "Row") -> CoverageRow:
        unit, times = self.coverage.held.needs[row.need].unit, self._clock(row.need)
        stretches = tuple(
            StretchLine(
                part.start,
                part.end,
                times.said(part.start),
                times.said(part.end, last=True),
                part.state,
                self._said(part.offered, unit),
                self._said(part.firm, unit),
                self._said(part.missing, unit),
                part.by,
            )
            for part in row.stretches
        )
        alone = tuple(
            AloneLine(
                each.sort,
                self._titles.get(each.name, each.name),
                times.said(each.start),
                times.said(each.end, last=True),
                self._said(each.left, unit),
            )
            for each in row.alone
        )
        title = self._titles.get(row.need, "")
        needed = self._said(row.needed, unit)
        return CoverageRow(row.scenario, row.branch, row.need, title, needed, row.state, stretches, alone)

    def changes(self, names: tuple[str, ...]) -> tuple[CoverageChange, ...]:
        """What changes without these; raises MisuseError where nothing that is offered hangs on one of them."""
        from stafftalks.analysis.coverage_values import Thing, things

        if not names:
            return ()
        known: dict[str, set[Thing]] = {}
        for offer in self.coverage.held.offers.values():
            for thing in things(offer):
                for name in (thing[1], self._titles.get(thing[1], thing[1])):
                    known.setdefault(name.casefold(), set()).add(thing)
        gone: set[Thing] = set()
        for name in names:
            if name.casefold() not in known:
                raise MisuseError(
                    f"Nothing that is offered hangs on {name[:80]!r}: name a force, party, port or airfield."
                )
            gone |= known[name.casefold()]
        dropped = [offer for offer in self.coverage.held.offers.values() if not gone.isdisjoint(things(offer))]
        later = self.coverage.edit(drop=[offer.id for offer in dropped])
        found = []
        for need in sorted({offer.need for offer in dropped}):
            then = {row.branch: row for row in later.of(need)}
            for row in self.coverage.of(need):
                now, after = self.row(row), self.row(then[row.branch])
                same = {(part.start, part.end, part.state, part.missing) for part in now.stretches}
                changed = tuple(
                    part for part in after.stretches if (part.start, part.end, part.state, part.missing) not in same
                )
                if changed:
                    about = (row.scenario, row.branch, need, now.title)
                    found.append(CoverageChange(*about, row.state, after.state, changed))
        return tuple(found)

    def _said(self, amount: int | None, unit: str) -> str:
        from stafftalks.analysis.amounts import said

        return said(amount, unit, self._scale)


def _tell(call: Call, found: CoverageFound) -> None:
    screen = call.screen
    counted = ", ".join(f"{count:,} {state}" for state, count in found.counts.items() if count)
    screen.say(f"Requirements by branch: {counted or 'none'}.")
    lines = [
        (
            row.title or row.requirement,
            row.branch,
            row.needed,
            part.state,
            part.starts or "always",
            part.ends or "always",
            part.offered,
            part.missing,
        )
        for row in found.rows
        for part in row.stretches
    ]
    columns = ("Requirement", "Branch", "Needed", "State", "From", "Until", "Offered", "Missing")
    screen.table(columns, lines, empty="There is no requirement.")
    alone = [
        (row.title or row.requirement, row.branch, f"{each.sort} {each.name}", each.starts, each.ends, each.left)
        for row in found.rows
        for each in row.alone
    ]
    if alone:
        screen.heading("Hangs on one thing alone")
        screen.table(("Requirement", "Branch", "On", "From", "Until", "Left without"), alone, empty="")
    if found.without:
        screen.heading(f"Without {', '.join(found.without)}")
        changes = [
            (each.title or each.requirement, each.branch, each.before, part.starts, part.ends, part.state, part.missing)
            for each in found.changes
            for part in each.stretches
        ]
        heads = ("Requirement", "Branch", "Now at worst", "From", "Until", "Then", "Missing then")
        screen.table(heads, changes, empty="Nothing changes.")
    analyse_basis.tell_basis(call, found.stands_on, found.left_out)
