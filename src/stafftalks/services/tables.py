"""Bringing in a table: what its person does, step by step. The work between the steps is in `table_steps`.

Given > read > columns matched > every row checked > brought in. Nothing is an element before the last step, nothing but elements at home is
made by it, and a row that matches an own element is merged into it, left out or added beside it as the person says, never put in its place.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from stafftalks.formats import headings, matching
from stafftalks.formats.reading import MAX_BYTES
from stafftalks.planning import forms
from stafftalks.planning.forms import FormErrors
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.services.table_reading import Known, Read, RowReader
from stafftalks.services.table_rows import (
    Counts,
    Existing,
    Fault,
    Line,
    Matching,
    Part,
    State,
    TableRow,
    TableStore,
    Which,
    together,
)
from stafftalks.services.table_steps import ranges, said
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import element_id
from stafftalks.values.person import Person, Role

MOST_TABLES = 20
COMMON = (
    "contingency",
    "plan",
    "scenario",
    "phase",
    "function",
    "marking.policy",
    "marking.classification",
    "marking.caveats",
)
"""Fields that may be given once for all rows, where the kind has them."""
_PREVIEWED = 8


class MatchingError(MisuseError):
    """Columns cannot be matched so; `errors` has a sentence for each column's index as text, or field's path."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Preview(msgspec.Struct, frozen=True):
    """One of the first rows as it would read: its number, its title, and for each matched column what it holds or what is wrong with it."""

    n: int
    title: str
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]


def take(
    hq: Headquarters, store: TableStore, person: Person, source: bytes, *, kind: str, name: str,
    sheet: str = "", encoding: str = "", headed: bool = True, common: Mapping[str, str] | None = None,
) -> TableRow:  # fmt: skip
    """A table as it was given, to be read next. Raises MisuseError for a kind that tables cannot hold, nothing, or too much at once."""
    _may_write(person)
    if kind not in headings.kinds():
        raise MisuseError(
            f"A table cannot bring in elements of kind {kind[:40]!r}: choose one of {', '.join(headings.kinds())}."
        )
    if not source.strip():
        raise MisuseError("Nothing was given: paste the lines of a table, or choose a file.")
    if len(source) > MAX_BYTES:
        raise MisuseError(
            f"This table has {len(source):,} bytes; at most {MAX_BYTES:,} can be sent at once. Divide it."
        )
    if len(store.of(person.username)) >= MOST_TABLES:
        raise MisuseError(
            f"You have {MOST_TABLES} tables under way: throw away those that are done, then give this one again."
        )
    row = TableRow(
        id=element_id(hq.entropy.draw("request", 16)), owner=person.username, party=hq.party, kind=kind,
        name=" ".join(name.split())[:120], at=hq.clock.now(), state="reading", sheet=sheet.strip()[:120],
        seed=element_id(hq.entropy.draw("element", 16)), encoding=encoding, headed=headed,
        common={path: text for path, text in (common or {}).items() if path in common_paths(kind) and text},
    )  # fmt: skip
    store.add(row, source)
    return row


def get(store: TableStore, person: Person, table: str) -> TableRow:
    """The person's own table; raises MisuseError where they have none of this id."""
    row = store.table(table)
    if row is None or row.owner != person.username:
        raise MisuseError("You have no table of this name under way: it was thrown away, or is another person's.")
    return row


def common_paths(kind: str) -> tuple[str, ...]:
    """The fields of `kind` that may be given once for all rows."""
    known = {found.path for found in headings.targets(kind)}
    return tuple(path for path in COMMON if path in known)


def match(
    hq: Headquarters,
    store: TableStore,
    person: Person,
    table: str,
    columns: Mapping[int, str],
    common: Mapping[str, str],
) -> TableRow:
    """The table with these columns matched and these values for all rows. Raises MatchingError where a field is filled twice or a value cannot be."""
    with _changing(hq, store, person, table, "matching", "checked", "failed") as change:
        row = change.row
        wanted = {at: path for at, path in columns.items() if path and 0 <= at < len(row.columns)}
        kept = {path: text.strip() for path, text in common.items() if path in common_paths(row.kind) and text.strip()}
        if errors := _matching_errors(row, wanted, kept):
            raise MatchingError(errors)
        why = {at: row.why.get(at, "") if row.matching.get(at) == path else "chosen" for at, path in wanted.items()}
        change.row = msgspec.structs.replace(
            row, matching=wanted, why=why, common=kept, state="matching", counts=Counts(), said=(), failure=""
        )
    return change.row


def use_saved(hq: Headquarters, store: TableStore, person: Person, table: str, name: str) -> TableRow:
    """The table matched as the matching kept under `name` says; columns that it does not know keep theirs."""
    row = get(store, person, table)
    found = next((kept for kept in store.matchings(row.kind) if kept.name == name), None)
    if found is None:
        raise MisuseError(f"No matching is kept under the name “{name[:60]}”.")
    proposed = matching.propose(row.kind, row.columns, (), found.columns)
    with _changing(hq, store, person, table, "matching", "checked", "failed") as change:
        change.row = msgspec.structs.replace(
            change.row, state="matching", counts=Counts(),
            matching={at: one.path for at, one in proposed.items()}, why={at: one.why for at, one in proposed.items()},
        )  # fmt: skip
    return change.row


