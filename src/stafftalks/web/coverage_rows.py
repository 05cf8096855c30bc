"""An answer about coverage as pages draw it: its rows in order and in brief, those of one window with what is behind every number, and what would change."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec
from django.utils.translation import gettext as _

from stafftalks.analysis.amounts import said
from stafftalks.analysis.coverage_values import STATES, WORST, Alone, Change, Row, Sort, State, Stretch, Thing, things
from stafftalks.formats.charts import coverage as heat
from stafftalks.formats.charts.chart import Chart
from stafftalks.planning.forces import Force
from stafftalks.planning.options import Option
from stafftalks.planning.scenarios import Requirement, Scenario
from stafftalks.services.analyses_coverage import Covered
from stafftalks.services.workspace import Piece
from stafftalks.web import charts

_COULD = 5
_DIGITS = re.compile(r"\d{1,9}")
_BY_WORST = {STATES[number]: rank for rank, number in enumerate(WORST)}
MARKS: Mapping[State, str] = {"gap": "bad", "partial": "wait", "unmeasured": "wait", "filled": "yes", "over-offered": "yes"}  # fmt: skip


class By(msgspec.Struct, frozen=True, kw_only=True):
    """A contribution that counts in a stretch: what it is, how much, whether firmly, and the elements it stands in."""

    party: str
    what: str
    amount: str
    firm: bool
    option: Piece | None
    force: Piece | None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a row in words."""

    starts: str
    ends: str
    state: State
    word: str
    mark: str
    offered: str
    firm: str
    missing: str
    beyond: str
    by: tuple[By, ...]


