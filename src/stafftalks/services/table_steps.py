"""The work of bringing a table in that no person waits for: reading it, checking its rows, making elements of them.

Each step goes part by part, one transaction a part, and each transaction first sees that the table is still to be worked on and by this worker.
So whoever stops it, or a machine that fails, leaves whole parts behind; whoever goes on begins after the last one. Two workers never work on one
table: who is at work says so in the row, and is given up after SILENCE_S without a word.

A row's element has an id that follows from the table and the row, so bringing in what was brought in already adds nothing.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.formats import headings, matching
from stafftalks.formats.cells import TableError
from stafftalks.formats.reading import read
from stafftalks.planning import forms
from stafftalks.planning.element import Element, encode, version_hash_of_bytes
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import Content
from stafftalks.services import elements, marking, table_reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, JournalRow
from stafftalks.services.table_reading import Known, RowReader
from stafftalks.services.table_rows import (
    PART,
    Counts,
    Existing,
    Line,
    Part,
    TableRow,
    TableStore,
    element_of,
    together,
)
from stafftalks.values.errors import MisuseError, RefusedError, StafftalksError
from stafftalks.values.ids import ElementId, VersionHash, element_id
from stafftalks.values.person import Person, Role

SILENCE_S: Final = 60
_SAMPLE: Final = 200
_MOST_SAID: Final = 40


class _HaltedError(Exception):
    """Somebody stopped the table, took it away or works on it: there is nothing more to do here."""


def work(
    hq: Headquarters, store: TableStore, table: str, person: Person, *, keep_on: Callable[[], bool] = lambda: True
) -> bool:
    """Does the present step of this table to its end, or until `keep_on` says no; whether it was ended.

    A table that cannot be read or brought in is left as failed, with its sentence. Only what nobody foresaw is raised.
    """
    run = _Run(hq, store, table, keep_on)
    try:
        row = run.begin()
        match row.state:
            case "reading":
                _read(run, row)
            case "checking":
                _check(run, row)
            case "bringing":
                _bring(run, row, person)
    except _HaltedError:
        return False
    except StafftalksError as error:
        fail(hq, store, table, str(error))
    finally:
        run.end()
    return True


def fail(hq: Headquarters, store: TableStore, table: str, sentence: str) -> None:
    """Marks a table that is being worked on as failed, with the sentence for its person."""
    with together(hq, store):
        row = store.table(table, lock=True)
        if row is not None and row.running:
            replaced = msgspec.structs.replace(row, state="failed", before=row.state, failure=sentence, runner="")
            store.put(replaced)


class _Run:
    """One worker at one table."""

    def __init__(self, hq: Headquarters, store: TableStore, table: str, keep_on: Callable[[], bool]) -> None:
        self.hq = hq
        self.store = store
        self.table = table
        self.keep_on = keep_on
        self.name = element_id(hq.entropy.draw("request", 16))
        self.state = ""

    def begin(self) -> TableRow:
        """The table, now worked on here; raises _HaltedError where there is nothing to do."""
        with together(self.hq, self.store):
            row, now = self.store.table(self.table, lock=True), self.hq.clock.now()
            if row is None or not row.running or (row.runner and now - row.beat_at < SILENCE_S):
                raise _HaltedError
            row = msgspec.structs.replace(row, runner=self.name, beat_at=now)
            self.store.put(row)
        self.state = row.state
        return row

    def step(self, change: Callable[[TableRow], TableRow]) -> TableRow:
        """One transaction: the row as `change` makes it; raises _HaltedError where this worker is no longer wanted."""
        if not self.keep_on():
            raise _HaltedError
        with together(self.hq, self.store):
            row = self.store.table(self.table, lock=True)
            if row is None or row.runner != self.name or row.state != self.state:
                raise _HaltedError
            row = msgspec.structs.replace(change(row), beat_at=self.hq.clock.now())
            self.store.put(row)
        return row

    def end(self) -> None:
        """Lets the table go, so that another worker need not wait."""
        with together(self.hq, self.store):
            row = self.store.table(self.table, lock=True)
            if row is not None and row.runner == self.name:
                self.store.put(msgspec.structs.replace(row, runner=""))

    def part(self, number: int) -> Part:
        """A part that must be there; raises MisuseError otherwise."""
        part = self.store.part(self.table, number)
        if part is None:
            raise MisuseError("Part of this table is gone: throw it away and give it again.")
        return part


def _read(run: _Run, row: TableRow) -> None:
    """Reads what was sent into parts, and proposes a field for each column."""
    store = run.store
    store.drop_parts(row.id)
    found = read(
        store.source(row.id), knows=lambda heading: headings.knows(row.kind, heading),
        sheet=row.sheet, encoding=row.encoding, headed=row.headed,
    )  # fmt: skip
    lines: list[Line] = []
    sample: list[tuple[str, ...]] = []
    number = 0

    def keep() -> None:
        nonlocal lines, number
        part = Part(number, tuple(lines))

        def kept(now: TableRow) -> TableRow:
            store.put_part(row.id, part)
            return msgspec.structs.replace(
                now, rows=number * PART + len(part.lines), done=number * PART + len(part.lines)
            )

        run.step(kept)
        number, lines = number + 1, []

    for n, cells in found.rows:
        lines.append(Line(n, cells))
        if len(sample) < _SAMPLE:
            sample.append(cells)
        if len(lines) == PART:
            keep()
    if lines:
        keep()
    if not number:
        raise TableError("Under its headings this table has no rows: add them and give it again.")
    saved = {name: path for kept in store.matchings(row.kind) for name, path in kept.columns.items()}
    proposed = matching.propose(row.kind, found.columns, sample, saved)

    def read_in(now: TableRow) -> TableRow:
        store.clear_source(row.id)
        return msgspec.structs.replace(
            now, state="matching", columns=found.columns, line=found.line, notes=tuple(found.notes), done=0, runner="",
            matching={at: one.path for at, one in proposed.items()}, why={at: one.why for at, one in proposed.items()},
        )  # fmt: skip

    run.step(read_in)


def _check(run: _Run, row: TableRow) -> None:
    """Finds what is wrong with each row and which own element it matches: once through to know all titles, once to judge."""
    reader = RowReader(row)
    known = table_reading.known(run.hq, row, reader.refers, run.keep_on)
    numbers = [number for number, *_ in run.store.tally(row.id)]
    run.step(lambda now: msgspec.structs.replace(now, done=0, steps=2 * now.rows, counts=Counts(), said=()))
    for at, number in enumerate(numbers):
        for line in run.part(number).lines:
            reader.learn(line, known)
        if at % 10 == 9:
            run.step(lambda now, at=at: msgspec.structs.replace(now, done=(at + 1) * PART))  # type: ignore[misc]
    faulty = matched = 0
    for at, number in enumerate(numbers):
        judged = Part(number, tuple(_judged(reader, line, known) for line in run.part(number).lines))
        faulty, matched = faulty + judged.faulty, matched + judged.known
        counts = Counts(faulty=faulty, known=matched)

        def kept(now: TableRow, judged: Part = judged, counts: Counts = counts, at: int = at) -> TableRow:
            run.store.put_part(row.id, judged)
            return msgspec.structs.replace(now, done=min(now.steps, now.rows + (at + 1) * PART), counts=counts)

        run.step(kept)
    said = tuple(reader.notes)[:_MOST_SAID]
    run.step(lambda now: msgspec.structs.replace(now, state="checked", said=said, runner="", done=0))


def _judged(reader: RowReader, line: Line, known: Known) -> Line:
    found = reader.read(line, known)
    element, version = found.match or ("", "")
    return msgspec.structs.replace(
        line, faults=found.faults, known=element, seen=version, outcome="", reason="", element=""
    )


def _bring(run: _Run, row: TableRow, person: Person) -> None:
    """Makes elements of the rows that were chosen, part by part; what was brought in before is left as it is."""
    if refusal := person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD):
        raise RefusedError(refusal)
    reader = RowReader(row)
    known = table_reading.known(run.hq, row, reader.refers, run.keep_on)
    wanted = ranges(row.chosen) if row.which == "chosen" else ()
    numbers = [number for number, *_ in run.store.tally(row.id)]
    known.own.clear()  # what each row matches was settled by the check
    for number in numbers:
        for line in run.part(number).lines:
            if not _left_out(row, line, wanted):
                reader.learn(line, known)
    for number in numbers:
        part = run.part(number)
        if all(line.outcome for line in part.lines):
            continue
        ready = [(line, *_readied(reader, line, known, row, wanted)) for line in part.lines]

        def kept(now: TableRow, part: Part = part, ready: list[tuple[Line, str, object]] = ready) -> TableRow:
            lines = tuple(_brought(run.hq, person, row, line, act, what) for line, act, what in ready)
            _add(run.hq, person, row, lines, ready)
            run.store.put_part(row.id, Part(part.number, lines))
            return msgspec.structs.replace(now, done=now.done + len(lines), counts=_counted(now.counts, lines))

        run.step(kept)
    run.step(lambda now: msgspec.structs.replace(now, state="done", runner="", done=now.rows))


def _left_out(row: TableRow, line: Line, wanted: tuple[tuple[int, int], ...]) -> str:
    """Why a row is not brought in, empty where it is."""
    if line.faults:
        return " ".join(said(row, fault.column, fault.sentence) for fault in line.faults)
    if row.which == "chosen" and not any(first <= line.n <= last for first, last in wanted):
        return "It was not chosen."
    return ""


def said(row: TableRow, column: int, sentence: str) -> str:
    """A fault with the column it is in, as people read it."""
    return f"Column “{row.columns[column]}”: {sentence}" if 0 <= column < len(row.columns) else sentence


def _readied(
    reader: RowReader, line: Line, known: Known, row: TableRow, wanted: tuple[tuple[int, int], ...]
) -> tuple[str, object]:
    """What is to be done with a row, worked out before the transaction: (act, content or typed texts or sentence)."""
    if line.outcome:
        return "keep", None
    if reason := _left_out(row, line, wanted):
        return "leave", reason
    action: Existing = line.choice or row.existing
    if line.known and action == "skip":
        return "skip", None
    found = reader.read(line, known)
    if found.content is None:
        return "leave", " ".join(said(row, fault.column, fault.sentence) for fault in found.faults)
    if line.known and action != "add":
        return "revise", found.typed
    return "add", found.content


def _brought(hq: Headquarters, person: Person, row: TableRow, line: Line, act: str, what: object) -> Line:
    match act:
        case "keep":
            return line
        case "leave":
            return msgspec.structs.replace(line, outcome="left", reason=str(what))
        case "skip":
            return msgspec.structs.replace(line, outcome="skipped", element=line.known)
        case "revise" if isinstance(what, dict):
            return _revised(hq, person, row, line, what)
        case _:
            return msgspec.structs.replace(line, outcome="added", element=element_of(row, line))


def _revised(hq: Headquarters, person: Person, row: TableRow, line: Line, typed: dict[str, str]) -> Line:
    """Takes the row's filled cells into the element it matches; what the row leaves empty stays as it is."""
    try:
        current = elements.get(hq, ElementId(line.known))
        if current.version != line.seen:
            raise MisuseError(f"{current.revised_by} revised “{current.title}” after the check: check the table again.")
        flat = forms.flatten(elements.content(current))
        groups = {path.split(".")[0] for path in typed if path.split(".")[1:2] and path.split(".")[1].isdecimal()}
        groups |= {path for path in typed if any(name.startswith(f"{path}.") for name in flat)}
        kept = {name: text for name, text in flat.items() if name.split(".")[0] not in groups}
        merged = forms.parse(row.kind, {name: [text] for name, text in {**kept, **typed}.items()})
        if isinstance(merged, FormErrors):
            raise MisuseError(" ".join(merged.errors.values()))
        after = elements.revise(hq, person, current.id, merged, VersionHash(line.seen))
    except StafftalksError as error:
        return msgspec.structs.replace(line, outcome="left", reason=str(error))
    outcome = "same" if after.version == line.seen else "revised"
    return msgspec.structs.replace(line, outcome=outcome, element=line.known)