def save_matching(hq: Headquarters, store: TableStore, person: Person, table: str, name: str) -> None:
    """Keeps the table's matching under `name` for the next one like it; everybody here can use it."""
    row, called = get(store, person, table), " ".join(name.split())
    if not 0 < len(called) <= 100:
        raise MisuseError("Give the matching a name of at most 100 characters, as “TPFDD extract”.")
    columns = matching.saved_as(row.columns, row.matching)
    store.put_matching(Matching(row.kind, called, columns, person.username, hq.clock.now()))


def start_check(hq: Headquarters, store: TableStore, person: Person, table: str) -> TableRow:
    """Has every row checked; raises MatchingError where no column is matched."""
    with _changing(hq, store, person, table, "matching", "checked", "failed") as change:
        if not change.row.matching:
            raise MatchingError({"": "No column is matched to a field: choose a field for at least one."})
        change.row = msgspec.structs.replace(change.row, state="checking", done=0, failure="", before="matching")
    return change.row


def mend(
    hq: Headquarters, store: TableStore, person: Person, table: str, cells: Mapping[tuple[int, int, int], str]
) -> TableRow:
    """Puts texts into cells, by part, place in it and column; every row is checked again, since rows refer to each other."""
    with _changing(hq, store, person, table, "checked") as change:
        wanted: dict[int, dict[int, dict[int, str]]] = {}
        for (number, place, column), text in cells.items():
            if 0 <= column < len(change.row.columns):
                wanted.setdefault(number, {}).setdefault(place, {})[column] = text
        for part in store.parts(table, sorted(wanted)):
            lines = list(part.lines)
            for place, texts in wanted[part.number].items():
                if 0 <= place < len(lines):
                    held = list(lines[place].cells)
                    for column, text in texts.items():
                        held[column] = text.strip()
                    lines[place] = msgspec.structs.replace(lines[place], cells=tuple(held))
            store.put_part(table, Part(part.number, tuple(lines)))
        change.row = msgspec.structs.replace(change.row, state="checking", done=0, before="matching")
    return change.row


def choose(
    hq: Headquarters, store: TableStore, person: Person, table: str, choices: Mapping[tuple[int, int], Existing]
) -> None:
    """Says of single rows what becomes of the own element each matches, by part and place in it."""
    with _changing(hq, store, person, table, "checked"):
        for part in store.parts(table, sorted({number for number, _ in choices})):
            lines = [
                msgspec.structs.replace(line, choice=choices.get((part.number, place), line.choice))
                for place, line in enumerate(part.lines)
            ]
            store.put_part(table, Part(part.number, tuple(lines)))


def start_bringing(
    hq: Headquarters,
    store: TableStore,
    person: Person,
    table: str,
    *,
    which: Which,
    existing: Existing,
    chosen: str = "",
) -> TableRow:
    """Has the rows brought in: all of them where all are clean, or the good ones, or the good ones among those chosen.

    Raises MisuseError where rows with faults stand in the way, no rows are named, or nobody said what becomes of elements that rows match.
    """
    _may_write(person)
    with _changing(hq, store, person, table, "checked") as change:
        row = change.row
        if which == "all" and row.counts.faulty:
            raise MisuseError(
                f"{row.counts.faulty:,} rows cannot be read yet: mend them, or choose to bring in only the rows that are good."
            )
        if which == "chosen":
            ranges(chosen)
        if row.counts.known and not existing:
            raise MisuseError(
                f"{row.counts.known:,} rows match elements that are here already: say whether to revise these, leave the rows out, or add new ones."
            )
        change.row = msgspec.structs.replace(
            row, state="bringing", which=which, existing=existing, chosen=chosen[:2_000], done=0, steps=row.rows,
            before="checked", failure="",
        )  # fmt: skip
    return change.row


def stop(hq: Headquarters, store: TableStore, person: Person, table: str) -> TableRow:
    """Stops the work on the table between two parts: what was brought in stays and is told, the rest can be gone on with."""
    back: dict[str, State] = {"checking": "matching", "bringing": "stopped", "reading": "stopped"}
    with _changing(hq, store, person, table, "reading", "checking", "bringing") as change:
        row = change.row
        change.row = msgspec.structs.replace(row, state=back[row.state], before=row.state, runner="")
    if change.row.state == "stopped":
        hq.journal.add(
            JournalRow(
                hq.clock.now(), person.username, "table stopped", table, f"“{row.name}” after {row.done:,} rows."
            )
        )
    return change.row


def resume(hq: Headquarters, store: TableStore, person: Person, table: str) -> TableRow:
    """Goes on with what was stopped or failed."""
    with _changing(hq, store, person, table, "stopped", "failed") as change:
        change.row = msgspec.structs.replace(change.row, state=change.row.before, failure="", runner="")
    return change.row