class On(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a row hangs on alone: what sort it is in a word, what it is called, the element where it is one, when, and what would be left."""

    word: str
    name: str
    piece: Piece | None
    starts: str
    ends: str
    left: str
    ask: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement in a branch as drawn. `could` are forces that have the capability: they are named, and never counted."""

    piece: Piece
    branch: str
    branch_title: str
    needed: str
    state: State
    parts: tuple[Part, ...]
    alone: tuple[On, ...]
    could: tuple[Piece, ...]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a row: its worst state over the time at which anything changes (`starts` to `ends`, empty where open), before and after."""

    piece: Piece
    branch: str
    starts: str
    ends: str
    before: str
    before_mark: str
    after: str
    after_mark: str
    missing_before: str
    missing_after: str


class Brief(msgspec.Struct, frozen=True):
    """A row without what is behind it."""

    need: str
    scenario: str
    branch: str
    state: State


class Tally(msgspec.Struct, frozen=True):
    """How many rows of a branch of a scenario are in each state, in the order of `ORDER`."""

    scenario: Piece | None
    key: str
    branch: str
    title: str
    counts: tuple[int, ...]


ORDER: tuple[State, ...] = ("gap", "partial", "unmeasured", "filled", "over-offered")
"""States as pages list them, the worst first."""


class Shown:
    """An answer, with some options alone where `options` names any."""

    def __init__(self, answer: Covered, options: Sequence[str] = ()) -> None:
        self.answer = answer
        self.by_key = answer.gathered.by_key
        found = answer.coverage
        if options:
            chosen = set(options)
            found = found.edit(drop=[one.id for one in found.held.offers.values() if one.option not in chosen])
        self.coverage = found

    @cached_property
    def briefs(self) -> list[Brief]:
        """Every row in brief, by scenario, urgency and serial."""
        needs, found = self.coverage.held.needs, []
        for need, branch, state in self.coverage.listed():
            found.append(Brief(need, needs[need].scenario, branch, state))
        order = {key: self._order(key) for key in needs}
        return sorted(found, key=lambda brief: order[brief.need])

    def chosen(self, *, scenario: str = "", branch: str = "", state: str = "") -> list[Brief]:
        """The rows that are asked for."""
        return [
            brief
            for brief in self.briefs
            if scenario in ("", brief.scenario) and branch in ("", brief.branch) and state in ("", brief.state)
        ]

    def tallies(self) -> list[Tally]:
        """Scenario by branch, how many rows are in each state."""
        counted: dict[tuple[str, str], Counter[State]] = {}
        for brief in self.briefs:
            counted.setdefault((brief.scenario, brief.branch), Counter())[brief.state] += 1
        return [
            Tally(self.by_key.get(key), key, branch, self._branch(key, branch), tuple(counts[state] for state in ORDER))
            for (key, branch), counts in counted.items()
        ]

    def lines(self, briefs: Sequence[Brief]) -> list[Line]:
        """These rows with what is behind them."""
        return [line for line, _row in self._rows(briefs)]

    def chart(self, briefs: Sequence[Brief]) -> Chart:
        """The heat map of these rows: of those that count from what most of them count from, as one axis has one count of time."""
        rows = list(self._rows(briefs))
        counts = Counter(self.answer.clock(row.need).anchor for _line, row in rows)
        anchor = max(counts, key=lambda each: (counts[each], each), default=self.answer.times.anchor)
        drawn = [(line, row) for line, row in rows if self.answer.clock(row.need).anchor == anchor]
        axis = charts.axis(self.answer.clock(drawn[0][1].need) if drawn else self.answer.times)
        columns = (_("Requirement"), _("Scenario"), _("Branch"), _("Needed"), _("From"), _("Until"), _("State"), _("Offered"), _("Firm"), _("Missing"), _("By whom"))  # fmt: skip
        cells = [cell for line, row in drawn for cell in self._cells(line, row)]
        found = heat.heat(cells, axis, columns, say=_)
        left = len(rows) - len(drawn)
        if not left:
            return found
        more = _("Not drawn, as their times hang on another anchor, and in the table below: %d rows.") % left
        return msgspec.structs.replace(found, description=f"{found.description} {more}")

    def depended(self, limit: int) -> list[tuple[On, int]]:
        """What most rows hang on alone, with how many."""
        found = self.coverage.hanging()[:limit]
        return [(self._on(Alone(*thing, None, None, 0), ""), rows) for thing, rows in found]

    def without(self, gone: Sequence[Thing]) -> list[Changed]:
        """What changes if these drop out, the worst first."""
        changes = sorted(self.coverage.without(*gone), key=lambda change: (_BY_WORST[change.after], change.need))
        return [self._changed(each) for each in changes if each.need in self.by_key]

    def opening(self, scenario: str, branch: str, gone: Sequence[Thing] = ()) -> list[Changed]:
        """What a branch asks for once it opens, the worst first; where things drop out, as it would be then."""
        found = self.coverage
        if gone:
            names = set(gone)
            found = found.edit(drop=[one.id for one in found.held.offers.values() if not names.isdisjoint(things(one))])
        rows = [row for row in found.opening(scenario, branch) if row.need in self.by_key]
        shorts = [_short(row) for row in rows]
        return [
            self._changed(Change(scenario, branch, row.need, row.state, row.state, short, short))
            for row, short in zip(rows, shorts, strict=True)
        ]

    def offered_things(self) -> dict[Sort, list[tuple[str, str, int]]]:
        """What contributions hang on, by sort: `sort:name`, what it is called, how many hang on it; by name."""
        counted = Counter(thing for offer in self.coverage.held.offers.values() for thing in things(offer))
        found: dict[Sort, list[tuple[str, str, int]]] = {"force": [], "party": [], "through": []}
        for (sort, name), count in counted.items():
            found[sort].append((f"{sort}:{name}", self.answer.titles.get(name, name), count))
        return {sort: sorted(listed, key=lambda each: each[1].casefold()) for sort, listed in found.items()}

    def branches(self) -> list[tuple[str, str]]:
        """Every branch for which anything is required: `XMR/<element>#B1`, and what it is called."""
        places = dict.fromkeys((brief.scenario, brief.branch) for brief in self.briefs if brief.branch)
        titles = self.answer.titles
        return [(f"{key}#{branch}", f"{titles.get(key, key)}: {branch} {self._branch(key, branch)}".strip()) for key, branch in places]  # fmt: skip

    def _rows(self, briefs: Sequence[Brief]) -> Iterable[tuple[Line, Row]]:
        made = {(need, row.branch): row for need in dict.fromkeys(brief.need for brief in briefs) for row in self.coverage.of(need)}  # fmt: skip
        for brief in briefs:
            if brief.need in self.by_key:
                yield self._line(made[brief.need, brief.branch]), made[brief.need, brief.branch]

    def _cells(self, line: Line, row: Row) -> Iterable[heat.Cell]:
        name = f"{line.piece.title} ({line.branch})" if line.branch else line.piece.title
        scenario = self.answer.titles.get(row.scenario, "")
        for part, stretch in zip(line.parts, row.stretches, strict=True):
            by = "; ".join(f"{one.party}: {one.what} {one.amount}".strip() for one in part.by)
            when = " – ".join(filter(None, (part.starts, part.ends)))
            told = ", ".join(filter(None, (name, when, part.word, part.missing or part.beyond, by)))
            cells = (line.piece.title, scenario, line.branch, line.needed, part.starts, part.ends, part.word, part.offered, part.firm, part.missing, by)  # fmt: skip
            yield heat.Cell(key=line.piece.key, line=name, start=stretch.start, end=stretch.end, state=part.state, told=told, cells=cells)  # fmt: skip

    def _order(self, key: str) -> tuple[str, int, str, str]:
        piece = self.by_key.get(key)
        content = piece.content if piece is not None else None
        if not isinstance(content, Requirement):
            return ("", 0, "", key)
        scenario = "" if content.scenario is None else f"{content.scenario.party}/{content.scenario.element}"
        # R-2 stands before R-10.
        serial = _DIGITS.sub(lambda found: found[0].zfill(9), content.serial.casefold())
        return (self.answer.titles.get(scenario, scenario), content.priority or 1_000, serial, key)

    def _line(self, row: Row) -> Line:
        piece = self.by_key[row.need]
        return Line(
            piece=piece,
            branch=row.branch,
            branch_title=self._branch(row.scenario, row.branch),
            needed=self._amount(row.needed, row.need) or _("no quantity stated"),
            state=row.state,
            parts=tuple(self._part(stretch, row) for stretch in row.stretches),
            alone=tuple(self._on(each, row.need) for each in row.alone),
            could=self._could(piece),
        )

    def _part(self, stretch: Stretch, row: Row) -> Part:
        times, need = self.answer.clock(row.need), row.need
        over = stretch.offered - row.needed if row.needed is not None and stretch.offered > row.needed else None
        return Part(
            starts=times.said(stretch.start),
            ends=times.said(stretch.end, last=True),
            state=stretch.state,
            word=heat.word(stretch.state, _),
            mark=MARKS[stretch.state],
            offered=self._amount(stretch.offered, need),
            firm=self._amount(stretch.firm, need) if stretch.firm else "",
            missing=_("%(amount)s missing") % {"amount": self._amount(stretch.missing, need)} if stretch.missing else "",
            beyond=_("%(amount)s more than needed") % {"amount": self._amount(over, need)} if over else "",
            by=tuple(self._by(offer) for offer in stretch.by),
        )  # fmt: skip

    def _by(self, name: str) -> By:
        offer = self.coverage.held.offers[name]
        option = self.by_key.get(offer.option)
        content, number = option.content if option is not None else None, name.rpartition(".")[2]
        what = content.contributions[int(number)].what if isinstance(content, Option) and number.isdecimal() else ""
        amount = said(offer.quantity, offer.unit, self.answer.scales)
        return By(party=offer.party, what=what, amount=amount, firm=offer.firm, option=option, force=self.by_key.get(offer.force))  # fmt: skip

    def _on(self, alone: Alone, need: str) -> On:
        words = {"force": _("force"), "party": _("side"), "through": _("place or resource")}
        return On(
            word=words[alone.sort],
            name=self.answer.titles.get(alone.name, alone.name),
            piece=self.by_key.get(alone.name),
            starts=self.answer.clock(need).said(alone.start),
            ends=self.answer.clock(need).said(alone.end, last=True),
            left=self._amount(alone.left, need) if need else "",
            ask=f"{alone.sort}:{alone.name}",
        )

    def _changed(self, change: Change) -> Changed:
        return Changed(
            piece=self.by_key[change.need],
            branch=change.branch,
            starts=self.answer.clock(change.need).said(change.start),
            ends=self.answer.clock(change.need).said(change.end, last=True),
            before=heat.word(change.before, _),
            before_mark=MARKS[change.before],
            after=heat.word(change.after, _),
            after_mark=MARKS[change.after],
            missing_before=self._amount(change.missing_before, change.need) if change.missing_before else "",
            missing_after=self._amount(change.missing_after, change.need) if change.missing_after else "",
        )

    @cached_property
    def _able(self) -> dict[str, list[Piece]]:
        able: dict[str, list[Piece]] = {}
        for piece, force in self.answer.gathered.of(Force):
            for capability in dict.fromkeys(map(_folded, force.capabilities)):
                able.setdefault(capability, []).append(piece)
        return able

    def _could(self, piece: Piece) -> tuple[Piece, ...]:
        content = piece.content
        return tuple(self._able.get(_folded(content.capability), ())[:_COULD]) if isinstance(content, Requirement) else ()  # fmt: skip

    def _branch(self, scenario: str, branch: str) -> str:
        piece = self.by_key.get(scenario)
        content = piece.content if piece is not None else None
        branches = content.branches if isinstance(content, Scenario) else ()
        return next((one.title for one in branches if one.id == branch), "")

    def _amount(self, amount: int | None, need: str) -> str:
        return said(amount, self.coverage.held.needs[need].unit, self.answer.scales)


def _short(row: Row) -> int | None:
    """The most that is missing of a row at any time; None where it is not measured."""
    return max((stretch.missing for stretch in row.stretches if stretch.missing is not None), default=None)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