def _add(
    hq: Headquarters, person: Person, row: TableRow, lines: tuple[Line, ...], ready: list[tuple[Line, str, object]]
) -> None:
    """Adds the new elements of a part at once, and one line to the journal that says so."""
    now = hq.clock.now()
    made: list[ElementRow] = []
    for line, (_, act, what) in zip(lines, ready, strict=True):
        if act == "add" and isinstance(what, msgspec.Struct):
            made.append(_element_row(ElementId(line.element), marking.marked(hq, what), person, now, row.kind))  # type: ignore[arg-type]
    if made:
        hq.holdings.add_all(made)
        sentence = f"{len(made):,} elements ({row.kind}) were brought in from “{row.name}”, rows {lines[0].n:,} to {lines[-1].n:,}."
        hq.journal.add(JournalRow(now, person.username, "table brought in", row.id, sentence))


def _element_row(element: ElementId, found: Content, person: Person, now: int, kind: str) -> ElementRow:
    raw = encode(Element(element, found))
    return ElementRow(
        element,
        kind,
        found.title,
        found.contingency,
        version_hash_of_bytes(raw),
        raw,
        now,
        person.username,
        archived=False,
    )


def _counted(counts: Counts, lines: tuple[Line, ...]) -> Counts:
    found = {
        name: sum(line.outcome == name for line in lines) for name in ("added", "revised", "same", "skipped", "left")
    }
    return msgspec.structs.replace(counts, **{name: getattr(counts, name) + count for name, count in found.items()})


def ranges(text: str) -> tuple[tuple[int, int], ...]:
    """The rows that `1-20, 35` names; raises MisuseError where it cannot be read or names none."""
    found: list[tuple[int, int]] = []
    for part in text.replace(";", ",").replace("–", "-").split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if not part.strip():
            continue
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(first) > 7 or len(last) > 7:
            raise MisuseError(f"{part.strip()[:40]!r} does not name rows: write numbers and stretches, as 2-20, 35.")
        found.append((int(first), int(last or first)))
    if not found:
        raise MisuseError("No rows are named: write numbers and stretches, as 2-20, 35.")
    return tuple(found)


def let_go(hq: Headquarters, store: TableStore) -> None:
    """Gives up every worker that a process before this one left behind at a table; to be called before any begins."""
    for table in store.running():
        with together(hq, store):
            row = store.table(table, lock=True)
            if row is not None and row.runner:
                store.put(msgspec.structs.replace(row, runner=""))