def discard(hq: Headquarters, store: TableStore, person: Person, table: str) -> None:
    """Throws the table away; elements it became stay."""
    get(store, person, table)
    with together(hq, store):
        store.remove(table)


def preview(store: TableStore, row: TableRow) -> tuple[Preview, ...]:
    """The first rows as they would read with the matching as it stands; titles that refer to other elements are not looked up yet."""
    part, reader = store.part(row.id, 0), RowReader(row)
    found: list[Preview] = []
    for line in part.lines[:_PREVIEWED] if part else ():
        read = reader.read(line, Known()) if not reader.refers else _without_references(row, line)
        flat = forms.flatten(read.content) if read.content is not None else {}
        cells = tuple(_shown(path, flat, read.typed) for _, path in sorted(row.matching.items()))
        faults = tuple(fault for fault in read.faults if row.matching.get(fault.column, "") not in reader.refers)
        found.append(Preview(line.n, read.typed.get("title", ""), cells, faults))
    return tuple(found)


def window(
    store: TableStore, table: str, which: str, offset: int, limit: int
) -> tuple[int, tuple[tuple[int, int, Line], ...]]:
    """How many rows are `faulty`, `known` or `left`, and one window of them, each with its part and its place in it."""
    at = ("faulty", "known", "left").index(which) + 1
    tally = store.tally(table)
    needed, before = [], 0
    skipped = 0
    for counts in tally:
        if counts[at] and before + counts[at] > offset and before < offset + limit:
            needed.append(counts[0])
        if before + counts[at] <= offset and not needed:
            skipped = before + counts[at]
        before += counts[at]
    found = [
        (part.number, place, line)
        for part in store.parts(table, needed)
        for place, line in enumerate(part.lines)
        if _is(line, which)
    ]
    return before, tuple(found[offset - skipped : offset - skipped + limit])


def left_out(store: TableStore, row: TableRow) -> Iterator[list[str]]:
    """The rows that are not elements, with the reason before their cells: as the check found them, or as they were left out."""
    for number, faulty, _known, left in store.tally(row.id):
        if not faulty and not left:
            continue
        part = store.part(row.id, number)
        for line in part.lines if part else ():
            if line.faults or line.outcome == "left":
                reason = line.reason or " ".join(said(row, fault.column, fault.sentence) for fault in line.faults)
                yield [str(line.n), reason, *line.cells]


def _shown(path: str, flat: Mapping[str, str], typed: Mapping[str, str]) -> str:
    if flat.get(path):
        return flat[path]
    under = [text for name, text in {**typed, **flat}.items() if name.startswith(f"{path}.") and text]
    return ", ".join(under) or typed.get(path, "")


def _without_references(row: TableRow, line: Line) -> Read:
    reader = RowReader(row)
    plain = {at: path for at, path in row.matching.items() if path not in reader.refers}
    common = {path: text for path, text in row.common.items() if path not in reader.refers}
    found = RowReader(msgspec.structs.replace(row, matching=plain, common=common)).read(line, Known())
    return msgspec.structs.replace(found, typed={**reader.typed(line), **found.typed})


def _is(line: Line, which: str) -> bool:
    match which:
        case "faulty":
            return bool(line.faults)
        case "known":
            return bool(line.known)
        case _:
            return line.outcome == "left"


def _matching_errors(row: TableRow, wanted: Mapping[int, str], common: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    seen: dict[str, int] = {}
    for at, path in sorted(wanted.items()):
        found = headings.target(row.kind, path)
        if found is None:
            errors[str(at)] = f"There is no field called {path[:40]!r} for this kind: choose one from the list."
        elif path in seen:
            errors[str(at)] = (
                f"{found.label} is filled by the column “{row.columns[seen[path]]}” already: choose one of the two."
            )
        elif any(path.startswith(f"{other}.") or other.startswith(f"{path}.") for other in seen):
            errors[str(at)] = f"{found.label} and a part of it are both filled: choose the whole, or its parts."
        seen.setdefault(path, at)
    if common:
        parsed = forms.parse(row.kind, {path: [text] for path, text in common.items()})
        if isinstance(parsed, FormErrors):
            bad = {path: sentence for path, sentence in parsed.errors.items() if path in common}
            errors |= {
                path: sentence
                for path, sentence in bad.items()
                if path not in ("plan", "scenario") or "/" in common[path]
            }
    return errors


def _may_write(person: Person) -> None:
    if refusal := person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD):
        raise RefusedError(refusal)


class _Change:
    """The row of a table while it is being changed: what stands in `row` when the block ends is kept."""

    def __init__(self, row: TableRow) -> None:
        self.row = row


@contextmanager
def _changing(hq: Headquarters, store: TableStore, person: Person, table: str, *states: State) -> Iterator[_Change]:
    """One transaction around a change of a table: it is locked, and must be the person's and in one of the states."""
    with together(hq, store):
        get(store, person, table)
        row = store.table(table, lock=True)
        if row is None or row.state not in states:
            raise MisuseError("This table has moved on meanwhile: look at where it stands now, and decide again.")
        change = _Change(row)
        yield change
        store.put(change.row)
